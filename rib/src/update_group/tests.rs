//! Members that read what a group sends them have, in the end, what is theirs of the Loc-RIB; and those in step are
//! told nothing they know already.

mod moves;
mod several;

use super::UpdateGroup;
use crate::*;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use alloc::{format, vec};
use bgp_wire::{
    Asn, AttributeSet, Community, Family, FamilySet, Negotiated, NextHop, Origin, PathNlri, PeerKind,
    Received, frame, update,
};
use core::net::IpAddr;
use proptest::prelude::*;

fn negotiated(max_message: u16) -> Negotiated {
    let families = Family::UNICAST.into_iter().collect();
    Negotiated { families, max_message, ..Negotiated::new(PeerKind::External) }
}

fn v4(n: u8) -> Net {
    format!("198.18.{n}.0/24").parse().unwrap()
}

/// Nets of both families.
fn net(n: u8) -> Net {
    if n.is_multiple_of(3) { format!("2001:db8:{n}::/48").parse().unwrap() } else { v4(n) }
}

/// Attributes that fit the net; the path is through the AS of peer `n`.
fn set(net: Net, n: u32) -> AttributeSet {
    let hop = match net.family() {
        Family::Ipv4Unicast => NextHop::V4([192, 0, 2, 1].into()),
        _ => NextHop::V6("2001:db8::1".parse().unwrap()),
    };
    let as_path = [Asn(64500), asn(PeerId(n))].into_iter().collect();
    AttributeSet { as_path, med: Some(n), ..AttributeSet::new(Origin::Igp, hop) }
}

/// The members are peers 0 to 2; paths are theirs and peer 3's.
fn asn(peer: PeerId) -> Asn {
    Asn(64510 + peer.0)
}

/// Export policy: everything but MED 4.
fn told(_: Net, path: &Path) -> Option<(AttrSet, PeerId)> {
    (path.attrs.med() != 4).then(|| (path.attrs.clone(), path.peer))
}

/// One message as a member read it.
#[derive(PartialEq, Eq, Debug)]
enum Told {
    Withdrawn(Vec<Net>),
    Announced(Vec<Net>),
    EndOfRib(Family),
}

fn named(nlri: PathNlri) -> (Net, u32) {
    (nlri.prefix.into(), nlri.path_id)
}

/// The other end of a session.
#[derive(Default)]
struct Member {
    /// By net and path identifier.
    has: BTreeMap<(Net, u32), AttributeSet>,
    /// It may be sent what it has: it asked for all again, or had to catch up.
    leniently: bool,
    messages: Vec<Told>,
}

impl Member {
    /// By how many identifiers it has a path of this net: the communities say which path it is, if there are several.
    fn ids_of(&self, net: Net, set: &AttributeSet) -> usize {
        let theirs = self.has.range((net, 0)..=(net, u32::MAX));
        theirs.filter(|(_, has)| has.communities == set.communities).count()
    }

    fn read(&mut self, mut buf: &[u8], n: &Negotiated) -> u64 {
        let mut count = 0;
        while let Some(message) = frame(buf, n.max_message).unwrap() {
            let parsed = update(message.body, n).unwrap();
            assert_eq!(parsed.findings.worst(), None);
            let told = match parsed.update {
                Received::EndOfRib(family) => Told::EndOfRib(family),
                Received::Routes(routes) => {
                    let gone: Vec<_> = routes.withdrawn.prefixes().map(named).collect();
                    for path in &gone {
                        assert!(
                            self.has.remove(path).is_some(),
                            "{path:?} was withdrawn and never announced"
                        );
                    }
                    let mut announced = Vec::new();
                    for (hop, nlri) in routes.announced() {
                        let set = AttributeSet::from_attrs(&routes.attrs, hop);
                        announced.extend(nlri.iter().map(named));
                        for path in &announced {
                            let had = self.has.insert(*path, set.clone());
                            let twice = had.as_ref() == Some(&set) || self.ids_of(path.0, &set) > 1;
                            assert!(self.leniently || !twice, "{path:?} was sent twice");
                        }
                    }
                    assert!(gone.is_empty() != announced.is_empty());
                    let nets = |paths: Vec<(Net, u32)>| paths.into_iter().map(|(net, _)| net).collect();
                    if announced.is_empty() {
                        Told::Withdrawn(nets(gone))
                    } else {
                        Told::Announced(nets(announced))
                    }
                }
                other => panic!("{other:?}"),
            };
            self.messages.push(told);
            buf = &buf[message.len..];
            count += 1;
        }
        assert!(buf.is_empty());
        count
    }
}

