//! How often which lateness occurred: logarithmic buckets in fixed memory.
use std::fmt;
use std::time::Duration;

/// Buckets of each doubling, as a power of two: a bucket is at most an eighth as wide as what it counts.
const FINE: u32 = 3;
/// What is not below this power of two, about 134 s in microseconds, is counted in the last bucket.
const WIDE: u32 = 27;
const BEYOND: u64 = 1 << WIDE;
const BUCKETS: usize = ((WIDE - FINE + 1) as usize * (1 << FINE)) + 1;

/// Durations by their microseconds. Recording one is a few instructions and allocates nothing. A bucket counts as
/// far as 32 bits go, the first one further.
///
/// ```
/// use bfd::Histogram;
/// use std::time::Duration;
/// let mut lateness = Histogram::default();
/// for us in [0, 0, 0, 70, 5_000] {
///     lateness.record(Duration::from_micros(us));
/// }
/// assert_eq!((lateness.count(), lateness.max()), (5, Duration::from_micros(5_000)));
/// assert_eq!(lateness.quantile(0.5), Duration::ZERO);
/// assert!(lateness.quantile(0.8) >= Duration::from_micros(70));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Of less than a microsecond; only these are so many that 32 bits may not suffice.
    zeros: u64,
    counts: [u32; BUCKETS],
    max: Duration,
}

/// A part of a histogram in which something was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// The least duration that is counted here.
    pub from: Duration,
    /// The largest, to the microsecond; of the last bucket of all, the largest that occurred.
    pub to: Duration,
    /// How many were.
    pub count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { zeros: 0, counts: [0; BUCKETS], max: Duration::ZERO }
    }
}

impl Histogram {
    /// Counts one.
    pub fn record(&mut self, duration: Duration) {
        let us = duration.as_secs().saturating_mul(1_000_000).saturating_add(duration.subsec_micros().into());
        if us == 0 {
            self.zeros += 1;
        } else if let Some(count) = self.counts.get_mut(index(us)) {
            *count = count.saturating_add(1);
        }
        if duration > self.max {
            self.max = duration;
        }
    }

    /// Counts so many of no duration at all.
    pub(super) fn record_zeros(&mut self, zeros: u64) {
        self.zeros += zeros;
    }

    /// How many were recorded.
    pub fn count(&self) -> u64 {
        self.zeros + self.counts.iter().map(|count| u64::from(*count)).sum::<u64>()
    }

    /// The largest, exactly; zero where there is none.
    pub fn max(&self) -> Duration {
        self.max
    }

    /// The duration that the share `q` of all, 0 to 1, do not exceed, as exactly as the buckets tell it and
    /// rather too large than too small; zero where nothing was recorded.
    pub fn quantile(&self, q: f64) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank among fewer than 2^53"
        )]
        let rank = (q.clamp(0.0, 1.0) * self.count() as f64).ceil() as u64;
        let mut seen = 0;
        let bucket = self.buckets().find(|bucket| {
            seen += bucket.count;
            seen >= rank
        });
        bucket.map_or(Duration::ZERO, |bucket| bucket.to.min(self.max))
    }

    /// The buckets in which something was counted, the smallest durations first.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let zeros = std::iter::once(self.zeros).chain(std::iter::repeat(0));
        let counts = self.counts.iter().zip(zeros).map(|(count, zeros)| u64::from(*count) + zeros);
        (0_u64..).zip(counts).filter(|(_, count)| *count > 0).map(|(index, count)| {
            let from = least(index);
            let to = if from >= BEYOND { self.max } else { Duration::from_micros(least(index + 1) - 1) };
            Bucket { from: Duration::from_micros(from), to, count }
        })
    }
}

/// The bucket of so many microseconds.
fn index(us: u64) -> usize {
    let us = us.min(BEYOND);
    let octave = (us | ((1 << FINE) - 1)).ilog2() - (FINE - 1);
    // The first two octaves count single microseconds.
    let shift = octave.saturating_sub(1);
    let index = (u64::from(shift) << FINE) + (us >> shift);
    usize::try_from(index).unwrap_or(BUCKETS)
}

/// The least number of microseconds that has this bucket.
fn least(index: u64) -> u64 {
    let shift = (index >> FINE).saturating_sub(1);
    (index - (shift << FINE)) << shift
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.buckets()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{BEYOND, BUCKETS, Histogram, index, least};
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        for bucket in 0..BUCKETS {
            let first = least(u64::try_from(bucket).unwrap());
            assert_eq!(index(first), bucket);
            assert_eq!(index(first.saturating_sub(1)), bucket.saturating_sub(1));
        }
        assert_eq!(
            (index(BEYOND), index(u64::MAX), least(u64::try_from(BUCKETS - 1).unwrap())),
            (BUCKETS - 1, BUCKETS - 1, BEYOND)
        );
    }

    proptest! {
        #[test]
        fn a_bucket_is_an_eighth_wide_at_most(us in 0..BEYOND) {
            let mut histogram = Histogram::default();
            histogram.record(Duration::from_micros(us));
            let bucket = histogram.buckets().next().unwrap();
            let (from, to) = (bucket.from.as_micros(), bucket.to.as_micros());
            prop_assert!(from <= us.into() && u128::from(us) <= to);
            prop_assert!((to - from) * 8 <= from);
        }

        /// Against the durations sorted.
        #[test]
        fn quantiles(mut all in prop::collection::vec(0_u64..100_000, 1..100), q in 0.0..=1.0_f64) {
            let mut histogram = Histogram::default();
            all.iter().for_each(|us| histogram.record(Duration::from_micros(*us)));
            all.sort_unstable();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let rank = ((q * all.len() as f64).ceil() as usize).max(1);
            let (truth, told) = (u128::from(all[rank - 1]), histogram.quantile(q).as_micros());
            prop_assert!(truth <= told && (told - truth) * 8 <= truth);
        }
    }

    #[test]
    fn what_is_beyond_is_kept_as_the_largest() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.count(), histogram.quantile(0.5)), (0, Duration::ZERO));
        for minutes in [4, 5] {
            histogram.record(Duration::from_mins(minutes));
        }
        let bucket = histogram.buckets().next().unwrap();
        assert_eq!((bucket.count, bucket.to), (2, Duration::from_mins(5)));
        assert_eq!(histogram.max(), Duration::from_mins(5));
    }
}
