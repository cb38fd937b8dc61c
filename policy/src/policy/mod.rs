//! Policies: rules in order, and the verdict with the reason for it.

mod builder;
mod verdict;

pub use builder::PolicyBuilder;
pub use verdict::{Because, Explanation, Step, Verdict};

use crate::edit::Edit;
use crate::matching::Match;
use crate::prefix_range::PrefixRange;
use crate::prefix_set::PrefixSet;
use crate::route::RouteView;
use std::fmt;

/// Whether a route may pass.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decision {
    /// It may.
    Accept,
    /// It may not.
    Reject,
}

/// What follows when a rule matches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// The route passes, with the edits of this rule and of those it came through.
    Accept,
    /// The route does not pass.
    Reject,
    /// The edits are kept and the next rule is tried.
    Continue,
}

/// One rule: where all of `when` holds, the edits and the action follow.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rule {
    /// Its name, for people.
    pub name: Box<str>,
    /// The conditions; none means every route.
    pub when: Box<[Match]>,
    /// What changes, in this order.
    pub edits: Box<[Edit]>,
    /// What follows.
    pub then: Action,
}

impl Rule {
    /// The shortest list of prefixes that a route has to be in for the rule to match.
    fn prefixes(&self) -> Option<&PrefixSet> {
        let sets = self.when.iter().filter_map(|condition| match condition {
            Match::Prefix(set) => Some(&**set),
            _ => None,
        });
        sets.min_by_key(|set| set.ranges().len())
    }

    fn matches(&self, route: &RouteView<'_>) -> bool {
        self.when.iter().all(|condition| condition.holds(route))
    }
}

/// Rules in order; the first that accepts or rejects decides. Every rule sees the route as it came:
/// edits are made once the verdict is known. The rules of a policy that is called stand where the call does; what
/// none of them decides goes on behind it.
///
/// ```
/// use bgp_policy::{Action, Decision, Edit, Match, Policy, PrefixRange, RouteView, Rule};
/// use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
///
/// let prefixes = ["203.0.113.0/24".parse::<PrefixRange>().unwrap()].into_iter().collect();
/// let rule = Rule {
///     name: "voice prefixes".into(),
///     when: [Match::Prefix(prefixes)].into(),
///     edits: [Edit::AddCommunity("8075:8007".parse().unwrap())].into(),
///     then: Action::Accept,
/// };
/// let policy = Policy::new("to-microsoft", vec![rule], Decision::Reject).unwrap();
///
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
/// let route = RouteView::new("203.0.113.0/24".parse().unwrap(), &attrs, Asn(8075));
/// let verdict = policy.evaluate(route);
/// assert!(verdict.accept);
/// assert_eq!(
///     policy.explain(verdict.because).to_string(),
///     r#"policy to-microsoft: rule 1 "voice prefixes" accepts: add community 8075:8007"#,
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    name: Box<str>,
    rules: Box<[Rule]>,
    default: Decision,
    absent: bool,
    asked: Asked,
    /// Whether a rule gives a weight.
    weighs: bool,
    /// The rules that are another policy's, outer calls before those within.
    calls: Box<[Call]>,
    /// For each rule how many rules on the next is where it does not match; none where that is 1 for all.
    skips: Box<[u32]>,
}

/// Rules that stand in a policy because it calls another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Call {
    name: Box<str>,
    from: usize,
    to: usize,
}

/// What of a route, besides its attributes and its family, may make a difference to a policy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Asked {
    /// [`RouteView::prefix`], or what others' data says of it. If not, prefixes of one family that have the same attributes
    /// have one verdict.
    pub prefix: bool,
    /// [`RouteView::neighbor`].
    pub neighbor: bool,
    /// [`RouteView::peer`].
    pub peer: bool,
    /// [`RouteView::peer_group`].
    pub peer_group: bool,
    /// [`RouteView::peer_role`].
    pub peer_role: bool,
    /// [`RouteView::rpki`].
    pub rpki: bool,
    /// [`RouteView::irr`].
    pub irr: bool,
    /// [`RouteView::aspa`], which hangs on the path alone.
    pub aspa: bool,
}

