//! RFC 7606 as a table: a rule, the octets of an attribute that breaks it, and what must come of the message.
//!
//! Each row is tried as the first, the middle and the last attribute, from an external and an internal peer,
//! with prefixes in the body, with prefixes in MP_REACH_NLRI, with withdrawn prefixes only, and with none.

use crate::*;
use Want::{Discard, Fine, Reset, Withdraw};
use alloc::vec::Vec;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Want {
    Fine,
    Discard,
    Withdraw,
    Reset(u8, u8),
}

/// (rule, attribute, from an external peer, from an internal peer)
type Row = (&'static str, &'static [u8], Want, Want);

const fn same(rule: &'static str, attribute: &'static [u8], want: Want) -> Row {
    (rule, attribute, want, want)
}

const WELL_FORMED_OR_NOT: &[Row] = &[
    same("7.1 ORIGIN", &[0x40, 1, 1, 2], Fine),
    same("7.1 ORIGIN is not 1 octet", &[0x40, 1, 2, 0, 0], Withdraw),
    same("4 ORIGIN of no octets", &[0x40, 1, 0], Withdraw),
    same("7.1 ORIGIN has an undefined value", &[0x40, 1, 1, 3], Withdraw),
    same("3.c ORIGIN is optional", &[0xc0, 1, 1, 0], Withdraw),
    same("3.c ORIGIN is not transitive", &[0x00, 1, 1, 0], Withdraw),
    same("RFC 4271 4.3 ORIGIN is partial", &[0x60, 1, 1, 0], Withdraw),
    same("RFC 4271 4.3 the low flag bits are ignored", &[0x4f, 1, 1, 0], Fine),
    same("RFC 4271 4.3 a short value may have a long length", &[0x50, 1, 0, 1, 0], Fine),
    same("7.2 AS_PATH may be empty", &[0x40, 2, 0], Fine),
    same("7.2 AS_PATH has an unknown segment type", &[0x40, 2, 6, 5, 1, 0, 0, 0xfb, 0xf4], Withdraw),
    same("7.2 AS_PATH segment overruns", &[0x40, 2, 6, 2, 2, 0, 0, 0xfb, 0xf4], Withdraw),
    same("7.2 AS_PATH segment underruns", &[0x40, 2, 7, 2, 1, 0, 0, 0xfb, 0xf4, 2], Withdraw),
    same("7.2 AS_PATH has a segment of no ASN", &[0x40, 2, 2, 2, 0], Withdraw),
    same("RFC 7607 AS_PATH holds AS 0", &[0x40, 2, 6, 2, 1, 0, 0, 0, 0], Withdraw),
    ("RFC 5065 5 confederation", &[0x40, 2, 6, 3, 1, 0, 0, 0xfb, 0xf4], Withdraw, Fine),
    same("3.c AS_PATH is optional", &[0xc0, 2, 0], Withdraw),
    same("7.3 NEXT_HOP is short", &[0x40, 3, 3, 192, 0, 2], Withdraw),
    same("7.3 NEXT_HOP is long", &[0x40, 3, 5, 192, 0, 2, 1, 0], Withdraw),
    same("7.4 MULTI_EXIT_DISC", &[0x80, 4, 4, 0, 0, 0, 1], Fine),
    same("7.4 MULTI_EXIT_DISC is short", &[0x80, 4, 3, 0, 0, 1], Withdraw),
    same("3.c MULTI_EXIT_DISC is transitive", &[0xc0, 4, 4, 0, 0, 0, 1], Withdraw),
    ("7.5 LOCAL_PREF", &[0x40, 5, 4, 0, 0, 0, 1], Discard, Fine),
    ("7.5 LOCAL_PREF is long", &[0x40, 5, 5, 0, 0, 0, 1, 0], Discard, Withdraw),
    same("3.h, 7.5 LOCAL_PREF is optional", &[0xc0, 5, 4, 0, 0, 0, 1], Withdraw),
    same("7.6 ATOMIC_AGGREGATE", &[0x40, 6, 0], Fine),
    same("7.6 ATOMIC_AGGREGATE has a value", &[0x40, 6, 1, 0], Discard),
    same("3.c ATOMIC_AGGREGATE is optional", &[0xc0, 6, 0], Withdraw),
    same("7.7 AGGREGATOR", &[0xe0, 7, 8, 0, 0, 0xfb, 0xf4, 192, 0, 2, 1], Fine),
    same("7.7 AGGREGATOR has two octets of ASN", &[0xc0, 7, 6, 0xfb, 0xf4, 192, 0, 2, 1], Discard),
    same("RFC 7607 AGGREGATOR holds AS 0", &[0xc0, 7, 8, 0, 0, 0, 0, 192, 0, 2, 1], Discard),
    same("3.c AGGREGATOR is not transitive", &[0x80, 7, 8, 0, 0, 0, 1, 192, 0, 2, 1], Withdraw),
    same("7.8 COMMUNITIES", &[0xc0, 8, 4, 0xfb, 0xf4, 0, 1], Fine),
    same("7.8 COMMUNITIES is no multiple of 4", &[0xc0, 8, 5, 0xfb, 0xf4, 0, 1, 0], Withdraw),
    same("7.8 COMMUNITIES of no octets", &[0xc0, 8, 0], Withdraw),
    ("7.9 ORIGINATOR_ID", &[0x80, 9, 4, 192, 0, 2, 1], Discard, Fine),
    ("7.9 ORIGINATOR_ID is short", &[0x80, 9, 3, 192, 0, 2], Discard, Withdraw),
    same("3.h, 7.9 ORIGINATOR_ID is transitive", &[0xc0, 9, 4, 192, 0, 2, 1], Withdraw),
    ("7.10 CLUSTER_LIST", &[0x80, 10, 4, 192, 0, 2, 1], Discard, Fine),
    ("7.10 CLUSTER_LIST is no multiple of 4", &[0x80, 10, 5, 192, 0, 2, 1, 0], Discard, Withdraw),
    ("7.10 CLUSTER_LIST of no octets", &[0x80, 10, 0], Discard, Withdraw),
    same("5.3 MP_REACH_NLRI is shorter than 5 octets", &[0x80, 14, 4, 0, 2, 1, 0], Reset(3, 9)),
    same("7.11 next hop of 9 octets", &[0x80, 14, 14, 0, 2, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Reset(3, 9)),
    same("5.3 MP_REACH_NLRI is transitive", &[0xc0, 14, 5, 0, 2, 1, 0, 0], Reset(3, 9)),
    same("RFC 4760 8 MP_REACH_NLRI of EVPN", &[0x80, 14, 5, 0, 25, 70, 0, 0], Discard),
    same("5.3 MP_UNREACH_NLRI is shorter than 3", &[0x80, 15, 2, 0, 2], Reset(3, 9)),
    same("5.3 MP_UNREACH_NLRI has a prefix of 129 bits", &[0x80, 15, 4, 0, 2, 1, 129], Reset(3, 9)),
    same("5.3 MP_UNREACH_NLRI overruns", &[0x80, 15, 6, 0, 2, 1, 32, 0x20, 1], Reset(3, 9)),
    same("5.3 MP_UNREACH_NLRI is transitive", &[0xc0, 15, 3, 0, 2, 1], Reset(3, 9)),
    same("3.g MP_UNREACH_NLRI twice", &[0x80, 15, 3, 0, 2, 1, 0x80, 15, 3, 0, 2, 1], Reset(3, 1)),
    same("RFC 4760 8 MP_UNREACH_NLRI of EVPN", &[0x80, 15, 3, 0, 25, 70], Discard),
    same("7.14 EXTENDED_COMMUNITIES", &[0xc0, 16, 8, 0, 2, 0xfb, 0xf4, 0, 0, 0, 1], Fine),
    same("7.14 EXTENDED_COMMUNITIES of 7", &[0xc0, 16, 7, 0, 2, 0xfb, 0xf4, 0, 0, 0], Withdraw),
    same("7.14 EXTENDED_COMMUNITIES of no octets", &[0xc0, 16, 0], Withdraw),
    same("RFC 6793 4.1 AS4_PATH from four octets", &[0xc0, 17, 6, 2, 1, 0, 0, 0xfb, 0xf4], Discard),
    same("RFC 6793 4.1 AS4_AGGREGATOR", &[0xc0, 18, 8, 0, 0, 0xfb, 0xf4, 192, 0, 2, 1], Discard),
    same("3.c AS4_PATH is not transitive", &[0x80, 17, 6, 2, 1, 0, 0, 0xfb, 0xf4], Withdraw),
    same("RFC 8092 6", &[0xc0, 32, 12, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 0, 0, 2], Fine),
    same("RFC 8092 6 length", &[0xc0, 32, 11, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 0, 0], Withdraw),
    same("RFC 8092 6 LARGE_COMMUNITY of no octets", &[0xc0, 32, 0], Withdraw),
    same("3.g COMMUNITIES twice", &[0xc0, 8, 4, 0, 1, 0, 1, 0xc0, 8, 4, 0, 1, 0, 2], Discard),
    same("3.g, 3.h the second is malformed", &[0xc0, 8, 4, 0, 1, 0, 1, 0xc0, 8, 1, 0], Discard),
    same("3.g, 3.h the first is malformed", &[0xc0, 8, 1, 0, 0xc0, 8, 4, 0, 1, 0, 1], Withdraw),
    same("3.g an unknown attribute twice", &[0xc0, 99, 0, 0xc0, 99, 0], Discard),
    same("RFC 4271 5 unknown, transitive", &[0xc0, 99, 2, 1, 2], Fine),
    same("RFC 4271 5 unknown, not transitive", &[0x80, 99, 2, 1, 2], Fine),
    same("RFC 4271 6.3 unknown, well-known", &[0x40, 99, 2, 1, 2], Reset(3, 2)),
];

/// The attributes of later standards, each with the outcome that its own standard asks for.
const LATER: &[Row] = &[
    same("RFC 6514 5", &[0xc0, 22, 9, 0, 6, 0, 0, 0, 192, 0, 2, 1], Fine),
    same("RFC 6514 5 partial", &[0xe0, 22, 9, 0, 6, 0, 0, 0, 192, 0, 2, 1], Fine),
    same("RFC 6514 5 too short", &[0xc0, 22, 4, 0, 6, 0, 0], Withdraw),
    same("RFC 6514 5 tunnel type not defined", &[0xc0, 22, 9, 0, 255, 0, 0, 0, 192, 0, 2, 1], Withdraw),
    same("RFC 6514 5 endpoint of 5 octets", &[0xc0, 22, 10, 0, 6, 0, 0, 0, 192, 0, 2, 1, 0], Withdraw),
    same("3.c PMSI_TUNNEL is not transitive", &[0x80, 22, 9, 0, 6, 0, 0, 0, 192, 0, 2, 1], Withdraw),
    same("RFC 9012 13", &[0xc0, 23, 12, 0, 2, 0, 8, 6, 6, 0, 0, 0, 0, 0, 0], Fine),
    same("RFC 9012 13 unknown tunnel type", &[0xc0, 23, 4, 0xff, 0xff, 0, 0], Fine),
    same("RFC 9012 13 unknown sub-TLV", &[0xc0, 23, 7, 0, 2, 0, 3, 99, 1, 7], Fine),
    same("RFC 9012 13 malformed sub-TLV", &[0xc0, 23, 7, 0, 2, 0, 3, 2, 1, 7], Fine),
    same("RFC 9012 13 tunnel overruns", &[0xc0, 23, 4, 0x7d, 0xcc, 0xc7, 0x30], Withdraw),
    same("RFC 9012 13 sub-TLV overruns", &[0xc0, 23, 7, 0, 15, 0, 3, 6, 255, 0], Withdraw),
    same("RFC 9012 13 only a malformed endpoint", &[0xc0, 23, 6, 0, 2, 0, 2, 6, 0], Discard),
    same("RFC 9012 13 no tunnel", &[0xc0, 23, 0], Discard),
    same("RFC 9012 13 not transitive", &[0x80, 23, 4, 0xff, 0xff, 0, 0], Discard),
    same("7.15", &[0xc0, 25, 20, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1], Fine),
    same("7.15 no multiple of 20", &[0xc0, 25, 4, 0, 2, 0, 1], Withdraw),
    same("7.15 of no octets", &[0xc0, 25, 0], Withdraw),
    same("3.c IPV6_EXTENDED_COMMUNITIES is not transitive", &[0x80, 25, 0], Withdraw),
    ("RFC 7311 3.3", &[0x80, 26, 11, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 9], Discard, Fine),
    same("RFC 7311 3 length of the TLV", &[0x80, 26, 10, 1, 0, 10, 0, 0, 0, 0, 0, 0, 9], Discard),
    same("RFC 7311 3 TLV overruns", &[0x80, 26, 1, 1], Discard),
    same("RFC 7311 3 no TLV", &[0x80, 26, 0], Discard),
    same("RFC 7311 3 transitive", &[0xc0, 26, 11, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 9], Discard),
    same("RFC 9552 8.2.2", &[0x80, 29, 6, 4, 2, 0, 2, b'r', b'1'], Fine),
    same("RFC 9552 8.2.2 TLV overruns", &[0x80, 29, 6, 4, 2, 0, 3, b'r', b'1'], Discard),
    same("RFC 9552 8.2.2 stray octets", &[0x80, 29, 8, 4, 2, 0, 2, b'r', b'1', 0, 0], Discard),
    same("RFC 9552 8.2.2 transitive", &[0xc0, 29, 6, 4, 2, 0, 2, b'r', b'1'], Discard),
    same("RFC 8205 2.2 without the capability", &[0x80, 33, 1, 0], Discard),
    same("3.c BGPSEC_PATH is transitive", &[0xc0, 33, 1, 0], Withdraw),
    same("RFC 9234 5", &[0xc0, 35, 4, 0, 0, 0xfb, 0xf4], Fine),
    same("RFC 9234 5 length", &[0xc0, 35, 5, 0, 0, 0xfb, 0xf4, 0], Withdraw),
    same("RFC 9234 5 of no octets", &[0xc0, 35, 0], Withdraw),
    same("RFC 9234 5 AS 0", &[0xc0, 35, 4, 0, 0, 0, 0], Withdraw),
    same("D-PATH", &[0xc0, 36, 8, 1, 0, 0, 0xfb, 0xf4, 0, 1, 70], Fine),
    same("D-PATH segment overruns", &[0xc0, 36, 8, 2, 0, 0, 0xfb, 0xf4, 0, 1, 70], Withdraw),
    same("D-PATH segment without a domain", &[0xc0, 36, 1, 0], Withdraw),
    same("D-PATH of no octets", &[0xc0, 36, 0], Withdraw),
    same("RFC 9026 3.1.6", &[0xc0, 38, 11, 1, 0, 0, 0, 7, 1, 4, 192, 0, 2, 1], Fine),
    same("RFC 9026 3.1.6 too short", &[0xc0, 38, 5, 1, 0, 0, 0, 7], Discard),
    same("RFC 9026 3.1.6 TLV overruns", &[0xc0, 38, 11, 1, 0, 0, 0, 7, 1, 5, 192, 0, 2, 1], Discard),
    same("RFC 8669 6", &[0xc0, 40, 10, 1, 0, 7, 0, 0, 0, 0, 0, 0, 1], Fine),
    same("RFC 8669 6 unknown TLV", &[0xc0, 40, 4, 99, 0, 1, 7], Fine),
    same("RFC 8669 6 TLV overruns", &[0xc0, 40, 6, 1, 0, 255, 0, 0, 0], Discard),
    same("RFC 8669 6 length of a Label-Index", &[0xc0, 40, 9, 1, 0, 6, 0, 0, 0, 0, 0, 0], Discard),
    same("RFC 8669 6 of no octets", &[0xc0, 40, 0], Discard),
    same("RFC 8669 6 not transitive", &[0x80, 40, 10, 1, 0, 7, 0, 0, 0, 0, 0, 0, 1], Discard),
    same("RFC 9252 7 service of no sub-TLV", &[0xc0, 40, 4, 5, 0, 1, 0], Withdraw),
    same("RFC 9252 7 service overruns", &[0xc0, 40, 4, 6, 0, 2, 0], Withdraw),
    same("RFC 9252 7 sub-TLV overruns", &[0xc0, 40, 7, 5, 0, 4, 0, 9, 0, 1], Withdraw),
    same("RFC 9252 7 SID of 20 octets", &[0xc0, 40, 8, 5, 0, 5, 0, 1, 0, 1, 0], Withdraw),
    same("7.16 ATTR_SET", &[0xc0, 128, 11, 0, 0, 0xfb, 0xf4, 0x40, 5, 4, 0, 0, 0, 1], Fine),
    same("RFC 6368 5 a NEXT_HOP is ignored", &[0xc0, 128, 11, 0, 0, 0, 1, 0x40, 3, 4, 1, 2, 3, 4], Fine),
    same("7.16 an attribute within is malformed", &[0xc0, 128, 8, 0, 0, 0, 1, 0x40, 1, 1, 3], Withdraw),
    same("7.16 an attribute within overruns", &[0xc0, 128, 7, 0, 0, 0, 1, 0x40, 1, 1], Withdraw),
    same("7.16 ATTR_SET without an AS", &[0xc0, 128, 3, 0, 0, 0], Withdraw),
    same("3.c ATTR_SET is not transitive", &[0x80, 128, 4, 0, 0, 0, 1], Withdraw),
    same("3.g AIGP twice", &[0x80, 26, 3, 2, 0, 3, 0x80, 26, 3, 2, 0, 3], Discard),
];

/// Section 4: what overruns can only be told at the end, where nothing follows that it would swallow.
const FRAMING: &[Row] = &[
    same("4 one octet is left", &[0xc0], Withdraw),
    same("4 two octets are left", &[0xc0, 8], Withdraw),
    same("4 three octets are left for a long length", &[0xd0, 8, 0], Withdraw),
    same("4 the last attribute overruns", &[0xc0, 8, 5, 0, 1, 0, 1], Withdraw),
    same("4 the last attribute overruns, long length", &[0xd0, 8, 0, 5, 0, 1, 0, 1], Withdraw),
];

/// Rules of a session with ASNs of two octets.
const TWO_OCTETS: &[Row] = &[
    same("7.7 AGGREGATOR", &[0xc0, 7, 6, 0xfb, 0xf4, 192, 0, 2, 1], Fine),
    same("7.7 AGGREGATOR has four octets of ASN", &[0xc0, 7, 8, 0, 0, 0xfb, 0xf4, 192, 0, 2, 1], Discard),
    same("RFC 6793 6 AS4_PATH", &[0xc0, 17, 6, 2, 1, 0, 0, 0xfb, 0xf4], Fine),
    same("RFC 6793 6 AS4_PATH of no octets", &[0xc0, 17, 0], Discard),
    same("RFC 6793 6 AS4_PATH has an unknown segment", &[0xc0, 17, 6, 7, 1, 0, 0, 0, 1], Discard),
    same("RFC 6793 6 AS4_PATH confederation", &[0xc0, 17, 6, 3, 1, 0, 0, 0xfb, 0xf4], Fine),
    same("RFC 7607 AS4_PATH holds AS 0", &[0xc0, 17, 6, 2, 1, 0, 0, 0, 0], Discard),
    same("RFC 6793 6 AS4_AGGREGATOR", &[0xc0, 18, 8, 0, 1, 0, 0, 192, 0, 2, 1], Fine),
    same("RFC 6793 6 AS4_AGGREGATOR is short", &[0xc0, 18, 7, 0, 1, 0, 0, 192, 0, 2], Discard),
    same("RFC 7607 AS4_AGGREGATOR holds AS 0", &[0xc0, 18, 8, 0, 0, 0, 0, 192, 0, 2, 1], Discard),
];

const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
const AS_PATH: &[u8] = &[0x40, 2, 0];
const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 1];
const LOCAL_PREF: &[u8] = &[0x40, 5, 4, 0, 0, 0, 100];
const MP_REACH: &[u8] = &[
    0x80, 14, 26, 0, 2, 1, 16, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 32, 0x20, 1, 0x0d,
    0xb8,
];
const PREFIX: &[u8] = &[24, 198, 51, 100];

