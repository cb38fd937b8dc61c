//! The simulator's planned worlds, so many that they are worth a build of their own.

use crate::command::{cargo, stdout_of};
use crate::failure::Failure;
use crate::report::Outcome;

/// How many seeds are run, from 0 on.
const SEEDS: &str = "2000";

/// Worlds further on that failed once: in this one a session that is late brings the net that policies are in dispute over.
const KEPT: &[&str] = &["14573"];

/// Every invariant holds in every world. One that fails says how it is replayed.
pub(super) fn run() -> Result<Outcome, Failure> {
    for seed in KEPT {
        worlds("SIM_SEED", seed)?;
    }
    worlds("SIM_SEEDS", SEEDS)
}

fn worlds(which: &str, seeds: &str) -> Result<Outcome, Failure> {
    let options = ["test", "--profile", "sim", "-p", "sim", "--test", "worlds", "--", "--nocapture"];
    let stdout = stdout_of(cargo(&options).env(which, seeds))?;
    // Where one test runs at a time, its name stands before what it prints.
    let worlds = if which == "SIM_SEED" { "1 worlds".to_owned() } else { format!("{seeds} worlds") };
    match stdout.lines().find_map(|line| line.get(line.find(&worlds)?..)) {
        Some(note) => Ok(Outcome::Passed(note.to_owned())),
        None => Err(Failure::Objection(format!("{which}={seeds} was to be run, and it does not say so"))),
    }
}
