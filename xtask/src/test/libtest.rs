//! The workspace's tests: unit, property, simulation, documentation.
//!
//! They are counted one by one, so a test that vanishes is seen in the totals. A test that cannot find what it
//! needs says so in a line of its own, see [`is_skip`]; such lines are counted too.

use crate::command::{TO_RUN, cargo, run as run_command};
use crate::failure::Failure;
use crate::report::{Outcome, Tally};
use std::collections::BTreeSet;

/// Runs `cargo test` over the workspace with these target options.
pub(super) fn run(targets: &[&str]) -> Result<Outcome, Failure> {
    let mut tests =
        cargo(&[&["test"], &TO_RUN[..], &["--no-fail-fast"], targets, &["--", "--show-output"]].concat());
    let output = run_command(&mut tests)?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut tally = count(&stdout);
    if !output.status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    let reasons: BTreeSet<&str> = stdout.lines().filter(|line| is_skip(line)).collect();
    reasons.iter().for_each(|reason| print!("\n  {reason} "));
    let told = failures(&stdout);
    let output = if told.is_empty() { String::from_utf8_lossy(&output.stderr).into_owned() } else { told };
    Ok(Outcome::Counted { tally, output })
}

/// What the failed tests printed; nothing if it did not come to running them.
fn failures(stdout: &str) -> String {
    let parts = stdout.split("\nfailures:\n").skip(1);
    parts.filter_map(|part| part.split("test result: ").next()).collect()
}

/// Adds up the result lines of every test program, and the lines of tests that skipped themselves.
fn count(stdout: &str) -> Tally {
    let mut tally = Tally::default();
    for line in stdout.lines() {
        if let Some(result) = line.strip_prefix("test result: ") {
            tally += result_line(result);
        }
    }
    // A test that skipped itself ends as passed; it must not count as both.
    let skipped = stdout.lines().filter(|line| is_skip(line)).count();
    tally.passed = tally.passed.saturating_sub(skipped);
    tally.skipped += skipped;
    tally
}

/// A test that could not be done here prints `skipped: ` and why, or that it lacks the recorded messages.
fn is_skip(line: &str) -> bool {
    line.starts_with("skipped: ") || line.contains("VOICEPEER_CORPUS is not set")
}

/// Reads `ok. 12 passed; 0 failed; 1 ignored; 0 measured; ...`.
fn result_line(line: &str) -> Tally {
    let counts = line.split_once(". ").map_or("", |(_, counts)| counts);
    let number = |word: &str| {
        let part = counts.split("; ").find_map(|part| part.strip_suffix(word));
        part.and_then(|digits| digits.trim().parse().ok()).unwrap_or(0)
    };
    Tally { passed: number("passed"), failed: number("failed"), skipped: number("ignored") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_every_program() {
        let stdout = "\
running 3 tests
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
skipped: recorded messages are not here
test result: FAILED. 1 passed; 2 failed; 4 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        assert_eq!(count(stdout), Tally { passed: 3, failed: 2, skipped: 5 });
    }

    #[test]
    fn tells_only_what_failed() {
        let stdout = "successes:\n\nfine\n\nfailures:\n\nbroken: 1 is not 2\n\ntest result: FAILED. 1 passed";
        assert_eq!(failures(stdout), "\nbroken: 1 is not 2\n\n");
    }
}
