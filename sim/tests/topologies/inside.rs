//! How routes go through an AS: reflected, in a full mesh, through a confederation.

use super::Net;
use bgp_speaker::{Confederation, PeerConfig, SpeakerConfig, ToldNextHop};
use bgp_wire::Asn;
use sim::Side;
use std::time::Duration;

/// External – edge – reflector – edge – external: the edges tell the reflector their own next hop, the reflector changes none, and
/// what leaves the AS has its ASN once.
#[test]
fn through_an_as_with_a_reflector() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let left = net.speaker("left", 64501);
        let [west, reflector, east] = ["west", "reflector", "east"].map(|name| net.speaker(name, 64500));
        let right = net.speaker("right", 64502);
        let to_west = net.join(left, west, |_, _| {});
        let client = |side, peer: &mut PeerConfig| {
            if side == Side::A {
                peer.routing.next_hop = ToldNextHop::Own;
            } else {
                peer.routing.reflector_client = true;
            }
        };
        let west_up = net.join(west, reflector, client);
        let east_up = net.join(east, reflector, client);
        let to_right = net.join(east, right, |_, _| {});
        for (n, at) in (1..).zip([left, west, reflector, east, right]) {
            net.originate(at, n);
        }
        net.world.start_all();
        net.settle();
        let hop = |leg, side| net.address(leg, side);
        let [at_west, at_east, at_reflector] =
            [hop(west_up, Side::A), hop(east_up, Side::A), hop(east_up, Side::B)];
        for (at, n, path, next_hop) in [
            // What begins at the left, all the way.
            (west, 1, "64501", hop(to_west, Side::A)),
            (reflector, 1, "64501", at_west),
            (east, 1, "64501", at_west),
            (right, 1, "64500 64501", hop(to_right, Side::A)),
            // What begins within.
            (east, 2, "", at_west),
            (right, 2, "64500", hop(to_right, Side::A)),
            (left, 2, "64500", hop(to_west, Side::B)),
            (east, 3, "", at_reflector),
            (west, 4, "", at_east),
            // And from the right.
            (left, 5, "64500 64502", hop(to_west, Side::B)),
            (west, 5, "64502", at_east),
        ] {
            assert_eq!(net.has(at, n), Some((path.to_owned(), next_hop)), "{n}, IPv6: {ipv6}");
        }
        let reflected = net.world.engine(east).best(net.net(1).into()).unwrap().attrs;
        assert_eq!(reflected.originator_id, Some(net.world.engine(west).router_id()));
        assert_eq!(reflected.cluster_list, [net.world.engine(reflector).router_id()]);
        // What goes at one end goes everywhere.
        let gone = net.net(1);
        net.world.retract(left, gone);
        net.settle();
        assert!([west, reflector, east, right].into_iter().all(|at| net.has(at, 1).is_none()));
    }
}

/// A full mesh within an AS: who is told by one tells no other; external routes come with their path and next hop, go with their
/// session, and a path of the AS's own is preferred and then withdrawn by whoever told the other.
#[test]
fn in_a_full_mesh() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let [a, b, c] = ["a", "b", "c"].map(|name| net.speaker(name, 64500));
        let outside = net.speaker("outside", 64501);
        let ab = net.join(a, b, |_, _| {});
        let ac = net.join(a, c, |_, _| {});
        net.join(b, c, |_, _| {});
        let ao = net.join(a, outside, |_, _| {});
        [(a, 1), (b, 2), (c, 3), (outside, 4)].into_iter().for_each(|(at, n)| net.originate(at, n));
        net.world.start_all();
        net.settle();
        let told = |net: &Net, leg, side| -> Vec<ipnet::IpNet> {
            let (speaker, peer) = net.world.who(leg, side);
            net.world.engine(speaker).routes_to(peer).into_iter().map(|(net, _)| net.prefix()).collect()
        };
        let nets = |net: &Net, of: &[u8]| of.iter().map(|n| net.net(*n)).collect::<Vec<_>>();
        assert_eq!(told(&net, ab, Side::A), nets(&net, &[1, 4]), "its own and the external one");
        assert_eq!(told(&net, ao, Side::A), nets(&net, &[1, 2, 3]));
        let at_outside = net.address(ao, Side::B);
        for at in [b, c] {
            assert_eq!(net.has(at, 4), Some(("64501".to_owned(), at_outside)), "path and next hop stay");
        }
        assert_eq!(net.has(b, 1), Some((String::new(), net.address(ab, Side::A))));

        // B has a path of its own to what is external: A takes it, and takes back what it told C.
        net.originate(b, 4);
        net.settle();
        assert_eq!(net.path(a, 4), "");
        assert_eq!(net.path(c, 4), "");
        assert_eq!(told(&net, ac, Side::A), nets(&net, &[1]));
        let own = net.net(4);
        net.world.retract(b, own);
        net.settle();
        assert_eq!(net.path(c, 4), "64501");

        // Without the external session its routes are gone, and with it they come back.
        net.world.remove(ao, Side::A);
        net.world.run_for(Duration::from_secs(5)).unwrap();
        assert!([a, b, c].into_iter().all(|at| net.has(at, 4).is_none()));
        net.world.reconfigure(ao, Side::A, Duration::from_secs(1), |_| {});
        net.settle();
        assert_eq!(net.path(c, 4), "64501");
        // An internal session that ends takes what is of it alone.
        net.world.remove(ab, Side::A);
        net.world.run_for(Duration::from_secs(5)).unwrap();
        assert!(net.has(a, 2).is_none() && net.has(c, 2).is_some() && net.has(a, 3).is_some());
        net.world.reconfigure(ab, Side::A, Duration::from_secs(1), |_| {});
        net.settle();
        assert!(net.has(a, 2).is_some());
    }
}

/// Members of a confederation of one speaker and of two, and a neighbor outside at both ends (RFC 5065).
#[test]
fn through_a_confederation() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let left = net.speaker("left", 64501);
        let mut member = |name: &str, asn: u32| {
            let members = [64521, 64522, 64523].into_iter().filter(|other| *other != asn).map(Asn).collect();
            let confederation = Some(Confederation { id: Asn(64500), members });
            net.world.add_speaker_with(name, Asn(asn), |config: &mut SpeakerConfig| {
                config.confederation = confederation;
            })
        };
        let [a, b1, b2, c] =
            [("a", 64521), ("b1", 64522), ("b2", 64522), ("c", 64523)].map(|(n, asn)| member(n, asn));
        let right = net.speaker("right", 64502);
        for (one, two) in [(left, a), (a, b1), (b1, b2), (b2, c), (c, right)] {
            net.join(one, two, |_, _| {});
        }
        net.originate(left, 1);
        net.originate(b1, 2);
        net.world.start_all();
        net.settle();
        for (at, n, path) in [
            (a, 1, "64501"),
            (b1, 1, "(64521) 64501"),
            (b2, 1, "(64521) 64501"),
            (c, 1, "(64522 64521) 64501"),
            (right, 1, "64500 64501"),
            (b2, 2, ""),
            (c, 2, "(64522)"),
            (a, 2, "(64522)"),
            (left, 2, "64500"),
            (right, 2, "64500"),
        ] {
            assert_eq!(net.path(at, n), path, "{n}, IPv6: {ipv6}");
        }
    }
}
