//! The speaker's task: one engine, all its sockets, and what wakes them.

use super::bfd::BfdIo;
use super::connection::{ConnId, Connection};
use super::dynamic::{DynamicPeers, Members};
use super::io::Io;
use super::recorded::Recorded;
use super::socket;
use super::wakeup::Wakeup;
use crate::config::PeerConfig;
use crate::trace::Step;
use bgp_rib::PeerId;
use bgp_session::Conn;
use bgp_wire::TooLong;
use bytes::{Buf, Bytes};
use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Wakeups that may wait; a reader that finds no room waits itself, and TCP holds the peer back.
pub(super) const WAITING: usize = 256;

/// How often KEEPALIVEs are looked for in the midst of work; a timer of theirs is a second at least.
const KEEPALIVE_LOOK: Duration = Duration::from_millis(50);

/// How many octets of messages are heard before KEEPALIVEs are looked for.
const HEARD: usize = 16 * 1024;

/// How many pieces of work are done for one connection before others have theirs.
const PULLS: usize = 4;

/// All that one speaker is.
pub(super) struct Task {
    pub(super) engine: Recorded,
    pub(super) bfd: BfdIo,
    /// Connections refused because no peer has their address.
    pub(super) refused: u64,
    pub(super) dynamic: Vec<Members>,
    pub(super) io: Io,
    /// Octets that were received, with more messages to be heard when there is no work left of those before.
    unheard: Option<(ConnId, Bytes)>,
    /// When KEEPALIVEs were last looked for.
    kept_alive: Instant,
    stopping: bool,
}

/// The clock. Everything below the shell is told the time.
#[expect(clippy::disallowed_methods, reason = "the shell is where time comes from")]
pub(super) fn now() -> Instant {
    Instant::now()
}

impl Task {
    pub(super) fn new(engine: Recorded, io: Io, bfd: BfdIo) -> Self {
        Self {
            engine,
            bfd,
            refused: 0,
            dynamic: Vec::new(),
            io,
            unheard: None,
            kept_alive: now(),
            stopping: false,
        }
    }

    /// Runs until [`Task::stop`].
    pub(super) async fn run(
        mut self,
        mut wakeups: mpsc::Receiver<Wakeup>,
        mut bfd_events: mpsc::UnboundedReceiver<bfd::Event>,
    ) {
        let mut more = false;
        while !self.stopping {
            // Timers that are due go before all else: the runtime's are as late as it is busy.
            let deadline = self.engine.poll_timeout();
            if self.is_free() && deadline.is_some_and(|at| at <= now()) {
                self.time_out();
                more = true;
            }
            if self.engine.has_work() {
                self.keep_alive();
                self.tell(&Step::Work);
            } else if let Some((id, bytes)) = self.unheard.take() {
                self.hear(id, bytes);
            } else {
                tokio::select! {
                    // A failed path goes before octets, which there is no end of.
                    biased;
                    Some(event) = bfd_events.recv() => self.bfd_event(&event),
                    Some(wakeup) = wakeups.recv() => self.woken(wakeup),
                    () = std::future::ready(()), if more => {}
                    () = until(deadline) => {}
                }
            }
            more = self.is_free() && self.pump();
            // Whoever shares a thread with this task, the writers among them, has a turn each time: with fewer turns more is
            // ready to be written, and waits.
            tokio::task::yield_now().await;
        }
        self.io.closed_all().await;
    }

    /// Whether nothing is left to do of what the engine was told.
    fn is_free(&self) -> bool {
        !self.engine.has_work() && self.unheard.is_none()
    }

    /// Takes the timers that are due: KEEPALIVEs first. A peer whose octets wait to be read is not silent.
    fn time_out(&mut self) {
        let now = now();
        self.engine.keep_alive(now, |a| self.io.act_at_once(a));
        let due: Vec<_> = self.engine.hold_due(now).collect();
        for (peer, conn) in due {
            if self.io.connection(peer, conn).is_some_and(|connection| connection.has_unread()) {
                self.tell_at(&Step::Unread(peer, conn), now);
            }
        }
        self.tell_at(&Step::Timeouts, now);
    }

