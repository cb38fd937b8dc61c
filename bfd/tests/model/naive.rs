//! RFC 5880 section 6.8 as it is written, one variable and one sentence after the other: asynchronous mode here,
//! either mode at the peer. What the standard leaves open is said where it is decided.
use bfd::{Control, Diag, State, Timing};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// The state variables of section 6.8.1, and what the peer's last packet said besides.
pub(crate) struct Naive {
    active: bool,
    local_discr: NonZeroU32,
    pub(crate) session_state: State,
    remote_session_state: State,
    pub(crate) remote_discr: Option<NonZeroU32>,
    pub(crate) local_diag: Diag,
    desired_min_tx: Duration,
    required_min_rx: Duration,
    detect_mult: NonZeroU8,
    remote_min_rx: Duration,
    remote_demand_mode: bool,
    remote_desired_min_tx: Duration,
    remote_detect_mult: u32,
    polling: bool,
    polled: bool,
    last_rx: Option<Instant>,
    pub(crate) last_tx: Option<Instant>,
}

impl Naive {
    pub(crate) fn new(local_discr: NonZeroU32, timing: Timing, active: bool) -> Self {
        Self {
            active,
            local_discr,
            session_state: State::Down,
            remote_session_state: State::Down,
            remote_discr: None,
            local_diag: Diag::NONE,
            desired_min_tx: timing.desired_min_tx,
            required_min_rx: timing.required_min_rx,
            detect_mult: timing.detect_mult,
            remote_min_rx: Duration::from_micros(1),
            remote_demand_mode: false,
            remote_desired_min_tx: Duration::ZERO,
            remote_detect_mult: 0,
            polling: false,
            polled: false,
            last_rx: None,
            last_tx: None,
        }
    }

    pub(crate) fn configure(&mut self, timing: Timing) {
        self.desired_min_tx = timing.desired_min_tx;
        self.required_min_rx = timing.required_min_rx;
        self.detect_mult = timing.detect_mult;
    }

    /// Section 6.8.6, from the selection of the session on; what is sent at once.
    pub(crate) fn receive(&mut self, packet: &Control, now: Instant) -> Vec<Control> {
        if packet.your_discriminator.is_some_and(|your| your != self.local_discr) {
            return Vec::new();
        }
        let mut sent = Vec::new();
        if self.detection_deadline().is_some_and(|at| at < now) {
            sent.extend(self.expire(now));
        }
        self.remote_discr = Some(packet.my_discriminator);
        self.remote_session_state = packet.state;
        self.remote_demand_mode = packet.demand;
        self.remote_min_rx = packet.required_min_rx;
        self.remote_desired_min_tx = packet.desired_min_tx;
        self.remote_detect_mult = u32::from(packet.detect_mult.get());
        self.last_rx = Some(now);
        // A Final that nothing was asked before answers something else.
        if packet.final_ && self.polling && self.polled {
            self.polling = false;
        }
        if self.session_state == State::AdminDown {
            return sent;
        }
        let before = self.session_state;
        self.consider(packet.state);
        let changed = before != self.session_state;
        // A change is told at once, by the answer where one is due: the standard would let it wait.
        if packet.poll {
            sent.push(self.packet(false, true));
        } else if changed {
            sent.push(self.packet(self.polling, false));
        }
        if changed {
            self.last_tx = Some(now);
            self.polled = self.polling && !packet.poll;
        }
        sent
    }

    /// The state machine, as the end of section 6.8.6 spells it out.
    fn consider(&mut self, received: State) {
        if received == State::AdminDown {
            if self.session_state != State::Down {
                self.local_diag = Diag::NEIGHBOR_SIGNALED_DOWN;
                self.enter(State::Down);
            }
        } else if self.session_state == State::Down {
            if received == State::Down {
                self.enter(State::Init);
            } else if received == State::Init {
                self.enter(State::Up);
            }
        } else if self.session_state == State::Init {
            if received == State::Init || received == State::Up {
                self.enter(State::Up);
            }
        } else if received == State::Down {
            self.local_diag = Diag::NEIGHBOR_SIGNALED_DOWN;
            self.enter(State::Down);
        }
    }

