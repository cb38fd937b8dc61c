//! A plan comes to life.

use super::event::At;
use super::{LegPlan, Plan, Without};
use crate::arena::Side;
use crate::leg::{LegId, Udp};
use crate::speaker::SpeakerId;
use crate::violation::{Invariant, Violation};
use crate::world::World;
use bgp_speaker::PrefixLimits;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long a world may take to come to rest once nothing befalls it any more.
const LIMIT: Duration = Duration::from_mins(10);
/// After so long it is asked whether its policies let it.
const PATIENCE: Duration = Duration::from_mins(1);

/// What became of a plan's parts; `None` is what was left out.
struct Parts {
    speakers: Vec<Option<SpeakerId>>,
    legs: Vec<Option<LegId>>,
}

/// Runs a plan in an empty world, without some of its parts, and checks every invariant.
pub fn run(plan: &Plan, without: &Without, world: &mut World) -> Result<(), Violation> {
    let ran = catch_unwind(AssertUnwindSafe(|| live(plan, without, world)));
    ran.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(world.violation(Invariant::Panics, text.unwrap_or_default()))
    })
}

fn live(plan: &Plan, without: &Without, world: &mut World) -> Result<(), Violation> {
    let parts = build(plan, without, world);
    world.start_all();
    for (number, event) in plan.events.iter().enumerate() {
        world.run_for(event.after)?;
        if without.events.contains(&number) {
            continue;
        }
        match event.at {
            At::Speaker(at) => {
                parts.speakers.get(at).copied().flatten().iter().for_each(|at| event.of_speaker(world, *at));
            }
            At::Leg(at) => {
                parts.legs.get(at).copied().flatten().iter().for_each(|at| event.of_leg(world, *at));
            }
        }
        world.broken()?;
    }
    // Whoever was to boot or to start by then has.
    world.run_for(Duration::from_secs(15))?;
    for leg in parts.legs.iter().flatten() {
        world.heal(*leg);
        for side in Side::ALL {
            world.set_udp(*leg, side, Udp::default());
            world.set_limits(*leg, side, PrefixLimits::default());
            world.drain(*leg, side, false);
            world.bring_back(*leg, side);
        }
    }
    world.start_all();
    rest(world)
}

/// Lets the world come to rest, without the nets that cannot: those over which the model proves policies in dispute. A session that
/// is late may bring another one.
fn rest(world: &mut World) -> Result<(), Violation> {
    let end = world.now() + LIMIT;
    loop {
        match world.settle(PATIENCE) {
            Err(Violation { invariant: Invariant::Settles, .. }) if world.now() < end => {
                world.end_disputes();
            }
            outcome => return outcome,
        }
    }
}

fn build(plan: &Plan, without: &Without, world: &mut World) -> Parts {
    let mut parts = Parts { speakers: Vec::new(), legs: Vec::new() };
    for (number, speaker) in plan.speakers.iter().enumerate() {
        let there = !without.speakers.contains(&number);
        parts.speakers.push(there.then(|| {
            world.add_speaker_with(format!("s{number}"), speaker.asn, |config| {
                config.confederation.clone_from(&speaker.confederation);
                config.decision.always_compare_med = speaker.always_compare_med;
            })
        }));
    }
    for (number, leg) in plan.legs.iter().enumerate() {
        let at = |speaker: usize| parts.speakers.get(speaker).copied().flatten();
        let ends = at(leg.a).zip(at(leg.b)).filter(|_| !without.legs.contains(&number));
        parts.legs.push(ends.map(|(a, b)| join(world, a, b, leg, without)));
    }
    parts
}

fn join(world: &mut World, a: SpeakerId, b: SpeakerId, leg: &LegPlan, without: &Without) -> LegId {
    let mut leg = *leg;
    for feature in &without.features {
        leg.features = leg.features.without(*feature);
    }
    let external = world.are_external(a, b);
    world.join(a, b, leg.leg(), |side, peer| leg.configure(side, external, peer))
}
