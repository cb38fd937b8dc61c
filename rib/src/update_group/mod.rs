//! Adj-RIB-Out, shared by peers that are told the same.

mod audience;
mod bits;
mod buckets;
mod entries;
mod limit;
mod log;
mod member;
mod several;
mod side;
mod slots;
#[cfg(test)]
mod tests;
mod write;

use crate::attrs::AttrSet;
use crate::net::Net;
use crate::path::{Path, PeerId};
use crate::place::Place;
use crate::rib::Rib;
use alloc::vec::Vec;
use bgp_wire::{Asn, Family, Negotiated};
use core::fmt;
use side::{HadSide, Side};
use slots::Slots;

/// The Adj-RIB-Out of peers whose sessions agreed on the same and who have one export policy.
///
/// It is told which nets changed, and asks for what its members shall have of them when one of them has room: however
/// often a net changed until then, it is sent once, and not at all where it is again what it was. UPDATEs are written
/// once for all members. Withdrawals go first; nets with the same attributes go together.
///
/// A member is told of neither its own paths nor those it would refuse for its ASN. One that reads more slowly than the
/// others costs a bit or two a net and does not hold them up; so does one that is new, or asked for all again (RFC 2918).
///
/// A net that is gone keeps its place in the [`Rib`] until it has been withdrawn: make that
/// [`with_places_kept`](Rib::with_places_kept), and let it [`reap`](Rib::reap) what no group [uses](Self::uses).
///
/// ```
/// use bgp_rib::*;
/// use bgp_wire::{AttributeSet, Family, Negotiated, NextHop, Origin, PeerKind};
///
/// let (mut interner, mut rib) = (Interner::new(1), Rib::with_places_kept(1));
/// let n = Negotiated::new(PeerKind::External);
/// let mut group = UpdateGroup::new(n, 1);
/// group.join(PeerId(1), None);
///
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// let attrs = interner.intern(&attrs).unwrap();
/// let accepted = Import::Accepted(Because(0));
/// let nets = ["198.51.100.0/24", "203.0.113.0/24"].map(|net| Announced::new(net.parse().unwrap(), accepted));
/// rib.announce(PeerId::LOCAL, &attrs, nets, &mut |change| group.changed(change.at));
///
/// let mut buf = Vec::new();
/// let everything = &mut |_: Net, path: &Path| Some((path.attrs.clone(), path.peer));
/// assert_eq!(group.poll_transmit(PeerId(1), &rib, everything, &mut buf), Some(1)); // both in one UPDATE
/// assert_eq!(group.poll_transmit(PeerId(1), &rib, everything, &mut buf), Some(1)); // End-of-RIB
/// assert_eq!(group.poll_transmit(PeerId(1), &rib, everything, &mut buf), None);
/// ```
pub struct UpdateGroup {
    n: Negotiated,
    v4: Side,
    v6: Side,
    /// The family that is asked first: they take turns.
    turn: Family,
}

impl UpdateGroup {
    /// A group without members, which has been sent nothing. `n` is what each of its sessions agreed on.
    pub fn new(n: Negotiated, seed: u64) -> Self {
        Self::with_paths(n, |_| 1, seed)
    }

    /// Likewise; of a family whose NLRI leave with path identifiers (RFC 7911), up to `most` paths of each net are told,
    /// the best first. A path keeps its identifier for as long as it is told, and each takes 20 octets, as if
    /// their number were the next power of two.
    pub fn with_paths(n: Negotiated, most: impl Fn(Family) -> u8, seed: u64) -> Self {
        let side = |family: Family, at| {
            Side::new(family, at, Slots::new(most(family), n.add_path_tx.contains(family)), seed)
        };
        let (v4, v6) = (side(Family::Ipv4Unicast, Place::V4), side(Family::Ipv6Unicast, Place::V6));
        Self { n, v4, v6, turn: Family::Ipv4Unicast }
    }

    /// What each of its sessions agreed on.
    pub const fn negotiated(&self) -> &Negotiated {
        &self.n
    }

    fn side(&self, family: Family) -> Option<&Side> {
        match family {
            _ if !self.n.families.contains(family) => None,
            Family::Ipv4Unicast => Some(&self.v4),
            Family::Ipv6Unicast => Some(&self.v6),
            _ => None,
        }
    }

    fn side_mut(&mut self, family: Family) -> Option<&mut Side> {
        match family {
            _ if !self.n.families.contains(family) => None,
            Family::Ipv4Unicast => Some(&mut self.v4),
            Family::Ipv6Unicast => Some(&mut self.v6),
            _ => None,
        }
    }

    /// The net at `at` has another best path, or another fate by export policy.
    pub fn changed(&mut self, at: Place) {
        let family = at.family();
        let (Place::V4(at) | Place::V6(at)) = at;
        if let Some(side) = self.side_mut(family) {
            side.changed(at);
        }
    }

    /// A peer's session is there: it is sent all the group has, then the End-of-RIB markers (RFC 4724 section 2). Paths
    /// through the AS `refuses` are not for it.
    pub fn join(&mut self, peer: PeerId, refuses: Option<Asn>) {
        self.join_with(peer, refuses, Had::default());
    }

