//! In the steady state the driver's thread allocates nothing: packets come and go, nothing changes.
#![cfg(all(feature = "driver", target_os = "linux"))]
#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]
mod counting;

use bfd::{
    Control, DampingConfig, Diag, Driver, DriverConfig, ECHO_PORT, EchoConfig, Packet, PaddedPduSize,
    SessionParams, State, Timing,
};
use counting::allocations;
use std::net::{SocketAddr, UdpSocket};
use std::num::{NonZeroU8, NonZeroU32};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn packets_cost_no_allocation() {
    // Addresses of its own: the port of echo packets is always the same.
    let any: SocketAddr = "127.0.0.96:0".parse().unwrap();
    let theirs: SocketAddr = "127.0.0.97:0".parse().unwrap();
    let (sender, events) = channel();
    let others_up = Arc::new(AtomicUsize::new(0));
    let up = Arc::clone(&others_up);
    let config = DriverConfig::new(move |event| {
        let before = allocations();
        if event.peer.ip() == theirs.ip() {
            let _after_the_test = sender.send((event.to, before));
        } else if event.to == State::Up {
            up.fetch_add(1, Ordering::Relaxed);
        }
    });
    let driver = Driver::start(config).unwrap();
    let [peer, echo] = [(); 2].map(|()| {
        let socket = UdpSocket::bind(theirs).unwrap();
        socket.set_ttl(255).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket
    });
    let (interval, detect_mult) = (Duration::from_millis(2), NonZeroU8::MAX);
    let local = driver.bind(any).unwrap();
    let timing = Timing::new(interval, detect_mult);
    let peer_at = peer.local_addr().unwrap();
    let params = SessionParams {
        local,
        peer: peer_at,
        timing,
        // Packets of our own only with the privilege for them.
        echo: EchoConfig { required_min_rx: interval, interval: Some(interval) },
        padding: PaddedPduSize::new(1400),
        damping: Some(DampingConfig::default()),
        ..SessionParams::new(local.ip(), peer_at.ip())
    };
    let session = driver.add(params).unwrap();
    add_others(&driver, Timing::new(interval, detect_mult), &others_up);
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
        required_min_echo_rx: interval,
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
        if number > 0 {
            echo.send_to(b"an echo packet", (local.ip(), ECHO_PORT)).unwrap();
            echo.recv_from(&mut payload).unwrap();
        }
    }
    control.state = State::Down;
    peer.send_to(&control.encode(), local).unwrap();
    let (state, count) = events.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(state, State::Down);
    let (_, before) = seen.pop().unwrap();
    assert!(count - before <= a_change, "{} allocations; a change of state takes {a_change}", count - before);
    let snapshot = driver.snapshot(session).unwrap();
    assert!(snapshot.counters.received >= 100 && snapshot.echo_sent_back == 99);
    assert!(snapshot.echo_denied.is_some() || snapshot.echo.is_some_and(|echo| echo.returned > 0));
}

/// Sessions whose packets leave together, with both ends in the same driver; until they are Up.
fn add_others(driver: &Driver, timing: Timing, up: &AtomicUsize) {
    let far = driver.bind("127.0.0.98:0".parse().unwrap()).unwrap();
    for last in 1..=10 {
        let near = driver.bind(SocketAddr::from(([127, 0, 3, last], 0))).unwrap();
        for (local, peer) in [(near, far), (far, near)] {
            let params = SessionParams { local, peer, timing, ..SessionParams::new(local.ip(), peer.ip()) };
            driver.add(params).unwrap();
        }
    }
    while up.load(Ordering::Relaxed) < 20 {
        std::thread::yield_now();
    }
}
