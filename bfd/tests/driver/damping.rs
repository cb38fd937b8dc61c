//! Flap damping of a session on real sockets.
use crate::side::{Peer, Side, loopback};
use bfd::{DampingConfig, SessionParams, State};
use std::io::ErrorKind;
use std::num::NonZeroU8;
use std::time::Duration;

#[test]
fn an_up_too_soon_after_too_many_failures_is_told_later() {
    let side = Side::start(loopback(84));
    let half_life = Duration::from_secs(1);
    let config = DampingConfig { half_life, max_suppress: half_life * 4, ..DampingConfig::default() };
    let mut peer =
        Peer::with(&side, loopback(85), |params| SessionParams { damping: Some(config), ..params });
    peer.control.detect_mult = NonZeroU8::MAX;
    for _ in 0..3 {
        peer.send(&side, State::Init, false);
        side.wait_for(State::Up);
        peer.send(&side, State::Down, false);
        assert!(side.wait_for(State::Down).is_failure(), "each Down is told at once");
    }
    peer.send(&side, State::Init, false);
    let snapshot = side.snapshot_with(peer.session, |s| s.state == State::Up);
    let damping = snapshot.damping.unwrap();
    assert!(damping.withheld && damping.penalty > 1000, "{damping:?}");
    assert!(side.events.try_recv().is_err(), "nobody is told");
    let event = side.wait_for(State::Up);
    assert_eq!((event.session, event.from), (peer.session, State::Down));
    assert!(event.at >= damping.suppressed_until.unwrap());
    let after = side.driver.snapshot(peer.session).unwrap();
    assert!(!after.damping.unwrap().withheld);
    assert_eq!(after.since, snapshot.since, "the session itself was Up all the while");
}

#[test]
fn thresholds_that_cannot_work_are_refused() {
    let side = Side::start(loopback(86));
    let damping = Some(DampingConfig { reuse: 5000, ..DampingConfig::default() });
    let params = SessionParams { damping, ..SessionParams::new(side.local.ip(), loopback(87).ip()) };
    let error = side.driver.add(params).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("reuse"), "{error}");
}
