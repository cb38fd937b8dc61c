//! What the recorder says of a Down that was provoked.
use super::line::{A, B, Pair, ms, timing};
use bfd::{AuthType, Authentication, Cause, Diag, Discard, Input, State};
use std::time::Duration;

/// 50 ms x 3, Up, with all agreed.
fn up() -> Pair {
    let mut pair = Pair::up(timing(50, 50, 3));
    pair.run(ms(2000));
    assert_eq!(pair.causes, []);
    pair
}

#[test]
fn the_peer_falls_silent() {
    let mut pair = up();
    pair.cut = [true; 2];
    pair.run(ms(300));
    assert_eq!(pair.causes.len(), 2);
    for side in [A, B] {
        assert!(pair.causes.contains(&(side, Cause::PeerSilent)), "{:?}", pair.causes);
        let recording = pair.recorders[side].recording();
        let [down] = recording.downs[..] else { panic!("{:?}", recording.downs) };
        assert_eq!((down.cause, down.from, recording.down_count), (Cause::PeerSilent, State::Up, 1));
        let evidence = down.evidence;
        assert_eq!((evidence.silence, evidence.detection_time), (Some(ms(150)), ms(150)));
        assert_eq!((evidence.interval, evidence.stall), (ms(50), Duration::ZERO));
    }
}

#[test]
fn one_side_of_a_line_cut_one_way_is_told() {
    let mut pair = up();
    pair.cut[A] = true;
    pair.run(ms(300));
    assert_eq!(pair.causes, [(B, Cause::PeerSilent), (A, Cause::PeerSaidSo)]);
    let down = pair.recorders[A].recording().downs[0];
    assert_eq!(down.evidence.remote.diag, Diag::DETECTION_TIME_EXPIRED);
    assert!(down.evidence.unsent < ms(51), "{down:?}");
}

#[test]
fn an_operator_takes_it_down() {
    let mut pair = up();
    pair.handle(A, Input::AdminDown(true));
    pair.run(ms(100));
    assert_eq!(pair.causes, [(A, Cause::Ours), (B, Cause::PeerSaidSo)]);
    assert_eq!(pair.recorders[B].recording().downs[0].evidence.remote.state, State::AdminDown);
}

#[test]
fn the_peer_restarts() {
    let mut pair = up();
    pair.restart(B, 9);
    pair.run(ms(1100));
    assert_eq!(pair.causes[0], (A, Cause::PeerSaidSo));
    assert_eq!(pair.recorders[A].recording().downs[0].evidence.remote.diag, Diag::NONE);
}

/// Whoever does not run is heard no more: the other side says so, and is not to blame.
#[test]
fn our_thread_is_late_and_the_peer_says_that_it_heard_nothing() {
    for stall in [ms(210), ms(400), ms(900)] {
        let mut pair = up();
        pair.sleep(A, stall);
        pair.run(stall + ms(100));
        assert_eq!(pair.causes, [(B, Cause::PeerSilent), (A, Cause::ThreadLate)], "{stall:?}");
        let down = pair.recorders[A].recording().downs[0];
        assert_eq!(down.evidence.diag, Diag::NEIGHBOR_SIGNALED_DOWN);
        assert!(down.evidence.unsent >= stall, "{down:?}");
    }
}

/// The whole machine stands still: its kernel hears nothing either.
#[test]
fn our_machine_is_late_and_heard_nothing_itself() {
    let mut pair = up();
    pair.cut[B] = true;
    pair.sleep(A, ms(400));
    pair.run(ms(500));
    assert!(pair.causes.contains(&(A, Cause::ThreadLate)), "{:?}", pair.causes);
    let down = pair.recorders[A].recording().downs[0];
    assert_eq!(down.evidence.diag, Diag::DETECTION_TIME_EXPIRED);
    assert!(down.evidence.stall >= ms(300), "{down:?}");
}