/// Where a message has its prefixes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    Body,
    MpReach,
    WithdrawnOnly,
    None,
}

fn session(peer: PeerKind, asn_width: AsnWidth) -> Negotiated {
    let families = Family::UNICAST.into_iter().collect();
    Negotiated { asn_width, families, ..Negotiated::new(peer) }
}

fn body(withdrawn: &[u8], attributes: &[u8], announced: &[u8]) -> Vec<u8> {
    let len = |v: &[u8]| u16::try_from(v.len()).unwrap().to_be_bytes();
    [&len(withdrawn), withdrawn, &len(attributes), attributes, announced].concat()
}

fn outcome(body: &[u8], n: &Negotiated) -> Want {
    match update(body, n) {
        Err(reset) => Reset(reset.code.code, reset.code.subcode),
        Ok(parsed) => match (parsed.update, parsed.findings.worst()) {
            (Received::Routes(_), None) => Fine,
            (Received::Routes(_), Some(Severity::AttributeDiscard)) => Discard,
            (Received::TreatAsWithdraw { .. }, Some(Severity::TreatAsWithdraw)) => Withdraw,
            other => panic!("{other:?}"),
        },
    }
}

/// The attributes every route has, with `attribute` at `position` and instead of one of its own code.
fn attributes(attribute: &[u8], position: usize, n: &Negotiated, shape: Shape) -> Vec<u8> {
    let mp = (shape == Shape::MpReach).then_some(MP_REACH);
    let local_pref = (n.peer == PeerKind::Internal).then_some(LOCAL_PREF);
    let rest = [ORIGIN, AS_PATH, NEXT_HOP].into_iter().chain(local_pref);
    let mut all: Vec<&[u8]> = mp.into_iter().chain(rest).collect();
    all.retain(|a| attribute.get(1) != a.get(1));
    all.insert([0, all.len() / 2, all.len()][position], attribute);
    all.concat()
}

