//! What the routes of a world at rest must be, from the routes originated, the policies and the sessions
//! that are up. Everything is computed anew, in rounds: no memory, no order of arrival.

use crate::arena::Side;
use crate::leg::{End, LegId};
use crate::select::{Candidate, best};
use crate::speaker::SpeakerId;
use crate::world::World;
use bgp_policy::{EditContext, Policy, RouteView};
use bgp_rib::{Learned, Net, Relation};
use bgp_session::State;
use bgp_wire::{Asn, AttributeSet, Community, FamilySet, NextHop};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Rounds after which routes that have not come to rest never do.
const ROUNDS: usize = 100;

/// The best path to each net.
pub(crate) type LocRib = BTreeMap<Net, Candidate>;
/// What one end of a leg tells the other.
pub(crate) type Told = BTreeMap<Net, AttributeSet>;
/// What a peer's import makes of what it was told: the attributes, and whether policy accepts them.
pub(crate) type AdjIn = BTreeMap<Net, (AttributeSet, bool)>;

/// Every table of the world.
#[derive(Default, PartialEq)]
pub(crate) struct Model {
    pub(crate) loc_ribs: BTreeMap<SpeakerId, LocRib>,
    pub(crate) told: BTreeMap<(LegId, Side), Told>,
    pub(crate) adj_ins: BTreeMap<(LegId, Side), AdjIn>,
}

impl Model {
    /// `None` where the policies let the routes never come to rest.
    pub(crate) fn of(world: &World) -> Option<Self> {
        let mut model = Self::default();
        for _ in 0..ROUNDS {
            let next = model.round(world);
            if next == model {
                return Some(model);
            }
            model = next;
        }
        None
    }

    /// Every speaker tells what is best now, and every speaker decides on what it is told.
    fn round(&self, world: &World) -> Self {
        let mut next = Self::default();
        for (leg, side) in sessions(world) {
            let told = self.export(world, leg, side);
            next.adj_ins.insert((leg, side.other()), import(world, leg, side.other(), &told));
            next.told.insert((leg, side), told);
        }
        for speaker in world.speakers.ids() {
            let loc_rib = decide(world, speaker, &next.adj_ins);
            next.loc_ribs.insert(speaker, loc_rib);
        }
        next
    }

    fn export(&self, world: &World, leg: LegId, side: Side) -> Told {
        let end = &world.legs[leg].ends[side];
        let loc_rib = self.loc_ribs.get(&end.speaker).into_iter().flatten();
        let families = families(world, leg);
        loc_rib
            .filter(|(net, _)| families.contains(net.family()))
            .filter_map(|(net, best)| Some((*net, exported(world, end, *net, best)?)))
            .collect()
    }
}

/// Both ends of every leg whose session is up.
fn sessions(world: &World) -> impl Iterator<Item = (LegId, Side)> {
    let up = |leg: &LegId| Side::ALL.iter().all(|side| world.state(*leg, *side) == State::Established);
    world.legs.ids().filter(up).flat_map(|leg| Side::ALL.map(|side| (leg, side)))
}

/// The families that both ends offer.
fn families(world: &World, leg: LegId) -> FamilySet {
    let [a, b] = Side::ALL.map(|side| world.legs[leg].ends[side].config.families);
    a.intersection(b)
}

fn local_asn(world: &World, end: &End) -> Asn {
    world.speakers[end.speaker].asn
}

fn policy(configured: Option<&Policy>) -> Policy {
    configured.map_or_else(Policy::reject_all, Policy::clone)
}

fn context(world: &World, end: &End) -> EditContext {
    let (self_v4, self_v6) = match end.address {
        IpAddr::V4(address) => (Some(address), None),
        IpAddr::V6(address) => (None, Some(address)),
    };
    EditContext { local_asn: local_asn(world, end), self_v4, self_v6 }
}

