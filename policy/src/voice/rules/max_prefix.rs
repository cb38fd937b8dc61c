//! VP-MAX-PREFIX.

use super::Sink;
use crate::voice::case::{Case, Session};
use crate::voice::far_end;
use crate::voice::observed::ObservedSession;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;

pub(super) fn check(case: &Case<'_>, out: Sink<'_>) {
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
    let configured = session.configured().and_then(|configured| configured.max_prefix.as_ref());
    let by_default = configured.map_or(stated, |limit| limit.value);
    let is_seen = set.is_some() || borne.is_some_and(|n| n >= far_end::PREFIXES);
    let (state, what) = match set.or(by_default) {
        _ if reached => (State::Failed, reached_in_spite_of(session)),
        None if configured.is_some() => (State::Warning, "no limit is configured".to_owned()),
        None => (State::Warning, "no limit is stated".to_owned()),
        Some(limit) if u64::from(limit) < needed => (State::Failed, format!("a limit of {limit}")),
        Some(limit @ 400..=500) if is_seen => (State::Verified, format!("a limit of {limit}")),
        Some(limit @ 400..=500) if configured.is_some() => {
            (State::Unknown, format!("a limit of {limit} is configured"))
        }
        Some(limit @ 400..=500) => (State::Unknown, format!("a limit of {limit} is stated")),
        Some(limit) => (State::Warning, format!("a limit of {limit}; 400 to 500 is advised")),
    };
    let growth = format!("{needed} are needed: {expected} prefixes and 15 percent");
    let source = if received.is_some() { session.source() } else { "far end, as documented".into() };
    let planned = || session.planned("session.max_prefix");
    let other = |limit: &u32| set.or(by_default).is_some_and(|counts| counts != *limit);
    let to_be = configured.filter(|_| set.is_some()).and_then(|limit| Some((limit.value?, limit.source())));
    let to_be = to_be.filter(|(limit, _)| other(limit)).map(|(n, at)| (format!("a limit of {n}"), at));
    let other =
        stated.filter(other).map(|stated| (format!("the plan states a limit of {stated}"), planned()));
    let borne = match borne {
        Some(n) => Some(format!("the session bears {n} prefixes")),
        None => (state == State::Unknown).then(|| {
            "how many prefixes the session bears was not observed: a live session shows it".to_owned()
        }),
    };
    let place = match configured {
        _ if reached => planned().into(),
        _ if set.is_some() => session.source(),
        Some(limit) => limit.source().into(),
        None => planned().into(),
    };
    Verdict::new(RuleId::MaxPrefix, session.subject(), state)
        .evidence(what, place)
        .facts(to_be)
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

#[cfg(test)]
mod tests {
    use super::super::testing::worst;
    use super::*;
    use crate::voice::SessionState;

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
}
