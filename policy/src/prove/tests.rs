use super::*;
use crate::language::Document;

/// A policy of these rules, and what is asked of it.
fn asked(rules: &str, statement: &str) -> (Policy, Statement) {
    let text = format!(
        "prefixes voice {{ 198.51.100.0/24 le 28, 203.0.113.0/24 }} asns ours {{ 64496-64499 }}
        policy p {{ {rules} }} prove \"s\" {{ policy p {statement} }}"
    );
    let document: Document = text.parse().unwrap_or_else(|e| panic!("{e}: {text}"));
    let library = document.library(|_| Err(String::new())).unwrap();
    let (policy, statement) = library.statements().next().unwrap();
    (policy, statement)
}

/// What is answered, and that no route the answer names is made up.
fn answer(policy: &Policy, statement: &Statement) -> String {
    match policy.prove(statement) {
        Answer::Proved => "proved".to_owned(),
        Answer::Unknown(why) => format!("unknown: {why}"),
        Answer::Refuted(route) => {
            assert!(statement.is_refuted_by(policy, &route), "{route}");
            let again = Route::parse_all(&format!("route {route}")).unwrap();
            assert_eq!(again, [*route.clone()], "{route}");
            route.to_string()
        }
    }
}

/// (rules, statement, answer): each is answered so.
fn table(rows: &[(&str, &str, &str)]) {
    for (rules, statement, want) in rows {
        let (policy, statement) = asked(rules, statement);
        assert_eq!(answer(&policy, &statement), *want, "{rules}: {statement}");
    }
}

const VOICE: &str =
    "rule \"voice\" { when prefix in voice and as-path length at most 3 add community 8075:8007 accept }";
const OPEN: &str = "rule \"voice\" { when prefix in voice and as-path length at most 3 add community 8075:8007 accept } default accept";
const CLEAN: &str = "rule \"private\" { when as-path has private-asn or as-path has as-set reject }
    rule \"voice\" { when prefix in voice and as-path length at most 3 add community 8075:8007 accept }";
const STRIPS: &str = "rule \"all\" { strip private-asns accept }";
const MARKS: &str =
    "rule \"mark\" { when med 5 set local-pref 200 add community 1:1 continue } rule \"all\" { accept }";
const OWN: &str = "rule \"all\" { prepend own-asn 2 times accept }";

#[test]
fn filters() {
    table(&[
        (VOICE, "guarantees community 8075:8007", "proved"),
        (OPEN, "guarantees community 8075:8007", "192.0.2.0/24"),
        (VOICE, "guarantees as-path length at most 3", "proved"),
        (VOICE, "guarantees as-path length at most 2", "198.51.100.0/24; as-path 64496 64496 64496"),
        (VOICE, "guarantees prefix in voice", "proved"),
        (VOICE, "guarantees prefix in {198.51.100.0/24 le 32, 203.0.113.0/24}", "proved"),
        (VOICE, "guarantees prefix in {198.51.100.0/24 le 27, 203.0.113.0/24}", "198.51.100.0/28"),
        (VOICE, "guarantees not as-path has private-asn", "198.51.100.0/24; as-path 64512"),
        (CLEAN, "guarantees not as-path has private-asn and not as-path has as-set", "proved"),
        (CLEAN, "guarantees origin-asn in ours", "198.51.100.0/24"),
        (VOICE, "guarantees not community 8075:8007", "198.51.100.0/24"),
        (VOICE, "guarantees reject", "198.51.100.0/24"),
        (VOICE, "given family ipv6-unicast guarantees reject", "proved"),
        (VOICE, "given prefix 203.0.113.0/24 and as-path matches \"^[0-9]+$\" guarantees accept", "proved"),
        (
            VOICE,
            "given prefix 203.0.113.0/24 guarantees accept",
            "203.0.113.0/24; as-path 64496 64496 64496 64496",
        ),
    ]);
}

#[test]
fn edits() {
    table(&[
        (MARKS, "given med 5 guarantees local-pref 200 and community 1:1", "proved"),
        (MARKS, "given not med 5 guarantees local-pref 200", "198.51.100.0/24"),
        (
            "rule \"on\" { set med 3 continue } rule \"all\" { accept }",
            "given med 0 guarantees not med 3",
            "198.51.100.0/24; med 0",
        ),
        (MARKS, "guarantees not local-pref 200 or community 1:1", "198.51.100.0/24; local-pref 200"),
        ("rule \"r\" { lower med by 10 accept }", "guarantees med any", "proved"),
        ("rule \"r\" { lower med by 10 accept }", "guarantees med at most 4294967285", "proved"),
        ("rule \"r\" { lower med by 10 accept }", "guarantees med at most 9", "198.51.100.0/24; med 100"),
        (
            "rule \"r\" { raise local-pref by 1 accept }",
            "guarantees local-pref at least 2",
            "198.51.100.0/24; local-pref 0",
        ),
        ("rule \"r\" { delete community 1:* accept }", "guarantees not community 1:5", "proved"),
        (
            "rule \"r\" { delete community 1:0-9 accept }",
            "guarantees not community 1:*",
            "198.51.100.0/24; community 1:10",
        ),
        (
            "rule \"r\" { delete extended-community rt:* accept }",
            "guarantees not extended-community rt:1:*",
            "proved",
        ),
        (
            "rule \"r\" { delete large-community 1:*:* accept }",
            "guarantees not large-community 1-2:3:*",
            "198.51.100.0/24; large-community 2:3:0",
        ),
        (
            "rule \"r\" { set communities {1:1, 1:2} accept }",
            "guarantees community 1:2 and not community 2:*",
            "proved",
        ),
        ("rule \"r\" { set origin igp accept }", "guarantees origin igp", "proved"),
    ]);
}

