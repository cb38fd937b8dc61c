//! The JSON of BMP messages, letter by letter.

use crate::bmp::*;
use crate::{Asn, Family, Notification, NotificationCode};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::to_string;

/// The JSON of what a message that `write` writes holds.
fn json(write: impl FnOnce(&mut Vec<u8>) -> Result<(), Oversize>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    to_string(&message(&bytes).unwrap().unwrap().decode().unwrap()).unwrap()
}

fn peer() -> PeerHeader {
    let header = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), [192, 0, 2, 9].into());
    PeerHeader { seconds: 1_700_000_000, microseconds: 250_000, ..header }
}

const PEER: &str = concat!(
    r#""peer":{"type":"global","flags":0,"address":"192.0.2.1","table":"adj-rib-in","post-policy":false,"#,
    r#""asn":64500,"bgp-id":"192.0.2.9","timestamp":1700000000.25}"#,
);

#[test]
fn about_a_peer() {
    let (peer, down) = (peer(), Notification::new(NotificationCode::BFD_DOWN));
    let family = Family::Ipv4Unicast.afi_safi();
    let stats = [
        Stat { kind: StatType(999), value: StatValue::Counter(1) },
        Stat { kind: StatType(998), value: StatValue::FamilyGauge { family, gauge: 3 } },
    ];
    let mirrored = [MirroringTlv::Information(MirroringInformation(0)), MirroringTlv::BgpMessage(&[0xff, 1])];
    let open = [4, 0xfb, 0xf4, 0, 90, 192, 0, 2, 9, 0];
    let broken = [3, 0xfb, 0xf4, 0, 90, 192, 0, 2, 9, 0];
    let tlvs = [PeerUpTlv::AdminLabel(b"a"), PeerUpTlv::Other(Tlv { kind: 9, value: &[7] })];
    let up = PeerUp {
        peer,
        local_address: core::net::IpAddr::from([192, 0, 2, 2]).into(),
        local_port: 179,
        remote_port: 50000,
        sent: &open,
        received: &broken,
        tlvs: tlvs.as_slice().into(),
    };
    for (got, name, want) in [
        (
            json(|out| RouteMonitoring { peer, update: &[0; 4], rest: &[] }.encode(out)),
            "route-monitoring",
            r#""update":"00000000"}"#,
        ),
        (
            json(|out| StatisticsReport { peer, stats: stats.as_slice().into() }.encode(out)),
            "statistics-report",
            r#""stats":[{"type":999,"value":1},{"type":998,"family":"ipv4-unicast","value":3}]}"#,
        ),
        (
            json(|out| {
                PeerDown { peer, reason: PeerDownReason::RemoteNotification(down), rest: &[] }.encode(out)
            }),
            "peer-down",
            concat!(
                r#""reason":{"code":3,"received":{"type":"notification","code":6,"subcode":10,"#,
                r#""error":"BFD Down","data":""}}}"#,
            ),
        ),
        (
            json(|out| up.encode(out)),
            "peer-up",
            concat!(
                r#""local-address":"192.0.2.2","local-port":179,"remote-port":50000,"#,
                r#""sent":{"type":"open","asn":64500,"hold-time":90,"router-id":"192.0.2.9","capabilities":[]},"#,
                r#""received":{"code":2,"subcode":1,"error":"Unsupported Version Number","#,
                r#""fault":"BGP version 3, not 4","section":"RFC 4271 §6.2","data":"0004"},"#,
                r#""tlvs":[{"type":4,"name":"admin-label","value":"a"},{"type":9,"value":"07"}]}"#,
            ),
        ),
        (
            json(|out| RouteMirroring { peer, tlvs: mirrored.as_slice().into() }.encode(out)),
            "route-mirroring",
            concat!(
                r#""tlvs":[{"type":1,"name":"information","value":"Errored PDU"},"#,
                r#"{"type":0,"name":"bgp-message","value":"ff01"}]}"#,
            ),
        ),
    ] {
        assert_eq!(got, alloc::format!(r#"{{"bmp":"{name}",{PEER},{want}"#));
    }
}

#[test]
fn about_the_router() {
    let initiation = [InitiationTlv::SysName(b"r1")];
    assert_eq!(
        json(|out| write_initiation(out, &initiation.as_slice().into())),
        r#"{"bmp":"initiation","tlvs":[{"type":2,"name":"sys-name","value":"r1"}]}"#
    );
    let termination = [TerminationTlv::Reason(TerminationReason(2))];
    assert_eq!(
        json(|out| write_termination(out, &termination.as_slice().into())),
        r#"{"bmp":"termination","tlvs":[{"type":1,"name":"reason","value":"Out of resources"}]}"#
    );
    let loc_rib = PeerHeader { kind: PeerType::LocRib, distinguisher: [1; 8], ..peer() };
    let want = r#"{"type":"loc-rib","flags":0,"distinguisher":"0101010101010101","asn":64500,"#;
    assert!(to_string(&loc_rib).unwrap().starts_with(want));
}
