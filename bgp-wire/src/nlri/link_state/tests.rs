//! Link-State NLRI as octets, as values, as text.

use super::*;
use crate::asn::Asn;
use crate::family::Family;
use crate::link_state::{LinkStateTlv, LinkStateTlvType};
use crate::nlri::{Nlri, NlriBuf, NlriUnfit};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use core::net::{Ipv4Addr, Ipv6Addr};
use proptest::prelude::*;

pub(super) fn tlv(kind: u16, value: &[u8]) -> Vec<u8> {
    let len = u16::try_from(value.len()).unwrap();
    [&kind.to_be_bytes(), &len.to_be_bytes(), value].concat()
}

/// An NLRI of `protocol`, instance 0.
pub(super) fn nlri(kind: u16, protocol: u8, descriptors: &[Vec<u8>]) -> Vec<u8> {
    tlv(kind, &[&[protocol, 0, 0, 0, 0, 0, 0, 0, 0][..], &descriptors.concat()].concat())
}

/// What comes of one NLRI: its text, or its fault.
fn judged(family: Family, octets: &[u8]) -> Result<String, Fault> {
    let field = Nlri::new(family, false, octets)?;
    assert_eq!((field.count(), field.typed().count()), (1, 1));
    match field.typed().next() {
        Some((_, TypedNlri::Malformed { octets: whole, fault })) => {
            assert_eq!((whole, field.fault()), (octets, Some(fault)));
            Err(fault)
        }
        Some((0, nlri)) => {
            let mut again = Vec::new();
            nlri.encode(None, &mut again);
            assert_eq!((again.as_slice(), field.fault()), (octets, None));
            Ok(nlri.to_string())
        }
        other => panic!("{other:?}"),
    }
}

fn isis(last: u8) -> Vec<u8> {
    [tlv(512, &[0, 0, 0xfb, 0xf4]), tlv(513, &[0; 4]), tlv(515, &[0, 0, 0, 0, 0, last])].concat()
}

const SID: [u8; 16] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// (octets, text) by RFC 9552 section 5.2, RFC 9086 section 4 and RFC 9514 section 6.
#[test]
fn objects() {
    let ospf = |id: &[u8]| {
        tlv(256, &[tlv(512, &[0, 0, 0xfb, 0xf4]), tlv(514, &[0, 0, 0, 1]), tlv(515, id)].concat())
    };
    let bgp = |n| [tlv(512, &[0, 0, 0, n]), tlv(516, &[192, 0, 2, n]), tlv(517, &[0, 0, 0, 9])].concat();
    let (here, there) = (tlv(256, &isis(1)), tlv(257, &isis(2)));
    let who = "as 64500 bgp-ls-id 0 router 0000.0000.0001";
    let cases = [
        (nlri(1, 2, core::slice::from_ref(&here)), format!("node isis-level-2 id 0 {who}")),
        (
            nlri(1, 1, &[tlv(256, &tlv(515, &[0, 0, 0, 0, 0, 1, 0x0a]))]),
            "node isis-level-1 id 0 router 0000.0000.0001.0a".into(),
        ),
        (
            nlri(1, 3, &[ospf(&[192, 0, 2, 1])]),
            "node ospfv2 id 0 as 64500 area 0.0.0.1 router 192.0.2.1".into(),
        ),
        (
            nlri(1, 6, &[ospf(&[192, 0, 2, 1, 10, 0, 0, 1])]),
            "node ospfv3 id 0 as 64500 area 0.0.0.1 router 192.0.2.1:10.0.0.1".into(),
        ),
        (nlri(1, 200, &[]), "node protocol-200 id 0".into()),
        (
            nlri(1, 2, &[tlv(256, &tlv(600, &[7])), tlv(900, &[])]),
            "node isis-level-2 id 0 tlv-600 0x07 tlv-900 0x".into(),
        ),
        (
            nlri(2, 7, &[tlv(256, &bgp(1)), tlv(257, &bgp(2)), tlv(258, &[0, 0, 0, 1, 0, 0, 0, 2])]),
            "link bgp id 0 local (as 1 bgp-router 192.0.2.1 member-as 9) \
             remote (as 2 bgp-router 192.0.2.2 member-as 9) link-ids 1,2"
                .into(),
        ),
        (
            nlri(
                2,
                2,
                &[
                    here.clone(),
                    there,
                    tlv(259, &[10, 0, 0, 1]),
                    tlv(260, &[10, 0, 0, 2]),
                    tlv(261, &SID),
                    tlv(262, &SID),
                    tlv(263, &[0, 2]),
                ],
            ),
            format!(
                "link isis-level-2 id 0 local ({who}) remote (as 64500 bgp-ls-id 0 router 0000.0000.0002) \
                 interface 10.0.0.1 neighbor 10.0.0.2 interface 2001:db8::1 neighbor 2001:db8::1 mt 2"
            ),
        ),
        (
            nlri(3, 3, &[tlv(263, &[0, 0, 0, 2]), tlv(264, &[4]), tlv(265, &[20, 198, 51, 0xff])]),
            "ipv4-prefix ospfv2 id 0 mt 0,2 route-type external-2 prefix 198.51.240.0/20".into(),
        ),
        (
            nlri(3, 3, &[tlv(264, &[9]), tlv(265, &[0])]),
            "ipv4-prefix ospfv2 id 0 route-type 9 prefix 0.0.0.0/0".into(),
        ),
        (
            nlri(4, 2, &[here.clone(), tlv(265, &[32, 0x20, 1, 0xd, 0xb8])]),
            format!("ipv6-prefix isis-level-2 id 0 {who} prefix 2001:db8::/32"),
        ),
        (nlri(6, 2, &[here, tlv(518, &SID)]), format!("srv6-sid isis-level-2 id 0 {who} sid 2001:db8::1")),
        // What is of no use to an object says nothing, and is no error.
        (
            nlri(1, 2, &[tlv(257, &[]), tlv(265, &[99])]),
            "node isis-level-2 id 0 remote () ip-reachability-information 0x63".into(),
        ),
        (tlv(5, &[1, 2, 3]), "link-state-5 0x010203".into()),
        (tlv(0, &[]), "link-state-0 0x".into()),
    ];
    for (octets, text) in cases {
        assert_eq!(judged(Family::LinkState, &octets), Ok(text), "{octets:?}");
    }
}

