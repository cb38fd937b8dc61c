//! Policies change while routes are on their way, and each end keeps what it is told or does not: all ends with the tables
//! of the model.

use bgp_policy::{Action, Decision, Policy};
use bgp_speaker::{AdjRibIn, PeerPolicies};
use bgp_wire::Asn;
use sim::{LegConfig, LegId, Message, Seen, Side, SpeakerId, Violation, World, chance, each_seed};
use std::sync::Arc;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

/// How what is told can be judged again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// It is kept.
    Kept,
    /// It is asked for again, with a beginning and an end.
    Enhanced,
    /// It is asked for again.
    Plain,
    /// It is not before the session ends.
    Reset,
}

fn join(world: &mut World, way: Way) -> ([SpeakerId; 3], LegId) {
    let (alice, bob) = (world.add_speaker("alice", Asn(64500)), world.add_speaker("bob", Asn(64501)));
    let carol = world.add_speaker("carol", Asn(64502));
    let tcp = chance::tcp(world.random());
    let leg = world.join(alice, bob, LegConfig { tcp, ..LegConfig::default() }, |side, peer| {
        chance::open(side, peer);
        peer.offers.route_refresh = way != Way::Reset;
        peer.offers.enhanced_route_refresh = way == Way::Enhanced;
        peer.adj_rib_in = if way == Way::Kept { AdjRibIn::Kept } else { AdjRibIn::NotKept };
    });
    world.join(bob, carol, LegConfig { tcp, ..LegConfig::default() }, chance::open);
    ([alice, bob, carol], leg)
}

fn policy(world: &mut World) -> Arc<Policy> {
    let of = [chance::REFUSED, chance::WITHHELD, chance::PREPENDED];
    let refused = world.random().pick(&of).map(|c| chance::rule("other", c, Action::Reject, &[]));
    let otherwise = if world.random().chance(700) { Decision::Accept } else { Decision::Reject };
    let policy = Policy::new("other", Vec::from_iter(refused), otherwise);
    policy.map_or_else(|_| Arc::new(Policy::reject_all()), Arc::new)
}

fn churn(world: &mut World, alice: SpeakerId) {
    let number = u8::try_from(world.random().below(chance::PREFIXES.into())).unwrap_or(0);
    let prefix = chance::prefix(number);
    if world.random().chance(300) {
        world.retract(alice, prefix);
    } else {
        let attrs = chance::attributes(prefix, world.random());
        world.originate(alice, prefix, attrs);
    }
}

fn reconfigure(world: &mut World, way: Way) -> Result<(), Violation> {
    let ([alice, bob, _], leg) = join(world, way);
    (0..chance::PREFIXES).for_each(|_| churn(world, alice));
    world.start_all();
    if world.random().chance(500) {
        world.settle(LIMIT)?;
    }
    let began = world.now();
    for _ in 0..=world.random().below(4) {
        let (import, export) = (Some(policy(world)), chance_export(world));
        world.set_policies(leg, Side::B, PeerPolicies { import, export });
        for _ in 0..world.random().below(6) {
            let pause = world.random().up_to(Duration::from_millis(100));
            world.run_for(pause)?;
            churn(world, alice);
        }
        if world.random().chance(150) {
            world.reset(leg);
        }
    }
    world.settle(LIMIT)?;
    let asked = world.records().iter().filter(|r| r.at >= began && r.who == Some(bob));
    let asked = asked.filter(|r| matches!(r.what, Seen::Sends(_, Message::RouteRefresh(_))));
    assert!(
        asked.count() == 0 || matches!(way, Way::Enhanced | Way::Plain),
        "{way:?}: not a word to the peer"
    );
    Ok(())
}

/// Everything, or now and then nothing.
fn chance_export(world: &mut World) -> Option<Arc<Policy>> {
    world.random().chance(800).then(|| Arc::new(Policy::accept_all()))
}

#[test]
fn what_is_kept_is_judged_again() {
    each_seed("reconfigure", |world| reconfigure(world, Way::Kept));
}

#[test]
fn what_is_not_kept_is_sent_again_between_markers() {
    each_seed("reconfigure", |world| reconfigure(world, Way::Enhanced));
}

#[test]
fn what_is_not_kept_is_sent_again_without_markers() {
    each_seed("reconfigure", |world| reconfigure(world, Way::Plain));
}

#[test]
fn what_can_neither_waits_for_the_end_of_the_session() {
    each_seed("reconfigure", |world| reconfigure(world, Way::Reset));
}
