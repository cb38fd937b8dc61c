//! Patterns of communities.

mod extended;

pub use extended::ExtendedCommunityPattern;
pub(crate) use extended::{numbers, of_numbers};

use bgp_wire::{Community, LargeCommunity};
use std::fmt::{self, Display};
use std::str::FromStr;

/// The numbers that one part of a community may have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Part {
    first: u32,
    last: u32,
}

impl Part {
    const fn one(n: u32) -> Self {
        Self { first: n, last: n }
    }

    const fn bounds(self) -> (u32, u32) {
        (self.first, self.last)
    }

    fn contains(self, n: u32) -> bool {
        (self.first..=self.last).contains(&n)
    }

    /// Reads `*`, a number, or two with a hyphen between, none above `max`.
    fn parse(s: &str, max: u32) -> Option<Self> {
        if s == "*" {
            return Some(Self { first: 0, last: max });
        }
        let (first, last) = s.split_once('-').unwrap_or((s, s));
        let part = Self { first: crate::decimal(first)?, last: crate::decimal(last)? };
        (part.first <= part.last && part.last <= max).then_some(part)
    }

    fn write(self, f: &mut fmt::Formatter<'_>, max: u32) -> fmt::Result {
        match self {
            Self { first: 0, last } if last == max => f.write_str("*"),
            Self { first, last } if first == last => first.fmt(f),
            Self { first, last } => write!(f, "{first}-{last}"),
        }
    }
}

/// Standard communities that match: `8075:8007`, `64500:*`, `64500:100-199`, or a name such as `no-export`.
///
/// ```
/// use bgp_policy::CommunityPattern;
/// let pattern: CommunityPattern = "64500:*".parse().unwrap();
/// assert!(pattern.matches("64500:7".parse().unwrap()));
/// assert!(!pattern.matches("64501:7".parse().unwrap()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CommunityPattern {
    high: Part,
    low: Part,
}

impl CommunityPattern {
    /// Whether `community` has numbers that the pattern accepts.
    pub fn matches(&self, community: Community) -> bool {
        self.high.contains(community.0 >> 16) && self.low.contains(community.0 & 0xffff)
    }

    /// The first and the last of each of its numbers.
    pub(crate) const fn bounds(&self) -> [(u32, u32); 2] {
        [self.high.bounds(), self.low.bounds()]
    }

    /// The community that it stands for, where that is one alone.
    pub fn single(&self) -> Option<Community> {
        let one = self.high.first == self.high.last && self.low.first == self.low.last;
        one.then_some(Community(self.high.first << 16 | self.low.first))
    }
}

impl From<Community> for CommunityPattern {
    fn from(community: Community) -> Self {
        Self { high: Part::one(community.0 >> 16), low: Part::one(community.0 & 0xffff) }
    }
}

/// Large communities that match: `64500:1:2`, each number also `*` or a range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LargeCommunityPattern([Part; 3]);

impl LargeCommunityPattern {
    /// Whether `community` has numbers that the pattern accepts.
    pub fn matches(&self, community: LargeCommunity) -> bool {
        let numbers = [community.global, community.local1, community.local2];
        self.0.iter().zip(numbers).all(|(part, n)| part.contains(n))
    }

    /// The first and the last of each of its numbers.
    pub(crate) fn bounds(&self) -> [(u32, u32); 3] {
        self.0.map(Part::bounds)
    }

    /// The community that it stands for, where that is one alone.
    pub fn single(&self) -> Option<LargeCommunity> {
        let [global, local1, local2] = self.0;
        let one = self.0.iter().all(|part| part.first == part.last);
        one.then_some(LargeCommunity { global: global.first, local1: local1.first, local2: local2.first })
    }
}

impl From<LargeCommunity> for LargeCommunityPattern {
    fn from(c: LargeCommunity) -> Self {
        Self([c.global, c.local1, c.local2].map(Part::one))
    }
}

/// Text that is not a pattern of communities, and what one looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PatternError(&'static str);

impl Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl std::error::Error for PatternError {}

impl FromStr for CommunityPattern {
    type Err = PatternError;

    fn from_str(s: &str) -> Result<Self, PatternError> {
        if let Ok(community) = s.parse::<Community>() {
            return Ok(community.into());
        }
        s.split_once(':')
            .and_then(|(high, low)| {
                Some(Self { high: Part::parse(high, 0xffff)?, low: Part::parse(low, 0xffff)? })
            })
            .ok_or(PatternError(
                "a community is `high:low`, each a number from 0 to 65535, a range of them or `*`",
            ))
    }
}

impl FromStr for LargeCommunityPattern {
    type Err = PatternError;

    fn from_str(s: &str) -> Result<Self, PatternError> {
        let mut parts = s.split(':').map(|part| Part::parse(part, u32::MAX));
        match [parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some(Some(global)), Some(Some(local1)), Some(Some(local2)), None] => {
                Ok(Self([global, local1, local2]))
            }
            _ => Err(PatternError(
                "a large community is `global:local1:local2`, each a number from 0 to 4294967295, a range of them or `*`",
            )),
        }
    }
}

impl Display for CommunityPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(community) = self.single() {
            return community.fmt(f);
        }
        self.high.write(f, 0xffff)?;
        f.write_str(":")?;
        self.low.write(f, 0xffff)
    }
}

impl Display for LargeCommunityPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [global, local1, local2] = self.0;
        global.write(f, u32::MAX)?;
        f.write_str(":")?;
        local1.write(f, u32::MAX)?;
        f.write_str(":")?;
        local2.write(f, u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (pattern, community, whether it matches).
    #[test]
    fn standard_communities() {
        for (pattern, community, want) in [
            ("8075:8007", "8075:8007", true),
            ("8075:8007", "8075:8008", false),
            ("64500:*", "64500:0", true),
            ("64500:*", "64500:65535", true),
            ("64500:*", "64501:0", false),
            ("*:666", "64500:666", true),
            ("*:*", "0:0", true),
            ("64500:100-199", "64500:100", true),
            ("64500:100-199", "64500:199", true),
            ("64500:100-199", "64500:200", false),
            ("no-export", "65535:65281", true),
        ] {
            let parsed: CommunityPattern = pattern.parse().unwrap();
            assert_eq!(parsed.to_string(), pattern);
            assert_eq!(parsed.matches(community.parse().unwrap()), want, "{community} by {pattern}");
        }
        for bad in ["", "1", "1:", "65536:*", "1:2:3", "2-1:0", "**:1", "no-such"] {
            assert!(bad.parse::<CommunityPattern>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn large_communities() {
        for (pattern, community, want) in [
            ("64500:1:2", "64500:1:2", true),
            ("64500:1:2", "64500:1:3", false),
            ("64500:*:2", "64500:4294967295:2", true),
            ("64500:1-9:*", "64500:10:0", false),
        ] {
            let parsed: LargeCommunityPattern = pattern.parse().unwrap();
            assert_eq!(parsed.to_string(), pattern);
            assert_eq!(parsed.matches(community.parse().unwrap()), want, "{community} by {pattern}");
        }
        for bad in ["1:2", "1:2:3:4", "a:b:c", "1:2:4294967296"] {
            assert!(bad.parse::<LargeCommunityPattern>().is_err(), "{bad:?}");
        }
    }
}
