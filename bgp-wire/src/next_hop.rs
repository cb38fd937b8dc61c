//! Where a route leads.

use crate::family::Family;
use crate::negotiate::{Negotiated, PeerKind};
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The next hop of a route: NEXT_HOP's, or MP_REACH_NLRI's (RFC 4271 section 5.1.3, RFC 2545 section 3).
///
/// The families of VPNs have a route distinguisher of zero before each address (RFC 4364 section 4.3.2, RFC 4659
/// section 3.2.1); it says nothing and is no part of this.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NextHop {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// A global IPv6 address.
    V6(Ipv6Addr),
    /// A global IPv6 address and the link-local one of the shared link.
    V6LinkLocal(Ipv6Addr, Ipv6Addr),
    /// None: what is announced leads nowhere, as a flow specification does (RFC 8955 section 4).
    Absent,
}

/// Octets of a route distinguisher.
const RD: usize = 8;

impl NextHop {
    /// Reads the next hop field of an MP_REACH_NLRI; `None` where its length does not fit `family` on a session
    /// of `n`.
    #[inline]
    pub(crate) fn decode(family: Family, n: &Negotiated, v: &[u8]) -> Option<Self> {
        // What nearly every message has is not looked for in the table.
        if family == Family::Ipv6Unicast { v6(v) } else { Self::decode_any(family, n, v) }
    }

    /// Whether what [`decode`](Self::decode) reads can be the address of a host.
    #[inline]
    pub(crate) fn is_host_in(family: Family, n: &Negotiated, v: &[u8]) -> Option<bool> {
        match (family, v.first_chunk()) {
            (Family::Ipv6Unicast, Some(global))
                if one_or_two(v) && is_host_v6(u128::from_be_bytes(*global)) =>
            {
                Some(true)
            }
            _ => Self::decode_any(family, n, v).map(|hop| hop.is_host()),
        }
    }

    /// A field that was decoded before.
    #[inline]
    pub(crate) fn checked(family: Family, v: &[u8]) -> Option<Self> {
        Self::decode(family, &Negotiated::unseen(PeerKind::External), v)
    }

    fn decode_any(family: Family, n: &Negotiated, v: &[u8]) -> Option<Self> {
        match (Form::of(family), v.len()) {
            (Form::Ipv4 | Form::Any, 4) => v4(v),
            (Form::Ipv6 | Form::Any, _) => v6(v),
            (Form::Ipv4, _) if n.extended_next_hop.contains(family) => v6(v),
            (Form::VpnIpv4 | Form::VpnAny, 12) => v4(v.get(RD..)?),
            (Form::VpnIpv6 | Form::VpnAny, _) => v6_vpn(v),
            // Also as RFC 5549 had it, before RFC 8950 took the route distinguisher in.
            (Form::VpnIpv4, _) if n.extended_next_hop.contains(family) => v6_vpn(v).or_else(|| v6(v)),
            (Form::Ignored, _) => Some(Self::Absent),
            _ => None,
        }
    }

    /// The address to resolve: the global one where there are two, the unspecified one where there is none.
    ///
    /// Some routers put an unspecified address where a global one belongs and they have none (RFC 2545 section 3 does
    /// not say what else to do): then it is the link-local one.
    ///
    /// ```
    /// use bgp_wire::NextHop;
    ///
    /// let link_local = "fe80::1".parse()?;
    /// assert_eq!(NextHop::V6LinkLocal("2001:db8::1".parse()?, link_local).to_string(), "2001:db8::1");
    /// assert_eq!(NextHop::V6LinkLocal("::".parse()?, link_local).to_string(), "fe80::1");
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub const fn addr(&self) -> IpAddr {
        match self {
            Self::V4(a) => IpAddr::V4(*a),
            Self::V6LinkLocal(global, link_local) if global.is_unspecified() => IpAddr::V6(*link_local),
            Self::V6(a) | Self::V6LinkLocal(a, _) => IpAddr::V6(*a),
            Self::Absent => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        }
    }

