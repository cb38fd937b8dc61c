//! `cargo xtask interop`: real peers in network namespaces that this makes and removes.
//!
//! Every scenario is played by voicepeer with BIRD, FRR and those of GoBGP, OpenBGPD and ExaBGP that can play it, and once more
//! by FRR in voicepeer's place: that control shows what the scenario itself is worth.

mod bird;
mod capture;
mod carrier;
mod daemon;
mod exabgp;
mod frr;
mod frr_configuration;
mod gobgp;
mod json;
mod kernel;
mod netns;
mod openbgpd;
mod packages;
mod pair;
mod reaper;
mod router;
mod scenarios;
mod stayrtr;
mod trio;
mod voicepeer;

use crate::command::{TO_RUN, cargo, stdout_of};
use crate::duration::duration;
use crate::failure::Failure;
use crate::report::{Outcome, Report};
use pair::Pair;
use router::{Make, Peer};
use scenarios::{Between, Play, SCENARIOS, Scenario};
use std::path::{Path, PathBuf};
use std::time::Duration;
use trio::Trio;

/// How many scenarios run at once. Each waits for its routers' timers most of the time.
const AT_ONCE: usize = 2;

/// What is to be run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Install BIRD 2, FRR, GoBGP, OpenBGPD, ExaBGP, StayRTR and the network tools from Debian's packages first.
    #[arg(long)]
    install: bool,
    /// Print the scenarios and what each proves, and run nothing.
    #[arg(long)]
    list: bool,
    /// How long BFD has to hold while a large table loads.
    #[arg(long, value_parser = duration, default_value = "1m")]
    soak: Duration,
    /// Run only the scenarios whose line holds this text, such as `bfd`, `FRR` or `control`.
    filter: Option<String>,
}

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
    if chosen.iter().any(|run| run.cast.ours() == Make::Voicepeer) {
        report.step("voicepeer", build);
    }
    meet(&chosen, options.soak, &mut report);
    report
}

/// One scenario with those who meet in it.
struct Run {
    scenario: &'static Scenario,
    cast: Cast,
}

/// Who plays.
#[derive(Clone, Copy)]
enum Cast {
    Two(fn(&Pair) -> Result<String, Failure>, Between, Make, Peer),
    Three(fn(&Trio) -> Result<String, Failure>, Make),
}

impl Cast {
    fn of(play: Play) -> Vec<Self> {
        match play {
            Play::Two(run, between, pairs) => {
                pairs.iter().map(|&(ours, peer)| Self::Two(run, between, ours, peer)).collect()
            }
            Play::Three(run, middles) => middles.iter().map(|&middle| Self::Three(run, middle)).collect(),
        }
    }

    /// Whose router is looked at.
    fn ours(self) -> Make {
        match self {
            Self::Two(_, _, ours, _) | Self::Three(_, ours) => ours,
        }
    }

    /// Plays in a fresh network.
    fn play(self, number: usize, folder: &Path, soak: Duration) -> Result<String, Failure> {
        match self {
            Self::Two(run, Between::Wire, ours, peer) => run(&Pair::new(number, folder, ours, peer)?),
            Self::Two(run, Between::Hop, ours, peer) => run(&Pair::across(number, folder, ours, peer)?),
            Self::Three(run, middle) => run(&Trio::new(number, folder, middle, soak)?),
        }
    }
}

impl Run {
    /// Whether it keeps every processor busy, so that nothing is to run beside it.
    fn is_alone(&self) -> bool {
        self.scenario.name == "bfd-soak"
    }

    fn name(&self) -> String {
        let control = if self.cast.ours() == Make::Voicepeer { "" } else { " (control)" };
        let others = match self.cast {
            Cast::Two(_, _, _, peer) => format!("with {peer}"),
            Cast::Three(..) => "between two".to_owned(),
        };
        format!("{}: {} {others}{control}", self.scenario.name, self.cast.ours())
    }
}

fn chosen(filter: Option<&str>) -> Vec<Run> {
    let casts = |scenario: &'static Scenario| {
        Cast::of(scenario.play).into_iter().map(move |cast| Run { scenario, cast })
    };
    let wanted = |run: &Run| filter.is_none_or(|text| run.name().contains(text));
    SCENARIOS.iter().flat_map(casts).filter(wanted).collect()
}

fn meet(chosen: &[Run], soak: Duration, report: &mut Report) {
    netns::sweep();
    let reaper = reaper::Reaper::start();
    report.step("clean-up guard", || {
        reaper
            .as_ref()
            .map(|_| Outcome::Passed(String::new()))
            .map_err(|why| Failure::Objection(why.to_string()))
    });
    let (alone, beside): (Vec<_>, Vec<_>) = chosen.iter().enumerate().partition(|(_, run)| run.is_alone());
    for (number, run) in alone {
        report.step(&run.name(), || one(number, run, soak));
    }
    report.steps(AT_ONCE, beside.into_iter(), |(_, run)| run.name(), |(number, run)| one(*number, run, soak));
}

/// Runs one scenario in a fresh network. What it leaves in its folder is kept only if it failed.
fn one(number: usize, run: &Run, soak: Duration) -> Result<Outcome, Failure> {
    let folder = tempfile::Builder::new().prefix("voicepeer-interop-").tempdir();
    let folder = folder.map_err(Failure::io("a temporary folder"))?;
    open_to_all(folder.path())?;
    run.cast.play(number, folder.path(), soak).map(Outcome::Passed).map_err(|failure| {
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

/// The program under test, unless one was given: the one that the tests were built with, which checks most.
fn build() -> Result<Outcome, Failure> {
    if std::env::var_os("VOICEPEER_BIN").is_none() {
        stdout_of(&mut cargo(&[&["build"], &TO_RUN[..], &["--bin", "voicepeer"]].concat()))?;
    }
    Ok(Outcome::Passed(voicepeer::binary().display().to_string()))
}

/// Where cargo builds: this program lies there, in `debug`.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.ancestors().nth(2).map_or_else(PathBuf::new, PathBuf::from)
}
