//! The daemon's end of the control socket.

use super::answer::Daemon;
use super::document::{Answer, Request};
use crate::diagnostic::BadInput;
use crate::drill::document::Step;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::RwLock;

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
        remove_stale(path).map_err(failed)?;
        let listener = UnixListener::bind(path).map_err(failed)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Answers until it is dropped. A client that lingers does not keep the daemon from stopping.
    pub(crate) async fn serve(&self, daemon: &Arc<RwLock<Daemon>>) {
        loop {
            match self.listener.accept().await {
                Ok((client, _)) => {
                    let daemon = Arc::downgrade(daemon);
                    tokio::spawn(async move {
                        if let Err(error) = converse(client, &daemon).await {
                            tracing::debug!(%error, "a control client went away");
                        }
                    });
                }
                Err(error) => {
                    // Out of descriptors, mostly: some must be closed before the next can be accepted.
                    tracing::warn!(%error, "cannot accept a control client");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
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

/// Removes the socket that a daemon left behind; what is no socket is somebody's file, and stays.
fn remove_stale(path: &Path) -> std::io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(path),
        Ok(_) => Err(std::io::Error::other("there is a file that is no socket")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// A client's drill: what it has begun is undone when the client goes.
struct Hold(Option<Weak<RwLock<Daemon>>>);

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(daemon) = self.0.take().and_then(|daemon| daemon.upgrade()) else { return };
        tokio::spawn(async move {
            if let Err(error) = daemon.read().await.end_drill().await {
                tracing::debug!(%error, "a drill was not undone");
            }
        });
    }
}

async fn converse(client: UnixStream, daemon: &Weak<RwLock<Daemon>>) -> std::io::Result<()> {
    let (read, mut write) = client.into_split();
    let mut lines = BufReader::new(read.take(LONGEST)).lines();
    let mut hold = Hold(None);
    while let Some(line) = lines.next_line().await? {
        // The next request may be as long.
        lines.get_mut().get_mut().set_limit(LONGEST);
        let answer = match (serde_json::from_str::<Request>(&line), daemon.upgrade()) {
            (Ok(request), Some(upgraded)) => {
                let begins = matches!(request, Request::Drill(Step::Watch(_)));
                let goes_on = matches!(request, Request::Drill(_)) && !begins;
                let answer = if goes_on && hold.0.is_none() {
                    Answer::Error("this connection has begun no drill".to_owned())
                } else {
                    upgraded.read().await.answer(request).await
                };
                if begins && matches!(answer, Answer::Ok(_)) {
                    hold.0 = Some(Weak::clone(daemon));
                }
                answer
            }
            (Ok(_), None) => Answer::Error("the daemon is stopping".to_owned()),
            (Err(error), _) => Answer::Error(format!("not a request: {error}")),
        };
        let mut text = serde_json::to_string(&answer)?;
        text.push('\n');
        write.write_all(text.as_bytes()).await?;
    }
    Ok(())
}
