//! The speaker's sockets: what an engine's actions are done with.

use super::connection::{ConnId, Connection};
use super::socket::{self, TcpOptions};
use super::wakeup::Wakeup;
use crate::engine::Action;
use crate::event::Event;
use bgp_rib::PeerId;
use bgp_session::Conn;
use std::collections::HashMap;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};

/// Every socket of the speaker, and who is to hear of events.
pub(super) struct Io {
    wakeups: mpsc::Sender<Wakeup>,
    on_event: Box<dyn FnMut(Event) + Send>,
    peers: Vec<PeerIo>,
    connections: HashMap<ConnId, (PeerId, Conn, Connection)>,
    /// Connections that are writing their last octets.
    closing: Vec<JoinHandle<()>>,
    /// Numbers dials and connections.
    count: u64,
}

/// What there is towards one peer.
struct PeerIo {
    remote: SocketAddr,
    options: TcpOptions,
    dial: Option<(u64, AbortHandle)>,
    dialed: Option<ConnId>,
    accepted: Option<ConnId>,
}

impl PeerIo {
    fn slot(&mut self, conn: Conn) -> &mut Option<ConnId> {
        match conn {
            Conn::Dialed => &mut self.dialed,
            Conn::Accepted => &mut self.accepted,
        }
    }
}

impl Io {
    pub(super) fn new(wakeups: mpsc::Sender<Wakeup>, on_event: Box<dyn FnMut(Event) + Send>) -> Self {
        let (peers, connections, closing) = (Vec::new(), HashMap::new(), Vec::new());
        Self { wakeups, on_event, peers, connections, closing, count: 0 }
    }

    /// Peers are numbered as the engine numbers them.
    pub(super) fn add_peer(&mut self, remote: SocketAddr, options: TcpOptions) {
        self.peers.push(PeerIo { remote, options, dial: None, dialed: None, accepted: None });
    }

    /// Another peer has that number from now on; the one before has no connection.
    pub(super) fn replace_peer(&mut self, peer: PeerId, remote: SocketAddr, options: TcpOptions) {
        if let Some(p) = self.peers.get_mut(peer.0 as usize) {
            (p.remote, p.options) = (remote, options);
        }
    }

    /// The peer that connects from there.
    pub(super) fn peer_at(&self, from: SocketAddr) -> Option<PeerId> {
        let mut peers = (0..).zip(&self.peers);
        peers.find(|(_, p)| p.options.is_at(p.remote, from)).map(|(n, _)| PeerId(n))
    }

    pub(super) fn options(&self, peer: PeerId) -> Option<&TcpOptions> {
        self.peers.get(peer.0 as usize).map(|p| &p.options)
    }

    /// The next dial of that peer has this password.
    pub(super) fn set_password(&mut self, peer: PeerId, password: Option<String>) {
        if let Some(p) = self.peers.get_mut(peer.0 as usize) {
            p.options.password = password;
        }
    }

    /// Does what the engine asks.
    pub(super) fn act(&mut self, action: Action<'_>) {
        match action {
            Action::Dial(peer) => self.dial(peer),
            Action::Close(peer, conn) => self.close(peer, conn),
            Action::Send(peer, conn, message) => {
                if let Some(connection) = self.connection(peer, conn) {
                    connection.pending().extend_from_slice(message);
                }
            }
            Action::Event(event) => (self.on_event)(event),
        }
    }

    /// Does what the engine asks, and has what is to be sent leave without waiting for its turn.
    pub(super) fn act_at_once(&mut self, action: Action<'_>) {
        let sent = match action {
            Action::Send(peer, conn, _) => Some((peer, conn)),
            _ => None,
        };
        self.act(action);
        let connection = sent.and_then(|(peer, conn)| self.connection(peer, conn));
        connection.into_iter().for_each(Connection::urge);
    }

    fn dial(&mut self, peer: PeerId) {
        self.count += 1;
        let number = self.count;
        let Some(p) = self.peers.get_mut(peer.0 as usize) else { return };
        let (remote, options, wakeups) = (p.remote, p.options.clone(), self.wakeups.clone());
        let dial = tokio::spawn(async move {
            let stream = socket::dial(remote, &options).await;
            let _gone = wakeups.send(Wakeup::Dialed(peer, number, stream)).await;
        });
        p.dial = Some((number, dial.abort_handle()));
    }

    /// Whether this is the dial that the session waits for; it waits no longer.
    pub(super) fn dial_ended(&mut self, peer: PeerId, number: u64) -> bool {
        let dial = self.peers.get_mut(peer.0 as usize).map(|p| &mut p.dial);
        dial.is_some_and(|dial| dial.take_if(|(n, _)| *n == number).is_some())
    }

    /// Takes a connection in.
    pub(super) fn open(&mut self, peer: PeerId, conn: Conn, stream: TcpStream) {
        self.count += 1;
        let id = ConnId(self.count);
        let Some(p) = self.peers.get_mut(peer.0 as usize) else { return };
        *p.slot(conn) = Some(id);
        let connection = Connection::start(stream, id, self.wakeups.clone());
        self.connections.insert(id, (peer, conn, connection));
    }

    fn close(&mut self, peer: PeerId, conn: Conn) {
        let Some(p) = self.peers.get_mut(peer.0 as usize) else { return };
        if let Some(id) = p.slot(conn).take() {
            if let Some((.., connection)) = self.connections.remove(&id) {
                self.closing.retain(|task| !task.is_finished());
                self.closing.push(connection.close());
            }
        } else if conn == Conn::Dialed
            && let Some((_, dial)) = p.dial.take()
        {
            dial.abort();
        }
    }

    /// Forgets a connection that is gone; whose it was.
    pub(super) fn closed(&mut self, id: ConnId) -> Option<(PeerId, Conn)> {
        let (peer, conn, _) = self.by_id(id)?;
        self.close(peer, conn);
        Some((peer, conn))
    }

    pub(super) fn connection(&mut self, peer: PeerId, conn: Conn) -> Option<&mut Connection> {
        let id = (*self.peers.get_mut(peer.0 as usize)?.slot(conn))?;
        self.connections.get_mut(&id).map(|(.., connection)| connection)
    }

    pub(super) fn by_id(&mut self, id: ConnId) -> Option<(PeerId, Conn, &mut Connection)> {
        self.connections.get_mut(&id).map(|(peer, conn, connection)| (*peer, *conn, connection))
    }

    /// Hands every pending octet to its writer.
    pub(super) fn flush(&mut self) {
        self.connections.values_mut().for_each(|(.., connection)| connection.flush());
    }

    /// Waits until what was closed has written its last octets.
    pub(super) async fn closed_all(&mut self) {
        for task in self.closing.drain(..) {
            let _panicked = task.await;
        }
    }
}
