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

/// Both clocks read together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) instant: Instant,
    since_epoch: Duration,
}

impl Reading {
    #[expect(clippy::disallowed_methods, reason = "kernel receive stamps are on the system clock")]
    pub(super) fn take() -> Self {
        let instant = now();
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { instant, since_epoch }
    }

    /// When a packet with this kernel stamp arrived, as far as it can be believed: the system clock may
    /// have been set in between, so never before the queue was last seen empty and never after the
    /// reading. Without a stamp it arrived when it was read.
    pub(super) fn arrival(&self, stamp: Option<Duration>, queue_empty: Instant) -> Instant {
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
        let reading = Reading { instant: empty + ms(10), since_epoch: ms(5_000) };
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
}
