//! ROUTE-REFRESH: the peer sends all it has announced again, once, whatever else moves meanwhile.

use bgp_wire::Asn;
use sim::{LegConfig, Message, Seen, Side, SpeakerId, Violation, World, chance, each_seed};
use std::collections::BTreeSet;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

fn refresh(world: &mut World) -> Result<(), Violation> {
    let (alice, bob) = (world.add_speaker("alice", Asn(64500)), world.add_speaker("bob", Asn(64501)));
    let tcp = chance::tcp(world.random());
    let leg = world.join(alice, bob, LegConfig { tcp, ..LegConfig::default() }, chance::open);
    for number in 0..chance::PREFIXES {
        originate(world, alice, number);
    }
    world.start_all();
    world.settle(LIMIT)?;

    let (_, peer) = world.who(leg, Side::A);
    let told: BTreeSet<_> = world.engine(alice).routes_to(peer).into_iter().map(|(net, _)| net).collect();
    let asked = world.now();
    world.refresh(leg, Side::B);
    let churn = world.random().below(6);
    for _ in 0..churn {
        let pause = world.random().up_to(tcp.latency);
        world.run_for(pause)?;
        let number = u8::try_from(world.random().below(chance::PREFIXES.into())).unwrap_or(0);
        if world.random().chance(300) {
            world.retract(alice, chance::prefix(number));
        } else {
            originate(world, alice, number);
        }
    }
    world.settle(LIMIT)?;

    // Nothing that was announced is left out, and without churn nothing comes twice.
    let mut again = Vec::new();
    for record in world.records().iter().filter(|r| r.at >= asked && r.who == Some(alice)) {
        if let Seen::Sends(_, Message::Update(withdrawn, announced)) = &record.what {
            again.extend(withdrawn.iter().chain(announced).copied());
        }
    }
    let distinct: BTreeSet<_> = again.iter().copied().collect();
    assert!(!told.is_empty() && told.is_subset(&distinct), "all is sent again");
    assert!(churn > 0 || again.len() == told.len(), "once");
    Ok(())
}

fn originate(world: &mut World, speaker: SpeakerId, number: u8) {
    let prefix = chance::prefix(number);
    let attrs = chance::attributes(prefix, world.random());
    world.originate(speaker, prefix, attrs);
}

#[test]
fn a_refresh_brings_everything_again() {
    each_seed("refresh", refresh);
}
