//! In the steady state the driver's thread allocates nothing: packets come and go, nothing changes.
#![cfg(all(feature = "driver", target_os = "linux"))]
mod counting;

use bfd::{
    Control, DampingConfig, Diag, Driver, DriverConfig, Packet, PaddedPduSize, SessionParams, State, Timing,
};
use counting::allocations;
use std::net::{SocketAddr, UdpSocket};
use std::num::{NonZeroU8, NonZeroU32};
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn packets_cost_no_allocation() {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let (sender, events) = channel();
    let config = DriverConfig::new(move |event| {
        let before = allocations();
        let _after_the_test = sender.send((event.to, before));
    });
    let driver = Driver::start(config).unwrap();
    let peer = UdpSocket::bind(any).unwrap();
    peer.set_ttl(255).unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (interval, detect_mult) = (Duration::from_millis(2), NonZeroU8::MAX);
    let local = driver.bind(any).unwrap();
    let timing = Timing::new(interval, detect_mult);
    let peer_at = peer.local_addr().unwrap();
    let params = SessionParams {
        local,
        peer: peer_at,
        timing,
        padding: PaddedPduSize::new(1400),
        damping: Some(DampingConfig::default()),
        ..SessionParams::new(local.ip(), peer_at.ip())
    };
    let session = driver.add(params).unwrap();
    let mut control = Control {
        diag: Diag::NONE,
        state: State::Init,
        poll: false,
        final_: false,
        control_plane_independent: false,
        demand: false,
        detect_mult,
        my_discriminator: NonZeroU32::MIN,
        your_discriminator: Some(driver.snapshot(session).unwrap().discriminator),
        desired_min_tx: interval,
        required_min_rx: interval,
        required_min_echo_rx: Duration::ZERO,
    };

    // What a channel, a first line of the log and the like allocate once is behind us after a few changes.
    let mut seen = Vec::new();
    for state in [State::Init, State::Down, State::Init, State::Down, State::Init] {
        control.state = state;
        peer.send_to(&control.encode(), local).unwrap();
        seen.push(events.recv_timeout(Duration::from_secs(20)).unwrap());
    }
    let a_change = seen.iter().rev().map(|(_, count)| count).take(2);
    let a_change = a_change.copied().reduce(|last, before| last - before).unwrap();
    for number in 0..100 {
        let mut payload = [0; 64];
        let (length, _) = peer.recv_from(&mut payload).unwrap();
        Packet::parse(payload.get(..length).unwrap()).unwrap();
        control.state = State::Up;
        control.poll = number % 10 == 0;
        peer.send_to(&control.encode(), local).unwrap();
    }
    control.state = State::Down;
    peer.send_to(&control.encode(), local).unwrap();
    let (state, count) = events.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(state, State::Down);
    let (_, before) = seen.pop().unwrap();
    assert!(count - before <= a_change, "{} allocations; a change of state takes {a_change}", count - before);
    assert!(driver.snapshot(session).unwrap().counters.received >= 100);
}
