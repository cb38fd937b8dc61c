//! An attribute set: the keys of a message's attributes, and its own next hop.

use super::text::{Hex, Text, octets};
use crate::as_path::AsPathBuf;
use crate::asn::Asn;
use crate::attr::{AttrCode, AttrFlags, Origin};
use crate::attribute_set::{Aggregator, AttributeSet, OwnedAttr};
use crate::community::{Community, ExtendedCommunity, LargeCommunity};
use crate::next_hop::NextHop;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// The form of an [`AttributeSet`], field by field: what is not there has no key.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(remote = "AttributeSet", rename_all = "kebab-case", deny_unknown_fields)]
struct Form {
    origin: Origin,
    #[serde(default)]
    as_path: AsPathBuf,
    next_hop: NextHop,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    med: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    local_pref: Option<u32>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    atomic_aggregate: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aggregator: Option<Aggregator>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    communities: Vec<Community>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    extended_communities: Vec<ExtendedCommunity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    large_communities: Vec<LargeCommunity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    originator_id: Option<Ipv4Addr>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cluster_list: Vec<Ipv4Addr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    only_to_customer: Option<Asn>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<OwnedAttr>,
}

impl Serialize for AttributeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Form::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for AttributeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Form::deserialize(deserializer)
    }
}

/// The form of an [`OwnedAttr`]: two numbers and hexadecimal digits.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Attr<V> {
    code: u8,
    flags: u8,
    value: V,
}

impl Serialize for OwnedAttr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Attr { code: self.code.0, flags: self.flags.0, value: Hex(&self.value) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OwnedAttr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Attr { code, flags, value } = Attr::<Octets>::deserialize(deserializer)?;
        Ok(Self { code: AttrCode(code), flags: AttrFlags(flags), value: value.0 })
    }
}

/// Octets from hexadecimal digits.
struct Octets(Box<[u8]>);

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| octets(text).ok_or("hexadecimal digits come in pairs");
        deserializer.deserialize_str(Text { what: "hexadecimal digits", parse }).map(|v| Self(v.into()))
    }
}