impl Asked {
    fn of(rules: &[Rule]) -> Self {
        let any = |what: &dyn Fn(&Match) -> bool| {
            rules.iter().flat_map(|rule| &rule.when).any(|condition| condition.mentions(&what))
        };
        // Code may look at anything.
        let custom = any(&|m| matches!(m, Match::Custom(_)));
        Self {
            prefix: custom || any(&|m| matches!(m, Match::Prefix(_) | Match::Rpki(_) | Match::Irr(_))),
            neighbor: custom || any(&|m| matches!(m, Match::NeighborAsn(_))),
            peer: custom || any(&|m| matches!(m, Match::Peer(_))),
            peer_group: custom || any(&|m| matches!(m, Match::PeerGroup(_))),
            peer_role: custom || any(&|m| matches!(m, Match::PeerRole(_))),
            rpki: custom || any(&|m| matches!(m, Match::Rpki(_))),
            irr: custom || any(&|m| matches!(m, Match::Irr(_))),
            aspa: custom || any(&|m| matches!(m, Match::Aspa(_))),
        }
    }
}

/// A policy was given more rules than [`Because`] can number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooManyRules;

/// As many as [`Because`] can number.
const MAX_RULES: usize = 1 << 16;

fn number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

impl fmt::Display for TooManyRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy has at most 65536 rules")
    }
}
impl std::error::Error for TooManyRules {}

impl Policy {
    /// Whether no route passes, whatever it is.
    pub fn rejects_all(&self) -> bool {
        self.default == Decision::Reject && self.rules.iter().all(|rule| rule.then != Action::Accept)
    }

    /// Prefixes that all that passes is among; `None` where a rule that accepts, or the default, asks for no prefix.
    pub fn passing_prefixes(&self) -> Option<Vec<PrefixRange>> {
        if self.default == Decision::Accept {
            return None;
        }
        let accepting = self.rules.iter().filter(|rule| rule.then == Action::Accept);
        let sets: Option<Vec<_>> = accepting.map(Rule::prefixes).collect();
        let mut ranges: Vec<_> = sets?.into_iter().flat_map(PrefixSet::ranges).copied().collect();
        ranges.sort_unstable();
        ranges.dedup();
        Some(ranges)
    }

    /// What of a route, besides its attributes and its family, may make a difference.
    pub const fn asks_for(&self) -> Asked {
        self.asked
    }

    /// A policy of `rules`, and what becomes of a route that none of them decides.
    pub fn new(
        name: impl Into<Box<str>>,
        rules: impl Into<Box<[Rule]>>,
        default: Decision,
    ) -> Result<Self, TooManyRules> {
        Self::put_together(name.into(), rules.into(), default, Box::default(), Box::default())
    }

    fn put_together(
        name: Box<str>,
        rules: Box<[Rule]>,
        default: Decision,
        calls: Box<[Call]>,
        skips: Box<[u32]>,
    ) -> Result<Self, TooManyRules> {
        if rules.len() > MAX_RULES {
            return Err(TooManyRules);
        }
        let asked = Asked::of(&rules);
        let weighs = rules.iter().flat_map(|rule| &rule.edits).any(|edit| matches!(edit, Edit::SetWeight(_)));
        Ok(Self { name, rules, default, absent: false, asked, weighs, calls, skips })
    }

    /// What an external peer has that was given no policy: nothing passes (RFC 8212).
    pub fn reject_all() -> Self {
        Self { absent: true, ..Self::without_rules("none", Decision::Reject) }
    }

    /// A policy that lets everything pass as it is.
    pub fn accept_all() -> Self {
        Self::without_rules("accept-all", Decision::Accept)
    }

