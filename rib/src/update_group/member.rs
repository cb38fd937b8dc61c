//! One peer of an update group, for one family.

use super::audience::Audience;
use super::bits::Bits;
use crate::attrs::AttrSet;
use crate::path::PeerId;
use crate::table::wide;
use alloc::vec::Vec;
use bgp_wire::Asn;

/// A peer, and how far it has come.
pub(super) struct Member {
    pub(super) peer: PeerId,
    /// Paths through this AS are not for it: it would refuse them (RFC 4271 section 9.1.2).
    pub(super) refuses: Option<Asn>,
    pub(super) mode: Mode,
    /// The End-of-RIB marker follows when so many changed nets have been taken.
    pub(super) end_of_rib: Option<u64>,
    /// How many nets the group has that are not for this one.
    pub(super) left_out: usize,
}

pub(super) enum Mode {
    /// It has what the group has, but for the chunks of the log from this number on.
    InStep(u64),
    /// It is sent what the group has, net by net: a new member, one that asked for all again, or a slow one.
    CatchingUp(CatchingUp),
}

/// A bit or two a net, however far behind it is.
#[derive(Default)]
pub(super) struct CatchingUp {
    /// Nets in which it may differ from the group.
    pub(super) differs: Bits,
    /// Nets that it has.
    pub(super) has: Bits,
    /// Where the walk goes on.
    pub(super) from: u32,
    /// It may have what the group never had, until so many changed nets have been taken.
    pub(super) until: u64,
    /// The attributes that it has by slot, where it came from another group and they are known: a word a net, until it has
    /// caught up.
    pub(super) knows: Option<Vec<Option<AttrSet>>>,
}

impl CatchingUp {
    /// One that comes with this, and is compared to the group by when so many changed nets have been taken.
    pub(super) fn of(has: Bits, knows: Option<Vec<Option<AttrSet>>>, until: u64) -> Self {
        Self { has, until, knows, ..Self::default() }
    }

    /// Whether it has something in a slot, and just this; it does from now on.
    pub(super) fn has_just(&mut self, slot: u32, attrs: Option<&AttrSet>) -> bool {
        let Some(knows) = &mut self.knows else { return false };
        if wide(slot) >= knows.len() {
            knows.resize(wide(slot).saturating_add(1), None);
        }
        let Some(known) = knows.get_mut(wide(slot)) else { return false };
        let had = core::mem::replace(known, attrs.cloned());
        had.is_some_and(|had| Some(&had) == attrs)
    }

    /// The next net that may differ. The walk begins anew at the end: meanwhile others may have changed.
    pub(super) fn next(&mut self) -> Option<u32> {
        let next = self.differs.take_from(self.from).or_else(|| self.differs.take_from(0))?;
        self.from = next.saturating_add(1);
        Some(next)
    }
}

impl Member {
    pub(super) fn is_left_out(&self, attrs: &AttrSet, source: PeerId) -> bool {
        self.peer == source || self.refuses.is_some_and(|asn| attrs.as_path().contains(asn))
    }

    /// Whether it has been sent, or is about to be, what the group has in a slot.
    pub(super) fn has(&self, slot: u32, attrs: &AttrSet, source: PeerId) -> bool {
        match &self.mode {
            Mode::CatchingUp(catching_up) => catching_up.has.contains(slot),
            Mode::InStep(_) => !self.is_left_out(attrs, source),
        }
    }

    pub(super) const fn is_in_step(&self) -> bool {
        matches!(self.mode, Mode::InStep(_))
    }
}

/// Finds who is left out. Nets with the same attributes follow each other: the last answer is kept.
#[derive(Default)]
pub(super) struct Audiences(Option<(AttrSet, PeerId, Audience)>);

impl Audiences {
    pub(super) fn of(&mut self, attrs: &AttrSet, source: PeerId, members: &[Member]) -> Audience {
        if let Some((last, from, audience)) = &self.0
            && (last, from) == (attrs, &source)
        {
            return audience.clone();
        }
        let left_out: Vec<_> =
            members.iter().filter(|member| member.is_left_out(attrs, source)).map(|m| m.peer).collect();
        let audience = if left_out.is_empty() { Audience::All } else { Audience::AllBut(left_out.into()) };
        self.0 = Some((attrs.clone(), source, audience.clone()));
        audience
    }
}
