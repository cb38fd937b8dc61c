//! The RIB beside a naive model: whatever happens in whatever order, both agree on every path's standing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test cannot do without")]

mod naive;

use bgp_rib::*;
use bgp_wire::{Asn, AttributeSet, Family, NextHop, Origin};
use naive::Model;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU16;

const NETS: [&str; 4] = ["198.51.100.0/24", "198.51.100.0/25", "203.0.113.0/24", "2001:db8::/32"];

#[derive(Clone, Debug)]
enum Op {
    Up(PeerId),
    Down(PeerId),
    Announce(PeerId, Announced, Box<AttributeSet>),
    Withdraw(PeerId, Net, u32),
    Reuse(PeerId, Net, u32),
    NextHop(IpAddr, Reach),
    Options(DecisionOptions),
}

/// How many peers there are.
const PEERS: u32 = 5;

/// Peers of every kind, two of one router id, several of one address. And this speaker.
fn info(peer: PeerId) -> PeerInfo {
    let relation = match peer.0 {
        1 => Relation::Internal,
        3 => Relation::Confederation,
        4 => Relation::Client,
        _ => Relation::External,
    };
    let octet = |n: u32| u8::try_from(n.min(9)).unwrap();
    PeerInfo {
        relation,
        router_id: [192, 0, 2, octet(peer.0 / 2)].into(),
        addr: [192, 0, 2, octet(peer.0.min(2))].into(),
    }
}

fn peers() -> impl Strategy<Value = PeerId> {
    prop_oneof![8 => (0..PEERS).prop_map(PeerId), 1 => Just(PeerId::LOCAL)]
}

fn nets() -> impl Strategy<Value = Net> {
    prop::sample::select(&NETS).prop_map(|net| net.parse().unwrap())
}

fn hops() -> impl Strategy<Value = Ipv4Addr> {
    (1..4u8).prop_map(|n| [192, 0, 2, n].into())
}

fn announced() -> impl Strategy<Value = Announced> {
    let import = (0..5u32).prop_map(|n| match n {
        0 => Import::Rejected(Because(7)),
        4 => Import::Damped(Because(2)),
        _ => Import::Accepted(Because(n)),
    });
    let weight = prop_oneof![9 => Just(0), 1 => Just(1)];
    (nets(), 0..2u32, import, weight, stale()).prop_map(|(net, path_id, import, weight, stale)| Announced {
        net,
        path_id,
        import,
        weight,
        stale,
    })
}

/// Mostly fresh.
fn options() -> impl Strategy<Value = DecisionOptions> {
    let limit = || (1..4u16).prop_map(|n| NonZeroU16::new(n).unwrap());
    (any::<[bool; 4]>(), limit(), limit()).prop_map(|([always, worst, relax, every], external, internal)| {
        DecisionOptions {
            always_compare_med: always,
            missing_med_is_worst: worst,
            multipath: Multipath { external, internal, relax_as_path: relax },
            tell_every_change: every,
        }
    })
}

fn stale() -> impl Strategy<Value = Stale> {
    prop_oneof![
        6 => Just(Stale::No),
        1 => Just(Stale::Kept),
        1 => Just(Stale::KeptLong),
        1 => Just(Stale::Told),
    ]
}

/// Few values of each attribute, so that most paths are equal in most.
fn sets() -> impl Strategy<Value = Box<AttributeSet>> {
    let paths = prop::collection::vec(64500..64503u32, 0..3);
    let prefs = prop::option::weighted(0.2, 99..102u32);
    let meds = prop::option::of(0..3u32);
    let originators = prop::option::weighted(0.1, hops());
    let clusters = prop::collection::vec(hops(), 0..2);
    let origins = prop_oneof![9 => Just(Origin::Igp), 1 => Just(Origin::Egp)];
    (paths, prefs, meds, originators, clusters, origins, hops()).prop_map(
        |(path, local_pref, med, originator_id, cluster_list, origin, hop)| {
            Box::new(AttributeSet {
                as_path: path.into_iter().map(Asn).collect(),
                local_pref,
                med,
                originator_id,
                cluster_list,
                ..AttributeSet::new(origin, NextHop::V4(hop))
            })
        },
    )
}

