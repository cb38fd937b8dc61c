//! What is odd about policies, as far as can be told without a route.

mod implied;

use crate::language::Route;
use crate::matching::Match;
use crate::policy::{Action, Policy, Rule};
use crate::prefix_range::PrefixRange;
use crate::prove::Left;
use implied::{contradiction, implies, never};
use std::fmt;

/// Something odd about a rule.
#[derive(Clone, PartialEq, Debug)]
pub enum Oddity {
    /// This condition never holds, so the rule never matches.
    Never(String),
    /// These two conditions cannot both hold, so the rule never matches.
    Contradiction(String, String),
    /// No route has all that the rule asks for.
    Together,
    /// Whatever it matches, a rule before it has decided.
    Shadowed(Box<str>),
    /// Whatever it matches, one or another of the rules before it has decided.
    Decided,
    /// This rule before it asks for the same and decides otherwise; each matches some of what the other does, such as this
    /// route, and some of its own.
    Overlaps(Box<str>, Box<Route>),
}

/// A rule with something odd about it.
#[derive(Clone, PartialEq, Debug)]
pub struct OddRule {
    /// The policy, and those that it calls on the way to the rule: `to-microsoft > clean`.
    pub policy: String,
    /// The rule's name.
    pub rule: Box<str>,
    /// What is odd.
    pub oddity: Oddity,
}

impl fmt::Display for OddRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {}: rule \"{}\" ", self.policy, self.rule)?;
        match &self.oddity {
            Oddity::Never(condition) => write!(f, "never matches: {condition} never holds"),
            Oddity::Contradiction(a, b) => write!(f, "never matches: {a} contradicts {b}"),
            Oddity::Together => f.write_str("never matches: no route has all that it asks for"),
            Oddity::Decided => f.write_str("never decides: rules before it have matched all that it does"),
            Oddity::Overlaps(with, route) => {
                write!(f, "overlaps rule \"{with}\", which decides otherwise and comes first: {route}")
            }
            Oddity::Shadowed(by) => {
                write!(f, "never decides: rule \"{by}\" before it has matched all that it does")
            }
        }
    }
}

impl Policy {
    /// Rules that never match, that others before them leave nothing to, or that overlap one before. A rule that is not among them
    /// may be odd too, where that would have taken too long to find out.
    ///
    /// ```
    /// use bgp_policy::{Match, Policy, Rule};
    /// let policy = Policy::builder("p")
    ///     .rule(Rule::new("low").when(Match::Med("at most 10".parse().unwrap())).accept())
    ///     .rule(Rule::new("lower").when(Match::Med("at most 5".parse().unwrap())).reject())
    ///     .build()
    ///     .unwrap();
    /// let odd: Vec<String> = policy.odd_rules().iter().map(ToString::to_string).collect();
    /// assert_eq!(odd, ["policy p: rule \"lower\" never decides: rule \"low\" before it has matched all that it does"]);
    /// ```
    pub fn odd_rules(&self) -> Vec<OddRule> {
        let rules: Vec<(Vec<&Match>, &Rule)> = self.with_calls().collect();
        let left = self.left();
        let mut odd = Vec::new();
        for (at, (conditions, rule)) in rules.iter().enumerate() {
            let before = rules.get(..at).unwrap_or_default();
            let found = oddity(conditions, before);
            if let Some(oddity) = found.or_else(|| of_left(left.get(at)?, &rules)) {
                odd.push(OddRule { policy: self.chain_to(at), rule: rule.name.clone(), oddity });
            }
        }
        odd
    }
}

fn oddity(conditions: &[&Match], before: &[(Vec<&Match>, &Rule)]) -> Option<Oddity> {
    if let Some(condition) = conditions.iter().find(|condition| never(condition)) {
        return Some(Oddity::Never(condition.to_string()));
    }
    if let Some((a, b)) = contradiction(conditions) {
        return Some(Oddity::Contradiction(a.to_string(), b.to_string()));
    }
    let decided = before.iter().filter(|(_, rule)| rule.then != Action::Continue);
    let mut shadows =
        decided.filter(|(others, _)| others.iter().all(|b| conditions.iter().any(|a| implies(a, b))));
    shadows.next().map(|(_, rule)| Oddity::Shadowed(rule.name.clone()))
}

fn of_left(left: &Left, rules: &[(Vec<&Match>, &Rule)]) -> Option<Oddity> {
    match left {
        Left::Never => Some(Oddity::Together),
        Left::Decided => Some(Oddity::Decided),
        Left::Shared(with, route) => {
            rules.get(*with).map(|(_, rule)| Oddity::Overlaps(rule.name.clone(), route.clone()))
        }
        Left::Some => None,
    }
}

/// Members of a set that another member has in it, with that one.
pub(crate) fn covered(ranges: &[PrefixRange]) -> Vec<(PrefixRange, PrefixRange)> {
    let mut sorted = ranges.to_vec();
    sorted.sort_by_key(|range| {
        let (min, max) = range.lengths();
        (range.net(), min, u8::MAX.saturating_sub(max))
    });
    let mut covered = Vec::new();
    let mut around: Vec<PrefixRange> = Vec::new();
    for range in sorted {
        around.retain(|outer| outer.net().contains(&range.net()));
        let (min, max) = range.lengths();
        let covers = |outer: &&PrefixRange| outer.lengths().0 <= min && max <= outer.lengths().1;
        match around.iter().find(covers) {
            Some(outer) => covered.push((range, *outer)),
            None => around.push(range),
        }
    }
    covered
}

#[cfg(test)]
mod tests;
