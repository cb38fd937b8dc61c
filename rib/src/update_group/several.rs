//! Several paths of a net for the members of a group (RFC 7911).

use super::entries::Sent;
use super::log::Chunk;
use super::side::{Side, Told};
use crate::path::PeerId;
use crate::rib::Rib;
use crate::table::wide;
use alloc::vec::Vec;
use bgp_wire::Negotiated;

/// A path that is to be told: whose it is and its own identifier, which together name it, and what is said of it.
struct Chosen {
    came_with: u32,
    sent: Sent,
}

impl Chosen {
    fn is(&self, source: PeerId, came_with: u32) -> bool {
        (self.sent.source, self.came_with) == (source, came_with)
    }
}

impl Side {
    /// The group has of the net at `at` the first paths, in the order of preference, that `told` makes something of.
    /// Those that it has already keep their slots; others take the free ones.
    pub(super) fn several_become(
        &mut self,
        at: u32,
        n: &Negotiated,
        rib: &Rib,
        told: &mut Told<'_>,
        chunk: &mut Chunk,
    ) {
        let mut chosen = self.choose(at, n, rib, told);
        let slots = self.slots().of(at);
        let stay: Vec<Option<Chosen>> = slots.clone().map(|slot| self.take(slot, &mut chosen)).collect();
        let mut new = chosen.into_iter();
        for (slot, stays) in slots.zip(stay) {
            let becomes = stays.or_else(|| new.next());
            if let (Some(chosen), Some(came_with)) = (&becomes, self.came_with.get_mut(wide(slot))) {
                *came_with = chosen.came_with;
            }
            self.becomes(slot, becomes.map(|chosen| chosen.sent), chunk);
        }
    }

    fn choose(&mut self, at: u32, n: &Negotiated, rib: &Rib, told: &mut Told<'_>) -> Vec<Chosen> {
        let mut chosen = Vec::new();
        let place = self.place(at);
        let Some((net, _)) = rib.at(place) else { return chosen };
        rib.in_order(place, |path| {
            if let Some((attrs, source)) = told(net, path)
                && self.fits(&attrs, n)
            {
                chosen.push(Chosen { came_with: path.path_id, sent: Sent { attrs, source } });
            }
            chosen.len() < self.slots().most()
        });
        chosen
    }

    /// Takes out the path that is in a slot already.
    fn take(&mut self, slot: u32, chosen: &mut Vec<Chosen>) -> Option<Chosen> {
        if self.came_with.len() <= wide(slot) {
            self.came_with.resize(wide(self.slots().of(self.slots().place(slot)).end), 0);
        }
        let (_, source) = self.entries.sent(slot)?;
        let came_with = *self.came_with.get(wide(slot))?;
        let found = chosen.iter().position(|path| path.is(source, came_with))?;
        Some(chosen.remove(found))
    }
}
