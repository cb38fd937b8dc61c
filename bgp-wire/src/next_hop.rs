//! Where a route leads.

use crate::family::Family;
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The next hop of a route: NEXT_HOP's, or MP_REACH_NLRI's (RFC 4271 section 5.1.3, RFC 2545 section 3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NextHop {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// A global IPv6 address.
    V6(Ipv6Addr),
    /// A global IPv6 address and the link-local one of the shared link.
    V6LinkLocal(Ipv6Addr, Ipv6Addr),
}

impl NextHop {
    /// Reads the next hop field of an MP_REACH_NLRI; `None` where its length does not fit `family`.
    pub(crate) fn decode(family: Family, v: &[u8]) -> Option<Self> {
        let v6 = |v: &[u8]| <[u8; 16]>::try_from(v).ok().map(Ipv6Addr::from);
        match (family, v.len()) {
            (Family::Ipv4Unicast, 4) => <[u8; 4]>::try_from(v).ok().map(|v| Self::V4(v.into())),
            (Family::Ipv6Unicast, 16) => v6(v).map(Self::V6),
            (Family::Ipv6Unicast, 32) => {
                let (global, local) = v.split_at_checked(16)?;
                let (global, local) = (v6(global)?, v6(local)?);
                // What is not link-local says nothing about the shared link (RFC 2545 section 3).
                let on_link = local.is_unicast_link_local();
                Some(if on_link { Self::V6LinkLocal(global, local) } else { Self::V6(global) })
            }
            _ => None,
        }
    }

    /// The address to resolve: the global one where there are two.
    pub const fn addr(&self) -> IpAddr {
        match self {
            Self::V4(a) => IpAddr::V4(*a),
            Self::V6(a) | Self::V6LinkLocal(a, _) => IpAddr::V6(*a),
        }
    }

    /// Whether it can be the address of a host (RFC 4271 section 6.3); where that host is, is not asked.
    pub(crate) const fn is_host(&self) -> bool {
        match self {
            Self::V4(a) => matches!(a.octets(), [1..224, ..]),
            Self::V6(a) => !a.is_unspecified() && !a.is_multicast(),
            Self::V6LinkLocal(a, _) => !a.is_multicast(),
        }
    }

    /// Whether routes of `family` can have it: an IPv6 next hop for IPv4 takes RFC 8950, which is not spoken.
    pub(crate) const fn serves(&self, family: Family) -> bool {
        matches!(
            (family, self),
            (Family::Ipv4Unicast, Self::V4(_)) | (Family::Ipv6Unicast, Self::V6(_) | Self::V6LinkLocal(..))
        )
    }

    /// Appends its octets, as MP_REACH_NLRI carries them.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::V4(a) => out.extend_from_slice(&a.octets()),
            Self::V6(a) => out.extend_from_slice(&a.octets()),
            Self::V6LinkLocal(global, local) => {
                out.extend_from_slice(&global.octets());
                out.extend_from_slice(&local.octets());
            }
        }
    }

    /// Octets of its wire form.
    pub(crate) const fn octets(&self) -> u8 {
        match self {
            Self::V4(_) => 4,
            Self::V6(_) => 16,
            Self::V6LinkLocal(..) => 32,
        }
    }
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
        self.addr().fmt(f)
    }
}
