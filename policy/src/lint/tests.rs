use super::*;
use crate::language::Document;
use crate::route::RouteView;
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use proptest::prelude::*;

fn odd(text: &str) -> Vec<String> {
    let library = text.parse::<Document>().unwrap().library(|_| Err(String::new())).unwrap();
    library.lint().iter().map(ToString::to_string).collect()
}

/// (rules, what is odd about them)
#[test]
fn odd_rules() {
    let shadowed_by_all = "rule \"b\" never decides: rules before it";
    let (never, shadowed) = ("rule \"b\" never matches", "rule \"b\" never decides: rule \"a\"");
    for (first, second, want) in [
        ("when med 1 accept", "when med 2 accept", ""),
        ("accept", "when med 2 accept", shadowed),
        ("reject", "reject", shadowed),
        ("continue", "reject", ""),
        ("when med at most 5 accept", "when med 5 and origin igp reject", shadowed),
        ("when med at most 5 and origin igp accept", "when med 5 reject", ""),
        ("when prefix 10.0.0.0/8 le 24 accept", "when prefix 10.1.0.0/16 le 20 reject", shadowed),
        (
            "when prefix in {10.0.0.0/8 le 24, 11.0.0.0/8} accept",
            "when prefix in {11.0.0.0/8, 10.0.0.0/8} reject",
            shadowed,
        ),
        ("when path-asn in {1-5} accept", "when path-asn 3 reject", shadowed),
        ("when path-asn 3 accept", "when path-asn in {1-5} reject", ""),
        ("when med 1 or med 2 accept", "when med 2 reject", shadowed),
        ("when med 1 and med any accept", "when med 1 reject", shadowed),
        ("when not med 1 accept", "when med 2 reject", shadowed),
        ("when not med 1-5 accept", "when not med 1-9 reject", shadowed),
        ("when community in {1:1, 1:2} accept", "when community 1:1 reject", shadowed),
        ("when med at most 5 accept", "when not med at least 6 and med any reject", shadowed_by_all),
        ("when med at most 5 or not med any accept", "when not med at least 6 reject", shadowed_by_all),
        (
            "when as-path length 1 accept",
            "when as-path matches \"^[0-9]+$\" and not as-path has as-set reject",
            shadowed_by_all,
        ),
        ("continue", "when as-path length at least 1 and as-path matches \"^$\" accept", never),
        ("continue", "when community 1:1-5 and not community 1:* accept", never),
        ("when prefix 10.0.0.0/8 le 24 accept", "when prefix 10.1.0.0/16 le 25 reject", "10.1.0.0/16"),
        ("when med 1-5 reject", "when med 3-9 accept", "198.51.100.0/24; med 3"),
        ("when med 1-5 accept", "when med 3-9 accept", ""),
        ("when med 1-5 set med 7 accept", "when med 3-9 accept", "198.51.100.0/24; med 3"),
        ("when med 3 reject", "when med 3-9 accept", ""),
        ("when as-path has private-asn reject", "when as-path length at most 3 accept", ""),
        ("continue", "when never accept", never),
        ("continue", "when prefix in {} accept", never),
        ("continue", "when med 1 and med 2 accept", never),
        ("continue", "when origin igp and origin egp accept", never),
        ("continue", "when aspa valid and aspa unknown accept", never),
        ("when aspa invalid reject", "when aspa invalid and med 1 accept", shadowed),
        ("when not aspa valid accept", "when aspa unknown accept", shadowed),
        ("continue", "when med 1 and not med at most 5 accept", never),
        ("continue", "when (med 1 or med 2) and med 3 accept", never),
        ("continue", "when family ipv4-unicast and family ipv6-unicast accept", never),
        ("continue", "when prefix 10.0.0.0/8 and prefix 11.0.0.0/8 accept", never),
        ("continue", "when community 1:1 and community 1:2 accept", ""),
        ("continue", "when path-asn 1 and path-asn 2 accept", ""),
    ] {
        let got = odd(&format!("policy p {{ rule \"a\" {{ {first} }} rule \"b\" {{ {second} }} }}"));
        match want {
            "" => assert_eq!(got, [""; 0], "{first}; {second}"),
            want => assert!(got.len() == 1 && got[0].contains(want), "{first}; {second}: {got:?}"),
        }
    }
}

