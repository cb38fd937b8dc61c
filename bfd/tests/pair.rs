//! Two sessions on a line in virtual time: it delays, loses and can be cut. A failing seed is in the name
//! of the assertion; the same seed gives the same trace.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it is wrong")]
use bfd::{Change, Config, Control, Diag, Discard, Input, Output, Packet, Session, State, Timing};
use proptest::prelude::*;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

const A: usize = 0;
const B: usize = 1;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn timing(tx_ms: u64, rx_ms: u64, mult: u8) -> Timing {
    let detect_mult = NonZeroU8::new(mult).unwrap();
    Timing { desired_min_tx: ms(tx_ms), required_min_rx: ms(rx_ms), detect_mult }
}

/// What happened, at the time since the beginning.
#[derive(Clone, Debug, PartialEq)]
enum Happened {
    Sent(usize, Control),
    Changed(usize, Change),
}

struct Pair {
    epoch: Instant,
    now: Instant,
    sessions: [Session; 2],
    /// Octets on their way: when they arrive, and at whom.
    line: Vec<(Instant, usize, [u8; Control::LEN])>,
    latency: Duration,
    /// Packets lost in a thousand.
    loss: u64,
    cut: [bool; 2],
    dice: u64,
    trace: Vec<(Duration, Happened)>,
}

impl Pair {
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    fn new(a: Timing, b: Timing, seed: u64) -> Self {
        let now = Instant::now();
        let session = |n: u32, t| {
            Session::new(Config::new(NonZeroU32::new(n).unwrap(), t), seed.wrapping_add(u64::from(n)), now)
        };
        Self {
            epoch: now,
            now,
            sessions: [session(11, a), session(22, b)],
            line: Vec::new(),
            latency: Duration::from_micros(300),
            loss: 0,
            cut: [false; 2],
            dice: seed | 1,
            trace: Vec::new(),
        }
    }

    fn same(timing: Timing) -> Self {
        Self::new(timing, timing, 1)
    }

    fn handle(&mut self, side: usize, input: Input<'_>) {
        let (at, mut sent) = (self.elapsed(), Vec::new());
        let trace = &mut self.trace;
        self.sessions[side].handle(input, self.now, &mut |output| match output {
            Output::Transmit(control) => {
                trace.push((at, Happened::Sent(side, control)));
                sent.push(control);
            }
            Output::Changed(change) => trace.push((at, Happened::Changed(side, change))),
        });
        for control in sent {
            if !self.cut[side] && !self.lost() {
                self.line.push((self.now + self.latency, 1 - side, control.encode()));
            }
        }
    }

    fn elapsed(&self) -> Duration {
        self.now.duration_since(self.epoch)
    }

    fn lost(&mut self) -> bool {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % 1000 < self.loss
    }

    /// The next thing to happen: packets before timers of the same instant.
    fn step(&mut self, end: Instant) -> bool {
        let arrival = self.line.iter().enumerate().min_by_key(|(_, p)| p.0).map(|(i, p)| (p.0, i));
        let timer = [A, B].into_iter().filter_map(|s| Some((self.sessions[s].poll_timeout()?, s))).min();
        match (arrival, timer) {
            (Some((at, i)), timer) if at <= end && timer.is_none_or(|(t, _)| at <= t) => {
                let (_, side, octets) = self.line.remove(i);
                self.now = self.now.max(at);
                self.handle(side, Input::Packet(Packet::parse(&octets).unwrap()));
            }
            (_, Some((at, side))) if at <= end => {
                self.now = self.now.max(at);
                self.handle(side, Input::Timeout);
            }
            _ => return false,
        }
        true
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.step(end) {}
        self.now = end;
    }

    fn up(timing: Timing) -> Self {
        let mut pair = Self::same(timing);
        pair.run(ms(500));
        assert_eq!(pair.states(), [State::Up; 2]);
        pair.trace.clear();
        pair
    }

    fn states(&self) -> [State; 2] {
        [self.sessions[A].state(), self.sessions[B].state()]
    }

