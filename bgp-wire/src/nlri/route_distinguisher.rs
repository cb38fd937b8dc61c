//! What tells the same prefix of two VPNs apart.

use core::fmt;
use core::net::Ipv4Addr;

/// A route distinguisher (RFC 4364 section 4.2): a type of two octets, and six whose meaning that type gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct RouteDistinguisher(pub [u8; 8]);

impl fmt::Display for RouteDistinguisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low, v0, v1, v2, v3, v4, v5] = self.0;
        match u16::from_be_bytes([high, low]) {
            0 => write!(f, "{}:{}", u16::from_be_bytes([v0, v1]), u32::from_be_bytes([v2, v3, v4, v5])),
            1 => write!(f, "{}:{}", Ipv4Addr::new(v0, v1, v2, v3), u16::from_be_bytes([v4, v5])),
            2 => write!(f, "{}:{}", u32::from_be_bytes([v0, v1, v2, v3]), u16::from_be_bytes([v4, v5])),
            _ => write!(f, "0x{:016x}", u64::from_be_bytes(self.0)),
        }
    }
}
