//! ROUTE-REFRESH in both directions, counted by the peer.

use crate::clock::{time_until, wait_for};
use crate::failure::Failure;
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::{Received, Route};

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let route =
        Route { prefix: "198.18.1.0/24".into(), origin: "igp".into(), med: Some(0), ..Route::default() };
    let running = pair.start(&design(OURS, PEER, &[route]), &design(PEER, OURS, &[]))?;
    running.established()?;
    let (near, far) = (OURS.address(false), PEER.address(false));
    let received = || running.peer.received(near);
    wait_for("the route", SOON, || {
        running.peer.route("198.18.1.0/24")?.ok_or_else(|| Failure::Objection("no route".into()))
    })?;

    let before = received()?;
    running.ours.request_refresh(far)?;
    let more = |now: Received| now.refreshes > before.refreshes;
    let asked = time_until("our ROUTE-REFRESH at the peer", SOON, || holds(received()?, more))?;

    let before = received()?;
    running.peer.request_refresh(near)?;
    let more = |now: Received| now.updates > before.updates;
    let answered = time_until("our routes once more", SOON, || holds(received()?, more))?;
    Ok(format!("our request seen after {asked:.1?}, the peer's answered after {answered:.1?}"))
}

fn holds(now: Received, condition: impl Fn(Received) -> bool) -> Result<(), Failure> {
    if condition(now) { Ok(()) } else { Err(Failure::Objection(format!("{now:?}"))) }
}
