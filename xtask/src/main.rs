//! The chores of this workspace.
//!
//! - `cargo xtask test` proves everything that needs no root and no network beyond loopback.
//! - `cargo xtask fuzz` runs every fuzz target for a while.
//! - `cargo xtask interop` meets BIRD and FRR in network namespaces; it needs root.

mod clock;
mod command;
mod duration;
mod failure;
mod fuzz;
mod interop;
mod report;
mod test;

use clap::Parser;
use std::process::ExitCode;

/// The chores of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Format, lints, docs, every test, every example, purity, dependency rules.
    Test,
    /// Run the fuzz targets, each for a share of the time.
    Fuzz(fuzz::Options),
    /// Meet BIRD and FRR in network namespaces (root, Linux).
    Interop(interop::Options),
}

fn main() -> ExitCode {
    let report = match Task::parse() {
        Task::Test => test::run(),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Interop(options) => interop::run(&options),
    };
    report.finish()
}
