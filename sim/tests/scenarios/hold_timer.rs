//! A half-open connection: nothing arrives, nothing fails. The hold timer of both ends finds out.

use bgp_session::Down;
use bgp_speaker::What;
use bgp_wire::{Asn, NotificationCode};
use sim::{LegConfig, Message, Seen, Violation, World, chance, each_seed};
use std::time::Duration;

const HOLD: Duration = Duration::from_secs(9);

fn hold_timer(world: &mut World) -> Result<(), Violation> {
    let (alice, bob) = (world.add_speaker("alice", Asn(64500)), world.add_speaker("bob", Asn(64501)));
    let tcp = chance::tcp(world.random());
    let leg = world.join(alice, bob, LegConfig { tcp, ..LegConfig::default() }, chance::open);
    for number in 0..8 {
        let attrs = chance::attributes(chance::prefix(number), world.random());
        world.originate(alice, chance::prefix(number), attrs);
    }
    world.start_all();
    world.settle(Duration::from_mins(1))?;
    let pause = world.random().up_to(HOLD);
    world.run_for(pause)?;

    world.half_open(leg);
    let cut = world.now();
    world.run_for(HOLD)?;
    for speaker in [alice, bob] {
        let at = |wanted: &dyn Fn(&Seen) -> bool| {
            let of = |r: &&sim::Record| r.at >= cut && r.who == Some(speaker) && wanted(&r.what);
            world.records().iter().find(of).map(|r| r.at)
        };
        let down = at(&|seen| *seen == Seen::Told(What::Down(Down::HoldExpired)));
        let sent = at(&|seen| {
            let expired = Message::Notification(NotificationCode::HOLD_TIMER_EXPIRED);
            matches!(seen, Seen::Sends(_, message) if *message == expired)
        });
        // A KEEPALIVE came within the last third of the hold time, and its latency.
        let earliest = (cut + HOLD * 2 / 3).saturating_sub(tcp.latency + tcp.pause);
        assert!(down.is_some_and(|at| (earliest..=cut + HOLD).contains(&at)), "{down:?} after {cut:?}");
        assert_eq!(down, sent);
    }
    world.settle(Duration::from_mins(1))
}

#[test]
fn silence_ends_both_ends_with_hold_timer_expired() {
    each_seed("hold_timer", hold_timer);
}
