//! An initiator against hand-made answers, and against a reflector in virtual time.
use super::{SbfdConfig, SbfdInitiator};
use crate::{Change, Control, Diag, Discard, Input, Output, Packet, Reflected, SbfdReflector, State, Timing};
use proptest::prelude::*;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

const OURS: NonZeroU32 = NonZeroU32::new(5).unwrap();
const THEIRS: NonZeroU32 = NonZeroU32::new(9).unwrap();
const MULT: NonZeroU8 = NonZeroU8::new(3).unwrap();

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn epoch() -> Instant {
    Instant::now()
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// An initiator and a reflector beside it, which answers unless the line is cut.
struct Bench {
    session: SbfdInitiator,
    reflector: SbfdReflector,
    cut: bool,
    now: Instant,
    sent: Vec<(Instant, Control)>,
    changes: Vec<Change>,
}

impl Bench {
    fn new() -> Self {
        let now = epoch();
        let config =
            SbfdConfig { discriminator: OURS, reflector: THEIRS, desired_min_tx: ms(50), detect_mult: MULT };
        let mut bench = Self {
            session: SbfdInitiator::new(config, 1, now),
            reflector: SbfdReflector::new(u32::MAX),
            cut: false,
            now,
            sent: Vec::new(),
            changes: Vec::new(),
        };
        bench.serve(true, 10);
        bench
    }

    fn serve(&mut self, in_service: bool, required_min_rx: u64) {
        self.reflector.insert(THEIRS, Reflected { in_service, required_min_rx: ms(required_min_rx) });
    }

    fn up() -> Self {
        let mut bench = Self::new();
        bench.run(ms(10));
        assert_eq!(bench.session.state(), State::Up);
        bench.sent.clear();
        bench.changes.clear();
        bench
    }

    fn handle(&mut self, input: Input<'_>) {
        let mut packets = Vec::new();
        let Self { session, changes, now, .. } = self;
        session.handle(input, *now, &mut |output| match output {
            Output::Transmit(packet) => packets.push(packet.control),
            Output::Changed(change) => changes.push(change),
            Output::TransmitEcho(packet) => panic!("{packet:?}"),
        });
        for control in packets {
            self.sent.push((self.now, control));
            if !self.cut
                && let Ok(answer) = self.reflector.reflect(&Packet::from(control), 50_000, self.now)
            {
                self.handle(Input::Packet(Packet::from(answer)));
            }
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.session.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.handle(Input::Timeout);
        }
        self.now = end;
    }

    fn answer() -> Control {
        let mut bench = Self::new();
        bench.cut = true;
        bench.run(ms(1));
        bench.reflector.reflect(&Packet::from(bench.sent[0].1), 50_000, bench.now).unwrap()
    }
}

#[test]
fn one_answer_is_enough_and_the_packets_are_an_initiators() {
    let bench = Bench::up();
    assert_eq!(bench.session.detection_time(), Some(ms(150)));
    assert_eq!(bench.session.transmit_interval(), Some(ms(50)));
    let mut bench = Bench::new();
    bench.run(ms(100));
    assert!(bench.sent.len() >= 2);
    for (_, control) in bench.sent {
        assert!(control.demand && !control.final_);
        assert_eq!((control.my_discriminator, control.your_discriminator), (OURS, Some(THEIRS)));
        assert!(control.required_min_rx.is_zero() && control.required_min_echo_rx.is_zero());
    }
}

/// (state, the reflector's state, the state after)
#[test]
fn every_state_and_answer() {
    use State::{AdminDown, Down, Init, Up};
    for (from, received, to) in [
        (Down, Up, Up),
        (Down, AdminDown, Down),
        (Down, Down, Down),
        (Down, Init, Down),
        (Up, Up, Up),
        (Up, AdminDown, Down),
        (Up, Down, Up),
        (Up, Init, Up),
        (AdminDown, Up, AdminDown),
        (AdminDown, AdminDown, AdminDown),
        (AdminDown, Down, AdminDown),
        (AdminDown, Init, AdminDown),
    ] {
        let mut bench = if from == Up { Bench::up() } else { Bench::new() };
        if from == AdminDown {
            bench.handle(Input::AdminDown(true));
        }
        bench.handle(Input::Packet(Packet::from(Control { state: received, ..Bench::answer() })));
        assert_eq!(bench.session.state(), to, "{from} hears {received}");
    }
}

#[test]
fn what_is_not_taken_and_why() {
    let answer = Bench::answer();
    for (what, control, reason) in [
        ("of another reflector", Control { my_discriminator: OURS, ..answer }, Discard::UnknownDiscriminator),
        (
            "for another session",
            Control { your_discriminator: Some(THEIRS), ..answer },
            Discard::UnknownDiscriminator,
        ),
        ("of an initiator", Control { demand: true, ..answer }, Discard::Sbfd),
        ("of a session", Control { state: State::Init, ..answer }, Discard::Sbfd),
    ] {
        let mut bench = Bench::new();
        bench.handle(Input::Packet(Packet::from(control)));
        assert_eq!(bench.session.counters().discarded(reason), 1, "{what}");
        assert_eq!(bench.session.state(), State::Down, "{what}");
    }
    let mut bench = Bench::new();
    bench.handle(Input::Packet(Packet { control: answer, authentication: Some(&[1, 3, 9]) }));
    assert_eq!(bench.session.counters().discarded(Discard::AuthNotConfigured), 1);
}

#[test]
fn silence_is_found_within_the_detection_time_and_then_it_asks_slowly() {
    let mut bench = Bench::up();
    let cut_at = bench.now;
    bench.cut = true;
    bench.run(ms(151));
    let [change] = bench.changes[..] else { panic!("{:?}", bench.changes) };
    assert_eq!((change.to, change.diag), (State::Down, Diag::DETECTION_TIME_EXPIRED));
    assert!(change.is_failure());
    bench.sent.clear();
    bench.run(ms(10_000));
    assert!((10..=14).contains(&bench.sent.len()), "{} packets in 10 s", bench.sent.len());
    assert!(bench.sent.windows(2).all(|w| w[1].0 - w[0].0 >= ms(750)));
    assert!(bench.sent.iter().all(|(at, control)| *at > cut_at && control.desired_min_tx == ms(1000)));
    bench.cut = false;
    bench.run(ms(1000));
    assert_eq!(bench.session.state(), State::Up);
}

#[test]
fn an_entity_out_of_service_is_down_and_no_failure() {
    let mut bench = Bench::up();
    bench.serve(false, 10);
    bench.run(ms(50));
    let [change] = bench.changes[..] else { panic!("{:?}", bench.changes) };
    assert_eq!((change.to, change.diag), (State::Down, Diag::NEIGHBOR_SIGNALED_DOWN));
    assert!(!change.is_failure());
    bench.serve(true, 10);
    bench.run(ms(1000));
    assert_eq!(bench.session.state(), State::Up);
}

/// (what the reflector can take, the interval kept)
#[test]
fn the_reflectors_interval_is_kept() {
    for (asked, kept) in [(10, 50), (200, 200), (0, 1000)] {
        let mut bench = Bench::up();
        bench.serve(true, asked);
        bench.run(ms(5_000));
        assert_eq!(bench.session.transmit_interval(), Some(ms(kept)), "{asked}");
        let gaps: Vec<_> = bench.sent.windows(2).skip(1).map(|w| w[1].0 - w[0].0).collect();
        assert!(gaps.iter().all(|gap| *gap >= ms(kept) * 74 / 100 && *gap < ms(kept)), "{asked}: {gaps:?}");
        assert!(bench.changes.is_empty());
    }
}

#[test]
fn an_operator_ends_the_packets_and_lets_them_begin_anew() {
    let mut bench = Bench::up();
    bench.handle(Input::AdminDown(true));
    assert_eq!((bench.session.state(), bench.session.poll_timeout()), (State::AdminDown, None));
    assert!(bench.sent.is_empty());
    bench.handle(Input::AdminDown(true));
    bench.handle(Input::AdminDown(false));
    bench.handle(Input::AdminDown(false));
    bench.run(ms(1));
    let states: Vec<_> = bench.changes.iter().map(|change| (change.from, change.to)).collect();
    assert_eq!(
        states,
        [(State::Up, State::AdminDown), (State::AdminDown, State::Down), (State::Down, State::Up)]
    );
}

#[test]
fn timers_change_without_a_flap() {
    let mut bench = Bench::up();
    bench.handle(Input::Reconfigure(Timing::new(ms(100), NonZeroU8::new(5).unwrap())));
    bench.run(ms(1000));
    assert_eq!(bench.session.detection_time(), Some(ms(500)));
    assert!(bench.changes.is_empty());
}

proptest! {
    /// Whatever it hears and whenever: changes follow on each other, and a timeout that was obeyed is not
    /// asked for again.
    #[test]
    fn anything_at_any_time(steps in prop::collection::vec((0..8_u8, 0..200_u64, any::<bool>()), 0..100)) {
        let mut bench = Bench::new();
        for (what, wait, flag) in steps {
            bench.run(ms(wait));
            let answer = Bench::answer();
            match what {
                0 => bench.handle(Input::AdminDown(flag)),
                1 => bench.cut = flag,
                2 => bench.serve(flag, wait),
                3 => bench.handle(Input::Packet(Packet::from(Control { demand: flag, ..answer }))),
                4 => bench.handle(Input::Packet(Packet::from(Control { state: State::Init, ..answer }))),
                5 => bench.handle(Input::Early),
                6 => bench.handle(Input::Timeout),
                _ => bench.handle(Input::Packet(Packet::from(answer))),
            }
            bench.handle(Input::Timeout);
            prop_assert!(bench.session.poll_timeout().is_none_or(|at| at > bench.now));
        }
        let states: Vec<_> = bench.changes.iter().map(|change| (change.from, change.to)).collect();
        prop_assert!(states.first().is_none_or(|(from, _)| *from == State::Down));
        prop_assert!(states.windows(2).all(|pair| pair[0].1 == pair[1].0));
        prop_assert!(states.iter().all(|(from, to)| from != to && *to != State::Init));
    }
}
