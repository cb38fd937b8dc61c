//! What a speaker tells a peer of a net (RFC 4271 sections 5.1 and 9.1.3, RFC 4456, RFC 5065, RFC 7947, RFC 9234).

use super::{Candidate, edited, families, local_asn, relation, select};
use crate::arena::Side;
use crate::leg::{End, LegId};
use crate::world::World;
use bgp_policy::RouteView;
use bgp_rib::{Learned, Net, Relation};
use bgp_speaker::ToldNextHop;
use bgp_wire::{AsPathBuf, Asn, AttributeSet, Community, Family, NextHop, Origin, Role, SegmentKind};
use std::net::Ipv4Addr;

/// What the end tells of its candidates to `net`: the best of them, or several where both ends agreed on that.
pub(super) fn told(
    world: &World,
    leg: LegId,
    side: Side,
    net: Net,
    candidates: &[Candidate],
) -> Vec<AttributeSet> {
    if is_filtered(world, leg, side, net) {
        return Vec::new();
    }
    match most(world, leg, side, net.family()) {
        None => one(world, leg, side, net, candidates).into_iter().collect(),
        Some(most) => several(world, leg, side, net, candidates, most),
    }
}

fn one(world: &World, leg: LegId, side: Side, net: Net, candidates: &[Candidate]) -> Option<AttributeSet> {
    let end = &world.legs[leg].ends[side];
    let mut all: Vec<_> = candidates.iter().collect();
    if is_client(world, end) {
        // The best of those that the client may be told (RFC 7947 section 2.3).
        all.retain(|path| for_peer(world, leg, side, net, path).is_some());
    }
    for_peer(world, leg, side, net, select::best(world, end.speaker, all)?)
}

/// The best, then what would be best without it, and so on (RFC 7911), until there are so many. A path that others who are
/// told the same may have, and this peer may not, counts among them; a route server's client has paths of its own.
fn several(
    world: &World,
    leg: LegId,
    side: Side,
    net: Net,
    candidates: &[Candidate],
    most: usize,
) -> Vec<AttributeSet> {
    let end = &world.legs[leg].ends[side];
    let (mut left, mut told, mut count): (Vec<_>, _, _) = (candidates.iter().collect(), Vec::new(), 0);
    while count < most
        && let Some(best) = select::best(world, end.speaker, left.clone())
    {
        left.retain(|path| !std::ptr::eq(*path, best));
        let this = for_peer(world, leg, side, net, best);
        let counts = if is_client(world, end) {
            this.is_some()
        } else {
            exported(world, leg, side, net, best).is_some()
        };
        count += usize::from(counts);
        told.extend(this);
    }
    told
}

/// How many paths of a net are told where they have identifiers: as many as this end wants, and the other.
fn most(world: &World, leg: LegId, side: Side, family: Family) -> Option<usize> {
    let [here, there] = [side, side.other()].map(|side| &world.legs[leg].ends[side].config);
    let agreed = here.offers.add_path_tx.contains(family) && there.offers.add_path_rx.contains(family);
    let asked = there.offers.paths_limit.map_or(usize::MAX, |limit| limit.get().into());
    agreed.then(|| asked.min(here.routing.paths_told.into()))
}

/// Whether the other end has asked not to be told of the net: its import lets prefixes pass, and not this one (RFC 5292).
fn is_filtered(world: &World, leg: LegId, side: Side, net: Net) -> bool {
    let [here, there] = [side, side.other()].map(|side| &world.legs[leg].ends[side].config);
    let agreed = here.offers.orf_rx && there.offers.orf_tx && world.can_refresh(leg);
    let import = there.import.as_ref().filter(|import| agreed && import.passing_prefixes().is_some());
    let nothing = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
    let view = RouteView::new(net.prefix(), &nothing, there.asn);
    import.is_some_and(|import| !import.evaluate(view).accept)
}

fn is_client(world: &World, end: &End) -> bool {
    end.config.routing.route_server_client && relation(world, end) == Relation::External
}

/// What this peer is told of a path, where it is told of that one.
fn for_peer(world: &World, leg: LegId, side: Side, net: Net, path: &Candidate) -> Option<AttributeSet> {
    let end = &world.legs[leg].ends[side];
    let own = path.peer == Some(end.peer.0);
    if own || loops(path, relation(world, end), end.config.asn) {
        return None;
    }
    exported(world, leg, side, net, path)
}

/// What the end tells of one path to those who may be told of it.
fn exported(world: &World, leg: LegId, side: Side, net: Net, path: &Candidate) -> Option<AttributeSet> {
    let end = &world.legs[leg].ends[side];
    let to = relation(world, end);
    let far = &world.legs[leg].ends[side.other()].config.offers;
    let knows_long = far.graceful_restart.as_ref().is_some_and(|restart| restart.long_lived.is_some());
    // RFC 9494 section 4.3.
    if !knows_long && path.attrs.communities.contains(&Community::LLGR_STALE) {
        return None;
    }
    if !may_leave(path, to) {
        return None;
    }
    let mut attrs = rewritten(world, end, path, to);
    let hop = next_hop(world, leg, side, net, path, to);
    attrs.next_hop = hop.unwrap_or(attrs.next_hop);
    let before = attrs.next_hop;
    let role = end.config.offers.role.filter(|_| to == Relation::External);
    if role.is_some_and(|role| !otc(role, local_asn(world, end), &mut attrs)) {
        return None;
    }
    let mut told = edited(world, end, net, attrs, end.config.export.as_deref())?;
    // Where none fits, policy has to give one.
    if hop.is_none() && told.next_hop == before {
        return None;
    }
    if end.draining {
        if !told.communities.contains(&Community::GRACEFUL_SHUTDOWN) {
            told.communities.push(Community::GRACEFUL_SHUTDOWN);
        }
        told.local_pref = (to != Relation::External).then_some(0);
    }
    Some(told)
}

