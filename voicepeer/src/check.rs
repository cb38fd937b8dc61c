//! `voicepeer check`: a plan and the routes observed against the rules.

use crate::allowed;
use crate::cli::{Format, Source};
use crate::control::client::ask;
use crate::control::document::Request;
use crate::diagnostic::{BadInput, read_toml};
use crate::observe::{self, RoutesFile};
use crate::place::{Place, places};
use crate::verdicts::{exit_code, print};
use bgp_policy::voice::{Observed, Plan, PlanFault, judge};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Judges, prints, and returns the exit status.
pub(crate) fn check(plan: &Path, source: &Source, format: Format, control: &Path) -> Result<u8, BadInput> {
    let plan = read_plan(plan)?;
    let observed =
        if source.live { ask(control, &Request::Observed)? } else { files(&plan, &source.routes)? };
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

fn files(plan: &Plan, routes: &[PathBuf]) -> Result<Observed, BadInput> {
    let files: Vec<_> = routes.iter().map(|argument| RoutesFile::of(argument, plan)).collect();
    observe::read(plan, &files)
}

/// Reads a plan; one that contradicts itself is bad input.
pub(crate) fn read_plan(path: &Path) -> Result<Plan, BadInput> {
    let (plan, text) = read_toml::<Plan>(path, allowed::PLAN)?;
    match plan.faults().first() {
        None => Ok(plan),
        Some(fault) => {
            Err(BadInput::new(fault.to_string()).in_toml(path, &text, place_of(fault, &text), allowed::PLAN))
        }
    }
}

/// Where the value stands that makes the plan contradict itself: the last one that is so.
fn place_of(fault: &PlanFault, text: &str) -> Option<Range<usize>> {
    const CONNECTION: &str = "peerings.connections.name";
    let (field, value) = match fault {
        PlanFault::DuplicatePeering(name) => ("peerings.name", name.clone()),
        PlanFault::DuplicateConnection(name) => (CONNECTION, name.clone()),
        PlanFault::DuplicateActivation(name) => ("activations.name", name.clone()),
        PlanFault::DuplicateSession(_, peer) => ("peerings.connections.session.peer", peer.to_string()),
        PlanFault::Utilisation(_, percent) => {
            ("peerings.connections.utilisation_percent", percent.to_string())
        }
        PlanFault::Unnamed("peering", _) => ("peerings.name", String::new()),
        PlanFault::Unnamed("activation", _) => ("activations.name", String::new()),
        PlanFault::Unnamed(..) => (CONNECTION, String::new()),
    };
    let written = |span: &Range<usize>| text.get(span.clone()).map(|raw| raw.trim_matches(['"', '\'', ' ']));
    let is_it = |place: &Place| place.field == field && written(&place.span) == Some(value.as_str());
    places(text).into_iter().rfind(is_it).map(|place| place.span)
}