/// What `end` tells its peer of the best path to `net` (RFC 4271 sections 5.1 and 9.1.3).
fn exported(world: &World, end: &End, net: Net, best: &Candidate) -> Option<AttributeSet> {
    let asn = local_asn(world, end);
    let internal = asn == end.config.asn;
    let kept_in = [Community::NO_EXPORT, Community::NO_EXPORT_SUBCONFED];
    let has = |community| best.attrs.communities.contains(&community);
    let told = best.peer == Some(end.peer.0)
        || has(Community::NO_ADVERTISE)
        || (internal && best.learned.is_internal())
        || (!internal && kept_in.into_iter().any(has))
        || (!internal && best.attrs.as_path.view().contains(end.config.asn));
    if told {
        return None;
    }
    let mut attrs = best.attrs.clone();
    let own = best.attrs.next_hop.addr().is_unspecified() || (!internal && best.learned != Learned::Local);
    if own {
        let same = attrs.next_hop.addr().is_ipv4() == end.address.is_ipv4();
        attrs.next_hop = same.then(|| NextHop::from(end.address))?;
    }
    if internal {
        attrs.local_pref.get_or_insert(100);
    } else {
        attrs.as_path.prepend(asn, 1);
        attrs.local_pref = None;
        attrs.med.take_if(|_| best.learned != Learned::Local);
    }
    edited(world, end, net, attrs, end.config.export.as_deref())
}

/// What policy makes of a route; `None` where it refuses it.
fn edited(
    world: &World,
    end: &End,
    net: Net,
    mut attrs: AttributeSet,
    configured: Option<&Policy>,
) -> Option<AttributeSet> {
    let policy = policy(configured);
    let before = attrs.clone();
    let view = RouteView { prefix: net.prefix(), attrs: &before, neighbor: end.config.asn };
    let verdict = policy.evaluate(view);
    let edited = verdict.apply(&mut attrs, &context(world, end));
    (verdict.accept && edited.is_ok()).then_some(attrs)
}

/// What `end` makes of what its peer told it (RFC 4271 sections 6.3 and 9.1.2).
fn import(world: &World, leg: LegId, side: Side, told: &Told) -> AdjIn {
    let end = &world.legs[leg].ends[side];
    let asn = local_asn(world, end);
    let judged = |(net, attrs): (&Net, &AttributeSet)| {
        let path = attrs.as_path.view();
        let wrong = path.contains(asn)
            || (asn != end.config.asn && path.neighbor() != Some(end.config.asn))
            || attrs.next_hop.addr() == end.address;
        let accepted =
            (!wrong).then(|| edited(world, end, *net, attrs.clone(), end.config.import.as_deref())).flatten();
        let is_accepted = accepted.is_some();
        (*net, (accepted.unwrap_or_else(|| attrs.clone()), is_accepted))
    };
    told.iter().map(judged).collect()
}

fn decide(world: &World, speaker: SpeakerId, adj_ins: &BTreeMap<(LegId, Side), AdjIn>) -> LocRib {
    let mut candidates: BTreeMap<Net, Vec<Candidate>> = BTreeMap::new();
    let this = &world.speakers[speaker];
    for (net, attrs) in &this.local {
        let (attrs, router_id) = (attrs.clone(), this.router_id);
        let (learned, address) = (Learned::Local, router_id.into());
        candidates.entry(*net).or_default().push(Candidate {
            attrs,
            learned,
            peer: None,
            router_id,
            address,
        });
    }
    for ((leg, side), adj_in) in adj_ins {
        let (end, far) = (&world.legs[*leg].ends[*side], &world.legs[*leg].ends[side.other()]);
        if end.speaker != speaker {
            continue;
        }
        let relation = if this.asn == end.config.asn { Relation::Internal } else { Relation::External };
        let learned = Learned::From(relation);
        for (net, (attrs, _)) in adj_in.iter().filter(|(_, (_, accepted))| *accepted) {
            candidates.entry(*net).or_default().push(Candidate {
                attrs: attrs.clone(),
                learned,
                peer: Some(end.peer.0),
                router_id: world.speakers[far.speaker].router_id,
                address: far.address,
            });
        }
    }
    candidates.into_iter().filter_map(|(net, of)| Some((net, best(&of)?.clone()))).collect()
}
