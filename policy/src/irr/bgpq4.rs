//! What `bgpq4 -j` prints: lists of prefixes or of AS numbers, by name.

use crate::prefix_range::PrefixRange;
use crate::text::Text;
use bgp_wire::Asn;
use ipnet::IpNet;
use serde::de::{Deserialize, Deserializer, Error};
use std::collections::BTreeMap;

/// The JSON of bgpq4: a list of prefixes for each name, or of AS numbers (`-t` and `-f`).
///
/// ```
/// use bgp_policy::irr::Bgpq4Document;
/// let json = r#"{"NN": [{"prefix": "198.51.100.0/22", "exact": false, "less-equal": 24}]}"#;
/// let document: Bgpq4Document = serde_json::from_str(json).unwrap();
/// assert_eq!(document.prefixes("NN").unwrap()[0].to_string(), "198.51.100.0/22 le 24");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize)]
pub struct Bgpq4Document(BTreeMap<String, Vec<Entry>>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Entry {
    Asn(Asn),
    Prefixes(PrefixRange),
}

impl Bgpq4Document {
    /// The names of the lists.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The prefixes of a list; `None` where there is no such list.
    pub fn prefixes(&self, name: &str) -> Option<Vec<PrefixRange>> {
        let list = self.0.get(name)?.iter();
        Some(
            list.filter_map(|entry| if let Entry::Prefixes(range) = entry { Some(*range) } else { None })
                .collect(),
        )
    }

    /// The AS numbers of a list; `None` where there is no such list.
    pub fn asns(&self, name: &str) -> Option<Vec<Asn>> {
        let list = self.0.get(name)?.iter();
        Some(list.filter_map(|entry| if let Entry::Asn(asn) = entry { Some(*asn) } else { None }).collect())
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Prefixes {
    prefix: Text<IpNet>,
    #[serde(default)]
    exact: bool,
    greater_equal: Option<u8>,
    less_equal: Option<u8>,
}

impl Prefixes {
    fn range<E: Error>(self) -> Result<PrefixRange, E> {
        let Self { prefix: Text(prefix), exact, greater_equal, less_equal } = self;
        let own = prefix.prefix_len();
        let (least, most) = match (exact, less_equal) {
            (true, _) => (own, own),
            (false, most) => (greater_equal.unwrap_or(own), most.unwrap_or(prefix.max_prefix_len())),
        };
        PrefixRange::new(prefix, least, most).map_err(|e| E::custom(format_args!("{prefix}: {e}")))
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entry;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an AS number, or an object with a prefix")
            }

            fn visit_u64<E: Error>(self, n: u64) -> Result<Entry, E> {
                let asn = u32::try_from(n).map_err(|_| E::custom("an AS number is at most 4294967295"))?;
                Ok(Entry::Asn(Asn(asn)))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                let prefixes = Prefixes::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                prefixes.range().map(Entry::Prefixes)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_both_kinds() {
        let json = r#"{"NN": [
            {"prefix": "198.51.100.0/24", "exact": true},
            {"prefix": "198.18.0.0/15", "exact": false, "less-equal": 24},
            {"prefix": "198.18.0.0/15", "exact": false, "greater-equal": 20, "less-equal": 24},
            {"prefix": "2001:db8::/32", "exact": false, "greater-equal": 48}
        ], "AS": [64500, 4200000000], "EMPTY": []}"#;
        let document: Bgpq4Document = serde_json::from_str(json).unwrap();
        assert_eq!(document.names().collect::<Vec<_>>(), ["AS", "EMPTY", "NN"]);
        let prefixes: Vec<_> = document.prefixes("NN").unwrap().iter().map(ToString::to_string).collect();
        let want =
            ["198.51.100.0/24", "198.18.0.0/15 le 24", "198.18.0.0/15 ge 20 le 24", "2001:db8::/32 ge 48"];
        assert_eq!(prefixes, want);
        assert_eq!(document.asns("AS"), Some(vec![Asn(64500), Asn(4_200_000_000)]));
        assert_eq!(
            (document.asns("NN"), document.asns("EMPTY"), document.asns("X")),
            (Some(vec![]), Some(vec![]), None)
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (entry, want) in [
            (r#"{"prefix": "198.51.100.1/24", "exact": true}"#, "bits set beyond its length"),
            (r#"{"prefix": "198.51.100.0/24", "exact": false, "less-equal": 23}"#, "must not decrease"),
            (r#"{"prefix": "198.51.100.0/24", "exact": false, "greater-equal": 300}"#, "300"),
            (r#"{"exact": true}"#, "missing field `prefix`"),
            ("4294967296", "at most 4294967295"),
            ("\"AS64500\"", "an AS number, or an object with a prefix"),
        ] {
            let error =
                serde_json::from_str::<Bgpq4Document>(&format!("{{\"NN\": [\n{entry}\n]}}")).unwrap_err();
            assert!(error.to_string().contains(want) && error.line() >= 2, "{error}");
        }
    }
}
