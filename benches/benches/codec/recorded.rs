//! MRT files in memory: made here, and what others recorded.

use crate::corpus::{files, is_sound, route, unpacked, whole};
use bgp_wire::mrt::{
    Body, Peer, Record, RibEntry, RibHeader, records, write_peer_index_table, write_rib,
    write_table_attributes,
};
use bgp_wire::{Asn, AsnWidth, Family};
use std::net::Ipv4Addr;
use std::path::Path;

/// One MRT file.
pub(crate) struct Recorded {
    pub(crate) name: &'static str,
    pub(crate) octets: Vec<u8>,
    pub(crate) records: usize,
}

/// The names of the three.
pub(crate) const TABLE: &str = "TABLE_DUMP_V2, made here";
pub(crate) const UPDATES: &str = "BGP4MP and BGP4MP_ET, captured";
pub(crate) const CAPTURED_TABLE: &str = "TABLE_DUMP_V2, captured";

const PEERS: u16 = 8;

/// TABLE_DUMP_V2: a table of IPv4 and then one of IPv6, every prefix with a route from each of eight peers.
pub(crate) fn table(prefixes: u32) -> Recorded {
    let peer = |index: u16| {
        let addr = Ipv4Addr::new(192, 0, 2, index.to_be_bytes()[1]);
        Peer {
            bgp_id: addr,
            addr: addr.into(),
            asn: Asn(64500 + u32::from(index)),
            asn_width: AsnWidth::Four,
        }
    };
    let mut octets = Vec::new();
    write_peer_index_table(&mut octets, 0, Ipv4Addr::LOCALHOST, b"", (0..PEERS).map(peer)).unwrap();
    for sequence in 0..prefixes {
        let family = if sequence < prefixes / 4 * 3 { Family::Ipv4Unicast } else { Family::Ipv6Unicast };
        write_prefix(sequence, family, &mut octets);
    }
    Recorded { name: TABLE, octets, records: prefixes as usize + 1 }
}

fn write_prefix(sequence: u32, family: Family, octets: &mut Vec<u8>) {
    let attributes: Vec<_> = (0..PEERS)
        .map(|peer| {
            let mut attributes = Vec::new();
            write_table_attributes(&mut attributes, &route(sequence * 8 + u32::from(peer), family).0);
            (peer, attributes)
        })
        .collect();
    let prefix = route(sequence, family).1[0].prefix;
    let header = RibHeader { sequence, prefix, multicast: false, add_path: false };
    let entry = |(peer, attributes)| RibEntry { peer, originated: 0, path_id: 0, attributes };
    write_rib(octets, 0, &header, attributes.iter().map(|(peer, v)| entry((*peer, v.as_slice())))).unwrap();
}

/// The records of the files in `directory` that `keep` keeps, up to `most` octets.
fn kept(directory: &Path, most: usize, keep: impl Fn(&Record<'_>) -> bool) -> (Vec<u8>, usize) {
    let (mut octets, mut count) = (Vec::new(), 0);
    for file in files(directory) {
        let bytes = unpacked(&file);
        for record in records(&bytes).map_while(Result::ok) {
            if keep(&record) && octets.len() < most {
                record.encode(&mut octets).unwrap();
                count += 1;
            }
        }
    }
    (octets, count)
}

/// BGP4MP and BGP4MP_ET: every UPDATE that is well-formed, as recorded.
pub(crate) fn updates(directory: &Path, most: usize) -> Recorded {
    let (octets, records) = kept(directory, most, |record| match record.decode() {
        Ok(Body::Message(message)) => {
            whole(record).is_some_and(|octets| is_sound(octets, &message.negotiated()))
        }
        _ => false,
    });
    Recorded { name: UPDATES, octets, records }
}

/// TABLE_DUMP_V2: the well-formed prefixes of every table, behind one PEER_INDEX_TABLE that is made here.
pub(crate) fn captured_table(directory: &Path, most: usize) -> Recorded {
    let sound = |record: &Record<'_>| match record.decode() {
        Ok(Body::Rib(rib)) if matches!(record.subtype, 2 | 4) => rib.entries().all(|entry| {
            let attributes = entry.attributes().ok();
            attributes.is_some_and(|attributes| attributes.findings.worst().is_none())
        }),
        _ => false,
    };
    let (tables, count) = kept(directory, most, sound);
    let mut octets = Vec::new();
    let peer = Peer {
        bgp_id: Ipv4Addr::LOCALHOST,
        addr: Ipv4Addr::LOCALHOST.into(),
        asn: Asn(64500),
        asn_width: AsnWidth::Four,
    };
    // The tables' own peers are many files'; what is measured needs an index that holds as many.
    write_peer_index_table(&mut octets, 0, Ipv4Addr::LOCALHOST, b"", std::iter::repeat_n(peer, 1000))
        .unwrap();
    octets.extend_from_slice(&tables);
    Recorded { name: CAPTURED_TABLE, octets, records: count + 1 }
}
