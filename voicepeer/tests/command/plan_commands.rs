//! `plan init`, `plan check`, `plan render`, and the schema of plans.

use super::support::{Files, changed, example, run, voicepeer};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn plan() -> String {
    std::fs::read_to_string(example("plan.toml")).unwrap()
}

/// The configuration for `make` of a plan.
fn rendered(plan: &Path, more: &[&str]) -> super::support::Said {
    let words = ["plan", "render", "-p", plan.to_str().unwrap()];
    run(words.iter().chain(more))
}

const MAKES: [(&str, &str); 8] = [
    ("frr", "frr.conf"),
    ("bird", "bird.conf"),
    ("gobgp", "gobgpd.toml"),
    ("openbgpd", "bgpd.conf"),
    ("ios-xr", "ios-xr.cfg"),
    ("junos", "junos.conf"),
    ("sros", "sros.cfg"),
    ("eos", "eos.cfg"),
];

/// `voicepeer plan render --for MAKE -p lab/plan.toml --originate > voicepeer/tests/golden/FILE` writes one anew.
#[test]
fn renderings_are_the_golden_files() {
    for (make, file) in MAKES {
        let said = rendered(&example("plan.toml"), &["--for", make, "--originate"]);
        assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{make}");
        let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
        let golden = std::fs::read_to_string(golden).unwrap();
        assert!(golden == said.out, "{make}: what is rendered is not {file}:\n{}", said.out);
    }
}

/// Every rule that a router's lines can serve is named in every language, and every rule named is one.
#[test]
fn every_line_has_its_rule() {
    let served = [
        "VP-COMMUNITY",
        "VP-ASPATH-LENGTH",
        "VP-ASPATH-PRIVATE",
        "VP-ASPATH-PREPEND",
        "VP-ASPATH-SET",
        "VP-ORIGIN-ASN",
        "VP-NEXTHOP",
        "VP-ALL-SESSIONS",
        "VP-CONSISTENT",
        "VP-UNREGISTERED",
        "VP-PREFIX-LENGTH",
        "VP-ASN-PUBLIC",
        "VP-BFD",
        "VP-BFD-STRICT",
        "VP-SESSION-ADDRESS",
        "VP-NO-MD5",
        "VP-MAX-PREFIX",
        "VP-NO-AS12076",
        "VP-HOLD-TIME",
    ];
    let files = Files::new();
    let public = changed(&plan(), "asn = 64500", "asn = 3500");
    let public = changed(&public, "associated_asns = [64501]", "associated_asns = [3501]");
    let public = changed(&public, "asns = [64500, 64501]", "asns = []");
    let path = files.write("plan.toml", &public);
    for (make, _) in MAKES {
        let said = rendered(&path, &["--for", make]);
        assert_eq!(said.status, Some(0), "{said:?}");
        let words = said.out.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let named: Vec<&str> = words.filter(|word| word.starts_with("VP-")).collect();
        for rule in served {
            assert!(named.contains(&rule), "{make} has no line for {rule}\n{}", said.out);
        }
        for rule in named {
            assert!(rule.parse::<bgp_policy::voice::RuleId>().is_ok(), "{make}: {rule}");
        }
    }
}

#[test]
fn a_router_has_its_own_sessions_only() {
    let one =
        rendered(&example("plan.toml"), &["--for", "frr", "--router", "fra-b", "--router-id", "203.0.113.7"]);
    assert_eq!(one.status, Some(0), "{one:?}");
    assert!(
        one.out.contains("neighbor 192.0.2.13 remote-as 8075") && !one.out.contains("192.0.2.11"),
        "{}",
        one.out
    );
    assert!(one.out.contains("bgp router-id 203.0.113.7"), "{}", one.out);
    let none = rendered(&example("plan.toml"), &["--for", "frr", "--router", "ber-a"]);
    none.refused_with(
        &["no connection of the plan ends on a router called `ber-a`", "ams-a, ams-b, fra-a, fra-b"],
        "",
    );
}