    /// Leaving the slow interval is a change of timers (section 6.8.3), which a poll sequence tells.
    fn enter(&mut self, state: State) {
        self.session_state = state;
        self.polling = state == State::Up;
        self.polled = false;
    }

    /// The timer says that it is `now`: what is sent besides a periodic packet.
    pub(crate) fn timeout(&mut self, now: Instant) -> Option<Control> {
        if self.detection_deadline().is_some_and(|at| at <= now) { self.expire(now) } else { None }
    }

    /// Section 6.8.4, and the end of 6.8.1. Who is not heard wishes for nothing.
    fn expire(&mut self, now: Instant) -> Option<Control> {
        self.remote_discr = None;
        self.remote_min_rx = Duration::from_micros(1);
        self.remote_demand_mode = false;
        self.last_rx = None;
        if self.session_state != State::Init && self.session_state != State::Up {
            return None;
        }
        self.local_diag = Diag::DETECTION_TIME_EXPIRED;
        self.enter(State::Down);
        self.tell(now)
    }

    /// Section 6.8.16.
    pub(crate) fn administer(&mut self, down: bool, now: Instant) -> Option<Control> {
        let from = self.session_state;
        if down {
            self.local_diag = Diag::ADMIN_DOWN;
            self.enter(State::AdminDown);
        } else if from == State::AdminDown {
            self.local_diag = Diag::NONE;
            self.enter(State::Down);
        }
        if from == self.session_state { None } else { self.tell(now) }
    }

    fn tell(&mut self, now: Instant) -> Option<Control> {
        if !self.may_speak() {
            return None;
        }
        self.last_tx = Some(now);
        Some(self.packet(self.polling, false))
    }

    fn may_speak(&self) -> bool {
        self.active || self.remote_discr.is_some()
    }

    /// A periodic packet leaves.
    pub(crate) fn transmit(&mut self, now: Instant) -> Control {
        self.last_tx = Some(now);
        self.polled |= self.polling;
        self.packet(self.polling, false)
    }

    /// Section 6.8.7: the interval of periodic packets, if they are sent.
    pub(crate) fn interval(&self) -> Option<Duration> {
        let both_up = self.session_state == State::Up && self.remote_session_state == State::Up;
        let demanded = self.remote_demand_mode && both_up && !self.polling;
        let sent = self.may_speak() && !self.remote_min_rx.is_zero() && !demanded;
        sent.then(|| self.announced_min_tx().max(self.remote_min_rx))
    }

    /// Section 6.8.3: no faster than one a second while not Up.
    fn announced_min_tx(&self) -> Duration {
        if self.session_state == State::Up { self.desired_min_tx } else { self.desired_min_tx.max(SECOND) }
    }

    /// Section 6.8.4. Who asks for silence waits for nothing.
    pub(crate) fn detection_time(&self) -> Option<Duration> {
        self.last_rx?;
        let agreed = self.required_min_rx.max(self.remote_desired_min_tx);
        (!self.required_min_rx.is_zero()).then(|| agreed * self.remote_detect_mult)
    }

    pub(crate) fn detection_deadline(&self) -> Option<Instant> {
        Some(self.last_rx? + self.detection_time()?)
    }

    /// The most of an interval that may pass, in hundredths.
    pub(crate) fn ceiling(&self) -> u32 {
        if self.detect_mult.get() == 1 { 90 } else { 100 }
    }

    fn packet(&self, poll: bool, final_: bool) -> Control {
        Control {
            diag: self.local_diag,
            state: self.session_state,
            poll,
            final_,
            control_plane_independent: false,
            demand: false,
            detect_mult: self.detect_mult,
            my_discriminator: self.local_discr,
            your_discriminator: self.remote_discr,
            desired_min_tx: self.announced_min_tx(),
            required_min_rx: self.required_min_rx,
            required_min_echo_rx: Duration::ZERO,
        }
    }
}
