//! What the tables of a world at rest must be: what each speaker tells of the paths it has, and what it makes of the
//! paths it is told, by a plain reading of the standards. It knows no memory and no order of arrival.
//!
//! Each table is made of those at the other end of a session. All are right where each is: no route can hold itself up
//! in a circle, for every turn makes its AS path, its cluster list or its confederation's segments longer, and who
//! finds himself there refuses it.

mod dispute;
mod export;
mod import;
mod select;

use crate::arena::Side;
use crate::leg::{End, LegId};
use crate::speaker::SpeakerId;
use crate::world::World;
use bgp_policy::{EditContext, Policy, RouteView};
use bgp_rib::{Learned, Net, PeerId, Relation, Standing};
use bgp_session::State;
use bgp_speaker::RouteStatus;
use bgp_wire::{Asn, AttributeSet, Family, FamilySet};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub use dispute::Dispute;
pub(crate) use dispute::dispute;
pub(crate) use select::Candidate;

/// What one end of a leg tells the other.
pub(crate) type Told = BTreeMap<Net, AttributeSet>;
/// What a peer's import makes of what it was told: the attributes, and whether it accepts them.
pub(crate) type AdjIn = BTreeMap<Net, (AttributeSet, bool)>;
/// The paths to each net that are candidates.
pub(crate) type Candidates = BTreeMap<Net, Vec<Candidate>>;

/// What one end must have told, by the paths that its speaker has.
pub(crate) fn told(world: &World, leg: LegId, side: Side) -> Told {
    if !is_up(world, leg) {
        return Told::new();
    }
    let end = &world.legs[leg].ends[side];
    let families = families(world, leg);
    let candidates = here(world, end.speaker);
    let nets = candidates.iter().filter(|(net, _)| families.contains(net.family()));
    nets.filter_map(|(net, of)| Some((*net, export::told(world, leg, side, *net, of)?))).collect()
}

/// What one end must have been told by now of the nets of a family that have not changed since its session came up.
pub(crate) fn told_at_first(world: &World, leg: LegId, side: Side, family: Family) -> Told {
    let end = &world.legs[leg].ends[side];
    let mut first = here(world, end.speaker);
    first.retain(|net, _| net.family() == family && !end.changed.contains(net));
    first.iter().filter_map(|(net, of)| Some((*net, export::told(world, leg, side, *net, of)?))).collect()
}

/// What one end must have of the other, by what that was told.
pub(crate) fn adj_in(world: &World, leg: LegId, side: Side, told: &Told) -> AdjIn {
    told.iter().map(|(net, attrs)| (*net, import::judged(world, leg, side, *net, attrs))).collect()
}

/// What every speaker decides on, by what it must have of its peers.
pub(crate) fn candidates(
    world: &World,
    speaker: SpeakerId,
    adj_ins: &BTreeMap<(LegId, Side), AdjIn>,
) -> Candidates {
    let mut all = Candidates::new();
    let this = &world.speakers[speaker];
    for (net, attrs) in &this.local {
        all.entry(*net).or_default().push(local(world, speaker, attrs.clone()));
    }
    for (leg, side) in &this.sessions {
        let accepted = adj_ins.get(&(*leg, *side)).into_iter().flatten().filter(|(_, (_, ok))| *ok);
        for (net, (attrs, _)) in accepted {
            all.entry(*net).or_default().push(from(world, *leg, *side, attrs.clone()));
        }
    }
    all
}

/// What a speaker decides on, by the paths that it has now.
pub(crate) fn here(world: &World, speaker: SpeakerId) -> Candidates {
    let mut all = Candidates::new();
    for route in world.engine(speaker).routes() {
        let net = route.net;
        all.entry(net).or_default().extend(candidate(world, speaker, &route));
    }
    all
}

/// A path that its speaker has, where it is a candidate.
pub(crate) fn candidate(world: &World, speaker: SpeakerId, route: &RouteStatus) -> Option<Candidate> {
    if matches!(route.standing, Standing::Rejected | Standing::Damped) {
        return None;
    }
    let attrs = route.attrs.clone();
    let mut path = match route.peer {
        PeerId::LOCAL => local(world, speaker, attrs),
        peer => {
            let (leg, side) = world.speakers[speaker].session(peer)?;
            from(world, leg, side, attrs)
        }
    };
    path.last_choice = route.stale.is_last_choice();
    Some(path)
}

/// The best of a speaker's candidates.
pub(crate) fn best<'c>(world: &World, speaker: SpeakerId, of: &'c [Candidate]) -> Option<&'c Candidate> {
    select::best(world, speaker, of.iter().collect())
}

fn local(world: &World, speaker: SpeakerId, attrs: AttributeSet) -> Candidate {
    let router_id = world.speakers[speaker].config.router_id;
    let address = IpAddr::V4(router_id);
    Candidate { attrs, learned: Learned::Local, peer: None, router_id, address, last_choice: false }
}

fn from(world: &World, leg: LegId, side: Side, attrs: AttributeSet) -> Candidate {
    let (end, far) = (&world.legs[leg].ends[side], &world.legs[leg].ends[side.other()]);
    Candidate {
        attrs,
        learned: Learned::From(relation(world, end)),
        peer: Some(end.peer.0),
        router_id: world.speakers[far.speaker].config.router_id,
        address: far.address,
        last_choice: false,
    }
}

/// What the peer at an end is to the speaker there (RFC 4271, RFC 4456, RFC 5065).
pub(crate) fn relation(world: &World, end: &End) -> Relation {
    let config = &world.speakers[end.speaker].config;
    let members = config.confederation.iter().flat_map(|confederation| &confederation.members);
    if end.config.asn == config.asn {
        if end.config.routing.reflector_client { Relation::Client } else { Relation::Internal }
    } else if members.into_iter().any(|asn| *asn == end.config.asn) {
        Relation::Confederation
    } else {
        Relation::External
    }
}

/// The ASN by which the peer at an end knows the speaker there.
fn local_asn(world: &World, end: &End) -> Asn {
    let config = &world.speakers[end.speaker].config;
    match &config.confederation {
        Some(confederation) if relation(world, end) == Relation::External => confederation.id,
        _ => config.asn,
    }
}

fn is_up(world: &World, leg: LegId) -> bool {
    Side::ALL.iter().all(|side| world.state(leg, *side) == State::Established)
}

/// The families that both ends offer.
fn families(world: &World, leg: LegId) -> FamilySet {
    let [a, b] = Side::ALL.map(|side| world.legs[leg].ends[side].config.families);
    a.intersection(b)
}

/// What policy makes of a route; `None` where it refuses it.
fn edited(
    world: &World,
    end: &End,
    net: Net,
    mut attrs: AttributeSet,
    configured: Option<&Policy>,
) -> Option<AttributeSet> {
    let policy = configured.map_or_else(Policy::reject_all, Policy::clone);
    let before = attrs.clone();
    let view = RouteView::new(net.prefix(), &before, end.config.asn);
    let verdict = policy.evaluate(view);
    let edited = verdict.apply(&mut attrs, &context(world, end));
    (verdict.accept && edited.is_ok()).then_some(attrs)
}

fn context(world: &World, end: &End) -> EditContext {
    let (self_v4, self_v6) = match end.address {
        IpAddr::V4(address) => (Some(address), None),
        IpAddr::V6(address) => (None, Some(address)),
    };
    EditContext { local_asn: local_asn(world, end), self_v4, self_v6 }
}
