//! What is written reads back, and no bytes whatever bring the reader down.

use super::*;
use crate::asn::Asn;
use crate::capability::Tuple;
use crate::family::AfiSafi;
use crate::notification::{Notification, NotificationCode};
use crate::outcome::Severity;
use core::net::Ipv4Addr;
use proptest::collection::vec;
use proptest::prelude::*;

fn peer() -> impl Strategy<Value = PeerHeader> {
    let ids = (any::<[u8; 8]>(), any::<[u8; 16]>(), any::<(u32, u32, u32, u32)>());
    let kind = prop::sample::select(
        &[PeerType::Global, PeerType::Rd, PeerType::Local, PeerType::LocRib, PeerType::Other(200)][..],
    );
    (kind, any::<u8>(), ids).prop_map(
        |(kind, flags, (distinguisher, address, (asn, bgp_id, seconds, microseconds)))| PeerHeader {
            kind,
            flags: PeerFlags(flags),
            distinguisher,
            address: Address(address),
            asn: Asn(asn),
            bgp_id: Ipv4Addr::from_bits(bgp_id),
            seconds,
            microseconds,
        },
    )
}

/// A type, and a value.
fn tlv() -> impl Strategy<Value = (u16, Vec<u8>)> {
    (prop_oneof![0_u16..6, any::<u16>()], vec(any::<u8>(), 0..40))
}

/// The body of a BGP message that is long enough for every type.
fn bgp_body() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 10..60)
}

/// A TLV as any of the enums reads it.
fn read<'a, T: Tuple<'a>>(wire: &'a [u8]) -> T {
    T::read(wire).unwrap().0
}

/// The octets of each TLV.
fn wires(tlvs: &[(u16, Vec<u8>)]) -> Vec<Vec<u8>> {
    let wire = |(kind, value): &(u16, Vec<u8>)| {
        let mut out = Vec::new();
        Tlv::put(*kind, value, &mut out);
        out
    };
    tlvs.iter().map(wire).collect()
}

/// The body of the one message that `encode` writes, whose octets survive both ways of writing.
fn check(out: &mut Vec<u8>, encode: impl FnOnce(&mut Vec<u8>) -> Result<(), Oversize>) -> Body<'_> {
    encode(out).unwrap();
    let found = message(out).unwrap().expect("a whole message");
    assert_eq!(found.len, out.len());
    let (mut again, body) = (Vec::new(), found.decode().unwrap());
    found.encode(&mut again).unwrap();
    assert_eq!(again, *out);
    again.clear();
    encode_body(&body, &mut again);
    assert_eq!(again, *out);
    body
}

fn encode_body(body: &Body<'_>, out: &mut Vec<u8>) {
    match body {
        Body::RouteMonitoring(m) => m.encode(out),
        Body::StatisticsReport(m) => m.encode(out),
        Body::PeerDown(m) => m.encode(out),
        Body::PeerUp(m) => m.encode(out),
        Body::Initiation(tlvs) => write_initiation(out, tlvs),
        Body::Termination(tlvs) => write_termination(out, tlvs),
        Body::RouteMirroring(m) => m.encode(out),
        Body::Unknown => Ok(()),
    }
    .unwrap();
}

/// Reads every field there is, whatever it says; what decodes is written again to the same octets.
fn read_all(found: &Message<'_>) {
    match found.decode() {
        Ok(body) => {
            let (mut typed, mut raw) = (Vec::new(), Vec::new());
            encode_body(&body, &mut typed);
            found.encode(&mut raw).unwrap();
            assert!(body == Body::Unknown || typed == raw, "{body:?}");
            match body {
                Body::RouteMonitoring(monitoring) => {
                    let worst = monitoring.update(None).map(|parsed| parsed.findings.worst());
                    assert_ne!(worst, Ok(Some(Severity::SessionReset)));
                }
                Body::PeerUp(up) => assert!(!up.negotiated().is_ok_and(|n| n.families.is_empty())),
                _ => {}
            }
        }
        Err(fault) => assert!((6..=found.len).contains(&fault.offset), "{fault}"),
    }
}

