//! A validated ROA payload.

use bgp_wire::Asn;
use ipnet::IpNet;
use std::fmt;

/// A validated ROA payload (RFC 6811 section 2): an AS may originate a prefix, and what is in it up to a length.
///
/// ```
/// use bgp_policy::rpki::Vrp;
/// use bgp_wire::Asn;
/// let vrp = Vrp::new("198.51.100.0/24".parse().unwrap(), 25, Asn(64500)).unwrap();
/// assert!(vrp.covers(&"198.51.100.0/26".parse().unwrap()));
/// assert_eq!(vrp.to_string(), "198.51.100.0/24 to /25 by AS64500");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Vrp {
    prefix: IpNet,
    max_length: u8,
    asn: Asn,
}

impl Vrp {
    /// `asn` may originate `prefix` and what is in it of at most `max_length` bits.
    pub fn new(prefix: IpNet, max_length: u8, asn: Asn) -> Result<Self, VrpError> {
        if prefix.addr() != prefix.network() {
            Err(VrpError::HostBits)
        } else if max_length < prefix.prefix_len() {
            Err(VrpError::TooShort)
        } else if max_length > prefix.max_prefix_len() {
            Err(VrpError::TooLong)
        } else {
            Ok(Self { prefix, max_length, asn })
        }
    }

    /// The prefix.
    pub const fn prefix(&self) -> IpNet {
        self.prefix
    }

    /// The longest prefix that it allows, in bits.
    pub const fn max_length(&self) -> u8 {
        self.max_length
    }

    /// The AS that may originate it; AS 0 says that nobody may (RFC 6483 section 4).
    pub const fn asn(&self) -> Asn {
        self.asn
    }

    /// Whether `prefix` is its prefix or a part of it, however long.
    pub fn covers(&self, prefix: &IpNet) -> bool {
        self.prefix.contains(prefix)
    }
}

impl fmt::Display for Vrp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prefix.fmt(f)?;
        if self.max_length != self.prefix.prefix_len() {
            write!(f, " to /{}", self.max_length)?;
        }
        write!(f, " by AS{}", self.asn)
    }
}

/// What cannot be a VRP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VrpError {
    /// The prefix has bits set beyond its length.
    HostBits,
    /// The longest length is shorter than the prefix.
    TooShort,
    /// The longest length exceeds the family's longest prefix.
    TooLong,
}

impl fmt::Display for VrpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HostBits => "the prefix has bits set beyond its length",
            Self::TooShort => "the longest length is shorter than the prefix",
            Self::TooLong => "a length is at most 32 for IPv4 and 128 for IPv6",
        })
    }
}
impl std::error::Error for VrpError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_a_vrp() {
        for (prefix, max_length, want) in [
            ("198.51.100.0/24", 24, Ok("198.51.100.0/24 by AS64500")),
            ("198.51.100.0/24", 32, Ok("198.51.100.0/24 to /32 by AS64500")),
            ("0.0.0.0/0", 0, Ok("0.0.0.0/0 by AS64500")),
            ("2001:db8::/32", 128, Ok("2001:db8::/32 to /128 by AS64500")),
            ("198.51.100.1/24", 24, Err(VrpError::HostBits)),
            ("198.51.100.0/24", 23, Err(VrpError::TooShort)),
            ("198.51.100.0/24", 33, Err(VrpError::TooLong)),
            ("2001:db8::/32", 129, Err(VrpError::TooLong)),
        ] {
            let got = Vrp::new(prefix.parse().unwrap(), max_length, Asn(64500)).map(|vrp| vrp.to_string());
            assert_eq!(got, want.map(str::to_owned), "{prefix} {max_length}");
        }
    }
}
