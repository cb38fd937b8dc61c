//! One JSON object a line.

use super::input::{Item, Other, Payload};
use super::shown::Shown;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// Keys that decode writes itself. What an input line says under one of them goes into `input`.
const OWN: [&str; 28] = [
    "announced",
    "asn",
    "attributes",
    "capabilities",
    "code",
    "communication",
    "data",
    "disabled",
    "encapsulated",
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

/// What stands before what an item says.
struct Head<'a> {
    others: Others<'a>,
    file: Option<&'a str>,
    item: &'a Item<'a>,
}

impl Serialize for Head<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        self.others.write(&mut map)?;
        if let Some(file) = self.file {
            map.serialize_entry("file", file)?;
        }
        map.serialize_entry("number", &self.item.place.number)?;
        if let Some(time) = &self.item.time {
            map.serialize_entry("time", time)?;
        }
        if let Some(ends) = &self.item.ends {
            map.serialize_entry("from", &ends.from)?;
            map.serialize_entry("to", &ends.to)?;
        }
        map.end()
    }
}

/// Appends the line of an item; `file` is its name where there is more than one.
///
/// The two objects are written one behind the other and then made one, which costs nothing; flattening one into
/// the other would go through every key once more.
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
    serde_json::to_writer(&mut *out, &Head { others, file, item })?;
    // `{"number":1}` and `{"type":...}`: the brace between them goes, the one behind it becomes a comma.
    out.pop();
    let joint = out.len();
    serde_json::to_writer(&mut *out, shown)?;
    if let Some(brace) = out.get_mut(joint) {
        *brace = b',';
    }
    out.push(b'\n');
    Ok(())
}

/// What a line of the input says besides, unchanged.
struct Others<'a>(&'a [Other<'a>]);

impl Others<'_> {
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let is_own = |(key, _): &&Other<'_>| OWN.contains(&key.as_ref());
        for (key, value) in self.0.iter().filter(|other| !is_own(other)) {
            map.serialize_entry(key, value)?;
        }
        let own: Vec<&Other<'_>> = self.0.iter().filter(is_own).collect();
        if own.is_empty() { Ok(()) } else { map.serialize_entry("input", &Own(&own)) }
    }
}

struct Own<'a>(&'a [&'a Other<'a>]);

impl Serialize for Own<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
