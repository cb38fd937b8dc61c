//! `check --routes` on what routers print of their sessions, with the samples' own plan: which rule fails by which text.

use super::support::{Files, Said, run};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/observe/neighbor/samples").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The plan of two sessions that the samples are of: 192.0.2.2 with .1, and .6 with .5.
fn check(routes: &[OsString]) -> Said {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab/rendered/plan.toml");
    let mut arguments: Vec<OsString> = ["check", "--format", "json", "-p"].map(OsString::from).to_vec();
    arguments.push(plan.into());
    for argument in routes {
        arguments.extend(["--routes".into(), argument.clone()]);
    }
    run(arguments)
}

fn verdicts(report: &Value) -> impl Iterator<Item = &Value> {
    report["verdicts"].as_array().unwrap().iter()
}

/// The rules that fail.
fn failed(report: &Value) -> BTreeSet<&str> {
    verdicts(report).filter(|v| v["state"] == "Failed").map(|v| v["rule"].as_str().unwrap()).collect()
}

/// The states of a rule on the connections.
fn states<'a>(report: &'a Value, rule: &str) -> Vec<&'a str> {
    verdicts(report).filter(|v| v["rule"] == rule).map(|v| v["state"].as_str().unwrap()).collect()
}

fn says(report: &Value, rule: &str, what: &str) -> bool {
    let facts =
        verdicts(report).filter(|v| v["rule"] == rule).flat_map(|v| v["evidence"].as_array().unwrap());
    { facts }.any(|fact| fact["what"].as_str().unwrap().contains(what))
}

fn notes(report: &Value) -> String {
    report["notes"].to_string()
}

/// (texts of one file; the rules that fail; what the evidence of the first has).
#[test]
fn what_fails_by_a_text() {
    let files = Files::new();
    let all_sessions = "cannot announce it: its session is";
    let reached = "Maximum Number of Prefixes Reached";
    let cases: &[(&[&str], &[&str], &str)] = &[
        (&["frr_slow.txt"], &["VP-BFD"], "1200000 us"),
        (&["frr_no_bfd.txt"], &["VP-BFD"], "BFD is Down"),
        (&["frr_password.txt"], &["VP-NO-MD5"], "signed with a password"),
        (&["frr_limit.txt"], &["VP-MAX-PREFIX"], reached),
        (&["bird_slow.txt"], &["VP-BFD"], "1200000 us"),
        (&["bird_no_bfd.txt"], &["VP-BFD"], "BFD is Down"),
        (&["bird_password.txt"], &["VP-ALL-SESSIONS"], all_sessions),
        (&["bird_limit.txt"], &["VP-MAX-PREFIX"], reached),
        (&["gobgp_limit.txt"], &["VP-MAX-PREFIX"], reached),
        (&["gobgp_limit.json"], &["VP-MAX-PREFIX"], reached),
        (&["gobgp_password.json"], &["VP-NO-MD5"], "signed with a password"),
        (&["openbgpd_limit.txt"], &["VP-MAX-PREFIX"], reached),
        (&["openbgpd_password.txt"], &["VP-ALL-SESSIONS"], all_sessions),
        // Without a word of BFD, all that is seen is that the session is down.
        (&["openbgpd_no_bfd.txt"], &["VP-ALL-SESSIONS"], "(6/10, BFD Down)"),
    ];
    for (names, rules, evidence) in cases {
        let text: String = names.iter().map(|name| sample(name)).collect();
        let report = check(&[files.write("router.txt", &text).into()]).json();
        assert_eq!(failed(&report), rules.iter().copied().collect(), "{names:?}");
        assert!(says(&report, rules[0], evidence), "{names:?}: {report:#}");
    }
}