struct World {
    n: Negotiated,
    interner: Interner,
    rib: Rib,
    group: UpdateGroup,
    members: BTreeMap<PeerId, Member>,
}

impl World {
    fn new(n: Negotiated, seed: u64) -> Self {
        Self::with(UpdateGroup::new(n, seed), seed)
    }

    fn with(group: UpdateGroup, seed: u64) -> Self {
        let (interner, mut rib) = (Interner::new(seed), Rib::with_places_kept(seed));
        for peer in (0..4).map(PeerId) {
            let addr = IpAddr::from([192, 0, 2, 1 + u8::try_from(peer.0).unwrap()]);
            let info = PeerInfo { relation: Relation::External, router_id: [192, 0, 2, 1].into(), addr };
            rib.peer_up(peer, info, &mut |_| {});
        }
        let n = *group.negotiated();
        Self { n, interner, rib, group, members: BTreeMap::new() }
    }

    fn announce(&mut self, from: PeerId, net: Net, set: &AttributeSet) {
        let attrs = self.interner.intern(set).unwrap();
        let announced = Announced::new(net, Import::Accepted(Because(0)));
        self.rib.announce(from, &attrs, [announced], &mut |change| self.group.changed(change.at));
    }

    fn withdraw(&mut self, from: PeerId, net: Net) {
        self.rib.withdraw(from, [(net, 0)], &mut |change| self.group.changed(change.at));
    }

    fn join(&mut self, peer: PeerId) {
        self.group.join(peer, Some(asn(peer)));
        self.members.insert(peer, Member::default());
    }

    fn leave(&mut self, peer: PeerId) {
        self.group.leave(peer);
        self.members.remove(&peer);
    }

    /// A member pulls once; `false` where nothing waits.
    fn pull(&mut self, peer: PeerId) -> bool {
        let Some(member) = self.members.get_mut(&peer) else { return false };
        let mut buf = Vec::new();
        let sent = self.group.poll_transmit(peer, &self.rib, &mut told, &mut buf);
        assert_eq!(sent.unwrap_or_default(), member.read(&buf, &self.n));
        if sent.is_none() {
            member.leniently = false;
        }
        sent.is_some()
    }

    fn drain(&mut self) {
        for peer in self.members.keys().copied().collect::<Vec<_>>() {
            while self.pull(peer) {}
        }
    }

    fn operate(&mut self, op: &Op) {
        match *op {
            Op::Announce(from, n, value) => self.announce(from, net(n), &set(net(n), value)),
            Op::Withdraw(from, n) => self.withdraw(from, net(n)),
            Op::Pull(peer) => _ = self.pull(peer),
            Op::Join(peer) => self.join(peer),
            Op::Leave(peer) => self.leave(peer),
            Op::Refresh(peer, family) => {
                self.group.refresh(peer, family);
                self.members.get_mut(&peer).into_iter().for_each(|member| member.leniently = true);
            }
            Op::Reap => self.rib.reap(3, |place| self.group.uses(place)),
        }
    }

    /// Who reads nothing for long has to catch up.
    fn note_slow(&mut self) {
        let group = &self.group;
        let slow = |peer: PeerId| group.v4.is_catching_up(peer) || group.v6.is_catching_up(peer);
        self.members.iter_mut().for_each(|(peer, member)| member.leniently |= slow(*peer));
    }

    /// What a member is to have.
    fn wanted(&self, peer: PeerId) -> BTreeMap<(Net, u32), AttributeSet> {
        let best = Family::UNICAST.into_iter().flat_map(|family| self.rib.loc_rib(family));
        let theirs = best.filter(|(_, path)| {
            path.peer != peer && path.attrs.med() != 4 && !path.attrs.as_path().contains(asn(peer))
        });
        theirs.map(|(net, path)| ((net, 0), path.attrs.to_set())).collect()
    }
}

#[derive(Clone, Debug)]
enum Op {
    Announce(PeerId, u8, u32),
    Withdraw(PeerId, u8),
    Pull(PeerId),
    Join(PeerId),
    Leave(PeerId),
    Refresh(PeerId, Family),
    Reap,
}

