//! The BFD sessions that guard the speaker's own.

use crate::config::BfdConfig;
use bfd::{Driver, DriverConfig, Event, SessionId, SessionParams, Snapshot};
use bgp_rib::PeerId;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use tokio::sync::mpsc;

/// The BFD thread, started when it is first needed, and whose its sessions are.
pub(super) struct BfdIo {
    events: mpsc::UnboundedSender<Event>,
    driver: Option<Driver>,
    peers: HashMap<SessionId, PeerId>,
}

impl BfdIo {
    /// Changes of state go to `events`.
    pub(super) fn new(events: mpsc::UnboundedSender<Event>) -> Self {
        Self { events, driver: None, peers: HashMap::new() }
    }

    fn driver(&mut self) -> io::Result<&Driver> {
        if self.driver.is_none() {
            let events = self.events.clone();
            // A speaker that has ended needs no more events.
            let config = DriverConfig::new(move |event| _ = events.send(event));
            self.driver = Some(Driver::start(config)?);
        }
        self.driver.as_ref().ok_or_else(|| io::Error::other("the BFD thread did not start"))
    }

    /// Binds where sessions are to receive, before they are added.
    pub(super) fn bind(&mut self, local: SocketAddr) -> io::Result<SocketAddr> {
        self.driver()?.bind(local)
    }

    /// Adds the session of a peer.
    pub(super) fn add(&mut self, peer: PeerId, config: &BfdConfig) -> io::Result<()> {
        let local = if config.local.ip().is_unspecified() {
            SocketAddr::new(source_towards(config.peer)?, config.local.port())
        } else {
            config.local
        };
        let params = SessionParams {
            local,
            peer: config.peer,
            timing: config.timing,
            ..SessionParams::new(local.ip(), config.peer.ip())
        };
        let session = self.driver()?.add(params)?;
        self.peers.insert(session, peer);
        Ok(())
    }

    /// Whose session it is.
    pub(super) fn peer(&self, session: SessionId) -> Option<PeerId> {
        self.peers.get(&session).copied()
    }

    /// Every session and whose it is.
    pub(super) fn snapshots(&self) -> Vec<(PeerId, Snapshot)> {
        let all = self.driver.as_ref().map(Driver::snapshots).unwrap_or_default();
        all.into_iter().filter_map(|s| Some((self.peer(s.session)?, s))).collect()
    }

    /// Cuts a peer's BFD without a word to it, or mends it.
    pub(super) fn silence(&self, peer: PeerId, silent: bool) -> io::Result<()> {
        let none = || io::Error::new(io::ErrorKind::NotFound, "this peer has no BFD session");
        let (session, _) = self.peers.iter().find(|(_, p)| **p == peer).ok_or_else(none)?;
        self.driver.as_ref().ok_or_else(none)?.silence(*session, silent)
    }
}

/// The address that packets to `peer` leave from.
fn source_towards(peer: SocketAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if peer.is_ipv4() {
        std::net::Ipv4Addr::UNSPECIFIED.into()
    } else {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(peer)?;
    Ok(socket.local_addr()?.ip())
}
