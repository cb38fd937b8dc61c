//! The session: its parts, its entrance and what can be asked of it.

use crate::backoff::Backoff;
use crate::bfd::Watch;
use crate::config::Config;
use crate::connection::{Conn, Connection, PerConn};
use crate::counters::Counters;
use crate::down::Down;
use crate::exchange::Exchange;
use crate::input::Input;
use crate::jitter::Jitter;
use crate::offers::our_open;
use crate::output::Output;
use crate::state::State;
use crate::timers::{Timer, Timers};
use bgp_wire::{MAX_MESSAGE, MessageType, Negotiated, Notification, NotificationCode, Open};
use std::time::Instant;

/// The finite state machine of one peer. See the [crate's page](crate) for how to run it.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) config: Config,
    /// The OPEN we send on every connection.
    pub(crate) ours: Open<'static>,
    /// `Start` was said, and no `Stop` since.
    pub(crate) started: bool,
    /// Out of Idle: connections are taken and, unless passive, dialed.
    pub(crate) awake: bool,
    /// A dial is in the air.
    pub(crate) dialing: bool,
    pub(crate) connections: PerConn<Option<Connection>>,
    pub(crate) bfd: Watch,
    /// Connections that wait for BFD to confirm the peer's OPEN, and whether the peer has confirmed ours.
    pub(crate) awaits_bfd: PerConn<Option<bool>>,
    pub(crate) timers: Timers,
    pub(crate) jitter: Jitter,
    /// Of dials in a row that came to nothing.
    pub(crate) dials: Backoff,
    /// Of sessions in a row that did not last.
    pub(crate) failures: Backoff,
    pub(crate) counters: Counters,
    pub(crate) last_down: Option<Down>,
    /// The state that the last `Changed` told.
    told: State,
    told_at: Instant,
    /// The message being sent; kept for its room.
    pub(crate) tx: Vec<u8>,
}

impl Session {
    /// A session in Idle. `seed` fixes its jitter: give every session another one.
    pub fn new(config: Config, seed: u64, now: Instant) -> Self {
        Self {
            ours: our_open(&config),
            started: false,
            awake: false,
            dialing: false,
            connections: PerConn::default(),
            bfd: Watch::new(config.bfd),
            awaits_bfd: PerConn::default(),
            timers: Timers::default(),
            jitter: Jitter::new(seed),
            dials: Backoff::new(config.idle_hold, config.connect_retry),
            failures: Backoff::new(config.idle_hold, config.idle_hold_max),
            counters: Counters::default(),
            last_down: None,
            told: State::Idle,
            told_at: now,
            tx: Vec::new(),
            config,
        }
    }

