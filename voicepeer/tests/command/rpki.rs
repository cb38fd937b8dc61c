//! `voicepeer rpki`: files of validators.

use super::support::{Files, Said, run};
use serde_json::json;
use std::path::Path;

const VRPS: &str = r#"{"metadata": {"vrps": 3},
"roas": [
 {"asn": 64500, "prefix": "198.51.100.0/24", "maxLength": 26, "ta": "ripe", "expires": 4102444800},
 {"asn": "AS64501", "prefix": "198.51.0.0/16", "maxLength": 16, "ta": "ripe"},
 {"asn": 64502, "prefix": "2001:db8::/32", "maxLength": 32, "ta": "ripe", "expires": 1000}
],
"aspas": [{"customer_asid": 64500, "providers": [64501]}, {"customer": "AS64501", "providers": ["AS0"]}]}"#;

fn validate(path: &Path, prefix: &str, origin: &str, more: &[&str]) -> Said {
    let words = ["rpki", "validate", prefix, origin, "--vrps", path.to_str().unwrap()];
    run(words.iter().chain(more))
}

/// (prefix, origin, exit status, what is said).
#[test]
fn states_and_their_evidence() {
    let files = Files::new();
    let path = files.write("vrps.json", VRPS);
    let one = "  198.51.100.0/24 to /26 by AS64500";
    let other = "  198.51.0.0/16 by AS64501: another origin";
    for (prefix, origin, status, said) in [
        ("198.51.100.0/25", "64500", 0, format!("valid\n{one}: matches\n{other}\n")),
        (
            "198.51.100.0/27",
            "AS64500",
            1,
            format!("invalid\n{one}: the prefix is longer than it allows\n{other}\n"),
        ),
        ("203.0.113.0/24", "64500", 0, "not-found\n  none of 2 VRPs covers it\n".to_owned()),
        // Its VRP has expired.
        ("2001:db8::/32", "64502", 0, "not-found\n  none of 2 VRPs covers it\n".to_owned()),
    ] {
        let got = validate(&path, prefix, origin, &[]);
        assert_eq!((got.status, got.err.as_str()), (Some(status), ""), "{got:?}");
        let asn = origin.trim_start_matches("AS");
        assert_eq!(got.out, format!("{prefix} by AS{asn}: {said}"));
    }
    let got = validate(&path, "198.51.0.0/16", "64501", &["--json"]).json();
    let evidence = json!([{ "prefix": "198.51.0.0/16", "max_length": 16, "asn": 64501, "fit": "matches" }]);
    assert_eq!(
        got,
        json!({ "prefix": "198.51.0.0/16", "origin": 64501, "state": "valid", "evidence": evidence })
    );
}

#[test]
fn paths_by_aspa() {
    let files = Files::new();
    let path = files.write("vrps.json", VRPS);
    let verify = |words: &[&str]| {
        run(["rpki", "verify"].iter().chain(words).chain(&["--aspas", path.to_str().unwrap()]))
    };
    for (words, status, said) in [
        (&["64501 64500", "--from", "customer"][..], 0, "64501 64500: valid: attested\n"),
        (
            &["64502 64500", "--from", "customer"],
            1,
            "64502 64500: invalid: AS64500 to AS64502: not provider+\n",
        ),
        (&["64499 64502", "--from", "peer"], 0, "64499 64502: unknown: AS64502 to AS64499: no attestation\n"),
        (&["64502 64501 64500"], 0, "64502 64501 64500: valid: attested\n"),
        (
            &["64501 64500", "--neighbor", "64499"],
            1,
            "64501 64500: invalid: the path does not begin with the neighbour\n",
        ),
    ] {
        let got = verify(words);
        assert_eq!((got.status, got.out.as_str()), (Some(status), said), "{words:?}: {got:?}");
    }
    let got = verify(&["64501 64500", "--json"]).json();
    assert_eq!(got, json!({ "path": "64501 64500", "state": "valid", "reason": "attested" }));
    verify(&["64501 x"]).refused_with(&["`64501 x`"], "no path");
}

#[test]
fn bad_files_are_refused_with_their_place() {
    let files = Files::new();
    let bad = files.write(
        "vrps.json",
        "{\"roas\": [\n{\"asn\": 1, \"prefix\": \"198.51.100.0/24\", \"maxLength\": 20}]}",
    );
    validate(&bad, "198.51.100.0/24", "1", &[])
        .refused_with(&["maxLength 20", "vrps.json:2"], "a length that is too short");
    let none = files.path("none.json");
    validate(&none, "198.51.100.0/24", "1", &[]).refused_with(&["cannot read", "none.json"], "no file");
}
