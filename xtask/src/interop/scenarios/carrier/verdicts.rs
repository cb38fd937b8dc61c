//! Reports of `voicepeer check`, reduced to what a scenario compares.

use crate::failure::{Failure, expect_equal};
use crate::interop::json::{list, text};
use crate::interop::netns::Node;
use crate::interop::voicepeer::binary;
use serde_json::Value;
use std::collections::BTreeSet;

/// The rules that the rendered lines serve and the far end can verify.
const SERVED: [&str; 20] = [
    "VP-PREFIX-VALID",
    "VP-PREFIX-PUBLIC",
    "VP-PREFIX-LENGTH",
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
    "VP-ASN-PUBLIC",
    "VP-SESSION-ADDRESS",
    "VP-NO-MD5",
    "VP-MAX-PREFIX",
    "VP-HOLD-TIME",
    "VP-KEY-MATCH",
    "VP-BFD",
];

/// Runs `voicepeer check`, and gives its report. Exit status 1 says that a rule failed.
pub(super) fn check(node: &Node, words: &[&str]) -> Result<Value, Failure> {
    let words = [&["check", "--format", "json"], words].concat();
    let answer = match node.ask(&binary().display().to_string(), &words) {
        Err(Failure::Command { status, output, .. }) if status.code() == Some(1) => output,
        other => other?,
    };
    // What a station says while it waits stands behind the document.
    let mut documents = serde_json::Deserializer::from_str(&answer).into_iter::<Value>();
    documents.next().and_then(Result::ok).ok_or_else(|| Failure::answer("check", answer.clone()))
}

/// `RULE STATE` of each verdict that is no success.
pub(super) fn named(report: &Value) -> BTreeSet<String> {
    let bad = |verdict: &&Value| ["Failed", "Invalid", "Warning"].contains(&text(verdict, "state"));
    list(report, "verdicts").iter().filter(bad).map(name).collect()
}

fn name(verdict: &Value) -> String {
    format!("{} {}", text(verdict, "rule"), text(verdict, "state"))
}

/// What is named while all is well, and these.
pub(super) fn with(well: &BTreeSet<String>, more: &[&str]) -> BTreeSet<String> {
    well.iter().cloned().chain(more.iter().map(|&name| name.to_owned())).collect()
}

/// One of those that are named says so.
pub(super) fn evidence(report: &Value, of: &[&str], says: &str) -> Result<(), Failure> {
    let facts =
        |verdict: &Value| list(verdict, "evidence").iter().any(|fact| text(fact, "what").contains(says));
    let mut named = list(report, "verdicts").iter().filter(|v| of.contains(&name(v).as_str()));
    let missing = || Failure::Objection(format!("no evidence of {of:?} says {says:?}"));
    if named.any(facts) { Ok(()) } else { Err(missing()) }
}

/// The rule of `RULE STATE` could not be decided everywhere.
pub(super) fn undecided(report: &Value, named: &str) -> Result<(), Failure> {
    let rule = named.split(' ').next().unwrap_or_default();
    let states =
        list(report, "verdicts").iter().filter(|v| text(v, "rule") == rule).map(|v| text(v, "state"));
    expect_equal(format!("the states of {rule}"), &BTreeSet::from(["Unknown"]), &states.collect())
}

/// Nothing failed, and what the lines serve was verified.
pub(super) fn kept(report: &Value) -> Result<(), Failure> {
    let of = |states: &[&str]| -> BTreeSet<&str> {
        let all = list(report, "verdicts").iter();
        all.filter(|v| states.contains(&text(v, "state"))).map(|v| text(v, "rule")).collect()
    };
    expect_equal("what failed", &BTreeSet::new(), &of(&["Failed", "Invalid"]))?;
    let (verified, unknown) = (of(&["Verified"]), of(&["Unknown", "Pending"]));
    let missing: Vec<_> = SERVED.into_iter().filter(|rule| !verified.contains(rule)).collect();
    expect_equal("rules not verified", &Vec::new(), &missing)?;
    let open: Vec<_> = SERVED.into_iter().filter(|rule| unknown.contains(rule)).collect();
    expect_equal("rules not decided on something", &Vec::new(), &open)
}
