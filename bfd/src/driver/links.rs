//! The sessions, found by a place that a packet reaches without a search.
use super::params::SessionId;
use std::collections::HashMap;

/// Where a session is kept, while it is there. Another may have the place later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Slot(pub(super) usize);

#[derive(Debug)]
pub(super) struct Links<T> {
    places: Vec<Option<T>>,
    free: Vec<Slot>,
    slots: HashMap<SessionId, Slot>,
}

impl<T> Default for Links<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new(), slots: HashMap::new() }
    }
}

impl<T> Links<T> {
    /// The place that the next session gets.
    pub(super) fn vacant(&self) -> Slot {
        self.free.last().copied().unwrap_or(Slot(self.places.len()))
    }

    /// Keeps `link` in the [`vacant`](Self::vacant) place.
    pub(super) fn insert(&mut self, session: SessionId, link: T) {
        let slot = self.vacant();
        self.slots.insert(session, slot);
        if self.free.pop().is_none() {
            self.places.push(None);
        }
        if let Some(place) = self.places.get_mut(slot.0) {
            *place = Some(link);
        }
    }

    pub(super) fn remove(&mut self, session: SessionId) -> Option<T> {
        let slot = self.slots.remove(&session)?;
        self.free.push(slot);
        self.places.get_mut(slot.0)?.take()
    }

    pub(super) fn slot(&self, session: SessionId) -> Option<Slot> {
        self.slots.get(&session).copied()
    }

    pub(super) fn at(&self, slot: Slot) -> Option<&T> {
        self.places.get(slot.0)?.as_ref()
    }

    pub(super) fn at_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.places.get_mut(slot.0)?.as_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }

    /// Every place that is taken.
    pub(super) fn taken(&self) -> Vec<Slot> {
        self.slots.values().copied().collect()
    }
}
