//! The attributes of a message: an object with one key an attribute.

use super::attr::{Value, some};
use super::{Hex, Seq, object};
use crate::attr::{AttrCode, AttrFlags, Attrs, RawAttr, spec};
use core::fmt;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// The name of an attribute as a key: the standard's in small letters, or what everybody says instead.
struct Key(AttrCode);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, spec(self.0)) {
            (AttrCode::MULTI_EXIT_DISC, _) => f.write_str("med"),
            (AttrCode::LARGE_COMMUNITY, _) => f.write_str("large-communities"),
            (_, Some(row)) => row.name.bytes().try_for_each(|c| {
                let c = if c == b'_' { b'-' } else { c.to_ascii_lowercase() };
                fmt::Write::write_char(f, char::from(c))
            }),
            (AttrCode(n), None) => write!(f, "attribute-{n}"),
        }
    }
}

impl Serialize for AttrCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Key(*self))
    }
}

impl Serialize for AttrFlags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl Serialize for RawAttr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("RawAttr", 3)?;
        object.serialize_field("code", &self.code.0)?;
        object.serialize_field("flags", &self.flags)?;
        object.serialize_field("value", &Hex(self.value))?;
        object.end()
    }
}

impl Serialize for Attrs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        all(serializer, self, |_| false)
    }
}

/// Every attribute; those that are `unread` are the octets of their value.
pub(super) fn all<S: Serializer>(
    serializer: S,
    attrs: &Attrs<'_>,
    unread: impl Fn(&RawAttr<'_>) -> bool,
) -> Result<S::Ok, S::Error> {
    let known = |attr: &RawAttr<'_>| spec(attr.code).is_some();
    object(serializer, |map| {
        attrs.iter().filter(known).try_for_each(|attr| {
            if unread(&attr) {
                map.serialize_entry(&attr.code, &Hex(attr.value))
            } else {
                put(map, attrs, attr.code, attr.value)
            }
        })?;
        some(map, "unknown", || attrs.iter().filter(|attr| !known(attr)))
    })
}

/// One attribute; [`Value`] has those that have no arm here.
fn put<M: SerializeMap>(
    map: &mut M,
    attrs: &Attrs<'_>,
    code: AttrCode,
    value: &[u8],
) -> Result<(), M::Error> {
    match code {
        AttrCode::ORIGIN => map.serialize_entry(&code, &attrs.origin()),
        AttrCode::AS_PATH => map.serialize_entry(&code, &attrs.as_path()),
        AttrCode::NEXT_HOP => map.serialize_entry(&code, &attrs.next_hop()),
        AttrCode::MULTI_EXIT_DISC => map.serialize_entry(&code, &attrs.med()),
        AttrCode::LOCAL_PREF => map.serialize_entry(&code, &attrs.local_pref()),
        AttrCode::ATOMIC_AGGREGATE => map.serialize_entry(&code, &true),
        AttrCode::AGGREGATOR => map.serialize_entry(&code, &attrs.aggregator()),
        AttrCode::COMMUNITIES => map.serialize_entry(&code, &Seq(|| attrs.communities())),
        AttrCode::ORIGINATOR_ID => map.serialize_entry(&code, &attrs.originator_id()),
        AttrCode::CLUSTER_LIST => map.serialize_entry(&code, &Seq(|| attrs.cluster_list())),
        // What these two hold stands beside the attributes, as routes announced and withdrawn.
        AttrCode::MP_REACH_NLRI | AttrCode::MP_UNREACH_NLRI => Ok(()),
        AttrCode::EXTENDED_COMMUNITIES => map.serialize_entry(&code, &Seq(|| attrs.extended_communities())),
        AttrCode::AS4_PATH => map.serialize_entry(&code, &attrs.as4_path()),
        AttrCode::AS4_AGGREGATOR => map.serialize_entry(&code, &attrs.as4_aggregator()),
        AttrCode::LARGE_COMMUNITY => map.serialize_entry(&code, &Seq(|| attrs.large_communities())),
        _ => map.serialize_entry(&code, &Value(code, value)),
    }
}
