//! BFD's three modes, seen from the session (RFC 5882, RFC 9384).

use super::{Capability, Duration, Open, Rig, config, framed, keepalive, open_bytes, peer_open};
use crate::{Bfd, BfdMode, Config, Conn, Input, State};

fn in_mode(bfd: BfdMode) -> Rig {
    Rig::new(Config { bfd, ..config() })
}

fn establish(rig: &mut Rig) {
    rig.input(Input::Connected(Conn::Dialed));
    rig.message(Conn::Dialed, &open_bytes(&peer_open()));
    assert_eq!(rig.message(Conn::Dialed, &keepalive()), "→Established, up");
}

/// (mode, what each of these does to an Established session: Down after Up, AdminDown, Down after AdminDown)
#[test]
fn an_established_session() {
    let torn = "NOTIFICATION 6/10, close, →Idle, down";
    for (mode, down) in [(BfdMode::Off, "-"), (BfdMode::On, torn), (BfdMode::Strict, torn)] {
        let mut rig = Rig::in_state(Config { bfd: mode, ..config() }, State::Established);
        assert_eq!(rig.input(Input::Bfd(Bfd::Down)), down, "{mode:?}");
        let mut rig = Rig::in_state(Config { bfd: mode, ..config() }, State::Established);
        assert_eq!(rig.input(Input::Bfd(Bfd::AdminDown)), "-", "{mode:?}");
        assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "-", "{mode:?}");
    }
}

#[test]
fn bfd_that_never_comes_up_does_not_matter_unless_strict() {
    for mode in [BfdMode::Off, BfdMode::On] {
        let mut rig = in_mode(mode);
        assert_eq!(rig.input(Input::Start), "dial, →Connect");
        assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "-");
        establish(&mut rig);
        assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "-");
    }
}

#[test]
fn after_a_failure_the_session_comes_back_without_bfd_unless_strict() {
    let mut on = Rig::in_state(config(), State::Established);
    on.input(Input::Bfd(Bfd::Down));
    assert_eq!(on.expire(), "dial, →Connect");
    establish(&mut on);
}

#[test]
fn strict_holds_in_idle_until_bfd_is_up() {
    let mut rig = in_mode(BfdMode::Strict);
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "-", "not started");
    rig.input(Input::Bfd(Bfd::Down));
    assert_eq!(rig.input(Input::Start), "-");
    assert_eq!(rig.session.poll_timeout(), None);
    assert_eq!(rig.input(Input::Connected(Conn::Accepted)), "close (accepted)");
    assert_eq!(rig.input(Input::Bfd(Bfd::AdminDown)), "-");
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "dial, →Connect");
    assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "close, →Idle");
    // Both the idle hold and BFD have to be over with, in either order.
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "-");
    assert_eq!(rig.expire(), "dial, →Connect");
    establish(&mut rig);
    assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "NOTIFICATION 6/10, close, →Idle, down");
    assert_eq!(rig.expire(), "-");
    assert_eq!(rig.session.poll_timeout(), None);
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "dial, →Connect");
}

#[test]
fn strict_passive_listens_only_while_up() {
    let mut rig = Rig::new(Config { passive: true, bfd: BfdMode::Strict, ..config() });
    assert_eq!(rig.input(Input::Start), "-");
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "→Active");
    assert_eq!(rig.input(Input::Connected(Conn::Accepted)), "OPEN (accepted), →OpenSent");
    assert_eq!(
        rig.input(Input::Bfd(Bfd::Down)),
        "NOTIFICATION 6/10 (accepted), close (accepted), →Idle, down"
    );
}

/// Strict mode as both sides offer it: (the peer offers it, BFD is Up, what its OPEN leads to).
#[test]
fn negotiated_waits_for_bfd_where_both_agree() {
    let negotiated = BfdMode::Negotiated(Duration::from_secs(30));
    for (offers, up, want) in [
        (true, true, "KEEPALIVE, →OpenConfirm"),
        (true, false, "→OpenConfirm"),
        (false, false, "KEEPALIVE, →OpenConfirm"),
    ] {
        let mut rig = in_mode(negotiated);
        if up {
            rig.input(Input::Bfd(Bfd::Up));
        }
        assert_eq!(rig.input(Input::Start), "dial, →Connect");
        assert_eq!(rig.input(Input::Connected(Conn::Dialed)), "OPEN, →OpenSent");
        let open = Open::decode(framed(&rig.sent).body).unwrap().into_owned();
        assert!(open.capabilities.iter().any(|c| c == Capability::BfdStrictMode));
        let theirs = if offers { peer_open().capability(Capability::BfdStrictMode) } else { peer_open() };
        assert_eq!(rig.message(Conn::Dialed, &open_bytes(&theirs)), want, "{offers} {up}");
    }
}

#[test]
fn negotiated_goes_on_when_bfd_is_up_and_ends_when_that_takes_too_long() {
    let theirs = open_bytes(&peer_open().capability(Capability::BfdStrictMode));
    let waiting = || {
        let mut rig = in_mode(BfdMode::Negotiated(Duration::from_secs(30)));
        rig.input(Input::Start);
        rig.input(Input::Connected(Conn::Dialed));
        rig.message(Conn::Dialed, &theirs);
        rig
    };
    let mut rig = waiting();
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "KEEPALIVE");
    assert_eq!(rig.message(Conn::Dialed, &keepalive()), "→Established, up");
    // The peer's BFD was Up first.
    let mut rig = waiting();
    assert_eq!(rig.message(Conn::Dialed, &keepalive()), "-");
    assert_eq!(rig.input(Input::Bfd(Bfd::Up)), "KEEPALIVE, →Established, up");
    assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "NOTIFICATION 6/10, close, →Idle, down");
    let mut rig = waiting();
    assert_eq!(rig.input(Input::Bfd(Bfd::Down)), "-", "not yet Up is no failure");
    assert_eq!(rig.expire(), "NOTIFICATION 6/10, close, →Idle, down");
    assert_eq!(rig.now - rig.start, Duration::from_secs(30));
}