    fn changes(&self, side: usize) -> Vec<(Duration, Change)> {
        let change = |(at, h): &(Duration, Happened)| match h {
            Happened::Changed(s, c) if *s == side => Some((*at, *c)),
            _ => None,
        };
        self.trace.iter().filter_map(change).collect()
    }

    fn sent(&self, side: usize) -> Vec<(Duration, Control)> {
        let sent = |(at, h): &(Duration, Happened)| match h {
            Happened::Sent(s, c) if *s == side => Some((*at, *c)),
            _ => None,
        };
        self.trace.iter().filter_map(sent).collect()
    }
}

#[test]
fn comes_up_at_once_when_both_are_there() {
    let mut pair = Pair::same(timing(50, 50, 3));
    pair.run(ms(5));
    assert_eq!(pair.states(), [State::Up; 2]);
    for side in [A, B] {
        assert_eq!(pair.sessions[side].detection_time(), Some(ms(150)));
        assert_eq!(pair.sessions[side].transmit_interval(), Some(ms(50)));
    }
}

#[test]
fn starts_slowly_against_a_dead_line_and_comes_up_when_it_is_mended() {
    let mut pair = Pair::same(timing(10, 10, 3));
    pair.cut = [true; 2];
    pair.run(ms(10_000));
    for side in [A, B] {
        let sent = pair.sent(side);
        assert!((10..=14).contains(&sent.len()), "{} packets in 10 s", sent.len());
        assert!(sent.iter().all(|(_, c)| c.desired_min_tx == ms(1000)));
        assert!(sent.windows(2).all(|w| w[1].0 >= w[0].0 + ms(750)));
    }
    pair.cut = [false; 2];
    pair.run(ms(1100));
    assert_eq!(pair.states(), [State::Up; 2]);
}

#[test]
fn a_cut_is_detected_within_the_detection_time() {
    for (tx, rx, mult, expected) in [(50, 50, 3, 150), (10, 30, 3, 90), (100, 20, 2, 200), (300, 300, 1, 300)]
    {
        let mut pair = Pair::up(timing(tx, rx, mult));
        let cut_at = pair.elapsed();
        pair.cut = [true; 2];
        pair.run(ms(2 * expected));
        for side in [A, B] {
            let (at, change) = pair.changes(side)[0];
            assert_eq!(change.diag, Diag::DETECTION_TIME_EXPIRED);
            assert!(at <= cut_at + ms(expected) + pair.latency, "{at:?}");
            assert!(at + ms(tx.max(rx)) >= cut_at + ms(expected));
        }
    }
}

#[test]
fn a_line_cut_one_way_brings_both_down() {
    let mut pair = Pair::up(timing(50, 50, 3));
    pair.cut[A] = true;
    pair.run(ms(400));
    let (detected, b) = pair.changes(B)[0];
    let (told, a) = pair.changes(A)[0];
    assert_eq!((a.diag, b.diag), (Diag::NEIGHBOR_SIGNALED_DOWN, Diag::DETECTION_TIME_EXPIRED));
    assert_eq!(told, detected + pair.latency, "Down is told at once");
    assert_eq!(a.remote.diag, Diag::DETECTION_TIME_EXPIRED);
}

#[test]
fn the_slower_wish_rules_each_direction() {
    let mut pair = Pair::new(timing(20, 100, 3), timing(50, 30, 5), 9);
    pair.run(ms(1000));
    assert_eq!(pair.sessions[A].transmit_interval(), Some(ms(30)));
    assert_eq!(pair.sessions[B].transmit_interval(), Some(ms(100)));
    assert_eq!(pair.sessions[A].detection_time(), Some(ms(500)));
    assert_eq!(pair.sessions[B].detection_time(), Some(ms(90)));
}

#[test]
fn timers_change_without_a_flap() {
    let mut pair = Pair::up(timing(50, 50, 3));
    for next in [timing(200, 200, 3), timing(10, 10, 3), timing(10, 400, 3), timing(400, 10, 1)] {
        pair.handle(A, Input::Reconfigure(next));
        pair.run(ms(4000));
        assert!(!pair.sessions[A].polling(), "the peer confirmed {next:?}");
        assert_eq!(pair.sessions[A].timing(), next);
        assert_eq!(pair.sessions[A].transmit_interval(), Some(next.desired_min_tx.max(ms(50))));
        assert_eq!(
            pair.sessions[B].detection_time(),
            Some(next.desired_min_tx.max(ms(50)) * u32::from(next.detect_mult.get()))
        );
    }
    assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty());
    assert!(pair.sent(A).iter().any(|(_, c)| c.poll));
    assert!(pair.sent(B).iter().any(|(_, c)| c.final_));
}

