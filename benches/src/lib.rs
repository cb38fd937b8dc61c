//! Benches, and what those have in common that `voicepeer bench` does.

use std::env::{args_os, var_os};
use std::path::Path;
use std::process::{Command, ExitCode};

/// Runs `voicepeer bench WHAT`, built as benches are built; what stands behind `--` is passed on.
#[must_use]
pub fn voicepeer(what: &str) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = Command::new(cargo);
    run.current_dir(root).args(["run", "--quiet", "--profile", "bench", "--package", "voicepeer", "--"]);
    // Cargo says of itself that this is a bench.
    run.args(["bench", what]).args(args_os().skip(1).filter(|argument| argument != "--bench"));
    match run.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
