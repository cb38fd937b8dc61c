//! One session in asynchronous mode: inputs and the time in, packets and changes of state out.
use crate::jitter::Jitter;
use crate::parameters::Parameters;
use crate::{Config, Control, Counters, Diag, Discard, Packet, Role, State, StateEvent, Timing};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// What a session is told.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A packet that was selected for this session; `now` is when it arrived.
    Packet(Packet<'a>),
    /// A packet of this session's peer failed a check before it got here. It is only counted.
    Discarded(Discard),
    /// The instant of [`Session::poll_timeout`] has come. Before saying so, hand over the packets that
    /// arrived until then.
    Timeout,
    /// The caller is awake before the instant of [`Session::poll_timeout`] and would send the next periodic
    /// packet already. It leaves if as much of the interval has passed as the jitter may leave of it.
    Early,
    /// An operator takes the session down, or lets it run again (RFC 5880 section 6.8.16).
    AdminDown(bool),
    /// New timers. A session that is Up stays Up: the peer confirms them by a poll sequence.
    Reconfigure(Timing),
}

/// What a session asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    /// Send this packet now.
    Transmit(Control),
    /// The state changed.
    Changed(Change),
}

/// A change of state and what both sides say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Our diagnostic after the change: the reason of the last failure, also when `to` is Up.
    pub diag: Diag,
    /// What the peer last said of itself.
    pub remote: Remote,
}

impl Change {
    /// Whether this is a failure of the path: from Up to Down, and not because an operator at either end
    /// took the session down. RFC 5882 section 3.2 asks clients not to react to the latter.
    pub fn is_failure(&self) -> bool {
        self.from == State::Up && self.to == State::Down && self.remote.state != State::AdminDown
    }
}

/// What the peer last said of itself; Down without a diagnostic while it is not heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Remote {
    /// Its state.
    pub state: State,
    /// Its diagnostic.
    pub diag: Diag,
}

/// A BFD session (RFC 5880 section 6.8), asynchronous mode.
///
/// Drive it with [`handle`](Self::handle) and with a timer for [`poll_timeout`](Self::poll_timeout).
#[derive(Clone, Debug)]
pub struct Session {
    discriminator: NonZeroU32,
    role: Role,
    parameters: Parameters,
    state: State,
    diag: Diag,
    /// The last packet taken; forgotten when the detection time passes (section 6.8.1).
    remote: Option<Control>,
    jitter: Jitter,
    started: Instant,
    last_rx: Option<Instant>,
    last_tx: Option<Instant>,
    detect_at: Option<Instant>,
    transmit_at: Option<Instant>,
    counters: Counters,
}

impl Session {
    /// A session in state Down whose first packet, in the active role, is due `now`.
    ///
    /// `seed` feeds the transmit jitter and nothing else.
    pub fn new(config: Config, seed: u64, now: Instant) -> Self {
        let mut session = Self {
            discriminator: config.discriminator,
            role: config.role,
            parameters: Parameters::new(config.timing),
            state: State::Down,
            diag: Diag::NONE,
            remote: None,
            jitter: Jitter::new(seed, config.timing.detect_mult),
            started: now,
            last_rx: None,
            last_tx: None,
            detect_at: None,
            transmit_at: None,
            counters: Counters::default(),
        };
        session.schedule();
        session
    }

