//! One direction of a session's packets: when the last one came, how late they are, how close it was.
//!
//! Of a packet in time that brings nothing new, only a few octets are touched: with a thousand sessions, each
//! further part of memory is one that the processor has to fetch.
use super::{Histogram, Margin, Punctuality};
use std::time::Duration;

/// No packet yet.
const NEVER: u64 = u64::MAX;

/// What every packet looks at. Times are nanoseconds since the recorder was made.
#[derive(Clone, Debug)]
pub(super) struct Track {
    last: u64,
    /// The least that was left of the detection time since the session last came Up, in nanoseconds.
    least: u64,
    /// Packets in time.
    in_time: u64,
}

/// What only some do.
#[derive(Clone, Debug, Default)]
pub(super) struct Details {
    lateness: Histogram,
    margin: Option<Margin>,
    least_margin: Option<Margin>,
    /// The last gap of a whole detection time and more, and when it ended.
    overlong: Option<(Duration, Duration)>,
}

impl Track {
    pub(super) const fn new() -> Self {
        Self { last: NEVER, least: u64::MAX, in_time: 0 }
    }

    pub(super) fn last(&self) -> Option<Duration> {
        (self.last != NEVER).then(|| Duration::from_nanos(self.last))
    }

    /// A packet; how long after the one before, if there was one.
    pub(super) fn packet(&mut self, at: u64) -> Option<Duration> {
        let last = std::mem::replace(&mut self.last, at);
        (last != NEVER).then(|| Duration::from_nanos(at.saturating_sub(last)))
    }

    /// The session came Up.
    pub(super) fn begin(&mut self, details: &mut Details) {
        self.least = u64::MAX;
        (details.margin, details.overlong) = (None, None);
    }

    /// The last packet was so late.
    pub(super) fn late(&mut self, lateness: Duration, details: &mut Details) {
        if lateness.is_zero() {
            self.in_time += 1;
        } else {
            details.lateness.record(lateness);
        }
    }

    /// So much was `left` of the detection time when the last packet came, `gap` after the one before.
    pub(super) fn margin(&mut self, left: Duration, of: Duration, gap: Duration, details: &mut Details) {
        let nanos = nanos(left);
        if nanos < self.least {
            self.least = nanos;
            details.margin(Margin { left, detection_time: of, at: Duration::from_nanos(self.last) });
        }
        if left.is_zero() {
            details.overlong = Some((Duration::from_nanos(self.last), gap));
        }
    }

    pub(super) fn punctuality(&self, details: &Details) -> Punctuality {
        let mut lateness = details.lateness.clone();
        lateness.record_zeros(self.in_time);
        Punctuality { lateness, margin: details.margin, least_margin: details.least_margin }
    }
}

impl Details {
    fn margin(&mut self, margin: Margin) {
        self.margin = Some(margin);
        if self.least_margin.is_none_or(|least| margin.left < least.left) {
            self.least_margin = Some(margin);
        }
    }

    /// The last gap of a whole detection time `of` the other side's, if it may be what it tells of at `noticed`.
    pub(super) fn overlong(&self, noticed: Duration, of: Duration) -> Option<Duration> {
        let (end, gap) = self.overlong?;
        (noticed.saturating_sub(end) <= of).then_some(gap)
    }
}

/// Nanoseconds, as far as 64 bits hold them: 584 years.
pub(super) fn nanos(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(duration.subsec_nanos().into())
}
