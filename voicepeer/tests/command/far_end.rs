//! `run --profile microsoft-edge`: the far end's stand-in, with a carrier whose routes are good and bad.

use super::support::{Daemon, Net, changed, eventually, run};
use rustix::process::Signal;
use serde_json::{Value, json};

/// What the carrier registers, beside what it announces: (prefix, ASNs behind its own, community, the rules that
/// refuse it).
const ANNOUNCED: [(&str, &str, bool, &[&str]); 6] = [
    ("198.19.200.0/24", "", true, &[]),
    ("198.19.201.0/24", "64501", true, &[]),
    ("198.19.202.0/24", "", false, &["VP-COMMUNITY"]),
    ("198.19.203.0/24", "64500", true, &["VP-ASPATH-PREPEND"]),
    ("198.19.204.0/24", "65001, 64501", true, &["VP-ASPATH-PRIVATE"]),
    ("198.19.205.0/24", "", true, &["VP-UNREGISTERED"]),
];

/// Two connections to two edges; all that is announced is registered, but for the last.
fn plan() -> String {
    let connection = |n: u8, role: &str| {
        format!(
            "[[peerings.connections]]\nname = \"fra-{n}\"\nlocation = \"Frankfurt\"\nrole = \"{role}\"\n\
             router = \"router-{n}\"\nremote_router = \"edge-{n}\"\nbandwidth_gbps = 10\nstate = \"Active\"\n\
             [peerings.connections.session]\nlocal = \"192.0.2.{}/31\"\npeer = \"192.0.2.{}\"\nmax_prefix = 450\n\
             bfd = {{ desired_min_tx_ms = 300, required_min_rx_ms = 300, detect_mult = 3, strict = true }}\n",
            2 * n - 2,
            2 * n - 1
        )
    };
    let registered =
        ANNOUNCED.iter().filter(|(.., rules)| *rules != ["VP-UNREGISTERED"]).map(|(prefix, ..)| {
            format!("[[peerings.registered_prefixes]]\nname = \"{prefix}\"\nprefix = \"{prefix}\"\n")
        });
    format!(
        "asn = 64500\nassociated_asns = [64501]\n[treat_as_public]\nprefixes = [\"198.18.0.0/15\"]\n\
         asns = [64500, 64501]\n[attestations]\nirr = true\n[[peerings]]\nname = \"fra\"\n{}{}{}",
        connection(1, "primary"),
        connection(2, "redundant"),
        registered.collect::<String>()
    )
}

/// Where the plan's addresses are: the far end at `net`.2 and `net`.4, the carrier at `net`.1 and `net`.3.
pub(crate) fn far_end(net: Net) -> Daemon {
    far_end_with(net, &[])
}

/// The same, told more.
fn far_end_with(net: Net, more: &[&str]) -> Daemon {
    let map = [
        format!("192.0.2.1={net}.2:0"),
        format!("192.0.2.0={net}.1"),
        format!("192.0.2.3={net}.4:0"),
        format!("192.0.2.2={net}.3"),
    ];
    let map: Vec<&str> = map.iter().flat_map(|one| ["--map", one]).collect();
    Daemon::start_far_end(&plan(), &[&["--passive"], &map[..], more].concat())
}

/// The carrier, with a session to each of these edges.
pub(crate) fn carrier(net: Net, far_end: &Daemon) -> Daemon {
    carrier_to(net, far_end, &[1, 2])
}

/// The same, with some of them, by their numbers.
fn carrier_to(net: Net, far_end: &Daemon, edges: &[usize]) -> Daemon {
    let listening = far_end.show("neighbors")["listening"].clone();
    let peer = |n: usize| {
        let edge: std::net::SocketAddr = listening[n - 1].as_str().unwrap().parse().unwrap();
        format!(
            "[[peer]]\nname = \"edge-{n}\"\nconnection = \"fra-{n}\"\naddress = \"{}\"\nport = {}\n\
             local_address = \"{net}.{}\"\nasn = 8075\nhold_time = 180\nconnect_retry = 1\n\
             import = \"accept-all\"\nexport = \"accept-all\"\n[peer.bfd]\nprofile = \"voice\"\n",
            edge.ip(),
            edge.port(),
            2 * n - 1
        )
    };
    let routes = ANNOUNCED.map(|(prefix, path, community, _)| {
        let communities = if community { "\"8075:8007\"" } else { "" };
        format!(
            "[[route]]\nprefix = \"{prefix}\"\nas_path = [{path}]\ncommunities = [{communities}]\nmed = 70\n"
        )
    });
    Daemon::start(&format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.100\"\nlisten = []\n{}\
         [bfd.profile.voice]\ndesired_min_tx = \"300ms\"\nrequired_min_rx = \"300ms\"\ndetect_mult = 3\n\
         strict = true\n{}",
        edges.iter().map(|n| peer(*n)).collect::<String>(),
        routes.concat()
    ))
}

