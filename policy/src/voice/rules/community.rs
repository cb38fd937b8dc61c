//! VP-COMMUNITY.

use super::announced::Announced;
use crate::voice::configured::LeavesWith;
use crate::voice::far_end::COMMUNITY;
use crate::voice::observed::ObservedRoute;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::Verdict;
use bgp_wire::{AsPathBuf, Community, ExtendedCommunity};

pub(super) fn carried(announced: &Announced<'_>) -> Verdict {
    let Some(communities) = &announced.route.communities else {
        return configured(announced);
    };
    let source = announced.source();
    let value: Vec<u8> = communities.iter().flat_map(|c| c.0.to_be_bytes()).collect();
    let state = if communities.contains(&COMMUNITY) { State::Verified } else { State::Failed };
    let verdict =
        announced.verdict(RuleId::Community, state).attribute(text(communities), source.clone(), &value);
    let alike = look_alikes(announced.route).into_iter().filter(|_| state == State::Failed);
    verdict.facts(alike.map(|what| (format!("the {what} does not count"), source.clone())))
}

/// By the router's configuration, where the attribute was not seen: that the community is missing however the route leaves
/// fails the rule.
fn configured(announced: &Announced<'_>) -> Verdict {
    let unobserved = announced.unobserved(RuleId::Community, "COMMUNITIES");
    let Some(configured) = announced.session.configured() else { return unobserved };
    // The router's own ASN alone, as often as it is put there.
    let is_own = |path: &AsPathBuf| path.view().asns().all(|asn| asn == announced.case.plan.asn);
    let begins_bare = configured.begins_bare && announced.route.as_path.as_ref().is_some_and(is_own);
    let lacks = |with: &LeavesWith| !with.communities.contains(&COMMUNITY) && (!with.keeps || begins_bare);
    let leaves = &configured.communities;
    let is_missing = !leaves.is_empty() && leaves.iter().all(|with| lacks(&with.value));
    let verdict = if is_missing { announced.verdict(RuleId::Community, State::Failed) } else { unobserved };
    let what = |with: &LeavesWith| match (with.keeps && !begins_bare, with.communities.is_empty()) {
        (true, true) => "no communities are set beside those that the route came with".to_owned(),
        (true, false) => format!("{} beside those that the route came with", text(&with.communities)),
        (false, _) => text(&with.communities),
    };
    verdict.facts(leaves.iter().map(|with| (what(&with.value), with.source())))
}

fn text(communities: &[Community]) -> String {
    if communities.is_empty() {
        return "no COMMUNITIES".to_owned();
    }
    let list: Vec<_> = communities.iter().map(ToString::to_string).collect();
    format!("COMMUNITIES {}", list.join(" "))
}

/// The large and extended communities that somebody may have meant to be the voice community.
fn look_alikes(route: &ObservedRoute) -> Vec<String> {
    let (high, low) = (COMMUNITY.0 >> 16, COMMUNITY.0 & 0xffff);
    let large = route.large_communities.iter().flatten();
    let large = large.filter(|c| c.global == high && (c.local1 == low || c.local2 == low));
    let extended = route.extended_communities.iter().flatten().filter(|c| means_it(**c));
    large
        .map(|c| format!("large community {c}"))
        .chain(extended.map(|c| format!("extended community {c}")))
        .collect()
}

/// Whether the six octets after the type and subtype hold 8075 and 8007, in whichever of the two forms
/// that take an ASN (RFC 4360 section 3.1, RFC 5668).
fn means_it(ExtendedCommunity([_, _, value @ ..]): ExtendedCommunity) -> bool {
    let [a, b] = [COMMUNITY.0 >> 16, COMMUNITY.0 & 0xffff];
    let of = |octets: &[u8]| octets.iter().fold(0, |n, octet| (n << 8) | u64::from(*octet));
    let (two, four) = (value.split_at(2), value.split_at(4));
    [two, four].into_iter().any(|(asn, local)| of(asn) == u64::from(a) && of(local) == u64::from(b))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{route, verdict_on};
    use super::*;

    /// (extended community beside no other, whether the evidence names it).
    #[test]
    fn an_extended_community_does_not_count() {
        for (text, named) in [
            ("rt:8075:8007", true),
            ("ro:8075:8007", true),
            ("0x020200001f8b1f47", true),
            ("0x430000001f8b1f47", true),
            ("rt:8007:8075", false),
            ("color:8007", false),
        ] {
            let mut route = route();
            route.communities = Some(vec![]);
            route.extended_communities = Some(vec![text.parse().unwrap()]);
            let verdict = verdict_on(RuleId::Community, route);
            assert_eq!(verdict.state, State::Failed, "{text}");
            let found = verdict.evidence.iter().any(|e| e.what.contains("extended community"));
            assert_eq!(found, named, "{text}: {:?}", verdict.evidence);
        }
    }

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
