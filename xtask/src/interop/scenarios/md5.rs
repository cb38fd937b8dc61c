//! TCP-MD5, RFC 2385.

use crate::clock::wait_for;
use crate::failure::Failure;
use crate::interop::kernel::Counter;
use crate::interop::pair::{OURS, PEER, Pair, SOON};

pub(super) fn right(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.password = Some("correct-horse"))?;
    let took = running.established()?;
    Ok(format!("after {took:.1?}"))
}

/// The kernel's counter is the sign that a connection was tried and refused.
pub(super) fn wrong(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, side| {
        neighbor.password = Some(if side.asn == OURS.asn { "correct-horse" } else { "battery-staple" });
    })?;
    let (count, _) = wait_for("a refused segment", SOON, || Counter::Md5Failure.counted(&pair.near))?;
    let session = running.ours.session(PEER.address(false))?;
    if session.established {
        return Err(Failure::Objection("Established with the wrong password".into()));
    }
    Ok(format!("{count} segments refused, session {}", session.words.trim()))
}
