//! Everything at once: routes come and go while connections are reset, half-open, silent and refused,
//! speakers stop and start, and packets are lost. When it stops, every invariant holds.

use bgp_wire::Asn;
use sim::{LegConfig, LegId, Side, SpeakerId, Udp, Violation, World, chance, each_seed};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(400);

struct Churn {
    speakers: Vec<SpeakerId>,
    legs: Vec<LegId>,
}

/// Two to four speakers: each joined to one before it, and some of them once more.
fn build(world: &mut World) -> Churn {
    let count = 2 + world.random().length(3) - 1;
    let mut churn = Churn { speakers: Vec::new(), legs: Vec::new() };
    for (name, number) in ["alice", "bob", "carol", "dave"].into_iter().zip(0_u32..).take(count) {
        let internal = u32::from(world.random().chance(150));
        let speaker = world.add_speaker(name, Asn(64500 + number.saturating_sub(internal)));
        for _ in 0..2 {
            let peer = world.random().pick(&churn.speakers);
            let needed = churn.legs.len() < churn.speakers.len();
            if let Some(peer) = peer.filter(|_| needed) {
                churn.legs.push(join(world, peer, speaker));
            }
        }
        churn.speakers.push(speaker);
    }
    if world.random().chance(500) {
        let (a, b) = (churn.speakers.first().copied(), churn.speakers.last().copied());
        churn.legs.extend(a.zip(b).map(|(a, b)| join(world, a, b)));
    }
    churn
}

fn join(world: &mut World, a: SpeakerId, b: SpeakerId) -> LegId {
    let mut config: LegConfig = chance::leg(world.random());
    config.tcp.refused = world.random().pick(&[0, 0, 300]).unwrap_or(0);
    config.guard = world.random().pick(&[None, Some(false), Some(true)]).flatten().map(chance::guard);
    world.join(a, b, config, chance::open)
}

fn churn(world: &mut World) -> Result<(), Violation> {
    let churn = build(world);
    world.start_all();
    for _ in 0..world.random().below(40) {
        let pause = world.random().pick(&[1, 10, 100, 1_000, 8_000]).unwrap_or(1);
        let pause = world.random().up_to(Duration::from_millis(pause));
        world.run_for(pause)?;
        move_a_route(world, &churn);
        if world.random().chance(400) {
            befall(world, &churn);
        }
    }
    world.start_all();
    for leg in churn.legs {
        world.heal(leg);
        Side::ALL.into_iter().for_each(|side| world.set_udp(leg, side, Udp::default()));
    }
    world.settle(LIMIT)
}

fn move_a_route(world: &mut World, churn: &Churn) {
    let prefix = chance::prefix(u8::try_from(world.random().below(chance::PREFIXES.into())).unwrap_or(0));
    let Some(speaker) = world.random().pick(&churn.speakers) else { return };
    if world.random().chance(300) {
        world.retract(speaker, prefix);
    } else {
        let attrs = chance::attributes(prefix, world.random());
        world.originate(speaker, prefix, attrs);
    }
}

fn befall(world: &mut World, churn: &Churn) {
    let Some(leg) = world.random().pick(&churn.legs) else { return };
    let side = if world.random().chance(500) { Side::A } else { Side::B };
    match world.random().below(7) {
        0 => world.reset(leg),
        1 => world.half_open(leg),
        2 => world.silence(leg),
        3 => world.heal(leg),
        4 => world.refresh(leg, side),
        5 => stop_or_start(world, churn),
        _ => {
            let lost = world.random().pick(&[0, 100, 300, 1000]).unwrap_or(0);
            world.set_udp(leg, side, Udp { lost, ..Udp::default() });
        }
    }
}

fn stop_or_start(world: &mut World, churn: &Churn) {
    let Some(speaker) = world.random().pick(&churn.speakers) else { return };
    if world.random().chance(500) {
        world.stop(speaker, "maintenance");
    } else {
        world.start(speaker);
    }
}

#[test]
fn every_invariant_holds_when_faults_stop() {
    each_seed("churn", churn);
}
