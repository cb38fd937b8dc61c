//! At 100 us, the shortest interval that the driver takes.
use crate::line::{A, B, Happened, Pair, ms};
use bfd::{Diag, State, Timing};
use proptest::prelude::*;
use std::num::NonZeroU8;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_micros(100);

fn pair(mult: u8, seed: u64) -> Pair {
    let timing = Timing::new(INTERVAL, NonZeroU8::new(mult).unwrap());
    let mut pair = Pair::new(timing, timing, seed);
    pair.latency = Duration::from_micros(20);
    pair
}

#[test]
fn every_detect_mult_is_agreed_and_kept() {
    for mult in 1..=u8::MAX {
        let mut pair = pair(mult, mult.into());
        pair.run(ms(5));
        assert_eq!(pair.states(), [State::Up; 2], "{mult}");
        let (cut_at, time) = (pair.elapsed(), INTERVAL * u32::from(mult));
        pair.cut = [true; 2];
        pair.trace.clear();
        pair.run(time + pair.latency);
        for side in [A, B] {
            let (at, change) = pair.changes(side)[0];
            assert_eq!(change.diag, Diag::DETECTION_TIME_EXPIRED, "{mult}");
            assert!(at + INTERVAL >= cut_at + time && at <= cut_at + time + pair.latency, "{mult}: {at:?}");
        }
    }
}

/// Each Down for silence, and how long nothing had come before it.
fn silences(pair: &Pair, side: usize) -> Vec<Duration> {
    let (mut last, mut silences) = (Duration::ZERO, Vec::new());
    for (at, happened) in &pair.trace {
        match happened {
            Happened::Received(to) if *to == side => last = *at,
            Happened::Changed(whose, change) if *whose == side && change.to == State::Down => {
                silences
                    .extend((change.diag == Diag::DETECTION_TIME_EXPIRED).then(|| at.saturating_sub(last)));
            }
            _ => {}
        }
    }
    silences
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// A third of the packets is lost, the others overtake each other by more than an interval: nobody goes
    /// Down for silence who heard something within the detection time, and a line that is mended is Up.
    #[test]
    fn loss_delay_and_reorder(seed: u64) {
        let mut pair = pair(5, seed);
        (pair.loss, pair.spread) = (333, INTERVAL * 3);
        pair.run(ms(2500));
        for side in [A, B] {
            prop_assert!(silences(&pair, side).iter().all(|silence| *silence >= INTERVAL * 5));
        }
        (pair.loss, pair.spread) = (0, Duration::ZERO);
        pair.run(ms(2200));
        prop_assert_eq!(pair.states(), [State::Up; 2]);
        pair.trace.clear();
        pair.run(ms(100));
        prop_assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty());
        prop_assert!(!pair.sessions[A].polling() && !pair.sessions[B].polling());
        prop_assert_eq!(pair.sessions[A].detection_time(), Some(INTERVAL * 5));
    }
}