fn ops() -> impl Strategy<Value = Op> {
    let reach = prop_oneof![3 => (0..3u32).prop_map(Reach::Cost), 1 => Just(Reach::Unreachable)];
    prop_oneof![
        2 => peers().prop_map(Op::Up),
        1 => peers().prop_map(Op::Down),
        12 => (peers(), announced(), sets()).prop_map(|(peer, a, set)| Op::Announce(peer, a, set)),
        4 => (peers(), nets(), 0..2u32).prop_map(|(peer, net, path_id)| Op::Withdraw(peer, net, path_id)),
        2 => (peers(), nets(), 0..2u32).prop_map(|(peer, net, path_id)| Op::Reuse(peer, net, path_id)),
        1 => (hops(), reach).prop_map(|(hop, reach)| Op::NextHop(hop.into(), reach)),
        1 => options().prop_map(Op::Options),
    ]
}

/// The RIB, and what a listener makes of the changes it is told.
struct World {
    interner: Interner,
    rib: Rib,
    best: BTreeMap<Net, Path>,
    /// The paths used together, as they were when a change of them was told.
    equal: BTreeMap<Net, BTreeSet<(PeerId, u32)>>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            interner: Interner::new(seed),
            rib: Rib::new(seed),
            best: BTreeMap::new(),
            equal: BTreeMap::new(),
        }
    }

    fn apply(&mut self, op: &Op) {
        let (best, every) = (&mut self.best, self.rib.options().tell_every_change);
        let mut equal_changed = BTreeSet::new();
        let options_change = matches!(op, Op::Options(_));
        let out = &mut |change: BestChange<'_>| {
            let same = |a: &Path, b: &Path| (&a.attrs, a.peer, a.path_id) == (&b.attrs, b.peer, b.path_id);
            match (change.old, best.get(&change.net)) {
                (Some(old), Some(known)) => assert!(same(old, known), "{change:?}"),
                (old, known) => assert!(old.is_none() && known.is_none(), "{change:?}"),
            }
            let both = change.old.zip(change.new);
            let changed = both.map_or(change.old != change.new, |(old, new)| !same(old, new));
            assert_eq!(changed, change.best(), "{change:?}");
            assert!(changed || change.multipath || every || options_change, "nothing changed: {change:?}");
            if change.multipath {
                equal_changed.insert(change.net);
            }
            match change.new {
                Some(new) => _ = best.insert(change.net, new.clone()),
                None => _ = best.remove(&change.net),
            }
        };
        match op.clone() {
            Op::Up(peer) => self.rib.peer_up(peer, info(peer), out),
            Op::Down(peer) => self.rib.peer_down(peer, out),
            Op::Announce(peer, announced, set) => {
                let attrs = self.interner.intern(&set).unwrap();
                self.rib.apply(peer, Change::Announce(announced, attrs), out);
            }
            Op::Withdraw(peer, net, path_id) => {
                self.rib.apply(peer, Change::Withdraw { net, path_id }, out);
            }
            Op::Reuse(peer, net, path_id) => self.rib.reuse(peer, net, path_id, out),
            Op::NextHop(hop, reach) => self.rib.set_next_hop(hop, reach, out),
            Op::Options(options) => self.rib.set_options(options, out),
        }
        for net in all_nets() {
            let now: BTreeSet<_> = self.rib.multipath(net).map(|path| (path.peer, path.path_id)).collect();
            let now = if now.len() > 1 { now } else { BTreeSet::new() };
            if self.equal.insert(net, now.clone()).unwrap_or_default() != now {
                assert!(equal_changed.contains(&net), "{net} is told of: {now:?}");
            }
        }
    }

    fn standings(&self, net: Net) -> BTreeMap<(PeerId, u32), Standing> {
        self.rib.paths(net).iter().map(|path| ((path.peer, path.path_id), path.standing)).collect()
    }
}

fn all_nets() -> impl Iterator<Item = Net> {
    NETS.iter().map(|net| net.parse().unwrap())
}

