//! A peer that reads whatever an Adj-RIB-Out sends it has, in the end, what was offered last; and is told
//! nothing it knows already.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without")]

use bgp_rib::{AdjOut, AttrSet, Interner, Net};
use bgp_wire::{
    Asn, AttributeSet, Community, Family, FamilySet, Negotiated, NextHop, Origin, PeerKind, Received, frame,
    update,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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

/// Attributes that fit both families: an IPv4 prefix may have an IPv6 next hop only by agreement.
fn set(family: Family, n: u32) -> AttributeSet {
    let hop = match family {
        Family::Ipv4Unicast => NextHop::V4([192, 0, 2, 1].into()),
        _ => NextHop::V6("2001:db8::1".parse().unwrap()),
    };
    let as_path = [Asn(64500), Asn(64510 + n)].into_iter().collect();
    AttributeSet { as_path, med: Some(n), ..AttributeSet::new(Origin::Igp, hop) }
}

/// One message as the peer read it.
#[derive(PartialEq, Eq, Debug)]
enum Told {
    Withdrawn(Vec<Net>),
    Announced(Vec<Net>),
    EndOfRib(Family),
}

/// The other end: what it has, and what it may be sent although it has it.
struct Peer {
    n: Negotiated,
    has: BTreeMap<Net, AttributeSet>,
    asked_again: BTreeSet<Net>,
    messages: Vec<Told>,
}

impl Peer {
    fn new(n: Negotiated) -> Self {
        Self { n, has: BTreeMap::new(), asked_again: BTreeSet::new(), messages: Vec::new() }
    }

    /// Pulls one message and reads it; `false` where there was none.
    fn pull(&mut self, adj_out: &mut AdjOut) -> bool {
        let mut buf = Vec::new();
        if !adj_out.poll_transmit(&self.n, &mut buf) {
            assert!(buf.is_empty());
            return false;
        }
        let message = frame(&buf, self.n.max_message).unwrap().unwrap();
        let parsed = update(message.body, &self.n).unwrap();
        assert_eq!(parsed.findings.worst(), None);
        let told = match parsed.update {
            Received::EndOfRib(family) => Told::EndOfRib(family),
            Received::Routes(routes) => {
                let withdrawn: Vec<_> = routes.withdrawn.prefixes().map(|p| Net::from(p.prefix)).collect();
                withdrawn.iter().for_each(|net| self.withdraw(*net));
                let mut announced = Vec::new();
                for (hop, nlri) in routes.announced() {
                    let set = AttributeSet::from_attrs(&routes.attrs, hop);
                    for prefix in nlri {
                        announced.push(Net::from(prefix.prefix));
                        self.announce(prefix.prefix.into(), &set);
                    }
                }
                assert!(withdrawn.is_empty() != announced.is_empty());
                if announced.is_empty() { Told::Withdrawn(withdrawn) } else { Told::Announced(announced) }
            }
            Received::TreatAsWithdraw { .. } | Received::AfiSafiDisable { .. } => panic!("{parsed:?}"),
        };
        self.messages.push(told);
        true
    }

    fn announce(&mut self, net: Net, set: &AttributeSet) {
        let had = self.has.insert(net, set.clone());
        let again = self.asked_again.remove(&net);
        assert!(again || had.as_ref() != Some(set), "{net} was sent twice unchanged");
    }

    fn withdraw(&mut self, net: Net) {
        self.asked_again.remove(&net);
        assert!(self.has.remove(&net).is_some(), "{net} was withdrawn and never announced");
    }

    fn drain(&mut self, adj_out: &mut AdjOut) {
        while self.pull(adj_out) {}
    }
}

#[derive(Clone, Debug)]
enum Op {
    Offer(u8, Option<u32>),
    Pull,
    Refresh(Family),
    EndOfRib(Family),
}

fn ops() -> impl Strategy<Value = Op> {
    let families = || prop::sample::select(&Family::UNICAST);
    prop_oneof![
        12 => (0..12u8, prop::option::weighted(0.7, 0..4u32)).prop_map(|(n, set)| Op::Offer(n, set)),
        3 => Just(Op::Pull),
        1 => families().prop_map(Op::Refresh),
        1 => families().prop_map(Op::EndOfRib),
    ]
}

proptest! {
    #[test]
    fn the_peer_has_what_was_offered(
        ops in prop::collection::vec(ops(), 0..150),
        // Short messages, so that groups leave in parts.
        max_message in 95..140u16,
        seed: u64,
    ) {
        let n = negotiated(max_message);
        let (mut interner, mut adj_out, mut peer) =
            (Interner::new(seed), AdjOut::new(n.families, seed), Peer::new(n));
        let mut offered: BTreeMap<Net, AttrSet> = BTreeMap::new();
        for op in &ops {
            match *op {
                Op::Offer(n, Some(value)) => {
                    let attrs = interner.intern(set(net(n).family(), value));
                    adj_out.offer(net(n), Some(&attrs));
                    offered.insert(net(n), attrs);
                }
                Op::Offer(n, None) => {
                    adj_out.offer(net(n), None);
                    offered.remove(&net(n));
                }
                Op::Pull => _ = peer.pull(&mut adj_out),
                Op::Refresh(family) => {
                    adj_out.refresh(family);
                    peer.asked_again.extend(peer.has.keys().filter(|net| net.family() == family));
                }
                Op::EndOfRib(family) => adj_out.end_of_rib(family),
            }
            prop_assert!(adj_out.pending_len() <= 12, "more than one entry a net");
            for family in Family::UNICAST {
                let sent = adj_out.advertised(family);
                let has = peer.has.iter().filter(|(net, _)| net.family() == family);
                prop_assert!(sent.iter().map(|(net, set)| (net, &***set)).eq(has));
                prop_assert_eq!(adj_out.advertised_len(family), sent.len());
            }
        }
        peer.drain(&mut adj_out);
        prop_assert!(peer.has.iter().eq(offered.iter().map(|(net, set)| (net, &**set))));
        prop_assert!(peer.asked_again.is_empty(), "asked for again and not sent");
        prop_assert_eq!((adj_out.pending_len(), adj_out.unsendable()), (0, 0));

        drop((adj_out, offered));
        interner.sweep();
        prop_assert!(interner.is_empty(), "attribute sets outlive the session");
    }
}

/// An Adj-RIB-Out, its peer, and two attribute sets.
fn session() -> (AdjOut, Peer, AttrSet, AttrSet) {
    let n = negotiated(4096);
    let mut interner = Interner::new(0);
    let [a, b] = [1, 2].map(|n| interner.intern(set(Family::Ipv4Unicast, n)));
    (AdjOut::new(n.families, 0), Peer::new(n), a, b)
}

#[test]
fn nets_of_one_attribute_set_share_an_update() {
    let (mut adj_out, mut peer, a, b) = session();
    for n in 0..200 {
        adj_out.offer(v4(n), Some(if n.is_multiple_of(2) { &a } else { &b }));
    }
    peer.drain(&mut adj_out);
    let sizes = peer.messages.iter().map(|told| match told {
        Told::Announced(nets) => nets.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [100, 100]);
}

#[test]
fn withdrawals_go_first_and_end_of_rib_once_behind_the_dump() {
    let (mut adj_out, mut peer, a, b) = session();
    adj_out.offer(v4(1), Some(&a));
    peer.drain(&mut adj_out);
    peer.messages.clear();
    adj_out.offer(v4(2), Some(&a));
    adj_out.end_of_rib(Family::Ipv4Unicast);
    adj_out.offer(v4(3), Some(&b)); // comes after the dump
    adj_out.offer(v4(1), None);
    peer.drain(&mut adj_out);
    assert_eq!(
        peer.messages,
        [
            Told::Withdrawn(vec![v4(1)]),
            Told::Announced(vec![v4(2)]),
            Told::EndOfRib(Family::Ipv4Unicast),
            Told::Announced(vec![v4(3)]),
        ]
    );
}

#[test]
fn a_slow_peer_is_told_the_outcome_only() {
    let (mut adj_out, mut peer, a, b) = session();
    adj_out.offer(v4(1), Some(&a));
    peer.drain(&mut adj_out);
    peer.messages.clear();
    for _ in 0..1000 {
        adj_out.offer(v4(1), Some(&b));
        adj_out.offer(v4(2), Some(&b));
        adj_out.offer(v4(1), None);
        adj_out.offer(v4(2), None);
        assert_eq!(adj_out.pending_len(), 1);
    }
    adj_out.offer(v4(1), Some(&a));
    peer.drain(&mut adj_out);
    assert_eq!(peer.messages, []);
}

#[test]
fn families_the_session_does_not_carry_are_passed_over() {
    let n = negotiated(4096);
    let attrs = Interner::new(0).intern(set(Family::Ipv6Unicast, 1));
    let mut adj_out = AdjOut::new(FamilySet::EMPTY.with(Family::Ipv4Unicast), 0);
    adj_out.offer(net(3), Some(&attrs));
    adj_out.end_of_rib(Family::Ipv6Unicast);
    assert!(!adj_out.poll_transmit(&n, &mut Vec::new()));
}

/// A busy family does not hold up the other.
#[test]
fn families_take_turns() {
    let (mut adj_out, mut peer, a, b) = session();
    let v6 = Interner::new(0).intern(set(Family::Ipv6Unicast, 1));
    adj_out.offer(v4(1), Some(&a));
    adj_out.offer(v4(2), Some(&b));
    adj_out.offer(net(3), Some(&v6));
    peer.drain(&mut adj_out);
    let order = [v4(1), net(3), v4(2)].map(|net| Told::Announced(vec![net]));
    assert_eq!(peer.messages, order);
}

/// What no message can carry is not sent, and what the peer had of it is withdrawn.
#[test]
fn attributes_longer_than_a_message_withdraw() {
    let (mut adj_out, mut peer, a, _) = session();
    adj_out.offer(v4(1), Some(&a));
    peer.drain(&mut adj_out);
    peer.messages.clear();
    let mut long = set(Family::Ipv4Unicast, 1);
    long.communities = (0..2000).map(Community).collect();
    let long = Interner::new(0).intern(long);
    adj_out.offer(v4(1), Some(&long));
    adj_out.offer(v4(2), Some(&long));
    peer.drain(&mut adj_out);
    assert_eq!(peer.messages, [Told::Withdrawn(vec![v4(1)])]);
    assert_eq!((adj_out.unsendable(), adj_out.advertised_len(Family::Ipv4Unicast)), (2, 0));
}
