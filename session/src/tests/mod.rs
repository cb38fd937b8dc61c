//! What one session does, by tables, and what two do together.

mod any_input;
mod bfd_modes;
mod collisions;
mod every_state;
mod filters;
mod network;
mod offered;
mod pair;
mod times;

use crate::{Bfd, BfdMode, Config, Conn, HoldTime, Input, Output, Session, State};
use bgp_wire::{
    AfiSafi, Asn, Capability, Family, Frame, MessageType, Notification, NotificationCode, Open, RouteRefresh,
    RouteRefreshKind, frame, write_keepalive,
};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// Where virtual time begins.
#[expect(clippy::disallowed_methods, reason = "an Instant can only be had from the clock")]
fn epoch() -> Instant {
    Instant::now()
}

/// We are AS 64500 and 192.0.2.2, the peer AS 64501; its identifier is each test's to choose.
fn config() -> Config {
    Config {
        hold_time: HoldTime::new(90).unwrap(),
        bfd: BfdMode::On,
        ..Config::new(Asn(64500), Asn(64501), Ipv4Addr::new(192, 0, 2, 2))
    }
}

/// The peer's OPEN as it should be; its identifier is the lower one.
fn peer_open() -> Open<'static> {
    Open {
        asn: Asn(64501),
        hold_time: 30,
        router_id: Ipv4Addr::new(192, 0, 2, 1),
        capabilities: [
            Capability::Multiprotocol(Family::Ipv4Unicast.afi_safi()),
            Capability::RouteRefresh,
            Capability::FourOctetAsn(Asn(64501)),
        ]
        .into_iter()
        .collect(),
    }
}

fn encoded(encode: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&mut bytes);
    bytes
}

fn open_bytes(open: &Open<'_>) -> Vec<u8> {
    encoded(|out| open.encode(out))
}

fn keepalive() -> Vec<u8> {
    encoded(write_keepalive)
}

fn notification(code: NotificationCode, data: &[u8]) -> Vec<u8> {
    encoded(|out| Notification { code, data }.encode(out))
}

/// A message of any type around any body.
fn raw(kind: MessageType, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(19 + body.len()).unwrap();
    [&[0xff; 16], &len.to_be_bytes()[..], &[kind as u8], body].concat()
}

fn refresh(family: AfiSafi, kind: RouteRefreshKind) -> Vec<u8> {
    encoded(|out| RouteRefresh { family, kind }.encode(out))
}

fn framed(bytes: &[u8]) -> Frame<'_> {
    frame(bytes, 4096).unwrap().unwrap()
}

/// An output in a word or two: what the tables compare.
fn word(output: &Output<'_>) -> String {
    let on = |conn: &Conn, what: &str| match conn {
        Conn::Dialed => what.to_owned(),
        Conn::Accepted => format!("{what} (accepted)"),
    };
    match output {
        Output::Dial => "dial".into(),
        Output::Close(conn) => on(conn, "close"),
        Output::Send(conn, bytes) => on(conn, &message_word(bytes)),
        Output::Changed { to, .. } => format!("→{to}"),
        Output::Up(conn, _) => on(conn, "up"),
        Output::Down(_) => "down".into(),
        Output::Dropped(conn, _) => on(conn, "dropped"),
        Output::Update(_) => "update".into(),
        Output::Refresh(family) => format!("refresh {family}"),
        Output::Filter(family, filter) => {
            let entries = filter.groups.iter().flat_map(|group| group.prefixes(family.afi_safi().afi));
            let entries = entries.map(|entry| entry.map_or_else(|e| e.to_string(), |e| e.to_string()));
            format!("filter {family} {:?}: {}", filter.when, entries.collect::<Vec<_>>().join("; "))
        }
        Output::RefreshBegins(family) => format!("refresh of {family} begins"),
        Output::RefreshEnds(family) => format!("refresh of {family} ends"),
    }
}

fn message_word(bytes: &[u8]) -> String {
    let frame = framed(bytes);
    match frame.kind {
        MessageType::Notification => {
            let NotificationCode { code, subcode } = Notification::decode(frame.body).code;
            format!("NOTIFICATION {code}/{subcode}")
        }
        kind => kind.to_string(),
    }
}

/// A session, its clock and what it put out last.
struct Rig {
    session: Session,
    start: Instant,
    now: Instant,
    /// The last message sent.
    sent: Vec<u8>,
}

impl Rig {
    fn new(config: Config) -> Self {
        let now = epoch();
        Self { session: Session::new(config, 1, now), start: now, now, sent: Vec::new() }
    }

    /// A session on a dialed connection, brought as far as `state`; BFD is Up.
    fn in_state(config: Config, state: State) -> Self {
        let mut rig = Self::new(config);
        rig.input(Input::Bfd(Bfd::Up));
        if state >= State::Connect {
            rig.input(Input::Start);
        }
        if state == State::Active {
            rig.input(Input::ConnectFailed);
        }
        if state >= State::OpenSent {
            rig.input(Input::Connected(Conn::Dialed));
        }
        if state >= State::OpenConfirm {
            rig.message(Conn::Dialed, &open_bytes(&peer_open()));
        }
        if state == State::Established {
            rig.message(Conn::Dialed, &keepalive());
        }
        assert_eq!(rig.session.state(), state);
        rig
    }

    /// The words of what the input leads to; "-" for nothing.
    fn input(&mut self, input: Input<'_>) -> String {
        let mut words = Vec::new();
        let sent = &mut self.sent;
        self.session.handle(input, self.now, &mut |output| {
            if let Output::Send(_, bytes) = output {
                *sent = bytes.to_vec();
            }
            words.push(word(&output));
        });
        if words.is_empty() { "-".into() } else { words.join(", ") }
    }

    fn message(&mut self, conn: Conn, bytes: &[u8]) -> String {
        self.input(Input::Message(conn, framed(bytes)))
    }

    /// Goes to the next deadline and says so to the session.
    fn expire(&mut self) -> String {
        match self.session.poll_timeout() {
            Some(at) => {
                self.now = self.now.max(at);
                self.input(Input::Timeout)
            }
            None => "-".into(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }
}
