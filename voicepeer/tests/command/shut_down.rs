//! A session that an operator resets, shuts down and brings back.

use super::support::{Daemon, Net, Pair, eventually};
use serde_json::Value;

/// What an end's `show neighbors` says of its one peer, once it is so.
fn becomes(end: &Daemon, what: &str, is: impl Fn(&Value) -> bool) {
    eventually(what, || {
        let peer = end.show("neighbors")["neighbors"][0].take();
        if is(&peer) { Ok(()) } else { Err(peer.to_string()) }
    });
}

fn says(peer: &Value, field: &str, part: &str) -> bool {
    peer[field].as_str().is_some_and(|text| text.contains(part))
}

#[test]
fn the_peer_reads_why_and_the_session_stays_down_or_begins_anew() {
    let pair = Pair::established(Net(103), [("", ""), ("", "")]);
    let said = pair.waits.ask(&["reset", "dials", "--text", "another policy"]);
    assert_eq!((said.status, said.out.as_str()), (Some(0), "dials begins anew\n"), "{said:?}");
    becomes(&pair.dials, "the reset, and a new session", |peer| {
        says(peer, "last_down", "Administrative Reset \"another policy\"") && peer["state"] == "Established"
    });

    let said = pair.waits.ask(&["shutdown", "dials", "--text", "until 06:00 UTC"]);
    assert_eq!((said.status, said.out.as_str()), (Some(0), "dials is shut down\n"), "{said:?}");
    becomes(&pair.dials, "the shutdown", |peer| {
        says(peer, "last_down", "Administrative Shutdown \"until 06:00 UTC\"")
    });
    becomes(&pair.waits, "Idle", |peer| peer["state"] == "Idle" && peer["shut_down"] == true);
    assert!(pair.waits.ask(&["show", "neighbors"]).out.contains("Idle, shut down"));
    pair.waits.ask(&["reset", "dials"]).refused_with(&["dials is shut down", "--undo"], "a reset");

    let said = pair.waits.ask(&["shutdown", "dials", "--undo"]);
    assert_eq!((said.status, said.out.as_str()), (Some(0), "dials may begin again\n"), "{said:?}");
    becomes(&pair.waits, "Established", |peer| peer["state"] == "Established" && peer["shut_down"] == false);

    for command in ["reset", "shutdown"] {
        pair.waits.ask(&[command, "nobody"]).refused_with(&["no peer is called or addressed"], "unknown");
        let long = "x".repeat(256);
        let said = pair.waits.ask(&[command, "dials", "--text", &long]);
        said.refused_with(&["--text", "256 octets", "255 at most"], "a text that no NOTIFICATION carries");
    }
}