    /// Ends every session, saying why.
    pub(super) fn stop(&mut self, text: &str) {
        self.tell(&Step::Stop(Cow::Borrowed(text)));
        while self.engine.has_work() {
            self.tell(&Step::Work);
        }
        self.stopping = true;
    }

    /// Adds a peer and starts its session.
    pub(super) fn add_peer(&mut self, config: PeerConfig) -> io::Result<PeerId> {
        let remote = SocketAddr::new(config.address, config.port);
        let bfd = config.bfd.clone();
        self.io.add_peer(remote, config.tcp.clone());
        let added = self.engine.tell(&Step::AddPeer(Cow::Owned(config)), now(), |a| self.io.act(a));
        let peer = added.ok().flatten().ok_or_else(|| io::Error::other("the peer was not added"))?;
        if let Some(bfd) = bfd {
            self.bfd.add(peer, bfd.session)?;
        }
        self.tell(&Step::Start(peer));
        Ok(peer)
    }

    /// Lets whoever connects from a prefix become a peer.
    pub(super) fn accept_dynamic(&mut self, peers: DynamicPeers) {
        self.dynamic.push(Members::new(peers));
    }

    /// Puts another peer in the place of one that has no connection.
    pub(super) fn replace_peer(&mut self, peer: PeerId, config: PeerConfig) {
        self.io.replace_peer(peer, SocketAddr::new(config.address, config.port), config.tcp.clone());
        self.tell(&Step::ReplacePeer(peer, Cow::Owned(config)));
        self.tell(&Step::Start(peer));
    }

    /// Tells the engine what happened and does what it asks.
    pub(super) fn tell(&mut self, step: &Step<'_>) {
        // Only a route can be too long, and whoever originates one asks.
        let _too_long = self.try_tell(step);
    }

    fn tell_at(&mut self, step: &Step<'_>, now: Instant) {
        // Nothing that happens by itself is too long.
        let _told = self.engine.tell(step, now, |a| self.io.act(a));
    }

    /// The same, where it may be a route that is too long.
    pub(super) fn try_tell(&mut self, step: &Step<'_>) -> Result<(), TooLong> {
        self.engine.tell(step, now(), |a| self.io.act(a)).map(|_| ())
    }

    fn woken(&mut self, wakeup: Wakeup) {
        match wakeup {
            Wakeup::Accepted(stream, from) => self.accepted(stream, from),
            Wakeup::Dialed(peer, number, stream) => self.dialed(peer, number, stream),
            Wakeup::Received(id, bytes, _ahead) => self.received(id, bytes),
            Wakeup::Written(id, buffer) => {
                if let Some((peer, conn, connection)) = self.io.by_id(id) {
                    connection.written(buffer);
                    self.tell(&Step::Written(peer, conn));
                }
            }
            Wakeup::Closed(id, error) => self.closed(id, error.as_ref()),
            Wakeup::Asked(question) => question(self),
        }
    }

    fn accepted(&mut self, stream: TcpStream, from: SocketAddr) {
        let Some(peer) = self.io.peer_at(from).or_else(|| self.admit(from)) else {
            self.refused += 1;
            tracing::warn!(%from, "connection refused: no peer has this address");
            return;
        };
        if self.engine.has_connection(peer, Conn::Accepted) {
            tracing::info!(%from, "connection refused: the peer has one already");
            return;
        }
        let options = self.io.options(peer).cloned().unwrap_or_default();
        match socket::accepted(&stream, from.ip(), &options) {
            Ok(()) => self.open(peer, Conn::Accepted, stream),
            Err(error) => tracing::warn!(%from, %error, "connection refused: its options cannot be set"),
        }
    }

    fn dialed(&mut self, peer: PeerId, number: u64, stream: io::Result<TcpStream>) {
        if !self.io.dial_ended(peer, number) {
            return;
        }
        match stream {
            Ok(stream) => self.open(peer, Conn::Dialed, stream),
            Err(error) => {
                tracing::debug!(peer = peer.0, %error, "dial failed");
                self.tell(&Step::ConnectFailed(peer));
            }
        }
    }

