//! Timers on a virtual clock: hold, keepalive, connect retry and idle hold; and what is counted and told.

use super::{Duration, Rig, config, framed, keepalive, notification, open_bytes, peer_open, raw};
use crate::{Config, Conn, Down, HoldTime, Input, State};
use bgp_wire::{MessageType, NotificationCode, Open};
use proptest::prelude::*;
use std::num::NonZeroU16;

const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn opened_with(hold_time: u16, config: Config) -> Rig {
    let mut rig = Rig::in_state(config, State::OpenSent);
    rig.message(Conn::Dialed, &open_bytes(&Open { hold_time, ..peer_open() }));
    rig.message(Conn::Dialed, &keepalive());
    assert_eq!(rig.session.state(), State::Established);
    rig
}

/// (ours, theirs, keepalive time configured, hold time and keepalive time that come of it, in milliseconds)
#[test]
fn negotiated_times() {
    let cases = [
        (90, 30, None, Some((30_000, 10_000))),
        (30, 90, None, Some((30_000, 10_000))),
        (180, 180, Some(60), Some((180_000, 60_000))),
        (180, 180, Some(3), Some((180_000, 3_000))),
        (180, 9, Some(60), Some((9_000, 3_000))),
        (4, 180, None, Some((4_000, 1_333))),
        (0, 180, None, None),
        (180, 0, Some(5), None),
    ];
    for (ours, theirs, keepalive_time, want) in cases {
        let hold_time = HoldTime::new(ours).unwrap();
        let keepalive_time = keepalive_time.and_then(NonZeroU16::new);
        let rig = opened_with(theirs, Config { hold_time, keepalive_time, ..config() });
        let exchange = rig.session.exchange().unwrap();
        let got = exchange.hold_time.zip(exchange.keepalive_time);
        assert_eq!(got.map(|(h, k)| (h.as_millis(), k.as_millis())), want, "{ours} {theirs}");
        assert_eq!(rig.session.poll_timeout().is_some(), want.is_some(), "a hold time of 0 runs no timer");
    }
}

#[test]
fn hold_timer_is_large_until_the_open_and_starts_over_with_keepalive_and_update() {
    let mut rig = Rig::in_state(config(), State::OpenSent);
    assert_eq!(rig.session.poll_timeout(), Some(rig.now + secs(240)));
    rig.message(Conn::Dialed, &open_bytes(&peer_open()));
    rig.message(Conn::Dialed, &keepalive());
    for alive in [keepalive(), raw(MessageType::Update, &[0; 4])] {
        rig.pass(secs(29));
        rig.message(Conn::Dialed, &alive);
    }
    let heard = rig.now;
    while rig.session.state() == State::Established {
        rig.expire();
    }
    assert_eq!(rig.now, heard + secs(30));
    assert_eq!(rig.session.last_down(), Some(&Down::HoldExpired));
    assert_eq!(rig.session.exchange(), None);
}

/// (since when the peer has been silent as octets that nobody read are told of, how often, when the session ends)
#[test]
fn octets_that_nobody_has_read_are_no_silence() {
    for (silent, times, ends) in [
        (secs(0), 1, secs(30)),
        (secs(29), 9, secs(30)),
        (secs(30), 1, secs(30) + Duration::from_millis(100)),
        (secs(33), 1, secs(33) + Duration::from_millis(100)),
        (secs(30), 50, secs(35)),
    ] {
        let mut rig = opened_with(30, config());
        let heard = rig.now;
        rig.now += silent;
        for _ in 0..times {
            let due = rig.session.hold_due(rig.now).collect::<Vec<_>>();
            assert_eq!(due, if silent < secs(30) { vec![] } else { vec![Conn::Dialed] });
            rig.input(Input::Unread(Conn::Dialed));
            rig.input(Input::Unread(Conn::Accepted));
            assert_eq!(rig.session.hold_due(rig.now).count(), 0);
            assert_eq!(rig.session.state(), State::Established);
            rig.now += if silent < secs(30) { secs(0) } else { Duration::from_millis(100) };
        }
        if silent >= secs(30) {
            rig.now -= Duration::from_millis(100);
        }
        while rig.session.state() == State::Established {
            rig.expire();
        }
        assert_eq!(
            (rig.now - heard, rig.session.last_down()),
            (ends, Some(&Down::HoldExpired)),
            "{silent:?}"
        );
    }
}

