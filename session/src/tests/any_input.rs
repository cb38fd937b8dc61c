//! Whatever comes in, in whatever order: no panic, no stuck timer, no state without its outputs.

use super::{
    Duration, NotificationCode, Open, Rig, config, epoch, framed, keepalive, notification, open_bytes,
    peer_open, raw, refresh,
};
use crate::connection::PerConn;
use crate::{Bfd, BfdMode, Config, Conn, Input, Offers, Output, Restart, Session, State};
use bgp_wire::RouteRefreshKind::{Begin, End, Other, Request};
use bgp_wire::{Capability, Family, MessageType, OrfFamily, OrfSupport, Role, frame};
use proptest::prelude::*;

/// An input that owns what it holds.
#[derive(Clone, Debug)]
enum Event {
    Plain(Input<'static>),
    Message(Conn, Vec<u8>),
    /// Time passes, then the timeout is told.
    Wait(Duration),
    /// The timeout is told at its deadline.
    Deadline,
}

fn conn() -> impl Strategy<Value = Conn> {
    prop_oneof![Just(Conn::Dialed), Just(Conn::Accepted)]
}

fn plain() -> impl Strategy<Value = Input<'static>> {
    let code = (any::<u8>(), any::<u8>()).prop_map(|(code, subcode)| NotificationCode { code, subcode });
    let bfd = prop_oneof![Just(Bfd::Up), Just(Bfd::Down), Just(Bfd::DownWithPeer), Just(Bfd::AdminDown)];
    let malformed = frame(&[0; 19], 4096).unwrap_err();
    prop_oneof![
        4 => Just(Input::Start),
        1 => code.clone().prop_map(|code| Input::Stop(code, "text")),
        1 => code.prop_map(|code| Input::Restart(code, "text")),
        1 => Just(Input::Timeout),
        2 => bfd.prop_map(Input::Bfd),
        6 => conn().prop_map(Input::Connected),
        1 => Just(Input::ConnectFailed),
        1 => conn().prop_map(Input::Closed),
        1 => conn().prop_map(move |conn| Input::Malformed(conn, malformed)),
        1 => Just(Input::SendRefresh(Family::Ipv4Unicast)),
        1 => Just(Input::SendFilter(Family::Ipv4Unicast, &[])),
        1 => any::<u64>().prop_map(Input::UpdatesSent),
        1 => conn().prop_map(Input::Written),
        1 => conn().prop_map(Input::Unread),
        1 => prop::option::of(Just(Duration::from_secs(9))).prop_map(|restart| Input::TooManyPrefixes {
            family: Family::Ipv4Unicast,
            limit: 1,
            restart,
        }),
    ]
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let higher = Open { router_id: [192, 0, 2, 9].into(), ..peer_open() };
    let no_hold = Open { hold_time: 0, ..peer_open() };
    let types = [OrfSupport { kind: 64, mode: 3 }];
    let filters = [OrfFamily { family: Family::Ipv4Unicast.afi_safi(), types: types.as_slice().into() }];
    let rich = peer_open()
        .capability(Capability::EnhancedRouteRefresh)
        .capability(Capability::ExtendedMessage)
        .capability(Capability::BfdStrictMode)
        .capability(Capability::OutboundRouteFilter(filters.as_slice().into()))
        .capability(Capability::Role(Role::Provider));
    let v4 = Family::Ipv4Unicast.afi_safi();
    let body = proptest::collection::vec(any::<u8>(), 10..80);
    prop_oneof![
        3 => Just(open_bytes(&peer_open())),
        2 => Just(open_bytes(&higher)),
        1 => Just(open_bytes(&no_hold)),
        2 => Just(open_bytes(&rich)),
        4 => Just(keepalive()),
        1 => Just(raw(MessageType::Update, &[0; 4])),
        1 => Just(notification(NotificationCode::COLLISION, &[])),
        1 => body.clone().prop_map(|body| raw(MessageType::Open, &body)),
        1 => body.clone().prop_map(|body| raw(MessageType::Update, &body)),
        1 => body.clone().prop_map(|body| raw(MessageType::Notification, &body)),
        1 => body.prop_map(|body| raw(MessageType::RouteRefresh, &body)),
        1 => (0u8..4).prop_map(move |n| refresh(v4, [Request, Begin, End, Other(9)][usize::from(n)])),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => plain().prop_map(Event::Plain),
        5 => (conn(), message()).prop_map(|(conn, bytes)| Event::Message(conn, bytes)),
        1 => (0u64..300_000).prop_map(|ms| Event::Wait(Duration::from_millis(ms))),
        2 => Just(Event::Deadline),
    ]
}

