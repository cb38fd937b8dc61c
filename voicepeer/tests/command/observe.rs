//! `check --routes` on what routers print: whose session it is, what is shown, and the line that is the evidence.

use super::support::{Files, Said, example, run};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/observe/samples").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// `check` of the example's plan with these values of `--routes`.
fn check(routes: &[OsString]) -> Said {
    let mut arguments: Vec<OsString> = ["check", "--format", "json", "-p"].map(OsString::from).to_vec();
    arguments.push(example("plan.toml").into());
    for argument in routes {
        arguments.extend(["--routes".into(), argument.clone()]);
    }
    run(arguments)
}

fn named(connection: &str, path: &Path) -> OsString {
    format!("{connection}={}", path.display()).into()
}

/// The verdict of a rule on a prefix that was announced on `connection`.
fn verdict<'a>(report: &'a Value, rule: &str, prefix: &str, connection: &str) -> &'a Value {
    let all = report["verdicts"].as_array().unwrap();
    let subject = |v: &&Value| v["subject"]["prefix"] == prefix && v["subject"]["connection"] == connection;
    all.iter()
        .filter(|v| v["rule"] == rule)
        .find(subject)
        .unwrap_or_else(|| panic!("{rule} on {prefix}: {report:#}"))
}

/// The state, and the first fact with its place.
fn state_and_evidence(verdict: &Value) -> (&str, &str, &str) {
    let evidence = &verdict["evidence"][0];
    let [state, what, source] = [&verdict["state"], &evidence["what"], &evidence["source"]];
    (state.as_str().unwrap(), what.as_str().unwrap(), source.as_str().unwrap())
}

/// One file with what two of the carrier's routers said, as it was copied from their terminals.
#[test]
fn a_terminal_of_several_commands() {
    let files = Files::new();
    let frr = sample("frr.txt");
    let text = format!(
        "fra-a# show bgp ipv4 unicast neighbors 192.0.2.11 advertised-routes\n{frr}fra-a#\n\
         $ bgpctl show rib detail out neighbor 192.0.2.13\n{}",
        sample("openbgpd_detail.txt").replace("192.0.2.11", "192.0.2.13"),
    );
    let report = check(&[files.write("routers.txt", &text).into()]).json();
    // FRR's router has not put its own ASN in front yet, and does not show communities.
    let (state, what, source) =
        state_and_evidence(verdict(&report, "VP-ASPATH-SET", "203.0.113.0/24", "fra-1"));
    assert_eq!((state, what), ("Verified", "AS_PATH 64500 64501"));
    assert!(source.starts_with("session fra-1, ") && source.ends_with("routers.txt, line 16"), "{source}");
    let (state, what, _) = state_and_evidence(verdict(&report, "VP-COMMUNITY", "203.0.113.0/24", "fra-1"));
    assert_eq!(state, "Unknown");
    assert!(
        what.starts_with("COMMUNITIES was not observed: ") && what.contains("advertised-routes detail"),
        "{what}"
    );
    assert_eq!(verdict(&report, "VP-NEXTHOP", "203.0.113.0/24", "fra-1")["state"], "Verified");
    // OpenBGPD shows all.
    let (state, what, source) =
        state_and_evidence(verdict(&report, "VP-COMMUNITY", "203.0.113.0/24", "fra-2"));
    assert_eq!((state, what), ("Verified", "COMMUNITIES 8075:8007 64500:1"));
    assert!(source.contains("routers.txt, line "), "{source}");
    let prepended = verdict(&report, "VP-ASPATH-PREPEND", "198.18.1.0/24", "fra-2");
    assert_eq!(prepended["state"], "Failed");
}

