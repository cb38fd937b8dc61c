//! From a connection back to Idle, and what the peer is told.

use crate::connection::{Conn, Connection};
use crate::down::Down;
use crate::exchange::Exchange;
use crate::offers::multiprotocol;
use crate::output::Output;
use crate::session::Session;
use crate::timers::{Timer, Timers};
use bgp_wire::{Capabilities, Family, Notification, NotificationCode};
use std::mem::take;
use std::time::{Duration, Instant};

impl Session {
    /// ManualStop.
    pub(crate) fn stop(
        &mut self,
        code: NotificationCode,
        text: &str,
        now: Instant,
        out: &mut impl FnMut(Output<'_>),
    ) {
        self.started = false;
        self.end_all(Down::Stopped(code), text, now, out);
    }

    /// AutomaticStop. In Idle there is nothing to stop.
    pub(crate) fn restart(
        &mut self,
        code: NotificationCode,
        text: &str,
        now: Instant,
        out: &mut impl FnMut(Output<'_>),
    ) {
        if self.awake {
            self.end_all(Down::Stopped(code), text, now, out);
        }
    }

    /// AutomaticStop with a time of its own.
    pub(crate) fn too_many_prefixes(
        &mut self,
        why: Down,
        restart: Option<Duration>,
        now: Instant,
        out: &mut impl FnMut(Output<'_>),
    ) {
        if self.established().is_none() {
            return;
        }
        self.started = restart.is_some();
        self.end_all(why, "", now, out);
        if let Some(time) = restart {
            self.timers.start(Timer::IdleHold, now, time);
        }
    }

    pub(crate) fn closed(&mut self, conn: Conn, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        if conn == Conn::Dialed && self.dialing {
            self.connect_failed(now);
        } else {
            self.end(conn, Down::ConnectionLost, now, out);
        }
    }

    /// Ends one connection. The session goes on with the other or with its dial, else it goes down.
    pub(crate) fn end(&mut self, conn: Conn, why: Down, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let Some(ended) = self.disconnect(conn, &why, "", out) else { return };
        if self.is_connected() || self.dialing {
            if !self.is_connected() {
                self.retry_after(self.config.connect_retry, now);
            }
            self.tell_state(now, out);
            out(Output::Dropped(conn, &why));
        } else if why.keeps_listening(ended.state()) {
            self.listen(now);
            self.went_down(why, now, out);
        } else {
            self.forgive(&ended, now);
            self.rest(now, out);
            self.went_down(why, now, out);
        }
    }

    /// Ends the session with whatever connections it has.
    pub(crate) fn end_all(&mut self, why: Down, text: &str, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let was_connected = self.is_connected();
        for conn in Conn::ALL {
            if let Some(ended) = self.disconnect(conn, &why, text, out) {
                self.forgive(&ended, now);
            }
        }
        self.rest(now, out);
        if was_connected {
            self.went_down(why, now, out);
        }
    }

    /// Takes a connection off, the peer told why and the timers stopped.
    fn disconnect(
        &mut self,
        conn: Conn,
        why: &Down,
        text: &str,
        out: &mut impl FnMut(Output<'_>),
    ) -> Option<Connection> {
        let ended = self.connections[conn].take()?;
        self.timers.stop(Timer::Hold(conn));
        self.timers.stop(Timer::Keepalive(conn));
        self.timers.stop(Timer::SendHold(conn));
        self.timers.stop(Timer::BfdHold(conn));
        self.awaits_bfd[conn] = None;
        if let Some(code) = why.sent() {
            let data = self.notification_data(why, code, text);
            if why.is_hard() && ended.exchange().is_some_and(Exchange::restarts_after_notification) {
                let inner = Notification { code, data: &data }.encapsulated();
                self.notify(conn, NotificationCode::HARD_RESET, &inner, out);
            } else {
                self.notify(conn, code, &data, out);
            }
        }
        if *why != Down::ConnectionLost {
            out(Output::Close(conn));
        }
        Some(ended)
    }

    /// What goes with the code: the operator's text, what was wrong, or what we could have agreed on
    /// (RFC 5492 section 5).
    fn notification_data(&self, why: &Down, code: NotificationCode, text: &str) -> Vec<u8> {
        match why {
            Down::Fault(_) if code == NotificationCode::UNSUPPORTED_CAPABILITY => {
                multiprotocol(&self.config).collect::<Capabilities<'_>>().as_bytes().to_vec()
            }
            Down::Fault(reset) => reset.data.as_slice().to_vec(),
            Down::MaxPrefixes { family, limit } => max_prefixes(*family, *limit).to_vec(),
            Down::TooManyAnnounced { .. } => code.communication(&why.to_string()),
            _ => code.communication(text),
        }
    }

    /// A session that lasted does not pay for the failures before it.
    fn forgive(&mut self, ended: &Connection, now: Instant) {
        if let Connection::Established { since, .. } = ended
            && now.saturating_duration_since(*since) >= self.config.idle_hold_max
        {
            self.failures.reset();
        }
    }

    /// Goes to Idle, and lets the idle hold run unless stopped.
    fn rest(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.give_up_dial(out);
        self.awake = false;
        self.timers = Timers::default();
        if self.started {
            let time = self.jitter.of(self.failures.fail());
            self.timers.start(Timer::IdleHold, now, time);
        }
    }

    fn went_down(&mut self, why: Down, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.tell_state(now, out);
        out(Output::Down(&why));
        self.last_down = Some(why);
    }

    pub(crate) fn give_up_dial(&mut self, out: &mut impl FnMut(Output<'_>)) {
        if take(&mut self.dialing) {
            out(Output::Close(Conn::Dialed));
        }
    }
}

/// The data of Cease 6/1: the family, and how many prefixes there may be (RFC 4486 section 4).
fn max_prefixes(family: Family, limit: u32) -> [u8; 7] {
    let pair = family.afi_safi();
    let ([high, low], [a, b, c, d]) = (pair.afi.to_be_bytes(), limit.to_be_bytes());
    [high, low, pair.safi, a, b, c, d]
}
