//! What a speaker makes of what a peer tells it (RFC 4271 sections 6.3 and 9.1.2, RFC 4456, RFC 5065, RFC 8326, RFC
//! 9234).

use super::{edited, relation};
use crate::arena::Side;
use crate::leg::{End, LegId};
use crate::world::World;
use bgp_rib::{Net, Relation};
use bgp_wire::{Asn, AttributeSet, Community, Role, SegmentKind};

/// The attributes, and whether the path is a candidate.
pub(super) fn judged(
    world: &World,
    leg: LegId,
    side: Side,
    net: Net,
    told: &AttributeSet,
) -> (AttributeSet, bool) {
    let end = &world.legs[leg].ends[side];
    let from = relation(world, end);
    let mut attrs = told.clone();
    if was_here(world, end, told, from)
        || !begins_with_teller(end, told, from)
        || told.next_hop.addr() == end.address
    {
        return (attrs, false);
    }
    let role = end.config.offers.role.filter(|_| from == Relation::External);
    if role.is_some_and(|role| !otc(role, end.config.asn, &mut attrs)) {
        return (attrs, false);
    }
    match edited(world, end, net, attrs.clone(), end.config.import.as_deref()) {
        None => (told.clone(), false),
        Some(mut accepted) => {
            let shuts_down = accepted.communities.contains(&Community::GRACEFUL_SHUTDOWN);
            if end.draining || (from == Relation::External && shuts_down) {
                accepted.local_pref = Some(0);
            }
            (accepted, true)
        }
    }
}

/// Whether the route came through this speaker, its cluster or its AS before.
fn was_here(world: &World, end: &End, told: &AttributeSet, from: Relation) -> bool {
    let config = &world.speakers[end.speaker].config;
    let path = told.as_path.view();
    let of = |confed: bool| {
        let segments = path.segments().filter(move |segment| {
            matches!(segment.kind, SegmentKind::ConfedSequence | SegmentKind::ConfedSet) == confed
        });
        segments.flat_map(|segment| segment.asns().collect::<Vec<_>>())
    };
    let in_path = match &config.confederation {
        None => path.asns().any(|asn| asn == config.asn),
        Some(confederation) => {
            of(true).any(|asn| asn == config.asn) || of(false).any(|asn| asn == confederation.id)
        }
    };
    let reflected = told.originator_id == Some(config.router_id)
        || told.cluster_list.contains(&config.cluster_id.unwrap_or(config.router_id));
    in_path || (from.is_internal() && reflected)
}

/// Whether the first AS of the path is the peer's.
fn begins_with_teller(end: &End, told: &AttributeSet, from: Relation) -> bool {
    let first = told.as_path.view().segments().next();
    let begins = |kind| {
        first.is_some_and(|segment| segment.kind == kind && segment.asns().next() == Some(end.config.asn))
    };
    match from {
        _ if !end.config.routing.enforce_first_as => true,
        Relation::Internal | Relation::Client => true,
        Relation::External => begins(SegmentKind::Sequence),
        Relation::Confederation => begins(SegmentKind::ConfedSequence),
    }
}

/// Only-to-Customer on ingress (RFC 9234 section 5); whether the route is none that leaks.
fn otc(role: Role, from: Asn, attrs: &mut AttributeSet) -> bool {
    match (role, attrs.only_to_customer) {
        (Role::Provider | Role::RouteServer, Some(_)) => false,
        (Role::Peer, Some(asn)) => asn == from,
        (Role::Customer | Role::RouteServerClient | Role::Peer, None) => {
            attrs.only_to_customer = Some(from);
            true
        }
        _ => true,
    }
}
