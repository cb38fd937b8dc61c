//! What a peer's BFD session may have, and changing it while it runs.

use super::support::{Daemon, Net, changed, eventually};
use rustix::process::Signal;
use serde_json::{Value, json};

const KEYS: &str = r#"type = "meticulous-keyed-sha1", keys = [{ id = 1, secret = "the old key" }]"#;
const BOTH_KEYS: &str = r#"type = "meticulous-keyed-sha1", send = 2, keys = [{ id = 1, secret = "the old key" }, { id = 2, secret = "the new key" }]"#;

/// A daemon at `net`.`own` whose only peer is at `net`.`other`; without BGP, which nobody listens for.
fn daemon(net: Net, own: u8, other: u8) -> String {
    format!(
        r#"
[speaker]
asn = 6450{own}
router_id = "192.0.2.{own}"
listen = []

[[peer]]
name = "peer"
address = "{net}.{other}"
local_address = "{net}.{own}"
asn = 6450{other}
passive = true

[peer.bfd]
profile = "usual"
required_min_rx = "200ms"
authentication = {{ {KEYS} }}

[bfd]
early = "1ms"
spin = "10us"

[bfd.profile.usual]
desired_min_tx = "100ms"
required_min_rx = "50ms"
detect_mult = 5
multihop = true
minimum_ttl = 255
control_plane_independent = true
"#
    )
}

#[track_caller]
fn session(daemon: &Daemon, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(what, || {
        let session = daemon.show("bfd")["sessions"][0].take();
        if is(&session) { Ok(session) } else { Err(format!("{session:#}\n{}", daemon.log())) }
    })
}

fn rewrite(daemon: &Daemon, text: &str) {
    std::fs::write(daemon.directory().join("voicepeer.toml"), text).unwrap();
    daemon.signal(Signal::HUP);
}

