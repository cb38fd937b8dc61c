//! One session: inputs and the time in, packets and changes of state out.
mod echo;
mod io;
mod status;

use crate::auth::Authenticator;
use crate::echo::Echo;
use crate::jitter::Jitter;
use crate::parameters::Parameters;
use crate::random::Random;
use crate::{
    Authentication, Config, Control, Counters, Diag, Discard, Outgoing, Packet, Role, State, StateEvent,
};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

pub use io::{Change, Input, Output, Remote};

/// A BFD session (RFC 5880 section 6.8).
///
/// Drive it with [`handle`](Self::handle) and with a timer for [`poll_timeout`](Self::poll_timeout).
#[derive(Clone, Debug)]
pub struct Session {
    discriminator: NonZeroU32,
    role: Role,
    control_plane_independent: bool,
    /// Demand mode is wished for.
    demand: bool,
    parameters: Parameters,
    state: State,
    diag: Diag,
    /// The last packet taken; forgotten when the detection time passes (section 6.8.1).
    remote: Option<Control>,
    /// Behind a pointer: a session without authentication does not carry it about.
    auth: Option<Box<Authenticator>>,
    required_min_echo_rx: Duration,
    echo: Option<Box<Echo>>,
    seed: u64,
    jitter: Jitter,
    started: Instant,
    last_rx: Option<Instant>,
    last_tx: Option<Instant>,
    detect_at: Option<Instant>,
    transmit_at: Option<Instant>,
    counters: Counters,
    last_discard: Option<Discard>,
}

impl Session {
    /// A session in state Down whose first packet, in the active role, is due `now`.
    ///
    /// `seed` feeds the transmit jitter, the first sequence number of authentication, and what proves that
    /// an echo packet is ours. For the latter two it should be a number that nobody can guess.
    pub fn new(config: Config, seed: u64, now: Instant) -> Self {
        let mut session = Self {
            discriminator: config.discriminator,
            role: config.role,
            control_plane_independent: config.control_plane_independent,
            demand: config.demand,
            parameters: Parameters::new(config.timing),
            state: State::Down,
            diag: Diag::NONE,
            remote: None,
            auth: None,
            required_min_echo_rx: Duration::ZERO,
            echo: None,
            seed,
            jitter: Jitter::new(seed),
            started: now,
            last_rx: None,
            last_tx: None,
            detect_at: None,
            transmit_at: None,
            counters: Counters::default(),
            last_discard: None,
        };
        session.configure_echo(config.echo, now);
        session.schedule();
        session
    }