fn try_row(&(rule, attribute, external, internal): &Row, asn_width: AsnWidth, positions: &[usize]) {
    for (peer, want) in [(PeerKind::External, external), (PeerKind::Internal, internal)] {
        let n = session(peer, asn_width);
        for (&position, shape) in positions.iter().flat_map(|p| {
            [Shape::Body, Shape::MpReach, Shape::WithdrawnOnly, Shape::None].map(|shape| (p, shape))
        }) {
            let attributes = attributes(attribute, position, &n, shape);
            let (withdrawn, announced) = match shape {
                Shape::Body => (&[][..], PREFIX),
                Shape::WithdrawnOnly => (PREFIX, &[][..]),
                Shape::MpReach | Shape::None => (&[][..], &[][..]),
            };
            let reachable = match shape {
                Shape::Body => true,
                // The row's attribute stands in MP_REACH_NLRI's place there.
                Shape::MpReach => attribute.get(1) != Some(&14),
                Shape::WithdrawnOnly | Shape::None => false,
            };
            // Section 5.2: without a reachable prefix there is nothing that could be withdrawn.
            let want = if want == Withdraw && !reachable { Reset(3, 1) } else { want };
            let body = body(withdrawn, &attributes, announced);
            assert_eq!(outcome(&body, &n), want, "{rule}: {peer:?}, position {position}, {shape:?}");
        }
    }
}

