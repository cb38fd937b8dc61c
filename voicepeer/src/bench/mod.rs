//! `voicepeer bench`: this speaker beside others, measured by peers that know none of them.
//!
//! `bench convergence` has a module of its own; the rest is `bench bfd`.
//!
//! Each daemon runs in a network namespace with the configuration it is given here, on one CPU; the peer runs in
//! another, on another CPU. Rows are measured one after the other, and for each row the daemons in turn, round by round,
//! so that what befalls the machine befalls all of them.
mod convergence;
mod daemon;
mod load;
mod measured;
mod netns;
mod peer;
mod report;
mod row;
mod schedstat;
mod summary;
mod wakeup;

use crate::diagnostic::BadInput;
use clap::Subcommand;
use clap::ValueEnum;
use daemon::{Place, Sessions, Target};
use load::Load;
use measured::Measured;
use netns::{DAEMON, FIRST, Side, Wire, installed, program};
use report::{Line, Report};
use row::{Group, LADDER, Row, rows};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// What to measure.
#[derive(Subcommand, Debug)]
pub(crate) enum Bench {
    /// BFD beside BIRD and FRR's bfdd: how soon silence is found, how evenly packets leave, what it costs.
    ///
    /// Needs root: it makes two network namespaces, and removes them. A daemon that is not installed is left out. The
    /// whole takes some twenty minutes a round; --rows and --load choose a part.
    Bfd(Options),
    /// How fast routes go through, beside BIRD, FRR, GoBGP and OpenBGPD: seconds, CPU time, memory.
    ///
    /// Needs root: it makes two network namespaces, and removes them. A speaker that is not installed is left out.
    Convergence(convergence::Options),
    /// Injectors and receivers; the bench runs them.
    #[command(hide = true)]
    Routes(convergence::HarnessOptions),
    /// The measuring peer; the bench runs it.
    #[command(hide = true)]
    Peer(peer::Options),
    /// Loads tables; the bench runs it.
    #[command(hide = true)]
    Load,
    /// Sleeps and wakes; the bench runs it.
    #[command(hide = true)]
    Wakeup {
        #[arg(long)]
        seconds: f64,
    },
}

/// How to measure.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Which rows.
    #[arg(long, value_enum, value_delimiter = ',')]
    rows: Vec<Group>,
    /// Which daemons.
    #[arg(long, value_enum, value_delimiter = ',')]
    targets: Vec<Target>,
    /// What the processors do besides.
    #[arg(long, value_enum, default_value_t = Besides::Both)]
    load: Besides,
    /// How long each measurement of packets takes, and at most each of detections.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Enough detections of one daemon in one round.
    #[arg(long, default_value_t = 100)]
    samples: usize,
    /// How often everything is measured.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// Runs every daemon with this SCHED_FIFO priority; as packaged, otherwise.
    #[arg(long, value_name = "PRIORITY")]
    fifo: Option<u8>,
    /// The peer's CPU.
    #[arg(long, default_value_t = 0)]
    peer_cpu: usize,
    /// The daemons' CPU.
    #[arg(long, default_value_t = 1)]
    daemon_cpu: usize,
    /// Write all that was measured to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Besides {
    /// Nothing.
    Idle,
    /// Both load a full table, again and again.
    Busy,
    /// First the one, then the other.
    Both,
}

/// Measures, or does a part of it.
pub(crate) fn bench(what: Bench) -> Result<(), BadInput> {
    match what {
        Bench::Bfd(options) => bfd(&options),
        Bench::Convergence(options) => convergence::convergence(&options),
        Bench::Routes(options) => convergence::harness(&options),
        Bench::Peer(options) => peer::peer(&options),
        Bench::Load => load::load(),
        Bench::Wakeup { seconds } => wakeup::wakeup(seconds),
    }
}