/// (change, the rule that it breaks): nothing is rendered that would carry the fault on.
#[test]
fn a_broken_plan_is_not_rendered() {
    let files = Files::new();
    for (old, new, rule) in [
        ("max_prefix = 450", "max_prefix = 280", "VP-MAX-PREFIX"),
        ("max_prefix = 450", "max_prefix = 450\nmd5 = true", "VP-NO-MD5"),
        ("192.0.2.10/31", "192.0.2.10/29", "VP-SESSION-ADDRESS"),
        ("prefix = \"198.51.100.0/24\"", "prefix = \"198.51.100.1/24\"", "VP-PREFIX-VALID"),
        ("hold_time = 180", "hold_time = 9", "VP-HOLD-TIME"),
        ("required_min_rx_ms = 300", "required_min_rx_ms = 600", "VP-BFD"),
    ] {
        let path = files.write("plan.toml", &changed(&plan(), old, new));
        let said = rendered(&path, &["--for", "bird"]);
        assert_eq!((said.status, said.out.as_str()), (Some(1), ""), "{new}");
        assert!(said.err.contains(rule), "{rule}\n{}", said.err);
    }
}

#[test]
fn names_of_a_plan_stay_words_of_the_language() {
    let files = Files::new();
    let wild = changed(&plan(), "name = \"fra-1\"", "name = \"fra 1\\n; drop {\\\"\"");
    let wild = changed(&wild, "location = \"Frankfurt\"", "location = \"Frank\\nfurt }\"");
    let path = files.write("plan.toml", &wild);
    for (make, _) in MAKES {
        let said = rendered(&path, &["--for", make, "--router", "fra-a"]);
        assert_eq!(said.status, Some(0), "{said:?}");
        assert!(!said.out.contains("drop {") && !said.out.contains("furt }"), "{make}\n{}", said.out);
    }
}

fn checked(plan: &Path, more: &[&str]) -> super::support::Said {
    run(["plan", "check", "-p", plan.to_str().unwrap()].iter().chain(more))
}

#[test]
fn a_plan_in_order_passes_by_itself() {
    for plan in ["plan.toml", "rendered/plan.toml"] {
        let said = checked(&example(plan), &[]);
        assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
        assert!(
            said.out.contains("nothing failed: ") && said.out.contains("note: lab values"),
            "{}",
            said.out
        );
    }
}

/// (change, the rule, the line that it is told at, its column).
#[test]
fn faults_have_a_line_and_a_column() {
    let files = Files::new();
    for (old, new, rule, at, column) in [
        ("max_prefix = 450", "max_prefix = 450\nmd5 = true", "VP-NO-MD5", "md5 = true", 7),
        ("max_prefix = 450", "max_prefix = 350", "VP-MAX-PREFIX", "max_prefix = 350", 14),
        (
            "\"192.0.2.10/31\"",
            "\"192.0.2.10/29\"",
            "VP-SESSION-ADDRESS",
            "[peerings.connections.session]",
            23,
        ),
        ("router = \"fra-b\"", "router = \"fra-a\"", "VP-DIVERSITY", "router = \"fra-a\"", 10),
        (
            "utilisation_percent = 20",
            "utilisation_percent = 40",
            "VP-BANDWIDTH-MIN",
            "bandwidth_gbps = 100",
            18,
        ),
        ("lacp = true", "lacp = false", "VP-LACP", "lacp = false", 8),
        ("asns = [64500, 64501]", "asns = [64501]", "VP-ASN-PUBLIC", "asn = 64500", 7),
        ("backup_location = \"Amsterdam\"", "", "VP-GEO-REDUNDANCY", "name = \"voice\"", 8),
        (
            "backup_location = \"Amsterdam\"",
            "backup_location = \"Berlin\"",
            "VP-BACKUP-LOCATION",
            "backup_location = \"Berlin\"",
            19,
        ),
        (
            "prefix = \"203.0.113.0/24\"",
            "prefix = \"203.0.113.1/24\"",
            "VP-PREFIX-VALID",
            "prefix = \"203.0.113.1/24\"",
            10,
        ),
        ("strict = true", "strict = false", "VP-BFD-STRICT", "bfd = {", 86),
    ] {
        let text = changed(&plan(), old, new);
        let path = files.write("plan.toml", &text);
        let said = checked(&path, &["--format", "json"]);
        let faults = said.json()["faults"].clone();
        let fault = faults.as_array().unwrap().iter().find(|f| f["verdict"]["rule"] == rule).cloned();
        let fault = fault.unwrap_or_else(|| panic!("{new}: no {rule} in {faults:#}"));
        let line = text.lines().position(|l| l.starts_with(at)).unwrap() + 1;
        let place = &fault["places"][0];
        assert_eq!(
            (place["line"].as_u64(), place["column"].as_u64()),
            (Some(line as u64), Some(column)),
            "{new}: {fault:#}"
        );
        let text = checked(&path, &[]);
        assert_eq!(text.status, said.status, "{new}");
        let state = fault["verdict"]["state"].as_str().unwrap();
        let told = format!("{}:{line}:{column}: {state} {rule}: ", path.display());
        assert!(text.out.contains(&told), "{told}\n{}", text.out);
        assert_eq!(
            said.status == Some(1),
            state == "Failed" || state == "Invalid" || rule == "VP-BACKUP-LOCATION",
            "{new}"
        );
    }
}

