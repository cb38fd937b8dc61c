//! The echo function with FRR, which addresses its packets to itself over IPv4 (RFC 5881 section 4) and to us over
//! IPv6. Ours go to ourselves by way of its kernel.

use crate::clock::{time_until, wait_for};
use crate::failure::Failure;
use crate::interop::frr::{self, Frr};
use crate::interop::json::{number, text};
use crate::interop::pair::{BFD, OURS, PEER, Pair, SOON, design, neighbor};
use crate::interop::router::{self, Bfd};
use crate::interop::voicepeer::{self, Voicepeer};
use serde_json::Value;
use std::net::IpAddr;

const ECHO: Bfd = Bfd { echo_ms: Some(50), ..BFD };
const ENOUGH: u64 = 20;

/// Each side's kernel returns what the other side sends.
pub(in super::super) fn ipv4(pair: &Pair) -> Result<String, Failure> {
    both_ways(pair, false, |_| true)
}

/// FRR's kernel returns ours, and our daemon FRR's.
pub(in super::super) fn ipv6(pair: &Pair) -> Result<String, Failure> {
    both_ways(pair, true, |ours| number::<u64>(ours, "echo_sent_back") > Some(ENOUGH))
}

fn both_ways(pair: &Pair, is_ipv6: bool, sent_back: fn(&Value) -> bool) -> Result<String, Failure> {
    pair.near.forwards(true)?;
    pair.far.forwards(true)?;
    let (ours, frr) = start(pair, is_ipv6)?;
    let (peer, own) = (PEER.address(is_ipv6), OURS.address(is_ipv6));
    let returned = |row: &Value| number::<u64>(row, "echo_returned") > Some(ENOUGH) && sent_back(row);
    let seen = wait_for("echo packets at ours", SOON, || holds(ours.bfd_session(peer)?, returned))?.0;
    let counted = |row: &Value| number::<u64>(row, "echo-packet-input") > Some(ENOUGH);
    let look = || holds(frr.bfd_row("show bfd peers counters json", own)?, counted);
    wait_for("FRR's echo packets back at FRR", SOON, look)?;
    holds(ours.bfd_session(peer)?, |row| text(row, "state") == "Up")?;
    let trip = seen.get("echo_round_trip_us").and_then(Value::as_f64).unwrap_or_default();
    let took = without_forwarding(pair, &ours, peer)?;
    Ok(format!("both ways, {trip:.0} us there and back; without FRR's forwarding Down after {took}"))
}

fn start(pair: &Pair, is_ipv6: bool) -> Result<(Voicepeer, Frr), Failure> {
    let (mut near, mut far) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
    near.neighbors = vec![neighbor(OURS, PEER, is_ipv6)];
    far.neighbors = vec![neighbor(PEER, OURS, is_ipv6)];
    for end in near.neighbors.iter_mut().chain(&mut far.neighbors) {
        end.bfd = Some(ECHO);
    }
    let ours = Voicepeer::start(&pair.near, &voicepeer::configuration(&near))?;
    let frr = Frr::start(&pair.far, &frr::configuration(&far))?;
    time_until("Established on both sides", SOON, || {
        router::established(&ours, PEER.address(is_ipv6))?;
        router::established(&frr, OURS.address(is_ipv6))
    })?;
    Ok((ours, frr))
}

/// The link is whole, and FRR's daemon as well as ever: only its forwarding is gone.
fn without_forwarding(pair: &Pair, ours: &Voicepeer, peer: IpAddr) -> Result<String, Failure> {
    pair.far.forwards(false)?;
    let failed = |row: &Value| text(row, "diagnostic").contains("echo");
    let took = wait_for("Down for want of echo packets", SOON, || holds(ours.bfd_session(peer)?, failed))?.1;
    Ok(format!("{took:.1?}"))
}

fn holds(row: Value, condition: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
    if condition(&row) { Ok(row) } else { Err(Failure::Objection(row.to_string())) }
}
