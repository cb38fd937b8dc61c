//! From an UPDATE to paths: loops, next hops, policy (RFC 4271 section 9.1).

use crate::config::PeerConfig;
use crate::edited::{Edited, NotEdited, edit_context};
use crate::export::Session;
use crate::otc;
use crate::reason::Reason;
use bgp_policy::{Policy, RouteView};
use bgp_rib::{Announced, AttrSet, BestChange, Import, Interner, Net, Path, Relation, Rib, Stale};
use bgp_wire::{AttributeSet, Community, Family, Nlri, PathNlri, Routes, TooLong, Unfeasible};
use std::iter;

/// What became of a prefix: its attributes, whether it is accepted, and its weight.
type Judged = (AttrSet, Import, u16);

/// What import must know of the session that an UPDATE came over.
pub(crate) struct Importer<'a> {
    pub(crate) config: &'a PeerConfig,
    pub(crate) session: &'a Session,
    /// Prefixes of IPv4 and of IPv6 that were passed over, because there are as many as there may be.
    pub(crate) blocked: [u64; 2],
    /// Whether the session is to be taken down soon (RFC 8326).
    draining: bool,
}

impl<'a> Importer<'a> {
    pub(crate) const fn new(config: &'a PeerConfig, session: &'a Session, draining: bool) -> Self {
        Self { config, session, blocked: [0; 2], draining }
    }

    /// Applies what an UPDATE withdraws, then what it announces. `set` is room for its attributes.
    pub(crate) fn routes(
        &mut self,
        routes: &Routes<'_>,
        set: &mut AttributeSet,
        interner: &mut Interner,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        self.withdraw(&routes.withdrawn, rib, out);
        for (next_hop, nlri) in routes.announced() {
            rib.prefetch(nlri.iter().map(|n| n.prefix.into()));
            set.take_over(&routes.attrs, next_hop);
            match self.refused(set).or_else(|| self.leaked(set)) {
                Some(reason) => {
                    let (attrs, too_long) = as_it_came(set, interner);
                    let import = Import::Rejected(too_long.unwrap_or(reason).into());
                    self.announce(
                        &attrs,
                        nlri.family(),
                        nlri.iter().map(|n| announced(&n, import)),
                        rib,
                        out,
                    );
                }
                None => self.judged(set, nlri, interner, rib, out),
            }
        }
    }

