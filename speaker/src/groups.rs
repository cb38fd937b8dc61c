//! The update groups: peers that are told the same share their Adj-RIB-Out.

use crate::aggregate::Aggregates;
use crate::export::{Exporter, Towards};
use crate::told::told;
use bgp_rib::{Had, Interner, Net, PeerId, Place, Rib, UpdateGroup};
use bgp_wire::{Asn, AttributeSet, Family, FamilySet, Negotiated};

/// A path that a peer has been told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToldPath {
    /// The net.
    pub net: Net,
    /// The path identifier that we gave it (RFC 7911); 0 where the session has none.
    pub path_id: u32,
    /// Its attributes, as they left.
    pub attrs: AttributeSet,
}

/// A peer that comes into a group, its ASN, and what it was told in another.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) peer: PeerId,
    pub(crate) asn: Asn,
    pub(crate) had: Had,
}

/// Which group a peer is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct GroupId(usize);

impl GroupId {
    /// None yet: who is in it is told nothing, not even that this is all.
    pub(crate) const NONE: Self = Self(usize::MAX);
}

#[derive(Debug)]
struct Group {
    towards: Towards,
    adj_out: UpdateGroup,
    exporter: Exporter,
    /// Whether no route leaves at all.
    is_told_nothing: bool,
    members: usize,
}

/// All groups that have members.
#[derive(Default, Debug)]
pub(crate) struct Groups(Vec<Option<Group>>);

impl Groups {
    /// Takes a peer into the group of those that are told the same.
    pub(crate) fn join(
        &mut self,
        Joining { peer, asn, had }: Joining,
        n: &Negotiated,
        towards: Towards,
        rib: &Rib,
        seed: u64,
    ) -> GroupId {
        let id = self.find(n, &towards).unwrap_or_else(|| self.begin(n, towards, rib, seed));
        if let Some(Some(group)) = self.0.get_mut(id.0) {
            let refuses = (!group.towards.rewriting.relation.is_internal()).then_some(asn);
            group.adj_out.join_with(peer, refuses, had);
            group.members = group.members.saturating_add(1);
        }
        id
    }

    fn find(&self, n: &Negotiated, towards: &Towards) -> Option<GroupId> {
        let same = |group: &Group| group.adj_out.negotiated() == n && group.towards == *towards;
        self.0.iter().position(|group| group.as_ref().is_some_and(same)).map(GroupId)
    }

    /// Begins a group, which is to look at every net.
    fn begin(&mut self, n: &Negotiated, towards: Towards, rib: &Rib, seed: u64) -> GroupId {
        let most = |family| towards.marks.several(family).unwrap_or(1);
        let mut adj_out = UpdateGroup::with_paths(*n, most, seed);
        for (family, limit) in Family::UNICAST.into_iter().zip(towards.limits()) {
            adj_out.set_limit(family, limit);
        }
        let is_told_nothing = towards.is_told_nothing();
        if !is_told_nothing {
            let families = Family::UNICAST.into_iter();
            families.flat_map(|family| rib.places(family)).for_each(|place| adj_out.changed(place));
        }
        let group = Group { towards, adj_out, exporter: Exporter::default(), is_told_nothing, members: 0 };
        let free = self.0.iter().position(Option::is_none).unwrap_or(self.0.len());
        match self.0.get_mut(free) {
            Some(place) => *place = Some(group),
            None => self.0.push(Some(group)),
        }
        GroupId(free)
    }

    /// Takes a peer out; a group goes with its last member.
    pub(crate) fn leave(&mut self, id: GroupId, peer: PeerId) {
        let Some(place) = self.0.get_mut(id.0) else { return };
        if let Some(group) = place {
            group.adj_out.leave(peer);
            group.members = group.members.saturating_sub(1);
        }
        place.take_if(|group| group.members == 0);
    }

    /// Takes a peer out that goes to another group, with what it has.
    pub(crate) fn take_out(&mut self, id: GroupId, peer: PeerId) -> Had {
        let group = self.0.get_mut(id.0).and_then(Option::as_mut);
        let had = group.map(|group| group.adj_out.take_out(peer)).unwrap_or_default();
        self.leave(id, peer);
        had
    }

