//! Text of Link-State NLRI: `node isis-level-2 id 0 as 64500 bgp-ls-id 0 router 0000.0000.0001`.

use super::{
    Descriptor, Descriptors, IgpRouterId, LinkStateNlri, LinkStateObject, NodeDescriptor, NodeDescriptors,
    ObjectKind,
};
use crate::link_state::{LinkStateTlv, hex};
use core::fmt::{self, Display, Formatter};

impl Display for LinkStateNlri<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => object.fmt(f),
            Self::Unknown { kind, value } => {
                write!(f, "link-state-{kind} ")?;
                hex(value, f)
            }
        }
    }
}

/// A link has two nodes, which are told apart; whatever else has one.
impl Display for LinkStateObject<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} id {}", self.kind(), self.protocol, self.identifier)?;
        let is_link = self.kind() == ObjectKind::Link;
        self.descriptors.iter().try_for_each(|descriptor| match descriptor {
            Descriptor::LocalNode(node) if is_link => write!(f, " local ({node})"),
            descriptor => write!(f, " {descriptor}"),
        })
    }
}

impl Display for Descriptor<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::LocalNode(node) => node.fmt(f),
            Self::RemoteNode(node) => write!(f, "remote ({node})"),
            Self::LinkIds { local, remote } => write!(f, "link-ids {local},{remote}"),
            Self::Ipv4Interface(addr) => write!(f, "interface {addr}"),
            Self::Ipv4Neighbor(addr) => write!(f, "neighbor {addr}"),
            Self::Ipv6Interface(addr) => write!(f, "interface {addr}"),
            Self::Ipv6Neighbor(addr) => write!(f, "neighbor {addr}"),
            Self::Topologies(ids) => {
                f.write_str("mt ")?;
                let mut between = "";
                ids.iter().try_for_each(|id| write!(f, "{}{id}", core::mem::replace(&mut between, ",")))
            }
            Self::OspfRouteType(kind) => write!(f, "route-type {kind}"),
            Self::Reachability(prefix) => write!(f, "prefix {prefix}"),
            Self::Srv6Sid(sid) => write!(f, "sid {sid}"),
            Self::Other(tlv) => unknown(tlv, f),
        }
    }
}

impl Display for NodeDescriptors<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut between = "";
        self.iter().try_for_each(|one| write!(f, "{}{one}", core::mem::replace(&mut between, " ")))
    }
}

impl Display for NodeDescriptor<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asn(asn) => write!(f, "as {asn}"),
            Self::BgpLsId(n) => write!(f, "bgp-ls-id {n}"),
            Self::OspfArea(area) => write!(f, "area {area}"),
            Self::IgpRouterId(id) => write!(f, "router {id}"),
            Self::BgpRouterId(id) => write!(f, "bgp-router {id}"),
            Self::ConfederationMember(asn) => write!(f, "member-as {asn}"),
            Self::Other(tlv) => unknown(tlv, f),
        }
    }
}

impl Display for IgpRouterId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let system = |[a, b, c, d, e, g]: [u8; 6], f: &mut Formatter<'_>| {
            write!(f, "{a:02x}{b:02x}.{c:02x}{d:02x}.{e:02x}{g:02x}")
        };
        match *self {
            Self::Ospf(router) => router.fmt(f),
            Self::Isis(id) => system(id, f),
            Self::IsisPseudonode(id, number) => {
                system(id, f)?;
                write!(f, ".{number:02x}")
            }
            Self::OspfPseudonode(router, interface) => write!(f, "{router}:{interface}"),
        }
    }
}

fn unknown(tlv: &LinkStateTlv<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "{} ", tlv.kind)?;
    hex(tlv.value, f)
}

impl fmt::Debug for Descriptors<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for NodeDescriptors<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
