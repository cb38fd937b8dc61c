//! `drill`: one leg of a carrier and the far end's stand-in is taken down, measured from both ends, and restored.

use super::far_end::{carrier, far_end};
use super::support::{Daemon, Files, Net, Pair, eventually, voicepeer};
use serde_json::{Value, json};
use std::path::Path;

/// Both ends, with two legs over which all routes have come.
fn both(net: Net) -> (Daemon, Daemon) {
    let far_end = far_end(net);
    let carrier = carrier(net, &far_end);
    whole(&carrier, &far_end);
    (carrier, far_end)
}

/// Waits until both legs are up at both ends, at the speed agreed, with every route.
#[track_caller]
fn whole(carrier: &Daemon, far_end: &Daemon) {
    for (daemon, accepted) in [(carrier, 280), (far_end, 2)] {
        eventually("both legs are whole", || {
            let (neighbors, bfd) = (daemon.show("neighbors"), daemon.show("bfd"));
            let neighbors = neighbors["neighbors"].as_array().unwrap().clone();
            let sessions = bfd["sessions"].as_array().unwrap().clone();
            let is_up = |n: &Value| {
                n["state"] == "Established"
                    && n["bfd"] == "Up"
                    && n["accepted"] == accepted
                    && n["draining"] == false
            };
            let settled = |s: &Value| s["detection_time_us"] == 900_000;
            if neighbors.iter().all(is_up) && sessions.iter().all(settled) {
                Ok(())
            } else {
                Err(format!("{neighbors:?} {sessions:?}\n{}", daemon.log()))
            }
        });
    }
}

/// The leg that the carrier reaches the far end's prefixes by.
fn active(carrier: &Daemon) -> String {
    let explained = carrier.ask(&["explain", "198.18.0.0/24", "--json"]).json();
    explained["paths"][0]["peer"].as_str().unwrap().to_owned()
}

fn drill(carrier: &Daemon, far_end: &Daemon, out: &Path, more: &[&str]) -> super::support::Said {
    let (there, out) = (far_end.control(), out.to_str().unwrap());
    let there = there.to_str().unwrap();
    let leg = active(carrier);
    carrier.ask(&[&["drill", &leg, "--far-end", there, "--out", out], more].concat())
}

