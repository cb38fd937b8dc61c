//! Verdicts that one change would mend, as one cause.

use bgp_policy::voice::{RuleId, State, Subject, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// The most facts that a line of a table holds.
const MOST_FACTS: usize = 8;

/// Verdicts with one cause.
pub(crate) struct Cause<'a> {
    /// At least one.
    verdicts: Vec<&'a Verdict>,
}

/// What is not simply in order, failing first. One line is:
///
/// - one rule with the same evidence, on however many prefixes and sessions;
/// - one rule on one prefix over several sessions, whatever they show of it;
/// - several rules that the same attribute of the same routes breaks;
/// - one rule that could not be decided, on whatever.
pub(crate) fn causes(verdicts: &[Verdict]) -> Vec<Cause<'_>> {
    grouped(verdicts.iter().filter(|v| v.attested || v.state > State::Verified))
}

/// Likewise of verdicts that were chosen already.
pub(crate) fn grouped<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Vec<Cause<'a>> {
    let single = verdicts.map(|verdict| Cause { verdicts: vec![verdict] }).collect();
    let alike = merged(single, |cause| Some((cause.kind(), cause.facts_unless_unknown())));
    let of_prefixes = merged(alike, |cause| {
        let prefixes = cause.prefixes();
        (!prefixes.is_empty()).then(|| (cause.kind(), prefixes))
    });
    let mut causes = merged(of_prefixes, Cause::broken_attribute);
    causes.sort_by_key(|cause| match cause.state() {
        _ if cause.attested() => 3,
        State::Failed | State::Invalid => 0,
        State::Warning => 1,
        State::Verified | State::None => 4,
        _ => 2,
    });
    causes
}

/// Puts those together whose key is the same; one without a key stays alone.
fn merged<'a, K: Ord>(causes: Vec<Cause<'a>>, key: impl Fn(&Cause<'a>) -> Option<K>) -> Vec<Cause<'a>> {
    let (mut out, mut places) = (Vec::<Cause<'a>>::new(), BTreeMap::new());
    for cause in causes {
        let place = key(&cause).map(|key| *places.entry(key).or_insert(out.len()));
        match place.and_then(|place| out.get_mut(place)) {
            Some(first) => first.verdicts.extend(cause.verdicts),
            None => out.push(cause),
        }
    }
    out
}

impl<'a> Cause<'a> {
    fn first(&self) -> Option<&'a Verdict> {
        self.verdicts.first().copied()
    }

    fn kind(&self) -> Option<(RuleId, State, bool, Option<&'a str>)> {
        self.first().map(|v| (v.rule, v.state, v.attested, v.remedy.as_deref()))
    }

    fn facts_unless_unknown(&self) -> Vec<&'a str> {
        let known = self.verdicts.iter().filter(|v| v.state != State::Unknown);
        known.flat_map(|v| v.evidence.iter().map(|e| e.what.as_str())).collect()
    }

    fn prefixes(&self) -> BTreeSet<&'a str> {
        self.verdicts.iter().filter_map(|v| v.subject.prefix.as_deref()).collect()
    }

    /// The attribute that these verdicts fail for, and the routes it is of.
    fn broken_attribute(&self) -> Option<(State, BTreeSet<&'a Subject>, BTreeSet<&'a str>)> {
        let failed = self.verdicts.iter().filter(|v| v.state >= State::Warning);
        let bytes: BTreeSet<_> =
            failed.filter_map(|v| v.evidence.first().and_then(|e| e.bytes.as_deref())).collect();
        let named = bytes.iter().any(|bytes| !bytes.is_empty());
        named.then(|| (self.state(), self.verdicts.iter().map(|v| &v.subject).collect(), bytes))
    }

    /// What is known: of all its verdicts the same.
    pub(crate) fn state(&self) -> State {
        self.first().map_or(State::None, |v| v.state)
    }

    /// Whether it is vouched for.
    pub(crate) fn attested(&self) -> bool {
        self.first().is_some_and(|v| v.attested)
    }

    /// The state as a reader is told it.
    pub(crate) fn word(&self) -> &'static str {
        if self.attested() { "attested" } else { self.state().name() }
    }

    /// The rules.
    pub(crate) fn rules(&self) -> BTreeSet<RuleId> {
        self.verdicts.iter().map(|v| v.rule).collect()
    }

    /// What to do, a text for each rule that has one.
    pub(crate) fn remedies(&self) -> Vec<&'a str> {
        once(self.verdicts.iter().filter_map(|v| v.remedy.as_deref()))
    }

    /// What the portal will say.
    pub(crate) fn portal_messages(&self) -> Vec<&'a str> {
        once(self.verdicts.iter().filter_map(|v| v.portal_message.as_deref()))
    }

    /// What decided, each fact once; with its source where that is one.
    pub(crate) fn facts(&self) -> Vec<String> {
        let all = || self.verdicts.iter().flat_map(|v| &v.evidence);
        let mut told: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        all().for_each(|fact| _ = told.entry(&fact.what).or_default().insert(fact.to_string()));
        let one = |what: &str| told.get(what).filter(|told| told.len() == 1).and_then(BTreeSet::first);
        let whats = once(all().map(|fact| fact.what.as_str())).into_iter();
        let mut facts: Vec<String> = match self.verdicts.as_slice() {
            [alone] => alone.evidence.iter().map(ToString::to_string).collect(),
            _ => whats.map(|what| one(what).cloned().unwrap_or_else(|| what.to_owned())).collect(),
        };
        if facts.len() > MOST_FACTS {
            let more = facts.split_off(MOST_FACTS).len();
            facts.push(format!("and {more} facts more"));
        }
        facts
    }

    /// Whom it is about: prefixes, and on which connections.
    pub(crate) fn subject(&self) -> String {
        let prefixes = self.prefixes();
        let connections: BTreeSet<&str> =
            self.verdicts.iter().filter_map(|v| v.subject.connection.as_deref()).collect();
        let connections = connections.into_iter().collect::<Vec<_>>().join(", ");
        match (prefixes.len(), connections.is_empty()) {
            (0, false) => format!("on {connections}"),
            (0 | 1, true) => {
                let subjects = once(self.verdicts.iter().map(|v| &v.subject));
                subjects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            }
            (1, false) => format!("{}\non {connections}", prefixes.into_iter().collect::<String>()),
            (n, true) => format!("{n} prefixes"),
            (n, false) => format!("{n} prefixes\non {connections}"),
        }
    }
}

