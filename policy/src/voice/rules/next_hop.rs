//! VP-NEXTHOP.

use super::announced::Announced;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;

pub(super) fn on_session(announced: &Announced<'_>) -> Verdict {
    let Some(next_hop) = announced.route.next_hop else {
        return announced.unobserved(RuleId::NextHop, "the next hop");
    };
    let session = &announced.session.connection.session;
    let (state, what) = if next_hop.is_unspecified() {
        (State::Verified, "stands for the router itself, which sends its own address")
    } else if next_hop == session.peer {
        (State::Failed, "is the far end's own address")
    } else if next_hop == session.local.addr() {
        (State::Verified, "is the carrier's address on the session")
    } else if session.local.contains(&next_hop) {
        (State::Verified, "is on the session's subnet")
    } else {
        (State::Failed, "is not on the session's subnet")
    };
    let subnet = session.local;
    announced
        .verdict(RuleId::NextHop, state)
        .evidence(format!("next hop {next_hop} {what}"), announced.source())
        .evidence(format!("{subnet} with peer {}", session.peer), announced.session.planned("session"))
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