    /// Hands paths of one family to the RIB, unless the peer has as many there as it may.
    fn announce(
        &mut self,
        attrs: &AttrSet,
        family: Family,
        all: impl Iterator<Item = Announced>,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let peer = self.session.peer;
        let Some(most) = self.config.max_prefixes.most(family) else {
            return rib.announce(peer, attrs, all, out);
        };
        for announced in all {
            let replaces = |path: &Path| (path.peer, path.path_id) == (peer, announced.path_id);
            if rib.counts(peer, family).paths() < most || rib.paths(announced.net).iter().any(replaces) {
                rib.announce(peer, attrs, [announced], out);
            } else {
                let [v4, v6] = &mut self.blocked;
                let blocked = if family == Family::Ipv4Unicast { v4 } else { v6 };
                *blocked = blocked.saturating_add(1);
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
        let Session { rewriting, loops, .. } = self.session;
        if let Some(reason) = loops.refuse(set, rewriting.relation, self.config.asn, self.config.routing) {
            return Some(reason);
        }
        (set.next_hop.addr() == rewriting.local_address).then_some(Reason::OwnNextHop)
    }

    /// What is wrong with a route between these roles; marks one that is right (RFC 9234 section 5).
    fn leaked(&self, set: &mut AttributeSet) -> Option<Reason> {
        let role =
            self.config.offers.role.filter(|_| self.session.rewriting.relation == Relation::External)?;
        (!otc::received(role, self.config.asn, set)).then_some(Reason::RouteLeak)
    }

    /// Asks policy of each prefix, or of one where it makes no difference which; neighbours of one verdict go together.
    fn judged(
        &mut self,
        set: &AttributeSet,
        nlri: Nlri<'_>,
        interner: &mut Interner,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let none = Policy::reject_all();
        let (config, session) = (self.config, self.session);
        let policy = config.import.as_deref().unwrap_or(&none);
        let context = edit_context(session.rewriting.local_asn, session.rewriting.local_address);
        let (draining, external) = (self.draining, session.rewriting.relation == Relation::External);
        let mark = |set: &AttributeSet| shut_down(set, draining, external);
        let (mut edited, mut came) = (Edited::default(), None);
        let mut judge = |n: &PathNlri| -> Judged {
            let route = RouteView { prefix: n.prefix, attrs: set, neighbor: config.asn };
            let verdict = policy.evaluate(route);
            let mut why = Reason::Policy(verdict.because);
            if verdict.accept {
                why = match edited.apply(set, &verdict, &context, interner, mark) {
                    Ok(attrs) => {
                        let weight = verdict.weight().unwrap_or(config.routing.weight);
                        return (attrs, Import::Accepted(why.into()), weight);
                    }
                    Err(NotEdited::NoNextHop) => Reason::NoNextHop,
                    Err(NotEdited::TooLong) => Reason::TooLong,
                };
            }
            let (attrs, too_long) = came.get_or_insert_with(|| as_it_came(set, interner));
            (attrs.clone(), Import::Rejected(too_long.unwrap_or(why).into()), config.routing.weight)
        };
        let family = nlri.family();
        if !policy.asks_for_prefix() {
            if let Some(any) = nlri.iter().next() {
                self.take_in(&judge(&any), family, nlri.iter(), rib, out);
            }
            return;
        }
        let mut nlri = nlri.iter().peekable();
        while let Some(first) = nlri.next() {
            let judged = judge(&first);
            let same = iter::from_fn(|| nlri.next_if(|next| judge(next) == judged));
            self.take_in(&judged, family, iter::once(first).chain(same), rib, out);
        }
    }

    /// Hands prefixes to the RIB of which policy says the same.
    fn take_in(
        &mut self,
        (attrs, import, weight): &Judged,
        family: Family,
        nlri: impl Iterator<Item = PathNlri>,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        // Its peer keeps it for long (RFC 9494 section 4.4).
        let stale = if attrs.is_stale() { Stale::Told } else { Stale::No };
        let all = nlri.map(|n| Announced { stale, weight: *weight, ..announced(&n, *import) });
        self.announce(attrs, family, all, rib, out);
    }
}

/// A route of a session that is to be taken down soon, as our operator or an external peer says, is the last choice (RFC
/// 8326 section 4.2): what it becomes.
fn shut_down(set: &AttributeSet, draining: bool, external: bool) -> Option<AttributeSet> {
    let told = || external && set.communities.contains(&Community::GRACEFUL_SHUTDOWN);
    (draining || told()).then(|| AttributeSet { local_pref: Some(0), ..set.clone() })
}

/// What is kept of a route that is refused, and why it is refused whatever else is wrong.
fn as_it_came(set: &AttributeSet, interner: &mut Interner) -> (AttrSet, Option<Reason>) {
    match interner.intern(set) {
        Ok(attrs) => (attrs, None),
        Err(TooLong) => (interner.intern_bare(set), Some(Reason::TooLong)),
    }
}

fn announced(nlri: &PathNlri, import: Import) -> Announced {
    Announced { path_id: nlri.path_id, ..Announced::new(nlri.prefix.into(), import) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SpeakerConfig;
    use bgp_policy::{Action, Because, Decision, Edit, Match, Rule};
    use bgp_rib::{PeerId, PeerInfo};
    use bgp_wire::{
        Asn, Family, Fit, Negotiated, NextHop, Origin, PeerKind, Received, UpdateWriter, frame, update,
    };
    use std::net::IpAddr;
    use std::sync::Arc;

    const PEER: PeerId = PeerId(0);
    const NETS: [&str; 3] = ["198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24"];

    /// Imports one UPDATE that announces `NETS`, and tells what became of each.
    fn imported(
        path: &[u32],
        hop: [u8; 4],
        kind: PeerKind,
        import: Option<Policy>,
    ) -> Vec<(Reason, AttributeSet)> {
        let n = Negotiated::new(kind);
        let mut set = AttributeSet::new(Origin::Igp, NextHop::from(IpAddr::V4(hop.into())));
        set.as_path = path.iter().copied().map(Asn).collect();
        set.local_pref = (kind == PeerKind::Internal).then_some(100);
        let mut bytes = Vec::new();
        let mut writer = UpdateWriter::announce(&mut bytes, &n, Family::Ipv4Unicast, &set).unwrap();
        for net in NETS {
            let nlri = PathNlri { path_id: 0, prefix: net.parse().unwrap() };
            assert_eq!(writer.push(&nlri), Fit::Added);
        }
        writer.finish();
        let parsed = update(frame(&bytes, 4096).unwrap().unwrap().body, &n).unwrap();
        let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };

        let (mut interner, mut rib) = (Interner::new(1), Rib::new(1));
        let asn = if kind == PeerKind::External { Asn(64501) } else { Asn(64500) };
        let address = IpAddr::V4([192, 0, 2, 2].into());
        let config = PeerConfig { import: import.map(Arc::new), ..PeerConfig::new("peer", address, asn) };
        let local_address = IpAddr::V4([192, 0, 2, 1].into());
        let speaker = SpeakerConfig::new(Asn(64500), [192, 0, 2, 1].into());
        let session = Session::new(PEER, &speaker, &config, local_address);
        rib.peer_up(
            PEER,
            PeerInfo { relation: kind.into(), router_id: [192, 0, 2, 2].into(), addr: address },
            &mut |_| {},
        );
        let mut importer = Importer::new(&config, &session, false);
        importer.routes(&routes, &mut set, &mut interner, &mut rib, &mut |_| {});
        let paths = NETS.map(|net| rib.paths(net.parse().unwrap())[0].clone());
        paths.into_iter().map(|p| (Reason::from(p.because), p.attrs.to_set())).collect()
    }

    /// (path, next hop, kind of peer, why)
    #[test]
    fn what_is_refused_before_policy_and_what_is_not() {
        use PeerKind::{External, Internal};
        let by_default = Reason::Policy(Because::Default);
        for (path, hop, kind, want) in [
            (&[64501][..], [192, 0, 2, 2], External, by_default),
            (&[64501, 64499], [192, 0, 2, 2], External, by_default),
            (&[64501, 64500], [192, 0, 2, 2], External, Reason::AsLoop),
            (&[64499, 64501], [192, 0, 2, 2], External, Reason::FirstAs),
            (&[], [192, 0, 2, 2], External, Reason::FirstAs),
            (&[], [192, 0, 2, 2], Internal, by_default),
            (&[64499], [192, 0, 2, 9], Internal, by_default),
            (&[64501], [192, 0, 2, 1], External, Reason::OwnNextHop),
        ] {
            let got = imported(path, hop, kind, Some(Policy::accept_all()));
            assert!(got.iter().all(|(reason, _)| *reason == want), "{path:?} {hop:?}: {:?}", got[0].0);
        }
    }

    #[test]
    fn without_a_policy_nothing_is_accepted() {
        let got = imported(&[64501], [192, 0, 2, 2], PeerKind::External, None);
        assert!(got.iter().all(|(reason, _)| *reason == Reason::Policy(Because::NoPolicy)));
    }

    #[test]
    fn policy_judges_and_edits_prefix_by_prefix() {
        let rule = Rule {
            name: "the second".into(),
            when: [Match::Prefix([NETS[1].parse().unwrap()].into_iter().collect())].into(),
            edits: [Edit::SetMed(5)].into(),
            then: Action::Accept,
        };
        let policy = Policy::new("one", vec![rule], Decision::Reject).unwrap();
        let got = imported(&[64501], [192, 0, 2, 2], PeerKind::External, Some(policy));
        let seen: Vec<_> = got.iter().map(|(reason, attrs)| (*reason, attrs.med)).collect();
        let refused = (Reason::Policy(Because::Default), None);
        assert_eq!(seen, [refused, (Reason::Policy(Because::Rule(0)), Some(5)), refused]);
    }

    #[test]
    fn what_is_announced_is_told_where_it_is_to_be() {
        use crate::event::What;
        use crate::testing::{Rig, peer};
        for tell_announced in [false, true] {
            let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
            let mut rig = Rig::with(SpeakerConfig { tell_announced, ..config });
            // Refused, and told all the same.
            let id = rig.establish(PeerConfig { import: None, ..peer(1) }, &[]);
            rig.announce(id, &NETS);
            rig.withdraw(id, &NETS);
            let told = rig.events.iter().filter_map(|what| match what {
                What::Announced(nets) => Some(nets.iter().map(ToString::to_string).collect::<Vec<_>>()),
                _ => None,
            });
            let want: Vec<Vec<String>> =
                tell_announced.then(|| NETS.map(str::to_owned).to_vec()).into_iter().collect();
            assert_eq!(told.collect::<Vec<_>>(), want);
        }
    }

    #[test]
    fn several_paths_of_one_peer_compete_and_go_one_by_one() {
        use crate::testing::{Rig, peer};
        use bgp_wire::{AddPath, Capability, FamilySet};
        let mut config = peer(1);
        config.offers.add_path_rx = FamilySet::EVERY;
        let sends = [AddPath { family: Family::Ipv4Unicast.afi_safi(), receive: false, send: true }];
        let mut rig = Rig::new();
        let id = rig.establish(config, &[Capability::AddPath(sends.as_slice().into())]);
        rig.announce_with(id, &["1 198.51.100.0/24"], |set| set.med = Some(9));
        rig.announce_with(id, &["2 198.51.100.0/24"], |set| set.med = Some(5));
        let of_best = |rig: &Rig| rig.engine.best(NETS[0].parse().unwrap()).map(|best| best.path_id);
        assert_eq!((rig.paths(NETS[0]).len(), of_best(&rig)), (2, Some(2)));
        rig.withdraw(id, &["2 198.51.100.0/24"]);
        assert_eq!((rig.paths(NETS[0]).len(), of_best(&rig)), (1, Some(1)));
        rig.withdraw(id, &["1 198.51.100.0/24"]);
        assert_eq!(of_best(&rig), None);
    }
}
