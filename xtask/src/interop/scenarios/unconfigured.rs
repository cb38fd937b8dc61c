//! A peer that is not configured.

use crate::clock::wait_for;
use crate::failure::Failure;
use crate::interop::kernel::Counter;
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::Make;
use std::net::Ipv4Addr;

/// Ours expects 192.0.2.3, who is not there; 192.0.2.2 comes instead.
pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let mut ours = design(OURS, PEER, &[]);
    ours.neighbors.iter_mut().for_each(|neighbor| neighbor.address = Ipv4Addr::new(192, 0, 2, 3).into());
    let running = pair.start(&ours, &design(PEER, OURS, &[]))?;
    let (tried, _) = wait_for("a connection", SOON, || Counter::PassiveOpens.counted(&pair.near))?;
    let session = running.peer.session(OURS.address(false))?;
    if session.established {
        return Err(Failure::Objection("Established without being configured".into()));
    }
    let counted = running.ours.refused()?;
    if counted == Some(0) || (counted.is_none() && pair.ours == Make::Voicepeer) {
        return Err(Failure::Objection(format!("our own count of it is {counted:?}")));
    }
    Ok(format!("{tried} connections closed, the peer says {}", session.words.trim()))
}
