//! Nets: the keys of a RIB.

use crate::place::Place;
use bgp_wire::Family;
use core::fmt;
use core::hash::BuildHasher;
use core::str::FromStr;
use foldhash::fast::FixedState;
use ipnet::{AddrParseError, IpNet, Ipv4Net, Ipv6Net};

/// The key of a RIB: a prefix whose host bits are zero. Ordered by family, then by address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Net(IpNet);

impl Net {
    /// The prefix.
    pub const fn prefix(self) -> IpNet {
        self.0
    }

    /// The family it belongs to.
    pub const fn family(self) -> Family {
        Family::of(&self.0)
    }
}

impl From<IpNet> for Net {
    /// Host bits become zero.
    fn from(prefix: IpNet) -> Self {
        Self(prefix.trunc())
    }
}

impl FromStr for Net {
    type Err = AddrParseError;

    fn from_str(s: &str) -> Result<Self, AddrParseError> {
        s.parse::<IpNet>().map(Self::from)
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A net of one family, in no more octets than the family needs: a table holds nets of one family only.
pub(crate) trait Key: Copy + Eq {
    /// The net it is.
    fn net(self) -> Net;

    /// A place in a table of such nets.
    fn place(at: u32) -> Place;

    /// Its hash, under a seed that peers do not know.
    fn hash(self, state: &FixedState) -> u64;
}

impl Key for Ipv4Net {
    fn net(self) -> Net {
        Net(IpNet::V4(self))
    }

    fn place(at: u32) -> Place {
        Place::V4(at)
    }

    fn hash(self, state: &FixedState) -> u64 {
        state.hash_one(u64::from(self.addr().to_bits()) << 8 | u64::from(self.prefix_len()))
    }
}

impl Key for Ipv6Net {
    fn net(self) -> Net {
        Net(IpNet::V6(self))
    }

    fn place(at: u32) -> Place {
        Place::V6(at)
    }

    fn hash(self, state: &FixedState) -> u64 {
        state.hash_one((self.addr().to_bits(), self.prefix_len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_do_not_make_another_net() {
        let net = |s: &str| s.parse::<Net>().unwrap();
        assert_eq!(net("198.51.100.7/24"), net("198.51.100.0/24"));
        assert_ne!(net("198.51.100.0/24"), net("198.51.100.0/25"));
        assert_eq!(net("2001:db8::1/32").family(), Family::Ipv6Unicast);
        assert!(net("203.0.113.0/24") < net("2001:db8::/32"));
    }
}
