//! An IPv4 and an IPv6 session come up side by side.

use crate::failure::Failure;
use crate::interop::pair::{OURS, PEER, Pair, design, neighbor};

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let (mut ours, mut peer) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
    ours.neighbors.push(neighbor(OURS, PEER, true));
    peer.neighbors.push(neighbor(PEER, OURS, true));
    let running = pair.start(&ours, &peer)?;
    let over_ipv4 = running.established_over(false)?;
    let over_ipv6 = over_ipv4 + running.established_over(true)?;
    Ok(format!("IPv4 after {over_ipv4:.1?}, IPv6 after {over_ipv6:.1?}"))
}
