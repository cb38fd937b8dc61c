//! The daemon's end of the control socket.

use super::answer::Daemon;
use super::document::{Answer, Request};
use crate::diagnostic::BadInput;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// The longest request, in octets.
const LONGEST: u64 = 64 * 1024;

/// A listening control socket; its file goes when it is dropped.
pub(crate) struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Listens at `path`, for the owner only. A file that a dead daemon left there is replaced.
    pub(crate) fn bind(path: &Path) -> Result<Self, BadInput> {
        let failed = |error: std::io::Error| {
            BadInput::new(format!("cannot listen on the control socket {}: {error}", path.display()))
                .help("choose another place with speaker.control or --control")
        };
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(BadInput::new(format!("a daemon is already answering at {}", path.display()))
                .help("stop it, or choose another place with speaker.control or --control"));
        }
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(path).map_err(failed)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Answers until it is dropped.
    pub(crate) async fn serve(&self, daemon: Arc<Daemon>) {
        loop {
            match self.listener.accept().await {
                Ok((client, _)) => {
                    let daemon = Arc::clone(&daemon);
                    tokio::spawn(async move {
                        if let Err(error) = converse(client, &daemon).await {
                            tracing::debug!(%error, "a control client went away");
                        }
                    });
                }
                Err(error) => tracing::warn!(%error, "cannot accept a control client"),
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // Somebody may have removed it before us.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn converse(client: UnixStream, daemon: &Daemon) -> std::io::Result<()> {
    let (read, mut write) = client.into_split();
    let mut lines = BufReader::new(read.take(LONGEST)).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match serde_json::from_str::<Request>(&line) {
            Ok(request) => daemon.answer(request).await,
            Err(error) => Answer::Error(format!("not a request: {error}")),
        };
        let mut text = serde_json::to_string(&answer)?;
        text.push('\n');
        write.write_all(text.as_bytes()).await?;
    }
    Ok(())
}
