//! Neighbors that come and go while others stay, each with policies of its own.

use super::{Net, policy};
use bgp_speaker::PeerPolicies;
use sim::Side;
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(1);

/// A neighbor comes later, and brings what is behind it; one goes, and takes what is its own; what begins at the hub goes everywhere
/// and is taken back.
#[test]
fn neighbors_come_later_and_go() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let hub = net.speaker("hub", 64500);
        let [first, second, third] = [1, 2, 3].map(|n| net.speaker(&format!("as{n}"), 64500 + n));
        let distant = net.speaker("distant", 64504);
        let legs = [first, second, third].map(|at| net.join(hub, at, |_, _| {}));
        net.join(third, distant, |_, _| {});
        for (n, at) in (1..).zip([first, second, third, distant]) {
            net.originate(at, n);
        }
        net.world.start_all();
        net.world.remove(legs[2], Side::A);
        net.world.run_for(Duration::from_secs(20)).unwrap();
        assert_eq!([1, 2, 3, 4].map(|n| net.path(hub, n)), ["64501", "64502", "nothing", "nothing"]);
        assert_eq!(net.path(first, 2), "64500 64502");

        net.world.reconfigure(legs[2], Side::A, PAUSE, |_| {});
        net.settle();
        assert_eq!([3, 4].map(|n| net.path(hub, n)), ["64503", "64503 64504"]);
        assert_eq!([3, 4].map(|n| net.path(first, n)), ["64500 64503", "64500 64503 64504"]);
        assert_eq!(net.path(distant, 1), "64503 64500 64501");

        net.originate(hub, 9);
        net.settle();
        assert_eq!([first, second, third].map(|at| net.path(at, 9)), ["64500"; 3]);
        assert_eq!(net.path(distant, 9), "64503 64500");
        let own = net.net(9);
        net.world.retract(hub, own);
        net.world.remove(legs[0], Side::A);
        net.world.run_for(Duration::from_secs(10)).unwrap();
        for at in [hub, second, third, distant] {
            assert_eq!([1, 9].map(|n| net.path(at, n)), ["nothing"; 2]);
        }
        assert_eq!(net.path(second, 3), "64500 64503", "the others' stay");
        net.world.reconfigure(legs[0], Side::A, PAUSE, |_| {});
        net.settle();
        assert_eq!(net.path(distant, 1), "64503 64500 64501");
    }
}

/// Ten neighbors of one speaker, each with an export policy of its own, some that go and come back, and one whose policy changes: each
/// is told what its own says, throughout.
#[test]
fn each_of_ten_neighbors_is_told_by_its_own_policy() {
    for ipv6 in Net::BOTH {
        let mut net = Net::new(ipv6);
        let hub = net.speaker("hub", 64500);
        let nets: Vec<_> = (0..10).map(|n| net.net(n)).collect();
        // To neighbor n what begins in ASNs up to its own.
        let up_to = |n: u32| {
            policy(&format!(
                "policy p {{ rule \"r\" {{ when origin-asn in {{ 1-{} }} accept }} }}",
                64510 + n
            ))
        };
        let ends: Vec<_> = (0..10u32)
            .map(|n| {
                let at = net.speaker(&format!("as{n}"), 64510 + n);
                let leg = net.join(hub, at, |side, peer| {
                    if side == Side::A {
                        peer.export = up_to(n);
                    }
                });
                (at, leg)
            })
            .collect();
        for (n, (at, _)) in (0..10).zip(&ends) {
            net.originate(*at, n);
        }
        net.world.start_all();
        net.settle();
        let has = |net: &Net, n: usize| -> Vec<usize> {
            let engine = net.world.engine(ends[n].0);
            (0..10).filter(|of| engine.best(nets[*of].into()).is_some()).collect()
        };
        (0..10).for_each(|n| assert_eq!(has(&net, n), (0..=n).collect::<Vec<_>>()));
        for gone in [2, 5] {
            net.world.remove(ends[gone].1, Side::A);
        }
        net.world.run_for(Duration::from_secs(10)).unwrap();
        for n in [0, 1, 3, 4, 6, 7, 8, 9] {
            assert_eq!(has(&net, n), (0..=n).filter(|of| ![2, 5].contains(of)).collect::<Vec<_>>(), "{n}");
        }
        for back in [2, 5] {
            net.world.reconfigure(ends[back].1, Side::A, PAUSE, |_| {});
        }
        let policies = PeerPolicies { import: policy("policy p { default accept }"), export: up_to(9) };
        net.world.set_policies(ends[0].1, Side::A, policies);
        net.settle();
        assert_eq!(has(&net, 0), (0..10).collect::<Vec<_>>());
        (1..10).for_each(|n| assert_eq!(has(&net, n), (0..=n).collect::<Vec<_>>()));
    }
}