fn any_config() -> impl Strategy<Value = Config> {
    let negotiated = BfdMode::Negotiated(Duration::from_secs(20));
    let mode = prop_oneof![Just(BfdMode::Off), Just(BfdMode::On), Just(BfdMode::Strict), Just(negotiated)];
    let time = || prop_oneof![Just(Duration::ZERO), Just(Duration::from_secs(5)), Just(Duration::MAX)];
    let offers = (any::<[bool; 3]>(), prop::option::of(Just(Role::Customer)));
    let offers = offers.prop_map(|([enhanced_route_refresh, extended_messages, strict_role], role)| Offers {
        enhanced_route_refresh,
        extended_messages,
        role,
        strict_role,
        orf_tx: extended_messages,
        orf_rx: extended_messages,
        graceful_restart: strict_role.then(Restart::default),
        ..Offers::default()
    });
    (mode, any::<bool>(), [time(), time(), time()], offers).prop_map(
        |(bfd, passive, [retry, first, longest], offers)| Config {
            bfd,
            passive,
            connect_retry: retry,
            idle_hold: first,
            idle_hold_max: longest,
            offers,
            ..config()
        },
    )
}

/// What a shell knows from the outputs alone.
struct Watcher {
    state: State,
    up: bool,
    open: PerConn<bool>,
}

impl Watcher {
    fn say(&mut self, input: &Input<'_>) {
        match *input {
            Input::Connected(conn) => self.open[conn] = true,
            Input::Closed(conn) => self.open[conn] = false,
            _ => {}
        }
    }

    fn see(&mut self, output: &Output<'_>) {
        match *output {
            Output::Changed { from, to } => {
                assert!(from == self.state && from != to);
                self.state = to;
            }
            Output::Up(..) => assert!(!std::mem::replace(&mut self.up, true), "up twice"),
            Output::Down(_) => self.up = false,
            Output::Send(conn, bytes) => assert!(self.open[conn] && framed(bytes).len == bytes.len()),
            Output::Close(conn) => self.open[conn] = false,
            Output::Update(_)
            | Output::Refresh(_)
            | Output::Filter(..)
            | Output::RefreshBegins(_)
            | Output::RefreshEnds(_) => {
                assert!(self.up, "routes while down");
            }
            Output::Dial | Output::Dropped(..) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn nothing_breaks_it(
        config in any_config(),
        seed in any::<u64>(),
        events in proptest::collection::vec(event(), 0..60),
    ) {
        let mut now = epoch();
        let dials = !config.passive && config.connect_retry < Duration::MAX;
        let mut session = Session::new(config, seed, now);
        let mut watcher = Watcher { state: State::Idle, up: false, open: PerConn::default() };
        for event in &events {
            let input = match event {
                Event::Plain(input) => *input,
                Event::Message(conn, bytes) => Input::Message(*conn, framed(bytes)),
                Event::Wait(time) => {
                    now += *time;
                    Input::Timeout
                }
                Event::Deadline => {
                    now = session.poll_timeout().unwrap_or(now).max(now);
                    Input::Timeout
                }
            };
            watcher.say(&input);
            session.handle(input, now, &mut |output| watcher.see(&output));
            prop_assert_eq!(session.state(), watcher.state);
            prop_assert_eq!(session.exchange().is_some(), watcher.up);
            prop_assert_eq!(session.state() == State::Established, watcher.up);
            let waits = match session.state() {
                State::Idle | State::Established => false,
                State::Connect | State::Active => dials,
                State::OpenSent | State::OpenConfirm => true,
            };
            prop_assert!(!waits || session.poll_timeout().is_some(), "nothing would end this state");
            if input == Input::Timeout {
                prop_assert!(session.poll_timeout().is_none_or(|at| at > now), "a timer fired and is still due");
            }
        }
    }
}

/// A connection without any message of the peer's does not last: some timer ends it.
#[test]
fn no_state_waits_forever() {
    for state in [State::OpenSent, State::OpenConfirm, State::Established] {
        let mut rig = Rig::in_state(config(), state);
        let start = rig.now;
        while rig.session.state() == state {
            rig.expire();
        }
        assert!(rig.now - start <= Duration::from_mins(4), "{state}");
    }
}
