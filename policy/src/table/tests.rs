use super::*;
use crate::{Match, RouteView};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Policies,
}

const EVERYTHING: &str = r#"
[policy.to-microsoft]
default = "reject"

[[policy.to-microsoft.rule]]
name = "voice prefixes"
then = "accept"

[policy.to-microsoft.rule.match]
prefix = ["198.51.100.0/24", "203.0.113.0/24 le 28"]
family = "ipv4-unicast"
neighbor_asn = ["8075"]
origin_asn = ["64500", "64505-64510"]
asn_in_path = ["64500"]
as_path = "^64500_.*_64501$"
private_asn = true
prepended = true
community = ["8075:8007", "64500:*"]
large_community = ["64500:*:1-9"]
next_hop = ["192.0.2.0/30"]
med = 1
local_pref = "at least 100"
extended_community = ["rt:64500:*", "color:7"]
origin = "igp"
peer = "edge"
peer_group = "carriers"
peer_role = "customer"
rpki = "valid"
irr = "not-found"
aspa = "invalid"

[policy.to-microsoft.rule.match.as_path_length]
at_least = 1
at_most = 3

[policy.to-microsoft.rule.match.not]
as_set = true
med = 2

[policy.to-microsoft.rule.set]
med = 0
delete_med = true
delete_local_pref = true
add_med = -1
local_pref = 200
add_local_pref = 5
origin = "egp"
strip_private_asns = true
prepend = 1
communities = []
delete_community = ["64500:*"]
add_community = ["8075:8007"]
extended_communities = ["rt:64500:1"]
delete_extended_community = ["rt:*"]
add_extended_community = ["color:7"]
large_communities = ["64500:1:1"]
delete_large_community = ["64500:*:*"]
add_large_community = ["64500:2:2"]
next_hop = "self"

[[policy.to-microsoft.rule]]
name = "the rest"
then = "continue"

[policy.zero]
default = "accept"
"#;

#[test]
fn every_field_reads_and_writes_back() {
    let file: File = toml::from_str(EVERYTHING).unwrap();
    let policy = file.policy.get("to-microsoft").unwrap();
    let [first, second] = policy.rules() else { panic!("two rules") };
    assert_eq!((first.when.len(), first.edits.len()), (24, 19));
    assert_eq!((second.when.len(), second.edits.len(), second.then), (0, 0, Action::Continue));
    assert_eq!(file.policy.get("zero").unwrap().default_decision(), Decision::Accept);
    let written = toml::to_string(&file).unwrap();
    assert_eq!(toml::from_str::<File>(&written).unwrap(), file, "{written}");
}

#[test]
fn the_short_form_judges_routes() {
    let file: File = toml::from_str(
        r#"
[policy.out]
[[policy.out.rule]]
name = "voice"
match = { prefix = ["203.0.113.0/24 le 28"], origin_asn = [64500], private_asn = false, not = { community = ["64500:*"] } }
set = { add_community = ["8075:8007"] }
then = "accept"
"#,
    )
    .unwrap();
    let policy = file.policy.get("out").unwrap();
    for (path, community, accept) in [
        (&[64500][..], None, true),
        (&[64501], None, false),
        (&[64512, 64500], None, false),
        (&[64500], Some("64500:1"), false),
        (&[64500], Some("64501:1"), true),
    ] {
        let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        attrs.as_path = path.iter().copied().map(Asn).collect();
        attrs.communities = community.map(|c| c.parse().unwrap()).into_iter().collect();
        let prefix = "203.0.113.16/28".parse().unwrap();
        let verdict = policy.evaluate(RouteView::new(prefix, &attrs, Asn(8075)));
        assert_eq!(verdict.accept, accept, "{path:?} {community:?}");
    }
}

