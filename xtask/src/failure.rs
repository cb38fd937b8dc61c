//! Why a chore failed, in words for the person who reads the log.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// What went wrong, with what was seen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A program could not be started or its files not be handled.
    #[error("{what}: {source}")]
    Io {
        /// The program or path.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A program ended with an error.
    #[error("`{command}` ended with {status}\n{output}")]
    Command {
        /// The command line.
        command: String,
        /// Its exit status.
        status: std::process::ExitStatus,
        /// What it printed.
        output: String,
    },
    /// Something that was to happen did not happen in time.
    #[error("not within {within:?}: {what}; last seen: {last}")]
    Deadline {
        /// What was awaited.
        what: String,
        /// How long.
        within: Duration,
        /// Why the last look did not satisfy.
        last: Box<Failure>,
    },
    /// Something was seen that differs from what was declared.
    #[error("{what}: expected {expected}, found {found}")]
    Differs {
        /// What was compared.
        what: String,
        /// As declared.
        expected: String,
        /// As seen.
        found: String,
    },
    /// An answer could not be read.
    #[error("{what}: cannot read this answer: {answer}")]
    Answer {
        /// Who answered what.
        what: String,
        /// The answer.
        answer: String,
    },
    /// A step of a chore found something to object to.
    #[error("{0}")]
    Objection(String),
}

impl Failure {
    /// Names the path or program an [`io::Error`] belongs to.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// The file at `path` could not be handled.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        Self::io(path.into().display().to_string())
    }

    /// An answer nobody can make sense of.
    pub(crate) fn answer(what: impl Into<String>, answer: impl Into<String>) -> Self {
        Self::Answer { what: what.into(), answer: answer.into() }
    }
}

/// Equal, or a [`Failure::Differs`] that shows both.
pub(crate) fn expect_equal<T: PartialEq + std::fmt::Debug>(
    what: impl Into<String>,
    expected: &T,
    found: &T,
) -> Result<(), Failure> {
    if expected == found {
        return Ok(());
    }
    Err(Failure::Differs {
        what: what.into(),
        expected: format!("{expected:?}"),
        found: format!("{found:?}"),
    })
}
