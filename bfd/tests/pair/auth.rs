//! Authentication between two sessions.
use crate::line::{A, B, Flight, Pair, ms, timing};
use bfd::{AuthType, Authentication, Discard, Input, Session, State};
use proptest::prelude::*;

fn auth(auth_type: AuthType, id: u8, key: &[u8]) -> Authentication {
    Authentication::new(auth_type, id, key).unwrap()
}

fn authenticated(auth_type: AuthType) -> Pair {
    let mut pair = Pair::same(timing(50, 50, 3));
    for session in &mut pair.sessions {
        session.set_authentication(Some(auth(auth_type, 1, b"key")));
    }
    pair
}

/// What a session discarded for the sake of authentication.
fn refused(session: &Session) -> Vec<(Discard, u64)> {
    let asked = Discard::AuthNotConfigured..=Discard::AuthPassword;
    session.counters().discards().filter(|(reason, count)| asked.contains(reason) && *count > 0).collect()
}

#[test]
fn every_type_comes_up_changes_its_timers_and_refuses_nothing() {
    for auth_type in AuthType::ALL {
        let mut pair = authenticated(auth_type);
        pair.run(ms(500));
        assert_eq!(pair.states(), [State::Up; 2], "{auth_type:?}");
        pair.trace.clear();
        pair.handle(A, Input::Reconfigure(timing(20, 400, 3)));
        pair.run(ms(20_000));
        assert!(pair.changes(A).is_empty() && pair.changes(B).is_empty(), "{auth_type:?}");
        assert_eq!([A, B].map(|side| refused(&pair.sessions[side])), [vec![], vec![]], "{auth_type:?}");
    }
}

/// (what each end has, why each end refuses the other)
#[test]
fn ends_that_do_not_agree_stay_down() {
    use AuthType::{KeyedMd5, MeticulousKeyedSha1, SimplePassword};
    let key = |auth_type| auth(auth_type, 1, b"key");
    for (a, b, why) in [
        (Some(key(KeyedMd5)), None, [Discard::AuthMissing, Discard::AuthNotConfigured]),
        (Some(key(KeyedMd5)), Some(key(SimplePassword)), [Discard::AuthType; 2]),
        (Some(key(KeyedMd5)), Some(auth(KeyedMd5, 2, b"key")), [Discard::AuthKeyId; 2]),
        (Some(key(KeyedMd5)), Some(auth(KeyedMd5, 1, b"kex")), [Discard::AuthDigest; 2]),
        (Some(key(MeticulousKeyedSha1)), Some(auth(MeticulousKeyedSha1, 1, b"ke")), [Discard::AuthDigest; 2]),
        (Some(key(SimplePassword)), Some(auth(SimplePassword, 1, b"longer")), [Discard::AuthLength; 2]),
        (Some(key(SimplePassword)), Some(auth(SimplePassword, 1, b"kex")), [Discard::AuthPassword; 2]),
    ] {
        let mut pair = Pair::same(timing(50, 50, 3));
        pair.sessions[A].set_authentication(a);
        pair.sessions[B].set_authentication(b);
        pair.run(ms(5000));
        assert_eq!(pair.states(), [State::Down; 2]);
        for side in [A, B] {
            assert!(matches!(refused(&pair.sessions[side])[..], [(reason, 5..)] if reason == why[side]));
            assert_eq!(pair.sessions[side].counters().received, 0);
        }
    }
}

#[test]
fn authentication_that_one_end_switches_on_alone_brings_the_session_down() {
    let mut pair = Pair::up(timing(50, 50, 3));
    pair.sessions[A].set_authentication(Some(auth(AuthType::KeyedSha1, 1, b"key")));
    pair.run(ms(500));
    assert_eq!(pair.states(), [State::Down; 2]);
    pair.sessions[B].set_authentication(Some(auth(AuthType::KeyedSha1, 1, b"key")));
    pair.run(ms(1500));
    assert_eq!(pair.states(), [State::Up; 2]);
}

#[test]
fn what_was_sent_before_is_not_taken_again() {
    for auth_type in [AuthType::MeticulousKeyedMd5, AuthType::MeticulousKeyedSha1] {
        let mut pair = authenticated(auth_type);
        pair.run(ms(500));
        pair.recording = true;
        pair.run(ms(500));
        let recorded = std::mem::take(&mut pair.recorded);
        pair.cut[A] = true;
        for _ in 0..3 {
            for octets in recorded.iter().filter(|(side, _)| *side == A).map(|(_, octets)| octets) {
                let octets = octets.clone();
                pair.line.push(Flight { at: pair.now, to: B, octets, echo: false });
            }
            pair.run(ms(50));
        }
        assert!(pair.sessions[B].counters().discarded(Discard::AuthSequence) > 20);
        assert_eq!(pair.states()[B], State::Down, "a recording does not keep the session alive");
    }
}

/// The peer begins with another number; it is heard again once it was silent for twice the detection time.
#[test]
fn a_peer_that_was_restarted_is_heard_again() {
    for auth_type in AuthType::ALL {
        let mut pair = authenticated(auth_type);
        pair.run(ms(500));
        pair.restart(A, 77);
        pair.run(ms(8000));
        assert_eq!(pair.states(), [State::Up; 2], "{auth_type:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Loss does not lock the two ends out of each other.
    #[test]
    fn a_lossy_line_recovers(seed: u64, which in 0..5_usize) {
        let mut pair = Pair::new(timing(50, 50, 3), timing(20, 30, 3), seed);
        for session in &mut pair.sessions {
            session.set_authentication(Some(auth(AuthType::ALL[which], 1, b"key")));
        }
        pair.loss = 300;
        pair.run(ms(10_000));
        pair.loss = 0;
        pair.run(ms(12_000));
        prop_assert_eq!(pair.states(), [State::Up; 2]);
    }
}