/// (the fields of a rule, what the error says, the line it points at).
#[test]
fn errors_are_precise() {
    for (fields, says) in [
        (
            "match = { prefixes = [] }\nthen = 'accept'",
            "unknown field `prefixes`, expected one of `prefix`, ",
        ),
        ("match = { prefix = [] }\nthen = 'accept'", "`prefix` is an empty list"),
        ("match = { not = { community = [] } }\nthen = 'accept'", "`community` is an empty list"),
        ("match = { not = { not = { med = 1 } } }\nthen = 'accept'", "`not` within `not`"),
        (
            "match = { prefix = ['203.0.113.1/24'] }\nthen = 'accept'",
            "`203.0.113.1/24`: the prefix has bits set",
        ),
        ("match = { prefix = ['203.0.113.0/24 le 33'] }\nthen = 'accept'", "a length is at most 32"),
        ("match = { community = ['1:2:3'] }\nthen = 'accept'", "`1:2:3`: a community is `high:low`"),
        ("match = { origin_asn = [-1] }\nthen = 'accept'", "`-1`: an ASN is a number"),
        ("match = { origin_asn = [4294967296] }\nthen = 'accept'", "`4294967296`: an ASN is a number"),
        ("match = { family = 'ipv5' }\nthen = 'accept'", "a family is one of ipv4-unicast, ipv6-unicast,"),
        ("match = { med = '5-1' }\nthen = 'accept'", "`5-1`: a range is a number"),
        ("match = { as_path = '64500)' }\nthen = 'accept'", "`64500)`: at character 6: this parenthesis"),
        ("match = { rpki = 'good' }\nthen = 'accept'", "a state of validation is valid,"),
        ("match = { aspa = 'not-found' }\nthen = 'accept'", "a state of a path is valid,"),
        ("match = { peer_role = 'x' }\nthen = 'accept'", "a role is provider,"),
        ("match = { origin = 'x' }\nthen = 'accept'", "an origin is igp, egp or incomplete"),
        ("match = { as_path_length = { at_least = 4, at_most = 3 } }\nthen = 'accept'", "could never match"),
        (
            "match = { as_path_length = { max = 3 } }\nthen = 'accept'",
            "unknown field `max`, expected `at_least` or `at_most`",
        ),
        ("match = { any = [] }\nthen = 'accept'", "`any` is an empty list"),
        ("set = 5\nthen = 'accept'", "expected a table of edits, or a list of such tables"),
        ("set = [{ mad = 1 }]\nthen = 'accept'", "unknown field `mad`"),
        ("set = { replace_asns = { asns = [1], with = 'me' } }\nthen = 'accept'", "an ASN or `own-asn`"),
        ("set = { prepend = 256 }\nthen = 'accept'", "256"),
        ("set = { next_hop = 'me' }\nthen = 'accept'", "a next hop is `self` or an address"),
        ("set = { med = 1 }\nthen = 'reject'", "a rule that rejects a route sets nothing"),
        ("then = 'allow'", "unknown variant `allow`, expected one of `accept`, `reject`, `continue`"),
        ("match = {}", "missing field `then`"),
    ] {
        let text = format!("[[policy.p.rule]]\nname = 'r'\n{fields}\n");
        let error = toml::from_str::<File>(&text).unwrap_err();
        assert!(error.to_string().contains(says), "{fields}\n{error}");
        assert!(error.span().is_some(), "{fields}");
    }
    let error = toml::from_str::<File>("[policy.p]\ndefault = 'maybe'\n").unwrap_err().to_string();
    assert!(error.contains("line 2, column 11"), "{error}");
}

