//! MRT files.

use bgp_wire::mrt::{
    Bgp4mpMessage, Body, Peer, PeerIndexTable, Record, Rib, RibEntry, RibHeader, TableAttributes, Timestamp,
    record, records, write_peer_index_table, write_rib, write_table_attributes,
};
use bgp_wire::{AttributeSet, MessageType, Received, Reset, frame, update};

/// Reads a file of records to the end of each, and writes each again as the same.
pub fn mrt(data: &[u8]) {
    let mut all = records(data);
    let mut at = 0;
    while let Some(Ok(found)) = all.next() {
        let mut bytes = Vec::new();
        found.encode(&mut bytes).expect("what was read can be written");
        assert_eq!(bytes, data[at..at + found.len]);
        at += found.len;
        assert_eq!(all.offset(), at);
        match found.decode() {
            Ok(body) => one(found.timestamp, &body),
            Err(fault) => assert!(fault.offset <= found.len, "{fault}"),
        }
    }
}

fn one(at: Timestamp, body: &Body<'_>) {
    let mut out = Vec::new();
    match body {
        Body::TableDump(dump) => {
            attributes(dump.attributes());
            dump.encode(at.seconds, &mut out).expect("two addresses of one family");
            assert_eq!(decoded(&out), *body);
        }
        Body::PeerIndexTable(table) => peers_again(table, at.seconds),
        Body::Rib(rib) => rib_again(rib, at.seconds),
        Body::Message(message) => {
            carried(message);
            message.encode(at, &mut out).expect("two addresses of one family");
            assert_eq!(decoded(&out), *body);
        }
        Body::StateChange(change) => {
            drop((change.old.to_string(), change.new.to_string()));
            change.encode(at, &mut out).expect("two addresses of one family");
            assert_eq!(decoded(&out), *body);
        }
        _ => {}
    }
}

/// The one record that was written.
fn whole(bytes: &[u8]) -> Record<'_> {
    let found = record(bytes).expect("sound").expect("whole");
    assert_eq!(found.len, bytes.len());
    found
}

fn decoded(bytes: &[u8]) -> Body<'_> {
    whole(bytes).decode().expect("what was written is read")
}

/// Bits of a peer's type that mean nothing are not kept, so the octets may differ.
fn peers_again(table: &PeerIndexTable<'_>, seconds: u32) {
    let peers: Vec<Peer> = table.peers().collect();
    assert_eq!(peers.len(), table.peers().len());
    let mut out = Vec::new();
    write_peer_index_table(&mut out, seconds, table.collector, table.view_name, peers.iter().copied())
        .expect("as many as were read");
    let Body::PeerIndexTable(again) = decoded(&out) else { panic!("another record") };
    assert_eq!((again.collector, again.view_name), (table.collector, table.view_name));
    assert!(again.peers().eq(peers));
}

fn rib_again(rib: &Rib<'_>, seconds: u32) {
    assert_eq!(rib.entries().count(), rib.entries().len());
    rib.entries().for_each(|entry| attributes(entry.attributes()));
    let mut out = Vec::new();
    write_rib(&mut out, seconds, &rib.header, rib.entries()).expect("as many as were read");
    assert_eq!(decoded(&out), Body::Rib(*rib));
}

/// The attributes of a route without a fault are written again and read as the same.
fn attributes(read: Result<TableAttributes<'_>, Reset>) {
    let Ok(TableAttributes { attrs, next_hop, findings }) = read else { return };
    let (Some(next_hop), None) = (next_hop, findings.worst()) else { return };
    let set = AttributeSet::from_attrs(&attrs, next_hop);
    assert_eq!(route(&set), set);
}

/// What is read of a set that was written to a table of TABLE_DUMP_V2.
fn route(set: &AttributeSet) -> AttributeSet {
    let mut raw = Vec::new();
    write_table_attributes(&mut raw, set);
    let header = RibHeader {
        sequence: 0,
        prefix: "192.0.2.0/24".parse().expect("a prefix"),
        multicast: false,
        add_path: false,
    };
    let entry = RibEntry { peer: 0, originated: 0, path_id: 0, attributes: &raw };
    let mut out = Vec::new();
    // Flags, partial bits and four octets where there were two can make them too long for their field.
    if write_rib(&mut out, 0, &header, [entry]).is_err() {
        return set.clone();
    }
    let Body::Rib(rib) = decoded(&out) else { panic!("another record") };
    let entry = rib.entries().next().expect("the entry");
    let read = entry.attributes().expect("accepted");
    assert_eq!(read.findings.worst(), None, "{read:?}");
    AttributeSet::from_attrs(&read.attrs, read.next_hop.expect("a next hop"))
}

/// The message of a record, under what the record tells of its session.
fn carried(message: &Bgp4mpMessage<'_>) {
    let n = message.negotiated();
    let Ok(Some(found)) = frame(message.message, n.max_message) else { return };
    assert!(found.len <= message.message.len());
    if found.kind == MessageType::Update {
        if let Ok(Received::Routes(routes)) = update(found.body, &n).map(|parsed| parsed.update) {
            assert!(routes.announced().all(|(_, nlri)| !nlri.is_empty()));
        }
    }
}
