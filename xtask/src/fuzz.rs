//! `cargo xtask fuzz`: every target of `fuzz/`, for a share of the time each.
//!
//! Needs a stable compiler and one for C++, which builds libFuzzer. The flags are those that cargo-fuzz sets, but
//! for a sanitizer: there is no `unsafe` code to watch.

mod build;
mod outcome;

use crate::command::{line, run as run_command};
use crate::duration::duration;
use crate::failure::Failure;
use crate::report::{Outcome, Report};
use build::{Built, Project};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// How long each target runs where nothing is said.
const EACH: Duration = Duration::from_secs(5);

/// What to run, and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Time for all targets together, as in 90s, 10m, 1h [default: 5s for each]
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    time: Option<Duration>,
    /// Only this target; may be repeated
    #[arg(long = "target", value_name = "NAME")]
    targets: Vec<String>,
    /// Name the targets and do nothing
    #[arg(long)]
    list: bool,
    /// Run the one target on this input, in hexadecimal, and nothing else
    #[arg(long, value_name = "HEX", requires = "targets", conflicts_with_all = ["time", "list"])]
    replay: Option<String>,
}

/// Tests the targets, builds them, runs each.
pub(crate) fn run(options: &Options) -> Report {
    let mut report = Report::default();
    let mut project = None;
    report.step("fuzz targets", || {
        let found = Project::find(&options.targets)?;
        let note = found.targets.join(" ");
        project = Some(found);
        Ok(Outcome::Passed(note))
    });
    let Some(project) = project.filter(|_| !options.list) else { return report };
    if options.replay.is_none() {
        report.step("format", build::check_format);
        report.step("tests", build::test);
    }
    let mut built = None;
    report.step("build", || {
        let found = project.build()?;
        built = Some(found);
        Ok(Outcome::Passed(String::new()))
    });
    if let Some(built) = built {
        match &options.replay {
            Some(hex) => report.step("replay", || replay(&built, hex)),
            None => fuzz(&mut report, &built, options),
        }
    }
    report
}

/// Every program for its share of the time, which is whole seconds and not none.
fn fuzz(report: &mut Report, built: &Built, options: &Options) {
    let programs = u32::try_from(built.programs.len()).unwrap_or(u32::MAX).max(1);
    // Each keeps one processor busy.
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    let together = |time: Duration| time.saturating_mul(u32::try_from(at_once).unwrap_or(1));
    let share = options.time.map_or(EACH, |time| together(time) / programs).max(Duration::from_secs(1));
    let executions = AtomicU64::new(0);
    let name = |(name, _): &&(String, PathBuf)| format!("fuzz {name}");
    report.steps(at_once, built.programs.iter(), name, |(name, program)| {
        let outcome = one(built, name, program, share)?;
        executions.fetch_add(outcome.executions, Ordering::Relaxed);
        outcome.judge(name)
    });
    println!("{} executions in all", executions.into_inner());
}

/// One program on its seeds and on what it found before, for `share`.
fn one(built: &Built, name: &str, program: &Path, share: Duration) -> Result<outcome::Outcome, Failure> {
    let corpus = built.folder("corpus", name)?;
    let mut command = Command::new(program);
    command.args([&corpus, &built.folder("seeds", name)?]);
    command.arg(format!("-max_total_time={}", share.as_secs()));
    command.arg(format!("-artifact_prefix={}/", built.folder("artifacts", name)?.display()));
    command.args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"]);
    let output = run_command(&mut command)?;
    outcome::Outcome::read(&output)
        .ok_or_else(|| Failure::answer(line(&command), String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// One input, once.
fn replay(built: &Built, hex: &str) -> Result<Outcome, Failure> {
    let (Some(input), [(name, program)]) = (octets(hex), built.programs.as_slice()) else {
        return Err(Failure::Objection("a replay takes one target, and whole octets in hexadecimal".into()));
    };
    let path = built.folder("replay", name)?.join("input");
    std::fs::write(&path, input).map_err(Failure::file(&path))?;
    let output = run_command(Command::new(program).arg(&path))?;
    if output.status.success() {
        return Ok(Outcome::Passed("nothing found".into()));
    }
    Err(Failure::Objection(outcome::told(&String::from_utf8_lossy(&output.stderr))))
}

/// The octets that `hex` says.
fn octets(hex: &str) -> Option<Vec<u8>> {
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    let pair = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal() {
        for (text, want) in
            [("", Some(vec![])), ("00fF", Some(vec![0, 255])), ("0", None), ("0g", None), ("é", None)]
        {
            assert_eq!(octets(text), want, "{text:?}");
        }
    }
}
