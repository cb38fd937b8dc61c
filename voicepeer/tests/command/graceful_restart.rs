//! A daemon that is killed and comes back: its routes outlast it at its peer.

use super::support::{Daemon, Files, Net, Pair, eventually};
use serde_json::Value;

const RESTART: &str = "[peer.graceful_restart]\nforwarding_preserved = true\n";

fn stale(pair: &Pair) -> Vec<(String, bool)> {
    let routes = pair.waits.show("routes");
    let one = |r: &Value| (r["prefix"].as_str().unwrap().to_owned(), r["stale"] == "kept");
    routes["routes"].as_array().unwrap().iter().map(one).collect()
}

fn is(pair: &Pair, want: &[(&str, bool)]) {
    eventually("the routes", || {
        let got = stale(pair);
        let same = got.iter().map(|(prefix, stale)| (prefix.as_str(), *stale)).eq(want.iter().copied());
        if same { Ok(()) } else { Err(format!("{got:?}\n{}", pair.waits.log())) }
    });
}

#[test]
fn routes_outlast_a_crash_and_what_is_not_said_again_goes() {
    let (a, b) = ("[[route]]\nprefix = \"198.51.100.0/24\"\n", "[[route]]\nprefix = \"203.0.113.0/24\"\n");
    let mut pair = Pair::established(Net(37), [("", RESTART), ("", &format!("{RESTART}{a}{b}"))]);
    is(&pair, &[("198.51.100.0/24", false), ("203.0.113.0/24", false)]);
    let agreed = pair.waits.neighbor("agreed", |n| n["agreed"].is_object())["agreed"].take();
    assert_eq!(agreed["graceful_restart"]["restart_time"], 120, "{agreed}");
    let text = std::fs::read_to_string(pair.dials.directory().join("voicepeer.toml")).unwrap();
    pair.dials.kill();
    is(&pair, &[("198.51.100.0/24", true), ("203.0.113.0/24", true)]);
    // It announces once the peer has said what it has.
    pair.dials = Daemon::start_with(Files::new(), &text.replace(b, ""), &["--restarted"]);
    is(&pair, &[("198.51.100.0/24", false)]);
    assert_eq!(pair.dials.show("neighbors")["restarting"], false);
    let offers = pair.waits.show("neighbors")["neighbors"][0]["agreed"]["peer_offers"].to_string();
    assert!(offers.contains("restarting"), "{offers}");
}
