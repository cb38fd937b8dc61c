//! `check --routes`: a plan and routes in which all is well, and one thing broken at a time.

use super::support::{Files, changed, example, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn plan() -> String {
    std::fs::read_to_string(example("plan.toml")).unwrap()
}

fn routes() -> Value {
    serde_json::from_str(&std::fs::read_to_string(example("routes.json")).unwrap()).unwrap()
}

/// The rules that have a verdict of one of these states.
fn rules<'a>(report: &'a Value, states: &[&str]) -> BTreeSet<&'a str> {
    let verdicts = report["verdicts"].as_array().unwrap();
    let found = verdicts.iter().filter(|v| states.contains(&v["state"].as_str().unwrap()));
    found.map(|v| v["rule"].as_str().unwrap()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn all_is_verified_that_a_plan_and_routes_can_show() {
    let said = run([
        "check".as_ref(),
        "--format".as_ref(),
        "json".as_ref(),
        "-p".as_ref(),
        example("plan.toml").as_os_str(),
        "--routes".as_ref(),
        example("routes.json").as_os_str(),
    ]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""));
    let report = said.json();
    assert_eq!(rules(&report, &["Failed", "Invalid", "Warning", "Pending"]), BTreeSet::new());
    assert_eq!(rules(&report, &["Unknown"]), BTreeSet::new());
    assert_eq!(report["outcome"], "verified");
    // What is attested is never called verified; registry data is not given, and the plan vouches for it.
    let attested = [
        "VP-ORIGIN-REGISTERED",
        "VP-IRR-PEERINGDB",
        "VP-LACP",
        "VP-NO-RATE-LIMIT",
        "VP-NO-STATEFUL-FIREWALL",
    ];
    assert_eq!(rules(&report, &["None"]), BTreeSet::from(attested));
    for verdict in report["verdicts"].as_array().unwrap() {
        let rule = verdict["rule"].as_str().unwrap();
        assert_eq!(verdict["attested"], attested.contains(&rule), "{rule}");
        assert!(!verdict["evidence"].as_array().unwrap().is_empty(), "{rule} has no evidence");
    }
    // Every rule of the catalogue has its verdicts, on this plan none being beside the point.
    let all: BTreeSet<&str> = bgp_policy::voice::RULES.iter().map(|rule| rule.text).collect();
    assert_eq!(rules(&report, &["Verified", "Unknown", "None"]), all);
}

/// The field names are an interface.
#[test]
fn the_document_has_the_fields_it_is_documented_with() {
    let files = Files::new();
    let (status, report) = judged(&files, &plan(), &broken(|route| route["communities"] = json!([])));
    assert_eq!(status, Some(1));
    assert_eq!(keys(&report), ["notes", "outcome", "prefixes", "verdicts"]);
    assert_eq!(keys(&report["prefixes"][0]), ["failed", "prefix", "state", "undecided", "warnings"]);
    let verdicts = report["verdicts"].as_array().unwrap();
    let community = verdicts.iter().find(|v| v["state"] == "Failed").unwrap();
    assert_eq!(
        keys(community),
        ["attested", "evidence", "portal_message", "remedy", "rule", "state", "subject"]
    );
    assert_eq!(
        community["subject"],
        json!({"prefix": "198.51.100.0/24", "connection": "ams-1", "peering": "ams"})
    );
    let source = community["evidence"][0]["source"].as_str().unwrap();
    assert!(source.starts_with("session ams-1, ") && source.ends_with("routes.json"), "{source}");
    assert!(community["remedy"].as_str().unwrap().contains("8075:8007"));
    assert_eq!(community["portal_message"], "the advertisement lacks the voice community");
    assert_eq!(report["prefixes"][0]["failed"], json!(["VP-COMMUNITY"]));
    assert_eq!(report["outcome"], "failed");
}

/// Judges with `--format json`, sees that a table says the same, and returns the exit status with the document.
fn judged(files: &Files, plan: &str, routes: &Value) -> (Option<i32>, Value) {
    let (plan, routes) = (files.write("plan.toml", plan), files.write("routes.json", &routes.to_string()));
    let check = |format: &str| {
        run([
            "check".as_ref(),
            "--format".as_ref(),
            format.as_ref(),
            "-p".as_ref(),
            plan.as_os_str(),
            "--routes".as_ref(),
            routes.as_os_str(),
        ])
    };
    let (document, table) = (check("json"), check("table"));
    assert_eq!((document.err.as_str(), table.err.as_str()), ("", ""));
    assert_eq!(document.status, table.status);
    let report = document.json();
    for rule in rules(&report, &["Failed", "Invalid", "Warning"]) {
        assert!(table.out.contains(rule), "{rule} is not in the table\n{}", table.out);
    }
    (document.status, report)
}

/// Routes whose first prefix is changed on every session.
fn broken(change: impl Fn(&mut Value)) -> Value {
    let mut routes = routes();
    for session in routes["sessions"].as_array_mut().unwrap() {
        change(&mut session["routes"][0]);
    }
    routes
}