fn bfd(options: &Options) -> Result<(), BadInput> {
    let wanted: Vec<Target> =
        if options.targets.is_empty() { Target::ALL.to_vec() } else { options.targets.clone() };
    let groups: Vec<Group> =
        if options.rows.is_empty() { Group::value_variants().to_vec() } else { options.rows.clone() };
    let rows: Vec<Row> = groups.into_iter().flat_map(rows).collect();
    let runner = Runner::new(options, &rows, &wanted)?;
    let mut report = Report { machine: machine(), targets: runner.targets.clone(), lines: Vec::new() };
    for busy in [false, true] {
        if options.load == Besides::Both || (options.load == Besides::Busy) == busy {
            for row in &rows {
                report.lines.push(runner.line(*row, busy)?);
            }
        }
    }
    report.print();
    if let Some(path) = &options.json {
        let failed = |error: String| BadInput::new(format!("cannot write {}: {error}", path.display()));
        let text = report.json().map_err(|e| failed(e.to_string()))?;
        std::fs::write(path, text).map_err(|e| failed(e.to_string()))?;
    }
    Ok(())
}

/// Everything that a measurement needs.
struct Runner<'a> {
    options: &'a Options,
    targets: Vec<(Target, String)>,
    /// The priority of the peer, where the system grants it.
    peer_fifo: Option<u8>,
    folder: tempfile::TempDir,
    _wire: Wire,
}

const PEER_PRIORITY: u8 = 50;

impl<'a> Runner<'a> {
    fn new(options: &'a Options, rows: &[Row], wanted: &[Target]) -> Result<Self, BadInput> {
        needs()?;
        let mut targets = Vec::new();
        for target in wanted {
            match target.version() {
                Some(version) => targets.push((*target, version)),
                None => eprintln!("warning: {}", target.missing()),
            }
        }
        let granted = Command::new("chrt").args(["-f", &PEER_PRIORITY.to_string(), "true"]).status();
        let peer_fifo = granted.is_ok_and(|status| status.success()).then_some(PEER_PRIORITY);
        if peer_fifo.is_none() {
            eprintln!("warning: the peer runs without SCHED_FIFO, so its own lateness is larger");
        }
        more_descriptors();
        let sessions = rows.iter().map(|row| row.sessions.count).max().unwrap_or(1).max(1);
        let failed = |error| BadInput::new(format!("cannot make a folder for configurations: {error}"));
        let folder = tempfile::tempdir().map_err(failed)?;
        Ok(Self { options, targets, peer_fifo, folder, _wire: Wire::lay(sessions)? })
    }

    /// One row, in rounds, the targets in turn.
    fn line(&self, row: Row, busy: bool) -> Result<Line, BadInput> {
        let cpus = [self.options.peer_cpu, self.options.daemon_cpu];
        let _load = busy.then(|| Load::start(&cpus)).transpose()?;
        let mut line = Line { row, busy, rounds: Vec::new() };
        if row.group == Group::Wakeup {
            line.rounds.push((None, vec![self.wakeup()?]));
            return Ok(line);
        }
        line.rounds.extend(self.targets.iter().map(|(target, _)| (Some(*target), Vec::new())));
        for _ in 0..self.options.rounds {
            for (target, rounds) in &mut line.rounds {
                let Some(target) = target.filter(|target| target.takes(row.sessions)) else { continue };
                eprintln!("{}{}: {}", if busy { "busy, " } else { "" }, row.title(), target.name());
                rounds.push(self.measure(row, target)?);
            }
        }
        Ok(line)
    }

    fn wakeup(&self) -> Result<Measured, BadInput> {
        let Options { daemon_cpu, fifo, seconds, .. } = self.options;
        let mut command = program(Side::Daemon, *daemon_cpu, *fifo, own()?);
        command.args(["bench", "wakeup", "--seconds", &seconds.to_string()]);
        report_of(&mut command, || Ok(()))
    }

    fn measure(&self, row: Row, target: Target) -> Result<Measured, BadInput> {
        match row.group {
            Group::Wakeup => self.wakeup(),
            Group::Detection => self.beside(target, row.sessions, "detection"),
            Group::Lateness | Group::Cpu => self.beside(target, row.sessions, "lateness"),
            Group::Most => self.most(target, row.sessions.interval_us),
            Group::Start => self.start(target, row.sessions),
        }
    }

    /// The peer measures a daemon that runs.
    fn beside(&self, target: Target, sessions: Sessions, what: &str) -> Result<Measured, BadInput> {
        let daemon = self.place().start(target, sessions)?;
        let mut peer = self.peer(what, sessions)?;
        daemon.pids().for_each(|pid| _ = peer.arg("--pid").arg(pid.to_string()));
        report_of(&mut peer, || Ok(()))
    }