#[test]
fn two_changes_in_a_row_both_arrive() {
    let mut pair = Pair::up(timing(50, 50, 3));
    pair.handle(A, Input::Reconfigure(timing(100, 50, 3)));
    pair.handle(A, Input::Reconfigure(timing(200, 20, 4)));
    pair.run(ms(2000));
    assert_eq!(pair.sessions[A].timing(), timing(200, 20, 4));
    assert!(!pair.sessions[A].polling());
    assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty());
}

#[test]
fn admin_down_is_not_a_failure_and_ends() {
    let mut pair = Pair::up(timing(50, 50, 3));
    pair.handle(A, Input::AdminDown(true));
    pair.run(ms(5000));
    let (_, b) = pair.changes(B)[0];
    assert_eq!((b.to, b.diag), (State::Down, Diag::NEIGHBOR_SIGNALED_DOWN));
    assert_eq!((b.remote.state, b.remote.diag), (State::AdminDown, Diag::ADMIN_DOWN));
    assert!(!b.is_failure() && !pair.changes(A)[0].1.is_failure());
    assert_eq!(pair.states(), [State::AdminDown, State::Down]);
    assert!(pair.sessions[A].counters().discarded(Discard::AdminDown) > 0);
    pair.handle(A, Input::AdminDown(false));
    pair.run(ms(1100));
    assert_eq!(pair.states(), [State::Up; 2]);
}

#[test]
fn a_hundred_microseconds_stay_up() {
    let fast = Timing::new(Duration::from_micros(100), NonZeroU8::new(3).unwrap());
    let mut pair = Pair::same(fast);
    pair.latency = Duration::from_micros(20);
    pair.run(ms(1000));
    assert_eq!(pair.states(), [State::Up; 2]);
    assert_eq!(pair.changes(A).len(), pair.changes(B).len());
    assert!(pair.changes(A).iter().all(|(_, c)| !c.is_failure()));
}

fn lossy(seed: u64) -> Pair {
    let mut pair = Pair::new(timing(50, 50, 5), timing(20, 30, 5), seed);
    pair.loss = 200;
    pair.run(ms(20_000));
    pair
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    assert_eq!(lossy(42).trace, lossy(42).trace);
    assert_ne!(lossy(42).trace, lossy(43).trace);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever was lost, a line that works again brings both sides Up, confirmed, at the agreed values.
    #[test]
    fn a_lossy_line_recovers(seed: u64) {
        let mut pair = lossy(seed);
        pair.loss = 0;
        pair.run(ms(4000));
        prop_assert_eq!(pair.states(), [State::Up; 2]);
        prop_assert!(!pair.sessions[A].polling() && !pair.sessions[B].polling());
        prop_assert_eq!(pair.sessions[A].detection_time(), Some(ms(250)));
        prop_assert_eq!(pair.sessions[B].detection_time(), Some(ms(250)));
    }

    /// Periodic packets keep to 75-99 % of the interval, however the timers are chosen.
    #[test]
    fn packets_keep_to_the_interval(seed: u64, tx in 1..200_u64, rx in 1..200_u64) {
        let mut pair = Pair::new(timing(tx, 1, 3), timing(1, rx, 3), seed);
        pair.run(ms(100));
        prop_assert_eq!(pair.states(), [State::Up; 2]);
        pair.run(ms(1000));
        pair.trace.clear();
        pair.run(ms(5000));
        let agreed = ms(tx.max(rx));
        for gap in pair.sent(A).windows(2).map(|w| w[1].0.saturating_sub(w[0].0)) {
            prop_assert!(gap <= agreed * 99 / 100 && gap >= agreed * 74 / 100, "{:?} of {:?}", gap, agreed);
        }
    }
}