fn may_leave(path: &Candidate, to: Relation) -> bool {
    let has = |community| path.attrs.communities.contains(&community);
    let twice_internal = path.learned == Learned::From(Relation::Internal) && to == Relation::Internal;
    let leaves_confederation = to == Relation::External;
    let leaves_as = matches!(to, Relation::External | Relation::Confederation);
    !(has(Community::NO_ADVERTISE)
        || twice_internal
        || (leaves_confederation && has(Community::NO_EXPORT))
        || (leaves_as && has(Community::NO_EXPORT_SUBCONFED)))
}

/// Whether the peer would find itself in the path.
fn loops(path: &Candidate, to: Relation, asn: Asn) -> bool {
    !to.is_internal() && path.attrs.as_path.view().asns().any(|a| a == asn)
}

fn rewritten(world: &World, end: &End, path: &Candidate, to: Relation) -> AttributeSet {
    let mut attrs = path.attrs.clone();
    let asn = local_asn(world, end);
    let transparent = is_transparent(end, path);
    match to {
        Relation::External => {
            let segments = path.attrs.as_path.view();
            let mut outside = AsPathBuf::default();
            let seen = segments.segments().filter(|segment| {
                !matches!(segment.kind, SegmentKind::ConfedSequence | SegmentKind::ConfedSet)
            });
            seen.for_each(|segment| outside.push(segment.kind, segment.asns()));
            attrs.as_path = outside;
            if !transparent {
                attrs.as_path.prepend(asn, 1);
                attrs.med.take_if(|_| path.learned != Learned::Local);
            }
            attrs.local_pref = None;
        }
        Relation::Confederation => {
            let within: Vec<_> = path.attrs.as_path.view().segments().collect();
            let mut behind = AsPathBuf::default();
            let (first, rest) = match within.split_first() {
                Some((first, rest)) if first.kind == SegmentKind::ConfedSequence => (Some(first), rest),
                _ => (None, within.as_slice()),
            };
            let before = first.into_iter().flat_map(bgp_wire::Segment::asns);
            behind.push(SegmentKind::ConfedSequence, std::iter::once(asn).chain(before));
            rest.iter().for_each(|segment| behind.push(segment.kind, segment.asns()));
            attrs.as_path = behind;
            attrs.local_pref.get_or_insert(100);
        }
        Relation::Internal | Relation::Client => {
            attrs.local_pref.get_or_insert(100);
            if path.learned.is_internal() {
                let config = &world.speakers[end.speaker].config;
                attrs.originator_id.get_or_insert(path.router_id);
                attrs.cluster_list.insert(0, config.cluster_id.unwrap_or(config.router_id));
            }
        }
    }
    if !to.is_internal() {
        attrs.originator_id = None;
        attrs.cluster_list.clear();
    }
    attrs
}

fn is_transparent(end: &End, path: &Candidate) -> bool {
    end.config.routing.route_server_client && path.learned == Learned::From(Relation::External)
}

/// Its own address where the route leaves the AS or has no next hop yet; none where the session cannot tell it.
fn next_hop(
    world: &World,
    leg: LegId,
    side: Side,
    net: Net,
    path: &Candidate,
    to: Relation,
) -> Option<NextHop> {
    let end = &world.legs[leg].ends[side];
    let old = path.attrs.next_hop;
    let leaves = to == Relation::External && path.learned != Learned::Local && !is_transparent(end, path);
    let reflects = to.is_internal() && path.learned.is_internal();
    let own = match end.config.routing.next_hop {
        _ if old.addr().is_unspecified() => true,
        ToldNextHop::Usual => leaves,
        ToldNextHop::Own => !reflects,
        ToldNextHop::Unchanged => false,
    };
    let hop = if own { NextHop::from(end.address) } else { old };
    let takes_ipv6 = |side| {
        let config = &world.legs[leg].ends[side].config;
        config.offers.extended_next_hop.contains(Family::Ipv4Unicast)
    };
    let both = families(world, leg).contains(Family::Ipv4Unicast) && Side::ALL.into_iter().all(takes_ipv6);
    let route_is_ipv4 = net.family() == Family::Ipv4Unicast;
    let fits = route_is_ipv4 == hop.addr().is_ipv4() || (route_is_ipv4 && both);
    fits.then_some(hop)
}

/// Only-to-Customer on egress (RFC 9234 section 5); whether the route may leave.
fn otc(role: Role, asn: Asn, attrs: &mut AttributeSet) -> bool {
    let upwards = matches!(role, Role::Customer | Role::RouteServerClient | Role::Peer);
    let marks = matches!(role, Role::Provider | Role::RouteServer | Role::Peer);
    if attrs.only_to_customer.is_some() {
        return !upwards;
    }
    attrs.only_to_customer = marks.then_some(asn);
    true
}
