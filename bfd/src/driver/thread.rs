//! The loop of the BFD thread: wait, take what arrived, then look at the deadlines, then obey.
use super::clock::{self, Reading};
use super::deadlines::Deadlines;
use super::demux::{Demux, Source};
use super::endpoint::{Endpoint, EndpointId, Purpose};
use super::intake::Intake;
use super::link::{Link, Sight, Surroundings};
use super::links::{Links, Slot};
use super::outbox::Outbox;
use super::params::{Denied, Event};
use super::poller::Poller;
use super::privileges::{Privileges, granted};
use super::sbfd::Initiators;
use super::socket::{Datagram, Volley};
use super::stalls::Stalls;
use super::threads::Start;
use super::unsolicited::Listener;
use crate::random::Random;
use crate::{Counters, Discard, Input, Packet, SbfdReflector};
use rustix::fd::OwnedFd;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Something to do on the thread.
pub(super) type Command = Box<dyn FnOnce(&mut Worker) + Send>;

/// Sessions looked at before the clock and the sockets are read again: so many packets leave within a
/// fraction of a millisecond.
pub(super) const BURST: usize = 64;

/// So many packets that leave early are worth a wake-up of their own: half the time is early enough for more, because
/// every packet that leaves early is one sooner to be followed by the next.
const COMPANY: usize = 16;

/// Quiet packets wait so long for others, unless somebody needs them earlier.
const QUIET_TIME: Duration = Duration::from_millis(2);

/// Everything the thread owns.
pub(super) struct Worker {
    pub(super) endpoints: BTreeMap<EndpointId, Endpoint>,
    /// Those that take sessions of others' making.
    pub(super) listeners: BTreeMap<EndpointId, Listener>,
    pub(super) reflectors: BTreeMap<EndpointId, SbfdReflector>,
    pub(super) initiators: Initiators,
    pub(super) links: Links<Link>,
    pub(super) demux: Demux,
    pub(super) deadlines: Deadlines,
    pub(super) poller: Poller,
    pub(super) totals: Counters,
    pub(super) random: Random,
    /// The number of the next session or endpoint.
    pub(super) serial: Arc<AtomicU64>,
    /// Which of the driver's threads it is, and of how many.
    pub(super) thread: u16,
    pub(super) threads: u32,
    pub(super) on_event: Arc<dyn Fn(Event) + Send + Sync>,
    inbox: mpsc::Receiver<Command>,
    /// Empty only while it is being read.
    intake: Option<Box<Intake>>,
    reading: Reading,
    /// When all queues were last seen empty.
    empty_at: Instant,
    /// Sessions in Init.
    hurried: usize,
    early: Duration,
    pub(super) recorded: usize,
    /// The earliest detection time that will be over before the session sends again.
    expiring: Option<Instant>,
    /// When the thread last began a turn.
    pub(super) awake: Instant,
    pub(super) stalls: Stalls,
    /// What the socket of the session looked at has dropped, where that matters.
    pub(super) dropped: Option<u64>,
    pub(super) outbox: Outbox,
    /// Sessions that did not want to send early.
    waiting: Vec<Slot>,
    stopping: bool,
}

impl Worker {
    /// Made on the thread itself, for which it asks what it is configured to have; with what was denied.
    pub(super) fn new(
        start: &Start,
        inbox: mpsc::Receiver<Command>,
        wake: Arc<OwnedFd>,
    ) -> io::Result<(Self, Vec<Denied>)> {
        let Start { config, on_event, thread, serial } = start;
        let cpu = config.cpu.and_then(|cpu| cpu.checked_add(usize::from(*thread)));
        let mut denied = Privileges { realtime: config.realtime, cpu }.take();
        let volley = granted("one call for many packets", Volley::new(), &mut denied);
        let reading = Reading::take();
        let worker = Self {
            endpoints: BTreeMap::new(),
            listeners: BTreeMap::new(),
            reflectors: BTreeMap::new(),
            initiators: Initiators::default(),
            links: Links::default(),
            demux: Demux::default(),
            deadlines: Deadlines::default(),
            poller: Poller::new(wake, config.spin)?,
            totals: Counters::default(),
            random: Random::new(config.seed.wrapping_add(u64::from(*thread))),
            serial: Arc::clone(serial),
            thread: *thread,
            threads: config.threads.max(1).into(),
            on_event: Arc::clone(on_event),
            inbox,
            intake: Some(Box::new(Intake::new())),
            reading,
            empty_at: reading.instant,
            hurried: 0,
            early: config.early,
            recorded: config.recorded,
            expiring: None,
            awake: reading.instant,
            stalls: Stalls::default(),
            dropped: None,
            outbox: Outbox::new(volley),
            waiting: Vec::with_capacity(BURST),
            stopping: false,
        };
        Ok((worker, denied))
    }

    pub(super) fn run(mut self) {
        while !self.stopping {
            let woken = self.sleep();
            let until = self.drain_in_time(woken);
            self.fire(until);
            self.empty_outbox();
            self.fire_initiators(until);
            if woken {
                self.obey();
            }
        }
        self.say_goodbye();
    }

