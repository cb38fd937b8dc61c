//! The next instant of every session: a heap whose entries may be older than the truth.
use super::links::Slot;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// Every received packet moves a detection deadline later. Such a move costs nothing here: the session's
/// entry stays where it is, and when it comes up the session is asked again. Only an earlier deadline is
/// a new entry, O(log n).
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Reverse<(Instant, Slot)>>,
    /// The entry that counts for each session; others of it in the heap are left over.
    armed: Vec<Option<Instant>>,
}

impl Deadlines {
    /// Makes room for the session at `slot`, which has no entry yet. An entry of the session that was
    /// there before may make it come up once for nothing.
    pub(super) fn admit(&mut self, slot: Slot) {
        if self.armed.len() <= slot.0 {
            self.armed.resize(slot.0 + 1, None);
        }
        self.forget(slot);
        self.heap.reserve(2 * self.armed.len());
    }

    /// The session wants to be woken at `due`, or not at all.
    pub(super) fn arm(&mut self, slot: Slot, due: Option<Instant>) {
        let (Some(due), Some(armed)) = (due, self.armed.get_mut(slot.0)) else { return };
        if armed.is_none_or(|armed| due < armed) {
            *armed = Some(due);
            self.heap.push(Reverse((due, slot)));
        }
    }

    pub(super) fn forget(&mut self, slot: Slot) {
        if let Some(armed) = self.armed.get_mut(slot.0) {
            *armed = None;
        }
    }

    /// When to look next; the session may have nothing to do then.
    pub(super) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// A session to look at, whose entry is not after `until`. It has no entry afterwards.
    pub(super) fn pop(&mut self, until: Instant) -> Option<Slot> {
        while self.next().is_some_and(|at| at <= until) {
            let Reverse((at, slot)) = self.heap.pop()?;
            if let Some(armed) = self.armed.get_mut(slot.0).filter(|armed| **armed == Some(at)) {
                *armed = None;
                return Some(slot);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::now;
    use super::{Deadlines, Slot};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::time::Duration;

    proptest! {
        /// Against a plain map: who is due comes out, nobody who is due is lost.
        #[test]
        fn nobody_is_missed(steps in prop::collection::vec((0..8_usize, 0..100_u64), 1..200)) {
            let start = now();
            let (mut deadlines, mut truth) = (Deadlines::default(), BTreeMap::new());
            (0..8).for_each(|slot| deadlines.admit(Slot(slot)));
            for (time, &(session, ahead)) in (0_u64..).zip(&steps) {
                let due = start + Duration::from_millis(time + ahead);
                truth.insert(Slot(session), due);
                deadlines.arm(Slot(session), Some(due));
                let until = start + Duration::from_millis(time);
                while let Some(session) = deadlines.pop(until) {
                    if truth.get(&session).is_some_and(|&due| due <= until) {
                        truth.remove(&session);
                    }
                    deadlines.arm(session, truth.get(&session).copied());
                }
                prop_assert!(truth.values().all(|&due| due > until));
                prop_assert!(truth.values().min().is_none_or(|&due| deadlines.next().unwrap() <= due));
            }
        }
    }

    #[test]
    fn a_forgotten_session_does_not_come_up() {
        let (mut deadlines, at) = (Deadlines::default(), now());
        deadlines.admit(Slot(1));
        deadlines.arm(Slot(1), Some(at));
        deadlines.forget(Slot(1));
        assert_eq!(deadlines.pop(at), None);
    }
}
