//! What a route is made of where anything would do: numbers of documentation.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) fn prefixes() -> Vec<IpNet> {
    let v4 = [[198, 51, 100, 0], [203, 0, 113, 0], [192, 0, 2, 0]];
    let v4 = v4.into_iter().filter_map(|octets| Ipv4Net::new(octets.into(), 24).ok()).map(IpNet::from);
    let v6 = Ipv6Net::new(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32).ok().map(IpNet::from);
    v4.chain(v6).collect()
}

/// Those that a route has of which nothing is known come first.
pub(super) fn hosts() -> Vec<IpNet> {
    let v4 = [[192, 0, 2, 1], [198, 51, 100, 1], [203, 0, 113, 1]]
        .map(|octets| IpAddr::from(Ipv4Addr::from(octets)));
    let v6 = [0, 1].map(|net| IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, net, 0, 0, 0, 0, 1)));
    v4.into_iter().chain(v6).map(IpNet::from).collect()
}

pub(super) fn asns() -> impl Iterator<Item = u32> {
    64_496..=64_511
}

pub(super) fn numbers() -> impl Iterator<Item = u32> {
    [0, 1, 100].into_iter()
}
