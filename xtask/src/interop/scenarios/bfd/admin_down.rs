//! An operator at either end takes BFD down: the path has not failed, and our BGP session stays (RFC 5882 section
//! 3.2). What a peer makes of our AdminDown is its own affair: FRR 8.4.4 ends the session.

use super::up;
use crate::clock::time_until;
use crate::failure::Failure;
use crate::interop::pair::{BFD, OURS, PEER, Pair, Running, SOON, Side, design};
use crate::interop::router::{self, Bfd, Peer, Router};

const OFF: Bfd = Bfd { admin_down: true, ..BFD };

pub(in super::super) fn run(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.bfd = Some(BFD))?;
    up(&running, false)?;
    // BIRD falls silent where it is told to take BFD down, which is a failure.
    if pair.peer == Peer::Frr {
        take_down(&*running.peer, &running, (PEER, OURS))?;
        router::established(&*running.ours, PEER.address(false))?;
        set(&*running.peer, (PEER, OURS), BFD)?;
        up(&running, false)?;
    }
    take_down(&*running.ours, &running, (OURS, PEER))?;
    let words = running.ours.session(PEER.address(false))?.words;
    if words.contains("BFD went down") {
        return Err(Failure::Objection(format!("our router ended the session: {words}")));
    }
    set(&*running.ours, (OURS, PEER), BFD)?;
    up(&running, false)?;
    let by_peer = if pair.peer == Peer::Frr { "the peer's left our BGP session up; " } else { "" };
    Ok(format!("{by_peer}after ours, {words}; all came back"))
}

fn take_down(router: &dyn Router, running: &Running, (own, other): (Side, Side)) -> Result<(), Failure> {
    set(router, (own, other), OFF)?;
    time_until("both to know", SOON, || {
        bfd_down(&*running.ours, PEER)?;
        bfd_down(&*running.peer, OURS)
    })
    .map(drop)
}

fn set(router: &dyn Router, (own, other): (Side, Side), bfd: Bfd) -> Result<(), Failure> {
    let mut design = design(own, other, &[]);
    design.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(bfd));
    router.change_bfd(&design)
}

/// A router may forget a session that its operator took down.
fn bfd_down(router: &dyn Router, other: Side) -> Result<(), Failure> {
    match router.bfd(other.address(false)) {
        Ok(session) if session.up => Err(Failure::Objection("BFD is still Up".into())),
        _ => Ok(()),
    }
}
