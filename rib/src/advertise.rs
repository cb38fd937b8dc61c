//! Whether a path may be told to a peer at all, before export policy is asked.

use crate::attrs::Scope;
use crate::path::{Learned, Path, Standing};
use crate::step::Step;
use bgp_wire::PeerKind;
use core::fmt;

/// Why a path is not advertised to a peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotAdvertised {
    /// Import policy refused it.
    Rejected,
    /// Another path is better.
    NotBest(Step),
    /// The peer is where it came from.
    OwnPath,
    /// An internal peer told it, and internal peers tell each other themselves.
    InternalToInternal,
    /// It carries NO_ADVERTISE.
    NoAdvertise,
    /// It carries NO_EXPORT.
    NoExport,
    /// It carries NO_EXPORT_SUBCONFED.
    NoExportSubconfed,
}

impl NotAdvertised {
    /// The clause behind it, where one is.
    pub const fn cite(self) -> &'static str {
        match self {
            Self::Rejected => "RFC 4271 §9.1.1",
            Self::NotBest(step) => step.cite(),
            Self::OwnPath => "split horizon",
            Self::InternalToInternal => "RFC 4271 §9.2",
            Self::NoAdvertise | Self::NoExport | Self::NoExportSubconfed => "RFC 1997",
        }
    }
}

impl fmt::Display for NotAdvertised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected => f.write_str("refused by import policy"),
            Self::NotBest(step) => write!(f, "not the best path: {step}"),
            Self::OwnPath => f.write_str("came from this peer"),
            Self::InternalToInternal => f.write_str("internal paths are not told to internal peers"),
            Self::NoAdvertise => f.write_str("carries no-advertise"),
            Self::NoExport => f.write_str("carries no-export"),
            Self::NoExportSubconfed => f.write_str("carries no-export-subconfed"),
        }
    }
}
impl core::error::Error for NotAdvertised {}

/// Whether `path` may be told to peers of `kind`, but for the one it came from.
pub fn may_advertise(path: &Path, kind: PeerKind) -> Result<(), NotAdvertised> {
    match path.standing {
        Standing::Rejected => return Err(NotAdvertised::Rejected),
        Standing::Lost(step) => return Err(NotAdvertised::NotBest(step)),
        Standing::Best => {}
    }
    match (path.attrs.scope(), kind) {
        (Scope::Nobody, _) => Err(NotAdvertised::NoAdvertise),
        (Scope::WithinConfederation, PeerKind::External) => Err(NotAdvertised::NoExport),
        (Scope::WithinAs, PeerKind::External) => Err(NotAdvertised::NoExportSubconfed),
        (_, PeerKind::Internal) if path.learned == Learned::Internal => {
            Err(NotAdvertised::InternalToInternal)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use crate::path::{Because, PeerId};
    use Learned::{External, Internal, Local};
    use bgp_wire::{AttributeSet, Community, NextHop, Origin};

    /// (where it was learned, its standing, its community, kind of the receiver, what comes of it)
    #[test]
    fn who_may_be_told() {
        let (to_e, to_i) = (PeerKind::External, PeerKind::Internal);
        let plain = Community::new(64500, 1);
        let (best, lost) = (Standing::Best, Standing::Lost(Step::Med));
        let rows = [
            (Local, best, plain, to_e, Ok(())),
            (Local, best, plain, to_i, Ok(())),
            (External, best, plain, to_e, Ok(())),
            (External, best, plain, to_i, Ok(())),
            (Internal, best, plain, to_e, Ok(())),
            (Internal, best, plain, to_i, Err(NotAdvertised::InternalToInternal)),
            (External, best, Community::NO_EXPORT, to_e, Err(NotAdvertised::NoExport)),
            (External, best, Community::NO_EXPORT, to_i, Ok(())),
            (Internal, best, Community::NO_EXPORT, to_i, Err(NotAdvertised::InternalToInternal)),
            (Local, best, Community::NO_EXPORT_SUBCONFED, to_e, Err(NotAdvertised::NoExportSubconfed)),
            (Local, best, Community::NO_EXPORT_SUBCONFED, to_i, Ok(())),
            (Local, best, Community::NO_ADVERTISE, to_e, Err(NotAdvertised::NoAdvertise)),
            (Local, best, Community::NO_ADVERTISE, to_i, Err(NotAdvertised::NoAdvertise)),
            (External, lost, plain, to_e, Err(NotAdvertised::NotBest(Step::Med))),
            (External, Standing::Rejected, plain, to_e, Err(NotAdvertised::Rejected)),
        ];
        for (learned, standing, community, kind, want) in rows {
            let path = path(learned, standing, community);
            assert_eq!(may_advertise(&path, kind), want, "{path:?} to {kind:?}");
        }
    }

    fn path(learned: Learned, standing: Standing, community: Community) -> Path {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        set.communities.push(community);
        let attrs = Interner::new(0).intern(set);
        let (peer, because) = (PeerId(1), Because(0));
        Path { attrs, peer, path_id: 0, because, learned, standing, stale: crate::Stale::No }
    }
}
