//! Nets grouped by what they are to be sent with, in the order in which that was first needed.

use crate::attrs::AttrSet;
use alloc::vec::Vec;
use core::mem::take;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// What nets have in common that go into the same UPDATEs: attributes, or none to be withdrawn; and who is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Common<A> {
    pub(super) attrs: Option<AttrSet>,
    pub(super) audience: A,
}

/// Nets by what they have in common.
pub(super) struct Buckets<A> {
    all: Vec<Bucket<A>>,
    /// The places, each with the number of the next one of its bucket.
    places: Vec<(u32, u32)>,
    numbers: HashMap<Common<A>, usize, FixedState>,
    /// The bucket of the net before, which the next one mostly shares.
    last: usize,
    /// About how many octets the UPDATEs will have.
    octets: usize,
}

/// What an UPDATE has besides attributes, and what a prefix has.
const MESSAGE: usize = 32;
const PREFIX: usize = 5;

struct Bucket<A> {
    common: Common<A>,
    first: u32,
    last: u32,
}

const NONE: u32 = u32::MAX;

impl<A: Clone + Eq + core::hash::Hash> Buckets<A> {
    pub(super) fn new(seed: u64) -> Self {
        let numbers = HashMap::with_hasher(FixedState::with_seed(seed));
        Self { all: Vec::new(), places: Vec::new(), numbers, last: 0, octets: 0 }
    }

    /// Adds a net at `place` to those with the same attributes and audience.
    pub(super) fn push(&mut self, attrs: Option<&AttrSet>, audience: &A, place: u32) {
        let number = u32::try_from(self.places.len()).unwrap_or(NONE);
        self.places.push((place, NONE));
        self.octets = self.octets.saturating_add(PREFIX);
        let is = |common: &Common<A>| common.attrs.as_ref() == attrs && common.audience == *audience;
        if !self.all.get(self.last).is_some_and(|bucket| is(&bucket.common)) {
            let common = Common { attrs: attrs.cloned(), audience: audience.clone() };
            let next = self.all.len();
            self.last = *self.numbers.entry(common.clone()).or_insert(next);
            if self.last == next {
                let attributes = attrs.map_or(0, |attrs| attrs.encoded().attributes_len());
                self.octets = self.octets.saturating_add(MESSAGE).saturating_add(attributes);
                self.all.push(Bucket { common, first: number, last: number });
                return;
            }
        }
        let Some(bucket) = self.all.get_mut(self.last) else { return };
        if let Some((_, next)) = self.places.get_mut(bucket.last as usize) {
            *next = number;
        }
        bucket.last = number;
    }

    /// Takes all out: withdrawals first.
    pub(super) fn drain(&mut self, mut each: impl FnMut(&Common<A>, &mut dyn Iterator<Item = u32>)) {
        let buckets = take(&mut self.all);
        for withdraws in [true, false] {
            for bucket in buckets.iter().filter(|bucket| bucket.common.attrs.is_none() == withdraws) {
                let mut number = bucket.first;
                let mut places = core::iter::from_fn(|| {
                    let (place, next) = *self.places.get(number as usize)?;
                    number = next;
                    Some(place)
                });
                each(&bucket.common, &mut places);
            }
        }
        self.all = buckets;
        self.all.clear();
        self.places.clear();
        self.numbers.clear();
        self.last = 0;
        self.octets = 0;
    }

    /// About how many octets the UPDATEs will have.
    pub(super) const fn octets(&self) -> usize {
        self.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use bgp_wire::{AttributeSet, NextHop, Origin};

    #[test]
    fn withdrawals_first_then_in_the_order_of_the_first() {
        let mut interner = Interner::new(0);
        let [a, b] = [1, 2].map(|n| {
            let hop = NextHop::V4([192, 0, 2, n].into());
            interner.intern(&AttributeSet::new(Origin::Igp, hop)).ok()
        });
        let mut buckets = Buckets::new(0);
        for round in 0..2 {
            for (attrs, place) in [(&b, 1), (&a, 2), (&None, 3), (&b, 4), (&a, 5), (&a, 6), (&None, 7)] {
                buckets.push(attrs.as_ref(), &(), place);
            }
            let mut seen = Vec::new();
            buckets.drain(|common, places| seen.push((common.attrs.clone(), places.collect::<Vec<_>>())));
            let want = [(None, [3, 7].into()), (b.clone(), [1, 4].into()), (a.clone(), [2, 5, 6].into())];
            assert_eq!(seen, want, "round {round}");
        }
    }
}