/// SR OS lists what is announced to a neighbour without communities, and shows those of one prefix to all neighbours.
#[test]
fn communities_of_sr_os_prefix_by_prefix() {
    let files = Files::new();
    let list = format!(
        "A:fra-a# show router bgp neighbor \"192.0.2.11\" advertised-routes\n{}",
        sample("sr_os.txt")
    );
    let hunt = format!(
        "A:fra-a# show router bgp routes 203.0.113.0/24 hunt\n{}A:fra-a# \n",
        sample("sr_os_hunt.txt")
    );
    let second = list.replace("192.0.2.11", "192.0.2.13").replace("192.0.2.10  ", "192.0.2.12  ");
    let report = check(&[files.write("fra.txt", &format!("{list}{hunt}{second}")).into()]).json();
    let of = |prefix, connection| state_and_evidence(verdict(&report, "VP-COMMUNITY", prefix, connection));
    let (state, what, source) = of("203.0.113.0/24", "fra-1");
    assert_eq!((state, what), ("Verified", "COMMUNITIES 8075:8007 64500:1"));
    assert!(source.contains("line 26 and line 74"), "{source}");
    assert_eq!(of("203.0.113.0/24", "fra-2").0, "Failed");
    let (state, what, _) = of("198.51.100.0/24", "fra-1");
    assert_eq!(state, "Unknown");
    assert!(what.contains("hunt"), "{what}");
    // A list of one prefix is none.
    let parts = ["one prefix to 192.0.2.11, and no list of all", "\"192.0.2.11\" advertised-routes"];
    check(&[files.write("alone.txt", &hunt).into()]).refused_with(&parts, "no list");
    // Of another time it may be another route.
    let before = hunt.replace("64500 64501\n", "64500 64502\n");
    let report = check(&[files.write("before.txt", &format!("{list}{before}")).into()]).json();
    assert_eq!(verdict(&report, "VP-COMMUNITY", "203.0.113.0/24", "fra-1")["state"], "Unknown");
}

/// What does not say which session it is of is given with the connection's name.
#[test]
fn outputs_without_a_session() {
    let files = Files::new();
    for name in
        ["gobgp.txt", "gobgp.json", "bird_all.txt", "frr_detail.txt", "eos_detail.txt", "junos_detail.txt"]
    {
        let path = files.write(name, &sample(name));
        check(&[path.clone().into()])
            .refused_with(&[name, "does not say which session", "fra-1, fra-2, ams-1"], name);
        let report = check(&[named("ams-1", &path)]).json();
        let community = verdict(&report, "VP-COMMUNITY", "203.0.113.0/24", "ams-1");
        assert_eq!(community["state"], "Verified", "{name}");
        assert_eq!(
            verdict(&report, "VP-ASPATH-SET", "203.0.113.0/24", "ams-1")["state"],
            "Verified",
            "{name}"
        );
    }
    // BIRD names a session as its configuration does.
    let text = format!("bird> show route export fra-2 all\n{}", sample("bird_all.txt"));
    let report = check(&[files.write("birdc.txt", &text).into()]).json();
    assert_eq!(verdict(&report, "VP-COMMUNITY", "203.0.113.0/24", "fra-2")["state"], "Verified");
}

/// Routes that are announced say nothing of the limit, the timers, the password and the BFD of their session.
#[test]
fn routes_say_nothing_of_their_session() {
    let files = Files::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/observe/samples");
    for name in std::fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().file_name()) {
        let name = name.to_str().unwrap();
        // One prefix is no list of what is announced.
        if name == "sr_os_hunt.txt" {
            continue;
        }
        let said = check(&[named("fra-1", &files.write(name, &sample(name)))]);
        let report = said.json();
        for rule in ["VP-BFD", "VP-BFD-STRICT", "VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"] {
            let mut of = report["verdicts"].as_array().unwrap().iter().filter(|v| v["rule"] == rule);
            assert!(of.all(|v| v["state"] == "Unknown"), "{rule} by {name}");
        }
    }
}

