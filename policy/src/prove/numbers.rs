//! Sets of numbers that may be absent, and what an edit makes such a set of.

use crate::asn_set::AsnSet;
use crate::number_range::NumberRange;

/// Values of a field that is a number or absent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Numbers {
    pub(super) absent: bool,
    /// Sorted, and not touching each other.
    ranges: Vec<(u32, u32)>,
}

impl Numbers {
    /// Every number, and none.
    pub(super) fn all() -> Self {
        Self { absent: true, ranges: vec![(0, u32::MAX)] }
    }

    /// The numbers that a field has which is never absent.
    pub(super) fn present() -> Self {
        Self { absent: false, ..Self::all() }
    }

    pub(super) fn of_range(range: NumberRange) -> Self {
        Self { absent: false, ranges: vec![range.bounds()] }
    }

    pub(super) fn of_asns(set: &AsnSet) -> Self {
        Self {
            absent: false,
            ranges: set.ranges().iter().map(|range| (range.first.0, range.last.0)).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.absent && self.ranges.is_empty()
    }

    /// Everything else.
    pub(super) fn complement(&self) -> Self {
        let mut ranges = Vec::new();
        let mut from = Some(0u32);
        for (first, last) in &self.ranges {
            if let (Some(from), Some(to)) = (from, first.checked_sub(1))
                && from <= to
            {
                ranges.push((from, to));
            }
            from = last.checked_add(1);
        }
        ranges.extend(from.map(|from| (from, u32::MAX)));
        Self { absent: !self.absent, ranges }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let mut ranges = Vec::new();
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        while let (Some((a, a_end)), Some((b, b_end))) = (left.peek(), right.peek()) {
            let (first, last) = (a.max(b), a_end.min(b_end));
            if first <= last {
                ranges.push((*first, *last));
            }
            if a_end <= b_end {
                left.next()
            } else {
                right.next()
            };
        }
        Self { absent: self.absent && other.absent, ranges }
    }

    pub(super) fn contains(&self, n: u32) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&n))
    }

    /// One of the numbers: the first of those that are liked which is in it, or the least.
    pub(super) fn pick(&self, liked: impl IntoIterator<Item = u32>) -> Option<u32> {
        let least = self.ranges.first().map(|(first, _)| *first);
        liked.into_iter().find(|n| self.contains(*n)).or(least)
    }

    /// What a field has to be for it to be in the set once `by` is added, an absent one counting `absent`.
    pub(super) fn before_adding(&self, by: i64, absent: u32) -> Self {
        let after = |n: u32| i64::from(n).saturating_add(by).clamp(0, i64::from(u32::MAX));
        let is_in = |n: i64| u32::try_from(n).is_ok_and(|n| self.contains(n));
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        // The numbers that stop at either end, and those that do not.
        let moved = |(first, last): &(u32, u32)| {
            let back = |n: u32| i64::from(n).saturating_sub(by);
            let first = if *first == 0 { 0 } else { back(*first).max(0) };
            let last =
                if *last == u32::MAX { i64::from(u32::MAX) } else { back(*last).min(i64::from(u32::MAX)) };
            Some((u32::try_from(first).ok()?, u32::try_from(last).ok()?))
                .filter(|(first, last)| first <= last)
        };
        ranges.extend(self.ranges.iter().filter_map(moved));
        Self { absent: is_in(after(absent)), ranges }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers() -> impl Strategy<Value = Numbers> {
        let edge = prop_oneof![0u32..12, (u32::MAX - 12)..=u32::MAX];
        (any::<bool>(), prop::collection::vec((edge, 0u32..4), 0..4)).prop_map(|(absent, ranges)| {
            let none = Numbers { absent: true, ranges: Vec::new() };
            let sum = ranges.into_iter().fold(none.complement().complement(), |sum, (first, more)| {
                let one = Numbers { absent: true, ranges: vec![(first, first.saturating_add(more))] };
                sum.complement().and(&one.complement()).complement()
            });
            Numbers { absent, ..sum }
        })
    }

    proptest! {
        #[test]
        fn sets_of_numbers(a in numbers(), b in numbers(), n in prop_oneof![0u32..16, (u32::MAX - 16)..=u32::MAX], by in -20i64..20) {
            prop_assert_eq!(a.complement().contains(n), !a.contains(n));
            prop_assert_eq!(a.and(&b).contains(n), a.contains(n) && b.contains(n));
            prop_assert_eq!(&a.complement().complement(), &a);
            let shifted = |n: u32| u32::try_from((i64::from(n) + by).clamp(0, i64::from(u32::MAX))).unwrap();
            let before = a.before_adding(by, 100);
            prop_assert_eq!(before.contains(n), a.contains(shifted(n)), "{:?} by {}", a, by);
            prop_assert_eq!(before.absent, a.contains(shifted(100)));
        }
    }
}
