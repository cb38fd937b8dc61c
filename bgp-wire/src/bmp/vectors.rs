//! Messages octet by octet: what each field is, and the fault where one of them lies.

use super::*;
use crate::asn::Asn;
use crate::family::AfiSafi;
use crate::frame::MessageType;
use crate::notification::{Notification, NotificationCode};
use crate::outcome::Fault;
use crate::{Open, Received};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

#[rustfmt::skip]
const PEER: &[u8] = &[
    1, 0x80,                                                        // RD instance, V flag
    0, 0, 0xfb, 0xf4, 0, 0, 0, 7,                                   // distinguisher
    0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,         // address
    0, 1, 0, 0,                                                     // AS
    192, 0, 2, 1,                                                   // BGP Identifier
    0x65, 0x53, 0xf1, 0, 0, 3, 0xd0, 0x90,                          // seconds, microseconds
];

const MARKER: [u8; 16] = [0xff; 16];

fn message_of(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let len = u32::try_from(body.len() + 6).unwrap();
    [&[3], &len.to_be_bytes()[..], &[kind], &body].concat()
}

fn bgp(kind: u8, body: &[u8]) -> Vec<u8> {
    [&MARKER[..], &[0, u8::try_from(body.len() + 19).unwrap(), kind], body].concat()
}

fn decode(bytes: &[u8]) -> Result<Body<'_>, BmpFault> {
    message(bytes).unwrap().expect("a whole message").decode()
}

/// What may follow the last field that a message must have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Nothing,
    Tlvs,
    Anything,
}

/// Every cut of the body is a fault within it, or the end of a TLV where they may follow.
fn is_exact(bytes: &[u8], then: Then) {
    let (kind, body) = (bytes[5], &bytes[6..]);
    for end in 0..body.len() {
        match decode(&message_of(kind, &[&body[..end]])) {
            Ok(_) => assert!(then == Then::Tlvs, "{end}"),
            Err(fault) => {
                assert_eq!(fault.kind, BmpFaultKind::Truncated, "{end}");
                assert!((6..=6 + end).contains(&fault.offset), "{fault}");
            }
        }
    }
    let fault = |kind| Err(BmpFault { offset: bytes.len(), kind });
    let longer = message_of(kind, &[body, &[0]]);
    match (then, decode(&longer)) {
        (Then::Nothing, got) => assert_eq!(got, fault(BmpFaultKind::Trailing)),
        (Then::Tlvs, got) => assert_eq!(got, fault(BmpFaultKind::Truncated)),
        (Then::Anything, Ok(Body::RouteMonitoring(m))) => assert_eq!(m.rest, [0]),
        (Then::Anything, Ok(Body::PeerDown(m))) => assert_eq!(m.rest, [0]),
        (Then::Anything, got) => panic!("{got:?}"),
    }
}

fn encoded(encode: impl FnOnce(&mut Vec<u8>) -> Result<(), Oversize>) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&mut out).unwrap();
    out
}

#[test]
fn per_peer_header() {
    let bytes = message_of(1, &[PEER, &[0; 4]]);
    let Ok(Body::StatisticsReport(report)) = decode(&bytes) else { panic!("statistics") };
    let peer = PeerHeader {
        kind: PeerType::Rd,
        flags: PeerFlags::V,
        distinguisher: [0, 0, 0xfb, 0xf4, 0, 0, 0, 7],
        address: "2001:db8::1".parse::<core::net::IpAddr>().unwrap().into(),
        asn: Asn(65536),
        bgp_id: Ipv4Addr::new(192, 0, 2, 1),
        seconds: 1_700_000_000,
        microseconds: 250_000,
    };
    assert_eq!((report.peer, report.stats.iter().count()), (peer, 0));
    assert_eq!(encoded(|out| report.encode(out)), bytes);
}

