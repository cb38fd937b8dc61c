//! The BFD sessions that guard the speaker's own.

use crate::config::BfdThread;
use bfd::{
    Driver, Event, InitiatorParams, InitiatorSnapshot, Recording, Reflected, SessionId, SessionParams,
    Snapshot, UnsolicitedParams,
};
use bgp_rib::PeerId;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::num::NonZeroU32;
use tokio::sync::mpsc;

/// The BFD thread, started when it is first needed, and whose its sessions are.
pub(super) struct BfdIo {
    thread: BfdThread,
    events: mpsc::UnboundedSender<Event>,
    driver: Option<Driver>,
    peers: HashMap<SessionId, PeerId>,
    /// Who is told of the sessions that guard no peer.
    others: Option<mpsc::UnboundedSender<Event>>,
}

impl BfdIo {
    /// Changes of state go to `events`.
    pub(super) fn new(thread: BfdThread, events: mpsc::UnboundedSender<Event>) -> Self {
        Self { thread, events, driver: None, peers: HashMap::new(), others: None }
    }

    fn driver(&mut self) -> io::Result<&Driver> {
        if self.driver.is_none() {
            let events = self.events.clone();
            // A speaker that has ended needs no more events.
            let config = self.thread.driver(move |event| _ = events.send(event));
            self.driver = Some(Driver::start(config)?);
        }
        self.driver.as_ref().ok_or_else(|| io::Error::other("the BFD thread did not start"))
    }

    /// Binds where sessions are to receive, before they are added.
    pub(super) fn bind(&mut self, local: SocketAddr) -> io::Result<SocketAddr> {
        self.driver()?.bind(local)
    }

    /// Adds the session of a peer.
    pub(super) fn add(&mut self, peer: PeerId, params: SessionParams) -> io::Result<()> {
        let session = self.add_other(params)?;
        self.peers.insert(session, peer);
        Ok(())
    }

    /// Adds a session that guards no peer.
    pub(super) fn add_other(&mut self, mut params: SessionParams) -> io::Result<SessionId> {
        if params.local.ip().is_unspecified() {
            params.local.set_ip(source_towards(params.peer)?);
        }
        self.driver()?.add(params)
    }

    /// Lets others begin sessions.
    pub(super) fn accept_unsolicited(&mut self, params: UnsolicitedParams) -> io::Result<SocketAddr> {
        self.driver()?.accept_unsolicited(params)
    }

    /// Answers the initiators of seamless BFD.
    pub(super) fn reflect(
        &mut self,
        local: SocketAddr,
        interface: Option<&str>,
        rate: u32,
        pool: &[(NonZeroU32, Reflected)],
    ) -> io::Result<SocketAddr> {
        let driver = self.driver()?;
        let bound = driver.open_reflector(local, interface, rate)?;
        for (discriminator, reflected) in pool {
            driver.set_reflected(bound, *discriminator, Some(*reflected))?;
        }
        Ok(bound)
    }

    /// Adds a session of seamless BFD.
    pub(super) fn initiate(&mut self, params: InitiatorParams) -> io::Result<SessionId> {
        self.driver()?.initiate(params)
    }

    /// Every session of seamless BFD.
    pub(super) fn initiators(&self) -> Vec<InitiatorSnapshot> {
        self.driver.as_ref().map(Driver::initiators).unwrap_or_default()
    }

    /// What happens to the sessions that guard no peer, from now on and for one who asks.
    pub(super) fn others(&mut self) -> mpsc::UnboundedReceiver<Event> {
        let (sender, events) = mpsc::unbounded_channel();
        self.others = Some(sender);
        events
    }

    /// Tells of a session that guards no peer.
    pub(super) fn tell_of_other(&self, event: Event) {
        if let Some(others) = &self.others {
            // Who asked and has gone needs no more events.
            let _gone = others.send(event);
        }
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

    /// What the flight recorder of a session has; `None` without such a session.
    pub(super) fn recording(&self, session: SessionId) -> Option<Recording> {
        self.driver.as_ref()?.recording(session)
    }

    /// Every session that guards no peer.
    pub(super) fn other_snapshots(&self) -> Vec<Snapshot> {
        let mut all = self.driver.as_ref().map(Driver::snapshots).unwrap_or_default();
        all.retain(|snapshot| self.peer(snapshot.session).is_none());
        all
    }

    /// Changes what may change of a peer's session while it runs.
    pub(super) fn change(&self, peer: PeerId, params: SessionParams) -> io::Result<()> {
        let (driver, session) = self.session(peer)?;
        driver.change(session, params)
    }

    /// Cuts a peer's BFD without a word to it, or mends it.
    pub(super) fn silence(&self, peer: PeerId, silent: bool) -> io::Result<()> {
        let (driver, session) = self.session(peer)?;
        driver.silence(session, silent)
    }

    fn session(&self, peer: PeerId) -> io::Result<(&Driver, SessionId)> {
        let session = self.peers.iter().find(|(_, p)| **p == peer).map(|(session, _)| *session);
        let none = || io::Error::new(io::ErrorKind::NotFound, "this peer has no BFD session");
        self.driver.as_ref().zip(session).ok_or_else(none)
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