    /// Until the next deadline, or a packet; whether it was a packet, or a command.
    fn sleep(&mut self) -> bool {
        let deadline = self.due();
        self.expiring = self.expiring.filter(|at| *at > self.awake);
        let exact = self.expiring.is_some() && self.expiring == deadline;
        let woken = self.poller.sleep(deadline, exact, self.hurried > 0);
        if !woken && (!exact || self.is_still_due(deadline)) {
            self.poller.spin(deadline, exact);
        }
        woken
    }

    /// Takes what waits in the sockets before a detection time is over, so that little is left to take when it is; whether
    /// the peer is silent all the same.
    fn is_still_due(&mut self, deadline: Option<Instant>) -> bool {
        self.begin_turn(clock::now());
        self.drain();
        self.due() == deadline
    }

    /// The next deadline of all.
    fn due(&self) -> Option<Instant> {
        [self.deadlines.next(), self.initiators.next()].into_iter().flatten().min()
    }

    pub(super) fn stop(&mut self) {
        self.stopping = true;
    }

    /// Takes what arrived if something urgent did, or if the last time is a while ago. Until a detection
    /// time might be over, nothing is lost by letting quiet packets wait.
    fn drain_in_time(&mut self, woken: bool) -> Instant {
        let now = clock::now();
        self.begin_turn(now);
        let recent = now.saturating_duration_since(self.empty_at) < QUIET_TIME;
        if recent && !woken { now } else { self.drain() }
    }

    fn begin_turn(&mut self, now: Instant) {
        self.awake = now;
        self.note_stall(now);
    }

    /// Something may have been due for a while.
    fn note_stall(&mut self, now: Instant) {
        if let Some(due) = self.due() {
            self.stalls.note(due, now);
        }
    }

    /// Takes what arrived. Everything up to the instant returned was taken.
    pub(super) fn drain(&mut self) -> Instant {
        self.reading = self.reading.next();
        self.poller.look();
        let Some(mut intake) = self.intake.take() else { return self.reading.instant };
        let (mut until, mut index) = (self.reading.instant, 0);
        while let Some(id) = self.poller.ready(index) {
            until = self.drain_one(id, &mut intake).min(until);
            index += 1;
        }
        self.intake = Some(intake);
        self.empty_outbox();
        if until == self.reading.instant {
            self.empty_at = until;
        }
        until
    }

    /// Takes what arrived at one endpoint. If more is waiting than is taken at once, later deadlines have
    /// to wait too: the packet that is in time may still be in the queue.
    fn drain_one(&mut self, id: EndpointId, intake: &mut Intake) -> Instant {
        let mut last = self.reading.instant;
        intake.begin();
        while let Some(endpoint) = self.endpoints.get_mut(&id) {
            match intake.next(&endpoint.receiver) {
                Ok(Some(datagram)) => {
                    last = self.reading.arrival(datagram.ancillary.stamp, self.empty_at);
                    let source = endpoint.source(id, datagram.source);
                    match endpoint.purpose {
                        Purpose::Control => {
                            self.dropped = Some(endpoint.dropped_before(&datagram));
                            self.take(&datagram, source, last);
                        }
                        Purpose::Echo => self.send_back(id, &datagram, source),
                        Purpose::Tap => self.take_back(&datagram, last),
                        Purpose::Reflector => self.reflect(id, &datagram),
                        Purpose::Initiator => {
                            self.dropped = Some(endpoint.dropped_before(&datagram));
                            self.take_answer(id, &datagram, last);
                        }
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::debug!(%error, local = %endpoint.local, "BFD packets cannot be received");
                    break;
                }
            }
        }
        self.dropped = None;
        if intake.overrun() { last } else { self.reading.instant }
    }

    /// Gives a datagram to its session, or counts why not: for all, and for the session configured with
    /// the sender, if there is one.
    fn take(&mut self, datagram: &Datagram<'_>, source: Source, at: Instant) {
        let taken = match self.select(datagram, source) {
            Ok((slot, packet)) => {
                self.handle(slot, Input::Packet(packet), at);
                Ok(())
            }
            Err(Discard::NoSession) => self.begin(datagram, source, at),
            Err(reason) => Err(reason),
        };
        let Err(reason) = taken else {
            self.totals.received += 1;
            return;
        };
        self.totals.discard(reason);
        if let Some(slot) = self.demux.by_source(source) {
            self.handle(slot, Input::Discarded(reason), at);
        }
    }

    fn select<'a>(&self, datagram: &Datagram<'a>, source: Source) -> Result<(Slot, Packet<'a>), Discard> {
        let packet = Packet::parse(datagram.payload)?;
        let slot = self.demux.select(&packet.control, source)?;
        let link = self.links.at(slot).ok_or(Discard::NoSession)?;
        if link.path.is_bound() && link.source.endpoint != source.endpoint {
            return Err(Discard::OtherLink);
        }
        link.path.check_ttl(datagram.ancillary.ttl)?;
        Ok((slot, packet))
    }

