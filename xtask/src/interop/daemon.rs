//! One long-running program inside a namespace, with its log.

use super::netns::Node;
use crate::clock::wait_for;
use crate::command::stdout_of;
use crate::failure::Failure;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// What [`Daemon::raise`] gives: that of voicepeer's own BFD thread in `scenarios/bfd/soak.rs`.
pub(crate) const REAL_TIME: &str = "40";

/// Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts `program`; all it prints goes to `<name>.log` in the node's folder.
    pub(crate) fn start<I>(node: &Node, name: &str, program: &Path, arguments: I) -> Result<Self, Failure>
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        let log = node.folder().join(format!("{name}.log"));
        let file = File::create(&log).map_err(Failure::file(&log))?;
        let errors = file.try_clone().map_err(Failure::file(&log))?;
        let mut command = node.program(program);
        command.args(arguments).current_dir(node.folder());
        command.stdin(Stdio::null()).stdout(file).stderr(errors);
        let child = command.spawn().map_err(Failure::io(program.display().to_string()))?;
        Ok(Self { child, log })
    }

    /// All it has printed so far.
    pub(crate) fn log(&self) -> Result<String, Failure> {
        let bytes = std::fs::read(&self.log).map_err(Failure::file(&self.log))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) -> Result<(), Failure> {
        let pid = self.child.id().to_string();
        Command::new("kill").args([&format!("-{name}"), &pid]).status().map_err(Failure::io("kill")).map(drop)
    }

    /// Gives its threads real-time priority, so that nothing but its own work can make them late. With `but_main` the
    /// thread it began with is left as it is.
    pub(crate) fn raise(&self, but_main: bool) -> Result<(), Failure> {
        let pid = self.child.id().to_string();
        let tasks = PathBuf::from(format!("/proc/{pid}/task"));
        let entries = std::fs::read_dir(&tasks).map_err(Failure::file(&tasks))?;
        let threads = entries.flatten().map(|entry| entry.file_name()).filter(|id| !but_main || *id != *pid);
        for thread in threads {
            stdout_of(Command::new("chrt").args(["--fifo", "--pid", REAL_TIME]).arg(thread))?;
        }
        Ok(())
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(&mut self) -> Result<ExitStatus, Failure> {
        self.signal("TERM")?;
        let within = Duration::from_secs(10);
        let (status, _) = wait_for("the end after SIGTERM", within, || self.ended())?;
        Ok(status)
    }

    fn ended(&mut self) -> Result<ExitStatus, Failure> {
        let status = self.child.try_wait().map_err(Failure::io("wait"))?;
        status.ok_or_else(|| Failure::Objection("it is still running".into()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
