//! From an UPDATE to paths: loops, next hops, policy (RFC 4271 section 9.1).

use crate::config::PeerConfig;
use crate::edited::{Edited, edit_context};
use crate::export::Session;
use crate::reason::Reason;
use bgp_policy::{NoNextHop, Policy, RouteView};
use bgp_rib::{Announced, BestChange, Import, Interner, Net, Rib};
use bgp_wire::{AttributeSet, Nlri, PathNlri, PeerKind, Routes, Unfeasible};

/// What import must know of the session that an UPDATE came over.
pub(crate) struct Importer<'a> {
    pub(crate) config: &'a PeerConfig,
    pub(crate) session: &'a Session,
}

impl Importer<'_> {
    /// Applies what an UPDATE withdraws, then what it announces.
    pub(crate) fn routes(
        &self,
        routes: &Routes<'_>,
        interner: &mut Interner,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        self.withdraw(&routes.withdrawn, rib, out);
        for (next_hop, nlri) in routes.announced() {
            let set = AttributeSet::from_attrs(&routes.attrs, next_hop);
            match self.refused(&set) {
                Some(reason) => {
                    let attrs = interner.intern(set);
                    let import = Import::Rejected(reason.into());
                    rib.announce(self.session.peer, &attrs, nlri.iter().map(|n| announced(&n, import)), out);
                }
                None => self.judged(set, nlri, interner, rib, out),
            }
        }
    }

    /// Withdraws every prefix of these.
    pub(crate) fn withdraw(
        &self,
        gone: &Unfeasible<'_>,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        rib.withdraw(self.session.peer, gone.prefixes().map(|n| (Net::from(n.prefix), n.path_id)), out);
    }

    /// What makes every prefix with these attributes unusable, whatever policy says.
    fn refused(&self, set: &AttributeSet) -> Option<Reason> {
        let path = set.as_path.view();
        if path.contains(self.session.local_asn) {
            return Some(Reason::AsLoop);
        }
        if self.session.kind == PeerKind::External && path.neighbor() != Some(self.config.asn) {
            return Some(Reason::FirstAs);
        }
        (set.next_hop.addr() == self.session.local_address).then_some(Reason::OwnNextHop)
    }

    /// Asks policy of each prefix; those that come out with the same attributes share them.
    fn judged(
        &self,
        set: AttributeSet,
        nlri: Nlri<'_>,
        interner: &mut Interner,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let none = Policy::reject_all();
        let policy = self.config.import.as_deref().unwrap_or(&none);
        let attrs = interner.intern(set);
        let context = edit_context(self.session.local_asn, self.session.local_address);
        let mut edited = Edited::default();
        for n in nlri {
            let verdict =
                policy.evaluate(RouteView { prefix: n.prefix, attrs: &attrs, neighbor: self.config.asn });
            let because = Reason::Policy(verdict.because).into();
            let (attrs, import) = match edited.apply(&attrs, &verdict, &context, interner) {
                _ if !verdict.accept => (attrs.clone(), Import::Rejected(because)),
                Ok(attrs) => (attrs, Import::Accepted(because)),
                Err(NoNextHop) => (attrs.clone(), Import::Rejected(Reason::NoNextHop.into())),
            };
            rib.announce(self.session.peer, &attrs, [announced(&n, import)], out);
        }
    }
}

fn announced(nlri: &PathNlri, import: Import) -> Announced {
    Announced { path_id: nlri.path_id, ..Announced::new(nlri.prefix.into(), import) }
}