/// The portal's view, once `is` holds of it.
#[track_caller]
fn portal(daemon: &Daemon, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(what, || {
        let portal = daemon.show("portal");
        if is(&portal) { Ok(portal) } else { Err(format!("{portal:#}\n{}", daemon.log())) }
    })
}

fn has_all(portal: &Value) -> bool {
    let all = portal["connections"].as_array().unwrap();
    all.iter().all(|c| c["receivedRoutes"].as_array().unwrap().len() == ANNOUNCED.len())
}

#[test]
fn good_routes_are_accepted_and_each_bad_one_is_refused_by_its_rule() {
    let net = Net(40);
    let far_end = far_end(net);
    let before = far_end.show("portal");
    for connection in before["connections"].as_array().unwrap() {
        assert_eq!(connection["connectionState"], "ProvisioningCompleted", "{connection}");
        assert_eq!(connection["bgpSession"]["bfdState"], "Down");
    }
    assert_eq!(before["registeredPrefixes"][0]["prefixValidationState"], "Pending");
    assert!(before["notes"][0].as_str().unwrap().contains("synthetic"), "{before}");

    let carrier = carrier(net, &far_end);
    let portal = portal(&far_end, "all routes received", has_all);
    for (n, connection) in portal["connections"].as_array().unwrap().iter().enumerate() {
        session(connection, n + 1);
        for (prefix, path, _, rules) in ANNOUNCED {
            route(connection, prefix, path, rules);
        }
    }
    for (registered, (prefix, .., rules)) in
        portal["registeredPrefixes"].as_array().unwrap().iter().zip(ANNOUNCED)
    {
        let state = if rules.is_empty() { "Verified" } else { "Failed" };
        assert_eq!((&registered["prefix"], &registered["failed"]), (&json!(prefix), &json!(rules)));
        assert_eq!(registered["prefixValidationState"], state, "{registered}");
        assert_eq!(registered["errorMessage"].is_null(), rules.is_empty(), "{registered}");
    }
    what_the_carrier_gets(&carrier);
    what_the_speakers_have(&far_end);
    people_see(&far_end);
}

fn session(connection: &Value, number: usize) {
    assert_eq!(connection["connectionState"], "Active", "{connection}");
    let addresses = [format!("192.0.2.{}", 2 * number - 1), format!("192.0.2.{}", 2 * number - 2)];
    for (field, value) in [
        ("sessionPrefixV4", json!(format!("{}/31", addresses[1]))),
        ("microsoftSessionIPv4Address", json!(addresses[0])),
        ("peerSessionIPv4Address", json!(addresses[1])),
        ("sessionStateV4", json!("Established")),
        ("bfdState", json!("Up")),
        ("prefixesAdvertised", json!(280)),
    ] {
        assert_eq!(connection["bgpSession"][field], value, "{field}");
    }
    assert_eq!(connection["edge"], format!("edge-{number}"));
}

/// Addresses are the plan's, whatever they are here.
fn route(connection: &Value, prefix: &str, path: &str, rules: &[&str]) {
    let routes = connection["receivedRoutes"].as_array().unwrap();
    let route = routes.iter().find(|route| route["prefix"] == prefix).unwrap();
    assert_eq!(route["nextHop"], connection["bgpSession"]["peerSessionIPv4Address"]);
    assert_eq!(route["asPath"], format!("64500 {}", path.replace(',', "")).trim_end(), "{route}");
    assert_eq!(route["originAsValidationState"], "Unknown");
    assert_eq!((&route["rpkiValidationState"], &route["trustAnchor"]), (&json!("Unknown"), &Value::Null));
    assert!(route["receivedTimestamp"].as_str().unwrap().ends_with('Z'), "{route}");
    assert_eq!(
        (&route["accepted"], &route["refusedBy"]),
        (&json!(rules.is_empty()), &json!(rules)),
        "{route}"
    );
    let reason = route["reason"].as_str();
    assert!(rules.iter().all(|rule| reason.unwrap().starts_with(&format!("{rule}: "))), "{route}");
    assert_eq!(reason.is_none(), rules.is_empty());
    let remedies = route["verdicts"].as_array().unwrap().iter().filter(|v| v["remedy"].is_string());
    assert_eq!(remedies.count(), rules.len());
}