    /// Whether it can be the address of a host (RFC 4271 section 6.3); where that host is, is not asked.
    pub(crate) const fn is_host(&self) -> bool {
        match self {
            Self::V4(a) => matches!(a.octets(), [1..224, ..]),
            Self::V6(a) => is_host_v6(a.to_bits()),
            Self::V6LinkLocal(a, _) => !a.is_multicast(),
            Self::Absent => true,
        }
    }

    /// Whether routes of `family` can have it on a session of `n`: IPv4 routes with an IPv6 next hop take the
    /// agreement of RFC 8950.
    pub(crate) const fn serves(&self, family: Family, n: &Negotiated) -> bool {
        match (Form::of(family), self) {
            (Form::Ipv4 | Form::VpnIpv4 | Form::Any | Form::VpnAny, Self::V4(_))
            | (Form::Ipv6 | Form::VpnIpv6 | Form::Any | Form::VpnAny, Self::V6(_) | Self::V6LinkLocal(..))
            | (Form::Ignored, Self::Absent) => true,
            (Form::Ipv4 | Form::VpnIpv4, Self::V6(_) | Self::V6LinkLocal(..)) => {
                n.extended_next_hop.contains(family)
            }
            _ => false,
        }
    }

    /// Appends the field of MP_REACH_NLRI that has it: length and octets.
    pub(crate) fn encode(&self, family: Family, out: &mut Vec<u8>) {
        let rd: &[u8] = if Form::of(family).is_vpn() { &[0; RD] } else { &[] };
        let mut put = |octets: u8, addresses: &[&[u8]]| {
            out.push(octets);
            for address in addresses {
                out.extend_from_slice(rd);
                out.extend_from_slice(address);
            }
        };
        let vpn = !rd.is_empty();
        match self {
            Self::V4(a) => put(if vpn { 12 } else { 4 }, &[&a.octets()]),
            Self::V6(a) => put(if vpn { 24 } else { 16 }, &[&a.octets()]),
            Self::V6LinkLocal(global, local) => {
                put(if vpn { 48 } else { 32 }, &[&global.octets(), &local.octets()]);
            }
            Self::Absent => put(0, &[]),
        }
    }
}

/// Which next hops a family has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// IPv4, or by agreement IPv6 (RFC 8950).
    Ipv4,
    Ipv6,
    /// The same behind a route distinguisher.
    VpnIpv4,
    VpnIpv6,
    /// Either.
    Any,
    VpnAny,
    /// Whatever is there says nothing (RFC 8955 section 4); of a family without a name nobody knows.
    Ignored,
}

impl Form {
    const fn of(family: Family) -> Self {
        match family {
            Family::Ipv4Unicast | Family::Ipv4Multicast | Family::Ipv4Labelled => Self::Ipv4,
            Family::Ipv6Unicast | Family::Ipv6Multicast | Family::Ipv6Labelled => Self::Ipv6,
            Family::Ipv4Vpn => Self::VpnIpv4,
            Family::Ipv6Vpn => Self::VpnIpv6,
            Family::Vpls
            | Family::Evpn
            | Family::RouteTarget
            | Family::LinkState
            | Family::Ipv4SrPolicy
            | Family::Ipv6SrPolicy => Self::Any,
            Family::LinkStateVpn => Self::VpnAny,
            Family::Ipv4FlowSpec
            | Family::Ipv6FlowSpec
            | Family::Ipv4VpnFlowSpec
            | Family::Ipv6VpnFlowSpec
            | Family::Other { .. } => Self::Ignored,
        }
    }

    const fn is_vpn(self) -> bool {
        matches!(self, Self::VpnIpv4 | Self::VpnIpv6 | Self::VpnAny)
    }
}

/// Neither the unspecified address nor one of many hosts.
const fn is_host_v6(addr: u128) -> bool {
    addr != 0 && addr >> 120 != 0xff
}

fn v4(v: &[u8]) -> Option<NextHop> {
    v.first_chunk::<4>().map(|v| NextHop::V4((*v).into()))
}

/// A global address, or two addresses.
#[inline]
fn v6(v: &[u8]) -> Option<NextHop> {
    if one_or_two(v) { Some(v6_pair(v.first_chunk()?, v.last_chunk()?, v.len() > 16)) } else { None }
}

