//! The JSON of NLRI, letter by letter.

use crate::*;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::to_string;

/// The JSON of one NLRI as it is read from a field, without its text, which stands at the end and is its `Display`.
fn json(family: Family, nlri: &TypedNlri<'_>) -> String {
    let mut octets = Vec::new();
    nlri.encode(None, &mut octets);
    let field = Nlri::new(family, false, &octets).unwrap();
    let json = to_string(&field).unwrap();
    let text = alloc::format!(r#""text":"{nlri}"}}]"#);
    let fields = json.strip_prefix('[').and_then(|json| json.strip_suffix(&text)).unwrap();
    [fields.trim_end_matches(','), "}"].concat()
}

fn rd() -> RouteDistinguisher {
    RouteDistinguisher::Asn2 { asn: 64500, number: 1 }
}

#[test]
fn labels_and_edges() {
    let prefix = "198.51.100.0/24".parse().unwrap();
    let labels = Labels::new(&[100, 200]).unwrap();
    let target = "rt:64500:1".parse().unwrap();
    let base = Label::last(100).unwrap();
    for (family, nlri, want) in [
        (
            Family::Ipv4Labelled,
            TypedNlri::Labelled(LabelledPrefix::new(labels, prefix).unwrap()),
            r#"{"prefix":"198.51.100.0/24","labels":[100,200]}"#,
        ),
        (
            Family::Ipv4Labelled,
            TypedNlri::Labelled(LabelledPrefix::new(Labels::WITHDRAWN, prefix).unwrap()),
            r#"{"prefix":"198.51.100.0/24"}"#,
        ),
        (
            Family::Ipv4Vpn,
            TypedNlri::Vpn(VpnPrefix::new(labels, rd(), prefix).unwrap()),
            r#"{"rd":"64500:1","prefix":"198.51.100.0/24","labels":[100,200]}"#,
        ),
        (
            Family::Vpls,
            TypedNlri::Vpls(Vpls::Block { rd: rd(), ve_id: 1, offset: 2, size: 8, base }),
            r#"{"type":"block","rd":"64500:1","ve-id":1,"offset":2,"size":8,"label-base":100}"#,
        ),
        (
            Family::Vpls,
            TypedNlri::Vpls(Vpls::Discovery { rd: rd(), pe: [192, 0, 2, 1].into() }),
            r#"{"type":"discovery","rd":"64500:1","pe":"192.0.2.1"}"#,
        ),
        (
            Family::Vpls,
            TypedNlri::Vpls(Vpls::Circuits { rd: rd(), ce_id: 1, offset: 2, base, tlvs: &[1, 0, 0] }),
            r#"{"type":"circuits","rd":"64500:1","ce-id":1,"offset":2,"label-base":100,"tlvs":"010000"}"#,
        ),
        (Family::RouteTarget, TypedNlri::RouteTarget(RouteTargetMembership::DEFAULT), "{}"),
        (
            Family::RouteTarget,
            TypedNlri::RouteTarget(RouteTargetMembership::new(Asn(64500), target)),
            r#"{"origin-as":64500,"route-target":"rt:64500:1","route-target-bits":64}"#,
        ),
        (
            Family::Ipv6SrPolicy,
            TypedNlri::SrPolicy(SrPolicy {
                distinguisher: 1,
                color: 200,
                endpoint: "2001:db8::1".parse().unwrap(),
            }),
            r#"{"distinguisher":1,"color":200,"endpoint":"2001:db8::1"}"#,
        ),
    ] {
        assert_eq!(json(family, &nlri), want);
    }
}

#[test]
fn evpn() {
    let (rd, tag, esi) = (rd(), 7, Esi([3, 2, 0, 0, 0, 0, 1, 0, 0, 7]));
    let (label, mac) = (EvpnLabel::from_vni(1601), MacAddr([0, 0, 0x5e, 0, 0x53, 1]));
    let originator = [192, 0, 2, 1].into();
    let group = MulticastGroup { source: None, group: Some([232, 0, 0, 1].into()), originator };
    let none = [0; 4].into();
    for (route, want) in [
        (
            EvpnRoute::EthernetAutoDiscovery { rd, esi, tag, label },
            concat!(
                r#"{"type":"ethernet-ad","rd":"64500:1","esi":"03:02:00:00:00:00:01:00:00:07","#,
                r#""tag":7,"label":{"mpls":100,"vni":1601}}"#,
            ),
        ),
        (
            EvpnRoute::MacIp { rd, esi, tag, mac, ip: None, label, label2: None },
            concat!(
                r#"{"type":"mac-ip","rd":"64500:1","esi":"03:02:00:00:00:00:01:00:00:07","tag":7,"#,
                r#""mac":"00:00:5e:00:53:01","label":{"mpls":100,"vni":1601}}"#,
            ),
        ),
        (
            EvpnRoute::MacIp { rd, esi, tag, mac, ip: Some(originator), label, label2: Some(label) },
            concat!(
                r#"{"type":"mac-ip","rd":"64500:1","esi":"03:02:00:00:00:00:01:00:00:07","tag":7,"#,
                r#""mac":"00:00:5e:00:53:01","ip":"192.0.2.1","label":{"mpls":100,"vni":1601},"#,
                r#""label2":{"mpls":100,"vni":1601}}"#,
            ),
        ),
        (
            EvpnRoute::InclusiveMulticast { rd, tag, originator },
            r#"{"type":"inclusive-multicast","rd":"64500:1","tag":7,"originator":"192.0.2.1"}"#,
        ),
        (
            EvpnRoute::EthernetSegment { rd, esi, originator },
            concat!(
                r#"{"type":"ethernet-segment","rd":"64500:1","esi":"03:02:00:00:00:00:01:00:00:07","#,
                r#""originator":"192.0.2.1"}"#,
            ),
        ),
        (
            EvpnRoute::IpPrefix {
                rd,
                esi,
                tag,
                prefix: "198.51.100.0/24".parse().unwrap(),
                gateway: none,
                label,
            },
            concat!(
                r#"{"type":"ip-prefix","rd":"64500:1","esi":"03:02:00:00:00:00:01:00:00:07","tag":7,"#,
                r#""prefix":"198.51.100.0/24","label":{"mpls":100,"vni":1601}}"#,
            ),
        ),
        (
            EvpnRoute::SelectiveMulticast { rd, tag, group, flags: 2 },
            concat!(
                r#"{"type":"selective-multicast","rd":"64500:1","tag":7,"group":"232.0.0.1","#,
                r#""originator":"192.0.2.1","flags":2}"#,
            ),
        ),
        (
            EvpnRoute::MulticastLeaveSync {
                rd,
                esi,
                tag,
                group,
                reserved: 0,
                max_response_time: 9,
                flags: 2,
            },
            concat!(
                r#"{"type":"multicast-leave-sync","rd":"64500:1","#,
                r#""esi":"03:02:00:00:00:00:01:00:00:07","tag":7,"group":"232.0.0.1","#,
                r#""originator":"192.0.2.1","max-response-time":9,"flags":2}"#,
            ),
        ),
        (EvpnRoute::Other { kind: 99, value: &[1, 0xab] }, r#"{"type":99,"value":"01ab"}"#),
    ] {
        assert_eq!(json(Family::Evpn, &TypedNlri::Evpn(route)), want);
    }
    let malformed = Nlri::new(Family::Evpn, false, &[3, 1, 0]).unwrap();
    assert_eq!(
        to_string(&malformed).unwrap(),
        concat!(
            r#"[{"fault":"has an EVPN route that is not as type 3 asks","octets":"030100","#,
            r#""text":"0x030100"}]"#,
        )
    );
}

#[test]
fn flow_specifications() {
    let v4 = "destination 198.51.100.0/24 & port >=137&<=139,=8080,true & tcp-flags =syn+ack,!rst";
    let v6 = "source ::1234:5678:9a00:0/64-104 & fragment is-fragment&!first-fragment";
    let (v4, v6) = (FlowSpecBuf::parse(false, v4).unwrap(), FlowSpecBuf::parse(true, v6).unwrap());
    let (four, six) = (v4.as_flow_spec().unwrap(), v6.as_flow_spec().unwrap());
    let want = concat!(
        r#"[{"type":"destination","prefix":"198.51.100.0/24"},{"type":"port","tests":[{"#,
        r#""op":">=","value":137},{"and":true,"op":"<=","value":139},{"op":"=","value":8080},"#,
        r#"{"op":"true"}]},{"type":"tcp-flags","tests":[{"all":true,"bits":18},{"not":true,"#,
        r#""bits":4}]}]"#,
    );
    assert_eq!(to_string(&v4).unwrap(), want);
    let object = alloc::format!(r#"{{"components":{want}}}"#);
    assert_eq!(json(Family::Ipv4FlowSpec, &TypedNlri::FlowSpec(four)), object);
    assert_eq!(
        json(Family::Ipv6VpnFlowSpec, &TypedNlri::VpnFlowSpec(rd(), six)),
        concat!(
            r#"{"rd":"64500:1","components":[{"type":"source","prefix":"::1234:5678:9a00:0/104","#,
            r#""offset":64},{"type":"fragment","tests":[{"bits":2},{"and":true,"not":true,"#,
            r#""bits":4}]}]}"#,
        )
    );
}

#[test]
fn link_state() {
    let node = |n| {
        [
            NodeDescriptor::Asn(Asn(64500)),
            NodeDescriptor::BgpLsId(0),
            NodeDescriptor::OspfArea([0; 4].into()),
            NodeDescriptor::IgpRouterId(IgpRouterId::IsisPseudonode([0, 0, 0, 0, 0, n], 2)),
            NodeDescriptor::BgpRouterId([192, 0, 2, n].into()),
            NodeDescriptor::ConfederationMember(Asn(64501)),
            NodeDescriptor::Other(LinkStateTlv { kind: LinkStateTlvType(65000), value: &[1] }),
        ]
    };
    let mut link = LinkStateBuf::new(ObjectKind::Link, ProtocolId::ISIS_LEVEL_2, 7);
    link.local_node(&node(1)).unwrap();
    link.remote_node(&node(2)).unwrap();
    for descriptor in [
        Descriptor::LinkIds { local: 1, remote: 2 },
        Descriptor::Ipv4Interface([192, 0, 2, 1].into()),
        Descriptor::Ipv4Interface([192, 0, 2, 2].into()),
        Descriptor::Ipv6Neighbor("2001:db8::1".parse().unwrap()),
        Descriptor::Other(LinkStateTlv { kind: LinkStateTlvType(263), value: &[0, 2] }),
        Descriptor::Other(LinkStateTlv { kind: LinkStateTlvType(65000), value: &[0xab] }),
    ] {
        link.push(&descriptor).unwrap();
    }
    let mut prefix = LinkStateBuf::new(ObjectKind::Ipv4Prefix, ProtocolId(99), 0);
    prefix.push(&Descriptor::OspfRouteType(OspfRouteType(1))).unwrap();
    prefix.push(&Descriptor::OspfRouteType(OspfRouteType(9))).unwrap();
    prefix.push(&Descriptor::Reachability("198.51.100.0/24".parse().unwrap())).unwrap();
    let mut sid = LinkStateBuf::new(ObjectKind::Srv6Sid, ProtocolId::OSPFV3, 0);
    sid.push(&Descriptor::Srv6Sid("2001:db8::".parse().unwrap())).unwrap();
    for (family, nlri, want) in [
        (
            Family::LinkState,
            TypedNlri::LinkState(link.view()),
            concat!(
                r#"{"type":"link","protocol":"isis-level-2","identifier":7,"local-node":{"asn":64500,"#,
                r#""bgp-ls-id":0,"ospf-area":"0.0.0.0","igp-router-id":"0000.0000.0001.02","#,
                r#""bgp-router-id":"192.0.2.1","confederation-member":64501,"tlv-65000":"01"},"#,
                r#""remote-node":{"asn":64500,"bgp-ls-id":0,"ospf-area":"0.0.0.0","#,
                r#""igp-router-id":"0000.0000.0002.02","bgp-router-id":"192.0.2.2","#,
                r#""confederation-member":64501,"tlv-65000":"01"},"descriptors":[{"type":258,"#,
                r#""name":"link-local-remote-identifiers","value":{"local":1,"remote":2}},{"#,
                r#""type":259,"name":"ipv4-interface-address","value":"192.0.2.1"},{"type":259,"#,
                r#""name":"ipv4-interface-address","value":"192.0.2.2"},{"type":262,"#,
                r#""name":"ipv6-neighbor-address","value":"2001:db8::1"},{"type":263,"#,
                r#""name":"multi-topology-id","value":[2]},{"type":65000,"value":"ab"}]}"#,
            ),
        ),
        (
            Family::LinkState,
            TypedNlri::LinkState(prefix.view()),
            concat!(
                r#"{"type":"ipv4-prefix","protocol":99,"identifier":0,"prefix":"198.51.100.0/24","#,
                r#""descriptors":[{"type":264,"name":"ospf-route-type","value":"intra-area"},{"#,
                r#""type":264,"name":"ospf-route-type","value":9},{"type":265,"#,
                r#""name":"ip-reachability-information","value":"198.51.100.0/24"}]}"#,
            ),
        ),
        (
            Family::LinkStateVpn,
            TypedNlri::LinkStateVpn(rd(), sid.view()),
            concat!(
                r#"{"rd":"64500:1","type":"srv6-sid","protocol":"ospfv3","identifier":0,"#,
                r#""descriptors":[{"type":518,"name":"srv6-sid-information","value":"2001:db8::"}]}"#,
            ),
        ),
        (
            Family::LinkState,
            TypedNlri::LinkState(LinkStateNlri::Unknown { kind: 9, value: &[1] }),
            r#"{"type":9,"value":"01"}"#,
        ),
    ] {
        assert_eq!(json(family, &nlri), want);
    }
}

/// A path identifier stands before the fields; what is not an object has a key of its own.
#[test]
fn path_identifiers() {
    let route = [0, 0, 0, 7, 24 + 8, 0, 6, 0x41, 10];
    for (family, octets, want) in [
        (Family::Ipv4Unicast, &[0, 0, 0, 7, 8, 10][..], r#"[{"path-id":7,"prefix":"10.0.0.0/8"}]"#),
        (
            Family::Ipv4Labelled,
            &route,
            r#"[{"path-id":7,"prefix":"10.0.0.0/8","labels":[100],"text":"10.0.0.0/8 label 100"}]"#,
        ),
        (AfiSafi { afi: 99, safi: 99 }.into(), &[1, 2], r#"[{"path-id":0,"nlri":"0102"}]"#),
    ] {
        assert_eq!(to_string(&Nlri::new(family, true, octets).unwrap()).unwrap(), want);
    }
}

/// What people write of them, and what it cannot be.
#[test]
fn what_is_read_back() {
    fn reads<T: ::serde::Serialize + ::serde::de::DeserializeOwned>(text: &str) -> Option<String> {
        serde_json::from_str::<T>(text).ok().map(|value| to_string(&value).unwrap())
    }
    for (got, text) in [
        (reads::<RouteDistinguisher>(r#""192.0.2.1:7""#), r#""192.0.2.1:7""#),
        (reads::<MacAddr>(r#""00:00:5e:00:53:01""#), r#""00:00:5e:00:53:01""#),
        (reads::<Esi>(r#""03:02:00:00:00:00:01:00:00:07""#), r#""03:02:00:00:00:00:01:00:00:07""#),
        (reads::<Label>("1048575"), "1048575"),
    ] {
        assert_eq!(got.as_deref(), Some(text));
    }
    let wrong = [
        reads::<RouteDistinguisher>("1"),
        reads::<RouteDistinguisher>(r#""64500""#),
        reads::<MacAddr>(r#""00:00:5e:00:53""#),
        reads::<Esi>(r#""00""#),
        reads::<Label>("1048576"),
    ];
    assert_eq!(wrong, [const { None }; 5]);
}
