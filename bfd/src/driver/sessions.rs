//! What the handle asks of the thread: sessions added, changed, removed, described.
use super::clock;
use super::demux::Source;
use super::echo::EchoLine;
use super::endpoint::{Endpoint, EndpointId, Purpose};
use super::link::{Line, Link};
use super::links::Slot;
use super::params::{SessionId, SessionParams, Snapshot};
use super::socket::{SOURCE_PORTS, Sender};
use super::thread::Worker;
use crate::{Authentication, Config, Counters, Damping, Input, Recorder, Recording, Session, Timing};
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Faster than this, one session would keep the thread from all others.
const SHORTEST: Duration = Duration::from_micros(100);

impl Worker {
    pub(super) fn bind(&mut self, local: SocketAddr) -> io::Result<SocketAddr> {
        let endpoint = Endpoint::bind(local, None, true)?;
        let bound = endpoint.local;
        self.open(endpoint)?;
        Ok(bound)
    }

    pub(super) fn open(&mut self, endpoint: Endpoint) -> io::Result<EndpointId> {
        let id = EndpointId(self.serial());
        self.poller.watch(id, &endpoint.receiver)?;
        self.endpoints.insert(id, endpoint);
        Ok(id)
    }

    pub(super) fn add(&mut self, params: &SessionParams) -> io::Result<SessionId> {
        check(params)?;
        let endpoint = self.listen(params)?;
        let added = self.add_at(endpoint, params);
        if added.is_err() {
            self.release(endpoint);
        }
        let session = added?;
        if let Err(error) = self.set_echo(session, params.echo) {
            self.remove(session)?;
            return Err(error);
        }
        self.tell(session, Input::AdminDown(params.admin_down))?;
        Ok(session)
    }

    /// Where a session like this receives.
    pub(super) fn listen(&mut self, params: &SessionParams) -> io::Result<EndpointId> {
        let same = |e: &Endpoint| {
            e.purpose == Purpose::Control && e.local == params.local && e.interface == params.interface
        };
        match self.endpoint(same) {
            Some(id) => Ok(id),
            None => self.open(Endpoint::bind(params.local, params.interface.clone(), false)?),
        }
    }