    /// Takes one input. `now` must be when it happened: for a packet, when it arrived.
    pub fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        match input {
            Input::Packet(packet) => self.receive(&packet, now, out),
            Input::Discarded(reason) => self.counters.discard(reason),
            Input::Timeout => self.timeout(now, out),
            Input::Early => self.early(now, out),
            Input::AdminDown(true) => self.administer(StateEvent::Disable, now, out),
            Input::AdminDown(false) => self.administer(StateEvent::Enable, now, out),
            Input::Reconfigure(timing) => self.parameters.change(timing),
        }
        self.schedule();
    }

    /// When [`Input::Timeout`] is due: the next packet or the end of the detection time.
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.detect_at, self.transmit_at].into_iter().flatten().min()
    }

    fn receive(&mut self, packet: &Packet<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        if let Err(reason) = self.check(packet) {
            return self.counters.discard(reason);
        }
        if self.detect_at.is_some_and(|at| at < now) {
            self.expire(now, out);
        }
        let control = packet.control;
        self.remote = Some(control);
        self.last_rx = Some(now);
        self.parameters.received(control.final_);
        if self.state == State::AdminDown {
            return self.counters.discard(Discard::AdminDown);
        }
        self.counters.received += 1;
        let change = self.step(StateEvent::Received(control.state));
        if control.poll {
            self.transmit_final(out);
        } else if change.is_some() {
            self.transmit(out);
        }
        if let Some(change) = change {
            self.restart_interval(now);
            out(Output::Changed(change));
        }
    }

    /// The checks of section 6.8.6 that need the session.
    fn check(&self, packet: &Packet<'_>) -> Result<(), Discard> {
        if packet.control.your_discriminator.is_some_and(|your| your != self.discriminator) {
            return Err(Discard::UnknownDiscriminator);
        }
        if packet.authentication.is_some() {
            return Err(Discard::AuthenticationNotConfigured);
        }
        Ok(())
    }

    fn timeout(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        if self.detect_at.is_some_and(|at| at <= now) {
            self.expire(now, out);
            self.schedule();
        }
        if self.transmit_at.is_some_and(|at| at <= now) {
            self.transmit(out);
            self.restart_interval(now);
        }
    }

    /// A periodic packet before its instant, within the band of section 6.8.7.
    fn early(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        let interval = self.transmit_interval().zip(self.last_tx);
        let from = interval.and_then(|(interval, last)| last.checked_add(interval * 3 / 4));
        if from.is_some_and(|from| from <= now) {
            self.transmit(out);
            self.restart_interval(now);
        }
    }

    /// The detection time passed: in every state the peer is forgotten (section 6.8.1), which also ends
    /// its wishes for our interval; Init and Up go Down (section 6.8.4).
    fn expire(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        let change = self.step(StateEvent::DetectionTimeExpired);
        (self.remote, self.last_rx) = (None, None);
        self.announce(change, now, out);
    }

    fn administer(&mut self, event: StateEvent, now: Instant, out: &mut impl FnMut(Output)) {
        let change = self.step(event);
        self.announce(change, now, out);
    }

    /// Moves the state machine.
    fn step(&mut self, event: StateEvent) -> Option<Change> {
        let from = self.state;
        let (to, diag) = from.next(event);
        self.state = to;
        self.diag = diag.unwrap_or(self.diag);
        if from == to {
            return None;
        }
        if to == State::Up {
            self.parameters.enter_up();
        } else if from == State::Up {
            self.parameters.leave_up();
        }
        Some(Change { from, to, diag: self.diag, remote: self.remote_state() })
    }

    /// Tells a change at once: first the peer, where we may speak at all, then the caller, for whatever
    /// the caller does about it takes time.
    fn announce(&mut self, change: Option<Change>, now: Instant, out: &mut impl FnMut(Output)) {
        let Some(change) = change else { return };
        if self.may_speak() {
            self.transmit(out);
            self.restart_interval(now);
        }
        out(Output::Changed(change));
    }

    fn transmit(&mut self, out: &mut impl FnMut(Output)) {
        self.counters.sent += 1;
        out(Output::Transmit(Control { poll: self.parameters.polling(), ..self.control() }));
    }

    /// Answers a poll. It is not one of the periodic packets and does not move them.
    fn transmit_final(&mut self, out: &mut impl FnMut(Output)) {
        self.counters.sent += 1;
        out(Output::Transmit(Control { final_: true, ..self.control() }));
    }

    /// The contents of our packets (section 6.8.7), without Poll and Final.
    fn control(&self) -> Control {
        let timing = self.parameters.announced();
        Control {
            diag: self.diag,
            state: self.state,
            poll: false,
            final_: false,
            control_plane_independent: false,
            demand: false,
            detect_mult: timing.detect_mult,
            my_discriminator: self.discriminator,
            your_discriminator: self.remote.map(|r| r.my_discriminator),
            desired_min_tx: timing.desired_min_tx,
            required_min_rx: timing.required_min_rx,
            required_min_echo_rx: Duration::ZERO,
        }
    }

    fn restart_interval(&mut self, now: Instant) {
        self.last_tx = Some(now);
        self.jitter.draw(self.parameters.announced().detect_mult);
    }

    /// Computes both deadlines anew; called after every input, so that a changed interval counts at once.
    fn schedule(&mut self) {
        self.detect_at = match (self.last_rx, self.detection_time()) {
            (Some(last), Some(time)) => last.checked_add(time),
            _ => None,
        };
        self.transmit_at = match (self.transmit_interval(), self.last_tx) {
            (Some(interval), Some(last)) => last.checked_add(self.jitter.apply(interval)),
            (Some(_), None) => Some(self.started),
            (None, _) => None,
        };
    }

    /// The passive role waits for the peer's first packet (section 6.8.7).
    fn may_speak(&self) -> bool {
        self.role == Role::Active || self.remote.is_some()
    }

    /// Whether the peer asked for silence between polls, and both sides are Up (section 6.6).
    fn demanded(&self) -> bool {
        let demands = |remote: Control| remote.demand && remote.state == State::Up;
        self.state == State::Up && self.remote.is_some_and(demands) && !self.parameters.polling()
    }

    /// The interval of our periodic packets before jitter (section 6.8.2): the larger of our desired min
    /// tx interval and the peer's required min rx interval. `None` while there are no periodic packets:
    /// the peer wants none, demands none, or we are passive and have not heard it.
    pub fn transmit_interval(&self) -> Option<Duration> {
        let peer = self.remote.map_or(Duration::from_micros(1), |r| r.required_min_rx);
        let periodic = self.may_speak() && !peer.is_zero() && !self.demanded();
        periodic.then(|| self.parameters.transmit().max(peer))
    }

    /// The detection time (section 6.8.4): the peer's detect mult times the larger of our required min rx
    /// interval and the peer's desired min tx interval. `None` while the peer is not heard, or while our
    /// required min rx interval of zero asks it for silence.
    pub fn detection_time(&self) -> Option<Duration> {
        let ours = self.parameters.receive();
        let remote = self.remote.filter(|_| !ours.is_zero())?;
        Some(ours.max(remote.desired_min_tx) * u32::from(remote.detect_mult.get()))
    }

    /// When the detection time ends, unless a packet arrives until then.
    pub fn detection_deadline(&self) -> Option<Instant> {
        self.detect_at
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Our diagnostic: the reason of the last failure.
    pub fn diag(&self) -> Diag {
        self.diag
    }

    /// Our name for the session.
    pub fn discriminator(&self) -> NonZeroU32 {
        self.discriminator
    }

    /// What our packets announce, the slow interval while not Up included.
    pub fn timing(&self) -> Timing {
        self.parameters.announced()
    }

    /// Whether a poll sequence is in progress.
    pub fn polling(&self) -> bool {
        self.parameters.polling()
    }

    /// The peer's last packet: its discriminator, its timers, its diagnostic. `None` after a detection
    /// time without one.
    pub fn remote(&self) -> Option<&Control> {
        self.remote.as_ref()
    }

    /// What was counted since the session was made.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    fn remote_state(&self) -> Remote {
        self.remote.map_or_else(Remote::default, |r| Remote { state: r.state, diag: r.diag })
    }
}

#[cfg(test)]
mod tests;