/// (number, type, display)
#[test]
fn peer_types() {
    for (octet, kind, text) in [
        (0, PeerType::Global, "Global Instance Peer"),
        (1, PeerType::Rd, "RD Instance Peer"),
        (2, PeerType::Local, "Local Instance Peer"),
        (3, PeerType::LocRib, "Loc-RIB Instance Peer"),
        (4, PeerType::Other(4), "peer type 4"),
        (255, PeerType::Other(255), "peer type 255"),
    ] {
        let bytes = message_of(6, &[&[octet], &PEER[1..]]);
        let Ok(Body::RouteMirroring(mirroring)) = decode(&bytes) else { panic!("a mirror") };
        assert_eq!((mirroring.peer.kind, kind.to_string()), (kind, text.into()));
        assert_eq!(encoded(|out| mirroring.encode(out)), bytes);
    }
}

#[test]
fn route_monitoring() {
    let bytes = message_of(0, &[PEER, &bgp(2, &[0, 0, 0, 0])]);
    let Ok(Body::RouteMonitoring(monitoring)) = decode(&bytes) else { panic!("an UPDATE") };
    assert_eq!(monitoring.update, [0; 4]);
    assert!(matches!(monitoring.update(None).unwrap().update, Received::EndOfRib(_)));
    assert_eq!(encoded(|out| monitoring.encode(out)), bytes);
    is_exact(&bytes, Then::Anything);
}

#[test]
fn statistics_report() {
    #[rustfmt::skip]
    let stats = [
        0, 0, 0, 4,
        0, 0, 0, 4, 0, 0, 0, 5,
        0, 8, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0,
        0, 17, 0, 11, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 9,
        0x80, 1, 0, 1, 7,
    ];
    let bytes = message_of(1, &[PEER, &stats]);
    let Ok(Body::StatisticsReport(report)) = decode(&bytes) else { panic!("statistics") };
    let family = AfiSafi { afi: 2, safi: 1 };
    let want = [
        (StatType::REJECTED_BY_INBOUND_POLICY, StatValue::Counter(5)),
        (StatType::LOC_RIB, StatValue::Gauge(1 << 32)),
        (StatType::FAMILY_ADJ_RIB_OUT_POST_POLICY, StatValue::FamilyGauge { family, gauge: 9 }),
        (StatType(0x8001), StatValue::Other(&[7])),
    ];
    assert_eq!(report.stats.iter().map(|s| (s.kind, s.value)).collect::<Vec<_>>(), want);
    assert_eq!(encoded(|out| report.encode(out)), bytes);
    is_exact(&bytes, Then::Nothing);
    // A count that lies ends with the octets, however large it is.
    let bytes = message_of(1, &[PEER, &[0xff; 4], &stats[4..]]);
    let fault = BmpFault { offset: bytes.len(), kind: BmpFaultKind::Truncated };
    assert_eq!(decode(&bytes), Err(fault));
}

/// (reason and what follows it, reason as read, display, what may follow)
#[test]
fn peer_down() {
    let code = NotificationCode::ADMINISTRATIVE_RESET;
    let notification = Notification { code, data: &[] };
    let name = [PeerDownTlv::VrfTableName(b"red"), PeerDownTlv::Other(Tlv { kind: 9, value: &[1] })];
    let pdu = bgp(3, &[6, 4]);
    for (wire, reason, text, then) in [
        (
            [&[1], &pdu[..]].concat(),
            PeerDownReason::LocalNotification(notification),
            "NOTIFICATION sent: 6/4 Cease, Administrative Reset",
            Then::Anything,
        ),
        ([2, 0, 18].to_vec(), PeerDownReason::LocalFsmEvent(18), "FSM event 18", Then::Anything),
        (
            [&[3], &pdu[..]].concat(),
            PeerDownReason::RemoteNotification(notification),
            "NOTIFICATION received: 6/4 Cease, Administrative Reset",
            Then::Anything,
        ),
        (
            [4].to_vec(),
            PeerDownReason::RemoteNoData,
            "ended by the peer without NOTIFICATION",
            Then::Anything,
        ),
        ([5].to_vec(), PeerDownReason::NotMonitored, "not monitored any more", Then::Anything),
        (
            [6, 0, 3, 0, 3, b'r', b'e', b'd', 0, 9, 0, 1, 1].to_vec(),
            PeerDownReason::LocalTlvs(name.as_slice().into()),
            "Loc-RIB not monitored any more VRF/Table Name \"red\", type 9 (1 octets)",
            Then::Tlvs,
        ),
    ] {
        let bytes = message_of(2, &[PEER, &wire]);
        let Ok(Body::PeerDown(down)) = decode(&bytes) else { panic!("{wire:?}") };
        assert_eq!((down.reason, down.reason.to_string()), (reason, text.into()));
        assert_eq!(encoded(|out| down.encode(out)), bytes);
        is_exact(&bytes, then);
    }
    let bytes = message_of(2, &[PEER, &[9, 1, 2]]);
    let Ok(Body::PeerDown(down)) = decode(&bytes) else { panic!("another reason") };
    assert_eq!(down.reason, PeerDownReason::Other { reason: 9, data: &[1, 2] });
    assert_eq!(encoded(|out| down.encode(out)), bytes);
}

