//! Two daemons that peer with each other: a carrier, and one that stands for the far end.

use super::support::{Daemon, Files, Net, changed, eventually, example};
use rustix::process::Signal;
use serde_json::{Value, json};

/// The carrier: it waits at `net`.1 and announces a good prefix, one without the community, and none
/// of what its export policy refuses.
fn carrier(net: Net) -> String {
    format!(
        r#"
[speaker]
asn = 64500
router_id = "192.0.2.1"
listen = ["{net}.1:0"]
plan = "plan.toml"

[[peer]]
name = "edge-1"
connection = "fra-1"
address = "{net}.2"
local_address = "{net}.1"
asn = 8075
passive = true
hold_time = 180
import = "from-microsoft"
export = "to-microsoft"

[peer.max_prefix]
ipv4_unicast = 450

[peer.bfd]
desired_min_tx = "100ms"
required_min_rx = "100ms"
detect_mult = 5
strict = true

[[route]]
prefix = "198.51.100.0/24"
as_path = [64501]
origin = "incomplete"
med = 70
communities = ["8075:8007", "64500:7"]
large_communities = ["64500:1:2"]

[[route]]
prefix = "203.0.113.0/24"

[[route]]
prefix = "192.0.2.0/24"
communities = ["no-advertise"]

[policy.to-microsoft]
default = "reject"

[[policy.to-microsoft.rule]]
name = "own prefixes"
match = {{ prefix = ["198.51.100.0/24", "203.0.113.0/24"] }}
set = {{ add_med = 5, delete_community = ["64500:*"] }}
then = "accept"

[policy.from-microsoft]
default = "accept"

[[policy.from-microsoft.rule]]
name = "never AS12076"
match = {{ asn_in_path = [12076] }}
then = "reject"
"#
    )
}

/// The far end: it connects to `port` and announces two prefixes, one of them by way of AS12076.
fn edge(net: Net, port: u16) -> String {
    format!(
        r#"
[speaker]
asn = 8075
router_id = "192.0.2.2"
listen = []

[[peer]]
name = "carrier"
connection = "fra-1"
address = "{net}.1"
port = {port}
local_address = "{net}.2"
asn = 64500
hold_time = 180
connect_retry = 1
import = "no-bare-routes"
export = "accept-all"

[peer.bfd]
desired_min_tx = "100ms"
required_min_rx = "100ms"
detect_mult = 5
strict = true

[[route]]
prefix = "198.18.0.0/24"

[[route]]
prefix = "198.18.1.0/24"
as_path = [12076]

[policy.no-bare-routes]
default = "accept"

[[policy.no-bare-routes.rule]]
name = "community missing"
match = {{ not = {{ community = ["8075:8007"] }} }}
then = "reject"

[[policy.no-bare-routes.rule]]
name = "voice"
set = {{ local_pref = 300, add_large_community = ["64500:9:9"] }}
then = "accept"
"#
    )
}

/// The example's plan, with the sessions' addresses those of loopback, and its second peering gone.
fn plan(net: Net) -> String {
    let plan = std::fs::read_to_string(example("plan.toml")).unwrap();
    let plan = changed(&plan, "192.0.2.10/31", &format!("{net}.1/30"));
    changed(&plan, "192.0.2.11", &format!("{net}.2"))
}

/// Both, Established, with all routes exchanged.
fn pair(net: Net) -> (Daemon, Daemon) {
    let files = Files::new();
    files.write("plan.toml", &plan(net));
    let carrier = Daemon::start_in(files, &carrier(net));
    let edge = Daemon::start(&edge(net, carrier.listening().port()));
    carrier.neighbor("the carrier has all", |n| (&n["accepted"], &n["rejected"]) == (&json!(1), &json!(1)));
    edge.neighbor("the edge has all", |n| (&n["accepted"], &n["rejected"]) == (&json!(1), &json!(1)));
    (carrier, edge)
}

fn route<'a>(routes: &'a Value, prefix: &str) -> &'a Value {
    let all = routes["routes"].as_array().unwrap();
    all.iter().find(|r| r["prefix"] == prefix).unwrap_or_else(|| panic!("no {prefix}: {routes}"))
}

