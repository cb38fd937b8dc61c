//! The timers of RFC 4271 section 8: one slot each, the next deadline is the least of them.

use crate::connection::{Conn, PerConn};
use std::time::{Duration, Instant};

/// A timer. Each connection has its own hold, keepalive, send hold and BFD hold timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Timer {
    Hold(Conn),
    Keepalive(Conn),
    SendHold(Conn),
    BfdHold(Conn),
    ConnectRetry,
    IdleHold,
}

impl Timer {
    const ALL: [Self; 10] = [
        Self::Hold(Conn::Dialed),
        Self::Hold(Conn::Accepted),
        Self::Keepalive(Conn::Dialed),
        Self::Keepalive(Conn::Accepted),
        Self::SendHold(Conn::Dialed),
        Self::SendHold(Conn::Accepted),
        Self::BfdHold(Conn::Dialed),
        Self::BfdHold(Conn::Accepted),
        Self::ConnectRetry,
        Self::IdleHold,
    ];
}

/// When each timer fires; `None` is a timer that does not run.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Timers {
    hold: PerConn<Option<Instant>>,
    keepalive: PerConn<Option<Instant>>,
    send_hold: PerConn<Option<Instant>>,
    bfd_hold: PerConn<Option<Instant>>,
    connect_retry: Option<Instant>,
    idle_hold: Option<Instant>,
}

impl Timers {
    /// Starts `timer`, or starts it over. A time beyond what the clock can tell never comes.
    pub(crate) fn start(&mut self, timer: Timer, now: Instant, after: Duration) {
        // A timer set to its own instant would fire forever.
        *self.slot(timer) = now.checked_add(after.max(Duration::from_millis(1)));
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        *self.slot(timer) = None;
    }

    pub(crate) fn deadline(&self, timer: Timer) -> Option<Instant> {
        match timer {
            Timer::Hold(conn) => self.hold[conn],
            Timer::Keepalive(conn) => self.keepalive[conn],
            Timer::SendHold(conn) => self.send_hold[conn],
            Timer::BfdHold(conn) => self.bfd_hold[conn],
            Timer::ConnectRetry => self.connect_retry,
            Timer::IdleHold => self.idle_hold,
        }
    }

    /// The next deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        Timer::ALL.into_iter().filter_map(|timer| self.deadline(timer)).min()
    }

    /// Stops and returns the timer due first of those due by `now`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Timer> {
        let due = |timer: &Timer| self.deadline(*timer).filter(|at| *at <= now);
        let timer = Timer::ALL.into_iter().filter(|t| due(t).is_some()).min_by_key(due)?;
        self.stop(timer);
        Some(timer)
    }

    fn slot(&mut self, timer: Timer) -> &mut Option<Instant> {
        match timer {
            Timer::Hold(conn) => &mut self.hold[conn],
            Timer::Keepalive(conn) => &mut self.keepalive[conn],
            Timer::SendHold(conn) => &mut self.send_hold[conn],
            Timer::BfdHold(conn) => &mut self.bfd_hold[conn],
            Timer::ConnectRetry => &mut self.connect_retry,
            Timer::IdleHold => &mut self.idle_hold,
        }
    }
}
