//! TTL security, RFC 5082.

use crate::clock::wait_for;
use crate::failure::Failure;
use crate::interop::kernel::Counter;
use crate::interop::pair::{OURS, PEER, Pair, SOON};

pub(super) fn both(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.ttl_security = true)?;
    let took = running.established()?;
    Ok(format!("after {took:.1?}"))
}

/// The peer sends with TTL 1, as an external session without TTL security does.
pub(super) fn one_sided(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, side| neighbor.ttl_security = side.asn == OURS.asn)?;
    let (count, _) = wait_for("a refused segment", SOON, || Counter::MinTtlDrop.counted(&pair.near))?;
    let session = running.ours.session(PEER.address(false))?;
    if session.established {
        return Err(Failure::Objection("Established over TTL 1".into()));
    }
    Ok(format!("{count} segments refused, session {}", session.words.trim()))
}