fn ops() -> impl Strategy<Value = Op> {
    let families = || prop::sample::select(&Family::UNICAST);
    let members = || (0..3u32).prop_map(PeerId);
    let peers = || (0..4u32).prop_map(PeerId);
    prop_oneof![
        12 => (peers(), 0..12u8, 0..6u32).prop_map(|(peer, n, value)| Op::Announce(peer, n, value)),
        6 => (peers(), 0..12u8).prop_map(|(peer, n)| Op::Withdraw(peer, n)),
        8 => members().prop_map(Op::Pull),
        2 => members().prop_map(Op::Join),
        1 => members().prop_map(Op::Leave),
        1 => (members(), families()).prop_map(|(peer, family)| Op::Refresh(peer, family)),
        2 => Just(Op::Reap),
    ]
}

proptest! {
    #[test]
    fn every_member_has_what_is_its_own(
        ops in prop::collection::vec(ops(), 0..200),
        // Short messages, so that nets leave in parts.
        max_message in 95..140u16,
        seed: u64,
    ) {
        let mut world = World::new(negotiated(max_message), seed);
        for op in &ops {
            world.operate(op);
            world.note_slow();
        }
        world.drain();
        for (peer, member) in &world.members {
            prop_assert_eq!(&member.has, &world.wanted(*peer), "{:?}", peer);
            prop_assert_eq!(world.group.waiting_len(*peer), 0);
            for family in Family::UNICAST {
                let ends = member.messages.iter().filter(|told| **told == Told::EndOfRib(family));
                prop_assert_eq!(ends.count(), 1);
                let sent = world.group.advertised(*peer, family, &world.rib);
                let has = member.has.iter().filter(|((net, _), _)| net.family() == family);
                let has = has.map(|((net, path_id), set)| (*net, *path_id, set.clone()));
                prop_assert!(has.eq(sent.iter().map(|(net, path_id, attrs)| (*net, *path_id, attrs.to_set()))));
                prop_assert_eq!(world.group.advertised_len(*peer, family), sent.len());
            }
        }
        prop_assert_eq!(world.group.unsendable(), 0);

        // Nothing is kept of what is gone.
        for peer in (0..4).map(PeerId) {
            world.rib.peer_down(peer, &mut |change| world.group.changed(change.at));
        }
        world.drain();
        for peer in (0..3).map(PeerId) {
            world.leave(peer);
        }
        let mut reader = World { members: BTreeMap::new(), ..world };
        reader.join(PeerId(0));
        reader.drain();
        prop_assert_eq!(reader.members[&PeerId(0)].has.len(), 0);
        reader.rib.reap(usize::MAX, |place| reader.group.uses(place));
        for family in Family::UNICAST {
            prop_assert_eq!(reader.rib.places(family).count(), 0, "places outlive their nets");
        }
        drop((reader.group, reader.rib));
        reader.interner.sweep();
        prop_assert!(reader.interner.is_empty(), "attribute sets outlive the session");
    }
}

const READER: PeerId = PeerId(0);
const SOURCE: PeerId = PeerId(3);
/// A path through an AS that is no member's.
const ELSEWHERE: u32 = 90;

/// A group of one member, who has read the End-of-RIB markers.
fn one_reader() -> World {
    let mut world = World::new(negotiated(4096), 0);
    world.join(READER);
    world.drain();
    world.members.get_mut(&READER).unwrap().messages.clear();
    world
}

impl World {
    fn path(&mut self, net: Net, value: u32) {
        self.announce(SOURCE, net, &set(net, ELSEWHERE + value));
    }

    /// What the reader has been told since it was last asked.
    fn read(&mut self) -> Vec<Told> {
        self.drain();
        core::mem::take(&mut self.members.get_mut(&READER).unwrap().messages)
    }
}

#[test]
fn nets_of_one_attribute_set_share_an_update() {
    let mut world = one_reader();
    (0..3).for_each(|n| world.path(v4(n), u32::from(n % 2)));
    assert_eq!(world.read(), [Told::Announced(vec![v4(0), v4(2)]), Told::Announced(vec![v4(1)])]);
}

#[test]
fn withdrawals_go_first_and_end_of_rib_behind_the_dump() {
    let mut world = one_reader();
    (1..3).for_each(|n| world.path(v4(n), 1));
    world.read();
    world.join(READER);
    world.withdraw(SOURCE, v4(1));
    world.path(v4(3), 2);
    let told = world.read();
    assert_eq!(told.last(), Some(&Told::EndOfRib(Family::Ipv4Unicast)), "{told:?}");
    (1..3).for_each(|n| world.path(v4(n), 3));
    world.withdraw(SOURCE, v4(3));
    assert_eq!(world.read(), [Told::Withdrawn(vec![v4(3)]), Told::Announced(vec![v4(1), v4(2)])]);
}

