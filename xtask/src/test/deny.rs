//! Licences, sources and duplicates of the dependencies, as `deny.toml` rules them.
//!
//! Advisories need a database from the network, so they are not part of a test that must work without one.

use crate::command::{cargo, installed, stdout_of};
use crate::failure::Failure;
use crate::report::Outcome;

pub(super) fn check() -> Result<Outcome, Failure> {
    if !installed("cargo-deny") {
        let how = "`cargo install cargo-deny --locked`";
        return Ok(Outcome::Skipped(format!("cargo-deny is not installed; {how} gets it")));
    }
    stdout_of(&mut cargo(&["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::Passed("bans, licences, sources".into()))
}