#[test]
fn routes_cross_with_their_attributes_and_the_edits_of_policy() {
    let net = Net(1);
    let (carrier, edge) = pair(net);
    let seen = edge.show("routes");
    assert_eq!(
        *route(&seen, "198.51.100.0/24"),
        json!({
            "prefix": "198.51.100.0/24", "path_id": null, "peer": "carrier", "state": "best", "stale": null, "next_hop": format!("{net}.1"),
            "as_path": "64500 64501", "origin": "incomplete", "communities": ["8075:8007"],
            "large_communities": ["64500:1:2", "64500:9:9"], "med": 75, "local_pref": 300,
            "atomic_aggregate": false, "aggregator": null, "cluster_list": [], "originator_id": null,
            "multipath": false, "weight": 0, "rpki": "not-checked", "irr": "not-checked", "aspa": "not-checked", "reason": "policy no-bare-routes: rule 2 \"voice\" accepts: set local-pref 300, add \
             large-community 64500:9:9",
        })
    );
    let bare = route(&seen, "203.0.113.0/24");
    assert_eq!((&bare["state"], &bare["peer"]), (&json!("rejected"), &json!("carrier")));
    assert!(bare["reason"].as_str().unwrap().contains("community missing"), "{bare}");
    assert!(!seen["routes"].as_array().unwrap().iter().any(|r| r["prefix"] == "192.0.2.0/24"));

    let seen = carrier.show("routes");
    assert_eq!(route(&seen, "198.18.0.0/24")["as_path"], "8075");
    let never = route(&seen, "198.18.1.0/24");
    assert_eq!(never["state"], "rejected");
    assert!(never["reason"].as_str().unwrap().contains("never AS12076"), "{never}");
    let own = route(&seen, "198.51.100.0/24");
    assert_eq!((&own["peer"], &own["reason"]), (&json!("local"), &json!("originated here")));

    let table = carrier.ask(&["show", "routes"]);
    assert_eq!((table.status, table.err.as_str()), (Some(0), ""));
    for cell in ["prefix", "198.18.1.0/24", "8075 12076", "rejected", "never AS12076", "local", "5 paths"] {
        assert!(table.out.contains(cell), "{cell}\n{}", table.out);
    }
}

#[test]
fn neighbors_and_bfd() {
    let net = Net(2);
    let (carrier, edge) = pair(net);
    let shown = carrier.show("neighbors");
    assert_eq!((&shown["asn"], &shown["router_id"]), (&json!(64500), &json!("192.0.2.1")));
    assert_eq!(shown["refused_connections"], 0);
    let neighbor = &shown["neighbors"][0];
    for (field, value) in [
        ("name", json!("edge-1")),
        ("address", json!(format!("{net}.2"))),
        ("asn", json!(8075)),
        ("state", json!("Established")),
        ("router_id", json!("192.0.2.2")),
        ("hold_time", json!(180)),
        ("keepalive_time", json!(60)),
        ("families", json!(["ipv4-unicast"])),
        ("announced", json!(2)),
        ("malformed", json!(0)),
        ("bfd", json!("Up")),
        ("last_down", Value::Null),
    ] {
        assert_eq!(neighbor[field], value, "{field}");
    }
    assert!(neighbor["established_s"].as_f64().unwrap() > 0.0);
    assert!(neighbor["messages_in"].as_u64().unwrap() >= 4, "{neighbor}");

    let bfd = eventually("both ends run at their own speed", || {
        let session = carrier.show("bfd")["sessions"][0].take();
        if session["detection_time_us"] == 500_000 { Ok(session) } else { Err(session.to_string()) }
    });
    let there = edge.show("bfd")["sessions"][0].take();
    for (field, value) in [
        ("peer", json!("edge-1")),
        ("address", json!(format!("{net}.2"))),
        ("state", json!("Up")),
        ("remote_state", json!("Up")),
        ("transmit_interval_us", json!(100_000)),
        ("detect_mult", json!(5)),
        ("remote_detect_mult", json!(5)),
        ("packets_discarded", json!(0)),
        ("local_discriminator", there["remote_discriminator"].clone()),
        ("remote_discriminator", there["local_discriminator"].clone()),
    ] {
        assert_eq!(bfd[field], value, "{field}");
    }
    for (what, cells) in [
        ("neighbors", ["edge-1", &format!("{net}.2"), "8075", "Established"]),
        ("bfd", ["edge-1", "Up", "500 ms", "5/5"]),
    ] {
        let table = carrier.ask(&["show", what]);
        assert_eq!((table.status, table.err.as_str()), (Some(0), ""));
        cells.iter().for_each(|cell| assert!(table.out.contains(cell), "{cell}\n{}", table.out));
    }
}

