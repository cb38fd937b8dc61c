//! What is written reads back, and no bytes whatever bring the reader down.

use super::*;
use crate::asn::Asn;
use crate::negotiate::AsnWidth;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ipnet::IpNet;
use proptest::collection::vec;
use proptest::prelude::*;

fn v4() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>().prop_map(Ipv4Addr::from_bits)
}

fn v6() -> impl Strategy<Value = Ipv6Addr> {
    any::<u128>().prop_map(Ipv6Addr::from_bits)
}

fn addr() -> impl Strategy<Value = IpAddr> {
    prop_oneof![v4().prop_map(IpAddr::V4), v6().prop_map(IpAddr::V6)]
}

/// Two addresses of one family.
fn two_addrs() -> impl Strategy<Value = (IpAddr, IpAddr)> {
    let v4 = (v4(), v4()).prop_map(|(a, b)| (a.into(), b.into()));
    prop_oneof![v4, (v6(), v6()).prop_map(|(a, b)| (a.into(), b.into()))]
}

/// An ASN and a width that it fits.
fn asn() -> impl Strategy<Value = (Asn, AsnWidth)> {
    prop_oneof![
        any::<u16>().prop_map(|n| (Asn(n.into()), AsnWidth::Two)),
        any::<u32>().prop_map(|n| (Asn(n), AsnWidth::Four)),
    ]
}

fn prefix(addr: IpAddr, bits: u8) -> IpNet {
    IpNet::new(addr, if addr.is_ipv4() { bits % 33 } else { bits % 129 }).unwrap().trunc()
}

fn session() -> impl Strategy<Value = (Session, AsnWidth)> {
    (asn(), any::<u16>(), any::<u16>(), two_addrs()).prop_map(
        |((asn, width), other, interface, (peer, local))| {
            (Session { peer_asn: asn, local_asn: Asn(other.into()), interface, peer, local }, width)
        },
    )
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    any::<(u32, Option<u32>)>().prop_map(|(seconds, microseconds)| Timestamp { seconds, microseconds })
}

fn peer() -> impl Strategy<Value = Peer> {
    (v4(), addr(), asn()).prop_map(|(bgp_id, addr, (asn, asn_width))| Peer { bgp_id, addr, asn, asn_width })
}

/// The one record that `bytes` are.
fn only(bytes: &[u8]) -> Record<'_> {
    let found = record(bytes).unwrap().expect("a whole record");
    assert_eq!(found.len, bytes.len());
    let mut again = Vec::new();
    found.encode(&mut again).unwrap();
    assert_eq!(again, bytes);
    found
}

/// Reads every field there is, whatever it says.
fn read(record: &Record<'_>) {
    match record.decode() {
        Ok(Body::PeerIndexTable(table)) => assert_eq!(table.peers().count(), table.peers().len()),
        Ok(Body::Rib(rib)) => {
            assert_eq!(rib.entries().count(), rib.entries().len());
            let all = rib.entries().filter(|entry| entry.attributes().is_ok());
            assert!(all.count() <= rib.entries().len());
        }
        Ok(Body::TableDump(dump)) => assert!(dump.attributes().is_ok() || !dump.attributes.is_empty()),
        Ok(Body::Message(message)) => {
            if let Ok(Some(frame)) = crate::frame(message.message, message.negotiated().max_message) {
                assert!(frame.len <= message.message.len());
            }
        }
        Ok(Body::StateChange(_) | Body::Unknown) => {}
        Err(fault) => assert!((12..=record.len).contains(&fault.offset), "{fault}"),
    }
}

