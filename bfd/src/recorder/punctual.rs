//! One direction of a session's packets: when the last one came, how late they are, how close it was.
use super::{Histogram, Margin, Punctuality};
use std::time::{Duration, Instant};

#[derive(Clone, Debug, Default)]
pub(super) struct Direction {
    last: Option<Instant>,
    /// Between the last packet and the one before.
    gap: Duration,
    /// The last gap of a whole detection time and more, and when it ended.
    overlong: Option<(Instant, Duration)>,
    punctuality: Punctuality,
}

impl Direction {
    pub(super) fn last(&self) -> Option<Instant> {
        self.last
    }

    pub(super) fn punctuality(&self) -> &Punctuality {
        &self.punctuality
    }

    /// The session came Up.
    pub(super) fn begin(&mut self) {
        (self.punctuality.margin, self.overlong) = (None, None);
    }

    /// A packet; how long after the one before, if there was one.
    pub(super) fn packet(&mut self, at: Instant) -> Option<Duration> {
        let gap = self.last.replace(at).map(|last| at.saturating_duration_since(last));
        self.gap = gap.unwrap_or_default();
        gap
    }

    pub(super) fn lateness(&mut self) -> &mut Histogram {
        &mut self.punctuality.lateness
    }

    /// What was left of the detection time when the last packet came.
    pub(super) fn margin(&mut self, margin: Margin) {
        let Punctuality { margin: least, least_margin: ever, .. } = &mut self.punctuality;
        for least in [least, ever] {
            if least.is_none_or(|least| margin.left < least.left) {
                *least = Some(margin);
            }
        }
        if margin.left.is_zero() {
            self.overlong = self.last.map(|at| (at, self.gap));
        }
    }

    /// How long nothing was sent when, at `noticed`, the other side says that it heard nothing for `time`.
    pub(super) fn unsent(&self, noticed: Instant, time: Duration) -> Duration {
        let open = self.last.map_or(Duration::ZERO, |last| noticed.saturating_duration_since(last));
        let recent = |(end, _): &(Instant, Duration)| noticed.saturating_duration_since(*end) <= time;
        let overlong = self.overlong.filter(recent).map_or(Duration::ZERO, |(_, gap)| gap);
        open.max(self.gap).max(overlong)
    }
}
