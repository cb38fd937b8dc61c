//! The table of a run, and the same as JSON.
use super::daemon::Target;
use super::measured::Measured;
use super::row::{Figure, Group, Row};
use crate::table::{Tone, or_dash, table, toned};
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;

/// One row under one load: every round of every target.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) row: Row,
    pub(super) busy: bool,
    /// The machine itself has no target.
    pub(super) rounds: Vec<(Option<Target>, Vec<Measured>)>,
}

/// All that a run measured.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) machine: String,
    /// Who was measured, and their versions.
    pub(super) targets: Vec<(Target, String)>,
    pub(super) lines: Vec<Line>,
}

#[derive(Serialize)]
struct Document<'a> {
    machine: &'a str,
    versions: Vec<(&'static str, &'a str)>,
    rows: Vec<RowDocument<'a>>,
}

#[derive(Serialize)]
struct RowDocument<'a> {
    row: String,
    busy: bool,
    goals: Vec<(&'static str, f64)>,
    rounds: Vec<(&'static str, &'a [Measured])>,
}

impl Line {
    fn of(&self, target: Option<Target>) -> &[Measured] {
        self.rounds.iter().find(|(of, _)| *of == target).map_or(&[], |(_, rounds)| rounds)
    }

    /// Goals are for an idle machine, but for Downs that are false.
    fn figures(&self) -> Vec<Figure> {
        let mut figures = self.row.figures();
        if self.busy {
            figures.iter_mut().filter(|f| f.goal != Some(0.0) || f.unit == "%").for_each(|f| f.goal = None);
        }
        figures
    }

    fn document(&self) -> RowDocument<'_> {
        let Self { row, busy, rounds } = self;
        let name = |target: &Option<Target>| target.map_or("machine", Target::name);
        RowDocument {
            row: row.title(),
            busy: *busy,
            goals: self.figures().iter().filter_map(|f| Some((f.name, f.goal?))).collect(),
            rounds: rounds.iter().map(|(target, rounds)| (name(target), rounds.as_slice())).collect(),
        }
    }

    fn worst(&self, of: impl Fn(&Measured) -> f64) -> f64 {
        self.rounds.iter().flat_map(|(_, rounds)| rounds).map(of).fold(0.0, f64::max)
    }

    fn show(&self, targets: &[(Target, String)], table: &mut Table) {
        for (number, figure) in self.figures().iter().enumerate() {
            let first = number == 0;
            let mut cells = vec![
                Cell::new(if first { self.row.title() } else { String::new() }),
                Cell::new(figure.name),
                Cell::new(figure.unit),
                right(or_dash(figure.goal)),
            ];
            if self.row.group == Group::Wakeup {
                cells.push(right(shown(figure.of(self.of(None)))));
            } else {
                cells.push(Cell::new(""));
                cells.extend(self.compare(figure, targets));
                let late = first.then(|| shown(Some(self.worst(|m| m.own_late))));
                cells.push(right(late.unwrap_or_default()));
                let steal = first.then(|| format!("{:.0} %", 100.0 * self.worst(|m| m.steal)));
                cells.push(right(steal.unwrap_or_default()));
            }
            table.add_row(cells);
        }
    }

    /// Every target's value, and how ours stands to the better of the others.
    fn compare(&self, figure: &Figure, targets: &[(Target, String)]) -> Vec<Cell> {
        let value = |target| figure.of(self.of(Some(target)));
        let ours = value(Target::Voicepeer);
        let others = targets.iter().map(|(t, _)| *t).filter(|t| !t.is_ours()).filter_map(value);
        let ratio = ours.and_then(|ours| figure.ratio(ours, others)).filter(|ratio| ratio.is_finite());
        let mut cells: Vec<Cell> = targets.iter().map(|(target, _)| self.cell(figure, *target)).collect();
        let tone = if ratio.is_some_and(|ratio| ratio > 1.0) { Tone::Warning } else { Tone::Good };
        let ratio = ratio.map(|ratio| format!("{ratio:.2}"));
        cells.push(toned(or_dash(ratio), tone).set_alignment(CellAlignment::Right));
        cells
    }

    fn cell(&self, figure: &Figure, target: Target) -> Cell {
        let value = figure.of(self.of(Some(target)));
        let tone = match value.and_then(|value| figure.met(value)) {
            Some(true) => Tone::Good,
            Some(false) => Tone::Bad,
            None => return right(shown(value)),
        };
        toned(shown(value), tone).set_alignment(CellAlignment::Right)
    }
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// Three figures, or as many as whole numbers have.
fn shown(value: Option<f64>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let digits = match value.abs() {
        0.0 => 0,
        ..0.1 => 4,
        ..1.0 => 3,
        ..10.0 if value.fract() != 0.0 => 2,
        _ => 0,
    };
    format!("{value:.digits$}")
}

impl Report {
    /// For people.
    pub(super) fn print(&self) {
        println!("{}", self.machine);
        for (target, version) in &self.targets {
            println!("  {} {version}", target.name());
        }
        for (busy, title) in [(false, "Idle"), (true, "Both busy loading a table")] {
            let lines: Vec<&Line> = self.lines.iter().filter(|line| line.busy == busy).collect();
            if lines.is_empty() {
                continue;
            }
            let names = self.targets.iter().map(|(target, _)| target.name());
            let columns: Vec<&str> = ["what", "", "", "goal", "machine"]
                .into_iter()
                .chain(names)
                .chain(["to the better", "peer late", "steal"])
                .collect();
            let mut table = table(&columns);
            lines.iter().for_each(|line| line.show(&self.targets, &mut table));
            println!("\n{title}\n{table}");
        }
        println!(
            "\nMedians over the rounds; Downs are added up. `peer late`: how late the measuring peer itself was at \
             worst, in us;\na maximum or a false Down beside a large one says nothing about a daemon. `to the better`: \
             below 1 voicepeer is ahead."
        );
    }

    /// For programs: every round.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&Document {
            machine: &self.machine,
            versions: self
                .targets
                .iter()
                .map(|(target, version)| (target.name(), version.as_str()))
                .collect(),
            rows: self.lines.iter().map(Line::document).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn numbers_as_people_read_them() {
        for (value, text) in [
            (None, "-"),
            (Some(0.0), "0"),
            (Some(0.0031), "0.0031"),
            (Some(0.2513), "0.251"),
            (Some(2.5), "2.50"),
            (Some(3.0), "3"),
            (Some(1234.5), "1234"),
        ] {
            assert_eq!(shown(value), text);
        }
    }
}
