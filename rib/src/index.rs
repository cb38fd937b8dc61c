//! Places by the hashes of their nets: eight octets each, side by side in one array.
//!
//! What is new lands in the cache line that the search for it has just read. In a table that keeps its tags apart it would be
//! another one, which no cache has where there are many nets, and all that follows would wait for it.

use crate::prefetch::prefetch;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::replace;

/// A hash and a place; all zero is none. With the hash here, neither a search that fails nor an index that grows reads the
/// table of the nets.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Entry(u64);

impl Entry {
    const NONE: u64 = 0;

    /// The last of all places would be no entry; memory ends before it.
    const fn new(hash: u32, at: u32) -> Self {
        Self((hash as u64) << 32 | !at as u64)
    }

    const fn hash(self) -> u32 {
        (self.0 >> 32) as u32
    }

    const fn at(self) -> u32 {
        !((self.0 & 0xffff_ffff) as u32)
    }
}

/// Open addressing with linear probing. The upper bits of a hash say where its entry is best, so that entries stand nearly in
/// the order of their hashes, and one that grows is read and written from end to end.
#[derive(Default)]
pub(crate) struct Index {
    /// As many as a power of two, or none at all; a fifth is free.
    entries: Vec<u64>,
    len: usize,
}

impl Index {
    const LEAST: usize = 16;

    /// How many places it has.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The first place with this hash that `is` the one.
    pub(crate) fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.run(hash)
            .map(|(_, entry)| entry)
            .find(|entry| entry.hash() == hash && is(entry.at()))
            .map(Entry::at)
    }

    /// Asks for the memory where a search for this hash begins.
    pub(crate) fn prefetch(&self, hash: u32) {
        prefetch(&self.entries, self.best(hash));
    }

    /// Takes in a place that it does not have.
    pub(crate) fn insert(&mut self, hash: u32, at: u32) {
        if self.len.saturating_mul(5) >= self.entries.len().saturating_mul(4) {
            self.grow();
        }
        self.put(Entry::new(hash, at));
        self.len = self.len.saturating_add(1);
    }

    /// Takes a place out. Those behind it move up, as far as they may.
    pub(crate) fn remove(&mut self, hash: u32, at: u32) {
        let gone = Entry::new(hash, at);
        let Some(mut free) = self.run(hash).find(|(_, entry)| *entry == gone).map(|(slot, _)| slot) else {
            return;
        };
        self.len = self.len.saturating_sub(1);
        let mut slot = free;
        loop {
            slot = self.after(slot);
            let entry = self.entry(slot);
            let moves = entry.is_some_and(|entry| {
                self.distance(self.best(entry.hash()), slot) >= self.distance(free, slot)
            });
            if moves || entry.is_none() {
                self.set(free, entry);
                free = slot;
            }
            if entry.is_none() {
                return;
            }
        }
    }

    /// The slots from the best one for `hash` on, as far as they are taken.
    fn run(&self, hash: u32) -> impl Iterator<Item = (usize, Entry)> {
        let mut slot = self.best(hash);
        core::iter::from_fn(move || {
            let this = slot;
            slot = self.after(slot);
            self.entry(this).map(|entry| (this, entry))
        })
    }

    /// Puts an entry into the first free slot for it; there is one.
    fn put(&mut self, entry: Entry) {
        let mut slot = self.best(entry.hash());
        while self.entry(slot).is_some() {
            slot = self.after(slot);
        }
        self.set(slot, Some(entry));
    }

    fn grow(&mut self) {
        let slots = self.entries.len().saturating_mul(2).max(Self::LEAST);
        let old = replace(&mut self.entries, vec![Entry::NONE; slots]);
        old.into_iter().filter(|entry| *entry != Entry::NONE).for_each(|entry| self.put(Entry(entry)));
    }

    fn entry(&self, slot: usize) -> Option<Entry> {
        self.entries.get(slot).copied().filter(|entry| *entry != Entry::NONE).map(Entry)
    }

    fn set(&mut self, slot: usize, entry: Option<Entry>) {
        if let Some(place) = self.entries.get_mut(slot) {
            *place = entry.map_or(Entry::NONE, |entry| entry.0);
        }
    }

    /// Where an entry of `hash` is best: as far from the beginning as the hash among all hashes.
    const fn best(&self, hash: u32) -> usize {
        ((hash as u64).wrapping_mul(self.entries.len() as u64) >> 32) as usize
    }

    const fn after(&self, slot: usize) -> usize {
        slot.wrapping_add(1) & self.entries.len().wrapping_sub(1)
    }

    /// How many slots from one to another, around the end where it has to be.
    const fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.entries.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    extern crate std;

    proptest! {
        /// Hashes at both ends, many of them the same: runs go around the end.
        #[test]
        fn behaves_as_a_set(ops in prop::collection::vec((0..60u32, any::<bool>()), 0..300)) {
            let hash = |at: u32| if at.is_multiple_of(2) { u32::MAX - at / 8 } else { at / 8 };
            let (mut index, mut model) = (Index::default(), BTreeSet::new());
            for (at, insert) in ops {
                if !insert {
                    index.remove(hash(at), at);
                    model.remove(&at);
                } else if model.insert(at) {
                    index.insert(hash(at), at);
                }
                prop_assert_eq!(index.len(), model.len());
                for at in 0..60 {
                    let found = index.find(hash(at), |other| other == at);
                    prop_assert_eq!(found, model.get(&at).copied());
                }
            }
        }
    }

    #[test]
    fn a_fifth_is_free() {
        let mut index = Index::default();
        for at in 0..10_000u32 {
            index.insert(at.wrapping_mul(0x9e37_79b9), at);
            assert!(index.entries.len().is_power_of_two());
            assert!(index.len() * 5 <= index.entries.len() * 4 + 4);
        }
        assert_eq!(index.entries.len(), 16_384);
    }
}
