//! Sessions: BGP Identifiers, and the families of both ends.

use super::{LIMIT, Net, policy};
use bgp_session::Down;
use bgp_speaker::What;
use bgp_wire::{Asn, Family, FamilySet};
use sim::{Seen, Side, State, Violation};
use std::time::Duration;

/// RFC 6286: (the ASN of the other, whether both have one BGP Identifier, whether the session comes up)
#[test]
fn one_identifier_may_be_of_two_ases_and_not_twice_in_one() {
    for ipv6 in Net::BOTH {
        for (asn, same, up) in
            [(64501, true, true), (64501, false, true), (64500, true, false), (64500, false, true)]
        {
            let mut net = Net::new(ipv6);
            let us = net.speaker("us", 64500);
            let id = net.world.engine(us).router_id();
            let them = net.world.add_speaker_with("them", Asn(asn), |config| {
                config.router_id = if same { id } else { config.router_id };
            });
            let leg = net.join(us, them, |_, _| {});
            net.originate(us, 1);
            net.world.start_all();
            net.world.run_for(Duration::from_mins(1)).unwrap();
            let states = Side::ALL.map(|side| net.world.state(leg, side) == State::Established);
            assert_eq!(states, [up; 2], "{asn} {same}");
            assert_eq!(net.has(them, 1).is_some(), up);
            let refused = net
                .world
                .records()
                .iter()
                .any(|record| matches!(&record.what, Seen::Told(What::Down(Down::SameIdentifier(_)))));
            assert_eq!(refused, !up, "{asn} {same}");
            if up {
                // Nor after one end was away, without a word or with its connections closed.
                for how in [sim::Crash::Process, sim::Crash::Machine] {
                    net.world.crash(them, how, Duration::from_secs(3), None);
                    net.settle();
                    assert!(net.has(them, 1).is_some());
                }
            }
        }
    }
}

/// A third neighbor with the identifier that two others have: each is told of the others' routes.
#[test]
fn neighbors_with_one_identifier() -> Result<(), Violation> {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let us = net.speaker("us", 64500);
        let others = [64501, 64502, 64503].map(|asn| {
            net.world
                .add_speaker_with(format!("as{asn}"), Asn(asn), |c| c.router_id = [10, 10, 10, 10].into())
        });
        others.into_iter().for_each(|at| _ = net.join(us, at, |_, _| {}));
        (1..).zip(others).for_each(|(n, at)| net.originate(at, n));
        net.world.start_all();
        net.world.settle(LIMIT)?;
        for at in others {
            assert!((1..=3).all(|n| net.has(at, n).is_some()));
        }
    }
    Ok(())
}

/// (the families that the one end activates, and the other; what crosses): over sessions of either family, external and internal. Where
/// they have none in common nothing crosses.
#[test]
fn what_both_ends_activate_crosses() {
    let (v4, v6) = (FamilySet::EMPTY.with(Family::Ipv4Unicast), FamilySet::EMPTY.with(Family::Ipv6Unicast));
    let both: FamilySet = Family::UNICAST.into_iter().collect();
    // Over a session of the other family there is no next hop of our own, so policy gives one.
    let text = "policy p { rule \"4\" { when family ipv4-unicast set next-hop 192.0.2.99 accept }
                rule \"6\" { set next-hop 2001:db8:99::1 accept } }";
    for (ipv6, internal) in [(false, false), (false, true), (true, false), (true, true)] {
        for (ours, theirs, want) in [
            (both, both, [true, true]),
            (v4, v4, [true, false]),
            (v6, v6, [false, true]),
            (both, v4, [true, false]),
            (v6, both, [false, true]),
            (v4, v6, [false, false]),
        ] {
            let mut net = Net::new(ipv6);
            let us = net.speaker("us", 64500);
            let them = net.speaker("them", if internal { 64500 } else { 64501 });
            let leg = net.join(us, them, |side, peer| {
                peer.families = if side == Side::A { ours } else { theirs };
                peer.export = policy(text);
            });
            for family in [false, true] {
                net.ipv6 = family;
                net.originate(us, 1);
            }
            net.world.start_all();
            net.world.run_for(Duration::from_secs(20)).unwrap();
            let crossed = [false, true].map(|family| {
                net.ipv6 = family;
                net.has(them, 1).is_some()
            });
            assert_eq!(crossed, want, "{ours:?} {theirs:?}, over IPv6: {ipv6}, internal: {internal}");
            let (speaker, peer) = net.world.who(leg, Side::B);
            let families = net.world.engine(speaker).peer_status(peer).unwrap().families;
            assert_eq!(families, ours.intersection(theirs));
        }
    }
}
