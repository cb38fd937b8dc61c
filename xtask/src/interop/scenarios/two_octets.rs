//! A peer that says nothing of ASNs of four octets: larger ones reach it as AS_TRANS, with AS4_PATH beside
//! (RFC 6793). Both makes that can be told to say nothing read AS4_PATH all the same, and so see what was sent.

use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, SOON, Side, design};
use crate::interop::router::{Make, Peer, Route, Router};

/// The peer's own ASN has to fit.
const SMALL: Side = Side { asn: 64497, ..PEER };

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let route = |n: u8, as_path: &[u32]| Route {
        prefix: format!("198.18.{n}.0/24"),
        origin: "igp".into(),
        as_path: as_path.to_vec(),
        ..Route::default()
    };
    // OpenBGPD puts no ASNs in front of its own but its own.
    let theirs: &[u32] = if pair.peer == Peer::OpenBgpd { &[] } else { &[64500] };
    let (mut ours, mut peer) = (
        design(OURS, SMALL, &[route(1, &[64500, 65550, 64501])]),
        design(SMALL, OURS, &[route(101, theirs)]),
    );
    peer.neighbors.iter_mut().for_each(|neighbor| neighbor.offers.two_octet_asns = true);
    ours.neighbors.iter_mut().for_each(|neighbor| neighbor.asn = SMALL.asn);
    let running = pair.start(&ours, &peer)?;
    running.established()?;
    let there = path(&*running.peer, "198.18.1.0/24", Make::Other(pair.peer))?;
    expect_equal("AS_PATH at the peer", &vec![OURS.asn, 64500, 65550, 64501], &there)?;
    let here = path(&*running.ours, "198.18.101.0/24", pair.ours)?;
    expect_equal("AS_PATH at ours", &[&[SMALL.asn], theirs].concat(), &here)?;
    Ok(format!("{there:?} there, {here:?} here"))
}

fn path(router: &dyn Router, prefix: &str, at: Make) -> Result<Vec<u32>, Failure> {
    let missing = || Failure::Objection(format!("{at} has no route to {prefix}"));
    let (found, _) = wait_for(prefix, SOON, || router.route(prefix)?.ok_or_else(missing))?;
    Ok(found.as_path)
}
