//! A session with its sending socket.
use super::clock;
use super::demux::Source;
use super::echo::EchoLine;
use super::links::Slot;
use super::outbox::Outbox;
use super::params::{Event, SessionId, Snapshot};
use super::path::PathKind;
use super::socket::Sender;
use super::stalls::Stalls;
use crate::{Damping, Input, Outgoing, Output, PaddedPduSize, Recorder, Session, State, Witness};
use socket2::SockAddr;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// One session of the driver.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: SessionId,
    pub(super) session: Session,
    pub(super) recorder: Recorder,
    pub(super) source: Source,
    pub(super) path: PathKind,
    pub(super) silent: bool,
    pub(super) peer: SocketAddr,
    pub(super) source_port: u16,
    pub(super) since: Instant,
    pub(super) line: Line,
    pub(super) echo: EchoLine,
    /// Behind a pointer: a session without it does not carry it about.
    pub(super) damping: Option<Box<Damping>>,
    /// For how long the session stays while Down, if nobody here asked for it.
    pub(super) linger: Option<Duration>,
}

/// The way out.
#[derive(Debug)]
pub(super) struct Line {
    sender: Sender,
    to: SockAddr,
    way: Way,
    /// Where packets are written, and how large they are made.
    room: Box<[u8]>,
    padding: Option<PaddedPduSize>,
    payload: usize,
    failures: u64,
    /// How many packets in a row, up to the last, were refused: only the first of them is logged.
    refused: u64,
}

/// What a session needs of the thread.
pub(super) struct Surroundings<'a> {
    /// Where the session is kept.
    pub(super) slot: Slot,
    pub(super) outbox: &'a mut Outbox,
    pub(super) sight: Sight<'a>,
}

/// What the thread knows of itself and of the session's socket.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) stalls: &'a Stalls,
    /// When the thread came to what it is about to hand over.
    pub(super) came: Instant,
    /// What the session's socket had dropped by then, where that was looked at.
    pub(super) dropped: Option<u64>,
}

impl Sight<'_> {
    /// What `recorder` is told of an input that happened `now`.
    pub(super) fn witness(&self, recorder: &Recorder, line: &Line, now: Instant) -> Witness {
        let last = self.stalls.end().and_then(|_| recorder.last_received());
        Witness {
            handled: self.came.max(now),
            stall: last.map_or(Duration::ZERO, |at| self.stalls.since(at)),
            dropped: self.dropped,
            refused: line.refused,
        }
    }
}

/// Whether the socket knows its destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Connected,
    /// There was no route yet.
    Wanted,
    /// The local address is left to the system, and a connected socket would keep its first choice.
    Open,
}

impl Line {
    pub(super) fn new(sender: Sender, local: IpAddr, peer: SocketAddr) -> Self {
        let way = if local.is_unspecified() { Way::Open } else { Way::Wanted };
        let room = [0; Outgoing::LONGEST].into();
        Self { sender, to: peer.into(), way, room, padding: None, payload: 0, failures: 0, refused: 0 }
    }

    /// Packets are made as large as `padding` says, and none is fragmented here or on the way.
    pub(super) fn pad(&mut self, padding: PaddedPduSize) -> io::Result<()> {
        let ipv4 = self.to.is_ipv4();
        self.sender.forbid_fragments(ipv4)?;
        self.payload = padding.payload(ipv4);
        self.room = vec![0; self.payload.max(Outgoing::LONGEST)].into();
        self.padding = Some(padding);
        Ok(())
    }

    fn transmit(&mut self, packet: &Outgoing) -> io::Result<()> {
        let octets = packet.encode_padded(self.payload, &mut self.room);
        match self.way {
            Way::Connected => self.sender.send(octets),
            Way::Open => self.sender.send_to(octets, &self.to),
            Way::Wanted => {
                self.sender.connect(&self.to)?;
                self.way = Way::Connected;
                self.sender.send(octets)
            }
        }
    }

    /// Whether its packets may leave with those of others: it knows its destination, and they are no larger than any.
    pub(super) fn joins(&self) -> bool {
        self.way == Way::Connected && self.padding.is_none()
    }

    pub(super) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// A packet of those that leave with others. Unless it was `sent` with them it is sent now: an error that an
    /// earlier packet brought back is told by the next call, which then sends nothing.
    pub(super) fn depart(&mut self, id: SessionId, octets: &[u8], sent: bool) {
        let result = if sent { Ok(()) } else { self.sender.send(octets) };
        self.account(id, result);
    }

    pub(super) fn send(&mut self, id: SessionId, packet: &Outgoing) {
        let result = self.transmit(packet);
        self.account(id, result);
    }

    /// How many packets the system refused to send.
    pub(super) fn failures(&self) -> u64 {
        self.failures
    }