#[test]
fn peer_up() {
    let (sent, received) =
        ([4, 0xfb, 0xf4, 0, 90, 192, 0, 2, 2, 0], [4, 0xfb, 0xf5, 0, 180, 192, 0, 2, 1, 0]);
    #[rustfmt::skip]
    let fixed = [
        0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,     // local address
        0, 179, 0xc3, 0x50,                                         // local port, remote port
    ];
    let tlvs = [0, 0, 0, 1, b's', 0, 3, 0, 1, b'v', 0, 4, 0, 1, b'a', 0, 1, 0, 0];
    let bytes = message_of(3, &[PEER, &fixed, &bgp(1, &sent), &bgp(1, &received), &tlvs]);
    let Ok(Body::PeerUp(up)) = decode(&bytes) else { panic!("a session") };
    assert_eq!(up.local_addr(), Some("2001:db8::2".parse().unwrap()));
    assert_eq!((up.local_port, up.remote_port), (179, 50000));
    assert_eq!(Open::decode(up.sent).unwrap().asn, Asn(64500));
    assert_eq!(Open::decode(up.received).unwrap().hold_time, 180);
    assert_eq!(up.negotiated().unwrap().max_message, 4096);
    let want = [
        PeerUpTlv::String(b"s"),
        PeerUpTlv::VrfTableName(b"v"),
        PeerUpTlv::AdminLabel(b"a"),
        PeerUpTlv::Other(Tlv { kind: 1, value: &[] }),
    ];
    assert!(up.tlvs.iter().eq(want));
    assert_eq!(up.tlvs.to_string(), "\"s\", VRF/Table Name \"v\", Admin Label \"a\", type 1 (0 octets)");
    assert_eq!(encoded(|out| up.encode(out)), bytes);
    is_exact(&bytes, Then::Tlvs);
}

#[test]
fn initiation_and_termination() {
    let bytes =
        message_of(4, &[&[0, 1, 0, 1, b'd', 0, 2, 0, 1, b'n', 0, 0, 0, 2, b'\n', b's', 0, 3, 0, 1, b'x']]);
    let Ok(Body::Initiation(tlvs)) = decode(&bytes) else { panic!("a beginning") };
    let want = [
        InitiationTlv::SysDescr(b"d"),
        InitiationTlv::SysName(b"n"),
        InitiationTlv::String(b"\ns"),
        InitiationTlv::Other(Tlv { kind: 3, value: b"x" }),
    ];
    assert!(tlvs.iter().eq(want));
    assert_eq!(tlvs.to_string(), "sysDescr \"d\", sysName \"n\", \"\\ns\", type 3 (1 octets)");
    assert_eq!(encoded(|out| write_initiation(out, &want.as_slice().into())), bytes);
    is_exact(&bytes, Then::Tlvs);

    let bytes = message_of(5, &[&[0, 0, 0, 1, b's', 0, 1, 0, 2, 0, 3, 0, 1, 0, 1, 3, 0, 7, 0, 0]]);
    let Ok(Body::Termination(tlvs)) = decode(&bytes) else { panic!("an end") };
    let want = [
        TerminationTlv::String(b"s"),
        TerminationTlv::Reason(TerminationReason(3)),
        TerminationTlv::Other(Tlv { kind: 1, value: &[3] }),
        TerminationTlv::Other(Tlv { kind: 7, value: &[] }),
    ];
    assert!(tlvs.iter().eq(want));
    assert_eq!(tlvs.to_string(), "\"s\", Redundant connection, type 1 (1 octets), type 7 (0 octets)");
    assert_eq!(encoded(|out| write_termination(out, &want.as_slice().into())), bytes);
    is_exact(&bytes, Then::Tlvs);
}

