//! A world as a plan: who is there, who is joined to whom, with what, and what happens. The same seed gives the same
//! plan; leaving parts out of it changes nothing of the others, which is how a failure is made small.

mod event;
mod feature;
mod run;
mod shape;
mod shrink;
mod without;

pub use run::run;
pub use shrink::{Small, shrink};
pub use without::{Without, WrongPart};

use crate::arena::Side;
use crate::random::Random;
use bgp_speaker::Confederation;
use bgp_wire::Asn;
use event::EventPlan;
use feature::Features;

/// All of one world.
#[derive(Clone, Debug)]
pub struct Plan {
    seed: u64,
    speakers: Vec<SpeakerPlan>,
    legs: Vec<LegPlan>,
    events: Vec<EventPlan>,
}

/// One speaker.
#[derive(Clone, Debug)]
struct SpeakerPlan {
    asn: Asn,
    confederation: Option<Confederation>,
    /// Whether paths of different ASes are compared by MED: where routes are reflected, or cross a confederation, they
    /// need not come to rest otherwise (RFC 3345).
    always_compare_med: bool,
}

/// What joins two speakers, by their numbers in the plan.
#[derive(Clone, Copy, Debug)]
struct LegPlan {
    a: usize,
    b: usize,
    kind: Kind,
    features: Features,
    /// Of all else that chance makes of it.
    seed: u64,
}

/// What the ends are to each other besides their ASNs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// What the ASNs say.
    Plain,
    /// The other end is a client of the reflector at this side (RFC 4456).
    Reflector(Side),
    /// The other end is a client of the route server at this side (RFC 7947).
    RouteServer(Side),
}

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let (speakers, legs) = shape::shape(&mut random);
        let count = 8 + random.length(24);
        let calm = speakers.iter().all(|speaker| !speaker.always_compare_med);
        let events = (0..count).map(|_| event::draw(speakers.len(), &legs, calm, &mut random)).collect();
        Self { seed, speakers, legs, events }
    }

    /// How many speakers, legs and events there are.
    pub fn size(&self) -> [usize; 3] {
        [self.speakers.len(), self.legs.len(), self.events.len()]
    }
}
