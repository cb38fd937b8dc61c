//! Policies put together in Rust.

use super::{Action, Call, Decision, MAX_RULES, Policy, Rule, TooManyRules};
use crate::edit::Edit;
use crate::matching::Match;

impl Rule {
    /// A rule that matches every route, edits nothing and goes on.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), when: Box::default(), edits: Box::default(), then: Action::Continue }
    }

    /// The same where one more condition holds.
    #[must_use]
    pub fn when(mut self, condition: Match) -> Self {
        self.when = with(self.when, condition);
        self
    }

    /// The same with one more edit.
    #[must_use]
    pub fn edit(mut self, edit: Edit) -> Self {
        self.edits = with(self.edits, edit);
        self
    }

    /// The same, and the route passes.
    #[must_use]
    pub fn accept(self) -> Self {
        Self { then: Action::Accept, ..self }
    }

    /// The same, and the route does not pass.
    #[must_use]
    pub fn reject(self) -> Self {
        Self { then: Action::Reject, ..self }
    }
}

fn with<T>(list: Box<[T]>, item: T) -> Box<[T]> {
    let mut list = list.into_vec();
    list.push(item);
    list.into()
}

/// A policy in the making: rules and calls of other policies, in order. Without [`default`](Self::default_decision) it
/// rejects what nothing decides.
///
/// ```
/// use bgp_policy::{Edit, Match, Policy, Rule};
///
/// let clean = Policy::builder("clean")
///     .rule(Rule::new("private ASNs").when(Match::PrivateAsn).reject())
///     .rule(Rule::new("sets").when(Match::AsSet).reject())
///     .build()
///     .unwrap();
/// let policy = Policy::builder("from-carrier")
///     .call(&clean)
///     .rule(Rule::new("short").when(Match::PathLength("at most 3".parse().unwrap())).edit(Edit::SetLocalPref(200)).accept())
///     .build()
///     .unwrap();
/// assert_eq!(policy.rules().len(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct PolicyBuilder {
    name: Box<str>,
    rules: Vec<Rule>,
    default: Decision,
    calls: Vec<Call>,
    skips: Vec<u32>,
}

impl Policy {
    /// Begins a policy.
    pub fn builder(name: impl Into<Box<str>>) -> PolicyBuilder {
        PolicyBuilder {
            name: name.into(),
            rules: Vec::new(),
            default: Decision::Reject,
            calls: Vec::new(),
            skips: Vec::new(),
        }
    }
}

impl PolicyBuilder {
    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self.skips.push(1);
        self
    }

    /// Adds the rules of another policy; its default does not count.
    #[must_use]
    pub fn call(mut self, policy: &Policy) -> Self {
        let from = self.rules.len();
        // One with too many rules will not be built.
        if from > MAX_RULES || policy.rules.is_empty() {
            return self;
        }
        let to = from.saturating_add(policy.rules.len());
        self.rules.extend(policy.rules.iter().cloned());
        self.skips.extend((0..policy.rules.len()).map(|at| policy.skips.get(at).copied().unwrap_or(1)));
        self.calls.push(Call { name: policy.name.clone(), from, to });
        self.calls.extend(policy.calls.iter().map(|call| Call {
            name: call.name.clone(),
            from: call.from.saturating_add(from),
            to: call.to.saturating_add(from),
        }));
        self
    }

    /// Adds the rules of another policy for routes that `rule` matches; its edits are made, and its action does not count.
    #[must_use]
    pub fn call_when(mut self, rule: Rule, policy: &Policy) -> Self {
        let called = u32::try_from(policy.rules.len()).unwrap_or(u32::MAX);
        self.rules.push(Rule { then: Action::Continue, ..rule });
        self.skips.push(called.saturating_add(1));
        self.call(policy)
    }

    /// What becomes of a route that nothing decides.
    #[must_use]
    pub fn default_decision(self, default: Decision) -> Self {
        Self { default, ..self }
    }

    /// The policy.
    pub fn build(self) -> Result<Policy, TooManyRules> {
        let Self { name, rules, default, calls, skips } = self;
        let skips = if skips.iter().all(|skip| *skip == 1) { Vec::new() } else { skips };
        Policy::put_together(name, rules.into(), default, calls.into(), skips.into())
    }
}
