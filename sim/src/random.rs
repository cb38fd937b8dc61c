//! All chance in the world comes from here: SplitMix64, fixed by its seed on every machine.

use std::time::Duration;

/// A sequence of random numbers.
///
/// ```
/// let draws = |seed| { let mut r = sim::Random::new(seed); [r.below(100), r.below(100), r.below(100)] };
/// assert_eq!(draws(7), draws(7));
/// assert_ne!(draws(7), draws(8));
/// ```
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 where there is none.
    pub const fn below(&mut self, n: u64) -> u64 {
        let drawn = self.draw();
        if n == 0 { 0 } else { drawn % n }
    }

    /// A length from 1 to `most`; 0 where `most` is.
    pub fn length(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        usize::try_from(self.below(most).saturating_add(1).min(most)).unwrap_or(usize::MAX)
    }

    /// `true` in so many of a thousand draws.
    pub const fn chance(&mut self, per_mille: u16) -> bool {
        self.below(1000) < per_mille as u64
    }

    /// A time from zero to `most`, in whole microseconds.
    pub fn up_to(&mut self, most: Duration) -> Duration {
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.below(micros.saturating_add(1)))
    }

    /// One of several; `None` of none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let len = u64::try_from(of.len()).unwrap_or(u64::MAX);
        of.get(usize::try_from(self.below(len)).ok()?).copied()
    }
}
