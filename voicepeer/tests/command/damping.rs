//! A route that flaps between two daemons.

use super::configuration::{PEER, SPEAKER, refuse_each};
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
    for part in ["accept-all", "flaps for", "figure of merit", "RFC 2439"] {
        assert!(reason.contains(part), "{part}: {reason}");
    }
    let text = pair.dials.ask(&["explain", "198.51.100.0/24"]).out;
    assert!(text.contains("damped") && text.contains("flaps"), "{text}");
}

#[test]
fn values_that_damping_cannot_have() {
    let peer = &format!("{SPEAKER}{PEER}");
    let internal = &peer.replace("64501", "64500");
    let damping = &format!("{peer}[peer.damping]\n");
    refuse_each(&[
        (
            damping,
            "suppress = 700",
            12,
            &["reuse must be above zero", "peer.damping.suppress", "below suppress"],
        ),
        (damping, "reuse = 0", 9, &["reuse must be above zero", "peer.damping.reuse"]),
        (
            damping,
            "half_life = 0",
            13,
            &["half-life of damping is zero", "peer.damping.half_life", "1 or more"],
        ),
        (damping, "max_suppress = 60", 16, &["max_suppress is too short", "peer.damping.max_suppress"]),
        (damping, "suppress = 12000", 12, &["max_suppress is too short", "peer.damping.suppress"]),
        (damping, "withdrawal = -1", 14, &["peer.damping.withdrawal", "a whole number of points"]),
        (internal, "[peer.damping]", 0, &["damping is for external peers", "peer.damping", "RFC 2439"]),
    ]);
}