/// The synthetic prefixes on both sessions, and none of its own back.
fn what_the_carrier_gets(carrier: &Daemon) {
    eventually("all of the far end's routes", || {
        let shown = carrier.show("neighbors");
        let counts = [0, 1].map(|n: usize| shown["neighbors"][n]["accepted"].clone());
        if counts == [280, 280] { Ok(()) } else { Err(shown.to_string()) }
    });
    let routes = carrier.show("routes");
    for route in routes["routes"].as_array().unwrap().iter().filter(|r| r["peer"] != "local") {
        assert_eq!(route["as_path"], "8075", "{route}");
    }
}

/// Refused by the rule's name, and what is taken has another MED.
fn what_the_speakers_have(far_end: &Daemon) {
    let routes = far_end.show("routes");
    for (prefix, .., rules) in ANNOUNCED {
        let all = routes["routes"].as_array().unwrap().iter();
        let paths: Vec<&Value> = all.filter(|route| route["prefix"] == prefix).collect();
        assert_eq!(paths.len(), 2, "{prefix}");
        for path in paths {
            let reason = path["reason"].as_str().unwrap();
            if let [rule] = rules {
                assert_eq!((&path["state"], &path["med"]), (&json!("rejected"), &json!(70)), "{path}");
                assert!(reason.ends_with(&format!("\"{rule}\" rejects")), "{path}");
            } else {
                assert_eq!((&path["state"], &path["med"]), (&json!("best"), &json!(0)), "{path}");
            }
        }
    }
    let neighbors = far_end.show("neighbors");
    assert_eq!((&neighbors["asn"], &neighbors["router_id"]), (&json!(8075), &json!("192.0.2.1, 192.0.2.3")));
    for (neighbor, name) in neighbors["neighbors"].as_array().unwrap().iter().zip(["fra-1", "fra-2"]) {
        assert_eq!((&neighbor["name"], &neighbor["hold_time"]), (&json!(name), &json!(180)));
        assert_eq!(neighbor["keepalive_time"], 60);
        assert_eq!((&neighbor["accepted"], &neighbor["rejected"]), (&json!(2), &json!(4)));
    }
    let bfd = eventually("both ends run at 300 ms", || {
        let bfd = far_end.show("bfd");
        let settled = |s: &Value| s["detection_time_us"] == 900_000 && s["transmit_interval_us"] == 300_000;
        if bfd["sessions"].as_array().unwrap().iter().all(settled) { Ok(bfd) } else { Err(bfd.to_string()) }
    });
    assert_eq!(bfd["sessions"].as_array().unwrap().len(), 2);
    // A question about one peer goes to its edge.
    let history = far_end.ask(&["bfd", "history", "fra-2", "--json"]);
    assert_eq!(history.json()["session"]["peer"], "fra-2");
    assert_eq!(far_end.ask(&["refresh", "fra-2"]).out, "asked fra-2 for its routes\n");
    let explained = far_end.ask(&["explain", ANNOUNCED[0].0, "--json"]).json();
    assert!(
        explained["peers"].as_array().unwrap().iter().all(|told| told["announced"] == false),
        "{explained}"
    );
    let verdicts = far_end.show("verdicts");
    assert_eq!(verdicts["outcome"], "failed");
}

fn people_see(far_end: &Daemon) {
    let said = far_end.ask(&["show", "portal"]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""));
    for cell in
        ["note: the prefixes announced", "Active", "fra-2", "accepted", "refused", "VP-ASPATH-PREPEND", "280"]
    {
        assert!(said.out.contains(cell), "{cell}\n{}", said.out);
    }
}

#[test]
fn a_far_end_that_stops_says_so_and_sighup_does_not_end_it() {
    let mut far_end = far_end(Net(41));
    far_end.signal(Signal::HUP);
    far_end.logs(&["INFO", "the plan was read again", "registered=5"]);
    far_end.signal(Signal::TERM);
    assert_eq!(far_end.ended(), Some(0));
    far_end.logs(&["INFO", "the prefixes announced by the far end are synthetic"]);
}

