//! The initiators' part of the thread. Each has a socket of its own, by which its answers find it.
use super::params::{InitiatorParams, InitiatorSnapshot};
use crate::driver::clock;
use crate::driver::deadlines::Deadlines;
use crate::driver::endpoint::{Endpoint, EndpointId};
use crate::driver::link::{Line, Sight};
use crate::driver::links::{Links, Slot};
use crate::driver::params::{Event, SessionId};
use crate::driver::sessions::{check_interval, invalid};
use crate::driver::socket::{Datagram, Receiver};
use crate::driver::thread::{BURST, Worker};
use crate::{Input, Output, Packet, Recorder, SbfdConfig, SbfdInitiator};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

/// The sessions that ask reflectors, apart from those that have a peer.
#[derive(Debug, Default)]
pub(in crate::driver) struct Initiators {
    links: Links<Initiator>,
    deadlines: Deadlines,
    by_endpoint: BTreeMap<EndpointId, Slot>,
}

#[derive(Debug)]
struct Initiator {
    id: SessionId,
    session: SbfdInitiator,
    recorder: Recorder,
    endpoint: EndpointId,
    local: SocketAddr,
    reflector: SocketAddr,
    since: Instant,
    line: Line,
}

impl Initiator {
    fn handle(&mut self, input: Input<'_>, now: Instant, sight: Sight<'_>, on_event: &dyn Fn(Event)) {
        let Self { id, session, recorder, reflector, since, line, .. } = self;
        let witness = sight.witness(recorder, line, now);
        recorder.handle(session, input, now, witness, &mut |output, cause| match output {
            Output::Transmit(packet) => line.send(*id, &packet),
            // A reflector returns none.
            Output::TransmitEcho(_) => {}
            Output::Changed(change) => {
                *since = now;
                on_event(Event::new(*id, *reflector, change, cause, now));
            }
        });
    }

    fn snapshot(&self) -> InitiatorSnapshot {
        let session = &self.session;
        InitiatorSnapshot {
            session: self.id,
            local: self.local,
            reflector: self.reflector,
            config: session.config(),
            state: session.state(),
            since: self.since,
            diag: session.diag(),
            transmit_interval: session.transmit_interval(),
            detection_time: session.detection_time(),
            remote: session.remote().copied(),
            counters: *session.counters(),
            send_failures: self.line.failures(),
        }
    }
}

impl Initiators {
    pub(in crate::driver) fn next(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    pub(in crate::driver) fn slot(&self, session: SessionId) -> Option<Slot> {
        self.links.slot(session)
    }

    pub(in crate::driver) fn recorder(&self, session: SessionId) -> Option<&Recorder> {
        Some(&self.links.at(self.links.slot(session)?)?.recorder)
    }

    /// Hands `input` to a session and keeps its deadline.
    fn handle(
        &mut self,
        slot: Slot,
        input: Input<'_>,
        now: Instant,
        sight: Sight<'_>,
        on_event: &dyn Fn(Event),
    ) {
        let Some(link) = self.links.at_mut(slot) else { return };
        link.handle(input, now, sight, on_event);
        self.deadlines.arm(slot, link.session.poll_timeout());
    }

    fn detection_due(&self, slot: Slot, until: Instant) -> bool {
        let deadline = self.links.at(slot).and_then(|link| link.session.detection_deadline());
        deadline.is_some_and(|at| at <= until)
    }

    fn insert(&mut self, link: Initiator) {
        let slot = self.links.vacant();
        self.deadlines.admit(slot);
        self.deadlines.arm(slot, link.session.poll_timeout());
        self.by_endpoint.insert(link.endpoint, slot);
        self.links.insert(link.id, link);
    }

    /// The endpoint of what was removed.
    fn remove(&mut self, session: SessionId) -> Option<EndpointId> {
        let slot = self.links.slot(session)?;
        let link = self.links.remove(session)?;
        self.deadlines.forget(slot);
        self.by_endpoint.remove(&link.endpoint);
        Some(link.endpoint)
    }
}

impl Worker {
    pub(in crate::driver) fn initiate(&mut self, params: &InitiatorParams) -> io::Result<SessionId> {
        check(params)?;
        let local = SocketAddr::new(params.local, 0);
        let (receiver, sender) = Receiver::initiator(local, params.interface.as_deref(), self.source_port())?;
        let endpoint = Endpoint::initiator(receiver, params.interface.clone())?;
        let local = endpoint.local;
        let config = SbfdConfig {
            discriminator: self.discriminator(),
            reflector: params.discriminator,
            desired_min_tx: params.desired_min_tx,
            detect_mult: params.detect_mult,
        };
        let now = clock::now();
        let session = SbfdInitiator::new(config, self.random.draw(), now);
        let line = Line::new(sender, params.local, params.reflector);
        let (endpoint, id) = (self.open(endpoint)?, self.session_id());
        let reflector = params.reflector;
        let recorder = Recorder::new(self.recorded, now);
        let link = Initiator { id, session, recorder, endpoint, local, reflector, since: now, line };
        self.initiators.insert(link);
        Ok(id)
    }

