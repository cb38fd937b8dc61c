//! The initiator: the only end that keeps a state (RFC 7880 section 7.3).
use crate::jitter::Jitter;
use crate::timing::whole_micros;
use crate::{
    Change, Control, Counters, Diag, Discard, Input, Outgoing, Output, Packet, Remote, SLOW_INTERVAL, State,
};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

/// What an initiator is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SbfdConfig {
    /// Our name for the session.
    pub discriminator: NonZeroU32,
    /// The reflector's discriminator, which we have to know.
    pub reflector: NonZeroU32,
    /// The shortest interval at which we wish to send.
    pub desired_min_tx: Duration,
    /// How many answers in a row may be missed.
    pub detect_mult: NonZeroU8,
}

/// A session that needs nothing of the far end but a reflector. It takes the inputs of a
/// [`Session`](crate::Session) and gives its outputs; those that a reflector knows nothing of, it ignores.
///
/// ```
/// use bfd::{Input, Output, Packet, Reflected, SbfdConfig, SbfdInitiator, SbfdReflector, State};
/// # use std::num::{NonZeroU8, NonZeroU32};
/// # use std::time::Duration;
/// # #[expect(clippy::disallowed_methods, reason = "an example needs some instant to begin with")]
/// # let now = std::time::Instant::now();
/// # let (reflector_name, our_name) = (NonZeroU32::MAX, NonZeroU32::MIN);
/// let mut far_end = SbfdReflector::new(1000);
/// far_end.insert(reflector_name, Reflected { in_service: true, required_min_rx: Duration::from_millis(1) });
/// let mut session = SbfdInitiator::new(
///     SbfdConfig {
///         discriminator: our_name,
///         reflector: reflector_name,
///         desired_min_tx: Duration::from_millis(50),
///         detect_mult: NonZeroU8::MIN,
///     },
///     7,
///     now,
/// );
/// let mut sent = Vec::new();
/// session.handle(Input::Timeout, now, &mut |o| if let Output::Transmit(p) = o { sent.push(p.control) });
/// for control in sent {
///     let answer = far_end.reflect(&Packet::from(control), 50_000, now).unwrap();
///     session.handle(Input::Packet(Packet::from(answer)), now, &mut |_| {});
/// }
/// assert_eq!(session.state(), State::Up);
/// ```
#[derive(Clone, Debug)]
pub struct SbfdInitiator {
    config: SbfdConfig,
    state: State,
    diag: Diag,
    /// The last answer; forgotten when the detection time passes.
    remote: Option<Control>,
    jitter: Jitter,
    started: Instant,
    last_rx: Option<Instant>,
    last_tx: Option<Instant>,
    counters: Counters,
    last_discard: Option<Discard>,
}

impl SbfdInitiator {
    /// A session in state Down whose first packet is due `now`. `seed` feeds the transmit jitter.
    pub fn new(config: SbfdConfig, seed: u64, now: Instant) -> Self {
        Self {
            config,
            state: State::Down,
            diag: Diag::NONE,
            remote: None,
            jitter: Jitter::new(seed),
            started: now,
            last_rx: None,
            last_tx: None,
            counters: Counters::default(),
            last_discard: None,
        }
    }

