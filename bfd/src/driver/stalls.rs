//! When the thread should have run and did not.
use std::time::{Duration, Instant};

/// Less is how any thread wakes.
const LEAST: Duration = Duration::from_millis(1);

/// How many are remembered.
const KEPT: usize = 8;

/// The last stalls, none of which overlap.
#[derive(Debug, Default)]
pub(super) struct Stalls {
    kept: [Option<(Instant, Instant)>; KEPT],
    latest: usize,
}

impl Stalls {
    /// Something was due at `due`, and the thread came to it at `came`.
    pub(super) fn note(&mut self, due: Instant, came: Instant) {
        if came.saturating_duration_since(due) < LEAST {
            return;
        }
        match self.kept.get_mut(self.latest) {
            // The thread has not caught up since the last one.
            Some(Some((_, until))) if due <= *until => *until = came.max(*until),
            _ => {
                self.latest = (self.latest + 1) % KEPT;
                if let Some(place) = self.kept.get_mut(self.latest) {
                    *place = Some((due, came));
                }
            }
        }
    }

    /// When the last one ended.
    pub(super) fn end(&self) -> Option<Instant> {
        self.kept.get(self.latest).copied().flatten().map(|(_, until)| until)
    }

    /// When the thread came to what it hands over now, which woke at `awake`.
    pub(super) fn came(&self, awake: Instant) -> Instant {
        self.end().map_or(awake, |end| end.max(awake))
    }

    /// How long the thread stood still since `at`, as far as it is remembered.
    pub(super) fn since(&self, at: Instant) -> Duration {
        if self.end().is_none_or(|end| end <= at) {
            return Duration::ZERO;
        }
        let after = |&(from, until): &(Instant, Instant)| until.saturating_duration_since(from.max(at));
        self.kept.iter().flatten().map(after).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::now;
    use super::{KEPT, Stalls};
    use std::time::Duration;

    #[test]
    fn stalls_add_up_and_overlap_counts_once() {
        let start = now();
        let at = |n| start + Duration::from_millis(n);
        let ms = Duration::from_millis;
        let mut stalls = Stalls::default();
        assert_eq!((stalls.since(start), stalls.end()), (ms(0), None));
        stalls.note(at(10), at(10) + Duration::from_micros(999));
        assert_eq!(stalls.end(), None, "a wake-up as any");
        stalls.note(at(10), at(30));
        stalls.note(at(20), at(35));
        stalls.note(at(20), at(25));
        stalls.note(at(50), at(60));
        assert_eq!(stalls.end(), Some(at(60)));
        for (since, sum) in [(0, 35), (10, 35), (20, 25), (40, 10), (55, 5), (60, 0), (90, 0)] {
            assert_eq!(stalls.since(at(since)), ms(sum), "{since}");
        }
        for n in 1..=8 {
            stalls.note(at(100 * n), at(100 * n + 10));
        }
        assert_eq!(stalls.since(start), ms(10) * u32::try_from(KEPT).unwrap(), "the last are remembered");
    }
}
