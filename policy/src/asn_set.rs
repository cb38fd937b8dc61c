//! Sets of AS numbers.

use crate::named::Members;
use crate::special_asn::SPECIAL_ASNS;
use bgp_wire::{Asn, AsnParseError};
use std::fmt;
use std::str::FromStr;

/// AS numbers from `first` to `last`, both included; text `64500` or `64512-65534`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AsnRange {
    /// The lowest.
    pub first: Asn,
    /// The highest.
    pub last: Asn,
}

impl AsnRange {
    /// Whether `asn` is in it.
    pub fn contains(&self, asn: Asn) -> bool {
        (self.first..=self.last).contains(&asn)
    }
}

impl From<Asn> for AsnRange {
    fn from(asn: Asn) -> Self {
        Self { first: asn, last: asn }
    }
}

/// Text that is not a range of AS numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsnRangeError {
    /// One of the numbers is not an ASN.
    Asn(AsnParseError),
    /// The first is greater than the last.
    Backwards,
}

impl fmt::Display for AsnRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asn(e) => e.fmt(f),
            Self::Backwards => f.write_str("a range of ASNs begins with the lower one"),
        }
    }
}
impl std::error::Error for AsnRangeError {}

impl FromStr for AsnRange {
    type Err = AsnRangeError;

    fn from_str(s: &str) -> Result<Self, AsnRangeError> {
        let (first, last) = s.split_once('-').unwrap_or((s, s));
        let (first, last) = (first.trim().parse(), last.trim().parse());
        let range =
            Self { first: first.map_err(AsnRangeError::Asn)?, last: last.map_err(AsnRangeError::Asn)? };
        if range.first > range.last { Err(AsnRangeError::Backwards) } else { Ok(range) }
    }
}

impl fmt::Display for AsnRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// A set of AS numbers: sorted ranges that do not touch, found by binary search.
///
/// ```
/// use bgp_policy::{AsnRange, AsnSet};
/// use bgp_wire::Asn;
/// let set: AsnSet = ["64500", "64505-64510"].map(|text| text.parse::<AsnRange>().unwrap()).into_iter().collect();
/// assert!(set.contains(Asn(64507)));
/// assert!(!set.contains(Asn(64501)));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct AsnSet(Box<[AsnRange]>);

impl AsnSet {
    /// Whether `asn` is in it.
    pub fn contains(&self, asn: Asn) -> bool {
        let after = self.0.partition_point(|range| range.first <= asn);
        after.checked_sub(1).and_then(|i| self.0.get(i)).is_some_and(|range| asn <= range.last)
    }

    /// Its ranges, sorted.
    pub fn ranges(&self) -> &[AsnRange] {
        &self.0
    }
}

impl FromIterator<AsnRange> for AsnSet {
    fn from_iter<I: IntoIterator<Item = AsnRange>>(ranges: I) -> Self {
        let mut sorted: Vec<_> = ranges.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<AsnRange> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match merged.last_mut() {
                Some(last) if range.first.0 <= last.last.0.saturating_add(1) => {
                    last.last = last.last.max(range.last);
                }
                _ => merged.push(range),
            }
        }
        Self(merged.into())
    }
}

impl AsnSet {
    /// The ASNs for private use (RFC 6996).
    pub fn private() -> Self {
        let private = SPECIAL_ASNS.into_iter().filter(|range| range.private);
        private.map(|range| AsnRange { first: range.first, last: range.last }).collect()
    }
}

impl FromIterator<Asn> for AsnSet {
    fn from_iter<I: IntoIterator<Item = Asn>>(asns: I) -> Self {
        asns.into_iter().map(AsnRange::from).collect()
    }
}

impl Members for AsnSet {
    type Member = AsnRange;

    fn members(&self) -> &[AsnRange] {
        &self.0
    }
}

impl fmt::Display for AsnSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::listed(f, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_forms() {
        for (text, want) in [
            ("64500", Ok("64500")),
            ("AS64500", Ok("64500")),
            ("64512-65534", Ok("64512-65534")),
            ("1-1", Ok("1")),
            ("2-1", Err(AsnRangeError::Backwards)),
            ("", Err(AsnRangeError::Asn(AsnParseError))),
            ("1-", Err(AsnRangeError::Asn(AsnParseError))),
            ("1-2-3", Err(AsnRangeError::Asn(AsnParseError))),
        ] {
            let got = text.parse::<AsnRange>().map(|r| r.to_string());
            assert_eq!(got, want.map(str::to_owned), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_set_holds_what_a_scan_finds(
            ranges in prop::collection::vec((0u32..60, 0u32..9), 0..12), asn in 0u32..80,
        ) {
            let ranges: Vec<_> = ranges
                .into_iter()
                .map(|(first, more)| AsnRange { first: Asn(first), last: Asn(first + more) })
                .collect();
            let set: AsnSet = ranges.iter().copied().collect();
            prop_assert_eq!(set.contains(Asn(asn)), ranges.iter().any(|r| r.contains(Asn(asn))));
        }
    }
}
