//! Large communities.

use super::CommunityParseError;
use crate::asn::decimal;
use core::fmt;
use core::str::FromStr;

/// A large community (RFC 8092): three numbers of four octets.
///
/// ```
/// use bgp_wire::LargeCommunity;
/// let community = LargeCommunity { global: 4_200_000_000, local1: 1, local2: 2 };
/// assert_eq!("4200000000:1:2".parse(), Ok(community));
/// ```
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

impl fmt::Display for LargeCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.global, self.local1, self.local2)
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
            _ => Err(CommunityParseError {
                what: "a large community",
                form: "three numbers from 0 to 4294967295 with colons between",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn text_forms_parse_back() {
        for text in ["64500:1:4294967295", "0:0:0"] {
            assert_eq!(text.parse::<LargeCommunity>().unwrap().to_string(), text);
        }
        for bad in ["1:2", "1:2:3:4", "1:2:4294967296", "::", "+1:2:3"] {
            let error = bad.parse::<LargeCommunity>().unwrap_err().to_string();
            assert!(error.starts_with("a large community is three numbers"), "{bad:?}: {error}");
        }
    }
}