/// (octets, what is wrong) by RFC 9552 sections 5.1 and 8.2.2.
#[test]
fn faults() {
    let node = |value: &[u8]| nlri(1, 2, &[tlv(256, value)]);
    let cut = |kind: u16| [&kind.to_be_bytes()[..], &[0, 9, 1]].concat();
    let cases = [
        (vec![0], Fault::NlriTruncated),
        (vec![0, 1, 0], Fault::NlriTruncated),
        (vec![0, 1, 0, 9, 2, 0, 0, 0, 0, 0, 0, 0], Fault::NlriTruncated),
        (vec![0, 5, 0, 1], Fault::NlriTruncated),
        (tlv(1, &[]), Fault::LinkStateNlri(1)),
        (tlv(6, &[2, 0, 0, 0, 0, 0, 0, 0]), Fault::LinkStateNlri(6)),
        (nlri(1, 2, &[vec![1]]), Fault::LinkStateTlv(0)),
        (nlri(1, 2, &[cut(256)]), Fault::LinkStateTlv(256)),
        (node(&cut(512)), Fault::LinkStateTlv(512)),
        (node(&tlv(512, &[0; 3])), Fault::LinkStateTlv(512)),
        (node(&tlv(513, &[0; 5])), Fault::LinkStateTlv(513)),
        (node(&tlv(514, &[])), Fault::LinkStateTlv(514)),
        (node(&tlv(515, &[0; 5])), Fault::LinkStateTlv(515)),
        (node(&tlv(515, &[0; 9])), Fault::LinkStateTlv(515)),
        (node(&tlv(516, &[0; 8])), Fault::LinkStateTlv(516)),
        (node(&[tlv(513, &[0; 4]), tlv(512, &[0; 4])].concat()), Fault::LinkStateOrder(512)),
        (node(&[tlv(600, &[]), tlv(600, &[0])].concat()), Fault::LinkStateTwice(600)),
        (nlri(2, 2, &[tlv(257, &[]), tlv(256, &[])]), Fault::LinkStateOrder(256)),
        (nlri(2, 2, &[tlv(900, &[0, 0]), tlv(900, &[1])]), Fault::LinkStateOrder(900)),
        (nlri(2, 2, &[tlv(900, &[2]), tlv(900, &[1])]), Fault::LinkStateOrder(900)),
        (nlri(2, 2, &[tlv(257, &tlv(512, &[0]))]), Fault::LinkStateTlv(512)),
        (nlri(2, 2, &[tlv(258, &[0; 4])]), Fault::LinkStateTlv(258)),
        (nlri(2, 2, &[tlv(259, &[0; 16])]), Fault::LinkStateTlv(259)),
        (nlri(2, 2, &[tlv(262, &[0; 4])]), Fault::LinkStateTlv(262)),
        (nlri(2, 2, &[tlv(263, &[0; 3])]), Fault::LinkStateTlv(263)),
        (nlri(3, 3, &[tlv(264, &[])]), Fault::LinkStateTlv(264)),
        (nlri(3, 3, &[tlv(265, &[])]), Fault::LinkStateTlv(265)),
        (nlri(3, 3, &[tlv(265, &[33, 0, 0, 0, 0, 0])]), Fault::LinkStateTlv(265)),
        (nlri(3, 3, &[tlv(265, &[24, 198, 51])]), Fault::LinkStateTlv(265)),
        (nlri(4, 3, &[tlv(265, &[8, 0x20, 0])]), Fault::LinkStateTlv(265)),
        (nlri(6, 2, &[tlv(518, &[0; 15])]), Fault::LinkStateTlv(518)),
    ];
    for (octets, fault) in cases {
        assert_eq!(judged(Family::LinkState, &octets), Err(fault), "{octets:?}");
    }
    // Not once, but one behind the other in their order, and twice the same.
    let ordered = [tlv(900, &[9]), tlv(900, &[9]), tlv(900, &[0, 0]), tlv(900, &[0, 1])];
    assert!(judged(Family::LinkState, &nlri(2, 2, &ordered)).is_ok());
}