    /// Hands `input` to a session and keeps its deadline; a cut line lets no packet through.
    pub(super) fn handle(&mut self, slot: Slot, input: Input<'_>, now: Instant) {
        let cut = matches!(input, Input::Packet(_) | Input::Discarded(_) | Input::Echo(_));
        if self.links.at(slot).is_some_and(|link| !(cut && link.silent)) {
            self.with(slot, |link, around| link.handle(input, now, around));
        }
    }

    /// Lets a session do something, and keeps its deadline.
    fn with<T>(&mut self, slot: Slot, act: impl FnOnce(&mut Link, &mut Surroundings<'_>) -> T) -> Option<T> {
        let link = self.links.at_mut(slot)?;
        let state = link.session.state();
        self.hurried -= usize::from(link.hurried());
        let sight = Sight { stalls: &self.stalls, came: self.stalls.came(self.awake), dropped: self.dropped };
        let done = act(link, &mut Surroundings { slot, outbox: &mut self.outbox, sight });
        self.hurried += usize::from(link.hurried());
        let changed = link.session.state() != state;
        self.arm(slot);
        self.relieve_outbox();
        // The caller was told, which may have taken its time.
        if changed {
            self.note_stall(clock::now());
        }
        Some(done)
    }

    /// Looks at the sessions whose entry has come, and then, being awake, at those whose packet may leave
    /// early. No detection time is declared over before every socket was drained once more.
    fn fire(&mut self, mut until: Instant) {
        let mut drained = false;
        for _ in 0..BURST {
            let Some(slot) = self.deadlines.pop(until) else { return self.fire_early(until) };
            if !drained && self.detection_due(slot, until) {
                until = self.drain().min(until);
                drained = true;
            }
            self.dropped = self.dropped_before_down(slot, until);
            let over = self.with(slot, |link, around| {
                if link.poll_timeout().is_some_and(|at| at <= until) {
                    link.timeout(until, around);
                }
                link.over_at().filter(|at| *at <= until).map(|_| link.id)
            });
            self.dropped = None;
            if let Some(session) = over.flatten() {
                let _it_is_there = self.remove(session);
            }
        }
    }

    /// Packets due soon leave with those that are due, so that the thread wakes for many at a time. As soon
    /// as a session that would not comes up, it has precedence: its detection time may be over.
    fn fire_early(&mut self, until: Instant) {
        let (mut next, mut company) = (None, 0);
        for _ in 0..BURST {
            if next.is_some_and(|at| at <= clock::now()) {
                break;
            }
            let within = if company < COMPANY { self.early } else { self.early / 2 };
            let Some(slot) = until.checked_add(within).and_then(|soon| self.deadlines.pop(soon)) else {
                break;
            };
            let Some(link) = self.links.at_mut(slot) else { continue };
            let sight = Sight { stalls: &self.stalls, came: self.awake, dropped: None };
            let mut around = Surroundings { slot, outbox: &mut self.outbox, sight };
            if link.early(within, &mut around) {
                company += 1;
                self.arm(slot);
                self.relieve_outbox();
            } else {
                next = next.or(link.poll_timeout());
                self.waiting.push(slot);
            }
        }
        while let Some(slot) = self.waiting.pop() {
            self.arm(slot);
        }
    }

    /// Keeps the deadline of a session. Where that is its detection time, which then comes before its next packet, the
    /// peer has been silent for most of it.
    fn arm(&mut self, slot: Slot) {
        let Some(link) = self.links.at(slot) else { return };
        let due = link.poll_timeout();
        self.deadlines.arm(slot, due);
        let detection = link.session.detection_deadline().filter(|at| due == Some(*at));
        self.expiring = [self.expiring, detection].into_iter().flatten().min();
    }

    /// Packets leave, and the caller is told, unless both may wait for more packets.
    fn relieve_outbox(&mut self) {
        if self.outbox.presses() {
            self.empty_outbox();
        }
    }

    /// Whatever waits to leave does, before the sockets are read, a session is forgotten or the thread sleeps.
    pub(super) fn empty_outbox(&mut self) {
        self.outbox.empty(&mut self.links, &*self.on_event);
    }

    /// What the session's socket has dropped, if the session is about to go Down.
    fn dropped_before_down(&mut self, slot: Slot, until: Instant) -> Option<u64> {
        let endpoint = self.links.at(slot).filter(|_| self.detection_due(slot, until))?.source.endpoint;
        Some(self.endpoints.get_mut(&endpoint)?.dropped_until_now())
    }

    fn detection_due(&self, slot: Slot, until: Instant) -> bool {
        self.links.at(slot).is_some_and(|link| link.detection_due(until))
    }

    fn obey(&mut self) {
        if !self.poller.commanded() {
            return;
        }
        while let Ok(command) = self.inbox.try_recv() {
            command(self);
            self.empty_outbox();
        }
    }

    fn say_goodbye(&mut self) {
        for slot in self.links.taken() {
            self.handle(slot, Input::AdminDown(true), clock::now());
        }
        self.empty_outbox();
    }
}