    fn open(&mut self, peer: PeerId, conn: Conn, stream: TcpStream) {
        let local = stream.local_addr().ok().map(|a| a.ip().to_canonical());
        self.io.open(peer, conn, stream);
        self.tell(&Step::Connected(peer, conn, local));
    }

    /// Gives every whole message to the session, and keeps the rest.
    fn received(&mut self, id: ConnId, bytes: Bytes) {
        let Some((.., connection)) = self.io.by_id(id) else { return };
        let bytes = connection.received(bytes);
        self.hear(id, bytes);
    }

    /// Likewise of octets that were received; a message that leads to much work is the last for now.
    fn hear(&mut self, id: ConnId, mut bytes: Bytes) {
        let Some((peer, conn, _)) = self.io.by_id(id) else { return };
        let (mut now, mut heard) = (now(), 0_usize);
        while let Some(len) = self.engine.hear(peer, conn, &bytes, now, |a| self.io.act(a)) {
            bytes.advance(len);
            if self.engine.has_work() {
                self.unheard = Some((id, bytes));
                return;
            }
            heard = heard.saturating_add(len);
            if heard >= HEARD {
                (now, heard) = (self.keep_alive(), 0);
            }
        }
        // The session may have closed it over what it read.
        if let Some((.., connection)) = self.io.by_id(id) {
            connection.keep(&bytes);
        }
    }

    fn closed(&mut self, id: ConnId, error: Option<&io::Error>) {
        if let Some((peer, conn)) = self.io.closed(id) {
            tracing::debug!(peer = peer.0, ?error, "connection gone");
            self.tell(&Step::Closed(peer, conn));
        }
    }

    fn bfd_event(&mut self, event: &bfd::Event) {
        let Some(peer) = self.bfd.peer(event.session) else { return self.bfd.tell_of_other(*event) };
        let (change, now) = (event.change(), now());
        let ago = now.saturating_duration_since(event.at);
        self.tell_at(&Step::Bfd(peer, change, ago), now);
    }

    /// Sends KEEPALIVEs that are due between two pieces of work, each of which is short. They are handed to the writers at
    /// once. Returns the time.
    fn keep_alive(&mut self) -> Instant {
        let now = now();
        if now.saturating_duration_since(self.kept_alive) >= KEEPALIVE_LOOK {
            self.kept_alive = now;
            self.engine.keep_alive(now, |a| self.io.act_at_once(a));
        }
        now
    }

    /// Has every socket that has room take UPDATEs, and sets the writers to work; whether there may be more.
    fn pump(&mut self) -> bool {
        let mut more = false;
        for peer in self.engine.peers() {
            let Some(conn) = self.engine.connection(peer) else { continue };
            more |= self.pull(peer, conn);
            if self.engine.has_work() {
                break;
            }
        }
        self.io.flush();
        self.engine.flush();
        more
    }

    /// Pulls some UPDATEs for a peer while its connection has room; whether there may be more for which it has.
    fn pull(&mut self, peer: PeerId, conn: Conn) -> bool {
        let (mut sent, mut more) = (0_u64, true);
        for _ in 0..PULLS {
            self.keep_alive();
            let connection = self.io.connection(peer, conn).filter(|connection| connection.has_room());
            let pulled = connection.and_then(|c| self.engine.poll_transmit(peer, c.pending()));
            let Some(messages) = pulled else {
                more = false;
                break;
            };
            sent = sent.saturating_add(messages);
        }
        if sent > 0 {
            self.tell(&Step::UpdatesSent(peer, sent));
            self.io.connection(peer, conn).into_iter().for_each(Connection::flush);
        }
        more
    }
}

/// Waits for a timer.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Accepts connections until nobody listens to them any more.
pub(super) async fn accept(listener: Arc<TcpListener>, wakeups: mpsc::Sender<Wakeup>) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                if wakeups.send(Wakeup::Accepted(stream, from)).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                // Out of descriptors, mostly: some must be closed before the next can be accepted.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
