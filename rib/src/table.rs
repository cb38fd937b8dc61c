//! A table by net: values side by side in the order they came, and an index of eight octets a net.
//!
//! A place in the table (`u32`) stays the same while its net is there, so that others may refer to it.
//! Nets of one UPDATE lie next to each other, whatever their hashes: a walk meets them grouped.

use crate::index::Index;
use crate::net::Key;
use crate::prefetch::prefetch;
use alloc::vec::Vec;
use foldhash::fast::FixedState;

pub(crate) struct Table<K, V> {
    index: Index,
    slots: Vec<Option<(K, V)>>,
    free: Vec<u32>,
    state: FixedState,
}

/// Widening; no target has a `usize` narrower than this.
pub(crate) const fn wide(at: u32) -> usize {
    at as usize
}

impl<K: Key, V> Table<K, V> {
    pub(crate) fn new(seed: u64) -> Self {
        let state = FixedState::with_seed(seed);
        Self { index: Index::default(), slots: Vec::new(), free: Vec::new(), state }
    }

    /// How many nets there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The upper half: the better mixed one.
    fn hash(&self, key: K) -> u32 {
        (key.hash(&self.state) >> 32) as u32
    }

    /// Asks for the memory where the search for `key` begins.
    pub(crate) fn prefetch(&self, key: K) {
        self.index.prefetch(self.hash(key));
    }

    /// Asks for the memory of what is probably its place, which no other net shares the hash of.
    pub(crate) fn prefetch_place(&self, key: K) {
        if let Some(at) = self.index.find(self.hash(key), |_| true) {
            prefetch(&self.slots, wide(at));
        }
    }

    /// The place of `key`.
    pub(crate) fn find(&self, key: K) -> Option<u32> {
        self.index.find(self.hash(key), |at| is_at(&self.slots, at, key))
    }

    /// The place of `key`, which gets one where it has none.
    pub(crate) fn find_or_insert(&mut self, key: K, value: impl FnOnce() -> V) -> u32 {
        let hash = self.hash(key);
        let Self { index, slots, free, .. } = self;
        index.find(hash, |at| is_at(slots, at, key)).unwrap_or_else(|| {
            let at = occupy(slots, free, (key, value()));
            index.insert(hash, at);
            at
        })
    }

    /// What stands at a place.
    pub(crate) fn get(&self, at: u32) -> Option<(K, &V)> {
        self.slots.get(wide(at))?.as_ref().map(|(key, value)| (*key, value))
    }

    /// What stands at a place, to change it.
    pub(crate) fn get_mut(&mut self, at: u32) -> Option<(K, &mut V)> {
        self.slots.get_mut(wide(at))?.as_mut().map(|(key, value)| (*key, value))
    }

    /// Frees a place. A table without nets gives its memory back.
    pub(crate) fn remove(&mut self, at: u32) -> Option<V> {
        let (key, value) = self.slots.get_mut(wide(at))?.take()?;
        self.index.remove(self.hash(key), at);
        self.free.push(at);
        if self.index.len() == 0 {
            (self.index, self.slots, self.free) = (Index::default(), Vec::new(), Vec::new());
        }
        Some(value)
    }

    /// Every place that is or was in use.
    pub(crate) fn places(&self) -> impl Iterator<Item = u32> + use<K, V> {
        0..self.places_end()
    }

    /// The number behind the last of them.
    pub(crate) fn places_end(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// Every net, in the order of their places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.slots.iter().flatten().map(|(key, value)| (*key, value))
    }
}

fn is_at<K: Key, V>(slots: &[Option<(K, V)>], at: u32, key: K) -> bool {
    slots.get(wide(at)).and_then(Option::as_ref).is_some_and(|(other, _)| *other == key)
}

/// Puts `slot` into a free place, or behind the last.
fn occupy<K, V>(slots: &mut Vec<Option<(K, V)>>, free: &mut Vec<u32>, slot: (K, V)) -> u32 {
    if let Some(at) = free.pop()
        && let Some(place) = slots.get_mut(wide(at))
    {
        *place = Some(slot);
        return at;
    }
    // 2^32 nets would take 128 GiB: memory ends first.
    let at = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    slots.push(Some(slot));
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::Ipv4Net;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    extern crate std;

    proptest! {
        #[test]
        fn behaves_as_a_map(ops in prop::collection::vec((0..20u8, any::<bool>()), 0..200), seed: u64) {
            let mut table = Table::<Ipv4Net, u8>::new(seed);
            let mut model = BTreeMap::new();
            for (n, insert) in ops {
                let key = Ipv4Net::new_assert([198, 51, 100, n].into(), 32);
                if insert {
                    let at = table.find_or_insert(key, || n);
                    prop_assert_eq!(table.get(at), Some((key, &n)));
                    model.insert(key, n);
                } else {
                    let removed = table.find(key).and_then(|at| table.remove(at));
                    prop_assert_eq!(removed, model.remove(&key));
                }
                prop_assert_eq!(table.len(), model.len());
            }
            let all: BTreeMap<_, _> = table.iter().map(|(k, v)| (k, *v)).collect();
            prop_assert_eq!(all, model);
        }
    }

    #[test]
    fn places_are_used_again_and_an_empty_table_has_none() {
        let mut table = Table::<Ipv4Net, ()>::new(3);
        let key = |n| Ipv4Net::new_assert([198, 18, n, 0].into(), 24);
        let kept = table.find_or_insert(key(0), || ());
        for n in 1..=255 {
            let at = table.find_or_insert(key(n), || ());
            table.remove(at);
        }
        assert_eq!(table.places().count(), 2);
        table.remove(kept);
        assert_eq!(table.places().count(), 0);
    }

    #[test]
    fn places_keep_the_order_of_arrival() {
        let mut table = Table::<Ipv4Net, ()>::new(3);
        let keys: Vec<_> =
            (0..=255u8).rev().map(|n| Ipv4Net::new_assert([198, 18, n, 0].into(), 24)).collect();
        keys.iter().for_each(|key| _ = table.find_or_insert(*key, || ()));
        assert_eq!(table.iter().map(|(key, ())| key).collect::<Vec<_>>(), keys);
    }
}
