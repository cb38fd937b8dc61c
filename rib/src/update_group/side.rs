//! One family of an update group.

use super::audience::Audience;
use super::bits::Bits;
use super::buckets::Buckets;
use super::entries::{Entries, Sent};
use super::log::{Chunk, Log};
use super::member::{Audiences, CatchingUp, Member, Mode};
use super::slots::Slots;
use super::write;
use crate::attrs::AttrSet;
use crate::net::Net;
use crate::path::{Path, PeerId, Standing};
use crate::place::Place;
use crate::rib::Rib;
use crate::table::wide;
use alloc::vec::Vec;
use bgp_wire::{Asn, Family, Negotiated, UpdateWriter};

/// How many nets are looked at in one go, at most.
const WINDOW: usize = if cfg!(test) { 3 } else { 4096 };

/// How many nets, times how many members each of them concerns.
const WORK: usize = if cfg!(test) { 8 } else { 1 << 19 };

/// About how many octets of UPDATEs are written in one go: what a socket takes.
const ROOM: usize = 1 << 16;

/// How many octets a member may leave unread before it has to catch up net by net.
const BEHIND: u64 = if cfg!(test) { 300 } else { 1 << 22 };

pub(super) struct Side {
    family: Family,
    at: fn(u32) -> Place,
    slots: Slots,
    /// The path identifiers that paths came with, by slot, where more than one path of a net is told.
    pub(super) came_with: Vec<u32>,
    pub(super) entries: Entries,
    pub(super) members: Vec<Member>,
    /// How many paths the member of the group may be told, and the slots of those that it is not told for that.
    pub(super) limit: Option<usize>,
    pub(super) held: Bits,
    log: Log,
    buckets: Buckets<Audience>,
    /// For what was sent, and for what is.
    audiences: [Audiences; 2],
    fits: write::Fits,
    unsendable: u64,
}

/// What a group is told of a net with this best path, and whose path that is; `None` is nothing.
pub(super) type Told<'t> = dyn FnMut(Net, &Path) -> Option<(AttrSet, PeerId)> + 't;

/// What a member has been sent of one family.
#[derive(Default, Debug)]
pub(super) struct HadSide {
    slots: Bits,
    /// The attributes, where they are known.
    knows: Option<Vec<Option<AttrSet>>>,
    /// The End-of-RIB marker, too.
    ended: bool,
}

impl Side {
    pub(super) fn new(family: Family, at: fn(u32) -> Place, slots: Slots, seed: u64) -> Self {
        Self {
            family,
            at,
            slots,
            came_with: Vec::new(),
            entries: Entries::new(slots),
            members: Vec::new(),
            limit: None,
            held: Bits::default(),
            log: Log::default(),
            buckets: Buckets::new(seed),
            audiences: Default::default(),
            fits: write::Fits::default(),
            unsendable: 0,
        }
    }

    pub(super) fn changed(&mut self, at: u32) {
        self.entries.changed(at);
    }

    /// A new member: it is to have what the group has, in place of `had`.
    pub(super) fn join(&mut self, peer: PeerId, refuses: Option<Asn>, had: HadSide) {
        let until = if had.slots.len() > 0 { self.all_taken() } else { 0 };
        let mut catching_up = CatchingUp::of(had.slots, had.knows, until);
        // What waits to be looked at is compared then.
        let settled = catching_up.has.iter().filter(|slot| !self.entries.waits(self.slots.place(*slot)));
        settled.for_each(|slot| catching_up.differs.set(slot, true));
        let mut left_out = 0;
        let end_of_rib = (!had.ended).then(|| self.all_taken());
        let mut member = Member { peer, refuses, mode: Mode::InStep(0), end_of_rib, left_out: 0 };
        for (at, attrs, source) in self.entries.iter() {
            catching_up.differs.set(at, true);
            left_out += usize::from(member.is_left_out(attrs, source));
        }
        (member.mode, member.left_out) = (Mode::CatchingUp(catching_up), left_out);
        self.members.push(member);
        self.audiences = Default::default();
    }

    /// The number of changed nets taken when those that wait now have been.
    const fn all_taken(&self) -> u64 {
        self.entries.ever_taken().saturating_add(self.entries.changed_len() as u64)
    }

    pub(super) fn leave(&mut self, peer: PeerId) {
        self.members.retain(|member| member.peer != peer);
        self.audiences = Default::default();
        self.forget_read();
    }