/// (a rule as text, its table).
#[test]
fn what_text_says_a_table_says() {
    for (text, table) in [
        ("accept", "then = 'accept'"),
        (
            "when med 1 and (med 1 or med 2) accept",
            "match = { med = 1, any = [{ med = 1 }, { med = 2 }] }\nthen = 'accept'",
        ),
        (
            "when not (med 1 and med 2) accept",
            "match = { not = { all = [{ med = 1 }, { med = 2 }] } }\nthen = 'accept'",
        ),
        (
            "when not (med 1 or med 2) accept",
            "match = { not = { any = [{ med = 1 }, { med = 2 }] } }\nthen = 'accept'",
        ),
        ("when med 1 and med 2 accept", "match = { med = 1, all = [{ med = 2 }] }\nthen = 'accept'"),
        (
            "when (med 1 or origin igp and not as-path has as-set) accept",
            "match = { any = [{ med = 1 }, { origin = 'igp', not = { as_set = true } }] }\nthen = 'accept'",
        ),
        (
            "when (med 1 or med 2) and (med 2 or med 3) accept",
            "match = { any = [{ med = 1 }, { med = 2 }], all = [{ any = [{ med = 2 }, { med = 3 }] }] }\nthen = 'accept'",
        ),
        ("strip asns in {1, 3-4} accept", "set = { strip_asns = ['1', '3-4'] }\nthen = 'accept'"),
        (
            "replace asns 1 with own-asn accept",
            "set = { replace_asns = { asns = [1], with = 'own-asn' } }\nthen = 'accept'",
        ),
        (
            "replace asns 1 with 7 accept",
            "set = { replace_asns = { asns = [1], with = 7 } }\nthen = 'accept'",
        ),
        ("prepend 7 2 times accept", "set = { prepend_asn = { asn = 7, times = 2 } }\nthen = 'accept'"),
        (
            "prepend own-asn 1 times strip private-asns set med 1 set med 2 accept",
            "set = [{ prepend = 1 }, { strip_private_asns = true }, { med = 1 }, { med = 2 }]\nthen = 'accept'",
        ),
    ] {
        let document: crate::Document = format!("policy p {{ rule \"r\" {{ {text} }} }}").parse().unwrap();
        let policy = document.library(|_| Err(String::new())).unwrap().policy("p").unwrap();
        let file: File = toml::from_str(&format!("[[policy.p.rule]]\nname = 'r'\n{table}\n")).unwrap();
        let written = toml::to_string(&File { policy: [policy].into_iter().collect() }).unwrap();
        assert_eq!(written, toml::to_string(&file).unwrap(), "{text}");
        assert_eq!(toml::from_str::<File>(&written).unwrap(), file, "{written}");
    }
}

/// The rules of a policy that is called ask for what the call does.
#[test]
fn calls_become_rules() {
    let text = "policy q { rule \"a\" { when med 1 reject } }
        policy p { rule \"b\" { when origin igp set med 7 call q } default accept }";
    let document: crate::Document = text.parse().unwrap();
    let policy = document.library(|_| Err(String::new())).unwrap().policy("p").unwrap();
    let written = toml::to_string(&File { policy: [policy].into_iter().collect() }).unwrap();
    let file: File = toml::from_str(&written).unwrap();
    for (origin, accept) in [(Origin::Igp, false), (Origin::Egp, true)] {
        let mut attrs = AttributeSet::new(origin, NextHop::V4([192, 0, 2, 1].into()));
        attrs.med = Some(1);
        let route = RouteView::new("203.0.113.0/24".parse().unwrap(), &attrs, Asn(1));
        assert_eq!(file.policy.get("p").unwrap().evaluate(route).accept, accept, "{written}");
    }
}

#[test]
fn what_a_table_cannot_say_is_refused() {
    let write = |condition: Match| {
        let rule =
            Rule { name: "r".into(), when: [condition].into(), edits: [].into(), then: Action::Accept };
        toml::to_string(&rule).map_err(|e| e.to_string())
    };
    assert!(write(Match::Med(1.into())).is_ok());
    assert!(write(Match::Any([].into())).unwrap_err().contains("`any` is an empty list"));
    let deep = format!("{}{}", "{ any = [".repeat(33), "{ med = 1 }".to_owned() + &"] }".repeat(33));
    let error =
        toml::from_str::<File>(&format!("[[policy.p.rule]]\nname = 'r'\nmatch = {deep}\nthen = 'accept'\n"));
    assert!(error.unwrap_err().to_string().contains("nested more than 32 deep"));
}
