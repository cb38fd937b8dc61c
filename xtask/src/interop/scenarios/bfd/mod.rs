//! BFD, which no router may take for up or down wrongly.

pub(super) mod admin_down;
pub(super) mod authentication;
pub(super) mod cut;
pub(super) mod echo;
pub(super) mod paths;
pub(super) mod soak;
pub(super) mod timers;

use crate::clock::time_until;
use crate::failure::Failure;
use crate::interop::pair::{OURS, PEER, Running, SOON};
use crate::interop::router;
use std::time::Duration;

/// BFD Up on both sides, and the session too; the time it took.
fn up(running: &Running, is_ipv6: bool) -> Result<Duration, Failure> {
    let (near, far) = (OURS.address(is_ipv6), PEER.address(is_ipv6));
    time_until("BFD Up and Established on both sides", SOON, || {
        router::bfd_up(&*running.ours, far)?;
        router::bfd_up(&*running.peer, near)?;
        router::established(&*running.ours, far)?;
        router::established(&*running.peer, near)
    })
}
