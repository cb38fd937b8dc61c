//! Regular expressions on AS paths.

mod bits;
mod build;
mod numeric;
mod program;
mod symbols;
mod text;
mod underscore;

pub(crate) use program::{MATCHED, Table};
pub(crate) use symbols::{CLOSE, COMMA, OPEN, SPACE, Symbol};

use bgp_wire::AsPath;
use build::Builder;
use program::Program;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;
use text::Text;

/// A regular expression on AS paths, compiled. A path is read once from its beginning to its end, whatever the expression.
///
/// In the form of most routers it is about the text of a path, `64500 64501 {64502,64503}`, and matches where any part of
/// it does: `_` is whatever is between two ASNs or beside the first and the last, `^` and `$` are the beginning and the end, `.`
/// any character, `[0-9]` one of these, `\d` a digit; `*`, `+`, `?`, `{2,4}` say how often, `|` is or.
///
/// In the numeric form, within `[=` and `=]`, it is about ASNs and has to match the whole path: `64500`, a range
/// `64512-65534` or `64512..65534`, one of a list `[64500 64510-64520]`, `.` for any; the same signs of repetition directly
/// behind; standing alone, `*` is any number of ASNs and `?` is one. A set is one element, which any of its members matches.
///
/// ```
/// use bgp_policy::AsPathRegex;
/// let path: bgp_wire::AsPathBuf = "64500 64501 64502".parse().unwrap();
/// for (regex, matches) in [
///     ("^64500_", true), ("_64501_", true), ("_6450_", false), ("_6450[0-9]$", true), ("^[0-9]+$", false),
///     ("[= 64500 * =]", true), ("[= .* 64502 =]", true), ("[= 64500-64502{3} =]", true), ("[= 64500 =]", false),
/// ] {
///     assert_eq!(regex.parse::<AsPathRegex>().unwrap().matches(path.view()), matches, "{regex}");
/// }
/// ```
#[derive(Clone)]
pub struct AsPathRegex {
    text: Arc<str>,
    program: Arc<Program>,
}

impl AsPathRegex {
    /// Whether it matches a path. Allocates nothing.
    pub fn matches(&self, path: AsPath<'_>) -> bool {
        self.program.matches(path)
    }

    /// What it is compiled to, as a table; `None` where that would be too large.
    pub(crate) fn table(&self) -> Option<&Table> {
        self.program.table()
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What is wrong with an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsPathRegexFault {
    /// A parenthesis or bracket that is not closed.
    Unclosed,
    /// A parenthesis that closes what was not opened.
    Unopened,
    /// A sign of repetition with nothing before it.
    NothingToRepeat,
    /// Braces that do not say how often.
    Times,
    /// A character that no path has.
    NotInPaths,
    /// A range within brackets that is not one of digits.
    DigitRange,
    /// A character that the numeric form does not have.
    NotNumeric,
    /// A number that is no ASN, or a range of them that begins with the higher one.
    Asn,
    /// The expression has more places than an automaton may have.
    TooLarge,
}

impl fmt::Display for AsPathRegexFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unclosed => "a parenthesis or bracket is not closed",
            Self::Unopened => "this parenthesis closes nothing",
            Self::NothingToRepeat => "there is nothing to repeat before this sign",
            Self::Times => "how often is `{2}`, `{2,}` or `{2,4}`; a brace itself is `\\{`",
            Self::NotInPaths => "paths have digits, spaces, commas and brackets, and no such character",
            Self::DigitRange => "a range in brackets goes from a digit to a higher one, as in [0-9]",
            Self::NotNumeric => {
                "the numeric form has ASNs, ranges, lists in [], `.`, `( | )` and `* + ? {2,4}`"
            }
            Self::Asn => "an ASN is 0 to 4294967295 without a dot, and a range begins with the lower one",
            Self::TooLarge => "the expression has more than 2048 places for a character; split it",
        })
    }
}

/// Text that is no expression on AS paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsPathRegexError {
    /// How many octets stand before the fault.
    pub at: usize,
    /// What it is.
    pub fault: AsPathRegexFault,
}

impl fmt::Display for AsPathRegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.at.saturating_add(1), self.fault)
    }
}
impl std::error::Error for AsPathRegexError {}

impl FromStr for AsPathRegex {
    type Err = AsPathRegexError;

    fn from_str(text: &str) -> Result<Self, AsPathRegexError> {
        let inner = text.strip_prefix("[=").and_then(|rest| rest.strip_suffix("=]"));
        let (mut left, before) = inner.map_or((Text::new(text), 0), |inner| (Text::new(inner), 2));
        let mut builder = Builder::new();
        let read = match inner {
            Some(_) => numeric::read(&mut left, &mut builder),
            None => underscore::read(&mut left, &mut builder),
        };
        let (positions, whole) = read.and_then(|()| builder.finish()).map_err(|fault| {
            let at = left.at().saturating_add(before);
            AsPathRegexError { at, fault }
        })?;
        Ok(Self { text: text.into(), program: Arc::new(Program::new(&positions, &whole)) })
    }
}

impl fmt::Display for AsPathRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for AsPathRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AsPathRegex({:?})", self.text)
    }
}

impl PartialEq for AsPathRegex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for AsPathRegex {}

impl Hash for AsPathRegex {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

#[cfg(test)]
mod tests;
