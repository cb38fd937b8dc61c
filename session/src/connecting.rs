//! From Idle to a connection: Idle, Connect and Active of RFC 4271 section 8.2.2.

use crate::bfd::Bfd;
use crate::collision;
use crate::connection::{Conn, Connection};
use crate::down::Down;
use crate::output::Output;
use crate::session::Session;
use crate::timers::Timer;
use bgp_wire::{MessageType, NotificationCode};
use std::mem::take;
use std::time::{Duration, Instant};

/// The hold time while only our OPEN is known: the "large value" of RFC 4271 section 8.2.2.
pub(crate) const LARGE_HOLD_TIME: Duration = Duration::from_mins(4);

impl Session {
    pub(crate) fn start(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.started = true;
        self.timers.stop(Timer::IdleHold);
        self.wake(now, out);
    }

    /// Leaves Idle, if nothing holds the session there.
    pub(crate) fn wake(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let held = self.timers.deadline(Timer::IdleHold).is_some();
        if self.awake || !self.started || held || !self.bfd.lets_start() {
            return;
        }
        self.awake = true;
        if !self.config.passive {
            self.dial(now, out);
        }
    }

    fn dial(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.dialing = true;
        self.retry_after(self.config.connect_retry, now);
        out(Output::Dial);
    }

    /// The ConnectRetryTimer has expired: in Connect the dial took too long, in Active it is time for one.
    pub(crate) fn dial_again(&mut self, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.give_up_dial(out);
        self.dial(now, out);
    }

    pub(crate) fn connect_failed(&mut self, now: Instant) {
        if take(&mut self.dialing) && !self.is_connected() {
            self.listen(now);
        }
    }

    /// Waits in Active for the peer, and for the time of the next dial.
    pub(crate) fn listen(&mut self, now: Instant) {
        if !self.config.passive {
            let after = self.dials.fail();
            self.retry_after(after, now);
        }
    }

    pub(crate) fn retry_after(&mut self, time: Duration, now: Instant) {
        let time = self.jitter.of(time);
        self.timers.start(Timer::ConnectRetry, now, time);
    }

    pub(crate) fn is_connected(&self) -> bool {
        Conn::ALL.into_iter().any(|conn| self.connections[conn].is_some())
    }

    pub(crate) fn connected(&mut self, conn: Conn, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        if self.connections[conn].is_some() {
            return;
        }
        let wanted = conn == Conn::Accepted || take(&mut self.dialing);
        // Held in Idle, the session just hangs up: the peer then tries again, where a NOTIFICATION would send
        // it to Idle as well, and two that hold and refuse in turn would never meet.
        if !wanted || (self.started && !self.awake) {
            out(Output::Close(conn));
        } else if !self.awake {
            self.refuse(conn, NotificationCode::CONNECTION_REJECTED, out);
        } else if !collision::admits(conn, &self.ours, self.connections[conn.other()].as_ref()) {
            self.refuse(conn, NotificationCode::COLLISION, out);
        } else {
            self.open(conn, now, out);
        }
    }

    fn refuse(&mut self, conn: Conn, code: NotificationCode, out: &mut impl FnMut(Output<'_>)) {
        self.notify(conn, code, &[], out);
        out(Output::Close(conn));
    }

    fn open(&mut self, conn: Conn, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        self.timers.stop(Timer::ConnectRetry);
        self.timers.start(Timer::Hold(conn), now, LARGE_HOLD_TIME);
        self.connections[conn] = Some(Connection::OpenSent);
        self.send(conn, MessageType::Open, |session, tx| session.ours.encode(tx), out);
    }

    pub(crate) fn hear_bfd(&mut self, bfd: Bfd, now: Instant, out: &mut impl FnMut(Output<'_>)) {
        let failed = self.bfd.hear(bfd);
        if failed && self.awake && (self.is_connected() || self.bfd.is_strict()) {
            let why = if bfd == Bfd::DownWithPeer { Down::BfdDownWithPeer } else { Down::BfdDown };
            self.end_all(why, "", now, out);
        }
        if bfd == Bfd::Up {
            self.go_on_with_bfd(now, out);
        }
        self.wake(now, out);
    }
}