#[test]
fn every_rule_at_every_position() {
    WELL_FORMED_OR_NOT.iter().for_each(|row| try_row(row, AsnWidth::Four, &[0, 1, 2]));
    LATER.iter().for_each(|row| try_row(row, AsnWidth::Four, &[0, 1, 2]));
    FRAMING.iter().for_each(|row| try_row(row, AsnWidth::Four, &[2]));
    TWO_OCTETS.iter().for_each(|row| try_row(row, AsnWidth::Two, &[0, 1, 2]));
}

/// (rule, withdrawn, attributes, announced, from an external peer, from an internal peer)
#[test]
fn whole_messages() {
    let hop = |hop: [u8; 4]| [ORIGIN, AS_PATH, &[0x40, 3, 4], &hop, LOCAL_PREF].concat();
    let mp_hop = |hop: u8| {
        let mut mp = MP_REACH.to_vec();
        mp[7..23].fill(0);
        mp[7] = hop;
        [&mp, ORIGIN, AS_PATH, LOCAL_PREF].concat()
    };
    let mut foreign = MP_REACH.to_vec();
    foreign[4] = 25;
    let foreign = [&foreign[..], &[0x40, 1, 1, 9], AS_PATH].concat();
    let unreach: &[u8] = &[0x80, 15, 8, 0, 2, 1, 32, 0x20, 1, 0x0d, 0xb8];
    let partial: &[u8] = &[0xa0, 15, 8, 0, 2, 1, 32, 0x20, 1, 0x0d, 0xb8];
    let empty: &[u8] = &[0x80, 15, 3, 0, 2, 1];
    let overrun = [unreach, &[0xc0]].concat();
    let stray = [empty, &[0xc0]].concat();
    let with_unknown = [empty, &[0x80, 99, 0]].concat();
    let cases: &[(&str, &[u8], &[u8], &[u8], Want, Want)] = &[
        ("3.d no ORIGIN", &[], &[AS_PATH, NEXT_HOP, LOCAL_PREF].concat(), PREFIX, Withdraw, Withdraw),
        ("3.d no AS_PATH", &[], &[ORIGIN, NEXT_HOP, LOCAL_PREF].concat(), PREFIX, Withdraw, Withdraw),
        ("3.d no NEXT_HOP", &[], &[ORIGIN, AS_PATH, LOCAL_PREF].concat(), PREFIX, Withdraw, Withdraw),
        ("3.d no LOCAL_PREF", &[], &[ORIGIN, AS_PATH, NEXT_HOP].concat(), PREFIX, Fine, Withdraw),
        ("3.d no attribute", &[], &[], PREFIX, Withdraw, Withdraw),
        ("3.d MP_REACH_NLRI needs no NEXT_HOP", &[], &mp_hop(0x20), &[], Discard, Fine),
        ("3.d MP_UNREACH_NLRI and prefixes", &[], empty, PREFIX, Withdraw, Withdraw),
        ("3.e NEXT_HOP 0.0.0.0", &[], &hop([0; 4]), PREFIX, Withdraw, Withdraw),
        ("3.e NEXT_HOP of multicast", &[], &hop([224, 0, 0, 1]), PREFIX, Withdraw, Withdraw),
        ("3.e NEXT_HOP of all ones", &[], &hop([255; 4]), PREFIX, Withdraw, Withdraw),
        ("RFC 4760 3 NEXT_HOP of no prefix", &[], &hop([0; 4]), &[], Discard, Fine),
        ("next hop ::", &[], &mp_hop(0), &[], Withdraw, Withdraw),
        ("next hop of multicast", &[], &mp_hop(0xff), &[], Withdraw, Withdraw),
        ("3.g MP_REACH_NLRI twice", &[], &[MP_REACH, MP_REACH].concat(), &[], Reset(3, 1), Reset(3, 1)),
        ("5.2 a foreign family's prefixes", &[], &foreign, &[], Withdraw, Withdraw),
        ("5.2 MP_UNREACH_NLRI alone", &[], partial, &[], Withdraw, Withdraw),
        ("5.2 and a stray octet", &[], &overrun, &[], Reset(3, 1), Reset(3, 1)),
        ("5.2 a stray octet in an End-of-RIB", &[], &stray, &[], Reset(3, 1), Reset(3, 1)),
        ("RFC 4724 2 not an End-of-RIB", &[], &with_unknown, &[], Fine, Fine),
        ("RFC 4724 2 not an End-of-RIB", PREFIX, empty, &[], Fine, Fine),
        ("withdrawn in the body", PREFIX, &[], &[], Fine, Fine),
        ("withdrawn in MP_UNREACH_NLRI", &[], unreach, &[], Fine, Fine),
        (
            "5.3 prefix of 33 bits",
            &[],
            &hop([192, 0, 2, 1]),
            &[33, 0, 0, 0, 0, 0],
            Reset(3, 10),
            Reset(3, 10),
        ),
        ("5.3 prefix overruns", &[], &hop([192, 0, 2, 1]), &[24, 0, 0], Reset(3, 10), Reset(3, 10)),
        ("3.i withdrawn prefix of 33 bits", &[33, 0, 0, 0, 0, 0], &[], &[], Reset(3, 10), Reset(3, 10)),
        ("3.i withdrawn prefix overruns", &[8], &[], &[], Reset(3, 10), Reset(3, 10)),
    ];
    for (rule, withdrawn, attributes, announced, external, internal) in cases {
        let body = body(withdrawn, attributes, announced);
        for (peer, want) in [(PeerKind::External, external), (PeerKind::Internal, internal)] {
            assert_eq!(outcome(&body, &session(peer, AsnWidth::Four)), *want, "{rule}: {peer:?}");
        }
    }
    for lengths in [&[0, 1, 0, 0][..], &[0, 0, 0, 1], &[0, 0, 0], &[0xff; 4], &[]] {
        let got = outcome(lengths, &session(PeerKind::External, AsnWidth::Four));
        assert_eq!(got, Reset(3, 1), "3.b {lengths:?}");
    }
}

