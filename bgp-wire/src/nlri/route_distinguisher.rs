//! What tells the same NLRI of two VPNs apart.

use core::fmt;
use core::net::Ipv4Addr;

/// A route distinguisher (RFC 4364 section 4.2): a type of two octets, and six whose meaning that type gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RouteDistinguisher([u8; 8]);

impl RouteDistinguisher {
    /// Its octets.
    pub const fn octets(self) -> [u8; 8] {
        self.0
    }
}

impl From<[u8; 8]> for RouteDistinguisher {
    fn from(octets: [u8; 8]) -> Self {
        Self(octets)
    }
}

impl fmt::Display for RouteDistinguisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low, a, b, c, d, e, g] = self.0;
        match u16::from_be_bytes([high, low]) {
            0 => write!(f, "{}:{}", u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, g])),
            1 => write!(f, "{}:{}", Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([e, g])),
            2 => write!(f, "{}:{}", u32::from_be_bytes([a, b, c, d]), u16::from_be_bytes([e, g])),
            _ => write!(f, "0x{:016x}", u64::from_be_bytes(self.0)),
        }
    }
}
