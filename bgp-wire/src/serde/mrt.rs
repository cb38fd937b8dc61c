//! MRT: records, sessions, tables.

use super::{Hex, Seq, Shown, Utf8, object};
use crate::mrt::{
    Bgp4mpMessage, MrtFault, PeerIndexTable, Record, Rib, RibEntry, RibHeader, State, TableAttributes,
    TableDump, Timestamp,
};
use crate::outcome::{Reset, Severity};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// Seconds, with a fraction where the record has microseconds; no precision is lost.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.microseconds {
            Some(micros) => serializer.serialize_f64(f64::from(self.seconds) + f64::from(micros) / 1e6),
            None => serializer.serialize_u32(self.seconds),
        }
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Record", 4)?;
        object.serialize_field("timestamp", &self.timestamp)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("subtype", &self.subtype)?;
        object.serialize_field("body", &Hex(self.body))?;
        object.end()
    }
}

impl Serialize for MrtFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("MrtFault", 2)?;
        object.serialize_field("offset", &self.offset)?;
        object.serialize_field("fault", &Shown(self))?;
        object.end()
    }
}

impl Serialize for Bgp4mpMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Bgp4mpMessage", 5)?;
        object.serialize_field("session", &self.session)?;
        object.serialize_field("asn-width", &self.asn_width)?;
        object.serialize_field("direction", if self.local { "sent" } else { "received" })?;
        object.serialize_field("add-path", &self.add_path)?;
        object.serialize_field("message", &Hex(self.message))?;
        object.end()
    }
}

/// The name of the state, or its number where that has none.
impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.name() {
            Some(name) => serializer.serialize_str(name),
            None => serializer.serialize_u16(self.0),
        }
    }
}

impl Serialize for PeerIndexTable<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("PeerIndexTable", 3)?;
        object.serialize_field("collector", &self.collector)?;
        object.serialize_field("view-name", &Utf8(self.view_name))?;
        object.serialize_field("peers", &Seq(|| self.peers()))?;
        object.end()
    }
}

impl Serialize for RibHeader {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| header(map, self))
    }
}

fn header<M: SerializeMap>(map: &mut M, header: &RibHeader) -> Result<(), M::Error> {
    map.serialize_entry("sequence", &header.sequence)?;
    map.serialize_entry("family", &header.afi_safi())?;
    map.serialize_entry("prefix", &Shown(header.prefix))
}

impl Serialize for Rib<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let path_ids = self.header.add_path;
        let mut map = serializer.serialize_map(None)?;
        header(&mut map, &self.header)?;
        map.serialize_entry("routes", &Seq(|| self.entries().map(|entry| Route { entry, path_ids })))?;
        map.end()
    }
}

/// A route, and whether it has a path identifier.
struct Route<'a> {
    entry: RibEntry<'a>,
    path_ids: bool,
}

impl Serialize for Route<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("peer", &self.entry.peer)?;
        map.serialize_entry("originated", &self.entry.originated)?;
        if self.path_ids {
            map.serialize_entry("path-id", &self.entry.path_id)?;
        }
        attributes(&mut map, &self.entry.attributes())?;
        map.end()
    }
}

impl Serialize for RibEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Route { entry: *self, path_ids: self.path_id != 0 }.serialize(serializer)
    }
}

impl Serialize for TableDump<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("view", &self.view)?;
        map.serialize_entry("sequence", &self.sequence)?;
        map.serialize_entry("prefix", &Shown(self.prefix))?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("originated", &self.originated)?;
        map.serialize_entry("peer", &self.peer)?;
        map.serialize_entry("peer-asn", &self.peer_asn)?;
        attributes(&mut map, &self.attributes())?;
        map.end()
    }
}

impl Serialize for TableAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| attributes(map, &Ok(*self)))
    }
}

/// The attributes of a route in a table and what was found in them, under the keys of an UPDATE.
fn attributes<M: SerializeMap>(
    map: &mut M,
    attributes: &Result<TableAttributes<'_>, Reset>,
) -> Result<(), M::Error> {
    match attributes {
        Ok(TableAttributes { attrs, next_hop, findings }) => {
            map.serialize_entry("next-hop", next_hop)?;
            map.serialize_entry("attributes", attrs)?;
            super::update::outcome(map, findings)
        }
        Err(reset) => {
            map.serialize_entry("outcome", &Severity::SessionReset)?;
            map.serialize_entry("notification", reset)
        }
    }
}
