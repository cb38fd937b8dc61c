//! One bit a place.

use alloc::vec::Vec;

/// A set of places.
#[derive(Clone, Default, Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
    count: usize,
}

/// Which word, and the bit in it.
const fn locate(at: u32) -> (usize, u64) {
    ((at / 64) as usize, 1 << (at % 64))
}

impl Bits {
    pub(super) fn contains(&self, at: u32) -> bool {
        let (word, bit) = locate(at);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Puts `at` in, or takes it out.
    pub(super) fn set(&mut self, at: u32, to: bool) {
        if self.contains(at) == to {
            return;
        }
        let (word, bit) = locate(at);
        if word >= self.words.len() {
            self.words.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word ^= bit;
        }
        self.count = if to { self.count.saturating_add(1) } else { self.count.saturating_sub(1) };
    }

    /// Every one of them, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let words = (0u32..).step_by(64).zip(&self.words);
        words.flat_map(|(first, word)| {
            let bits = (0..64u32).filter(move |bit| word.wrapping_shr(*bit) & 1 != 0);
            bits.map(move |bit| first.saturating_add(bit))
        })
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// Takes the first out that is not before `from`.
    pub(super) fn take_from(&mut self, from: u32) -> Option<u32> {
        let (first, bit) = locate(from);
        // Bits below `from` in its own word.
        let mut below = bit.wrapping_sub(1);
        for word in first..self.words.len() {
            let left = self.words.get(word)? & !below;
            below = 0;
            if left != 0 {
                let at = u32::try_from(word).ok()?.checked_mul(64)?.checked_add(left.trailing_zeros())?;
                self.set(at, false);
                return Some(at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behaves_as_a_set(ops in prop::collection::vec((0..300u32, 0..3u8), 0..200)) {
            let (mut bits, mut model) = (Bits::default(), BTreeSet::new());
            for (at, op) in ops {
                match op {
                    0 => { bits.set(at, true); model.insert(at); }
                    1 => { bits.set(at, false); model.remove(&at); }
                    _ => {
                        let first = model.range(at..).next().copied();
                        prop_assert_eq!(bits.take_from(at), first);
                        first.map(|at| model.remove(&at));
                    }
                }
                prop_assert!(bits.iter().eq(model.iter().copied()));
                prop_assert_eq!((bits.len(), bits.contains(at)), (model.len(), model.contains(&at)));
            }
        }
    }
}