/// The fate of a prefix on each session: `-`, or what refuses it.
fn fates(portal: &Value, prefix: &str) -> Vec<String> {
    let of = |connection: &Value| {
        let mut routes = connection["receivedRoutes"].as_array().unwrap().iter();
        let route = routes.find(|route| route["prefix"] == prefix)?;
        let rules: Vec<&str> =
            route["refusedBy"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        Some(if route["accepted"] == true { "-".to_owned() } else { rules.join(" ") })
    };
    portal["connections"].as_array().unwrap().iter().filter_map(of).collect()
}

#[test]
fn a_changed_plan_counts_and_no_session_ends() {
    let net = Net(46);
    let far_end = far_end(net);
    let carrier = carrier(net, &far_end);
    portal(&far_end, "all routes received", has_all);
    what_the_carrier_gets(&carrier);
    let path = far_end.directory().join("plan.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    // One is registered that was not, one of the synthetic prefixes too, and one is no more.
    let of = |prefix: &str| {
        format!("[[peerings.registered_prefixes]]\nname = \"{prefix}\"\nprefix = \"{prefix}\"\n")
    };
    let after = before.replace(&of("198.19.200.0/24"), &of("198.19.205.0/24")) + &of("198.18.0.0/24");
    std::fs::write(&path, &after).unwrap();
    far_end.signal(Signal::HUP);
    let is_other = |portal: &Value| {
        fates(portal, "198.19.205.0/24") == ["-", "-"]
            && fates(portal, "198.19.200.0/24") == ["VP-UNREGISTERED", "VP-UNREGISTERED"]
            && fates(portal, "198.19.201.0/24") == ["-", "-"]
    };
    let seen = portal(&far_end, "the plan's other prefixes", is_other);
    assert_eq!(seen["registeredPrefixes"].as_array().unwrap().len(), 6);
    eventually("other synthetic prefixes", || {
        let has = |prefix: &str| {
            let explained = carrier.ask(&["explain", prefix, "--json"]).json();
            explained["paths"].as_array().is_some_and(|paths| !paths.is_empty())
        };
        let found = ["198.18.0.0/24", "198.18.1.0/24", "198.19.24.0/24"].map(has);
        if found == [false, true, true] { Ok(()) } else { Err(format!("{found:?}")) }
    });

    // What is no plan, and sessions at addresses that this machine has not.
    let bad = changed(&after, "asn = 64500", "asn = ");
    let elsewhere = changed(&after, "192.0.2.3\"", "192.0.2.9\"").replace("192.0.2.2/31", "192.0.2.8/31");
    for (text, says) in [(&bad, "values must be quoted"), (&elsewhere, "cannot listen on 192.0.2.9:179")] {
        std::fs::write(&path, text).unwrap();
        far_end.signal(Signal::HUP);
        far_end.logs(&["ERROR", "the plan stays as it was", says]);
    }
    assert!(is_other(&far_end.show("portal")));
    assert!(!far_end.log().contains("session down"), "{}", far_end.log());
}

/// The plan without its second connection.
fn without_second(plan: &str) -> String {
    let (head, second) = plan.split_once("[[peerings.connections]]\nname = \"fra-2\"").unwrap();
    let (_, tail) = second.split_once("[[peerings.registered_prefixes]]").unwrap();
    format!("{head}[[peerings.registered_prefixes]]{tail}")
}

/// Each connection's name, edge and state.
fn played(portal: &Value) -> Vec<[&str; 3]> {
    let all = portal["connections"].as_array().unwrap().iter();
    all.map(|c| ["name", "edge", "connectionState"].map(|field| c[field].as_str().unwrap())).collect()
}

#[test]
fn sessions_come_and_go_with_the_plan_and_the_others_stay() {
    let net = Net(64);
    let far_end = far_end(net);
    let (first, second) = (carrier_to(net, &far_end, &[1]), carrier_to(net, &far_end, &[2]));
    portal(&far_end, "all routes received", has_all);
    let path = far_end.directory().join("plan.toml");
    let both = std::fs::read_to_string(&path).unwrap();
    let again = |text: &str| {
        std::fs::write(&path, text).unwrap();
        far_end.signal(Signal::HUP);
    };
    let of_first = ["fra-1", "edge-1", "Active"];

    // One goes, and its carrier is told why.
    again(&without_second(&both));
    portal(&far_end, "one of them", |portal| played(portal) == [of_first]);
    second.logs(&["session down", "edge-2", "the plan has this session no more"]);
    assert_eq!(far_end.show("neighbors")["listening"].as_array().unwrap().len(), 1);
    drop(second);

    // It comes again, with another router of the far end.
    again(&changed(&both, "remote_router = \"edge-2\"", "remote_router = \"edge-9\""));
    portal(&far_end, "both", |portal| played(portal).len() == 2);
    let second = carrier_to(net, &far_end, &[2]);
    let of_second = ["fra-2", "edge-9", "Active"];
    portal(&far_end, "both Active", |portal| played(portal) == [of_first, of_second] && has_all(portal));

    // That router begins anew where it was, as one of another name.
    again(&both);
    portal(&far_end, "the first name", |portal| portal["connections"][1]["edge"] == "edge-2");
    second.logs(&["session down", "the plan has this session no more"]);

    // The one that stayed was told nothing.
    assert!(!first.log().contains("the plan has this session no more"), "{}", first.log());
}

#[test]
fn registries_decide_where_they_are_given() {
    let (net, files) = (Net(47), super::support::Files::new());
    let irr = files.write(
        "irr.db",
        "aut-num: AS64500\n\naut-num: AS64501\n\nroute: 198.19.200.0/21\norigin: AS64500\n\n\
         route: 198.19.201.0/24\norigin: AS64502\n",
    );
    let rpki = files.write(
        "vrps.json",
        r#"{"roas": [{"asn": 64500, "prefix": "198.19.200.0/24", "maxLength": 24, "ta": "ripe"},
                     {"asn": 64500, "prefix": "198.19.201.0/24", "maxLength": 24}]}"#,
    );
    let far_end = far_end_with(net, &["--irr", irr.to_str().unwrap(), "--rpki", rpki.to_str().unwrap()]);
    let _carrier = carrier(net, &far_end);
    let portal = portal(&far_end, "all routes received", has_all);
    let routes = portal["connections"][0]["receivedRoutes"].as_array().unwrap();
    for (prefix, origin, rpki, fate) in [
        ("198.19.200.0/24", "Valid", "Valid", "-"),
        ("198.19.201.0/24", "Invalid", "Invalid", "VP-ORIGIN-REGISTERED"),
        ("198.19.202.0/24", "Valid", "NotFound", "VP-COMMUNITY"),
    ] {
        let route = routes.iter().find(|route| route["prefix"] == prefix).unwrap();
        let states = (&route["originAsValidationState"], &route["rpkiValidationState"]);
        assert_eq!(states, (&json!(origin), &json!(rpki)), "{route}");
        let anchor = if rpki == "Valid" { json!("ripe") } else { Value::Null };
        assert_eq!(route["trustAnchor"], anchor, "{route}");
        assert_eq!(fates(&portal, prefix), [fate, fate]);
    }
}

