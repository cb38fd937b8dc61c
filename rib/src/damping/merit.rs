//! The figure of merit and its decay (RFC 2439 section 4.5), in integers: the same on every machine.

/// 2^-(1/2), 2^-(1/4) and so on, in parts of 2^64: each is the root of the one before.
const ROOTS: [u64; 32] = roots();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a constant: whatever is out of bounds does not compile, and a root of what is below 1 is below 1"
)]
const fn roots() -> [u64; 32] {
    let (mut roots, mut at, mut last) = ([0; 32], 0, 1_u128 << 63);
    while at < roots.len() {
        last = (last << 64).isqrt();
        roots[at] = last as u64;
        at += 1;
    }
    roots
}

/// `a` times a fraction in parts of 2^64.
const fn part(a: u64, fraction: u64) -> u64 {
    ((a as u128 * fraction as u128) >> 64) as u64
}

/// A figure of merit: a penalty in points and 32 bits of a fraction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(super) struct Merit(u64);

impl Merit {
    pub(super) const fn of(points: u32) -> Self {
        Self((points as u64) << 32)
    }

    /// In points, without the fraction.
    pub(super) const fn points(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(super) fn plus(self, points: u32) -> Self {
        Self(self.0.saturating_add(Self::of(points).0))
    }

    pub(super) const fn half(self) -> Self {
        Self(self.0 >> 1)
    }

    /// What is left of it after that time.
    pub(super) fn decayed(self, time: HalfLives) -> Self {
        let HalfLives { whole, fraction } = time;
        let left = u32::try_from(whole).ok().and_then(|whole| self.0.checked_shr(whole)).unwrap_or(0);
        let roots = ROOTS.iter().zip((0..32).rev()).filter(|(_, bit)| fraction >> bit & 1 == 1);
        Self(roots.fold(left, |left, (root, _)| part(left, *root)))
    }

    /// What decays to it in that time, as far as it can be told.
    pub(super) fn before(self, time: HalfLives) -> Self {
        let HalfLives { whole, fraction } = time;
        // As much later as is left of a half-life, and that half-life before.
        let (later, doubled) = if fraction == 0 {
            (self, whole)
        } else {
            let rest = HalfLives { whole: 0, fraction: fraction.wrapping_neg() };
            (self.decayed(rest), whole.saturating_add(1))
        };
        let room = u64::from(later.0.leading_zeros());
        Self(if doubled < room { later.0 << doubled } else { u64::MAX })
    }

    /// The least time after which no more than `to` is left of it.
    pub(super) fn time_to(self, to: Self) -> HalfLives {
        if self <= to {
            return HalfLives::default();
        }
        // Of nothing there is no half.
        let to = to.max(Self(1));
        let (mut left, mut whole, mut fraction) = (self, 0_u64, 0_u32);
        while left.half() > to {
            (left, whole) = (left.half(), whole.saturating_add(1));
        }
        for (root, bit) in ROOTS.iter().zip((0..32).rev()) {
            let then = Self(part(left.0, *root));
            if then > to {
                (left, fraction) = (then, fraction | 1 << bit);
            }
        }
        // The longest time after which more is left, and one part more.
        match fraction.checked_add(1) {
            Some(fraction) => HalfLives { whole, fraction },
            None => HalfLives { whole: whole.saturating_add(1), fraction: 0 },
        }
    }
}

/// A time in half-lives, and in parts of 2^32 of one.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct HalfLives {
    whole: u64,
    fraction: u32,
}

impl HalfLives {
    /// So many nanoseconds of half-lives of so many, which are not none.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is less than a half-life")]
    pub(super) fn of(time: u64, half_life: u64) -> Self {
        let half_life = half_life.max(1);
        let rest = u128::from(time % half_life) << 32;
        Self { whole: time / half_life, fraction: (rest / u128::from(half_life)) as u32 }
    }

    /// In nanoseconds, rounded up.
    pub(super) fn nanoseconds(self, half_life: u64) -> u64 {
        let fraction = (u128::from(self.fraction) * u128::from(half_life)).div_ceil(1 << 32);
        let fraction = u64::try_from(fraction).unwrap_or(u64::MAX);
        self.whole.saturating_mul(half_life).saturating_add(fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    const MINUTE: u64 = 60_000_000_000;
    const HALF_LIFE: u64 = 15 * MINUTE;

    fn decayed(points: u32, time: u64) -> u32 {
        Merit::of(points).decayed(HalfLives::of(time, HALF_LIFE)).points()
    }

    /// (points, minutes, points then)
    #[test]
    fn half_of_it_is_left_after_each_half_life() {
        for (points, minutes, want) in [
            (1000, 0, 1000),
            (1000, 15, 500),
            (1000, 30, 250),
            (6000, 45, 750),
            (1000, 5, 793),
            (1000, 20, 396),
            (u32::MAX, 15 * 31, 1),
            (u32::MAX, 15 * 32, 0),
            (u32::MAX, 15 * 64, 0),
            (0, 15, 0),
        ] {
            assert_eq!(decayed(points, minutes * MINUTE), want, "{points} after {minutes} min");
        }
        assert_eq!(decayed(1, u64::MAX), 0);
    }

    #[test]
    fn a_root_squared_is_the_one_before() {
        for (before, root) in [1 << 63].iter().chain(&ROOTS).zip(&ROOTS) {
            let off = before - part(*root, *root);
            assert!(off <= 2, "{off}");
        }
    }

    fn in_points(Merit(merit): Merit) -> f64 {
        let fraction = u32::try_from(merit & u64::from(u32::MAX)).unwrap();
        f64::from(Merit(merit).points()) + f64::from(fraction) / 32_f64.exp2()
    }

    proptest! {
        #[test]
        fn it_decays_as_the_power_says(points in 1..50_000_u32, time in 0..100 * MINUTE) {
            let merit = Merit::of(points).decayed(HalfLives::of(time, HALF_LIFE));
            let [time, half_life] = [time, HALF_LIFE].map(|time| Duration::from_nanos(time).as_secs_f64());
            let want = f64::from(points) * (-time / half_life).exp2();
            prop_assert!((in_points(merit) - want).abs() < 1e-4, "{} {want}", in_points(merit));
        }

        /// No more is left than asked for, and a moment before it was more.
        #[test]
        fn the_time_that_it_takes(points in 1..50_000_u32, to in 1..20_000_u32, half_life in 1..100 * MINUTE) {
            let (merit, to) = (Merit::of(points), Merit::of(to));
            let time = merit.time_to(to).nanoseconds(half_life);
            let left = merit.decayed(HalfLives::of(time, half_life));
            prop_assert!(left <= to.plus(0) || in_points(left) - in_points(to) < 1e-4);
            if let Some(sooner) = time.checked_sub(half_life / 1_000_000 + 1) {
                prop_assert!(merit.decayed(HalfLives::of(sooner, half_life)) > to || sooner == 0);
            }
        }

        #[test]
        fn what_decays_to_it_does(points in 1..10_000_u32, time in 0..60 * MINUTE) {
            let time = HalfLives::of(time, HALF_LIFE);
            let there = Merit::of(points).before(time).decayed(time);
            prop_assert!((in_points(there) - f64::from(points)).abs() < 1e-4);
        }
    }
}
