//! A carrier with two edges of one AS: BFD sees one leg fail, and the other edge takes over at once.

use bgp_session::Down;
use bgp_speaker::{Net, PeerId, What};
use bgp_wire::{Asn, NotificationCode};
use sim::{
    LegConfig, LegId, Message, Record, Seen, Side, SpeakerId, Udp, Violation, World, chance, each_seed,
};
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(2);
const DETECTION: Duration = Duration::from_millis(300);
const ROUTES: u8 = 12;

struct Triangle {
    carrier: SpeakerId,
    legs: [LegId; 2],
    udp: Udp,
}

fn carrier_with_two_edges(world: &mut World) -> Triangle {
    let carrier = world.add_speaker("carrier", Asn(64500));
    let edges = ["edge-1", "edge-2"].map(|name| world.add_speaker(name, Asn(64510)));
    let strict = world.random().chance(500);
    let (tcp, udp) = (chance::tcp(world.random()), chance::udp(world.random()));
    let config = LegConfig { tcp, udp, guard: Some(chance::guard(strict)), ipv6: false };
    let legs = edges.map(|edge| world.join(carrier, edge, config, chance::open));
    for edge in edges {
        for number in 0..ROUTES {
            let attrs = chance::attributes(chance::prefix(number), &mut sim::Random::new(number.into()));
            world.originate(edge, chance::prefix(number), attrs);
        }
    }
    Triangle { carrier, legs, udp }
}

fn failover(world: &mut World) -> Result<(), Violation> {
    let Triangle { carrier, legs, udp } = carrier_with_two_edges(world);
    let [first, second] = legs;
    world.start_all();
    world.settle(LIMIT)?;
    let pause = world.random().up_to(Duration::from_secs(2));
    world.run_for(pause)?;
    let before = best_through(world, carrier, PeerId(0));
    assert!(!before.is_empty(), "of two equal edges the one with the lower BGP Identifier leads");

    let cut = world.now();
    Side::ALL.into_iter().for_each(|side| world.set_udp(first, side, udp.cut()));
    let bound = DETECTION + udp.latency + udp.jitter;
    world.run_for(bound)?;

    let at = |wanted: &dyn Fn(&Record) -> bool| {
        let of = |r: &&Record| r.at >= cut && r.leg == Some(first) && wanted(r);
        world.records().iter().find(of).map(|r| r.at)
    };
    // Whoever detects it first tells the other why, in the same instant.
    let failed = at(&|r| r.what == Seen::Told(What::Down(Down::BfdDown)));
    let cease = at(&|r| matches!(r.what, Seen::Sends(_, Message::Notification(NotificationCode::BFD_DOWN))));
    let down = at(&|r| r.who == Some(carrier) && matches!(r.what, Seen::Told(What::Down(_))));
    assert!(failed.is_some() && failed == cease, "failed {failed:?}, Cease {cease:?}");
    assert!(failed <= down && down.is_some_and(|at| at <= cut + bound), "down {down:?}, cut {cut:?}");
    assert!(best_through(world, carrier, PeerId(0)).is_empty());
    let after = best_through(world, carrier, PeerId(1));
    assert!(before.iter().all(|net| after.contains(net)), "all have moved to the other leg");
    assert_eq!(world.state(second, Side::A), sim::State::Established);

    let pause = world.random().up_to(Duration::from_secs(20));
    world.run_for(pause)?;
    Side::ALL.into_iter().for_each(|side| world.set_udp(first, side, udp));
    world.settle(LIMIT)?;
    assert_eq!(best_through(world, carrier, PeerId(0)), before, "and they have moved back");
    Ok(())
}

fn best_through(world: &World, speaker: SpeakerId, peer: PeerId) -> Vec<Net> {
    let nets = (0..ROUTES).map(|number| Net::from(chance::prefix(number)));
    nets.filter(|net| world.engine(speaker).best(*net).is_some_and(|best| best.peer == peer)).collect()
}

#[test]
fn a_failed_leg_is_left_within_the_detection_time() {
    each_seed("bfd_failover", failover);
}