    fn account(&mut self, id: SessionId, result: io::Result<()>) {
        let Err(error) = result else { return self.refused = 0 };
        if self.refused == 0 {
            tracing::warn!(session = id.serial, %error, "the system refuses to send BFD packets");
        }
        (self.failures, self.refused) = (self.failures + 1, self.refused + 1);
    }
}

/// A packet leaves early by no more than this part of its interval, so that fast sessions stay evenly spread.
const EARLY_PART: u32 = 8;

impl Link {
    /// Lets a periodic packet that is due within `early` leave already; whether one did.
    pub(super) fn early(&mut self, early: Duration, around: &mut Surroundings<'_>) -> bool {
        let now = clock::now();
        let most = self.session.transmit_interval().map(|interval| early.min(interval / EARLY_PART));
        let due = self.session.transmit_deadline().map(|at| at.saturating_duration_since(now));
        if due.is_none() || due > most || self.detection_due(now) {
            return false;
        }
        let before = self.session.counters().sent;
        self.handle(Input::Early, now, around);
        self.session.counters().sent != before
    }

    /// Tells the session that `until` has come; everything that arrived until then was handed over. What
    /// it sends leaves now, so unless a detection time might be over by now, now is the time.
    pub(super) fn timeout(&mut self, until: Instant, around: &mut Surroundings<'_>) {
        let now = clock::now();
        let waits = self.detection_due(now);
        let until = if waits { until } else { now.max(until) };
        self.handle(Input::Timeout, until, around);
        if let Some(change) = self.damping.as_mut().and_then(|damping| damping.timeout(until)) {
            around.outbox.tell(Event::new(self.id, self.peer, change, None, until));
        }
    }

    /// When [`timeout`](Self::timeout) is due.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let told = self.damping.as_ref().and_then(|damping| damping.poll_timeout());
        [self.session.poll_timeout(), told, self.over_at()].into_iter().flatten().min()
    }

    /// When the session is to be removed.
    pub(super) fn over_at(&self) -> Option<Instant> {
        let linger = self.linger.filter(|_| self.session.state() == State::Down)?;
        self.since.checked_add(linger)
    }

    /// Whether the session goes Down unless something came until then that was not handed over.
    pub(super) fn detection_due(&self, until: Instant) -> bool {
        let deadlines = [self.session.detection_deadline(), self.session.echo_detection_deadline()];
        deadlines.into_iter().flatten().any(|at| at <= until)
    }

    /// Whether even a packet that says no more than Up matters at once (RFC 5880 section 6.2).
    pub(super) fn hurried(&self) -> bool {
        self.session.state() == State::Init
    }

    /// Hands `input` to the session, sends what it asks for and tells of changes.
    pub(super) fn handle(&mut self, input: Input<'_>, now: Instant, around: &mut Surroundings<'_>) {
        let witness = around.sight.witness(&self.recorder, &self.line, now);
        let Self { id, session, recorder, silent, peer, since, line, echo, damping, .. } = self;
        recorder.handle(session, input, now, witness, &mut |output, cause| match output {
            Output::Transmit(_) | Output::TransmitEcho(_) if *silent => {}
            Output::Transmit(packet) if line.joins() => around.outbox.push(around.slot, &packet),
            Output::Transmit(packet) => line.send(*id, &packet),
            Output::TransmitEcho(packet) => line.account(*id, echo.send(&packet)),
            Output::Changed(change) => {
                *since = now;
                tracing::debug!(session = id.serial, from = %change.from, to = %change.to, diag = %change.diag, ?cause, "BFD state changed");
                let told = damping.as_mut().map_or(Some(change), |damping| damping.change(change, now));
                if let Some(change) = told {
                    around.outbox.tell(Event::new(*id, *peer, change, cause, now));
                }
            }
        });
    }

    pub(super) fn snapshot(&self, local: SocketAddr, interface: Option<String>) -> Snapshot {
        let session = &self.session;
        Snapshot {
            session: self.id,
            local,
            source_port: self.source_port,
            peer: self.peer,
            interface,
            path: self.path,
            state: session.state(),
            since: self.since,
            diag: session.diag(),
            discriminator: session.discriminator(),
            timing: session.timing(),
            transmit_interval: session.transmit_interval(),
            receive_interval: session.receive_interval(),
            detection_time: session.detection_time(),
            remote: session.remote().copied(),
            authentication: session.authentication().cloned(),
            demanding: session.demanding(),
            echo: session.echo(),
            echo_denied: self.echo.denied,
            echo_sent_back: self.echo.sent_back,
            polling: session.polling(),
            padding: self.line.padding,
            damping: self.damping.as_ref().map(|damping| damping.status(clock::now())),
            counters: *session.counters(),
            send_failures: self.line.failures,
            silent: self.silent,
        }
    }
}