#[test]
fn end_of_rib_is_of_a_negotiated_family() {
    let (v4, v6) = (body(&[], &[], &[]), body(&[], &[0x80, 15, 3, 0, 2, 1], &[]));
    let long = body(&[], &[0x90, 15, 0, 3, 0, 2, 1], &[]);
    let n = session(PeerKind::External, AsnWidth::Four);
    for (body, family) in
        [(&v4, Family::Ipv4Unicast), (&v6, Family::Ipv6Unicast), (&long, Family::Ipv6Unicast)]
    {
        assert_eq!(update(body, &n).unwrap().update, Received::EndOfRib(family));
        let others = Family::named().filter(|f| *f != family).collect();
        let without = Negotiated { families: others, ..n };
        assert!(matches!(update(body, &without).unwrap().update, Received::Routes(_)));
    }
}

#[test]
fn prefixes_of_a_family_that_was_not_negotiated_are_ignored() {
    let n = Negotiated {
        families: FamilySet::EMPTY.with(Family::Ipv6Unicast),
        ..Negotiated::new(PeerKind::External)
    };
    let body = body(PREFIX, &[ORIGIN, AS_PATH, NEXT_HOP].concat(), PREFIX);
    let parsed = update(&body, &n).unwrap();
    let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
    assert_eq!(routes.withdrawn.prefixes().count() + routes.announced().count(), 0);
    assert_eq!(parsed.findings.worst(), Some(Severity::AttributeDiscard));
}

