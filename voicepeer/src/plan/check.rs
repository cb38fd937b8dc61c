//! `plan check`: what a plan says of itself, with the place of each fault.

use super::index::{Index, line_and_column};
use crate::check::read_plan;
use crate::diagnostic::{BadInput, read};
use crate::table::{line, print};
use bgp_policy::voice::{Observed, Outcome, RuleId, Scope, State, Verdict, judge};
use clap::ValueEnum;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which plan, and how to say what is wrong with it.
#[derive(clap::Args, Debug)]
pub(crate) struct PlanCheck {
    /// The plan of the interconnect.
    #[arg(short, long, value_name = "FILE", default_value = "plan.toml")]
    plan: PathBuf,
    /// How to print the faults.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// For people and editors: a line FILE:LINE:COLUMN for each fault.
    Text,
    /// For programs.
    Json,
}

/// Judges, prints, and returns the exit status.
pub(super) fn check(asked: &PlanCheck) -> Result<u8, BadInput> {
    let plan = read_plan(&asked.plan)?;
    let text = read(&asked.plan)?;
    let whole = judge(&plan, &Observed::default());
    let notes = whole.notes.clone();
    let (decided, open): (Vec<_>, Vec<_>) = whole.verdicts.into_iter().partition(by_the_plan_alone);
    let faults: Vec<_> = decided.iter().filter(|v| v.state > State::Verified).collect();
    let document = Document { path: &asked.plan, index: Index::new(&text), text: &text };
    match asked.format {
        Form::Text => {
            let mut out = String::new();
            notes.iter().for_each(|note| line(&mut out, format_args!("note: {note}")));
            worst_first(faults).into_iter().for_each(|fault| document.tell(fault, &mut out));
            sum(&decided, &open, &mut out);
            print(&out)?;
        }
        Form::Json => {
            let faults: Vec<_> = worst_first(faults).into_iter().map(|fault| document.json(fault)).collect();
            let rules: std::collections::BTreeSet<RuleId> = open.iter().map(|v| v.rule).collect();
            print(&format!("{:#}\n", json!({"notes": notes, "faults": faults, "needs_observation": rules})))?;
        }
    }
    Ok(u8::from(decided.iter().any(|v| v.state >= State::Failed)))
}

/// Whether nothing that is seen could decide it otherwise, or the plan would have to say more.
fn by_the_plan_alone(verdict: &Verdict) -> bool {
    verdict.state != State::Unknown
        || verdict.rule.spec().scope == Scope::Plan
        || matches!(verdict.rule, RuleId::KeyMatch | RuleId::ConnectionActive)
}

fn worst_first(mut faults: Vec<&Verdict>) -> Vec<&Verdict> {
    faults.sort_by_key(|v| std::cmp::Reverse(rank(v.state)));
    faults
}

const fn rank(state: State) -> u8 {
    match state {
        State::Failed | State::Invalid => 2,
        State::Warning => 1,
        _ => 0,
    }
}

fn sum(decided: &[Verdict], open: &[Verdict], out: &mut String) {
    let count = |wanted: fn(&Verdict) -> bool| decided.iter().filter(|v| wanted(v)).count();
    let failed = count(|v| v.state >= State::Failed);
    let outcome = if failed > 0 { Outcome::Failed.to_string() } else { "nothing failed".to_owned() };
    line(
        out,
        format_args!(
            "{outcome}: {} verified, {failed} failed, {} with a warning, {} not stated, {} attested; {} open until something is seen (voicepeer check)",
            count(|v| v.state == State::Verified),
            count(|v| v.state == State::Warning),
            count(|v| matches!(v.state, State::Unknown | State::Pending)),
            count(|v| v.attested),
            open.len(),
        ),
    );
}

struct Document<'a> {
    path: &'a Path,
    text: &'a str,
    index: Index,
}

impl Document<'_> {
    fn places(&self, verdict: &Verdict) -> Vec<(usize, usize)> {
        let places = self.index.places(verdict);
        places.into_iter().map(|place| line_and_column(self.text, place.start)).collect()
    }

    fn tell(&self, verdict: &Verdict, out: &mut String) {
        let path = self.path.display();
        let places = self.places(verdict);
        let first = places
            .first()
            .map_or_else(|| format!("{path}: "), |(line, column)| format!("{path}:{line}:{column}: "));
        line(out, format_args!("{first}{} {}: {}", verdict.state, verdict.rule, verdict.subject));
        let facts = verdict.evidence.iter().map(|e| e.what.as_str());
        facts.for_each(|fact| line(out, format_args!("    {fact}")));
        for (at, column) in places.iter().skip(1) {
            line(out, format_args!("    see also {path}:{at}:{column}"));
        }
        let remedy = verdict.remedy.iter();
        remedy.for_each(|remedy| line(out, format_args!("    remedy: {remedy}")));
        let portal = verdict.portal_message.iter();
        portal.for_each(|says| line(out, format_args!("    the portal's error: {says}")));
    }

    fn json(&self, verdict: &Verdict) -> Value {
        let place = |(line, column)| json!({"line": line, "column": column});
        let places: Vec<_> = self.places(verdict).into_iter().map(place).collect();
        json!({"file": self.path.display().to_string(), "places": places, "verdict": verdict})
    }
}
