//! What is wrong with a policy's text, and where.

use super::suggest::nearest;
use nom::error::{ErrorKind, ParseError};
use std::fmt;
use std::ops::Range;

/// Where something stands: how much of the text is left where it begins. All places are equal, so that documents are which
/// say the same.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Place(pub(super) usize);

impl Place {
    pub(super) const fn of(rest: &str) -> Self {
        Self(rest.len())
    }
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Place {}

/// The error of the parsers: what was expected where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) what: What,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// Words, or descriptions of values, one of which should stand here.
    Expected(Vec<&'static str>),
    /// What is wrong with what stands here, and what to do.
    Wrong { message: String, help: Option<String> },
}

impl Fault {
    pub(super) fn expected(rest: &str, words: &[&'static str]) -> Self {
        Self { place: Place::of(rest), what: What::Expected(words.to_vec()) }
    }

    pub(super) fn wrong(place: Place, message: impl Into<String>) -> Self {
        Self { place, what: What::Wrong { message: message.into(), help: None } }
    }

    pub(super) fn help(mut self, more: impl Into<String>) -> Self {
        if let What::Wrong { help, .. } = &mut self.what {
            *help = Some(more.into());
        }
        self
    }

    /// The same, where any of `words` might stand as well.
    pub(super) fn or_expected(mut self, rest: &str, words: &[&'static str]) -> Self {
        if let What::Expected(expected) = &mut self.what
            && self.place.0 == rest.len()
        {
            expected.extend(words);
        }
        self
    }

    /// As it is told to whoever wrote `text`.
    pub(super) fn told(self, text: &str) -> PolicyTextError {
        let at = text.len().saturating_sub(self.place.0);
        let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
        let found = found(rest);
        let (message, expected, help) = match self.what {
            What::Wrong { message, help } => (message, Vec::new(), help),
            What::Expected(mut expected) => {
                expected.sort_unstable();
                expected.dedup();
                let there =
                    if found.is_empty() { "the end of the text".to_owned() } else { format!("`{found}`") };
                let near =
                    nearest(found, expected.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                (format!("expected {}, found {there}", either(&expected)), expected, near)
            }
        };
        let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        PolicyTextError {
            span: at..at.saturating_add(found.len()),
            line: before.matches('\n').count().saturating_add(1),
            column: before.get(line_start..).unwrap_or_default().chars().count().saturating_add(1),
            message,
            expected,
            help,
        }
    }
}

/// The word, text or sign at the front.
fn found(rest: &str) -> &str {
    let quoted = rest.strip_prefix('"').and_then(|inner| inner.find(['"', '\n']));
    let ends = |c: char| c.is_whitespace() || "{}(),;#".contains(c);
    let len = match (quoted, rest.find(ends)) {
        (Some(end), _) => end.saturating_add(2),
        (None, Some(0)) => rest.chars().next().map_or(0, char::len_utf8),
        (None, Some(end)) => end,
        (None, None) => rest.len(),
    };
    rest.get(..len).unwrap_or(rest).trim_end()
}

/// `a`, `b` or `c`.
fn either(words: &[&str]) -> String {
    let quoted = |word: &&str| if word.contains(' ') { (*word).to_owned() } else { format!("`{word}`") };
    match words {
        [] => "something else".to_owned(),
        [one] => quoted(one),
        [most @ .., last] => {
            format!("{} or {}", most.iter().map(quoted).collect::<Vec<_>>().join(", "), quoted(last))
        }
    }
}

impl ParseError<&str> for Fault {
    fn from_error_kind(rest: &str, _: ErrorKind) -> Self {
        Self::expected(rest, &[])
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }

    /// The one that got further; both, where they got as far.
    fn or(mut self, mut other: Self) -> Self {
        match self.place.0.cmp(&other.place.0) {
            std::cmp::Ordering::Less => self,
            std::cmp::Ordering::Greater => other,
            std::cmp::Ordering::Equal => {
                if let (What::Expected(expected), What::Expected(more)) = (&mut self.what, &mut other.what) {
                    expected.append(more);
                }
                self
            }
        }
    }
}

/// What is wrong with a policy's text: where, what was expected, and what may have been meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyTextError {
    /// Where it stands, in octets from the beginning of the text.
    pub span: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// Words, or descriptions of values, one of which was expected; none where the text reads well and means nothing.
    pub expected: Vec<&'static str>,
    /// What may have been meant, or what to do.
    pub help: Option<String>,
}

impl fmt::Display for PolicyTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}
impl std::error::Error for PolicyTextError {}
