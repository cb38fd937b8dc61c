//! A condition that a program writes in code.

use crate::route::RouteView;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a rule asks where no other condition does. Its [`Display`](fmt::Display) is what people read of it: a few words
/// in the manner of `AS_PATH has a set`.
pub trait Condition: fmt::Display + fmt::Debug + Send + Sync {
    /// Whether it holds for `route`. The answer depends on nothing but the route.
    fn holds(&self, route: &RouteView<'_>) -> bool;
}

/// A shared [`Condition`]; two are equal where they are one.
///
/// ```
/// use bgp_policy::{Action, Condition, Custom, Decision, Match, Policy, RouteView, Rule};
/// use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
/// use std::fmt;
///
/// #[derive(Debug)]
/// struct OddLength;
/// impl Condition for OddLength {
///     fn holds(&self, route: &RouteView<'_>) -> bool {
///         route.prefix.prefix_len() % 2 == 1
///     }
/// }
/// impl fmt::Display for OddLength {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("prefix of an odd length")
///     }
/// }
///
/// let when = [Match::Custom(Custom::new(OddLength))].into();
/// let rule = Rule { name: "no odd ones".into(), when, edits: Box::default(), then: Action::Reject };
/// let policy = Policy::new("even", vec![rule], Decision::Accept).unwrap();
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
/// for (prefix, accept) in [("203.0.113.0/24", true), ("203.0.113.0/25", false)] {
///     let route = RouteView { prefix: prefix.parse().unwrap(), attrs: &attrs, neighbor: Asn(64500) };
///     assert_eq!(policy.evaluate(route).accept, accept);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Custom(Arc<dyn Condition>);

impl Custom {
    /// Shares `condition`.
    pub fn new(condition: impl Condition + 'static) -> Self {
        Self(Arc::new(condition))
    }

    /// Whether it holds for `route`.
    pub(crate) fn holds(&self, route: &RouteView<'_>) -> bool {
        self.0.holds(route)
    }

    /// Where it is: what tells one from another.
    fn place(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.place(), other.place())
    }
}

impl Eq for Custom {}

impl Hash for Custom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place().hash(state);
    }
}

impl fmt::Display for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
