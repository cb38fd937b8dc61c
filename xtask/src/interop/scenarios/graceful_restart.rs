//! Who is killed and comes back loses no route meanwhile, but those it no longer has (RFC 4724).

use crate::clock::{time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, Running, SOON, design};
use crate::interop::router::{Design, Neighbor, Route, Router};
use std::net::IpAddr;

const STAYS: &str = "198.18.1.0/24";
const GOES: &str = "198.18.2.0/24";

/// A change that a scenario makes to the session of each end.
type Change = fn(&mut Neighbor);

/// Both ends with these routes and graceful restart, ours first.
fn designs(from_ours: &[&str], from_peer: &[&str], change: Change) -> [Design; 2] {
    let route =
        |prefix: &&str| Route { prefix: (*prefix).to_owned(), origin: "igp".into(), ..Route::default() };
    let routes = |prefixes: &[&str]| prefixes.iter().map(route).collect::<Vec<_>>();
    let mut both = [design(OURS, PEER, &routes(from_ours)), design(PEER, OURS, &routes(from_peer))];
    for neighbor in both.iter_mut().flat_map(|design| &mut design.neighbors) {
        neighbor.offers.graceful_restart = true;
        change(neighbor);
    }
    both
}

/// The peer is killed: ours keeps its routes, and sweeps the one that does not come back.
pub(super) fn theirs(pair: &Pair) -> Result<String, Failure> {
    theirs_with(pair, |_| {})
}

/// Ours is killed: the peer keeps its routes, and sweeps the one that does not come back.
pub(super) fn ours(pair: &Pair) -> Result<String, Failure> {
    ours_with(pair, |_| {})
}

pub(super) fn theirs_with(pair: &Pair, change: Change) -> Result<String, Failure> {
    let [ours, peer] = designs(&[], &[STAYS, GOES], change);
    let running = pair.start(&ours, &peer)?;
    running.established()?;
    for prefix in [STAYS, GOES] {
        has(&*running.ours, prefix)?;
    }
    let Running { ours, peer } = running;
    drop(peer);
    lost(&*ours, PEER.address(false))?;
    for prefix in [STAYS, GOES] {
        kept(&*ours, prefix)?;
    }
    let [_, fewer] = designs(&[], &[STAYS], change);
    let running = Running { ours, peer: pair.peer.start(&pair.far, &fewer)? };
    let back = running.established()?;
    let look = || expect_equal(GOES, &None, &running.ours.route(GOES)?.map(|route| route.prefix));
    let swept = time_until("the sweep", SOON, look)?;
    has(&*running.ours, STAYS)?;
    Ok(format!("two kept, back after {back:.1?}, one swept {swept:.1?} later"))
}

pub(super) fn ours_with(pair: &Pair, change: Change) -> Result<String, Failure> {
    let [ours, peer] = designs(&[STAYS, GOES], &[], change);
    let running = pair.start(&ours, &peer)?;
    running.established()?;
    for prefix in [STAYS, GOES] {
        has(&*running.peer, prefix)?;
    }
    let Running { ours, peer } = running;
    drop(ours);
    lost(&*peer, OURS.address(false))?;
    for prefix in [STAYS, GOES] {
        kept(&*peer, prefix)?;
    }
    let [fewer, _] = designs(&[STAYS], &[], change);
    let running = Running { ours: pair.ours.start(&pair.near, &fewer)?, peer };
    let back = running.established()?;
    let look = || expect_equal(GOES, &None, &running.peer.route(GOES)?.map(|route| route.prefix));
    let swept = time_until("the sweep", SOON, look)?;
    has(&*running.peer, STAYS)?;
    Ok(format!("two kept, back after {back:.1?}, one swept {swept:.1?} later"))
}

fn has(router: &dyn Router, prefix: &str) -> Result<(), Failure> {
    wait_for(prefix, SOON, || kept(router, prefix)).map(drop)
}

fn kept(router: &dyn Router, prefix: &str) -> Result<(), Failure> {
    expect_equal("route", &Some(prefix.to_owned()), &router.route(prefix)?.map(|route| route.prefix))
}

fn lost(router: &dyn Router, peer: IpAddr) -> Result<(), Failure> {
    let look = || {
        let session = router.session(peer)?;
        if session.established { Err(Failure::Objection(session.words)) } else { Ok(()) }
    };
    time_until("the loss of the session", SOON, look).map(drop)
}