#[test]
fn a_profile_and_keys_change_without_a_flap() {
    let net = Net(13);
    let (at_a, at_b) = (daemon(net, 1, 2), daemon(net, 2, 1));
    let (a, b) = (Daemon::start(&at_a), Daemon::start(&at_b));
    let agreed = |s: &Value| s["state"] == "Up" && s["detection_time_us"] == 1_000_000;
    let shown = session(&a, "Up, with the peer's 5 packets of our 200 ms", agreed);
    for (field, value) in [
        ("path", json!("multihop")),
        ("minimum_ttl", json!(255)),
        ("authentication", json!("meticulous-keyed-sha1")),
        ("authentication_key", json!(1)),
        ("remote_control_plane_independent", json!(true)),
        ("demand", json!(false)),
        ("transmit_interval_us", json!(200_000)),
        ("discards", json!({})),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    let table = a.ask(&["show", "bfd"]).out;
    for cell in ["multihop", "meticulous-key", "key 1"] {
        assert!(table.contains(cell), "{cell}\n{table}");
    }

    // The new key is taken by both before either sends with it; the timers change with it.
    let taking = |text: &str| changed(text, KEYS, &BOTH_KEYS.replace("send = 2", "send = 1"));
    let slower = |text: &str| changed(text, "desired_min_tx = \"100ms\"", "desired_min_tx = \"300ms\"");
    let (at_a, at_b) = (slower(&taking(&at_a)), slower(&taking(&at_b)));
    rewrite(&a, &at_a);
    rewrite(&b, &at_b);
    for daemon in [&a, &b] {
        daemon.logs(&["BFD session changed", "peer"]);
        session(daemon, "the slower timers", |s| s["detection_time_us"] == 1_500_000);
    }
    for (daemon, text) in [(&a, &at_a), (&b, &at_b)] {
        rewrite(daemon, &changed(text, "send = 1", "send = 2"));
        session(daemon, "the new key", |s| s["authentication_key"] == 2);
    }
    rewrite(&a, "[speaker]\nasn = 1\n");
    a.logs(&["the configuration stays as it was"]);
    for daemon in [&a, &b] {
        let packets = session(daemon, "packets", |s| s["packets_in"].as_u64() > Some(0));
        let count = packets["packets_in"].as_u64();
        let after = session(daemon, "two more packets", |s| s["packets_in"].as_u64() > count.map(|c| c + 1));
        assert_eq!((&after["state"], &after["discards"]), (&json!("Up"), &json!({})));
        let changes =
            daemon.log().lines().filter(|line| line.contains(" bfd ") && line.contains("from=")).count();
        assert!(changes <= 2, "one or two on the way Up, none since\n{}", daemon.log());
    }
}

/// Both ends of a LAG whose member is the loopback interface.
fn lag(net: Net, own: u8, other: u8) -> String {
    format!(
        r#"
[speaker]
asn = 6450{own}
router_id = "192.0.2.{own}"
listen = []

[[lag]]
name = "core"
local_address = "{net}.{own}"
address = "{net}.{other}"
members = ["lo"]
"#
    )
}

#[test]
fn the_members_of_a_lag_are_watched() {
    let net = Net(31);
    let near = Daemon::start(&lag(net, 1, 2));
    let far = Daemon::start(&lag(net, 2, 1));
    for daemon in [&near, &far] {
        let up = session(daemon, "the member is Up", |s| s["state"] == "Up");
        assert_eq!((&up["peer"], &up["path"]), (&json!("LAG member lo"), &json!("LAG member")));
        assert!(daemon.log().contains("LAG up"), "{}", daemon.log());
    }
    drop(far);
    session(&near, "the member is Down", |s| s["state"] == "Down");
}

#[test]
fn others_begin_sessions_where_they_may() {
    let net = Net(32);
    let host = Daemon::start(&format!(
        r#"
[speaker]
asn = 64501
router_id = "192.0.2.1"
listen = []

[bfd.profile.usual]
desired_min_tx = "100ms"

[[bfd.unsolicited]]
local_address = "{net}.1"
allow = ["{net}.2/32"]
limit = 1
linger = "100ms"
profile = "usual"
"#
    ));
    let guest = Daemon::start(&format!(
        r#"
[speaker]
asn = 64502
router_id = "192.0.2.2"
listen = []

[[peer]]
name = "host"
address = "{net}.1"
local_address = "{net}.2"
asn = 64501
passive = true

[peer.bfd]
padding = 1400
damping = {{}}
"#
    ));
    let ours = session(&guest, "the guest's is Up", |s| s["state"] == "Up");
    assert_eq!((&ours["padding"], &ours["damping_penalty"]), (&json!(1400), &json!(0)));
    let theirs = session(&host, "the host's is Up", |s| s["state"] == "Up");
    assert_eq!((&theirs["peer"], &theirs["detect_mult"]), (&json!("unsolicited"), &json!(3)));
    assert!(host.log().contains("others may begin BFD sessions"), "{}", host.log());
    drop(guest);
    eventually("the session is gone", || {
        let sessions = host.show("bfd")["sessions"].as_array().map(Vec::len);
        if sessions == Some(0) { Ok(()) } else { Err(host.log()) }
    });
    assert!(host.log().contains("unsolicited bfd session removed"), "{}", host.log());
}

/// A daemon that reflects, or asks, on an address of its own.
fn seamless(own: &str, table: &str) -> String {
    format!(
        "[speaker]\nasn = 64501\nrouter_id = \"192.0.2.1\"\nlisten = []\n{table}\nlocal_address = \"{own}\"\n"
    )
}

#[test]
fn seamless_bfd_asks_and_is_answered() {
    let net = Net(33);
    let (near, far) = (format!("{net}.1"), format!("{net}.2"));
    let ask = |discriminator: u32| {
        let timers = "desired_min_tx = \"20ms\"\ndetect_mult = 4";
        let table =
            format!("[[bfd.initiator]]\nreflector = \"{far}\"\ndiscriminator = {discriminator}\n{timers}");
        Daemon::start(&seamless(&near, &table))
    };
    let reflect = |more: &str| {
        let table = format!(
            "[[bfd.reflector]]\ndiscriminators = [7, 3221225986]\nrequired_min_rx = \"30ms\"\n{more}"
        );
        Daemon::start(&seamless(&far, &table))
    };
    let (asking, reflector) = (ask(3_221_225_986), reflect(""));
    let up = session(&asking, "the reflector answers", |s| s["state"] == "Up");
    assert_eq!(
        (&up["peer"], &up["address"], &up["path"]),
        (&json!("S-BFD"), &json!(far), &json!("seamless"))
    );
    assert_eq!((&up["remote_discriminator"], &up["detect_mult"]), (&json!(3_221_225_986_u32), &json!(4)));
    session(&asking, "it keeps the interval asked for", |s| s["transmit_interval_us"] == 30_000);
    assert!(reflector.log().contains("initiators of seamless bfd are answered"), "{}", reflector.log());
    drop(reflector);
    let down = session(&asking, "the reflector is silent", |s| s["state"] == "Down");
    assert_eq!(down["diagnostic"], "control detection time expired");
    assert!(asking.log().contains("seamless bfd"), "{}", asking.log());
    let recording = asking.ask(&["bfd", "history", &far, "--json"]).json();
    assert_eq!(
        (&recording["down_count"], &recording["downs"][0]["from"]),
        (&json!(1), &json!("Up")),
        "{recording}"
    );
    assert!(!recording["packets_before_down"].as_array().unwrap().is_empty(), "{recording}");
    let _out_of_service = reflect("in_service = false");
    session(&asking, "it is out of service", |s| s["remote_state"] == "AdminDown");
}
