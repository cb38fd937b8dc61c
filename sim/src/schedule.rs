//! What is going to happen, by time; at one instant, in the order in which it was scheduled.

use std::collections::BTreeMap;
use std::time::Instant;

#[derive(Debug)]
pub(crate) struct Schedule<T> {
    entries: BTreeMap<(Instant, u64), T>,
    count: u64,
}

impl<T> Schedule<T> {
    pub(crate) const fn new() -> Self {
        Self { entries: BTreeMap::new(), count: 0 }
    }

    pub(crate) fn add(&mut self, at: Instant, what: T) {
        self.count += 1;
        self.entries.insert((at, self.count), what);
    }

    /// When the next is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.entries.keys().next().map(|(at, _)| *at)
    }

    /// Takes the next one, if it is due.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<T> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "some instant to begin with")]
    fn by_time_then_in_order() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut schedule = Schedule::new();
        for (ms, what) in [(2, "c"), (1, "a"), (1, "b"), (3, "d")] {
            schedule.add(at(ms), what);
        }
        assert_eq!(schedule.next(), Some(at(1)));
        let due: Vec<_> = std::iter::from_fn(|| schedule.pop(at(2))).collect();
        assert_eq!(due, ["a", "b", "c"]);
    }
}
