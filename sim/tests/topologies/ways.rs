//! Of several ways to a net, which is used.

use super::{Net, policy};
use bgp_speaker::{PeerConfig, ToldNextHop};
use sim::Side;

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