/// A router that announces nothing says nothing, and that is seen; a command that failed or shows a part is not.
#[test]
fn nothing_announced() {
    let files = Files::new();
    let part =
        "fra-a# show bgp ipv4 unicast neighbors 192.0.2.11 advertised-routes | include 198.51\n\nfra-a#\n";
    check(&[files.write("part.txt", part).into()])
        .refused_with(&["`include` leaves routes out", "part.txt:1", "not to be announced"], "a part");
    let xr = "RP/0/RP0/CPU0:fra-a#show bgp nei 192.0.2.11 adv\nSun Nov 29 10:00:00.000 UTC\nRP/0/RP0/CPU0:fra-a#\n";
    assert_eq!(check(&[files.write("xr.txt", xr).into()]).status, Some(1));
    let asked = "fra-a# show bgp ipv4 unicast neighbors 192.0.2.11 advertised-routes\n";
    let report = check(&[files.write("nothing.txt", &format!("{asked}\nfra-a#\n")).into()]).json();
    let all = report["verdicts"].as_array().unwrap();
    let missing = all.iter().find(|v| v["rule"] == "VP-ALL-SESSIONS" && v["state"] == "Failed").unwrap();
    assert_eq!(missing["evidence"][0]["what"], "192.0.2.10 does not announce it");
    let failed = files.write("failed.txt", &format!("{asked}% No such neighbor\n"));
    check(&[failed.into()]).refused_with(&["no output of routes that is known", "failed.txt:2"], "an error");
}

/// The portal's interface tells of a peering's routes, and by their next hops of its sessions.
#[test]
fn received_routes_of_the_portals_interface() {
    let files = Files::new();
    let route = |prefix: &str, hop: &str| {
        json!({
            "prefix": prefix, "nextHop": hop, "asPath": "64500 64501", "originAsValidationState": "Valid",
            "rpkiValidationState": "Unknown", "trustAnchor": "-", "receivedTimestamp": "2026-11-29T10:00:00Z"
        })
    };
    let routes = json!([route("203.0.113.0/24", "192.0.2.10"), route("203.0.113.0/24", "192.0.2.12")]);
    // What is not known of a route may be null.
    let nulls = json!([
        {"prefix": "203.0.113.0/24", "nextHop": "192.0.2.10", "asPath": "64500 64501", "originAsValidationState": null,
         "rpkiValidationState": null, "trustAnchor": null, "receivedTimestamp": null},
        {"prefix": "203.0.113.0/24", "nextHop": "192.0.2.12", "asPath": "64500 64501"},
    ]);
    for document in [json!({"value": routes, "nextLink": null}), routes, nulls] {
        let path = files.write("received.json", &document.to_string());
        let report = check(&[path.into()]).json();
        for connection in ["fra-1", "fra-2"] {
            let path = verdict(&report, "VP-ASPATH-LENGTH", "203.0.113.0/24", connection);
            assert_eq!(path["state"], "Verified");
            assert_eq!(verdict(&report, "VP-COMMUNITY", "203.0.113.0/24", connection)["state"], "Unknown");
        }
    }
}

/// (file; what is changed in it; the message).
#[test]
fn faults_have_their_place() {
    let files = Files::new();
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "frr.txt",
            "64501 64502 64503 ?",
            "64501 y ?",
            &["line 10 cannot be read", "`y` in an AS path", "frr.txt:10"],
        ),
        ("frr.txt", "prefixes 5", "prefixes 9", &["9 routes, and 5 were read"]),
        ("frr.json", "\"path\":\"64501\"", "\"path\":\"y\"", &["203.0.113.0/24", "`y` in an AS path"]),
        (
            "frr.json",
            "\"totalPrefixCounter\":5",
            "\"totalPrefixCounter\":6",
            &["totalPrefixCounter", "not whole"],
        ),
        ("frr.json", "\"localAS\":64500,", "\"localAS\":64500", &["expected `,` or `}`", "frr.json:6"]),
        ("openbgpd.json", "\"8075:8007\"", "\"8075\"", &["rib.", "communities", "`8075`"]),
        ("gobgp.json", "\"segment_type\":2", "\"segment_type\":9", &["attrs.1.as_paths", "9 is no type"]),
        ("gobgp.json", "198.18.1.0/24\":", "x\":", &["no document of routes that is known"]),
    ];
    for (name, old, new, says) in cases {
        let text = sample(name);
        assert!(text.contains(old), "{old}");
        let path: PathBuf = files.write(name, &text.replacen(old, new, 1));
        check(&[named("fra-1", &path)]).refused_with(says, new);
    }
    check(&[files.write("words.txt", "hello\n").into()])
        .refused_with(&["no output of routes", "FRR"], "words");
}
