//! Members of a group that is told several paths of a net have the best of them, each by one identifier that stays.

use super::*;

/// How many paths are told, of IPv4 and of IPv6.
const MOST: [u8; 2] = [3, 2];

fn most(family: Family) -> u8 {
    MOST[usize::from(family == Family::Ipv6Unicast)]
}

/// `families` leave with path identifiers.
fn world(families: FamilySet, max_message: u16, seed: u64) -> World {
    let n = Negotiated { add_path_tx: families, ..negotiated(max_message) };
    let mut world = World::with(UpdateGroup::with_paths(n, most, seed), seed);
    world.n.add_path_rx = families;
    let every = DecisionOptions { tell_every_change: true, ..DecisionOptions::default() };
    world.rib.set_options(every, &mut |_| {});
    world
}

impl World {
    /// A path that came with an identifier of its own; its communities say which it is.
    fn announce_path(&mut self, from: PeerId, path_id: u32, net: Net, value: u32) {
        let which = [from.0, path_id].map(Community).to_vec();
        let attrs = AttributeSet { communities: which, ..set(net, value) };
        let announced = Announced { path_id, ..Announced::new(net, Import::Accepted(Because(0))) };
        let attrs = self.interner.intern(&attrs).unwrap();
        self.rib.announce(from, &attrs, [announced], &mut |change| self.group.changed(change.at));
    }

    fn withdraw_path(&mut self, from: PeerId, path_id: u32, net: Net) {
        self.rib.withdraw(from, [(net, path_id)], &mut |change| self.group.changed(change.at));
    }

    /// By a naive reading: the best, then the best of a RIB without it, as many as are told; without the member's own.
    fn wanted_of(&self, peer: PeerId, net: Net) -> Vec<AttributeSet> {
        let mut left: Vec<Path> = self.rib.paths(net).to_vec();
        let mut told = Vec::new();
        let several = self.n.add_path_tx.contains(net.family());
        while told.len() < if several { most(net.family()).into() } else { 1 } {
            let mut rib = Rib::new(0);
            for path in &left {
                let info = *self.rib.peer(path.peer).unwrap();
                if rib.peer(path.peer).is_none() {
                    rib.peer_up(path.peer, info, &mut |_| {});
                }
                let path_id = path.path_id;
                let announced = Announced { path_id, ..Announced::new(net, Import::Accepted(Because(0))) };
                rib.announce(path.peer, &path.attrs, [announced], &mut |_| {});
            }
            let Some(best) = rib.best(net) else { break };
            left.retain(|path| (path.peer, path.path_id) != (best.peer, best.path_id));
            if best.attrs.med() != 4 {
                told.push((best.peer, best.attrs.to_set()));
            } else if !several {
                break;
            }
        }
        told.retain(|(from, set)| *from != peer && !set.as_path.view().contains(asn(peer)));
        let mut told: Vec<_> = told.into_iter().map(|(_, set)| set).collect();
        told.sort_by_key(|set| set.communities.clone());
        told
    }
}

#[derive(Clone, Debug)]
enum Step {
    Announce(PeerId, u32, u8, u32),
    Withdraw(PeerId, u32, u8),
    Other(Op),
}

fn steps() -> impl Strategy<Value = Step> {
    let peers = || (0..4u32).prop_map(PeerId);
    prop_oneof![
        12 => (peers(), 1..3u32, 0..6u8, 0..6u32).prop_map(|(peer, id, n, value)| Step::Announce(peer, id, n, value)),
        8 => (peers(), 1..3u32, 0..6u8).prop_map(|(peer, id, n)| Step::Withdraw(peer, id, n)),
        8 => ops().prop_filter("of members", |op| !matches!(op, Op::Announce(..) | Op::Withdraw(..))).prop_map(Step::Other),
    ]
}

proptest! {
    #[test]
    fn every_member_has_the_best_paths(
        steps in prop::collection::vec(steps(), 0..200),
        max_message in 110..150u16,
        v6_too: bool,
        seed: u64,
    ) {
        let v4 = FamilySet::EMPTY.with(Family::Ipv4Unicast);
        let families = if v6_too { v4.with(Family::Ipv6Unicast) } else { v4 };
        let mut world = world(families, max_message, seed);
        for step in &steps {
            match *step {
                Step::Announce(from, path_id, n, value) => world.announce_path(from, path_id, net(n), value),
                Step::Withdraw(from, path_id, n) => world.withdraw_path(from, path_id, net(n)),
                Step::Other(ref op) => world.operate(op),
            }
            world.note_slow();
        }
        world.drain();
        for (peer, member) in &world.members {
            for n in 0..6 {
                let net = net(n);
                let has = member.has.range((net, 0)..=(net, u32::MAX));
                let mut sets: Vec<_> = has.map(|(_, set)| set.clone()).collect();
                sets.sort_by_key(|set| set.communities.clone());
                prop_assert_eq!(sets, world.wanted_of(*peer, net), "{:?} {}", peer, net);
            }
            for family in Family::UNICAST {
                let sent = world.group.advertised(*peer, family, &world.rib);
                let has = member.has.iter().filter(|((net, _), _)| net.family() == family);
                let has = has.map(|((net, path_id), set)| (*net, *path_id, set.clone()));
                prop_assert!(has.eq(sent.iter().map(|(net, path_id, attrs)| (*net, *path_id, attrs.to_set()))));
            }
        }
    }
}

type Change = fn(&mut World);

/// (what happens, the identifiers and values that the reader has then)
#[test]
fn a_path_keeps_its_identifier_and_gives_it_back() {
    let mut world = world(FamilySet::EVERY, 4096, 0);
    world.join(READER);
    let cases: [(Change, &[(u32, u32)]); 8] = [
        (|w| w.announce_path(SOURCE, 7, v4(1), 2), &[(1, 2)]),
        // A better one, from the same peer: the first stays what it is.
        (|w| w.announce_path(SOURCE, 9, v4(1), 1), &[(1, 2), (2, 1)]),
        (|w| w.announce_path(PeerId(2), 5, v4(1), 5), &[(1, 2), (2, 1), (3, 5)]),
        // A fourth one that is worse than the others by its MED is not told.
        (|w| w.announce_path(SOURCE, 11, v4(1), 6), &[(1, 2), (2, 1), (3, 5)]),
        (|w| w.announce_path(SOURCE, 7, v4(1), 3), &[(1, 3), (2, 1), (3, 5)]),
        (|w| w.withdraw_path(SOURCE, 7, v4(1)), &[(1, 6), (2, 1), (3, 5)]),
        (|w| w.withdraw_path(SOURCE, 9, v4(1)), &[(1, 6), (3, 5)]),
        (|w| w.rib.peer_down(SOURCE, &mut |change| w.group.changed(change.at)), &[(3, 5)]),
    ];
    for (number, (change, want)) in cases.into_iter().enumerate() {
        change(&mut world);
        world.drain();
        let has = world.members[&READER].has.iter();
        let has: Vec<_> = has.map(|((_, path_id), set)| (*path_id, set.med.unwrap())).collect();
        assert_eq!(has, want, "case {number}");
    }
}
