//! Where in a plan's text stands what evidence names.

use bgp_policy::voice::Verdict;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Place = Range<usize>;

/// The places of a plan, by the words that evidence has for them.
pub(super) struct Index {
    places: BTreeMap<String, Place>,
}

impl Index {
    /// That of `text`; an empty one where it is not TOML.
    pub(super) fn new(text: &str) -> Self {
        let mut index = Self { places: BTreeMap::new() };
        if let Ok(document) = DeTable::parse(text) {
            index.fields("plan, ", document.get_ref());
            index.members("plan", document.get_ref());
        }
        index
    }

    /// The places that a verdict's evidence names, the most telling of each fact; none for what is not written.
    pub(super) fn places(&self, verdict: &Verdict) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for source in verdict.evidence.iter().flat_map(|e| e.source.split("; ")) {
            let of_prefix =
                verdict.subject.prefix.as_ref().map(|prefix| format!("{source}, prefix {prefix}"));
            let found = of_prefix.and_then(|key| self.places.get(&key)).or_else(|| self.nearest(source));
            if let Some(place) = found.filter(|place| !places.contains(place)) {
                places.push(place.clone());
            }
        }
        places
    }

    /// The field, or the table that it would stand in.
    fn nearest(&self, source: &str) -> Option<&Place> {
        let mut key = source;
        loop {
            if let Some(place) = self.places.get(key) {
                return Some(place);
            }
            key = key.rfind(['.', ',']).and_then(|end| key.get(..end)).filter(|key| *key != "plan")?;
        }
    }

    fn add(&mut self, key: String, place: Place) {
        self.places.entry(key).or_insert(place);
    }

    /// Every field of a table, as `before` and its keys.
    fn fields(&mut self, before: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = format!("{before}{}", key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => {
                    self.add(name.clone(), key.span());
                    self.fields(&format!("{name}."), inner);
                }
                DeValue::Array(_) => self.add(name, key.span()),
                _ => self.add(name, value.span()),
            }
        }
    }

    fn members(&mut self, plan: &str, document: &DeTable<'_>) {
        for peering in &tables(document, "peerings") {
            let key = format!("{plan}, peering {}", text(peering.get_ref(), "name"));
            self.add(key.clone(), name_of(peering));
            self.add(format!("{key}, connections"), name_of(peering));
            for registered in &tables(peering.get_ref(), "registered_prefixes") {
                let key = format!("{key}, registered prefix {}", text(registered.get_ref(), "name"));
                self.add(key, field(registered, "prefix"));
            }
            for connection in &tables(peering.get_ref(), "connections") {
                let key = format!("{plan}, connection {}", text(connection.get_ref(), "name"));
                self.add(key.clone(), name_of(connection));
                self.fields(&format!("{key}, "), connection.get_ref());
                // What speaks of all connections is shown at the first.
                self.add(format!("{plan}, connections"), name_of(connection));
                self.add(format!("{plan}, connections, bandwidth_gbps"), field(connection, "bandwidth_gbps"));
            }
        }
        for activation in &tables(document, "activations") {
            let key = format!("{plan}, activation {}", text(activation.get_ref(), "name"));
            self.add(key.clone(), name_of(activation));
            self.fields(&format!("{key}, "), activation.get_ref());
            for prefix in &tables(activation.get_ref(), "prefixes") {
                self.add(
                    format!("{key}, prefix {}", text(prefix.get_ref(), "prefix")),
                    field(prefix, "prefix"),
                );
            }
        }
    }
}

type Spot<'a, 'i> = Spanned<&'a DeTable<'i>>;

/// The tables of the array that `table` has under `name`.
fn tables<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Vec<Spot<'a, 'i>> {
    let Some(DeValue::Array(members)) = table.get(name).map(Spanned::get_ref) else { return Vec::new() };
    let table = |member: &'a Spanned<DeValue<'i>>| match member.get_ref() {
        DeValue::Table(inner) => Some(Spanned::new(member.span(), inner)),
        _ => None,
    };
    members.iter().filter_map(table).collect()
}

fn text<'a>(table: &'a DeTable<'_>, name: &str) -> &'a str {
    table.get(name).and_then(|value| value.get_ref().as_str()).unwrap_or_default()
}

/// The value of a field, or the table where it has none.
fn field(table: &Spot<'_, '_>, name: &str) -> Place {
    table.get_ref().get(name).map_or_else(|| table.span(), Spanned::span)
}

fn name_of(table: &Spot<'_, '_>) -> Place {
    field(table, "name")
}

/// Line and column of an offset, both from 1.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    (before.matches('\n').count().saturating_add(1), column.saturating_add(1))
}
