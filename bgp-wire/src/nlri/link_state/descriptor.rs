//! What tells a link, a prefix or a SID from all others (RFC 9552 sections 5.2.2 and 5.2.3, RFC 9514 section 6).

use super::node::NodeDescriptors;
use super::object::ObjectKind;
use crate::cursor;
use crate::family::Family;
use crate::link_state::{
    LinkStateTlv, LinkStateTlvType as Type, LinkStateTlvs, TopologyIds, check_order, put,
};
use crate::nlri::PathNlri;
use crate::nlri::plain;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use ipnet::IpNet;

/// How OSPF came by a prefix (RFC 9552 section 5.2.3.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OspfRouteType(pub u8);

impl OspfRouteType {
    /// Its name; `None` for a number without one.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "intra-area",
            2 => "inter-area",
            3 => "external-1",
            4 => "external-2",
            5 => "nssa-1",
            6 => "nssa-2",
            _ => return None,
        })
    }
}

impl fmt::Display for OspfRouteType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => self.0.fmt(f),
        }
    }
}

/// One descriptor of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Descriptor<'a> {
    /// The node that it is, or belongs to.
    LocalNode(NodeDescriptors<'a>),
    /// The node at the other end of a link.
    RemoteNode(NodeDescriptors<'a>),
    /// The numbers of a link at its two ends (RFC 5307 section 1.1).
    LinkIds {
        /// At the local end.
        local: u32,
        /// At the remote end; 0 where it is not known.
        remote: u32,
    },
    /// An address of the local end of a link.
    Ipv4Interface(Ipv4Addr),
    /// An address of its remote end.
    Ipv4Neighbor(Ipv4Addr),
    /// An IPv6 address of the local end.
    Ipv6Interface(Ipv6Addr),
    /// An IPv6 address of the remote end.
    Ipv6Neighbor(Ipv6Addr),
    /// The topologies that it is part of.
    Topologies(TopologyIds<'a>),
    /// How OSPF came by a prefix.
    OspfRouteType(OspfRouteType),
    /// The prefix.
    Reachability(IpNet),
    /// The SRv6 SID (RFC 9514 section 6.1).
    Srv6Sid(Ipv6Addr),
    /// Of a type that is not known, or not of this object.
    Other(LinkStateTlv<'a>),
}

impl<'a> Descriptor<'a> {
    /// A TLV of an NLRI of the type `kind`; `None` where its own type cannot have its length.
    fn read(kind: ObjectKind, tlv: LinkStateTlv<'a>) -> Option<Self> {
        let v = tlv.value;
        Some(match tlv.kind {
            Type::LOCAL_NODE_DESCRIPTORS => Self::LocalNode(NodeDescriptors::unchecked(v)),
            Type::REMOTE_NODE_DESCRIPTORS => Self::RemoteNode(NodeDescriptors::unchecked(v)),
            Type::LINK_LOCAL_REMOTE_IDENTIFIERS => {
                let (local, remote) = cursor::u32(v)?;
                Self::LinkIds { local, remote: cursor::whole_u32(remote)? }
            }
            Type::IPV4_INTERFACE_ADDRESS => Self::Ipv4Interface(cursor::whole_u32(v)?.into()),
            Type::IPV4_NEIGHBOR_ADDRESS => Self::Ipv4Neighbor(cursor::whole_u32(v)?.into()),
            Type::IPV6_INTERFACE_ADDRESS => Self::Ipv6Interface(v6(v)?),
            Type::IPV6_NEIGHBOR_ADDRESS => Self::Ipv6Neighbor(v6(v)?),
            Type::MULTI_TOPOLOGY_ID => Self::Topologies(TopologyIds::read(v)?),
            Type::OSPF_ROUTE_TYPE => match v {
                [n] => Self::OspfRouteType(OspfRouteType(*n)),
                _ => return None,
            },
            Type::IP_REACHABILITY_INFORMATION => match family(kind) {
                Some(family) => Self::Reachability(prefix(family, v)?),
                None => Self::Other(tlv),
            },
            Type::SRV6_SID_INFORMATION => Self::Srv6Sid(v6(v)?),
            _ => Self::Other(tlv),
        })
    }

    /// The type of its TLV.
    pub const fn kind(&self) -> Type {
        match self {
            Self::LocalNode(_) => Type::LOCAL_NODE_DESCRIPTORS,
            Self::RemoteNode(_) => Type::REMOTE_NODE_DESCRIPTORS,
            Self::LinkIds { .. } => Type::LINK_LOCAL_REMOTE_IDENTIFIERS,
            Self::Ipv4Interface(_) => Type::IPV4_INTERFACE_ADDRESS,
            Self::Ipv4Neighbor(_) => Type::IPV4_NEIGHBOR_ADDRESS,
            Self::Ipv6Interface(_) => Type::IPV6_INTERFACE_ADDRESS,
            Self::Ipv6Neighbor(_) => Type::IPV6_NEIGHBOR_ADDRESS,
            Self::Topologies(_) => Type::MULTI_TOPOLOGY_ID,
            Self::OspfRouteType(_) => Type::OSPF_ROUTE_TYPE,
            Self::Reachability(_) => Type::IP_REACHABILITY_INFORMATION,
            Self::Srv6Sid(_) => Type::SRV6_SID_INFORMATION,
            Self::Other(tlv) => tlv.kind,
        }
    }

    /// Appends its TLV.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put(self.kind(), out, |out| match self {
            Self::LocalNode(node) | Self::RemoteNode(node) => out.extend_from_slice(node.as_bytes()),
            Self::LinkIds { local, remote } => {
                out.extend_from_slice(&local.to_be_bytes());
                out.extend_from_slice(&remote.to_be_bytes());
            }
            Self::Ipv4Interface(addr) | Self::Ipv4Neighbor(addr) => out.extend_from_slice(&addr.octets()),
            Self::Ipv6Interface(addr) | Self::Ipv6Neighbor(addr) | Self::Srv6Sid(addr) => {
                out.extend_from_slice(&addr.octets());
            }
            Self::Topologies(ids) => out.extend_from_slice(ids.octets()),
            Self::OspfRouteType(kind) => out.push(kind.0),
            Self::Reachability(prefix) => plain::put(out, false, &PathNlri { path_id: 0, prefix: *prefix }),
            Self::Other(tlv) => out.extend_from_slice(tlv.value),
        });
    }
}

