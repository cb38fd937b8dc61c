//! How a drill speaks to a daemon: over its control socket, or within one process.

use super::document::Step;
use crate::control::Daemon;
use crate::control::document::{Answer, Request};
use crate::diagnostic::BadInput;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// A way to a daemon.
pub(crate) enum Way {
    /// The connection is the drill's hold on the daemon: what it has begun there ends with it.
    Socket(PathBuf, BufReader<UnixStream>),
    Here(Arc<Daemon>),
}

impl Way {
    /// Connects to the daemon at `path`.
    pub(crate) async fn to(path: &Path) -> Result<Self, BadInput> {
        let stream = UnixStream::connect(path).await.map_err(|error| gone(path, &error))?;
        Ok(Self::Socket(path.to_owned(), BufReader::new(stream)))
    }

    /// Takes a step there.
    pub(crate) async fn step<T: DeserializeOwned>(&mut self, step: Step) -> Result<T, BadInput> {
        let answer = match self {
            Self::Socket(path, stream) => asked(path, stream, &Request::Drill(step)).await?,
            Self::Here(daemon) => daemon.answer(Request::Drill(step)).await,
        };
        match answer {
            Answer::Ok(document) => serde_json::from_value(document).map_err(|e| other_version(&e)),
            Answer::Error(message) => Err(BadInput::new(message)),
        }
    }
}

async fn asked(
    path: &Path,
    stream: &mut BufReader<UnixStream>,
    request: &Request,
) -> Result<Answer, BadInput> {
    let mut line = serde_json::to_string(request).map_err(|e| BadInput::new(e.to_string()))?;
    line.push('\n');
    stream.write_all(line.as_bytes()).await.map_err(|error| gone(path, &error))?;
    line.clear();
    match stream.read_line(&mut line).await {
        Ok(0) => Err(gone(path, &std::io::ErrorKind::UnexpectedEof.into())),
        Ok(_) => serde_json::from_str(&line).map_err(|e| other_version(&e)),
        Err(error) => Err(gone(path, &error)),
    }
}

fn gone(path: &Path, error: &std::io::Error) -> BadInput {
    BadInput::new(format!("no answer from a daemon at {}: {error}", path.display()))
        .help("start one with `voicepeer run`, or name its socket with --control or --far-end")
}

fn other_version(error: &serde_json::Error) -> BadInput {
    BadInput::new(format!("the daemon's answer is not understood: {error}"))
        .help("is the daemon of the same version?")
}