#[test]
fn paths() {
    table(&[
        (STRIPS, "guarantees not as-path has private-asn", "proved"),
        (STRIPS, "guarantees not as-path has as-set", "198.51.100.0/24; as-path {64496}"),
        (
            STRIPS,
            "given as-path matches \"[= 64512-65534* =]\" and not as-path has as-set guarantees as-path length 0",
            "proved",
        ),
        (OWN, "guarantees as-path length at least 2 and as-path has prepending", "proved"),
        (OWN, "guarantees not as-path has private-asn", "198.51.100.0/24; as-path 64512; own-asn 64496"),
        (
            OWN,
            "given not as-path has private-asn guarantees not as-path has private-asn",
            "198.51.100.0/24; own-asn 64512",
        ),
        ("rule \"r\" { strip asns 7 accept }", "guarantees not path-asn 7", "proved"),
        (
            "rule \"r\" { prepend 64500 1 times prepend 64501 1 times accept }",
            "guarantees as-path matches \"^64501_64500\"",
            "proved",
        ),
        (
            "rule \"r\" { prepend 64500 1 times prepend 64501 1 times accept }",
            "guarantees as-path matches \"^64500_64501\"",
            "198.51.100.0/24",
        ),
        (OWN, "own-asn 64500 guarantees as-path matches \"^64500_64500_*\"", "proved"),
        (
            OWN,
            "given not as-path has private-asn own-asn 64500 guarantees not as-path has private-asn",
            "proved",
        ),
        (
            "rule \"r\" { replace asns 64512-65534 with 64500 accept }",
            "guarantees not path-asn 64512-65534",
            "proved",
        ),
        (
            "rule \"r\" { replace asns in ours with 64500 accept }",
            "given as-path matches \"[= 64496 64497 =]\" and not as-path has as-set guarantees as-path has prepending",
            "proved",
        ),
        (
            "rule \"r\" { when as-path matches \"^64500_(6450[1-9]_)*$\" accept }",
            "guarantees as-path matches \"[= 64500 64501-64509* =]\"",
            "proved",
        ),
        (
            "rule \"r\" { when as-path matches \"^64500_(6450[1-9]_)*$\" accept }",
            "guarantees as-path length at most 2",
            "198.51.100.0/24; as-path 64500 64501 64501",
        ),
        (
            "rule \"r\" { when as-path has prepending reject } default accept",
            "guarantees not as-path matches \"_1_1_\"",
            "proved",
        ),
        (
            "rule \"r\" { strip asns 7 accept }",
            "given not path-asn 7 and not as-path has prepending guarantees not as-path has prepending",
            "proved",
        ),
        // Between two of an ASN the one that is stripped keeps them apart.
        (
            "rule \"r\" { strip asns 7 accept }",
            "given not as-path has prepending guarantees not as-path has prepending",
            "198.51.100.0/24; as-path 64496 7 64496",
        ),
        (
            "default accept",
            "given not as-path has prepending guarantees as-path length at most 1",
            "198.51.100.0/24; as-path 64496 1",
        ),
        // What follows a set is not in it.
        (
            "rule \"r\" { when as-path has as-set and not as-path matches \"^[0-9]\" accept }",
            "guarantees not origin-asn 2",
            "198.51.100.0/24; as-path {64496} 2",
        ),
        (
            "default accept",
            "given as-path length 0 and not as-path has as-set guarantees as-path matches \"_\"",
            "proved",
        ),
        (
            "rule \"r\" { prepend 0 accept }",
            "guarantees as-path length at least 1",
            "unknown: an edit puts AS 0 into paths, which no path has otherwise",
        ),
    ]);
}

