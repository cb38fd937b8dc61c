//! A prefix and the lengths it stands for.

use bgp_wire::Family;
use ipnet::IpNet;
use std::fmt;
use std::str::FromStr;

/// Prefixes within a network whose length lies between two bounds.
///
/// Its text is a prefix, then `ge` and `le` as routers have them: alone it stands for itself, `ge 20`
/// reaches to host routes, `le 28` begins at the prefix's own length.
///
/// ```
/// use bgp_policy::PrefixRange;
/// let range: PrefixRange = "203.0.113.0/24 ge 26 le 28".parse().unwrap();
/// assert!(range.contains(&"203.0.113.64/26".parse().unwrap()));
/// assert!(!range.contains(&"203.0.113.0/24".parse().unwrap()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PrefixRange {
    net: IpNet,
    min: u8,
    max: u8,
}

impl PrefixRange {
    /// The prefixes within `net` of `min` to `max` bits.
    pub fn new(net: IpNet, min: u8, max: u8) -> Result<Self, PrefixRangeError> {
        if net.addr() != net.network() {
            Err(PrefixRangeError::HostBits)
        } else if max > net.max_prefix_len() {
            Err(PrefixRangeError::TooLong)
        } else if min < net.prefix_len() || max < min {
            Err(PrefixRangeError::Disordered)
        } else {
            Ok(Self { net, min, max })
        }
    }

    /// `net` alone, its host bits cleared.
    pub fn exact(net: IpNet) -> Self {
        Self { net: net.trunc(), min: net.prefix_len(), max: net.prefix_len() }
    }

    /// `net` and everything in it, its host bits cleared.
    pub fn or_longer(net: IpNet) -> Self {
        Self { net: net.trunc(), min: net.prefix_len(), max: net.max_prefix_len() }
    }

    /// The network that covers them all.
    pub const fn net(&self) -> IpNet {
        self.net
    }

    /// The shortest and the longest length, in bits.
    pub const fn lengths(&self) -> (u8, u8) {
        (self.min, self.max)
    }

    /// Whether `prefix` is one of them.
    pub fn contains(&self, prefix: &IpNet) -> bool {
        (self.min..=self.max).contains(&prefix.prefix_len())
            && Family::of(prefix) == Family::of(&self.net)
            && self.net.contains(prefix)
    }
}

/// Text that is not a range of prefixes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrefixRangeError {
    /// The first word is not a prefix.
    Prefix,
    /// The prefix has bits set beyond its length.
    HostBits,
    /// What follows the prefix is not `ge` and a number, `le` and a number, or both in this order.
    Bounds,
    /// A bound exceeds the family's longest prefix.
    TooLong,
    /// The bounds are not in the order: length of the prefix, `ge`, `le`.
    Disordered,
}

impl fmt::Display for PrefixRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prefix => "a prefix is an address, a slash and a length, as in 203.0.113.0/24",
            Self::HostBits => "the prefix has bits set beyond its length",
            Self::Bounds => "after a prefix may come `ge` and a length, then `le` and a length",
            Self::TooLong => "a length is at most 32 for IPv4 and 128 for IPv6",
            Self::Disordered => "the prefix's own length, `ge` and `le` must not decrease in this order",
        })
    }
}
impl std::error::Error for PrefixRangeError {}

impl FromStr for PrefixRange {
    type Err = PrefixRangeError;

    fn from_str(s: &str) -> Result<Self, PrefixRangeError> {
        let mut words = s.split_ascii_whitespace();
        let net: IpNet = words.next().and_then(|word| word.parse().ok()).ok_or(PrefixRangeError::Prefix)?;
        let bounds = [words.next(), words.next(), words.next(), words.next(), words.next()];
        let length = |word: &str| word.parse::<u8>().map_err(|_| PrefixRangeError::Bounds);
        let own = net.prefix_len();
        let (min, max) = match bounds {
            [None, ..] => (own, own),
            [Some("ge"), Some(ge), None, ..] => (length(ge)?, net.max_prefix_len()),
            [Some("le"), Some(le), None, ..] => (own, length(le)?),
            [Some("ge"), Some(ge), Some("le"), Some(le), None] => (length(ge)?, length(le)?),
            _ => return Err(PrefixRangeError::Bounds),
        };
        Self::new(net, min, max)
    }
}

impl fmt::Display for PrefixRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.net.fmt(f)?;
        let (own, longest) = (self.net.prefix_len(), self.net.max_prefix_len());
        match (self.min == own, self.max) {
            (true, max) if max == own => Ok(()),
            (true, max) => write!(f, " le {max}"),
            (false, max) if max == longest => write!(f, " ge {}", self.min),
            (false, max) => write!(f, " ge {} le {max}", self.min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        use PrefixRangeError::{Bounds, Disordered, HostBits, Prefix, TooLong};
        for (text, want) in [
            ("203.0.113.0/24", Ok("203.0.113.0/24")),
            ("203.0.113.0/24 le 28", Ok("203.0.113.0/24 le 28")),
            ("203.0.113.0/24 ge 26", Ok("203.0.113.0/24 ge 26")),
            ("203.0.113.0/24  ge 26  le 28", Ok("203.0.113.0/24 ge 26 le 28")),
            ("203.0.113.0/24 ge 24", Ok("203.0.113.0/24 le 32")),
            ("0.0.0.0/0 le 32", Ok("0.0.0.0/0 le 32")),
            ("2001:db8::/32 le 48", Ok("2001:db8::/32 le 48")),
            ("2001:db8::/32 le 128", Ok("2001:db8::/32 le 128")),
            ("", Err(Prefix)),
            ("203.0.113.0", Err(Prefix)),
            ("203.0.113.1/24", Err(HostBits)),
            ("203.0.113.0/24 le", Err(Bounds)),
            ("203.0.113.0/24 le x", Err(Bounds)),
            ("203.0.113.0/24 le 28 ge 26", Err(Bounds)),
            ("203.0.113.0/24 ge 26 le 28 le 29", Err(Bounds)),
            ("203.0.113.0/24 le 33", Err(TooLong)),
            ("203.0.113.0/24 ge 23", Err(Disordered)),
            ("203.0.113.0/24 le 23", Err(Disordered)),
            ("203.0.113.0/24 ge 28 le 26", Err(Disordered)),
        ] {
            let got = text.parse::<PrefixRange>().map(|r| r.to_string());
            assert_eq!(got, want.map(str::to_owned), "{text:?}");
        }
    }
}
