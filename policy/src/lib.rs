//! Routing policy for BGP that says why.
//!
//! A [`Policy`] is a list of named rules; [`Policy::evaluate`] gives a [`Verdict`]: whether a route passes,
//! what decided in four bytes, and the edits to make. [`voice`] stands on top: the rules of a voice interconnect,
//! judged over a plan and what was observed.
//!
//! Nothing here reads a socket, a clock or a file, and no input makes it panic. The feature `serde` lets
//! policies, plans, observations and reports be read and written.
#![forbid(unsafe_code)]

mod as_path_regex;
mod asn_set;
mod custom;
mod edit;
pub mod irr;
mod language;
mod lint;
mod matching;
mod named;
mod number_range;
mod pattern;
mod policy;
mod prefix_filter;
mod prefix_range;
mod prefix_set;
mod prove;
mod route;
pub mod rpki;
mod special_asn;
mod special_prefix;
#[cfg(feature = "serde")]
mod table;
#[cfg(feature = "serde")]
mod text;
pub mod voice;
mod words;

pub use as_path_regex::{AsPathRegex, AsPathRegexError, AsPathRegexFault};
pub use asn_set::{AsnRange, AsnRangeError, AsnSet};
pub use custom::{Condition, Custom};
pub use edit::{Edit, EditContext, NoNextHop};
pub use language::{Document, Finding, PolicyLibrary, PolicyTextError, ProofOutcome, Route, TestOutcome};
pub use lint::{OddRule, Oddity};
pub use matching::Match;
pub use named::Named;
pub use number_range::{NumberRange, NumberRangeError};
pub use pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern, PatternError};
pub use policy::{
    Action, Asked, Because, Decision, Explanation, Policy, PolicyBuilder, Rule, Step, TooManyRules, Verdict,
};
pub use prefix_filter::PrefixFilter;
pub use prefix_range::{PrefixRange, PrefixRangeError};
pub use prefix_set::PrefixSet;
pub use prove::{Answer, Guarantee, Statement, Unknown};
pub use route::{
    PathValidationState, PathValidationStateError, RouteView, ValidationState, ValidationStateError,
};
pub use special_asn::{SPECIAL_ASNS, SpecialAsns, special_asn};
pub use special_prefix::{SPECIAL_PREFIXES, SpecialPrefix, special_prefix};
#[cfg(feature = "serde")]
pub use table::Policies;

/// Writes a list with commas between, as Display shows lists.
fn listed<T: std::fmt::Display>(f: &mut std::fmt::Formatter<'_>, list: &[T]) -> std::fmt::Result {
    for (i, item) in list.iter().enumerate() {
        write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
    }
    Ok(())
}

/// A number of digits only: Rust's own parser also takes a plus sign.
fn decimal<T: std::str::FromStr>(s: &str) -> Option<T> {
    s.bytes().all(|b| b.is_ascii_digit()).then(|| s.parse().ok()).flatten()
}
