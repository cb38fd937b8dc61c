//! `voicepeer policy`

use super::support::{Files, Said, run};

const TEXT: &str = r#"prefixes acme from "acme.json"

policy from-acme(preference: number) {
    rule "acme" {
        when prefix in acme
        set local-pref preference
        accept
    }
}

policy import {
    call from-acme(200)
}

test "acme" {
    policy import
    route 203.0.113.0/28
    as-path 64500
    expect accept
    expect local-pref 200
}
"#;

const ACME: &str = r#"{ "acme": [ { "prefix": "203.0.113.0/24", "exact": false, "less-equal": 28 } ] }"#;

/// A folder with policies, their set, and routes.
fn folder(text: &str) -> Files {
    let folder = Files::new();
    let routes = "route 203.0.113.0/24\n  as-path 64500\nroute 198.51.100.0/24\n  as-path 64501\n";
    for (name, content) in [("x.policy", text), ("acme.json", ACME), ("routes", routes)] {
        folder.write(name, content);
    }
    folder
}

fn policy(folder: &Files, arguments: &[&str]) -> Said {
    let beside = |word: &&str| match word.strip_prefix('@') {
        Some(file) => folder.path(file).into_os_string(),
        None => (*word).into(),
    };
    run(std::iter::once("policy".into()).chain(arguments.iter().map(beside)))
}

/// (what, of which text, exit status, what is said)
#[test]
fn what_each_command_says() {
    let failing = TEXT.replace("expect local-pref 200", "expect local-pref 100");
    let untidy = TEXT.replace("    accept\n", " accept\n");
    let odd = TEXT.to_owned() + "number idle 5\n";
    for (arguments, text, status, says) in [
        (&["check", "@x.policy"][..], TEXT, 0, "x.policy: well, with the policies from-acme, import"),
        (&["test", "@x.policy"], TEXT, 0, "ok     acme\ntests: 1, failed: 0"),
        (&["test", "@x.policy"], &failing, 1, "x.policy:20: expected local-pref 100, and local-pref is 200"),
        (&["fmt", "--check", "@x.policy"], TEXT, 0, ""),
        (&["fmt", "--check", "@x.policy"], &untidy, 1, "is not in its form"),
        (&["lint", "@x.policy"], TEXT, 0, "0 findings"),
        (&["lint", "@x.policy"], &odd, 1, "`idle` is used nowhere"),
        (
            &["explain", "@x.policy", "import", "203.0.113.0/24; as-path 64500; med 5"],
            TEXT,
            0,
            "- from-acme(200) > rule \"acme\" matches: prefix in acme (prefix is 203.0.113.0/24); set local-pref 200; accepts",
        ),
        (&["explain", "@x.policy", "from-acme(50)", "203.0.113.0/24"], TEXT, 0, "local-pref: none -> 50"),
        (&["diff", "@x.policy", "@x.policy", "--routes", "@routes"], TEXT, 0, "routes: 2, changes: 0"),
    ] {
        let folder = folder(text);
        let said = policy(&folder, arguments);
        assert_eq!((said.status, said.err.as_str()), (Some(status), ""), "{arguments:?}");
        assert!(said.out.contains(says), "{arguments:?}\n{}", said.out);
    }
}

