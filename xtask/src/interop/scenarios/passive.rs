//! Ours waits for the peer's connection.

use crate::failure::Failure;
use crate::interop::kernel::bgp_local_ports;
use crate::interop::pair::{OURS, Pair};

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let running = pair.start_with(|neighbor, side| neighbor.passive = side.asn == OURS.asn)?;
    let took = running.established()?;
    let ports = bgp_local_ports(&pair.near)?;
    crate::failure::expect_equal("local ports of our connections", &vec!["179".to_owned()], &ports)?;
    Ok(format!("after {took:.1?}, on our port 179"))
}