proptest! {
    #[test]
    fn messages((session, asn_width) in session(), local: bool, add_path: bool, message: Vec<u8>, at in timestamp()) {
        let written = Bgp4mpMessage { session, asn_width, local, add_path, message: &message };
        let mut out = Vec::new();
        written.encode(at, &mut out).unwrap();
        let record = only(&out);
        prop_assert_eq!(record.timestamp, at);
        prop_assert_eq!(record.decode(), Ok(Body::Message(written)));
    }

    #[test]
    fn changes_of_state((session, asn_width) in session(), states: (u16, u16), at in timestamp()) {
        let written = StateChange { session, asn_width, old: State(states.0), new: State(states.1) };
        let mut out = Vec::new();
        written.encode(at, &mut out).unwrap();
        prop_assert_eq!(only(&out).decode(), Ok(Body::StateChange(written)));
    }

    #[test]
    fn table_dumps(
        (net, peer) in two_addrs(),
        numbers: (u16, u16, u8, u32, u16, u8),
        attributes: Vec<u8>,
    ) {
        let (view, sequence, status, originated, peer_asn, bits) = numbers;
        let prefix = prefix(net, bits);
        let written =
            TableDump { view, sequence, prefix, status, originated, peer, peer_asn, attributes: &attributes };
        let mut out = Vec::new();
        written.encode(7, &mut out).unwrap();
        prop_assert_eq!(only(&out).decode(), Ok(Body::TableDump(written)));
    }

    #[test]
    fn peer_index_tables(collector in v4(), view_name: Vec<u8>, peers in vec(peer(), 0..20)) {
        let mut out = Vec::new();
        write_peer_index_table(&mut out, 7, collector, &view_name, peers.iter().copied()).unwrap();
        let Ok(Body::PeerIndexTable(table)) = only(&out).decode() else { panic!("{out:?}") };
        prop_assert_eq!((table.collector, table.view_name), (collector, &view_name[..]));
        prop_assert_eq!(table.peers().collect::<Vec<_>>(), peers);
    }

    #[test]
    fn ribs(
        sequence: u32,
        net in addr(),
        bits: u8,
        (multicast, add_path) in any::<(bool, bool)>(),
        routes in vec(any::<(u16, u32, u32, Vec<u8>)>(), 0..10),
    ) {
        let header = RibHeader { sequence, prefix: prefix(net, bits), multicast, add_path };
        let entry = |(peer, originated, path_id, attributes): &'_ (u16, u32, u32, Vec<u8>)| {
            (*peer, *originated, if add_path { *path_id } else { 0 }, attributes.clone())
        };
        let routes: Vec<_> = routes.iter().map(entry).collect();
        let entries = routes.iter().map(|(peer, originated, path_id, attributes)| RibEntry {
            peer: *peer,
            originated: *originated,
            path_id: *path_id,
            attributes,
        });
        let mut out = Vec::new();
        write_rib(&mut out, 7, &header, entries.clone()).unwrap();
        let Ok(Body::Rib(rib)) = only(&out).decode() else { panic!("{out:?}") };
        prop_assert_eq!(rib.header, header);
        prop_assert!(rib.entries().eq(entries));
    }

    #[test]
    fn no_bytes_bring_the_reader_down(bytes in vec(any::<u8>(), 0..200)) {
        records(&bytes).flatten().for_each(|record| read(&record));
    }

    #[test]
    fn nor_do_bodies_of_known_types(
        kind in prop::sample::select(&[(12, 2), (13, 13), (16, 12), (17, 12)][..]),
        subtype: u16,
        body in vec(prop_oneof![Just(0), Just(1), Just(2), any::<u8>()], 0..120),
    ) {
        let (kind, subtypes) = kind;
        let timestamp = Timestamp { seconds: 0, microseconds: (kind == 17).then_some(0) };
        let record = Record { timestamp, kind, subtype: subtype % (subtypes + 1), body: &body, len: 12 + body.len() };
        read(&record);
    }

    /// Cut anywhere, what is whole is given and the rest is one fault.
    #[test]
    fn a_cut_ends_cleanly((session, asn_width) in session(), cut: prop::sample::Index) {
        let change = StateChange { session, asn_width, old: State(1), new: State(2) };
        let mut out = Vec::new();
        for seconds in 0..4 {
            change.encode(Timestamp::seconds(seconds), &mut out).unwrap();
        }
        let (at, one) = (cut.index(out.len()), out.len() / 4);
        let got: Vec<_> = records(&out[..at]).collect();
        prop_assert_eq!(got.iter().filter(|r| r.is_ok()).count(), at / one);
        let fault = MrtFault { offset: at - at % one, kind: MrtFaultKind::Cut };
        prop_assert_eq!(got.iter().find_map(|r| r.err()), (at % one != 0).then_some(fault));
    }
}

#[test]
fn addresses_of_two_families_are_not_written() {
    let (peer, local) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
    let session = Session { peer_asn: Asn(64500), local_asn: Asn(64501), interface: 0, peer, local };
    let change = StateChange { session, asn_width: AsnWidth::Four, old: State(1), new: State(2) };
    let mut out = Vec::new();
    assert_eq!(change.encode(Timestamp::seconds(0), &mut out), Err(Unwritable::MixedFamilies));
    let more = core::iter::repeat_n(
        Peer { bgp_id: Ipv4Addr::LOCALHOST, addr: local, asn: Asn(64500), asn_width: AsnWidth::Four },
        65536,
    );
    let written = write_peer_index_table(&mut out, 0, Ipv4Addr::LOCALHOST, b"", more);
    assert_eq!((written, out.len()), (Err(Unwritable::Oversize), 0));
}
