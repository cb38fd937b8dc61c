//! Of several ways to a net, which is used.

use super::{Net, policy};
use bgp_rib::{DecisionOptions, Multipath};
use bgp_speaker::{PeerConfig, SpeakerConfig, ToldNextHop};
use bgp_wire::Asn;
use sim::{Side, SpeakerId};
use std::num::NonZeroU16;

/// Two ways to a net, one by a neighbor with a longer path: (what policies make of the two at import, which is used), by the steps of
/// the decision process in their order.
#[test]
fn of_two_ways_policies_choose_one() {
    let rows = [
        ("accept", "accept", "64501"),
        ("prepend 64501 2 times accept", "accept", "64502 64501"),
        ("accept", "set local-pref 200 accept", "64502 64501"),
        ("set local-pref 50 accept", "accept", "64502 64501"),
        ("set local-pref 300 accept", "set local-pref 200 accept", "64501"),
        ("set origin incomplete accept", "accept", "64501"),
        ("set origin incomplete prepend 64501 1 times accept", "accept", "64502 64501"),
        ("reject", "accept", "64502 64501"),
    ];
    for ipv6 in Net::BOTH {
        for (direct, around, want) in rows {
            let mut net = Net::new(ipv6);
            let us = net.speaker("us", 64500);
            let inside = net.speaker("inside", 64500);
            let [origin, other] =
                [("origin", 64501), ("other", 64502)].map(|(name, asn)| net.speaker(name, asn));
            let rule = |edit: &str| policy(&format!("policy p {{ rule \"r\" {{ {edit} }} }}"));
            let import = |edit: &'static str| {
                move |side, peer: &mut PeerConfig| {
                    if side == Side::A {
                        peer.import = rule(edit);
                    }
                }
            };
            net.join(us, origin, import(direct));
            net.join(us, other, import(around));
            net.join(other, origin, |_, _| {});
            net.join(us, inside, |_, _| {});
            net.originate(origin, 1);
            net.world.start_all();
            net.settle();
            let prepended = net.path(us, 1);
            let is_direct = !prepended.starts_with("64502");
            assert_eq!(is_direct, want == "64501", "{direct}; {around}: {prepended}, IPv6: {ipv6}");
            assert_eq!(net.path(inside, 1), prepended, "and so has whoever is inside");
        }
    }
}

/// Two links between two ASes: the one tells by MED which it would have the other use (RFC 4271 section 5.1.4), and within the other
/// all see it, and another preference is stronger.
#[test]
fn of_two_links_to_one_neighbor_med_decides() {
    for ipv6 in Net::BOTH {
        for (meds, pref, want) in
            [([10, 20], false, 0), ([20, 10], false, 1), ([20, 10], true, 0), ([5, 0], false, 1)]
        {
            let mut net = Net::new(ipv6);
            let far = net.speaker("far", 64501);
            let [one, two] = ["one", "two"].map(|name| net.speaker(name, 64500));
            net.join(one, two, |_, peer| peer.routing.next_hop = ToldNextHop::Own);
            let links = [(one, 0), (two, 1)];
            for (at, n) in links {
                let med = meds[n];
                net.join(far, at, move |side, peer: &mut PeerConfig| {
                    if side == Side::A {
                        peer.export =
                            policy(&format!("policy p {{ rule \"r\" {{ set med {med} accept }} }}"));
                    } else if pref && n == 0 {
                        peer.import = policy("policy p { rule \"r\" { set local-pref 200 accept } }");
                    }
                });
            }
            net.originate(far, 1);
            net.world.start_all();
            net.settle();
            let by = |at| net.world.engine(at).best(net.net(1).into()).unwrap().attrs;
            assert_eq!(
                [one, two].map(|at| by(at).med),
                [Some(meds[want]); 2],
                "{meds:?} {pref}, IPv6: {ipv6}"
            );
        }
    }
}

