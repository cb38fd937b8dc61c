//! Roles that fit let the session come up, roles that do not keep it down (RFC 9234, section 4.2).

use crate::clock::time_until;
use crate::failure::Failure;
use crate::interop::pair::{OURS, PEER, Pair, SOON};

pub(super) fn fitting(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, side| {
        neighbor.offers.role = Some(if side.asn == OURS.asn { "provider" } else { "customer" });
    })?;
    let took = running.established()?;
    Ok(format!("provider and customer after {took:.1?}"))
}

pub(super) fn two_providers(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.offers.role = Some("provider"))?;
    // Who reads the other's OPEN first sends the NOTIFICATION.
    let reasons = ["2/11", "our role is provider and the peer says it is provider"];
    let took = time_until("the reason at ours", SOON, || {
        let session = running.ours.session(PEER.address(false))?;
        let said = reasons.iter().any(|reason| session.words.contains(reason));
        if said && !session.established { Ok(()) } else { Err(Failure::Objection(session.words)) }
    })?;
    Ok(format!("two providers refused after {took:.1?}"))
}
