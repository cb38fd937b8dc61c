//! Sessions that a peer begins (RFC 9468).
use crate::side::{INTERVAL, MULT, PATIENCE, Side, down, loopback, now};
use bfd::{
    AuthType, Authentication, Control, Diag, Discard, EchoConfig, Packet, PathKind, SessionParams, State,
    Timing, Unsolicited, UnsolicitedParams,
};
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// What `side` takes of peers that receive on `peer_port`, from this prefix and no more than one.
fn params(side: &Side, peer_port: u16, prefix: &str) -> UnsolicitedParams {
    let policy = Unsolicited { allowed: vec![prefix.parse().unwrap()], limit: 1 };
    let mut params = UnsolicitedParams::new(side.local.ip(), policy);
    params.profile.local = side.local;
    params.profile.peer.set_port(peer_port);
    params.profile.timing = Timing::new(INTERVAL, MULT);
    params
}

fn peer(local: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind(local).unwrap();
    socket.set_ttl(255).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn count(side: &Side, reason: Discard) -> u64 {
    side.driver.totals().discarded(reason)
}

/// Waits until it has happened once.
fn once(side: &Side, reason: Discard) {
    let deadline = now() + PATIENCE;
    while count(side, reason) == 0 {
        assert!(now() < deadline, "{reason}");
        std::thread::yield_now();
    }
    assert_eq!(count(side, reason), 1, "{reason}");
}

#[test]
fn a_peer_begins_a_session_and_when_it_is_gone_the_session_is_removed() {
    let (ours, theirs) = (Side::start(loopback(90)), Side::start(loopback(91)));
    let mut params = params(&ours, theirs.local.port(), "127.0.0.91/32");
    params.linger = Duration::from_millis(50);
    assert_eq!(ours.driver.accept_unsolicited(params).unwrap(), ours.local);
    assert_eq!(ours.driver.snapshots(), []);

    let mut last = None;
    for _ in 0..2 {
        let session = theirs.add(ours.local);
        let event = ours.wait_for(State::Up);
        assert_eq!(event.peer, theirs.local);
        assert_ne!(last, Some(event.session), "a session is never used twice");
        last = Some(event.session);
        theirs.wait_for(State::Up);
        let snapshot = ours.driver.snapshot(event.session).unwrap();
        assert_eq!((snapshot.peer, snapshot.local), (theirs.local, ours.local));

        theirs.driver.remove(session).unwrap();
        let down = ours.wait_for(State::Down);
        assert_eq!(down.remote.state, State::AdminDown);
        let over = ours.wait_for(State::AdminDown);
        assert_eq!((over.session, over.from), (event.session, State::Down));
        assert!(over.at >= down.at + Duration::from_millis(50));
        assert_eq!(ours.driver.snapshot(event.session), None);
    }
}

#[test]
fn a_peer_that_falls_silent_is_forgotten_and_never_called() {
    let ours = Side::start(loopback(92));
    let socket = peer(loopback(93));
    let mut params = params(&ours, socket.local_addr().unwrap().port(), "127.0.0.93/32");
    params.linger = Duration::from_millis(1);
    ours.driver.accept_unsolicited(params).unwrap();
    let mut control = Packet::parse(&down()).unwrap().control;
    control.desired_min_tx = INTERVAL;
    socket.send_to(&control.encode(), ours.local).unwrap();
    ours.wait_for(State::Init);
    assert_eq!(ours.wait_for(State::Down).diag, Diag::DETECTION_TIME_EXPIRED);
    ours.wait_for(State::AdminDown);
    assert_eq!(ours.driver.snapshots(), []);
    // It heard of Init and of nothing more: a passive session does not speak to whom it does not hear.
    let mut heard = Vec::new();
    socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut payload = [0; 64];
    while let Ok(length) = socket.recv(&mut payload) {
        heard.push(Packet::parse(&payload[..length]).unwrap().control.state);
    }
    assert!(heard.iter().all(|state| *state == State::Init), "{heard:?}");
}

/// (why, where the peer is, the prefix allowed, with which TTL its packet arrives, its state)
#[test]
fn who_may_not_begin_a_session() {
    for (last, reason, prefix, ttl, state) in [
        (94, Discard::NoSession, "192.0.2.0/24", 255, State::Down),
        (96, Discard::NoSession, "127.0.0.0/8", 255, State::AdminDown),
        (98, Discard::Ttl, "127.0.0.0/8", 254, State::Down),
    ] {
        let ours = Side::start(loopback(last));
        let socket = peer(loopback(last + 1));
        let port = socket.local_addr().unwrap().port();
        ours.driver.accept_unsolicited(params(&ours, port, prefix)).unwrap();
        socket.set_ttl(ttl).unwrap();
        let control = Control { state, ..Packet::parse(&down()).unwrap().control };
        socket.send_to(&control.encode(), ours.local).unwrap();
        once(&ours, reason);
        assert_eq!(ours.driver.snapshots(), [], "{reason}");
        assert!(ours.events.try_recv().is_err());
    }
}

#[test]
fn there_are_no_more_than_the_limit_and_none_once_they_are_refused() {
    let ours = Side::start(loopback(100));
    let [first, second] = [101, 102].map(|last| peer(loopback(last)));
    let port = first.local_addr().unwrap().port();
    ours.driver.accept_unsolicited(params(&ours, port, "127.0.0.0/8")).unwrap();
    first.send_to(&down(), ours.local).unwrap();
    let session = ours.wait_for(State::Init).session;
    second.send_to(&down(), ours.local).unwrap();
    once(&ours, Discard::SessionLimit);

    // The place of one that is gone is free.
    ours.driver.remove(session).unwrap();
    second.send_to(&down(), ours.local).unwrap();
    let session = ours.wait_for(State::Init).session;
    ours.driver.remove(session).unwrap();

    ours.driver.refuse_unsolicited(ours.local, None).unwrap();
    first.send_to(&down(), ours.local).unwrap();
    once(&ours, Discard::NoSession);
    let again = ours.driver.refuse_unsolicited(ours.local, None);
    assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_packet_that_is_not_authenticated_leaves_nothing_behind() {
    let ours = Side::start(loopback(103));
    let socket = peer(loopback(104));
    let mut params = params(&ours, socket.local_addr().unwrap().port(), "127.0.0.0/8");
    params.profile.authentication = Some(Authentication::new(AuthType::KeyedSha1, 1, b"key").unwrap());
    ours.driver.accept_unsolicited(params).unwrap();
    socket.send_to(&down(), ours.local).unwrap();
    once(&ours, Discard::AuthMissing);
    assert_eq!(ours.driver.snapshots(), []);
    assert!(ours.events.try_recv().is_err());
}

#[test]
fn a_profile_that_cannot_work_is_refused() {
    let ours = Side::start(loopback(105));
    let good = params(&ours, 3784, "127.0.0.0/8");
    let echo = EchoConfig { required_min_rx: INTERVAL, interval: None };
    let path = PathKind::Multihop { minimum_ttl: 1 };
    let fast = Timing::new(Duration::from_micros(1), MULT);
    for profile in [
        SessionParams { path, ..good.profile.clone() },
        SessionParams { echo, ..good.profile.clone() },
        SessionParams { timing: fast, ..good.profile.clone() },
        SessionParams { peer: "[::]:3784".parse().unwrap(), ..good.profile.clone() },
    ] {
        let error = ours.driver.accept_unsolicited(UnsolicitedParams { profile, ..good.clone() });
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
