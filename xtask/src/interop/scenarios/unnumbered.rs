//! IPv4 routes over a session that has no IPv4 address (RFC 8950).

mod lab;
mod transit;

pub(super) use transit::run as transit;

use super::bfd::paths::link_local_ends;
use crate::clock::{time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::{Neighbor, Offers, Peer, Route, Router, established};
use std::net::IpAddr;

const OF_OURS: &str = "198.18.1.0/24";
const OF_PEER: &str = "198.18.2.0/24";

/// Over addresses that everyone may use.
pub(super) fn global(pair: &Pair) -> Result<String, Failure> {
    let ends = [OURS, PEER].map(|end| end.address(true));
    cross(pair, ends, ends)
}

/// Over those that count on the wire alone.
pub(super) fn link_local(pair: &Pair) -> Result<String, Failure> {
    let ends @ [near, far] = link_local_ends(pair)?;
    // FRR's next hop is the address that counts beyond the wire, where the interface has one.
    let far = if pair.peer == Peer::Frr { PEER.address(true) } else { far };
    cross(pair, ends, [near, far])
}

/// A session between these ends, a route each way by these next hops; ours first.
fn cross(pair: &Pair, [near, far]: [IpAddr; 2], next_hops: [IpAddr; 2]) -> Result<String, Failure> {
    let (mut ours, mut peer) = (design(OURS, PEER, &[route(OF_OURS)]), design(PEER, OURS, &[route(OF_PEER)]));
    let offers = Offers { ipv4_over_ipv6: true, ..Offers::NONE };
    ours.neighbors = vec![Neighbor { offers, ..Neighbor::plain(near, far, PEER.asn) }];
    peer.neighbors = vec![Neighbor { offers, ..Neighbor::plain(far, near, OURS.asn) }];
    let running = pair.start(&ours, &peer)?;
    let up = time_until("Established", SOON, || {
        established(&*running.ours, far)?;
        established(&*running.peer, near)
    })?;
    let [from_ours, from_peer] = next_hops;
    arrives(&*running.peer, OF_OURS, from_ours)?;
    arrives(&*running.ours, OF_PEER, from_peer)?;
    Ok(format!("Established after {up:.1?}, a route each way by {from_ours} and {from_peer}"))
}

/// Waits for the route; its next hop is that address of the sender's.
pub(super) fn arrives(receiver: &dyn Router, prefix: &str, next_hop: IpAddr) -> Result<(), Failure> {
    let missing = || Failure::Objection("no route".into());
    let (found, _) = wait_for(prefix, SOON, || receiver.route(prefix)?.ok_or_else(missing))?;
    expect_equal(format!("the next hop of {prefix}"), &next_hop.to_string(), &found.next_hop)
}

fn route(prefix: &str) -> Route {
    Route { prefix: prefix.into(), origin: "igp".into(), ..Route::default() }
}