#[test]
fn a_leg_is_drilled_and_everything_is_as_before() {
    let net = Net(42);
    let (carrier, far_end) = both(net);
    let files = Files::new();
    let out = files.path("first");
    let said = drill(&carrier, &far_end, &out, &["--json"]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
    let evidence = said.json();
    measured(&evidence);
    let written = std::fs::read_to_string(out.join("evidence.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), evidence);
    let report = std::fs::read_to_string(out.join("report.md")).unwrap();
    assert!(
        report.contains("All was as it must be.") && report.contains("![timeline](timeline.svg)"),
        "{report}"
    );
    assert!(std::fs::read_to_string(out.join("timeline.svg")).unwrap().contains("<svg"));
    whole(&carrier, &far_end);

    // Evidence is not written over, and nothing is touched for it.
    drill(&carrier, &far_end, &out, &[]).refused_with(&["is there already", "--out"], "the same folder");
    drained(&carrier, &far_end, &files.path("second"));
    whole(&carrier, &far_end);
}

fn measured(evidence: &Value) {
    assert_eq!((&evidence["as_expected"], &evidence["problems"]), (&json!(true), &json!([])), "{evidence:#}");
    assert_eq!((&evidence["notes"], &evidence["detection_time_us"]), (&json!([]), &json!(900_000)));
    let ends = evidence["ends"].as_array().unwrap();
    let names: Vec<&str> = ends.iter().map(|end| end["end"].as_str().unwrap()).collect();
    assert_eq!(names, ["carrier", "far end"]);
    for (end, prefixes) in ends.iter().zip([280, 2]) {
        assert_eq!(
            (&end["leg"]["prefixes"], &end["leg"]["best"]),
            (&json!(prefixes), &json!(prefixes)),
            "{end:#}"
        );
        assert_eq!((&end["moved"], &end["lost"]), (&json!(prefixes), &json!(0)), "{end:#}");
        let us = |field: &str| end[field].as_u64().unwrap_or_else(|| panic!("no {field}: {end:#}"));
        assert!(us("detected_us") > 0 && us("session_down_us") <= us("withdrawn_us"), "{end:#}");
        assert!(us("session_down_us") <= us("off_leg_us"), "{end:#}");
        assert!(us("bfd_up_us") <= us("established_us"), "{end:#}");
        assert!(us("established_us") <= us("restored_us"), "{end:#}");
        assert!(end["cease"] == "sent" || end["cease"] == "received", "{end:#}");
        assert!(end["reason"].as_str().unwrap().contains("BFD"), "{end:#}");
        let timeline = end["timeline"].as_array().unwrap();
        assert!(timeline.is_sorted_by_key(|point| point["us"].as_i64()), "{end:#}");
    }
    // One of both was told by the other, unless both found out at once.
    assert!(ends.iter().any(|end| end["cease"] == "sent"), "{evidence:#}");
    let began = |end: &Value| end["timeline"][0]["what"].clone();
    assert_eq!(began(&ends[0]), "BFD silenced");
}

fn drained(carrier: &Daemon, far_end: &Daemon, out: &Path) {
    let said = drill(carrier, far_end, out, &["--drain", "--json"]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
    let evidence = said.json();
    assert_eq!((&evidence["as_expected"], &evidence["drained_first"]), (&json!(true), &json!(true)));
    for end in evidence["ends"].as_array().unwrap() {
        // All had moved before BFD was silenced.
        assert!(end["drained_us"].is_u64() && end["off_leg_us"].is_null(), "{end:#}");
        assert_eq!(end["moved"], end["leg"]["prefixes"], "{end:#}");
    }
    assert!(carrier.log().contains("session down"), "{}", carrier.log());
}

#[test]
fn a_drill_whose_client_dies_is_undone() {
    let net = Net(43);
    let (carrier, far_end) = both(net);
    let files = Files::new();
    let (control, out) = (carrier.control(), files.path("evidence"));
    let mut client = voicepeer();
    client.args(["drill", "edge-1", "--hold", "600s", "--control", control.to_str().unwrap()]);
    let mut client = client.arg("--out").arg(&out).spawn().unwrap();
    eventually("the leg is down at both ends", || {
        let states =
            [&carrier, &far_end].map(|daemon| daemon.show("neighbors")["neighbors"][0]["state"].clone());
        if states.iter().all(|state| state != "Established") { Ok(()) } else { Err(format!("{states:?}")) }
    });
    let second = carrier.ask(&["drill", "edge-2", "--out", files.path("other").to_str().unwrap()]);
    second.refused_with(&["another drill is running"], "two at once");
    client.kill().unwrap();
    client.wait().unwrap();
    whole(&carrier, &far_end);
    assert!(!out.join("evidence.json").exists());
}

#[test]
fn what_must_not_be_drilled_is_refused() {
    let files = Files::new();
    let out = files.path("evidence");
    let out = out.to_str().unwrap();
    let pair = Pair::established(Net(44), [("", ""), ("", "")]);
    for (leg, says) in [
        ("waits", &["waits is Established, BFD not configured", "nothing to be drilled"][..]),
        ("nobody", &["no peer is called or addressed \"nobody\""]),
    ] {
        pair.dials.ask(&["drill", leg, "--out", out]).refused_with(says, leg);
    }
    let beside = files.write("file", "");
    let nowhere = beside.join("folder");
    let said = pair.dials.ask(&["drill", "waits", "--out", nowhere.to_str().unwrap()]);
    said.refused_with(&["cannot write", "--out"], "a folder that cannot be made");
    let said = pair.dials.ask(&["drill", "waits", "--out", out, "--hold", "5"]);
    said.refused_with(&["a whole number with its unit"], "a time without its unit");
}
