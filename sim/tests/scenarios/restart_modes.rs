//! A speaker restarts, and each of its neighbors keeps what both ends of that session have agreed on, whatever the others do (RFC
//! 4724, RFC 8538).
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use bgp_policy::Policy;
use bgp_speaker::{PeerConfig, Restart};
use bgp_wire::{Asn, AttributeSet, Family, FamilySet, NextHop, Origin};
use sim::{Crash, LegConfig, LegId, Message, Seen, Side, SpeakerId, World};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

/// What one end offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Nothing of restarts.
    Disabled,
    /// To help, and nothing to be kept.
    Helper,
    /// Its routes are to be kept, and its forwarding goes on.
    Preserved,
    /// Its routes are to be kept, and its forwarding is gone when it is back.
    NotPreserved,
}

const RESTART_TIME: u16 = 30;

impl Mode {
    fn offer(self) -> Option<Restart> {
        let all: FamilySet = Family::UNICAST.into_iter().collect();
        let restart = Restart { time: RESTART_TIME, families: all, forwarding: all, ..Restart::default() };
        match self {
            Self::Disabled => None,
            Self::Helper => {
                Some(Restart { families: FamilySet::EMPTY, forwarding: FamilySet::EMPTY, ..restart })
            }
            Self::Preserved => Some(restart),
            Self::NotPreserved => Some(Restart { forwarding: FamilySet::EMPTY, ..restart }),
        }
    }
}

/// Alice restarts; Bob is her neighbor, and Carol his.
struct Three {
    world: World,
    carol: SpeakerId,
    bob: SpeakerId,
    alice: SpeakerId,
    leg: LegId,
    onwards: LegId,
    net: ipnet::IpNet,
}

impl Three {
    fn new(ipv6: bool, alices: Mode, bobs: Mode) -> Self {
        let mut world = World::new(5);
        let [alice, bob, carol] = [("alice", 64500), ("bob", 64501), ("carol", 64502)]
            .map(|(name, asn)| world.add_speaker(name, Asn(asn)));
        let open = |peer: &mut PeerConfig| {
            peer.families = Family::UNICAST.into_iter().collect();
            let all = Arc::new(Policy::accept_all());
            (peer.import, peer.export) = (Some(all.clone()), Some(all));
        };
        let config = LegConfig { ipv6, ..LegConfig::default() };
        let leg = world.join(alice, bob, config, |side, peer| {
            open(peer);
            peer.offers.graceful_restart = if side == Side::A { alices.offer() } else { bobs.offer() };
        });
        let onwards = world.join(bob, carol, config, |_, peer| open(peer));
        let net = if ipv6 { "2001:db8:1::/48" } else { "198.18.1.0/24" }.parse().unwrap();
        let own = if ipv6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        world.originate(alice, net, AttributeSet::new(Origin::Igp, NextHop::from(own)));
        world.start_all();
        world.settle(Duration::from_mins(1)).unwrap();
        Self { world, carol, bob, alice, leg, onwards, net }
    }

    fn has(&self, who: SpeakerId) -> bool {
        self.world.engine(who).best(self.net.into()).is_some()
    }

    fn back(&mut self) {
        back(&mut self.world);
    }

    /// How often Bob took the route back from Carol since then.
    fn taken_back(&self, since: Duration) -> usize {
        let records = self.world.records().iter().filter(|record| record.at >= since);
        let of_bob =
            records.filter(|record| (record.who, record.leg) == (Some(self.bob), Some(self.onwards)));
        let net = self.net.into();
        of_bob.filter(|record| {
            matches!(&record.what, Seen::Sends(_, Message::Update(withdrawn, _)) if withdrawn.contains(&net))
        })
        .count()
    }
}

/// Whoever was away boots, and the world comes to rest.
fn back(world: &mut World) {
    world.run_for(Duration::from_secs(10)).unwrap();
    world.settle(Duration::from_mins(2)).unwrap();
}

/// (what Alice offers, what Bob does, whether Bob keeps her routes while she is away, whether Carol never hears that she was)
#[test]
fn what_is_kept_and_what_is_not() {
    use Mode::{Disabled, Helper, NotPreserved, Preserved};
    let rows = [
        (Disabled, Disabled, false, false),
        (Disabled, Helper, false, false),
        (Disabled, Preserved, false, false),
        (Helper, Disabled, false, false),
        (Helper, Helper, false, false),
        (Helper, Preserved, false, false),
        (Preserved, Disabled, false, false),
        (Preserved, Helper, true, true),
        (Preserved, Preserved, true, true),
        (Preserved, NotPreserved, true, true),
        (NotPreserved, Disabled, false, false),
        (NotPreserved, Helper, true, false),
        (NotPreserved, Preserved, true, false),
    ];
    for ipv6 in [false, true] {
        for (alices, bobs, kept, unheard) in rows {
            let about = format!("{alices:?} {bobs:?}, IPv6: {ipv6}");
            let mut three = Three::new(ipv6, alices, bobs);
            let began = three.world.now();
            let deferral = alices.offer().map(|_| Duration::from_mins(1));
            three.world.crash(three.alice, Crash::Process, Duration::from_secs(10), deferral);
            three.world.run_for(Duration::from_secs(5)).unwrap();
            assert_eq!([three.has(three.bob), three.has(three.carol)], [kept; 2], "{about}: away");
            three.back();
            assert!(three.has(three.carol), "{about}: back");
            assert_eq!(three.taken_back(began) == 0, unheard, "{about}");
        }
    }
}

