//! What tells a node from all others (RFC 9552 section 5.2.1.4).

use crate::asn::Asn;
use crate::cursor;
use crate::link_state::{LinkStateTlv, LinkStateTlvType as Type, LinkStateTlvs, check_order, put};
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

/// The router-ID of a node in its IGP, in one of four forms that its length tells apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IgpRouterId {
    /// A router of OSPF, by its router-ID.
    Ospf(Ipv4Addr),
    /// A router of IS-IS, by its system identifier.
    Isis([u8; 6]),
    /// A pseudonode of IS-IS: the system identifier of the designated router, and the pseudonode's number.
    IsisPseudonode([u8; 6], u8),
    /// A pseudonode of OSPF: the router-ID of the designated router, and its address on the network (of OSPFv3: the
    /// number of its interface).
    OspfPseudonode(Ipv4Addr, Ipv4Addr),
}

impl IgpRouterId {
    fn read(v: &[u8]) -> Option<Self> {
        let address = |v: &[u8]| <[u8; 4]>::try_from(v).ok().map(Ipv4Addr::from);
        Some(match v.len() {
            4 => Self::Ospf(address(v)?),
            6 => Self::Isis(v.try_into().ok()?),
            7 => Self::IsisPseudonode(*v.first_chunk()?, *v.last()?),
            8 => {
                let (router, interface) = v.split_at_checked(4)?;
                Self::OspfPseudonode(address(router)?, address(interface)?)
            }
            _ => return None,
        })
    }

    fn put(self, out: &mut Vec<u8>) {
        match self {
            Self::Ospf(router) => out.extend_from_slice(&router.octets()),
            Self::Isis(system) => out.extend_from_slice(&system),
            Self::IsisPseudonode(system, number) => {
                out.extend_from_slice(&system);
                out.push(number);
            }
            Self::OspfPseudonode(router, interface) => {
                out.extend_from_slice(&router.octets());
                out.extend_from_slice(&interface.octets());
            }
        }
    }
}

/// One descriptor of a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum NodeDescriptor<'a> {
    /// The autonomous system.
    Asn(Asn),
    /// The BGP-LS identifier, which RFC 9552 does away with.
    BgpLsId(u32),
    /// The OSPF area.
    OspfArea(Ipv4Addr),
    /// The router-ID in the IGP.
    IgpRouterId(IgpRouterId),
    /// The BGP identifier (RFC 9086 section 4.1).
    BgpRouterId(Ipv4Addr),
    /// The member of a confederation (RFC 9086 section 4.1).
    ConfederationMember(Asn),
    /// Of a type that is not known.
    Other(LinkStateTlv<'a>),
}

impl<'a> NodeDescriptor<'a> {
    /// `None` where a TLV of this type cannot have this length.
    fn read(tlv: LinkStateTlv<'a>) -> Option<Self> {
        let number = || cursor::whole_u32(tlv.value);
        Some(match tlv.kind {
            Type::AUTONOMOUS_SYSTEM => Self::Asn(Asn(number()?)),
            Type::BGP_LS_IDENTIFIER => Self::BgpLsId(number()?),
            Type::OSPF_AREA_ID => Self::OspfArea(number()?.into()),
            Type::IGP_ROUTER_ID => Self::IgpRouterId(IgpRouterId::read(tlv.value)?),
            Type::BGP_ROUTER_ID => Self::BgpRouterId(number()?.into()),
            Type::BGP_CONFEDERATION_MEMBER => Self::ConfederationMember(Asn(number()?)),
            _ => Self::Other(tlv),
        })
    }

    /// The type of its TLV.
    pub const fn kind(&self) -> Type {
        match self {
            Self::Asn(_) => Type::AUTONOMOUS_SYSTEM,
            Self::BgpLsId(_) => Type::BGP_LS_IDENTIFIER,
            Self::OspfArea(_) => Type::OSPF_AREA_ID,
            Self::IgpRouterId(_) => Type::IGP_ROUTER_ID,
            Self::BgpRouterId(_) => Type::BGP_ROUTER_ID,
            Self::ConfederationMember(_) => Type::BGP_CONFEDERATION_MEMBER,
            Self::Other(tlv) => tlv.kind,
        }
    }

    /// Appends its TLV.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put(self.kind(), out, |out| match self {
            Self::Asn(asn) | Self::ConfederationMember(asn) => out.extend_from_slice(&asn.0.to_be_bytes()),
            Self::BgpLsId(n) => out.extend_from_slice(&n.to_be_bytes()),
            Self::OspfArea(n) | Self::BgpRouterId(n) => out.extend_from_slice(&n.octets()),
            Self::IgpRouterId(id) => id.put(out),
            Self::Other(tlv) => out.extend_from_slice(tlv.value),
        });
    }
}

/// The descriptors of one node.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeDescriptors<'a>(&'a [u8]);

impl<'a> NodeDescriptors<'a> {
    /// Those of a TLV; what is wrong with them, [`NodeDescriptors::check`] tells.
    pub(super) const fn unchecked(raw: &'a [u8]) -> Self {
        Self(raw)
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        check_order(self.0, true)?;
        match LinkStateTlvs(self.0).find(|tlv| NodeDescriptor::read(*tlv).is_none()) {
            Some(tlv) => Err(Fault::LinkStateTlv(tlv.kind.0)),
            None => Ok(()),
        }
    }

    /// The descriptors in the order of the wire, which is that of their types.
    pub fn iter(&self) -> impl Iterator<Item = NodeDescriptor<'a>> + Clone + use<'a> {
        LinkStateTlvs(self.0).filter_map(NodeDescriptor::read)
    }

    pub(super) const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The autonomous system.
    pub fn asn(&self) -> Option<Asn> {
        self.iter().find_map(|descriptor| match descriptor {
            NodeDescriptor::Asn(asn) => Some(asn),
            _ => None,
        })
    }

    /// The router-ID in the IGP.
    pub fn igp_router_id(&self) -> Option<IgpRouterId> {
        self.iter().find_map(|descriptor| match descriptor {
            NodeDescriptor::IgpRouterId(id) => Some(id),
            _ => None,
        })
    }
}
