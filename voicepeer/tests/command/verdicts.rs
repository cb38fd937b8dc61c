//! The verdicts in each form: tables, JSON, JUnit XML, Markdown, what changes under --watch; and what a rule is.

use super::support::{Files, changed, eventually, example, run, voicepeer};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

fn plan() -> String {
    std::fs::read_to_string(example("plan.toml")).unwrap()
}

fn routes() -> Value {
    serde_json::from_str(&std::fs::read_to_string(example("routes.json")).unwrap()).unwrap()
}

/// A plan with a warning and an attestation that is not stated; routes without the community on all sessions, one
/// prepended, and one session that nothing is known of.
fn broken(files: &Files) -> (PathBuf, PathBuf) {
    let plan = changed(&plan(), "max_prefix = 450", "max_prefix = 350");
    let plan = changed(&plan, "peeringdb = true", "");
    let mut routes = routes();
    for session in routes["sessions"].as_array_mut().unwrap() {
        for route in session["routes"].as_array_mut().unwrap() {
            route["communities"] = json!([]);
        }
    }
    routes["sessions"][0]["routes"][0]["asPath"] = json!("64500 64500 64500 64500");
    routes["sessions"].as_array_mut().unwrap().pop();
    (files.write("plan.toml", &plan), files.write("routes.json", &routes.to_string()))
}

fn arguments(plan: &Path, routes: &Path, format: &str) -> Vec<String> {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let words = ["check", "-p", &text(plan), "--routes", &text(routes), "--format", format];
    words.map(str::to_owned).to_vec()
}

fn said(format: &str) -> (Option<i32>, String) {
    let files = Files::new();
    let (plan, routes) = broken(&files);
    let said = run(arguments(&plan, &routes, format));
    assert_eq!(said.err, "");
    (said.status, said.out)
}

#[test]
fn a_table_has_one_line_a_cause_and_failing_first() {
    let (status, out) = said("table");
    assert_eq!(status, Some(1));
    let lines_of = |rule: &str| {
        out.lines()
            .skip_while(|l| !l.contains("evidence"))
            .filter(|l| l.trim_start().starts_with(rule))
            .count()
    };
    // Two prefixes lack the community on three sessions: one export policy is wrong.
    assert_eq!(lines_of("VP-COMMUNITY"), 1, "{out}");
    // The path is both too long and prepended: one cause.
    let (length, prepend) = (out.find("VP-ASPATH-LENGTH ").unwrap(), out.rfind("VP-ASPATH-PREPEND").unwrap());
    let between = &out[out.rfind("VP-ASPATH-LENGTH").unwrap()..prepend];
    assert_eq!(between.lines().count(), 2, "{out}");
    assert!(length > 0 && out.contains("the portal's error: the AS path is not correct"), "{out}");
    let place = |word: &str| out[out.find("evidence").unwrap()..].find(word).unwrap();
    assert!(place("Failed") < place("Warning") && place("Warning") < place("Unknown"), "{out}");
    assert!(place("Unknown") < place("attested"), "{out}");
}

