//! Which field stands where in a TOML document.

use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A key, a value or a table's header, with the field it belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The keys that lead to it: `peer.bfd.detect_mult`. Members of an array share their array's name.
    pub(crate) field: String,
    /// Its octets.
    pub(crate) span: Range<usize>,
}

/// Every place, those within another after it; none where the text is not TOML.
pub(crate) fn places(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    if let Ok(document) = DeTable::parse(text) {
        of_table("", document.get_ref(), &mut places);
    }
    places
}

/// The field that stands at an offset.
pub(crate) fn field_at(text: &str, offset: usize) -> Option<String> {
    places(text).into_iter().rfind(|place| place.span.contains(&offset)).map(|place| place.field)
}

fn of_table(within: &str, table: &DeTable<'_>, out: &mut Vec<Place>) {
    for (key, value) in table {
        let name = key.get_ref();
        let field = if within.is_empty() { name.to_string() } else { format!("{within}.{name}") };
        out.push(Place { field: field.clone(), span: key.span() });
        out.push(Place { field: field.clone(), span: value.span() });
        of_value(&field, value.get_ref(), out);
    }
}

fn of_value(field: &str, value: &DeValue<'_>, out: &mut Vec<Place>) {
    match value {
        DeValue::Table(table) => of_table(field, table, out),
        DeValue::Array(members) => {
            for member in members {
                out.push(Place { field: field.to_owned(), span: member.span() });
                of_value(field, member.get_ref(), out);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_by_what_stands_there() {
        let text = "[speaker]\nasn = 1\n[[peer]]\nname = \"a\"\n[peer.bfd]\nstrict = true\n\
                    [[peer]]\nname = \"b\"\nfamilies = [\"x\", \"y\"]\n\
                    [policy.p]\nrule = [{ match = { med = 7 } }]\n";
        for (at, want) in [
            ("[speaker]", Some("speaker")),
            ("asn", Some("speaker.asn")),
            ("1", Some("speaker.asn")),
            ("\"a\"", Some("peer.name")),
            ("true", Some("peer.bfd.strict")),
            ("\"b\"", Some("peer.name")),
            ("\"y\"", Some("peer.families")),
            ("7", Some("policy.p.rule.match.med")),
            ("= true", None),
        ] {
            let offset = text.find(at).unwrap();
            assert_eq!(field_at(text, offset).as_deref(), want, "{at}");
        }
        assert_eq!(field_at("[speaker", 0), None);
    }
}
