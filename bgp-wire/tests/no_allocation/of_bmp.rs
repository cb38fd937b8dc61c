//! BMP messages.

use super::*;

/// A BMP message of each type, about a session of `n`.
pub(super) fn bmp_messages(n: &Negotiated) -> Vec<Vec<u8>> {
    use bgp_wire::bmp::*;
    let mut peer = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), [192, 0, 2, 1].into());
    if n.asn_width == AsnWidth::Two {
        peer.flags = peer.flags.with(PeerFlags::A);
    }
    let mut all = Vec::new();
    let mut write = |encode: &dyn Fn(&mut Vec<u8>) -> Result<(), Oversize>| {
        let mut bytes = Vec::new();
        encode(&mut bytes).unwrap();
        all.push(bytes);
    };
    let all_bgp = self::messages(n);
    for update in &all_bgp[..4] {
        write(&|out| RouteMonitoring { peer, update: &update[HEADER_LEN..], rest: &[] }.encode(out));
    }
    let family = Family::Ipv4Unicast.afi_safi();
    let stats = [
        Stat { kind: StatType::AS_PATH_LOOP, value: StatValue::Counter(1) },
        Stat { kind: StatType::LOC_RIB, value: StatValue::Gauge(2) },
        Stat { kind: StatType::FAMILY_LOC_RIB, value: StatValue::FamilyGauge { family, gauge: 3 } },
    ];
    write(&|out| StatisticsReport { peer, stats: stats.as_slice().into() }.encode(out));
    let notification = Notification { code: NotificationCode::HARD_RESET, data: &[6, 4] };
    for reason in [
        PeerDownReason::LocalNotification(notification),
        PeerDownReason::LocalFsmEvent(18),
        PeerDownReason::LocalTlvs([PeerDownTlv::VrfTableName(b"red")].as_slice().into()),
    ] {
        write(&|out| PeerDown { peer, reason, rest: &[] }.encode(out));
    }
    let open = &all_bgp[4][HEADER_LEN..];
    let tlvs = [PeerUpTlv::AdminLabel(b"label"), PeerUpTlv::VrfTableName(b"red")];
    let local_address = std::net::IpAddr::from([192, 0, 2, 2]).into();
    let (local_port, remote_port, tlvs) = (179, 50000, tlvs.as_slice().into());
    let up = PeerUp { peer, local_address, local_port, remote_port, sent: open, received: open, tlvs };
    write(&|out| up.encode(out));
    let initiation = [InitiationTlv::SysDescr(b"a router"), InitiationTlv::SysName(b"r1")];
    write(&|out| write_initiation(out, &initiation.as_slice().into()));
    let termination = [TerminationTlv::Reason(TerminationReason(1)), TerminationTlv::String(b"bye")];
    write(&|out| write_termination(out, &termination.as_slice().into()));
    let mirrored =
        [MirroringTlv::Information(MirroringInformation(0)), MirroringTlv::BgpMessage(&all_bgp[0])];
    write(&|out| RouteMirroring { peer, tlvs: mirrored.as_slice().into() }.encode(out));
    all
}

/// Reads every field of a BMP message; the number depends on what it holds. An OPEN within is read where
/// asked for.
pub(super) fn read_bmp(bytes: &[u8], opens: bool) -> usize {
    let Ok(Some(message)) = bmp::message(bytes) else { return 0 };
    let body = match message.decode() {
        Ok(body) => body,
        Err(fault) => return fault.offset,
    };
    1 + match body {
        bmp::Body::RouteMonitoring(m) => m.update(None).map_or(0, |parsed| read_update(&parsed)),
        bmp::Body::StatisticsReport(m) => m.stats.iter().map(shown).sum(),
        bmp::Body::PeerDown(m) => shown(m.reason),
        bmp::Body::PeerUp(m) => {
            let n = if opens { m.negotiated().ok() } else { None };
            shown(m.tlvs) + m.peer.negotiated(n.as_ref()).families.iter().count()
        }
        bmp::Body::Initiation(tlvs) => shown(tlvs),
        bmp::Body::Termination(tlvs) => shown(tlvs),
        bmp::Body::RouteMirroring(m) => m.tlvs.iter().map(shown).sum(),
        _ => 0,
    }
}

#[test]
pub(super) fn bmp_messages_well_formed_and_hostile() {
    for n in sessions() {
        for mut bytes in bmp_messages(&n) {
            let mut sum = 0;
            assert_eq!(allocations(|| sum = read_bmp(&bytes, true)), 0);
            assert!(sum > 1, "nothing was read of {bytes:?}");
            for at in 0..bytes.len() {
                let kept = bytes[at];
                for octet in [0, 1, 2, 14, 0x40, 0x80, 0xff, kept] {
                    bytes[at] = octet;
                    // Parameters of an OPEN that became several are copied, as documented.
                    let allocated = allocations(|| assert_ne!(read_bmp(&bytes, false), usize::MAX));
                    assert_eq!(allocated, 0, "{bytes:?}");
                }
                bytes[at] = kept;
            }
        }
    }
}
