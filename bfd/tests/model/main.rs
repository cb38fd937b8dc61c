//! A session against a naive reading of RFC 5880 section 6.8: whatever it hears and whenever, both are in
//! the same state, wait for the same instants and send the same packets.
#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]
mod naive;

use bfd::{Config, Control, Diag, Input, Output, Packet, Role, Session, State, Timing};
use naive::Naive;
use proptest::prelude::*;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

const OURS: NonZeroU32 = NonZeroU32::new(7).unwrap();

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    Wait(Duration),
    Hear(Control),
    Administer(bool),
    /// New timers; while Up they wait for a poll sequence, which is another test's.
    Configure(Timing),
}

/// Both, and the time.
struct Pair {
    session: Session,
    naive: Naive,
    started: Instant,
    now: Instant,
}

impl Pair {
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    fn new(timing: Timing, role: Role, seed: u64) -> Self {
        let now = Instant::now();
        let session = Session::new(Config { role, ..Config::new(OURS, timing) }, seed, now);
        Self { session, naive: Naive::new(OURS, timing, role == Role::Active), started: now, now }
    }

    /// The packets that the session sends at once.
    fn tell(&mut self, input: Input<'_>) -> Vec<Control> {
        let mut sent = Vec::new();
        self.session.handle(input, self.now, &mut |output| match output {
            Output::Transmit(packet) => sent.push(packet.control),
            Output::Changed(change) => assert_ne!(change.from, change.to),
            Output::TransmitEcho(_) => {}
        });
        sent
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(time) => self.wait(*time),
            Step::Hear(control) => {
                let octets = control.encode();
                let Ok(packet) = Packet::parse(&octets) else { return };
                let expected = self.naive.receive(control, self.now);
                assert_eq!(self.tell(Input::Packet(packet)), expected, "{control:?}");
            }
            Step::Administer(down) => {
                let expected = self.naive.administer(*down, self.now);
                assert!(self.tell(Input::AdminDown(*down)).into_iter().eq(expected));
            }
            Step::Configure(timing) => {
                if self.session.state() != State::Up {
                    self.naive.configure(*timing);
                    assert!(self.tell(Input::Reconfigure(*timing)).is_empty());
                }
            }
        }
        self.agree();
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.session.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let sent = self.tell(Input::Timeout);
            let told = self.naive.timeout(self.now);
            let periodic = sent.len() > usize::from(told.is_some());
            if periodic {
                self.may_transmit();
            }
            let expected = told.into_iter().chain(periodic.then(|| self.naive.transmit(self.now)));
            assert!(sent.into_iter().eq(expected));
            self.agree();
        }
        self.now = end;
    }

    /// Section 6.8.7: no sooner than three quarters of the interval after the packet before.
    fn may_transmit(&self) {
        let interval = self.naive.interval().unwrap();
        let from = self.naive.last_tx.map_or(self.started, |last| last + interval * 3 / 4);
        assert!(self.now >= from, "{:?} too soon", from.duration_since(self.now));
    }

    fn agree(&self) {
        let Self { session, naive, .. } = self;
        assert_eq!(session.state(), naive.session_state);
        assert_eq!(session.diag(), naive.local_diag);
        assert_eq!(session.remote().map(|remote| remote.my_discriminator), naive.remote_discr);
        assert_eq!(session.transmit_interval(), naive.interval());
        assert_eq!(session.detection_time(), naive.detection_time());
        assert_eq!(session.detection_deadline(), naive.detection_deadline());
        let due = session.transmit_deadline();
        match (naive.interval(), naive.last_tx) {
            (None, _) => assert_eq!(due, None),
            (Some(_), None) => assert_eq!(due, Some(self.started)),
            (Some(interval), Some(last)) => {
                let band = last + interval * 3 / 4..=last + interval * naive.ceiling() / 100;
                assert!(due.is_some_and(|due| band.contains(&due)), "{due:?} not within {band:?}");
            }
        }
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn interval() -> impl Strategy<Value = Duration> {
    prop::sample::select(vec![ms(5), ms(20), ms(50), ms(300), ms(1000), ms(2500)])
}

/// Zero asks for silence.
fn receive_interval() -> impl Strategy<Value = Duration> {
    prop_oneof![8 => interval(), 1 => Just(Duration::ZERO)]
}

fn mult() -> impl Strategy<Value = NonZeroU8> {
    prop_oneof![4 => 1..=5_u8, 1 => 1..=255_u8].prop_map(|mult| NonZeroU8::new(mult).unwrap())
}

fn timing() -> impl Strategy<Value = Timing> {
    (interval(), receive_interval(), mult()).prop_map(|(desired_min_tx, required_min_rx, detect_mult)| {
        Timing { desired_min_tx, required_min_rx, detect_mult }
    })
}

prop_compose! {
    /// A packet that names this session, most often. A peer that changes its name never asks for demand
    /// mode, in which a poll sequence would tell it of ours.
    fn heard(renamed: bool)(
        state in 0..4_u8, bits in any::<[bool; 3]>(), timing in timing(), named in 0..8_u8, my in 1..3_u32,
    ) -> Control {
        let state = [State::AdminDown, State::Down, State::Init, State::Up].into_iter().nth(state.into()).unwrap();
        Control {
            diag: Diag::NONE,
            state,
            poll: bits[0],
            final_: bits[1] && !bits[0],
            control_plane_independent: false,
            demand: bits[2] && !renamed,
            detect_mult: timing.detect_mult,
            my_discriminator: NonZeroU32::new(if renamed { my } else { 1 }).unwrap(),
            your_discriminator: match named { 0 => None, 1 => NonZeroU32::new(8), _ => Some(OURS) },
            desired_min_tx: timing.desired_min_tx,
            required_min_rx: timing.required_min_rx,
            required_min_echo_rx: Duration::ZERO,
        }
    }
}

fn step(renamed: bool) -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..100_000_u64).prop_map(|us| Step::Wait(Duration::from_micros(us))),
        1 => (0..2_000_u64).prop_map(|n| Step::Wait(ms(n))),
        12 => heard(renamed).prop_map(Step::Hear),
        1 => any::<bool>().prop_map(Step::Administer),
        1 => timing().prop_map(Step::Configure),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    any::<bool>().prop_flat_map(|renamed| prop::collection::vec(step(renamed), 1..80))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_session_does_as_the_standard_says(
        timing in timing(), passive in any::<bool>(), seed: u64, steps in steps(),
    ) {
        let role = if passive { Role::Passive } else { Role::Active };
        let mut pair = Pair::new(timing, role, seed);
        pair.agree();
        for step in &steps {
            pair.step(step);
        }
    }
}
