//! Asynchronous mode.
use crate::line::{A, B, Pair, ms, timing};
use bfd::{Diag, Discard, Input, State, Timing};
use proptest::prelude::*;
use std::num::NonZeroU8;
use std::time::Duration;

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
