//! The attributes of later standards, each an object or an array.

use super::{Hex, Seq, attributes, object};
use crate::attr::{
    Aigp, AttrCode, AttrSet, Attrs, BfdDiscriminator, BgpsecPath, DPath, PmsiTunnel, PrefixSid, RawAttr,
    SignatureBlock, SignatureSegment, Srv6Service, Tlv, TunnelIdentifier, TypedValue,
};
use crate::community::Ipv6ExtendedCommunity;
use crate::nlri::EvpnLabel;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The value of an attribute, its octets where it has no type or is malformed.
pub(super) struct Value<'a>(pub(super) AttrCode, pub(super) &'a [u8]);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match TypedValue::read(self.0, self.1) {
            Some(value) => value.serialize(serializer),
            None => Hex(self.1).serialize(serializer),
        }
    }
}

impl Serialize for TypedValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::PmsiTunnel(tunnel) => tunnel.serialize(serializer),
            Self::TunnelEncapsulation(tunnels) => tunnels.serialize(serializer),
            Self::Ipv6ExtendedCommunities(all) => {
                serializer.collect_seq(all.iter().map(|octets| Ipv6ExtendedCommunity(*octets)))
            }
            Self::Aigp(aigp) => aigp.serialize(serializer),
            Self::LinkState(attribute) => attribute.serialize(serializer),
            Self::BgpsecPath(path) => path.serialize(serializer),
            Self::OnlyToCustomer(asn) => asn.serialize(serializer),
            Self::DPath(path) => path.serialize(serializer),
            Self::BfdDiscriminator(bfd) => bfd.serialize(serializer),
            Self::PrefixSid(sid) => sid.serialize(serializer),
            Self::AttrSet(set) => set.serialize(serializer),
        }
    }
}

impl Serialize for Tlv<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tlv(serializer, self.kind, None, &Hex(self.value))
    }
}

/// A TLV: its type, the name of that where it has one, and what it says.
pub(super) fn tlv<S: Serializer>(
    serializer: S,
    kind: u16,
    name: Option<&str>,
    value: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    object(serializer, |map| {
        map.serialize_entry("type", &kind)?;
        optional(map, "name", name)?;
        map.serialize_entry("value", value)
    })
}

/// A key, where there is a value for it.
pub(super) fn optional<M: SerializeMap>(
    map: &mut M,
    key: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

/// A key for an array, where that is not empty; `items` makes its items anew each time.
pub(super) fn some<M: SerializeMap, I: Iterator<Item: Serialize>>(
    map: &mut M,
    key: &str,
    items: impl Fn() -> I,
) -> Result<(), M::Error> {
    if items().next().is_none() { Ok(()) } else { map.serialize_entry(key, &Seq(items)) }
}

/// The key `type`: a name, or the number of a type that has none.
pub(super) fn kind<M: SerializeMap>(
    map: &mut M,
    name: Option<&str>,
    number: impl Serialize,
) -> Result<(), M::Error> {
    match name {
        Some(name) => map.serialize_entry("type", name),
        None => map.serialize_entry("type", &number),
    }
}

/// A field that may be a label of MPLS or a VNI, in both readings.
impl Serialize for EvpnLabel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("mpls", &self.mpls())?;
            map.serialize_entry("vni", &self.vni())
        })
    }
}

impl Serialize for PmsiTunnel<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            kind(map, self.identifier.name(), self.identifier.kind())?;
            map.serialize_entry("flags", &self.flags)?;
            map.serialize_entry("leaf-information-required", &self.is_leaf_information_required())?;
            optional(map, "label", Some(self.both_labels()).filter(|label| label.vni() != 0))?;
            identifier(map, &self.identifier)
        })
    }
}

fn identifier<M: SerializeMap>(map: &mut M, identifier: &TunnelIdentifier<'_>) -> Result<(), M::Error> {
    match identifier {
        TunnelIdentifier::None => Ok(()),
        TunnelIdentifier::RsvpTe { extended, tunnel, p2mp } => {
            map.serialize_entry("extended-tunnel-id", extended)?;
            map.serialize_entry("tunnel-id", tunnel)?;
            map.serialize_entry("p2mp-id", p2mp)
        }
        TunnelIdentifier::MldpP2mp(fec) | TunnelIdentifier::MldpMp2mp(fec) => {
            map.serialize_entry("fec-type", &fec.kind)?;
            map.serialize_entry("root", &fec.root)?;
            map.serialize_entry("opaque", &Hex(fec.opaque))
        }
        TunnelIdentifier::Pim { source, group, .. } => {
            map.serialize_entry("source", source)?;
            map.serialize_entry("group", group)
        }
        TunnelIdentifier::IngressReplication(endpoint) => map.serialize_entry("endpoint", endpoint),
        TunnelIdentifier::Bier { subdomain, bfr, prefix } => {
            map.serialize_entry("sub-domain", subdomain)?;
            map.serialize_entry("bfr-id", bfr)?;
            map.serialize_entry("bfr-prefix", prefix)
        }
        TunnelIdentifier::Other { octets, .. } => map.serialize_entry("identifier", &Hex(octets)),
    }
}

impl Serialize for Aigp<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            optional(map, "metric", self.metric())?;
            some(map, "tlvs", || self.others())
        })
    }
}

impl Serialize for BgpsecPath<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("secure-path", &Seq(|| self.secure_path()))?;
            map.serialize_entry("signature-blocks", &Seq(|| self.blocks()))
        })
    }
}

impl Serialize for SignatureBlock<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("algorithm-suite", &self.suite)?;
            map.serialize_entry("signatures", &Seq(|| self.segments()))
        })
    }
}

impl Serialize for SignatureSegment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("ski", &Hex(&self.ski))?;
            map.serialize_entry("signature", &Hex(self.signature))
        })
    }
}

impl Serialize for DPath<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.domains())
    }
}

impl Serialize for BfdDiscriminator<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            match self.mode {
                Self::P2MP => map.serialize_entry("mode", "p2mp"),
                mode => map.serialize_entry("mode", &mode),
            }?;
            map.serialize_entry("discriminator", &self.discriminator)?;
            optional(map, "source", self.source())?;
            some(map, "tlvs", || self.others())
        })
    }
}

impl Serialize for PrefixSid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            optional(map, "label-index", self.label_index())?;
            some(map, "originator-srgb", || self.originator_srgb())?;
            optional(map, "srv6-l3-service", self.srv6_l3_service())?;
            optional(map, "srv6-l2-service", self.srv6_l2_service())?;
            some(map, "tlvs", || self.others())
        })
    }
}

impl Serialize for Srv6Service<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("sids", &Seq(|| self.sids()))?;
            some(map, "tlvs", || self.others())
        })
    }
}

/// One level deep, however deep such sets nest: one within it is octets.
impl Serialize for AttrSet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("origin-as", &self.origin_as)?;
            map.serialize_entry("attributes", &Customer(self.attrs()))
        })
    }
}

/// The attributes of a set.
struct Customer<'a>(Attrs<'a>);

impl Serialize for Customer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        attributes::all(serializer, &self.0, |attr: &RawAttr<'_>| attr.code == AttrCode::ATTR_SET)
    }
}