proptest! {
    #[test]
    fn route_monitoring(peer in peer(), update in bgp_body(), rest: Vec<u8>) {
        let written = RouteMonitoring { peer, update: &update, rest: &rest };
        let mut out = Vec::new();
        prop_assert_eq!(check(&mut out, |out| written.encode(out)), Body::RouteMonitoring(written));
    }

    #[test]
    fn statistics(peer in peer(), stats in vec((any::<u16>(), any::<(u32, u64, u16, u8)>(), 0..4_u8), 0..10)) {
        let stats: Vec<_> = stats.iter().map(|(kind, (counter, gauge, afi, safi), form)| Stat {
            kind: StatType(*kind),
            value: match form {
                0 => StatValue::Counter(*counter),
                1 => StatValue::Gauge(*gauge),
                2 => StatValue::FamilyGauge { family: AfiSafi { afi: *afi, safi: *safi }, gauge: *gauge },
                _ => StatValue::Other(b"other"),
            },
        }).collect();
        let written = StatisticsReport { peer, stats: stats.as_slice().into() };
        let mut out = Vec::new();
        prop_assert_eq!(check(&mut out, |out| written.encode(out)), Body::StatisticsReport(written));
    }

    #[test]
    fn peer_down(peer in peer(), form in 1..9_u8, numbers: (u8, u8, u16), data: Vec<u8>, tlvs in vec(tlv(), 0..5)) {
        let (code, subcode, event) = numbers;
        let notification = Notification { code: NotificationCode { code, subcode }, data: &data };
        let wires = wires(&tlvs);
        let tlvs: Vec<PeerDownTlv<'_>> = wires.iter().map(|wire| read(wire)).collect();
        let reason = match form {
            1 => PeerDownReason::LocalNotification(notification),
            2 => PeerDownReason::LocalFsmEvent(event),
            3 => PeerDownReason::RemoteNotification(notification),
            4 => PeerDownReason::RemoteNoData,
            5 => PeerDownReason::NotMonitored,
            6 => PeerDownReason::LocalTlvs(tlvs.as_slice().into()),
            reason => PeerDownReason::Other { reason, data: &data },
        };
        // These two take all there is.
        let rest: &[u8] = if matches!(form, 1..=5) { &data } else { &[] };
        let written = PeerDown { peer, reason, rest };
        let mut out = Vec::new();
        prop_assert_eq!(check(&mut out, |out| written.encode(out)), Body::PeerDown(written));
    }

    #[test]
    fn peer_up(
        peer in peer(),
        local: ([u8; 16], u16, u16),
        opens in (bgp_body(), bgp_body()),
        tlvs in vec(tlv(), 0..5),
    ) {
        let (address, local_port, remote_port) = local;
        let wires = wires(&tlvs);
        let tlvs: Vec<PeerUpTlv<'_>> = wires.iter().map(|wire| read(wire)).collect();
        let written = PeerUp {
            peer,
            local_address: Address(address),
            local_port,
            remote_port,
            sent: &opens.0,
            received: &opens.1,
            tlvs: tlvs.as_slice().into(),
        };
        let mut out = Vec::new();
        prop_assert_eq!(check(&mut out, |out| written.encode(out)), Body::PeerUp(written));
    }

    #[test]
    fn initiation_termination_mirroring(peer in peer(), tlvs in vec(tlv(), 0..6)) {
        let wires = wires(&tlvs);
        let mut out = Vec::new();
        let initiation: Vec<InitiationTlv<'_>> = wires.iter().map(|wire| read(wire)).collect();
        let tlvs = initiation.as_slice().into();
        prop_assert_eq!(check(&mut out, |out| write_initiation(out, &tlvs)), Body::Initiation(tlvs));
        out.clear();
        let termination: Vec<TerminationTlv<'_>> = wires.iter().map(|wire| read(wire)).collect();
        let tlvs = termination.as_slice().into();
        prop_assert_eq!(check(&mut out, |out| write_termination(out, &tlvs)), Body::Termination(tlvs));
        out.clear();
        let mirroring: Vec<MirroringTlv<'_>> = wires.iter().map(|wire| read(wire)).collect();
        let written = RouteMirroring { peer, tlvs: mirroring.as_slice().into() };
        prop_assert_eq!(check(&mut out, |out| written.encode(out)), Body::RouteMirroring(written));
    }

    #[test]
    fn no_bytes_bring_the_reader_down(bytes in vec(any::<u8>(), 0..200)) {
        messages(&bytes).flatten().for_each(|found| read_all(&found));
    }

    #[test]
    fn nor_do_bodies_of_known_types(
        kind in 0..8_u8,
        body in vec(prop_oneof![Just(0), Just(1), Just(4), Just(0xff), any::<u8>()], 0..200),
    ) {
        read_all(&Message { version: VERSION, kind, body: &body, len: 6 + body.len() });
    }

    /// One octet of a message replaced: what still decodes has every octet of it.
    #[test]
    fn nor_do_messages_with_an_octet_replaced(
        peer in peer(),
        opens in (bgp_body(), bgp_body()),
        at: prop::sample::Index,
        octet: u8,
    ) {
        let tlvs = [PeerUpTlv::AdminLabel(b"label"), PeerUpTlv::VrfTableName(b"red")];
        let up = PeerUp {
            peer,
            local_address: Address([7; 16]),
            local_port: 179,
            remote_port: 1,
            sent: &opens.0,
            received: &opens.1,
            tlvs: tlvs.as_slice().into(),
        };
        let mut out = Vec::new();
        up.encode(&mut out).unwrap();
        let at = at.index(out.len());
        out[at] = octet;
        messages(&out).flatten().for_each(|found| read_all(&found));
    }

    /// Cut anywhere, what is whole is given and the rest is one fault.
    #[test]
    fn a_cut_ends_cleanly(peer in peer(), cut: prop::sample::Index) {
        let down = PeerDown { peer, reason: PeerDownReason::LocalFsmEvent(1), rest: &[] };
        let mut out = Vec::new();
        for _ in 0..4 {
            down.encode(&mut out).unwrap();
        }
        let (at, one) = (cut.index(out.len()), out.len() / 4);
        let got: Vec<_> = messages(&out[..at]).collect();
        prop_assert_eq!(got.iter().filter(|m| m.is_ok()).count(), at / one);
        let fault = BmpFault { offset: at - at % one, kind: BmpFaultKind::Cut };
        prop_assert_eq!(got.iter().find_map(|m| m.err()), (at % one != 0).then_some(fault));
    }
}

#[test]
fn what_no_length_can_say_is_not_written() {
    let peer = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), Ipv4Addr::LOCALHOST);
    let long = alloc::vec![0; 65536];
    let mut out = alloc::vec![1];
    for most in [65535, 65536] {
        let want = if most == 65535 { Ok(()) } else { Err(Oversize) };
        let tlvs = [InitiationTlv::String(&long[..most])];
        assert_eq!(write_initiation(&mut out, &tlvs.as_slice().into()), want);
        let bgp = most - 19;
        assert_eq!(RouteMonitoring { peer, update: &long[..bgp], rest: &[] }.encode(&mut out), want);
        let notification = Notification { code: NotificationCode::CEASE, data: &long[..bgp - 2] };
        let reason = PeerDownReason::RemoteNotification(notification);
        assert_eq!(PeerDown { peer, reason, rest: &[] }.encode(&mut out), want);
    }
    let read: Vec<_> = messages(&out[1..]).map(|m| m.unwrap().decode().map(|_| ())).collect();
    assert_eq!(read, [Ok(()); 3]);
}
