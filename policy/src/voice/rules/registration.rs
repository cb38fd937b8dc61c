//! VP-UNREGISTERED, VP-REGISTERED-ONCE and VP-KEY-MATCH.

use super::Sink;
use crate::voice::case::{Case, Session};
use crate::voice::plan::{Peering, RegisteredPrefix};
use crate::voice::prefix_text::PrefixText;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use std::collections::BTreeSet;

pub(super) fn unregistered(case: &Case<'_>, out: Sink<'_>) {
    let announced: BTreeSet<_> = case.sessions.iter().flat_map(Session::routes).map(|r| &r.prefix).collect();
    for prefix in announced {
        let registered = case.registrations().any(|(_, r)| r.prefix == *prefix);
        let state = if registered { State::Verified } else { State::Warning };
        let what = if registered { "announced and registered" } else { "announced, not registered" };
        let verdict = Verdict::new(RuleId::Unregistered, Subject::prefix(prefix), state)
            .evidence(what, case.mentions(prefix).join("; "));
        out(match covering(case, prefix).filter(|_| !registered) {
            Some((peering, around)) => verdict.evidence(
                format!("{} covers it, which does not register it", around.prefix),
                format!("plan, peering {}, registered prefix {}", peering.name, around.name),
            ),
            None => verdict,
        });
    }
    for session in &case.sessions {
        let Some(n) = session.observed.and_then(|seen| seen.further).filter(|n| *n > 0) else { continue };
        let what =
            format!("{n} further prefixes are announced, none of them registered; they were counted only");
        let verdict = Verdict::new(RuleId::Unregistered, session.subject(), State::Warning);
        out(verdict.evidence(what, session.source()));
    }
}

fn covering<'a>(case: &Case<'a>, prefix: &PrefixText) -> Option<(&'a Peering, &'a RegisteredPrefix)> {
    let net = prefix.v4()?;
    case.registrations().find(|(_, r)| r.prefix.v4().is_some_and(|around| around.contains(&net)))
}

pub(super) fn registered_once(case: &Case<'_>, out: Sink<'_>) {
    let prefixes: BTreeSet<_> = case.registrations().map(|(_, r)| &r.prefix).collect();
    for prefix in prefixes {
        let all: Vec<_> = case.registrations().filter(|(_, r)| r.prefix == *prefix).collect();
        let state = if all.len() == 1 { State::Verified } else { State::Failed };
        let facts = all.iter().map(|(peering, registered)| {
            let line = format!("plan, peering {}, registered prefix {}", peering.name, registered.name);
            (format!("registered under peering {}", peering.name), line)
        });
        out(Verdict::new(RuleId::RegisteredOnce, Subject::prefix(prefix), state).facts(facts));
    }
}

pub(super) fn key_match(case: &Case<'_>, out: Sink<'_>) {
    for activation in &case.plan.activations {
        for activated in &activation.prefixes {
            let (state, what) = compared(case, &activated.prefix, &activated.key);
            let subject = Subject::prefix(&activated.prefix).in_activation(&activation.name);
            let line = format!("plan, activation {}", activation.name);
            out(Verdict::new(RuleId::KeyMatch, subject, state).evidence(what, line));
        }
    }
}

fn compared(case: &Case<'_>, prefix: &PrefixText, key: &str) -> (State, &'static str) {
    let mut registrations = case.registrations().filter(|(_, r)| r.prefix == *prefix).peekable();
    if !is_guid(key) {
        return (State::Failed, "the key is not a GUID (8-4-4-4-12 hexadecimal digits)");
    }
    if registrations.peek().is_none() {
        return (State::Failed, "the prefix is not registered");
    }
    let keys: Vec<&str> = registrations.filter_map(|(_, r)| r.key.as_deref()).collect();
    if keys.is_empty() {
        (State::Unknown, "the plan does not state the key issued at registration")
    } else if keys.iter().any(|issued| issued.trim().eq_ignore_ascii_case(key.trim())) {
        (State::Verified, "the key is the one issued at registration")
    } else {
        (State::Failed, "the key is not the one issued at registration")
    }
}

fn is_guid(key: &str) -> bool {
    let groups = key
        .trim()
        .split('-')
        .map(|group| if group.bytes().all(|b| b.is_ascii_hexdigit()) { group.len() } else { 0 });
    groups.eq([8, 4, 4, 4, 12])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{KEY, report, route, worst};
    use super::*;
    use crate::voice::{Observed, ObservedRoute, Plan};

    #[test]
    fn announced_prefixes_are_registered() {
        for (prefix, state, facts) in [
            ("203.0.113.0/24", State::Verified, 1),
            ("198.51.100.0/24", State::Warning, 1),
            ("203.0.113.128/25", State::Warning, 2),
        ] {
            let report = report(|_, o| {
                let other = ObservedRoute { prefix: PrefixText::new(prefix), ..route() };
                o.sessions[0].routes.as_mut().unwrap().push(other);
            });
            let found = report.of(RuleId::Unregistered).find(|v| v.subject.prefix.as_deref() == Some(prefix));
            let verdict = found.unwrap();
            assert_eq!((verdict.state, verdict.evidence.len()), (state, facts), "{prefix}");
        }
    }

    /// What was counted only warns here, and is unknown to the rules on routes.
    #[test]
    fn what_was_counted_only() {
        let report = report(|_, o| o.sessions[1].further = Some(7));
        let on_session = |rule| {
            let mut all = report.of(rule);
            all.find(|v| v.subject.prefix.is_none() && v.subject.connection.as_deref() == Some("fra-2"))
                .unwrap()
        };
        let warning = on_session(RuleId::Unregistered);
        assert_eq!(warning.state, State::Warning);
        assert!(warning.evidence[0].what.starts_with("7 further prefixes"));
        assert_eq!(on_session(RuleId::Community).state, State::Unknown);
        assert_eq!(on_session(RuleId::AsPathPrivate).state, State::Unknown);
    }

    #[test]
    fn once_is_enough() {
        assert_eq!(worst(RuleId::RegisteredOnce, |_, _| {}), State::Verified);
        for other in [0, 1] {
            let twice = |plan: &mut Plan, _: &mut Observed| {
                let registered = plan.peerings[0].registered_prefixes[0].clone();
                plan.peerings[other].registered_prefixes.push(registered);
            };
            assert_eq!(worst(RuleId::RegisteredOnce, twice), State::Failed);
        }
    }

    /// (key issued, key entered, state).
    #[test]
    fn keys() {
        let upper = KEY.to_uppercase();
        for (issued, entered, state) in [
            (Some(KEY), KEY, State::Verified),
            (Some(KEY), upper.as_str(), State::Verified),
            (Some(KEY), "11234567-89ab-cdef-0123-456789abcdef", State::Failed),
            (Some(KEY), "not a key", State::Failed),
            (Some(KEY), "01234567-89ab-cdef-0123-456789abcdeg", State::Failed),
            (Some(KEY), "0123456789abcdef0123456789abcdef", State::Failed),
            (Some(KEY), "", State::Failed),
            (None, KEY, State::Unknown),
            (None, "not a key", State::Failed),
        ] {
            let got = worst(RuleId::KeyMatch, |plan, _| {
                plan.peerings[0].registered_prefixes[0].key = issued.map(str::to_owned);
                plan.activations[0].prefixes[0].key = entered.to_owned();
            });
            assert_eq!(got, state, "{issued:?} {entered:?}");
        }
        let unregistered = worst(RuleId::KeyMatch, |plan, _| plan.peerings[0].registered_prefixes.clear());
        assert_eq!(unregistered, State::Failed);
    }
}
