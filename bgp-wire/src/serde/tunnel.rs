//! TUNNEL_ENCAPSULATION: tunnels and their sub-TLVs.

use super::attr::{kind, optional, tlv};
use super::{Hex, Seq, object};
use crate::attr::{EgressEndpoint, Encapsulation, SubTlv, Tunnel, TunnelEncapsulation, label};
use crate::nlri::MacAddr;
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for TunnelEncapsulation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tunnels())
    }
}

impl Serialize for Tunnel<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            kind(map, self.kind.name(), self.kind.0)?;
            optional(map, "endpoint", self.endpoint())?;
            map.serialize_entry("sub-tlvs", &Seq(|| self.sub_tlvs()))
        })
    }
}

impl Serialize for EgressEndpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for SubTlv<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        tlv(serializer, u16::from(kind.0), kind.name(), &Value(self))
    }
}

/// What a sub-TLV says.
struct Value<'a>(&'a SubTlv<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            SubTlv::Encapsulation(encapsulation) => encapsulation.serialize(serializer),
            SubTlv::ProtocolType(n) | SubTlv::LoadBalancingBlock(n) | SubTlv::UdpPort(n) => {
                serializer.serialize_u16(*n)
            }
            SubTlv::Color { flags, color } => object(serializer, |map| {
                map.serialize_entry("flags", flags)?;
                map.serialize_entry("color", color)
            }),
            SubTlv::EgressEndpoint(endpoint) => endpoint.serialize(serializer),
            SubTlv::DsField(n) | SubTlv::EmbeddedLabelHandling(n) | SubTlv::Priority(n) => {
                serializer.serialize_u8(*n)
            }
            SubTlv::LabelStack(labels) => serializer.collect_seq(labels.iter().map(|entry| label(*entry))),
            SubTlv::PrefixSid(sid) => sid.serialize(serializer),
            SubTlv::Preference(n) => serializer.serialize_u32(*n),
            SubTlv::Other(tlv) => Hex(tlv.value).serialize(serializer),
        }
    }
}

impl Serialize for Encapsulation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| match self {
            Self::VirtualNetwork { id, mac } => {
                optional(map, "vn-id", *id)?;
                optional(map, "mac", mac.map(MacAddr))
            }
            Self::L2tpv3 { session, cookie } => {
                map.serialize_entry("session-id", session)?;
                map.serialize_entry("cookie", &Hex(cookie))
            }
            Self::Gre(key) => map.serialize_entry("key", key),
        })
    }
}
