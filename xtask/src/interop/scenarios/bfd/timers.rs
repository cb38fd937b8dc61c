//! Both ends change their timers while BFD is Up: neither goes Down, and both agree on the new ones.

use super::up;
use crate::clock::time_until;
use crate::failure::Failure;
use crate::interop::capture::{Capture, all_up};
use crate::interop::pair::{BFD, OURS, PEER, Pair, Running, SOON, design};
use crate::interop::router::{self, Bfd};

/// What ours has, what the peer has, and the detection time that both come to: the other end's multiplier times the
/// slower interval.
const STEPS: [(Bfd, Bfd); 3] = [(of(400, 3), BFD), (of(400, 3), of(200, 5)), (of(100, 4), of(50, 5))];

const fn of(interval_ms: u32, multiplier: u32) -> Bfd {
    Bfd { interval_ms, multiplier, ..BFD }
}

pub(in super::super) fn run(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.bfd = Some(BFD))?;
    up(&running, false)?;
    agreed(&running, BFD, BFD)?;
    let capture = Capture::start(&pair.near)?;
    for (ours, peer) in STEPS {
        let (mut near, mut far) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
        near.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(ours));
        far.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(peer));
        running.ours.change_bfd(&near)?;
        running.peer.change_bfd(&far)?;
        agreed(&running, ours, peer)?;
    }
    let packets = all_up(&capture.seen()?)?;
    Ok(format!("{} changes, all {packets} packets meanwhile say Up", STEPS.len()))
}

fn agreed(running: &Running, ours: Bfd, peer: Bfd) -> Result<(), Failure> {
    let slower = u64::from(ours.interval_ms.max(peer.interval_ms));
    let (here, there) = (slower * u64::from(peer.multiplier), slower * u64::from(ours.multiplier));
    time_until("the new detection times", SOON, || {
        router::bfd_agreed(&*running.ours, PEER.address(false), here)?;
        router::bfd_agreed(&*running.peer, OURS.address(false), there)
    })
    .map(drop)
}
