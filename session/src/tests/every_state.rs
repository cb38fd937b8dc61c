//! RFC 4271 section 8.2.2 as a table: every input in every state, and what follows.

use super::{
    Duration, Input, Rig, State, config, framed, keepalive, notification, open_bytes, peer_open, raw, refresh,
};
use crate::timers::{Timer, Timers};
use crate::{Bfd, Conn};
use bgp_wire::{Asn, Family, MessageType, NotificationCode, Open, RouteRefreshKind, frame};
use std::net::Ipv4Addr;

const STATES: [State; 6] =
    [State::Idle, State::Connect, State::Active, State::OpenSent, State::OpenConfirm, State::Established];

const NONE: &str = "-";
/// What a message that has no place leads to, by the state it comes in (RFC 6608).
const UNEXPECTED_1: &str = "NOTIFICATION 5/1, close, →Idle, down";
const UNEXPECTED_2: &str = "NOTIFICATION 5/2, close, →Idle, down";
const UNEXPECTED_3: &str = "NOTIFICATION 5/3, close, →Idle, down";

/// Runs one row: the input in Idle, Connect, Active, OpenSent, OpenConfirm and Established.
fn row(name: &str, want: [&str; 6], mut input: impl FnMut(&mut Rig) -> String) {
    for (state, want) in STATES.into_iter().zip(want) {
        let mut rig = Rig::in_state(config(), state);
        assert_eq!(input(&mut rig), want, "{name} in {state}");
        let after = want.split(", ").filter_map(|word| word.strip_prefix('→')).last();
        assert_eq!(rig.session.state().name(), after.unwrap_or(state.name()), "after {name} in {state}");
    }
}

/// A row whose input is a message on the dialed connection.
fn message_row(name: &str, want: [&str; 3], bytes: &[u8]) {
    let [open_sent, open_confirm, established] = want;
    let want = [NONE, NONE, NONE, open_sent, open_confirm, established];
    row(name, want, |rig| rig.input(Input::Message(Conn::Dialed, framed(bytes))));
}

#[test]
fn administration() {
    let code = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
    let ceased = "NOTIFICATION 6/2, close, →Idle, down";
    row("Start", ["dial, →Connect", NONE, NONE, NONE, NONE, NONE], |rig| rig.input(Input::Start));
    row("Stop", [NONE, "close, →Idle", "→Idle", ceased, ceased, ceased], |rig| {
        let words = rig.input(Input::Stop(code, "bye"));
        assert_eq!(rig.session.poll_timeout(), None, "a stopped session waits for nothing");
        words
    });
    row("Restart", [NONE, "close, →Idle", "→Idle", ceased, ceased, ceased], |rig| {
        let words = rig.input(Input::Restart(code, "back soon"));
        assert_eq!(rig.session.poll_timeout().is_some(), words != NONE, "it comes back after an idle hold");
        words
    });
}

#[test]
fn too_many_prefixes() {
    let ceased = "NOTIFICATION 6/1, close, →Idle, down";
    for restart in [None, Some(Duration::from_mins(7))] {
        row("TooManyPrefixes", [NONE, NONE, NONE, NONE, NONE, ceased], |rig| {
            let before = rig.session.poll_timeout();
            let family = Family::Ipv6Unicast;
            let words = rig.input(Input::TooManyPrefixes { family, limit: 500, restart });
            let due = if words == NONE { before } else { restart.map(|time| rig.now + time) };
            assert_eq!(rig.session.poll_timeout(), due);
            if words != NONE {
                assert_eq!(framed(&rig.sent).body, [6, 1, 0, 2, 1, 0, 0, 1, 244]);
            }
            words
        });
    }
}

#[test]
fn bfd() {
    let down = "NOTIFICATION 6/10, close, →Idle, down";
    row("BFD Up", [NONE; 6], |rig| rig.input(Input::Bfd(Bfd::Up)));
    row("BFD Down", [NONE, NONE, NONE, down, down, down], |rig| rig.input(Input::Bfd(Bfd::Down)));
    row("BFD AdminDown", [NONE; 6], |rig| rig.input(Input::Bfd(Bfd::AdminDown)));
}

