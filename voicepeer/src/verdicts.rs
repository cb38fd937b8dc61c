//! The report as tables: each prefix, then what is not simply in order, one line a cause.

use crate::table::{Tone, table, toned};
use bgp_policy::voice::{Outcome, Report, RuleId, State, Subject, Verdict};
use comfy_table::{Cell, Table};
use std::collections::BTreeSet;

/// The exit status that a report comes to: 1 where something failed, or where a session was not seen whose
/// routes the plan promises.
pub(crate) fn exit_code(report: &Report) -> u8 {
    let unseen = report.of(RuleId::AllSessions).any(|v| v.state == State::Unknown);
    u8::from(unseen || report.outcome == Outcome::Failed)
}

/// Prints the tables for people.
pub(crate) fn print(report: &Report) {
    for note in &report.notes {
        println!("note: {note}");
    }
    println!("{}", prefixes(report));
    println!("{}", findings(report));
    let failed = report.count(State::Failed) + report.count(State::Invalid);
    println!(
        "{}: {} verified, {failed} failed, {} warnings, {} unknown, {} attested",
        report.outcome,
        report.count(State::Verified),
        report.count(State::Warning),
        report.count(State::Unknown) + report.count(State::Pending),
        report.verdicts.iter().filter(|v| v.attested).count(),
    );
}

fn prefixes(report: &Report) -> Table {
    let mut table = table(&["prefix", "state", "failed", "warns", "undecided"]);
    for p in &report.prefixes {
        let listed = |rules: &[RuleId]| rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        table.add_row([
            Cell::new(&p.prefix),
            toned(p.state, tone(p.state)),
            Cell::new(listed(&p.failed)),
            Cell::new(listed(&p.warnings)),
            Cell::new(listed(&p.undecided)),
        ]);
    }
    table
}

/// Failing rules first.
fn findings(report: &Report) -> Table {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for verdict in report.verdicts.iter().filter(|v| v.attested || v.state > State::Verified) {
        match causes.iter_mut().find(|cause| cause.is_of(verdict)) {
            Some(cause) => cause.add(verdict),
            None => causes.push(Cause::new(verdict)),
        }
    }
    causes.sort_by_key(|cause| match cause.first.state {
        _ if cause.first.attested => 3,
        State::Failed | State::Invalid => 0,
        State::Warning => 1,
        _ => 2,
    });
    let mut table = table(&["rule", "subject", "state", "evidence", "remedy"]);
    causes.iter().for_each(|cause| _ = table.add_row(cause.row()));
    table
}

/// Verdicts that one change would mend: one rule on one prefix, over several sessions; or, where nothing is
/// known, one rule on everything.
struct Cause<'a> {
    first: &'a Verdict,
    subjects: Vec<&'a Subject>,
    facts: BTreeSet<&'a str>,
}

impl<'a> Cause<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        let mut cause = Self { first: verdict, subjects: Vec::new(), facts: BTreeSet::new() };
        cause.add(verdict);
        cause
    }

    fn add(&mut self, verdict: &'a Verdict) {
        self.subjects.push(&verdict.subject);
        self.facts.extend(verdict.evidence.iter().map(|e| e.what.as_str()));
    }

    fn is_of(&self, v: &Verdict) -> bool {
        let same = (self.first.rule, self.first.state, self.first.attested) == (v.rule, v.state, v.attested)
            && self.first.remedy == v.remedy;
        same && (v.state == State::Unknown || self.first.subject.prefix == v.subject.prefix)
    }

    fn row(&self) -> [Cell; 5] {
        let state = if self.first.attested { "attested" } else { self.first.state.name() };
        let tone = if self.first.attested { Tone::Quiet } else { tone(self.first.state) };
        let evidence: Vec<String> = match self.subjects.as_slice() {
            [_] => self.first.evidence.iter().map(|e| format!("{} ({})", e.what, e.source)).collect(),
            _ => self.facts.iter().map(|fact| (*fact).to_owned()).collect(),
        };
        [
            Cell::new(self.first.rule),
            Cell::new(self.subject()),
            toned(state, tone),
            Cell::new(evidence.join("\n")),
            Cell::new(self.first.remedy.as_deref().unwrap_or_default()),
        ]
    }

    fn subject(&self) -> String {
        let prefixes: BTreeSet<&str> = self.subjects.iter().filter_map(|s| s.prefix.as_deref()).collect();
        let connections: BTreeSet<&str> =
            self.subjects.iter().filter_map(|s| s.connection.as_deref()).collect();
        let connections = connections.into_iter().collect::<Vec<_>>().join(", ");
        match (prefixes.len(), connections.is_empty()) {
            (0, true) => self.first.subject.to_string(),
            (0, false) => format!("on {connections}"),
            (1, true) => self.first.subject.to_string(),
            (1, false) => format!("{}\non {connections}", prefixes.into_iter().collect::<String>()),
            (n, true) => format!("{n} prefixes"),
            (n, false) => format!("{n} prefixes\non {connections}"),
        }
    }
}

fn tone(state: State) -> Tone {
    match state {
        State::Verified => Tone::Good,
        State::Failed | State::Invalid => Tone::Bad,
        State::Warning | State::Pending | State::Unknown => Tone::Warning,
        State::None => Tone::Quiet,
    }
}
