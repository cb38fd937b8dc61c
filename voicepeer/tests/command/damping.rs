//! A route that flaps between two daemons.

use super::support::{Net, Pair, changed, eventually};
use rustix::process::Signal;

const DAMPING: &str = "[peer.damping]\nsuppress = 900\nreuse = 200\nhalf_life = 1200\n";

/// The daemon that announces withdraws its route and announces it again, by its export policy.
fn flap(pair: &Pair) {
    let path = pair.waits.directory().join("voicepeer.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let accepted = |wanted: usize| move |n: &serde_json::Value| n["accepted"] == wanted;
    std::fs::write(&path, changed(&text, "export = \"accept-all\"", "export = \"reject-all\"")).unwrap();
    pair.waits.signal(Signal::HUP);
    pair.dials.neighbor("withdrawn", accepted(0));
    std::fs::write(&path, &text).unwrap();
    pair.waits.signal(Signal::HUP);
}

#[test]
fn a_route_that_flaps_is_told_to_and_why_it_is_not_used() {
    let route = "[[route]]\nprefix = \"198.51.100.0/24\"\n";
    let pair = Pair::established(Net(43), [("", route), ("", DAMPING)]);
    pair.dials.neighbor("the route", |n| n["accepted"] == 1);
    flap(&pair);
    pair.dials.neighbor("suppressed", |n| (&n["accepted"], &n["damped"]) == (&0.into(), &1.into()));
    let route = eventually("the reason", || {
        let route = pair.dials.show("routes")["routes"][0].take();
        if route["state"] == "damped" { Ok(route) } else { Err(route.to_string()) }
    });
    let reason = route["reason"].as_str().unwrap();
    for part in ["accept-all", "flaps for", "figure of merit 1000", "RFC 2439"] {
        assert!(reason.contains(part), "{part}: {reason}");
    }
    let text = pair.dials.ask(&["explain", "198.51.100.0/24"]).out;
    assert!(text.contains("damped") && text.contains("flaps"), "{text}");
}
