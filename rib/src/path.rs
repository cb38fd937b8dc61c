//! Paths: what one peer offers for one net, and what became of it.

use crate::attrs::AttrSet;
use crate::net::Net;
use crate::place::Place;
use crate::stale::Stale;
use crate::step::Step;
use bgp_wire::PeerKind;
use core::net::{IpAddr, Ipv4Addr};

/// A configured peer, by the number its speaker gave it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PeerId(pub u32);

impl PeerId {
    /// This speaker: whose routes it originates itself. It is always up.
    pub const LOCAL: Self = Self(u32::MAX);
}

/// What the decision process needs to know of a peer while its session is up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeerInfo {
    /// External or internal.
    pub kind: PeerKind,
    /// Its BGP Identifier.
    pub router_id: Ipv4Addr,
    /// Its address on the session.
    pub addr: IpAddr,
}

/// Why policy decided as it did: the policy's own number, given back as it came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Because(pub u32);

/// What import policy made of a path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Import {
    /// It is a candidate.
    Accepted(Because),
    /// It is kept, so that it can be told why, and is never a candidate.
    Rejected(Because),
}

/// One net that a peer announces; the nets of an UPDATE share an attribute set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Announced {
    /// The net.
    pub net: Net,
    /// The path identifier of RFC 7911; 0 where the session has none.
    pub path_id: u32,
    /// What import policy made of it.
    pub import: Import,
    /// Whether it is what the peer says now.
    pub stale: Stale,
}

impl Announced {
    /// A fresh path without a path identifier.
    pub const fn new(net: Net, import: Import) -> Self {
        Self { net, path_id: 0, import, stale: Stale::No }
    }
}

/// A change to one peer's Adj-RIB-In.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The peer offers this path, in place of an earlier one of the same net and path identifier.
    Announce(Announced, AttrSet),
    /// The peer takes its path back.
    Withdraw {
        /// The net.
        net: Net,
        /// The path identifier of RFC 7911; 0 where the session has none.
        path_id: u32,
    },
}

/// Where a path was learned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Learned {
    /// This speaker originates it.
    Local,
    /// From an external peer.
    External,
    /// From an internal peer.
    Internal,
}

impl Learned {
    pub(crate) fn from(peer: PeerId, kind: PeerKind) -> Self {
        match kind {
            _ if peer == PeerId::LOCAL => Self::Local,
            PeerKind::External => Self::External,
            PeerKind::Internal => Self::Internal,
        }
    }
}

/// What became of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// It is the best path of its net.
    Best,
    /// The decision process eliminated it in this step.
    Lost(Step),
    /// Import policy refused it; [`Path::because`] says why.
    Rejected,
}

/// One peer's offer for one net: 24 octets and a share of its attribute set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// Its attributes, as import policy left them.
    pub attrs: AttrSet,
    /// The peer it came from.
    pub peer: PeerId,
    /// The path identifier of RFC 7911; 0 where the session has none.
    pub path_id: u32,
    /// Why import policy accepted or refused it.
    pub because: Because,
    /// Where it was learned.
    pub learned: Learned,
    /// What became of it.
    pub standing: Standing,
    /// Whether it is what the peer says now.
    pub stale: Stale,
}

impl Path {
    pub(crate) fn new(peer: PeerId, learned: Learned, announced: &Announced, attrs: AttrSet) -> Self {
        // An accepted path stands until a step eliminates it.
        let (standing, because) = match announced.import {
            Import::Accepted(because) => (Standing::Best, because),
            Import::Rejected(because) => (Standing::Rejected, because),
        };
        let Announced { path_id, stale, .. } = *announced;
        Self { attrs, peer, path_id, because, learned, standing, stale }
    }

    /// Whether import policy refused it.
    pub fn is_rejected(&self) -> bool {
        self.standing == Standing::Rejected
    }

    /// Whether an announcement of `other` would change nothing.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        (&self.attrs, self.because, self.stale, self.is_rejected())
            == (&other.attrs, other.because, other.stale, other.is_rejected())
    }

    /// Whether it is the same offer for those who only see the best path.
    pub(crate) fn leads_as(&self, other: &Self) -> bool {
        (&self.attrs, self.peer, self.path_id) == (&other.attrs, other.peer, other.path_id)
    }
}

/// Another path became the best of a net.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BestChange<'a> {
    /// The net.
    pub net: Net,
    /// Where it stands.
    pub at: Place,
    /// The best path until now.
    pub old: Option<&'a Path>,
    /// The best path from now on.
    pub new: Option<&'a Path>,
}
