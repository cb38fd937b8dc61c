//! Prefixes of a flow specification (RFC 8955 section 4.2.2.1, RFC 8956 section 3.1).

use crate::asn::decimal;
use crate::cursor;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A prefix; one of IPv6 may leave out leading bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FlowPrefix {
    prefix: IpNet,
    offset: u8,
}

impl FlowPrefix {
    /// The prefix, of which the bits before `offset` do not count.
    ///
    /// `None` where that leaves none, and for IPv4, which has no offset.
    pub fn with_offset(prefix: IpNet, offset: u8) -> Option<Self> {
        let offset_is_good = match prefix {
            IpNet::V4(_) => offset == 0,
            IpNet::V6(net) => offset == 0 || offset < net.prefix_len(),
        };
        let counts = u128::MAX.unbounded_shr(u32::from(offset));
        let prefix = match prefix.trunc() {
            IpNet::V6(net) => {
                let addr = Ipv6Addr::from_bits(net.addr().to_bits() & counts);
                IpNet::V6(Ipv6Net::new(addr, net.prefix_len()).ok()?)
            }
            v4 @ IpNet::V4(_) => v4,
        };
        offset_is_good.then_some(Self { prefix, offset })
    }

    /// The prefix; bits that do not count are zero.
    pub const fn prefix(&self) -> IpNet {
        self.prefix
    }

    /// How many leading bits do not count.
    pub const fn offset(&self) -> u8 {
        self.offset
    }

    /// Cuts one off `v`: its length, of IPv6 its offset, and the bits between.
    pub(super) fn read(ipv6: bool, v: &[u8]) -> Option<(Self, &[u8])> {
        let (bits, v) = cursor::u8(v)?;
        let (offset, v) = if ipv6 { cursor::u8(v)? } else { (0, v) };
        let pattern = bits.checked_sub(offset)?;
        let (octets, rest) = v.split_at_checked(usize::from(pattern.div_ceil(8)))?;
        let prefix = if ipv6 {
            let addr = first_octets(octets)?.unbounded_shr(u32::from(offset));
            IpNet::V6(Ipv6Net::new(Ipv6Addr::from_bits(addr), bits).ok()?)
        } else {
            let addr = u32::try_from(first_octets(octets)? >> 96).ok()?;
            IpNet::V4(Ipv4Net::new(Ipv4Addr::from_bits(addr), bits).ok()?)
        };
        Some((Self::with_offset(prefix, offset)?, rest))
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let bits = self.prefix.prefix_len();
        let pattern = usize::from(bits.saturating_sub(self.offset).div_ceil(8));
        match self.prefix {
            IpNet::V4(net) => {
                out.push(bits);
                out.extend(net.addr().octets().iter().take(pattern));
            }
            IpNet::V6(net) => {
                out.extend_from_slice(&[bits, self.offset]);
                let from_offset = net.addr().to_bits().unbounded_shl(u32::from(self.offset));
                out.extend(from_offset.to_be_bytes().iter().take(pattern));
            }
        }
    }

    /// Reads `198.51.100.0/24`, `2001:db8::/32` or `::1234:5678:9a00:0/64-104`.
    pub(super) fn parse(s: &str) -> Option<Self> {
        let (addr, bits) = s.split_once('/')?;
        let (offset, bits) = bits.split_once('-').unwrap_or(("0", bits));
        let prefix = IpNet::new(addr.parse().ok()?, decimal(bits)?).ok()?;
        Self::with_offset(prefix, decimal(offset)?)
    }
}

/// A prefix of which every bit counts.
impl From<IpNet> for FlowPrefix {
    fn from(prefix: IpNet) -> Self {
        Self { prefix: prefix.trunc(), offset: 0 }
    }
}

impl fmt::Display for FlowPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            0 => self.prefix.fmt(f),
            offset => write!(f, "{}/{offset}-{}", self.prefix.addr(), self.prefix.prefix_len()),
        }
    }
}

/// Octets from the top of a number down; `None` for more than 16.
fn first_octets(octets: &[u8]) -> Option<u128> {
    let mut all = [0; 16];
    all.get_mut(..octets.len())?.copy_from_slice(octets);
    Some(u128::from_be_bytes(all))
}
