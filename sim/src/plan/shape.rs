//! Who is joined to whom: autonomous systems of several shapes, in a graph.

use super::feature::Features;
use super::{Kind, LegPlan, SpeakerPlan};
use crate::arena::Side;
use crate::random::Random;
use bgp_speaker::Confederation;
use bgp_wire::Asn;

/// Speakers and legs so far.
struct Shape<'r> {
    speakers: Vec<SpeakerPlan>,
    legs: Vec<LegPlan>,
    random: &'r mut Random,
    asns: u32,
}

/// The most speakers of a world.
const MOST: usize = 20;

/// Two to twenty speakers in one to several autonomous systems, each joined to those before it.
pub(super) fn shape(random: &mut Random) -> (Vec<SpeakerPlan>, Vec<LegPlan>) {
    // Most worlds are small, for a small one says more in the same time.
    let most = random.pick(&[2, 3, 3, 4, 4, 4, 5, 5, 6, 8, 10, MOST]).unwrap_or(MOST);
    let mut shape = Shape { speakers: Vec::new(), legs: Vec::new(), random, asns: 64500 };
    let mut edges: Vec<usize> = Vec::new();
    while shape.speakers.len() < most.max(2) {
        let room = most.max(2) - shape.speakers.len();
        let borders = shape.system(room);
        for border in borders {
            let before = shape.random.pick(&edges);
            if let Some(before) = before {
                shape.join(before, border, Kind::Plain);
            }
            edges.push(border);
        }
    }
    if shape.random.chance(400)
        && let (Some(a), Some(b)) = (edges.first().copied(), edges.last().copied())
        && a != b
        && shape.asn(a) != shape.asn(b)
    {
        shape.join(a, b, Kind::Plain);
    }
    (shape.speakers, shape.legs)
}

impl Shape<'_> {
    /// One autonomous system of at most `room` speakers; those that may be joined to others.
    fn system(&mut self, room: usize) -> Vec<usize> {
        match self.random.below(8) {
            0 | 1 if room >= 2 => self.mesh(room),
            2 | 3 if room >= 3 => self.reflected(room),
            4 if room >= 3 => self.confederation(room),
            5 if room >= 3 => self.exchange(room),
            _ => {
                let asn = self.next_asn();
                vec![self.speaker(asn, None, false)]
            }
        }
    }

    /// Internal peers, each joined to each.
    fn mesh(&mut self, room: usize) -> Vec<usize> {
        let asn = self.next_asn();
        let count = 2 + self.random.length(room.min(4) - 1) - 1;
        let all: Vec<usize> = (0..count).map(|_| self.speaker(asn, None, false)).collect();
        self.all_to_all(&all);
        all
    }

    /// One or two reflectors, and clients of one or both.
    fn reflected(&mut self, room: usize) -> Vec<usize> {
        let asn = self.next_asn();
        let reflectors = 1 + usize::from(room >= 4 && self.random.chance(500));
        let clients = 1 + self.random.length((room - reflectors).min(4)) - 1;
        let reflectors: Vec<usize> = (0..reflectors).map(|_| self.speaker(asn, None, true)).collect();
        self.all_to_all(&reflectors);
        let mut all = reflectors.clone();
        for _ in 0..clients {
            let client = self.speaker(asn, None, true);
            let first = self.random.pick(&reflectors).unwrap_or(client);
            for reflector in &reflectors {
                if *reflector == first || self.random.chance(500) {
                    self.join(*reflector, client, Kind::Reflector(Side::A));
                }
            }
            all.push(client);
        }
        all
    }

    /// Members around one of a single speaker. Where chance joins two more of them, a circle of members may be in
    /// dispute over a route.
    fn confederation(&mut self, room: usize) -> Vec<usize> {
        let id = self.next_asn();
        let count = 1 + self.random.length((room - 1).min(3));
        let members: Vec<Asn> = (0..count).map(|_| self.next_asn()).collect();
        let mut rest = room;
        let (mut all, mut hub) = (Vec::new(), None);
        for asn in &members {
            let others = members.iter().copied().filter(|other| other != asn).collect();
            let confederation = Confederation { id, members: others };
            let more = hub.is_some() && rest > members.len() && self.random.chance(500);
            let inside: Vec<usize> =
                (0..=usize::from(more)).map(|_| self.speaker(*asn, Some(&confederation), true)).collect();
            rest = rest.saturating_sub(inside.len());
            self.all_to_all(&inside);
            match (hub, inside.first()) {
                (Some(hub), Some(first)) => self.join(hub, *first, Kind::Plain),
                (_, first) => hub = first.copied(),
            }
            all.extend(inside);
        }
        all
    }

    /// A route server and its clients, each an AS of its own.
    fn exchange(&mut self, room: usize) -> Vec<usize> {
        let asn = self.next_asn();
        let server = self.speaker(asn, None, false);
        let count = 2 + self.random.length((room - 1).min(5) - 1) - 1;
        let mut clients = Vec::new();
        for _ in 0..count {
            let asn = self.next_asn();
            let client = self.speaker(asn, None, false);
            self.join(server, client, Kind::RouteServer(Side::A));
            clients.push(client);
        }
        clients
    }

    fn all_to_all(&mut self, all: &[usize]) {
        for (at, a) in all.iter().enumerate() {
            all.iter().skip(at + 1).for_each(|b| self.join(*a, *b, Kind::Plain));
        }
    }

    fn speaker(&mut self, asn: Asn, within: Option<&Confederation>, always_compare_med: bool) -> usize {
        self.speakers.push(SpeakerPlan { asn, confederation: within.cloned(), always_compare_med });
        self.speakers.len() - 1
    }

    fn join(&mut self, a: usize, b: usize, kind: Kind) {
        let (features, seed) = Features::draw(self.random);
        self.legs.push(LegPlan { a, b, kind, features, seed });
    }

    fn asn(&self, speaker: usize) -> Option<Asn> {
        self.speakers.get(speaker).map(|s| s.confederation.as_ref().map_or(s.asn, |c| c.id))
    }

    fn next_asn(&mut self) -> Asn {
        self.asns += 1;
        Asn(self.asns)
    }
}
