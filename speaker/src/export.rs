//! From the best path to what a peer is told: split horizon, RFC 8212, rewriting, policy (RFC 4271 section 9.1.3).

use crate::config::PeerConfig;
use crate::edited::{Edited, edit_context};
use bgp_policy::{Because, Policy, RouteView};
use bgp_rib::{AttrSet, Interner, Learned, Net, NotAdvertised, Path, PeerId, may_advertise};
use bgp_wire::{Asn, AttributeSet, NextHop, PeerKind};
use std::fmt;
use std::net::IpAddr;

/// Why a path is not told to a peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotExported {
    /// The rules of BGP forbid it.
    NotAdvertised(NotAdvertised),
    /// The peer's own ASN is in the path: it would refuse it (RFC 4271 section 9.1.2).
    PeerLoop,
    /// Export policy refuses it.
    Policy(Because),
    /// The session has no address of the route's family to give as next hop.
    NoNextHop,
}

impl NotExported {
    /// The reason in words; `policy` is the one that decided.
    pub fn explain(self, policy: Option<&Policy>) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| match (self, policy) {
            (Self::NotAdvertised(why), _) => write!(f, "{why} ({})", why.cite()),
            (Self::PeerLoop, _) => f.write_str("the peer's own ASN is in the AS path (RFC 4271 §9.1.2)"),
            (Self::Policy(because), Some(policy)) => write!(f, "{}", policy.explain(because)),
            (Self::Policy(_), None) => f.write_str("no export policy for this external peer (RFC 8212)"),
            (Self::NoNextHop, _) => f.write_str("the session has no address of the route's family"),
        })
    }
}

/// What export must know of the session that a route is to leave by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) peer: PeerId,
    pub(crate) kind: PeerKind,
    pub(crate) local_asn: Asn,
    /// Our address on the session.
    pub(crate) local_address: IpAddr,
}

/// Export to one peer; remembers what it made of the last attribute set, which the next net mostly shares.
#[derive(Default, Debug)]
pub(crate) struct Exporter {
    rewritten: Option<(AttrSet, Learned, AttrSet)>,
    edited: Edited,
}

impl Exporter {
    /// What the peer is told of `path`, or why nothing.
    pub(crate) fn export(
        &mut self,
        net: Net,
        path: &Path,
        session: &Session,
        config: &PeerConfig,
        interner: &mut Interner,
    ) -> Result<AttrSet, NotExported> {
        may_advertise(path, session.peer, session.kind).map_err(NotExported::NotAdvertised)?;
        if session.kind == PeerKind::External && path.attrs.as_path.view().contains(config.asn) {
            return Err(NotExported::PeerLoop);
        }
        let none = Policy::reject_all();
        let policy = config.export.as_deref().unwrap_or(&none);
        let base = self.rewritten(path, session, interner).ok_or(NotExported::NoNextHop)?;
        let verdict = policy.evaluate(RouteView { prefix: net.prefix(), attrs: &base, neighbor: config.asn });
        if !verdict.accept {
            return Err(NotExported::Policy(verdict.because));
        }
        let context = edit_context(session.local_asn, session.local_address);
        self.edited.apply(&base, &verdict, &context, interner).map_err(|_| NotExported::NoNextHop)
    }

    /// The attributes as they go out before policy edits them.
    fn rewritten(&mut self, path: &Path, session: &Session, interner: &mut Interner) -> Option<AttrSet> {
        if let Some((from, learned, to)) = &self.rewritten
            && (from, learned) == (&path.attrs, &path.learned)
        {
            return Some(to.clone());
        }
        let to = interner.intern(rewrite(&path.attrs, path.learned, session)?);
        self.rewritten = Some((path.attrs.clone(), path.learned, to.clone()));
        Some(to)
    }
}

/// What RFC 4271 section 5.1 asks of attributes that leave by `session`; `None` where no next hop fits.
fn rewrite(attrs: &AttributeSet, learned: Learned, session: &Session) -> Option<AttributeSet> {
    let mut out = attrs.clone();
    match session.kind {
        PeerKind::External => {
            out.as_path.prepend(session.local_asn, 1);
            out.local_pref = None;
            // Section 5.1.4: another AS's MED says nothing to a third.
            out.med = attrs.med.filter(|_| learned == Learned::Local);
            let given = learned == Learned::Local && !attrs.next_hop.addr().is_unspecified();
            out.next_hop = if given { attrs.next_hop } else { own_next_hop(attrs.next_hop, session)? };
        }
        PeerKind::Internal => {
            out.local_pref = Some(attrs.local_pref.unwrap_or(AttrSet::DEFAULT_LOCAL_PREF));
            if attrs.next_hop.addr().is_unspecified() {
                out.next_hop = own_next_hop(attrs.next_hop, session)?;
            }
        }
    }
    Some(out)
}

/// Our own address in the family of `old`.
fn own_next_hop(old: NextHop, session: &Session) -> Option<NextHop> {
    (old.addr().is_ipv4() == session.local_address.is_ipv4()).then(|| session.local_address.into())
}
