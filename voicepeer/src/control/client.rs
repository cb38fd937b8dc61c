//! Asking a daemon: one line of JSON there, one line back.

use super::document::{Answer, Request};
use crate::diagnostic::BadInput;
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// How long a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends `request` to the daemon at `path` and reads its document.
pub(crate) fn ask<T: DeserializeOwned>(path: &Path, request: &Request) -> Result<T, BadInput> {
    let failed = |error: std::io::Error| {
        BadInput::new(format!("no answer from a daemon at {}: {error}", path.display()))
            .help("start one with `voicepeer run`, or name its socket with --control")
    };
    let mut stream = UnixStream::connect(path).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let mut line = serde_json::to_string(request).map_err(|e| BadInput::new(e.to_string()))?;
    line.push('\n');
    stream.write_all(line.as_bytes()).map_err(failed)?;
    line.clear();
    BufReader::new(stream).read_line(&mut line).map_err(failed)?;
    let other_version = |e: serde_json::Error| {
        BadInput::new(format!("the answer of {} is not understood: {e}", path.display()))
            .help("is the daemon of the same version?")
    };
    match serde_json::from_str(&line).map_err(other_version)? {
        Answer::Ok(document) => serde_json::from_value(document).map_err(other_version),
        Answer::Error(message) => Err(BadInput::new(message)),
    }
}