#[test]
fn of_a_vpn() {
    let rd = [0, 0, 0xfb, 0xf4, 0, 0, 0, 7];
    let body = [&rd[..], &nlri(1, 2, &[])[4..]].concat();
    let text = "rd 64500:7 node isis-level-2 id 0";
    assert_eq!(judged(Family::LinkStateVpn, &tlv(1, &body)), Ok(text.into()));
    let unknown = [&rd[..], &[9]].concat();
    assert_eq!(judged(Family::LinkStateVpn, &tlv(99, &unknown)), Ok("rd 64500:7 link-state-99 0x09".into()));
    assert_eq!(judged(Family::LinkStateVpn, &tlv(99, &rd[1..])), Err(Fault::LinkStateNlri(99)));
    assert_eq!(judged(Family::LinkStateVpn, &tlv(1, &rd)), Err(Fault::LinkStateNlri(1)));
}

#[test]
fn a_field_takes_what_reads_back_as_itself() {
    let object = LinkStateBuf::new(ObjectKind::Node, ProtocolId::DIRECT, 7);
    let (rd, long) = ([0; 8].into(), vec![0; 65_536]);
    let mut field = NlriBuf::new(Family::LinkState, false);
    for (nlri, want) in [
        (TypedNlri::LinkState(object.view()), Ok(())),
        (TypedNlri::LinkState(LinkStateNlri::Unknown { kind: 5, value: &[1] }), Ok(())),
        (TypedNlri::LinkState(LinkStateNlri::Unknown { kind: 1, value: &[1] }), Err(NlriUnfit::Family)),
        (TypedNlri::LinkState(LinkStateNlri::Unknown { kind: 5, value: &long }), Err(NlriUnfit::Length)),
        (TypedNlri::LinkStateVpn(rd, object.view()), Err(NlriUnfit::Family)),
        (
            TypedNlri::Malformed { octets: &[0, 1, 0, 0], fault: Fault::LinkStateNlri(1) },
            Err(NlriUnfit::Family),
        ),
    ] {
        assert_eq!(field.push(0, &nlri), want, "{nlri}");
    }
    assert_eq!(field.view().count(), 2);
}

fn other(kind: u16, value: &[u8]) -> Descriptor<'_> {
    Descriptor::Other(LinkStateTlv { kind: LinkStateTlvType(kind), value })
}

#[test]
fn what_would_be_malformed_is_not_added() {
    let mut object = LinkStateBuf::new(ObjectKind::Link, ProtocolId::ISIS_LEVEL_2, 0);
    let (id, long) = (NodeDescriptor::BgpLsId(1), vec![0; 65_536]);
    assert_eq!(object.local_node(&[id, id]), Err(Fault::LinkStateTwice(513)));
    assert_eq!(object.push(&other(258, &[1])), Err(Fault::LinkStateTlv(258)));
    assert_eq!(object.push(&other(900, &long)), Err(Fault::LinkStateTlv(900)));
    assert_eq!(object.push(&other(900, &long[..65_520])), Err(Fault::LinkStateTlv(900)));
    assert_eq!(object, LinkStateBuf::new(ObjectKind::Link, ProtocolId::ISIS_LEVEL_2, 0));
    assert_eq!(object.push(&other(900, &long[..65_510])), Ok(()));
    let mut field = NlriBuf::new(Family::LinkStateVpn, false);
    assert_eq!(field.push(0, &TypedNlri::LinkStateVpn([0; 8].into(), object.view())), Ok(()));
}