#[test]
fn what_is_withdrawn_is_all_that_was_announced() {
    let n = session(PeerKind::External, AsnWidth::Four);
    let attributes = [MP_REACH, &[0x40, 1, 1, 9], AS_PATH, NEXT_HOP].concat();
    let body = body(&[8, 10], &attributes, PREFIX);
    let Received::TreatAsWithdraw { withdrawn, announced } = update(&body, &n).unwrap().update else {
        panic!("treat-as-withdraw");
    };
    let text = |u: Unfeasible<'_>| u.prefixes().map(|p| alloc::format!("{}", p.prefix)).collect::<Vec<_>>();
    assert_eq!(text(withdrawn), ["10.0.0.0/8"]);
    assert_eq!(text(announced), ["198.51.100.0/24", "2001:db8::/32"]);
}

#[test]
fn a_discarded_attribute_is_gone_and_the_first_of_two_stays() {
    let n = session(PeerKind::External, AsnWidth::Four);
    let communities: &[u8] = &[0xc0, 8, 4, 0, 1, 0, 1, 0xc0, 8, 4, 0, 1, 0, 2];
    let attributes = [ORIGIN, AS_PATH, NEXT_HOP, LOCAL_PREF, &[0x40, 6, 1, 0], communities].concat();
    let body = body(&[], &attributes, PREFIX);
    let parsed = update(&body, &n).unwrap();
    let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
    assert_eq!((routes.attrs.local_pref(), routes.attrs.atomic_aggregate()), (None, false));
    assert!(routes.attrs.communities().eq([Community::new(1, 1)]));
    assert_eq!(parsed.findings.iter().count(), 3);
}

