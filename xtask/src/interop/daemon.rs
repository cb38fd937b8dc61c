//! One long-running program inside a namespace, with its log.

use super::netns::Node;
use crate::clock::wait_for;
use crate::failure::Failure;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

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
