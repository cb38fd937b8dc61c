//! Two routers and the wire between them: what most scenarios play on.

use super::netns::{End, Lab, Node, Wire};
use super::router::{self, Bfd, Design, Make, Neighbor, Peer, Route, Router, Witness};
use crate::clock::time_until;
use crate::failure::Failure;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

/// Our router's addresses and ASN (RFC 5737, RFC 3849, RFC 5398).
pub(crate) const OURS: Side = Side {
    asn: 64496,
    ipv4: Ipv4Addr::new(192, 0, 2, 1),
    ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
};
/// The peer's.
pub(crate) const PEER: Side = Side {
    asn: 65540,
    ipv4: Ipv4Addr::new(192, 0, 2, 2),
    ipv6: Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2),
};

/// How long a session may take to come up, BFD included.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// One end of the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub(crate) asn: u32,
    pub(crate) ipv4: Ipv4Addr,
    pub(crate) ipv6: Ipv6Addr,
}

impl Side {
    /// Its end of the session of that family.
    pub(crate) const fn address(&self, is_ipv6: bool) -> IpAddr {
        if is_ipv6 { IpAddr::V6(self.ipv6) } else { IpAddr::V4(self.ipv4) }
    }
}

/// The network and who is to run in it. The routers are started by the scenario.
pub(crate) struct Pair {
    pub(crate) ours: Make,
    pub(crate) peer: Peer,
    pub(crate) near: Node,
    pub(crate) far: Node,
    /// The wire, or the one to the peer where there is a hop between.
    pub(crate) wire: Wire,
    _lab: Lab,
}

/// Both routers, running.
pub(crate) struct Running {
    pub(crate) ours: Box<dyn Router>,
    pub(crate) peer: Box<dyn Witness>,
}

impl Pair {
    pub(crate) fn new(number: usize, folder: &Path, ours: Make, peer: Peer) -> Result<Self, Failure> {
        let lab = Lab::new(number, folder)?;
        let (near, far) = (lab.node("ours")?, lab.node("peer")?);
        let near_end = End { node: &near, interface: "eth0", addresses: &["192.0.2.1/29", "2001:db8::1/64"] };
        let far_end = End { node: &far, interface: "eth0", addresses: &["192.0.2.2/29", "2001:db8::2/64"] };
        let wire = lab.wire(&near_end, &far_end)?;
        Ok(Self { ours, peer, near, far, wire, _lab: lab })
    }

    /// The same with a router between that does nothing but forward, and no address in common.
    pub(crate) fn across(number: usize, folder: &Path, ours: Make, peer: Peer) -> Result<Self, Failure> {
        let lab = Lab::new(number, folder)?;
        let (near, far, hop) = (lab.node("ours")?, lab.node("peer")?, lab.node("hop")?);
        let end = |node, interface, addresses| End { node, interface, addresses };
        let addresses = &["192.0.2.1/32", "198.51.100.0/31", "2001:db8::1/128", "2001:db8:1::/127"];
        let hop_end = end(&hop, "eth0", &["198.51.100.1/31", "2001:db8:1::1/127"]);
        lab.wire(&end(&near, "eth0", addresses), &hop_end)?;
        let addresses = &["192.0.2.2/32", "198.51.100.2/31", "2001:db8::2/128", "2001:db8:1::2/127"];
        let hop_end = end(&hop, "eth1", &["198.51.100.3/31", "2001:db8:1::3/127"]);
        let wire = lab.wire(&hop_end, &end(&far, "eth0", addresses))?;
        for (node, to, via, from) in [
            (&near, "192.0.2.2/32", "198.51.100.1", "192.0.2.1"),
            (&far, "192.0.2.1/32", "198.51.100.3", "192.0.2.2"),
            (&hop, "192.0.2.1/32", "198.51.100.0", "198.51.100.1"),
            (&hop, "192.0.2.2/32", "198.51.100.2", "198.51.100.3"),
            (&near, "2001:db8::2/128", "2001:db8:1::1", "2001:db8::1"),
            (&far, "2001:db8::1/128", "2001:db8:1::3", "2001:db8::2"),
            (&hop, "2001:db8::1/128", "2001:db8:1::", "2001:db8:1::1"),
            (&hop, "2001:db8::2/128", "2001:db8:1::2", "2001:db8:1::3"),
        ] {
            node.route(to, via, from)?;
        }
        hop.forwards(true)?;
        Ok(Self { ours, peer, near, far, wire, _lab: lab })
    }

    /// Starts both. Ours listens first, so that no dial of the peer's is wasted.
    pub(crate) fn start(&self, ours: &Design, peer: &Design) -> Result<Running, Failure> {
        let ours = self.ours.start(&self.near, ours)?;
        let peer = self.peer.start(&self.far, peer)?;
        Ok(Running { ours, peer })
    }

    /// Starts both with one change made to the session of each.
    pub(crate) fn start_with(&self, change: impl Fn(&mut Neighbor, Side)) -> Result<Running, Failure> {
        let (mut ours, mut peer) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
        ours.neighbors.iter_mut().for_each(|neighbor| change(neighbor, OURS));
        peer.neighbors.iter_mut().for_each(|neighbor| change(neighbor, PEER));
        self.start(&ours, &peer)
    }
}

impl Running {
    /// Waits until both see the IPv4 session Established; gives the time it took.
    pub(crate) fn established(&self) -> Result<Duration, Failure> {
        self.established_over(false)
    }

    /// The same for the session of that family.
    pub(crate) fn established_over(&self, is_ipv6: bool) -> Result<Duration, Failure> {
        let (near, far) = (OURS.address(is_ipv6), PEER.address(is_ipv6));
        let took = time_until("Established", SOON, || {
            router::established(&*self.ours, far)?;
            router::established(&*self.peer, near)
        })?;
        Ok(took)
    }
}

/// A router with one IPv4 session to the other side and these routes.
pub(crate) fn design(own: Side, other: Side, routes: &[Route]) -> Design {
    Design {
        asn: own.asn,
        router_id: own.ipv4,
        neighbors: vec![neighbor(own, other, false)],
        routes: routes.to_vec(),
    }
}

/// A session to the other side with nothing special about it.
pub(crate) fn neighbor(own: Side, other: Side, is_ipv6: bool) -> Neighbor {
    Neighbor::plain(own.address(is_ipv6), other.address(is_ipv6), other.asn)
}

/// BFD as quick as a shared machine can hold it up.
pub(crate) const BFD: Bfd = Bfd {
    interval_ms: 100,
    multiplier: 3,
    minimum_ttl: 254,
    authentication: None,
    echo_ms: None,
    admin_down: false,
};
