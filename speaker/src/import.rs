//! From an UPDATE to paths (RFC 4271 section 9.1).

use crate::config::PeerConfig;
use crate::damping::Damping;
use crate::export::Session;
use crate::judge::{Judge, Judged};
use crate::sources::RouteSources;
use bgp_policy::Policy;
use bgp_rib::{Announced, AttrSet, BestChange, Interner, Net, Path, PeerId, Rib, Stale};
use bgp_wire::{AttributeSet, Family, Nlri, PathNlri, Routes, Unfeasible};
use std::iter;
use std::time::Instant;

/// What import must know of the session that an UPDATE came over.
pub(crate) struct Importer<'a> {
    config: &'a PeerConfig,
    session: &'a Session,
    /// Prefixes of IPv4 and of IPv6 that were passed over, because there are as many as there may be.
    pub(crate) blocked: [u64; 2],
    /// Whether the session is to be taken down soon (RFC 8326).
    draining: bool,
    sources: &'a RouteSources,
    /// Where the peer's routes are damped: what they have been up to, and the time.
    pub(crate) damping: Option<(&'a mut Damping, Instant)>,
}

impl<'a> Importer<'a> {
    pub(crate) const fn new(
        config: &'a PeerConfig,
        session: &'a Session,
        draining: bool,
        sources: &'a RouteSources,
    ) -> Self {
        Self { config, session, blocked: [0; 2], draining, sources, damping: None }
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
            rib.prefetch(nets(nlri));
            set.take_over(&routes.attrs, next_hop);
            rib.prefetch_paths(nets(nlri));
            self.judged(set, nlri, interner, rib, out);
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
        &mut self,
        gone: &Unfeasible<'_>,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        for nlri in gone.fields() {
            rib.prefetch(nets(nlri));
            rib.prefetch_paths(nets(nlri));
        }
        self.take_out(gone.prefixes(), rib, out);
    }

    fn take_out(
        &mut self,
        nlri: impl Iterator<Item = PathNlri>,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let peer = self.session.peer;
        let gone = nlri.map(|n| (Net::from(n.prefix), n.path_id));
        let Some((damping, now)) = &mut self.damping else { return rib.withdraw(peer, gone, out) };
        for (net, path_id) in gone {
            damping.withdrawn(held(rib, peer, net, path_id), net, path_id, *now);
            rib.withdraw(peer, [(net, path_id)], out);
        }
    }

    /// Asks of each prefix, or of one where it makes no difference which; neighbours of one verdict go together.
    fn judged(
        &mut self,
        set: &mut AttributeSet,
        nlri: Nlri<'_>,
        interner: &mut Interner,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let none = Policy::reject_all();
        let mut judge =
            Judge::begin((self.config, self.session, self.draining, self.sources), &none, set, None);
        let family = nlri.family();
        if !judge.asks_for_prefix() {
            if let Some(any) = nlri.iter().next() {
                let judged = judge.judge(any.prefix, set, interner);
                self.take_in(&judged, family, nlri.iter(), rib, out);
            }
            return;
        }
        let mut nlri = nlri.iter().peekable();
        while let Some(first) = nlri.next() {
            let judged = judge.judge(first.prefix, set, interner);
            let same =
                iter::from_fn(|| nlri.next_if(|next| judge.judge(next.prefix, set, interner) == judged));
            self.take_in(&judged, family, iter::once(first).chain(same), rib, out);
        }
    }

    /// Hands prefixes to the RIB of which import says the same. Refused ones of which nothing is kept take the place of
    /// earlier ones all the same.
    fn take_in(
        &mut self,
        (attrs, import, weight): &Judged,
        family: Family,
        nlri: impl Iterator<Item = PathNlri>,
        rib: &mut Rib,
        out: &mut impl FnMut(BestChange<'_>),
    ) {
        let Some(attrs) = attrs else { return self.take_out(nlri, rib, out) };
        // Its peer keeps it for long (RFC 9494 section 4.4).
        let stale = if attrs.is_stale() { Stale::Told } else { Stale::No };
        let (peer, weight) = (self.session.peer, *weight);
        let all = nlri.map(|PathNlri { path_id, prefix }| Announced {
            path_id,
            stale,
            weight,
            ..Announced::new(prefix.into(), *import)
        });
        if self.damping.is_none() {
            return self.announce(attrs, family, all, rib, out);
        }
        for announced in all {
            let Announced { net, path_id, .. } = announced;
            let before = held(rib, peer, net, path_id);
            let damped = self
                .damping
                .as_mut()
                .map(|(damping, now)| damping.announced(before, (net, path_id), attrs, *import, *now));
            let announced = Announced { import: damped.unwrap_or(*import), ..announced };
            self.announce(attrs, family, iter::once(announced), rib, out);
        }
    }
}

/// The nets of a field.
fn nets(nlri: Nlri<'_>) -> impl Iterator<Item = Net> + Clone {
    nlri.iter().map(|n| n.prefix.into())
}

/// The path that a peer has of a net.
fn held(rib: &Rib, peer: PeerId, net: Net, path_id: u32) -> Option<&Path> {
    rib.paths(net).iter().find(|path| (path.peer, path.path_id) == (peer, path_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SpeakerConfig;
    use crate::reason::Reason;
    use bgp_policy::{Action, Because, Decision, Edit, Match, Rule};
    use bgp_rib::PeerInfo;
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
        let sources = RouteSources::new(Asn(64500));
        let mut importer = Importer::new(&config, &session, false, &sources);
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
