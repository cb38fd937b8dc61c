//! The speaker's task: one engine, all its sockets, and what wakes them.

use super::bfd::BfdIo;
use super::connection::ConnId;
use super::dynamic::{DynamicPeers, Members};
use super::io::Io;
use super::socket;
use super::wakeup::Wakeup;
use crate::config::PeerConfig;
use crate::engine::Engine;
use bgp_rib::PeerId;
use bgp_session::{Conn, Input};
use bgp_wire::frame;
use bytes::{Buf, Bytes};
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

/// All that one speaker is.
pub(super) struct Task {
    pub(super) engine: Engine,
    pub(super) bfd: BfdIo,
    /// Connections refused because no peer has their address.
    pub(super) refused: u64,
    pub(super) dynamic: Vec<Members>,
    io: Io,
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
    pub(super) fn new(engine: Engine, io: Io, bfd: BfdIo) -> Self {
        Self { engine, bfd, refused: 0, dynamic: Vec::new(), io, kept_alive: now(), stopping: false }
    }

    /// Runs until [`Task::stop`].
    pub(super) async fn run(
        mut self,
        mut wakeups: mpsc::Receiver<Wakeup>,
        mut bfd_events: mpsc::UnboundedReceiver<bfd::Event>,
    ) {
        while !self.stopping {
            let deadline = self.engine.poll_timeout().map(tokio::time::Instant::from_std);
            let timer = async move {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // A failed path and a timer go before octets, which there is no end of.
                biased;
                Some(event) = bfd_events.recv() => self.bfd_event(&event),
                () = timer => {
                    // After a stall, what arrived in time must not be taken for silence.
                    for _ in 0..wakeups.len() {
                        // What it leads to leaves between, or it would be too much work in one go.
                        wakeups.try_recv().into_iter().for_each(|wakeup| self.woken(wakeup));
                        self.pump();
                    }
                    self.engine.handle_timeouts(now(), &mut |a| self.io.act(a));
                }
                Some(wakeup) = wakeups.recv() => self.woken(wakeup),
            }
            self.pump();
        }
        self.io.closed_all().await;
    }

    /// Ends every session, saying why.
    pub(super) fn stop(&mut self, text: &str) {
        self.engine.stop(text, now(), &mut |a| self.io.act(a));
        self.stopping = true;
    }

    /// Adds a peer and starts its session.
    pub(super) fn add_peer(&mut self, config: PeerConfig) -> io::Result<PeerId> {
        let remote = SocketAddr::new(config.address, config.port);
        let bfd = config.bfd.clone();
        self.io.add_peer(remote, config.tcp.clone());
        let peer = self.engine.add_peer(config, now());
        if let Some(bfd) = bfd {
            self.bfd.add(peer, bfd.session)?;
        }
        self.tell(peer, Input::Start);
        Ok(peer)
    }

    /// Lets whoever connects from a prefix become a peer.
    pub(super) fn accept_dynamic(&mut self, peers: DynamicPeers) {
        self.dynamic.push(Members::new(peers));
    }

    /// Puts another peer in the place of one that has no connection.
    pub(super) fn replace_peer(&mut self, peer: PeerId, config: PeerConfig) {
        self.io.replace_peer(peer, SocketAddr::new(config.address, config.port), config.tcp.clone());
        self.change(|engine, now, mut out| engine.replace_peer(peer, config, now, &mut out));
        self.tell(peer, Input::Start);
    }

    /// Tells a peer's session what happened.
    pub(super) fn tell(&mut self, peer: PeerId, input: Input<'_>) {
        self.engine.handle(peer, input, now(), &mut |a| self.io.act(a));
    }

    /// Runs `change` on the engine and does what it asks.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Engine, Instant, &mut dyn FnMut(crate::Action<'_>)) -> T,
    ) -> T {
        change(&mut self.engine, now(), &mut |a| self.io.act(a))
    }

    fn woken(&mut self, wakeup: Wakeup) {
        match wakeup {
            Wakeup::Accepted(stream, from) => self.accepted(stream, from),
            Wakeup::Dialed(peer, number, stream) => self.dialed(peer, number, stream),
            Wakeup::Received(id, bytes, _ahead) => self.received(id, bytes),
            Wakeup::Written(id, buffer) => {
                if let Some((peer, conn, connection)) = self.io.by_id(id) {
                    connection.written(buffer);
                    self.tell(peer, Input::Written(conn));
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
                self.tell(peer, Input::ConnectFailed);
            }
        }
    }

    fn open(&mut self, peer: PeerId, conn: Conn, stream: TcpStream) {
        let local = stream.local_addr().map(|a| a.ip().to_canonical());
        self.io.open(peer, conn, stream);
        match local {
            Ok(local) => self.engine.connected(peer, conn, local, now(), &mut |a| self.io.act(a)),
            Err(_) => self.tell(peer, Input::Connected(conn)),
        }
    }

    /// Gives every whole message to the session, and keeps the rest.
    fn received(&mut self, id: ConnId, bytes: Bytes) {
        let Some((peer, conn, connection)) = self.io.by_id(id) else { return };
        let mut bytes = connection.received(bytes);
        let now = now();
        loop {
            let (input, len) = match frame(&bytes, self.engine.max_message(peer, conn)) {
                Ok(None) => break,
                Ok(Some(message)) => (Input::Message(conn, message), message.len),
                Err(reset) => (Input::Malformed(conn, reset), bytes.len()),
            };
            self.engine.handle(peer, input, now, &mut |a| self.io.act(a));
            bytes.advance(len);
        }
        // The session may have closed it over what it read.
        if let Some((.., connection)) = self.io.by_id(id) {
            connection.keep(&bytes);
        }
    }

    fn closed(&mut self, id: ConnId, error: Option<&io::Error>) {
        if let Some((peer, conn)) = self.io.closed(id) {
            tracing::debug!(peer = peer.0, ?error, "connection gone");
            self.tell(peer, Input::Closed(conn));
        }
    }

    fn bfd_event(&mut self, event: &bfd::Event) {
        let Some(peer) = self.bfd.peer(event.session) else { return self.bfd.tell_of_other(*event) };
        self.engine.bfd_changed(peer, event.change(), event.at, now(), &mut |a| self.io.act(a));
    }

    /// Sends KEEPALIVEs that are due between two pieces of work, each of which is short: what one reader got, or what
    /// one writer takes. They are handed to the writers at once.
    fn keep_alive(&mut self) {
        let now = now();
        if now.saturating_duration_since(self.kept_alive) >= KEEPALIVE_LOOK {
            self.kept_alive = now;
            self.engine.handle_keepalives(now, &mut |a| self.io.act(a));
            self.io.flush();
        }
    }

    /// Fills every socket that has room with UPDATEs, and sets the writers to work.
    fn pump(&mut self) {
        for peer in self.engine.peers() {
            self.keep_alive();
            let Some(conn) = self.engine.connection(peer) else { continue };
            let mut sent = 0;
            while let Some(connection) = self.io.connection(peer, conn)
                && connection.has_room()
            {
                match self.engine.poll_transmit(peer, connection.pending()) {
                    0 => break,
                    more => sent += more,
                }
            }
            if sent > 0 {
                self.engine.updates_sent(peer, sent, now(), &mut |a| self.io.act(a));
            }
        }
        self.io.flush();
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
