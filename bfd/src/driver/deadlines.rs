//! The next instant of every session: a wheel of wheels, whose cost does not grow with the number of sessions.
use super::links::Slot;
use std::time::Instant;

/// Every received packet moves a detection deadline later. Such a move costs nothing here: the session's
/// entry stays where it is, and when it comes up the session is asked again. Only an earlier deadline moves it.
///
/// An entry hangs in a bucket of the finest level on which its tick differs from the wheel's own. The first bucket
/// of the lowest level that has any holds what comes first; from a higher level its entries are dealt to the levels
/// below as the wheel gets there, a few times in their life at most. Entries are linked through the sessions' own
/// places: once a session is admitted nothing is allocated.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// What ticks are counted from; the first deadline there was.
    origin: Option<Instant>,
    /// Where the wheel stands. No entry hangs before it.
    tick: u64,
    levels: [Level; LEVELS],
    entries: Vec<Entry>,
}

/// A tick is 2^15 ns, some 33 us.
const TICK: u32 = 15;
/// Each level has 64 buckets; a bucket spans all of the level below.
const BITS: u32 = 6;
const LAST: u64 = (1 << BITS) - 1;
/// Enough for every tick that fits in 64 bits of nanoseconds.
const LEVELS: usize = 9;

#[derive(Clone, Copy, Debug)]
struct Level {
    /// A bit for each bucket that holds something.
    taken: u64,
    heads: [Option<Slot>; 1 << BITS],
}

impl Default for Level {
    fn default() -> Self {
        Self { taken: 0, heads: [None; 1 << BITS] }
    }
}

/// A session's place in the wheel.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// When, and in which bucket it hangs; nothing while it hangs in none.
    hung: Option<(Instant, Bucket)>,
    before: Option<Slot>,
    after: Option<Slot>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Bucket {
    level: u32,
    index: u32,
}

impl Deadlines {
    /// Makes room for the session at `slot`, which has no entry yet.
    pub(super) fn admit(&mut self, slot: Slot) {
        if self.entries.len() <= slot.0 {
            self.entries.resize(slot.0 + 1, Entry::default());
        }
        self.forget(slot);
    }

    /// The session wants to be woken at `due`, or not at all.
    pub(super) fn arm(&mut self, slot: Slot, due: Option<Instant>) {
        let (Some(due), Some(entry)) = (due, self.entries.get(slot.0)) else { return };
        if entry.hung.is_none_or(|(at, _)| due < at) {
            self.forget(slot);
            self.hang(slot, due);
        }
    }

    /// Takes the session's entry out.
    pub(super) fn forget(&mut self, slot: Slot) {
        let Some(Entry { hung: Some((_, bucket)), before, after }) = self.entries.get_mut(slot.0).map(std::mem::take)
        else {
            return;
        };
        if let Some(after) = after.and_then(|after| self.entries.get_mut(after.0)) {
            after.before = before;
        }
        match before.and_then(|before| self.entries.get_mut(before.0)) {
            Some(before) => before.after = after,
            None => self.set_head(bucket, after),
        }
    }

    /// When to look next; the session may have nothing to do then.
    pub(super) fn next(&mut self) -> Option<Instant> {
        let first = self.first();
        self.list(first).map(|(_, at)| at).min()
    }

    /// A session to look at, whose entry is not after `until`. It has no entry afterwards.
    pub(super) fn pop(&mut self, until: Instant) -> Option<Slot> {
        let first = self.first();
        let (slot, _) = self.list(first).find(|(_, at)| *at <= until)?;
        self.forget(slot);
        Some(slot)
    }

    /// The first session of the bucket that comes first. The wheel goes as far as it takes for that bucket to be of
    /// the lowest level.
    fn first(&mut self) -> Option<Slot> {
        loop {
            let taken = (0..).zip(&self.levels).find(|(_, level)| level.taken != 0);
            let (level, index) = taken.map(|(number, level)| (number, level.taken.trailing_zeros()))?;
            let bucket = Bucket { level, index };
            let head = self.head(bucket);
            if level == 0 {
                return head;
            }
            let (shift, above) = (level * BITS, (level + 1) * BITS);
            self.tick = (self.tick >> above << above) | (u64::from(index) << shift);
            self.set_head(bucket, None);
            self.deal(head);
        }
    }

    /// Hangs the sessions of a list where they belong now.
    fn deal(&mut self, mut head: Option<Slot>) {
        while let Some(slot) = head {
            let Some(entry) = self.entries.get_mut(slot.0).map(std::mem::take) else { return };
            head = entry.after;
            if let Some((due, _)) = entry.hung {
                self.hang(slot, due);
            }
        }
    }

    fn hang(&mut self, slot: Slot, due: Instant) {
        let bucket = self.bucket_of(due);
        let after = self.head(bucket);
        if let Some(after) = after.and_then(|after| self.entries.get_mut(after.0)) {
            after.before = Some(slot);
        }
        if let Some(entry) = self.entries.get_mut(slot.0) {
            *entry = Entry { hung: Some((due, bucket)), before: None, after };
        }
        self.set_head(bucket, Some(slot));
    }