fn any_node() -> impl Strategy<Value = Vec<NodeDescriptor<'static>>> {
    let id = prop_oneof![
        any::<u32>().prop_map(|n| IgpRouterId::Ospf(n.into())),
        any::<[u8; 6]>().prop_map(IgpRouterId::Isis),
        any::<([u8; 6], u8)>().prop_map(|(system, n)| IgpRouterId::IsisPseudonode(system, n)),
        any::<(u32, u32)>().prop_map(|(a, b)| IgpRouterId::OspfPseudonode(a.into(), b.into())),
    ];
    let all = (any::<u32>(), any::<u32>(), any::<u32>(), id, any::<u32>(), any::<u32>()).prop_map(
        |(asn, ls, area, id, bgp, member)| {
            vec![
                NodeDescriptor::Asn(Asn(asn)),
                NodeDescriptor::BgpLsId(ls),
                NodeDescriptor::OspfArea(area.into()),
                NodeDescriptor::IgpRouterId(id),
                NodeDescriptor::BgpRouterId(bgp.into()),
                NodeDescriptor::ConfederationMember(Asn(member)),
                NodeDescriptor::Other(LinkStateTlv { kind: LinkStateTlvType(700), value: b"any" }),
            ]
        },
    );
    all.prop_flat_map(|all| prop::sample::subsequence(all, 0..=7)).prop_shuffle()
}

fn any_descriptor(kind: ObjectKind) -> impl Strategy<Value = Descriptor<'static>> {
    let v4 = || any::<u32>().prop_map(Ipv4Addr::from);
    let v6 = || any::<u128>().prop_map(Ipv6Addr::from);
    let prefix = (any::<u128>(), 0..=32u8).prop_map(move |(addr, bits)| {
        let (four, six) = (Ipv4Addr::from((addr & 0xffff_ffff) as u32), Ipv6Addr::from(addr));
        let net = match kind {
            ObjectKind::Ipv4Prefix => ipnet::IpNet::new_assert(four.into(), bits),
            _ => ipnet::IpNet::new_assert(six.into(), bits),
        };
        net.trunc()
    });
    let of_prefix = matches!(kind, ObjectKind::Ipv4Prefix | ObjectKind::Ipv6Prefix);
    let reach = prefix.prop_map(move |net| {
        if of_prefix { Descriptor::Reachability(net) } else { Descriptor::OspfRouteType(OspfRouteType(1)) }
    });
    prop_oneof![
        any::<(u32, u32)>().prop_map(|(local, remote)| Descriptor::LinkIds { local, remote }),
        v4().prop_map(Descriptor::Ipv4Interface),
        v4().prop_map(Descriptor::Ipv4Neighbor),
        v6().prop_map(Descriptor::Ipv6Interface),
        v6().prop_map(Descriptor::Ipv6Neighbor),
        v6().prop_map(Descriptor::Srv6Sid),
        any::<u8>().prop_map(|n| Descriptor::OspfRouteType(OspfRouteType(n))),
        reach,
        Just(Descriptor::Other(LinkStateTlv { kind: LinkStateTlvType(1), value: &[1, 2] })),
    ]
}

/// A kind, and what of it is to come back.
fn any_object() -> impl Strategy<Value = (ObjectKind, Vec<Descriptor<'static>>)> {
    prop::sample::select(ObjectKind::ALL.to_vec())
        .prop_flat_map(|kind| (Just(kind), prop::collection::vec(any_descriptor(kind), 0..6)))
}

proptest! {
    #[test]
    fn what_is_built_reads_back(
        (kind, descriptors) in any_object(),
        here in any_node(),
        there in any_node(),
        (protocol, identifier, path_id, rd) in any::<(u8, u64, u32, [u8; 8])>(),
    ) {
        let mut buf = LinkStateBuf::new(kind, ProtocolId(protocol), identifier);
        buf.remote_node(&there).unwrap();
        descriptors.iter().for_each(|one| buf.push(one).unwrap());
        buf.local_node(&here).unwrap();
        for (family, nlri) in [
            (Family::LinkState, TypedNlri::LinkState(buf.view())),
            (Family::LinkStateVpn, TypedNlri::LinkStateVpn(rd.into(), buf.view())),
        ] {
            let mut field = NlriBuf::new(family, true);
            field.push(path_id, &nlri).unwrap();
            field.push(path_id, &nlri).unwrap();
            let again = Nlri::new(family, true, field.view().as_bytes()).unwrap();
            prop_assert!(again.typed().eq([(path_id, nlri), (path_id, nlri)]));
        }
        let object = buf.view().object().unwrap();
        prop_assert_eq!(&LinkStateBuf::from(object), &buf);
        prop_assert_eq!((object.kind(), object.protocol, object.identifier), (kind, ProtocolId(protocol), identifier));
        for (node, want) in [(object.local_node(), here), (object.remote_node(), there)] {
            let node: Vec<_> = node.unwrap().iter().collect();
            prop_assert!(node.is_sorted_by_key(NodeDescriptor::kind));
            prop_assert_eq!(node.len(), want.len());
            prop_assert!(want.iter().all(|one| node.contains(one)));
        }
        let back: Vec<_> = object.descriptors.iter().collect();
        prop_assert_eq!(back.len(), descriptors.len() + 2);
        prop_assert!(descriptors.iter().all(|one| back.contains(one)));
    }
}
