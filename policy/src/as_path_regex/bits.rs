//! Sets of positions in an expression.

/// How many positions an expression may have.
pub(super) const POSITIONS: usize = 2048;
pub(super) const WORDS: usize = POSITIONS / 64;

/// A set of positions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Bits(pub(super) [u64; WORDS]);

impl Bits {
    pub(super) const EMPTY: Self = Self([0; WORDS]);

    pub(super) fn insert(&mut self, position: usize) {
        if let Some(word) = self.0.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + use<> {
        ones(self.0)
    }

    /// The same set so many positions further on.
    pub(super) fn shifted(&self, by: usize) -> Self {
        let mut shifted = Self::EMPTY;
        self.iter().for_each(|position| shifted.insert(position.saturating_add(by)));
        shifted
    }
}

/// The places of the bits that are set.
pub(super) fn ones(words: impl IntoIterator<Item = u64>) -> impl Iterator<Item = usize> {
    (0usize..).step_by(64).zip(words).flat_map(|(base, word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let bit = usize::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left.wrapping_sub(1);
            Some(base.saturating_add(bit))
        })
    })
}