#[test]
fn a_key_of_another_registration_is_shown_where_it_was_entered() {
    let files = Files::new();
    let (head, tail) = {
        let plan = plan();
        let at = plan.find("[[activations.prefixes]]").unwrap();
        (plan[..at].to_owned(), plan[at..].replacen("000000000001", "000000000009", 1))
    };
    let text = head + &tail;
    let said = checked(&files.write("plan.toml", &text), &["--format", "json"]);
    assert_eq!(said.status, Some(1));
    let fault = &said.json()["faults"][0];
    assert_eq!(fault["verdict"]["rule"], "VP-KEY-MATCH");
    let line = text.lines().position(|l| l.contains("[[activations.prefixes]]")).unwrap() + 2;
    assert_eq!(fault["places"][0]["line"].as_u64(), Some(line as u64), "{fault:#}");
}

fn validator() -> jsonschema::Validator {
    let said = run(["plan", "schema"]);
    assert_eq!(said.status, Some(0));
    jsonschema::validator_for(&said.json()).unwrap()
}

fn as_json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap()
}

#[test]
fn plans_fit_the_schema() {
    let validator = validator();
    for file in ["plan.toml", "voice/plan.toml", "rendered/plan.toml"] {
        let text = std::fs::read_to_string(example(file)).unwrap();
        let faults: Vec<_> = validator.iter_errors(&as_json(&text)).map(|e| e.to_string()).collect();
        assert_eq!(faults, [""; 0], "{file}");
    }
}

/// What the reader refuses, the schema refuses.
#[test]
fn what_is_no_plan_does_not_fit_the_schema() {
    let (validator, files) = (validator(), Files::new());
    for (old, new) in [
        ("asn = 64500", "asn = 4294967296"),
        ("asn = 64500\n", ""),
        ("asn = 64500", "asn = \"AS0.1.2\""),
        ("associated_asns", "asociated_asns"),
        ("lacp = true", "lacp = \"yes\""),
        ("lacp = true", "lcap = true"),
        ("role = \"primary\"", "role = \"main\""),
        ("bandwidth_gbps = 100", "bandwidth = 100"),
        ("bandwidth_gbps = 100", "bandwidth_gbps = 1.5"),
        ("_percent = 20", "_percent = 101"),
        ("state = \"Active\"", "state = \"Up\""),
        ("local = \"192.0.2.10/31\"", "local = \"192.0.2.10\""),
        ("peer = \"192.0.2.11\"", "peer = \"edge\""),
        ("strict = true", "strictly = true"),
        ("detect_mult = 3", "detect_mult = 256"),
        ("hold_time = 180", "hold_time = 65536"),
        ("max_prefix = 450", "max_prefix = -1"),
        ("name = \"fra-2\"", "name = \"\""),
        ("primary_location", "location"),
    ] {
        let text = changed(&plan(), old, new);
        assert!(!validator.is_valid(&as_json(&text)), "{new}");
        let path = files.write("plan.toml", &text);
        assert_eq!(checked(&path, &[]).status, Some(2), "{new}");
    }
}