#[test]
fn peers_and_states() {
    table(&[
        (
            "rule \"r\" { set next-hop self accept }",
            "guarantees next-hop 192.0.2.0/24",
            "198.51.100.0/24; own-address 198.51.100.1",
        ),
        ("rule \"r\" { set next-hop 192.0.2.7 accept }", "guarantees next-hop 192.0.2.0/24", "proved"),
        ("rule \"r\" { set next-hop 192.0.2.7 accept }", "given next-hop ::/0 guarantees reject", "proved"),
        (
            "rule \"r\" { when rpki invalid reject } rule \"s\" { accept }",
            "guarantees not rpki invalid",
            "proved",
        ),
        (
            "rule \"r\" { when rpki invalid reject } default accept",
            "given peer-role customer and irr invalid guarantees reject",
            "198.51.100.0/24; peer-role customer; irr invalid",
        ),
        (
            "rule \"r\" { when aspa invalid reject } default accept",
            "guarantees not aspa invalid and not aspa unknown",
            "198.51.100.0/24; aspa unknown",
        ),
        (
            "rule \"r\" { when peer \"a\" or peer-group \"b\" accept }",
            "guarantees peer \"a\"",
            "198.51.100.0/24; peer-group \"b\"",
        ),
        (
            "rule \"r\" { when neighbor-asn 64496-64510 accept }",
            "guarantees neighbor-asn in ours",
            "198.51.100.0/24; neighbor-asn 64500",
        ),
    ]);
}

/// What is too much is told to be.
#[test]
fn budgets() {
    let too_much = "unknown: too many ways through the policy would have to be looked at";
    let long = "rule \"r\" { when as-path length at least 70000 accept }";
    table(&[
        (long, "guarantees reject", too_much),
        (long, "given not origin igp guarantees not origin incomplete", too_much),
        (long, "given origin igp guarantees not origin egp", "proved"),
    ]);
}

/// Nine numbers in eight places: that it cannot be takes longer to find out than there is time for.
#[test]
fn what_takes_too_long() {
    let places: Vec<String> =
        (1..=9).map(|n| any((1..=8).map(|place| format!("community {n}:{place}")))).collect();
    let twice = (1..=8).flat_map(|place| {
        let pairs = (1..=9).flat_map(|n| (1..n).map(move |m| (m, n)));
        pairs.map(move |(m, n)| format!("not (community {m}:{place} and community {n}:{place})"))
    });
    let puzzle = places.into_iter().chain(twice).collect::<Vec<_>>().join(" and ");
    let too_much = "unknown: too many ways through the policy would have to be looked at";
    let marks = "rule \"m\" { when med 5 add community 99:99 continue } rule \"all\" { accept }";
    table(&[
        ("default accept", &format!("given {puzzle} guarantees reject"), too_much),
        (marks, &format!("guarantees not ({puzzle})"), too_much),
    ]);
}

fn any(conditions: impl Iterator<Item = String>) -> String {
    format!("({})", conditions.collect::<Vec<_>>().join(" or "))
}

/// Only programs ask for a role that has no name.
#[test]
fn roles_without_a_name() {
    let role = Match::PeerRole(bgp_wire::Role::Other(9));
    let policy =
        Policy::builder("p").rule(crate::Rule::new("r").when(role.clone()).accept()).build().unwrap();
    assert_eq!(policy.prove(&Statement::new(Guarantee::Holds(role.clone()))), Answer::Proved);
    let Answer::Refuted(route) = policy.prove(&Statement::new(Guarantee::Reject)) else { panic!() };
    assert!(role.holds(&route.view()));
}

/// What code says of a route as it came, it need not say of what an edit makes of that.
#[test]
fn code_behind_an_edit() {
    #[derive(Debug)]
    struct Small;
    impl crate::Condition for Small {
        fn holds(&self, route: &crate::RouteView<'_>) -> bool {
            route.attrs.med.is_none_or(|med| med < 5)
        }
    }
    impl fmt::Display for Small {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a small MED")
        }
    }
    let small = Match::Custom(crate::Custom::new(Small));
    let statement = Statement::new(Guarantee::Holds(small.clone()));
    let proves = |edit: crate::Edit| {
        let asks = || crate::Rule::new("r").when(small.clone());
        let decides = Policy::builder("p").rule(asks().edit(edit.clone()).accept());
        let before = Policy::builder("p").rule(crate::Rule::new("on").edit(edit)).rule(asks().accept());
        [decides, before].map(|policy| policy.build().unwrap().prove(&statement) == Answer::Proved)
    };
    assert_eq!(proves(crate::Edit::SetWeight(7)), [true, true]);
    assert_eq!(proves(crate::Edit::SetMed(7)), [false, false]);
}

/// Forty rules that may change what is asked for, one after the other: a trillion ways.
#[test]
fn many_ways() {
    let rules = |amount: fn(u32) -> u32| {
        let rules = (0..40)
            .map(|n| format!("rule \"{n}\" {{ when community {n}:1 raise med by {} continue }}", amount(n)));
        rules.collect::<String>() + "rule \"all\" { accept }"
    };
    let (doubling, alike) = (rules(|n| 1 << (n % 20)), rules(|_| 2));
    table(&[
        (&doubling, "guarantees med any or not med any", "proved"),
        (&doubling, "guarantees prefix in voice", "192.0.2.0/24"),
        (&doubling, "given med 0 guarantees not med 1", "198.51.100.0/24; med 0; community 20:1"),
        (&doubling, "given med 0 guarantees not med 5", "198.51.100.0/24; med 0; community 22:1 20:1"),
        (
            &alike,
            "given med 0 guarantees not med 41",
            "unknown: too many ways through the policy would have to be looked at",
        ),
    ]);
}