    /// The daemon comes to a peer that is there.
    fn start(&self, target: Target, sessions: Sessions) -> Result<Measured, BadInput> {
        let mut daemon = None;
        let measured = report_of(&mut self.peer("start", sessions)?, || {
            daemon = Some(self.place().start(target, sessions)?);
            Ok(())
        })?;
        let started = daemon.and_then(|daemon| daemon.started.duration_since(SystemTime::UNIX_EPOCH).ok());
        let took = measured.up_at.zip(started).map(|(up, started)| up - started.as_secs_f64());
        Ok(Measured { took, ..measured })
    }

    /// Climbs until a session falls, and asks twice before it believes that.
    fn most(&self, target: Target, interval_us: u32) -> Result<Measured, BadInput> {
        let mut best = Measured { up: Some(0), ..Measured::default() };
        for count in LADDER {
            let sessions = Sessions { count, interval_us };
            let mut holds = false;
            for _ in 0..2 {
                let measured = self.beside(target, sessions, "lateness")?;
                best.own_late = best.own_late.max(measured.own_late);
                holds = measured.false_downs == 0 && measured.up == usize::try_from(count).ok();
                if holds {
                    best = Measured { own_late: best.own_late, ..measured };
                    break;
                }
            }
            if !holds {
                break;
            }
        }
        Ok(best)
    }

    fn place(&self) -> Place<'_> {
        Place { folder: self.folder.path(), cpu: self.options.daemon_cpu, fifo: self.options.fifo }
    }

    fn peer(&self, what: &str, sessions: Sessions) -> Result<Command, BadInput> {
        let Options { peer_cpu, seconds, samples, .. } = self.options;
        let mut command = program(Side::Peer, *peer_cpu, self.peer_fifo, own()?);
        command.args(["bench", "peer", what]);
        for (option, value) in [
            ("--remote", DAEMON.to_string()),
            ("--first", FIRST.to_string()),
            ("--sessions", sessions.count.to_string()),
            ("--interval", sessions.interval_us.to_string()),
            ("--seconds", seconds.to_string()),
            ("--samples", samples.to_string()),
        ] {
            command.args([option, &value]);
        }
        Ok(command)
    }
}

/// Runs one of the bench's own processes, tells when it is ready, and reads what it reports.
fn report_of(
    command: &mut Command,
    mut ready: impl FnMut() -> Result<(), BadInput>,
) -> Result<Measured, BadInput> {
    let failed = |error: std::io::Error| BadInput::new(format!("a process of the bench failed: {error}"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut measured = None;
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let line = line.map_err(failed)?;
        if line == "ready" {
            ready()?;
        } else {
            measured = Some(serde_json::from_str(&line).map_err(|e| failed(e.into()))?);
        }
    }
    let status = child.wait().map_err(failed)?;
    measured.ok_or_else(|| BadInput::new(format!("a process of the bench ended with {status} and no report")))
}

fn own() -> Result<PathBuf, BadInput> {
    std::env::current_exe()
        .map_err(|error| BadInput::new(format!("this program does not find itself: {error}")))
}

/// What nothing can be measured without.
fn needs() -> Result<(), BadInput> {
    if !nix::unistd::geteuid().is_root() {
        return Err(BadInput::new("the bench makes network namespaces, which needs root")
            .help("run it as root; nothing was measured"));
    }
    for (program, package) in [("ip", "iproute2"), ("taskset", "util-linux"), ("chrt", "util-linux")] {
        if !installed(program) {
            return Err(
                BadInput::new(format!("{program} is not installed")).help(format!("install {package}"))
            );
        }
    }
    Ok(())
}

/// A daemon has a socket for each of a thousand sessions.
fn more_descriptors() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if setrlimit(Resource::RLIMIT_NOFILE, most, most).is_err() {
        eprintln!("warning: the number of open files stays as it is; a thousand sessions may not fit");
    }
}

/// One line on what was measured on.
fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let models: Vec<&str> = cpuinfo
        .lines()
        .filter(|line| line.starts_with("model name"))
        .filter_map(|line| line.split(": ").nth(1))
        .collect();
    let model = models.first().copied().unwrap_or("CPU");
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{} x {model}, Linux {}", models.len(), kernel.trim())
}
