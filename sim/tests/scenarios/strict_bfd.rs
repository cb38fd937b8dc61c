//! Strict BFD: no connection before BFD is Up, and none after it went Down.

use bgp_session::Down;
use bgp_speaker::What;
use bgp_wire::Asn;
use sim::{LegConfig, Seen, Side, State, Violation, World, chance, each_seed};
use std::time::Duration;

fn strict_bfd(world: &mut World) -> Result<(), Violation> {
    let (alice, bob) = (world.add_speaker("alice", Asn(64500)), world.add_speaker("bob", Asn(64501)));
    let (tcp, udp) = (chance::tcp(world.random()), chance::udp(world.random()));
    let config = LegConfig { tcp, udp, guard: Some(chance::guard(true)), ipv6: false };
    let leg = world.join(alice, bob, config, chance::open);
    world.originate(
        alice,
        chance::prefix(1),
        chance::attributes(chance::prefix(1), &mut sim::Random::new(0)),
    );

    // Packets pass in one direction only, or in none: BFD cannot come Up.
    let deaf = world.random().pick(&[&[Side::A][..], &[Side::B], &Side::ALL]).unwrap_or(&Side::ALL);
    deaf.iter().for_each(|side| world.set_udp(leg, *side, udp.cut()));
    world.start_all();
    world.run_for(Duration::from_secs(20))?;
    assert_eq!(Side::ALL.map(|side| world.state(leg, side)), [State::Idle; 2]);
    assert!(!world.records().iter().any(|r| r.what == Seen::Dials), "nobody dials");

    deaf.iter().for_each(|side| world.set_udp(leg, *side, udp));
    world.settle(Duration::from_mins(1))?;
    assert_eq!(Side::ALL.map(|side| world.state(leg, side)), [State::Established; 2]);

    // One direction fails: its receiver detects it, and tells the other.
    deaf.iter().for_each(|side| world.set_udp(leg, *side, udp.cut()));
    let cut = world.now();
    world.run_for(Duration::from_secs(30))?;
    assert_eq!(Side::ALL.map(|side| world.state(leg, side)), [State::Idle; 2]);
    let after = || world.records().iter().filter(|r| r.at >= cut);
    assert!(after().any(|r| r.what == Seen::Told(What::Down(Down::BfdDown))));
    assert!(!after().any(|r| r.what == Seen::Dials), "nobody dials while BFD is Down");

    deaf.iter().for_each(|side| world.set_udp(leg, *side, udp));
    world.settle(Duration::from_mins(2))
}

#[test]
fn the_session_waits_for_bfd() {
    each_seed("strict_bfd", strict_bfd);
}
