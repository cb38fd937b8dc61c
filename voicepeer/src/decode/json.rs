//! One JSON object a line.

use super::input::{End, Item, Other, Payload, Time};
use super::shown::Shown;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// Keys that decode writes itself. What an input line says under one of them goes into `input`.
const OWN: [&str; 26] = [
    "announced",
    "asn",
    "attributes",
    "capabilities",
    "code",
    "communication",
    "data",
    "end-of-rib",
    "error",
    "family",
    "file",
    "filters",
    "findings",
    "hold-time",
    "input",
    "more-findings",
    "notification",
    "number",
    "outcome",
    "router-id",
    "subcode",
    "subtype",
    "treated-as-withdrawn",
    "type",
    "when",
    "withdrawn",
];

/// A line of the output.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    others: Others<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    number: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a End>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a End>,
    #[serde(flatten)]
    shown: &'a Shown<'a>,
}

/// Appends the line of an item; `file` is its name where there is more than one.
pub(super) fn write(
    out: &mut Vec<u8>,
    item: &Item<'_>,
    shown: &Shown<'_>,
    file: Option<&str>,
) -> Result<(), serde_json::Error> {
    let others = match &item.payload {
        Payload::Bgp { others, .. } => Others(others),
        _ => Others(&[]),
    };
    let (from, to) = (item.ends.as_ref().map(|e| &e.from), item.ends.as_ref().map(|e| &e.to));
    let line = Line { others, file, number: item.place.number, time: item.time, from, to, shown };
    serde_json::to_writer(&mut *out, &line)?;
    out.push(b'\n');
    Ok(())
}

/// What a line of the input says besides, unchanged.
struct Others<'a>(&'a [Other<'a>]);

impl Serialize for Others<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let is_own = |(key, _): &&Other<'_>| OWN.contains(&key.as_ref());
        let mut map = to.serialize_map(None)?;
        for (key, value) in self.0.iter().filter(|other| !is_own(other)) {
            map.serialize_entry(key, value)?;
        }
        let own: Vec<&Other<'_>> = self.0.iter().filter(is_own).collect();
        if !own.is_empty() {
            map.serialize_entry("input", &Own(&own))?;
        }
        map.end()
    }
}

struct Own<'a>(&'a [&'a Other<'a>]);

impl Serialize for Own<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
