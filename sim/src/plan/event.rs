//! What happens to a planned world.

use super::LegPlan;
use super::feature::limits;
use crate::arena::Side;
use crate::chance;
use crate::leg::{LegId, Udp};
use crate::random::Random;
use crate::speaker::SpeakerId;
use crate::world::{Crash, World};
use bgp_policy::{Decision, Policy};
use bgp_speaker::{PeerPolicies, Reach};
use bgp_wire::Community;
use std::sync::Arc;
use std::time::Duration;

/// Something that happens after a pause; all that chance makes of it comes from its own seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventPlan {
    pub(super) after: Duration,
    pub(super) what: Event,
    pub(super) at: At,
    seed: u64,
}

/// Where it happens, by number in the plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum At {
    Speaker(usize),
    Leg(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    Originate,
    Retract,
    Reset,
    HalfOpen,
    Silence,
    Stall,
    Heal,
    Udp,
    Refresh,
    Stop,
    Start,
    Crash,
    Pause,
    Policy,
    Remove,
    Add,
    Limits,
    Drain,
    Undrain,
    NextHop,
    Anew,
    ShutDown,
    BringBack,
}

/// How often each event is drawn, and whether it is of a speaker.
const OFTEN: [(Event, u64, bool); 23] = [
    (Event::Originate, 24, true),
    (Event::Retract, 8, true),
    (Event::Reset, 4, false),
    (Event::HalfOpen, 2, false),
    (Event::Silence, 2, false),
    (Event::Stall, 2, false),
    (Event::Heal, 3, false),
    (Event::Udp, 2, false),
    (Event::Refresh, 4, false),
    (Event::Stop, 2, true),
    (Event::Start, 2, true),
    (Event::Crash, 4, true),
    (Event::Pause, 3, true),
    (Event::Policy, 3, false),
    (Event::Remove, 1, false),
    (Event::Add, 1, false),
    (Event::Limits, 2, false),
    (Event::Drain, 2, false),
    (Event::Undrain, 2, false),
    (Event::NextHop, 2, true),
    (Event::Anew, 2, false),
    (Event::ShutDown, 2, false),
    (Event::BringBack, 2, false),
];

/// An event; `calm` where every speaker may have costs of its own.
pub(super) fn draw(speakers: usize, legs: &[LegPlan], calm: bool, random: &mut Random) -> EventPlan {
    let all = OFTEN.iter().map(|(_, often, _)| often).sum();
    let mut drawn = random.below(all);
    let mut what = (Event::Originate, true);
    for (event, often, of_speaker) in OFTEN {
        if drawn < often {
            what = (event, of_speaker);
            break;
        }
        drawn -= often;
    }
    if what.0 == Event::NextHop && !calm {
        what.0 = Event::Originate;
    }
    let at = if what.1 {
        At::Speaker(random.length(speakers) - 1)
    } else {
        At::Leg(random.length(legs.len()).saturating_sub(1))
    };
    let pause = random.pick(&[1, 10, 100, 1_000, 4_000]).unwrap_or(1);
    let after = random.up_to(Duration::from_millis(pause));
    EventPlan { after, what: what.0, at, seed: random.draw() }
}

impl EventPlan {
    /// Lets it happen to a speaker.
    pub(super) fn of_speaker(&self, world: &mut World, speaker: SpeakerId) {
        let random = &mut Random::new(self.seed);
        let number = u8::try_from(random.below(chance::PREFIXES.into())).unwrap_or(0);
        let prefix = chance::prefix(number);
        match self.what {
            Event::Originate => world.originate(speaker, prefix, attributes(prefix, random)),
            Event::Retract => world.retract(speaker, prefix),
            Event::Stop => world.stop(speaker, "maintenance"),
            Event::Start => world.start(speaker),
            Event::Crash => {
                let how = random.pick(&[Crash::Process, Crash::Machine]).unwrap_or(Crash::Process);
                let pause = random.up_to(Duration::from_secs(12));
                let deferral = random.chance(600).then(|| random.up_to(Duration::from_secs(8)));
                world.crash(speaker, how, pause, deferral);
            }
            Event::Pause => {
                let longest = random.pick(&[1, 5, 20]).unwrap_or(1);
                let time = random.up_to(Duration::from_secs(longest));
                world.pause(speaker, time);
            }
            Event::NextHop => {
                let hop = LegId(usize::from(u8::MAX)).address(Side::B, prefix.addr().is_ipv6());
                let reach = [Reach::Unreachable, Reach::Cost(0), Reach::Cost(5)];
                world.set_next_hop(speaker, hop, random.pick(&reach).unwrap_or(Reach::Cost(0)));
            }
            _ => {}
        }
    }

    /// Lets it happen to a leg.
    pub(super) fn of_leg(&self, world: &mut World, leg: LegId) {
        let random = &mut Random::new(self.seed);
        let side = if random.chance(500) { Side::A } else { Side::B };
        match self.what {
            Event::Reset => world.reset(leg),
            Event::HalfOpen => world.half_open(leg),
            Event::Silence => world.silence(leg),
            Event::Stall => world.stall(leg, side),
            Event::Heal => world.heal(leg),
            Event::Udp => {
                let lost = random.pick(&[0, 100, 300, 1000]).unwrap_or(0);
                world.set_udp(leg, side, Udp { lost, ..Udp::default() });
            }
            Event::Refresh => world.refresh(leg, side),
            Event::Policy => {
                let pause = random.up_to(Duration::from_secs(2));
                let (import, export) = (Some(policy(random)), Some(policy(random)));
                if random.chance(700) {
                    world.set_policies(leg, side, PeerPolicies { import, export });
                } else {
                    world.reconfigure(leg, side, pause, |peer| (peer.import, peer.export) = (import, export));
                }
            }
            Event::Remove => world.remove(leg, side),
            Event::Add => world.reconfigure(leg, side, random.up_to(Duration::from_secs(2)), |_| {}),
            // Without a refresh what was passed over cannot be mended, nor the end of a drain where nothing is kept.
            Event::Limits if world.can_refresh(leg) => world.set_limits(leg, side, limits(random)),
            Event::Drain if world.can_refresh(leg) || world.keeps(leg, side) => world.drain(leg, side, true),
            Event::Undrain => world.drain(leg, side, false),
            Event::Anew => world.begin_anew(leg, side),
            Event::ShutDown => world.shut_down(leg, side),
            Event::BringBack => world.bring_back(leg, side),
            _ => {}
        }
    }
}

/// Attributes as scenarios have them, and now and then the communities that sessions look at.
fn attributes(prefix: ipnet::IpNet, random: &mut Random) -> bgp_wire::AttributeSet {
    let mut attrs = chance::attributes(prefix, random);
    let more = [Community::NO_EXPORT_SUBCONFED, Community::GRACEFUL_SHUTDOWN, Community::NO_LLGR];
    attrs.communities.extend(more.into_iter().filter(|_| random.chance(60)));
    attrs
}

fn policy(random: &mut Random) -> Arc<Policy> {
    if random.chance(200) {
        return chance::prefixes_alone(random);
    }
    let refused = random.pick(&[chance::REFUSED, chance::WITHHELD, chance::PREPENDED]);
    let rules = refused.map(|community| chance::rule("other", community, bgp_policy::Action::Reject, &[]));
    let otherwise = if random.chance(900) { Decision::Accept } else { Decision::Reject };
    Arc::new(Policy::new("other", Vec::from_iter(rules), otherwise).unwrap_or_else(|_| Policy::reject_all()))
}