/// The same of routers that were not at hand: each text has a session with faults and one that is down.
#[test]
fn what_fails_by_a_text_of_other_routers() {
    let files = Files::new();
    let cases: &[(&str, &[&str], &str)] = &[
        ("junos.txt", &["VP-BFD", "VP-NO-MD5"], "1200000 us"),
        ("ios_xr.txt", &["VP-BFD", "VP-MAX-PREFIX"], "1600000 us"),
        // The list of states behind the times takes none of them away.
        ("eos.txt", &["VP-BFD", "VP-MAX-PREFIX", "VP-NO-MD5"], "1600000 us"),
        ("sr_os.txt", &["VP-BFD"], "1200000 us"),
        ("sr_os_detail.txt", &["VP-NO-MD5"], "signed with a password"),
    ];
    for (name, rules, evidence) in cases {
        let report = check(&[files.write("router.txt", &sample(name)).into()]).json();
        assert_eq!(failed(&report), rules.iter().copied().collect(), "{name}: {report:#}");
        assert!(says(&report, rules[0], evidence), "{name}: {report:#}");
    }
}

/// What is in order is seen to be, and what a text does not tell is not.
#[test]
fn what_is_verified_by_a_text() {
    let files = Files::new();
    for (name, rules, unknown) in [
        ("frr_slow.txt", &["VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME", "VP-BFD-STRICT"][..], &[][..]),
        ("gobgp_up.txt", &["VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"], &["VP-BFD", "VP-BFD-STRICT"]),
        ("openbgpd_up.txt", &["VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"], &["VP-BFD", "VP-BFD-STRICT"]),
    ] {
        let report = check(&[files.write(name, &sample(name)).into()]).json();
        rules.iter().for_each(|rule| assert_eq!(states(&report, rule), ["Verified"; 2], "{rule} by {name}"));
        unknown.iter().for_each(|rule| assert_eq!(states(&report, rule), ["Unknown"; 2], "{rule} by {name}"));
    }
    // BIRD does not show its multiplier: that the plan's was taken is said.
    let report = check(&[files.write("bird.txt", &sample("bird_slow.txt")).into()]).json();
    assert!(notes(&report).contains("with the plan's 3 the far end detects in 1200000 us"), "{report:#}");
}

/// BFD of a router that has none is another program's, whose list stands in the same file.
#[test]
fn a_list_of_bfd_sessions_beside() {
    let files = Files::new();
    let list = sample("bird_no_bfd.txt").split_once("BIRD 2.0.12 ready.\nbfd1:").unwrap().1.to_owned();
    let list = format!("bfd1:{list}");
    let up = list.clone()
        + "192.0.2.1  eth0  Up  10:00:00.000  0.300  0.900\n192.0.2.5  eth0  Up  10:00:00.000  0.300  0.900\n";
    let gobgp = sample("gobgp_up.txt");
    let report = check(&[files.write("up.txt", &(gobgp.clone() + &up)).into()]).json();
    assert_eq!(states(&report, "VP-BFD"), ["Verified"; 2]);
    // A whole list without a session says that there is none, of the router that has it.
    let report = check(&[files.write("none.txt", &(gobgp.clone() + &list)).into()]).json();
    assert_eq!((states(&report, "VP-BFD"), failed(&report).len()), (vec!["Failed"; 2], 2), "{report:#}");
    assert!(notes(&report).contains("the router has no BFD with 192.0.2.5"));
    for text in [
        format!("a$ gobgp neighbor 192.0.2.1\n{gobgp}b$ birdc show bfd sessions\n{list}"),
        format!("a$ gobgp neighbor 192.0.2.1\n{gobgp}"),
    ] {
        let report = check(&[files.write("other.txt", &text).into()]).json();
        assert_eq!(states(&report, "VP-BFD"), ["Unknown"; 2], "{text}");
    }
    // In a file of its own it is some router's.
    let apart = [files.write("gobgp.txt", &gobgp).into(), files.write("list.txt", &list).into()];
    assert_eq!(states(&check(&apart).json(), "VP-BFD"), ["Unknown"; 2]);
    let apart = [files.write("gobgp.txt", &gobgp).into(), files.write("list.txt", &up).into()];
    let report = check(&apart).json();
    assert_eq!(states(&report, "VP-BFD"), ["Verified"; 2]);
    let fact = verdicts(&report).find(|v| v["rule"] == "VP-BFD").unwrap()["evidence"].to_string();
    assert!(fact.contains("gobgp.txt and ") && fact.contains("list.txt"), "{fact}");
}