    /// Authenticates the session from now on, exchanges its keys, or with `None` ends authentication. The
    /// peer is not told: packets are signed and verified with the new keys at once, see [`Authentication`]
    /// for how to do that at both ends without losing the session.
    ///
    /// ```
    /// use bfd::{AuthType, Authentication, Config, Session, Timing};
    /// # use std::num::{NonZeroU8, NonZeroU32};
    /// # fn main() -> Result<(), bfd::KeyError> {
    /// # #[expect(clippy::disallowed_methods, reason = "an example needs some instant to begin with")]
    /// # let now = std::time::Instant::now();
    /// # let random = 7;
    /// let mut session = Session::new(Config::new(NonZeroU32::MIN, Timing::default()), random, now);
    /// session.set_authentication(Some(Authentication::new(AuthType::KeyedSha1, 1, b"key")?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_authentication(&mut self, auth: Option<Authentication>) {
        self.auth = match (auth, self.auth.take()) {
            (Some(auth), Some(mut authenticator)) => {
                authenticator.rekey(auth);
                Some(authenticator)
            }
            (Some(auth), None) => Some(Box::new(Authenticator::new(auth, self.secret()))),
            (None, _) => None,
        };
    }

    /// A number that nothing else here was fed with.
    fn secret(&mut self) -> u64 {
        self.seed = Random::new(!self.seed).draw();
        self.seed
    }

    /// What the session is authenticated with.
    pub fn authentication(&self) -> Option<&Authentication> {
        self.auth.as_ref().map(|auth| auth.auth())
    }

    /// Takes one input. `now` must be when it happened: for a packet, when it arrived.
    pub fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        let (demanding, up, time) = (self.demanding(), self.state == State::Up, self.detection_time());
        match input {
            Input::Packet(packet) => self.receive(&packet, now, out),
            Input::Echo(packet) => self.receive_echo(packet, now),
            Input::Discarded(reason) => self.discard(reason),
            Input::Timeout => self.timeout(now, out),
            Input::Early => self.early(now, out),
            Input::AdminDown(true) => self.administer(StateEvent::Disable, now, out),
            Input::AdminDown(false) => self.administer(StateEvent::Enable, now, out),
            Input::Reconfigure(timing) => self.parameters.change(timing),
            Input::Demand(demand) => self.demand = demand,
            Input::Poll => self.parameters.poll(),
            Input::ForwardingPlaneReset => self.administer(StateEvent::ForwardingPlaneReset, now, out),
            Input::PathDown => self.administer(StateEvent::PathDown, now, out),
            Input::ReconfigureEcho(config) => self.configure_echo(config, now),
            Input::Diagnose(diag) => self.diagnose(diag),
        }
        self.parameters.change_demand(self.demand && self.both_up());
        self.agree_on_echo(now);
        let left = up && self.state != State::Up;
        let sooner = self.detection_time().is_some_and(|after| time.is_none_or(|before| after < before));
        if left && sooner || demanding && !self.demanding() {
            // The peer had no reason to send until now: it was asked for silence, or to be slower.
            self.last_rx = self.last_rx.and(Some(now));
        }
        self.schedule();
    }

    /// When [`Input::Timeout`] is due: the next packet, the end of the detection time, or a change of
    /// parameters that waited.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let at = [self.detect_at, self.transmit_at, self.release_at()].into_iter().flatten().min();
        let Some(echo) = &self.echo else { return at };
        [at, echo.transmit_at(), echo.detect_at(self.detect_mult())].into_iter().flatten().min()
    }

    /// A peer that was asked for silence sends nothing but answers, so that the wait for a packet without
    /// Final has to end by itself. An answer that takes longer than the detection time of a poll is none.
    fn release_at(&self) -> Option<Instant> {
        let silent = self.demanding() || self.parameters.receive().is_zero();
        self.remote.filter(|_| silent).and_then(|remote| self.parameters.release_at(self.poll_time(&remote)))
    }

    fn receive(&mut self, packet: &Packet<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        if let Err(reason) = self.check(packet, now) {
            return self.discard(reason);
        }
        if self.detect_at.is_some_and(|at| at < now) {
            self.expire(now, out);
        }
        let control = packet.control;
        let renamed = self.remote.is_some_and(|r| r.my_discriminator != control.my_discriminator);
        self.remote = Some(control);
        self.last_rx = Some(now);
        self.parameters.received(control.final_);
        if self.state == State::AdminDown {
            return self.discard(Discard::AdminDown);
        }
        self.counters.received += 1;
        let change = self.step(StateEvent::Received(control.state));
        if control.poll {
            self.transmit_final(out);
        } else if change.is_some() {
            self.transmit(now, out);
        }
        if renamed {
            self.assure();
        }
        if let Some(change) = change {
            self.restart_interval(now);
            out(Output::Changed(change));
        }
    }

    /// The checks of section 6.8.6 that need the session.
    fn check(&mut self, packet: &Packet<'_>, now: Instant) -> Result<(), Discard> {
        if packet.control.your_discriminator.is_some_and(|your| your != self.discriminator) {
            return Err(Discard::UnknownDiscriminator);
        }
        match &mut self.auth {
            Some(auth) => auth.verify(packet, now),
            None if packet.authentication.is_some() => Err(Discard::AuthNotConfigured),
            None => Ok(()),
        }
    }

    fn discard(&mut self, reason: Discard) {
        self.counters.discard(reason);
        self.last_discard = Some(reason);
    }

    fn timeout(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        if self.detect_at.is_some_and(|at| at <= now) {
            self.expire(now, out);
            self.schedule();
        }
        if self.release_at().is_some_and(|at| at <= now) {
            self.parameters.release();
            self.schedule();
        }
        if self.transmit_at.is_some_and(|at| at <= now) {
            self.transmit(now, out);
            self.restart_interval(now);
        }
        self.timeout_echo(now, out);
    }

    /// A periodic packet before its instant, within the band of section 6.8.7.
    fn early(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        let interval = self.transmit_interval().zip(self.last_tx);
        let from = interval.and_then(|(interval, last)| last.checked_add(interval * 3 / 4));
        if from.is_some_and(|from| from <= now) {
            self.transmit(now, out);
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

    fn diagnose(&mut self, diag: Diag) {
        if self.state == State::Up && self.diag != diag {
            self.diag = diag;
            self.assure();
        }
    }

    /// Our packets say something new. Where periodic packets do not tell it, because one side is in demand
    /// mode, a poll sequence does (section 6.6).
    fn assure(&mut self) {
        if self.demanding() || self.remote_demands() {
            self.parameters.poll();
        }
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
        Some(Change { from, to, diag: self.diag, remote: Remote::of(self.remote.as_ref()) })
    }

    /// Tells a change at once: first the peer, where we may speak at all, then the caller, for whatever
    /// the caller does about it takes time.
    fn announce(&mut self, change: Option<Change>, now: Instant, out: &mut impl FnMut(Output)) {
        let Some(change) = change else { return };
        if self.may_speak() {
            self.transmit(now, out);
            self.restart_interval(now);
        }
        out(Output::Changed(change));
    }

    fn transmit(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        let control = Control { poll: self.parameters.polling(), ..self.control() };
        self.parameters.sent(control.poll, now);
        self.send(control, out);
    }

    /// Answers a poll. It is not one of the periodic packets and does not move them.
    fn transmit_final(&mut self, out: &mut impl FnMut(Output)) {
        let control = Control { final_: true, ..self.control() };
        self.send(control, out);
    }

    fn send(&mut self, control: Control, out: &mut impl FnMut(Output)) {
        self.counters.sent += 1;
        let section = self.auth.as_mut().map(|auth| auth.sign(&control));
        out(Output::Transmit(Outgoing { control, section }));
    }

    /// The contents of our packets (section 6.8.7), without Poll and Final.
    fn control(&self) -> Control {
        let timing = self.parameters.announced();
        Control {
            diag: self.diag,
            state: self.state,
            poll: false,
            final_: false,
            control_plane_independent: self.control_plane_independent,
            demand: self.parameters.announced_demand() && self.both_up(),
            detect_mult: timing.detect_mult,
            my_discriminator: self.discriminator,
            your_discriminator: self.remote.map(|r| r.my_discriminator),
            desired_min_tx: timing.desired_min_tx,
            required_min_rx: timing.required_min_rx,
            required_min_echo_rx: self.required_min_echo_rx,
        }
    }

    fn restart_interval(&mut self, now: Instant) {
        self.last_tx = Some(now);
        self.jitter.draw();
    }

    /// Tells the authentication how long the peer may be silent before it may begin anew. A peer that is
    /// asked for silence is measured by the interval it would keep.
    fn time_authentication(&mut self) {
        let Some(remote) = self.remote.filter(|_| self.auth.is_some()) else { return };
        let asked = || asynchronous_time(self.parameters.receive(), &remote);
        let time = self.detection_time().unwrap_or_else(asked);
        if let Some(auth) = &mut self.auth {
            auth.detection_time(time);
        }
    }

    /// Computes both deadlines anew; called after every input, so that a changed interval counts at once.
    fn schedule(&mut self) {
        self.time_authentication();
        let since = if self.demanding() { self.parameters.polling_since() } else { self.last_rx };
        self.detect_at = match (since, self.detection_time()) {
            (Some(since), Some(time)) => since.checked_add(time),
            _ => None,
        };
        self.transmit_at = match (self.transmit_interval(), self.last_tx) {
            (Some(interval), Some(last)) if self.state == State::Up => {
                last.checked_add(self.jitter.apply(interval, self.detect_mult()))
            }
            (Some(interval), Some(last)) => last.checked_add(self.jitter.apply_calling(interval)),
            (Some(_), None) => Some(self.started),
            (None, _) => None,
        };
    }

    /// The passive role waits for the peer's first packet (section 6.8.7).
    fn may_speak(&self) -> bool {
        self.role == Role::Active || self.remote.is_some()
    }

    fn both_up(&self) -> bool {
        self.state == State::Up && self.remote.is_some_and(|remote| remote.state == State::Up)
    }

    /// Whether demand mode is active on the peer: it asked for silence between polls (section 6.6).
    fn remote_demands(&self) -> bool {
        self.remote.is_some_and(|remote| remote.demand) && self.both_up()
    }

    /// Whether demand mode is active here, so that the peer's silence says nothing.
    pub fn demanding(&self) -> bool {
        self.parameters.demand() && self.both_up()
    }

    /// The interval of our periodic packets before jitter (section 6.8.2): the larger of our desired min
    /// tx interval and the peer's required min rx interval. `None` while there are no periodic packets:
    /// the peer wants none, demands none, or we are passive and have not heard it.
    pub fn transmit_interval(&self) -> Option<Duration> {
        let peer = self.remote.map_or(Duration::from_micros(1), |r| r.required_min_rx);
        let demanded = self.remote_demands() && !self.parameters.polling();
        let periodic = self.may_speak() && !peer.is_zero() && !demanded;
        periodic.then(|| self.parameters.transmit().max(peer))
    }

    /// The interval agreed for the peer's packets: the larger of our required min rx interval and its desired
    /// min tx interval. `None` while the peer is not heard, or has no reason to send periodic packets.
    pub fn receive_interval(&self) -> Option<Duration> {
        let ours = self.parameters.receive();
        let remote = self.remote.filter(|_| !self.demanding() && !ours.is_zero())?;
        Some(ours.max(remote.desired_min_tx))
    }

    /// The detection time (section 6.8.4): the peer's detect mult times the larger of our required min rx
    /// interval and the peer's desired min tx interval. `None` while the peer is not heard, or while our
    /// required min rx interval of zero asks it for silence.
    ///
    /// In demand mode, our detect mult times the larger of our desired min tx interval and the peer's
    /// required min rx interval, counted from the first packet of a poll sequence.
    pub fn detection_time(&self) -> Option<Duration> {
        let remote = self.remote?;
        if self.demanding() {
            return Some(self.poll_time(&remote));
        }
        let ours = self.parameters.receive();
        (!ours.is_zero()).then(|| asynchronous_time(ours, &remote))
    }

    fn detect_mult(&self) -> NonZeroU8 {
        self.parameters.announced().detect_mult
    }

    /// How long a poll sequence may last.
    fn poll_time(&self, remote: &Control) -> Duration {
        let mult = u32::from(self.detect_mult().get());
        self.parameters.transmit().max(remote.required_min_rx) * mult
    }
}

/// The detection time of asynchronous mode, with our required min rx interval.
fn asynchronous_time(required_min_rx: Duration, remote: &Control) -> Duration {
    required_min_rx.max(remote.desired_min_tx) * u32::from(remote.detect_mult.get())
}

#[cfg(test)]
mod tests;
