//! One TCP connection: a task that reads, a task that writes, and what the speaker's task keeps of it.

use super::wakeup::Wakeup;
use bytes::{Bytes, BytesMut};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{AbortHandle, JoinHandle};

/// Names a connection for as long as the speaker runs; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct ConnId(pub(super) u64);

/// Octets asked of the kernel at a time.
const READ: usize = 64 * 1024;
/// How often a connection is read before the speaker has to look at it: enough to have the next octets when it is done with
/// some. All others stay with TCP.
const AHEAD: usize = 4;
/// Octets that wait for the socket before no more UPDATEs are pulled.
const FULL: usize = 64 * 1024;
/// How long a closing connection may take to write its last octets, the NOTIFICATION among them.
const LINGER: Duration = Duration::from_secs(2);

/// The speaker's end of a connection.
pub(super) struct Connection {
    /// Octets received that do not make a whole message yet.
    partial: BytesMut,
    /// Octets to be written when the writer is back.
    pending: Vec<u8>,
    /// The buffer that the writer does not have; `None` while it writes.
    idle: Option<Vec<u8>>,
    writer: Option<mpsc::UnboundedSender<Vec<u8>>>,
    tasks: (AbortHandle, JoinHandle<()>),
}

impl Connection {
    /// Starts both tasks; they report to `wakeups` under `id`.
    pub(super) fn start(stream: TcpStream, id: ConnId, wakeups: mpsc::Sender<Wakeup>) -> Self {
        let (read, write) = stream.into_split();
        let (writer, buffers) = mpsc::unbounded_channel();
        let ahead = Arc::new(Semaphore::new(AHEAD));
        let reading = tokio::spawn(read_all(read, id, ahead, wakeups.clone())).abort_handle();
        let writing = tokio::spawn(write_all(write, id, buffers, wakeups));
        Self {
            partial: BytesMut::new(),
            pending: Vec::new(),
            idle: Some(Vec::new()),
            writer: Some(writer),
            tasks: (reading, writing),
        }
    }

    /// Whether UPDATEs may be added: the socket keeps up.
    pub(super) fn has_room(&self) -> bool {
        self.idle.is_some() && self.pending.len() < FULL
    }

    /// The buffer to add messages to.
    pub(super) fn pending(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Takes the writer's buffer back.
    pub(super) fn written(&mut self, buffer: Vec<u8>) {
        self.idle = Some(buffer);
    }

    /// Hands what is pending to the writer, when it is there to take it.
    pub(super) fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        if let (Some(buffer), Some(writer)) = (self.idle.take(), &self.writer) {
            let full = std::mem::replace(&mut self.pending, buffer);
            // A writer that is gone has said so already.
            let _ = writer.send(full);
        }
    }

    /// What the reader got, behind what was kept.
    pub(super) fn received(&mut self, bytes: Bytes) -> Bytes {
        if self.partial.is_empty() {
            return bytes;
        }
        self.partial.extend_from_slice(&bytes);
        self.partial.split().freeze()
    }

    /// Keeps octets that do not make a whole message yet.
    pub(super) fn keep(&mut self, rest: &[u8]) {
        self.partial.extend_from_slice(rest);
    }

    /// Writes what is pending, for a while at most, then closes; the task ends when that is done.
    pub(super) fn close(mut self) -> JoinHandle<()> {
        let (reading, writing) = self.tasks;
        reading.abort();
        if let Some(writer) = self.writer.take() {
            let _ = writer.send(self.pending);
        }
        tokio::spawn(async move {
            let abort = writing.abort_handle();
            if tokio::time::timeout(LINGER, writing).await.is_err() {
                abort.abort();
            }
        })
    }
}

async fn read_all(
    mut socket: OwnedReadHalf,
    id: ConnId,
    ahead: Arc<Semaphore>,
    wakeups: mpsc::Sender<Wakeup>,
) {
    let mut buffer = BytesMut::new();
    let error = loop {
        // Waiting here is the flow control: the kernel's window closes behind it.
        let Ok(ahead) = Arc::clone(&ahead).acquire_owned().await else { return };
        buffer.reserve(READ);
        match socket.read_buf(&mut buffer).await {
            Ok(0) => break None,
            Ok(_) => {
                let received = Wakeup::Received(id, buffer.split().freeze(), ahead);
                if wakeups.send(received).await.is_err() {
                    return;
                }
            }
            Err(error) => break Some(error),
        }
    };
    let _ = wakeups.send(Wakeup::Closed(id, error)).await;
}

async fn write_all(
    mut socket: OwnedWriteHalf,
    id: ConnId,
    mut buffers: mpsc::UnboundedReceiver<Vec<u8>>,
    wakeups: mpsc::Sender<Wakeup>,
) {
    while let Some(mut buffer) = buffers.recv().await {
        let done: io::Result<()> = socket.write_all(&buffer).await;
        buffer.clear();
        let wakeup = match done {
            Ok(()) => Wakeup::Written(id, buffer),
            Err(error) => Wakeup::Closed(id, Some(error)),
        };
        // A speaker that is gone does not keep the last octets, a NOTIFICATION, from leaving.
        let _ = wakeups.send(wakeup).await;
    }
    let _ = socket.shutdown().await;
}
