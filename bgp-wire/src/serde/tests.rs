//! The JSON of one of each, letter by letter.

use crate::*;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::to_string;

fn json(value: &impl ::serde::Serialize) -> String {
    to_string(value).unwrap()
}

/// A body of an UPDATE from its three fields.
fn body(withdrawn: &[u8], attributes: &[&[u8]], announced: &[u8]) -> Vec<u8> {
    let len = |v: &[u8]| u16::try_from(v.len()).unwrap().to_be_bytes();
    let attributes = attributes.concat();
    [&len(withdrawn), withdrawn, &len(&attributes), &attributes, announced].concat()
}

fn session(peer: PeerKind) -> Negotiated {
    let families = [Family::Ipv4Unicast, Family::Ipv6Unicast].into_iter().collect();
    Negotiated { families, ..Negotiated::new(peer) }
}

const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
const AS_PATH: &[u8] = &[0x40, 2, 16, 2, 1, 0, 0, 0xfb, 0xf4, 1, 2, 0, 0, 0xfb, 0xf5, 0, 0, 0xfb, 0xf6];
const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 1];
const LOCAL_PREF: &[u8] = &[0x40, 5, 4, 0, 0, 0, 100];

#[test]
fn every_attribute() {
    let attributes: &[&[u8]] = &[
        ORIGIN,
        AS_PATH,
        NEXT_HOP,
        &[0x80, 4, 4, 0, 0, 0, 10],
        LOCAL_PREF,
        &[0x40, 6, 0],
        &[0xc0, 7, 8, 0, 0, 0xfb, 0xf4, 192, 0, 2, 9],
        &[0xc0, 8, 8, 0x1f, 0x8b, 0x1f, 0x47, 0xff, 0xff, 0xff, 1],
        &[0x80, 9, 4, 192, 0, 2, 8],
        &[0x80, 10, 4, 192, 0, 2, 7],
        &[0xc0, 16, 8, 0xff, 2, 0xfb, 0xf4, 0, 0, 0, 1],
        &[0xc0, 32, 12, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 0, 0, 2],
        &[0xc0, 99, 2, 1, 0xab],
    ];
    let bytes = body(&[8, 10], attributes, &[24, 203, 0, 113]);
    let parsed = update(&bytes, &session(PeerKind::Internal)).unwrap();
    let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
    let community = json(&routes.attrs.extended_communities().next().unwrap());
    let want = [
        r#"{"type":"update","withdrawn":[{"family":"ipv4-unicast","nlri":["10.0.0.0/8"]}],"attributes":{"#,
        r#""origin":"igp","as-path":[64500,{"set":[64501,64502]}],"next-hop":"192.0.2.1","med":10,"#,
        r#""local-pref":100,"atomic-aggregate":true,"aggregator":{"asn":64500,"router-id":"192.0.2.9"},"#,
        r#""communities":["8075:8007","no-export"],"originator-id":"192.0.2.8","cluster-list":["192.0.2.7"],"#,
        r#""extended-communities":["#,
        &community,
        r#"],"large-communities":["64500:1:2"],"unknown":[{"code":99,"flags":192,"value":"01ab"}]},"#,
        r#""announced":[{"family":"ipv4-unicast","next-hop":"192.0.2.1","nlri":["203.0.113.0/24"]}],"#,
        r#""outcome":"ok","findings":[]}"#,
    ];
    assert_eq!(json(&parsed), want.concat());
}
