//! The wire is cut while both links stay up: only BFD can tell.
//!
//! The time is measured on our interface by the kernel's timestamps: from the last BFD packet that came in to
//! the first TCP segment with which our router ends the session.

use super::up;
use crate::clock::wait_for;
use crate::failure::Failure;
use crate::interop::capture::{Capture, Seen};
use crate::interop::pair::{BFD, OURS, PEER, Pair, Running, SOON};
use crate::interop::router::Make;
use std::time::Duration;

/// The peer's multiplier times the slower of the two agreed intervals (RFC 5880, 6.8.4).
const DETECTION: Duration = Duration::from_millis((BFD.interval_ms * BFD.multiplier) as u64);
/// What session teardown may add.
const ALLOWED: Duration = Duration::from_millis(100);

pub(in super::super) fn run(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, _| neighbor.bfd = Some(BFD))?;
    let up = up(&running, false)?;
    let capture = Capture::start(&pair.near)?;
    wait_for("a captured BFD packet", SOON, || last_bfd(&capture.seen()?).map(drop))?;
    pair.wire.cut()?;
    let ((silence, words), _) = wait_for("BGP to go down", SOON, || torn_down(&capture.seen()?))?;
    within_bounds(silence)?;
    if pair.ours == Make::Voicepeer {
        says_bfd_down(&running, &words)?;
    }
    pair.wire.mend()?;
    let back = super::up(&running, false)?;
    Ok(format!(
        "Up after {up:.1?}; down {silence:.1?} after the last packet ({DETECTION:.0?} detection time); back {back:.1?} after the mend"
    ))
}

/// From the last BFD packet in to the end of the session after it, and the segment that ends it.
fn torn_down(packets: &[Seen]) -> Result<(Duration, String), Failure> {
    let last = last_bfd(packets)?;
    let goodbye =
        packets.iter().find(|packet| packet.at > last && is_ours(packet) && ends_session(&packet.text));
    let goodbye = goodbye.ok_or_else(|| Failure::Objection("our router still holds the session".into()))?;
    Ok((goodbye.at.saturating_sub(last), goodbye.text.clone()))
}

/// When the last BFD packet came in.
fn last_bfd(packets: &[Seen]) -> Result<Duration, Failure> {
    let incoming = |packet: &&Seen| packet.text.contains("BFD") && !is_ours(packet);
    let last = packets.iter().rfind(incoming);
    last.map(|packet| packet.at).ok_or_else(|| Failure::Objection("no BFD packet came".into()))
}

fn is_ours(packet: &Seen) -> bool {
    packet.source.starts_with(&format!("{}.", OURS.ipv4))
}

/// A NOTIFICATION, or the end of the connection without one.
fn ends_session(segment: &str) -> bool {
    ["Notification", "Flags [F", "Flags [R"].iter().any(|sign| segment.contains(sign))
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
