//! Sessions that come up, change, go, and count what they discard.
use crate::side::{INTERVAL, MULT, PATIENCE, Peer, Side, Two, down, loopback, now, up};
use bfd::{Diag, Discard, Driver, DriverConfig, Event, Packet, SessionParams, Snapshot, State, Timing};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::num::NonZeroU8;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn two_drivers_come_up_and_agree() {
    let two = up(loopback(2), loopback(3));
    let confirmed =
        |s: &Snapshot| s.detection_time == Some(INTERVAL * 3) && s.remote.is_some_and(|r| !r.poll);
    let snapshot = two.a.snapshot_with(two.session_a, confirmed);
    assert_eq!(snapshot.state, State::Up);
    assert_eq!(snapshot.transmit_interval, Some(INTERVAL));
    assert!(snapshot.source_port >= 49152);
    assert_eq!((snapshot.local, snapshot.peer), (two.a.local, two.b.local));
    assert_eq!(snapshot.send_failures, 0);
    assert!(snapshot.counters.received > 0 && snapshot.counters.sent > 0);
    let theirs = two.b.driver.snapshot(two.session_b).unwrap();
    assert_eq!(snapshot.remote.unwrap().my_discriminator, theirs.discriminator);
}

#[test]
fn ipv6_comes_up() {
    let any: SocketAddr = "[::1]:0".parse().unwrap();
    let two = up(any, any);
    assert_ne!(two.a.local, two.b.local);
    assert_eq!(two.a.driver.totals().discarded(Discard::Ttl), 0);
}

#[test]
fn a_cut_line_is_detected_on_both_sides() {
    let two = up(loopback(4), loopback(5));
    let cut_at = now();
    two.a.driver.silence(two.session_a, true).unwrap();
    for side in [&two.a, &two.b] {
        let event = side.wait_for(State::Down);
        assert_eq!((event.from, event.diag), (State::Up, Diag::DETECTION_TIME_EXPIRED));
        assert!(event.is_failure());
        // The last packet may have left one interval before the cut.
        assert!(
            event.at + INTERVAL >= cut_at + INTERVAL * 3,
            "{:?}",
            event.at.checked_duration_since(cut_at)
        );
    }
    two.a.driver.silence(two.session_a, false).unwrap();
    two.a.wait_for(State::Up);
    two.b.wait_for(State::Up);
}

#[test]
fn admin_down_is_told_and_is_no_failure() {
    let two = up(loopback(6), loopback(7));
    two.a.driver.admin_down(two.session_a, true).unwrap();
    let event = two.b.wait_for(State::Down);
    assert_eq!((event.diag, event.remote.state), (Diag::NEIGHBOR_SIGNALED_DOWN, State::AdminDown));
    assert!(!event.is_failure());
    two.a.driver.admin_down(two.session_a, false).unwrap();
    two.b.wait_for(State::Up);
}

#[test]
fn timers_change_without_a_flap() {
    let two = up(loopback(8), loopback(9));
    let slower = Timing::new(INTERVAL * 5, MULT);
    two.a.driver.reconfigure(two.session_a, slower).unwrap();
    two.b.snapshot_with(two.session_b, |s| s.detection_time == Some(INTERVAL * 15));
    let ours = two.a.snapshot_with(two.session_a, |s| s.transmit_interval == Some(INTERVAL * 5));
    assert_eq!((ours.state, ours.timing), (State::Up, slower));
    assert!(two.a.events.try_recv().is_err() && two.b.events.try_recv().is_err());
}

#[test]
fn removing_a_session_and_dropping_a_driver_say_admin_down() {
    let two = up(loopback(10), loopback(11));
    two.a.driver.remove(two.session_a).unwrap();
    assert_eq!(two.b.wait_for(State::Down).remote.state, State::AdminDown);
    assert_eq!(two.a.driver.snapshot(two.session_a), None);
    assert_eq!(two.a.driver.remove(two.session_a).unwrap_err().kind(), ErrorKind::NotFound);

    let again = two.a.add(two.b.local);
    two.b.wait_for(State::Up);
    assert_ne!(again, two.session_a);
    let Two { a, b, .. } = two;
    drop(a);
    assert_eq!(b.wait_for(State::Down).remote.state, State::AdminDown);
}

