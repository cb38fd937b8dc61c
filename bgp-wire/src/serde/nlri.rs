//! NLRI: prefixes are text, octets without a family too, all others objects that have their text beside their fields.

use super::attr::{kind, optional};
use super::{Hex, Shown, link_state, object};
use crate::nlri::{
    EvpnRoute, Label, LabelledPrefix, Labels, Nlri, NlriBuf, PathNlri, RouteTargetMembership, SrPolicy,
    TypedNlri, Vpls, VpnPrefix,
};
use crate::route_distinguisher::RouteDistinguisher;
use core::net::IpAddr;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for Nlri<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.add_path() {
            serializer.collect_seq(self.typed().map(|(path_id, nlri)| WithPathId { path_id, nlri }))
        } else {
            serializer.collect_seq(self.typed().map(|(_, nlri)| nlri))
        }
    }
}

impl Serialize for NlriBuf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl Serialize for TypedNlri<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Prefix(prefix) => serializer.collect_str(prefix),
            Self::Other(octets) => Hex(octets).serialize(serializer),
            _ => object(serializer, |map| fields(map, self)),
        }
    }
}

/// An NLRI and its path identifier.
struct WithPathId<'a> {
    path_id: u32,
    nlri: TypedNlri<'a>,
}

impl Serialize for WithPathId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("path-id", &self.path_id)?;
            match &self.nlri {
                TypedNlri::Prefix(prefix) => map.serialize_entry("prefix", &Shown(prefix)),
                TypedNlri::Other(octets) => map.serialize_entry("nlri", &Hex(octets)),
                nlri => fields(map, nlri),
            }
        })
    }
}

impl Serialize for PathNlri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WithPathId { path_id: self.path_id, nlri: TypedNlri::Prefix(self.prefix) }.serialize(serializer)
    }
}

/// The keys of one that is an object.
fn fields<M: SerializeMap>(map: &mut M, nlri: &TypedNlri<'_>) -> Result<(), M::Error> {
    match nlri {
        TypedNlri::Prefix(prefix) => map.serialize_entry("prefix", &Shown(prefix))?,
        TypedNlri::Labelled(route) => labelled(map, route)?,
        TypedNlri::Vpn(route) => vpn(map, route)?,
        TypedNlri::Vpls(edge) => vpls(map, edge)?,
        TypedNlri::RouteTarget(membership) => route_target(map, membership)?,
        TypedNlri::SrPolicy(policy) => sr_policy(map, policy)?,
        TypedNlri::Evpn(route) => evpn(map, route)?,
        TypedNlri::FlowSpec(rule) => map.serialize_entry("components", rule)?,
        TypedNlri::VpnFlowSpec(rd, rule) => {
            map.serialize_entry("rd", rd)?;
            map.serialize_entry("components", rule)?;
        }
        TypedNlri::LinkState(nlri) => link_state::nlri(map, nlri)?,
        TypedNlri::LinkStateVpn(rd, nlri) => {
            map.serialize_entry("rd", rd)?;
            link_state::nlri(map, nlri)?;
        }
        TypedNlri::Malformed { octets, fault } => {
            map.serialize_entry("fault", &Shown(fault))?;
            map.serialize_entry("octets", &Hex(octets))?;
        }
        TypedNlri::Other(octets) => map.serialize_entry("octets", &Hex(octets))?,
    }
    map.serialize_entry("text", &Shown(nlri))
}

/// The number alone: in a message of this side a label is the last of its stack, or `Labels` says where it ends.
impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.value())
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let label = Self::last(u32::deserialize(deserializer)?);
        label.ok_or_else(|| D::Error::custom(format_args!("a label is at most {}", Self::MAX)))
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The labels, where there are any.
fn labels<M: SerializeMap>(map: &mut M, labels: &Labels) -> Result<(), M::Error> {
    optional(map, "labels", Some(labels).filter(|labels| !labels.is_withdrawn()))
}

fn labelled<M: SerializeMap>(map: &mut M, route: &LabelledPrefix) -> Result<(), M::Error> {
    map.serialize_entry("prefix", &Shown(route.prefix()))?;
    labels(map, route.labels())
}

