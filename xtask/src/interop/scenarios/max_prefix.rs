//! Too many routes end the session, whoever has the limit (RFC 4486, subcode 1).

use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::{Offers, Route};

/// More than is allowed: FRR looks at its count before the next route.
fn four() -> [Route; 4] {
    let route = |n| Route { prefix: format!("198.18.{n}.0/24"), origin: "igp".into(), ..Route::default() };
    [1, 2, 3, 4].map(route)
}

const TWO: Offers = Offers { max_prefixes: Some(2), ..Offers::NONE };

/// Ours has the limit: the peer is told why.
pub(super) fn ours(pair: &Pair) -> Result<String, Failure> {
    let (mut ours, peer) = (design(OURS, PEER, &[]), design(PEER, OURS, &four()));
    ours.neighbors.iter_mut().for_each(|neighbor| neighbor.offers = TWO);
    let running = pair.start(&ours, &peer)?;
    let took = time_until("Cease 6/1", SOON, || {
        let received = running.peer.received(OURS.address(false))?;
        expect_equal("NOTIFICATION", &Some((6, 1)), &received.notification)
    })?;
    Ok(format!("6/1 seen after {took:.1?}"))
}

/// The peer has it: ours tells its operator what the peer said.
pub(super) fn theirs(pair: &Pair) -> Result<String, Failure> {
    let (ours, mut peer) = (design(OURS, PEER, &four()), design(PEER, OURS, &[]));
    peer.neighbors.iter_mut().for_each(|neighbor| neighbor.offers = TWO);
    let running = pair.start(&ours, &peer)?;
    let took = time_until("6/1 at ours", SOON, || {
        let words = running.ours.session(PEER.address(false))?.words;
        if words.contains("6/1") { Ok(()) } else { Err(Failure::Objection(words)) }
    })?;
    Ok(format!("6/1 reported after {took:.1?}"))
}
