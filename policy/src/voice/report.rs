//! The report: all verdicts, and what they come to.

use super::rule::RuleId;
use super::states::State;
use super::verdict::Verdict;
use std::collections::BTreeMap;
use std::fmt;

/// What a report comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// Everything was decided and nothing failed; warnings and attestations aside.
    #[default]
    Verified,
    /// Nothing failed, and something was not observed or has to wait.
    Undecided,
    /// A rule failed.
    Failed,
}

/// What the verdicts on one prefix come to.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PrefixSummary {
    /// The prefix.
    pub prefix: String,
    /// The worst state of its verdicts.
    pub state: State,
    /// The rules that failed.
    pub failed: Vec<RuleId>,
    /// The rules that warn.
    pub warnings: Vec<RuleId>,
    /// The rules that could not be decided, where no other verdict of theirs is worse.
    pub undecided: Vec<RuleId>,
}

/// All verdicts over a plan and what was observed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Report {
    /// What it comes to.
    pub outcome: Outcome,
    /// What a reader has to know first: lab values in force, observations that fit no connection.
    pub notes: Vec<String>,
    /// Each prefix.
    pub prefixes: Vec<PrefixSummary>,
    /// Each verdict, in the order of the rules.
    pub verdicts: Vec<Verdict>,
}

impl Report {
    pub(crate) fn new(notes: Vec<String>, mut verdicts: Vec<Verdict>) -> Self {
        verdicts.sort_by(|a, b| (a.rule, &a.subject).cmp(&(b.rule, &b.subject)));
        Self { outcome: outcome(&verdicts), notes, prefixes: summaries(&verdicts), verdicts }
    }

    /// How many verdicts have this state, attested ones aside.
    pub fn count(&self, state: State) -> usize {
        self.verdicts.iter().filter(|v| v.state == state && !v.attested).count()
    }

    /// The verdicts of one rule.
    pub fn of(&self, rule: RuleId) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(move |v| v.rule == rule)
    }
}

fn outcome(verdicts: &[Verdict]) -> Outcome {
    let some = |states: &[State]| verdicts.iter().any(|v| states.contains(&v.state));
    if some(&[State::Failed, State::Invalid]) {
        Outcome::Failed
    } else if some(&[State::Pending, State::Unknown]) {
        Outcome::Undecided
    } else {
        Outcome::Verified
    }
}

fn summaries(verdicts: &[Verdict]) -> Vec<PrefixSummary> {
    let mut prefixes: BTreeMap<&str, BTreeMap<RuleId, State>> = BTreeMap::new();
    for verdict in verdicts {
        let Some(prefix) = &verdict.subject.prefix else { continue };
        let worst = prefixes.entry(prefix).or_default().entry(verdict.rule).or_insert(State::None);
        *worst = (*worst).max(verdict.state);
    }
    prefixes.into_iter().map(|(prefix, rules)| summary(prefix, &rules)).collect()
}

fn summary(prefix: &str, rules: &BTreeMap<RuleId, State>) -> PrefixSummary {
    let having = |states: &[State]| {
        rules.iter().filter(|(_, state)| states.contains(state)).map(|(rule, _)| *rule).collect()
    };
    PrefixSummary {
        prefix: prefix.to_owned(),
        state: rules.values().copied().max().unwrap_or(State::None),
        failed: having(&[State::Failed, State::Invalid]),
        warnings: having(&[State::Warning]),
        undecided: having(&[State::Pending, State::Unknown]),
    }
}

impl fmt::Display for PrefixSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18}  {:<8}", self.prefix, self.state)?;
        let lists = [("failed", &self.failed), ("warns", &self.warnings), ("undecided", &self.undecided)];
        for (what, rules) in lists.into_iter().filter(|(_, rules)| !rules.is_empty()) {
            write!(f, "  {what}: ")?;
            crate::listed(f, rules)?;
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Verified => "all verified",
            Self::Undecided => "nothing failed, not all could be decided",
            Self::Failed => "something failed",
        })
    }
}

impl fmt::Display for Report {
    /// Notes, prefixes, then each verdict that is not simply in order, and how many are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))?;
        self.prefixes.iter().try_for_each(|prefix| writeln!(f, "{prefix}"))?;
        let in_order = |v: &Verdict| !v.attested && v.state <= State::Verified;
        self.verdicts.iter().filter(|v| !in_order(v)).try_for_each(|verdict| writeln!(f, "{verdict}"))?;
        let verified = self.count(State::Verified);
        write!(f, "{}: {verified} of {} verdicts are Verified", self.outcome, self.verdicts.len())
    }
}
