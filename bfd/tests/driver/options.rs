//! What a session may have besides its timers: another kind of path, authentication, demand mode.
use crate::side::{INTERVAL, PATIENCE, Side, Two, down, loopback, up_with};
use bfd::{AuthType, Authentication, Discard, PathKind, SessionParams, State};
use std::net::UdpSocket;

fn over(path: PathKind, of: SessionParams) -> SessionParams {
    SessionParams { path, ..of }
}

#[test]
fn several_hops_take_a_packet_from_the_minimum_ttl_up() {
    let side = Side::start(loopback(50));
    let peer = UdpSocket::bind(loopback(51)).unwrap();
    let path = PathKind::Multihop { minimum_ttl: 250 };
    let params = over(path, side.params(peer.local_addr().unwrap()));
    let session = side.driver.add(params).unwrap();
    peer.set_ttl(249).unwrap();
    peer.send_to(&down(), side.local).unwrap();
    let snapshot = side.snapshot_with(session, |s| s.counters.discarded(Discard::MinimumTtl) == 1);
    assert_eq!((snapshot.state, snapshot.path), (State::Down, path));
    assert_eq!(side.driver.totals().discarded(Discard::MinimumTtl), 1);
    peer.set_ttl(250).unwrap();
    peer.send_to(&down(), side.local).unwrap();
    side.wait_for(State::Init);
}

#[test]
fn sessions_of_two_kinds_on_one_address_keep_their_own_rules() {
    let side = Side::start(loopback(52));
    let (near, far) = (UdpSocket::bind(loopback(53)).unwrap(), UdpSocket::bind(loopback(54)).unwrap());
    let near_session = side.add(near.local_addr().unwrap());
    let path = PathKind::Multihop { minimum_ttl: 1 };
    let far_session = side.driver.add(over(path, side.params(far.local_addr().unwrap()))).unwrap();
    for peer in [&near, &far] {
        peer.set_ttl(200).unwrap();
        peer.send_to(&down(), side.local).unwrap();
    }
    side.snapshot_with(near_session, |s| s.counters.discarded(Discard::Ttl) == 1);
    side.snapshot_with(far_session, |s| s.state == State::Init);
}

fn key(auth_type: AuthType) -> Authentication {
    Authentication::new(auth_type, 7, b"a key of ours").unwrap()
}

fn authenticated(last: u8, keys: &Authentication) -> Two {
    up_with(loopback(last), loopback(last + 1), |params| SessionParams {
        authentication: Some(keys.clone()),
        ..params
    })
}

#[test]
fn every_type_of_authentication_comes_up() {
    for (last, auth_type) in (60..).step_by(2).zip(AuthType::ALL) {
        let two = authenticated(last, &key(auth_type));
        let snapshot = two.a.driver.snapshot(two.session_a).unwrap();
        assert_eq!(snapshot.authentication, Some(key(auth_type)));
        assert_eq!(snapshot.counters.discards().map(|(_, count)| count).sum::<u64>(), 0, "{auth_type:?}");
    }
}

#[test]
fn keys_are_rotated_without_a_flap() {
    let before = key(AuthType::MeticulousKeyedSha1);
    let two = authenticated(70, &before);
    let both = before.taking(8, b"another key").unwrap();
    let moved = both.clone().signing_with(8).unwrap();
    let after = Authentication::new(AuthType::MeticulousKeyedSha1, 8, b"another key").unwrap();
    for keys in [both, moved, after] {
        let ends = [(&two.a, two.session_a), (&two.b, two.session_b)];
        for (side, session) in ends {
            side.driver.set_authentication(session, Some(keys.clone())).unwrap();
        }
        for (side, session) in ends {
            let received = side.driver.snapshot(session).unwrap().counters.received;
            side.snapshot_with(session, |s| s.counters.received > received);
        }
    }
    for (side, session) in [(&two.a, two.session_a), (&two.b, two.session_b)] {
        assert!(side.events.try_recv().is_err());
        let snapshot = side.driver.snapshot(session).unwrap();
        assert_eq!(snapshot.counters.discards().map(|(_, count)| count).sum::<u64>(), 0);
    }
}

#[test]
fn a_wrong_key_brings_the_session_down_and_is_counted() {
    let two = authenticated(72, &key(AuthType::KeyedMd5));
    let other = Authentication::new(AuthType::KeyedMd5, 7, b"not that key").unwrap();
    two.a.driver.set_authentication(two.session_a, Some(other)).unwrap();
    for (side, session) in [(&two.a, two.session_a), (&two.b, two.session_b)] {
        side.wait_for(State::Down);
        side.snapshot_with(session, |s| s.counters.discarded(Discard::AuthDigest) > 0);
    }
}

#[test]
fn demand_mode_silences_the_peer_and_a_poll_verifies_the_path() {
    let two = up_with(loopback(74), loopback(75), |params| params);
    two.a.driver.set_demand(two.session_a, true).unwrap();
    two.a.snapshot_with(two.session_a, |s| s.demanding && !s.polling);
    two.b.snapshot_with(two.session_b, |s| s.transmit_interval.is_none());
    let received = two.a.driver.snapshot(two.session_a).unwrap().counters.received;
    two.a.driver.poll(two.session_a).unwrap();
    let verified = two.a.snapshot_with(two.session_a, |s| !s.polling && s.counters.received > received);
    assert_eq!((verified.state, verified.detection_time), (State::Up, Some(INTERVAL * 3)));
    two.a.driver.set_demand(two.session_a, false).unwrap();
    two.b.snapshot_with(two.session_b, |s| s.transmit_interval == Some(INTERVAL));
    assert!(two.a.events.try_recv().is_err() && two.b.events.try_recv().is_err());
}

#[test]
fn the_c_bit_is_what_was_configured() {
    let side = Side::start(loopback(76));
    let peer = UdpSocket::bind(loopback(77)).unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    let params = side.params(peer.local_addr().unwrap());
    side.driver.add(SessionParams { control_plane_independent: true, ..params }).unwrap();
    let mut payload = [0; 64];
    let (length, _) = peer.recv_from(&mut payload).unwrap();
    let control = bfd::Packet::parse(payload.get(..length).unwrap()).unwrap().control;
    assert!(control.control_plane_independent);
}

#[test]
fn a_session_that_an_operator_holds_down_comes_up_when_it_is_let_go() {
    let (a, b) = (Side::start(loopback(90)), Side::start(loopback(91)));
    let held = SessionParams { admin_down: true, ..a.params(b.local) };
    let session = a.driver.add(held.clone()).unwrap();
    let theirs = b.add(a.local);
    let told = |s: &bfd::Snapshot| s.remote.is_some_and(|remote| remote.state == State::AdminDown);
    assert_eq!(b.snapshot_with(theirs, told).state, State::Down);
    a.driver.change(session, SessionParams { admin_down: false, ..held.clone() }).unwrap();
    b.wait_for(State::Up);
    a.driver.change(session, held).unwrap();
    assert!(!b.wait_for(State::Down).is_failure());
}
