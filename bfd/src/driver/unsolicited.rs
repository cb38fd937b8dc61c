//! Sessions that a peer begins (RFC 9468).
use super::Driver;
use super::demux::Source;
use super::endpoint::EndpointId;
use super::links::Slot;
use super::params::{SessionId, SessionParams};
use super::path::PathKind;
use super::sessions::{check_profile, invalid, unknown};
use super::socket::Datagram;
use super::thread::Worker;
use crate::{Discard, EchoConfig, Input, Packet, Role, Unsolicited};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// Which sessions of others' making are taken, and what they are like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsolicitedParams {
    /// What such a session has: where it listens, timers, keys. Of `peer` only the port counts; the
    /// role is always passive, the path a single hop, there is no echo function, and `admin_down` is not looked at.
    pub profile: SessionParams,
    /// From whom, and how many.
    pub policy: Unsolicited,
    /// For how long a session stays when it is Down; then it is removed as by
    /// [`Driver::remove`](crate::Driver::remove), which its last event, to `AdminDown`, tells.
    pub linger: Duration,
}

impl UnsolicitedParams {
    /// On the standard port of `local`, 300 ms and a detect mult of 3; a session that is Down is removed after a
    /// minute.
    pub fn new(local: IpAddr, policy: Unsolicited) -> Self {
        let any: IpAddr =
            if local.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let profile = SessionParams { role: Role::Passive, ..SessionParams::new(local, any) };
        Self { profile, policy, linger: Duration::from_mins(1) }
    }
}

impl Driver {
    /// Lets peers begin sessions that nobody added (RFC 9468), and returns the address bound for them. Each is
    /// named by its events, and [`snapshot`](Self::snapshot) describes it as any other. What was asked
    /// for the same address and interface before is replaced; sessions that are there stay.
    ///
    /// ```no_run
    /// # use bfd::{Driver, DriverConfig, Unsolicited, UnsolicitedParams};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let driver = Driver::start(DriverConfig::new(|event| eprintln!("{}: {}", event.peer, event.to)))?;
    /// let policy = Unsolicited { allowed: vec!["192.0.2.0/24".parse()?], limit: 100 };
    /// driver.accept_unsolicited(UnsolicitedParams::new("192.0.2.1".parse()?, policy))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` for parameters that cannot work, or what the system says of the sockets.
    pub fn accept_unsolicited(&self, params: UnsolicitedParams) -> io::Result<SocketAddr> {
        self.threads.ask_at(params.profile.local.ip(), move |worker| worker.accept_unsolicited(params))?
    }

    /// Lets no peer begin a session on this address and interface any more. Those that are there stay until
    /// they end.
    ///
    /// # Errors
    /// `NotFound` if peers may not begin any there.
    pub fn refuse_unsolicited(&self, local: SocketAddr, interface: Option<&str>) -> io::Result<()> {
        let interface = interface.map(str::to_owned);
        self.threads
            .ask_at(local.ip(), move |worker| worker.refuse_unsolicited(local, interface.as_deref()))?
    }
}

/// An endpoint that takes such sessions.
#[derive(Debug)]
pub(super) struct Listener {
    params: UnsolicitedParams,
    /// How many are there.
    pub(super) sessions: usize,
}

impl Worker {
    pub(super) fn accept_unsolicited(&mut self, params: UnsolicitedParams) -> io::Result<SocketAddr> {
        let profile = &params.profile;
        check_profile(profile)?;
        if profile.path != PathKind::SingleHop || profile.echo != EchoConfig::default() {
            return Err(invalid("unsolicited sessions go over one hop and have no echo function"));
        }
        let endpoint = self.listen(profile)?;
        let sessions = self.listeners.get(&endpoint).map_or(0, |listener| listener.sessions);
        self.listeners.insert(endpoint, Listener { params, sessions });
        Ok(self.endpoints.get(&endpoint).ok_or_else(unknown)?.local)
    }

    /// Those that are there stay until they end.
    pub(super) fn refuse_unsolicited(
        &mut self,
        local: SocketAddr,
        interface: Option<&str>,
    ) -> io::Result<()> {
        let same = |id: &EndpointId| {
            self.endpoints.get(id).is_some_and(|e| e.local == local && e.interface.as_deref() == interface)
        };
        let endpoint = self.listeners.keys().copied().find(same).ok_or_else(unknown)?;
        self.listeners.remove(&endpoint);
        self.release(endpoint);
        Ok(())
    }

    /// A packet that belongs to no session begins one, if it may. A session that does not take it, because it
    /// is not authenticated, is forgotten at once.
    pub(super) fn begin(
        &mut self,
        datagram: &Datagram<'_>,
        source: Source,
        at: Instant,
    ) -> Result<(), Discard> {
        let listener = self.listeners.get(&source.endpoint).ok_or(Discard::NoSession)?;
        let packet = Packet::parse(datagram.payload)?;
        PathKind::SingleHop.check_ttl(datagram.ancillary.ttl)?;
        listener.params.policy.admit(&packet.control, source.address, listener.sessions)?;
        let (slot, id) = self.add_unsolicited(datagram.source, source).map_err(|error| {
            tracing::warn!(%error, peer = %source.address, "an unsolicited BFD session cannot be added");
            Discard::SessionLimit
        })?;
        self.handle(slot, Input::Packet(packet), at);
        let session = self.links.at(slot).map(|link| &link.session).ok_or(Discard::NoSession)?;
        if session.remote().is_some() {
            return Ok(());
        }
        let reason = session.last_discard().unwrap_or(Discard::NoSession);
        let _it_is_there = self.forget(id);
        Err(reason)
    }

    fn add_unsolicited(&mut self, mut peer: SocketAddr, source: Source) -> io::Result<(Slot, SessionId)> {
        let UnsolicitedParams { profile, linger, .. } =
            &self.listeners.get(&source.endpoint).ok_or_else(unknown)?.params;
        peer.set_port(profile.peer.port());
        let (params, linger) = (SessionParams { peer, role: Role::Passive, ..profile.clone() }, *linger);
        let mut link = self.link(source, &params)?;
        link.linger = Some(linger);
        let slot = self.links.vacant();
        let id = self.admit(link);
        self.count_unsolicited(source.endpoint, |sessions| sessions.saturating_add(1));
        Ok((slot, id))
    }

    pub(super) fn count_unsolicited(&mut self, endpoint: EndpointId, count: impl FnOnce(usize) -> usize) {
        if let Some(listener) = self.listeners.get_mut(&endpoint) {
            listener.sessions = count(listener.sessions);
        }
    }
}
