//! The wire is cut while both links stay up: only BFD can tell.
//!
//! The time is measured on our interface by the kernel's timestamps: from the last BFD packet that came in to
//! the first TCP segment that our router sends because of it.

use crate::clock::{time_until, wait_for};
use crate::failure::Failure;
use crate::interop::capture::{Capture, Seen};
use crate::interop::pair::{BFD, OURS, PEER, Pair, Running, SOON};
use crate::interop::router::{self, Make};
use std::time::Duration;

/// The peer's multiplier times the slower of the two agreed intervals (RFC 5880, 6.8.4).
const DETECTION: Duration = Duration::from_millis((BFD.interval_ms * BFD.multiplier) as u64);
/// What session teardown may add.
const ALLOWED: Duration = Duration::from_millis(100);

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.bfd = Some(BFD))?;
    let up = up(&running)?;
    let capture = Capture::start(&pair.near)?;
    pair.wire.cut()?;
    let ((silence, words), _) = wait_for("BGP to go down", SOON, || torn_down(&capture.seen()?))?;
    within_bounds(silence)?;
    if pair.ours == Make::Voicepeer {
        says_bfd_down(&running, &words)?;
    }
    pair.wire.mend()?;
    let back = self::up(&running)?;
    Ok(format!(
        "Up after {up:.1?}; down {silence:.1?} after the last packet ({DETECTION:.0?} detection time); back {back:.1?} after the mend"
    ))
}

/// BFD Up on both sides, and the session too.
fn up(running: &Running) -> Result<Duration, Failure> {
    let (near, far) = (OURS.address(false), PEER.address(false));
    let took = time_until("BFD Up and Established on both sides", SOON, || {
        router::bfd_up(&*running.ours, far)?;
        router::bfd_up(&*running.peer, near)?;
        router::established(&*running.ours, far)?;
        router::established(&*running.peer, near)
    })?;
    Ok(took)
}

/// From the last BFD packet in to our first segment out after it, with what that segment holds.
fn torn_down(packets: &[Seen]) -> Result<(Duration, String), Failure> {
    let ours = OURS.ipv4.to_string();
    let incoming = |packet: &&Seen| packet.text.contains("BFD") && !packet.source.starts_with(&ours);
    let last =
        packets.iter().rfind(incoming).ok_or_else(|| Failure::Objection("no BFD packet came".into()))?;
    let outgoing = |packet: &&Seen| packet.source.starts_with(&ours) && packet.text.contains("proto TCP");
    let goodbye = packets.iter().find(|packet| packet.at > last.at && outgoing(packet));
    let goodbye = goodbye.ok_or_else(|| Failure::Objection("no segment of ours yet".into()))?;
    Ok((goodbye.at.saturating_sub(last.at), goodbye.text.clone()))
}

/// Not a millisecond before the detection time, and not 100 ms after it.
fn within_bounds(silence: Duration) -> Result<(), Failure> {
    let earliest = DETECTION.saturating_sub(Duration::from_millis(1));
    if (earliest..=DETECTION + ALLOWED).contains(&silence) {
        return Ok(());
    }
    Err(Failure::Objection(format!(
        "down {silence:?} after the last packet; detection time is {DETECTION:?}"
    )))
}

/// Cease/BFD Down on the wire (RFC 9384) and in our own account of the session.
fn says_bfd_down(running: &Running, segment: &str) -> Result<(), Failure> {
    let session = running.ours.session(PEER.address(false))?;
    if !session.words.contains("BFD") {
        return Err(Failure::Objection(format!("our session does not name BFD: {}", session.words)));
    }
    if segment.contains("Cease (6)") && segment.contains("(10)") {
        return Ok(());
    }
    Err(Failure::Objection(format!("our segment is not Cease/BFD Down: {segment}")))
}