    fn without_rules(name: &str, default: Decision) -> Self {
        Self {
            name: name.into(),
            rules: Box::default(),
            default,
            absent: false,
            asked: Asked::default(),
            weighs: false,
            calls: Box::default(),
            skips: Box::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What becomes of a route that no rule decides.
    pub const fn default_decision(&self) -> Decision {
        self.default
    }

    /// Judges a route. Allocates nothing.
    pub fn evaluate<'a>(&'a self, route: RouteView<'a>) -> Verdict<'a> {
        self.evaluate_with(route, |_| {})
    }

    /// Judges a route and tells every step.
    pub fn evaluate_with<'a>(&'a self, route: RouteView<'a>, mut trace: impl FnMut(Step<'a>)) -> Verdict<'a> {
        let (mut at, mut continued) = (0usize, false);
        while let Some(rule) = self.rules.get(at) {
            if let Some(condition) = rule.when.iter().find(|condition| !condition.holds(&route)) {
                trace(Step::Failed(number(at), rule, condition));
                at = at.saturating_add(self.behind(at));
                continue;
            }
            trace(Step::Matched(number(at), rule));
            if rule.then == Action::Continue {
                continued |= !rule.edits.is_empty();
                at = at.saturating_add(1);
                continue;
            }
            let because = Because::Rule(number(at));
            return Verdict {
                accept: rule.then == Action::Accept,
                because,
                policy: self,
                end: at,
                decided: Some(rule),
                continued,
                route,
            };
        }
        trace(Step::Fell(self.default));
        Verdict {
            accept: self.default == Decision::Accept,
            because: if self.absent { Because::NoPolicy } else { Because::Default },
            policy: self,
            end: at,
            decided: None,
            continued,
            route,
        }
    }

    /// How many rules further on the next one to try is where that at `at` does not match.
    fn behind(&self, at: usize) -> usize {
        self.skips.get(at).and_then(|skip| usize::try_from(*skip).ok()).unwrap_or(1)
    }

    /// The policies that a rule is called by, outermost first, as it stands in text: `bogons > martians`.
    fn chain(&self, rule: u16) -> impl Iterator<Item = &str> {
        let around = self.calls.iter().filter(move |call| (call.from..call.to).contains(&rule.into()));
        around.map(|call| &*call.name)
    }

    /// The policy's name, and those called on the way to the rule at a place.
    pub(crate) fn chain_to(&self, at: usize) -> String {
        self.chain(number(at)).fold(self.name.to_string(), |chain, called| format!("{chain} > {called}"))
    }

    /// Each rule with all that has to hold for it to be tried and to match.
    pub(crate) fn with_calls(&self) -> impl Iterator<Item = (Vec<&Match>, &Rule)> {
        let mut within: Vec<(usize, &Rule)> = Vec::new();
        self.rules.iter().enumerate().map(move |(at, rule)| {
            within.retain(|(end, _)| at < *end);
            let around = within.iter().flat_map(|(_, outer)| &outer.when);
            let conditions = around.chain(&rule.when).collect();
            if self.behind(at) > 1 {
                within.push((at.saturating_add(self.behind(at)), rule));
            }
            (conditions, rule)
        })
    }

    /// Judges a route, and keeps each rule tried, on what evidence and to what effect.
    ///
    /// ```
    /// use bgp_policy::{Match, Policy, RouteView, Rule};
    /// use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
    ///
    /// let med = Rule::new("low").when(Match::Med("at most 10".parse().unwrap())).accept();
    /// let policy = Policy::builder("p").rule(med).build().unwrap();
    /// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    /// let route = RouteView::new("203.0.113.0/24".parse().unwrap(), &attrs, Asn(64500));
    /// assert_eq!(
    ///     policy.explain_route(route).to_string(),
    ///     "policy p on 203.0.113.0/24:\n\
    ///      - rule \"low\" does not match: it wants med at most 10, and med is absent\n\
    ///      - no rule decides, the default rejects\n"
    /// );
    /// ```
    pub fn explain_route<'a>(&'a self, route: RouteView<'a>) -> Explanation<'a> {
        let mut steps = Vec::new();
        let verdict = self.evaluate_with(route, |step| steps.push(step));
        Explanation { verdict, steps }
    }

    /// The reason in words.
    pub fn explain(&self, because: Because) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| match because {
            Because::Rule(i) => match self.rules.get(usize::from(i)) {
                Some(rule) => self.explain_rule(f, i, rule),
                None => write!(f, "policy {}: a rule that it no longer has", self.name),
            },
            Because::Default => {
                write!(f, "policy {}: no rule decides, the default {}", self.name, self.default)
            }
            Because::NoPolicy => {
                f.write_str("no policy: an external peer without one passes nothing (RFC 8212)")
            }
        })
    }

    fn explain_rule(&self, f: &mut fmt::Formatter<'_>, i: u16, rule: &Rule) -> fmt::Result {
        write!(f, "policy {}", self.name)?;
        self.chain(i).try_for_each(|called| write!(f, " > {called}"))?;
        let number = u32::from(i).saturating_add(1);
        write!(f, ": rule {number} \"{}\" {}", rule.name, rule.then)?;
        for (i, edit) in rule.edits.iter().enumerate() {
            write!(f, "{}{edit}", if i == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accepts",
            Self::Reject => "rejects",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "accepts",
            Self::Reject => "rejects",
            Self::Continue => "goes on",
        })
    }
}

#[cfg(test)]
mod tests;
