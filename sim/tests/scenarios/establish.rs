//! Two speakers find each other, whatever the pipes do to their octets, and tell each other all they have.

use bgp_speaker::What;
use bgp_wire::Asn;
use sim::{Seen, Side, State, Violation, World, chance, each_seed};
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

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
    for speaker in [alice, bob] {
        let told = world.records().iter().rev().filter(|r| r.who == Some(speaker));
        let told = told.take_while(|r| !matches!(r.what, Seen::Told(What::Up(_))));
        let ends = told.filter(|r| matches!(r.what, Seen::Told(What::EndOfRib(_))));
        assert_eq!(ends.count(), 2, "each is told, once a family, that it has been told all");
    }
    Ok(())
}

#[test]
fn sessions_establish_and_exchange_all_routes() {
    each_seed("establish", establish);
}