/// RFC 4271 section 4.2 runs no timer on a hold time of 0; that must not keep half a session.
#[test]
fn without_a_hold_time_the_large_one_still_bounds_open_confirm() {
    let mut rig = Rig::in_state(config(), State::OpenSent);
    rig.message(Conn::Dialed, &open_bytes(&Open { hold_time: 0, ..peer_open() }));
    assert_eq!(rig.expire(), "NOTIFICATION 4/0, close, →Idle, down");
    assert_eq!(rig.now, rig.start + secs(240));
}

proptest! {
    /// The peer never waits longer than a third of the hold time, nor is it bothered more than once a second.
    #[test]
    fn keepalives_keep_pace(hold in 3u16..200, seed in any::<u64>()) {
        let mut rig = Rig::new(Config { hold_time: HoldTime::new(hold).unwrap(), ..config() });
        rig.session = crate::Session::new(rig.session.config().clone(), seed, rig.now);
        rig.input(Input::Start);
        rig.input(Input::Connected(Conn::Dialed));
        rig.message(Conn::Dialed, &open_bytes(&Open { hold_time: 0xffff, ..peer_open() }));
        let mut last = rig.now;
        for _ in 0..50 {
            rig.message(Conn::Dialed, &keepalive());
            prop_assert_eq!(rig.expire(), "KEEPALIVE");
            let third = secs(hold.into()) / 3;
            let lap = rig.now - last;
            prop_assert!(lap <= third && lap >= (third * 3 / 4).max(secs(1)), "{:?}", lap);
            last = rig.now;
        }
    }
}

#[test]
fn an_update_sent_stands_for_a_keepalive() {
    let mut rig = opened_with(30, config());
    let due = rig.session.poll_timeout().unwrap();
    rig.pass(secs(5));
    rig.input(Input::UpdatesSent(2));
    assert!(rig.session.poll_timeout().unwrap() > due);
    assert_eq!(rig.session.counters().sent.update, 2);
}

/// Waits between three quarters of the time named and all of it.
fn assert_next(rig: &Rig, time: Duration) {
    let wait = rig.session.poll_timeout().unwrap() - rig.now;
    assert!((time * 3 / 4..=time).contains(&wait), "{wait:?} is not {time:?}");
}

#[test]
fn dials_that_fail_come_further_apart_up_to_the_connect_retry_time() {
    let mut rig = Rig::in_state(config(), State::Connect);
    for wait in [1, 2, 4, 8, 16, 30, 30] {
        assert_next(&rig, secs(30));
        assert_eq!(rig.input(Input::ConnectFailed), "→Active");
        assert_next(&rig, secs(wait));
        assert_eq!(rig.expire(), "dial, →Connect");
    }
    assert_eq!(rig.expire(), "close, dial", "a dial that takes too long makes room for another");
    establish(&mut rig);
    rig.input(Input::Closed(Conn::Dialed));
    assert_eq!(rig.expire(), "dial, →Connect");
    rig.input(Input::ConnectFailed);
    assert_next(&rig, secs(1));
}

fn establish(rig: &mut Rig) {
    rig.input(Input::Connected(Conn::Dialed));
    rig.message(Conn::Dialed, &open_bytes(&peer_open()));
    assert_eq!(rig.message(Conn::Dialed, &keepalive()), "→Established, up");
}

#[test]
fn a_restart_does_not_prolong_an_idle_hold() {
    let mut rig = Rig::in_state(config(), State::Established);
    rig.input(Input::Closed(Conn::Dialed));
    let due = rig.session.poll_timeout();
    assert_eq!(rig.input(Input::Restart(NotificationCode::ADMINISTRATIVE_RESET, "")), "-");
    assert_eq!(rig.session.poll_timeout(), due);
}

#[test]
fn idle_holds_double_until_a_session_lasts() {
    let mut rig = Rig::in_state(config(), State::Connect);
    let fail_after = |rig: &mut Rig, time| {
        establish(rig);
        rig.pass(time);
        assert_eq!(rig.input(Input::Closed(Conn::Dialed)), "→Idle, down");
    };
    for wait in [1, 2, 4, 8, 16, 32, 64, 64] {
        fail_after(&mut rig, secs(63));
        assert_next(&rig, secs(wait));
        assert_eq!(rig.expire(), "dial, →Connect");
    }
    fail_after(&mut rig, secs(64));
    assert_next(&rig, secs(1));
    assert_eq!(rig.input(Input::Start), "dial, →Connect", "Start cuts an idle hold short");
}

