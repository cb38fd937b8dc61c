//! The next instant of every session: a heap whose entries may be older than the truth.
use super::SessionId;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Instant;

/// Every received packet moves a detection deadline later. Such a move costs nothing here: the session's
/// entry stays where it is, and when it comes up the session is asked again. Only an earlier deadline is
/// a new entry, O(log n).
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Reverse<(Instant, SessionId)>>,
    /// The entry that counts for a session; others of it in the heap are left over.
    armed: HashMap<SessionId, Instant>,
}

impl Deadlines {
    /// The session wants to be woken at `due`, or not at all.
    pub(super) fn arm(&mut self, session: SessionId, due: Option<Instant>) {
        let Some(due) = due else { return };
        if self.armed.get(&session).is_none_or(|&armed| due < armed) {
            self.armed.insert(session, due);
            self.heap.push(Reverse((due, session)));
        }
    }

    pub(super) fn forget(&mut self, session: SessionId) {
        self.armed.remove(&session);
    }

    /// When to look next; the session may have nothing to do then.
    pub(super) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// A session to look at, whose entry is not after `until`. It has no entry afterwards.
    pub(super) fn pop(&mut self, until: Instant) -> Option<SessionId> {
        while self.next().is_some_and(|at| at <= until) {
            let Reverse((at, session)) = self.heap.pop()?;
            if self.armed.get(&session) == Some(&at) {
                self.armed.remove(&session);
                return Some(session);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::now;
    use super::{Deadlines, SessionId};
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::time::Duration;

    proptest! {
        /// Against a plain map: who is due comes out, nobody who is due is lost.
        #[test]
        fn nobody_is_missed(steps in prop::collection::vec((0..8_u64, 0..100_u64), 1..200)) {
            let start = now();
            let (mut deadlines, mut truth) = (Deadlines::default(), HashMap::new());
            for (time, &(session, ahead)) in (0_u64..).zip(&steps) {
                let due = start + Duration::from_millis(time + ahead);
                truth.insert(SessionId(session), due);
                deadlines.arm(SessionId(session), Some(due));
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
        deadlines.arm(SessionId(1), Some(at));
        deadlines.forget(SessionId(1));
        assert_eq!(deadlines.pop(at), None);
    }
}