#[test]
fn the_notification_carries_the_attribute() {
    let n = session(PeerKind::External, AsnWidth::Four);
    for attribute in [&[0x40, 99, 2, 1, 2][..], &[0xc0, 15, 3, 0, 2, 1], &[0x80, 15, 2, 0, 2]] {
        let body = body(&[], &[ORIGIN, attribute].concat(), &[]);
        assert_eq!(update(&body, &n).unwrap_err().data.as_slice(), attribute);
    }
}

/// RFC 8205 section 5.2: (rule, attributes besides ORIGIN, NEXT_HOP and LOCAL_PREF, outcome)
#[test]
fn a_signed_path_stands_instead_of_the_other() {
    let n = Negotiated { bgpsec: true, ..session(PeerKind::Internal, AsnWidth::Four) };
    let segment = SecurePathSegment { p_count: 2, flags: 0, asn: Asn(64500) };
    let signed = |signatures: usize| {
        let signature = SignatureSegment { ski: [7; 20], signature: &[7] };
        let mut value = Vec::new();
        BgpsecPath::put(&[segment], &[(1, &alloc::vec![signature; signatures])], &mut value);
        [&[0x80, 33, u8::try_from(value.len()).unwrap()], &value[..]].concat()
    };
    for (rule, paths, want) in [
        ("signed", signed(1), Fine),
        ("signed, and AS_PATH", [&signed(1), AS_PATH].concat(), Withdraw),
        ("no signature", signed(0), Withdraw),
        ("two signatures for one AS", signed(2), Withdraw),
        ("neither", Vec::new(), Withdraw),
    ] {
        let body = body(&[], &[ORIGIN, &paths, NEXT_HOP, LOCAL_PREF].concat(), PREFIX);
        assert_eq!(outcome(&body, &n), want, "{rule}");
        // Where it is not enabled it is ignored, and AS_PATH is missing.
        let without = outcome(&body, &Negotiated { bgpsec: false, ..n });
        assert_eq!(without == Withdraw, !rule.contains("AS_PATH"), "{rule}");
        if let (Fine, Received::Routes(routes)) = (want, update(&body, &n).unwrap().update) {
            let set = AttributeSet::from_attrs(&routes.attrs, routes.announced().next().unwrap().0);
            assert_eq!(alloc::format!("{}", set.as_path), "64500 64500");
            assert!(set.others.is_empty());
        }
    }
}

#[test]
fn what_is_malformed_is_not_passed_on() {
    let n = session(PeerKind::External, AsnWidth::Four);
    let tunnels: &[u8] = &[0xe0, 23, 10, 0, 2, 0, 2, 6, 0, 0, 8, 0, 0];
    let discarded = [[0xc0, 40, 1, 1], [0x80, 29, 1, 1], [0x80, 99, 1, 1]].concat();
    let attributes = [ORIGIN, AS_PATH, NEXT_HOP, tunnels, &discarded].concat();
    let body = body(&[], &attributes, PREFIX);
    let Received::Routes(routes) = update(&body, &n).unwrap().update else { panic!("routes") };
    let set = AttributeSet::from_attrs(&routes.attrs, routes.announced().next().unwrap().0);
    let (flags, code) = (AttrFlags(0xe0), AttrCode::TUNNEL_ENCAPSULATION);
    assert_eq!(set.others, [OwnedAttr { flags, code, value: [0, 8, 0, 0].into() }]);
}
