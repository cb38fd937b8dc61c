//! VP-MAX-PREFIX, VP-NO-AS12076 on accepted routes, VP-HOLD-TIME and VP-CONNECTION-ACTIVE.

use super::Sink;
use super::as_path::text;
use crate::voice::case::{Case, Session};
use crate::voice::far_end;
use crate::voice::observed::ObservedSession;
use crate::voice::rule::RuleId;
use crate::voice::states::{ConnectionState, State};
use crate::voice::verdict::Verdict;

pub(super) fn max_prefix(case: &Case<'_>, out: Sink<'_>) {
    case.sessions.iter().for_each(|session| out(limit(session)));
}

/// No message tells a limit: the carrier's router knows it. Where that was not seen, what the plan states is believed once
/// the session bears all that the far end announces.
fn limit(session: &Session<'_>) -> Verdict {
    let seen = |field: fn(&ObservedSession) -> Option<u32>| session.observed.and_then(field);
    let received = seen(|seen| seen.prefixes_received);
    let expected = received.map_or(far_end::PREFIXES, |received| received.max(far_end::PREFIXES));
    let needed = u64::from(expected).saturating_mul(115).div_ceil(100);
    let reached = session.observed.is_some_and(|seen| seen.limit_reached == Some(true));
    let borne = received.filter(|_| session.is_up());
    let (set, stated) = (seen(|seen| seen.max_prefix), session.connection.session.max_prefix);
    let is_seen = set.is_some() || borne.is_some_and(|n| n >= far_end::PREFIXES);
    let (state, what) = match set.or(stated) {
        _ if reached => (State::Failed, reached_in_spite_of(session)),
        None => (State::Warning, "no limit is stated".to_owned()),
        Some(limit) if u64::from(limit) < needed => (State::Failed, format!("a limit of {limit}")),
        Some(limit @ 400..=500) if is_seen => (State::Verified, format!("a limit of {limit}")),
        Some(limit @ 400..=500) => (State::Unknown, format!("a limit of {limit} is stated")),
        Some(limit) => (State::Warning, format!("a limit of {limit}; 400 to 500 is advised")),
    };
    let growth = format!("{needed} are needed: {expected} prefixes and 15 percent");
    let source = if received.is_some() { session.source() } else { "far end, as documented".into() };
    let planned = || session.planned("session.max_prefix");
    let other = stated.filter(|stated| set.is_some_and(|set| set != *stated));
    let other = other.map(|stated| (format!("the plan states a limit of {stated}"), planned()));
    let borne = match borne {
        Some(n) => Some(format!("the session bears {n} prefixes")),
        None => (state == State::Unknown).then(|| {
            "how many prefixes the session bears was not observed: a live session shows it".to_owned()
        }),
    };
    let place = if set.is_some() && !reached { session.source() } else { planned().into() };
    Verdict::new(RuleId::MaxPrefix, session.subject(), state)
        .evidence(what, place)
        .facts(other)
        .evidence(growth, source)
        .facts(borne.map(|what| (what, session.source())))
}

