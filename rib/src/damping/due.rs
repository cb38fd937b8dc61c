//! What is to be looked at again, by the second.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// One second, in nanoseconds: nothing is looked at more precisely than that.
const TICK: u64 = 1_000_000_000;
/// How much is looked at in one go at most. What is left waits for a second.
const AT_ONCE: usize = 4096;

/// Lists, one for each second that something is due at. Taking something in or out costs the logarithm of their number.
#[derive(Clone, Debug)]
pub(super) struct Due<T> {
    lists: BTreeMap<u64, Vec<T>>,
    /// Nothing is looked at before this second, for there was too much in the last.
    not_before: u64,
}

impl<T> Default for Due<T> {
    fn default() -> Self {
        Self { lists: BTreeMap::new(), not_before: 0 }
    }
}

/// The first whole second that is no sooner than `time`, in nanoseconds.
pub(super) const fn second(time: u64) -> u64 {
    time.div_ceil(TICK)
}

impl<T> Due<T> {
    /// To be looked at when `second` begins.
    pub(super) fn add(&mut self, second: u64, what: T) {
        self.lists.entry(second).or_default().push(what);
    }

    /// When the next is due, in nanoseconds.
    pub(super) fn next(&self) -> Option<u64> {
        let (first, _) = self.lists.first_key_value()?;
        Some((*first).max(self.not_before).saturating_mul(TICK))
    }

    /// What is due by `now`, as much of it as may be looked at in one go, each with the second that it was listed under.
    pub(super) fn take(&mut self, now: u64) -> Vec<(u64, T)> {
        let this = now / TICK;
        let mut taken = Vec::new();
        if this < self.not_before {
            return taken;
        }
        while let Some(mut first) = self.lists.first_entry().filter(|first| *first.key() <= this) {
            let (second, list) = (*first.key(), first.get_mut());
            let room = AT_ONCE.saturating_sub(taken.len());
            if room == 0 {
                self.not_before = this.saturating_add(1);
                break;
            }
            let rest = list.split_off(room.min(list.len()));
            taken.extend(core::mem::replace(list, rest).into_iter().map(|what| (second, what)));
            if list.is_empty() {
                first.remove();
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_in_its_second_and_no_more_than_some_at_once() {
        let mut due = Due::default();
        assert_eq!((due.next(), due.take(u64::MAX).len()), (None, 0));
        due.add(second(2 * TICK - 1), 0);
        (1..=AT_ONCE).for_each(|n| due.add(2, n));
        due.add(second(2 * TICK + 1), 7);
        assert_eq!(due.next(), Some(2 * TICK));
        assert!(due.take(2 * TICK - 1).is_empty());
        let taken = due.take(2 * TICK);
        assert_eq!((taken.len(), taken[0], taken[9]), (AT_ONCE, (2, 0), (2, 9)));
        assert_eq!(due.next(), Some(3 * TICK), "what is left waits for a second");
        assert!(due.take(3 * TICK - 1).is_empty());
        assert_eq!(due.take(3 * TICK), [(2, AT_ONCE), (3, 7)]);
        assert_eq!(due.next(), None);
    }
}