#[test]
fn connections() {
    let spurious = "close";
    row("Connected(Dialed)", [spurious, "OPEN, →OpenSent", spurious, NONE, NONE, NONE], |rig| {
        rig.input(Input::Connected(Conn::Dialed))
    });
    let refused = "NOTIFICATION 6/5 (accepted), close (accepted)";
    let opened = "OPEN (accepted), →OpenSent";
    let collides = "NOTIFICATION 6/7 (accepted), close (accepted)";
    row("Connected(Accepted)", [refused, opened, opened, "OPEN (accepted)", collides, collides], |rig| {
        rig.input(Input::Connected(Conn::Accepted))
    });
    row("ConnectFailed", [NONE, "→Active", NONE, NONE, NONE, NONE], |rig| rig.input(Input::ConnectFailed));
    row(
        "Closed(Dialed)",
        [NONE, "→Active", NONE, "→Active, down", "→Idle, down", "→Idle, down"],
        |rig| rig.input(Input::Closed(Conn::Dialed)),
    );
    row("Closed(Accepted)", [NONE; 6], |rig| rig.input(Input::Closed(Conn::Accepted)));
}

#[test]
fn timers() {
    let fire = |rig: &mut Rig, timer| {
        if rig.session.timers.deadline(timer).is_none() {
            return "not running".to_owned();
        }
        // Alone, so that no other fires first.
        rig.session.timers = Timers::default();
        rig.session.timers.start(timer, rig.now, Duration::ZERO);
        rig.expire()
    };
    let off = "not running";
    let expired = "NOTIFICATION 4/0, close, →Idle, down";
    row("ConnectRetryTimer", [off, "close, dial", "dial, →Connect", off, off, off], |rig| {
        fire(rig, Timer::ConnectRetry)
    });
    row("HoldTimer", [off, off, off, expired, expired, expired], |rig| fire(rig, Timer::Hold(Conn::Dialed)));
    row("KeepaliveTimer", [off, off, off, off, "KEEPALIVE", "KEEPALIVE"], |rig| {
        fire(rig, Timer::Keepalive(Conn::Dialed))
    });
    row("IdleHoldTimer", [off; 6], |rig| fire(rig, Timer::IdleHold));
    let mut held = Rig::in_state(config(), State::Established);
    held.input(Input::Closed(Conn::Dialed));
    assert_eq!(held.input(Input::Connected(Conn::Accepted)), "close (accepted)", "held, not stopped");
    assert_eq!(fire(&mut held, Timer::IdleHold), "dial, →Connect");
    row("Timeout too early", [NONE; 6], |rig| rig.input(Input::Timeout));
}

#[test]
fn messages() {
    message_row("OPEN", ["KEEPALIVE, →OpenConfirm", UNEXPECTED_2, UNEXPECTED_3], &open_bytes(&peer_open()));
    message_row("KEEPALIVE", [UNEXPECTED_1, "→Established, up", NONE], &keepalive());
    message_row("UPDATE", [UNEXPECTED_1, UNEXPECTED_2, "update"], &raw(MessageType::Update, &[0; 4]));
    message_row(
        "UPDATE, malformed",
        [UNEXPECTED_1, UNEXPECTED_2, "NOTIFICATION 3/1, close, →Idle, down"],
        &raw(MessageType::Update, &[0, 9, 0, 0]),
    );
    let ended = "close, →Idle, down";
    message_row("NOTIFICATION", [ended; 3], &notification(NotificationCode::PEER_DECONFIGURED, &[]));
    for code in [NotificationCode::COLLISION, NotificationCode::CONNECTION_REJECTED] {
        let listens = "close, →Active, down";
        message_row(&code.to_string(), [listens, listens, ended], &notification(code, &[]));
    }
}

