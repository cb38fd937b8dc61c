//! The steps of the decision process, as output names them.

use core::fmt;

/// A step of the decision process, in the order in which they are taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// The next hop must be reachable.
    NextHop,
    /// Any path before one that is kept stale for long.
    Stale,
    /// The highest weight.
    Weight,
    /// The highest LOCAL_PREF.
    LocalPref,
    /// A route this speaker originates before one it learned.
    Local,
    /// The shortest AS_PATH.
    AsPathLength,
    /// The lowest ORIGIN.
    Origin,
    /// The lowest MULTI_EXIT_DISC: among paths of one neighbouring AS, or of all.
    Med,
    /// External before internal; a confederation's other members count as internal.
    External,
    /// The lowest interior cost to the next hop.
    IgpCost,
    /// The lowest BGP Identifier, or ORIGINATOR_ID where a route reflector set one.
    RouterId,
    /// The shortest CLUSTER_LIST.
    ClusterListLength,
    /// The lowest address of the peer; of one address twice, the lower [`PeerId`](crate::PeerId).
    PeerAddress,
    /// The lowest path identifier of one peer.
    PathId,
}

impl Step {
    /// The name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NextHop => "next hop unreachable",
            Self::Stale => "stale for long",
            Self::Weight => "lower weight",
            Self::LocalPref => "lower local preference",
            Self::Local => "not local",
            Self::AsPathLength => "longer AS path",
            Self::Origin => "worse origin",
            Self::Med => "higher MED",
            Self::External => "internal, not external",
            Self::IgpCost => "higher cost to the next hop",
            Self::RouterId => "higher router id",
            Self::ClusterListLength => "longer cluster list",
            Self::PeerAddress => "higher peer address",
            Self::PathId => "higher path identifier",
        }
    }

    /// The clause behind it.
    pub const fn cite(self) -> &'static str {
        match self {
            Self::NextHop => "RFC 4271 §9.1.2.1",
            Self::Stale => "RFC 9494 §4.3",
            Self::Weight => "this speaker's own choice",
            Self::LocalPref => "RFC 4271 §9.1.2",
            Self::Local => "RFC 4271 §9.4",
            Self::AsPathLength => "RFC 4271 §9.1.2.2 a",
            Self::Origin => "RFC 4271 §9.1.2.2 b",
            Self::Med => "RFC 4271 §9.1.2.2 c",
            Self::External => "RFC 4271 §9.1.2.2 d, RFC 5065 §5.3",
            Self::IgpCost => "RFC 4271 §9.1.2.2 e",
            Self::RouterId => "RFC 4271 §9.1.2.2 f, RFC 4456 §9",
            Self::ClusterListLength => "RFC 4456 §9",
            Self::PeerAddress => "RFC 4271 §9.1.2.2 g",
            Self::PathId => "RFC 7911 §3",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
