//! Three routers in a row: BIRD, the one that is looked at, FRR. A wire of two addresses (RFC 3021) to each.

use super::netns::{End, Lab, Node};
use super::router::Make;
use crate::failure::Failure;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

const fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

/// The middle's end of the wire to BIRD.
pub(crate) const TO_BIRD: IpAddr = address(0);
pub(crate) const BIRD: IpAddr = address(1);
/// The middle's end of the wire to FRR.
pub(crate) const TO_FRR: IpAddr = address(2);
pub(crate) const FRR: IpAddr = address(3);

/// The network; the routers are started by the scenario.
pub(crate) struct Trio {
    /// Whose router is in the middle.
    pub(crate) make: Make,
    pub(crate) middle: Node,
    pub(crate) bird: Node,
    pub(crate) frr: Node,
    /// How long what wants to be long lasts.
    pub(crate) soak: Duration,
    lab: Lab,
}

impl Trio {
    pub(crate) fn new(number: usize, folder: &Path, make: Make, soak: Duration) -> Result<Self, Failure> {
        let lab = Lab::new(number, folder)?;
        let (middle, bird, frr) = (lab.node("middle")?, lab.node("bird")?, lab.node("frr")?);
        let end = |node, interface, addresses| End { node, interface, addresses };
        lab.wire(&end(&middle, "eth0", &["192.0.2.0/31"]), &end(&bird, "eth0", &["192.0.2.1/31"]))?;
        lab.wire(&end(&middle, "eth1", &["192.0.2.2/31"]), &end(&frr, "eth0", &["192.0.2.3/31"]))?;
        Ok(Self { make, middle, bird, frr, soak, lab })
    }

    /// A second wire between the middle, where it is `eth2`, and FRR, where it is `eth1`, without addresses.
    pub(crate) fn second_wire_to_frr(&self) -> Result<(), Failure> {
        let end = |node, interface| End { node, interface, addresses: &[] };
        self.lab.wire(&end(&self.middle, "eth2"), &end(&self.frr, "eth1")).map(drop)
    }
}