#[test]
fn each_discard_is_counted_for_its_session_and_in_total() {
    let side = Side::start(loopback(12));
    let peer = UdpSocket::bind(loopback(13)).unwrap();
    let stranger = UdpSocket::bind(loopback(14)).unwrap();
    peer.set_ttl(255).unwrap();
    stranger.set_ttl(255).unwrap();
    let session = side.add(peer.local_addr().unwrap());

    let mut unknown = down();
    unknown[8] = 1;
    let mut version = down();
    version[0] = 0;
    peer.send_to(&unknown, side.local).unwrap();
    peer.send_to(&version, side.local).unwrap();
    peer.send_to(&down()[..20], side.local).unwrap();
    stranger.send_to(&down(), side.local).unwrap();
    peer.set_ttl(254).unwrap();
    peer.send_to(&down(), side.local).unwrap();

    let of_the_peer =
        [Discard::UnknownDiscriminator, Discard::Version, Discard::LengthBeyondPayload, Discard::Ttl];
    let snapshot =
        side.snapshot_with(session, |s| of_the_peer.iter().all(|reason| s.counters.discarded(*reason) == 1));
    assert_eq!(snapshot.state, State::Down, "nothing was taken");
    assert_eq!(snapshot.counters.discarded(Discard::NoSession), 0, "a stranger is not the session's affair");
    assert_eq!(side.driver.totals().discarded(Discard::NoSession), 1);
    assert_eq!(side.driver.totals().discarded(Discard::Ttl), 1);

    peer.set_ttl(255).unwrap();
    peer.send_to(&down(), side.local).unwrap();
    assert_eq!(side.wait_for(State::Init).remote.state, State::Down);
}

#[test]
fn what_is_sent_can_be_parsed_and_keeps_its_source_port() {
    let side = Side::start(loopback(15));
    let peer = UdpSocket::bind(loopback(16)).unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    let session = side.add(peer.local_addr().unwrap());
    let source_port = side.driver.snapshot(session).unwrap().source_port;
    for _ in 0..2 {
        let mut payload = [0; 64];
        let (length, from) = peer.recv_from(&mut payload).unwrap();
        let control = Packet::parse(&payload[..length]).unwrap().control;
        assert_eq!((control.state, control.your_discriminator), (State::Down, None));
        assert_eq!((from.ip(), from.port()), (side.local.ip(), source_port));
    }
}

