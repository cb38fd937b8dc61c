//! Messages of the peer's: OpenSent, OpenConfirm and Established of RFC 4271 section 8.2.2.

use crate::collision::{self, Resolution};
use crate::connection::{Conn, Connection};
use crate::down::Down;
use crate::exchange::Exchange;
use crate::output::Output;
use crate::session::Session;
use crate::state::State;
use crate::timers::Timer;
use bgp_wire::{
    Family, Frame, MessageType, Notification, RouteRefresh, RouteRefreshKind, update, write_keepalive,
};
use std::time::{Duration, Instant};

/// How long a hold timer that is due waits for octets that have arrived, before it asks again.
const UNREAD: Duration = Duration::from_millis(100);

impl Session {
    pub(crate) fn message(
        &mut self,
        conn: Conn,
        frame: Frame<'_>,
        now: Instant,
        out: &mut impl FnMut(Output<'_>),
    ) {
        let Some(state) = self.connection(conn) else { return };
        self.counters.received.add(frame.kind, 1);
        match (state, frame.kind) {
            (_, MessageType::Notification) => self.notified(conn, frame.body, now, out),
            (State::OpenSent, MessageType::Open) => self.opened(conn, frame.body, now, out),
            (State::OpenConfirm, MessageType::Keepalive) => match &mut self.awaits_bfd[conn] {
                Some(confirmed) => *confirmed = true,
                None => self.confirmed(conn, now, out),
            },
            (State::Established, MessageType::Keepalive) => self.restart_hold(conn, now),
            (State::Established, MessageType::Update) => self.updated(conn, frame.body, now, out),
            (State::Established, MessageType::RouteRefresh) => self.refreshed(conn, frame.body, now, out),
            (state, kind) => self.end(conn, Down::Unexpected(kind, state), now, out),
        }
    }

    /// A NOTIFICATION is never answered (RFC 4271 section 6.4).
    fn notified(&mut self, conn: Conn, body: &[u8], now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let notification = Notification::decode(body);
        let why = match notification.inner() {
            None => {
                Down::Received { code: notification.code, text: notification.communication().map(Box::from) }
            }
            Some(inner) => Down::HardReset { code: inner.code, text: inner.communication().map(Box::from) },
        };
        self.end(conn, why, now, out);
    }

    fn opened(&mut self, conn: Conn, body: &[u8], now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let exchange = match Exchange::of(&self.config, &self.ours, body) {
            Ok(exchange) => exchange,
            Err(why) => return self.end(conn, why, now, out),
        };
        let survivor = collision::survivor(&self.ours, &exchange.open);
        let resolution = collision::on_open(conn, survivor, self.connection(conn.other()));
        if resolution == Resolution::DropThis {
            return self.end(conn, Down::Collision, now, out);
        }
        let awaited = self.bfd.awaited().filter(|_| exchange.bfd_strict);
        self.connections[conn] = Some(Connection::OpenConfirm(exchange));
        if resolution == Resolution::DropOther {
            self.end(conn.other(), Down::Collision, now, out);
        }
        if let Some(time) = awaited {
            self.awaits_bfd[conn] = Some(false);
            self.timers.start(Timer::BfdHold(conn), now, time);
        } else {
            self.confirm(conn, now, out);
        }
    }

    /// Confirms the peer's OPEN.
    fn confirm(&mut self, conn: Conn, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.send_keepalive(conn, now, out);
        self.restart_hold(conn, now);
    }

    /// BFD is Up: connections that waited for it go on.
    pub(crate) fn go_on_with_bfd(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        for conn in Conn::ALL {
            let Some(confirmed) = self.awaits_bfd[conn].take() else { continue };
            self.timers.stop(Timer::BfdHold(conn));
            self.confirm(conn, now, out);
            if confirmed {
                self.confirmed(conn, now, out);
            }
        }
    }

    /// The peer's first KEEPALIVE.
    fn confirmed(&mut self, conn: Conn, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let Some(Connection::OpenConfirm(exchange)) = self.connections[conn].take() else { return };
        self.connections[conn] = Some(Connection::Established { exchange, since: now });
        self.end(conn.other(), Down::Collision, now, out);
        self.give_up_dial(out);
        self.restart_hold(conn, now);
        self.dials.reset();
        self.counters.established = self.counters.established.saturating_add(1);
        self.tell_state(now, out);
        if let Some(exchange) = self.exchange() {
            out(Output::Up(conn, exchange));
        }
    }

    fn updated(&mut self, conn: Conn, body: &[u8], now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let Some(exchange) = self.connections[conn].as_ref().and_then(Connection::exchange) else { return };
        match update(body, &exchange.negotiated) {
            Ok(parsed) => {
                self.restart_hold(conn, now);
                out(Output::Update(&parsed));
            }
            Err(reset) => self.end(conn, Down::Fault(reset), now, out),
        }
    }

    /// A family that was not negotiated is passed over (RFC 2918 section 4), and so is a subtype that we did not
    /// offer or do not know (RFC 7313 section 5).
    fn refreshed(&mut self, conn: Conn, body: &[u8], now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let read = RouteRefresh::decode(body).and_then(|refresh| {
            let family = Family::from(refresh.family);
            Ok((family, refresh.kind, self.filter_in(body, family)?))
        });
        let (family, kind, filter) = match read {
            Ok(read) => read,
            Err(reset) => return self.end(conn, Down::Fault(reset), now, out),
        };
        let markers = self.has_markers();
        match (kind, filter) {
            _ if !self.exchanges(family) => {}
            (RouteRefreshKind::Request, Some(filter)) => out(Output::Filter(family, &filter)),
            (RouteRefreshKind::Request, None) if self.config.offers.route_refresh => {
                out(Output::Refresh(family));
            }
            (RouteRefreshKind::Begin, _) if markers => out(Output::RefreshBegins(family)),
            (RouteRefreshKind::End, _) if markers => out(Output::RefreshEnds(family)),
            _ => {}
        }
    }

    fn exchanges(&self, family: Family) -> bool {
        self.negotiated().is_some_and(|negotiated| negotiated.families.contains(family))
    }

    /// Starts the hold timer over with the negotiated time. Where that is 0 there is none once Established;
    /// until then the large one goes on, or a peer could leave us in OpenConfirm forever.
    fn restart_hold(&mut self, conn: Conn, now: Instant) {
        let Some(connection) = &self.connections[conn] else { return };
        match connection.exchange().and_then(|exchange| exchange.hold_time) {
            Some(time) => self.timers.start(Timer::Hold(conn), now, time),
            None if connection.state() == State::Established => self.timers.stop(Timer::Hold(conn)),
            None => {}
        }
    }

    /// What the peer has said waits to be looked at: its hold timer is not judged before.
    pub(crate) fn put_off_hold(&mut self, conn: Conn, now: Instant) {
        if self.timers.deadline(Timer::Hold(conn)).is_some_and(|at| at <= now) {
            self.timers.start(Timer::Hold(conn), now, UNREAD);
        }
    }

    /// Starts the keepalive timer over, jittered, yet never below the second of RFC 4271 section 4.4.
    fn restart_keepalive(&mut self, conn: Conn, now: Instant) {
        let exchange = self.connections[conn].as_ref().and_then(Connection::exchange);
        if let Some(time) = exchange.and_then(|exchange| exchange.keepalive_time) {
            let time = self.jitter.of(time).max(Duration::from_secs(1));
            self.timers.start(Timer::Keepalive(conn), now, time);
        }
    }

    /// The connection took octets: the peer reads (RFC 9687).
    pub(crate) fn restart_send_hold(&mut self, conn: Conn, now: Instant) {
        let exchange = self.connections[conn].as_ref().and_then(Connection::exchange);
        if let Some(time) = exchange.and_then(|exchange| exchange.send_hold_time) {
            self.timers.start(Timer::SendHold(conn), now, time);
        }
    }

    /// Whether refreshes have a beginning and an end (RFC 7313).
    fn has_markers(&self) -> bool {
        self.exchange().is_some_and(|exchange| exchange.enhanced_refresh)
    }

    /// Appends to `buf` that a refresh which the peer asked for begins or has ended; nothing unless both sides
    /// offer that (RFC 7313 section 4).
    pub fn mark_refresh(&mut self, marker: RouteRefresh, buf: &mut Vec<u8>) {
        if self.has_markers() {
            marker.encode(buf);
            self.counters.sent.add(MessageType::RouteRefresh, 1);
        }
    }

    pub(crate) fn send_keepalive(&mut self, conn: Conn, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.send(conn, MessageType::Keepalive, |_, tx| write_keepalive(tx), out);
        self.restart_keepalive(conn, now);
    }

    pub(crate) fn updates_sent(&mut self, n: u64, now: Instant) {
        if let Some(conn) = self.established() {
            self.counters.sent.add(MessageType::Update, n);
            self.restart_keepalive(conn, now);
        }
    }

    pub(crate) fn send_refresh(&mut self, family: Family, out: &mut impl FnMut(Output<'_>)) {
        let may = self.negotiated().is_some_and(|negotiated| negotiated.route_refresh);
        let Some(conn) = self.established().filter(|_| may && self.exchanges(family)) else { return };
        let request = RouteRefresh { family: family.afi_safi(), kind: RouteRefreshKind::Request };
        self.send(conn, MessageType::RouteRefresh, |_, tx| request.encode(tx), out);
    }
}
