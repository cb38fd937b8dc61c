//! The daemons that are measured: how each is configured and started.
use super::netns::{DAEMON, FIRST, INTERFACE, Side, installed, program};
use crate::diagnostic::BadInput;
use clap::ValueEnum;
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

/// Who is measured.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// This program, as `voicepeer run`.
    Voicepeer,
    /// The same, with real-time priority for its BFD thread.
    Realtime,
    /// BIRD 2.
    Bird,
    /// FRR's bfdd, with its zebra.
    Frr,
}

/// The sessions that a daemon is configured with; every detect mult is 3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sessions {
    pub(super) count: u32,
    pub(super) interval_us: u32,
}

impl Sessions {
    fn peers(self) -> impl Iterator<Item = Ipv4Addr> {
        (0..self.count).map(|number| Ipv4Addr::from(u32::from(FIRST).saturating_add(number)))
    }
}

/// Below the peer's priority.
const REALTIME: &str = "[bfd]\nrealtime = 40\n";

const BIRD: &str = "bird";
const FRR: &str = "/usr/lib/frr";

impl Target {
    pub(super) const ALL: [Self; 4] = [Self::Voicepeer, Self::Realtime, Self::Bird, Self::Frr];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Voicepeer => "voicepeer",
            Self::Realtime => "real-time",
            Self::Bird => "BIRD",
            Self::Frr => "FRR bfdd",
        }
    }

    pub(super) fn is_ours(self) -> bool {
        matches!(self, Self::Voicepeer | Self::Realtime)
    }

    /// Its version; nothing where it is not installed.
    pub(super) fn version(self) -> Option<String> {
        let command = match self {
            Self::Voicepeer => return Some(env!("CARGO_PKG_VERSION").to_owned()),
            Self::Realtime => return Some("voicepeer with `[bfd] realtime = 40`".to_owned()),
            Self::Bird => BIRD.to_owned(),
            Self::Frr => format!("{FRR}/bfdd"),
        };
        if !installed(&command) {
            return None;
        }
        let output = Command::new(command).arg("--version").output().ok()?;
        // BIRD says it on standard error.
        let text = [output.stdout, output.stderr].concat();
        version(&String::from_utf8_lossy(&text))
    }

    /// How to have it.
    pub(super) fn missing(self) -> &'static str {
        match self {
            Self::Voicepeer | Self::Realtime => "voicepeer is not here",
            Self::Bird => "BIRD 2 is not installed (Debian: apt-get install bird2); its columns are left out",
            Self::Frr => "FRR is not installed (Debian: apt-get install frr); its columns are left out",
        }
    }

    /// FRR's configuration knows whole milliseconds from ten on.
    pub(super) fn takes(self, sessions: Sessions) -> bool {
        self != Self::Frr || sessions.interval_us >= 10_000
    }
}

/// The first word with a digit and a dot.
fn version(text: &str) -> Option<String> {
    let like = |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    text.split_whitespace().find(like).map(str::to_owned)
}

/// A running daemon. Dropped, it is killed.
#[derive(Debug)]
pub(super) struct Daemon {
    /// The one that does BFD is the last.
    processes: Vec<Child>,
    /// When that one was started.
    pub(super) started: SystemTime,
}

/// Where and how daemons run.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) folder: &'a Path,
    pub(super) cpu: usize,
    pub(super) fifo: Option<u8>,
}

impl Place<'_> {
    /// Starts `target` with these sessions.
    pub(super) fn start(&self, target: Target, sessions: Sessions) -> Result<Daemon, BadInput> {
        let mut daemon = Daemon { processes: Vec::new(), started: SystemTime::UNIX_EPOCH };
        match target {
            Target::Voicepeer | Target::Realtime => {
                let thread = if target == Target::Realtime { REALTIME } else { "" };
                let text = voicepeer(sessions, &self.path("voicepeer.sock")) + thread;
                let file = self.write("voicepeer.toml", &text)?;
                let own = std::env::current_exe()
                    .map_err(|error| BadInput::new(format!("this program does not find itself: {error}")))?;
                self.spawn(&mut daemon, &own, &[Path::new("run"), Path::new("-c"), &file])?;
            }
            Target::Bird => {
                let file = self.write("bird.conf", &bird(sessions))?;
                let (socket, pid) = (self.path("bird.ctl"), self.path("bird.pid"));
                let [foreground, c, s, p] = ["-f", "-c", "-s", "-P"].map(Path::new);
                self.spawn(&mut daemon, Path::new(BIRD), &[foreground, c, &file, s, &socket, p, &pid])?;
            }
            Target::Frr => self.frr(&mut daemon, sessions)?,
        }
        Ok(daemon)
    }

    fn frr(&self, daemon: &mut Daemon, sessions: Sessions) -> Result<(), BadInput> {
        // The daemons give up root and become the package's user.
        let owned = Command::new("chown").arg("frr:frr").arg(self.folder).status();
        owned.map_err(|error| BadInput::new(format!("cannot run chown: {error}")))?;
        let zserv = self.path("zserv.api");
        // What an earlier run left is not this one's.
        let _none = std::fs::remove_file(&zserv);
        for (name, text) in [("zebra", String::new()), ("bfdd", frr(sessions))] {
            let file = self.write(&format!("{name}.conf"), &text)?;
            let (pid, sockets) = (self.path(&format!("{name}.pid")), self.folder.to_owned());
            let [f, i, z, vty] = ["-f", "-i", "-z", "--vty_socket"].map(Path::new);
            let mut arguments = vec![f, &file, i, &pid, z, &zserv, vty, &sockets];
            let control = self.path("bfdd.sock");
            if name == "bfdd" {
                let [control_option, limit, most] = ["--bfdctl", "--limit-fds", "8192"].map(Path::new);
                arguments.extend([control_option, &control, limit, most]);
            }
            self.spawn(daemon, &Path::new(FRR).join(name), &arguments)?;
            until_there(&zserv)?;
        }
        Ok(())
    }

    fn spawn(&self, daemon: &mut Daemon, path: &Path, arguments: &[&Path]) -> Result<(), BadInput> {
        let log = self.path("log");
        let failed = |error| BadInput::new(format!("cannot start {}: {error}", path.display()));
        let log = std::fs::File::options().append(true).create(true).open(log).map_err(failed)?;
        let mut command = program(Side::Daemon, self.cpu, self.fifo, path);
        command.args(arguments).stdin(Stdio::null());
        command.stderr(log.try_clone().map_err(failed)?).stdout(log);
        daemon.started = now();
        daemon.processes.push(command.spawn().map_err(failed)?);
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf, BadInput> {
        let path = self.path(name);
        std::fs::write(&path, text)
            .map_err(|error| BadInput::new(format!("cannot write {}: {error}", path.display())))?;
        Ok(path)
    }
}