#[test]
fn what_cannot_be_played_is_told() {
    let files = super::support::Files::new();
    let good = files.write("plan.toml", &plan());
    let bad = files.write("bad.toml", &changed(&plan(), "192.0.2.3\"", "2001:db8::3\""));
    let [good, bad] = [&good, &bad].map(|path| path.to_str().unwrap());
    let profile = ["run", "--check", "--profile", "microsoft-edge"];
    for (more, says) in [
        (&[][..], &["--plan <FILE>"][..]),
        (&["-p", good, "-c", good], &["cannot be used with"]),
        (&["-p", good, "--map", "192.0.2.1"], &["192.0.2.11=127.0.0.2:1790"]),
        (&["-p", good, "--map", "192.0.2.9=127.0.0.1"], &["no session of the plan has it", "session.peer"]),
        (&["-p", bad], &["connection fra-2", "2001:db8::3", "IPv4"]),
    ] {
        let said = run(profile.iter().chain(more));
        said.refused_with(says, &format!("{more:?}"));
    }
    let said = run(profile.iter().chain(&["-p", good, "--map", "192.0.2.1=127.0.0.2:1790"]));
    assert_eq!(said.status, Some(0), "{said:?}");
    assert_eq!(
        said.out,
        "edge-1: fra-1, 192.0.2.1 at 127.0.0.2:1790 with 192.0.2.0 at 192.0.2.0:179\n\
         edge-2: fra-2, 192.0.2.3 at 192.0.2.3:179 with 192.0.2.2 at 192.0.2.2:179\n"
    );
    // The plan's addresses are not this machine's.
    let control = files.path("control");
    let control = ["--control", control.to_str().unwrap()];
    let said = run(["run", "--profile", "microsoft-edge", "-p", good].iter().chain(&control));
    said.refused_with(&["cannot listen on 192.0.2.1:179", "--map 192.0.2.11=127.0.0.2:1790"], "addresses");
}

#[test]
fn only_a_far_end_has_a_portal() {
    let daemon = Daemon::start("[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = []\n");
    daemon
        .ask(&["show", "portal"])
        .refused_with(&["does not stand in for the far end", "--profile microsoft-edge"], "no far end");
}
