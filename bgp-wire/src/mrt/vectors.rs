//! Tables octet by octet: what each field is, and the fault where one of them lies.

use super::*;
use crate::asn::Asn;
use crate::negotiate::AsnWidth;
use crate::next_hop::NextHop;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

/// ORIGIN igp; AS_PATH 64500 in four octets; NEXT_HOP 192.0.2.1.
const ATTRIBUTES: &[u8] = &[0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4, 0x40, 3, 4, 192, 0, 2, 1];

fn decode(kind: u16, subtype: u16, body: &[u8]) -> Result<Body<'_>, MrtFault> {
    Record { timestamp: Timestamp::seconds(1), kind, subtype, body, len: 12 + body.len() }.decode()
}

/// Every cut of `body` is a fault within it, and so is an octet too many; none is anything else.
fn is_exact(kind: u16, subtype: u16, body: &[u8]) {
    for end in 0..body.len() {
        let fault = decode(kind, subtype, &body[..end]).unwrap_err();
        assert_eq!(fault.kind, MrtFaultKind::Truncated, "{end}");
        assert!((12..=12 + end).contains(&fault.offset), "{fault}");
    }
    let longer = [body, &[0]].concat();
    let fault = MrtFault { offset: 12 + body.len(), kind: MrtFaultKind::Trailing };
    assert_eq!(decode(kind, subtype, &longer), Err(fault));
}

#[test]
fn peer_index_table() {
    #[rustfmt::skip]
    let body = [
        203, 0, 113, 1,                                  // collector
        0, 2, b'v', b'p',                                // view name
        0, 3,                                            // peers
        0, 192, 0, 2, 1, 198, 51, 100, 1, 0xfb, 0xf4,    // IPv4, two octets
        2, 192, 0, 2, 2, 198, 51, 100, 2, 0, 1, 0, 15,   // IPv4, four
        1, 192, 0, 2, 3, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0xfb, 0xf5, // IPv6, two
    ];
    let Ok(Body::PeerIndexTable(table)) = decode(13, 1, &body) else { panic!("a table of peers") };
    assert_eq!((table.collector, table.view_name), (Ipv4Addr::new(203, 0, 113, 1), &b"vp"[..]));
    let peers = table.peers().map(|p| (p.bgp_id.octets()[3], p.addr.to_string(), p.asn, p.asn_width));
    let want = [
        (1, "198.51.100.1".into(), Asn(64500), AsnWidth::Two),
        (2, "198.51.100.2".into(), Asn(65551), AsnWidth::Four),
        (3, "2001:db8::3".into(), Asn(64501), AsnWidth::Two),
    ];
    assert_eq!(peers.collect::<Vec<_>>(), want);
    is_exact(13, 1, &body);
}

/// (subtype, prefix on the wire, prefix, multicast, path identifiers)
#[test]
fn rib() {
    let (v4, v6): (&[u8], &[u8]) = (&[23, 198, 51, 101], &[32, 0x20, 1, 0xd, 0xb8]);
    for (subtype, wire, prefix, multicast, add_path) in [
        (2, v4, "198.51.100.0/23", false, false),
        (3, v4, "198.51.100.0/23", true, false),
        (4, v6, "2001:db8::/32", false, false),
        (5, v6, "2001:db8::/32", true, false),
        (8, v4, "198.51.100.0/23", false, true),
        (9, v4, "198.51.100.0/23", true, true),
        (10, v6, "2001:db8::/32", false, true),
        (11, v6, "2001:db8::/32", true, true),
    ] {
        let path_id: &[u8] = if add_path { &[0, 0, 0, 9] } else { &[] };
        let len = [0, u8::try_from(ATTRIBUTES.len()).unwrap()];
        let entry = [&[0, 5, 0, 0, 1, 0], path_id, &len, ATTRIBUTES].concat();
        let body = [&[0, 0, 0, 7], wire, &[0, 2], &entry, &entry].concat();
        let Ok(Body::Rib(rib)) = decode(13, subtype, &body) else { panic!("subtype {subtype}") };
        let header = RibHeader { sequence: 7, prefix: prefix.parse().unwrap(), multicast, add_path };
        assert_eq!((rib.header, rib.entries().len()), (header, 2));
        assert_eq!(rib.header.afi_safi().safi, if multicast { 2 } else { 1 });
        for entry in rib.entries() {
            assert_eq!((entry.peer, entry.originated), (5, 256));
            assert_eq!(entry.path_id, if add_path { 9 } else { 0 });
            let route = entry.attributes().unwrap();
            assert_eq!(route.next_hop, Some(NextHop::V4([192, 0, 2, 1].into())));
            assert_eq!(route.attrs.as_path().unwrap().asns().collect::<Vec<_>>(), [Asn(64500)]);
        }
        is_exact(13, subtype, &body);
    }
    let too_long = [0, 0, 0, 7, 33, 1, 2, 3, 4, 5, 0, 0];
    let fault = MrtFault { offset: 16, kind: MrtFaultKind::PrefixLength(33) };
    assert_eq!(decode(13, 2, &too_long), Err(fault));
}

#[test]
fn table_dump() {
    let attributes = [0x40, 1, 1, 0, 0x40, 2, 4, 2, 1, 0xfb, 0xf4];
    let route = [0, 0, 1, 0, 198, 51, 100, 2, 0xfb, 0xf4, 0, 11];
    let mut body = [&[0, 1, 0, 2, 198, 51, 101, 1, 23, 1], &route[..], &attributes].concat();
    let Ok(Body::TableDump(dump)) = decode(12, 1, &body) else { panic!("a route") };
    assert_eq!((dump.view, dump.sequence, dump.status, dump.originated), (1, 2, 1, 256));
    assert_eq!(
        (dump.prefix.to_string(), dump.peer.to_string()),
        ("198.51.100.0/23".into(), "198.51.100.2".into())
    );
    assert_eq!((dump.peer_asn, dump.attributes), (64500, &attributes[..]));
    let path = dump.attributes().unwrap().attrs.as_path().unwrap();
    assert_eq!(path.asns().collect::<Vec<_>>(), [Asn(64500)]);
    is_exact(12, 1, &body);
    body[8] = 33;
    let fault = MrtFault { offset: 20, kind: MrtFaultKind::PrefixLength(33) };
    assert_eq!(decode(12, 1, &body), Err(fault));
}

/// Types and subtypes that have no view are no fault: OSPFv2, RIB_GENERIC, and numbers nobody has assigned.
#[test]
fn what_is_not_known_is_kept() {
    for (kind, subtype) in
        [(5, 1), (11, 0), (12, 3), (13, 0), (13, 6), (13, 12), (16, 2), (16, 12), (17, 3), (99, 0)]
    {
        assert_eq!(decode(kind, subtype, &[1, 2, 3]), Ok(Body::Unknown), "{kind}/{subtype}");
    }
}