    fn add_at(&mut self, endpoint: EndpointId, params: &SessionParams) -> io::Result<SessionId> {
        let source = self.endpoints.get(&endpoint).ok_or_else(unknown)?.source(endpoint, params.peer);
        if self.demux.by_source(source).is_some() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "a session with this peer is there already",
            ));
        }
        let link = self.link(source, params)?;
        Ok(self.admit(link))
    }

    pub(super) fn link(&mut self, source: Source, params: &SessionParams) -> io::Result<Link> {
        let sender = Sender::bind(params.local, params.interface.as_deref(), self.source_port())?;
        let source_port = sender.port()?;
        let mut line = Line::new(sender, params.local.ip(), params.peer);
        if let Some(padding) = params.padding {
            line.pad(padding)?;
        }
        let damping = params.damping.map(Damping::new).transpose();
        let damping = damping.map_err(|error| invalid(&error.to_string()))?.map(Box::new);
        let config = Config {
            role: params.role,
            control_plane_independent: params.control_plane_independent,
            demand: params.demand,
            ..Config::new(self.discriminator(), params.timing)
        };
        let now = clock::now();
        let mut session = Session::new(config, self.random.draw(), now);
        session.set_authentication(params.authentication.clone());
        Ok(Link {
            id: self.session_id(),
            session,
            recorder: Recorder::new(self.recorded, now),
            source,
            path: params.path,
            silent: false,
            peer: params.peer,
            source_port,
            since: now,
            line,
            echo: EchoLine::new(params),
            damping,
            linger: None,
        })
    }

    /// Lets a session begin.
    pub(super) fn admit(&mut self, link: Link) -> SessionId {
        let (id, slot) = (link.id, self.links.vacant());
        self.deadlines.admit(slot);
        self.deadlines.arm(slot, link.poll_timeout());
        self.demux.insert(link.session.discriminator(), link.source, slot);
        self.links.insert(id, link);
        id
    }

    pub(super) fn remove(&mut self, session: SessionId) -> io::Result<()> {
        if self.remove_initiator(session) {
            return Ok(());
        }
        self.tell(session, Input::AdminDown(true))?;
        self.forget(session)
    }

    /// Without a word to anybody.
    pub(super) fn forget(&mut self, session: SessionId) -> io::Result<()> {
        self.empty_outbox();
        let slot = self.slot(session)?;
        let link = self.links.remove(session).ok_or_else(unknown)?;
        let sources = [Some(link.source), link.echo.source];
        self.demux.remove(link.session.discriminator(), sources.into_iter().flatten());
        self.deadlines.forget(slot);
        if link.linger.is_some() {
            self.count_unsolicited(link.source.endpoint, |sessions| sessions.saturating_sub(1));
        }
        self.release(link.source.endpoint);
        Ok(())
    }

    pub(super) fn reconfigure(&mut self, session: SessionId, timing: Timing) -> io::Result<()> {
        check_timing(timing)?;
        self.tell(session, Input::Reconfigure(timing))
    }

    pub(super) fn change(&mut self, session: SessionId, params: SessionParams) -> io::Result<()> {
        self.reconfigure(session, params.timing)?;
        self.set_echo(session, params.echo)?;
        self.set_authentication(session, params.authentication)?;
        self.tell(session, Input::Demand(params.demand))?;
        self.tell(session, Input::AdminDown(params.admin_down))
    }

    /// Nothing is sent, so that no deadline moves.
    pub(super) fn set_authentication(
        &mut self,
        session: SessionId,
        keys: Option<Authentication>,
    ) -> io::Result<()> {
        let slot = self.slot(session)?;
        self.links.at_mut(slot).ok_or_else(unknown)?.session.set_authentication(keys);
        Ok(())
    }

    pub(super) fn silence(&mut self, session: SessionId, silent: bool) -> io::Result<()> {
        let slot = self.slot(session)?;
        self.links.at_mut(slot).ok_or_else(unknown)?.silent = silent;
        Ok(())
    }

    pub(super) fn snapshot(&self, session: SessionId) -> Option<Snapshot> {
        self.describe(self.links.at(self.links.slot(session)?)?)
    }

    fn describe(&self, link: &Link) -> Option<Snapshot> {
        let endpoint = self.endpoints.get(&link.source.endpoint)?;
        Some(link.snapshot(endpoint.local, endpoint.interface.clone()))
    }

    pub(super) fn snapshots(&self) -> Vec<Snapshot> {
        let mut all: Vec<Snapshot> = self.links.iter().filter_map(|link| self.describe(link)).collect();
        all.sort_unstable_by_key(|s| s.session);
        all
    }

    pub(super) fn recording(&self, session: SessionId) -> Option<Recording> {
        let recorder = match self.initiators.recorder(session) {
            Some(recorder) => recorder,
            None => &self.links.at(self.links.slot(session)?)?.recorder,
        };
        Some(recorder.recording())
    }

    pub(super) fn totals(&self) -> Counters {
        self.totals
    }

    pub(super) fn tell(&mut self, session: SessionId, input: Input<'_>) -> io::Result<()> {
        let now = clock::now();
        match self.initiators.slot(session) {
            Some(slot) => self.handle_initiator(slot, input, now),
            None => self.handle(self.slot(session)?, input, now),
        }
        Ok(())
    }

    pub(super) fn slot(&self, session: SessionId) -> io::Result<Slot> {
        self.links.slot(session).ok_or_else(unknown)
    }

    pub(super) fn endpoint(&self, wanted: impl Fn(&Endpoint) -> bool) -> Option<EndpointId> {
        self.endpoints.iter().find(|(_, e)| wanted(e)).map(|(id, _)| *id)
    }

    /// Closes an endpoint that nobody needs any more.
    pub(super) fn release(&mut self, endpoint: EndpointId) {
        let listens = self.listeners.contains_key(&endpoint);
        let used = listens || self.links.iter().any(|link| link.source.endpoint == endpoint);
        let pinned = self.endpoints.get(&endpoint).is_some_and(|e| e.pinned);
        if !used && !pinned {
            self.endpoints.remove(&endpoint);
        }
    }

    pub(super) fn session_id(&self) -> SessionId {
        SessionId { serial: self.serial(), thread: self.thread }
    }

    pub(super) fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// A name that no other session of the driver has: of as many names as there are threads, each thread has one.
    pub(super) fn discriminator(&mut self) -> NonZeroU32 {
        loop {
            // The upper half of the draw is as good as any.
            let candidate = u32::try_from(self.random.draw() >> 32).ok().and_then(NonZeroU32::new);
            let ours = |name: &NonZeroU32| name.get() % self.threads == u32::from(self.thread);
            if let Some(name) = candidate.filter(|name| ours(name) && self.demux.named(*name).is_none()) {
                return name;
            }
        }
    }

    /// Where to begin looking for a free source port.
    pub(super) fn source_port(&mut self) -> u16 {
        let (start, end) = (u64::from(*SOURCE_PORTS.start()), u64::from(*SOURCE_PORTS.end()));
        u16::try_from(start + self.random.draw() % (end - start + 1)).unwrap_or(*SOURCE_PORTS.start())
    }
}

fn check(params: &SessionParams) -> io::Result<()> {
    if params.peer.ip().is_unspecified() || params.peer.ip().is_multicast() {
        return Err(invalid("the peer needs a unicast address"));
    }
    check_profile(params)
}

/// Everything but the peer's address.
pub(super) fn check_profile(params: &SessionParams) -> io::Result<()> {
    if params.local.is_ipv4() != params.peer.is_ipv4() {
        return Err(invalid("the local address and the peer's are not of one family"));
    }
    if params.peer.port() == 0 {
        return Err(invalid("the peer needs a port"));
    }
    if params.path.is_bound() && params.interface.is_none() {
        return Err(invalid("the session of a LAG member needs the member as its interface"));
    }
    check_timing(params.timing)
}

fn check_timing(timing: Timing) -> io::Result<()> {
    check_interval(timing.desired_min_tx, "the desired min tx interval is below 100 microseconds")?;
    if timing.required_min_rx.is_zero() {
        return Ok(());
    }
    check_interval(timing.required_min_rx, "the required min rx interval is below 100 microseconds")
}

pub(super) fn check_interval(interval: Duration, complaint: &str) -> io::Result<()> {
    if interval < SHORTEST { Err(invalid(complaint)) } else { Ok(()) }
}

pub(super) fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

pub(super) fn unknown() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such session")
}
