//! The next instant of every session: wheels in wheels, whose cost does not grow with the number of sessions.
use super::links::Slot;
use std::time::{Duration, Instant};

/// Every received packet moves a detection deadline later. Such a move costs nothing here: the session's
/// entry stays where it is, and when it comes up the session is asked again. Only an earlier deadline moves it.
///
/// An entry hangs in a bucket of the finest wheel on which its tick differs from that of the whole. The first
/// bucket of the finest wheel that has any holds what comes first. Where that is a coarser wheel, the whole goes there
/// when it is time, and deals the bucket to the finer ones: once or twice in the life of an entry. Buckets are lists
/// through the entries themselves: once a session is admitted nothing is allocated.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// What nanoseconds are counted from: no deadline is earlier.
    origin: Option<Instant>,
    /// Where the whole stands; what is due before hangs there too.
    tick: u64,
    wheels: [Wheel; WHEELS],
    entries: Vec<Entry>,
}

/// A tick is 2^13 ns, some 8 us: a bucket of the finest wheel holds an entry or two.
const TICK: u32 = 13;
/// Longer than any detection time: 255 times 2^32 us are 13 days.
const LONGEST: Duration = Duration::from_hours(24 * 60);
/// Each wheel has 256 buckets, and a bucket spans all of the next finer wheel.
const BITS: u32 = 8;
const BUCKETS: usize = 1 << BITS;
/// Enough for every tick of 64 bits of nanoseconds.
const WHEELS: usize = 7;

#[derive(Clone, Debug)]
struct Wheel {
    /// A bit for each bucket that holds something.
    taken: [u64; BUCKETS / 64],
    heads: [Head; BUCKETS],
}

/// The head of a bucket's list, and the earliest instant in it.
#[derive(Clone, Copy, Debug)]
struct Head {
    first: Link,
    earliest: u64,
}

const EMPTY: Head = Head { first: NOBODY, earliest: u64::MAX };

/// A session's number, in half the room of a [`Slot`]; nobody has the largest.
type Link = u32;
const NOBODY: Link = Link::MAX;

/// The number of a wheel, and of a bucket in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Bucket(u8, u8);

#[derive(Clone, Copy, Debug)]
struct Entry {
    due: u64,
    before: Link,
    after: Link,
    /// `None` while it hangs nowhere.
    bucket: Option<Bucket>,
}

const LOOSE: Entry = Entry { due: 0, before: NOBODY, after: NOBODY, bucket: None };

impl Deadlines {
    /// Makes room for the session at `slot`, which has no entry yet.
    pub(super) fn admit(&mut self, slot: Slot) {
        if self.entries.len() <= slot.0 {
            self.entries.resize(slot.0 + 1, LOOSE);
        }
        self.forget(slot);
    }

    /// The session wants to be woken at `due`, or not at all.
    pub(super) fn arm(&mut self, slot: Slot, due: Option<Instant>) {
        let Some(due) = due.map(|due| self.nanos(due)) else { return };
        let Some(entry) = self.entries.get(slot.0) else { return };
        if entry.bucket.is_none() || due < entry.due {
            self.forget(slot);
            self.hang(link(slot), due);
        }
    }

    /// Takes the session's entry out.
    pub(super) fn forget(&mut self, slot: Slot) {
        let Some(entry) = self.entries.get_mut(slot.0) else { return };
        let Entry { due, before, after, bucket: Some(bucket) } = std::mem::replace(entry, LOOSE) else {
            return;
        };
        if let Some(after) = self.entry(after) {
            after.before = before;
        }
        if let Some(before) = self.entry(before) {
            before.after = after;
        }
        let mut head = self.head(bucket);
        if before == NOBODY {
            head.first = after;
        }
        if head.earliest == due {
            head.earliest = self.list(head.first).map(|(_, due)| due).min().unwrap_or(u64::MAX);
        }
        self.set_head(bucket, head);
    }

    /// When to look next; the session may have nothing to do then.
    pub(super) fn next(&self) -> Option<Instant> {
        let nanos = self.head(self.first()?).earliest;
        self.origin?.checked_add(Duration::from_nanos(nanos))
    }

    /// The session to look at whose entry is the earliest, unless that is after `until`. It has no entry afterwards.
    pub(super) fn pop(&mut self, until: Instant) -> Option<Slot> {
        let until = self.since_origin(until)?;
        loop {
            let bucket = self.first()?;
            let head = self.head(bucket);
            if head.earliest > until {
                return None;
            }
            if bucket.0 == 0 {
                let (link, _) = self.list(head.first).find(|(_, due)| *due == head.earliest)?;
                let slot = Slot(link as usize);
                self.forget(slot);
                return Some(slot);
            }
            self.go_to(bucket);
            self.set_head(bucket, EMPTY);
            self.deal(head.first);
        }
    }

