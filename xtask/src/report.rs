//! What a chore did, line by line, and the totals at its end.

use crate::clock;
use crate::command::in_ci;
use crate::failure::Failure;
use std::fmt;
use std::io::Write;
use std::ops::AddAssign;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How many checks passed, failed and were skipped.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// How one step ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// All of it passed; the note is its evidence.
    Passed(String),
    /// It could not be done here, and why. In CI that is a failure.
    Skipped(String),
    /// A step of many checks that counted them itself. `output` is shown when one failed.
    Counted { tally: Tally, output: String },
}

/// The lines so far and their totals.
#[derive(Default)]
pub(crate) struct Report {
    tally: Tally,
    failed: Vec<String>,
}

impl Report {
    /// Does one step, prints its line, counts it.
    pub(crate) fn step(&mut self, name: &str, step: impl FnOnce() -> Result<Outcome, Failure>) {
        print!("{name} ... ");
        // A pipe that nobody reads any more is no reason to stop.
        std::io::stdout().flush().unwrap_or_default();
        let start = clock::now();
        let outcome = step();
        self.count(name, outcome, start.elapsed());
    }

    /// Does the steps that `all` gives, so many at once, and prints the line of each as it ends.
    pub(crate) fn steps<T>(
        &mut self,
        at_once: usize,
        all: impl Iterator<Item = T> + Send,
        name: impl Fn(&T) -> String + Sync,
        step: impl Fn(&T) -> Result<Outcome, Failure> + Sync,
    ) {
        let (next, report) = (Mutex::new(all), Mutex::new(self));
        let do_some = || {
            let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some(one) = take() {
                let (name, start) = (name(&one), clock::now());
                let outcome = step(&one);
                let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                print!("{name} ... ");
                report.count(&name, outcome, start.elapsed());
            }
        };
        thread::scope(|threads| {
            for _ in 0..at_once {
                threads.spawn(do_some);
            }
        });
    }

    fn count(&mut self, name: &str, outcome: Result<Outcome, Failure>, took: Duration) {
        let seconds = took.as_secs_f64();
        let (tally, word, note) = judge(outcome);
        println!("{word} ({seconds:.1} s) {note}");
        if tally.failed > 0 {
            self.failed.push(name.to_owned());
        }
        self.tally += tally;
    }

    /// Prints what failed and, as the last line, the totals.
    pub(crate) fn finish(self) -> ExitCode {
        println!();
        for name in &self.failed {
            println!("failed: {name}");
        }
        println!("{}", self.tally);
        if self.tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The tally, the word and the note of a step's line.
fn judge(outcome: Result<Outcome, Failure>) -> (Tally, &'static str, String) {
    let passed = Tally { passed: 1, ..Tally::default() };
    let skipped = Tally { skipped: 1, ..Tally::default() };
    let failed = Tally { failed: 1, ..Tally::default() };
    match outcome {
        Ok(Outcome::Passed(note)) => (passed, "passed", note),
        Ok(Outcome::Skipped(why)) if in_ci() => (failed, "FAILED", format!("skipped in CI: {why}")),
        Ok(Outcome::Skipped(why)) => (skipped, "SKIPPED", why),
        Ok(Outcome::Counted { tally, .. }) if tally.failed == 0 => (tally, "passed", tally.to_string()),
        Ok(Outcome::Counted { tally, output }) => (tally, "FAILED", format!("{tally}\n{output}")),
        Err(failure) => (failed, "FAILED", format!("\n{failure}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_add_up() {
        let mut report = Report::default();
        report.step("one", || Ok(Outcome::Passed(String::new())));
        report.step("many", || {
            let tally = Tally { passed: 5, failed: 1, skipped: 2 };
            Ok(Outcome::Counted { tally, output: String::new() })
        });
        report.step("none", || Err(Failure::Objection("no".into())));
        let step = |n: &u8| {
            if *n == 7 { Err(Failure::Objection("no".into())) } else { Ok(Outcome::Passed(String::new())) }
        };
        report.steps(3, 0..9, |n| format!("step {n}"), step);
        assert_eq!(report.tally.to_string(), "14 passed, 3 failed, 2 skipped");
        assert_eq!(report.failed, ["many", "none", "step 7"]);
    }
}
