//! The two clocks: deadlines are kept on the monotonic one, the kernel stamps packets by the other.
use std::time::{Duration, Instant, SystemTime};

/// The time by which deadlines are kept.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver is the shell that reads the clock for the sessions"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// The system clock, by which the kernel stamps packets.
#[expect(clippy::disallowed_methods, reason = "kernel receive stamps are on the system clock")]
pub(super) fn since_epoch() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// The clocks may drift apart by this much between two readings; more, and the system clock was set.
const DRIFT: Duration = Duration::from_millis(2);

/// Both clocks read together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) instant: Instant,
    since_epoch: Duration,
    /// The system clock was set since the reading before.
    set: bool,
}

impl Reading {
    pub(super) fn take() -> Self {
        let mut instant = now();
        let mut since_epoch = since_epoch();
        // A thread that was put aside between the two would believe every packet older than it is.
        for _ in 0..3 {
            let after = now();
            if after.saturating_duration_since(instant) < Duration::from_micros(20) {
                break;
            }
            (instant, since_epoch) = (after, self::since_epoch());
        }
        Self { instant, since_epoch, set: false }
    }

    /// The reading after this one.
    pub(super) fn next(&self) -> Self {
        let next = Self::take();
        let passed = next.instant.saturating_duration_since(self.instant);
        let set = self.since_epoch.checked_add(passed).is_none_or(|e| e.abs_diff(next.since_epoch) > DRIFT);
        Self { set, ..next }
    }

    /// When a packet with this kernel stamp arrived, as far as it can be believed: never before the queue
    /// was last seen empty and never after the reading. Without a stamp, or with one of a clock that was
    /// set since, it arrived when it was read.
    pub(super) fn arrival(&self, stamp: Option<Duration>, queue_empty: Instant) -> Instant {
        let stamp = stamp.filter(|_| !self.set);
        let age = stamp.map_or(Duration::ZERO, |stamp| self.since_epoch.saturating_sub(stamp));
        self.instant.checked_sub(age).map_or(queue_empty, |at| at.max(queue_empty)).min(self.instant)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Reading, now};

    #[test]
    fn stamps_are_believed_between_the_empty_queue_and_the_reading() {
        let ms = Duration::from_millis;
        let empty = now();
        let reading = Reading { instant: empty + ms(10), since_epoch: ms(5_000), set: false };
        for (stamp, expected) in [
            (Some(ms(4_993)), empty + ms(3)),
            (Some(ms(5_000)), empty + ms(10)),
            (Some(ms(9_000)), empty + ms(10)),
            (Some(ms(4_000)), empty),
            (Some(ms(0)), empty),
            (None, empty + ms(10)),
        ] {
            assert_eq!(reading.arrival(stamp, empty), expected, "{stamp:?}");
        }
    }

    #[test]
    fn a_clock_that_was_set_is_not_believed() {
        let hour = Duration::from_hours(1);
        let true_before = Reading::take();
        let empty = true_before.instant.checked_sub(hour).unwrap();
        for (before, believed) in [
            (true_before, true),
            (Reading { since_epoch: true_before.since_epoch + hour, ..true_before }, false),
            (Reading { since_epoch: true_before.since_epoch.saturating_sub(hour), ..true_before }, false),
        ] {
            let reading = before.next();
            let stamp = Some(reading.since_epoch.saturating_sub(Duration::from_millis(1)));
            let arrival = reading.arrival(stamp, empty);
            assert_eq!(arrival < reading.instant, believed);
        }
    }
}
