//! Names of sets.

use super::fault::Fault;
use std::fmt;
use std::str::FromStr;

/// The class of a set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SetClass {
    /// `as-set`: AS numbers.
    As,
    /// `route-set`: prefixes.
    Route,
}

/// The name of an `as-set` or a `route-set`, of one registry if it has one in front: `AS-EXAMPLE`, `AS64500:AS-CUSTOMERS`,
/// `RIPE::AS-EXAMPLE`. Case makes no difference.
///
/// ```
/// use bgp_policy::irr::{SetClass, SetName};
/// let name: SetName = "ripe::as64500:as-customers".parse().unwrap();
/// assert_eq!((name.to_string(), name.class()), ("RIPE::AS64500:AS-CUSTOMERS".into(), SetClass::As));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SetName {
    source: Option<Box<str>>,
    name: Box<str>,
    class: SetClass,
}

impl SetName {
    /// The registry that it has to be found in.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The name alone, in capitals.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same name of whatever registry has it first.
    #[must_use]
    pub fn without_source(&self) -> Self {
        Self { source: None, ..self.clone() }
    }

    /// What it is a set of.
    pub const fn class(&self) -> SetClass {
        self.class
    }
}

impl FromStr for SetName {
    type Err = Fault;

    fn from_str(s: &str) -> Result<Self, Fault> {
        let (source, name) = match s.split_once("::") {
            Some((source, name)) => (Some(source), name),
            None => (None, s),
        };
        if source.is_some_and(|source| source.is_empty() || !source.bytes().all(is_of_name)) {
            return Err(Fault::SetName);
        }
        let name = name.to_ascii_uppercase();
        let mut class = None;
        for part in name.split(':') {
            class = class_of(part)?.or(class);
        }
        let source = source.map(|source| source.to_ascii_uppercase().into());
        Ok(Self { source, name: name.into(), class: class.ok_or(Fault::SetName)? })
    }
}

fn is_of_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')
}

/// The class that a part between colons says, if it says one: AS numbers may stand before and after it.
fn class_of(part: &str) -> Result<Option<SetClass>, Fault> {
    let class = match part.split_at_checked(3) {
        Some(("AS-", rest)) if !rest.is_empty() => SetClass::As,
        Some(("RS-", rest)) if !rest.is_empty() => SetClass::Route,
        _ => {
            let digits = part.strip_prefix("AS").unwrap_or_default();
            let is_asn = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            return if is_asn { Ok(None) } else { Err(Fault::SetName) };
        }
    };
    if part.bytes().all(is_of_name) { Ok(Some(class)) } else { Err(Fault::SetName) }
}

impl fmt::Display for SetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.iter().try_for_each(|source| write!(f, "{source}::"))?;
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        use SetClass::{As, Route};
        for (text, want) in [
            ("AS-EXAMPLE", Ok(("AS-EXAMPLE", As))),
            ("as-example_1", Ok(("AS-EXAMPLE_1", As))),
            ("AS64500:AS-EXAMPLE", Ok(("AS64500:AS-EXAMPLE", As))),
            ("AS64500:AS-EXAMPLE:AS64501", Ok(("AS64500:AS-EXAMPLE:AS64501", As))),
            ("AS64500:RS-EXAMPLE", Ok(("AS64500:RS-EXAMPLE", Route))),
            ("RS-EXAMPLE", Ok(("RS-EXAMPLE", Route))),
            ("RADB::AS-EXAMPLE", Ok(("RADB::AS-EXAMPLE", As))),
            ("", Err(Fault::SetName)),
            ("AS64500", Err(Fault::SetName)),
            ("AS-", Err(Fault::SetName)),
            ("AS:AS-X", Err(Fault::SetName)),
            ("AS64500:", Err(Fault::SetName)),
            ("AS-EX AMPLE", Err(Fault::SetName)),
            ("::AS-EXAMPLE", Err(Fault::SetName)),
            ("EXAMPLE", Err(Fault::SetName)),
            ("AS-É", Err(Fault::SetName)),
        ] {
            let got = text.parse::<SetName>().map(|name| (name.to_string(), name.class()));
            assert_eq!(got, want.map(|(name, class)| (name.to_owned(), class)), "{text:?}");
        }
    }
}
