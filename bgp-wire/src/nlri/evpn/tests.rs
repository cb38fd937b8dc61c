use super::*;
use crate::family::Family;
use crate::nlri::Nlri;
use alloc::string::{String, ToString};
use alloc::vec;
use proptest::option::of;
use proptest::prelude::*;

const RD: [u8; 8] = [0, 0, 0xfb, 0xf4, 0, 0, 0, 1];
const ESI: [u8; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const TAG: [u8; 4] = [0, 0, 0, 7];
const MAC: [u8; 7] = [48, 2, 0, 0, 0, 0, 1];
const LABEL: [u8; 3] = [0, 2, 0x70];
const V4: [u8; 5] = [32, 192, 0, 2, 1];
const V6: [u8; 17] = [128, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const ESI_TEXT: &str = "esi 00:01:02:03:04:05:06:07:08:09";

fn route(kind: u8, fields: &[&[u8]]) -> Vec<u8> {
    let value = fields.concat();
    [&[kind, u8::try_from(value.len()).unwrap()][..], &value].concat()
}

fn read(octets: &[u8]) -> Result<Vec<String>, Fault> {
    let nlri = Nlri::new(Family::Evpn, false, octets)?;
    nlri.fault().map_or_else(|| Ok(nlri.typed().map(|(_, nlri)| nlri.to_string()).collect()), Err)
}

/// (octets, the text of the route)
#[test]
fn routes_of_every_type() {
    let group: &[u8] = &[32, 192, 0, 2, 9, 32, 239, 1, 1, 1];
    for (octets, text) in [
        (
            route(1, &[&RD, &ESI, &[0xff; 4], &LABEL]),
            alloc::format!("ethernet-ad rd 64500:1 {ESI_TEXT} tag 4294967295 label 39 (vni 624)"),
        ),
        (
            route(2, &[&RD, &ESI, &TAG, &MAC, &[0], &LABEL]),
            alloc::format!("mac-ip rd 64500:1 {ESI_TEXT} tag 7 mac 02:00:00:00:00:01 label 39 (vni 624)"),
        ),
        (
            route(2, &[&RD, &ESI, &TAG, &MAC, &V4, &LABEL, &[0, 0, 9]]),
            alloc::format!(
                "mac-ip rd 64500:1 {ESI_TEXT} tag 7 mac 02:00:00:00:00:01 ip 192.0.2.1 \
                 label 39 (vni 624) label 0 (vni 9)"
            ),
        ),
        (
            route(2, &[&RD, &ESI, &TAG, &MAC, &V6, &LABEL]),
            alloc::format!(
                "mac-ip rd 64500:1 {ESI_TEXT} tag 7 mac 02:00:00:00:00:01 ip 2001:db8::1 label 39 (vni 624)"
            ),
        ),
        (
            route(3, &[&RD, &TAG, &V4]),
            "inclusive-multicast rd 64500:1 tag 7 originator 192.0.2.1".to_string(),
        ),
        (
            route(4, &[&[0, 1, 192, 0, 2, 1, 0, 9], &ESI, &V6]),
            alloc::format!("ethernet-segment rd 192.0.2.1:9 {ESI_TEXT} originator 2001:db8::1"),
        ),
        (
            route(5, &[&RD, &[0; 10], &TAG, &[24, 198, 51, 100, 0], &[192, 0, 2, 1], &LABEL]),
            "ip-prefix rd 64500:1 esi 00:00:00:00:00:00:00:00:00:00 tag 7 prefix 198.51.100.0/24 \
             gateway 192.0.2.1 label 39 (vni 624)"
                .to_string(),
        ),
        (
            route(5, &[&RD, &ESI, &TAG, &[64], &V6[1..9], &[0; 8], &[0; 16], &LABEL]),
            alloc::format!("ip-prefix rd 64500:1 {ESI_TEXT} tag 7 prefix 2001:db8::/64 label 39 (vni 624)"),
        ),
        (
            route(6, &[&RD, &TAG, &[0], &group[5..], &V4, &[4]]),
            "selective-multicast rd 64500:1 tag 7 source * group 239.1.1.1 originator 192.0.2.1 flags 0x04"
                .to_string(),
        ),
        (
            route(7, &[&RD, &ESI, &TAG, group, &V4, &[2]]),
            alloc::format!(
                "multicast-join-sync rd 64500:1 {ESI_TEXT} tag 7 source 192.0.2.9 group 239.1.1.1 \
                 originator 192.0.2.1 flags 0x02"
            ),
        ),
        (
            route(8, &[&RD, &ESI, &TAG, group, &V4, &[0, 0, 0, 0, 10, 2]]),
            alloc::format!(
                "multicast-leave-sync rd 64500:1 {ESI_TEXT} tag 7 source 192.0.2.9 group 239.1.1.1 \
                 originator 192.0.2.1 max-response-time 10 flags 0x02"
            ),
        ),
        (route(200, &[&[1, 2, 3]]), "evpn-type-200 0x010203".to_string()),
        (route(0, &[]), "evpn-type-0 0x".to_string()),
    ] {
        assert_eq!(read(&octets), Ok(vec![text]), "{octets:02x?}");
        let (nlri, _) = take(&octets).unwrap();
        let mut written = Vec::new();
        nlri.encode(None, &mut written);
        assert_eq!(written, octets);
        // One octet less or more is an error that leaves the next route readable.
        let kind = octets[0];
        if (1..=8).contains(&kind) {
            let one_less = route(kind, &[&octets[2..octets.len() - 1]]);
            let one_more = route(kind, &[&octets[2..], &[0]]);
            for wrong in [one_less, one_more] {
                assert_eq!(read(&wrong), Err(Fault::EvpnRoute(kind)), "{wrong:02x?}");
                let field = [&wrong[..], &octets].concat();
                let nlri = Nlri::new(Family::Evpn, false, &field).unwrap();
                let all: Vec<_> = nlri.typed().map(|(_, nlri)| nlri).collect();
                let malformed = TypedNlri::Malformed { octets: &wrong, fault: Fault::EvpnRoute(kind) };
                assert_eq!(all, [malformed, take(&octets).unwrap().0]);
            }
        }
    }
}

/// (octets, what is wrong with them)
#[test]
fn faults() {
    for (octets, fault) in [
        (vec![3], Fault::NlriTruncated),
        (vec![3, 1], Fault::NlriTruncated),
        (vec![200, 2, 1], Fault::NlriTruncated),
        (route(2, &[&RD, &ESI, &TAG, &[40], &MAC[1..], &[0], &LABEL]), Fault::EvpnRoute(2)),
        (route(2, &[&RD, &ESI, &TAG, &MAC, &[24, 192, 0, 2], &LABEL]), Fault::EvpnRoute(2)),
        (route(3, &[&RD, &TAG, &[0]]), Fault::EvpnRoute(3)),
        (route(4, &[&RD, &ESI, &[16, 192, 0]]), Fault::EvpnRoute(4)),
        (route(5, &[&RD, &ESI, &TAG, &[33, 192, 0, 2, 0], &[0; 4], &LABEL]), Fault::EvpnRoute(5)),
        (route(5, &[&RD, &ESI, &TAG, &[129], &[0; 32], &LABEL]), Fault::EvpnRoute(5)),
        (route(6, &[&RD, &TAG, &[0, 0, 0, 4]]), Fault::EvpnRoute(6)),
    ] {
        assert_eq!(read(&octets), Err(fault), "{octets:02x?}");
    }
}

/// RFC 9136 section 3.2 forbids to announce it; it can be read, and be withdrawn.
#[test]
fn two_overlay_indexes() {
    let octets = route(5, &[&RD, &ESI, &TAG, &[24, 198, 51, 100, 0], &[192, 0, 2, 1], &LABEL]);
    let nlri = Nlri::new(Family::Evpn, false, &octets).unwrap();
    let n = crate::Negotiated::new(crate::PeerKind::External);
    assert_eq!((nlri.fault(), nlri.fault_announced(&n)), (None, Some(Fault::EvpnOverlayIndexes)));
}

#[test]
fn host_bits_and_a_gateway_of_the_other_version_are_not_written() {
    let octets = route(5, &[&RD, &[0; 10], &TAG, &[8, 198, 51, 100, 1], &[0; 4], &LABEL]);
    let (TypedNlri::Evpn(mut read), _) = take(&octets).unwrap() else { panic!() };
    if let EvpnRoute::IpPrefix { gateway, .. } = &mut read {
        *gateway = IpAddr::from([1; 16]);
    }
    let mut written = Vec::new();
    read.encode(&mut written);
    assert_eq!(written, route(5, &[&RD, &[0; 10], &TAG, &[8, 198, 0, 0, 0], &[0; 4], &LABEL]));
}

fn addr() -> impl Strategy<Value = IpAddr> {
    prop_oneof![any::<[u8; 4]>().prop_map(IpAddr::from), any::<[u8; 16]>().prop_map(IpAddr::from)]
}

fn label() -> impl Strategy<Value = EvpnLabel> {
    any::<[u8; 3]>().prop_map(EvpnLabel)
}

fn group() -> impl Strategy<Value = MulticastGroup> {
    (of(addr()), of(addr()), addr()).prop_map(|(source, group, originator)| MulticastGroup {
        source,
        group,
        originator,
    })
}

fn prefix_and_gateway() -> impl Strategy<Value = (IpNet, IpAddr)> {
    prop_oneof![
        (any::<[u8; 4]>(), 0..=32u8, any::<[u8; 4]>()).prop_map(|(a, bits, b)| (a.into(), bits, b.into())),
        (any::<[u8; 16]>(), 0..=128u8, any::<[u8; 16]>()).prop_map(|(a, bits, b)| (a.into(), bits, b.into())),
    ]
    .prop_map(|(a, bits, gateway): (IpAddr, u8, IpAddr)| (IpNet::new(a, bits).unwrap().trunc(), gateway))
}

fn any_route() -> impl Strategy<Value = EvpnRoute<'static>> {
    let place = (any::<[u8; 8]>(), any::<[u8; 10]>(), any::<u32>());
    let place = place.prop_map(|(rd, esi, tag)| (RouteDistinguisher::from(rd), Esi(esi), tag));
    let mac_ip = (any::<[u8; 6]>(), of(addr()), of(label()));
    let rest = (label(), mac_ip, prefix_and_gateway(), group(), any::<(u32, u8, u8)>());
    (1..=8u8, place, rest).prop_map(|(kind, (rd, esi, tag), (label, mac_ip, net, group, numbers))| {
        let ((mac, ip, label2), (prefix, gateway)) = (mac_ip, net);
        let (reserved, max_response_time, flags) = numbers;
        let (mac, originator) = (MacAddr(mac), group.originator);
        match kind {
            1 => EvpnRoute::EthernetAutoDiscovery { rd, esi, tag, label },
            2 => EvpnRoute::MacIp { rd, esi, tag, mac, ip, label, label2 },
            3 => EvpnRoute::InclusiveMulticast { rd, tag, originator },
            4 => EvpnRoute::EthernetSegment { rd, esi, originator },
            5 => EvpnRoute::IpPrefix { rd, esi, tag, prefix, gateway, label },
            6 => EvpnRoute::SelectiveMulticast { rd, tag, group, flags },
            7 => EvpnRoute::MulticastJoinSync { rd, esi, tag, group, flags },
            _ => EvpnRoute::MulticastLeaveSync { rd, esi, tag, group, reserved, max_response_time, flags },
        }
    })
}

proptest! {
    #[test]
    fn written_routes_read_back(all in prop::collection::vec((any::<u32>(), any_route()), 0..10), add_path: bool) {
        let all: Vec<_> = all
            .into_iter()
            .map(|(path_id, route)| (if add_path { path_id } else { 0 }, TypedNlri::Evpn(route)))
            .collect();
        let mut raw = Vec::new();
        all.iter().for_each(|(path_id, nlri)| nlri.encode(add_path.then_some(*path_id), &mut raw));
        let nlri = Nlri::new(Family::Evpn, add_path, &raw).unwrap();
        prop_assert_eq!(nlri.fault(), None);
        prop_assert_eq!(nlri.typed().collect::<Vec<_>>(), all);
    }
}
