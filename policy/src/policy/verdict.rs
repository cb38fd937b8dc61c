//! What a policy says of a route, and why.

use super::{Decision, Policy, Rule};
use crate::edit::{Edit, EditContext, NoNextHop};
use crate::matching::Match;
use crate::route::RouteView;
use bgp_wire::AttributeSet;
use std::fmt;

/// Why a route passed or did not: four bytes to keep with it, so that the question needs no second run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Because {
    /// The rule at this place, from 0, those of called policies counted where they are called.
    Rule(u16),
    /// No rule decided; the default did.
    Default,
    /// The peer has no policy, so nothing passes (RFC 8212).
    NoPolicy,
}

const _: () = assert!(size_of::<Because>() == 4);

/// What a policy says of one route.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// Whether the route passes.
    pub accept: bool,
    /// What decided.
    pub because: Because,
    pub(super) policy: &'a Policy,
    /// The place of the rule that decided, or behind the last.
    pub(super) end: usize,
    pub(super) decided: Option<&'a Rule>,
    /// Whether a rule before it matched, has edits, and went on.
    pub(super) continued: bool,
    pub(super) route: RouteView<'a>,
}

impl<'a> Verdict<'a> {
    /// The edits of the rules that the route came through, in their order; none where it is rejected.
    pub fn edits(&self) -> impl Iterator<Item = &'a Edit> + use<'a> {
        let Self { policy, route, accept, .. } = *self;
        let (mut at, end) = (0usize, if self.continued { self.end } else { 0 });
        let continued = std::iter::from_fn(move || {
            while at < end {
                let rule = policy.rules.get(at)?;
                let matches = rule.matches(&route);
                at = at.saturating_add(if matches { 1 } else { policy.behind(at) });
                if matches {
                    return Some(rule);
                }
            }
            None
        });
        continued.chain(self.decided).filter(move |_| accept).flat_map(|rule| &rule.edits)
    }

    /// The rule that decided.
    pub const fn rule(&self) -> Option<&'a Rule> {
        self.decided
    }

    /// The weight that the last of the edits to set one gives.
    pub fn weight(&self) -> Option<u16> {
        if !self.policy.weighs {
            return None;
        }
        let weights = self.edits().filter_map(|edit| match edit {
            Edit::SetWeight(weight) => Some(*weight),
            _ => None,
        });
        weights.last()
    }

    /// Makes the edits. Most verdicts have none: ask [`Verdict::edits`] first and share the attributes then.
    pub fn apply(&self, attrs: &mut AttributeSet, context: &EditContext) -> Result<(), NoNextHop> {
        self.edits().try_for_each(|edit| edit.apply(attrs, context))
    }
}

/// One step of an evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step<'a> {
    /// All conditions of the rule at this place held.
    Matched(u16, &'a Rule),
    /// The first condition of the rule at this place that did not hold.
    Failed(u16, &'a Rule, &'a Match),
    /// No rule decided.
    Fell(Decision),
}

/// Every step to a verdict. `Display` says them in words, one a line.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// What came out.
    pub verdict: Verdict<'a>,
    /// The steps to it.
    pub steps: Vec<Step<'a>>,
}

impl Explanation<'_> {
    /// One step in words.
    fn write_step(&self, step: &Step<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { policy, route, .. } = &self.verdict;
        let name = |f: &mut fmt::Formatter<'_>, at: u16, rule: &Rule| {
            policy.chain(at).try_for_each(|called| write!(f, "{called} > "))?;
            write!(f, "rule \"{}\"", rule.name)
        };
        match step {
            Step::Failed(at, rule, condition) => {
                name(f, *at, rule)?;
                write!(f, " does not match: it wants {condition}, and {}", condition.evidence(route))
            }
            Step::Matched(at, rule) => {
                name(f, *at, rule)?;
                f.write_str(" matches")?;
                for (i, condition) in rule.when.iter().enumerate() {
                    write!(f, "{}{condition}", if i == 0 { ": " } else { ", " })?;
                    write!(f, " ({})", condition.evidence(route))?;
                }
                rule.edits.iter().try_for_each(|edit| write!(f, "; {edit}"))?;
                write!(f, "; {}", rule.then)
            }
            Step::Fell(default) => write!(f, "no rule decides, the default {default}"),
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { policy, route, .. } = &self.verdict;
        writeln!(f, "policy {} on {}:", policy.name, route.prefix)?;
        for step in &self.steps {
            f.write_str("- ")?;
            self.write_step(step, f)?;
            writeln!(f)?;
        }
        Ok(())
    }
}