    /// What is due before the wheel's own tick hangs at that tick.
    fn bucket_of(&mut self, due: Instant) -> Bucket {
        let since = due.saturating_duration_since(*self.origin.get_or_insert(due));
        let tick = (u64::try_from(since.as_nanos()).unwrap_or(u64::MAX) >> TICK).max(self.tick);
        let level = (tick ^ self.tick).checked_ilog2().unwrap_or(0) / BITS;
        Bucket { level, index: u32::try_from(tick >> (level * BITS) & LAST).unwrap_or(0) }
    }

    fn head(&self, Bucket { level, index }: Bucket) -> Option<Slot> {
        *self.levels.get(level as usize)?.heads.get(index as usize)?
    }

    fn set_head(&mut self, Bucket { level, index }: Bucket, slot: Option<Slot>) {
        let Some(level) = self.levels.get_mut(level as usize) else { return };
        let Some(head) = level.heads.get_mut(index as usize) else { return };
        *head = slot;
        level.taken = level.taken & !(1 << index) | u64::from(slot.is_some()) << index;
    }

    /// A list of sessions and their instants.
    fn list(&self, head: Option<Slot>) -> impl Iterator<Item = (Slot, Instant)> {
        let entry = |slot: Slot| self.entries.get(slot.0);
        let slots = std::iter::successors(head, move |slot| entry(*slot)?.after);
        slots.filter_map(move |slot| Some((slot, entry(slot)?.hung?.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::now;
    use super::{Deadlines, Slot};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::time::{Duration, Instant};

    /// The same by a plain map. A later deadline leaves an entry where it is.
    #[derive(Default)]
    struct Model(BTreeMap<Slot, Instant>);

    impl Model {
        fn arm(&mut self, slot: Slot, due: Instant) {
            let entry = self.0.entry(slot).or_insert(due);
            *entry = due.min(*entry);
        }

        fn next(&self) -> Option<Instant> {
            self.0.values().min().copied()
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        /// After so many nanoseconds from now.
        Arm(usize, u64),
        Forget(usize),
        /// So many nanoseconds pass.
        Pass(u64),
        Next,
    }

    /// From the same tick to beyond a month.
    fn time() -> impl Strategy<Value = u64> {
        (0..52_u32, any::<u64>()).prop_map(|(bits, time)| time & ((1 << bits) - 1))
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..16_usize, time()).prop_map(|(slot, time)| Step::Arm(slot, time)),
            1 => (0..16_usize).prop_map(Step::Forget),
            2 => time().prop_map(Step::Pass),
            1 => Just(Step::Next),
        ]
    }

    proptest! {
        #[test]
        fn is_a_map_sorted_by_time(steps in prop::collection::vec(step(), 1..100)) {
            let (mut wheel, mut model, mut time) = (Deadlines::default(), Model::default(), now());
            (0..16).for_each(|slot| wheel.admit(Slot(slot)));
            for step in steps {
                match step {
                    Step::Arm(slot, ahead) => {
                        let due = time + Duration::from_nanos(ahead);
                        wheel.arm(Slot(slot), Some(due));
                        model.arm(Slot(slot), due);
                    }
                    Step::Forget(slot) => {
                        wheel.forget(Slot(slot));
                        model.0.remove(&Slot(slot));
                    }
                    Step::Pass(passed) => {
                        time += Duration::from_nanos(passed);
                        while let Some(slot) = wheel.pop(time) {
                            prop_assert!(model.0.remove(&slot).is_some_and(|due| due <= time));
                        }
                        prop_assert!(model.0.values().all(|due| *due > time));
                    }
                    Step::Next => prop_assert_eq!(wheel.next(), model.next()),
                }
            }
            prop_assert_eq!(wheel.next(), model.next());
        }
    }

    #[test]
    fn a_forgotten_session_does_not_come_up() {
        let (mut deadlines, at) = (Deadlines::default(), now());
        deadlines.admit(Slot(1));
        deadlines.arm(Slot(1), Some(at));
        deadlines.forget(Slot(1));
        assert_eq!((deadlines.pop(at), deadlines.next()), (None, None));
    }

    #[test]
    fn a_deadline_before_the_first_ever_is_kept() {
        let (mut deadlines, at) = (Deadlines::default(), now() + Duration::from_secs(9));
        [1, 2].map(Slot).into_iter().for_each(|slot| deadlines.admit(slot));
        deadlines.arm(Slot(1), Some(at));
        let earlier = at.checked_sub(Duration::from_secs(5)).unwrap();
        deadlines.arm(Slot(2), Some(earlier));
        assert_eq!(deadlines.next(), Some(earlier));
        assert_eq!((deadlines.pop(earlier), deadlines.pop(earlier)), (Some(Slot(2)), None));
        assert_eq!(deadlines.next(), Some(at));
    }
}
