//! `cargo xtask test`: the proofs that need no root and no network beyond loopback.
//!
//! Every build of one kind uses one set of features, so that each dependency is checked once and built once.

mod deny;
mod examples;
mod libtest;
mod purity;
mod worlds;

use crate::command::{cargo, stdout_of};
use crate::failure::Failure;
use crate::report::{Outcome, Report};

/// Packages that must also build alone, without what the workspace's other members switch on.
const ALONE: [(&str, &[&str]); 6] = [
    ("bgp-wire", &["--no-default-features"]),
    ("bfd", &[]),
    ("bgp-policy", &[]),
    ("bgp-session", &[]),
    ("bgp-rib", &[]),
    ("bgp-speaker", &[]),
];

/// Runs every step, whatever the earlier ones said.
pub(crate) fn run() -> Report {
    let mut report = Report::default();
    report.step("format", || cargo_step(&["fmt", "--all", "--check"]));
    report.step("purity", purity::check);
    report.step("dependency rules", deny::check);
    report.step("clippy", || {
        cargo_step(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"])
    });
    report.step("documentation", documentation);
    // Benches are checked by clippy; without optimisation there is no sense in running them.
    report.step("tests", || libtest::run(&["--tests"]));
    report.step("worlds", worlds::run);
    report.step("documentation tests", || libtest::run(&["--doc"]));
    examples::run(&mut report);
    for (package, features) in ALONE {
        report.step(&format!("{package} alone"), || {
            cargo_step(&[&["check", "-p", package], features].concat())
        });
    }
    report
}

/// A cargo command that must succeed.
fn cargo_step(arguments: &[&str]) -> Result<Outcome, Failure> {
    stdout_of(&mut cargo(arguments)).map(|_| Outcome::Passed(String::new()))
}

/// Every public item's documentation, with every link whole.
fn documentation() -> Result<Outcome, Failure> {
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    stdout_of(&mut doc).map(|_| Outcome::Passed(String::new()))
}