/// Each once, in the order of its first coming.
fn once<T: Ord + Copy>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(*item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn verdict(rule: &str, subject: &[&str], state: &str, facts: &[(&str, Option<&str>)]) -> Verdict {
        let keys = ["prefix", "connection"];
        let subject: serde_json::Map<String, Value> =
            keys.into_iter().zip(subject).map(|(key, name)| (key.to_owned(), json!(name))).collect();
        let evidence: Vec<_> = facts
            .iter()
            .map(|(what, bytes)| match bytes {
                Some(bytes) => json!({"what": what, "source": "here", "bytes": bytes}),
                None => json!({"what": what, "source": "here"}),
            })
            .collect();
        let remedy = (state != "Unknown" && state != "Verified").then(|| format!("mend {rule}"));
        let whole = json!({"rule": rule, "subject": subject, "state": state, "attested": false,
            "evidence": evidence, "remedy": remedy, "portal_message": null});
        serde_json::from_value(whole).unwrap()
    }

    /// The rules and the subject of each line.
    fn lines(verdicts: &[Verdict]) -> Vec<(String, String)> {
        let rules = |cause: &Cause<'_>| cause.rules().iter().map(ToString::to_string).collect::<Vec<_>>();
        causes(verdicts).iter().map(|cause| (rules(cause).join(" "), cause.subject())).collect()
    }

    fn line(rules: &str, subject: &str) -> (String, String) {
        (rules.to_owned(), subject.to_owned())
    }

    #[test]
    fn one_cause_is_one_line() {
        let no_community =
            |prefix, on| verdict("VP-COMMUNITY", &[prefix, on], "Failed", &[("no COMMUNITIES", Some(""))]);
        let path =
            |rule, prefix, on, text, bytes| verdict(rule, &[prefix, on], "Failed", &[(text, Some(bytes))]);
        let unknown = |prefix, what| verdict("VP-NEXTHOP", &[prefix], "Unknown", &[(what, None)]);
        for (verdicts, want) in [
            (vec![verdict("VP-BFD", &[], "Verified", &[])], vec![]),
            (
                vec![no_community("a", "1"), no_community("a", "2"), no_community("b", "1")],
                vec![line("VP-COMMUNITY", "2 prefixes\non 1, 2")],
            ),
            (
                vec![
                    path("VP-ASPATH-PREPEND", "a", "1", "x x", "01"),
                    path("VP-ASPATH-PREPEND", "a", "2", "x x x", "02"),
                    path("VP-ASPATH-PREPEND", "b", "1", "y y", "03"),
                ],
                vec![line("VP-ASPATH-PREPEND", "a\non 1, 2"), line("VP-ASPATH-PREPEND", "b\non 1")],
            ),
            (
                vec![
                    path("VP-ASPATH-LENGTH", "a", "1", "x x x x", "01"),
                    path("VP-ASPATH-PREPEND", "a", "1", "x x x x", "01"),
                ],
                vec![line("VP-ASPATH-LENGTH VP-ASPATH-PREPEND", "a\non 1")],
            ),
            (
                vec![unknown("a", "not seen on 1"), unknown("b", "not seen on 2")],
                vec![line("VP-NEXTHOP", "2 prefixes")],
            ),
            (
                vec![
                    unknown("a", "not seen"),
                    verdict("VP-CONSISTENT", &["a"], "Warning", &[("differs", None)]),
                    no_community("b", "1"),
                ],
                vec![line("VP-COMMUNITY", "b\non 1"), line("VP-CONSISTENT", "a"), line("VP-NEXTHOP", "a")],
            ),
        ] {
            assert_eq!(lines(&verdicts), want);
        }
    }

    #[test]
    fn facts_are_told_once_and_not_without_end() {
        let many: Vec<_> = (0..20)
            .map(|n| verdict("VP-NEXTHOP", &["a"], "Unknown", &[("same", None), (&n.to_string(), None)]))
            .collect();
        let facts = causes(&many)[0].facts();
        assert_eq!(facts.len(), MOST_FACTS + 1);
        assert_eq!((facts[0].as_str(), facts[8].as_str()), ("same (here)", "and 13 facts more"));
        let elsewhere = |source: &str| {
            let mut one = verdict("VP-NEXTHOP", &["a"], "Unknown", &[("same", None)]);
            source.clone_into(&mut one.evidence[0].source);
            one
        };
        assert_eq!(causes(&[elsewhere("here"), elsewhere("there")])[0].facts(), ["same"]);
        assert_eq!(causes(&many[..1])[0].facts(), ["same (here)", "0 (here)"]);
    }
}