/// Both ends come to the same verdicts on the same plan.
#[test]
fn verdicts_from_both_ends() {
    let net = Net(3);
    let (carrier, edge) = pair(net);
    let plan = carrier.directory().join("plan.toml");
    for daemon in [&carrier, &edge] {
        let said = daemon.ask(&["check", "--live", "--format", "json", "-p", plan.to_str().unwrap()]);
        assert_eq!((said.status, said.err.as_str()), (Some(1), ""), "{}", said.out);
        let report = said.json();
        let failed = |prefix: &str| {
            let prefixes = report["prefixes"].as_array().unwrap();
            prefixes.iter().find(|p| p["prefix"] == prefix).unwrap()["failed"].clone()
        };
        assert_eq!(failed("198.51.100.0/24"), json!([]));
        assert_eq!(failed("203.0.113.0/24"), json!(["VP-COMMUNITY"]));
        let on_it = |rule: &str| {
            let all = report["verdicts"].as_array().unwrap();
            all.iter().find(|v| v["rule"] == rule && v["subject"]["connection"] == "fra-1").unwrap().clone()
        };
        for rule in ["VP-BFD", "VP-BFD-STRICT", "VP-NO-MD5", "VP-HOLD-TIME", "VP-NEXTHOP", "VP-ASPATH-SET"] {
            let verdict = on_it(rule);
            assert_eq!(verdict["state"], "Verified", "{verdict}");
        }
        let source = on_it("VP-COMMUNITY")["evidence"][0]["source"].to_string();
        assert!(source.contains(&format!("session fra-1, live session with {net}.")), "{source}");
        // Only the carrier's daemon knows its limit.
        let limit = on_it("VP-MAX-PREFIX");
        let is_carrier = daemon.show("neighbors")["asn"] == 64500;
        assert_eq!(limit["state"], if is_carrier { "Verified" } else { "Unknown" }, "{limit}");
        // Only the carrier knows what it accepts: its policy refuses the route by way of AS12076.
        let accepted = if is_carrier { "Verified" } else { "Unknown" };
        assert_eq!(on_it("VP-NO-AS12076")["state"], accepted);
    }
    let shown = carrier.show("verdicts");
    assert_eq!(shown["outcome"], "failed");
    let table = carrier.ask(&["show", "verdicts"]);
    assert_eq!(table.status, Some(0));
    assert!(table.out.contains("VP-COMMUNITY"), "{}", table.out);
    edge.ask(&["show", "verdicts"]).refused_with(&["the daemon has no plan", "speaker.plan"], "no plan");
}

#[test]
fn routes_are_asked_for_again() {
    let net = Net(4);
    let (carrier, edge) = pair(net);
    let before = edge.show("neighbors")["neighbors"][0]["messages_out"].as_u64().unwrap();
    for peer in ["edge-1", &format!("{net}.2")] {
        let said = carrier.ask(&["refresh", peer]);
        assert_eq!((said.status, said.out), (Some(0), format!("asked {peer} for its routes\n")));
    }
    edge.logs(&["the peer asks for a refresh", "peer=\"carrier\""]);
    edge.neighbor("it sends them again", |n| n["messages_out"].as_u64().unwrap() >= before + 2);
    let said = carrier.ask(&["refresh", "nobody"]);
    said.refused_with(&["no peer is called or addressed \"nobody\""], "an unknown peer");
}

#[test]
fn a_daemon_that_stops_says_so() {
    let (mut carrier, edge) = pair(Net(5));
    carrier.signal(Signal::TERM);
    assert_eq!(carrier.ended(), Some(0));
    let down = edge.neighbor("it is told", |n| n["state"] != "Established");
    let why = down["last_down"].as_str().unwrap();
    assert_eq!(why, "the peer sent 6/2 Cease, Administrative Shutdown \"voicepeer is stopping\"");
    assert_eq!(down["accepted"], 0);
    edge.ask(&["refresh", "carrier"])
        .refused_with(&["the session with carrier is", "nobody to ask"], "no session");
    edge.logs(&["WARN", "session down", "Administrative Shutdown"]);
}
