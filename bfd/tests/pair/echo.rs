//! The echo function between two sessions.
use crate::line::{A, B, Pair, ms, timing};
use bfd::{Diag, EchoConfig, Input, State};
use proptest::prelude::*;
use std::time::Duration;

/// A sends echo packets at 20 ms, B returns them at 10 ms or slower.
fn echoing() -> Pair {
    let mut pair = Pair::same(timing(50, 50, 3));
    pair.handle(
        A,
        Input::ReconfigureEcho(EchoConfig { interval: Some(ms(20)), required_min_rx: Duration::ZERO }),
    );
    pair.handle(B, Input::ReconfigureEcho(EchoConfig { interval: None, required_min_rx: ms(10) }));
    pair.run(ms(3000));
    assert_eq!(pair.states(), [State::Up; 2]);
    pair.trace.clear();
    pair
}

#[test]
fn echo_packets_come_back_and_control_packets_become_few() {
    let mut pair = echoing();
    let before = pair.sessions[A].echo().unwrap();
    assert_eq!((before.interval, before.round_trip), (Some(ms(20)), Some(2 * pair.latency)));
    pair.run(ms(10_000));
    let after = pair.sessions[A].echo().unwrap();
    assert!((500..=680).contains(&(after.sent - before.sent)), "75 to 99 % of 20 ms: {after:?}");
    assert!(after.sent - after.returned <= 1, "{after:?}");
    assert!(pair.sent(B).len() <= 15, "{} control packets in 10 s", pair.sent(B).len());
    assert_eq!(pair.sessions[A].detection_time(), Some(ms(3000)));
    assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty());
}

#[test]
fn a_line_that_returns_nothing_is_found_by_the_echo_function() {
    let mut pair = echoing();
    pair.echo_cut = true;
    let cut_at = pair.elapsed();
    pair.run(ms(200));
    let (at, change) = pair.changes(A)[0];
    assert_eq!((change.to, change.diag), (State::Down, Diag::ECHO_FAILED));
    assert!(change.is_failure());
    assert!(at >= cut_at + ms(60) && at <= cut_at + ms(80), "{:?}", at.saturating_sub(cut_at));
    assert_eq!(pair.changes(B)[0].1.remote.diag, Diag::ECHO_FAILED);
}

#[test]
fn the_peer_may_stop_it_without_a_flap() {
    let mut pair = echoing();
    pair.handle(B, Input::ReconfigureEcho(EchoConfig::default()));
    pair.run(ms(5000));
    let stopped = pair.sessions[A].echo().unwrap();
    assert_eq!(stopped.interval, None);
    pair.run(ms(5000));
    assert_eq!(pair.sessions[A].echo().unwrap().sent, stopped.sent);
    assert_eq!(pair.sessions[A].detection_time(), Some(ms(150)));
    pair.handle(B, Input::ReconfigureEcho(EchoConfig { required_min_rx: ms(100), interval: None }));
    pair.run(ms(5000));
    assert_eq!(pair.sessions[A].echo().unwrap().interval, Some(ms(100)), "the slower wish rules");
    assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty());
}

#[test]
fn no_echo_packet_leaves_a_session_that_is_not_up() {
    let mut pair = echoing();
    pair.handle(A, Input::AdminDown(true));
    let sent = pair.sessions[A].echo().unwrap().sent;
    pair.run(ms(5000));
    assert_eq!(pair.sessions[A].echo().unwrap().sent, sent);
    assert!(sent > 0);
}

#[test]
fn echo_goes_with_demand_mode() {
    let mut pair = echoing();
    pair.handle(A, Input::Demand(true));
    pair.run(ms(5000));
    pair.trace.clear();
    pair.run(ms(10_000));
    assert!(pair.sent(B).is_empty() && pair.changes(A).is_empty());
    pair.cut = [true; 2];
    pair.run(ms(100));
    assert_eq!(pair.changes(A)[0].1.diag, Diag::ECHO_FAILED);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Loss may bring the session down; afterwards it is Up with its echo packets running.
    #[test]
    fn a_lossy_line_recovers(seed: u64) {
        let mut pair = Pair::new(timing(50, 50, 3), timing(50, 50, 3), seed);
        for side in [A, B] {
            let config = EchoConfig { interval: Some(ms(20)), required_min_rx: ms(20) };
            pair.handle(side, Input::ReconfigureEcho(config));
        }
        pair.loss = 200;
        pair.run(ms(10_000));
        pair.loss = 0;
        pair.run(ms(12_000));
        prop_assert_eq!(pair.states(), [State::Up; 2]);
        for side in [A, B] {
            prop_assert_eq!(pair.sessions[side].echo().unwrap().interval, Some(ms(20)));
        }
    }
}
