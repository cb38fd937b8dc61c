//! A route from what a solver left of each field.

use super::formula::{Field, NumberField};
use super::liked;
use super::numbers::Numbers;
use super::solver::Model;
use super::terms::{ORIGINS, Terms, extended, path_state, standard, state};
use crate::language::Route;
use bgp_wire::{Asn, Family, LargeCommunity};
use ipnet::IpNet;
use std::net::IpAddr;

/// One of the routes that are left; what is left open is as simple as it can be.
pub(super) fn route(model: &Model, terms: &Terms<'_>) -> Option<Route> {
    let world = &model.world;
    let first = |field| world.left(field).iter().next();
    let mut route = Route::new(terms.cells.prefix(first(Field::Prefix)?)?);
    route.attrs.as_path = model.path.clone();
    if let Some(addr) = next_hop(&route, model, terms) {
        route.attrs.next_hop = addr.into();
    }
    let address = |field| terms.addresses.prefix(first(field)?).map(|net: IpNet| net.addr());
    if let Some(IpAddr::V4(addr)) = address(Field::OwnV4) {
        route.context.self_v4 = Some(own(addr, route.context.self_v4, Field::OwnV4, model, terms));
    }
    if let Some(IpAddr::V6(addr)) = address(Field::OwnV6) {
        route.context.self_v6 = Some(own(addr, route.context.self_v6, Field::OwnV6, model, terms));
    }
    route.context.local_asn = terms.own;
    route.attrs.origin = first(Field::Origin).and_then(|at| ORIGINS.get(at)).copied()?;
    route.attrs.med = optional(world.number(NumberField::Med)?);
    route.attrs.local_pref = optional(world.number(NumberField::LocalPref)?);
    let usual = route.attrs.as_path.view().neighbor().unwrap_or_default();
    let neighbor =
        world.number(NumberField::Neighbor)?.pick(std::iter::once(usual.0).chain(liked::asns()))?;
    route.neighbor = Asn(neighbor);
    route.peer = terms.name(Field::Peer, first(Field::Peer)?).map(Into::into);
    route.peer_group = terms.name(Field::PeerGroup, first(Field::PeerGroup)?).map(Into::into);
    route.peer_role = terms.role(first(Field::PeerRole)?);
    (route.rpki, route.irr) = (state(first(Field::Rpki)?), state(first(Field::Irr)?));
    route.aspa = path_state(first(Field::Aspa)?);
    route.attrs.communities = some(&world.standard.some, standard);
    route.attrs.extended_communities = some(&world.extended.some, extended);
    let large = |[global, local1, local2]: [u32; 3]| LargeCommunity { global, local1, local2 };
    route.attrs.large_communities = some(&world.large.some, large);
    Some(route)
}

/// A next hop: of the prefix's family, where there is one left.
fn next_hop(route: &Route, model: &Model, terms: &Terms<'_>) -> Option<IpAddr> {
    let left = model.world.left(Field::NextHop);
    let cell = terms.address(route.attrs.next_hop.addr());
    if cell.is_some_and(|cell| left.contains(cell)) {
        return None;
    }
    let addr = |cell| terms.addresses.prefix(cell).map(|net: IpNet| net.addr());
    let of_family = |addr: &IpAddr| addr.is_ipv4() == (Family::of(&route.prefix) == Family::Ipv4Unicast);
    left.iter().filter_map(addr).find(of_family).or_else(|| left.iter().find_map(addr))
}

/// An address of our own: the one of a route of which nothing is known, where it may be that.
fn own<A: Copy + Into<IpAddr>>(
    addr: A,
    usual: Option<A>,
    field: Field,
    model: &Model,
    terms: &Terms<'_>,
) -> A {
    let fits =
        |usual: &A| terms.address((*usual).into()).is_some_and(|cell| model.world.left(field).contains(cell));
    usual.filter(fits).unwrap_or(addr)
}

fn optional(left: &Numbers) -> Option<u32> {
    if left.absent { None } else { left.pick(liked::numbers()) }
}

/// One community of each region, where none before it is in there.
fn some<const N: usize, C>(regions: &[super::region::Region<N>], of: impl Fn([u32; N]) -> C) -> Vec<C> {
    let mut there: Vec<[u32; N]> = Vec::new();
    for region in regions {
        if !there.iter().any(|community| region.contains(*community)) {
            there.extend(region.pick());
        }
    }
    there.into_iter().map(of).collect()
}