/// (arguments behind the file, exit status, what is said): of the file with statements.
#[test]
fn prove_answers_and_shows_why() {
    let strips = "policy strips { rule \"all\" { strip asns 7 accept } }\n";
    let stated = format!(
        "{TEXT}{strips}prove \"preferred\" {{ policy import guarantees local-pref 200 guarantees prefix in acme }}\n"
    );
    let folder = folder(&stated);
    let refuted = "REFUTED import: import guarantees as-path length at most 3\n        \
                   route 203.0.113.0/24; as-path 64496 64496 64496 64496\n        \
                   - from-acme(200) > rule \"acme\" matches: prefix in acme (prefix is 203.0.113.0/24); set local-pref 200; accepts\n        \
                   local-pref: none -> 200\n";
    for (arguments, status, says) in [
        (
            &[][..],
            0,
            "proved  preferred: import guarantees local-pref 200\nproved  preferred: import guarantees prefix in acme\n2 statements, 0 refuted, 0 unknown\n",
        ),
        (&["--policy", "import", "--guarantees", "as-path length at most 3"], 1, refuted),
        (
            &["--policy", "import", "--given", "family ipv6-unicast", "--guarantees", "reject"],
            0,
            "proved  import: import given family ipv6-unicast guarantees reject",
        ),
        (
            &["--policy", "strips", "--own-asn", "5", "--guarantees", "not path-asn 7"],
            0,
            "own-asn 5 guarantees not path-asn 7",
        ),
    ] {
        let said = policy(&folder, &[&["prove", "@x.policy"], arguments].concat());
        assert_eq!((said.status, said.err.as_str()), (Some(status), ""), "{arguments:?}\n{}", said.out);
        assert!(said.out.contains(says), "{arguments:?}\n{}", said.out);
    }
    folder.write("y.policy", "policy zero { rule \"all\" { prepend 0 accept } }");
    let said = policy(
        &folder,
        &["prove", "@y.policy", "--policy", "zero", "--guarantees", "as-path length at least 1"],
    );
    assert_eq!(
        (said.status, said.out.contains("an edit puts AS 0 into paths")),
        (Some(3), true),
        "{}",
        said.out
    );
    let said = policy(&folder, &["prove", "@y.policy"]);
    said.refused_with(&["has nothing to prove", "guarantees CONDITION"], "nothing");
    let said =
        policy(&folder, &["prove", "@x.policy", "--policy", "import", "--guarantees", "prefix in acem"]);
    said.refused_with(&["nothing is called `acem`", "did you mean `acme`?"], "a name");
}

#[test]
fn fmt_writes_the_form() {
    let folder = folder(&TEXT.replace("    accept\n", " accept\n"));
    assert_eq!(policy(&folder, &["fmt", "@x.policy"]).status, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path("x.policy")).unwrap(), TEXT);
}

#[test]
fn diff_lists_the_routes_that_fare_otherwise() {
    let folder = folder(TEXT);
    let new = TEXT.replace("    call from-acme(200)\n", "    call from-acme(100)\n    default accept\n");
    folder.write("y.policy", &new);
    let said = policy(&folder, &["diff", "@x.policy", "@y.policy", "--routes", "@routes"]);
    assert_eq!(said.status, Some(1));
    for says in [
        "203.0.113.0/24 by import:\n  local-pref: 200 -> 100",
        "198.51.100.0/24 by import:\n  rejected: policy import: no rule decides, the default rejects\n  now accepted: policy import: no rule decides, the default accepts",
        "routes: 2, changes: 2",
    ] {
        assert!(said.out.contains(says), "{}", said.out);
    }
}

#[test]
fn faults_are_shown_where_they_are() {
    let folder = folder(&TEXT.replace("when prefix in acme", "when prefix in acem"));
    let said = policy(&folder, &["check", "@x.policy"]);
    said.refused_with(&["nothing is called `acem`", "did you mean `acme`?", "x.policy:5"], "a name");
    let said = policy(&folder, &["explain", "@no.policy", "import", "203.0.113.0/24"]);
    said.refused_with(&["cannot read", "no.policy"], "no file");
}

#[test]
fn the_configuration_names_policies_of_a_file() {
    let folder = folder(TEXT);
    let config = |import: &str| {
        let text = format!(
            "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = []\npolicy_file = \"x.policy\"\n\n\
             [[peer]]\nname = \"acme\"\naddress = \"192.0.2.2\"\nasn = 64501\nimport = \"{import}\"\n"
        );
        let file = folder.write("voicepeer.toml", &text).into_os_string();
        run(["run".into(), "--check".into(), "-c".into(), file])
    };
    for import in ["import", "from-acme(200)", "accept-all"] {
        let said = config(import);
        assert_eq!(said.status, Some(0), "{import}: {said:?}");
    }
    config("from-acme").refused_with(&["`from-acme` takes 1 arguments, and 0 are given"], "arguments");
    config("nowhere").refused_with(&["no policy is called \"nowhere\"", "from-acme, import"], "no policy");
}
