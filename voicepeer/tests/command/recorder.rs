//! `voicepeer bfd show`, `history` and `margin`: what a running daemon's flight recorders have.

use super::support::{Daemon, Net, eventually, run};
use rustix::process::Signal;
use serde_json::Value;

/// A daemon at `net`.`own` whose only peer is at `net`.`other`; without BGP, which nobody listens for.
fn daemon(net: Net, own: u8, other: u8) -> Daemon {
    Daemon::start(&format!(
        "[speaker]\nasn = 6450{own}\nrouter_id = \"192.0.2.{own}\"\nlisten = []\n\
         [[peer]]\nname = \"peer\"\naddress = \"{net}.{other}\"\nlocal_address = \"{net}.{own}\"\n\
         asn = 6450{other}\npassive = true\n\
         [peer.bfd]\ndesired_min_tx = \"100ms\"\nrequired_min_rx = \"100ms\"\ndetect_mult = 5\n"
    ))
}

/// What the recorder has, once `is` holds of it.
#[track_caller]
fn history(daemon: &Daemon, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(what, || {
        let recording = daemon.ask(&["bfd", "history", "peer", "--json"]).json();
        if is(&recording) { Ok(recording) } else { Err(format!("{recording:#}\n{}", daemon.log())) }
    })
}

fn is_up(recording: &Value) -> bool {
    recording["session"]["state"] == "Up"
        && recording["received"]["packets"].as_u64() > Some(5)
        && recording["received"]["interval_us"] == 100_000
        && recording["sent"]["interval_us"] == 100_000
}

#[test]
fn what_a_recorder_has() {
    let net = Net(31);
    let (one, _other) = (daemon(net, 1, 2), daemon(net, 2, 1));
    let recording = history(&one, "Up, with packets", is_up);
    let packets = recording["packets"].as_array().unwrap();
    for way in ["sent", "received"] {
        assert!(packets.iter().any(|packet| packet["way"] == way && packet["state"] == "Up"), "{packets:?}");
        let direction = &recording[way];
        assert!(direction["margin"]["left_us"].as_u64() <= Some(500_000), "{direction}");
        let counts = direction["lateness"]["histogram"].as_array().unwrap();
        let sum: u64 = counts.iter().map(|bucket| bucket["count"].as_u64().unwrap()).sum();
        assert_eq!(direction["packets"], sum);
    }
    let address = format!("{net}.2");
    for (what, parts) in [
        ("show", ["Up for", "the peer says Up", "received", "never Down"]),
        ("history", ["0 times Down since", "the last packets:", "received", "no diagnostic"]),
        ("margin", ["least margin", " of 500 ms", "late by:", "sent"]),
    ] {
        // By name and by address, for people and for programs.
        let text = one.ask(&["bfd", what, &address]);
        assert_eq!(text.status, Some(0), "{text:?}");
        for part in parts.into_iter().chain([&*format!("peer at {address}")]) {
            assert!(text.out.contains(part), "{what} lacks {part:?}:\n{}", text.out);
        }
        let document = one.ask(&["bfd", what, "peer", "--json"]).json();
        assert!(document["received"]["lateness"]["max_us"].is_number(), "{what}: {document}");
    }
    let nobody = one.ask(&["bfd", "show", "192.0.2.99"]);
    let there = format!("sessions there are: {address} (peer)");
    nobody.refused_with(&["no BFD session", "\"192.0.2.99\"", &there], "nobody has that address");

    // What history prints is what advise reads.
    let file = one.directory().join("recording.json");
    std::fs::write(&file, one.ask(&["bfd", "history", "peer", "--json"]).out).unwrap();
    let advice = run(["bfd".as_ref(), "advise".as_ref(), file.as_os_str(), "--json".as_ref()]);
    assert_eq!((advice.status, advice.err.as_str()), (Some(0), ""), "{advice:?}");
    let sessions = advice.json()["sessions"].take();
    assert_eq!((&sessions[0]["from"], &sessions[0]["to"]), (&Value::from(&*address), &"here".into()));
    assert_eq!((&sessions[1]["from"], &sessions[1]["interval_us"]), (&"here".into(), &100_000.into()));
}

#[test]
fn a_down_says_why() {
    let net = Net(32);
    let one = daemon(net, 1, 2);
    let mut other = daemon(net, 2, 1);
    history(&one, "Up", is_up);
    other.signal(Signal::TERM);
    other.ended();
    let told = history(&one, "told", |r| r["down_count"] == 1);
    let down = &told["downs"][0];
    assert_eq!((&down["cause"], &down["remote_state"]), (&"peer said so".into(), &"AdminDown".into()));
    assert_eq!((&down["from"], &down["says"]), (&"Up".into(), &"the peer said so".into()));
    assert!(!told["packets_before_down"].as_array().unwrap().is_empty());

    let other = daemon(net, 2, 1);
    history(&one, "Up again", is_up);
    // Killed, it says nothing any more.
    drop(other);
    let silent = history(&one, "silent", |r| r["down_count"] == 2);
    let down = &silent["downs"][1];
    // Unless this machine stood still for as long itself.
    assert!(down["cause"] == "peer silent" || down["stall_us"].as_u64() >= Some(100_000), "{down}");
    assert!(down["silence_us"].as_u64() >= Some(500_000), "{down}");
    let show = one.ask(&["bfd", "show", "peer"]);
    assert!(show.out.contains("2 times Down, the last time:"), "{}", show.out);
    assert!(show.out.contains("since its last packet, detection time 500 ms"), "{}", show.out);
}
