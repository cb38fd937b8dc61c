//! Whether a net's policies are in dispute, so that its routes need never come to rest.
//!
//! Where they are not, a net has one stable solution, and speakers find it in whatever order they act (Griffin, Shepherd and
//! Wilfong, "The Stable Paths Problem and Interdomain Routing", 2002). So two solutions, or an order in which none is ever
//! found, prove a dispute. Here speakers act in several orders, each at once and knowing all that was said before it: what
//! messages, timers and their delays do has no part in it.

use super::{Candidate, export, families, from, import, is_up, local};
use crate::arena::Side;
use crate::leg::LegId;
use crate::random::Random;
use crate::speaker::SpeakerId;
use crate::world::World;
use bgp_rib::Net;
use bgp_wire::AttributeSet;
use std::collections::BTreeMap;
use std::fmt;

/// How many orders are tried.
const ORDERS: u64 = 8;
/// After so many turns an order is given up.
const TURNS: usize = 500;

/// How policies are in dispute over a net.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dispute {
    /// In some order of acting nobody is ever content.
    Endless,
    /// There is more than one solution: which one is found depends on the order.
    Several,
}

impl fmt::Display for Dispute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Endless => "no order of acting need find a solution",
            Self::Several => "it has more than one solution",
        })
    }
}

/// The path that each end was told and accepted.
type Accepted = BTreeMap<(LegId, Side), AttributeSet>;

/// Whether policies are in dispute over `net`, by what the world is configured with and what begins in it.
pub(crate) fn dispute(world: &World, net: Net) -> Option<Dispute> {
    let mut speakers: Vec<SpeakerId> = world.speakers.ids().collect();
    let mut random = Random::new(0);
    let mut found: Option<Accepted> = None;
    for _ in 0..ORDERS {
        match solve(world, net, &speakers) {
            Outcome::Repeats => return Some(Dispute::Endless),
            Outcome::Solved(new) if found.as_ref().is_some_and(|found| *found != new) => {
                return Some(Dispute::Several);
            }
            Outcome::Solved(new) => found = Some(new),
            Outcome::GivenUp => {}
        }
        shuffle(&mut speakers, &mut random);
    }
    None
}

enum Outcome {
    Solved(Accepted),
    /// All is as it was before: so it goes on for ever.
    Repeats,
    GivenUp,
}

/// Lets speakers act in this order, again and again, until a turn changes nothing.
fn solve(world: &World, net: Net, order: &[SpeakerId]) -> Outcome {
    let mut now = Accepted::new();
    let mut before = Vec::new();
    for _ in 0..TURNS {
        before.push(now.clone());
        order.iter().for_each(|speaker| act(world, net, *speaker, &mut now));
        if before.last() == Some(&now) {
            return Outcome::Solved(now);
        }
        if before.contains(&now) {
            return Outcome::Repeats;
        }
    }
    Outcome::GivenUp
}

/// A speaker tells all its peers what it tells by the paths that it has.
fn act(world: &World, net: Net, speaker: SpeakerId, accepted: &mut Accepted) {
    let this = &world.speakers[speaker];
    let candidates: Vec<Candidate> = {
        let own = this.local.get(&net).map(|attrs| local(world, speaker, attrs.clone()));
        let ends = this.sessions.iter();
        let paths = ends
            .filter_map(|(leg, side)| Some(from(world, *leg, *side, accepted.get(&(*leg, *side))?.clone())));
        own.into_iter().chain(paths).collect()
    };
    for (leg, side) in &this.sessions {
        let may = is_up(world, *leg) && families(world, *leg).contains(net.family());
        let told = export::told(world, *leg, *side, net, &candidates).filter(|_| may);
        let there = (*leg, side.other());
        let judged = told.map(|told| import::judged(world, there.0, there.1, net, &told));
        match judged {
            Some((attrs, true)) => _ = accepted.insert(there, attrs),
            _ => _ = accepted.remove(&there),
        }
    }
}

