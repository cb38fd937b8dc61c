//! BGP-LS: the TLVs of its attribute, and the objects of its NLRI.

use super::attr::{optional, tlv};
use super::{Hex, Shown, Utf8, object};
use crate::attr::LinkStateAttribute;
use crate::link_state::{IgpMetric, LinkDelay, LinkStateTlv, LinkStateValue, Msds};
use crate::nlri::{
    Descriptor, Descriptors, LinkStateNlri, LinkStateObject, NodeDescriptor, NodeDescriptors, OspfRouteType,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for LinkStateAttribute<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tlvs())
    }
}

impl Serialize for LinkStateTlv<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tlv(serializer, self.kind.0, self.kind.name(), &self.read())
    }
}

impl Serialize for LinkStateValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Topologies(ids) => serializer.collect_seq(ids.iter()),
            Self::Msds(msds) => msds.serialize(serializer),
            Self::NodeFlags(_) | Self::MplsProtocols(_) | Self::IgpFlags(_) => {
                serializer.collect_seq(self.flags().into_iter().flatten().map(Shown))
            }
            Self::Name(name) => Utf8(name).serialize(serializer),
            Self::IsisArea(_) => serializer.collect_str(self),
            Self::Address(addr) => addr.serialize(serializer),
            Self::AdministrativeGroup(n) | Self::Metric(n) => serializer.serialize_u32(*n),
            Self::Bandwidth(n) => serializer.serialize_f32(*n),
            Self::Bandwidths(all) => serializer.collect_seq(all.iter()),
            Self::LinkProtection(n) => serializer.serialize_u16(*n),
            Self::IgpMetric(metric) => metric.serialize(serializer),
            Self::Numbers(all) => serializer.collect_seq(all.iter()),
            Self::Delay(delay) => delay.serialize(serializer),
            Self::MinMaxDelay { min, max } => object(serializer, |map| {
                map.serialize_entry("min", &min.value())?;
                map.serialize_entry("max", &max.value())?;
                map.serialize_entry("anomalous", &min.is_anomalous())
            }),
            Self::Other(octets) => Hex(octets).serialize(serializer),
        }
    }
}

impl Serialize for Msds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(kind, depth)| Depth { kind, depth }))
    }
}

/// One maximum SID depth.
#[derive(serde::Serialize)]
struct Depth {
    #[serde(rename = "type")]
    kind: u8,
    depth: u8,
}

impl Serialize for IgpMetric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.value())
    }
}

impl Serialize for LinkDelay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("value", &self.value())?;
            map.serialize_entry("anomalous", &self.is_anomalous())
        })
    }
}

/// The keys of an object of the topology.
pub(super) fn nlri<M: SerializeMap>(map: &mut M, nlri: &LinkStateNlri<'_>) -> Result<(), M::Error> {
    match nlri {
        LinkStateNlri::Object(object) => topology_object(map, object),
        LinkStateNlri::Unknown { kind, value } => {
            map.serialize_entry("type", kind)?;
            map.serialize_entry("value", &Hex(value))
        }
    }
}

fn topology_object<M: SerializeMap>(map: &mut M, object: &LinkStateObject<'_>) -> Result<(), M::Error> {
    map.serialize_entry("type", object.kind().name())?;
    match object.protocol.name() {
        Some(name) => map.serialize_entry("protocol", name),
        None => map.serialize_entry("protocol", &object.protocol.0),
    }?;
    map.serialize_entry("identifier", &object.identifier)?;
    optional(map, "local-node", object.local_node())?;
    optional(map, "remote-node", object.remote_node())?;
    let prefix = object.descriptors.iter().find_map(|descriptor| match descriptor {
        Descriptor::Reachability(prefix) => Some(Shown(prefix)),
        _ => None,
    });
    optional(map, "prefix", prefix)?;
    map.serialize_entry("descriptors", &object.descriptors)
}

/// All but the nodes, which have keys of their own: a type may come several times.
impl Serialize for Descriptors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = |one: &Descriptor<'_>| matches!(one, Descriptor::LocalNode(_) | Descriptor::RemoteNode(_));
        serializer.collect_seq(self.iter().filter(|descriptor| !node(descriptor)))
    }
}

impl Serialize for Descriptor<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        tlv(serializer, kind.0, kind.name(), &Value(self))
    }
}

/// What a descriptor says.
struct Value<'a>(&'a Descriptor<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Descriptor::LocalNode(node) | Descriptor::RemoteNode(node) => node.serialize(serializer),
            Descriptor::LinkIds { local, remote } => object(serializer, |map| {
                map.serialize_entry("local", local)?;
                map.serialize_entry("remote", remote)
            }),
            Descriptor::Ipv4Interface(addr) | Descriptor::Ipv4Neighbor(addr) => addr.serialize(serializer),
            Descriptor::Ipv6Interface(addr) | Descriptor::Ipv6Neighbor(addr) | Descriptor::Srv6Sid(addr) => {
                addr.serialize(serializer)
            }
            Descriptor::Topologies(ids) => serializer.collect_seq(ids.iter()),
            Descriptor::OspfRouteType(kind) => kind.serialize(serializer),
            Descriptor::Reachability(prefix) => serializer.collect_str(prefix),
            Descriptor::Other(tlv) => Hex(tlv.value).serialize(serializer),
        }
    }
}

impl Serialize for OspfRouteType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.name() {
            Some(name) => serializer.serialize_str(name),
            None => serializer.serialize_u8(self.0),
        }
    }
}

/// A node has no type twice, so that each can be a key.
impl Serialize for NodeDescriptors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| self.iter().try_for_each(|descriptor| node_descriptor(map, &descriptor)))
    }
}

fn node_descriptor<M: SerializeMap>(map: &mut M, descriptor: &NodeDescriptor<'_>) -> Result<(), M::Error> {
    match descriptor {
        NodeDescriptor::Asn(asn) => map.serialize_entry("asn", asn),
        NodeDescriptor::BgpLsId(n) => map.serialize_entry("bgp-ls-id", n),
        NodeDescriptor::OspfArea(area) => map.serialize_entry("ospf-area", area),
        NodeDescriptor::IgpRouterId(id) => map.serialize_entry("igp-router-id", id),
        NodeDescriptor::BgpRouterId(id) => map.serialize_entry("bgp-router-id", id),
        NodeDescriptor::ConfederationMember(asn) => map.serialize_entry("confederation-member", asn),
        NodeDescriptor::Other(tlv) => map.serialize_entry(&Shown(tlv.kind), &Hex(tlv.value)),
    }
}
