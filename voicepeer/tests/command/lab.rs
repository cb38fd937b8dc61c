//! `lab`: the whole interconnect on loopback.

use super::support::run;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is part of what it promises")]
fn one_document_holds_what_the_scenario_declares() {
    let began = Instant::now();
    let said = run(["lab", "--json"]);
    let took = began.elapsed();
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{}", said.out);
    assert!(took < Duration::from_secs(15), "{took:?}");
    let lab = said.json();
    assert_eq!((&lab["as_declared"], &lab["surprises"]), (&json!(true), &json!([])));
    for session in lab["sessions"].as_array().unwrap() {
        assert_eq!((&session["established"], &session["bfd_first"]), (&json!(true), &json!(true)));
        assert_eq!(session["prefixes_received"], 280);
    }
    assert_eq!(lab["sessions"].as_array().unwrap().len(), 2);
    prefixes(&lab);
    failover(&lab["failover"]);
}

/// Every bad prefix holds the rule it breaks, no good one any.
fn prefixes(lab: &Value) {
    let expected = [
        ("good", json!([])),
        ("good, of a customer", json!([])),
        ("good, path of 3", json!([])),
        ("community missing", json!(["VP-COMMUNITY"])),
        ("path of 4", json!(["VP-ASPATH-LENGTH"])),
        ("private ASN in the path", json!(["VP-ASPATH-PRIVATE"])),
        ("prepended", json!(["VP-ASPATH-PREPEND"])),
        ("private range", json!(["VP-PREFIX-PUBLIC"])),
        ("missing on one session", json!(["VP-ALL-SESSIONS"])),
        ("not registered", json!(["VP-UNREGISTERED"])),
    ];
    let found: Vec<(&str, Value)> = lab["prefixes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["story"].as_str().unwrap(), p["found"].clone()))
        .collect();
    assert_eq!(found, expected);
    // The same from the verdicts themselves.
    for prefix in lab["prefixes"].as_array().unwrap() {
        let verdicts = lab["verdicts"]["verdicts"].as_array().unwrap().iter();
        let bad = verdicts.filter(|v| {
            v["subject"]["prefix"] == prefix["prefix"]
                && ["Failed", "Invalid", "Warning"].contains(&v["state"].as_str().unwrap())
        });
        let mut rules: Vec<&Value> = bad.map(|v| &v["rule"]).collect();
        rules.dedup();
        assert_eq!(json!(rules), prefix["found"], "{}", prefix["prefix"]);
    }
}

/// Detection, teardown and failover in this order, all within the detection time agreed and a tenth.
fn failover(failover: &Value) {
    let agreed = failover["negotiated_detection_time_us"].as_u64().unwrap();
    assert_eq!(agreed, 900_000);
    let [detected, down, over] = ["detected_after_us", "session_down_after_us", "failed_over_after_us"]
        .map(|field| failover[field].as_u64().unwrap_or_else(|| panic!("no {field}: {failover}")));
    assert!(0 < detected && detected <= down && down <= over, "{failover}");
    assert!(["carrier", "edge"].contains(&failover["detected_by"].as_str().unwrap()), "{failover}");
    assert_eq!(failover["prefixes_moved"], 280);
    assert!(failover["reason"].as_str().unwrap().contains("BFD"), "{failover}");
    assert_ne!(failover["cut"], failover["to"]);
}

#[test]
fn people_see_progress_then_tables() {
    let said = run(["lab"]);
    assert_eq!(said.status, Some(0), "{said:?}");
    for progress in
        ["leg-a carrier BFD Down", "leg-b carrier BGP Established", "cut: no BFD packet", "BGP down"]
    {
        assert!(said.err.contains(progress), "{progress}\n{}", said.err);
    }
    for table in [
        "note: lab values are treated as public",
        "VP-ALL-SESSIONS",
        "What the scenario declares, and what was found",
        "as declared",
        "detection time agreed: 900 ms",
        "all 280 prefixes on leg-",
        "All of it is what the scenario declares.",
    ] {
        assert!(said.out.contains(table), "{table}\n{}", said.out);
    }
    assert!(!said.out.contains("surprise"), "{}", said.out);
}
