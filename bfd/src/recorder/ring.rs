//! The last of many: a ring whose memory is taken once.

/// The last values pushed, as many as there is room for.
#[derive(Clone, Debug)]
pub(super) struct Ring<T> {
    places: Vec<T>,
    room: usize,
    /// Where the next value goes once every place is taken: the oldest is there.
    oldest: usize,
}

impl<T: Copy> Ring<T> {
    /// The only allocation.
    pub(super) fn new(room: usize) -> Self {
        Self { places: Vec::with_capacity(room), room, oldest: 0 }
    }

    pub(super) fn push(&mut self, value: T) {
        if self.places.len() < self.room {
            self.places.push(value);
        } else if let Some(place) = self.places.get_mut(self.oldest) {
            *place = value;
            self.oldest = if self.oldest + 1 < self.room { self.oldest + 1 } else { 0 };
        }
    }

    /// The oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let (late, early) = self.places.split_at_checked(self.oldest).unwrap_or_default();
        early.iter().chain(late)
    }

    /// Becomes what `other` is, which has no more room than this one.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.places.clear();
        self.places.extend_from_slice(&other.places);
        self.oldest = other.oldest;
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_the_last(room in 0..10_usize, all in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut ring = Ring::new(room);
            all.iter().for_each(|value| ring.push(*value));
            let last = &all[all.len().saturating_sub(room)..];
            prop_assert!(ring.iter().eq(last));
            let mut copy = Ring::new(room);
            copy.push(0);
            copy.copy_from(&ring);
            prop_assert!(copy.iter().eq(last));
        }
    }
}