#[test]
fn a_thread_that_is_a_little_late_is_no_excuse() {
    let mut pair = up();
    pair.cut[B] = true;
    pair.run(ms(50));
    pair.sleep(A, ms(10));
    pair.run(ms(200));
    assert_eq!(pair.causes[0], (A, Cause::PeerSilent));
}

#[test]
fn the_socket_drops_what_the_peer_sent() {
    let mut pair = up();
    pair.cut[B] = true;
    pair.dropped[A] += 3;
    pair.run(ms(200));
    assert_eq!(pair.causes[0], (A, Cause::SocketDropped));
    assert_eq!(pair.recorders[A].recording().downs[0].evidence.dropped, 3);
    // What was dropped before the last packet came explains nothing.
    let mut pair = up();
    pair.dropped[A] += 3;
    pair.run(ms(200));
    pair.cut[B] = true;
    pair.run(ms(200));
    assert_eq!(pair.causes[0], (A, Cause::PeerSilent));
}

#[test]
fn the_peers_packets_are_discarded() {
    let mut pair = up();
    let key = Authentication::new(AuthType::KeyedSha1, 1, b"key").unwrap();
    pair.sessions[A].set_authentication(Some(key));
    pair.run(ms(200));
    assert!(pair.causes.contains(&(A, Cause::Discarded(Discard::AuthMissing))), "{:?}", pair.causes);
    assert!(pair.causes.contains(&(B, Cause::Discarded(Discard::AuthNotConfigured))), "{:?}", pair.causes);
}

#[test]
fn echo_packets_do_not_come_back() {
    let mut pair = Pair::up(timing(50, 50, 3));
    let echo = bfd::EchoConfig { required_min_rx: ms(20), interval: Some(ms(20)) };
    for side in [A, B] {
        pair.handle(side, Input::ReconfigureEcho(echo));
    }
    pair.run(ms(3000));
    pair.echo_cut = true;
    pair.run(ms(200));
    assert_eq!(pair.causes[0].1, Cause::EchoFailed, "{:?}", pair.causes);
}

#[test]
fn packets_lateness_and_margins() {
    let mut pair = up();
    let recording = pair.recorders[A].recording();
    assert_eq!(recording.packets.len(), 64);
    assert!(recording.packets.is_sorted_by_key(|packet| packet.at));
    let ours = recording.packets.iter().filter(|packet| packet.sent).count();
    assert!((20..45).contains(&ours), "{ours}");
    // The line has the same delay for all: nothing is late, and two intervals and more are left.
    assert_eq!(
        (recording.received.lateness.max(), recording.sent.lateness.max()),
        (Duration::ZERO, Duration::ZERO)
    );
    for side in [&recording.received, &recording.sent] {
        assert!(side.lateness.count() > 20);
        assert!(side.margin.unwrap().left >= ms(100));
        assert_eq!(side.margin, side.least_margin);
    }
    // A stall of the peer's: late there when it sends, late here when it comes.
    // With the 45 ms that may have passed before it, it stays within the detection time.
    pair.sleep(B, ms(104));
    pair.run(ms(200));
    assert_eq!(pair.causes, []);
    let (ours, theirs) = (pair.recorders[A].recording().received, pair.recorders[B].recording().sent);
    for side in [&ours, &theirs] {
        assert!((ms(59)..=ms(104)).contains(&side.lateness.max()), "{:?}", side.lateness);
        let margin = side.margin.unwrap();
        assert!(margin.left <= ms(46) && margin.detection_time == ms(150), "{margin:?}");
    }
    // What was kept before a Down stays while new packets come.
    pair.cut = [true; 2];
    pair.run(ms(300));
    let kept = pair.recorders[A].recording().before_down;
    assert_eq!(kept.last().map(|packet| (packet.sent, packet.state)), Some((true, State::Down)));
    pair.cut = [false; 2];
    pair.run(ms(9000));
    let after = pair.recorders[A].recording();
    assert_eq!(after.before_down, kept);
    assert!(after.received.margin.unwrap().left > ms(30), "counted anew since it came Up");
    assert!(after.received.least_margin.unwrap().left <= ms(30));
}
