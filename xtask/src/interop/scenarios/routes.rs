//! Every attribute arrives as it was sent, both ways, for both families.

use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, SOON, Side, design, neighbor};
use crate::interop::router::{Make, Peer, Route, Router};

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let (from_ours, from_peer) = (originated(pair.ours, 1), originated(Make::Other(pair.peer), 101));
    let (mut ours, mut peer) = (design(OURS, PEER, &from_ours), design(PEER, OURS, &from_peer));
    ours.neighbors.push(neighbor(OURS, PEER, true));
    peer.neighbors.push(neighbor(PEER, OURS, true));
    let running = pair.start(&ours, &peer)?;
    running.established_over(false)?;
    running.established_over(true)?;
    from_ours.iter().try_for_each(|sent| arrives(&*running.peer, OURS, sent, Make::Other(pair.peer)))?;
    from_peer.iter().try_for_each(|sent| arrives(&*running.ours, PEER, sent, pair.ours))?;
    Ok(format!("{} routes out, {} routes in, every attribute equal", from_ours.len(), from_peer.len()))
}

/// Waits for the route and compares all of it.
fn arrives(receiver: &dyn Router, sender: Side, sent: &Route, at: Make) -> Result<(), Failure> {
    let prefix = &sent.prefix;
    let missing = || Failure::Objection(format!("{at} has no route to {prefix}"));
    let (found, _) = wait_for(prefix, SOON, || receiver.route(prefix)?.ok_or_else(missing))?;
    expect_equal(format!("{prefix} at {at}"), &as_received(sent, sender), &sorted(found))
}

/// The sender adds its ASN and its address.
fn as_received(sent: &Route, sender: Side) -> Route {
    let mut route = sent.clone();
    route.as_path.insert(0, sender.asn);
    route.next_hop = sender.address(sent.is_ipv6()).to_string();
    sorted(route)
}

/// Communities are sets: their order means nothing.
fn sorted(mut route: Route) -> Route {
    route.communities.sort();
    route.large_communities.sort();
    route
}

/// One route for each kind of attribute, in both families, numbered from `first`.
fn originated(by: Make, first: u16) -> Vec<Route> {
    let ipv4 = |number: u16| format!("198.18.{number}.0/24");
    let ipv6 = |number: u16| format!("2001:db8:{number}::/48");
    let kinds = kinds(by);
    let numbered = |name: &dyn Fn(u16) -> String| -> Vec<Route> {
        (first..).zip(&kinds).map(|(number, kind)| Route { prefix: name(number), ..kind.clone() }).collect()
    };
    [numbered(&ipv4), numbered(&ipv6)].concat()
}

fn kinds(by: Make) -> Vec<Route> {
    let plain = Route { origin: "igp".into(), med: Some(0), ..Route::default() };
    let strings = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    let mut kinds = vec![
        plain.clone(),
        Route { origin: "incomplete".into(), as_path: vec![64500, 65550, 64501], ..plain.clone() },
        Route { origin: "egp".into(), med: Some(u32::MAX), ..plain.clone() },
        Route { communities: strings(&["64496:1", "64511:65535", "8075:8007"]), ..plain.clone() },
        Route { large_communities: strings(&["65540:1:4294967295", "64496:0:7"]), ..plain.clone() },
    ];
    if by == Make::Other(Peer::OpenBgpd) {
        // It puts no ASNs in front of its own but its own.
        kinds.iter_mut().for_each(|kind| kind.as_path.clear());
    }
    if by == Make::Other(Peer::Frr) {
        // BIRD's filters of this age cannot set these, and voicepeer aggregates nothing.
        let aggregator = Some((65551, "198.51.100.9".to_owned()));
        kinds.push(Route { atomic_aggregate: true, aggregator, ..plain });
    }
    kinds
}
