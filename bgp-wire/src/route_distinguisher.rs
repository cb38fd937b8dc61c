//! Route distinguishers: what makes the addresses of one VPN others than those of the next (RFC 4364 section 4.2).

use crate::asn::{Asn, decimal};
use core::fmt;
use core::net::Ipv4Addr;
use core::str::FromStr;

/// A route distinguisher (RFC 4364 section 4.2): who gave out the number, and the number.
///
/// In text the first part tells the type: an address is type 1, an ASN beyond 65535 type 2, any other type 0. Type 2
/// with a smaller ASN has the letter `L` behind it.
///
/// ```
/// use bgp_wire::{Asn, RouteDistinguisher};
/// assert_eq!("64500:1".parse(), Ok(RouteDistinguisher::Asn2 { asn: 64500, number: 1 }));
/// assert_eq!("64500L:1".parse(), Ok(RouteDistinguisher::Asn4 { asn: Asn(64500), number: 1 }));
/// assert_eq!(RouteDistinguisher::from([0, 1, 192, 0, 2, 1, 0, 7]).to_string(), "192.0.2.1:7");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RouteDistinguisher {
    /// Type 0: an ASN of two octets.
    Asn2 {
        /// The autonomous system that gave out the number.
        asn: u16,
        /// The number.
        number: u32,
    },
    /// Type 1: an IPv4 address.
    Ipv4 {
        /// An address of whoever gave out the number.
        addr: Ipv4Addr,
        /// The number.
        number: u16,
    },
    /// Type 2: an ASN of four octets.
    Asn4 {
        /// The autonomous system that gave out the number.
        asn: Asn,
        /// The number.
        number: u16,
    },
    /// Any other type, all eight octets.
    ///
    /// It is made of octets by `RouteDistinguisher::from`, which never gives this for one of the others.
    Other([u8; 8]),
}

impl RouteDistinguisher {
    /// Its eight octets.
    pub const fn octets(self) -> [u8; 8] {
        let (kind, value) = match self {
            Self::Asn2 { asn, number } => (0, (asn as u64) << 32 | number as u64),
            Self::Ipv4 { addr, number } => (1, (addr.to_bits() as u64) << 16 | number as u64),
            Self::Asn4 { asn, number } => (2, (asn.0 as u64) << 16 | number as u64),
            Self::Other(octets) => return octets,
        };
        (kind << 48 | value).to_be_bytes()
    }

    /// The one that `v` begins with, and what follows.
    pub(crate) fn take(v: &[u8]) -> Option<(Self, &[u8])> {
        v.split_first_chunk().map(|(octets, rest)| (Self::from(*octets), rest))
    }
}

impl From<[u8; 8]> for RouteDistinguisher {
    fn from(octets: [u8; 8]) -> Self {
        let [kind @ .., a1, a2, a3, a4, n1, n2] = octets;
        let number = u16::from_be_bytes([n1, n2]);
        match kind {
            [0, 0] => {
                Self::Asn2 { asn: u16::from_be_bytes([a1, a2]), number: u32::from_be_bytes([a3, a4, n1, n2]) }
            }
            [0, 1] => Self::Ipv4 { addr: [a1, a2, a3, a4].into(), number },
            [0, 2] => Self::Asn4 { asn: Asn(u32::from_be_bytes([a1, a2, a3, a4])), number },
            _ => Self::Other(octets),
        }
    }
}

impl fmt::Display for RouteDistinguisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asn2 { asn, number } => write!(f, "{asn}:{number}"),
            Self::Ipv4 { addr, number } => write!(f, "{addr}:{number}"),
            Self::Asn4 { asn, number } if u16::try_from(asn.0).is_ok() => write!(f, "{asn}L:{number}"),
            Self::Asn4 { asn, number } => write!(f, "{asn}:{number}"),
            Self::Other(octets) => write!(f, "0x{:016x}", u64::from_be_bytes(*octets)),
        }
    }
}

/// Text that is not a route distinguisher.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RouteDistinguisherParseError;

impl fmt::Display for RouteDistinguisherParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a route distinguisher is an ASN or an IPv4 address, a colon and a number, or 0x and 16 digits",
        )
    }
}
impl core::error::Error for RouteDistinguisherParseError {}

impl FromStr for RouteDistinguisher {
    type Err = RouteDistinguisherParseError;

    fn from_str(s: &str) -> Result<Self, RouteDistinguisherParseError> {
        let read = match s.strip_prefix("0x") {
            Some(digits) => raw(digits),
            None => s.split_once(':').and_then(|(admin, number)| administered(admin, number)),
        };
        read.ok_or(RouteDistinguisherParseError)
    }
}

/// Eight octets as digits.
fn raw(digits: &str) -> Option<RouteDistinguisher> {
    let whole = digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let octets = whole.then(|| u64::from_str_radix(digits, 16).ok()).flatten()?;
    Some(octets.to_be_bytes().into())
}

fn administered(admin: &str, number: &str) -> Option<RouteDistinguisher> {
    if let Ok(addr) = admin.parse() {
        return Some(RouteDistinguisher::Ipv4 { addr, number: decimal(number)? });
    }
    if let Some(asn) = decimal(admin) {
        return Some(RouteDistinguisher::Asn2 { asn, number: decimal(number)? });
    }
    let asn = admin.strip_suffix('L').unwrap_or(admin);
    Some(RouteDistinguisher::Asn4 { asn: Asn(decimal(asn)?), number: decimal(number)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    /// (octets, text)
    #[test]
    fn octets_and_text() {
        for (octets, text) in [
            ([0, 0, 0xfb, 0xf4, 0, 0, 0, 1], "64500:1"),
            ([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], "0:4294967295"),
            ([0, 1, 192, 0, 2, 1, 0, 7], "192.0.2.1:7"),
            ([0, 2, 0xfa, 0x56, 0xea, 0, 0, 1], "4200000000:1"),
            ([0, 2, 0, 0, 0xfb, 0xf4, 0, 1], "64500L:1"),
            ([0, 3, 1, 2, 3, 4, 5, 6], "0x0003010203040506"),
            ([0xff; 8], "0xffffffffffffffff"),
        ] {
            let rd = RouteDistinguisher::from(octets);
            assert_eq!(rd.octets(), octets, "{text}");
            assert_eq!(rd.to_string(), text);
            assert_eq!(text.parse(), Ok(rd));
        }
    }

    #[test]
    fn text_that_is_none() {
        for text in [
            "",
            ":",
            "64500",
            "64500:",
            ":1",
            "64500:4294967296",
            "65536:65536",
            "64500L:65536",
            "4294967296:1",
            "192.0.2.1:65536",
            "192.0.2:1",
            "+1:1",
            "1:+1",
            "1:2:3",
            "0x00",
            "0x+000000000000000",
            "0x00000000000000001",
        ] {
            assert!(text.parse::<RouteDistinguisher>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn octets_and_text_come_back(kind in 0..4u8, rest: [u8; 6]) {
            let mut octets = [0; 8];
            octets[1] = kind;
            octets[2..].copy_from_slice(&rest);
            let rd = RouteDistinguisher::from(octets);
            prop_assert_eq!(rd.octets(), octets);
            prop_assert_eq!(rd.to_string().parse(), Ok(rd));
        }
    }
}