fn compare(world: &World, model: &Model) {
    for net in all_nets() {
        assert_eq!(world.standings(net), model.standings(net), "{net}");
        let used: Vec<_> = world.rib.multipath(net).map(|path| (path.peer, path.path_id)).collect();
        let wanted = model.multipath(net);
        assert_eq!(used.first(), wanted.first(), "{net}");
        assert_eq!(BTreeSet::from_iter(used), BTreeSet::from_iter(wanted), "{net}");
        for path in world.rib.paths(net) {
            let held = &model.held[&(net, path.peer, path.path_id)];
            let (Import::Accepted(because) | Import::Rejected(because) | Import::Damped(because)) =
                held.announced.import;
            assert_eq!(
                (path.because, path.stale(), &path.attrs.to_set()),
                (because, held.announced.stale, &*held.set)
            );
        }
        assert_eq!(world.rib.best(net).map(|p| &p.attrs), world.best.get(&net).map(|p| &p.attrs), "{net}");
        assert_eq!(
            world.rib.explain(net).first().copied().filter(|p| p.standing == Standing::Best),
            world.rib.best(net)
        );
    }
    let all_peers = || (0..PEERS).map(PeerId).chain([PeerId::LOCAL]);
    for family in Family::UNICAST {
        let of_family = || model.held.values().filter(move |path| path.announced.net.family() == family);
        for peer in all_peers() {
            let paths = of_family().filter(|path| path.peer == peer).count();
            let counts = world.rib.counts(peer, family);
            let here = world.rib.adj_in(peer, family);
            let count = |of: fn(&Path) -> bool| here.iter().filter(|(_, path)| of(path)).count();
            let (rejected, damped) = (count(Path::is_rejected), count(Path::is_damped));
            let seen = (counts.paths(), counts.rejected, counts.damped);
            assert_eq!(seen, (paths, rejected, damped), "{peer:?}");
        }
        assert_eq!(world.rib.paths_len(family), of_family().count());
        let nets: BTreeSet<_> = of_family().map(|path| path.announced.net).collect();
        assert_eq!(
            world.rib.sorted(family).iter().map(|(net, _)| *net).collect::<Vec<_>>(),
            Vec::from_iter(nets)
        );
        let loc_rib: BTreeMap<_, _> = world.rib.loc_rib(family).collect();
        assert!(
            loc_rib.into_iter().eq(world
                .best
                .iter()
                .filter(|(net, _)| net.family() == family)
                .map(|(net, _)| (*net, world.rib.best(*net).unwrap())))
        );
    }
}

proptest! {
    #[test]
    fn agrees_with_the_model(ops in prop::collection::vec(ops(), 0..60), seed: u64) {
        let (mut world, mut model) = (World::new(seed), Model::default());
        for op in [0, 1, 2].map(|n| Op::Up(PeerId(n))).iter().chain(&ops) {
            world.apply(op);
            model.apply(op);
            compare(&world, &model);
        }
        for peer in (0..PEERS).chain([PeerId::LOCAL.0]) {
            world.apply(&Op::Down(PeerId(peer)));
        }
        prop_assert!(world.best.is_empty());
        world.interner.sweep();
        prop_assert!(world.interner.is_empty(), "attribute sets outlive their paths");
    }

    #[test]
    fn order_of_arrival_does_not_matter(
        (paths, shuffled) in prop::collection::btree_map((peers(), nets(), 0..2u32), (announced(), sets()), 0..12)
            .prop_map(|paths| paths.into_iter().map(|((peer, net, path_id), (announced, set))| {
                Op::Announce(peer, Announced { net, path_id, ..announced }, set)
            }).collect::<Vec<_>>())
            .prop_flat_map(|ops| (Just(ops.clone()), Just(ops).prop_shuffle())),
        options in options(),
    ) {
        let outcome = |ops: &[Op]| {
            let mut world = World::new(0);
            world.apply(&Op::Options(options));
            (0..PEERS).for_each(|n| world.apply(&Op::Up(PeerId(n))));
            ops.iter().for_each(|op| world.apply(op));
            let used = |net| world.rib.multipath(net).map(|p| (p.peer, p.path_id)).collect::<BTreeSet<_>>();
            all_nets().map(|net| (world.standings(net), used(net))).collect::<Vec<_>>()
        };
        prop_assert_eq!(outcome(&paths), outcome(&shuffled));
    }
}

/// What was under way when a session ended must not come back.
#[test]
fn a_peer_that_is_down_has_no_paths() {
    let (mut rib, mut interner) = (Rib::new(0), Interner::new(0));
    let attrs = interner.intern(&AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()))).unwrap();
    let net: Net = NETS[0].parse().unwrap();
    let late = Change::Announce(Announced::new(net, Import::Accepted(Because(0))), attrs);
    let silent = &mut |change: BestChange<'_>| panic!("{change:?}");
    rib.apply(PeerId(1), late.clone(), silent);
    rib.peer_up(PeerId(1), info(PeerId(1)), silent);
    rib.peer_down(PeerId(1), silent);
    rib.apply(PeerId(1), late, silent);
    assert_eq!(rib.nets_len(Family::Ipv4Unicast), 0);
}
