//! One TCP connection: a task that reads, a task that writes, and what the speaker's task keeps of it.

use super::wakeup::Wakeup;
use bytes::{Bytes, BytesMut};
use socket2::SockRef;
use std::io;
use std::mem::{self, MaybeUninit};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
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
    reader: Arc<Reader>,
    /// Octets to be written when the writer is back.
    pending: Vec<u8>,
    /// An empty buffer, for its room.
    spare: Vec<u8>,
    /// How many buffers the writer has.
    writing: usize,
    writer: Option<mpsc::UnboundedSender<Vec<u8>>>,
    tasks: (AbortHandle, JoinHandle<()>),
}

/// What is read from, and how often it was without the speaker having looked at that yet.
struct Reader {
    socket: OwnedReadHalf,
    /// Locked while octets go from the socket to the speaker, so that they are always seen in one of both places.
    unread: Mutex<usize>,
}

impl Reader {
    /// Reads what there is; octets that come count as unread.
    fn try_read(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let got = self.socket.try_read_buf(buffer)?;
        *unread = unread.saturating_add(usize::from(got > 0));
        Ok(got)
    }

    /// The speaker looks at what was read once.
    fn looked_at(&self) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        *unread = unread.saturating_sub(1);
    }

    /// Whether octets have arrived that the speaker has not looked at, wherever they wait.
    fn has_unread(&self) -> bool {
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |socket: SockRef<'_>| socket.peek(&mut [MaybeUninit::uninit()]);
        *unread > 0 || waits(SockRef::from(self.socket.as_ref())).is_ok_and(|octets| octets > 0)
    }
}

impl Connection {
    /// Starts both tasks; they report to `wakeups` under `id`.
    pub(super) fn start(stream: TcpStream, id: ConnId, wakeups: mpsc::Sender<Wakeup>) -> Self {
        let (socket, write) = stream.into_split();
        let (writer, buffers) = mpsc::unbounded_channel();
        let reader = Arc::new(Reader { socket, unread: Mutex::new(0) });
        let reading = tokio::spawn(read_all(Arc::clone(&reader), id, wakeups.clone())).abort_handle();
        let writing = tokio::spawn(write_all(write, id, buffers, wakeups));
        Self {
            partial: BytesMut::new(),
            reader,
            pending: Vec::new(),
            spare: Vec::new(),
            writing: 0,
            writer: Some(writer),
            tasks: (reading, writing),
        }
    }

    /// Whether UPDATEs may be added: the socket keeps up.
    pub(super) fn has_room(&self) -> bool {
        self.writing == 0 && self.pending.len() < FULL
    }

    /// Whether octets have arrived that [`Connection::received`] was not given: the peer is not silent.
    pub(super) fn has_unread(&self) -> bool {
        self.reader.has_unread()
    }

    /// The buffer to add messages to.
    pub(super) fn pending(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Takes a buffer of the writer's back.
    pub(super) fn written(&mut self, buffer: Vec<u8>) {
        self.writing = self.writing.saturating_sub(1);
        if buffer.capacity() > self.spare.capacity() {
            self.spare = buffer;
        }
    }

    /// Hands what is pending to the writer, when it is there to take it.
    pub(super) fn flush(&mut self) {
        if self.writing == 0 {
            self.urge();
        }
    }

    /// Hands what is pending to the writer even while it writes: it goes on with it without asking.
    pub(super) fn urge(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        if let Some(writer) = &self.writer {
            let full = mem::replace(&mut self.pending, mem::take(&mut self.spare));
            self.writing = self.writing.saturating_add(1);
            // A writer that is gone has said so already.
            let _ = writer.send(full);
        }
    }

    /// What the reader got, behind what was kept.
    pub(super) fn received(&mut self, bytes: Bytes) -> Bytes {
        self.reader.looked_at();
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

async fn read_all(reader: Arc<Reader>, id: ConnId, wakeups: mpsc::Sender<Wakeup>) {
    let (mut buffer, ahead) = (BytesMut::new(), Arc::new(Semaphore::new(AHEAD)));
    let error = loop {
        // Waiting here is the flow control: the kernel's window closes behind it.
        let Ok(ahead) = Arc::clone(&ahead).acquire_owned().await else { return };
        match read_once(&reader, &mut buffer).await {
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

/// Reads what has come, or the next octets that come.
async fn read_once(reader: &Reader, buffer: &mut BytesMut) -> io::Result<usize> {
    loop {
        buffer.reserve(READ);
        match reader.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => reader.socket.readable().await?,
            done => return done,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A connection, the peer's end of it, and what wakes the speaker.
    async fn connection() -> (Connection, TcpStream, mpsc::Receiver<Wakeup>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (theirs, ours) = tokio::join!(TcpStream::connect(at), listener.accept());
        let (sender, wakeups) = mpsc::channel(16);
        (Connection::start(ours.unwrap().0, ConnId(1), sender), theirs.unwrap(), wakeups)
    }

    #[tokio::test]
    async fn octets_are_unread_until_the_speaker_looks_at_them() {
        let (mut connection, mut theirs, mut wakeups) = connection().await;
        assert!(!connection.has_unread());
        let mut read = Vec::new();
        for _ in 0..AHEAD {
            theirs.write_all(b"x").await.unwrap();
            read.push(wakeups.recv().await.unwrap());
            assert!(connection.has_unread());
        }
        // The reader is as far ahead as it may be: what comes now waits in the kernel.
        theirs.write_all(b"y").await.unwrap();
        let mut permits = Vec::new();
        for wakeup in read {
            let Wakeup::Received(_, bytes, permit) = wakeup else { panic!("octets") };
            assert!(connection.has_unread());
            assert_eq!(connection.received(bytes), b"x".as_slice());
            permits.push(permit);
        }
        assert!(connection.has_unread());
        drop(permits);
        let Some(Wakeup::Received(_, bytes, _)) = wakeups.recv().await else { panic!("octets") };
        assert!(connection.has_unread());
        assert_eq!(connection.received(bytes), b"y".as_slice());
        assert!(!connection.has_unread());
        drop(theirs);
        assert!(matches!(wakeups.recv().await, Some(Wakeup::Closed(_, None))));
        assert!(!connection.has_unread(), "an end is not octets");
    }

    #[tokio::test]
    async fn what_is_urgent_is_handed_over_while_the_writer_writes() {
        let (mut connection, _theirs, mut wakeups) = connection().await;
        connection.pending().extend_from_slice(b"first");
        connection.flush();
        assert!(!connection.has_room());
        connection.pending().extend_from_slice(b"second");
        connection.flush();
        assert_eq!(connection.pending(), b"second", "it waits for the writer");
        connection.urge();
        assert!(connection.pending().is_empty());
        for room in [false, true] {
            let Some(Wakeup::Written(_, buffer)) = wakeups.recv().await else { panic!("written") };
            connection.written(buffer);
            assert_eq!(connection.has_room(), room);
        }
    }
}
