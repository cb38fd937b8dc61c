//! The report as tables: each prefix, then what is not simply in order, one line a cause.

use crate::check::causes::{Cause, causes};
use crate::table::{Tone, table, toned};
use bgp_policy::voice::{Outcome, Report, RuleId, State, Verdict};
use comfy_table::{Cell, Table};

/// The exit status that a report comes to: 1 where something failed, or where a session was not seen whose
/// routes the plan promises.
pub(crate) fn exit_code(report: &Report) -> u8 {
    u8::from(report.outcome == Outcome::Failed || report.verdicts.iter().any(is_unseen))
}

/// Whether a session that should have a prefix was not seen.
pub(crate) fn is_unseen(verdict: &Verdict) -> bool {
    verdict.rule == RuleId::AllSessions && verdict.state == State::Unknown
}

/// Prints the tables for people.
pub(crate) fn print(report: &Report) {
    for note in &report.notes {
        println!("note: {note}");
    }
    println!("{}", prefixes(report));
    println!("{}", findings(report));
    println!("{}", sum(report));
}

/// The last line: what it comes to, and how many verdicts of each kind there are.
pub(crate) fn sum(report: &Report) -> String {
    format!(
        "{}: {} verified, {} failed, {} with a warning, {} unknown, {} attested",
        report.outcome,
        report.count(State::Verified),
        report.count(State::Failed) + report.count(State::Invalid),
        report.count(State::Warning),
        report.count(State::Unknown) + report.count(State::Pending),
        report.verdicts.iter().filter(|v| v.attested).count(),
    )
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

/// One line a cause, failing first.
fn findings(report: &Report) -> Table {
    let mut table = table(&["rule", "subject", "state", "evidence", "remedy"]);
    causes(&report.verdicts).iter().for_each(|cause| _ = table.add_row(row(cause)));
    table
}

fn row(cause: &Cause<'_>) -> [Cell; 5] {
    let tone = if cause.attested() { Tone::Quiet } else { tone(cause.state()) };
    let rules: Vec<_> = cause.rules().iter().map(ToString::to_string).collect();
    let mut evidence = cause.facts();
    evidence.extend(cause.portal_messages().iter().map(|says| format!("the portal's error: {says}")));
    [
        Cell::new(rules.join("\n")),
        Cell::new(cause.subject()),
        toned(cause.word(), tone),
        Cell::new(evidence.join("\n")),
        Cell::new(cause.remedies().join("\n")),
    ]
}

fn tone(state: State) -> Tone {
    match state {
        State::Verified => Tone::Good,
        State::Failed | State::Invalid => Tone::Bad,
        State::Warning | State::Pending | State::Unknown => Tone::Warning,
        State::None => Tone::Quiet,
    }
}
