//! Policies as text that people read aloud.

mod conditions;
mod document;
mod edits;
mod fault;
mod items;
mod library;
mod list;
mod names;
mod print;
mod proofs_text;
mod proving;
mod route_text;
mod suggest;
mod testing;
mod tests_text;
mod words;

pub use fault::PolicyTextError;
pub use library::PolicyLibrary;
pub use names::Finding;
pub use proving::ProofOutcome;
pub use route_text::Route;
pub use testing::TestOutcome;

use document::{CallItem, Item, Trivia};
use fault::{Fault, Place};
use std::fmt;
use std::str::FromStr;

/// The text of policies, as it was read: sets and numbers with names, policies, tests, and the comments between them.
///
/// `Display` writes it in one form; docs/policy.md of the project describes the language.
///
/// ```
/// use bgp_policy::{Document, RouteView};
/// use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
///
/// let text = r#"
/// prefixes voice { 203.0.113.0/24 le 28 }
///
/// policy to-microsoft {
///     rule "voice prefixes" {
///         when prefix in voice
///         and as-path length at most 3
///         and not as-path has private-asn
///         add community 8075:8007
///         accept
///     }
///     default reject
/// }
/// "#;
/// let document: Document = text.parse().unwrap();
/// let library = document.library(|file| Err(format!("{file} is not there"))).unwrap();
/// let policy = library.policy("to-microsoft").unwrap();
///
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
/// assert!(policy.evaluate(RouteView::new("203.0.113.0/28".parse().unwrap(), &attrs, Asn(8075))).accept);
///
/// let error = text.replace("accept", "acept").parse::<Document>().unwrap_err();
/// assert_eq!((error.line, error.column), (10, 9));
/// assert_eq!(error.help.as_deref(), Some("did you mean `accept`?"));
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    text: Box<str>,
    items: Vec<(Place, Item)>,
    trivia: Vec<Trivia>,
}

impl Document {
    /// Looks up every name, and builds every policy once. `read` gives the text of a file that a set is from, by the name that
    /// stands there, or says why not.
    pub fn library(
        &self,
        mut read: impl FnMut(&str) -> Result<String, String>,
    ) -> Result<PolicyLibrary, PolicyTextError> {
        PolicyLibrary::new(self, &mut read)
    }
}

/// Documents are equal that say the same, whatever their comments and layout.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl FromStr for Document {
    type Err = PolicyTextError;

    fn from_str(text: &str) -> Result<Self, PolicyTextError> {
        let items = items::items(text).map_err(|fault| fault.told(text))?;
        Ok(Self { text: text.into(), items, trivia: words::trivia(text) })
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print::Printer::new(&self.trivia).document(&self.items))
    }
}

/// A policy that is asked for outside a document.
fn call(text: &str) -> Result<CallItem, PolicyTextError> {
    whole(text, items::call(text))
}

/// What was read of a text, where that is all of it.
fn whole<T>(text: &str, read: words::Parsed<'_, T>) -> Result<T, PolicyTextError> {
    let ended = |error| match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        nom::Err::Incomplete(_) => Fault::expected("", &[]),
    };
    let (rest, item) = read.map_err(ended).map_err(|fault: Fault| fault.told(text))?;
    if rest.is_empty() { Ok(item) } else { Err(Fault::expected(rest, &["the end of the text"]).told(text)) }
}

#[cfg(test)]
mod tests;