    /// Likewise of a peer that comes from another group of the same [`Rib`], which tells as many paths: what it had
    /// there and is not to have is withdrawn.
    pub fn join_with(&mut self, peer: PeerId, refuses: Option<Asn>, had: Had) {
        self.leave(peer);
        for (family, had) in [(Family::Ipv4Unicast, had.v4), (Family::Ipv6Unicast, had.v6)] {
            if let Some(side) = self.side_mut(family) {
                side.join(peer, refuses, had);
            }
        }
    }

    /// A peer's session is gone.
    pub fn leave(&mut self, peer: PeerId) {
        self.v4.leave(peer);
        self.v6.leave(peer);
    }

    /// A peer goes to another group, with what it has.
    pub fn take_out(&mut self, peer: PeerId) -> Had {
        Had { v4: self.v4.take_out(peer), v6: self.v6.take_out(peer) }
    }

    /// The one member that the group is to have is told no more than `limit` paths of `family`: others are held back until
    /// some of those are withdrawn, or the limit is another one. A lower limit takes nothing back.
    pub fn set_limit(&mut self, family: Family, limit: Option<usize>) {
        if let Some(side) = self.side_mut(family) {
            side.set_limit(limit);
        }
    }

    /// How many paths of `family` are held back.
    pub fn held_len(&self, family: Family) -> usize {
        self.side(family).map_or(0, Side::held_len)
    }

    /// A member asked for all of `family` again (RFC 2918).
    pub fn refresh(&mut self, peer: PeerId, family: Family) {
        if let Some(side) = self.side_mut(family) {
            side.refresh(peer);
        }
    }

    /// Appends UPDATEs for a member to `buf` and returns how many; `None` where nothing waits. That is one piece of work: some
    /// thousand nets at most, fewer where there are many members. It may come to no UPDATE for this one, 0.
    ///
    /// `told` says what the group's members shall have of a best path, as export policy makes it, and whose path it is:
    /// it may choose another one. Where several paths of a net are told, it is asked of each, which then stands as best.
    pub fn poll_transmit(
        &mut self,
        peer: PeerId,
        rib: &Rib,
        told: &mut impl FnMut(Net, &Path) -> Option<(AttrSet, PeerId)>,
        buf: &mut Vec<u8>,
    ) -> Option<u64> {
        for family in [self.turn, other(self.turn)] {
            let n = self.n;
            let Some(side) = self.side_mut(family) else { continue };
            let sent = side.poll_transmit(peer, &n, rib, told, buf);
            if sent.is_some_and(|messages| messages > 0) {
                self.turn = other(family);
            }
            if sent.is_some() {
                return sent;
            }
        }
        None
    }

    /// Whether the place of a net must be kept for this group.
    pub fn uses(&self, at: Place) -> bool {
        match at {
            Place::V4(at) => self.v4.uses(at),
            Place::V6(at) => self.v6.uses(at),
        }
    }

    /// What a member has been sent of `family`, sorted: the net, the path identifier or 0, and the attributes.
    pub fn advertised<'g>(&'g self, peer: PeerId, family: Family, rib: &Rib) -> Vec<(Net, u32, &'g AttrSet)> {
        let side = self.side(family).into_iter();
        let all = side.flat_map(|side| side.advertised(peer));
        let mut paths: Vec<_> =
            all.filter_map(|(at, path_id, attrs)| Some((rib.at(at)?.0, path_id, attrs))).collect();
        paths.sort_unstable_by_key(|(net, path_id, _)| (*net, *path_id));
        paths
    }

    /// What a member has been sent of the net at `at`: the path identifier or 0, and the attributes.
    pub fn advertised_at(&self, peer: PeerId, at: Place) -> impl Iterator<Item = (u32, &AttrSet)> {
        let side = self.side(at.family()).into_iter();
        let (Place::V4(at) | Place::V6(at)) = at;
        side.flat_map(move |side| side.advertised_at(peer, at))
    }

    /// How many paths of `family` a member has been sent.
    pub fn advertised_len(&self, peer: PeerId, family: Family) -> usize {
        self.side(family).map_or(0, |side| side.advertised_len(peer))
    }

    /// How many nets wait to be looked at, or to be sent to a member.
    pub fn waiting_len(&self, peer: PeerId) -> usize {
        self.v4.waiting_len(peer).saturating_add(self.v6.waiting_len(peer))
    }

    /// How often a net could not be sent because its attributes fill a message by themselves.
    pub const fn unsendable(&self) -> u64 {
        self.v4.unsendable().saturating_add(self.v6.unsendable())
    }
}

/// Which paths a member of a group has been sent, and whether End-of-RIB markers, when it goes to another ([`UpdateGroup::join_with`]).
#[derive(Default, Debug)]
pub struct Had {
    v4: HadSide,
    v6: HadSide,
}

const fn other(family: Family) -> Family {
    match family {
        Family::Ipv4Unicast => Family::Ipv6Unicast,
        _ => Family::Ipv4Unicast,
    }
}

impl fmt::Debug for UpdateGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateGroup").field("negotiated", &self.n).finish_non_exhaustive()
    }
}
