//! Where a path comes from, in one octet of it.

use crate::path::PeerId;
use crate::stale::Stale;
use bgp_wire::PeerKind;

/// What a peer is to this speaker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Relation {
    /// Of another AS.
    External,
    /// Of another member AS of our confederation (RFC 5065).
    Confederation,
    /// Of our AS, or of our member AS.
    Internal,
    /// Internal, and we are its route reflector (RFC 4456).
    Client,
}

impl Relation {
    /// Whether the peer is of our AS, a client or not.
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::Internal | Self::Client)
    }
}

impl From<PeerKind> for Relation {
    fn from(kind: PeerKind) -> Self {
        match kind {
            PeerKind::External => Self::External,
            PeerKind::Internal => Self::Internal,
        }
    }
}

/// Where a path was learned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Learned {
    /// This speaker originates it.
    Local,
    /// From a peer that is so to us.
    From(Relation),
}

impl Learned {
    pub(crate) fn from(peer: PeerId, relation: Relation) -> Self {
        if peer == PeerId::LOCAL { Self::Local } else { Self::From(relation) }
    }

    /// Whether a peer of another AS told it, one of our confederation not counted.
    pub const fn is_external(self) -> bool {
        matches!(self, Self::From(Relation::External))
    }

    /// Whether a peer of our own AS told it.
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::From(relation) if relation.is_internal())
    }
}

/// [`Learned`], [`Stale`] and whether the path is one of several equal ones, now and before the decision under
/// way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Marks(u8);

impl Marks {
    const LEARNED: u8 = 0b0000_0111;
    const STALE: u8 = 0b0001_1000;
    const KEPT: u8 = 0b0000_1000;
    const KEPT_LONG: u8 = 0b0001_0000;
    const MULTIPATH: u8 = 0b0010_0000;
    const WAS_MULTIPATH: u8 = 0b0100_0000;

    pub(crate) const fn new(learned: Learned, stale: Stale) -> Self {
        let learned = match learned {
            Learned::Local => 0,
            Learned::From(Relation::External) => 1,
            Learned::From(Relation::Confederation) => 2,
            Learned::From(Relation::Internal) => 3,
            Learned::From(Relation::Client) => 4,
        };
        Self(learned).with_stale(stale)
    }

    pub(crate) const fn learned(self) -> Learned {
        Learned::From(match self.0 & Self::LEARNED {
            0 => return Learned::Local,
            1 => Relation::External,
            2 => Relation::Confederation,
            3 => Relation::Internal,
            _ => Relation::Client,
        })
    }

    pub(crate) const fn stale(self) -> Stale {
        match self.0 & Self::STALE {
            0 => Stale::No,
            Self::KEPT => Stale::Kept,
            Self::KEPT_LONG => Stale::KeptLong,
            _ => Stale::Told,
        }
    }

    #[must_use]
    pub(crate) const fn with_stale(self, stale: Stale) -> Self {
        let bits = match stale {
            Stale::No => 0,
            Stale::Kept => Self::KEPT,
            Stale::KeptLong => Self::KEPT_LONG,
            Stale::Told => Self::STALE,
        };
        Self(self.0 & !Self::STALE | bits)
    }

    pub(crate) const fn is_multipath(self) -> bool {
        self.0 & Self::MULTIPATH != 0
    }

    #[must_use]
    pub(crate) const fn multipath(self) -> Self {
        Self(self.0 | Self::MULTIPATH)
    }

    /// A decision begins: what was so is remembered, nothing is so yet.
    #[must_use]
    pub(crate) const fn begin_decision(self) -> Self {
        let was = if self.is_multipath() { Self::WAS_MULTIPATH } else { 0 };
        Self(self.0 & !(Self::MULTIPATH | Self::WAS_MULTIPATH) | was)
    }

    /// Whether the decision made it one of several equal paths, or no longer one.
    pub(crate) const fn multipath_changed(self) -> bool {
        self.is_multipath() != (self.0 & Self::WAS_MULTIPATH != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_octet_holds_all_of_it() {
        use Relation::{Client, Confederation, External, Internal};
        let all = [Learned::Local].into_iter();
        for learned in all.chain([External, Confederation, Internal, Client].map(Learned::From)) {
            for stale in [Stale::No, Stale::Kept, Stale::KeptLong, Stale::Told] {
                let marks = Marks::new(learned, stale);
                let again = marks.multipath().with_stale(Stale::Kept).with_stale(stale);
                for (marks, multipath) in [(marks, false), (again, true)] {
                    let seen = (marks.learned(), marks.stale(), marks.is_multipath());
                    assert_eq!(seen, (learned, stale, multipath));
                }
                let next = again.begin_decision();
                assert_eq!((next.is_multipath(), next.multipath_changed()), (false, true));
                assert!(!next.multipath().multipath_changed());
            }
        }
    }
}