/// Every order is as likely as every other.
fn shuffle(speakers: &mut [SpeakerId], random: &mut Random) {
    for last in (1..speakers.len()).rev() {
        speakers.swap(last, random.length(last + 1) - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance;
    use crate::leg::LegConfig;
    use bgp_policy::{Action, Decision, Edit, Match, NumberRange, Policy, Rule};
    use bgp_speaker::Confederation;
    use bgp_wire::{Asn, NextHop, Origin};
    use std::net::Ipv4Addr;
    use std::sync::Arc;
    use std::time::Duration;

    /// Members of one confederation, or ASes of their own, with those legs between them; the last originates the net. A
    /// speaker prefers what it is told on its leg of `liked`, where that has at most so many ASNs.
    fn world(confederation: bool, legs: &[(usize, usize)], liked: &[(usize, usize)], hops: u32) -> World {
        let mut world = World::new(1);
        let all = legs.iter().flat_map(|(a, b)| [*a, *b]).max().unwrap() + 1;
        let asn = |n: usize| Asn(64500 + u32::try_from(n).unwrap());
        let speakers: Vec<_> = (0..all)
            .map(|n| {
                let members = (0..all).filter(|m| *m != n).map(asn).collect();
                world.add_speaker_with(format!("s{n}"), asn(n), |config| {
                    config.confederation = confederation.then_some(Confederation { id: Asn(64999), members });
                })
            })
            .collect();
        for (a, b) in legs {
            world.join(speakers[*a], speakers[*b], LegConfig::default(), |side, peer| {
                chance::open(side, peer);
                let (here, there) = if side == Side::A { (*a, *b) } else { (*b, *a) };
                if liked.contains(&(here, there)) {
                    peer.import = Some(prefer(hops));
                }
            });
        }
        world.start_all();
        world.run_for(Duration::from_secs(3)).unwrap();
        world.originate(speakers[all - 1], chance::prefix(0), attributes());
        world
    }

    fn attributes() -> AttributeSet {
        AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED))
    }

    fn prefer(hops: u32) -> Arc<Policy> {
        let short = Match::PathLength(NumberRange::at_most(hops));
        let rule = Rule {
            name: "liked".into(),
            when: [short].into(),
            edits: [Edit::SetLocalPref(200)].into(),
            then: Action::Accept,
        };
        Arc::new(Policy::new("prefer", [rule], Decision::Accept).unwrap())
    }

    const TRIANGLE: &[(usize, usize)] = &[(0, 1), (0, 2), (1, 2)];
    const WHEEL: &[(usize, usize)] = &[(3, 0), (3, 1), (3, 2), (0, 1), (1, 2), (2, 0)];
    const ROUND: &[(usize, usize)] = &[(0, 1), (1, 2), (2, 0)];

    #[test]
    fn what_is_in_dispute() {
        type Case =
            (&'static str, bool, &'static [(usize, usize)], &'static [(usize, usize)], u32, Option<Dispute>);
        let cases: [Case; 8] = [
            ("two ASes", false, &[(0, 1)], &[], 0, None),
            ("a triangle, and the shortest path is best", false, TRIANGLE, &[], 0, None),
            ("one prefers the way round", false, TRIANGLE, &[(0, 1)], 9, None),
            (
                "both prefer the way through the other",
                false,
                TRIANGLE,
                &[(0, 1), (1, 0)],
                9,
                Some(Dispute::Several),
            ),
            // RFC 5065 section 5.3: members in the AS path do not count, so what decides is who told it.
            ("members of a confederation in a circle", true, TRIANGLE, &[], 0, Some(Dispute::Several)),
            ("members of a confederation around one", true, &[(0, 1), (0, 2)], &[], 0, None),
            ("three prefer their neighbour's own way to it", false, WHEEL, ROUND, 2, Some(Dispute::Endless)),
            (
                "three prefer their neighbour's way whatever it is",
                false,
                WHEEL,
                ROUND,
                9,
                Some(Dispute::Endless),
            ),
        ];
        for (what, confederation, legs, liked, hops, want) in cases {
            let world = world(confederation, legs, liked, hops);
            assert_eq!(dispute(&world, chance::prefix(0).into()), want, "{what}");
        }
    }

    /// The speakers themselves find no rest where two solutions call for each other, and do once the net is taken back.
    #[test]
    fn a_dispute_is_ended() {
        let mut world = world(true, TRIANGLE, &[], 0);
        assert!(world.settle(Duration::from_secs(3)).is_err());
        assert_eq!(world.end_disputes(), 1);
        world.settle(Duration::from_secs(20)).unwrap();
        assert_eq!(world.end_disputes(), 0);
    }
}
