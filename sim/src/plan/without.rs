//! What is left out of a plan, as it is written in a command: `s3,l0,e4-9,roles`.

use super::feature::Feature;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Speakers, legs and events by their numbers in the plan, features by name.
///
/// ```
/// let without: sim::Without = "s3,e4-6,roles".parse().unwrap();
/// assert_eq!(without.to_string(), "s3,e4-6,roles");
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Without {
    pub(super) speakers: BTreeSet<usize>,
    pub(super) legs: BTreeSet<usize>,
    pub(super) events: BTreeSet<usize>,
    pub(super) features: BTreeSet<Feature>,
}

/// What is no part of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongPart(String);

impl fmt::Display for WrongPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is neither s, l or e with a number or a range of them, nor a feature: ", self.0)?;
        let mut names = Feature::ALL.into_iter().map(|(_, name, _)| name);
        f.write_str(names.next().unwrap_or_default())?;
        names.try_for_each(|name| write!(f, ", {name}"))
    }
}
impl std::error::Error for WrongPart {}

impl FromStr for Without {
    type Err = WrongPart;

    fn from_str(text: &str) -> Result<Self, WrongPart> {
        let mut without = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let wrong = || WrongPart(part.to_owned());
            if let Some((feature, ..)) = Feature::ALL.into_iter().find(|(_, name, _)| *name == part) {
                without.features.insert(feature);
                continue;
            }
            let (kind, numbers) = part.split_at_checked(1).ok_or_else(wrong)?;
            let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
            let number = |text: &str| text.parse::<u16>().map(usize::from).map_err(|_| wrong());
            let numbers = number(first)?..=number(last)?;
            match kind {
                "s" => without.speakers.extend(numbers),
                "l" => without.legs.extend(numbers),
                "e" => without.events.extend(numbers),
                _ => return Err(wrong()),
            }
        }
        Ok(without)
    }
}

impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        for (kind, numbers) in [("s", &self.speakers), ("l", &self.legs), ("e", &self.events)] {
            let mut numbers = numbers.iter().copied().peekable();
            while let Some(first) = numbers.next() {
                let mut last = first;
                while let Some(next) = numbers.next_if(|n| *n == last + 1) {
                    last = next;
                }
                let to = if last > first { format!("-{last}") } else { String::new() };
                parts.push(format!("{kind}{first}{to}"));
            }
        }
        let named = Feature::ALL.into_iter().filter(|(feature, ..)| self.features.contains(feature));
        parts.extend(named.map(|(_, name, _)| name.to_owned()));
        f.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read() {
        for text in ["", "s0,s2-3", "l1,e0-20,e22", "graceful-restart,bfd", "s1,l2,e3,roles"] {
            assert_eq!(text.parse::<Without>().unwrap().to_string(), text);
        }
        for text in ["x1", "s", "e1-", "s-1", "role", "é"] {
            assert!(text.parse::<Without>().is_err(), "{text}");
        }
    }
}
