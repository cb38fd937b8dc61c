//! VP-NEXTHOP.

use super::announced::Announced;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;
use std::net::IpAddr;

pub(super) fn on_session(announced: &Announced<'_>) -> Verdict {
    let Some(next_hop) = announced.route.next_hop else {
        return configured(announced);
    };
    let (state, what) = judged(announced, next_hop);
    let session = &announced.session.connection.session;
    let subnet = session.local;
    announced
        .verdict(RuleId::NextHop, state)
        .evidence(format!("next hop {next_hop} {what}"), announced.source())
        .evidence(format!("{subnet} with peer {}", session.peer), announced.session.planned("session"))
}

/// By the router's configuration, where the next hop was not seen: a wrong one fails the rule.
fn configured(announced: &Announced<'_>) -> Verdict {
    let unobserved = announced.unobserved(RuleId::NextHop, "the next hop");
    let configured = announced.session.configured().and_then(|configured| configured.next_hop.as_ref());
    let Some(next_hop) = configured else { return unobserved };
    let (state, what) = judged(announced, next_hop.value);
    let verdict = match state {
        State::Failed => announced.verdict(RuleId::NextHop, State::Failed),
        _ => unobserved,
    };
    verdict.evidence(format!("next hop {} {what}", next_hop.value), next_hop.source())
}

fn judged(announced: &Announced<'_>, next_hop: IpAddr) -> (State, &'static str) {
    let session = &announced.session.connection.session;
    if next_hop.is_unspecified() {
        (State::Verified, "stands for the router itself, which sends its own address")
    } else if next_hop == session.peer {
        (State::Failed, "is the far end's own address")
    } else if next_hop == session.local.addr() {
        (State::Verified, "is the carrier's address on the session")
    } else if session.local.contains(&next_hop) {
        (State::Verified, "is on the session's subnet")
    } else {
        (State::Failed, "is not on the session's subnet")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{route, verdict_on};
    use super::*;

    /// The session of these routes has 192.0.2.0/31 with the carrier at .0 and the far end at .1.
    #[test]
    fn next_hops() {
        for (next_hop, state) in [
            (Some("192.0.2.0"), State::Verified),
            (Some("192.0.2.1"), State::Failed),
            (Some("192.0.2.2"), State::Failed),
            (Some("2001:db8::1"), State::Failed),
            // As routers print their own.
            (Some("0.0.0.0"), State::Verified),
            (Some("::"), State::Verified),
            (None, State::Unknown),
        ] {
            let mut route = route();
            route.next_hop = next_hop.map(|text| text.parse().unwrap());
            assert_eq!(verdict_on(RuleId::NextHop, route).state, state, "{next_hop:?}");
        }
    }
}