#[test]
fn parameters_that_cannot_work_are_refused() {
    let side = Side::start(loopback(17));
    let good = side.params(loopback(18).to_string().replace(":0", ":3784").parse().unwrap());
    let fast = Timing::new(Duration::from_micros(99), MULT);
    for (params, kind) in [
        (SessionParams { peer: "[::1]:3784".parse().unwrap(), ..good.clone() }, ErrorKind::InvalidInput),
        (SessionParams { peer: loopback(18), ..good.clone() }, ErrorKind::InvalidInput),
        (SessionParams { peer: "224.0.0.1:3784".parse().unwrap(), ..good.clone() }, ErrorKind::InvalidInput),
        (SessionParams { timing: fast, ..good.clone() }, ErrorKind::InvalidInput),
        (
            SessionParams { local: "192.0.2.1:0".parse().unwrap(), ..good.clone() },
            ErrorKind::AddrNotAvailable,
        ),
    ] {
        assert_eq!(side.driver.add(params).unwrap_err().kind(), kind);
    }
    let session = side.driver.add(good.clone()).unwrap();
    assert_eq!(side.driver.add(good).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(side.driver.reconfigure(session, fast).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(side.driver.snapshots().len(), 1);
}

#[test]
fn one_driver_may_hold_both_ends_of_many_sessions() {
    let side = Side::start(loopback(20));
    let far = side.driver.bind(loopback(21)).unwrap();
    let mut sessions = Vec::new();
    for last in 1..=60 {
        let near = side.driver.bind((Ipv4Addr::new(127, 0, 2, last), 0).into()).unwrap();
        sessions.push(side.driver.add(SessionParams { local: near, ..side.params(far) }).unwrap());
        sessions.push(side.driver.add(SessionParams { local: far, ..side.params(near) }).unwrap());
    }
    for session in sessions {
        side.snapshot_with(session, |s| s.state == State::Up);
    }
}

#[test]
fn no_packet_of_many_sessions_is_lost_or_out_of_order() {
    let side = Side::start(loopback(33));
    let mut peers: Vec<Peer> =
        (1..=100).map(|last| Peer::of(&side, (Ipv4Addr::new(127, 0, 1, last), 0).into())).collect();
    for peer in &mut peers {
        peer.control.detect_mult = NonZeroU8::MAX;
    }
    // Those with Poll and those that are not Up wake the thread, the others wait for it to look.
    let packets = [
        (State::Init, false),
        (State::Up, false),
        (State::Up, true),
        (State::Up, false),
        (State::Up, false),
        (State::Down, false),
        (State::Init, false),
        (State::Up, true),
        (State::Up, false),
    ];
    let mut sent = 0;
    for (state, poll) in packets {
        for peer in &mut peers {
            peer.send(&side, state, poll);
            sent += 1;
        }
        let deadline = now() + PATIENCE;
        while side.driver.totals().received < sent {
            assert!(now() < deadline, "{} of {sent}", side.driver.totals().received);
        }
        for peer in &peers {
            let snapshot = side.driver.snapshot(peer.session).unwrap();
            assert_eq!(snapshot.remote, Some(peer.control));
        }
    }
    let events: Vec<Event> = side.events.try_iter().collect();
    for peer in &peers {
        let snapshot = side.driver.snapshot(peer.session).unwrap();
        assert_eq!(snapshot.counters.received, u64::try_from(packets.len()).unwrap());
        assert_eq!(snapshot.counters.discards().map(|(_, count)| count).sum::<u64>(), 0);
        assert_eq!(snapshot.send_failures, 0);
        let states = events.iter().filter(|e| e.session == peer.session).map(|e| e.to);
        assert!(states.eq([State::Up, State::Down, State::Up]), "{events:?}");
    }
}

#[test]
fn a_packet_that_wakes_nobody_prolongs_the_detection_time() {
    let side = Side::start(loopback(35));
    let mut peer = Peer::of(&side, loopback(36));
    peer.send(&side, State::Init, false);
    side.wait_for(State::Up);
    // So that time passes since the packet before.
    while peer.receive().state != State::Up {}
    peer.receive();
    let sent_at = now();
    peer.send(&side, State::Up, false);
    let event = side.wait_for(State::Down);
    assert_eq!(event.diag, Diag::DETECTION_TIME_EXPIRED);
    assert!(event.at >= sent_at + INTERVAL * 3, "{:?}", event.at - sent_at);
}

#[test]
fn a_thread_that_comes_late_believes_the_kernels_stamp() {
    let (sender, events) = channel();
    let (gate, closed) = channel();
    let closed = Mutex::new(closed);
    let driver = Driver::start(DriverConfig::new(move |event| {
        let _after_the_test = (sender.send(event), closed.lock().unwrap().recv());
    }))
    .unwrap();
    let local = driver.bind(loopback(37)).unwrap();
    let side = Side { driver, local, events };
    let (mut first, mut second) = (Peer::of(&side, loopback(38)), Peer::of(&side, loopback(39)));
    first.send(&side, State::Init, false);
    side.wait_for(State::Up);
    second.send(&side, State::Init, false);
    let sent_at = now();
    while now() < sent_at + Duration::from_millis(20) {
        std::thread::yield_now();
    }
    gate.send(()).unwrap();
    let event = side.wait_for(State::Up);
    assert_eq!(event.session, second.session);
    assert!(event.at < sent_at + Duration::from_millis(10), "{:?}", event.at - sent_at);
    drop(gate);
}

#[test]
fn a_driver_runs_without_what_it_is_denied() {
    let config =
        DriverConfig { realtime: Some(200), spin: Duration::from_micros(50), ..DriverConfig::new(|_| {}) };
    let driver = Driver::start(config).unwrap();
    let denied: Vec<String> = driver.denied().iter().map(ToString::to_string).collect();
    let expected = "BFD runs without real-time priority: invalid input parameter";
    assert!(denied.iter().any(|line| line == expected), "{denied:?}");
    assert!(driver.bind(loopback(40)).is_ok());
}