    /// A member goes elsewhere; returns what it has.
    pub(super) fn take_out(&mut self, peer: PeerId) -> HadSide {
        let who = self.position(peer);
        who.into_iter().for_each(|who| self.fall_behind(who));
        let member = who.and_then(|who| self.members.get_mut(who));
        let ended = member.as_ref().is_some_and(|member| member.end_of_rib.is_none());
        let has = member.map(|member| core::mem::replace(&mut member.mode, Mode::InStep(0)));
        self.leave(peer);
        let Some(Mode::CatchingUp(catching_up)) = has else { return HadSide { ended, ..HadSide::default() } };
        HadSide { knows: self.known(&catching_up), slots: catching_up.has, ended }
    }

    /// The attributes of what a member has, by slot: the group's, where it does not differ. Of one that has not caught up since it
    /// came from another group nothing is known.
    fn known(&self, member: &CatchingUp) -> Option<Vec<Option<AttrSet>>> {
        if member.until > self.entries.ever_taken() || member.knows.is_some() {
            return None;
        }
        let mut known = Vec::new();
        for (at, attrs, _) in self.entries.iter() {
            if member.has.contains(at) && !member.differs.contains(at) {
                known.resize(wide(at), None);
                known.push(Some(attrs.clone()));
            }
        }
        Some(known)
    }

    /// The member is to be sent all it has again.
    pub(super) fn refresh(&mut self, peer: PeerId) {
        let Some(who) = self.position(peer) else { return };
        self.fall_behind(who);
        let Some(Member { mode: Mode::CatchingUp(catching_up), .. }) = self.members.get_mut(who) else {
            return;
        };
        catching_up.knows = None;
        self.entries.iter().for_each(|(at, ..)| catching_up.differs.set(at, true));
    }

    pub(super) fn position(&self, peer: PeerId) -> Option<usize> {
        self.members.iter().position(|member| member.peer == peer)
    }

    /// Appends UPDATEs for a member, and returns how many; `None` where nothing waits. It is one piece of work.
    pub(super) fn poll_transmit(
        &mut self,
        peer: PeerId,
        n: &Negotiated,
        rib: &Rib,
        told: &mut Told<'_>,
        buf: &mut Vec<u8>,
    ) -> Option<u64> {
        let who = self.position(peer)?;
        match self.members.get_mut(who)? {
            Member { mode: Mode::CatchingUp(catching_up), .. } => {
                // Who keeps up takes the changes, unless nobody does or they are all that is left.
                let settled = catching_up.differs.len() == 0;
                if settled || !self.members.iter().any(Member::is_in_step) {
                    self.take_changes(n, rib, told);
                }
                Some(self.catch_up(who, n, rib, buf))
            }
            Member { mode: Mode::InStep(next), end_of_rib, .. } => {
                if let Some(sent) = self.log.read(*next, peer, buf) {
                    *next = next.saturating_add(1);
                    self.forget_read();
                    return Some(sent);
                }
                if end_of_rib.take_if(|after| *after <= self.entries.ever_taken()).is_some() {
                    UpdateWriter::end_of_rib(buf, n, self.family);
                    return Some(1);
                }
                self.take_changes(n, rib, told).then_some(0)
            }
        }
    }

    /// Looks at nets that changed, and writes what that means to the members in step; `false` where there are none.
    fn take_changes(&mut self, n: &Negotiated, rib: &Rib, told: &mut Told<'_>) -> bool {
        let mut chunk = self.log.begin();
        let mut any = false;
        for _ in 0..self.window() {
            if self.buckets.octets() > ROOM {
                break;
            }
            let Some(at) = self.entries.take_changed() else { break };
            any = true;
            if self.slots.are_identified() {
                self.several_become(at, n, rib, told, &mut chunk);
            } else {
                let new = self.told(at, n, rib, told);
                self.becomes(at, new, &mut chunk);
            }
        }
        self.release();
        let (family, at, slots) = (self.family, self.at, self.slots);
        self.buckets.drain(|common, marked| {
            let nets = &mut marked.filter_map(|slot| slots.nlri(slot, at, rib));
            let messages = write::updates(common.attrs.as_ref(), nets, n, family, &mut chunk.octets);
            chunk.close_segment(&common.audience, messages);
        });
        self.log.push(chunk);
        self.leave_behind();
        any
    }

    /// How many nets are looked at in one go: the fewer, the more members there are to be told of each.
    fn window(&self) -> usize {
        WORK.checked_div(self.members.len()).map_or(WINDOW, |nets| nets.clamp(1, WINDOW))
    }