/// Routes and sessions of one router, in one file and in several.
#[test]
fn routes_beside() {
    let files = Files::new();
    let routes = "bird> show route export voice_lab_1 all\n\
                  198.18.1.0/24        blackhole [voice 10:00:00.000] * (200)\n\tType: static univ\n\
                  \tBGP.origin: IGP\n\tBGP.as_path: \n\tBGP.community: (8075,8007)\n";
    let sessions = format!("bird> show protocols all\n{}", sample("bird_slow.txt"));
    let one = files.write("one.txt", &format!("{sessions}{routes}bird> \n"));
    let two = files.write("routes.txt", routes);
    let sessions = files.write("sessions.txt", &sessions);
    let named = |path: &Path| OsString::from(format!("lab-1={}", path.display()));
    for (given, place) in
        [(vec![named(&one)], "one.txt, line 110"), (vec![named(&two), sessions.into()], "routes.txt, line 2")]
    {
        let report = check(&given).json();
        assert_eq!(states(&report, "VP-HOLD-TIME"), ["Verified"; 2]);
        let of = |v: &&Value| v["rule"] == "VP-COMMUNITY" && v["subject"]["connection"] == "lab-1";
        let community = verdicts(&report).find(of).unwrap();
        let source = community["evidence"][0]["source"].as_str().unwrap();
        assert_eq!(community["state"], "Verified");
        assert!(source.ends_with(place), "{source}");
    }
}

/// What contradicts itself, strangers, parts of outputs, and forms of other routers.
#[test]
fn what_does_not_count() {
    let files = Files::new();
    let up = files.write("up.txt", &sample("frr_slow.txt"));
    let down = files.write("down.txt", &sample("frr_password.txt"));
    let report = check(&[up.into(), down.into()]).json();
    assert!(notes(&report).contains("there twice"), "{report:#}");
    assert_eq!(states(&report, "VP-NO-MD5"), ["Verified"; 2]);
    // In one file the last counts.
    let both = sample("frr_password.txt") + &sample("frr_slow.txt");
    let report = check(&[files.write("both.txt", &both).into()]).json();
    assert_eq!(states(&report, "VP-NO-MD5"), ["Verified"; 2]);
    assert!(!notes(&report).contains("twice"));

    let stranger = sample("openbgpd_up.txt").replace("is 192.0.2.5,", "is 192.0.2.77,");
    let report = check(&[files.write("strangers.txt", &stranger).into()]).json();
    assert!(notes(&report).contains("the far end of no session of the plan: 192.0.2.77"), "{report:#}");
    // The far end's own text tells of the far end.
    let theirs = sample("gobgp_up.txt").replace("192.0.2.1", "192.0.2.2").replace("192.0.2.5", "192.0.2.6");
    check(&[files.write("theirs.txt", &theirs).into()])
        .refused_with(&["no session of the plan", "192.0.2.2, 192.0.2.6"], "the far end's");

    let part = format!("edge# show bgp neighbors | include 192.0.2.1\n{}", sample("frr_password.txt"));
    check(&[files.write("part.txt", &part).into()])
        .refused_with(&["nor of sessions", "part.txt:2"], "a part");
    let nx =
        "edge# show bgp neighbors\n\nBGP neighbor is 192.0.2.1, remote AS 8075, ebgp link, Peer index 1\n";
    check(&[files.write("nx.txt", nx).into()]).refused_with(&["nor of sessions", "nx.txt:3"], "NX-OS");
    let behind = format!("{nx}edge2# show bgp neighbors\n{}", sample("frr_password.txt"));
    assert_eq!(failed(&check(&[files.write("behind.txt", &behind).into()]).json()), ["VP-NO-MD5"].into());
    let spoiled = sample("frr_limit.txt").replace("allowed 100", "allowed x");
    check(&[files.write("spoiled.txt", &spoiled).into()]).refused_with(
        &["line 42 cannot be read: the limit of prefixes", "FRR, show bgp neighbors"],
        "a number",
    );
}
