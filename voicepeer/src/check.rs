//! `voicepeer check`: a plan and the routes observed against the rules.

use crate::cli::{Format, Source};
use crate::control::client::ask;
use crate::control::document::Request;
use crate::diagnostic::{BadInput, read_json, read_toml};
use crate::verdicts::{exit_code, print};
use bgp_policy::voice::{Observed, Plan, judge};
use std::path::Path;

/// Judges, prints, and returns the exit status.
pub(crate) fn check(plan: &Path, source: &Source, format: Format, control: &Path) -> Result<u8, BadInput> {
    let plan = read_plan(plan)?;
    let observed = match &source.routes {
        Some(file) => read_observed(file)?,
        None => ask(control, &Request::Observed)?,
    };
    let report = judge(&plan, &observed);
    match format {
        Format::Table => print(&report),
        Format::Json => {
            let text = serde_json::to_string_pretty(&report).map_err(|e| BadInput::new(e.to_string()))?;
            println!("{text}");
        }
    }
    Ok(exit_code(&report))
}

/// Reads a plan; one that contradicts itself is bad input.
pub(crate) fn read_plan(path: &Path) -> Result<Plan, BadInput> {
    let (plan, text) = read_toml::<Plan>(path)?;
    match plan.faults().first() {
        None => Ok(plan),
        Some(fault) => Err(BadInput::new(fault.to_string())
            .at(path, &text, None)
            .help("every peering, connection and activation has a name of its own")),
    }
}

/// Reads observed routes; sessions that do not say where they were seen were seen in this file.
fn read_observed(path: &Path) -> Result<Observed, BadInput> {
    let mut observed: Observed = read_json(path)?;
    for session in &mut observed.sessions {
        session.source.get_or_insert_with(|| path.display().to_string());
    }
    Ok(observed)
}
