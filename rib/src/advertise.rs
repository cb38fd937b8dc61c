//! Whether a path may be told to a peer at all, before export policy is asked.

use crate::attrs::Scope;
use crate::origin::{Learned, Relation};
use crate::path::{Path, Standing};
use crate::step::Step;
use core::fmt;

/// Why a path is not advertised to a peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotAdvertised {
    /// Import policy refused it.
    Rejected,
    /// It flaps too often to be used.
    Damped,
    /// Another path is better.
    NotBest(Step),
    /// The peer is where it came from.
    OwnPath,
    /// An internal peer told it that is no client of ours, and this peer is none either: they tell each other
    /// themselves.
    InternalToInternal,
    /// A client of ours told it, and clients tell each other themselves.
    ClientToClient,
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
            Self::Damped => "RFC 2439 §4.8.7",
            Self::NotBest(step) => step.cite(),
            Self::OwnPath => "split horizon",
            Self::InternalToInternal => "RFC 4271 §9.2, RFC 4456 §6",
            Self::ClientToClient => "RFC 4456 §10",
            Self::NoAdvertise | Self::NoExport | Self::NoExportSubconfed => "RFC 1997",
        }
    }
}

impl fmt::Display for NotAdvertised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected => f.write_str("refused by import policy"),
            Self::Damped => f.write_str("flaps too often to be used"),
            Self::NotBest(step) => write!(f, "not the best path: {step}"),
            Self::OwnPath => f.write_str("came from this peer"),
            Self::InternalToInternal => f.write_str("internal paths are not told to internal peers"),
            Self::ClientToClient => f.write_str("clients tell each other themselves"),
            Self::NoAdvertise => f.write_str("carries no-advertise"),
            Self::NoExport => f.write_str("carries no-export"),
            Self::NoExportSubconfed => f.write_str("carries no-export-subconfed"),
        }
    }
}
impl core::error::Error for NotAdvertised {}

/// Whether `path` may be told to peers that are so to us, but for the one it came from.
pub fn may_advertise(path: &Path, relation: Relation) -> Result<(), NotAdvertised> {
    match path.standing {
        Standing::Rejected => return Err(NotAdvertised::Rejected),
        Standing::Damped => return Err(NotAdvertised::Damped),
        Standing::Lost(step) => return Err(NotAdvertised::NotBest(step)),
        Standing::Best => {}
    }
    match (path.attrs.scope(), relation) {
        (Scope::Nobody, _) => Err(NotAdvertised::NoAdvertise),
        (Scope::WithinConfederation, Relation::External) => Err(NotAdvertised::NoExport),
        (Scope::WithinAs, Relation::External | Relation::Confederation) => {
            Err(NotAdvertised::NoExportSubconfed)
        }
        // A reflector tells what came from a client to all, and what came from others to clients.
        (_, Relation::Internal) if path.learned() == Learned::From(Relation::Internal) => {
            Err(NotAdvertised::InternalToInternal)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use crate::origin::Marks;
    use crate::path::{Because, PeerId};
    use crate::stale::Stale;
    use Learned::{From, Local};
    use Relation::{Client, Confederation, External, Internal};
    use bgp_wire::{AttributeSet, Community, NextHop, Origin};

    /// (where it was learned, its standing, its community, what the receiver is to us, what comes of it)
    #[test]
    fn who_may_be_told() {
        let plain = Community::new(64500, 1);
        let (export, subconfed) = (Community::NO_EXPORT, Community::NO_EXPORT_SUBCONFED);
        let (best, lost) = (Standing::Best, Standing::Lost(Step::Med));
        let no_internal = Err(NotAdvertised::InternalToInternal);
        let rows = [
            (Local, best, plain, External, Ok(())),
            (Local, best, plain, Internal, Ok(())),
            (From(External), best, plain, External, Ok(())),
            (From(External), best, plain, Internal, Ok(())),
            (From(External), best, plain, Client, Ok(())),
            (From(External), best, plain, Confederation, Ok(())),
            (From(Internal), best, plain, External, Ok(())),
            (From(Internal), best, plain, Confederation, Ok(())),
            (From(Internal), best, plain, Internal, no_internal),
            (From(Internal), best, plain, Client, Ok(())),
            (From(Client), best, plain, Internal, Ok(())),
            (From(Client), best, plain, Client, Ok(())),
            (From(Confederation), best, plain, Internal, Ok(())),
            (From(Confederation), best, plain, Confederation, Ok(())),
            (From(Confederation), best, plain, External, Ok(())),
            (From(External), best, export, External, Err(NotAdvertised::NoExport)),
            (From(External), best, export, Internal, Ok(())),
            (From(External), best, export, Confederation, Ok(())),
            (From(Internal), best, export, Internal, no_internal),
            (Local, best, subconfed, External, Err(NotAdvertised::NoExportSubconfed)),
            (Local, best, subconfed, Confederation, Err(NotAdvertised::NoExportSubconfed)),
            (Local, best, subconfed, Internal, Ok(())),
            (Local, best, Community::NO_ADVERTISE, External, Err(NotAdvertised::NoAdvertise)),
            (Local, best, Community::NO_ADVERTISE, Client, Err(NotAdvertised::NoAdvertise)),
            (From(External), lost, plain, External, Err(NotAdvertised::NotBest(Step::Med))),
            (From(External), Standing::Rejected, plain, External, Err(NotAdvertised::Rejected)),
            (From(External), Standing::Damped, plain, External, Err(NotAdvertised::Damped)),
        ];
        for (learned, standing, community, relation, want) in rows {
            let path = path(learned, standing, community);
            assert_eq!(may_advertise(&path, relation), want, "{path:?} to {relation:?}");
        }
    }

    fn path(learned: Learned, standing: Standing, community: Community) -> Path {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        set.communities.push(community);
        let attrs = Interner::new(0).intern(&set).unwrap();
        let (peer, because) = (PeerId(1), Because(0));
        let marks = Marks::new(learned, Stale::No);
        Path { attrs, peer, path_id: 0, because, weight: 0, standing, marks }
    }
}