#[test]
fn json_fits_its_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema");
    let schema = std::fs::read_to_string(folder.join("report.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_, out) = said("json");
    let report: Value = serde_json::from_str(&out).unwrap();
    let faults: Vec<_> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
    assert_eq!(faults, [""; 0]);
    let mut other = report.clone();
    other["verdicts"][0]["state"] = json!("Good");
    assert!(!validator.is_valid(&other));
    let mut other = report.clone();
    other["verdicts"][0]["more"] = json!(1);
    assert!(!validator.is_valid(&other), "a field that the schema does not know");
    let rules = &schema["$defs"]["rule"]["enum"];
    let all: Vec<_> = bgp_policy::voice::RULES.iter().map(|rule| rule.text).collect();
    assert_eq!(*rules, json!(all));
}

#[test]
fn junit_fails_where_check_fails_and_passes_nothing_unseen() {
    let (status, out) = said("junit");
    assert_eq!(status, Some(1));
    let document = Report::deserialize_from_str(&out).unwrap();
    let cases = |rule: &str| {
        let suite = document.test_suites.iter().find(|suite| suite.name.as_str() == rule).unwrap();
        suite.test_cases.iter().map(|case| &case.status).collect::<Vec<_>>()
    };
    let is = |status: &TestCaseStatus, wanted: NonSuccessKind| matches!(status, TestCaseStatus::NonSuccess { kind, .. } if *kind == wanted);
    assert!(cases("VP-COMMUNITY").iter().all(|s| is(s, NonSuccessKind::Failure)), "{out}");
    assert!(cases("VP-ALL-SESSIONS").iter().any(|s| is(s, NonSuccessKind::Error)), "{out}");
    let skipped = |s: &&TestCaseStatus| matches!(s, TestCaseStatus::Skipped { .. });
    let passed = |s: &&TestCaseStatus| matches!(s, TestCaseStatus::Success { .. });
    assert!(cases("VP-LACP").iter().all(skipped), "what is attested is not verified\n{out}");
    // What the plan states of a session that was not seen passes as little as what it does not state.
    for rule in ["VP-BFD", "VP-BFD-STRICT", "VP-NO-MD5", "VP-MAX-PREFIX", "VP-HOLD-TIME"] {
        let (skipped, passed) =
            (cases(rule).into_iter().filter(skipped), cases(rule).into_iter().filter(passed));
        assert_eq!((skipped.count(), passed.count()), (1, 3), "{rule}\n{out}");
    }
    assert!(out.contains("a limit of 350; 400 to 500 is advised"), "{out}");
    assert!(out.contains("remedy: add the standard community 8075:8007"), "{out}");
    let count = |of: fn(&Report) -> usize| of(&document);
    assert!(count(|d| d.failures) > 0 && count(|d| d.errors) > 0, "{out}");
}

#[test]
fn markdown_is_a_section_for_each_kind() {
    let (status, out) = said("markdown");
    assert_eq!(status, Some(1));
    let titles: Vec<_> = out.lines().filter(|line| line.starts_with('#')).collect();
    let want = [
        "# Voice peering: something failed",
        "## Prefixes",
        "## Failed",
        "## Warnings",
        "## Not known",
        "## Attested, not verified",
    ];
    assert_eq!(titles, want, "{out}");
    assert!(out.contains("\n- Note: lab values are treated as public: 198.51.100.0/24"), "{out}");
    let row = out.lines().find(|line| line.starts_with("| VP-COMMUNITY | 2 prefixes")).unwrap();
    assert!(row.contains("| the advertisement lacks the voice community |"), "{row}");
    for table in out.lines().filter(|line| line.starts_with('|')) {
        let cells = table.replace("\\|", "").matches('|').count();
        assert_eq!(cells, 6, "{table}");
    }
}

#[test]
fn a_rule_is_explained() {
    for name in ["VP-ASPATH-SET", "vp-aspath-set"] {
        let said = run(["check", "--explain", name]);
        assert_eq!((said.status, said.err.as_str()), (Some(0), ""));
        for part in
            ["AS path of sequences", "RFC 9774", "announce the routes themselves", "one announced route"]
        {
            assert!(said.out.contains(part), "{part}\n{}", said.out);
        }
    }
    let all = run(["check", "--explain"]);
    assert_eq!(all.status, Some(0));
    for rule in bgp_policy::voice::RULES {
        assert!(all.out.contains(rule.text), "{}", rule.text);
        assert_eq!(run(["check", "--explain", rule.text]).status, Some(0));
    }
    run(["check", "--explain", "VP-PATH-LENGTH"]).refused_with(
        &["no rule is called `VP-PATH-LENGTH`", "VP-ASPATH-LENGTH", "--explain"],
        "no such rule",
    );
    run(["check", "--explain", "x"])
        .refused_with(&["no rule is called `x`", "names them all"], "no such rule");
}

/// Registries have what they were given, and decide with it.
#[test]
fn registries_are_read_from_files() {
    let files = Files::new();
    let of = |asn: u32, prefix: &str| {
        format!("aut-num: AS{asn}\n\nroute: {prefix}\norigin: AS{asn}\nsource: TEST\n\n")
    };
    let whole = of(64500, "198.51.100.0/24") + &of(64501, "203.0.113.0/24");
    let irr = files.write("irr.db", &whole);
    let (plan, routes) = (example("plan.toml"), example("routes.json"));
    let judged = |more: &[&Path]| {
        let mut words = arguments(&plan, &routes, "json");
        for (option, path) in ["--irr", "--rpki"].into_iter().zip(more) {
            words.extend([option.to_owned(), path.to_str().unwrap().to_owned()]);
        }
        run(words)
    };
    let states = |said: &super::support::Said, rule: &str| {
        let report = said.json();
        let all = report["verdicts"].as_array().unwrap().iter().filter(|v| v["rule"] == rule);
        all.map(|v| v["state"].as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let one = |state: &str| std::collections::BTreeSet::from([state.to_owned()]);
    let said = judged(&[&irr]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""));
    assert_eq!(states(&said, "VP-ORIGIN-REGISTERED"), one("Verified"));
    assert_eq!(states(&said, "VP-IRR-PEERINGDB"), one("None"));

    let other = r#"{"roas": [{"asn": 64502, "prefix": "198.51.100.0/24", "maxLength": 24}, {"asn": 64502, "prefix": "203.0.113.0/24", "maxLength": 24}]}"#;
    let vrps = files.write("vrps.json", other);
    let said = judged(&[&irr, &vrps]);
    assert_eq!(said.status, Some(1));
    assert_eq!(states(&said, "VP-ORIGIN-REGISTERED"), one("Failed"));

    let bare = files.write("bare.db", "route: 198.51.100.0/24\nnothing at all\n");
    let said = judged(&[&bare]);
    assert_eq!(said.status, Some(1));
    assert!(said.err.contains("faults were passed over, the first in line "), "{}", said.err);
    assert_eq!(states(&said, "VP-IRR-PEERINGDB"), one("Failed"));
    judged(&[&files.path("none.db")]).refused_with(&["cannot read", "none.db"], "no file");
}

/// `check --watch` while its files change. It is killed when it is dropped.
struct Watch {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    files: Files,
}

impl Watch {
    fn start(format: &str) -> Self {
        let files = Files::new();
        let (plan, routes) =
            (files.write("plan.toml", &plan()), files.write("routes.json", &routes().to_string()));
        let mut command = voicepeer();
        command.args(arguments(&plan, &routes, format)).arg("--watch=10ms");
        let err = std::fs::File::create(files.path("err")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(err).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, files }
    }

    /// The next line that holds `part`.
    fn until(&mut self, part: &str) -> String {
        let found = self.lines.find(|line| line.as_ref().unwrap().contains(part));
        found.unwrap_or_else(|| panic!("no line with {part:?}")).unwrap()
    }

    /// Puts other routes there, whole at once.
    fn replace(&self, routes: &Value) {
        let new = self.files.write("new.json", &routes.to_string());
        std::fs::rename(new, self.files.path("routes.json")).unwrap();
    }

    fn end(mut self) -> Option<i32> {
        let id = Pid::from_child(&self.child);
        kill_process(id, Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

fn without_community() -> Value {
    let mut routes = routes();
    routes["sessions"][0]["routes"][0]["communities"] = json!([]);
    routes
}

#[test]
fn watch_prints_what_changes() {
    let mut watch = Watch::start("table");
    watch.until("all verified");
    watch.replace(&without_community());
    let line = watch.until("VP-COMMUNITY");
    assert!(line.contains("Failed (was Verified)") && line.contains("198.51.100.0/24"), "{line}");
    assert!(watch.until("remedy: ").contains("add the standard community"));
    watch.until("something failed");
    // Nothing can be seen for a while: said once, and what was seen stays.
    watch.files.write("routes.json", "{");
    eventually("it says so", || {
        let err = std::fs::read_to_string(watch.files.path("err")).unwrap();
        if err.contains("not looked") { Ok(()) } else { Err(err) }
    });
    watch.replace(&routes());
    let line = watch.until("VP-COMMUNITY");
    assert!(line.contains("Verified (was Failed)"), "{line}");
    watch.until("all verified");
    let err = std::fs::read_to_string(watch.files.path("err")).unwrap();
    assert_eq!(err.lines().count(), 1, "{err}");
    assert_eq!(watch.end(), Some(0));
}

#[test]
fn watch_ends_with_the_status_of_what_was_seen_last() {
    let mut watch = Watch::start("json");
    let first: Value = serde_json::from_str(&watch.until("report")).unwrap();
    assert_eq!(first["report"]["outcome"], "verified");
    watch.replace(&without_community());
    let change: Value = serde_json::from_str(&watch.until("changes")).unwrap();
    let of_rule =
        |rule: &str| change["changes"].as_array().unwrap().iter().find(|c| c["rule"] == rule).cloned();
    let community = of_rule("VP-COMMUNITY").unwrap();
    assert_eq!(
        (&community["before"]["state"], &community["after"]["state"]),
        (&json!("Verified"), &json!("Failed"))
    );
    assert!(change["time"].as_str().unwrap().ends_with('Z'));
    assert_eq!(watch.end(), Some(1));
}

#[test]
fn watch_refuses_forms_without_changes() {
    let (plan, routes) = (example("plan.toml"), example("routes.json"));
    for format in ["junit", "markdown"] {
        let said = run(arguments(&plan, &routes, format).into_iter().chain(["--watch".to_owned()]));
        said.refused_with(&["--watch prints changes", "--format json"], format);
    }
}
