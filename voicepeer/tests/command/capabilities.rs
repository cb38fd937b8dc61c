//! What two daemons offer each other, and what it comes to.

use super::support::{Net, Pair, eventually};
use serde_json::{Value, json};
use std::fmt::Write as _;

fn prefixes(routes: &Value) -> Vec<&str> {
    routes["routes"].as_array().unwrap().iter().map(|r| r["prefix"].as_str().unwrap()).collect()
}

#[test]
fn what_both_offer_is_agreed() {
    let offers = "[peer.capabilities]\nextended_messages = true\nextended_next_hop = true\n";
    let plain = "enhanced_route_refresh = false\n";
    let pair = Pair::established(
        Net(30),
        [
            ("role = \"provider\"\nstrict_role = true\n", offers),
            ("group = \"upstreams\"\n", &format!("{offers}{plain}[group.upstreams]\nrole = \"customer\"\n")),
        ],
    );
    let agreed = pair.waits.neighbor("OPENs", |n| n["agreed"].is_object())["agreed"].take();
    for (field, want) in [
        ("route_refresh", json!(true)),
        ("enhanced_route_refresh", json!(false)),
        ("max_message", json!(65535)),
        ("extended_next_hop", json!(["ipv4-unicast"])),
        ("role", json!("provider")),
        ("peer_role", json!("customer")),
        ("send_hold_time", json!(480)),
    ] {
        assert_eq!(agreed[field], want, "{field}: {agreed}");
    }
    let said = pair.dials.ask(&["show", "capabilities"]);
    for part in ["65535 octets", "customer, peer says provider", "ipv4-unicast", "yes"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
}

#[test]
fn roles_that_do_not_go_together_have_no_session() {
    let pair = Pair::start(Net(31), [("role = \"provider\"\n", ""), ("role = \"peer\"\n", "")]);
    // Whichever is first tells the other: "our role is ...", or "2/11 OPEN Message Error, Role Mismatch".
    for daemon in [&pair.waits, &pair.dials] {
        daemon.logs(&["session down", "ole"]);
        assert!(!daemon.log().contains("established"));
    }
}

/// A route whose attributes fill more than 4096 octets.
#[test]
fn a_long_message_carries_a_long_route() {
    let mut long = "[[route]]\nprefix = \"198.51.100.0/24\"\nlarge_communities = [\n".to_owned();
    (0..400).for_each(|n| writeln!(long, "\"64500:1:{n}\",").unwrap());
    long.push_str("]\n[[route]]\nprefix = \"203.0.113.0/24\"\n");
    for (net, offers, want) in [
        (
            Net(32),
            "[peer.capabilities]\nextended_messages = true\n",
            &["198.51.100.0/24", "203.0.113.0/24"][..],
        ),
        (Net(33), "", &["203.0.113.0/24"]),
    ] {
        let pair = Pair::established(net, [("", &format!("{offers}{long}")), ("", offers)]);
        pair.dials.logs(&["end of RIB"]);
        eventually("the routes", || {
            let routes = pair.dials.show("routes");
            if prefixes(&routes) == want { Ok(()) } else { Err(routes.to_string()) }
        });
    }
}

/// One daemon receives two paths of a prefix and tells both.
#[test]
fn several_paths_are_told_and_shown() {
    let send = "[peer.capabilities]\nadd_path = \"send\"\npaths_told = 3\n";
    let receive = "[peer.capabilities]\nadd_path = \"receive\"\npaths_limit = 2\n";
    let route = "[[route]]\nprefix = \"198.51.100.0/24\"\n";
    let pair = Pair::established(Net(48), [("", &format!("{send}{route}")), ("", receive)]);
    let agreed = pair.waits.neighbor("OPENs", |n| n["agreed"].is_object())["agreed"].take();
    assert_eq!(agreed["add_path_send"], json!({ "ipv4-unicast": 2 }), "{agreed}");
    eventually("the route", || {
        let routes = pair.dials.show("routes");
        if routes["routes"][0]["path_id"] == 1 { Ok(()) } else { Err(routes.to_string()) }
    });
    assert!(pair.waits.ask(&["show", "capabilities"]).out.contains("send ipv4-unicast (2)"));
    let told = pair.waits.ask(&["explain", "198.51.100.0/24", "--json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(told["peers"][0]["path_id"], 1, "{told}");
}

/// One daemon asks for the prefixes of its import policy, the other leaves the rest out.
#[test]
fn a_filter_of_prefixes_is_sent_and_kept_to() {
    let routes = "[[route]]\nprefix = \"198.51.100.0/24\"\n[[route]]\nprefix = \"203.0.113.0/24\"\n";
    let receive = format!("[peer.capabilities]\nprefix_orf = \"receive\"\n{routes}");
    let send = "[peer.capabilities]\nprefix_orf = \"send\"\n[[policy.mine.rule]]\nname = \"mine\"\n\
                match = { prefix = [\"203.0.113.0/24 le 28\"] }\nthen = \"accept\"\n";
    let pair = Pair::established_by(Net(49), ["accept-all", "mine"], [("", &receive), ("", send)]);
    pair.waits.logs(&["the peer says which prefixes it wants", "entries=1"]);
    pair.dials.logs(&["end of RIB"]);
    assert_eq!(prefixes(&pair.dials.show("routes")), ["203.0.113.0/24"]);
    let why = pair.waits.ask(&["explain", "198.51.100.0/24"]);
    assert!(why.out.contains("RFC 5292"), "{}", why.out);
    let shown = pair.waits.ask(&["show", "capabilities"]);
    assert!(shown.out.contains("receive ipv4-unicast (1 entries)"), "{}", shown.out);
}

#[test]
fn a_refresh_ends() {
    let pair = Pair::established(Net(34), [("", "[[route]]\nprefix = \"198.51.100.0/24\"\n"), ("", "")]);
    pair.dials.logs(&["end of RIB"]);
    assert_eq!(pair.dials.ask(&["refresh", "waits"]).status, Some(0));
    pair.dials.logs(&["the peer has sent all again", "ipv4-unicast"]);
    assert_eq!(prefixes(&pair.dials.show("routes")), ["198.51.100.0/24"]);
}
