//! Two speakers find each other, whatever the pipes do to their octets, and tell each other all they have.

use bgp_wire::Asn;
use sim::{Seen, Side, State, Violation, World, chance, each_seed};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

fn establish(world: &mut World) -> Result<(), Violation> {
    let alice = world.add_speaker("alice", Asn(64500));
    let internal = world.random().chance(200);
    let bob = world.add_speaker("bob", Asn(if internal { 64500 } else { 64501 }));
    let mut config = chance::leg(world.random());
    config.guard = world.random().chance(300).then(|| chance::guard(false));
    let passive = world.random().pick(&[None, Some(Side::A), Some(Side::B)]).flatten();
    let leg = world.join(alice, bob, config, |side, peer| {
        chance::open(side, peer);
        peer.passive = passive == Some(side);
    });
    for speaker in [alice, bob] {
        for number in 0..chance::PREFIXES {
            let prefix = chance::prefix(number);
            if world.random().chance(500) {
                let attrs = chance::attributes(prefix, world.random());
                world.originate(speaker, prefix, attrs);
            }
        }
    }
    world.start_all();
    let both = |world: &World| Side::ALL.iter().all(|side| world.state(leg, *side) == State::Established);
    world.run_until(Duration::from_secs(5), both)?;
    world.settle(LIMIT)?;
    // Both tell that they have told all, once a family.
    let ends = |r: &&sim::Record| matches!(r.what, Seen::Told(bgp_speaker::What::EndOfRib(_)));
    assert_eq!(world.records().iter().filter(ends).count(), 4);
    Ok(())
}

#[test]
fn sessions_establish_and_exchange_all_routes() {
    each_seed("establish", establish);
}
