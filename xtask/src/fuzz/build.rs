//! The workspace of the fuzz targets, and its programs.

use crate::command::{cargo, stdout_of, workspace};
use crate::failure::Failure;
use crate::report::Outcome;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes the compiler count what an input reaches, and what it compares. Build scripts and macros are for
/// the host and must go without, so every command names a target.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// The workspace in `fuzz/`, and the targets asked for.
pub(super) struct Project {
    pub(super) targets: Vec<String>,
    folder: PathBuf,
}

/// The programs, each with the name of its target, and the folder for what they read and write.
pub(super) struct Built {
    pub(super) programs: Vec<(String, PathBuf)>,
    folder: PathBuf,
}

impl Project {
    /// Those of the targets that `wanted` names, or all where it names none.
    pub(super) fn find(wanted: &[String]) -> Result<Self, Failure> {
        let text = stdout_of(&mut fuzz(&["metadata", "--no-deps", "--format-version=1"]))?;
        let read = |metadata: &Value| {
            Some((programs(metadata)?, metadata.get("target_directory")?.as_str()?.into()))
        };
        let metadata = serde_json::from_str::<Value>(&text).ok();
        let (all, target): (Vec<_>, PathBuf) =
            metadata.as_ref().and_then(read).ok_or_else(|| Failure::answer("cargo metadata", text))?;
        if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
            return Err(Failure::Objection(format!("{unknown} is none of the targets: {}", all.join(" "))));
        }
        let targets = if wanted.is_empty() { all } else { wanted.to_vec() };
        Ok(Self { targets, folder: target.join("fuzz") })
    }

    /// Builds the programs, and writes the seeds.
    pub(super) fn build(&self) -> Result<Built, Failure> {
        let bins: Vec<&str> = self.targets.iter().flat_map(|name| ["--bin", name]).collect();
        let messages =
            stdout_of(&mut instrumented("build", &[&["--message-format=json"][..], &bins].concat()))?;
        let mut programs: Vec<_> = messages.lines().filter_map(executable).collect();
        programs.sort();
        let seeds = self.folder.join("seeds");
        stdout_of(instrumented("run", &["--example", "seeds", "--"]).arg(&seeds))?;
        Ok(Built { programs, folder: self.folder.clone() })
    }
}

impl Built {
    /// The folder of that kind for a target, made where it is not there.
    pub(super) fn folder(&self, kind: &str, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(kind).join(name);
        std::fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        Ok(folder)
    }
}

pub(super) fn check_format() -> Result<Outcome, Failure> {
    stdout_of(&mut fuzz(&["fmt", "--check"])).map(|_| Outcome::Passed(String::new()))
}

/// The targets' functions as ordinary tests. They are built as the programs are, so nothing is built twice.
pub(super) fn test() -> Result<Outcome, Failure> {
    stdout_of(&mut instrumented("test", &["--lib"])).map(|_| Outcome::Passed(String::new()))
}

/// A cargo command in the workspace of the fuzz targets.
fn fuzz(arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    command.current_dir(workspace().join("fuzz"));
    command
}

/// One that builds with counters.
fn instrumented(verb: &str, arguments: &[&str]) -> Command {
    let mut command = fuzz(&[&[verb, "--release", "--target=host-tuple"][..], arguments].concat());
    command.env("RUSTFLAGS", INSTRUMENTED);
    command
}

/// The names of the programs that cargo knows of.
fn programs(metadata: &Value) -> Option<Vec<String>> {
    let targets = metadata.pointer("/packages/0/targets")?.as_array()?;
    let programs = targets.iter().filter(|target| is_program(target));
    programs.map(|target| Some(target.get("name")?.as_str()?.to_owned())).collect()
}

fn is_program(target: &Value) -> bool {
    target.get("kind").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"))
}

/// Name and path of the program of one of cargo's messages, if it tells of one.
fn executable(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).ok()?;
    let target = message.get("target").filter(|target| is_program(target))?;
    let path = Path::new(message.get("executable")?.as_str()?);
    Some((target.get("name")?.as_str()?.to_owned(), path.to_path_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_libraries() {
        let metadata = r#"{"packages":[{"targets":[
            {"kind":["lib"],"name":"fuzz"},{"kind":["bin"],"name":"one"},{"kind":["example"],"name":"seeds"}]}]}"#;
        assert_eq!(programs(&serde_json::from_str(metadata).unwrap()), Some(vec!["one".to_owned()]));
        let built = r#"{"target":{"kind":["bin"],"name":"one"},"executable":"/target/one"}"#;
        assert_eq!(executable(built), Some(("one".to_owned(), PathBuf::from("/target/one"))));
        let library = r#"{"target":{"kind":["lib"],"name":"fuzz"},"executable":null}"#;
        assert_eq!(executable(library), None);
    }
}
