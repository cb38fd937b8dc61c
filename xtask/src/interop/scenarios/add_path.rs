//! Several paths a prefix, to and from each side (RFC 7911).

use super::transit::designs;
use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::SOON;
use crate::interop::router::{Offers, Peer, Route, Witness, established};
use crate::interop::trio::{TO_BIRD, Trio};
use std::slice::from_ref;

/// BIRD has two paths to it.
const OF_BIRD: &str = "198.18.1.0/24";
/// FRR has one to it, and so have we.
const OF_FRR: &str = "198.18.2.0/24";

pub(super) fn run(trio: &Trio) -> Result<String, Failure> {
    let [mut ours, mut bird, mut frr] = designs();
    for design in [&mut ours, &mut bird, &mut frr] {
        let offers = Offers { add_path: true, ..Offers::NONE };
        design.neighbors.iter_mut().for_each(|neighbor| neighbor.offers = offers);
    }
    let (near, far) = (ours.asn, (bird.asn, frr.asn));
    bird.routes = vec![route(OF_BIRD, 65550), route(OF_BIRD, 65551)];
    frr.routes = vec![route(OF_FRR, 65552)];
    ours.routes = vec![route(OF_FRR, 65553)];

    let ours = trio.make.start(&trio.middle, &ours)?;
    let bird = Peer::Bird.start(&trio.bird, &bird)?;
    let mut frr = Peer::Frr.start(&trio.frr, &frr)?;
    let own = vec![near, 65553];
    let there = time_until("BIRD's two paths at FRR, FRR's and ours at BIRD", SOON, || {
        has(&*frr, OF_BIRD, &[vec![near, far.0, 65550], vec![near, far.0, 65551]])?;
        has(&*bird, OF_FRR, &[own.clone(), vec![near, far.1, 65552]])
    })?;
    frr.terminate()?;
    let gone = time_until("FRR's path alone to go at BIRD", SOON, || has(&*bird, OF_FRR, from_ref(&own)))?;
    established(&*bird, TO_BIRD)?;
    drop(ours);
    Ok(format!("there after {there:.1?}, withdrawn after {gone:.1?}"))
}

/// Fails until the router has these AS paths to the prefix, in any order.
fn has(router: &dyn Witness, prefix: &str, paths: &[Vec<u32>]) -> Result<(), Failure> {
    let mut found: Vec<_> = router.paths(prefix)?.into_iter().map(|route| route.as_path).collect();
    found.sort_unstable();
    let mut wanted = paths.to_vec();
    wanted.sort_unstable();
    expect_equal(format!("the paths to {prefix}"), &wanted, &found)
}

fn route(prefix: &str, beyond: u32) -> Route {
    Route { prefix: prefix.into(), origin: "igp".into(), as_path: vec![beyond], ..Route::default() }
}
