//! The loop of the BFD thread: wait, take what arrived, then look at the deadlines, then obey.
use super::clock::{self, Reading};
use super::deadlines::Deadlines;
use super::demux::{Demux, Source};
use super::endpoint::{Endpoint, EndpointId};
use super::link::Link;
use super::params::{DriverConfig, Event, SessionId};
use super::socket::{Buffer, Datagram, TTL};
use crate::random::Random;
use crate::{Counters, Discard, Input, Packet};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::num::NonZeroU64;
use std::sync::{Arc, mpsc};
use std::time::Instant;

/// Something to do on the thread.
pub(super) type Command = Box<dyn FnOnce(&mut Worker) + Send>;

/// Datagrams taken from one socket before the deadlines are looked at again.
const BATCH: usize = 1024;

/// Sessions looked at before the clock and the sockets are read again: so many packets leave within a
/// fraction of a millisecond.
const BURST: usize = 32;

/// Everything the thread owns.
pub(super) struct Worker {
    pub(super) endpoints: BTreeMap<EndpointId, Endpoint>,
    pub(super) links: HashMap<SessionId, Link>,
    pub(super) demux: Demux,
    pub(super) deadlines: Deadlines,
    pub(super) totals: Counters,
    pub(super) random: Random,
    /// The number of the next session or endpoint.
    pub(super) serial: u64,
    on_event: Box<dyn Fn(Event) + Send>,
    inbox: mpsc::Receiver<Command>,
    wake: Arc<OwnedFd>,
    ready: Vec<EndpointId>,
    buffer: Buffer,
    stopping: bool,
}

impl Worker {
    pub(super) fn new(config: DriverConfig, inbox: mpsc::Receiver<Command>, wake: Arc<OwnedFd>) -> Self {
        Self {
            endpoints: BTreeMap::new(),
            links: HashMap::new(),
            demux: Demux::default(),
            deadlines: Deadlines::default(),
            totals: Counters::default(),
            random: Random::new(config.seed),
            serial: 0,
            on_event: config.on_event,
            inbox,
            wake,
            ready: Vec::new(),
            buffer: Buffer::default(),
            stopping: false,
        }
    }

    pub(super) fn run(mut self) {
        if let Err(error) = rustix::thread::set_current_timer_slack(NonZeroU64::new(1)) {
            tracing::warn!(%error, "no fine timers: BFD packets leave up to 50 microseconds late");
        }
        while !self.stopping {
            self.wait();
            let until = self.drain_ready();
            self.fire(until);
            self.obey();
        }
        self.say_goodbye();
    }

    pub(super) fn stop(&mut self) {
        self.stopping = true;
    }

    /// Sleeps until a packet, a command or the next deadline. `ppoll` takes nanoseconds; the timeout of
    /// `epoll_wait` is in milliseconds.
    fn wait(&mut self) {
        let timeout = self.deadlines.next().map(|at| at.saturating_duration_since(clock::now()));
        let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
        let mut fds: Vec<PollFd<'_>> =
            self.endpoints.values().map(|e| PollFd::new(&e.receiver, PollFlags::IN)).collect();
        fds.push(PollFd::new(&*self.wake, PollFlags::IN));
        let woken = poll(&mut fds, timeout.as_ref()).is_ok_and(|n| n > 0);
        self.ready.clear();
        if woken {
            let ids = self.endpoints.keys().zip(&fds).filter(|(_, fd)| !fd.revents().is_empty());
            self.ready.extend(ids.map(|(id, _)| *id));
        }
    }

    /// Takes what arrived where `wait` saw something. Everything up to the instant returned was taken.
    fn drain_ready(&mut self) -> Instant {
        let ready = std::mem::take(&mut self.ready);
        let until = self.drain(&ready);
        self.ready = ready;
        until
    }

    fn drain(&mut self, endpoints: &[EndpointId]) -> Instant {
        let reading = Reading::take();
        endpoints.iter().map(|id| self.drain_one(*id, reading)).min().unwrap_or(reading.instant)
    }

