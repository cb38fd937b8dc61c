//! The flight recorder of a session of the driver: what it keeps, and what it says of a Down.
use super::side::{INTERVAL, PATIENCE, Peer, Side, down, loopback, now, up};
use bfd::{Cause, Diag, Driver, DriverConfig, Event, State};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};

/// A driver whose callback blocks at the next change of state once it is told to.
struct Blocking {
    side: Side,
    armed: Arc<AtomicBool>,
    go_on: Sender<()>,
}

impl Blocking {
    fn start(local: SocketAddr) -> Self {
        let (sender, events) = channel();
        let (go_on, gate) = channel();
        let gate = Mutex::new(gate);
        let armed = Arc::new(AtomicBool::new(false));
        let blocks = Arc::clone(&armed);
        let driver = Driver::start(DriverConfig::new(move |event| {
            let _after_the_test = sender.send(event);
            if blocks.swap(false, Ordering::Relaxed) {
                let _released = gate.lock().unwrap().recv_timeout(PATIENCE);
            }
        }))
        .unwrap();
        let local = driver.bind(local).unwrap();
        Self { side: Side { driver, local, events }, armed, go_on }
    }

    /// Blocks the thread by a change of the state of another session's, whose peer is at `local`.
    fn block(&self, local: SocketAddr) {
        let mut other = Peer::of(&self.side, local);
        self.armed.store(true, Ordering::Relaxed);
        other.send(&self.side, State::Down, false);
        self.side.wait_for(State::Init);
    }
}

#[test]
fn packets_of_both_directions_are_kept() {
    let two = up(loopback(60), loopback(61));
    two.a.snapshot_with(two.session_a, |s| s.counters.received > 8);
    let recording = two.a.driver.recording(two.session_a).unwrap();
    let of = |sent: bool| recording.packets.iter().filter(move |packet| packet.sent == sent);
    assert!(of(true).count() > 4 && of(false).count() > 4, "{recording:?}");
    assert!(of(false).is_sorted_by_key(|packet| packet.at));
    for side in [&recording.received, &recording.sent] {
        let margin = side.margin.unwrap();
        assert!(side.lateness.count() > 0 && margin.left <= margin.detection_time);
        assert_eq!(side.margin, side.least_margin);
    }
    assert_eq!((recording.downs, recording.down_count), (vec![], 0));
    let snapshot = two.a.driver.snapshot(two.session_a).unwrap();
    assert_eq!(snapshot.receive_interval, Some(INTERVAL));
    two.a.driver.remove(two.session_a).unwrap();
    assert_eq!(two.a.driver.recording(two.session_a), None);
}

#[test]
fn a_cut_line_is_the_peers_silence() {
    let two = up(loopback(62), loopback(63));
    two.b.driver.silence(two.session_b, true).unwrap();
    let event = two.a.wait_for(State::Down);
    let recording = two.a.driver.recording(two.session_a).unwrap();
    let down = recording.downs[0];
    assert_eq!((event.from, event.cause, recording.down_count), (State::Up, Some(down.cause), 1));
    // Unless this machine stood still itself.
    assert!(down.cause == Cause::PeerSilent || down.evidence.stall >= INTERVAL, "{down:?}");
    assert!(down.evidence.silence.unwrap() >= INTERVAL * 3, "{down:?}");
    assert_eq!(recording.before_down.last().map(|packet| packet.state), Some(State::Down));
    two.b.driver.silence(two.session_b, false).unwrap();
    assert_eq!(two.a.wait_for(State::Up).cause, None);
}

#[test]
fn an_operator_is_named_at_both_ends() {
    let two = up(loopback(64), loopback(65));
    two.a.driver.admin_down(two.session_a, true).unwrap();
    assert_eq!(two.a.wait_for(State::AdminDown).cause, Some(Cause::Ours));
    assert_eq!(two.b.wait_for(State::Down).cause, Some(Cause::PeerSaidSo));
    two.a.driver.admin_down(two.session_a, false).unwrap();
    assert_eq!(two.a.wait_for(State::Down).cause, None, "it was down before");
}