    /// The net there has another best path.
    pub(crate) fn changed(&mut self, at: Place) {
        for group in self.0.iter_mut().flatten().filter(|group| !group.is_told_nothing) {
            group.adj_out.changed(at);
        }
    }

    /// A peer asked for all of `family` again.
    pub(crate) fn refresh(&mut self, id: GroupId, peer: PeerId, family: Family) {
        if let Some(Some(group)) = self.0.get_mut(id.0) {
            group.adj_out.refresh(peer, family);
        }
    }

    /// Appends UPDATEs for a peer, and returns how many; `None` where nothing waits.
    pub(crate) fn poll_transmit(
        &mut self,
        id: GroupId,
        peer: PeerId,
        rib: &Rib,
        aggregates: &Aggregates,
        interner: &mut Interner,
        buf: &mut Vec<u8>,
    ) -> Option<u64> {
        let Group { towards, adj_out, exporter, .. } = self.0.get_mut(id.0)?.as_mut()?;
        let told = &mut |net: Net, best: &_| {
            let summarised = aggregates.stand_for(net);
            if summarised { None } else { told(net, best, rib, towards, exporter, interner).ok() }
        };
        adj_out.poll_transmit(peer, rib, told, buf)
    }

    /// Whether some group needs the place of a net.
    pub(crate) fn use_place(&self, at: Place) -> bool {
        self.0.iter().flatten().any(|group| group.adj_out.uses(at))
    }

    /// What export to a peer depends on.
    pub(crate) fn towards(&self, id: GroupId) -> Option<&Towards> {
        self.0.get(id.0)?.as_ref().map(|group| &group.towards)
    }

    /// What a peer has been told, sorted by net and path identifier.
    pub(crate) fn told(&self, id: GroupId, peer: PeerId, rib: &Rib) -> Vec<ToldPath> {
        let Some(Some(group)) = self.0.get(id.0) else { return Vec::new() };
        let told = Family::UNICAST.into_iter().flat_map(|family| group.adj_out.advertised(peer, family, rib));
        told.map(|(net, path_id, attrs)| ToldPath { net, path_id, attrs: attrs.to_set() }).collect()
    }

    /// What a peer has been told of one net.
    pub(crate) fn told_of(&self, id: GroupId, peer: PeerId, net: Net, rib: &Rib) -> Vec<ToldPath> {
        let (Some(Some(group)), Some(at)) = (self.0.get(id.0), rib.place(net)) else { return Vec::new() };
        let told = group.adj_out.advertised_at(peer, at);
        told.map(|(path_id, attrs)| ToldPath { net, path_id, attrs: attrs.to_set() }).collect()
    }

    /// Gives the group of one limited peer other limits; `false` where it is none, or one of them is lower.
    pub(crate) fn raise_limits(&mut self, id: GroupId, limits: [Option<usize>; 2]) -> bool {
        let Some(Some(group)) = self.0.get_mut(id.0) else { return false };
        let Some((_, before)) = &mut group.towards.limited else { return false };
        if before.iter().zip(limits).any(|(old, new)| new.is_some_and(|new| old.is_none_or(|old| new < old)))
        {
            return false;
        }
        *before = limits;
        for (family, limit) in Family::UNICAST.into_iter().zip(limits) {
            group.adj_out.set_limit(family, limit);
        }
        true
    }

    /// How many routes are held back from a limited peer.
    pub(crate) fn held_len(&self, id: GroupId, family: Family) -> usize {
        self.0.get(id.0).and_then(Option::as_ref).map_or(0, |group| group.adj_out.held_len(family))
    }

    /// How many routes a peer has been told.
    pub(crate) fn told_len(&self, id: GroupId, peer: PeerId, families: FamilySet) -> usize {
        let Some(Some(group)) = self.0.get(id.0) else { return 0 };
        families.iter().map(|family| group.adj_out.advertised_len(peer, family)).sum()
    }
}
