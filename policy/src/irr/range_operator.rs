//! Range operators: `^-`, `^+`, `^n`, `^n-m` (RFC 2622 section 2).

use super::fault::Fault;
use crate::prefix_range::PrefixRange;
use std::str::FromStr;

/// What one range operator, or several one after the other, make of prefixes.
///
/// Of prefixes of `min` to `max` bits within a network they leave those of `max(least, min + longer)` bits up to `most`, which is
/// `max` where they do not say. They leave nothing of prefixes that are too long for one of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RangeOperator {
    /// Prefixes of more bits than this have nothing left.
    longest: u8,
    longer: u8,
    least: u8,
    most: Option<u8>,
}

/// As many bits as any prefix has.
const ALL: u8 = 128;

impl RangeOperator {
    /// It leaves prefixes as they are.
    pub const NONE: Self = Self { longest: ALL, longer: 0, least: 0, most: None };

    /// The prefixes and everything in them: `^+`.
    pub const INCLUSIVE: Self = Self { most: Some(ALL), ..Self::NONE };

    /// Everything in the prefixes and not themselves: `^-`.
    pub const EXCLUSIVE: Self = Self { longer: 1, ..Self::INCLUSIVE };

    const fn between(least: u8, most: u8) -> Self {
        Self { longest: most, longer: 0, least, most: Some(most) }
    }

    /// This operator on what `inner` has left, which is applied first.
    #[must_use]
    pub fn after(self, inner: Self) -> Self {
        Self {
            // What this one takes, as `inner` makes it; where that is always too long, nothing is left.
            longest: match self.longest.checked_sub(inner.longer) {
                Some(longest) if inner.least <= self.longest => longest.min(inner.longest),
                _ => return Self::NOTHING,
            },
            longer: self.longer.saturating_add(inner.longer).min(ALL),
            least: self.least.max(inner.least.saturating_add(self.longer)),
            most: self.most.or(inner.most),
        }
    }

    /// No prefix is so long that it has anything left.
    const NOTHING: Self = Self { longest: 0, longer: ALL, least: ALL, most: Some(0) };

    /// What it leaves of a range.
    pub fn of(self, range: &PrefixRange) -> Option<PrefixRange> {
        let (min, max) = range.lengths();
        if min > self.longest {
            return None;
        }
        let least = self.least.max(min.saturating_add(self.longer));
        let most = self.most.unwrap_or(max).min(range.net().max_prefix_len());
        PrefixRange::new(range.net(), least, most).ok()
    }
}

impl FromStr for RangeOperator {
    type Err = Fault;

    /// Reads what stands behind `^`.
    fn from_str(s: &str) -> Result<Self, Fault> {
        let length = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            text.parse().ok().filter(|n| digits && *n <= ALL).ok_or(Fault::Range)
        };
        match s {
            "+" => return Ok(Self::INCLUSIVE),
            "-" => return Ok(Self::EXCLUSIVE),
            _ => {}
        }
        let (least, most) = s.split_once('-').unwrap_or((s, s));
        let (least, most) = (length(least)?, length(most)?);
        if least <= most { Ok(Self::between(least, most)) } else { Err(Fault::Range) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn operator(text: &str) -> RangeOperator {
        if text.is_empty() { RangeOperator::NONE } else { text.parse().unwrap() }
    }

    #[test]
    fn one_operator_and_two() {
        for (range, inner, outer, want) in [
            ("198.51.100.0/24", "", "", Some("198.51.100.0/24")),
            ("198.51.100.0/24", "+", "", Some("198.51.100.0/24 le 32")),
            ("198.51.100.0/24", "-", "", Some("198.51.100.0/24 ge 25")),
            ("198.51.100.1/32", "-", "", None),
            ("198.51.100.0/24", "26", "", Some("198.51.100.0/24 ge 26 le 26")),
            ("198.51.100.0/24", "24", "", Some("198.51.100.0/24")),
            ("198.51.100.0/24", "23", "", None),
            ("198.51.100.0/24", "25-26", "", Some("198.51.100.0/24 ge 25 le 26")),
            ("198.51.100.0/24", "16-26", "", Some("198.51.100.0/24 le 26")),
            ("198.51.100.0/24", "26-64", "", Some("198.51.100.0/24 ge 26")),
            ("2001:db8::/32", "48-64", "", Some("2001:db8::/32 ge 48 le 64")),
            ("198.51.100.0/24 le 26", "", "", Some("198.51.100.0/24 le 26")),
            ("198.51.100.0/24 le 26", "-", "", Some("198.51.100.0/24 ge 25")),
            // The examples of RFC 2622 section 2.
            ("128.9.0.0/16", "+", "-", Some("128.9.0.0/16 ge 17")),
            ("128.9.0.0/16", "-", "+", Some("128.9.0.0/16 ge 17")),
            ("128.9.0.0/16", "20", "24", Some("128.9.0.0/16 ge 24 le 24")),
            ("128.9.0.0/16", "20-24", "26-28", Some("128.9.0.0/16 ge 26 le 28")),
            ("128.9.0.0/16", "20-24", "22-28", Some("128.9.0.0/16 ge 22 le 28")),
            ("128.9.0.0/16", "20-24", "18-28", Some("128.9.0.0/16 ge 20 le 28")),
            ("128.9.0.0/16", "20-24", "18-22", Some("128.9.0.0/16 ge 20 le 22")),
            ("128.9.0.0/16", "20-24", "18-19", None),
            ("128.9.0.0/16", "15", "+", None),
        ] {
            let range = range.parse().unwrap();
            let both = operator(outer).after(operator(inner));
            assert_eq!(both.of(&range).map(|r| r.to_string()).as_deref(), want, "{range} {inner} {outer}");
        }
        for text in ["", "^", "x", "24-", "-24", "26-24", "129", "+24", "300", "24-26-28"] {
            assert_eq!(text.parse::<RangeOperator>(), Err(Fault::Range), "{text}");
        }
    }

    fn any_operator() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(String::new()),
            Just("+".to_owned()),
            Just("-".to_owned()),
            (20u8..34, 0u8..5).prop_map(|(least, more)| format!("{least}-{}", least + more)),
        ]
    }

    /// The lengths of prefixes within one network that an operator leaves, of each by itself.
    fn naive(lengths: &BTreeSet<u8>, operator: &str) -> BTreeSet<u8> {
        let of = |length: u8| match operator {
            "" => length..=length,
            "+" => length..=32,
            "-" => length + 1..=32,
            other => {
                let (least, most) = other.split_once('-').unwrap();
                length.max(least.parse().unwrap())..=most.parse::<u8>().unwrap().min(32)
            }
        };
        lengths.iter().flat_map(|length| of(*length)).collect()
    }

    proptest! {
        #[test]
        fn operators_together_do_what_they_do_one_by_one(
            min in 20u8..=32, more in 0u8..6, operators in prop::collection::vec(any_operator(), 0..5),
        ) {
            let max = (min + more).min(32);
            let range = PrefixRange::new("0.0.0.0/20".parse().unwrap(), min, max).unwrap();
            let (mut lengths, mut together) = ((min..=max).collect(), RangeOperator::NONE);
            for text in &operators {
                lengths = naive(&lengths, text);
                together = operator(text).after(together);
            }
            let left = together.of(&range).map_or_else(BTreeSet::new, |range| {
                (range.lengths().0..=range.lengths().1).collect()
            });
            prop_assert_eq!(left, lengths, "{:?}", operators);
        }
    }
}
