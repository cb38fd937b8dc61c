//! Policies that change at SIGHUP, where routes are kept as they came and where they are not.

use super::support::{Net, Pair, changed, eventually};
use rustix::process::Signal;
use serde_json::Value;

const ROUTES: &str = "[[route]]\nprefix = \"198.51.100.0/24\"\n[[route]]\nprefix = \"203.0.113.0/24\"\n";
/// Takes one of them, with a preference of its own.
const ONE: &str = "[policy.one]\n[[policy.one.rule]]\nname = \"the one\"\n\
    match = { prefix = [\"198.51.100.0/24\"] }\nset = { local_pref = 300 }\nthen = \"accept\"\n";

/// A pair whose second daemon imports by `ONE`, with more keys of its peer.
fn pair(net: Net, waits: &str, dials: &str) -> Pair {
    let pair = Pair::established_by(net, ["accept-all", "one"], [(waits, ROUTES), (dials, ONE)]);
    sees(&pair, "routes", "198.51.100.0/24 best 300");
    pair
}

/// The paths of the daemon that dials, each in three words, once `part` is among them.
#[track_caller]
fn sees(pair: &Pair, what: &str, part: &str) -> Vec<String> {
    let word = |route: &Value| {
        let text = |field: &str| route[field].as_str().unwrap().to_owned();
        format!("{} {} {}", text("prefix"), text("state"), route["local_pref"])
    };
    eventually(part, || {
        let routes = pair.dials.show(what)["routes"].take();
        let words: Vec<_> = routes.as_array().unwrap().iter().map(word).collect();
        if words.iter().any(|word| word == part) { Ok(words) } else { Err(format!("{words:?}")) }
    })
}

/// The policy takes the other prefix from now on.
fn takes_the_other(pair: &Pair, log: &str) {
    let path = pair.dials.directory().join("voicepeer.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let rule = "match = { prefix = [\"198.51.100.0/24\"] }";
    std::fs::write(&path, changed(&text, rule, "match = { prefix = [\"203.0.113.0/24\"] }")).unwrap();
    pair.dials.signal(Signal::HUP);
    pair.dials.logs(&["policies changed"]);
    pair.dials.logs(&["import policy changed", log]);
}

#[test]
fn what_is_kept_is_listed_as_it_came_and_judged_again() {
    let pair = pair(Net(40), "", "");
    let came = ["198.51.100.0/24 best null", "203.0.113.0/24 rejected null"];
    assert_eq!(sees(&pair, "received", came[1]), came);
    let text = pair.dials.ask(&["show", "received"]).out;
    assert!(text.contains("policy one") && text.contains("2 paths, as they came"), "{text}");
    takes_the_other(&pair, "judged again");
    let here = sees(&pair, "routes", "203.0.113.0/24 best 300");
    assert_eq!(here, ["198.51.100.0/24 rejected null", "203.0.113.0/24 best 300"]);
    assert!(!pair.waits.log().contains("asks for a refresh"), "{}", pair.waits.log());
}

#[test]
fn what_is_not_kept_is_asked_for_again() {
    let pair = pair(Net(41), "", "adj_rib_in = \"not-kept\"\n");
    let received = pair.dials.show("received");
    assert_eq!((&received["routes"][0], &received["not_kept"][0]), (&Value::Null, &"waits".into()));
    assert!(pair.dials.ask(&["show", "received"]).out.contains("waits: what it sends is not kept"));
    let neighbor = pair.dials.neighbor("one of two", |n| n["accepted"] == 1);
    assert_eq!((&neighbor["rejected"], &neighbor["adj_rib_in"]), (&0.into(), &"not-kept".into()));
    assert!(pair.dials.ask(&["show", "neighbors"]).out.contains("not kept"));
    takes_the_other(&pair, "asked for its routes again");
    assert_eq!(sees(&pair, "routes", "203.0.113.0/24 best 300"), ["203.0.113.0/24 best 300"]);
    pair.waits.logs(&["asks for a refresh"]);
}

#[test]
fn what_cannot_be_asked_for_again_needs_a_reset() {
    let no_refresh = "[peer.capabilities]\nroute_refresh = false\n";
    let mut pair = pair(Net(42), no_refresh, "adj_rib_in = \"not-kept\"\n");
    takes_the_other(&pair, "counts once the session is reset");
    pair.dials.neighbor("the old verdicts", |n| n["needs_reset"] == true && n["accepted"] == 1);
    assert_eq!(sees(&pair, "routes", "198.51.100.0/24 best 300").len(), 1);
    assert!(pair.dials.ask(&["show", "neighbors"]).out.contains("reset"));
    pair.waits.kill();
    pair.dials.neighbor("no session", |n| n["needs_reset"] == false && n["state"] != "Established");
}