/// Longer than the restart time nothing is kept, nor what is not said again when she is back.
#[test]
fn what_is_kept_is_not_kept_for_ever() {
    for ipv6 in [false, true] {
        let mut three = Three::new(ipv6, Mode::Preserved, Mode::Helper);
        three.world.crash(three.alice, Crash::Process, Duration::from_mins(3), Some(Duration::from_mins(1)));
        three.world.run_for(Duration::from_secs(u64::from(RESTART_TIME) - 2)).unwrap();
        assert!(three.has(three.carol));
        three.world.run_for(Duration::from_secs(4)).unwrap();
        assert!(!three.has(three.bob) && !three.has(three.carol));
        three.world.run_for(Duration::from_mins(3)).unwrap();
        three.back();
        assert!(three.has(three.carol));

        let mut three = Three::new(ipv6, Mode::Preserved, Mode::Helper);
        three.world.crash(three.alice, Crash::Process, Duration::from_secs(5), Some(Duration::from_mins(1)));
        // Her configuration is another when she is back.
        let (alice, net) = (three.alice, three.net);
        three.world.retract(alice, net);
        three.world.run_for(Duration::from_secs(3)).unwrap();
        assert!(three.has(three.carol));
        three.back();
        assert!(!three.has(three.bob) && !three.has(three.carol));
    }
}

/// One speaker with a neighbor of each mode restarts: each keeps by what it agreed on with it. And the neighbors restart, each by itself.
#[test]
fn each_neighbor_has_a_mode_of_its_own() {
    let modes = [Mode::Disabled, Mode::Helper, Mode::Preserved];
    for ipv6 in [false, true] {
        let mut world = World::new(9);
        let hub = world.add_speaker("hub", Asn(64500));
        let spokes = [0, 1, 2].map(|n| world.add_speaker(format!("spoke-{n}"), Asn(64501 + n)));
        for (spoke, mode) in spokes.into_iter().zip(modes) {
            world.join(hub, spoke, LegConfig { ipv6, ..LegConfig::default() }, |side, peer| {
                peer.families = Family::UNICAST.into_iter().collect();
                let all = Arc::new(Policy::accept_all());
                (peer.import, peer.export) = (Some(all.clone()), Some(all));
                peer.offers.graceful_restart =
                    if side == Side::A { Mode::Preserved.offer() } else { mode.offer() };
            });
        }
        let prefix = |n: usize| -> ipnet::IpNet {
            if ipv6 { format!("2001:db8:{n}::/48") } else { format!("198.18.{n}.0/24") }.parse().unwrap()
        };
        let own = if ipv6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        for (n, at) in [hub].into_iter().chain(spokes).enumerate() {
            world.originate(at, prefix(n), AttributeSet::new(Origin::Igp, NextHop::from(own)));
        }
        world.start_all();
        world.settle(Duration::from_mins(1)).unwrap();
        world.crash(hub, Crash::Process, Duration::from_secs(10), Some(Duration::from_mins(1)));
        world.run_for(Duration::from_secs(5)).unwrap();
        let keeps = spokes.map(|at| world.engine(at).best(prefix(0).into()).is_some());
        assert_eq!(keeps, [false, true, true], "IPv6: {ipv6}");
        back(&mut world);
        for (n, asks) in [(0, false), (1, false), (2, true)] {
            world.crash(spokes[n], Crash::Process, Duration::from_secs(10), None);
            world.run_for(Duration::from_secs(5)).unwrap();
            assert_eq!(world.engine(hub).best(prefix(n + 1).into()).is_some(), asks, "{n}, IPv6: {ipv6}");
            back(&mut world);
        }
    }
}

/// A mode that is configured while the session is up counts from its next beginning on; either end's.
#[test]
fn another_mode_counts_with_the_next_session() {
    use Mode::{Disabled, Helper, Preserved};
    for ipv6 in [false, true] {
        let mut three = Three::new(ipv6, Preserved, Helper);
        for (side, mode, kept) in [
            (Side::B, Disabled, false),
            (Side::B, Preserved, true),
            (Side::A, Helper, false),
            (Side::A, Preserved, true),
            (Side::A, Disabled, false),
        ] {
            let leg = three.leg;
            let pause = Duration::from_secs(1);
            three.world.reconfigure(leg, side, pause, |peer| peer.offers.graceful_restart = mode.offer());
            back(&mut three.world);
            let deferral = Some(Duration::from_mins(1));
            three.world.crash(three.alice, Crash::Process, Duration::from_secs(10), deferral);
            three.world.run_for(Duration::from_secs(5)).unwrap();
            assert_eq!(three.has(three.carol), kept, "{side:?} {mode:?}, IPv6: {ipv6}");
            back(&mut three.world);
            assert!(three.has(three.carol));
        }
    }
}
