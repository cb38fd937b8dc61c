//! How many paths the one member of a group may be told: the others are held back until there is room.

use super::entries::Sent;
use super::side::Side;

impl Side {
    /// No more than `limit` paths are told from now on; what the member has already stays.
    pub(super) fn set_limit(&mut self, limit: Option<usize>) {
        self.limit = limit;
        self.release();
    }

    /// How many paths are held back.
    pub(super) const fn held_len(&self) -> usize {
        self.held.len()
    }

    /// What may be told of `new` in a slot.
    pub(super) fn within_limit(&mut self, slot: u32, new: Option<Sent>) -> Option<Sent> {
        let Some(limit) = self.limit else { return new };
        let counts = |sent: Option<Sent>| {
            let theirs = |sent: &Sent| !self.members.iter().any(|m| m.is_left_out(&sent.attrs, sent.source));
            sent.as_ref().is_some_and(theirs)
        };
        let had = self.entries.sent(slot).map(|(attrs, source)| Sent { attrs: attrs.clone(), source });
        let beyond = !counts(had) && counts(new.clone()) && self.told_len() >= limit;
        self.held.set(slot, beyond);
        new.filter(|_| !beyond)
    }

    /// How many paths the member has when it has read all.
    fn told_len(&self) -> usize {
        let left_out = self.members.first().map_or(0, |member| member.left_out);
        self.entries.sent_len().saturating_sub(left_out)
    }

    /// As many paths as there is room for are looked at again.
    pub(super) fn release(&mut self) {
        let room = self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.told_len()));
        for _ in 0..room {
            let Some(slot) = self.held.take_from(0) else { return };
            self.entries.changed(self.slots().place(slot));
        }
    }
}
