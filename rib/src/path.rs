//! Paths: what one peer offers for one net, and what became of it.

use crate::attrs::AttrSet;
use crate::net::Net;
use crate::origin::{Learned, Marks, Relation};
use crate::place::Place;
use crate::stale::Stale;
use crate::step::Step;
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
    /// External, of our confederation, internal, or a client.
    pub relation: Relation,
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
    /// It is accepted, but it has flapped too often (RFC 2439): no candidate until [`Rib::reuse`](crate::Rib::reuse).
    Damped(Because),
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
    /// How much it is wanted here, whatever it carries: the first thing that counts, and never told.
    pub weight: u16,
    /// Whether it is what the peer says now.
    pub stale: Stale,
}

impl Announced {
    /// A fresh path without a path identifier and of no weight.
    pub const fn new(net: Net, import: Import) -> Self {
        Self { net, path_id: 0, import, weight: 0, stale: Stale::No }
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

/// What became of a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// It is the best path of its net.
    Best,
    /// The decision process eliminated it in this step.
    Lost(Step),
    /// It flaps too often to be used (RFC 2439).
    Damped,
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
    /// How much it is wanted here.
    pub weight: u16,
    /// What became of it.
    pub standing: Standing,
    pub(crate) marks: Marks,
}

impl Path {
    pub(crate) fn new(peer: PeerId, learned: Learned, announced: &Announced, attrs: AttrSet) -> Self {
        // An accepted path stands until a step eliminates it.
        let (standing, because) = match announced.import {
            Import::Accepted(because) => (Standing::Best, because),
            Import::Rejected(because) => (Standing::Rejected, because),
            Import::Damped(because) => (Standing::Damped, because),
        };
        let Announced { path_id, weight, stale, .. } = *announced;
        Self { attrs, peer, path_id, because, weight, standing, marks: Marks::new(learned, stale) }
    }

    /// The same offer, as stale as this and with these attributes.
    pub(crate) fn made(&self, stale: Stale, attrs: AttrSet) -> Self {
        Self { attrs, marks: self.marks.with_stale(stale), ..self.clone() }
    }

    /// The same, as if it were the best.
    pub(crate) fn into_best(self) -> Self {
        Self { standing: Standing::Best, ..self }
    }

    /// Where it was learned.
    pub fn learned(&self) -> Learned {
        self.marks.learned()
    }

    /// Whether it is what the peer says now.
    pub fn stale(&self) -> Stale {
        self.marks.stale()
    }

    /// Whether it is one of several equal paths that are used together, the best of them included.
    pub fn is_multipath(&self) -> bool {
        self.marks.is_multipath()
    }

    /// Whether import policy refused it.
    pub fn is_rejected(&self) -> bool {
        self.standing == Standing::Rejected
    }

    /// Whether the decision process may choose it.
    pub fn is_candidate(&self) -> bool {
        !matches!(self.standing, Standing::Rejected | Standing::Damped)
    }

    /// Whether it flaps too often to be used.
    pub fn is_damped(&self) -> bool {
        self.standing == Standing::Damped
    }

    /// What import made of it.
    pub fn import(&self) -> Import {
        match self.standing {
            Standing::Rejected => Import::Rejected(self.because),
            Standing::Damped => Import::Damped(self.because),
            Standing::Best | Standing::Lost(_) => Import::Accepted(self.because),
        }
    }

    /// Whether an announcement of `other` would change nothing.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |path: &Self| (path.import(), path.weight, path.stale());
        self.attrs == other.attrs && said(self) == said(other)
    }

    /// Whether it is the same offer for those who only see the best path.
    pub(crate) fn leads_as(&self, other: &Self) -> bool {
        (self.peer, self.path_id) == (other.peer, other.path_id) && self.attrs.says_the_same_as(&other.attrs)
    }
}

/// Another path became the best of a net, or the paths equal to it are others.
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
    /// Whether the set of equal paths changed ([`Multipath`](crate::Multipath)). The best path may be the
    /// same.
    pub multipath: bool,
}

impl BestChange<'_> {
    /// Whether another path is the best.
    pub fn best(&self) -> bool {
        match (self.old, self.new) {
            (Some(old), Some(new)) => !old.leads_as(new),
            (old, new) => old.is_some() || new.is_some(),
        }
    }
}