/// The family of the prefixes that an object of this type has.
pub(super) const fn family(kind: ObjectKind) -> Option<Family> {
    match kind {
        ObjectKind::Ipv4Prefix => Some(Family::Ipv4Unicast),
        ObjectKind::Ipv6Prefix => Some(Family::Ipv6Unicast),
        _ => None,
    }
}

/// A prefix and nothing behind it: its bits, and no more octets than they take (RFC 9552 section 5.2.3.2).
fn prefix(family: Family, v: &[u8]) -> Option<IpNet> {
    let (prefix, after) = plain::take(family, v).ok()?;
    after.is_empty().then_some(prefix)
}

fn v6(v: &[u8]) -> Option<Ipv6Addr> {
    <[u8; 16]>::try_from(v).ok().map(Ipv6Addr::from)
}

/// The descriptors of one object.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Descriptors<'a> {
    kind: ObjectKind,
    raw: &'a [u8],
}

impl<'a> Descriptors<'a> {
    pub(super) fn check(kind: ObjectKind, raw: &'a [u8]) -> Result<Self, Fault> {
        check_order(raw, false)?;
        for tlv in LinkStateTlvs(raw) {
            match Descriptor::read(kind, tlv) {
                Some(Descriptor::LocalNode(node) | Descriptor::RemoteNode(node)) => node.check()?,
                Some(_) => {}
                None => return Err(Fault::LinkStateTlv(tlv.kind.0)),
            }
        }
        Ok(Self { kind, raw })
    }

    /// Those that were checked before.
    pub(super) const fn checked(kind: ObjectKind, raw: &'a [u8]) -> Self {
        Self { kind, raw }
    }

    /// The descriptors in the order of the wire, which is that of their types.
    pub fn iter(&self) -> impl Iterator<Item = Descriptor<'a>> + Clone + use<'a> {
        let kind = self.kind;
        LinkStateTlvs(self.raw).filter_map(move |tlv| Descriptor::read(kind, tlv))
    }

    pub(super) const fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// Their octets.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }
}
