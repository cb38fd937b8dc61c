use super::*;
use crate::EditContext;
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};

fn rule(name: &str, when: Vec<Match>, edits: Vec<Edit>, then: Action) -> Rule {
    Rule { name: name.into(), when: when.into(), edits: edits.into(), then }
}

fn policy(default: Decision) -> Policy {
    let rules = vec![
        rule("low", vec![Match::Med(1.into())], vec![Edit::SetLocalPref(50)], Action::Continue),
        rule(
            "never",
            vec![Match::Med(1.into()), Match::Origin(Origin::Egp)],
            vec![Edit::SetMed(9)],
            Action::Reject,
        ),
        rule("igp", vec![Match::Origin(Origin::Igp)], vec![Edit::SetMed(3)], Action::Accept),
    ];
    Policy::new("p", rules, default).unwrap()
}

fn attrs(origin: Origin, med: Option<u32>) -> AttributeSet {
    let mut attrs = AttributeSet::new(origin, NextHop::V4([192, 0, 2, 1].into()));
    attrs.med = med;
    attrs
}

fn view(attrs: &AttributeSet) -> RouteView<'_> {
    RouteView::new("203.0.113.0/24".parse().unwrap(), attrs, Asn(64500))
}

/// (origin, MED, default, what comes of it).
#[test]
fn verdicts() {
    use Because::{Default, Rule};
    use Decision::{Accept, Reject};
    for (origin, med, default, accept, because, edits) in [
        (Origin::Igp, None, Reject, true, Rule(2), vec![Edit::SetMed(3)]),
        (Origin::Igp, Some(1), Reject, true, Rule(2), vec![Edit::SetLocalPref(50), Edit::SetMed(3)]),
        (Origin::Egp, Some(1), Accept, false, Rule(1), vec![]),
        (Origin::Egp, None, Accept, true, Default, vec![]),
        (Origin::Incomplete, Some(1), Accept, true, Default, vec![Edit::SetLocalPref(50)]),
        (Origin::Incomplete, Some(1), Reject, false, Default, vec![]),
    ] {
        let (policy, attrs) = (policy(default), attrs(origin, med));
        let verdict = policy.evaluate(view(&attrs));
        assert_eq!((verdict.accept, verdict.because), (accept, because), "{origin} {med:?}");
        assert_eq!(verdict.edits().cloned().collect::<Vec<_>>(), edits, "{origin} {med:?}");
    }
}

#[test]
fn no_policy_is_a_reason_of_its_own() {
    let (none, attrs) = (Policy::reject_all(), attrs(Origin::Igp, None));
    let verdict = none.evaluate(view(&attrs));
    assert_eq!((verdict.accept, verdict.because), (false, Because::NoPolicy));
    assert!(none.explain(verdict.because).to_string().contains("RFC 8212"));
    assert!(Policy::accept_all().evaluate(view(&attrs)).accept);
}

