//! Sessions between addresses that no net has in common, by way of a router that forwards. Both ends take nothing from further
//! away (RFC 5082).

use super::graceful_restart;
use super::unnumbered::arrives;
use crate::failure::Failure;
use crate::interop::pair::{OURS, PEER, Pair, Side, design, neighbor};
use crate::interop::router::{Design, Neighbor, Route, Router};

/// Its routes, of either family, by the last number of their prefixes.
fn routes(of: Side) -> [Route; 2] {
    let n = of.ipv4.octets()[3];
    [format!("198.18.{n}.0/24"), format!("2001:db8:{n}000::/36")].map(|prefix| Route {
        prefix,
        origin: "igp".into(),
        ..Route::default()
    })
}

/// One router between is two hops, and no further away is the other end.
fn far(neighbor: &mut Neighbor) {
    (neighbor.multihop, neighbor.ttl_security) = (true, true);
}

fn both_families(own: Side, other: Side) -> Design {
    let mut design = design(own, other, &routes(own));
    design.neighbors.push(neighbor(own, other, true));
    design.neighbors.iter_mut().for_each(far);
    design
}

/// Routes of both families cross, each with the far address of who told it for a next hop.
pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start(&both_families(OURS, PEER), &both_families(PEER, OURS))?;
    let ipv4 = running.established_over(false)?;
    let ipv6 = ipv4 + running.established_over(true)?;
    for (from, at) in [(OURS, &*running.peer as &dyn Router), (PEER, &*running.ours)] {
        for route in routes(from) {
            arrives(at, &route.prefix, from.address(route.is_ipv6()))?;
        }
    }
    Ok(format!("IPv4 after {ipv4:.1?}, IPv6 after {ipv6:.1?}, a route each way over each"))
}

/// Both ends, one after the other, are killed and come back.
pub(super) fn restart(pair: &Pair) -> Result<String, Failure> {
    let theirs = graceful_restart::theirs_with(pair, far)?;
    let ours = graceful_restart::ours_with(pair, far)?;
    Ok(format!("the peer: {theirs}; ours: {ours}"))
}