impl Daemon {
    /// All its processes.
    pub(super) fn pids(&self) -> impl Iterator<Item = u32> {
        self.processes.iter().map(Child::id)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            // What has ended by itself cannot be killed.
            let _ended = process.kill();
            let _status = process.wait();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is a shell, and the kernel's stamps are of this clock"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

#[expect(clippy::disallowed_methods, reason = "another process makes the file and tells nobody")]
fn until_there(path: &Path) -> Result<(), BadInput> {
    for _ in 0..1000 {
        if path.exists() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err(BadInput::new(format!("{} did not come to be: FRR's zebra does not start", path.display())))
}

fn voicepeer(sessions: Sessions, control: &Path) -> String {
    let mut text = format!(
        "[speaker]\nasn = 65000\nrouter_id = \"{DAEMON}\"\nlisten = []\ncontrol = \"{}\"\n",
        control.display()
    );
    for peer in sessions.peers() {
        let us = sessions.interval_us;
        let _infallible = write!(
            text,
            "[[peer]]\nname = \"{peer}\"\naddress = \"{peer}\"\nasn = 65001\nlocal_address = \"{DAEMON}\"\n\
             passive = true\n[peer.bfd]\ndesired_min_tx = \"{us}us\"\nrequired_min_rx = \"{us}us\"\ndetect_mult = 3\n"
        );
    }
    text
}

fn bird(sessions: Sessions) -> String {
    let us = sessions.interval_us;
    let mut text = format!(
        "router id {DAEMON};\nlog stderr {{ fatal, error }};\nprotocol device {{ scan time 60; }}\nprotocol bfd {{\n\
         interface \"{INTERFACE}\" {{ interval {us} us; idle tx interval 1 s; multiplier 3; }};\n"
    );
    for peer in sessions.peers() {
        let _infallible = writeln!(text, "neighbor {peer} dev \"{INTERFACE}\" local {DAEMON};");
    }
    text + "}\n"
}

fn frr(sessions: Sessions) -> String {
    let ms = sessions.interval_us / 1000;
    let mut text = format!(
        "bfd\n profile bench\n  transmit-interval {ms}\n  receive-interval {ms}\n  detect-multiplier 3\n exit\n"
    );
    for peer in sessions.peers() {
        let _infallible = write!(
            text,
            " peer {peer} local-address {DAEMON} interface {INTERFACE}\n  profile bench\n exit\n"
        );
    }
    text + "exit\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_the_daemons_say_them() {
        for (text, expected) in [
            ("BIRD version 2.0.12\n", Some("2.0.12")),
            ("bfdd version 8.4.4\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n", Some("8.4.4")),
            ("nothing", None),
        ] {
            assert_eq!(version(text).as_deref(), expected);
        }
    }

    #[test]
    fn each_configuration_has_every_session() {
        let sessions = Sessions { count: 300, interval_us: 50_000 };
        for text in [voicepeer(sessions, Path::new("x.sock")), bird(sessions), frr(sessions)] {
            for peer in ["10.77.1.1", "10.77.1.255", "10.77.2.44"] {
                assert!(text.contains(&format!("{peer}\"")) || text.contains(&format!("{peer} ")), "{peer}");
            }
            assert!(!text.contains("10.77.2.45"));
        }
    }

    #[test]
    fn our_own_configuration_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("voicepeer.toml");
        std::fs::write(
            &file,
            voicepeer(Sessions { count: 3, interval_us: 100 }, Path::new("x.sock")) + REALTIME,
        )
        .unwrap();
        let config = crate::config::load(&file).unwrap();
        let timing = config.peers[2].bfd.as_ref().unwrap().session.timing;
        assert_eq!(timing.desired_min_tx, Duration::from_micros(100));
    }

    #[test]
    fn frr_begins_at_ten_milliseconds() {
        for (interval_us, takes) in [(50_000, true), (10_000, true), (5_000, false)] {
            assert_eq!(Target::Frr.takes(Sessions { count: 1, interval_us }), takes);
            assert!(Target::Bird.takes(Sessions { count: 1, interval_us }));
        }
    }
}