fn vpn<M: SerializeMap>(map: &mut M, route: &VpnPrefix) -> Result<(), M::Error> {
    map.serialize_entry("rd", &route.rd())?;
    map.serialize_entry("prefix", &Shown(route.prefix()))?;
    labels(map, route.labels())
}

fn vpls<M: SerializeMap>(map: &mut M, edge: &Vpls<'_>) -> Result<(), M::Error> {
    let start = |map: &mut M, kind, rd: &RouteDistinguisher| {
        map.serialize_entry("type", kind)?;
        map.serialize_entry("rd", rd)
    };
    match edge {
        Vpls::Block { rd, ve_id, offset, size, base } => {
            start(map, "block", rd)?;
            map.serialize_entry("ve-id", ve_id)?;
            map.serialize_entry("offset", offset)?;
            map.serialize_entry("size", size)?;
            map.serialize_entry("label-base", base)
        }
        Vpls::Discovery { rd, pe } => {
            start(map, "discovery", rd)?;
            map.serialize_entry("pe", pe)
        }
        Vpls::Circuits { rd, ce_id, offset, base, tlvs } => {
            start(map, "circuits", rd)?;
            map.serialize_entry("ce-id", ce_id)?;
            map.serialize_entry("offset", offset)?;
            map.serialize_entry("label-base", base)?;
            map.serialize_entry("tlvs", &Hex(tlvs))
        }
    }
}

/// The default has no origin; of a target that is not whole the leading bits count.
fn route_target<M: SerializeMap>(map: &mut M, membership: &RouteTargetMembership) -> Result<(), M::Error> {
    optional(map, "origin-as", membership.origin())?;
    match membership.target() {
        (_, 0) => Ok(()),
        (target, bits) => {
            map.serialize_entry("route-target", &target)?;
            map.serialize_entry("route-target-bits", &bits)
        }
    }
}

fn sr_policy<M: SerializeMap>(map: &mut M, policy: &SrPolicy) -> Result<(), M::Error> {
    map.serialize_entry("distinguisher", &policy.distinguisher)?;
    map.serialize_entry("color", &policy.color)?;
    map.serialize_entry("endpoint", &policy.endpoint)
}

fn evpn<M: SerializeMap>(map: &mut M, route: &EvpnRoute<'_>) -> Result<(), M::Error> {
    kind(map, route.name(), route.kind())?;
    if let EvpnRoute::Other { value, .. } = route {
        return map.serialize_entry("value", &Hex(value));
    }
    let (rd, esi, tag) = route.place();
    map.serialize_entry("rd", &rd)?;
    optional(map, "esi", esi)?;
    optional(map, "tag", tag)?;
    evpn_rest(map, route)
}

/// What a type has of its own.
fn evpn_rest<M: SerializeMap>(map: &mut M, route: &EvpnRoute<'_>) -> Result<(), M::Error> {
    match route {
        EvpnRoute::EthernetAutoDiscovery { label, .. } => map.serialize_entry("label", label),
        EvpnRoute::MacIp { mac, ip, label, label2, .. } => {
            map.serialize_entry("mac", mac)?;
            optional(map, "ip", *ip)?;
            map.serialize_entry("label", label)?;
            optional(map, "label2", *label2)
        }
        EvpnRoute::InclusiveMulticast { originator, .. } | EvpnRoute::EthernetSegment { originator, .. } => {
            map.serialize_entry("originator", originator)
        }
        EvpnRoute::IpPrefix { prefix, gateway, label, .. } => {
            map.serialize_entry("prefix", &Shown(prefix))?;
            optional(map, "gateway", Some(gateway).filter(|gateway| !IpAddr::is_unspecified(gateway)))?;
            map.serialize_entry("label", label)
        }
        EvpnRoute::SelectiveMulticast { group, flags, .. }
        | EvpnRoute::MulticastJoinSync { group, flags, .. }
        | EvpnRoute::MulticastLeaveSync { group, flags, .. } => {
            optional(map, "source", group.source)?;
            optional(map, "group", group.group)?;
            map.serialize_entry("originator", &group.originator)?;
            if let EvpnRoute::MulticastLeaveSync { max_response_time, .. } = route {
                map.serialize_entry("max-response-time", max_response_time)?;
            }
            map.serialize_entry("flags", flags)
        }
        EvpnRoute::Other { .. } => Ok(()),
    }
}