/// Routes of which the first session is changed.
fn first(change: impl Fn(&mut Value)) -> Value {
    let mut routes = routes();
    change(&mut routes["sessions"][0]);
    routes
}

fn path(text: &'static str) -> Value {
    broken(|route| route["asPath"] = json!(text))
}

/// Plan and routes with another prefix in the place of the first.
fn prefix(text: &str) -> (String, Value) {
    let plan = plan().replace("prefix = \"198.51.100.0/24\"", &format!("prefix = \"{text}\""));
    (plan, broken(|route| route["prefix"] = json!(text)))
}

/// What is broken, and the rules that then fail and warn.
struct Case {
    what: &'static str,
    plan: String,
    routes: Value,
    failed: &'static [&'static str],
    warns: &'static [&'static str],
}

fn fails(what: &'static str, plan: String, routes: Value, rule: &'static [&'static str]) -> Case {
    Case { what, plan, routes, failed: rule, warns: &[] }
}

fn warns(what: &'static str, plan: String, routes: Value, rule: &'static [&'static str]) -> Case {
    Case { what, plan, routes, failed: &[], warns: rule }
}

fn judge_each(cases: Vec<Case>) {
    let files = Files::new();
    for case in cases {
        let (status, report) = judged(&files, &case.plan, &case.routes);
        let failed = rules(&report, &["Failed", "Invalid"]);
        assert_eq!(failed, case.failed.iter().copied().collect(), "fails: {}", case.what);
        assert_eq!(
            rules(&report, &["Warning"]),
            case.warns.iter().copied().collect(),
            "warns: {}",
            case.what
        );
        assert_eq!(status, Some(i32::from(!case.failed.is_empty())), "{}", case.what);
    }
}

#[test]
fn one_broken_route_fails_one_rule() {
    let lab = || changed(&plan(), "asns = [64500, 64501]", "asns = [64500, 64501, 64502, 64503]");
    let (private, in_private) = prefix("10.20.30.0/24");
    let (long, in_long) = prefix("198.51.100.0/25");
    let (host, in_host) = prefix("198.51.100.1/24");
    judge_each(vec![
        fails(
            "community missing",
            plan(),
            broken(|r| r["communities"] = json!(["64500:1"])),
            &["VP-COMMUNITY"],
        ),
        fails("path of 4", lab(), path("64500 64502 64503 64501"), &["VP-ASPATH-LENGTH"]),
        fails("private ASN", plan(), path("64500 65001 64501"), &["VP-ASPATH-PRIVATE"]),
        fails("prepended", plan(), path("64500 64500"), &["VP-ASPATH-PREPEND"]),
        fails("AS_SET", lab(), path("64500 {64502} 64501"), &["VP-ASPATH-SET"]),
        fails("another's origin", lab(), path("64500 64502"), &["VP-ORIGIN-ASN"]),
        fails("private range", private, in_private, &["VP-PREFIX-PUBLIC"]),
        // Registering it is a warning beside.
        Case { warns: &["VP-PREFIX-LENGTH"], ..fails("/25 activated", long, in_long, &["VP-PREFIX-LENGTH"]) },
        fails("host bits", host, in_host, &["VP-PREFIX-VALID"]),
        fails(
            "RPKI-invalid",
            plan(),
            broken(|r| r["rpkiValidationState"] = json!("Invalid")),
            &["VP-ORIGIN-REGISTERED"],
        ),
        fails(
            "the far end's own next hop",
            plan(),
            first(|s| s["routes"][0]["nextHop"] = json!("192.0.2.11")),
            &["VP-NEXTHOP"],
        ),
    ]);
}

#[test]
fn one_broken_session_fails_one_rule() {
    let lab = || changed(&plan(), "prefixes = [\"198", "prefixes = [\"198.18.0.0/15\", \"198");
    let unregistered = first(|session| {
        let mut route = session["routes"][0].clone();
        route["prefix"] = json!("198.18.5.0/24");
        session["routes"].as_array_mut().unwrap().push(route);
    });
    judge_each(vec![
        fails(
            "missing on one session",
            plan(),
            first(|s| drop(s["routes"].as_array_mut().unwrap().remove(0))),
            &["VP-ALL-SESSIONS"],
        ),
        warns(
            "another origin on one session",
            plan(),
            first(|s| s["routes"][0]["origin"] = json!("incomplete")),
            &["VP-CONSISTENT"],
        ),
        warns("unregistered", lab(), unregistered, &["VP-UNREGISTERED"]),
        fails("hold time 9", plan(), first(|s| s["holdTime"] = json!(9)), &["VP-HOLD-TIME"]),
        fails("keepalive 2", plan(), first(|s| s["keepalive"] = json!(2)), &["VP-HOLD-TIME"]),
        // An Established session does not hold routes until BFD is Up.
        fails("BFD Down", plan(), first(|s| s["bfd"]["state"] = json!("Down")), &["VP-BFD", "VP-BFD-STRICT"]),
        fails("BFD slow", plan(), first(|s| s["bfd"]["detectionTimeUs"] = json!(2_250_000)), &["VP-BFD"]),
        fails(
            "AS12076 accepted",
            plan(),
            first(|s| s["accepted"][0]["asPath"] = json!("8075 12076")),
            &["VP-NO-AS12076"],
        ),
        fails(
            "more prefixes than the limit",
            plan(),
            first(|s| s["prefixesReceived"] = json!(400)),
            &["VP-MAX-PREFIX"],
        ),
    ]);
}

#[test]
fn one_broken_declaration_fails_one_rule() {
    let with = |old: &str, new: &str| changed(&plan(), old, new);
    let key = "000000000001\"\n\n[[activations";
    let twice = "[[peerings]]\nname = \"ams\"\n\n[[peerings.registered_prefixes]]\nname = \"again\"\n\
                 prefix = \"198.51.100.0/24\"\nkey = \"00000000-0000-4000-8000-000000000001\"\n";
    judge_each(vec![
        fails("key mismatch", with(key, &key.replace('1', "2")), routes(), &["VP-KEY-MATCH"]),
        fails(
            "registered twice",
            with("[[peerings]]\nname = \"ams\"\n", twice),
            routes(),
            &["VP-REGISTERED-ONCE"],
        ),
        fails(
            "same router twice",
            with("router = \"fra-b\"", "router = \"fra-a\""),
            routes(),
            &["VP-DIVERSITY"],
        ),
        fails("same edge twice", with("\"edge-2\"", "\"edge-1\""), routes(), &["VP-DIVERSITY"]),
        fails(
            "bandwidth unequal",
            with("\"edge-2\"\nbandwidth_gbps = 100", "\"edge-2\"\nbandwidth_gbps = 10"),
            routes(),
            &["VP-BANDWIDTH-EQUAL"],
        ),
        fails("bandwidth of 5", plan().replace("gbps = 100", "gbps = 5"), routes(), &["VP-BANDWIDTH-MIN"]),
        warns("half of it used", with("_percent = 20", "_percent = 50"), routes(), &["VP-BANDWIDTH-MIN"]),
        fails(
            "backup in the primary's location",
            with("name = \"ams-2\"\nlocation = \"Amsterdam\"", "name = \"ams-2\"\nlocation = \"Frankfurt\""),
            routes(),
            &["VP-BACKUP-LOCATION"],
        ),
        fails(
            "the redundant connection elsewhere",
            with("name = \"fra-2\"\nlocation = \"Frankfurt\"", "name = \"fra-2\"\nlocation = \"Berlin\""),
            routes(),
            &["VP-REDUNDANCY"],
        ),
        warns(
            "no backup location",
            with("backup_location = \"Amsterdam\"", ""),
            routes(),
            &["VP-GEO-REDUNDANCY"],
        ),
        fails("MD5 set", with("max_prefix = 450", "max_prefix = 450\nmd5 = true"), routes(), &["VP-NO-MD5"]),
        fails("max_prefix 280", with("max_prefix = 450", "max_prefix = 280"), routes(), &["VP-MAX-PREFIX"]),
        warns("max_prefix 350", with("max_prefix = 450", "max_prefix = 350"), routes(), &["VP-MAX-PREFIX"]),
        fails("not strict", with("strict = true", "strict = false"), routes(), &["VP-BFD-STRICT"]),
        fails("a subnet of /29", with("192.0.2.10/31", "192.0.2.10/29"), routes(), &["VP-SESSION-ADDRESS"]),
        fails(
            "not Active",
            with("state = \"Active\"", "state = \"Validating\""),
            routes(),
            &["VP-CONNECTION-ACTIVE"],
        ),
        fails("no LACP", with("lacp = true", "lacp = false"), routes(), &["VP-LACP"]),
        fails(
            "an ASN set apart",
            with("asns = [64500, 64501]", "asns = [64501]"),
            routes(),
            &["VP-ASN-PUBLIC", "VP-ASPATH-PRIVATE"],
        ),
    ]);
}

#[test]
fn nothing_observed_is_never_verified() {
    let files = Files::new();
    let (status, report) = judged(&files, &plan(), &json!({"sessions": []}));
    assert_eq!((status, &report["outcome"]), (Some(1), &json!("undecided")));
    let unknown = rules(&report, &["Unknown", "Pending"]);
    let of_sessions = ["VP-BFD", "VP-BFD-STRICT", "VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"];
    let verified = rules(&report, &["Verified"]);
    for rule in ["VP-ALL-SESSIONS", "VP-NO-AS12076"].into_iter().chain(of_sessions) {
        assert!(unknown.contains(rule) && !verified.contains(rule), "{rule} {unknown:?}");
    }
    assert!(!verified.contains("VP-COMMUNITY"));
}
