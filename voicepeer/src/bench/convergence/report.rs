//! The table of a run, and the same as JSON.
use super::harness::Measured;
use super::row::{Row, Step};
use super::speaker::Target;
use crate::bench::summary::median;
use crate::table::{Tone, or_dash, table, toned};
use comfy_table::{Cell, CellAlignment};
use serde::Serialize;

/// One step of one run of one speaker.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) row: Row,
    pub(super) target: Target,
    pub(super) measured: Measured,
}

/// All that a run measured.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) machine: String,
    pub(super) targets: Vec<Target>,
    pub(super) lines: Vec<Line>,
}

/// The rounds of one speaker, in the middle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Median {
    pub(super) target: Target,
    /// Nothing where it did not come to an end, even once.
    pub(super) seconds: Option<f64>,
    cpu_seconds: f64,
    megabytes: f64,
    updates: u64,
}

#[derive(Serialize)]
struct Document<'a> {
    machine: &'a str,
    versions: Vec<(&'static str, String)>,
    runs: Vec<Run<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    row: Row,
    speaker: &'static str,
    #[serde(flatten)]
    measured: &'a Measured,
}

impl Report {
    /// The steps that were measured, in their order, and every speaker's figures.
    pub(super) fn medians(&self) -> Vec<(&'static str, Vec<Median>)> {
        let mut steps: Vec<(Row, Step)> = Vec::new();
        for Line { row, measured, .. } in &self.lines {
            if !steps.contains(&(*row, measured.step)) {
                steps.push((*row, measured.step));
            }
        }
        let medians =
            |(row, step): (Row, Step)| self.targets.iter().filter_map(move |t| self.median(row, step, *t));
        steps.into_iter().map(|(row, step)| (row.title(step), medians((row, step)).collect())).collect()
    }

    fn median(&self, row: Row, step: Step, target: Target) -> Option<Median> {
        let these = self.lines.iter().filter(|line| (line.row, line.target) == (row, target));
        let these: Vec<_> =
            these.map(|line| &line.measured).filter(|measured| measured.step == step).collect();
        let of = |figure: fn(&Measured) -> f64| median(these.iter().map(|m| figure(m)).collect());
        let ended = these.iter().all(|measured| measured.seconds.is_some());
        Some(Median {
            target,
            seconds: of(|m| m.seconds.unwrap_or(f64::INFINITY)).filter(|_| ended),
            cpu_seconds: of(|m| m.cpu_seconds)?,
            megabytes: of(|m| m.megabytes)?,
            updates: these.last()?.updates,
        })
    }

    /// For people.
    pub(super) fn print(&self) {
        println!("{}", self.machine);
        for target in &self.targets {
            println!("  {} {}", target.name(), target.version());
        }
        let mut table =
            table(&["what", "speaker", "seconds", "times voicepeer's", "CPU seconds", "MB", "UPDATEs"]);
        for (title, medians) in self.medians() {
            let ours = medians.iter().find(|m| m.target == Target::Voicepeer).and_then(|m| m.seconds);
            for (number, median) in medians.iter().enumerate() {
                let ratio = median.seconds.zip(ours).map(|(theirs, ours)| theirs / ours);
                let slower = ratio.is_some_and(|ratio| ratio < 1.0);
                let tone = if slower { Tone::Warning } else { Tone::Quiet };
                let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
                table.add_row([
                    Cell::new(if number == 0 { title } else { "" }),
                    Cell::new(median.target.name()),
                    right(or_dash(median.seconds.map(|seconds| format!("{seconds:.3}")))),
                    toned(or_dash(ratio.map(|r| format!("{r:.2}"))), tone)
                        .set_alignment(CellAlignment::Right),
                    right(format!("{:.2}", median.cpu_seconds)),
                    right(format!("{:.0}", median.megabytes)),
                    right(median.updates.to_string()),
                ]);
            }
        }
        println!(
            "\n{table}\n\nMedians over the rounds. No time: not every prefix was there with the right path in time."
        );
        for Line { row, target, measured } in &self.lines {
            if let Some(why) = &measured.failed {
                println!("{}, {}: {why}", row.title(measured.step), target.name());
            }
        }
    }

    /// For programs: every round.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let runs = self.lines.iter();
        let runs =
            runs.map(|line| Run { row: line.row, speaker: line.target.name(), measured: &line.measured });
        serde_json::to_string_pretty(&Document {
            machine: &self.machine,
            versions: self.targets.iter().map(|target| (target.name(), target.version())).collect(),
            runs: runs.collect(),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::bench::convergence) fn line(
        row: Row,
        step: Step,
        target: Target,
        seconds: Option<f64>,
    ) -> Line {
        let failed = seconds.is_none().then(|| "12 prefixes told".to_owned());
        let measured = Measured { step, seconds, cpu_seconds: 1.0, megabytes: 50.0, updates: 7, failed };
        Line { row, target, measured }
    }

    #[test]
    fn a_speaker_that_failed_once_has_no_time() {
        let (row, step) = (Row::Full, Step::Table);
        let lines = [
            (Target::Voicepeer, Some(1.0)),
            (Target::Bird, Some(3.0)),
            (Target::Voicepeer, Some(2.0)),
            (Target::Bird, None),
        ];
        let lines = lines.map(|(target, seconds)| line(row, step, target, seconds)).into();
        let report = Report { machine: String::new(), targets: vec![Target::Voicepeer, Target::Bird], lines };
        let medians = report.medians();
        let seconds: Vec<_> = medians[0].1.iter().map(|median| median.seconds).collect();
        assert_eq!((medians.len(), seconds), (1, vec![Some(1.5), None]));
        assert!(report.json().unwrap().contains("12 prefixes told"));
    }
}
