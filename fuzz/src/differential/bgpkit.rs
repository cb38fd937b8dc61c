//! Beside bgpkit-parser.

use super::{Ours, Reading, ours, split};
use bgp_wire::{AsnWidth, Negotiated};
use bgpkit_parser::models::{
    AsPath, AsPathSegment, AsnLength, AttributeValue, BgpUpdateMessage, Community, NetworkPrefix, Nlri,
};
use bgpkit_parser::parser::bgp::messages::parse_bgp_update_message;
use bytes::Bytes;
use ipnet::IpNet;

/// Reads the body of an UPDATE here and there. The first octet is the session.
pub fn bgpkit(data: &[u8]) {
    let Some((n, body)) = split(data) else { return };
    let theirs = parse(body, &n);
    match ours(body, &n) {
        // Without path identifiers a prefix of no bits makes it guess that there are some.
        Ours::Clean { reading, .. } if n.add_path_rx.is_empty() && reading.has_default_route() => {}
        Ours::Clean { mut reading, .. } => {
            // Some extended communities are read into fields that do not hold all of their bits.
            reading.extended.iter_mut().for_each(|community| *community = [0; 8]);
            assert_eq!(theirs.as_ref().map(read), Some(reading));
        }
        // The same guess makes it accept what is none.
        Ours::Framing if n.add_path_rx.is_empty() => {}
        Ours::Framing => {
            assert!(theirs.is_none_or(|update| update.attributes.has_validation_warnings()));
        }
        Ours::Judged => {}
    }
}

fn parse(body: &[u8], n: &Negotiated) -> Option<BgpUpdateMessage> {
    let width = match n.asn_width {
        AsnWidth::Two => AsnLength::Bits16,
        AsnWidth::Four => AsnLength::Bits32,
    };
    parse_bgp_update_message(Bytes::copy_from_slice(body), !n.add_path_rx.is_empty(), &width).ok()
}

impl Reading {
    fn has_default_route(&self) -> bool {
        self.withdrawn.iter().chain(&self.announced).any(|(_, prefix)| prefix.prefix_len() == 0)
    }
}

fn read(update: &BgpUpdateMessage) -> Reading {
    let attributes = &update.attributes;
    let mut reading = Reading {
        withdrawn: prefixes(&update.withdrawn_prefixes, attributes.get_unreachable_nlri()),
        announced: prefixes(&update.announced_prefixes, attributes.get_reachable_nlri()),
        as_path: attributes.as_path().map(as_path).unwrap_or_default(),
        ..Reading::default()
    };
    for attribute in attributes.iter() {
        match attribute {
            AttributeValue::Communities(all) => reading.communities.extend(all.iter().map(community)),
            AttributeValue::ExtendedCommunities(all) => reading.extended.extend(all.iter().map(|_| [0; 8])),
            AttributeValue::LargeCommunities(all) => {
                let all = all.iter().map(|c| [c.global_admin, c.local_data[0], c.local_data[1]]);
                reading.large.extend(all);
            }
            _ => {}
        }
    }
    reading
}

fn prefixes(body: &[NetworkPrefix], mp: Option<&Nlri>) -> Vec<(u32, IpNet)> {
    let mp = mp.map(|nlri| nlri.prefixes.as_slice()).unwrap_or_default();
    body.iter().chain(mp).map(|nlri| (nlri.path_id.unwrap_or(0), nlri.prefix.trunc())).collect()
}

fn as_path(path: &AsPath) -> Vec<u8> {
    let mut octets = Vec::new();
    for segment in path.iter_segments() {
        let (kind, asns) = match segment {
            AsPathSegment::AsSet(asns) => (1, asns),
            AsPathSegment::AsSequence(asns) => (2, asns),
            AsPathSegment::ConfedSequence(asns) => (3, asns),
            AsPathSegment::ConfedSet(asns) => (4, asns),
        };
        octets.extend([kind, u8::try_from(asns.len()).expect("a count of one octet")]);
        octets.extend(asns.iter().flat_map(|asn| asn.to_u32().to_be_bytes()));
    }
    octets
}

fn community(community: &Community) -> u32 {
    match community {
        Community::NoExport => 0xffff_ff01,
        Community::NoAdvertise => 0xffff_ff02,
        Community::NoExportSubConfed => 0xffff_ff03,
        Community::Custom(high, low) => high.to_u32() << 16 | u32::from(*low),
    }
}
