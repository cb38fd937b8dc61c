//! Damping: each failure in a row waits twice as long as the one before (RFC 4271 section 8.1.1).

use std::time::Duration;

/// A wait that doubles up to a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first.min(longest) }
    }

    /// How long to wait after one more failure, before jitter.
    pub(crate) fn fail(&mut self) -> Duration {
        let wait = self.next;
        self.next = wait.saturating_mul(2).min(self.longest);
        wait
    }

    /// Forgets the failures so far.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.first, self.longest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_the_bound_and_starts_over() {
        let waits = |backoff: &mut Backoff| (0..6).map(|_| backoff.fail().as_secs()).collect::<Vec<_>>();
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10));
        assert_eq!(waits(&mut backoff), [1, 2, 4, 8, 10, 10]);
        backoff.reset();
        assert_eq!(waits(&mut backoff), [1, 2, 4, 8, 10, 10]);
        let mut bounded = Backoff::new(Duration::from_secs(9), Duration::from_secs(5));
        assert_eq!(waits(&mut bounded), [5; 6]);
    }
}
