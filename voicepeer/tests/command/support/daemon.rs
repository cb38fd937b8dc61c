//! A running daemon.

use super::{Files, Said, eventually, run, voicepeer};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Child;

/// A daemon with a directory of its own. It is killed when it is dropped.
pub(crate) struct Daemon {
    child: Child,
    files: Files,
}

impl Daemon {
    /// Starts one whose configuration is `text`, and waits until it answers.
    pub(crate) fn start(text: &str) -> Self {
        Self::start_in(Files::new(), text)
    }

    /// The same among files that are already there.
    pub(crate) fn start_in(files: Files, text: &str) -> Self {
        Self::start_with(files, text, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(files: Files, text: &str, more: &[&str]) -> Self {
        let config = files.write("voicepeer.toml", text);
        Self::run(files, &[&["-c", config.to_str().unwrap()], more].concat())
    }

    /// One that stands in for the far end of the plan in `text`.
    pub(crate) fn start_far_end(text: &str, more: &[&str]) -> Self {
        let files = Files::new();
        let plan = files.write("plan.toml", text);
        let profile = ["--profile", "microsoft-edge", "-p", plan.to_str().unwrap()];
        Self::run(files, &[&profile, more].concat())
    }

    fn run(files: Files, arguments: &[&str]) -> Self {
        let log = File::create(files.path("log")).unwrap();
        let mut command = voicepeer();
        command.arg("run").args(arguments).arg("--control").arg(files.path("control"));
        let mut daemon = Self { child: command.stderr(log).spawn().unwrap(), files };
        eventually("the daemon starts", || {
            if let Some(status) = daemon.child.try_wait().unwrap() {
                panic!("ended with {status}:\n{}", daemon.log());
            }
            // Its last word before it serves.
            if daemon.log().contains("started") { Ok(()) } else { Err(daemon.log()) }
        });
        daemon
    }

    pub(crate) fn control(&self) -> PathBuf {
        self.files.path("control")
    }

    pub(crate) fn directory(&self) -> &Path {
        self.files.0.path()
    }

    /// All that it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.files.path("log")).unwrap_or_default()
    }

    /// Waits for a line of the log with all of `parts`.
    #[track_caller]
    pub(crate) fn logs(&self, parts: &[&str]) {
        eventually(&format!("a line with {parts:?}"), || {
            let log = self.log();
            let found = log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
            if found { Ok(()) } else { Err(log) }
        });
    }

    /// Runs a command of the client's against it.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Said {
        let control = self.control();
        let control = ["--control", control.to_str().unwrap()];
        run(arguments.iter().copied().chain(control))
    }

    /// What `show` prints as JSON.
    #[track_caller]
    pub(crate) fn show(&self, what: &str) -> Value {
        let said = self.ask(&["show", what, "--json"]);
        assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
        said.json()
    }

    /// Where it listens.
    pub(crate) fn listening(&self) -> SocketAddr {
        self.show("neighbors")["listening"][0].as_str().unwrap().parse().unwrap()
    }

    /// Its only neighbor, once `is` holds of it.
    #[track_caller]
    pub(crate) fn neighbor(&self, what: &str, mut is: impl FnMut(&Value) -> bool) -> Value {
        eventually(what, || {
            let neighbor = self.show("neighbors")["neighbors"][0].take();
            if is(&neighbor) { Ok(neighbor) } else { Err(format!("{neighbor}\n{}", self.log())) }
        })
    }

    /// Waits until its only session is Established.
    #[track_caller]
    pub(crate) fn established(&self) -> Value {
        self.neighbor("Established", |n| n["state"] == "Established")
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end; the exit status, `None` where a signal ended it.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> Option<i32> {
        eventually("the daemon ends", || match self.child.try_wait().unwrap() {
            Some(status) => Ok(status.code()),
            None => Err(self.log()),
        })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
