//! Sets of communities, as boxes: a span of each of their numbers.

/// From a number to another, both included.
pub(super) type Span = (u32, u32);

/// The communities in any of some boxes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Region<const N: usize>(Vec<[Span; N]>);

impl<const N: usize> FromIterator<[Span; N]> for Region<N> {
    fn from_iter<I: IntoIterator<Item = [Span; N]>>(boxes: I) -> Self {
        Self(boxes.into_iter().collect())
    }
}

impl<const N: usize> Region<N> {
    /// How many boxes it is made of.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, numbers: [u32; N]) -> bool {
        let inside =
            |of: &[Span; N]| of.iter().zip(numbers).all(|((first, last), n)| (*first..=*last).contains(&n));
        self.0.iter().any(inside)
    }

    pub(super) fn and_also(&mut self, more: &Self) {
        self.0.extend_from_slice(&more.0);
    }

    /// What is in this one and not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = self.0.clone();
        for taken in &other.0 {
            left = left.iter().flat_map(|of| cut(of, taken)).collect();
        }
        Self(left)
    }

    /// One of the communities.
    pub(super) fn pick(&self) -> Option<[u32; N]> {
        self.0.first().map(|of| of.map(|(first, _)| first))
    }
}

/// What is left of a box without another, in boxes.
fn cut<const N: usize>(of: &[Span; N], taken: &[Span; N]) -> Vec<[Span; N]> {
    let apart = |((a, a_end), (b, b_end)): (&Span, &Span)| a_end < b || b_end < a;
    if of.iter().zip(taken).any(apart) {
        return vec![*of];
    }
    let (mut left, mut rest) = (Vec::new(), *of);
    for (at, (first, last)) in taken.iter().enumerate() {
        let Some((from, to)) = rest.get(at).copied() else { continue };
        let mut keep = |span: Span| {
            let mut part = rest;
            if let Some(place) = part.get_mut(at) {
                *place = span;
            }
            left.push(part);
        };
        if from < *first {
            keep((from, first.saturating_sub(1)));
        }
        if *last < to {
            keep((last.saturating_add(1), to));
        }
        if let Some(place) = rest.get_mut(at) {
            *place = (from.max(*first), to.min(*last));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn region() -> impl Strategy<Value = Region<2>> {
        let span = (0u32..8, 0u32..4).prop_map(|(first, more)| (first, first + more));
        prop::collection::vec((span.clone(), span), 0..4)
            .prop_map(|boxes| boxes.into_iter().map(|(a, b)| [a, b]).collect())
    }

    proptest! {
        #[test]
        fn regions(a in region(), b in region()) {
            let left = a.without(&b);
            let mut any = false;
            for point in (0..12).flat_map(|x| (0..12).map(move |y| [x, y])) {
                let want = a.contains(point) && !b.contains(point);
                prop_assert_eq!(left.contains(point), want, "{:?}", point);
                any |= want;
            }
            prop_assert_eq!(left.is_empty(), !any);
            prop_assert_eq!(left.pick().is_some_and(|point| left.contains(point)), any);
        }
    }
}
