//! VP-ALL-SESSIONS and VP-CONSISTENT.

use super::Sink;
use crate::voice::case::{Case, Session};
use crate::voice::observed::ObservedRoute;
use crate::voice::prefix_text::PrefixText;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn all_sessions(case: &Case<'_>, out: Sink<'_>) {
    for (peering, registered) in case.registrations() {
        let sessions = case.sessions.iter().filter(|s| s.peering.name == peering.name);
        let subject = Subject::prefix(&registered.prefix).in_peering(&peering.name);
        out(everywhere(subject, &registered.prefix, &sessions.collect::<Vec<_>>()));
    }
    for activation in &case.plan.activations {
        let sessions: Vec<_> = case.sessions_of(activation).collect();
        for activated in &activation.prefixes {
            let subject = Subject::prefix(&activated.prefix).in_activation(&activation.name);
            out(everywhere(subject, &activated.prefix, &sessions));
        }
    }
}

fn everywhere(subject: Subject, prefix: &PrefixText, sessions: &[&Session<'_>]) -> Verdict {
    let (held, able): (Vec<&Session<'_>>, Vec<_>) = sessions.iter().partition(|s| s.held_by().is_some());
    let lacking = |wanted| able.iter().filter(move |s| s.announces(prefix) == wanted);
    let (missing, unseen) = (lacking(Some(false)).count(), lacking(None).count());
    let state = match (missing, unseen) {
        (0, 0) if sessions.is_empty() => State::Unknown,
        (0, 0) if !held.is_empty() => State::Pending,
        (0, 0) => State::Verified,
        (0, _) => State::Unknown,
        _ => State::Failed,
    };
    let fact =
        |s: &Session<'_>, what: &str| (format!("{} {what}", s.connection.session.local.addr()), s.source());
    let absent = lacking(Some(false)).map(|s| match s.not_up() {
        Some(state) => fact(s, &format!("cannot announce it: its session is {state}{}", last_down(s))),
        None => fact(s, "does not announce it"),
    });
    let unknown = lacking(None).map(|s| fact(s, "was not observed"));
    // One cause is one failure: what keeps the session down fails by itself.
    let waiting = held.iter().filter_map(|s| {
        let (state, rule) = (s.not_up()?, s.held_by()?);
        Some(fact(s, &format!("cannot announce it yet: its session is {state}, see {rule}")))
    });
    let facts = absent.chain(unknown).chain(waiting);
    let verdict = Verdict::new(RuleId::AllSessions, subject, state).facts(facts);
    let addresses: Vec<_> =
        lacking(Some(false)).map(|s| s.connection.session.local.addr().to_string()).collect();
    let verdict = if lacking(Some(false)).all(|s| s.not_up().is_some()) {
        verdict.remedy(
            "bring the sessions named in the evidence up: BFD first, then BGP between these addresses, without a password: \
             one that the far end does not have keeps a session down, and most routers do not say so",
        )
    } else {
        verdict
    };
    match state {
        State::Verified => {
            verdict.evidence(format!("announced on all {} sessions", sessions.len()), names(sessions))
        }
        State::Failed => verdict.portal(format!("the prefix was not received from {}", addresses.join(", "))),
        _ if sessions.is_empty() => verdict.evidence("the plan has no session there", "plan, connections"),
        _ => verdict,
    }
}

fn last_down(session: &Session<'_>) -> String {
    let why = session.observed.and_then(|seen| seen.last_down.as_ref());
    why.map_or_else(String::new, |why| format!("; when it last ended, {why}"))
}

fn names(sessions: &[&Session<'_>]) -> String {
    let names: Vec<_> = sessions.iter().map(|s| s.source().to_string()).collect();
    names.join("; ")
}

pub(super) fn consistent(case: &Case<'_>, out: Sink<'_>) {
    let mut prefixes: BTreeMap<&PrefixText, Vec<(&Session<'_>, &ObservedRoute)>> = BTreeMap::new();
    for session in &case.sessions {
        session.routes().for_each(|route| prefixes.entry(&route.prefix).or_default().push((session, route)));
    }
    prefixes.into_iter().for_each(|(prefix, announced)| out(same(prefix, &announced)));
}

fn same(prefix: &PrefixText, announced: &[(&Session<'_>, &ObservedRoute)]) -> Verdict {
    let state =
        announced.iter().fold([Seen::default(), Seen::default(), Seen::default()], |mut seen, (_, route)| {
            seen.iter_mut().zip(attributes(route)).for_each(|(seen, value)| seen.add(value));
            seen
        });
    let state = if announced.len() < 2 {
        State::None
    } else if state.iter().any(|seen| seen.values.len() > 1) {
        State::Warning
    } else if state.iter().any(|seen| seen.unobserved) {
        State::Unknown
    } else {
        State::Verified
    };
    let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (session, route) in announced {
        alike.entry(side(route)).or_default().push(session.source().to_string());
    }
    let facts = alike.into_iter().map(|(what, sources)| (what, sources.join("; ")));
    Verdict::new(RuleId::Consistent, Subject::prefix(prefix), state).facts(facts)
}

/// The values that one attribute was seen with.
#[derive(Default)]
struct Seen {
    values: BTreeSet<String>,
    unobserved: bool,
}

impl Seen {
    fn add(&mut self, value: Option<String>) {
        match value {
            Some(value) => drop(self.values.insert(value)),
            None => self.unobserved = true,
        }
    }
}

/// AS_PATH, COMMUNITIES in order, and ORIGIN.
fn attributes(route: &ObservedRoute) -> [Option<String>; 3] {
    let communities = route.communities.as_ref().map(|list| {
        let sorted: BTreeSet<_> = list.iter().collect();
        sorted.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    });
    [
        route.as_path.as_ref().map(ToString::to_string),
        communities,
        route.origin.map(|origin| origin.to_string()),
    ]
}

fn side(route: &ObservedRoute) -> String {
    let [path, communities, origin] =
        attributes(route).map(|value| value.unwrap_or_else(|| "not observed".to_owned()));
    format!("AS_PATH [{path}], COMMUNITIES [{communities}], ORIGIN [{origin}]")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{PREFIX, report, worst};
    use super::*;
    use crate::voice::{BfdState, Observed, ObservedSession, Plan, SessionState, parse_as_path};

    type Change = fn(&mut Plan, &mut Observed);

    /// (change, state by the registration, state by the activation).
    #[test]
    fn on_all_sessions() {
        use State::{Failed, Pending, Unknown, Verified};
        fn down(o: &mut Observed, number: usize) -> &mut ObservedSession {
            let session = &mut o.sessions[number];
            (session.routes, session.state) = (None, Some(SessionState::Active));
            session
        }
        let cases: [(&str, Change, State, State); 15] = [
            ("all four", |_, _| {}, Verified, Verified),
            ("one of four lacks it", |_, o| o.sessions[3].routes = Some(vec![]), Verified, Failed),
            ("the redundant lacks it", |_, o| o.sessions[1].routes = Some(vec![]), Failed, Failed),
            ("one was not observed", |_, o| o.sessions[1].routes = None, Unknown, Unknown),
            ("one was not seen at all", |_, o| drop(o.sessions.remove(3)), Verified, Unknown),
            (
                "missing outweighs unseen",
                |_, o| {
                    o.sessions[0].routes = Some(vec![]);
                    o.sessions[1].routes = None;
                },
                Failed,
                Failed,
            ),
            (
                "no backup chosen",
                |p, o| {
                    p.activations[0].backup_location = None;
                    o.sessions[3].routes = Some(vec![]);
                },
                Verified,
                Verified,
            ),
            ("nothing was observed", |_, o| o.sessions.clear(), Unknown, Unknown),
            (
                "one is down, and nothing is known of its routes",
                |_, o| {
                    o.sessions[3].routes = None;
                    o.sessions[3].state = Some(SessionState::Connect);
                },
                Verified,
                Failed,
            ),
            (
                "one is up, and nothing is known of its routes",
                |_, o| o.sessions[3].routes = None,
                Verified,
                Unknown,
            ),
            (
                "one waits for BFD",
                |_, o| down(o, 0).bfd.as_mut().unwrap().state = BfdState::Down,
                Pending,
                Pending,
            ),
            ("one has a password", |_, o| down(o, 3).md5 = Some(true), Verified, Pending),
            ("one ended at its limit", |_, o| down(o, 3).limit_reached = Some(true), Verified, Pending),
            (
                "missing outweighs waiting",
                |_, o| {
                    down(o, 0).md5 = Some(true);
                    o.sessions[1].routes = Some(vec![]);
                },
                Failed,
                Failed,
            ),
            (
                "unseen outweighs waiting",
                |_, o| {
                    down(o, 0).limit_reached = Some(true);
                    o.sessions[3].routes = None;
                },
                Pending,
                Unknown,
            ),
        ];
        for (name, change, registered, activated) in cases {
            let report = report(change);
            let state = |activation: bool| {
                let mut all = report.of(RuleId::AllSessions);
                all.find(|v| v.subject.activation.is_some() == activation).unwrap().state
            };
            assert_eq!((state(false), state(true)), (registered, activated), "{name}");
        }
    }

    #[test]
    fn the_message_lists_the_addresses_that_lack_it() {
        let report = report(|_, o| {
            o.sessions[0].routes = Some(vec![]);
            o.sessions[3].routes = Some(vec![]);
        });
        let verdict = report.of(RuleId::AllSessions).find(|v| v.subject.activation.is_some()).unwrap();
        let message = verdict.portal_message.as_deref();
        assert_eq!(message, Some("the prefix was not received from 192.0.2.0, 192.0.2.6"));
        assert_eq!(verdict.evidence.len(), 2);
    }

    /// What is down is not mended by announcing, and why it is down is told where that is known.
    #[test]
    fn the_remedy_for_a_session_that_is_down() {
        let of = |change: Change| {
            let report = report(change);
            report.of(RuleId::AllSessions).find(|v| v.state == State::Failed).unwrap().clone()
        };
        let down = of(|_, o| {
            let session = &mut o.sessions[0];
            (session.routes, session.state) = (None, Some(SessionState::Idle));
            session.last_down = Some("the peer sent 6/2 Cease, Administrative Shutdown".into());
        });
        let fact = "192.0.2.0 cannot announce it: its session is Idle; when it last ended, the peer sent 6/2 Cease, \
                    Administrative Shutdown";
        assert_eq!(down.evidence[0].what, fact);
        assert!(down.remedy.unwrap().starts_with("bring the sessions named in the evidence up"));
        let both = of(|_, o| {
            (o.sessions[0].routes, o.sessions[0].state) = (None, Some(SessionState::Idle));
            o.sessions[1].routes = Some(vec![]);
        });
        assert!(both.remedy.unwrap().starts_with("announce the prefix"));
    }

    #[test]
    fn consistency() {
        use State::{None, Unknown, Verified, Warning};
        let cases: [(&str, Change, State); 6] = [
            ("all alike", |_, _| {}, Verified),
            (
                "another path",
                |_, o| {
                    o.sessions[1].routes.as_mut().unwrap()[0].as_path = parse_as_path("64500 64501").ok();
                },
                Warning,
            ),
            (
                "another origin",
                |_, o| {
                    o.sessions[1].routes.as_mut().unwrap()[0].origin = Some(bgp_wire::Origin::Egp);
                },
                Warning,
            ),
            (
                "the order of communities does not matter",
                |_, o| {
                    for (i, session) in o.sessions.iter_mut().enumerate() {
                        let (a, b) = ("8075:8007".parse().unwrap(), "64500:1".parse().unwrap());
                        let list = if i % 2 == 0 { vec![a, b] } else { vec![b, a] };
                        session.routes.as_mut().unwrap()[0].communities = Some(list);
                    }
                },
                Verified,
            ),
            (
                "an attribute was not observed",
                |_, o| {
                    o.sessions[1].routes.as_mut().unwrap()[0].origin = Option::None;
                },
                Unknown,
            ),
            ("one session alone", |_, o| o.sessions.truncate(1), None),
        ];
        for (name, change, state) in cases {
            assert_eq!(worst(RuleId::Consistent, change), state, "{name}");
        }
    }

    #[test]
    fn differing_sides_stand_side_by_side() {
        let report = report(|_, o| {
            o.sessions[1].routes.as_mut().unwrap()[0].as_path = parse_as_path("64500 64501").ok();
        });
        let verdict =
            report.of(RuleId::Consistent).find(|v| v.subject.prefix.as_deref() == Some(PREFIX)).unwrap();
        assert_eq!(verdict.evidence.len(), 2);
        assert!(verdict.evidence[0].what.starts_with("AS_PATH [64500 64501], "));
        assert_eq!(verdict.evidence[0].source, "session fra-2, routes.json");
    }
}
