//! UPDATEs read by this library and by decoders that somebody else wrote.
//!
//! What is accepted here without a finding must say the same there, prefix by prefix. A length field that is
//! refused here must be refused there. Where another decoder is known to differ, it says so beside the place
//! that passes over it, and why.

mod bgpkit;
mod routecore;

pub use bgpkit::bgpkit;
pub use routecore::routecore;

use crate::session::session;
use bgp_wire::{Fault, Negotiated, Nlri, Parsed, Received, Reset, Routes, Unfeasible};
use ipnet::IpNet;

/// What an UPDATE says, as far as every decoder can be asked for it.
#[derive(PartialEq, Eq, Default, Debug)]
struct Reading {
    /// Path identifier, 0 where there is none, and prefix: those of the body, then those of the MP attribute.
    withdrawn: Vec<(u32, IpNet)>,
    announced: Vec<(u32, IpNet)>,
    /// The value of AS_PATH, ASNs of four octets whatever the session has.
    as_path: Vec<u8>,
    communities: Vec<u32>,
    extended: Vec<[u8; 8]>,
    large: Vec<[u32; 3]>,
}

/// What this library makes of an UPDATE.
enum Ours {
    /// Accepted, and nothing wrong with it. `host_bits` says whether a prefix has bits beyond its length, which
    /// are irrelevant (RFC 4271 section 4.3).
    Clean { reading: Reading, host_bits: bool },
    /// The length of a field or of a prefix in the body cannot be.
    Framing,
    /// Anything between: how severe an error is differs from decoder to decoder.
    Judged,
}

/// The session of the first octet, which has IPv4 and IPv6 unicast, and the body of an UPDATE on it.
fn split(data: &[u8]) -> Option<(Negotiated, &[u8])> {
    let (octet, body) = data.split_first()?;
    Some((session(octet & 0x0f | 0x20), body))
}

fn ours(body: &[u8], n: &Negotiated) -> Ours {
    match bgp_wire::update(body, n) {
        Ok(Parsed { update, findings }) if findings.worst().is_none() => match update {
            Received::Routes(routes) => {
                Ours::Clean { reading: read(&routes), host_bits: fields(&routes).any(has_host_bits) }
            }
            _ => Ours::Clean { reading: Reading::default(), host_bits: false },
        },
        Err(Reset { fault: Fault::UpdateFraming, .. }) => Ours::Framing,
        Err(reset) if reset.code == bgp_wire::NotificationCode::INVALID_NETWORK_FIELD => Ours::Framing,
        _ => Ours::Judged,
    }
}

fn read(routes: &Routes<'_>) -> Reading {
    let attrs = &routes.attrs;
    let announced = routes.announced().flat_map(|(_, nlri)| nlri.iter());
    Reading {
        withdrawn: withdrawn(&routes.withdrawn),
        announced: announced.map(|nlri| (nlri.path_id, nlri.prefix)).collect(),
        as_path: attrs.as_path().map(|path| path.to_buf().as_bytes().to_vec()).unwrap_or_default(),
        communities: attrs.communities().map(|c| c.0).collect(),
        extended: attrs.extended_communities().map(|c| c.0).collect(),
        large: attrs.large_communities().map(|c| [c.global, c.local1, c.local2]).collect(),
    }
}

fn withdrawn(unfeasible: &Unfeasible<'_>) -> Vec<(u32, IpNet)> {
    unfeasible.prefixes().map(|nlri| (nlri.path_id, nlri.prefix)).collect()
}

fn fields<'a>(routes: &Routes<'a>) -> impl Iterator<Item = Nlri<'a>> {
    routes.withdrawn.fields().chain(routes.announced().map(|(_, nlri)| nlri))
}

/// Whether the last octet of a prefix has a bit that the prefix has not.
fn has_host_bits(nlri: Nlri<'_>) -> bool {
    let mut rest = nlri.as_bytes();
    let plain: usize = nlri.iter().map(|n| 1 + octets(n.prefix)).sum();
    let identifier = if rest.len() == plain { 0 } else { 4 };
    nlri.iter().any(|n| {
        let (addr, after) = rest[identifier + 1..].split_at(octets(n.prefix));
        rest = after;
        let network = match n.prefix {
            IpNet::V4(net) => net.addr().octets().to_vec(),
            IpNet::V6(net) => net.addr().octets().to_vec(),
        };
        !network.starts_with(addr)
    })
}

/// Octets of the address in front of a prefix.
fn octets(prefix: IpNet) -> usize {
    usize::from(prefix.prefix_len().div_ceil(8))
}
