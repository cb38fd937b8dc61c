//! The last of many: a ring whose memory is taken once.

/// The last values pushed, as many as there is room for.
#[derive(Clone, Debug)]
pub(super) struct Ring<T> {
    places: Box<[T]>,
    /// Where the next value goes; once every place was taken, the oldest is there.
    next: usize,
    full: bool,
}

impl<T: Copy> Ring<T> {
    /// The only allocation. The places hold `filler` until there are values.
    pub(super) fn new(room: usize, filler: T) -> Self {
        Self { places: vec![filler; room].into(), next: 0, full: false }
    }

    pub(super) fn push(&mut self, value: T) {
        if let Some(place) = self.places.get_mut(self.next) {
            *place = value;
            self.next += 1;
            if self.next == self.places.len() {
                (self.next, self.full) = (0, true);
            }
        }
    }

    /// The oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        let (late, early) = self.places.split_at_checked(self.next).unwrap_or_default();
        let early = if self.full { early } else { &[] };
        early.iter().chain(late)
    }

    /// Becomes what `other` is, which has as much room.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.places.iter_mut().zip(&other.places).for_each(|(place, value)| *place = *value);
        (self.next, self.full) = (other.next, other.full);
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_the_last(room in 0..10_usize, all in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut ring = Ring::new(room, 0);
            all.iter().for_each(|value| ring.push(*value));
            let last = &all[all.len().saturating_sub(room)..];
            prop_assert!(ring.iter().eq(last));
            let mut copy = Ring::new(room, 0);
            copy.push(7);
            copy.copy_from(&ring);
            prop_assert!(copy.iter().eq(last));
        }
    }
}
