//! What a speaker tells of itself.

use crate::orf::FilterRefused;
use crate::prefix_limit::LimitReached;
use crate::reconfigure::ImportChange;
use bgp_rib::{Net, PeerId};
use bgp_session::{Down, State};
use bgp_wire::{Family, Finding, Negotiated};
use std::time::Instant;

/// Something happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// When. For BFD, when the packet arrived or the detection time ended.
    pub at: Instant,
    /// Whose session it is about.
    pub peer: PeerId,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum What {
    /// The session changed its state.
    Session {
        /// The state before.
        from: State,
        /// The state after.
        to: State,
    },
    /// The session is Established.
    Up(Negotiated),
    /// The session, or an attempt at one, ended.
    Down(Down),
    /// The BFD session of this peer changed its state.
    Bfd(bfd::Change),
    /// One of two connections ended; the session goes on with the other.
    Dropped(Down),
    /// An UPDATE was malformed; what it came to.
    Malformed(Finding),
    /// The peer announced these nets in one UPDATE, whatever import made of them. Told where
    /// [`SpeakerConfig::tell_announced`](crate::SpeakerConfig::tell_announced) says so.
    Announced(Box<[Net]>),
    /// The peer has sent all it had of this family.
    EndOfRib(Family),
    /// The peer asked for all routes of this family again.
    RefreshAsked(Family),
    /// The peer asked to be told only what passes a filter (RFC 5291); how many entries that has now.
    Filter {
        /// The family.
        family: Family,
        /// How many entries.
        entries: usize,
    },
    /// What the peer asked for was refused, and its whole filter dropped (RFC 5291).
    FilterRefused {
        /// The family.
        family: Family,
        /// Why.
        why: FilterRefused,
    },
    /// The peer begins to send all routes of this family again (RFC 7313).
    RefreshBegins(Family),
    /// The peer has sent all routes of this family again: what it did not say is withdrawn.
    RefreshEnds(Family),
    /// The peer reached a limit of prefixes, or the percentage of it at which to warn.
    PrefixLimit {
        /// The family.
        family: Family,
        /// How many it may announce.
        limit: u32,
        /// How many paths it has here.
        count: usize,
        /// Which of both.
        reached: LimitReached,
    },
    /// What is announced to the peer reached a limit, or the percentage of it at which to warn.
    AnnouncedLimit {
        /// The family.
        family: Family,
        /// How many routes may be announced.
        limit: u32,
        /// How many were.
        count: usize,
        /// Which of both.
        reached: LimitReached,
    },
    /// The peer has another import policy: what becomes of its routes.
    ImportPolicy(ImportChange),
    /// What others say of prefixes changed, and so many of the peer's paths are judged otherwise than before.
    Revalidated(usize),
    /// Another path became the best of a net; the event's peer is where it came from, or where the lost
    /// one had come from.
    Best {
        /// The net.
        net: Net,
        /// Whether there is a path at all.
        reachable: bool,
    },
    /// The set of equal paths of a net changed: [`Engine::multipath`](crate::Engine::multipath) has them. Told
    /// where changes of best paths are.
    Multipath {
        /// The net.
        net: Net,
        /// How many paths are used together; 1 where the best has no equal any more, 0 where there is none.
        paths: usize,
    },
}
