//! The values of the attributes that have a type of their own: the table from a code to the file that reads it.

use super::{
    Aigp, AttrCode, AttrSet, BfdDiscriminator, BgpsecPath, DPath, LinkStateAttribute, PmsiTunnel, PrefixSid,
    TunnelEncapsulation,
};
use crate::asn::Asn;
use crate::community::Ipv6ExtendedCommunity;
use crate::cursor;
use crate::display::join;
use core::fmt;

/// The value of an attribute of a later standard, for output: read, and shown behind a name everybody knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TypedValue<'a> {
    PmsiTunnel(PmsiTunnel<'a>),
    TunnelEncapsulation(TunnelEncapsulation<'a>),
    Ipv6ExtendedCommunities(&'a [[u8; 20]]),
    Aigp(Aigp<'a>),
    LinkState(LinkStateAttribute<'a>),
    BgpsecPath(BgpsecPath<'a>),
    OnlyToCustomer(Asn),
    DPath(DPath<'a>),
    BfdDiscriminator(BfdDiscriminator<'a>),
    PrefixSid(PrefixSid<'a>),
    AttrSet(AttrSet<'a>),
}

impl<'a> TypedValue<'a> {
    /// The value `v` of an attribute `code`; `None` where it is malformed, or has no type here.
    pub(crate) fn read(code: AttrCode, v: &'a [u8]) -> Option<Self> {
        match code {
            AttrCode::PMSI_TUNNEL => PmsiTunnel::new(v).ok().map(Self::PmsiTunnel),
            AttrCode::TUNNEL_ENCAPSULATION => TunnelEncapsulation::new(v).ok().map(Self::TunnelEncapsulation),
            AttrCode::IPV6_EXTENDED_COMMUNITIES => match v.as_chunks() {
                (all @ [_, ..], []) => Some(Self::Ipv6ExtendedCommunities(all)),
                _ => None,
            },
            AttrCode::AIGP => Aigp::new(v).ok().map(Self::Aigp),
            AttrCode::BGP_LS => LinkStateAttribute::new(v).ok().map(Self::LinkState),
            AttrCode::BGPSEC_PATH => BgpsecPath::new(v).ok().map(Self::BgpsecPath),
            AttrCode::ONLY_TO_CUSTOMER => cursor::whole_u32(v).map(Asn).map(Self::OnlyToCustomer),
            AttrCode::D_PATH => DPath::new(v).ok().map(Self::DPath),
            AttrCode::BFD_DISCRIMINATOR => BfdDiscriminator::new(v).ok().map(Self::BfdDiscriminator),
            AttrCode::PREFIX_SID => PrefixSid::new(v).ok().map(Self::PrefixSid),
            AttrCode::ATTR_SET => AttrSet::new(v).ok().map(Self::AttrSet),
            _ => None,
        }
    }
}

impl fmt::Display for TypedValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PmsiTunnel(tunnel) => write!(f, "pmsi {tunnel}"),
            Self::TunnelEncapsulation(tunnels) => write!(f, "tunnel {tunnels}"),
            Self::Ipv6ExtendedCommunities(all) => {
                f.write_str("ipv6-extended-communities ")?;
                join(f, " ", all.iter().map(|octets| Ipv6ExtendedCommunity(*octets)))
            }
            Self::Aigp(aigp) => write!(f, "aigp {aigp}"),
            Self::LinkState(attribute) => write!(f, "bgp-ls ({attribute})"),
            Self::BgpsecPath(path) => write!(f, "bgpsec-path {path}"),
            Self::OnlyToCustomer(asn) => write!(f, "otc {asn}"),
            Self::DPath(path) => write!(f, "d-path {path}"),
            Self::BfdDiscriminator(bfd) => write!(f, "bfd {bfd}"),
            Self::PrefixSid(sid) => write!(f, "prefix-sid {sid}"),
            Self::AttrSet(set) => write!(f, "attr-set {set}"),
        }
    }
}
