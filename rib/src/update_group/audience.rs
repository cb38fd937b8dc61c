//! Which members of a group are told of a net.

use crate::path::PeerId;
use alloc::sync::Arc;

/// Some of a group's members.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Audience {
    All,
    /// All but those whose path it is, or whose ASN is in it.
    AllBut(Arc<[PeerId]>),
    Only(PeerId),
}

impl Audience {
    pub(super) fn includes(&self, peer: PeerId) -> bool {
        match self {
            Self::All => true,
            Self::AllBut(list) => !list.contains(&peer),
            Self::Only(only) => *only == peer,
        }
    }

    /// Whom it leaves out.
    pub(super) fn left_out(&self) -> &[PeerId] {
        match self {
            Self::AllBut(list) => list,
            Self::All | Self::Only(_) => &[],
        }
    }
}
