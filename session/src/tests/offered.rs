//! What both sides offer, and what the session does with it: refreshes with markers, roles, long messages,
//! the send hold timer.

use super::{
    Bfd, Capability, Duration, Family, HoldTime, Input, Notification, NotificationCode, Open, Rig,
    RouteRefreshKind, State, config, framed, keepalive, notification, open_bytes, peer_open, refresh,
};
use crate::{Config, Conn, Down, Offers, Restart};
use bgp_wire::{
    AsnWidth, FamilySet, GracefulRestart, MAX_EXTENDED_MESSAGE, MAX_MESSAGE, MessageType, RestartFamily,
    Role, RouteRefresh,
};

/// Established with a peer that offers these besides the usual.
fn established(offers: Offers, theirs: &[Capability<'_>]) -> Rig {
    let mut rig = Rig::in_state(Config { offers, ..config() }, State::OpenSent);
    let open = theirs.iter().fold(peer_open(), |open, capability| open.capability(*capability));
    rig.message(Conn::Dialed, &open_bytes(&open));
    rig.message(Conn::Dialed, &keepalive());
    assert_eq!(rig.session.state(), State::Established);
    rig
}

const ENHANCED: &[Capability<'_>] = &[Capability::EnhancedRouteRefresh];

/// (ours, theirs, what comes of a request, of its beginning, of its end, of an unknown subtype, whether our own
/// markers are written)
#[test]
fn refreshes() {
    let plain = Offers { enhanced_route_refresh: false, ..Offers::default() };
    let none = Offers { route_refresh: false, ..Offers::default() };
    let (asked, begins, ends) =
        ("refresh ipv4-unicast", "refresh of ipv4-unicast begins", "refresh of ipv4-unicast ends");
    let cases: &[(Offers, &[Capability<'_>], [&str; 4], bool)] = &[
        (Offers::default(), ENHANCED, [asked, begins, ends, "-"], true),
        (Offers::default(), &[], [asked, "-", "-", "-"], false),
        (plain, ENHANCED, [asked, "-", "-", "-"], false),
        (none, ENHANCED, ["-"; 4], false),
    ];
    let v4 = Family::Ipv4Unicast.afi_safi();
    for (ours, theirs, want, marks) in cases {
        let mut rig = established(ours.clone(), theirs);
        let kinds = [
            RouteRefreshKind::Request,
            RouteRefreshKind::Begin,
            RouteRefreshKind::End,
            RouteRefreshKind::Other(7),
        ];
        let got = kinds.map(|kind| rig.message(Conn::Dialed, &refresh(v4, kind)));
        assert_eq!(got, *want, "{ours:?} {theirs:?}");
        let mut buf = Vec::new();
        rig.session.mark_refresh(RouteRefresh::begin(v4), &mut buf);
        assert_eq!(!buf.is_empty(), *marks);
        assert_eq!(rig.session.counters().sent.route_refresh, u64::from(*marks));
    }
}

/// RFC 4271 alone: IPv4 unicast, ASNs of two octets, nothing else. (our families, whether it comes up)
#[test]
fn a_peer_without_capabilities() {
    let v4 = FamilySet::EMPTY.with(Family::Ipv4Unicast);
    for (ours, comes_up) in [
        (v4, true),
        (v4.with(Family::Ipv6Unicast), true),
        (FamilySet::EMPTY.with(Family::Ipv6Unicast), false),
    ] {
        let mut rig = Rig::in_state(Config { families: ours, ..config() }, State::OpenSent);
        let open = Open { capabilities: [].into_iter().collect(), ..peer_open() };
        rig.message(Conn::Dialed, &open_bytes(&open));
        rig.message(Conn::Dialed, &keepalive());
        assert_eq!(rig.session.state() == State::Established, comes_up, "{ours:?}");
        if let Some(exchange) = rig.session.exchange() {
            let n = exchange.negotiated;
            assert_eq!((n.families, n.asn_width, n.route_refresh), (v4, AsnWidth::Two, false));
        }
    }
}

#[test]
fn a_family_that_is_not_exchanged_has_no_markers() {
    let mut rig = established(Offers::default(), ENHANCED);
    let v6 = Family::Ipv6Unicast.afi_safi();
    for kind in [RouteRefreshKind::Begin, RouteRefreshKind::End] {
        assert_eq!(rig.message(Conn::Dialed, &refresh(v6, kind)), "-");
    }
    let long = super::raw(MessageType::RouteRefresh, &[0, 1, 1, 1, 0]);
    assert_eq!(rig.message(Conn::Dialed, &long), "NOTIFICATION 7/1, close, →Idle, down");
}

/// (our role, strict, theirs, what their OPEN leads to)
#[test]
fn roles() {
    let refused = "NOTIFICATION 2/11, close, →Idle, down";
    let confirmed = "KEEPALIVE, →OpenConfirm";
    for (role, strict_role, theirs, want) in [
        (Role::Customer, true, Some(Role::Provider), confirmed),
        (Role::Customer, false, Some(Role::Peer), refused),
        (Role::Customer, false, None, confirmed),
        (Role::Customer, true, None, refused),
    ] {
        let offers = Offers { role: Some(role), strict_role, ..Offers::default() };
        let mut rig = Rig::in_state(Config { offers, ..config() }, State::OpenSent);
        let open = theirs.into_iter().fold(peer_open(), |open, role| open.capability(Capability::Role(role)));
        assert_eq!(rig.message(Conn::Dialed, &open_bytes(&open)), want, "{role} {theirs:?}");
        let mismatch = Down::RoleMismatch { ours: role, theirs };
        assert_eq!(rig.session.last_down() == Some(&mismatch), want == refused);
    }
}

#[test]
fn a_long_message_may_come_once_both_opens_are_there() {
    let offers = Offers { extended_messages: true, ..Offers::default() };
    let mut rig = Rig::in_state(Config { offers: offers.clone(), ..config() }, State::OpenSent);
    assert_eq!(rig.session.max_message(Conn::Dialed), MAX_MESSAGE);
    rig.message(Conn::Dialed, &open_bytes(&peer_open().capability(Capability::ExtendedMessage)));
    assert_eq!(rig.session.max_message(Conn::Dialed), MAX_EXTENDED_MESSAGE);
    assert_eq!(rig.session.max_message(Conn::Accepted), MAX_MESSAGE);
    assert_eq!(established(offers, &[]).session.max_message(Conn::Dialed), MAX_MESSAGE);
}

/// RFC 9687: a peer that reads nothing is let go, however often it is heard.
#[test]
fn a_peer_that_reads_nothing() {
    let mut rig = established(Offers::default(), &[]);
    rig.input(Input::Written(Conn::Dialed));
    let start = rig.now;
    let mut words = String::new();
    while rig.session.state() == State::Established {
        rig.message(Conn::Dialed, &keepalive());
        words = rig.expire();
    }
    assert_eq!(words, "NOTIFICATION 8/0, close, →Idle, down");
    assert_eq!(rig.now - start, Duration::from_mins(8));
    assert_eq!(rig.session.last_down(), Some(&Down::SendHoldExpired));
}

/// (the send hold time configured, the peer's hold time, what comes of it)
#[test]
fn the_send_hold_time_is_longer_than_the_hold_time() {
    let secs = |n| Duration::from_secs(n);
    for (configured, hold, want) in
        [(480, 90, Some(secs(480))), (480, 600, Some(secs(1200))), (1, 30, Some(secs(60))), (480, 0, None)]
    {
        let long = HoldTime::new(600).unwrap();
        let mut rig = Rig::in_state(
            Config { hold_time: long, send_hold_time: secs(configured), ..config() },
            State::OpenSent,
        );
        rig.message(Conn::Dialed, &open_bytes(&Open { hold_time: hold, ..peer_open() }));
        rig.message(Conn::Dialed, &keepalive());
        assert_eq!(rig.session.exchange().unwrap().send_hold_time, want);
        rig.input(Input::Written(Conn::Dialed));
        assert_eq!(rig.session.poll_timeout().is_some(), want.is_some());
    }
}

/// (our GR, theirs, what happens, the last NOTIFICATION, whether the peer's routes are kept)
#[test]
fn ends_that_a_restart_may_follow() {
    let offers = |notification| Offers {
        graceful_restart: Some(Restart { notification, ..Restart::default() }),
        ..Offers::default()
    };
    let v4 = [RestartFamily { family: Family::Ipv4Unicast.afi_safi(), forwarding_preserved: true }];
    let theirs = Capability::GracefulRestart(GracefulRestart {
        restarting: false,
        notification: true,
        restart_time: 60,
        families: v4.as_slice().into(),
    });
    let shutdown = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
    let inner = Notification::new(shutdown).encapsulated();
    let hard = notification(NotificationCode::HARD_RESET, &inner);
    let soft = notification(NotificationCode::OUT_OF_RESOURCES, &[]);
    let cases: &[(bool, Input<'_>, &[u8], bool)] = &[
        (true, Input::Closed(Conn::Dialed), &[], true),
        (false, Input::Closed(Conn::Dialed), &[], true),
        (true, Input::Stop(shutdown, ""), &[6, 9, 6, 2], false),
        (false, Input::Stop(shutdown, ""), &[6, 2], false),
        (true, Input::Restart(NotificationCode::OUT_OF_RESOURCES, ""), &[6, 8], true),
        (false, Input::Restart(NotificationCode::OUT_OF_RESOURCES, ""), &[6, 8], false),
        (true, Input::Bfd(Bfd::Down), &[6, 9, 6, 10], false),
        (true, Input::Bfd(Bfd::DownWithPeer), &[6, 10], true),
        (false, Input::Bfd(Bfd::DownWithPeer), &[6, 10], true),
        (true, Input::Message(Conn::Dialed, framed(&hard)), &[], false),
        (true, Input::Message(Conn::Dialed, framed(&soft)), &[], true),
        (false, Input::Message(Conn::Dialed, framed(&soft)), &[], false),
    ];
    for (notification, input, sent, kept) in cases {
        let mut rig = established(offers(*notification), &[theirs]);
        rig.input(Input::Bfd(Bfd::Up));
        let restart = rig.session.exchange().unwrap().restart.clone().unwrap();
        assert_eq!((restart.time, restart.notification), (Duration::from_mins(1), *notification));
        rig.sent.clear();
        rig.input(*input);
        let why = rig.session.last_down().unwrap();
        assert_eq!(why.is_graceful(restart.notification), *kept, "{notification} {input:?}: {why}");
        let body = if rig.sent.is_empty() { &[] } else { framed(&rig.sent).body };
        assert_eq!(body, *sent, "{notification} {input:?}");
    }
}

#[test]
fn a_speaker_says_that_it_has_restarted_until_told_otherwise() {
    let offers = Offers { graceful_restart: Some(Restart::default()), ..Offers::default() };
    let mut rig = Rig::new(Config { offers, restarting: true, ..config() });
    for restarting in [true, false] {
        rig.session.set_restarting(restarting);
        rig.input(Input::Start);
        rig.input(Input::Connected(Conn::Dialed));
        let open = Open::decode(framed(&rig.sent).body).unwrap();
        let says = open
            .capabilities
            .iter()
            .any(|c| matches!(c, Capability::GracefulRestart(restart) if restart.restarting == restarting));
        assert!(says, "{open}");
        rig.input(Input::Stop(NotificationCode::CEASE, ""));
    }
}
