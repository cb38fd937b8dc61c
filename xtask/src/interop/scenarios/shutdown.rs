//! SIGTERM is a clean goodbye.

use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, Pair, SOON};
use crate::interop::router::{Make, Peer};

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let mut running = pair.start_with(|_, _| ())?;
    running.established()?;
    let status = running.ours.terminate()?;
    expect_equal("exit status", &Some(0), &status.code())?;
    let goodbye = goodbye(pair.ours);
    let took = time_until("the NOTIFICATION", SOON, || {
        let received = running.peer.received(OURS.address(false))?;
        expect_equal("NOTIFICATION", &Some(goodbye), &received.notification)
    })?;
    Ok(format!("exit status 0, {}/{} seen {took:.1?} later", goodbye.0, goodbye.1))
}

/// What a program sends when it is stopped: FRR takes its neighbours out of its configuration first.
fn goodbye(make: Make) -> (u8, u8) {
    match make {
        Make::Voicepeer | Make::Other(Peer::Bird | Peer::ExaBgp) => (6, 2),
        Make::Other(Peer::Frr | Peer::GoBgp | Peer::OpenBgpd) => (6, 3),
    }
}
