//! `voicepeer bench convergence`: how fast routes go through this speaker and through others.
//!
//! Injectors send UPDATEs that were encoded before, receivers know for each prefix whose path they have to be told, and
//! none of them knows which speaker it has before it. They sit in one network namespace, the speaker in another. A run
//! counts only where every prefix is there with the right path.
mod configuration;
mod feed;
mod harness;
mod plot;
mod report;
mod row;
mod session;
mod speaker;

use super::netns::{Side, Wire, inside};
use super::{machine, needs, own};
use crate::diagnostic::BadInput;
use clap::ValueEnum;
use harness::Measured;
pub(crate) use harness::{Options as HarnessOptions, harness};
use report::{Line, Report};
use row::Row;
use speaker::Target;
use std::path::PathBuf;
use std::process::Stdio;

/// How to measure.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Which rows.
    #[arg(long, value_enum, value_delimiter = ',')]
    rows: Vec<Row>,
    /// Which speakers.
    #[arg(long, value_enum, value_delimiter = ',')]
    targets: Vec<Target>,
    /// How often everything is measured; for each row the speakers take turns.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// How many seconds a step may take: whoever is slower has no time.
    #[arg(long, default_value_t = 60)]
    patience: u64,
    /// Write all that was measured to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw the table to this file, as PNG.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Measures, and prints a table.
pub(super) fn convergence(options: &Options) -> Result<(), BadInput> {
    needs()?;
    let rows = if options.rows.is_empty() { Row::value_variants() } else { &options.rows };
    let wanted = if options.targets.is_empty() { Target::value_variants() } else { &options.targets };
    let mut targets = Vec::new();
    for target in wanted {
        match target.here() {
            Ok(()) => targets.push(*target),
            Err(missing) => eprintln!("warning: {missing}"),
        }
    }
    let _wire = Wire::lay(rows.iter().map(|row| row.peers()).max().unwrap_or(1))?;
    let mut report = Report { machine: machine(), targets: targets.clone(), lines: Vec::new() };
    for row in rows {
        for _ in 0..options.rounds.max(1) {
            for target in &targets {
                eprintln!("{}: {}", row.title(row::Step::Table), target.name());
                for measured in measure(*row, *target, options.patience)? {
                    report.lines.push(Line { row: *row, target: *target, measured });
                }
            }
        }
    }
    report.print();
    if let Some(path) = &options.json {
        let text = report.json().map_err(|error| cannot_write(path, &error))?;
        std::fs::write(path, text).map_err(|error| cannot_write(path, &error))?;
    }
    if let Some(path) = &options.plot {
        plot::plot(&report, path).map_err(|error| cannot_write(path, &error))?;
    }
    Ok(())
}

fn cannot_write(path: &std::path::Path, error: &dyn std::fmt::Display) -> BadInput {
    BadInput::new(format!("cannot write {}: {error}", path.display()))
}

/// One row with a speaker that was started for it.
fn measure(row: Row, target: Target, patience: u64) -> Result<Vec<Measured>, BadInput> {
    let failed = |error: std::io::Error| BadInput::new(format!("a process of the bench failed: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let running = target.start(row, folder.path())?;
    let mut command = inside(Side::Peer);
    command.arg(own()?).args(["bench", "routes"]);
    command.args(row.to_possible_value().iter().map(clap::builder::PossibleValue::get_name));
    for (option, value) in [("--patience", patience), ("--pid", running.pid().into())] {
        command.arg(option).arg(value.to_string());
    }
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(failed)?;
    if !output.status.success() {
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        return Err(BadInput::new(format!("{} was not measured; it said:\n{log}", target.name())));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    let read = lines.lines().map(|line| serde_json::from_str(line).map_err(|error| failed(error.into())));
    read.collect()
}
