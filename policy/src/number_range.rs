//! Ranges of numbers: lengths, metrics, preferences.

use std::fmt;
use std::str::FromStr;

/// Numbers from one to another, both included. Text: `5`, `5-10`, `at least 5`, `at most 10`, `any`.
///
/// ```
/// use bgp_policy::NumberRange;
/// let range: NumberRange = "at most 3".parse().unwrap();
/// assert!(range.contains(0) && range.contains(3) && !range.contains(4));
/// assert_eq!(NumberRange::from(5).to_string(), "5");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NumberRange {
    first: u32,
    last: u32,
}

impl NumberRange {
    /// Every number.
    pub const ANY: Self = Self { first: 0, last: u32::MAX };

    /// From `first` to `last`; `None` where the first is the greater.
    pub const fn new(first: u32, last: u32) -> Option<Self> {
        if first > last { None } else { Some(Self { first, last }) }
    }

    /// `n` and more.
    pub const fn at_least(n: u32) -> Self {
        Self { first: n, last: u32::MAX }
    }

    /// `n` and less.
    pub const fn at_most(n: u32) -> Self {
        Self { first: 0, last: n }
    }

    /// The least and the greatest.
    pub const fn bounds(self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// Whether `n` is one of them.
    pub const fn contains(self, n: u32) -> bool {
        self.first <= n && n <= self.last
    }
}

impl From<u32> for NumberRange {
    fn from(n: u32) -> Self {
        Self { first: n, last: n }
    }
}

/// Text that is not a range of numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberRangeError;

impl fmt::Display for NumberRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a range is a number from 0 to 4294967295, two with a hyphen between and the lower first, `at least` or `at most` and a number, or `any`",
        )
    }
}
impl std::error::Error for NumberRangeError {}

impl FromStr for NumberRange {
    type Err = NumberRangeError;

    fn from_str(s: &str) -> Result<Self, NumberRangeError> {
        let number = |s: &str| crate::decimal(s).ok_or(NumberRangeError);
        let words: Vec<&str> = s.split_ascii_whitespace().collect();
        match words.as_slice() {
            ["any"] => Ok(Self::ANY),
            ["at", "least", n] => number(n).map(Self::at_least),
            ["at", "most", n] => number(n).map(Self::at_most),
            [one] => {
                let (first, last) = one.split_once('-').unwrap_or((one, one));
                Self::new(number(first)?, number(last)?).ok_or(NumberRangeError)
            }
            _ => Err(NumberRangeError),
        }
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (0, u32::MAX) => f.write_str("any"),
            (first, last) if first == last => first.fmt(f),
            (0, last) => write!(f, "at most {last}"),
            (first, u32::MAX) => write!(f, "at least {first}"),
            (first, last) => write!(f, "{first}-{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        for (text, want) in [
            ("5", Some("5")),
            ("5-10", Some("5-10")),
            ("5-5", Some("5")),
            ("0-3", Some("at most 3")),
            ("at most 3", Some("at most 3")),
            ("at  least 3", Some("at least 3")),
            ("at least 0", Some("any")),
            ("at most 0", Some("0")),
            ("any", Some("any")),
            ("4294967295", Some("4294967295")),
            ("", None),
            ("10-5", None),
            ("-5", None),
            ("+5", None),
            ("at", None),
            ("at least", None),
            ("4294967296", None),
        ] {
            let got = text.parse::<NumberRange>().map(|range| range.to_string());
            assert_eq!(got.ok().as_deref(), want, "{text:?}");
        }
    }
}