/// Every field of a plan is in the schema, with words about it.
#[test]
fn the_schema_names_every_field() {
    let schema = run(["plan", "schema"]).out;
    let document = std::fs::read_to_string(example("../docs/plan.md")).unwrap();
    let value: Value = serde_json::from_str(&schema).unwrap();
    let mut fields = Vec::new();
    collect(&value, &mut fields);
    assert!(fields.len() > 40, "{fields:?}");
    for field in fields {
        assert!(document.contains(&field), "{field} is not in docs/plan.md");
    }
}

fn collect(schema: &Value, fields: &mut Vec<String>) {
    for (key, value) in schema.as_object().into_iter().flatten() {
        if key == "properties" {
            fields.extend(value.as_object().unwrap().keys().cloned());
        }
        collect(value, fields);
    }
    schema.as_array().into_iter().flatten().for_each(|value| collect(value, fields));
}

fn answered(file: &Path, answers: &str) -> (Option<i32>, String) {
    let mut command = voicepeer();
    command
        .args(["plan", "init"])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// One peering of two connections, one of them elsewhere, and one activation; some answers wrong at first.
const ANSWERS: &str = "x\n3500\n3501, AS3502\n\
    fra\n\
    fra-1\nFrankfurt\np\nfra-a\nedge-1\n100\n20\nActive\n192.0.2.10/31\n\n\n\n\n\n\n\n\n\n\n\n\
    fra-2\nFrankfurt\nsomething\nredundant\nfra-b\nedge-2\n100\n20\nUp\nActive\n192.0.2.13/30\n\n\n\n\n\n\n\n\n\n\n\n\
    \n\
    \n\
    8.8.8.0/24\nmedia\n01234567-89ab-cdef-0123-456789abcdef\n\
    \n\
    voice\nFrankfurt\n\nyes\n\n\
    \n\
    y\ny\ny\nn\n\n";

#[test]
fn init_writes_a_plan_that_is_read_and_judged() {
    let files = Files::new();
    let path = files.path("plan.toml");
    let (status, said) = answered(&path, ANSWERS);
    assert_eq!(status, Some(0), "{said}");
    let text = std::fs::read_to_string(&path).unwrap();
    let plan: bgp_policy::voice::Plan = toml::from_str(&text).unwrap();
    assert_eq!((plan.asn.0, plan.associated_asns.len()), (3500, 2));
    let connections = &plan.peerings[0].connections;
    assert_eq!(connections[0].session.peer.to_string(), "192.0.2.11");
    assert_eq!(connections[1].session.peer.to_string(), "192.0.2.14");
    assert_eq!(connections[1].session.max_prefix, Some(450));
    assert!(connections[1].session.bfd.unwrap().strict && !connections[1].session.md5);
    assert_eq!(plan.activations[0].prefixes[0].key, "01234567-89ab-cdef-0123-456789abcdef");
    assert_eq!((plan.attestations.irr, plan.attestations.peeringdb), (Some(false), None));
    assert!(validator().is_valid(&as_json(&text)), "{text}");
    let judged = checked(&path, &[]);
    assert_eq!(judged.status, Some(1), "irr = false fails VP-IRR-PEERINGDB\n{}", judged.out);
    assert!(
        judged.out.contains("Failed VP-IRR-PEERINGDB") && !judged.out.contains("Failed VP-SESSION"),
        "{}",
        judged.out
    );

    let (status, said) = answered(&path, ANSWERS);
    assert_eq!(status, Some(2));
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn init_writes_nothing_of_half_the_answers() {
    let files = Files::new();
    let path = files.path("plan.toml");
    let (status, said) = answered(&path, &ANSWERS[..60]);
    assert_eq!(status, Some(2));
    assert!(said.contains("the answers ended at"), "{said}");
    assert!(!path.exists());
}