    /// Hands `input` to a session.
    pub(in crate::driver) fn handle_initiator(&mut self, slot: Slot, input: Input<'_>, now: Instant) {
        let sight = Sight { stalls: &self.stalls, came: self.stalls.came(self.awake), dropped: self.dropped };
        self.initiators.handle(slot, input, now, sight, &*self.on_event);
    }

    /// What the session's socket has dropped, where its detection time may be over.
    fn dropped_before_loss(&mut self, slot: Slot, until: Instant) -> Option<u64> {
        let link = self.initiators.links.at(slot).filter(|_| self.initiators.detection_due(slot, until))?;
        Some(self.endpoints.get_mut(&link.endpoint)?.dropped_until_now())
    }

    /// Whether it was one.
    pub(in crate::driver) fn remove_initiator(&mut self, session: SessionId) -> bool {
        let Some(slot) = self.initiators.slot(session) else { return false };
        self.handle_initiator(slot, Input::AdminDown(true), clock::now());
        let endpoint = self.initiators.remove(session);
        endpoint.map(|id| self.endpoints.remove(&id));
        true
    }

    pub(in crate::driver) fn initiator(&self, session: SessionId) -> Option<InitiatorSnapshot> {
        let slot = self.initiators.slot(session)?;
        self.initiators.links.at(slot).map(Initiator::snapshot)
    }

    pub(in crate::driver) fn initiators(&self) -> Vec<InitiatorSnapshot> {
        let mut all: Vec<_> = self.initiators.links.iter().map(Initiator::snapshot).collect();
        all.sort_unstable_by_key(|snapshot| snapshot.session);
        all
    }

    /// Gives a datagram to the session whose socket it came to.
    pub(in crate::driver) fn take_answer(&mut self, id: EndpointId, datagram: &Datagram<'_>, at: Instant) {
        let Some(slot) = self.initiators.by_endpoint.get(&id).copied() else { return };
        let input = match Packet::parse(datagram.payload) {
            Ok(packet) => Input::Packet(packet),
            Err(reason) => Input::Discarded(reason),
        };
        match input {
            Input::Discarded(reason) => self.totals.discard(reason),
            _ => self.totals.received += 1,
        }
        self.handle_initiator(slot, input, at);
    }

    /// Looks at the sessions whose entry has come. As with those that have a peer, no detection time is
    /// declared over before every socket was drained once more.
    pub(in crate::driver) fn fire_initiators(&mut self, mut until: Instant) {
        let mut drained = false;
        for _ in 0..BURST {
            let Some(slot) = self.initiators.deadlines.pop(until) else { return };
            if !drained && self.initiators.detection_due(slot, until) {
                until = self.drain().min(until);
                drained = true;
            }
            // What is sent leaves now, so unless a detection time might be over by now, now is the time.
            let now = clock::now();
            let waits = self.initiators.detection_due(slot, now);
            let at = if waits { until } else { now };
            self.dropped = self.dropped_before_loss(slot, at);
            self.handle_initiator(slot, Input::Timeout, at);
            self.dropped = None;
        }
    }
}

fn check(params: &InitiatorParams) -> io::Result<()> {
    let InitiatorParams { local, reflector, desired_min_tx, .. } = params;
    if local.is_ipv4() != reflector.is_ipv4() {
        return Err(invalid("the local address and the reflector's are not of one family"));
    }
    if reflector.ip().is_unspecified() || reflector.ip().is_multicast() || reflector.port() == 0 {
        return Err(invalid("the reflector needs a unicast address and a port"));
    }
    check_interval(*desired_min_tx, "the desired min tx interval is below 100 microseconds")
}
