//! Running the binary and reading what it says.

mod daemon;
mod net;
mod pair;
mod peer;
mod rtr;

pub(crate) use daemon::Daemon;
pub(crate) use net::Net;
pub(crate) use pair::Pair;
pub(crate) use peer::RawPeer;
pub(crate) use rtr::{Roa, RtrCache};

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// How long anything may take that is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The binary, plain text whatever the environment says.
pub(crate) fn voicepeer() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voicepeer"));
    command.env_remove("RUST_LOG").env("NO_COLOR", "1");
    command
}

/// What one run said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    /// Standard error, with the frame of a message and its line breaks taken away.
    pub(crate) err: String,
}

impl Said {
    /// Standard output as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Fails unless the input was refused with a message that holds all of `parts`.
    #[track_caller]
    pub(crate) fn refused_with(&self, parts: &[&str], why: &str) {
        assert_eq!(self.status, Some(2), "{why}\n{self:?}");
        assert_eq!(self.out, "", "{why}");
        for part in parts {
            assert!(self.err.contains(part), "{why}\nlacks {part:?}:\n{}", self.err);
        }
    }
}

/// Runs the binary to its end.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Said {
    let Output { status, stdout, stderr } = voicepeer().args(arguments).output().unwrap();
    let err = String::from_utf8(stderr).unwrap();
    let words = err.split_whitespace().filter(|word| !matches!(*word, "│" | "×"));
    Said {
        status: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: words.collect::<Vec<_>>().join(" "),
    }
}

/// A directory of one test's files.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// An example of the project's `lab` folder.
pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab").join(name)
}

/// `text` with `old`, which must stand in it, replaced once.
#[track_caller]
pub(crate) fn changed(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} is not there to be changed");
    text.replacen(old, new, 1)
}

/// Looks until there is something to see. Every look runs a process or reads a socket, which paces it.
#[expect(clippy::disallowed_methods, reason = "tests of processes wait on the real clock")]
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(seen) => return seen,
            Err(instead) if Instant::now() > deadline => panic!("{what}: not in time; instead: {instead}"),
            Err(_) => std::thread::yield_now(),
        }
    }
}
