//! `cargo xtask interop`: real peers in network namespaces that this makes and removes.
//!
//! Every scenario of two routers is run with voicepeer against BIRD and against FRR, and once with BIRD against
//! FRR: that control shows what the scenario itself is worth.

mod bird;
mod capture;
mod daemon;
mod frr;
mod frr_configuration;
mod json;
mod kernel;
mod netns;
mod packages;
mod pair;
mod reaper;
mod router;
mod scenarios;
mod voicepeer;

use crate::command::{cargo, stdout_of};
use crate::failure::Failure;
use crate::report::{Outcome, Report};
use pair::Pair;
use router::Make;
use scenarios::{SCENARIOS, Scenario};
use std::path::{Path, PathBuf};

/// What is to be run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Install BIRD 2, FRR and the network tools from Debian's packages first.
    #[arg(long)]
    install: bool,
    /// Print the scenarios and what each proves, and run nothing.
    #[arg(long)]
    list: bool,
    /// Run only the scenarios whose line holds this text, such as `bfd`, `FRR` or `control`.
    filter: Option<String>,
}

/// Who meets whom: ours first.
const PAIRS: [(Make, Make); 3] =
    [(Make::Voicepeer, Make::Bird), (Make::Voicepeer, Make::Frr), (Make::Frr, Make::Bird)];

/// Runs the scenarios that were asked for.
pub(crate) fn run(options: &Options) -> Report {
    let mut report = Report::default();
    let chosen = chosen(options.filter.as_deref());
    if options.list {
        chosen.iter().for_each(|run| println!("{}: {}", run.name(), run.scenario.proves));
        return report;
    }
    if !packages::is_root() {
        let why = format!("{} scenarios need root, to make network namespaces", chosen.len());
        report.step("interop", || Ok(Outcome::Skipped(why)));
        return report;
    }
    if options.install {
        report.step("packages", packages::install);
    }
    if chosen.iter().any(|run| run.ours == Make::Voicepeer) {
        report.step("voicepeer, release build", build);
    }
    meet(&chosen, &mut report);
    report
}

/// One scenario with the two that meet in it.
struct Run {
    scenario: &'static Scenario,
    ours: Make,
    peer: Make,
}

impl Run {
    fn name(&self) -> String {
        let control = if self.ours == Make::Voicepeer { "" } else { " (control)" };
        format!("{}: {} with {}{control}", self.scenario.name, self.ours, self.peer)
    }
}

fn chosen(filter: Option<&str>) -> Vec<Run> {
    let all = SCENARIOS
        .iter()
        .flat_map(|scenario| PAIRS.into_iter().map(move |(ours, peer)| Run { scenario, ours, peer }));
    let wanted = |run: &Run| filter.is_none_or(|text| run.name().contains(text));
    all.filter(wanted).collect()
}

fn meet(chosen: &[Run], report: &mut Report) {
    netns::sweep();
    let reaper = reaper::Reaper::start();
    report.step("clean-up guard", || {
        reaper
            .as_ref()
            .map(|_| Outcome::Passed(String::new()))
            .map_err(|why| Failure::Objection(why.to_string()))
    });
    for (number, run) in chosen.iter().enumerate() {
        report.step(&run.name(), || one(number, run));
    }
}

/// Runs one scenario in a fresh network. What it leaves in its folder is kept only if it failed.
fn one(number: usize, run: &Run) -> Result<Outcome, Failure> {
    let folder = tempfile::Builder::new().prefix("voicepeer-interop-").tempdir();
    let folder = folder.map_err(Failure::io("a temporary folder"))?;
    open_to_all(folder.path())?;
    let evidence =
        Pair::new(number, folder.path(), run.ours, run.peer).and_then(|pair| (run.scenario.run)(&pair));
    evidence.map(Outcome::Passed).map_err(|failure| {
        let kept = folder.keep();
        Failure::Objection(format!("{failure}\n{}\nall of it is kept in {}", logs(&kept), kept.display()))
    })
}

/// FRR's daemons are another user's, and must reach their files.
fn open_to_all(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder, mode).map_err(Failure::file(folder))
}

/// The end of every log under a folder.
fn logs(folder: &Path) -> String {
    const LINES: usize = 40;
    let find = stdout_of(std::process::Command::new("find").arg(folder).args(["-name", "*.log"]));
    find.unwrap_or_default().lines().map(|path| end_of(Path::new(path), LINES)).collect()
}

fn end_of(path: &Path, lines: usize) -> String {
    let log = std::fs::read(path).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let all: Vec<&str> = log.lines().collect();
    let end = all.get(all.len().saturating_sub(lines)..).unwrap_or_default();
    format!("--- {}\n{}\n", path.display(), end.join("\n"))
}

/// The program under test, once, unless one was given.
fn build() -> Result<Outcome, Failure> {
    if std::env::var_os("VOICEPEER_BIN").is_none() {
        stdout_of(&mut cargo(&["build", "--release", "--bin", "voicepeer"]))?;
    }
    Ok(Outcome::Passed(voicepeer::binary().display().to_string()))
}

/// Where cargo builds: this program lies there, in `debug`.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.ancestors().nth(2).map_or_else(PathBuf::new, PathBuf::from)
}
