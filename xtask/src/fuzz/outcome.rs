//! What a run of libFuzzer says of itself.

use crate::failure::Failure;
use crate::report;
use std::path::PathBuf;
use std::process::Output;

/// What one target came to.
#[derive(Debug)]
pub(super) struct Outcome {
    /// How often the target was called.
    pub(super) executions: u64,
    /// How many places in the code were reached.
    coverage: u64,
    /// The input that something is wrong with, where one was found.
    finding: Option<PathBuf>,
    /// What was printed besides, for the person who reads of a finding.
    log: String,
}

impl Outcome {
    /// Reads what a run printed; `None` where it ended in another way than by time or by a finding.
    pub(super) fn read(output: &Output) -> Option<Self> {
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let finding = last_after(&log, "Test unit written to ").map(PathBuf::from);
        let executions = last_after(&log, "stat::number_of_executed_units:");
        if finding.is_none() && !output.status.success() {
            return None;
        }
        Some(Self {
            executions: executions.and_then(|n| n.parse().ok())?,
            coverage: last_after(&log, " cov: ").and_then(|n| n.parse().ok()).unwrap_or(0),
            finding,
            log,
        })
    }

    /// The line of the report; a finding comes with the one command that shows it again.
    pub(super) fn judge(self, name: &str) -> Result<report::Outcome, Failure> {
        let Self { executions, coverage, finding, log } = self;
        let Some(path) = finding else {
            return Ok(report::Outcome::Passed(format!("{executions} executions, coverage {coverage}")));
        };
        let input = std::fs::read(&path).map_err(Failure::file(&path))?;
        let again = format!("cargo xtask fuzz --target {name} --replay {}", hexadecimal(&input));
        Err(Failure::Objection(format!("{}\n{executions} executions; again: {again}", told(&log))))
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}

/// The first word that follows the last `mark` of the log.
fn last_after<'a>(log: &'a str, mark: &str) -> Option<&'a str> {
    let (_, after) = log.rsplit_once(mark)?;
    after.split_whitespace().next()
}

/// What the target told when it stopped: the panic, or else the runtime's own word.
pub(super) fn told(log: &str) -> String {
    let lines = || log.lines().map(str::trim_end);
    let begin = lines().position(|line| line.contains("panicked at") || line.contains("ERROR: libFuzzer"));
    let rest = lines().skip(begin.unwrap_or(0));
    rest.take_while(|line| !line.starts_with("stack backtrace")).take(12).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    fn output(code: i32, stderr: &str) -> Output {
        Output { status: ExitStatus::from_raw(code << 8), stdout: Vec::new(), stderr: stderr.into() }
    }

    const STATS: &str = "#9\tDONE   cov: 12 ft: 30 corp: 3/9b\nstat::number_of_executed_units: 345\n";

    #[test]
    fn a_run_that_found_nothing() {
        let outcome = Outcome::read(&output(0, STATS)).unwrap();
        assert_eq!((outcome.executions, outcome.coverage, &outcome.finding), (345, 12, &None));
        assert!(outcome.judge("one").is_ok());
    }

    #[test]
    fn a_finding_says_how_to_see_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crash-1");
        std::fs::write(&path, [0, 0xab]).unwrap();
        let log = format!(
            "#1 INITED cov: 3\nthread panicked at src/one.rs:1:2:\nno\nstack backtrace:\n{STATS}\
             artifact_prefix='x'; Test unit written to {}\n",
            path.display()
        );
        let failure = Outcome::read(&output(77, &log)).unwrap().judge("one").unwrap_err().to_string();
        assert!(failure.starts_with("thread panicked at src/one.rs:1:2:\nno\n"), "{failure}");
        assert!(failure.ends_with("cargo xtask fuzz --target one --replay 00ab"), "{failure}");
    }

    #[test]
    fn what_did_not_run_is_no_outcome() {
        assert!(Outcome::read(&output(1, "no such file")).is_none());
        assert!(Outcome::read(&output(0, "")).is_none());
    }
}