    /// The bucket that comes first.
    fn first(&self) -> Option<Bucket> {
        let mut wheels = (0..).zip(&self.wheels);
        wheels.find_map(|(number, wheel)| Some(Bucket(number, wheel.first()?)))
    }

    /// Turns the whole to where `bucket` begins.
    fn go_to(&mut self, Bucket(wheel, index): Bucket) {
        let shift = u32::from(wheel) * BITS;
        let above = shift + BITS;
        self.tick = (self.tick >> above << above) | (u64::from(index) << shift);
    }

    /// Hangs the entries of a list where they belong now.
    fn deal(&mut self, mut link: Link) {
        while let Some(&mut Entry { due, after, .. }) = self.entry(link) {
            self.hang(link, due);
            link = after;
        }
    }

    fn hang(&mut self, link: Link, due: u64) {
        let tick = (due >> TICK).max(self.tick);
        let wheel = (tick ^ self.tick).checked_ilog2().unwrap_or(0) / BITS;
        let [index, ..] = (tick >> (wheel * BITS)).to_le_bytes();
        let [wheel, ..] = wheel.to_le_bytes();
        let bucket = Bucket(wheel, index);
        let Head { first: after, earliest } = self.head(bucket);
        if let Some(after) = self.entry(after) {
            after.before = link;
        }
        if let Some(entry) = self.entry(link) {
            *entry = Entry { due, before: NOBODY, after, bucket: Some(bucket) };
        }
        self.set_head(bucket, Head { first: link, earliest: earliest.min(due) });
    }

    fn nanos(&mut self, at: Instant) -> u64 {
        self.origin.get_or_insert_with(|| at.checked_sub(LONGEST).unwrap_or(at));
        self.since_origin(at).unwrap_or(0)
    }

    /// `None` before it.
    fn since_origin(&self, at: Instant) -> Option<u64> {
        let since = at.checked_duration_since(self.origin?)?;
        Some(since.as_secs().saturating_mul(1_000_000_000).saturating_add(since.subsec_nanos().into()))
    }

    fn entry(&mut self, link: Link) -> Option<&mut Entry> {
        self.entries.get_mut(link as usize)
    }

    /// Entries of one bucket, each with its instant.
    fn list(&self, head: Link) -> impl Iterator<Item = (Link, u64)> {
        let mut link = head;
        std::iter::from_fn(move || {
            let entry = self.entries.get(link as usize)?;
            let this = (link, entry.due);
            link = entry.after;
            Some(this)
        })
    }

    fn head(&self, Bucket(wheel, index): Bucket) -> Head {
        let heads = self.wheels.get(usize::from(wheel)).map(|wheel| &wheel.heads);
        heads.and_then(|heads| heads.get(usize::from(index))).copied().unwrap_or(EMPTY)
    }

    fn set_head(&mut self, Bucket(wheel, index): Bucket, head: Head) {
        if let Some(wheel) = self.wheels.get_mut(usize::from(wheel)) {
            wheel.set_head(index, head);
        }
    }
}

impl Default for Wheel {
    fn default() -> Self {
        Self { taken: [0; BUCKETS / 64], heads: [EMPTY; BUCKETS] }
    }
}

impl Wheel {
    /// The first bucket that holds something.
    fn first(&self) -> Option<u8> {
        let (word, bits) = (0..).zip(&self.taken).find(|(_, bits)| **bits != 0)?;
        u8::try_from(word * 64 + bits.trailing_zeros()).ok()
    }

    fn set_head(&mut self, index: u8, head: Head) {
        if let Some(first) = self.heads.get_mut(usize::from(index)) {
            *first = head;
        }
        if let Some(bits) = self.taken.get_mut(usize::from(index / 64)) {
            let bit = 1 << (index % 64);
            *bits = if head.first == NOBODY { *bits & !bit } else { *bits | bit };
        }
    }
}

fn link(slot: Slot) -> Link {
    Link::try_from(slot.0).unwrap_or(NOBODY)
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
                            let (due, earliest) = (model.0.remove(&slot), model.next());
                            prop_assert!(due.is_some_and(|due| earliest.is_none_or(|earliest| due <= earliest)));
                            prop_assert!(due <= Some(time));
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
