//! Messages that are taken over and written again: octet by octet the same.

use super::*;
use crate::negotiate::{AsnWidth, PeerKind};
use crate::update::update;

fn body(withdrawn: &[u8], attributes: &[&[u8]], announced: &[u8]) -> Vec<u8> {
    let attributes = attributes.concat();
    let len = |v: &[u8]| u16::try_from(v.len()).unwrap().to_be_bytes();
    [&len(withdrawn), withdrawn, &len(&attributes), &attributes, announced].concat()
}

fn again(body: &[u8], n: &Negotiated) -> Vec<u8> {
    let mut out = Vec::new();
    UpdateBuf::decode(body, n).unwrap().unwrap().encode(n, &mut out).unwrap();
    out.split_off(crate::frame::HEADER_LEN)
}

const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
const AS_PATH: &[u8] = &[0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4];
const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 1];

#[test]
fn form_and_order_are_kept() {
    let four = Negotiated::unseen(PeerKind::External);
    let two = Negotiated { asn_width: AsnWidth::Two, ..four };
    let mp = |hop: &[u8], nlri: &[u8]| {
        let value = [&[0, 2, 1, u8::try_from(hop.len()).unwrap()][..], hop, &[0], nlri].concat();
        [&[0x90, 14, 0, u8::try_from(value.len()).unwrap()][..], &value].concat()
    };
    let global = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let narrow: &[u8] = &[0x40, 2, 6, 2, 2, 0x5b, 0xa0, 0xfb, 0xf4];
    let as4: &[u8] = &[0xc0, 17, 10, 2, 2, 0, 1, 0, 10, 0, 0, 0xfb, 0xf4];
    for (what, n, body) in [
        ("plain", four, body(&[8, 10], &[ORIGIN, AS_PATH, NEXT_HOP], &[24, 198, 51, 100])),
        ("not by code", four, body(&[], &[NEXT_HOP, AS_PATH, ORIGIN], &[24, 198, 51, 100])),
        ("a length of two octets for one", four, body(&[], &[&[0x50, 1, 0, 1, 0], AS_PATH, NEXT_HOP], &[0])),
        ("host bits", four, body(&[], &[ORIGIN, AS_PATH, NEXT_HOP], &[20, 198, 51, 0xff])),
        ("the partial bit", four, body(&[], &[ORIGIN, AS_PATH, NEXT_HOP, &[0xe0, 8, 4, 0, 1, 0, 2]], &[0])),
        (
            "twice the same",
            four,
            body(&[], &[ORIGIN, AS_PATH, NEXT_HOP, &[0xc0, 8, 8, 0, 1, 0, 2, 0, 1, 0, 2]], &[0]),
        ),
        (
            "not transitive, not known",
            four,
            body(&[], &[ORIGIN, AS_PATH, NEXT_HOP, &[0x80, 99, 2, 1, 2]], &[0]),
        ),
        ("an End-of-RIB marker", four, body(&[], &[], &[])),
        ("one of IPv6", four, body(&[], &[&[0x80, 15, 3, 0, 2, 1]], &[])),
        ("one of IPv4 in an attribute", four, body(&[], &[&[0x80, 15, 3, 0, 1, 1]], &[])),
        ("one with a length of two octets", four, body(&[], &[&[0x90, 15, 0, 3, 0, 2, 1]], &[])),
        ("attributes of nothing", four, body(&[8, 10], &[ORIGIN, AS_PATH], &[])),
        (
            "MP_REACH_NLRI between",
            four,
            body(&[], &[ORIGIN, &mp(&global, &[32, 0x20, 1, 0xd, 0xb8]), AS_PATH], &[]),
        ),
        (
            "two global addresses",
            four,
            body(&[], &[&mp(&[global, global].concat(), &[0]), ORIGIN, AS_PATH], &[]),
        ),
        ("both fields", four, body(&[], &[&mp(&global, &[0]), ORIGIN, AS_PATH, NEXT_HOP], &[0])),
        ("reach without NLRI", four, body(&[], &[&mp(&global, &[]), ORIGIN, AS_PATH], &[])),
        ("ASNs of two octets", two, body(&[], &[ORIGIN, narrow, NEXT_HOP, as4], &[24, 198, 51, 100])),
        (
            "a family without a name",
            four,
            body(&[], &[&[0x80, 14, 8, 0, 25, 134, 0, 0, 1, 2, 3], ORIGIN, AS_PATH], &[]),
        ),
    ] {
        assert_eq!(again(&body, &n), body, "{what}");
    }
}

#[test]
fn what_was_malformed_is_not_taken_over() {
    let n = Negotiated::unseen(PeerKind::External);
    let wrong = body(&[], &[ORIGIN, AS_PATH, NEXT_HOP, &[0x40, 6, 1, 0], ORIGIN], &[0]);
    assert_eq!(again(&wrong, &n), body(&[], &[ORIGIN, AS_PATH, NEXT_HOP], &[0]));
    let foreign: &[u8] = &[0x80, 15, 4, 0, 25, 134, 1];
    let only_v4 = Negotiated::new(PeerKind::External);
    let wrong = body(&[], &[ORIGIN, AS_PATH, NEXT_HOP, foreign], &[0]);
    assert_eq!(again(&wrong, &only_v4), body(&[], &[ORIGIN, AS_PATH, NEXT_HOP], &[0]));
}

#[test]
fn markers_and_lengths() {
    let n = Negotiated::unseen(PeerKind::External);
    for family in Family::named() {
        let mut out = Vec::new();
        UpdateBuf::end_of_rib(family, &n).encode(&n, &mut out).unwrap();
        assert_eq!(update(&out[19..], &n).unwrap().update, Received::EndOfRib(family));
    }
    let n = Negotiated::new(PeerKind::External);
    let long = UpdateBuf::new(&n).with(AttributeValue::Other(AttrCode(99), alloc::vec![0; 4096].into()));
    let mut out = alloc::vec![1];
    assert!(long.encode(&n, &mut out).is_err());
    assert_eq!(out, [1]);
}