/// Whether it is as long as one address or two. It is one question: to which of the two the answer is yes, the
/// processor would guess in vain.
#[inline]
const fn one_or_two(v: &[u8]) -> bool {
    v.len().wrapping_sub(16) & !16 == 0
}

/// The same, each behind a route distinguisher.
fn v6_vpn(v: &[u8]) -> Option<NextHop> {
    let global = v.get(RD..)?.first_chunk()?;
    matches!(v.len(), 24 | 48).then_some(v6_pair(global, v.last_chunk()?, v.len() > 24))
}

/// The address `local` counts where there are `two`. What is not link-local (RFC 4291 section 2.5.6) says nothing about
/// the shared link (RFC 2545 section 3).
#[inline]
fn v6_pair(global: &[u8; 16], local: &[u8; 16], two: bool) -> NextHop {
    let [global, local] = [global, local].map(|octets| Ipv6Addr::from_bits(u128::from_be_bytes(*octets)));
    let on_link = two & (local.to_bits() >> 118 == 0xfe80 >> 6);
    if on_link { NextHop::V6LinkLocal(global, local) } else { NextHop::V6(global) }
}

impl From<IpAddr> for NextHop {
    fn from(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(a) => Self::V4(a),
            IpAddr::V6(a) => Self::V6(a),
        }
    }
}

impl fmt::Display for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.pad("none"),
            _ => self.addr().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::FamilySet;
    use crate::negotiate::PeerKind;

    const V4: NextHop = NextHop::V4(Ipv4Addr::new(192, 0, 2, 1));
    const V6: NextHop = NextHop::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
    const BOTH: NextHop = NextHop::V6LinkLocal(
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1),
    );

    /// (family, next hop, octets of the field, whether it takes RFC 8950)
    #[test]
    fn each_family_has_its_next_hops() {
        for (family, hop, octets, extended) in [
            (Family::Ipv4Unicast, V4, 4, false),
            (Family::Ipv4Unicast, V6, 16, true),
            (Family::Ipv4Labelled, BOTH, 32, true),
            (Family::Ipv6Unicast, BOTH, 32, false),
            (Family::Ipv6Labelled, V6, 16, false),
            (Family::Ipv4Vpn, V4, 12, false),
            (Family::Ipv4Vpn, V6, 24, true),
            (Family::Ipv4Vpn, BOTH, 48, true),
            (Family::Ipv6Vpn, V6, 24, false),
            (Family::Ipv6Vpn, BOTH, 48, false),
            (Family::Evpn, V4, 4, false),
            (Family::Evpn, V6, 16, false),
            (Family::LinkStateVpn, V4, 12, false),
            (Family::Ipv4FlowSpec, NextHop::Absent, 0, false),
        ] {
            let plain = Negotiated::new(PeerKind::External);
            let agreed = Negotiated { extended_next_hop: FamilySet::EVERY, ..plain };
            let mut out = Vec::new();
            hop.encode(family, &mut out);
            let (len, octets_) = out.split_first().unwrap();
            assert_eq!((usize::from(*len), octets_.len()), (octets, octets), "{family} {hop}");
            assert_eq!(NextHop::decode(family, &agreed, octets_), Some(hop), "{family} {hop}");
            assert!(hop.serves(family, &agreed));
            assert_eq!(NextHop::decode(family, &plain, octets_).is_none(), extended, "{family} {hop}");
            assert_eq!(hop.serves(family, &plain), !extended);
        }
        let plain = Negotiated::new(PeerKind::External);
        for (family, octets) in [
            (Family::Ipv4Unicast, 0),
            (Family::Ipv4Unicast, 5),
            (Family::Ipv6Unicast, 4),
            (Family::Ipv6Unicast, 24),
            (Family::Ipv4Vpn, 4),
            (Family::Evpn, 0),
        ] {
            assert_eq!(NextHop::decode(family, &plain, &[0; 64][..octets]), None, "{family} {octets}");
        }
    }
}