#[test]
fn route_mirroring() {
    let bytes =
        message_of(6, &[PEER, &[0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 0xff, 1, 0, 1, 0, 1, 0, 0, 5, 0, 1, 9]]);
    let Ok(Body::RouteMirroring(mirroring)) = decode(&bytes) else { panic!("a mirror") };
    let want = [
        MirroringTlv::Information(MirroringInformation(0)),
        MirroringTlv::BgpMessage(&[0xff, 1]),
        MirroringTlv::Other(Tlv { kind: 1, value: &[0] }),
        MirroringTlv::Other(Tlv { kind: 5, value: &[9] }),
    ];
    assert!(mirroring.tlvs.iter().eq(want));
    assert_eq!(
        mirroring.tlvs.to_string(),
        "Errored PDU, BGP message (2 octets), type 1 (1 octets), type 5 (1 octets)"
    );
    assert_eq!(encoded(|out| mirroring.encode(out)), bytes);
    is_exact(&bytes, Then::Tlvs);
}

#[test]
fn codes_have_names() {
    let reasons = (0..=5).map(|n| TerminationReason(n).to_string()).collect::<Vec<_>>();
    assert_eq!(reasons[0], "Session administratively closed");
    assert_eq!(reasons[4], "Session permanently administratively closed");
    assert_eq!(reasons[5], "reason 5");
    assert_eq!(MirroringInformation(1).to_string(), "Messages Lost");
    assert_eq!(MirroringInformation(2).to_string(), "information 2");
}

/// (type, what follows the per-peer header, offset in the message, fault, clause)
#[test]
fn bgp_messages_that_do_not_belong_there() {
    let keepalive = bgp(4, &[]);
    let mut spoiled = bgp(2, &[0; 4]);
    spoiled[0] = 0;
    let short_open = bgp(1, &[0; 9]);
    for (kind, behind, offset, fault, cite) in [
        (0, &keepalive, 48, BmpFaultKind::MessageType(MessageType::Keepalive), "RFC 7854 §4"),
        (0, &spoiled, 48, BmpFaultKind::Bgp(Fault::Marker), "RFC 4271 §6.1"),
        (
            2,
            &[&[3], &keepalive[..]].concat(),
            49,
            BmpFaultKind::MessageType(MessageType::Keepalive),
            "RFC 7854 §4",
        ),
        (
            3,
            &[&[0; 20], &short_open[..]].concat(),
            68,
            BmpFaultKind::Bgp(Fault::MessageLength(28)),
            "RFC 4271 §6.1",
        ),
    ] {
        let got = decode(&message_of(kind, &[PEER, behind])).unwrap_err();
        assert_eq!(got, BmpFault { offset, kind: fault });
        assert_eq!(got.kind.cite(), cite);
        assert!(got.to_string().starts_with(&alloc::format!("octet {offset}: ")));
    }
}

/// Types nobody has assigned and the version that is a draft are no fault: they are kept as they came.
#[test]
fn what_is_not_known_is_kept() {
    for (version, kind) in [(3, 7), (3, 100), (3, 255), (4, 0), (4, 2), (4, 3), (4, 4)] {
        let mut bytes = message_of(kind, &[&[1, 2, 3]]);
        bytes[0] = version;
        assert_eq!(decode(&bytes), Ok(Body::Unknown), "{version}/{kind}");
        let message = message(&bytes).unwrap().unwrap();
        assert_eq!(encoded(|out| message.encode(out)), bytes);
    }
}