/// While the callback for one session blocks, nothing is sent for the other, whose peer then says so.
#[test]
fn a_callback_that_blocks_is_our_own_fault_and_not_the_peers() {
    let a = Blocking::start(loopback(66));
    let b = Side::start(loopback(67));
    let (session_a, session_b) = (a.side.add(b.local), b.add(a.side.local));
    a.side.wait_for(State::Up);
    b.wait_for(State::Up);
    b.snapshot_with(session_b, |s| s.detection_time == Some(INTERVAL * 3));
    a.block(loopback(68));
    assert_eq!(b.wait_for(State::Down).diag, Diag::DETECTION_TIME_EXPIRED);
    a.go_on.send(()).unwrap();
    let event = a.side.wait_for(State::Down);
    assert_eq!((event.session, event.diag), (session_a, Diag::NEIGHBOR_SIGNALED_DOWN));
    assert_eq!(event.cause, Some(Cause::ThreadLate));
    let evidence = a.side.driver.recording(session_a).unwrap().downs[0].evidence;
    assert_eq!(evidence.remote.diag, Diag::DETECTION_TIME_EXPIRED);
    assert!(evidence.unsent >= evidence.remote_detection_time, "{evidence:?}");
}

/// A peer that comes Up and then falls silent, just when our thread stands still.
fn silent_while_blocked(
    side: &Blocking,
    peer: SocketAddr,
    other: SocketAddr,
    meanwhile: impl FnOnce(),
) -> Event {
    let mut peer = Peer::of(&side.side, peer);
    peer.send(&side.side, State::Init, false);
    let up = side.side.wait_for(State::Up);
    side.block(other);
    meanwhile();
    while now() < up.at + INTERVAL * 6 {
        std::thread::yield_now();
    }
    side.go_on.send(()).unwrap();
    let down = side.side.wait_for(State::Down);
    assert_eq!((down.session, down.diag), (peer.session, Diag::DETECTION_TIME_EXPIRED));
    down
}

#[test]
fn who_did_not_look_says_nothing_of_the_peer() {
    let side = Blocking::start(loopback(69));
    let down = silent_while_blocked(&side, loopback(70), loopback(71), || {});
    assert_eq!(down.cause, Some(Cause::ThreadLate));
    let evidence = side.side.driver.recording(down.session).unwrap().downs[0].evidence;
    assert!(evidence.stall >= INTERVAL && evidence.dropped == 0, "{evidence:?}");
}

/// How many packets the sockets bound to this address have dropped, as the system lists them.
fn dropped_at(local: SocketAddr) -> u64 {
    let SocketAddr::V4(v4) = local else { panic!("{local}") };
    let address = format!("{:08X}:{:04X}", u32::from_ne_bytes(v4.ip().octets()), v4.port());
    let list = std::fs::read_to_string("/proc/net/udp").unwrap();
    let lines = list.lines().filter(|line| line.split_whitespace().nth(1) == Some(&address));
    lines.map(|line| line.split_whitespace().last().unwrap().parse::<u64>().unwrap()).sum()
}

#[test]
fn a_queue_that_is_full_is_the_sockets_fault() {
    let side = Blocking::start(loopback(72));
    let local = side.side.local;
    let down = silent_while_blocked(&side, loopback(73), loopback(74), || {
        let stranger = UdpSocket::bind(loopback(75)).unwrap();
        let mut up = down();
        up[1] = 0xc0;
        while dropped_at(local) == 0 {
            for _ in 0..500 {
                stranger.send_to(&up, local).unwrap();
            }
        }
    });
    assert_eq!(down.cause, Some(Cause::SocketDropped));
    let recording = side.side.driver.recording(down.session).unwrap();
    assert!(recording.downs[0].evidence.dropped > 0, "{recording:?}");
}
