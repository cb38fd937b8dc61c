//! A member that goes from one group to another is told what the other one is, and forgets what that is not.

use super::*;

const MEMBERS: [PeerId; 2] = [PeerId(0), PeerId(1)];

/// Two groups of one RIB; the first is told all but MED 4, the second all but that and odd ones.
struct Two {
    world: World,
    other: UpdateGroup,
    /// Whether a member is in the second.
    moved: [bool; 2],
}

fn picky(net: Net, path: &Path) -> Option<(AttrSet, PeerId)> {
    told(net, path).filter(|(attrs, _)| attrs.med().is_multiple_of(2))
}

impl Two {
    fn new(seed: u64) -> Self {
        let n = negotiated(120);
        let mut world = World::new(n, seed);
        MEMBERS.into_iter().for_each(|peer| world.join(peer));
        Self { world, other: UpdateGroup::new(n, seed), moved: [false; 2] }
    }

    fn path(&mut self, from: PeerId, n: u8, value: Option<u32>) {
        let Self { world: World { interner, rib, group, .. }, other, .. } = self;
        let note = &mut |change: BestChange<'_>| {
            group.changed(change.at);
            other.changed(change.at);
        };
        let Some(value) = value else { return rib.withdraw(from, [(net(n), 0)], note) };
        let attrs = interner.intern(&set(net(n), value)).unwrap();
        rib.announce(from, &attrs, [Announced::new(net(n), Import::Accepted(Because(0)))], note);
    }

    fn go(&mut self, who: usize) {
        let (from, to) = (&mut self.world.group, &mut self.other);
        let (from, to) = if self.moved[who] { (to, from) } else { (from, to) };
        if !self.moved[who] && self.moved == [false; 2] {
            // The second group begins with its first member.
            *to = UpdateGroup::new(*from.negotiated(), 7);
            let places = Family::UNICAST.into_iter().flat_map(|family| self.world.rib.places(family));
            places.for_each(|place| to.changed(place));
        }
        let had = from.take_out(MEMBERS[who]);
        to.join_with(MEMBERS[who], Some(asn(MEMBERS[who])), had);
        self.moved[who] = !self.moved[who];
        self.world.members.get_mut(&MEMBERS[who]).unwrap().leniently = true;
    }

    /// Whether members may be told nothing that they have already.
    fn strictly(&mut self, strictly: bool) {
        self.world.members.values_mut().for_each(|member| member.leniently = !strictly);
    }

    fn pull(&mut self, who: usize) -> bool {
        let Self { world, other, moved } = self;
        let mut buf = Vec::new();
        let (group, told): (_, &mut dyn FnMut(Net, &Path) -> Option<(AttrSet, PeerId)>) =
            if moved[who] { (other, &mut picky) } else { (&mut world.group, &mut told) };
        let sent = group.poll_transmit(MEMBERS[who], &world.rib, &mut |net, path| told(net, path), &mut buf);
        assert_eq!(
            sent.unwrap_or_default(),
            world.members.get_mut(&MEMBERS[who]).unwrap().read(&buf, &world.n)
        );
        sent.is_some()
    }
}

#[derive(Clone, Debug)]
enum Event {
    Path(PeerId, u8, Option<u32>),
    Go(usize),
    Pull(usize),
    Reap,
}

fn events() -> impl Strategy<Value = Event> {
    let peers = (0..4u32).prop_map(PeerId);
    prop_oneof![
        6 => (peers, 0..12u8, prop::option::of(0..6u32)).prop_map(|(peer, n, value)| Event::Path(peer, n, value)),
        2 => (0..2usize).prop_map(Event::Go),
        3 => (0..2usize).prop_map(Event::Pull),
        1 => Just(Event::Reap),
    ]
}

proptest! {
    #[test]
    fn who_moves_has_what_the_new_group_is_told(
        events in prop::collection::vec(events(), 0..150),
        seed: u64,
    ) {
        let mut two = Two::new(seed);
        for event in events {
            match event {
                Event::Path(from, n, value) => two.path(from, n, value),
                Event::Go(who) => two.go(who),
                Event::Pull(who) => _ = two.pull(who),
                Event::Reap => {
                    let Two { world: World { rib, group, .. }, other, .. } = &mut two;
                    rib.reap(3, |place| group.uses(place) || other.uses(place));
                }
            }
            let Two { world, other, .. } = &mut two;
            for (peer, member) in &mut world.members {
                let slow = |group: &UpdateGroup| group.v4.is_catching_up(*peer) || group.v6.is_catching_up(*peer);
                member.leniently |= slow(&world.group) || slow(other);
            }
        }
        for (who, peer) in MEMBERS.into_iter().enumerate() {
            while two.pull(who) {}
            let mut wanted = two.world.wanted(peer);
            wanted.retain(|_, set| !two.moved[who] || set.med.unwrap().is_multiple_of(2));
            prop_assert_eq!(&two.world.members[&peer].has, &wanted, "{}", who);
        }
    }

    /// Who has been sent all that waited is sent by the new group what it does not have as it stands there, and nothing else,
    /// until it asks for all.
    #[test]
    fn who_moves_with_nothing_waiting_is_told_the_difference(
        rounds in prop::collection::vec(
            (prop::collection::vec((0..4u32, 0..12u8, prop::option::of(0..6u32)), 0..12), 0..2usize),
            1..8,
        ),
        seed: u64,
    ) {
        let mut two = Two::new(seed);
        for (paths, who) in rounds {
            for (from, n, value) in paths {
                two.path(PeerId(from), n, value);
            }
            two.strictly(false);
            (0..2).for_each(|who| while two.pull(who) {});
            two.go(who);
            two.strictly(true);
            while two.pull(who) {}
            let peer = MEMBERS[who];
            let mut wanted = two.world.wanted(peer);
            wanted.retain(|_, set| !two.moved[who] || set.med.unwrap().is_multiple_of(2));
            prop_assert_eq!(&two.world.members[&peer].has, &wanted);

            two.strictly(false);
            let group = if two.moved[who] { &mut two.other } else { &mut two.world.group };
            Family::UNICAST.into_iter().for_each(|family| group.refresh(peer, family));
            two.world.members.get_mut(&peer).unwrap().has.clear();
            while two.pull(who) {}
            prop_assert_eq!(&two.world.members[&peer].has, &wanted);
        }
    }
}
