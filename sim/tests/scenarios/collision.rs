//! Both speakers dial within one another's round trip: one connection stays, and the session never flaps.

use bgp_speaker::{Conn, What};
use bgp_wire::Asn;
use sim::{LegConfig, Seen, Side, State, Violation, World, chance, each_seed};
use std::time::Duration;

fn collision(world: &mut World) -> Result<(), Violation> {
    // The lower BGP Identifier with the higher ASN, the other way round, and one AS.
    let (low, high) =
        world.random().pick(&[(64501, 64500), (64500, 64501), (64500, 64500)]).unwrap_or_default();
    let (alice, bob) = (world.add_speaker("alice", Asn(low)), world.add_speaker("bob", Asn(high)));
    let tcp = chance::tcp(world.random());
    let leg = world.join(alice, bob, LegConfig { tcp, ..LegConfig::default() }, chance::open);
    world.originate(
        alice,
        chance::prefix(0),
        chance::attributes(chance::prefix(0), &mut sim::Random::new(1)),
    );

    let mut order = [alice, bob];
    if world.random().chance(500) {
        order.reverse();
    }
    let apart = world.random().up_to(tcp.latency * 4);
    let [first, second] = order;
    world.start(first);
    world.run_for(apart)?;
    world.start(second);
    world.settle(Duration::from_mins(1))?;

    let told = |wanted: fn(&What) -> bool| {
        world.records().iter().filter(|r| matches!(&r.what, Seen::Told(what) if wanted(what))).count()
    };
    assert_eq!(told(|what| matches!(what, What::Up(_))), 2, "each session comes up once");
    let left = told(|what| matches!(what, What::Session { from: State::Established, .. }));
    assert_eq!(left, 0, "and stays up");
    if apart < tcp.latency {
        // Both dials were done before either connection arrived: the higher BGP Identifier's stays.
        assert_eq!(told(|what| matches!(what, What::Down(_))), 0, "neither end loses both");
        let (_, peer) = world.who(leg, Side::B);
        assert_eq!(world.engine(bob).connection(peer), Some(Conn::Dialed));
    }
    Ok(())
}

#[test]
fn one_connection_survives() {
    each_seed("collision", collision);
}
