//! What a trace looks like: one small scenario, its trace committed beside it.

use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use sim::{LegConfig, Side, Udp, Violation, World, chance};
use std::path::Path;
use std::time::Duration;

fn failed_leg(world: &mut World) -> Result<(), Violation> {
    let (alice, bob) = (world.add_speaker("alice", Asn(64500)), world.add_speaker("bob", Asn(64501)));
    let config = LegConfig { guard: Some(chance::guard(true)), ..LegConfig::default() };
    let leg = world.join(alice, bob, config, chance::open);
    let attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap_or([0; 4].into())));
    world.originate(alice, chance::prefix(0), attrs.clone());
    world.originate(alice, chance::prefix(1), attrs);
    world.start_all();
    world.settle(Duration::from_mins(1))?;
    world.retract(alice, chance::prefix(1));
    world.run_for(Duration::from_secs(1))?;
    world.set_udp(leg, Side::B, Udp::default().cut());
    world.run_for(Duration::from_secs(1))?;
    world.set_udp(leg, Side::B, Udp::default());
    world.settle(Duration::from_mins(1))
}

/// `SIM_BLESS=1 cargo test -p sim --test scenarios golden` writes the file anew, for its difference to be read.
#[test]
fn the_trace_is_the_committed_one() {
    let mut world = World::new(1);
    failed_leg(&mut world).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/golden/failed_leg.txt");
    if std::env::var_os("SIM_BLESS").is_some() {
        std::fs::write(&path, world.trace()).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(world.trace(), golden, "see how to bless it in {}", file!());
}
