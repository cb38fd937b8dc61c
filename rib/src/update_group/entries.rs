//! What the members of a group have been sent, by slot: by place, where a net is told with one path.

use super::slots::Slots;
use crate::attrs::AttrSet;
use crate::path::PeerId;
use crate::table::wide;
use alloc::vec::Vec;

/// What the members have of one path: all of them but those whom it is not for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sent {
    pub(super) attrs: AttrSet,
    /// Whose path it is: to that peer it is not sent back.
    pub(super) source: PeerId,
}

struct Entry {
    sent: Option<AttrSet>,
    source: PeerId,
    /// Whether the net is among the changed ones.
    changed: bool,
}

impl Entry {
    const EMPTY: Self = Self { sent: None, source: PeerId::LOCAL, changed: false };
}

/// An entry a slot; and the places whose net has changed, in the order of the changes.
pub(super) struct Entries {
    slots: Slots,
    all: Vec<Entry>,
    changed: Vec<u32>,
    /// How many of `changed` have been taken.
    taken: usize,
    /// How many have ever been taken.
    ever_taken: u64,
    sent: usize,
}

impl Entries {
    pub(super) fn new(slots: Slots) -> Self {
        Self { slots, all: Vec::new(), changed: Vec::new(), taken: 0, ever_taken: 0, sent: 0 }
    }

    /// The net at `at` changed: its first slot says so.
    pub(super) fn changed(&mut self, at: u32) {
        let slots = self.slots.of(at);
        if wide(slots.end) > self.all.len() {
            self.all.resize_with(wide(slots.end), || Entry::EMPTY);
        }
        if let Some(entry) = self.all.get_mut(wide(slots.start))
            && !entry.changed
        {
            entry.changed = true;
            self.changed.push(at);
        }
    }

    /// The next changed place.
    pub(super) fn take_changed(&mut self) -> Option<u32> {
        let Some(at) = self.changed.get(self.taken).copied() else {
            // Room for a full table is not kept for ever.
            self.changed.clear();
            self.changed.shrink_to(1 << 16);
            self.taken = 0;
            return None;
        };
        self.taken = self.taken.saturating_add(1);
        self.ever_taken = self.ever_taken.saturating_add(1);
        if let Some(entry) = self.all.get_mut(wide(self.slots.of(at).start)) {
            entry.changed = false;
        }
        Some(at)
    }

    /// How many places have changed.
    pub(super) const fn changed_len(&self) -> usize {
        self.changed.len().saturating_sub(self.taken)
    }

    /// How many changed places have ever been taken; those that wait now are numbered on from there.
    pub(super) const fn ever_taken(&self) -> u64 {
        self.ever_taken
    }

    /// Whether the net at `at` has changed and was not looked at yet.
    pub(super) fn waits(&self, at: u32) -> bool {
        self.all.get(wide(self.slots.of(at).start)).is_some_and(|entry| entry.changed)
    }

    pub(super) fn sent(&self, slot: u32) -> Option<(&AttrSet, PeerId)> {
        let entry = self.all.get(wide(slot))?;
        Some((entry.sent.as_ref()?, entry.source))
    }

    /// The members are sent this from now on; returns what they had.
    pub(super) fn set_sent(&mut self, slot: u32, new: Option<Sent>) -> Option<Sent> {
        let entry = self.all.get_mut(wide(slot))?;
        let source = entry.source;
        let (attrs, from) = new.map_or((None, PeerId::LOCAL), |new| (Some(new.attrs), new.source));
        self.sent = self.sent.saturating_add(usize::from(attrs.is_some()));
        entry.source = from;
        let old = core::mem::replace(&mut entry.sent, attrs)?;
        self.sent = self.sent.saturating_sub(1);
        Some(Sent { attrs: old, source })
    }

    /// How many paths the group has been sent.
    pub(super) const fn sent_len(&self) -> usize {
        self.sent
    }

    /// Whether the place says something, or will.
    pub(super) fn uses(&self, at: u32) -> bool {
        let slots = self.slots.of(at);
        let entries = self.all.get(wide(slots.start)..wide(slots.end)).unwrap_or_default();
        entries.iter().any(|entry| entry.changed || entry.sent.is_some())
    }

    /// Every slot that says something.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &AttrSet, PeerId)> {
        (0..).zip(&self.all).filter_map(|(slot, entry)| Some((slot, entry.sent.as_ref()?, entry.source)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a path costs in each update group.
    #[test]
    fn a_net_costs_sixteen_octets() {
        assert_eq!(size_of::<Entry>(), 16);
    }

    #[test]
    fn a_place_changes_once_until_it_is_taken() {
        let mut entries = Entries::new(Slots::ONE);
        [3, 1, 3].into_iter().for_each(|at| entries.changed(at));
        assert_eq!((entries.changed_len(), entries.take_changed()), (2, Some(3)));
        entries.changed(3);
        assert_eq!([1, 3].map(|_| entries.take_changed()), [Some(1), Some(3)]);
        assert_eq!((entries.take_changed(), entries.changed_len(), entries.ever_taken()), (None, 0, 3));
    }
}