    /// Whoever has left most of the log unread, if that is too much, reads it no more. It is one member each time, for it
    /// is a walk over all nets.
    fn leave_behind(&mut self) {
        let next = |member: &Member| match member.mode {
            Mode::InStep(next) => Some(next),
            Mode::CatchingUp(_) => None,
        };
        let in_step = (0..).zip(&self.members).filter_map(|(who, member)| Some((next(member)?, who)));
        let last = in_step.min().filter(|(next, _)| self.log.octets_from(*next) > BEHIND);
        last.into_iter().for_each(|(_, who)| self.fall_behind(who));
    }

    pub(super) const fn slots(&self) -> Slots {
        self.slots
    }

    pub(super) fn place(&self, at: u32) -> Place {
        (self.at)(at)
    }

    /// What the group is to have of the net at `at`.
    fn told(&mut self, at: u32, n: &Negotiated, rib: &Rib, told: &mut Told<'_>) -> Option<Sent> {
        let (net, paths) = rib.at((self.at)(at))?;
        let best = paths.iter().find(|path| path.standing == Standing::Best)?;
        let (attrs, source) = told(net, best)?;
        self.fits(&attrs, n).then_some(Sent { attrs, source })
    }

    /// Whether the attributes leave room for a prefix.
    pub(super) fn fits(&mut self, attrs: &AttrSet, n: &Negotiated) -> bool {
        let fits = self.fits.check(attrs, n, self.family);
        self.unsendable = self.unsendable.saturating_add((!fits).into());
        fits
    }

    /// The group has `new` in a slot from now on: notes what each member must be told.
    pub(super) fn becomes(&mut self, at: u32, new: Option<Sent>, chunk: &mut Chunk) {
        let new = self.within_limit(at, new);
        let Self { entries, members, buckets, audiences: [was, is], .. } = self;
        let is = new.as_ref().map(|new| is.of(&new.attrs, new.source, members));
        let old = entries.set_sent(at, new);
        let attrs = entries.sent(at).map(|(attrs, _)| attrs);
        let was = old.as_ref().map(|old| was.of(&old.attrs, old.source, members));
        let same = old.as_ref().map(|old| &old.attrs) == attrs;
        // Who has come from another group may have what this one never had.
        for member in members.iter_mut() {
            if let Mode::CatchingUp(catching_up) = &mut member.mode
                && catching_up.has.contains(at)
            {
                catching_up.differs.set(at, true);
            }
        }
        if same && was == is {
            return;
        }
        let left_out = |audience: &Option<Audience>, member: &Member| {
            audience.as_ref().is_some_and(|audience| !audience.includes(member.peer))
        };
        let mut in_step = false;
        for member in members.iter_mut() {
            let gone = usize::from(left_out(&was, member));
            member.left_out = member.left_out.saturating_sub(gone) + usize::from(left_out(&is, member));
            match &mut member.mode {
                Mode::CatchingUp(catching_up) => catching_up.differs.set(at, true),
                Mode::InStep(_) => in_step = true,
            }
        }
        if !in_step {
            return;
        }
        chunk.note(at, was.clone());
        let (was, is) = (was.as_ref(), is.as_ref());
        let mut tell = |attrs: Option<&AttrSet>, audience: &Audience| buckets.push(attrs, audience, at);
        // Whoever had it and is left out from now on.
        for peer in is.map_or(&[][..], Audience::left_out) {
            if was.is_some_and(|was| was.includes(*peer)) {
                tell(None, &Audience::Only(*peer));
            }
        }
        match (was, is) {
            // Those who were left out until now; the others have it.
            (Some(was), Some(is)) if same => {
                for peer in was.left_out().iter().filter(|peer| is.includes(**peer)) {
                    tell(attrs, &Audience::Only(*peer));
                }
            }
            (_, Some(is)) => tell(attrs, is),
            (Some(was), None) => tell(None, was),
            (None, None) => {}
        }
    }

    /// Appends UPDATEs about nets in which a member differs, and returns how many; one without any is in step.
    fn catch_up(&mut self, who: usize, n: &Negotiated, rib: &Rib, buf: &mut Vec<u8>) -> u64 {
        let Self { entries, members, buckets, log, .. } = self;
        let Some(member) = members.get_mut(who) else { return 0 };
        let mut mode = core::mem::replace(&mut member.mode, Mode::InStep(log.end()));
        if let Mode::CatchingUp(catching_up) = &mut mode {
            for _ in 0..WINDOW {
                if buckets.octets() > ROOM {
                    break;
                }
                let Some(at) = catching_up.next() else { break };
                let sent = entries.sent(at).filter(|(attrs, source)| !member.is_left_out(attrs, *source));
                let attrs = sent.map(|(attrs, _)| attrs);
                let has_just_this = catching_up.has_just(at, attrs);
                if attrs.is_some() || catching_up.has.contains(at) {
                    catching_up.has.set(at, attrs.is_some());
                    if !has_just_this {
                        buckets.push(attrs, &Audience::All, at);
                    }
                }
            }
            if catching_up.differs.len() > 0 || catching_up.until > entries.ever_taken() {
                member.mode = mode;
            }
        }
        let (family, at, slots, mut sent) = (self.family, self.at, self.slots, 0u64);
        self.buckets.drain(|common, marked| {
            let nets = &mut marked.filter_map(|slot| slots.nlri(slot, at, rib));
            sent = sent.saturating_add(write::updates(common.attrs.as_ref(), nets, n, family, buf));
        });
        sent
    }

