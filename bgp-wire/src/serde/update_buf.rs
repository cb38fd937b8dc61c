//! An UPDATE of its own: the keys of one that was received, without an outcome.

use super::Seq;
use super::attr::Value;
use super::update::Field;
use crate::attr::{AttrCode, RawAttr, spec};
use crate::next_hop::NextHop;
use crate::nlri::Nlri;
use crate::update_buf::{Attribute, AttributeValue, MpReach, UpdateBuf};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for UpdateBuf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = || self.attributes.iter().map(|attribute| &attribute.value);
        let some = |nlri: &Nlri<'_>| !nlri.is_empty();
        let withdrawn = || {
            let mp = values().filter_map(|value| match value {
                AttributeValue::MpUnreach(nlri) => Some(nlri.view()),
                _ => None,
            });
            let body = Some(self.withdrawn.view()).filter(some);
            body.into_iter().chain(mp).map(|nlri| Field { nlri, next_hop: None })
        };
        let announced = || {
            let mp = values().filter_map(|value| match value {
                AttributeValue::MpReach(reach) => Some(field(reach)),
                _ => None,
            });
            let next_hop = values().find_map(|value| match value {
                AttributeValue::NextHop(hop) => Some(NextHop::V4(*hop)),
                _ => None,
            });
            let body = Some(self.announced.view()).filter(some);
            body.into_iter().map(move |nlri| Field { nlri, next_hop }).chain(mp)
        };
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("type", "update")?;
        map.serialize_entry("withdrawn", &Seq(withdrawn))?;
        map.serialize_entry("attributes", &Attributes(&self.attributes))?;
        map.serialize_entry("announced", &Seq(announced))?;
        map.end()
    }
}

fn field(reach: &MpReach) -> Field<'_> {
    Field { nlri: reach.nlri(), next_hop: Some(reach.next_hop()) }
}

impl Serialize for MpReach {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        field(self).serialize(serializer)
    }
}

/// The attributes under the keys they have in a message.
struct Attributes<'a>(&'a [Attribute]);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for attribute in self.0 {
            let (code, value) = (attribute.value.code(), &attribute.value);
            // Routes stand beside the attributes.
            let routes = matches!(code, AttrCode::MP_REACH_NLRI | AttrCode::MP_UNREACH_NLRI);
            if !routes && spec(code).is_some() {
                map.serialize_entry(&code, value)?;
            }
        }
        let unknown = || self.0.iter().filter_map(unknown);
        if unknown().next().is_some() {
            map.serialize_entry("unknown", &Seq(unknown))?;
        }
        map.end()
    }
}

/// An attribute that has no row in the registry.
fn unknown(attribute: &Attribute) -> Option<RawAttr<'_>> {
    match &attribute.value {
        AttributeValue::Other(code, value) if spec(*code).is_none() => {
            Some(RawAttr { flags: attribute.flags, code: *code, value })
        }
        _ => None,
    }
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("code", &self.value.code().0)?;
        map.serialize_entry("flags", &self.flags)?;
        map.serialize_entry("value", &self.value)?;
        map.end()
    }
}

impl Serialize for AttributeValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Origin(origin) => origin.serialize(serializer),
            Self::AsPath(path) | Self::As4Path(path) => path.serialize(serializer),
            Self::NextHop(addr) | Self::OriginatorId(addr) => addr.serialize(serializer),
            Self::MultiExitDisc(n) | Self::LocalPref(n) => serializer.serialize_u32(*n),
            Self::AtomicAggregate => serializer.serialize_bool(true),
            Self::Aggregator(aggregator) | Self::As4Aggregator(aggregator) => {
                aggregator.serialize(serializer)
            }
            Self::Communities(all) => all.serialize(serializer),
            Self::ClusterList(all) => all.serialize(serializer),
            Self::MpReach(reach) => reach.serialize(serializer),
            Self::MpUnreach(nlri) => Field { nlri: nlri.view(), next_hop: None }.serialize(serializer),
            Self::ExtendedCommunities(all) => all.serialize(serializer),
            Self::LargeCommunities(all) => all.serialize(serializer),
            Self::Other(code, octets) => Value(*code, octets).serialize(serializer),
        }
    }
}