    /// Takes one event and hands what follows from it to `out`.
    pub fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        match input {
            Input::Start => self.start(now, out),
            Input::Stop(code, text) => self.stop(code, text, now, out),
            Input::Restart(code, text) => self.restart(code, text, now, out),
            Input::TooManyPrefixes { family, limit, restart } => {
                self.too_many_prefixes(Down::MaxPrefixes { family, limit }, restart, now, out);
            }
            Input::TooManyAnnounced { family, limit, restart } => {
                self.too_many_prefixes(Down::TooManyAnnounced { family, limit }, restart, now, out);
            }
            Input::Timeout => self.timeout(now, out),
            Input::Bfd(bfd) => self.hear_bfd(bfd, now, out),
            Input::Connected(conn) => self.connected(conn, now, out),
            Input::ConnectFailed => self.connect_failed(now),
            Input::Closed(conn) => self.closed(conn, now, out),
            Input::Message(conn, frame) => self.message(conn, frame, now, out),
            Input::Malformed(conn, reset) => self.end(conn, Down::Fault(reset), now, out),
            Input::SendRefresh(family) => self.send_refresh(family, out),
            Input::SendFilter(family, rules) => self.send_filter(family, rules, out),
            Input::UpdatesSent(n) => self.updates_sent(n, now),
            Input::Written(conn) => self.restart_send_hold(conn, now),
            Input::Unread(conn) => self.put_off_hold(conn, now),
        }
        self.tell_state(now, out);
    }

    /// Sends the KEEPALIVEs that are due by `now`, and takes no other timer.
    pub fn handle_keepalives(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        for conn in Conn::ALL {
            let timer = Timer::Keepalive(conn);
            if self.timers.deadline(timer).is_some_and(|at| at <= now) {
                self.timers.stop(timer);
                self.send_keepalive(conn, now, out);
            }
        }
    }

    /// Connections whose peers have been silent for the hold time, as far as the session was told: before
    /// [`Input::Timeout`] ends them, a shell may say [`Input::Unread`].
    pub fn hold_due(&self, now: Instant) -> impl Iterator<Item = Conn> {
        let due = move |conn: &Conn| self.timers.deadline(Timer::Hold(*conn)).is_some_and(|at| at <= now);
        Conn::ALL.into_iter().filter(due)
    }

    /// When [`Input::Timeout`] is due; `None` is never.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// The state of the session: that of its furthest connection.
    pub fn state(&self) -> State {
        let furthest = Conn::ALL.into_iter().filter_map(|conn| self.connection(conn)).max();
        furthest.unwrap_or(match (self.awake, self.dialing) {
            (false, _) => State::Idle,
            (true, true) => State::Connect,
            (true, false) => State::Active,
        })
    }

    /// When the state became what it is.
    pub fn state_since(&self) -> Instant {
        self.told_at
    }

    /// How far one connection has come, from OpenSent on; `None` where there is none.
    pub fn connection(&self, conn: Conn) -> Option<State> {
        self.connections[conn].as_ref().map(Connection::state)
    }

    /// The connection on which the session is Established.
    pub fn established(&self) -> Option<Conn> {
        Conn::ALL.into_iter().find(|conn| self.connection(*conn) == Some(State::Established))
    }

    /// When the session came to Established, while it is.
    pub fn established_since(&self) -> Option<Instant> {
        match self.connections[self.established()?] {
            Some(Connection::Established { since, .. }) => Some(since),
            _ => None,
        }
    }

    /// The peer's OPEN and what it came to, while Established.
    pub fn exchange(&self) -> Option<&Exchange> {
        self.connections[self.established()?].as_ref()?.exchange()
    }

    /// What the bytes of messages depend on, while Established.
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.exchange().map(|exchange| &exchange.negotiated)
    }

    /// The longest message that may come on a connection, in octets (RFC 8654): to frame by.
    pub fn max_message(&self, conn: Conn) -> u16 {
        let exchange = self.connections[conn].as_ref().and_then(Connection::exchange);
        exchange.map_or(MAX_MESSAGE, |exchange| exchange.negotiated.max_message)
    }

    /// Why the session last went down.
    pub fn last_down(&self) -> Option<&Down> {
        self.last_down.as_ref()
    }

    /// Messages and transitions so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What the session was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether OPENs from now on say that we have restarted (RFC 4724 section 3).
    pub fn set_restarting(&mut self, restarting: bool) {
        self.config.restarting = restarting;
        self.ours = our_open(&self.config);
    }

    /// Tells a state not told yet.
    pub(crate) fn tell_state(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let to = self.state();
        let from = std::mem::replace(&mut self.told, to);
        if from != to {
            self.told_at = now;
            self.counters.transitions = self.counters.transitions.saturating_add(1);
            out(Output::Changed { from, to });
        }
    }

    fn timeout(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                Timer::ConnectRetry => self.dial_again(now, out),
                Timer::IdleHold => self.wake(now, out),
                Timer::Hold(conn) => self.end(conn, Down::HoldExpired, now, out),
                Timer::BfdHold(conn) => self.end(conn, Down::BfdDown, now, out),
                Timer::SendHold(conn) => self.end(conn, Down::SendHoldExpired, now, out),
                Timer::Keepalive(conn) => self.send_keepalive(conn, now, out),
            }
            self.tell_state(now, out);
        }
    }

    /// Sends one message.
    pub(crate) fn send(
        &mut self,
        conn: Conn,
        kind: MessageType,
        encode: impl FnOnce(&Self, &mut Vec<u8>),
        out: &mut impl FnMut(Output<'_>),
    ) {
        let mut tx = std::mem::take(&mut self.tx);
        tx.clear();
        encode(self, &mut tx);
        self.counters.sent.add(kind, 1);
        out(Output::Send(conn, &tx));
        self.tx = tx;
    }

    /// Sends a NOTIFICATION.
    pub(crate) fn notify(
        &mut self,
        conn: Conn,
        code: NotificationCode,
        data: &[u8],
        out: &mut impl FnMut(Output<'_>),
    ) {
        let notification = Notification { code, data };
        self.send(conn, MessageType::Notification, |_, tx| notification.encode(tx), out);
    }
}
