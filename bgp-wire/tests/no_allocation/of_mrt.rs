//! MRT records.

use super::*;

/// A record of each view, over the session or with the routes that `n` has.
pub(super) fn mrt_records(n: &Negotiated) -> Vec<Vec<u8>> {
    let (peer, local) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
    let session = mrt::Session { peer_asn: Asn(64500), local_asn: Asn(64501), interface: 0, peer, local };
    let mut all = vec![Vec::new(); 5];
    let [message, change, dump, peers, rib] = &mut all[..] else { panic!("five") };
    let (asn_width, at) = (n.asn_width, mrt::Timestamp::micros(1, 2));
    let update = &messages(n)[1];
    let message_of =
        mrt::Bgp4mpMessage { session, asn_width, local: false, add_path: false, message: update };
    message_of.encode(at, message).unwrap();
    let (old, new) = (mrt::State(6), mrt::State(1));
    mrt::StateChange { session, asn_width, old, new }.encode(at, change).unwrap();
    let mut attributes = Vec::new();
    let next_hop = NextHop::V6("2001:db8::1".parse().unwrap());
    mrt::write_table_attributes(&mut attributes, &AttributeSet::new(Origin::Igp, next_hop));
    let (attributes, prefix) = (&attributes[..], "198.51.100.0/24".parse().unwrap());
    let (view, sequence, status, originated, peer_asn) = (0, 1, 1, 2, 64500);
    mrt::TableDump { view, sequence, prefix, status, originated, peer, peer_asn, attributes }
        .encode(1, dump)
        .unwrap();
    let known = mrt::Peer { bgp_id: [192, 0, 2, 1].into(), addr: peer, asn: Asn(64500), asn_width };
    mrt::write_peer_index_table(peers, 1, [192, 0, 2, 2].into(), b"view", [known, known]).unwrap();
    let header = mrt::RibHeader { sequence: 1, prefix, multicast: false, add_path: true };
    let entry = mrt::RibEntry { peer: 0, originated: 1, path_id: 1, attributes };
    mrt::write_rib(rib, 1, &header, [entry, entry]).unwrap();
    all
}

/// Reads every field of a record; the number depends on what it holds.
pub(super) fn read_record(bytes: &[u8]) -> usize {
    let Ok(Some(record)) = mrt::record(bytes) else { return 0 };
    let route =
        |route: Result<mrt::TableAttributes<'_>, Reset>| route.map_or(1, |r| read_attributes(&r.attrs));
    match record.decode() {
        Ok(mrt::Body::Message(message)) => 1 + read(message.message, &message.negotiated()),
        Ok(mrt::Body::StateChange(change)) => 1 + change.new.name().map_or(0, str::len),
        Ok(mrt::Body::TableDump(dump)) => 1 + route(dump.attributes()),
        Ok(mrt::Body::PeerIndexTable(table)) => {
            1 + table.peers().map(|peer| peer.asn.0 as usize).sum::<usize>()
        }
        Ok(mrt::Body::Rib(rib)) => {
            1 + rib.entries().map(|entry| route(entry.attributes()) & 0xffff).sum::<usize>()
        }
        Ok(_) => 1,
        Err(fault) => fault.offset,
    }
}

#[test]
pub(super) fn mrt_records_well_formed_and_hostile() {
    for n in sessions() {
        for mut bytes in mrt_records(&n) {
            assert!(read_record(&bytes) > 1);
            for at in 0..bytes.len() {
                let kept = bytes[at];
                for octet in [0, 1, 2, 14, 0x40, 0x80, 0xff, kept] {
                    bytes[at] = octet;
                    assert_eq!(allocations(|| assert_ne!(read_record(&bytes), usize::MAX)), 0, "{bytes:?}");
                }
            }
        }
    }
}
