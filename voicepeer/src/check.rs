//! `voicepeer check`: a plan and the routes observed against the rules.

pub(crate) mod causes;
mod junit;
mod markdown;
mod registries;
mod rules;
mod watch;

pub(crate) use registries::Files as RegistryFiles;

use crate::allowed;
use crate::cli::{DEFAULT_CONTROL, Source};
use crate::config::duration;
use crate::control::client::ask;
use crate::control::document::Request;
use crate::diagnostic::{BadInput, read_toml};
use crate::observe::{self, Peer, RoutesFile};
use crate::place::{Place, places};
use crate::table;
use crate::verdicts::{self, exit_code};
use bgp_policy::voice::{Observed, Plan, PlanFault, Report, judge_with};
use clap::ValueEnum;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to judge, and how to say what came of it.
#[derive(clap::Args, Debug)]
pub(crate) struct Check {
    /// The plan of the interconnect.
    #[arg(short, long, value_name = "FILE", required_unless_present = "explain")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// A peer that stands for a connection's router in records and in BMP, such as one of a collector; may be given several
    /// times.
    #[arg(long, value_name = "CONNECTION=ADDRESS", conflicts_with = "live")]
    peer: Vec<String>,
    /// How long to wait with --bmp: it ends before, as soon as all routes of every session were told.
    #[arg(long = "for", value_name = "DURATION", default_value = "300s", value_parser = patience)]
    patience: Duration,
    #[command(flatten)]
    registries: registries::Files,
    /// How to print the verdicts.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Look again and again, and print what changed; until SIGINT or SIGTERM.
    #[arg(long, value_name = "INTERVAL", num_args = 0..=1, require_equals = true, default_missing_value = "5s",
          value_parser = interval, conflicts_with = "bmp")]
    watch: Option<Duration>,
    /// The daemon's control socket, for --live.
    #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
    control: PathBuf,
    /// Tell what a rule is and why, without judging anything; without RULE, name them all.
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "", exclusive = true)]
    explain: Option<String>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// For people: one line a cause, failing first.
    Table,
    /// For programs: every verdict.
    Json,
    /// For pipelines: JUnit XML, a test suite for each rule.
    Junit,
    /// For a ticket.
    Markdown,
}

fn patience(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .ok_or_else(|| "a duration is a number with its unit, such as 500ms or 30s".to_owned())
}

fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration::parse(text).filter(|interval| !interval.is_zero());
    interval.ok_or_else(|| "an interval is a number with its unit, such as 500ms or 5s, above 0".to_owned())
}

/// Judges, prints, and returns the exit status.
pub(crate) fn check(asked: &Check) -> Result<u8, BadInput> {
    if let Some(rule) = &asked.explain {
        return rules::explain(rule).map(|()| 0);
    }
    if let Some(every) = asked.watch {
        return watch::watch(asked, every);
    }
    let report = asked.look()?;
    show(&report, asked.format)?;
    Ok(exit_code(&report))
}

impl Check {
    /// Reads all anew, and judges it.
    fn look(&self) -> Result<Report, BadInput> {
        let plan = self.plan.as_deref().ok_or_else(|| BadInput::new("no plan is given"))?;
        let plan = read_plan(plan)?;
        let observed = self.observed(&plan)?;
        Ok(judge_with(&plan, &observed, &self.registries.read()?))
    }

    fn observed(&self, plan: &Plan) -> Result<Observed, BadInput> {
        let peers = self.peer.iter().map(|peer| Peer::of(peer, plan)).collect::<Result<Vec<_>, _>>()?;
        match &self.source {
            Source { live: true, .. } => ask(&self.control, &Request::Observed),
            // What routers print of their sessions is more than BMP tells: the files count before it.
            Source { routes, bmp, .. } => {
                let files: Vec<_> = routes.iter().map(|argument| RoutesFile::of(argument, plan)).collect();
                let read = observe::read(plan, &files, &peers)?;
                let told =
                    bmp.map(|address| observe::listen(plan, address, self.patience, &peers)).transpose()?;
                Ok(observe::joined(plan, [Some(read), told].into_iter().flatten(), &peers))
            }
        }
    }
}

fn show(report: &Report, format: Format) -> Result<(), BadInput> {
    match format {
        Format::Table => {
            verdicts::print(report);
            Ok(())
        }
        Format::Json => {
            let text = serde_json::to_string_pretty(report).map_err(|e| BadInput::new(e.to_string()))?;
            table::print(&(text + "\n"))
        }
        Format::Junit => table::print(&junit::document(report)?),
        Format::Markdown => table::print(&markdown::document(report)),
    }
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
