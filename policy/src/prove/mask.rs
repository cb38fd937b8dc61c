//! Sets of small numbers.

/// A set of numbers from 0, of which most are small.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(super) struct Mask(Vec<u64>);

fn place(n: usize) -> (usize, u64) {
    (n / 64, 1 << (n % 64))
}

impl Mask {
    pub(super) const EMPTY: Self = Self(Vec::new());

    /// The numbers below `n`.
    pub(super) fn below(n: usize) -> Self {
        (0..n).collect()
    }

    pub(super) fn insert(&mut self, n: usize) {
        let (word, bit) = place(n);
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) fn contains(&self, n: usize) -> bool {
        let (word, bit) = place(n);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// What is in this one alone.
    pub(super) fn without(&self, other: &Self) -> Self {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        Self(self.0.iter().zip(others).map(|(a, b)| a & !b).collect())
    }

    /// Its numbers, the least first.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len().saturating_mul(64)).filter(|n| self.contains(*n))
    }
}

impl FromIterator<usize> for Mask {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut mask = Self::default();
        numbers.into_iter().for_each(|n| mask.insert(n));
        mask
    }
}
