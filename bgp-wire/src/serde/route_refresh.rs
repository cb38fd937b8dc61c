//! ROUTE-REFRESH and the filters in it.

use super::{Hex, Seq, Shown, object};
use crate::frame::{Frame, MessageType};
use crate::orf::{FilteredRefresh, OrfError, OrfGroup, PrefixOrf, PrefixRule, WhenToRefresh};
use crate::route_refresh::{RouteRefresh, RouteRefreshKind};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

impl Serialize for MessageType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Open => "open",
            Self::Update => "update",
            Self::Notification => "notification",
            Self::Keepalive => "keepalive",
            Self::RouteRefresh => "route-refresh",
        })
    }
}

impl Serialize for Frame<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Frame", 3)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("length", &self.len)?;
        object.serialize_field("body", &Hex(self.body))?;
        object.end()
    }
}

impl Serialize for RouteRefresh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("RouteRefresh", 3)?;
        object.serialize_field("type", &MessageType::RouteRefresh)?;
        object.serialize_field("family", &self.family)?;
        object.serialize_field("subtype", &self.kind)?;
        object.end()
    }
}

/// A name, or the number that has none.
impl Serialize for RouteRefreshKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Request => serializer.serialize_str("request"),
            Self::Begin => serializer.serialize_str("begin"),
            Self::End => serializer.serialize_str("end"),
            Self::Other(n) => serializer.serialize_u8(*n),
        }
    }
}

impl Serialize for FilteredRefresh<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let groups = || self.groups.iter().map(|group| Group { afi: self.family.afi, group });
        let mut object = serializer.serialize_struct("FilteredRefresh", 5)?;
        object.serialize_field("type", &MessageType::RouteRefresh)?;
        object.serialize_field("family", &self.family)?;
        object.serialize_field("subtype", &RouteRefreshKind::Request)?;
        object.serialize_field("when", &self.when)?;
        object.serialize_field("filters", &Seq(groups))?;
        object.end()
    }
}

/// A name, or the number that has none.
impl Serialize for WhenToRefresh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Immediate => serializer.serialize_str("immediate"),
            Self::Defer => serializer.serialize_str("defer"),
            Self::Other(n) => serializer.serialize_u8(*n),
        }
    }
}

impl Serialize for OrfGroup<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("OrfGroup", 2)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("value", &Hex(self.entries))?;
        object.end()
    }
}

/// Filters of one type, of a family whose AFI says how prefixes in them are read.
struct Group<'a> {
    afi: u16,
    group: OrfGroup<'a>,
}

impl Serialize for Group<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.group.kind != OrfGroup::PREFIX {
            return self.group.serialize(serializer);
        }
        let entries = || self.group.prefixes(self.afi).map(Entry);
        let mut object = serializer.serialize_struct("Group", 2)?;
        object.serialize_field("type", &self.group.kind)?;
        object.serialize_field("entries", &Seq(entries))?;
        object.end()
    }
}

/// One entry, or why it and what follows it cannot be read.
struct Entry(Result<PrefixOrf, OrfError>);

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(entry) => entry.serialize(serializer),
            Err(error) => {
                let mut object = serializer.serialize_struct("Entry", 1)?;
                object.serialize_field("fault", &Shown(error))?;
                object.end()
            }
        }
    }
}

impl Serialize for PrefixOrf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (action, entry) = match self {
            Self::Add(entry) => ("add", Some(entry)),
            Self::Remove(entry) => ("remove", Some(entry)),
            Self::RemoveAll => ("remove-all", None),
        };
        object(serializer, |map| {
            map.serialize_entry("action", action)?;
            entry.map_or(Ok(()), |entry| rule(map, entry))
        })
    }
}

impl Serialize for PrefixRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| rule(map, self))
    }
}

/// Lengths that are none are left out.
fn rule<M: SerializeMap>(map: &mut M, rule: &PrefixRule) -> Result<(), M::Error> {
    map.serialize_entry("sequence", &rule.sequence)?;
    map.serialize_entry("permit", &rule.permit)?;
    map.serialize_entry("prefix", &Shown(rule.prefix))?;
    let lengths = [("min-length", rule.min_len), ("max-length", rule.max_len)];
    lengths.iter().filter(|(_, len)| *len != 0).try_for_each(|(key, len)| map.serialize_entry(key, len))
}