#[test]
fn a_slow_peer_is_told_the_outcome_only() {
    let mut world = one_reader();
    world.path(v4(1), 1);
    world.read();
    for _ in 0..1000 {
        (1..3).for_each(|n| world.path(v4(n), 2));
        (1..3).for_each(|n| world.withdraw(SOURCE, v4(n)));
        assert_eq!(world.group.waiting_len(READER), 2);
    }
    world.path(v4(1), 1);
    assert_eq!(world.read(), []);
}

/// One that reads nothing while others do: what waits for it does not grow.
#[test]
fn a_member_that_falls_behind_costs_bits() {
    let mut world = one_reader();
    world.join(PeerId(1));
    world.drain();
    for value in 0..1000 {
        (1..3).for_each(|n| world.path(v4(n), value % 7));
        while world.pull(PeerId(1)) {}
        assert!(world.group.waiting_len(READER) <= 30, "{}", world.group.waiting_len(READER));
    }
    assert!(world.group.v4.is_catching_up(READER) && !world.group.v4.is_catching_up(PeerId(1)));
    world.read();
    assert_eq!(world.members[&READER].has, world.wanted(READER));
}

#[test]
fn families_the_session_does_not_carry_are_passed_over() {
    let families = FamilySet::EMPTY.with(Family::Ipv4Unicast);
    let mut world = World::new(Negotiated { families, ..negotiated(4096) }, 0);
    world.join(READER);
    world.path(net(3), 1);
    assert_eq!(world.read(), [Told::EndOfRib(Family::Ipv4Unicast)]);
}

/// A busy family does not hold up the other.
#[test]
fn families_take_turns() {
    let mut world = one_reader();
    for n in [1, 2, 4, 5, 3] {
        world.path(net(n), u32::from(n));
    }
    let of_v6 = |told: &Told| matches!(told, Told::Announced(nets) if nets.contains(&net(3)));
    assert_eq!(world.read().iter().position(of_v6), Some(3), "behind the first window of the other");
}

/// What no message can carry is not sent, and what the peer had of it is withdrawn.
#[test]
fn attributes_longer_than_a_message_withdraw() {
    let mut world = one_reader();
    world.path(v4(1), 1);
    world.read();
    for n in [1, 2] {
        let mut long = set(v4(n), ELSEWHERE);
        long.communities = (0..2000).map(Community).collect();
        world.announce(SOURCE, v4(n), &long);
    }
    assert_eq!(world.read(), [Told::Withdrawn(vec![v4(1)])]);
    assert_eq!((world.group.unsendable(), world.group.advertised_len(READER, Family::Ipv4Unicast)), (2, 0));
}

/// However much waits, and whoever asks: no more nets are looked at in one go than the members allow, and one member at most
/// is left behind. Here it is the source that asks, who is told nothing of what it said.
#[test]
fn a_piece_of_work_is_bounded() {
    for (members, window) in [(1, 3), (2, 3), (3, 2)] {
        let mut world = World::new(negotiated(4096), 0);
        (0..members).map(PeerId).for_each(|peer| world.join(peer));
        world.drain();
        let waiting = |world: &World| world.group.v4.entries.changed_len();
        let behind =
            |world: &World| (0..members).filter(|peer| world.group.v4.is_catching_up(PeerId(*peer))).count();
        for value in 0..40 {
            (0..100).for_each(|n| world.announce(PeerId(0), v4(n), &set(v4(n), ELSEWHERE + value)));
            let mut pieces = 0;
            loop {
                let (waited, were_behind) = (waiting(&world), behind(&world));
                let sent = world.group.poll_transmit(PeerId(0), &world.rib, &mut told, &mut Vec::new());
                assert!(waited - waiting(&world) <= window, "{members}: {waited} {}", waiting(&world));
                assert!(behind(&world) - were_behind <= 1, "{members}");
                let Some(sent) = sent else { break };
                assert_eq!(sent, 0);
                pieces += 1;
            }
            assert!(pieces >= 100 / window, "{members}: {pieces}");
            assert_eq!(waiting(&world), 0);
        }
        assert_eq!(behind(&world), usize::try_from(members).unwrap() - 1, "all but who asks");
    }
}
