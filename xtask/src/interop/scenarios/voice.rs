//! The carrier's two routers, with their own configuration from `lab/voice`, against the plan.

use crate::clock::{time_until, wait_for};
use crate::command::workspace;
use crate::failure::{Failure, expect_equal};
use crate::interop::bird::Bird;
use crate::interop::frr::{Files, Frr};
use crate::interop::json::{list, text, texts};
use crate::interop::pair::SOON;
use crate::interop::router::{self, Make};
use crate::interop::trio::{BIRD, FRR, Trio};
use crate::interop::voicepeer::Voicepeer;
use serde_json::Value;
use std::path::PathBuf;

/// A prefix and the one rule that objects to it; `-` where none does.
const DECLARED: [(&str, &str); 9] = [
    ("10.18.15.0/24", "VP-PREFIX-PUBLIC"),
    ("198.18.1.0/24", "-"),
    ("198.18.11.0/24", "VP-COMMUNITY"),
    ("198.18.12.0/24", "VP-ASPATH-LENGTH"),
    ("198.18.13.0/24", "VP-ASPATH-PRIVATE"),
    ("198.18.14.0/24", "VP-ASPATH-PREPEND"),
    ("198.18.16.0/24", "VP-ALL-SESSIONS"),
    ("198.18.17.0/24", "VP-UNREGISTERED"),
    ("198.18.2.0/23", "-"),
];

pub(super) fn run(trio: &Trio) -> Result<String, Failure> {
    let _carrier = carrier(trio)?;
    match trio.make {
        Make::Voicepeer => verdicts(trio),
        Make::Other(_) => announcements(trio),
    }
}

pub(super) fn carrier(trio: &Trio) -> Result<(Bird, Frr), Failure> {
    let bird = Bird::start(&trio.bird, &lab_file("bird.conf")?)?;
    let files =
        Files { zebra: lab_file("zebra.conf")?, bfdd: lab_file("bfdd.conf")?, bgpd: lab_file("bgpd.conf")? };
    Ok((bird, Frr::start(&trio.frr, &files)?))
}

pub(super) fn lab(name: &str) -> PathBuf {
    workspace().join("lab/voice").join(name)
}

fn lab_file(name: &str) -> Result<String, Failure> {
    std::fs::read_to_string(lab(name)).map_err(Failure::file(lab(name)))
}

/// voicepeer names exactly the declared rule of each prefix.
fn verdicts(trio: &Trio) -> Result<String, Failure> {
    let voicepeer = Voicepeer::start(&trio.middle, &lab_file("voicepeer.toml")?)?;
    wait_for("both sessions", SOON, || {
        router::established(&voicepeer, BIRD)?;
        router::established(&voicepeer, FRR)?;
        router::bfd_up(&voicepeer, BIRD)?;
        router::bfd_up(&voicepeer, FRR)
    })?;
    let declared = DECLARED.map(|(prefix, rule)| (prefix.to_owned(), rule.to_owned())).to_vec();
    let look =
        || expect_equal("the verdicts", &declared, &objections(&voicepeer.check_live(&lab("plan.toml"))?));
    let took = time_until("the declared verdicts", SOON, look)?;
    Ok(format!("{} prefixes, each with its declared rule, after {took:.1?}", DECLARED.len()))
}

/// Each prefix with the rules that failed or warn, as `check` reports them.
fn objections(report: &Value) -> Vec<(String, String)> {
    let one = |row: &Value| {
        let rules = [texts(row, "failed"), texts(row, "warnings")].concat();
        let rules = if rules.is_empty() { "-".to_owned() } else { rules.join(" ") };
        (text(row, "prefix").to_owned(), rules)
    };
    let mut all: Vec<_> = list(report, "prefixes").iter().map(one).collect();
    all.sort();
    all
}

/// The carrier's own configuration is what it should be: a router of another make gets every prefix.
fn announcements(trio: &Trio) -> Result<String, Failure> {
    let middle = trio.make.start(&trio.middle, &super::transit::middle(8075, 64500, 64500))?;
    for (prefix, _) in DECLARED {
        let missing = || Failure::Objection(format!("{prefix} has not come"));
        wait_for(prefix, SOON, || middle.route(prefix)?.ok_or_else(missing))?;
    }
    Ok(format!("{} prefixes came", DECLARED.len()))
}
