//! What the peers of a group are told of a net: the best path, what is best of those that a route server's client may
//! be told, or several paths (RFC 7911).

use crate::export::{Exporter, NotExported, Towards, left_out};
use bgp_rib::{AttrSet, Interner, Net, Path, PeerId, Rib};

/// What those `towards` whom it goes are told of `net`, and whose path that is; or why nothing.
///
/// A client of a route server must not want for a route because the best path is one that it may not be told, or its
/// own (RFC 7947 section 2.3). Where there is none for it, the best path stands, and is left out. Where several paths
/// are told, each is asked about in its turn, as the best of those that are left.
pub(crate) fn told(
    net: Net,
    best: &Path,
    rib: &Rib,
    towards: &Towards,
    exporter: &mut Exporter,
    interner: &mut Interner,
) -> Result<(AttrSet, PeerId), NotExported> {
    let relation = towards.rewriting.relation;
    if towards.marks.several(net.family()).is_some() {
        let why = towards.client.and_then(|(client, asn)| left_out(best, client, asn, relation));
        let told = exporter.export(net, best, rib, towards, interner);
        return why.map_or(told.map(|attrs| (attrs, best.peer)), Err);
    }
    let own = towards.client.and_then(|(client, asn)| {
        rib.best_among(net, |path| {
            left_out(path, client, asn, relation).is_none()
                && exporter.export(net, path, rib, towards, interner).is_ok()
        })
    });
    let path = own.as_ref().unwrap_or(best);
    exporter.export(net, path, rib, towards, interner).map(|attrs| (attrs, path.peer))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Rig, peer};
    use crate::{
        Confederation, DecisionOptions, LocalRoute, Multipath, PeerConfig, PeerId, PeerRouting, Reach,
        SpeakerConfig, Standing, What,
    };
    use bgp_policy::{Action, Decision, Match, Policy, Rule};
    use bgp_wire::{AsPathBuf, Asn, AttributeSet};
    use std::num::NonZeroU16;
    use std::sync::Arc;

    const NET: &str = "198.51.100.0/24";

    /// What a peer is told: AS path and next hop, or why nothing.
    fn told(rig: &Rig, peer: PeerId) -> String {
        match rig.engine.export_of(NET.parse().unwrap(), peer) {
            Some(Ok(attrs)) => format!("{} via {}", attrs.as_path, attrs.next_hop),
            Some(Err(why)) => why,
            None => "nothing".to_owned(),
        }
    }

    fn path(text: &str) -> impl Fn(&mut AttributeSet) {
        let path: AsPathBuf = text.parse().unwrap();
        move |set| (set.as_path, set.local_pref) = (path.clone(), Some(100))
    }

    /// What left until now does not count.
    fn drain(rig: &mut Rig) {
        rig.engine.peers().for_each(|peer| _ = rig.sent(peer));
    }

    fn client(n: u8) -> PeerConfig {
        let routing = PeerRouting { route_server_client: true, ..PeerRouting::default() };
        PeerConfig { routing, ..peer(n) }
    }

    /// Refuses what has this ASN in its path.
    fn not_from(asn: u32) -> Arc<Policy> {
        let range: bgp_policy::AsnRange = asn.to_string().parse().unwrap();
        let in_path = Match::AsnInPath([range].into_iter().collect());
        let rule = Rule { name: "no".into(), when: [in_path].into(), edits: [].into(), then: Action::Reject };
        Arc::new(Policy::new("not-from", vec![rule], Decision::Accept).unwrap())
    }

    #[test]
    fn a_route_server_hides_itself_and_no_path() {
        let mut rig = Rig::new();
        let [a, b, c] = [1, 2, 3].map(|n| rig.establish(client(n), &[]));
        let picky = rig.establish(PeerConfig { export: Some(not_from(64501)), ..client(4) }, &[]);
        drain(&mut rig);
        rig.announce(a, &[NET]);
        rig.announce_with(b, &[NET], path("64502 64999"));
        assert_eq!(told(&rig, c), "64501 via 192.0.2.1");
        // The best is its own, or refused to it: it is told the other.
        assert_eq!(told(&rig, a), "64502 64999 via 192.0.2.2");
        assert_eq!(told(&rig, picky), "64502 64999 via 192.0.2.2");
        drain(&mut rig);
        // A change of a path that is not the best is told to those who have it.
        rig.announce_with(b, &[NET], path("64502 64998"));
        assert_eq!(
            (rig.sent(picky), rig.sent(a), rig.sent(c)),
            (vec![NET.to_owned()], vec![NET.to_owned()], vec![])
        );
        assert_eq!(told(&rig, picky), "64502 64998 via 192.0.2.2");
        rig.withdraw(b, &[NET]);
        assert_eq!(rig.sent(picky), [format!("-{NET}")]);
        assert_eq!(rig.sent(c), [] as [String; 0]);
        assert!(told(&rig, a).contains("came from this peer"));
    }

    /// Who takes path identifiers is told the first paths that he may be told, also where that is one: (what the peer asks for
    /// at most, the ASNs of the paths that it is told)
    #[test]
    fn of_several_paths_the_first_that_may_be_told() {
        let family = bgp_wire::AfiSafi { afi: 1, safi: 1 };
        let takes = [bgp_wire::AddPath { family, receive: true, send: false }];
        for (limit, want) in [(1, &["64502"][..]), (2, &["64502", "64503"]), (3, &["64502", "64503"])] {
            for client in [true, false] {
                let limits = [bgp_wire::PathsLimit { family, limit }];
                let theirs = [
                    bgp_wire::Capability::AddPath(takes.as_slice().into()),
                    bgp_wire::Capability::PathsLimit(limits.as_slice().into()),
                ];
                let mut rig = Rig::new();
                let mut config = PeerConfig { export: Some(not_from(64501)), ..peer(9) };
                config.offers.add_path_tx = bgp_wire::FamilySet::EVERY;
                config.routing.route_server_client = client;
                let to = rig.establish(config, &theirs);
                for n in 1..4 {
                    let from = rig.establish(peer(n), &[]);
                    rig.announce(from, &[NET]);
                }
                rig.pump();
                let told = rig.engine.told_of(NET.parse().unwrap(), to);
                let of: Vec<_> =
                    told.iter().map(|path| path.attrs.as_path.view().origin().unwrap()).collect();
                assert_eq!(of.iter().map(ToString::to_string).collect::<Vec<_>>(), want, "{limit} {client}");
            }
        }
    }

    /// (what of an UPDATE's nets a policy lets pass by their prefixes, and one that does not ask for them)
    #[test]
    fn policy_may_tell_the_nets_of_one_update_apart() {
        let nets = ["198.51.100.0/24", "203.0.113.0/24"];
        let only = |net: &str| {
            let when = [Match::Prefix([net.parse().unwrap()].into_iter().collect())].into();
            let rule = Rule { name: "only".into(), when, edits: [].into(), then: Action::Accept };
            Policy::new("only", vec![rule], Decision::Reject).unwrap()
        };
        for (export, want) in
            [(only(nets[0]), nets[0]), (only(nets[1]), nets[1]), (Policy::accept_all(), &nets.join(" "))]
        {
            let mut rig = Rig::new();
            let from = rig.establish(peer(1), &[]);
            let to = rig.establish(PeerConfig { export: Some(Arc::new(export)), ..peer(2) }, &[]);
            drain(&mut rig);
            rig.announce(from, &nets);
            assert_eq!(rig.sent(to), [want]);
        }
    }

    /// A client that has this ASN in its path already is not told of it.
    #[test]
    fn a_route_server_looks_for_loops_too() {
        let mut rig = Rig::new();
        let [a, b] = [1, 2].map(|n| rig.establish(client(n), &[]));
        rig.announce_with(a, &[NET], path("64501 64502"));
        assert!(told(&rig, b).contains("own ASN is in the AS path"));
    }

    fn internal(n: u8, reflector_client: bool) -> PeerConfig {
        let routing = PeerRouting { reflector_client, ..PeerRouting::default() };
        PeerConfig { asn: Asn(64500), routing, ..peer(n) }
    }

    /// Who is told of a route that each of them tells.
    #[test]
    fn a_reflector_tells_clients_all_and_others_what_clients_say() {
        let mut rig = Rig::new();
        let peers = [
            rig.establish(internal(21, true), &[]),
            rig.establish(internal(22, true), &[]),
            rig.establish(internal(23, false), &[]),
            rig.establish(internal(24, false), &[]),
            rig.establish(peer(1), &[]),
        ];
        drain(&mut rig);
        for (from, want) in [(0, &[1, 2, 3, 4][..]), (2, &[0, 1, 4]), (4, &[0, 1, 2, 3])] {
            rig.announce_with(peers[from], &[NET], path(if from == 4 { "64501" } else { "" }));
            let got: Vec<usize> = (0..5).filter(|to| rig.sent(peers[*to]) == [NET]).collect();
            assert_eq!(got, want, "from {from}");
            for to in got.into_iter().filter(|to| *to < 4) {
                let attrs = rig.engine.export_of(NET.parse().unwrap(), peers[to]).unwrap().unwrap();
                let reflected = from < 4;
                assert_eq!(attrs.originator_id.is_some(), reflected);
                assert_eq!(attrs.cluster_list.len(), usize::from(reflected));
            }
            rig.withdraw(peers[from], &[NET]);
            drain(&mut rig);
        }
    }

    /// RFC 4456 section 10: clients with sessions among each other.
    #[test]
    fn clients_that_tell_each_other_are_told_what_others_say() {
        let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
        let mut rig = Rig::with(SpeakerConfig { client_to_client: false, ..config });
        let clients = [21, 22].map(|n| rig.establish(internal(n, true), &[]));
        let others = [rig.establish(internal(23, false), &[]), rig.establish(peer(1), &[])];
        drain(&mut rig);
        rig.announce_with(clients[0], &[NET], path(""));
        assert!(told(&rig, clients[1]).contains("clients tell each other"), "{}", told(&rig, clients[1]));
        assert!(others.iter().all(|to| rig.sent(*to) == [NET]));
        rig.withdraw(clients[0], &[NET]);
        drain(&mut rig);
        rig.announce_with(others[0], &[NET], path(""));
        assert!(clients.iter().all(|to| rig.sent(*to) == [NET]));
    }

    #[test]
    fn what_was_reflected_here_is_refused() {
        let mut rig = Rig::new();
        let peer = rig.establish(internal(21, true), &[]);
        for change in [
            |set: &mut AttributeSet| set.originator_id = Some([192, 0, 2, 250].into()),
            |set: &mut AttributeSet| set.cluster_list = vec![[192, 0, 2, 250].into()],
        ] {
            rig.announce_with(peer, &[NET], |set| {
                path("")(set);
                change(set);
            });
            let routes = rig.engine.routes();
            assert!(routes[0].reason.contains("RFC 4456 §8"), "{}", routes[0].reason);
            assert_eq!(rig.nets(), [] as [String; 0]);
        }
    }

    #[test]
    fn a_member_of_a_confederation() {
        let confederation = Some(Confederation { id: Asn(64999), members: vec![Asn(64521), Asn(64522)] });
        let config =
            SpeakerConfig { confederation, ..SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into()) };
        let mut rig = Rig::with(config);
        let member = |n: u8| PeerConfig { asn: Asn(64500 + u32::from(n)), ..peer(n) };
        let [a, b] = [21, 22].map(|n| rig.establish(member(n), &[]));
        let (inside, outside) = (rig.establish(internal(30, false), &[]), rig.establish(peer(1), &[]));
        rig.announce_with(a, &[NET], |set| {
            set.as_path = "(64521) 64900".parse().unwrap();
            (set.local_pref, set.med) = (Some(300), Some(7));
        });
        assert_eq!(told(&rig, b), "(64500 64521) 64900 via 192.0.2.21");
        assert_eq!(told(&rig, inside), "(64521) 64900 via 192.0.2.21");
        assert_eq!(told(&rig, outside), "64999 64900 via 192.0.2.250");
        let attrs = rig.engine.export_of(NET.parse().unwrap(), b).unwrap().unwrap();
        assert_eq!((attrs.local_pref, attrs.med), (Some(300), Some(7)));
        for (looped, want) in
            [("(64521 64500) 64900", "own ASN"), ("(64521) 64999", "own ASN"), ("64521", "begin")]
        {
            rig.announce_with(a, &[NET], path(looped));
            assert!(
                rig.engine.routes()[0].reason.contains(want),
                "{looped}: {}",
                rig.engine.routes()[0].reason
            );
        }
    }

    #[test]
    fn equal_paths_are_told_and_their_changes() {
        let two = NonZeroU16::new(2).unwrap();
        let multipath = Multipath { external: two, relax_as_path: true, ..Multipath::default() };
        let decision = DecisionOptions { multipath, ..DecisionOptions::default() };
        let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
        let mut rig = Rig::with(SpeakerConfig { decision, tell_best: true, ..config });
        let [a, b, c] = [1, 2, 3].map(|n| rig.establish(peer(n), &[]));
        let changes = |rig: &mut Rig| {
            let events = std::mem::take(&mut rig.events).into_iter();
            events
                .filter_map(|what| if let What::Multipath { paths, .. } = what { Some(paths) } else { None })
                .collect()
        };
        let net = NET.parse().unwrap();
        for (from, announces, want, used) in [
            (a, true, &[][..], &[a][..]),
            (b, true, &[2], &[a, b]),
            (c, true, &[], &[a, b]),
            (a, false, &[2], &[b, c]),
            (c, false, &[1], &[b]),
            (b, false, &[], &[]),
        ] {
            if announces {
                rig.announce(from, &[NET]);
            } else {
                rig.withdraw(from, &[NET]);
            }
            let told: Vec<usize> = changes(&mut rig);
            assert_eq!(told, want, "{from:?}");
            let now: Vec<_> = rig.engine.multipath(net).iter().map(|route| route.peer).collect();
            assert_eq!(now, used, "{from:?}");
        }
    }

    /// A route that begins here is preferred unless a peer's weighs more, by configuration or by policy.
    #[test]
    fn weight_comes_first() {
        let more = LocalRoute::WEIGHT + 1;
        let routing = PeerRouting { weight: more, ..PeerRouting::default() };
        let import =
            crate::testing::policy(&format!("policy p {{ rule \"r\" {{ set weight {more} accept }} }}"));
        for heavy in [PeerConfig { routing, ..peer(2) }, PeerConfig { import: Some(import), ..peer(2) }] {
            let mut rig = Rig::new();
            let [light, heavy] = [peer(1), heavy].map(|p| rig.establish(p, &[]));
            let attrs = crate::testing::attributes(9);
            let local = LocalRoute { prefix: NET.parse().unwrap(), attrs };
            rig.engine.originate(&local, rig.now, &mut |_| {}).unwrap();
            let best = |rig: &Rig| rig.engine.best(NET.parse().unwrap()).unwrap().peer;
            rig.announce_with(light, &[NET], |set| set.local_pref = Some(300));
            assert_eq!(best(&rig), PeerId::LOCAL);
            rig.announce_with(heavy, &[NET], path("64502 64503 64504"));
            assert_eq!(best(&rig), heavy);
        }
    }

    /// By configuration, and as the embedder tells it.
    #[test]
    fn the_way_to_a_next_hop_decides() {
        let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
        let near = vec![([192, 0, 2, 1].into(), Reach::Cost(5))];
        let mut rig = Rig::with(SpeakerConfig { next_hops: near, ..config });
        let [a, b] = [1, 2].map(|n| rig.establish(peer(n), &[]));
        [a, b].iter().for_each(|from| rig.announce(*from, &[NET]));
        let best = |rig: &Rig| rig.engine.best(NET.parse().unwrap()).map(|route| route.peer);
        assert_eq!(best(&rig), Some(b));
        for (hop, reach, want) in [
            (2, Reach::Cost(6), Some(a)),
            (1, Reach::Unreachable, Some(b)),
            (2, Reach::Unreachable, None),
            (1, Reach::Cost(0), Some(a)),
        ] {
            rig.engine.set_next_hop([192, 0, 2, hop].into(), reach, rig.now, &mut |_| {});
            assert_eq!(best(&rig), want, "{hop} {reach:?}");
        }
        let lost = rig.engine.explain(NET.parse().unwrap());
        assert_eq!(lost[1].standing, Standing::Lost(bgp_rib::Step::NextHop));
    }
}
