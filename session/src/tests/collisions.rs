//! Two connections at once (RFC 4271 section 6.8), in every order, seen from either end.

use super::{Rig, config, keepalive, notification, open_bytes, peer_open};
use crate::{Conn, Input, State};
use bgp_wire::{NotificationCode, Open};
use std::net::Ipv4Addr;

use Conn::{Accepted, Dialed};

/// A step of a story: what happens, and what follows.
enum Step {
    Connected(Conn),
    Open(Conn),
    Keepalive(Conn),
    Ceased(Conn),
    Lost(Conn),
    DialFails,
}

use Step::{Ceased, Connected, DialFails, Keepalive, Lost};

/// Plays a story from Connect; the peer's identifier is the higher one or not.
fn play(peer_is_higher: bool, story: &[(Step, &str)]) {
    let router_id = Ipv4Addr::new(192, 0, 2, if peer_is_higher { 3 } else { 1 });
    let open = open_bytes(&Open { router_id, ..peer_open() });
    let cease = notification(NotificationCode::COLLISION, &[]);
    let mut rig = Rig::in_state(config(), State::Connect);
    for (at, (step, want)) in story.iter().enumerate() {
        let got = match step {
            Connected(conn) => rig.input(Input::Connected(*conn)),
            Step::Open(conn) => rig.message(*conn, &open),
            Keepalive(conn) => rig.message(*conn, &keepalive()),
            Ceased(conn) => rig.message(*conn, &cease),
            Lost(conn) => rig.input(Input::Closed(*conn)),
            DialFails => rig.input(Input::ConnectFailed),
        };
        assert_eq!(got, *want, "step {at}, peer higher: {peer_is_higher}");
    }
}

const WINS_AND_DROPS_ACCEPTED: &str =
    "NOTIFICATION 6/7 (accepted), close (accepted), →OpenConfirm, dropped (accepted), KEEPALIVE";
const DROPS_ACCEPTED: &str = "NOTIFICATION 6/7 (accepted), close (accepted), dropped (accepted)";

#[test]
fn both_open_and_we_are_higher() {
    play(
        false,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Connected(Accepted), "OPEN (accepted)"),
            (Step::Open(Dialed), WINS_AND_DROPS_ACCEPTED),
            (Step::Open(Accepted), "-"),
            (Keepalive(Dialed), "→Established, up"),
        ],
    );
    play(
        false,
        &[
            (Connected(Accepted), "OPEN (accepted), →OpenSent"),
            (Connected(Dialed), "OPEN"),
            (Step::Open(Accepted), DROPS_ACCEPTED),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
            (Keepalive(Dialed), "→Established, up"),
        ],
    );
}

#[test]
fn both_open_and_the_peer_is_higher() {
    play(
        true,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Connected(Accepted), "OPEN (accepted)"),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
            (Step::Open(Accepted), "NOTIFICATION 6/7, close, dropped, KEEPALIVE (accepted)"),
            (Keepalive(Accepted), "→Established, up (accepted)"),
        ],
    );
    play(
        true,
        &[
            (Connected(Accepted), "OPEN (accepted), →OpenSent"),
            (Connected(Dialed), "OPEN"),
            (Step::Open(Accepted), "NOTIFICATION 6/7, close, →OpenConfirm, dropped, KEEPALIVE (accepted)"),
            (Keepalive(Accepted), "→Established, up (accepted)"),
        ],
    );
}

#[test]
fn a_connection_that_comes_when_the_other_has_the_peers_open() {
    // An accepted one that will win is opened, and ends the other with its OPEN.
    play(
        true,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
            (Connected(Accepted), "OPEN (accepted)"),
            (Step::Open(Accepted), "NOTIFICATION 6/7, close, dropped, KEEPALIVE (accepted)"),
        ],
    );
    // One that will lose is not.
    play(
        false,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
            (Connected(Accepted), "NOTIFICATION 6/7 (accepted), close (accepted)"),
        ],
    );
    // A dial comes too late, whoever is higher.
    for peer_is_higher in [false, true] {
        play(
            peer_is_higher,
            &[
                (Connected(Accepted), "OPEN (accepted), →OpenSent"),
                (Step::Open(Accepted), "KEEPALIVE (accepted), →OpenConfirm"),
                (Connected(Dialed), "NOTIFICATION 6/7, close"),
                (Keepalive(Accepted), "→Established, up (accepted)"),
            ],
        );
    }
}

#[test]
fn an_established_session_takes_no_other_connection() {
    for peer_is_higher in [false, true] {
        play(
            peer_is_higher,
            &[
                (Connected(Dialed), "OPEN, →OpenSent"),
                (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
                (Keepalive(Dialed), "→Established, up"),
                (Connected(Accepted), "NOTIFICATION 6/7 (accepted), close (accepted)"),
            ],
        );
        play(
            peer_is_higher,
            &[
                (Connected(Accepted), "OPEN (accepted), →OpenSent"),
                (Step::Open(Accepted), "KEEPALIVE (accepted), →OpenConfirm"),
                (Keepalive(Accepted), "close, →Established, up (accepted)"),
            ],
        );
    }
    // The other one was open already, and no OPEN came on it.
    play(
        true,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Connected(Accepted), "OPEN (accepted)"),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
            (
                Keepalive(Dialed),
                "NOTIFICATION 6/7 (accepted), close (accepted), →Established, dropped (accepted), up",
            ),
        ],
    );
}

#[test]
fn one_ends_and_the_session_goes_on_with_the_other() {
    play(
        false,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Connected(Accepted), "OPEN (accepted)"),
            (Lost(Accepted), "dropped (accepted)"),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
        ],
    );
    play(
        true,
        &[
            (Connected(Dialed), "OPEN, →OpenSent"),
            (Connected(Accepted), "OPEN (accepted)"),
            (Step::Open(Dialed), "KEEPALIVE, →OpenConfirm"),
            (Ceased(Dialed), "close, →OpenSent, dropped"),
            (Step::Open(Accepted), "KEEPALIVE (accepted), →OpenConfirm"),
        ],
    );
    play(
        false,
        &[
            (Connected(Accepted), "OPEN (accepted), →OpenSent"),
            (Ceased(Accepted), "close (accepted), →Connect, dropped (accepted)"),
            (Connected(Dialed), "OPEN, →OpenSent"),
        ],
    );
    play(
        false,
        &[
            (Connected(Accepted), "OPEN (accepted), →OpenSent"),
            (DialFails, "-"),
            (Lost(Accepted), "→Active, down"),
        ],
    );
}
