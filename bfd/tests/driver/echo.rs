//! The echo function on loopback addresses. Sending echo packets of our own takes a privilege: without it, that is
//! told, which is as much of the driver's promise as the rest.
use crate::side::{INTERVAL, PATIENCE, Peer, Side, loopback, up_with};
use bfd::{Discard, ECHO_PORT, EchoConfig, PathKind, SessionParams, State};
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

const RETURNED: EchoConfig = EchoConfig { required_min_rx: INTERVAL, interval: None };

#[test]
fn a_packet_addressed_to_us_is_sent_back_to_a_peer_that_may_send_it() {
    let side = Side::start(loopback(80));
    let mut peer = Peer::of(&side, loopback(81));
    side.driver.set_echo(peer.session, RETURNED).unwrap();
    let socket = UdpSocket::bind((peer.socket.local_addr().unwrap().ip(), 0)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let to = SocketAddr::new(side.local.ip(), ECHO_PORT);

    socket.set_ttl(255).unwrap();
    socket.send_to(b"not yet", to).unwrap();
    side.snapshot_with(peer.session, |s| s.counters.discarded(Discard::EchoUnasked) == 1);
    peer.send(&side, State::Init, false);
    side.wait_for(State::Up);
    socket.set_ttl(254).unwrap();
    socket.send_to(b"from afar", to).unwrap();
    side.snapshot_with(peer.session, |s| s.counters.discarded(Discard::Ttl) == 1);

    socket.set_ttl(255).unwrap();
    socket.send_to(b"an echo packet", to).unwrap();
    let mut payload = [0; 64];
    let (length, from) = socket.recv_from(&mut payload).unwrap();
    assert_eq!((payload.get(..length).unwrap(), from), (&b"an echo packet"[..], to));
    assert_eq!(side.driver.snapshot(peer.session).unwrap().echo_sent_back, 1);
    while peer.receive().required_min_echo_rx != INTERVAL {}

    side.driver.set_echo(peer.session, EchoConfig::default()).unwrap();
    socket.send_to(b"no more", to).unwrap();
    side.snapshot_with(peer.session, |s| s.counters.discarded(Discard::EchoUnasked) == 2);
}

#[test]
fn our_own_come_back_with_their_round_trip_time_or_the_privilege_is_missing() {
    let two = up_with(loopback(82), loopback(83), |params| params);
    two.b.driver.set_echo(two.session_b, RETURNED).unwrap();
    let sent = EchoConfig { required_min_rx: Duration::ZERO, interval: Some(INTERVAL / 2) };
    two.a.driver.set_echo(two.session_a, sent).unwrap();
    let answered = |s: &bfd::Snapshot| {
        s.echo_denied.is_some() || s.echo.is_some_and(|echo| echo.returned > 2 && echo.round_trip.is_some())
    };
    let snapshot = two.a.snapshot_with(two.session_a, answered);
    match (snapshot.echo, snapshot.echo_denied) {
        (Some(echo), None) => {
            assert_eq!(echo.interval, Some(INTERVAL), "the slower wish");
            assert!(echo.round_trip < Some(PATIENCE));
        }
        (None, Some(denied)) => {
            let told = "BFD runs without echo packets of its own: permission denied";
            assert_eq!(denied.to_string(), told);
        }
        other => panic!("{other:?}"),
    }
    assert!(two.a.events.try_recv().is_err() && two.b.events.try_recv().is_err());
}

#[test]
fn what_cannot_have_echo_packets_is_refused() {
    let side = Side::start(loopback(84));
    let good = side.params("127.0.0.85:3784".parse().unwrap());
    let of = |interval| EchoConfig { required_min_rx: Duration::ZERO, interval: Some(interval) };
    let multihop = PathKind::Multihop { minimum_ttl: 1 };
    for params in [
        SessionParams { echo: RETURNED, path: multihop, ..good.clone() },
        SessionParams { echo: of(Duration::from_micros(99)), ..good.clone() },
        SessionParams { echo: of(INTERVAL), echo_source: Some("::1".parse().unwrap()), ..good.clone() },
        SessionParams { echo: of(INTERVAL), local: "0.0.0.0:0".parse().unwrap(), ..good.clone() },
    ] {
        assert_eq!(side.driver.add(params).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert!(side.driver.snapshots().is_empty());
    side.driver.add(good).unwrap();
}
