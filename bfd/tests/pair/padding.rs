//! Large packets (RFC 9764) on a line that carries only so much.
use crate::line::{A, B, Pair, ms, timing};
use bfd::{Diag, PaddedPduSize, State};

/// (size that A pads to, what the line carries, whether both come Up)
#[test]
fn a_line_that_carries_only_small_packets_is_not_up() {
    for (size, mtu, up) in [
        (None, 100, true),
        (Some(1500), 1500, true),
        (Some(1500), 1499, false),
        (Some(24), 100, true),
        (Some(9000), 1500, false),
    ] {
        let mut pair = Pair::same(timing(50, 50, 3));
        pair.padding[A] = size.and_then(PaddedPduSize::new);
        pair.mtu = mtu;
        pair.run(ms(5000));
        assert_eq!(pair.states().map(|state| state == State::Up), [up; 2], "{size:?} on {mtu}");
    }
}

#[test]
fn a_smaller_mtu_is_detected_within_the_detection_time() {
    let mut pair = Pair::same(timing(50, 50, 3));
    pair.padding = [PaddedPduSize::new(1500); 2];
    pair.run(ms(500));
    assert_eq!(pair.states(), [State::Up; 2]);
    pair.trace.clear();
    let shrunk_at = pair.elapsed();
    pair.mtu = 1400;
    pair.run(ms(300));
    for side in [A, B] {
        let (at, change) = pair.changes(side)[0];
        assert_eq!((change.to, change.diag), (State::Down, Diag::DETECTION_TIME_EXPIRED));
        assert!(at <= shrunk_at + ms(150) + pair.latency, "{at:?}");
    }
    pair.mtu = 1500;
    pair.run(ms(1100));
    assert_eq!(pair.states(), [State::Up; 2]);
}

/// Each direction is padded by its sender alone: the receiver needs to know nothing.
#[test]
fn one_side_may_pad_and_the_other_not() {
    let mut pair = Pair::same(timing(50, 50, 3));
    pair.padding[B] = PaddedPduSize::new(1400);
    pair.run(ms(500));
    assert_eq!(pair.states(), [State::Up; 2]);
}
