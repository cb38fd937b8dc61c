//! Programs run to their end, with what they printed.

use crate::failure::Failure;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What is built to be run: all packages with all features, but for the benches, which run by themselves and whose peers take long to
/// build. Every such build names the same, so that nothing is built twice.
pub(crate) const TO_RUN: [&str; 4] = ["--workspace", "--exclude", "benches", "--all-features"];

/// Runs to the end and gives standard output.
///
/// # Errors
/// When it cannot be started, or ends with an error: then both of its outputs are in the failure.
pub(crate) fn stdout_of(command: &mut Command) -> Result<String, Failure> {
    let output = run(command)?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    Err(Failure::Command {
        command: line(command),
        status: output.status,
        output: format!("{stdout}{stderr}"),
    })
}

/// Runs to the end, whatever its exit status.
pub(crate) fn run(command: &mut Command) -> Result<Output, Failure> {
    command.stdin(Stdio::null()).output().map_err(Failure::io(line(command)))
}

/// The command line as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// The cargo that runs this chore.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace()).args(arguments);
    command
}

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().map_or_else(|| xtask.clone(), PathBuf::from)
}

/// Whether a program of that name can be run from here.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).any(|folder| folder.join(program).is_file())
}

/// Whether this is a CI run, where a skipped step is a failed one.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}
