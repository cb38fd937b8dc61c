//! An UPDATE beyond 4096 octets, where both sides agreed on that (RFC 8654).

use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::Route;

/// Of four octets each.
const COMMUNITIES: u32 = 1200;

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let communities = (0..COMMUNITIES).map(|n| format!("64496:{n}")).collect();
    let long =
        Route { prefix: "198.18.1.0/24".into(), origin: "igp".into(), communities, ..Route::default() };
    let (mut ours, mut peer) = (design(OURS, PEER, &[long]), design(PEER, OURS, &[]));
    for neighbor in ours.neighbors.iter_mut().chain(&mut peer.neighbors) {
        neighbor.offers.extended_messages = true;
    }
    let running = pair.start(&ours, &peer)?;
    running.established()?;
    let missing = || Failure::Objection("no route".into());
    let (found, _) =
        wait_for("the route", SOON, || running.peer.route("198.18.1.0/24")?.ok_or_else(missing))?;
    expect_equal("communities", &(COMMUNITIES as usize), &found.communities.len())?;
    Ok(format!("{COMMUNITIES} communities in one UPDATE"))
}