/// What the plan states is not what the router has.
fn reached_in_spite_of(session: &Session<'_>) -> String {
    let stated = session.connection.session.max_prefix;
    let stated =
        stated.map_or_else(|| "no limit is stated".to_owned(), |n| format!("a limit of {n} is stated"));
    format!(
        "the carrier ended the session at its limit (Cease, Maximum Number of Prefixes Reached); {stated}"
    )
}

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
    // What is negotiated is the smaller of the two ends' (RFC 4271 section 4.2).
    let planned = plan.hold_time.map(|hold| hold.min(far_end::HOLD_TIME));
    let verdict = |state| Verdict::new(RuleId::HoldTime, session.subject(), state);
    let Some(hold) = negotiated.or(planned) else {
        return verdict(State::Unknown)
            .evidence("the hold time is neither stated nor observed", session.planned("session.hold_time"));
    };
    let keepalive = seen.and_then(|seen| seen.keepalive).or(plan.keepalive).unwrap_or(hold / 3);
    let what = format!("hold time {hold} s (at least 10), keepalive time {keepalive} s (at least 3)");
    match (hold < 10 || keepalive < 3, negotiated) {
        (true, None) => verdict(State::Failed).evidence(what, session.planned("session.hold_time")),
        (true, Some(_)) => verdict(State::Failed).evidence(what, session.source()),
        (false, Some(_)) => verdict(State::Verified).evidence(what, session.source()),
        (false, None) => {
            verdict(State::Unknown).evidence(what, session.planned("session.hold_time")).evidence(
                "what both ends came to was not observed: a live session shows it, and BMP",
                session.source(),
            )
        }
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
    use crate::voice::{ObservedRoute, SessionState, parse_as_path};

    /// (limit, prefixes received, state).
    #[test]
    fn limits() {
        for (limit, received, state) in [
            (None, None, State::Warning),
            (Some(0), None, State::Failed),
            (Some(321), None, State::Failed),
            (Some(322), None, State::Warning),
            (Some(399), None, State::Warning),
            (Some(400), None, State::Unknown),
            (Some(500), None, State::Unknown),
            (Some(501), None, State::Warning),
            (Some(2000), None, State::Warning),
            (Some(400), Some(10), State::Unknown),
            (Some(400), Some(279), State::Unknown),
            (Some(400), Some(280), State::Verified),
            (Some(500), Some(280), State::Verified),
            (Some(501), Some(280), State::Warning),
            (Some(400), Some(347), State::Verified),
            (Some(400), Some(348), State::Failed),
            (Some(400), Some(349), State::Failed),
            (Some(u32::MAX), Some(u32::MAX), State::Failed),
        ] {
            let got = worst(RuleId::MaxPrefix, |plan, o| {
                plan.peerings[0].connections[0].session.max_prefix = limit;
                o.sessions[0].prefixes_received = received;
            });
            assert_eq!(got, state, "{limit:?} {received:?}");
        }
    }

    /// (limit stated, limit of the router, prefixes received, state). What the router has counts.
    #[test]
    fn a_limit_that_was_seen() {
        for (stated, set, received, state) in [
            (Some(450), Some(450), None, State::Verified),
            (None, Some(400), None, State::Verified),
            (Some(450), Some(321), None, State::Failed),
            (Some(450), Some(322), Some(280), State::Warning),
            (Some(450), Some(399), Some(348), State::Failed),
            (Some(100), Some(450), Some(280), State::Verified),
            (Some(450), Some(501), Some(280), State::Warning),
        ] {
            let got = worst(RuleId::MaxPrefix, |plan, o| {
                let connections = plan.peerings.iter_mut().flat_map(|p| &mut p.connections);
                connections.for_each(|c| c.session.max_prefix = stated);
                for session in &mut o.sessions {
                    (session.max_prefix, session.prefixes_received) = (set, received);
                }
            });
            assert_eq!(got, state, "{stated:?} {set:?} {received:?}");
        }
    }

    /// Whatever is stated, what no session bears is not known.
    #[test]
    fn a_limit_that_nothing_has_tried() {
        for (session, state) in [
            (Some(SessionState::Established), State::Verified),
            (Some(SessionState::Active), State::Unknown),
            (None, State::Unknown),
        ] {
            assert_eq!(worst(RuleId::MaxPrefix, |_, o| o.sessions[0].state = session), state, "{session:?}");
        }
        assert_eq!(worst(RuleId::MaxPrefix, |_, o| drop(o.sessions.remove(0))), State::Unknown);
    }

    /// A session that the carrier's router ended at its limit contradicts whatever the plan states.
    #[test]
    fn a_limit_that_was_reached() {
        for (limit, reached, state) in [
            (Some(450), Some(true), State::Failed),
            (None, Some(true), State::Failed),
            (Some(450), Some(false), State::Verified),
        ] {
            let got = worst(RuleId::MaxPrefix, |plan, o| {
                plan.peerings[0].connections[0].session.max_prefix = limit;
                o.sessions[0].limit_reached = reached;
            });
            assert_eq!(got, state, "{limit:?} {reached:?}");
        }
    }

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
