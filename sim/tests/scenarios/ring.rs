//! Twenty speakers in a ring: routes go round both ways, and round the other way when one leg fails.

use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use sim::{LegConfig, Violation, World, chance};
use std::net::Ipv4Addr;
use std::time::Duration;

const SPEAKERS: u8 = 20;
const LIMIT: Duration = Duration::from_mins(2);

fn ring(world: &mut World) -> Result<(), Violation> {
    let numbers = 0..SPEAKERS;
    let speakers: Vec<_> = numbers
        .clone()
        .map(|n| {
            world.add_speaker(format!("ring-{n}"), Asn(64496 + u32::from(n) % 16 + u32::from(n) / 16 * 1040))
        })
        .collect();
    let next = speakers.iter().cycle().skip(1);
    let legs: Vec<_> = speakers
        .iter()
        .zip(next)
        .map(|(a, b)| world.join(*a, *b, LegConfig::default(), chance::open))
        .collect();
    for (speaker, number) in speakers.iter().zip(numbers) {
        let attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
        world.originate(*speaker, chance::prefix(number), attrs);
    }
    world.start_all();
    world.settle(LIMIT)?;
    legs.iter().take(1).for_each(|leg| world.silence(*leg));
    world.run_for(Duration::from_secs(10))?;
    world.settle(LIMIT)?;
    for speaker in speakers {
        let engine = world.engine(speaker);
        let reached = (0..SPEAKERS).filter(|n| engine.best(chance::prefix(*n).into()).is_some());
        assert_eq!(reached.count(), usize::from(SPEAKERS));
    }
    Ok(())
}

#[test]
fn twenty_speakers_agree() {
    ring(&mut World::new(1)).unwrap();
}
