//! VP-COMMUNITY.

use super::announced::Announced;
use crate::voice::far_end::COMMUNITY;
use crate::voice::observed::ObservedRoute;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;
use bgp_wire::Community;

pub(super) fn carried(announced: &Announced<'_>) -> Verdict {
    let Some(communities) = &announced.route.communities else {
        return announced.unobserved(RuleId::Community, "COMMUNITIES");
    };
    let source = announced.source();
    let value: Vec<u8> = communities.iter().flat_map(|c| c.0.to_be_bytes()).collect();
    let state = if communities.contains(&COMMUNITY) { State::Verified } else { State::Failed };
    let verdict = announced.verdict(RuleId::Community, state).attribute(text(communities), &source, &value);
    match look_alike(announced.route).filter(|_| state == State::Failed) {
        Some(large) => verdict.evidence(format!("the large community {large} does not count"), source),
        None => verdict,
    }
}

fn text(communities: &[Community]) -> String {
    if communities.is_empty() {
        return "no COMMUNITIES".to_owned();
    }
    let list: Vec<_> = communities.iter().map(ToString::to_string).collect();
    format!("COMMUNITIES {}", list.join(" "))
}

/// A large community that somebody may have meant to be the voice community.
fn look_alike(route: &ObservedRoute) -> Option<bgp_wire::LargeCommunity> {
    let (high, low) = (COMMUNITY.0 >> 16, COMMUNITY.0 & 0xffff);
    let mut large = route.large_communities.iter().flatten();
    large.find(|c| c.global == high && (c.local1 == low || c.local2 == low)).copied()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{route, verdict_on};
    use super::*;

    /// (communities, large communities, state, facts).
    #[test]
    fn communities() {
        use State::{Failed, Unknown, Verified};
        let cases: &[(Option<&[&str]>, &[&str], State, usize)] = &[
            (Some(&["8075:8007"]), &[], Verified, 1),
            (Some(&["64500:1", "8075:8007", "no-export"]), &[], Verified, 1),
            (Some(&["8075:8007"]), &["8075:8007:0"], Verified, 1),
            (Some(&[]), &[], Failed, 1),
            (Some(&["8075:8008"]), &[], Failed, 1),
            (Some(&["8007:8075"]), &[], Failed, 1),
            (Some(&[]), &["8075:8007:0"], Failed, 2),
            (Some(&[]), &["8075:0:8007"], Failed, 2),
            (Some(&[]), &["64500:8075:8007"], Failed, 1),
            (None, &["8075:8007:0"], Unknown, 1),
        ];
        for (standard, large, state, facts) in cases {
            let mut route = route();
            route.communities = standard.map(|list| list.iter().map(|c| c.parse().unwrap()).collect());
            route.large_communities = Some(large.iter().map(|c| c.parse().unwrap()).collect());
            let verdict = verdict_on(RuleId::Community, route);
            assert_eq!((verdict.state, verdict.evidence.len()), (*state, *facts), "{standard:?} {large:?}");
        }
    }

    #[test]
    fn the_evidence_is_the_attribute() {
        let mut route = route();
        route.communities = Some(vec![Community::new(8075, 8008)]);
        let verdict = verdict_on(RuleId::Community, route);
        let fact = &verdict.evidence[0];
        assert_eq!((fact.what.as_str(), fact.bytes.as_deref()), ("COMMUNITIES 8075:8008", Some("1f8b1f48")));
        assert_eq!(fact.source, "session fra-1, routes.json");
    }
}
