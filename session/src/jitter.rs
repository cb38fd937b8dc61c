//! Jitter: timers of many sessions must not fall into step (RFC 4271 section 10).

use std::time::Duration;

/// A sequence of random numbers fixed by its seed: SplitMix64.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between three quarters of `time` and all of it.
    pub(crate) fn of(&mut self, time: Duration) -> Duration {
        let step = time.checked_div(1024).unwrap_or_default();
        let steps = u32::try_from(self.next() % 257).unwrap_or(0);
        time.saturating_sub(step.saturating_mul(steps))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_the_last_quarter_and_follows_the_seed() {
        let time = Duration::from_secs(30);
        let draw = |seed| {
            let mut jitter = Jitter::new(seed);
            (0..1000).map(|_| jitter.of(time)).collect::<Vec<_>>()
        };
        let drawn = draw(7);
        assert!(drawn.iter().all(|t| (time * 3 / 4..=time).contains(t)));
        let mean = drawn.iter().sum::<Duration>() / 1000;
        assert!((Duration::from_millis(25_950)..Duration::from_millis(26_550)).contains(&mean), "{mean:?}");
        assert_eq!(drawn, draw(7));
        assert_ne!(drawn, draw(8));
    }

    #[test]
    fn no_time_overflows() {
        let mut jitter = Jitter::new(1);
        for time in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
            assert!((0..100).all(|_| jitter.of(time) <= time));
        }
    }
}
