//! Whole reports: what good and bad prefixes come to.

use super::super::rules::testing::{PREFIX, observed, plan, report, route};
use crate::voice::{
    Observed, ObservedRoute, ObservedSession, Outcome, Plan, PrefixText, RULES, RuleId, State, judge,
    parse_as_path,
};

#[test]
fn a_plan_in_order_is_verified() {
    let report = judge(&plan(), &observed());
    let open: Vec<_> = report.verdicts.iter().filter(|v| v.state > State::Verified).map(|v| v.rule).collect();
    assert_eq!(open, []);
    assert_eq!(report.outcome, Outcome::Verified);
    assert_eq!(report.prefixes[0].state, State::Verified);
}

#[test]
fn without_the_registries_attested_they_alone_are_open() {
    let report = report(|plan, _| plan.attestations.irr = None);
    let open: Vec<_> = report.verdicts.iter().filter(|v| v.state > State::Verified).map(|v| v.rule).collect();
    assert_eq!(open, [[RuleId::OriginRegistered; 4].as_slice(), &[RuleId::IrrPeeringDb]].concat());
    assert_eq!(report.outcome, Outcome::Undecided);
    let [summary] = &report.prefixes[..] else { panic!("one prefix") };
    assert_eq!((summary.prefix.as_str(), summary.state), (PREFIX, State::Unknown));
    assert!(summary.failed.is_empty() && summary.warnings.is_empty());
    assert_eq!(summary.undecided, [RuleId::OriginRegistered]);
}

#[test]
fn every_rule_has_a_verdict() {
    for report in [judge(&plan(), &observed()), judge(&plan(), &Observed::default())] {
        for row in RULES {
            let unannounced = matches!(row.id, RuleId::Unregistered | RuleId::Consistent);
            assert!(unannounced || report.of(row.id).count() > 0, "{}", row.text);
        }
    }
    assert_eq!(judge(&plan(), &observed()).of(RuleId::Unregistered).count(), 1);
}

#[test]
fn what_was_not_observed_is_never_verified() {
    let report = judge(&plan(), &Observed::default());
    let live = [RuleId::AllSessions, RuleId::Bfd, RuleId::NoAs12076];
    let of_routes = [RuleId::Community, RuleId::AsPathLength, RuleId::AsPathPrivate, RuleId::AsPathPrepend];
    let more = [RuleId::AsPathSet, RuleId::OriginAsn, RuleId::OriginRegistered, RuleId::NextHop];
    for rule in live.into_iter().chain(of_routes).chain(more) {
        assert!(report.of(rule).count() > 0, "{rule}");
        assert!(report.of(rule).all(|v| v.state == State::Unknown), "{rule}");
    }
}

/// (prefix, change to its route, the rules that fail or warn).
#[test]
fn bad_prefixes_fail_by_the_rule_they_break() {
    let none: fn(&mut ObservedRoute) = |_| {};
    let path: fn(&mut ObservedRoute, &str) = |r, text| r.as_path = parse_as_path(text).ok();
    let cases: [(&str, Box<dyn Fn(&mut ObservedRoute)>, &[RuleId]); 8] = [
        ("198.51.100.0/24", Box::new(none), &[]),
        ("198.51.100.0/24", Box::new(|r| r.communities = Some(vec![])), &[RuleId::Community]),
        ("198.51.100.0/24", Box::new(move |r| path(r, "64500 64502 64503 64501")), &[RuleId::AsPathLength]),
        ("198.51.100.0/24", Box::new(move |r| path(r, "64500 64512 64501")), &[RuleId::AsPathPrivate]),
        ("198.51.100.0/24", Box::new(move |r| path(r, "64500 64500")), &[RuleId::AsPathPrepend]),
        ("198.51.100.0/24", Box::new(move |r| path(r, "64500 64502")), &[RuleId::OriginAsn]),
        ("192.168.0.0/24", Box::new(none), &[RuleId::PrefixPublic]),
        ("198.51.100.1/24", Box::new(none), &[RuleId::PrefixValid]),
    ];
    for (prefix, change, failed) in cases {
        let report = report(|_, o| {
            for session in &mut o.sessions {
                let routes = session.routes.as_mut().unwrap();
                let mut bad = ObservedRoute { prefix: PrefixText::new(prefix), ..routes[0].clone() };
                change(&mut bad);
                routes.push(bad);
            }
        });
        let summary = |name: &str| report.prefixes.iter().find(|p| p.prefix == name).unwrap();
        assert_eq!(summary(prefix).failed, failed, "{prefix}");
        assert_eq!(summary(prefix).warnings, [RuleId::Unregistered], "{prefix}");
        assert!(summary(PREFIX).failed.is_empty());
        let remedies = report.verdicts.iter().filter(|v| v.state >= State::Warning);
        assert!(remedies.into_iter().all(|v| v.remedy.is_some() && !v.evidence.is_empty()));
    }
}

#[test]
fn the_head_says_what_a_reader_must_know() {
    let notes = |change: fn(&mut Plan, &mut Observed)| report(change).notes;
    let lab = notes(|_, _| {});
    assert_eq!(lab.len(), 1);
    assert!(lab[0].starts_with("lab values are treated as public: 203.0.113.0/24, "), "{lab:?}");
    let stranger = notes(|p, o| {
        (p.treat_as_public.prefixes, p.treat_as_public.asns) = (vec![], vec![]);
        o.sessions.push(ObservedSession { connection: Some("fra-9".into()), ..ObservedSession::default() });
    });
    assert_eq!(stranger.len(), 1);
    assert!(stranger[0].ends_with("connection fra-9"), "{stranger:?}");
}

#[test]
fn sessions_are_found_by_either_address() {
    for peer in ["192.0.2.0", "192.0.2.1"] {
        let report = report(|_, o| {
            o.sessions[0].connection = None;
            o.sessions[0].peer = Some(peer.parse().unwrap());
        });
        assert_eq!(report.of(RuleId::AllSessions).map(|v| v.state).max(), Some(State::Verified));
    }
}

/// A fact says when it was seen: when the route was received, else when the session was looked at.
#[test]
fn evidence_says_when() {
    let when = |session: Option<&str>, route: Option<&str>| {
        let report = report(|_, o| {
            o.sessions[0].observed_timestamp = session.map(str::to_owned);
            o.sessions[0].routes.as_mut().unwrap()[0].received_timestamp = route.map(str::to_owned);
        });
        let mut verdicts = report.of(RuleId::Community);
        let first = verdicts.find(|v| v.subject.connection.as_deref() == Some("fra-1")).unwrap();
        first.evidence[0].clone()
    };
    assert_eq!(when(None, None).when, None);
    assert_eq!(when(Some("at noon"), None).when.as_deref(), Some("at noon"));
    assert_eq!(when(Some("at noon"), Some("before")).when.as_deref(), Some("before"));
    let text = when(None, Some("before")).to_string();
    assert_eq!(text, "COMMUNITIES 8075:8007 (session fra-1, routes.json, before)");
}

#[test]
fn a_report_reads_as_a_table() {
    let report = report(|_, o| {
        o.sessions[0].routes = Some(vec![ObservedRoute { communities: Some(vec![]), ..route() }]);
    });
    let text = report.to_string();
    for line in [
        "203.0.113.0/24      Failed    failed: VP-COMMUNITY",
        "Failed    VP-COMMUNITY             203.0.113.0/24, connection fra-1, peering fra",
        "            no COMMUNITIES (session fra-1, routes.json)",
        "attested  VP-LACP                  the plan",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(text.lines().last().unwrap().starts_with("something failed: "), "{text}");
}
