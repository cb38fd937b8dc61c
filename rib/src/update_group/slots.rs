//! Where the paths of one net stand that are told together (RFC 7911): each in a slot of its own, whose number it is known
//! by.

use crate::place::Place;
use crate::rib::Rib;
use bgp_wire::PathNlri;
use core::ops::Range;

/// How many slots a net has: a power of two.
///
/// A path keeps its slot for as long as it is told, so that its path identifier stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    /// The logarithm of their number.
    shift: u32,
    /// How many paths of a net are told at most.
    most: usize,
    /// Whether paths have identifiers.
    identified: bool,
}

impl Slots {
    /// For one path a net, which has no identifier.
    #[cfg(test)]
    pub(super) const ONE: Self = Self { shift: 0, most: 1, identified: false };

    /// For so many paths a net at most; `identified` where the session says which is which.
    pub(super) fn new(most: u8, identified: bool) -> Self {
        let most = if identified { most.max(1) } else { 1 };
        let shift = u32::from(most).next_power_of_two().trailing_zeros();
        Self { shift, most: most.into(), identified }
    }

    pub(super) const fn are_identified(self) -> bool {
        self.identified
    }

    pub(super) const fn most(self) -> usize {
        self.most
    }

    /// Those of the net at `at`. Nets that would need more than 2^32 do not fit memory.
    pub(super) const fn of(self, at: u32) -> Range<u32> {
        let first = at.wrapping_shl(self.shift);
        first..first.saturating_add(1u32.wrapping_shl(self.shift))
    }

    /// The place of the net that a slot belongs to.
    pub(super) const fn place(self, slot: u32) -> u32 {
        slot.wrapping_shr(self.shift)
    }

    /// The path identifier of a slot; 0 where there are none.
    pub(super) const fn path_id(self, slot: u32) -> u32 {
        if !self.identified {
            return 0;
        }
        slot.wrapping_sub(self.of(self.place(slot)).start).saturating_add(1)
    }

    /// What is told of a slot.
    pub(super) fn nlri(self, slot: u32, at: fn(u32) -> Place, rib: &Rib) -> Option<PathNlri> {
        let (net, _) = rib.at(at(self.place(slot)))?;
        Some(PathNlri { path_id: self.path_id(slot), prefix: net.prefix() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (the most paths, the slots of the net at 3, what the last of them is known by)
    #[test]
    fn each_net_has_its_own() {
        for (most, identified, slots, path_id) in [
            (1, false, 3..4, 0),
            (9, false, 3..4, 0),
            (1, true, 3..4, 1),
            (2, true, 6..8, 2),
            (3, true, 12..16, 4),
            (32, true, 96..128, 32),
        ] {
            let of = Slots::new(most, identified);
            assert_eq!(of.of(3), slots);
            for slot in slots {
                assert_eq!(of.place(slot), 3);
            }
            assert_eq!(of.path_id(of.of(3).end - 1), path_id);
        }
    }
}
