//! The echo function with FRR: ours go by way of its kernel, its own to our daemon (RFC 5881 section 4).

use crate::clock::{time_until, wait_for};
use crate::failure::Failure;
use crate::interop::frr::{self, Frr};
use crate::interop::json::{number, text};
use crate::interop::pair::{BFD, OURS, PEER, Pair, SOON, design};
use crate::interop::router::{self, Bfd};
use crate::interop::voicepeer::{self, Voicepeer};
use serde_json::Value;

const ECHO: Bfd = Bfd { echo_ms: Some(50), ..BFD };
const ENOUGH: u64 = 20;

pub(in super::super) fn run(pair: &Pair) -> Result<String, Failure> {
    let (mut near, mut far) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
    near.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(ECHO));
    far.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(ECHO));
    pair.far.forwards(true)?;
    let ours = Voicepeer::start(&pair.near, &voicepeer::configuration(&near))?;
    let frr = Frr::start(&pair.far, &frr::configuration(&far))?;
    let (peer, own) = (PEER.address(false), OURS.address(false));
    time_until("Established on both sides", SOON, || {
        router::established(&ours, peer)?;
        router::established(&frr, own)
    })?;
    let returned = |row: &Value| number::<u64>(row, "echo_returned") > Some(ENOUGH);
    let look = || holds(ours.bfd_session(peer)?, returned);
    let (there_and_back, _) = wait_for("our echo packets to come back", SOON, look)?;
    let sent_back = |row: &Value| number::<u64>(row, "echo_sent_back") > Some(ENOUGH);
    wait_for("FRR's echo packets at ours", SOON, || holds(ours.bfd_session(peer)?, sent_back))?;
    let counted = |row: &Value| number::<u64>(row, "echo-packet-input") > Some(ENOUGH);
    wait_for("FRR's echo packets back at FRR", SOON, || {
        holds(frr.bfd_row("show bfd peers counters json", own)?, counted)
    })?;
    holds(ours.bfd_session(peer)?, |row| text(row, "state") == "Up")?;
    let trip = there_and_back.get("echo_round_trip_us").and_then(Value::as_f64).unwrap_or_default();

    // The link is whole, and FRR's daemon as well as ever: only its forwarding is gone.
    pair.far.forwards(false)?;
    let failed = |row: &Value| text(row, "state") != "Up" && text(row, "diagnostic").contains("echo");
    let look = || holds(ours.bfd_session(peer)?, failed);
    let took = wait_for("Down for want of echo packets", SOON, look)?.1;
    Ok(format!("both ways, {trip:.0} us there and back; without FRR's forwarding Down after {took:.1?}"))
}

fn holds(row: Value, condition: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
    if condition(&row) { Ok(row) } else { Err(Failure::Objection(row.to_string())) }
}