#[test]
fn calls_and_names() {
    let text = "
        prefixes used { 10.0.0.0/8 le 24 10.1.0.0/16 } prefixes unused { } number n 5
        policy inner { rule \"low\" { when med at most 5 accept } }
        policy p {
            rule \"igp\" { when origin igp call inner }
            rule \"low and igp\" { when origin igp and med 3 reject }
            rule \"low\" { when med 3 reject }
            rule \"used\" { when prefix in used call inner }
        }";
    assert_eq!(
        odd(text),
        [
            "line 2: `unused` is used nowhere",
            "line 2: `n` is used nowhere",
            "line 2: `used` has 10.1.0.0/16, which is in 10.0.0.0/8 le 24",
            "policy p: rule \"low and igp\" never decides: rule \"low\" before it has matched all that it does",
        ]
    );
}

proptest! {
    /// No rule that is called odd ever decides.
    #[test]
    fn an_odd_rule_decides_nothing(
        rules in prop::collection::vec((prop::collection::vec((0usize..8, 0u32..4, 0u32..4, any::<bool>()), 0..3), 0usize..3), 1..6),
        routes in prop::collection::vec((0u32..6, 0usize..3, 0u8..4), 1..20),
    ) {
        let condition = |(what, a, more, not): (usize, u32, u32, bool)| {
            let range = crate::NumberRange::new(a, a + more).unwrap();
            let condition = match what {
                0 | 1 => Match::Med(range),
                2 => Match::Origin([Origin::Igp, Origin::Egp, Origin::Incomplete][a as usize % 3]),
                3 => Match::Prefix([format!("10.0.0.0/{} le {}", 8 + a, 8 + a + more).parse().unwrap()].into_iter().collect()),
                4 => Match::Any([Match::Med(range), Match::Med((a + 1).into())].into()),
                5 => Match::All([Match::Med(range), Match::Origin(Origin::Igp)].into()),
                6 => Match::PathLength(range),
                _ => Match::Not(Box::new(Match::Any([Match::Med(range), Match::Origin(Origin::Egp)].into()))),
            };
            if not { Match::Not(Box::new(condition)) } else { condition }
        };
        let rules: Vec<Rule> = rules.into_iter().enumerate().map(|(i, (conditions, then))| Rule {
            name: i.to_string().into(),
            when: conditions.into_iter().map(condition).collect(),
            edits: Box::default(),
            then: [Action::Accept, Action::Reject, Action::Continue][then],
        }).collect();
        let policy = Policy::new("p", rules, crate::Decision::Reject).unwrap();
        let odd = policy.odd_rules();
        for (med, origin, len) in routes {
            let origin = [Origin::Igp, Origin::Egp, Origin::Incomplete][origin];
            let mut attrs = AttributeSet::new(origin, NextHop::V4([192, 0, 2, 1].into()));
            attrs.med = med.checked_sub(1);
            let prefix = format!("10.0.0.0/{}", 8 + len).parse().unwrap();
            let verdict = policy.evaluate(RouteView::new(prefix, &attrs, Asn(1)));
            let decided = verdict.rule().map(|rule| &rule.name);
            let idle = odd.iter().filter(|odd| !matches!(odd.oddity, Oddity::Overlaps(..)));
            prop_assert!(idle.into_iter().all(|odd| Some(&odd.rule) != decided), "{:?} {:?}", policy, odd);
        }
        for odd in &odd {
            if let Oddity::Overlaps(first, route) = &odd.oddity {
                let rule = policy.rules().iter().find(|rule| rule.name == odd.rule).unwrap();
                prop_assert!(rule.when.iter().all(|condition| condition.holds(&route.view())), "{}", odd);
                let decided = policy.evaluate(route.view()).rule().map(|rule| &rule.name);
                prop_assert_eq!(decided, Some(first), "{}", odd);
            }
        }
    }
}
