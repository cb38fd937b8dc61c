//! Beside routecore.

use super::{Ours, Reading, ours, split};
use bgp_wire::{AsnWidth, Negotiated};
use ipnet::IpNet;
use routecore::bgp::ParseError;
use routecore::bgp::aspath::AsPath;
use routecore::bgp::message::update::FourOctetAsns;
use routecore::bgp::message::{SessionConfig, UpdateMessage};
use routecore::bgp::nlri::afisafi::{AfiSafiType, IsPrefix, Nlri};

/// Reads the body of an UPDATE here and there. The first octet is the session.
pub fn routecore(data: &[u8]) {
    let Some((n, body)) = split(data) else { return };
    let Ok(len) = u16::try_from(body.len() + 19) else { return };
    let message = [&[0xff; 16], &len.to_be_bytes()[..], &[2], body].concat();
    match ours(body, &n) {
        // It refuses a prefix that has bits beyond its length.
        Ours::Clean { host_bits: true, .. } => {}
        Ours::Clean { reading, .. } => assert_eq!(read(&message, &n).ok(), Some(reading)),
        Ours::Framing => assert!(UpdateMessage::from_octets(&message, &configuration(&n)).is_err()),
        Ours::Judged => {}
    }
}

fn configuration(n: &Negotiated) -> SessionConfig {
    let mut configuration = SessionConfig::modern();
    configuration.set_four_octet_asns(FourOctetAsns(n.asn_width == AsnWidth::Four));
    if !n.add_path_rx.is_empty() {
        configuration.add_addpath_rxtx(AfiSafiType::Ipv4Unicast);
        configuration.add_addpath_rxtx(AfiSafiType::Ipv6Unicast);
    }
    configuration
}

fn read(message: &[u8], n: &Negotiated) -> Result<Reading, ParseError> {
    let update = UpdateMessage::from_octets(message, &configuration(n))?;
    let communities = update.communities()?.into_iter().flatten();
    let (extended, large) = (update.ext_communities()?, update.large_communities()?);
    Ok(Reading {
        withdrawn: prefixes(
            update.conventional_withdrawals()?.chain(update.mp_withdrawals()?.into_iter().flatten()),
        )?,
        announced: prefixes(
            update.conventional_announcements()?.chain(update.mp_announcements()?.into_iter().flatten()),
        )?,
        as_path: update.aspath()?.map(|path| as_path(&path)).unwrap_or_default(),
        communities: communities.map(|c| c.to_u32()).collect(),
        extended: extended.into_iter().flatten().map(|c| c.to_raw()).collect(),
        large: large.into_iter().flatten().map(|c| [c.global(), c.local1(), c.local2()]).collect(),
    })
}

fn prefixes<T>(
    all: impl Iterator<Item = Result<Nlri<T>, ParseError>>,
) -> Result<Vec<(u32, IpNet)>, ParseError> {
    all.map(|nlri| Ok(prefix(&nlri?))).collect()
}

fn prefix<T>(nlri: &Nlri<T>) -> (u32, IpNet) {
    let (path_id, prefix) = match nlri {
        Nlri::Ipv4Unicast(nlri) => (None, nlri.prefix()),
        Nlri::Ipv6Unicast(nlri) => (None, nlri.prefix()),
        Nlri::Ipv4UnicastAddpath(nlri) => (IsPrefix::path_id(nlri), nlri.prefix()),
        Nlri::Ipv6UnicastAddpath(nlri) => (IsPrefix::path_id(nlri), nlri.prefix()),
        _ => panic!("a family that the session does not have"),
    };
    let (addr, len) = prefix.addr_and_len();
    (path_id.map_or(0, |id| id.0), IpNet::new(addr, len).expect("a prefix"))
}

fn as_path(path: &AsPath<&[u8]>) -> Vec<u8> {
    let mut octets = Vec::new();
    for segment in path.segments() {
        segment.compose(&mut octets).expect("memory has room");
    }
    octets
}
