//! Demand mode between two sessions, on one side and on both.
use crate::line::{A, B, Pair, ms, timing};
use bfd::{Diag, Input, State};
use proptest::prelude::*;

fn demanding(sides: &[usize]) -> Pair {
    let mut pair = Pair::same(timing(50, 50, 3));
    for side in sides {
        pair.handle(*side, Input::Demand(true));
    }
    pair.run(ms(2000));
    assert_eq!(pair.states(), [State::Up; 2]);
    for side in [A, B] {
        assert_eq!(pair.sessions[side].demanding(), sides.contains(&side));
        assert!(!pair.sessions[side].polling());
    }
    pair.trace.clear();
    pair
}

#[test]
fn the_other_side_falls_silent() {
    for (sides, silent) in [(&[A][..], [false, true]), (&[B], [true, false]), (&[A, B], [true, true])] {
        let mut pair = demanding(sides);
        pair.run(ms(60_000));
        assert_eq!([A, B].map(|side| pair.sent(side).is_empty()), silent, "{sides:?}");
        assert_eq!(pair.states(), [State::Up; 2]);
    }
}

#[test]
fn a_poll_sequence_is_one_packet_each_way() {
    let mut pair = demanding(&[A, B]);
    pair.handle(A, Input::Poll);
    pair.run(ms(5000));
    let bits = |side| pair.sent(side).iter().map(|(_, c)| (c.poll, c.final_)).collect::<Vec<_>>();
    assert_eq!((bits(A), bits(B)), (vec![(true, false)], vec![(false, true)]));
    assert!(!pair.sessions[A].polling());
}

#[test]
fn a_cut_line_is_found_by_a_poll_and_only_by_it() {
    let mut pair = demanding(&[A, B]);
    pair.cut = [true; 2];
    pair.run(ms(10_000));
    assert_eq!(pair.states(), [State::Up; 2]);
    pair.handle(A, Input::Poll);
    let asked = pair.elapsed();
    pair.run(ms(1000));
    let (at, change) = pair.changes(A)[0];
    assert_eq!((at, change.diag), (asked + ms(150), Diag::DETECTION_TIME_EXPIRED));
    assert!(pair.changes(B).is_empty());
}

#[test]
fn timers_change_in_demand_mode_by_polls_alone() {
    let mut pair = demanding(&[A, B]);
    for next in [timing(200, 200, 3), timing(10, 10, 3), timing(400, 10, 1)] {
        pair.handle(A, Input::Reconfigure(next));
        pair.handle(B, Input::Reconfigure(next));
        pair.run(ms(4000));
        assert_eq!([A, B].map(|side| pair.sessions[side].timing()), [next; 2]);
        assert_eq!(
            [A, B].map(|side| pair.sessions[side].remote().unwrap().desired_min_tx),
            [next.desired_min_tx; 2]
        );
    }
    assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty());
    assert!(pair.sent(A).len() < 12, "{} packets", pair.sent(A).len());
}

#[test]
fn an_operator_is_heard_in_demand_mode() {
    let mut pair = demanding(&[A, B]);
    pair.run(ms(10_000));
    pair.handle(A, Input::AdminDown(true));
    pair.run(ms(1));
    assert_eq!(pair.states(), [State::AdminDown, State::Down]);
    pair.handle(A, Input::AdminDown(false));
    pair.run(ms(3000));
    assert_eq!(pair.states(), [State::Up; 2]);
    assert!([A, B].into_iter().all(|side| pair.sessions[side].demanding()), "and it begins again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever asks for what and whatever is lost: once the line works again, both sides are Up, in the
    /// mode that was asked for last, with nothing left to confirm.
    #[test]
    fn both_sides_agree_in_the_end(seed: u64, asked in prop::collection::vec((0..2_usize, any::<bool>(), 1..800_u64), 1..12)) {
        let mut pair = Pair::new(timing(50, 50, 3), timing(20, 30, 3), seed);
        pair.loss = 150;
        let mut wishes = [false; 2];
        for (side, demand, pause) in asked {
            pair.handle(side, Input::Demand(demand));
            wishes[side] = demand;
            pair.run(ms(pause));
        }
        pair.loss = 0;
        for side in [A, B] {
            pair.handle(side, Input::Poll); // or a Down that the peer missed would never be found
        }
        pair.run(ms(12_000));
        prop_assert_eq!(pair.states(), [State::Up; 2]);
        for side in [A, B] {
            prop_assert_eq!(pair.sessions[side].demanding(), wishes[side]);
            prop_assert_eq!(pair.sessions[1 - side].remote().is_some(), true);
            prop_assert!(!pair.sessions[side].polling());
        }
    }
}
