//! VP-NO-AS12076 on accepted routes, VP-HOLD-TIME and VP-CONNECTION-ACTIVE.

use super::Sink;
use super::as_path::text;
use crate::voice::case::{Case, Session};
use crate::voice::configured::Configured;
use crate::voice::far_end;
use crate::voice::rule::RuleId;
use crate::voice::states::{ConnectionState, State};
use crate::voice::verdict::Verdict;

pub(super) fn no_as12076(case: &Case<'_>, out: Sink<'_>) {
    for session in &case.sessions {
        let verdict = |state| Verdict::new(RuleId::NoAs12076, session.subject(), state);
        let Some(accepted) = session.observed.and_then(|seen| seen.accepted.as_ref()) else {
            out(verdict(State::Unknown).evidence(
                "the routes accepted were not observed: the carrier's own daemon or BMP shows them",
                session.source(),
            ));
            continue;
        };
        let paths = || accepted.iter().filter_map(|route| Some((route, route.as_path.as_ref()?)));
        let offending = paths().filter(|(_, path)| path.view().contains(far_end::NEVER));
        let facts: Vec<_> = offending
            .map(|(route, path)| (format!("{}: {}", route.prefix, text(path)), session.source_of(route)))
            .collect();
        let hidden = accepted.len().saturating_sub(paths().count());
        out(match (facts.is_empty(), hidden) {
            (false, _) => verdict(State::Failed).facts(facts),
            (true, 0) => verdict(State::Verified)
                .evidence(format!("none of {} routes accepted has it", accepted.len()), session.source()),
            (true, hidden) => verdict(State::Unknown)
                .evidence(format!("AS_PATH of {hidden} routes was not observed"), session.source()),
        });
    }
}

pub(super) fn hold_time(case: &Case<'_>, out: Sink<'_>) {
    case.sessions.iter().for_each(|session| out(timers(session)));
}

/// What the plan states is only half of what both ends come to, and what it is worth is seen in the session.
fn timers(session: &Session<'_>) -> Verdict {
    let plan = &session.connection.session;
    let seen = session.observed;
    let negotiated = seen.and_then(|seen| seen.hold_time);
    let configured = session.configured().and_then(|configured| configured.hold_time.as_ref());
    let (stated, place) = match configured {
        Some(hold) => (Some(hold.value), hold.source()),
        None => (plan.hold_time, session.planned("session.hold_time")),
    };
    // What is negotiated is the smaller of the two ends' (RFC 4271 section 4.2).
    let stated = stated.map(|hold| hold.min(far_end::HOLD_TIME));
    let verdict = |state| Verdict::new(RuleId::HoldTime, session.subject(), state);
    let Some(hold) = negotiated.or(stated) else {
        return verdict(State::Unknown).evidence("the hold time is neither stated nor observed", place);
    };
    let keepalive = seen.and_then(|seen| seen.keepalive).or(keepalive_stated(session)).unwrap_or(hold / 3);
    let what = format!("hold time {hold} s (at least 10), keepalive time {keepalive} s (at least 3)");
    let is_unseen = seen.is_none_or(|seen| seen.keepalive.is_none());
    let to_be =
        session.configured().and_then(|configured| configured.keepalive.as_ref()).filter(|_| is_unseen);
    let to_be = to_be.map(|to_be| (format!("keepalive time {} s", to_be.value), to_be.source()));
    let verdict = match (hold < 10 || keepalive < 3, negotiated) {
        (true, None) => verdict(State::Failed).evidence(what, place),
        (true, Some(_)) => verdict(State::Failed).evidence(what, session.source()),
        (false, Some(_)) => verdict(State::Verified).evidence(what, session.source()),
        (false, None) => verdict(State::Unknown).evidence(what, place).evidence(
            "what both ends came to was not observed: a live session shows it, and BMP",
            session.source(),
        ),
    };
    verdict.facts(to_be)
}

/// The keepalive time by the router's configuration, else by the plan. One that only the plan states is none of a hold time
/// that the configuration has.
fn keepalive_stated(session: &Session<'_>) -> Option<u16> {
    match session.configured() {
        Some(Configured { keepalive: Some(keepalive), .. }) => Some(keepalive.value),
        Some(Configured { hold_time: Some(_), .. }) => None,
        _ => session.connection.session.keepalive,
    }
}

