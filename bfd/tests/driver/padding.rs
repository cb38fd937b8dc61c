//! Large packets (RFC 9764) on real sockets.
use crate::netns::Namespaces;
use crate::side::{INTERVAL, PATIENCE, Side, loopback, up_with};
use bfd::{Control, Diag, Discard, Packet, PaddedPduSize, SessionParams, State};
use std::net::UdpSocket;

fn padded(params: SessionParams, octets: u16) -> SessionParams {
    SessionParams { padding: PaddedPduSize::new(octets), ..params }
}

#[test]
fn packets_are_as_large_as_configured_and_end_in_zeros() {
    for (near, far, headers) in
        [(loopback(80), loopback(81), 28), ("[::1]:0".parse().unwrap(), "[::1]:0".parse().unwrap(), 48)]
    {
        let (side, peer) = (Side::start(near), UdpSocket::bind(far).unwrap());
        peer.set_read_timeout(Some(PATIENCE)).unwrap();
        let params = padded(side.params(peer.local_addr().unwrap()), 9000);
        let session = side.driver.add(params).unwrap();
        let mut payload = [1; 9001];
        let length = peer.recv(&mut payload).unwrap();
        assert_eq!(length + headers, 9000);
        assert!(payload[Control::LEN..length].iter().all(|octet| *octet == 0));
        assert_eq!(Packet::parse(&payload[..length]).unwrap().control.state, State::Down);
        assert_eq!(side.driver.snapshot(session).unwrap().padding, PaddedPduSize::new(9000));
    }
}

#[test]
fn large_packets_come_up_without_a_discard() {
    let two = up_with(loopback(82), loopback(83), |params| padded(params, 1500));
    for (side, session) in [(&two.a, two.session_a), (&two.b, two.session_b)] {
        let snapshot = side.driver.snapshot(session).unwrap();
        assert_eq!(snapshot.send_failures, 0);
        assert!(Discard::ALL.iter().all(|reason| snapshot.counters.discarded(*reason) == 0));
    }
}

/// A link whose far end takes no more than 1400 octets drops larger packets without a word, as a path does
/// that was moved to a tunnel.
#[test]
fn a_link_that_carries_only_small_packets_is_detected() {
    let Some(net) = Namespaces::new("a_link_that_carries_only_small_packets_is_detected") else { return };
    net.link("eth0");
    net.ip(0, "address add 192.0.2.1/24 dev eth0");
    net.ip(1, "address add 192.0.2.2/24 dev eth0");
    let [local_a, local_b] = ["192.0.2.1:3784", "192.0.2.2:3784"].map(|text| text.parse().unwrap());
    let (a, b) = (net.within(0, || Side::start(local_a)), net.within(1, || Side::start(local_b)));
    let session_a = a.driver.add(padded(a.params(local_b), 1500)).unwrap();
    let session_b = b.driver.add(b.params(local_a)).unwrap();
    for (side, session) in [(&a, session_a), (&b, session_b)] {
        side.wait_for(State::Up);
        let agreed = Some(INTERVAL * 3);
        side.snapshot_with(session, |s| s.detection_time == agreed && s.remote.is_some_and(|r| !r.poll));
    }
    net.ip(1, "link set eth0 mtu 1400");
    let event = b.wait_for(State::Down);
    assert_eq!((event.diag, event.is_failure()), (Diag::DETECTION_TIME_EXPIRED, true));
    assert_eq!(a.wait_for(State::Down).diag, Diag::NEIGHBOR_SIGNALED_DOWN);
    net.ip(1, "link set eth0 mtu 1500");
    a.wait_for(State::Up);
    b.wait_for(State::Up);
    // Where the interface itself cannot carry them, they are refused and not sent in parts.
    let before = a.driver.snapshot(session_a).unwrap().send_failures;
    net.ip(0, "link set eth0 mtu 1400");
    b.wait_for(State::Down);
    a.snapshot_with(session_a, |s| s.send_failures > before);
}