    /// A member reads the log no more; what it has and what it lacks is noted net by net.
    fn fall_behind(&mut self, who: usize) {
        let Self { entries, members, log, .. } = self;
        let Some(member) = members.get_mut(who) else { return };
        let Mode::InStep(next) = member.mode else { return };
        let mut catching_up = CatchingUp::default();
        for (at, attrs, source) in entries.iter() {
            catching_up.has.set(at, !member.is_left_out(attrs, source));
        }
        for (at, had) in log.places_from(next, member.peer) {
            if !catching_up.differs.contains(at) {
                catching_up.differs.set(at, true);
                catching_up.has.set(at, had);
            }
        }
        member.mode = Mode::CatchingUp(catching_up);
        self.forget_read();
    }

    fn forget_read(&mut self) {
        let unread = self.members.iter().filter_map(|member| match member.mode {
            Mode::InStep(next) => Some(next),
            Mode::CatchingUp(_) => None,
        });
        let before = unread.min().unwrap_or_else(|| self.log.end());
        self.log.forget_before(before);
    }

    /// Whether the place of a net must be kept.
    pub(super) fn uses(&self, at: u32) -> bool {
        let has = |member: &Member| match &member.mode {
            Mode::CatchingUp(catching_up) => self.slots.of(at).any(|slot| catching_up.has.contains(slot)),
            Mode::InStep(_) => false,
        };
        // Whoever falls behind will still look at the places in what it has not read.
        self.entries.uses(at) || !self.log.is_empty() || self.members.iter().any(has)
    }

    /// What a member has been sent, or is about to be: where the net is, and the path identifier.
    pub(super) fn advertised(&self, peer: PeerId) -> impl Iterator<Item = (Place, u32, &AttrSet)> {
        let member = self.members.iter().find(move |member| member.peer == peer);
        let has = move |slot, attrs, source| member.is_some_and(|member| member.has(slot, attrs, source));
        self.entries
            .iter()
            .filter(move |(slot, attrs, source)| has(*slot, attrs, *source))
            .map(|(slot, attrs, _)| ((self.at)(self.slots.place(slot)), self.slots.path_id(slot), attrs))
    }

    /// Of the net at `at` alone.
    pub(super) fn advertised_at(&self, peer: PeerId, at: u32) -> impl Iterator<Item = (u32, &AttrSet)> {
        let member = self.members.iter().find(move |member| member.peer == peer);
        self.slots.of(at).filter_map(move |slot| {
            let (attrs, source) = self.entries.sent(slot)?;
            member?.has(slot, attrs, source).then_some((self.slots.path_id(slot), attrs))
        })
    }

    /// How many paths that are.
    pub(super) fn advertised_len(&self, peer: PeerId) -> usize {
        match self.position(peer).and_then(|who| self.members.get(who)) {
            Some(Member { mode: Mode::CatchingUp(catching_up), .. }) => catching_up.has.len(),
            Some(member) => self.entries.sent_len().saturating_sub(member.left_out),
            None => 0,
        }
    }

    /// How many nets may still have to be sent to a member.
    pub(super) fn waiting_len(&self, peer: PeerId) -> usize {
        let waiting = match self.position(peer).and_then(|who| self.members.get(who)) {
            Some(Member { mode: Mode::CatchingUp(catching_up), .. }) => catching_up.differs.len(),
            Some(Member { mode: Mode::InStep(next), .. }) => self.log.places_from(*next, peer).count(),
            None => return 0,
        };
        waiting.saturating_add(self.entries.changed_len())
    }

    #[cfg(test)]
    pub(super) fn is_catching_up(&self, peer: PeerId) -> bool {
        self.position(peer).and_then(|who| self.members.get(who)).is_some_and(|member| !member.is_in_step())
    }

    pub(super) const fn unsendable(&self) -> u64 {
        self.unsendable
    }
}