    /// Takes what arrived at one endpoint. If more is waiting than is taken at once, later deadlines have
    /// to wait too: the packet that is in time may still be in the queue.
    fn drain_one(&mut self, id: EndpointId, reading: Reading) -> Instant {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut until = reading.instant;
        for taken in 1..=BATCH {
            let Some(endpoint) = self.endpoints.get_mut(&id) else { break };
            match endpoint.receiver.receive(&mut buffer) {
                Ok(Some(datagram)) => {
                    let at = reading.arrival(datagram.ancillary.stamp, endpoint.empty_at);
                    let source = endpoint.source(id, datagram.source);
                    self.take(&datagram, source, at);
                    until = if taken == BATCH { at } else { until };
                }
                Ok(None) => {
                    endpoint.empty_at = reading.instant;
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::debug!(%error, local = %endpoint.local, "BFD packets cannot be received");
                    break;
                }
            }
        }
        self.buffer = buffer;
        until
    }

    /// Gives a datagram to its session, or counts why not: for all, and for the session configured with
    /// the sender, if there is one.
    fn take(&mut self, datagram: &Datagram<'_>, source: Source, at: Instant) {
        match self.select(datagram, source) {
            Ok((session, packet)) => {
                self.totals.received += 1;
                self.handle(session, Input::Packet(packet), at);
            }
            Err(reason) => {
                self.totals.discard(reason);
                if let Some(session) = self.demux.by_source(source) {
                    self.handle(session, Input::Discarded(reason), at);
                }
            }
        }
    }

    fn select<'a>(
        &self,
        datagram: &Datagram<'a>,
        source: Source,
    ) -> Result<(SessionId, Packet<'a>), Discard> {
        if datagram.ancillary.ttl != Some(TTL) {
            return Err(Discard::Ttl);
        }
        let packet = Packet::parse(datagram.payload)?;
        Ok((self.demux.select(&packet.control, source)?, packet))
    }

    /// Hands `input` to a session and keeps its deadline; a cut line lets no packet through.
    pub(super) fn handle(&mut self, session: SessionId, input: Input<'_>, now: Instant) {
        let Some(link) = self.links.get_mut(&session) else { return };
        if link.silent && matches!(input, Input::Packet(_) | Input::Discarded(_)) {
            return;
        }
        link.handle(input, now, &self.on_event);
        self.deadlines.arm(session, link.session.poll_timeout());
    }

    /// Looks at the sessions whose entry has come. No detection time is declared over before every socket
    /// was drained once more.
    fn fire(&mut self, mut until: Instant) {
        let mut drained = false;
        for _ in 0..BURST {
            let Some(session) = self.deadlines.pop(until) else { break };
            if !drained && self.detection_due(session, until) {
                let every: Vec<EndpointId> = self.endpoints.keys().copied().collect();
                until = self.drain(&every).min(until);
                drained = true;
            }
            let Some(link) = self.links.get_mut(&session) else { continue };
            let due = link.session.poll_timeout();
            if due.is_some_and(|at| at <= until) {
                link.handle(Input::Timeout, until, &self.on_event);
            }
            self.deadlines.arm(session, link.session.poll_timeout());
        }
    }

    fn detection_due(&self, session: SessionId, until: Instant) -> bool {
        let deadline = self.links.get(&session).and_then(|link| link.session.detection_deadline());
        deadline.is_some_and(|at| at <= until)
    }

    fn obey(&mut self) {
        let mut count = [0; 8];
        if rustix::io::read(&*self.wake, &mut count).is_err() {
            return;
        }
        while let Ok(command) = self.inbox.try_recv() {
            command(self);
        }
    }

    fn say_goodbye(&mut self) {
        let sessions: Vec<SessionId> = self.links.keys().copied().collect();
        for session in sessions {
            self.handle(session, Input::AdminDown(true), clock::now());
        }
    }
}
