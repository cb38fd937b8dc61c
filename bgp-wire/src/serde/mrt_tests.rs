//! The JSON of MRT records, letter by letter.

use crate::mrt::{
    Bgp4mpMessage, Body, Peer, RibEntry, RibHeader, Session, State, StateChange, TableDump, Timestamp,
    record, records, write_peer_index_table, write_rib,
};
use crate::{Asn, AsnWidth};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::to_string;

const ATTRIBUTES: &[u8] = &[0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4, 0x40, 3, 4, 192, 0, 2, 1];

/// The JSON of what the record in `bytes` holds.
fn json(bytes: &[u8]) -> String {
    to_string(&record(bytes).unwrap().unwrap().decode().unwrap()).unwrap()
}

fn session() -> Session {
    Session {
        peer_asn: Asn(64500),
        local_asn: Asn(64501),
        interface: 0,
        peer: [192, 0, 2, 1].into(),
        local: [192, 0, 2, 2].into(),
    }
}

const SESSION: &str = concat!(
    r#""session":{"peer-asn":64500,"local-asn":64501,"interface":0,"peer":"192.0.2.1","local":"192.0.2.2"},"#,
    r#""asn-width":4,"#,
);

#[test]
fn sessions() {
    let (mut message, mut change) = (Vec::new(), Vec::new());
    let (session, asn_width) = (session(), AsnWidth::Four);
    Bgp4mpMessage { session, asn_width, local: false, add_path: true, message: &[0xff, 1] }
        .encode(Timestamp::micros(1_700_000_000, 1), &mut message)
        .unwrap();
    StateChange { session, asn_width, old: State(6), new: State(9) }
        .encode(Timestamp::seconds(1), &mut change)
        .unwrap();
    let tail = r#""direction":"received","add-path":true,"message":"ff01"}"#;
    assert_eq!(json(&message), [r#"{"record":"message","#, SESSION, tail].concat());
    let tail = r#""old":"Established","new":9}"#;
    assert_eq!(json(&change), [r#"{"record":"state-change","#, SESSION, tail].concat());
    let raw = to_string(&record(&message).unwrap().unwrap()).unwrap();
    assert!(
        raw.starts_with(r#"{"timestamp":1700000000.000001,"type":17,"subtype":9,"body":"0000fbf4"#),
        "{raw}"
    );
}

#[test]
fn tables() {
    let mut bytes = Vec::new();
    let peer = Peer {
        bgp_id: [192, 0, 2, 9].into(),
        addr: [192, 0, 2, 1].into(),
        asn: Asn(64500),
        asn_width: AsnWidth::Two,
    };
    write_peer_index_table(&mut bytes, 1, [192, 0, 2, 8].into(), b"v\xff", [peer]).unwrap();
    assert_eq!(
        json(&bytes),
        concat!(
            r#"{"record":"peer-index-table","collector":"192.0.2.8","view-name":"v"#,
            "\u{fffd}",
            r#"","peers":[{"bgp-id":"192.0.2.9","addr":"192.0.2.1","asn":64500,"asn-width":2}]}"#,
        )
    );
    bytes.clear();
    let header =
        RibHeader { sequence: 3, prefix: "10.0.0.0/8".parse().unwrap(), multicast: false, add_path: true };
    let good = RibEntry { peer: 0, originated: 5, path_id: 7, attributes: ATTRIBUTES };
    let bad = RibEntry { attributes: &[0x40, 99, 0], ..good };
    write_rib(&mut bytes, 1, &header, [good, bad]).unwrap();
    assert_eq!(
        json(&bytes),
        concat!(
            r#"{"record":"rib","sequence":3,"family":"ipv4-unicast","prefix":"10.0.0.0/8","routes":["#,
            r#"{"peer":0,"originated":5,"path-id":7,"next-hop":"192.0.2.1","attributes":"#,
            r#"{"origin":"igp","as-path":[64500],"next-hop":"192.0.2.1"},"outcome":"ok","findings":[]},"#,
            r#"{"peer":0,"originated":5,"path-id":7,"outcome":"session-reset","notification":{"code":3,"#,
            r#""subcode":2,"error":"Unrecognized Well-known Attribute","#,
            r#""fault":"is flagged well-known and is not known","section":"RFC 4271 §6.3","data":"406300"}}]}"#,
        )
    );
}

#[test]
fn table_dump_and_what_is_not_known() {
    let mut bytes = Vec::new();
    let dump = TableDump {
        view: 0,
        sequence: 1,
        prefix: "10.0.0.0/8".parse().unwrap(),
        status: 1,
        originated: 2,
        peer: [192, 0, 2, 1].into(),
        peer_asn: 64500,
        attributes: &[],
    };
    dump.encode(1, &mut bytes).unwrap();
    assert_eq!(
        json(&bytes),
        concat!(
            r#"{"record":"table-dump","view":0,"sequence":1,"prefix":"10.0.0.0/8","status":1,"originated":2,"#,
            r#""peer":"192.0.2.1","peer-asn":64500,"next-hop":null,"attributes":{},"outcome":"ok","findings":[]}"#,
        )
    );
    assert_eq!(to_string(&Body::Unknown).unwrap(), r#"{"record":"unknown"}"#);
    let cut = records(&bytes[..20]).next().unwrap().unwrap_err();
    let want = r#"{"offset":0,"fault":"octet 0: the input ends inside this record"}"#;
    assert_eq!(to_string(&cut).unwrap(), want);
}
