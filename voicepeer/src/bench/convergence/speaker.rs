//! The speakers that are measured: how each is started.
use super::configuration::{bird, frr, gobgp, openbgpd, voicepeer};
use super::row::Row;
use crate::bench::netns::{Side, inside, installed};
use crate::diagnostic::BadInput;
use clap::ValueEnum;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Who is measured.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// This program, as `voicepeer run`.
    Voicepeer,
    /// BIRD 2.
    Bird,
    /// FRR's bgpd, without zebra.
    Frr,
    /// GoBGP.
    Gobgp,
    /// OpenBGPD.
    Openbgpd,
}

impl Target {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Voicepeer => "voicepeer",
            Self::Bird => "BIRD",
            Self::Frr => "FRR",
            Self::Gobgp => "GoBGP",
            Self::Openbgpd => "OpenBGPD",
        }
    }

    /// Its program, and the package that has it in Debian.
    const fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::Voicepeer => ("voicepeer", "voicepeer"),
            Self::Bird => ("bird", "bird2"),
            Self::Frr => ("/usr/lib/frr/bgpd", "frr"),
            Self::Gobgp => ("gobgpd", "gobgpd"),
            Self::Openbgpd => ("/usr/sbin/bgpd", "openbgpd"),
        }
    }

    /// Whether it is here; how to have it where it is not.
    pub(super) fn here(self) -> Result<(), String> {
        let (program, package) = self.program();
        if self == Self::Voicepeer || installed(program) {
            return Ok(());
        }
        let name = self.name();
        Err(format!("{name} is not installed (Debian: apt-get install {package}); it is left out"))
    }

    /// Its version, as its package has it.
    pub(super) fn version(self) -> String {
        if self == Self::Voicepeer {
            return env!("CARGO_PKG_VERSION").to_owned();
        }
        let query = ["--show", "--showformat=${Version}", self.program().1];
        let output = Command::new("dpkg-query").args(query).output();
        let version = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
        version.map_or_else(|| "of unknown version".to_owned(), |v| String::from_utf8_lossy(&v).into_owned())
    }

    /// Starts it for a row, with what it needs in `folder`.
    pub(super) fn start(self, row: Row, folder: &Path) -> Result<Running, BadInput> {
        let path = |name: &str| folder.join(name);
        let text = |path: PathBuf| path.display().to_string();
        let (name, configuration) = match self {
            Self::Voicepeer => ("voicepeer.toml", voicepeer(row, &path("voicepeer.sock"))),
            Self::Bird => ("bird.conf", bird(row)),
            Self::Frr => ("bgpd.conf", frr(row)),
            Self::Gobgp => ("gobgpd.toml", gobgp(row)),
            Self::Openbgpd => ("openbgpd.conf", openbgpd(row, &path("openbgpd.sock"))),
        };
        let file = write(folder, name, &configuration)?;
        let file = text(file);
        let mut arguments: Vec<String> = match self {
            Self::Voicepeer => ["run", "-c"].map(String::from).into(),
            Self::Bird => ["-f", "-s", &text(path("bird.ctl")), "-c"].map(String::from).into(),
            Self::Frr => {
                let (pid, zserv, vty) =
                    (text(path("bgpd.pid")), text(path("zserv")), text(folder.to_owned()));
                let alone =
                    ["-Z", "-n", "-S", "-u", "root", "-g", "root", "-P", "0", "-i", &pid, "-z", &zserv];
                [&alone[..], &["--vty_socket", &vty, "-f"]].concat().into_iter().map(String::from).collect()
            }
            Self::Gobgp => ["--log-level", "warn", "-t", "toml", "-f"].map(String::from).into(),
            Self::Openbgpd => ["-d", "-f"].map(String::from).into(),
        };
        arguments.push(file);
        let program = match self {
            Self::Voicepeer => crate::bench::own()?,
            other => other.program().0.into(),
        };
        self.spawn(&program, &arguments, folder)
    }

    fn spawn(self, program: &Path, arguments: &[String], folder: &Path) -> Result<Running, BadInput> {
        let failed = |error| BadInput::new(format!("cannot start {}: {error}", self.name()));
        let log =
            std::fs::File::options().append(true).create(true).open(folder.join("log")).map_err(failed)?;
        let mut command = inside(Side::Daemon);
        command.arg(program).args(arguments).stdin(Stdio::null());
        command.stderr(log.try_clone().map_err(failed)?).stdout(log);
        Ok(Running(command.spawn().map_err(failed)?))
    }
}

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, BadInput> {
    let path = folder.join(name);
    // OpenBGPD reads nothing that others could have written.
    let written = std::fs::write(&path, text)
        .and_then(|()| std::fs::set_permissions(&path, Permissions::from_mode(0o600)));
    written.map_err(|error| BadInput::new(format!("cannot write {}: {error}", path.display())))?;
    Ok(path)
}

/// A running speaker. Dropped, it is ended, and so are the processes that it has started.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // OpenBGPD's processes end with the first. What has ended by itself cannot be killed.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}