/// Two neighbors of two ASes, and an AS of two members behind them: a ring. Each has every net by the shorter way, within the AS with
/// the next hop of the neighbor outside, and by the longer one where a link is gone.
#[test]
fn around_a_ring() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let [left, right] = [("left", 64501), ("right", 64502)].map(|(name, asn)| net.speaker(name, asn));
        let [west, east] = ["west", "east"].map(|name| net.speaker(name, 64500));
        net.join(left, right, |_, _| {});
        let to_west = net.join(left, west, |_, _| {});
        let to_east = net.join(right, east, |_, _| {});
        let within = net.join(west, east, |_, _| {});
        (1..).zip([left, right, west, east]).for_each(|(n, at)| net.originate(at, n));
        net.world.start_all();
        net.settle();
        let hop = |leg, side| net.address(leg, side);
        for (at, n, path, next_hop) in [
            (west, 1, "64501", hop(to_west, Side::A)),
            (east, 1, "64501", hop(to_west, Side::A)),
            (east, 2, "64502", hop(to_east, Side::A)),
            (west, 2, "64502", hop(to_east, Side::A)),
            (west, 4, "", hop(within, Side::B)),
            (east, 3, "", hop(within, Side::A)),
            (left, 3, "64500", hop(to_west, Side::B)),
            (left, 4, "64500", hop(to_west, Side::B)),
            (right, 3, "64500", hop(to_east, Side::B)),
            (right, 4, "64500", hop(to_east, Side::B)),
        ] {
            assert_eq!(net.has(at, n), Some((path.to_owned(), next_hop)), "{n}, IPv6: {ipv6}");
        }
        assert_eq!((net.path(left, 2), net.path(right, 1)), ("64502".to_owned(), "64501".to_owned()));
        net.world.remove(to_west, Side::A);
        net.settle();
        assert_eq!(
            (net.path(left, 3), net.path(west, 1)),
            ("64502 64500".to_owned(), "64502 64501".to_owned())
        );
    }
}

/// Three ways between two: those of one AS between are used together, and the one of two is not.
#[test]
fn of_three_ways_the_two_equal_ones_are_used() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let multipath = Multipath { external: NonZeroU16::MAX, relax_as_path: true, ..Multipath::default() };
        let decision = DecisionOptions { multipath, ..DecisionOptions::default() };
        let mut speaker = |name: &str, asn: u32| {
            net.world
                .add_speaker_with(name, Asn(asn), |config: &mut SpeakerConfig| config.decision = decision)
        };
        let [one, two, three, four, five, six] = [
            ("one", 64501),
            ("two", 64502),
            ("three", 64503),
            ("four", 64504),
            ("five", 64505),
            ("six", 64506),
        ]
        .map(|(name, asn)| speaker(name, asn));
        for (a, b) in
            [(one, two), (one, four), (one, five), (two, three), (three, six), (four, six), (five, six)]
        {
            net.join(a, b, |_, _| {});
        }
        net.originate(one, 1);
        net.originate(six, 6);
        net.world.start_all();
        net.settle();
        let used = |net: &Net, at: SpeakerId, n| {
            let mut paths: Vec<_> = net
                .world
                .engine(at)
                .multipath(net.net(n).into())
                .iter()
                .map(|route| route.attrs.as_path.to_string())
                .collect();
            paths.sort_unstable();
            paths
        };
        assert_eq!(used(&net, one, 6), ["64504 64506", "64505 64506"], "IPv6: {ipv6}");
        assert_eq!(used(&net, six, 1), ["64504 64501", "64505 64501"], "IPv6: {ipv6}");
        // Those between have one each, and those on the long way what is nearer.
        assert_eq!(
            (used(&net, four, 1), used(&net, four, 6)),
            (vec!["64501".to_owned()], vec!["64506".to_owned()])
        );
        assert_eq!(
            (used(&net, two, 6), used(&net, three, 1)),
            (vec!["64503 64506".to_owned()], vec!["64502 64501".to_owned()])
        );
    }
}
