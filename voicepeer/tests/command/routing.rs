//! Reflector, confederation, route server: what one daemon tells another, and `explain`.

use super::support::{Net, Pair, eventually};
use serde_json::Value;

const ROUTES: &str =
    "[[route]]\nprefix = \"198.51.100.0/24\"\nas_path = [64900]\nmed = 7\nnext_hop = \"192.0.2.77\"\n";

/// What the daemon that dials has of the route, once it has it.
fn heard(pair: &Pair) -> Value {
    let mut found = Value::Null;
    eventually("the route", || {
        let routes = pair.dials.show("routes")["routes"].take();
        found = routes.get(0).cloned().ok_or_else(|| routes.to_string())?;
        Ok(())
    });
    found
}

#[test]
fn a_next_hop_that_announced_unchanged_or_ours() {
    for (net, choice, want) in
        [(Net(35), "self", format!("{}.1", Net(35))), (Net(36), "unchanged", "192.0.2.77".to_owned())]
    {
        let told = format!("next_hop = \"{choice}\"\n");
        let pair = Pair::established(net, [(&told, ROUTES), ("weight = 7\n", "")]);
        let route = heard(&pair);
        assert_eq!((&route["next_hop"], &route["weight"]), (&Value::from(want), &7.into()), "{route}");
    }
}

#[test]
fn explain_says_who_announced() {
    let pair = Pair::established(Net(37), [("", ROUTES), ("own_asn_allowed = 1\n", "")]);
    heard(&pair);
    let explained = |daemon: &super::support::Daemon, prefix: &str| {
        let said = daemon.ask(&["explain", prefix, "--json"]);
        serde_json::from_str::<Value>(&said.out).unwrap()
    };
    let told = explained(&pair.waits, "198.51.100.0/24");
    assert_eq!(told["peers"][0]["as_path"], "64500 64900", "{told}");
    let back = explained(&pair.dials, "198.51.100.0/24");
    assert_eq!((&back["paths"][0]["state"], &back["peers"][0]["announced"]), (&"best".into(), &false.into()));
    assert!(back["peers"][0]["why"].as_str().unwrap().contains("came from this peer"), "{back}");
    let text = pair.dials.ask(&["explain", "198.51.100.0/24"]);
    for part in ["64500 64900", "came from this peer", "waits"] {
        assert!(text.out.contains(part), "{part}: {}", text.out);
    }
    let none = explained(&pair.dials, "203.0.113.0/24");
    assert_eq!(none["peers"][0]["why"], "there is no path to tell");
}

/// The two are members 64500 and 64501 of AS 64999.
#[test]
fn members_of_a_confederation() {
    let members = |other: u32| format!("[speaker.confederation]\nid = 64999\nmembers = [{other}]\n{ROUTES}");
    let pair =
        Pair::established(Net(38), [("", &members(64501)), ("", &members(64500).replace("198.51", "203.0"))]);
    eventually("the route", || {
        let routes = pair.dials.show("routes");
        let theirs = routes["routes"].as_array().unwrap().iter().find(|r| r["peer"] == "waits");
        let theirs = theirs.ok_or_else(|| routes.to_string())?;
        let seen = (&theirs["as_path"], &theirs["med"], &theirs["local_pref"]);
        assert_eq!(seen, (&"(64500) 64900".into(), &7.into(), &100.into()), "{theirs}");
        Ok(())
    });
}

#[test]
fn an_aggregate_stands_for_its_parts() {
    let aggregate = "[[aggregate]]\nprefix = \"198.51.0.0/16\"\nsummary_only = true\n";
    let pair = Pair::established(Net(39), [("", &format!("{ROUTES}{aggregate}")), ("", "")]);
    let route = heard(&pair);
    let seen = (&route["prefix"], &route["as_path"], &route["atomic_aggregate"], &route["aggregator"]);
    let aggregator = Value::from("64500 192.0.2.1");
    assert_eq!(seen, (&"198.51.0.0/16".into(), &"64500".into(), &true.into(), &aggregator), "{route}");
    let said = pair.waits.ask(&["explain", "198.51.100.0/24"]);
    assert!(said.out.contains("an aggregate stands for it"), "{}", said.out);
    assert!(pair.waits.ask(&["show", "routes"]).out.contains("an aggregate of more specific routes"));
}