#[test]
fn route_refresh() {
    let (v4, v6) = (Family::Ipv4Unicast.afi_safi(), Family::Ipv6Unicast.afi_safi());
    let request = RouteRefreshKind::Request;
    let refresh_row = |name, established, bytes: &[u8]| {
        message_row(name, [UNEXPECTED_1, UNEXPECTED_2, established], bytes);
    };
    refresh_row("ROUTE-REFRESH", "refresh ipv4-unicast", &refresh(v4, request));
    refresh_row("ROUTE-REFRESH, not negotiated", NONE, &refresh(v6, request));
    refresh_row("ROUTE-REFRESH, a subtype not offered", NONE, &refresh(v4, RouteRefreshKind::Begin));
    let short = raw(MessageType::RouteRefresh, &[0, 1]);
    refresh_row("ROUTE-REFRESH, too short", "NOTIFICATION 7/1, close, →Idle, down", &short);
    row("SendRefresh", [NONE, NONE, NONE, NONE, NONE, "ROUTE-REFRESH"], |rig| {
        rig.input(Input::SendRefresh(Family::Ipv4Unicast))
    });
    row("SendRefresh, not negotiated", [NONE; 6], |rig| rig.input(Input::SendRefresh(Family::Ipv6Unicast)));
    row("UpdatesSent", [NONE; 6], |rig| rig.input(Input::UpdatesSent(3)));
}

#[test]
fn bytes_that_are_no_message() {
    let reset = frame(&[0; 19], 4096).unwrap_err();
    let reset_words = "NOTIFICATION 1/1, close, →Idle, down";
    row("Malformed", [NONE, NONE, NONE, reset_words, reset_words, reset_words], |rig| {
        rig.input(Input::Malformed(Conn::Dialed, reset))
    });
}

/// RFC 4271 section 6.2: what is wrong with an OPEN, and the NOTIFICATION it earns.
#[test]
fn opens_that_are_refused() {
    let version_3 = raw(MessageType::Open, &[3, 0xfb, 0xf5, 0, 30, 192, 0, 2, 1, 0]);
    let hold_time_2 = raw(MessageType::Open, &[4, 0xfb, 0xf5, 0, 2, 192, 0, 2, 1, 0]);
    let with = |open: Open<'static>| open_bytes(&open);
    let only_v6 = [bgp_wire::Capability::Multiprotocol(Family::Ipv6Unicast.afi_safi())];
    let cases: &[(&str, Vec<u8>, &str, &[u8])] = &[
        ("version 3", version_3, "2/1", &[0, 4]),
        (
            "another AS",
            with(Open { asn: Asn(64502), capabilities: [].into_iter().collect(), ..peer_open() }),
            "2/2",
            &[],
        ),
        ("identifier 0", with(Open { router_id: Ipv4Addr::UNSPECIFIED, ..peer_open() }), "2/3", &[]),
        (
            "authentication parameter",
            raw(MessageType::Open, &[4, 0xfb, 0xf5, 0, 30, 192, 0, 2, 1, 2, 1, 0]),
            "2/4",
            &[],
        ),
        ("hold time 2", hold_time_2, "2/6", &[]),
        (
            "no family in common",
            with(Open { capabilities: only_v6.into_iter().collect(), ..peer_open() }),
            "2/7",
            &[1, 4, 0, 1, 0, 1],
        ),
        ("cut short", raw(MessageType::Open, &[4, 0xfb, 0xf5, 0, 30, 192, 0, 2, 1, 9]), "2/0", &[]),
    ];
    for (name, bytes, code, data) in cases {
        let mut rig = Rig::in_state(config(), State::OpenSent);
        let words = rig.message(Conn::Dialed, bytes);
        assert_eq!(words, format!("NOTIFICATION {code}, close, →Idle, down"), "{name}");
        assert_eq!(framed(&rig.sent).body[2..], **data, "{name}");
    }
}

/// RFC 6286 section 2.2: our identifier is the peer's mistake inside our AS, and its right outside.
#[test]
fn our_own_identifier() {
    let open = Open { router_id: config().router_id, ..peer_open() };
    let mut external = Rig::in_state(config(), State::OpenSent);
    assert_eq!(external.message(Conn::Dialed, &open_bytes(&open)), "KEEPALIVE, →OpenConfirm");
    let mut internal = Rig::in_state(crate::Config { local_asn: Asn(64501), ..config() }, State::OpenSent);
    assert_eq!(internal.message(Conn::Dialed, &open_bytes(&open)), "NOTIFICATION 2/3, close, →Idle, down");
}