    /// Takes one input. `now` must be when it happened: for a packet, when it arrived.
    pub fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        match input {
            Input::Packet(packet) => self.receive(&packet, now, out),
            Input::Discarded(reason) => self.discard(reason),
            Input::Timeout => self.timeout(now, out),
            Input::AdminDown(down) => self.administer(down, now, out),
            Input::Reconfigure(timing) => {
                self.config.desired_min_tx = timing.desired_min_tx;
                self.config.detect_mult = timing.detect_mult;
            }
            _ => {}
        }
    }

    /// When [`Input::Timeout`] is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.detection_deadline(), self.transmit_deadline()].into_iter().flatten().min()
    }

    fn receive(&mut self, packet: &Packet<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        if let Err(reason) = self.check(packet) {
            return self.discard(reason);
        }
        if self.detection_deadline().is_some_and(|at| at < now) {
            self.expire(out);
        }
        self.counters.received += 1;
        (self.remote, self.last_rx) = (Some(packet.control), Some(now));
        match packet.control.state {
            State::Up => self.enter(State::Up, None, out),
            _ => self.enter(State::Down, Some(Diag::NEIGHBOR_SIGNALED_DOWN), out),
        }
    }

    fn discard(&mut self, reason: Discard) {
        self.counters.discard(reason);
        self.last_discard = Some(reason);
    }

    fn check(&self, packet: &Packet<'_>) -> Result<(), Discard> {
        let Packet { control, authentication } = packet;
        let ends = (control.your_discriminator, control.my_discriminator);
        if ends != (Some(self.config.discriminator), self.config.reflector) {
            return Err(Discard::UnknownDiscriminator);
        }
        if control.demand || !matches!(control.state, State::Up | State::AdminDown) {
            return Err(Discard::Sbfd);
        }
        if authentication.is_some() {
            return Err(Discard::AuthNotConfigured);
        }
        if self.state == State::AdminDown { Err(Discard::AdminDown) } else { Ok(()) }
    }

    fn timeout(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        if self.detection_deadline().is_some_and(|at| at <= now) {
            self.expire(out);
        }
        if self.transmit_deadline().is_some_and(|at| at <= now) {
            self.transmit(now, out);
        }
    }

    fn expire(&mut self, out: &mut impl FnMut(Output)) {
        self.enter(State::Down, Some(Diag::DETECTION_TIME_EXPIRED), out);
        (self.remote, self.last_rx) = (None, None);
    }

    /// A reflector has no state to be told of an operator: the packets end, and begin anew.
    fn administer(&mut self, down: bool, now: Instant, out: &mut impl FnMut(Output)) {
        match (down, self.state) {
            (true, _) => self.enter(State::AdminDown, Some(Diag::ADMIN_DOWN), out),
            (false, State::AdminDown) => {
                (self.remote, self.last_rx, self.last_tx, self.started) = (None, None, None, now);
                self.enter(State::Down, Some(Diag::NONE), out);
            }
            (false, _) => {}
        }
    }

    /// The state machine has three states, and each is entered for one reason whatever was before.
    fn enter(&mut self, to: State, diag: Option<Diag>, out: &mut impl FnMut(Output)) {
        let from = std::mem::replace(&mut self.state, to);
        if from != to {
            self.diag = diag.unwrap_or(self.diag);
            out(Output::Changed(Change {
                from,
                to,
                diag: self.diag,
                remote: Remote::of(self.remote.as_ref()),
            }));
        }
    }

    /// RFC 7880 section 7.3.2: the Demand bit tells an initiator's packet from a reflector's.
    fn transmit(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        let control = Control {
            diag: self.diag,
            state: self.state,
            poll: false,
            final_: false,
            control_plane_independent: false,
            demand: true,
            detect_mult: self.config.detect_mult,
            my_discriminator: self.config.discriminator,
            your_discriminator: Some(self.config.reflector),
            desired_min_tx: self.wish(),
            required_min_rx: Duration::ZERO,
            required_min_echo_rx: Duration::ZERO,
        };
        self.last_tx = Some(now);
        self.jitter.draw();
        self.counters.sent += 1;
        out(Output::Transmit(Outgoing::from(control)));
    }

    /// When the next packet is due. `None` in `AdminDown`.
    pub fn transmit_deadline(&self) -> Option<Instant> {
        match (self.transmit_interval()?, self.last_tx) {
            (interval, Some(last)) => last.checked_add(self.jitter.apply(interval, self.config.detect_mult)),
            (_, None) => Some(self.started),
        }
    }

    /// Slowly while not Up (section 7.3.2).
    fn wish(&self) -> Duration {
        let wish = whole_micros(self.config.desired_min_tx).max(Duration::from_micros(1));
        if self.state == State::Up { wish } else { wish.max(SLOW_INTERVAL) }
    }

    /// The interval of our packets before jitter: the larger of our wish and what the reflector can take. One
    /// that can take none gets one a second, lest nothing be known of it. `None` in `AdminDown`.
    pub fn transmit_interval(&self) -> Option<Duration> {
        let asked = self.remote.map_or(Duration::ZERO, |remote| match remote.required_min_rx {
            Duration::ZERO => SLOW_INTERVAL,
            interval => interval,
        });
        (self.state != State::AdminDown).then(|| self.wish().max(asked))
    }

    /// The detection time: our detect mult times the interval of our packets. `None` while not Up.
    pub fn detection_time(&self) -> Option<Duration> {
        let interval = self.transmit_interval().filter(|_| self.state == State::Up)?;
        Some(interval * u32::from(self.config.detect_mult.get()))
    }

    /// When the detection time ends, unless an answer arrives until then.
    pub fn detection_deadline(&self) -> Option<Instant> {
        self.last_rx?.checked_add(self.detection_time()?)
    }

    /// The state: Down, Up or `AdminDown`.
    pub fn state(&self) -> State {
        self.state
    }

    /// Our diagnostic: the reason of the last failure.
    pub fn diag(&self) -> Diag {
        self.diag
    }

    /// What the session was made from, with the timers as they were last configured.
    pub fn config(&self) -> SbfdConfig {
        self.config
    }

    /// The reflector's last answer; `None` after a detection time without one.
    pub fn remote(&self) -> Option<&Control> {
        self.remote.as_ref()
    }

    /// What was counted since the session was made.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The check that a packet failed last.
    pub fn last_discard(&self) -> Option<Discard> {
        self.last_discard
    }
}

#[cfg(test)]
mod tests;
