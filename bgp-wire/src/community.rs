//! Standard, extended and large communities.

use crate::asn::decimal;
use core::fmt;
use core::str::FromStr;

/// A community of RFC 1997: two numbers of two octets.
///
/// ```
/// use bgp_wire::Community;
/// assert_eq!("8075:8007".parse(), Ok(Community::new(8075, 8007)));
/// assert_eq!(Community::NO_EXPORT.to_string(), "no-export");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Community(pub u32);

impl Community {
    /// RFC 8326: the route is about to go away.
    pub const GRACEFUL_SHUTDOWN: Self = Self(0xffff_0000);
    /// RFC 7999: discard traffic to the prefix.
    pub const BLACKHOLE: Self = Self(0xffff_029a);
    /// RFC 1997: not to be advertised outside the confederation.
    pub const NO_EXPORT: Self = Self(0xffff_ff01);
    /// RFC 1997: not to be advertised to any peer.
    pub const NO_ADVERTISE: Self = Self(0xffff_ff02);
    /// RFC 1997: not to be advertised to external peers, confederation members included.
    pub const NO_EXPORT_SUBCONFED: Self = Self(0xffff_ff03);

    const NAMES: [(Self, &'static str); 5] = [
        (Self::GRACEFUL_SHUTDOWN, "graceful-shutdown"),
        (Self::BLACKHOLE, "blackhole"),
        (Self::NO_EXPORT, "no-export"),
        (Self::NO_ADVERTISE, "no-advertise"),
        (Self::NO_EXPORT_SUBCONFED, "no-export-subconfed"),
    ];

    /// The community written `high:low`.
    pub const fn new(high: u16, low: u16) -> Self {
        Self((high as u32) << 16 | low as u32)
    }
}

/// A large community (RFC 8092): three numbers of four octets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LargeCommunity {
    /// Global administrator: the ASN that gives the rest its meaning.
    pub global: u32,
    /// Local data, first part.
    pub local1: u32,
    /// Local data, second part.
    pub local2: u32,
}

impl LargeCommunity {
    /// The community that the octets of a LARGE_COMMUNITY say.
    pub(crate) fn from_octets(octets: &[u8; 12]) -> Self {
        let mut numbers = octets.as_chunks().0.iter().map(|v| u32::from_be_bytes(*v));
        let mut next = || numbers.next().unwrap_or_default();
        Self { global: next(), local1: next(), local2: next() }
    }

    /// Its octets, as LARGE_COMMUNITY carries them.
    pub(crate) fn octets(&self) -> [u8; 12] {
        let mut octets = [0; 12];
        let parts = [self.global, self.local1, self.local2];
        octets.as_chunks_mut().0.iter_mut().zip(parts).for_each(|(to, n)| *to = n.to_be_bytes());
        octets
    }
}

/// An extended community (RFC 4360), its eight octets as they came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExtendedCommunity(pub [u8; 8]);

impl fmt::Display for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.iter().find(|(c, _)| c == self) {
            Some((_, name)) => f.pad(name),
            None => write!(f, "{}:{}", self.0 >> 16, self.0 & 0xffff),
        }
    }
}

impl fmt::Display for LargeCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.global, self.local1, self.local2)
    }
}

impl fmt::Display for ExtendedCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:016x}", u64::from_be_bytes(self.0))
    }
}

/// Text that is not a community, and what one looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommunityParseError(&'static str);

impl fmt::Display for CommunityParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl core::error::Error for CommunityParseError {}

impl FromStr for Community {
    type Err = CommunityParseError;

    fn from_str(s: &str) -> Result<Self, CommunityParseError> {
        if let Some((community, _)) = Self::NAMES.iter().find(|(_, name)| *name == s) {
            return Ok(*community);
        }
        s.split_once(':')
            .and_then(|(high, low)| Some(Self::new(decimal(high)?, decimal(low)?)))
            .ok_or(CommunityParseError("a community is two numbers from 0 to 65535 with a colon between"))
    }
}

impl FromStr for LargeCommunity {
    type Err = CommunityParseError;

    fn from_str(s: &str) -> Result<Self, CommunityParseError> {
        let mut parts = s.split(':').map(decimal::<u32>);
        match [parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some(Some(global)), Some(Some(local1)), Some(Some(local2)), None] => {
                Ok(Self { global, local1, local2 })
            }
            _ => Err(CommunityParseError(
                "a large community is three numbers from 0 to 4294967295 with colons between",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn text_forms_parse_back() {
        for text in ["8075:8007", "0:0", "65535:1", "no-export", "blackhole", "graceful-shutdown"] {
            assert_eq!(text.parse::<Community>().unwrap().to_string(), text);
        }
        for text in ["64500:1:4294967295", "0:0:0"] {
            assert_eq!(text.parse::<LargeCommunity>().unwrap().to_string(), text);
        }
        for bad in ["", ":", "1", "1:", "65536:0", "1:2:3", "a:b", "-1:2", "+1:2"] {
            assert!(bad.parse::<Community>().is_err(), "{bad:?}");
        }
        for bad in ["1:2", "1:2:3:4", "1:2:4294967296", "::"] {
            assert!(bad.parse::<LargeCommunity>().is_err(), "{bad:?}");
        }
    }
}