pub(super) fn connection_active(case: &Case<'_>, out: Sink<'_>) {
    for session in &case.sessions {
        let registered = session.peering.registered_prefixes.len();
        let (state, what) = match session.connection.state {
            Some(ConnectionState::Active) => (State::Verified, "the connection is Active".to_owned()),
            Some(other) if registered == 0 => (State::Pending, format!("the connection is {other}")),
            Some(other) => (
                State::Failed,
                format!("the connection is {other}, and {registered} prefixes are registered"),
            ),
            None => (State::Unknown, "the connection's state is not stated".to_owned()),
        };
        let verdict = Verdict::new(RuleId::ConnectionActive, session.subject(), state);
        out(verdict.evidence(what, session.planned("state")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{route, worst};
    use super::*;
    use crate::voice::{ObservedRoute, parse_as_path};

    /// (paths of the routes accepted on a session, state).
    #[test]
    fn accepted_paths() {
        let cases: &[(Option<&[Option<&str>]>, State)] = &[
            (None, State::Unknown),
            (Some(&[]), State::Verified),
            (Some(&[Some("8075"), Some("8075 64501")]), State::Verified),
            (Some(&[Some("8075"), Some("8075 12076")]), State::Failed),
            (Some(&[Some("12076 8075")]), State::Failed),
            (Some(&[Some("8075 {64501 12076}")]), State::Failed),
            (Some(&[Some("8075"), None]), State::Unknown),
            (Some(&[None, Some("12076")]), State::Failed),
        ];
        for (paths, state) in cases {
            let got = worst(RuleId::NoAs12076, |_, o| {
                o.sessions[0].accepted = paths.map(|paths| {
                    let path = |text: Option<&str>| text.map(|text| parse_as_path(text).unwrap());
                    paths.iter().map(|text| ObservedRoute { as_path: path(*text), ..route() }).collect()
                });
            });
            assert_eq!(got, *state, "{paths:?}");
        }
    }

    /// (hold and keepalive time in the plan, as observed, state).
    #[test]
    fn timers_by_plan_and_as_negotiated() {
        for (planned, seen, state) in [
            ((Some(180), Some(60)), (None, None), State::Unknown),
            ((Some(10), None), (None, None), State::Unknown),
            ((Some(180), Some(60)), (None, Some(60)), State::Unknown),
            ((Some(180), Some(60)), (Some(180), Some(60)), State::Verified),
            ((Some(180), None), (Some(180), None), State::Verified),
            ((Some(180), Some(60)), (Some(10), Some(3)), State::Verified),
            ((None, None), (Some(10), None), State::Verified),
            ((None, None), (Some(0), None), State::Failed),
            ((Some(9), None), (None, None), State::Failed),
            ((Some(0), Some(0)), (None, None), State::Failed),
            ((Some(180), Some(2)), (None, None), State::Failed),
            ((None, None), (None, None), State::Unknown),
            ((None, None), (Some(90), Some(30)), State::Verified),
            ((Some(180), Some(60)), (Some(9), Some(3)), State::Failed),
            ((Some(9), Some(3)), (Some(180), Some(60)), State::Verified),
        ] {
            let got = worst(RuleId::HoldTime, |plan, o| {
                let session = &mut plan.peerings[0].connections[0].session;
                (session.hold_time, session.keepalive) = planned;
                (o.sessions[0].hold_time, o.sessions[0].keepalive) = seen;
            });
            assert_eq!(got, state, "{planned:?} {seen:?}");
        }
    }

    /// (connection's state, with prefixes registered, without).
    #[test]
    fn connections() {
        for state in ConnectionState::ALL {
            for registered in [true, false] {
                let want = match (state, registered) {
                    (ConnectionState::Active, _) => State::Verified,
                    (_, true) => State::Failed,
                    (_, false) => State::Pending,
                };
                let got = worst(RuleId::ConnectionActive, |plan, _| {
                    plan.peerings[0].connections[0].state = Some(*state);
                    if !registered {
                        plan.peerings[0].registered_prefixes.clear();
                    }
                });
                assert_eq!(got, want, "{state} {registered}");
            }
        }
        let unstated = worst(RuleId::ConnectionActive, |p, _| p.peerings[0].connections[0].state = None);
        assert_eq!(unstated, State::Unknown);
    }
}
