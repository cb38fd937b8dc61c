//! Limits of prefixes between two daemons.

use super::support::{Net, Pair, changed};
use rustix::process::Signal;

const ROUTES: &str = "[[route]]\nprefix = \"198.51.100.0/24\"\n[[route]]\nprefix = \"203.0.113.0/24\"\n\
    [[route]]\nprefix = \"192.0.2.0/24\"\n";

fn raise(pair: &Pair) {
    let path = pair.dials.directory().join("voicepeer.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, changed(&text, "ipv4_unicast = 2", "ipv4_unicast = 3")).unwrap();
    pair.dials.signal(Signal::HUP);
    pair.dials.logs(&["limits of prefixes changed"]);
}

#[test]
fn a_session_ends_beyond_its_limit_and_comes_back_when_that_is_raised() {
    let limit = "[peer.max_prefix]\nipv4_unicast = 2\nbeyond = \"shutdown\"\n";
    let pair = Pair::start(Net(35), [("", ROUTES), ("", limit)]);
    pair.dials.logs(&["beyond its limit of prefixes", "ipv4-unicast"]);
    pair.waits.logs(&["session down", "6/1 Cease, Maximum Number of Prefixes Reached"]);
    pair.dials.neighbor("held", |n| n["state"] == "Idle" && n["max_prefixes"]["ipv4-unicast"] == 2);
    raise(&pair);
    pair.dials.neighbor("all of them", |n| n["accepted"] == 3);
}

#[test]
fn what_is_beyond_a_limit_is_passed_over_until_that_is_raised() {
    let limit = "[peer.max_prefix]\nipv4_unicast = 2\nbeyond = \"block\"\n";
    let pair = Pair::established(Net(36), [("", ROUTES), ("", limit)]);
    pair.dials.neighbor("blocked", |n| n["accepted"] == 2 && n["blocked"] == 1);
    raise(&pair);
    pair.dials.neighbor("all of them", |n| n["accepted"] == 3 && n["blocked"] == 0);
}