/// RFC 4271 section 8.1.1, DampPeerOscillations: (idle hold, the longest, the pauses after failures in a row). Two equal
/// times damp nothing.
#[test]
fn oscillations_are_damped_as_configured() {
    for (first, longest, waits) in [
        (1, 64, [1, 2, 4, 8, 16, 32, 64]),
        (3, 10, [3, 6, 10, 10, 10, 10, 10]),
        (5, 5, [5; 7]),
        (60, 3600, [60, 120, 240, 480, 960, 1920, 3600]),
    ] {
        let config = Config { idle_hold: secs(first), idle_hold_max: secs(longest), ..config() };
        let mut rig = Rig::in_state(config, State::Connect);
        for wait in waits {
            establish(&mut rig);
            assert_eq!(rig.input(Input::Closed(Conn::Dialed)), "→Idle, down");
            assert_next(&rig, secs(wait));
            assert_eq!(
                rig.input(Input::Connected(Conn::Accepted)),
                "close (accepted)",
                "not before its time"
            );
            assert_eq!(rig.expire(), "dial, →Connect");
        }
    }
}

#[test]
fn a_passive_session_only_listens() {
    let mut rig = Rig::new(Config { passive: true, ..config() });
    assert_eq!(rig.input(Input::Start), "→Active");
    assert_eq!(rig.session.poll_timeout(), None);
    assert_eq!(rig.input(Input::Connected(Conn::Accepted)), "OPEN (accepted), →OpenSent");
    assert_eq!(rig.input(Input::Closed(Conn::Accepted)), "→Active, down");
    assert_eq!(rig.session.poll_timeout(), None);
}

#[test]
fn the_operators_words_go_both_ways() {
    let code = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
    let mut rig = opened_with(30, config());
    rig.input(Input::Stop(code, "moving to the new router"));
    let sent = rig.sent.clone();
    assert_eq!(rig.session.last_down(), Some(&Down::Stopped(code)));

    let mut peer = opened_with(30, config());
    peer.message(Conn::Dialed, &sent);
    let text = Some("moving to the new router".into());
    assert_eq!(peer.session.last_down(), Some(&Down::Received { code, text }));

    let mut rig = opened_with(30, config());
    rig.input(Input::Restart(NotificationCode::MAX_PREFIXES, "a code that carries no text"));
    assert_eq!(framed(&rig.sent).body, [6, 1]);

    let hostile = [4, b'a', b'\n', 0x1b, b'"'];
    let mut rig = opened_with(30, config());
    rig.message(Conn::Dialed, &notification(code, &hostile));
    let told = rig.session.last_down().unwrap().to_string();
    assert_eq!(told, r#"the peer sent 6/2 Cease, Administrative Shutdown "a\n\u{1b}\"""#);
}

#[test]
fn counts_and_facts() {
    let mut rig = opened_with(30, config());
    assert_eq!(rig.session.exchange().unwrap().open, peer_open());
    assert_eq!(rig.session.established(), Some(Conn::Dialed));
    assert_eq!(rig.session.established_since(), Some(rig.start));
    rig.pass(secs(1));
    rig.message(Conn::Dialed, &raw(MessageType::Update, &[0; 4]));
    rig.input(Input::Closed(Conn::Dialed));
    assert_eq!(rig.session.state_since(), rig.now);
    let counters = rig.session.counters();
    let (received, sent) = (counters.received, counters.sent);
    assert_eq!((received.open, received.keepalive, received.update, received.total()), (1, 1, 1, 3));
    assert_eq!((sent.open, sent.keepalive, sent.total()), (1, 1, 2));
    assert_eq!((counters.transitions, counters.established), (5, 1));
    assert_eq!((rig.session.established(), rig.session.established_since()), (None, None));
}

/// In the midst of work a KEEPALIVE leaves on time, and silence is not judged.
#[test]
fn keepalives_alone() {
    let mut rig = opened_with(90, config());
    let sent = |rig: &mut Rig, after: u64| {
        rig.now += secs(after);
        let (now, mut words) = (rig.now, Vec::new());
        rig.session.handle_keepalives(now, &mut |output| words.push(super::word(&output)));
        words
    };
    assert_eq!(sent(&mut rig, 22), [] as [&str; 0], "three quarters of 30 s at least");
    assert_eq!(sent(&mut rig, 8), ["KEEPALIVE"]);
    assert_eq!(sent(&mut rig, 0), [] as [&str; 0], "once");
    assert_eq!(sent(&mut rig, 300), ["KEEPALIVE"]);
    assert_eq!(rig.session.state(), State::Established, "though the hold time is over");
}