#[test]
fn every_step_is_told_in_words() {
    let (policy, attrs) = (policy(Decision::Reject), attrs(Origin::Incomplete, Some(1)));
    let explained = policy.explain_route(view(&attrs));
    assert_eq!(
        explained.to_string().lines().collect::<Vec<_>>(),
        [
            "policy p on 203.0.113.0/24:",
            r#"- rule "low" matches: med 1 (med is 1); set local-pref 50; goes on"#,
            r#"- rule "never" does not match: it wants origin egp, and origin is incomplete"#,
            r#"- rule "igp" does not match: it wants origin igp, and origin is incomplete"#,
            "- no rule decides, the default rejects",
        ]
    );
    let verdict = explained.verdict;
    assert_eq!(policy.explain(verdict.because).to_string(), "policy p: no rule decides, the default rejects");
    assert_eq!(policy.explain(Because::Rule(2)).to_string(), r#"policy p: rule 3 "igp" accepts: set med 3"#);
    assert_eq!(policy.explain(Because::Rule(3)).to_string(), "policy p: a rule that it no longer has");
}

#[test]
fn rules_are_numbered_to_the_last() {
    let none = rule("none", vec![Match::Med(1.into())], vec![], Action::Reject);
    let mut rules = vec![none; 65_535];
    rules.push(rule("last", vec![], vec![], Action::Accept));
    let policy = Policy::new("long", rules.clone(), Decision::Reject).unwrap();
    assert_eq!(policy.evaluate(view(&attrs(Origin::Igp, None))).because, Because::Rule(65_535));
    rules.push(rule("one more", vec![], vec![], Action::Accept));
    assert_eq!(Policy::new("longer", rules, Decision::Reject), Err(TooManyRules));
}

#[test]
fn edits_are_applied_in_order() {
    let (policy, attrs) = (policy(Decision::Reject), attrs(Origin::Igp, Some(1)));
    let mut edited = attrs.clone();
    let context = EditContext { local_asn: Asn(64500), self_v4: None, self_v6: None };
    policy.evaluate(view(&attrs)).apply(&mut edited, &context).unwrap();
    assert_eq!((edited.med, edited.local_pref), (Some(3), Some(50)));
}

/// (rules, the default, prefixes that all that passes is among)
#[test]
fn what_passes_is_among_the_prefixes_of_what_accepts() {
    let prefixes = |nets: &[&str]| Match::Prefix(nets.iter().map(|net| net.parse().unwrap()).collect());
    let (a, b) = ("198.51.100.0/24", "203.0.113.0/24 le 28");
    let one = rule("one", vec![prefixes(&[a]), Match::Med(1.into())], vec![], Action::Accept);
    let two = rule("two", vec![prefixes(&[a, b])], vec![], Action::Accept);
    let both = rule("both", vec![prefixes(&[a, b]), prefixes(&[b])], vec![], Action::Accept);
    let any = rule("any", vec![Match::Med(1.into())], vec![], Action::Accept);
    let on = rule("on", vec![], vec![], Action::Continue);
    let no = rule("no", vec![prefixes(&[b])], vec![], Action::Reject);
    let cases: [(&[&Rule], Decision, Option<&[&str]>); 7] = [
        (&[], Decision::Reject, Some(&[])),
        (&[&one], Decision::Accept, None),
        (&[&one, &no, &on], Decision::Reject, Some(&[a])),
        (&[&one, &two], Decision::Reject, Some(&[a, b])),
        (&[&both], Decision::Reject, Some(&[b])),
        (&[&one, &any], Decision::Reject, None),
        (&[&on], Decision::Reject, Some(&[])),
    ];
    for (rules, default, want) in cases {
        let rules: Vec<Rule> = rules.iter().map(|rule| (*rule).clone()).collect();
        let passing = Policy::new("p", rules, default).unwrap().passing_prefixes();
        let passing = passing.map(|ranges| ranges.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(passing, want.map(|ranges| ranges.iter().map(ToString::to_string).collect()));
    }
}

/// (a condition, what it asks for)
#[test]
fn what_is_asked_for() {
    let prefixes = Match::Prefix(["198.51.100.0/24".parse().unwrap()].into_iter().collect());
    let not = |condition| Match::Not(Box::new(condition));
    let (none, prefix) = (Asked::default(), Asked { prefix: true, ..Asked::default() });
    for (condition, want) in [
        (prefixes.clone(), prefix),
        (not(prefixes.clone()), prefix),
        (Match::Any([Match::All([not(prefixes)].into())].into()), prefix),
        (Match::Rpki(crate::ValidationState::Valid), Asked { rpki: true, ..prefix }),
        (Match::Irr(crate::ValidationState::Valid), Asked { irr: true, ..prefix }),
        (Match::Family(bgp_wire::Family::Ipv4Unicast), none),
        (not(Match::Med(1.into())), none),
        (Match::NeighborAsn(crate::AsnSet::default().into()), Asked { neighbor: true, ..none }),
        (Match::Peer("a".into()), Asked { peer: true, ..none }),
        (Match::PeerGroup("a".into()), Asked { peer_group: true, ..none }),
        (Match::PeerRole(bgp_wire::Role::Peer), Asked { peer_role: true, ..none }),
    ] {
        let rules = vec![rule("r", vec![Match::Med(2.into()), condition], vec![], Action::Accept)];
        let policy = Policy::new("p", rules, Decision::Reject).unwrap();
        assert_eq!(policy.asks_for(), want, "{policy:?}");
    }
}

/// `outer` calls `inner`, which calls `most inner`; and again where MED is 1.
fn calling() -> Policy {
    let most = Policy::builder("most").rule(Rule::new("egp").when(Match::Origin(Origin::Egp)).reject());
    let inner = Policy::builder("inner")
        .rule(Rule::new("sets").when(Match::AsSet).reject())
        .call(&most.build().unwrap())
        .rule(Rule::new("low").when(Match::LocalPref("at most 50".parse().unwrap())).accept())
        .default_decision(Decision::Accept);
    Policy::builder("outer")
        .call_when(
            Rule::new("med 1").when(Match::Med(1.into())).edit(Edit::SetWeight(1)),
            &inner.build().unwrap(),
        )
        .rule(Rule::new("igp").when(Match::Origin(Origin::Igp)).edit(Edit::SetMed(9)).accept())
        .build()
        .unwrap()
}

/// (origin, MED, LOCAL_PREF, whether it passes, why, the weight)
#[test]
fn called_policies_decide_where_their_rules_do() {
    let policy = calling();
    assert!(
        policy
            .explain_route(view(&attrs(Origin::Egp, Some(1))))
            .to_string()
            .contains("\n- inner > most > rule \"egp\" ")
    );
    for (origin, med, local_pref, accept, why, weight) in [
        (Origin::Egp, Some(1), None, false, "policy outer > inner > most: rule 3 \"egp\" rejects", None),
        (Origin::Egp, Some(1), Some(1), false, "policy outer > inner > most: rule 3 \"egp\" rejects", None),
        (Origin::Egp, None, Some(1), false, "policy outer: no rule decides, the default rejects", None),
        (Origin::Igp, Some(1), Some(1), true, "policy outer > inner: rule 4 \"low\" accepts", Some(1)),
        (Origin::Igp, Some(1), None, true, "policy outer: rule 5 \"igp\" accepts: set med 9", Some(1)),
        (Origin::Igp, None, Some(1), true, "policy outer: rule 5 \"igp\" accepts: set med 9", None),
        (
            Origin::Incomplete,
            Some(1),
            None,
            false,
            "policy outer: no rule decides, the default rejects",
            None,
        ),
    ] {
        let attrs = AttributeSet { local_pref, ..attrs(origin, med) };
        let verdict = policy.evaluate(view(&attrs));
        let got = (verdict.accept, policy.explain(verdict.because).to_string(), verdict.weight());
        assert_eq!(got, (accept, why.to_owned(), weight), "{origin} {med:?} {local_pref:?}");
    }
}

#[test]
fn calls_count_as_many_rules_as_they_bring() {
    let mut policy = Policy::builder("p").rule(Rule::new("r")).build().unwrap();
    for _ in 0..16 {
        policy = Policy::builder("p").call(&policy).call(&policy).build().unwrap();
    }
    assert_eq!(policy.rules().len(), 65_536);
    assert_eq!(Policy::builder("p").call(&policy).call(&policy).build(), Err(TooManyRules));
}
