//! Attributes of later standards, one of each form, for the tests of what is written of them; and their lines.

use crate::LinkStateTlvType as Type;
use crate::*;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::net::IpAddr;

fn pmsi(flags: u8, label: u32, identifier: &TunnelIdentifier<'_>) -> OwnedAttr {
    OwnedAttr::new(AttrCode::PMSI_TUNNEL, |out| PmsiTunnel::put(flags, label, identifier, out))
}

fn tunnels(tunnels: &[(TunnelType, &[SubTlv<'_>])]) -> OwnedAttr {
    OwnedAttr::new(AttrCode::TUNNEL_ENCAPSULATION, |out| {
        for (kind, subs) in tunnels {
            TunnelEncapsulation::put(*kind, out, |out| subs.iter().for_each(|sub| sub.put(out)));
        }
    })
}

fn raw(code: AttrCode, octets: &[u8]) -> OwnedAttr {
    OwnedAttr::new(code, |out| out.extend_from_slice(octets))
}

/// Attributes and the line of each.
pub(crate) fn samples() -> Vec<(OwnedAttr, &'static str)> {
    [trees(), encapsulations(), paths(), link_state(), segments(), sets()].concat()
}

fn trees() -> Vec<(OwnedAttr, &'static str)> {
    let addr: IpAddr = [192, 0, 2, 1].into();
    let rsvp = TunnelIdentifier::RsvpTe { extended: addr, tunnel: 7, p2mp: 9 };
    let mldp = TunnelIdentifier::MldpP2mp(MldpFec { kind: 6, root: addr, opaque: &[1, 2] });
    let pim = TunnelIdentifier::Pim { kind: 3, source: addr, group: [232, 0, 0, 1].into() };
    let bier = TunnelIdentifier::Bier { subdomain: 1, bfr: 7, prefix: addr };
    let other = TunnelIdentifier::Other { kind: 13, octets: &[0xab] };
    vec![
        (
            pmsi(0, 100 << 4, &TunnelIdentifier::IngressReplication(addr)),
            "pmsi ingress-replication 192.0.2.1 label 100 (vni 1600)",
        ),
        (
            pmsi(1, 0, &rsvp),
            "pmsi rsvp-te-p2mp extended-tunnel-id 192.0.2.1 tunnel-id 7 p2mp-id 9 leaf-information-required",
        ),
        (pmsi(0, 0, &mldp), "pmsi mldp-p2mp root 192.0.2.1 opaque 0x0102"),
        (pmsi(0, 0, &pim), "pmsi pim-ssm source 192.0.2.1 group 232.0.0.1"),
        (pmsi(0, 16, &bier), "pmsi bier sub-domain 1 bfr-id 7 bfr-prefix 192.0.2.1 label 1 (vni 16)"),
        (pmsi(0, 0, &other), "pmsi type-13 0xab"),
        (pmsi(0, 0, &TunnelIdentifier::None), "pmsi no-tunnel"),
    ]
}

fn encapsulations() -> Vec<(OwnedAttr, &'static str)> {
    let endpoint = SubTlv::EgressEndpoint(EgressEndpoint::Addr([192, 0, 2, 1].into()));
    let network = |id, mac| SubTlv::Encapsulation(Encapsulation::VirtualNetwork { id, mac });
    let l2tp = SubTlv::Encapsulation(Encapsulation::L2tpv3 { session: 7, cookie: &[1, 2, 3, 4] });
    let label_index = [1, 0, 7, 0, 0, 0, 0, 0, 0, 7];
    let every = [
        SubTlv::EgressEndpoint(EgressEndpoint::NextHop),
        SubTlv::ProtocolType(0x0800),
        SubTlv::Color { flags: 0, color: 100 },
        SubTlv::LoadBalancingBlock(4),
        SubTlv::DsField(0xb8),
        SubTlv::UdpPort(6635),
        SubTlv::EmbeddedLabelHandling(1),
        SubTlv::LabelStack(&[[0, 6, 0x40, 0], [0, 0, 0x31, 0]]),
        SubTlv::PrefixSid(PrefixSid::new(&label_index).unwrap()),
        SubTlv::Preference(200),
        SubTlv::Priority(5),
        SubTlv::Other(Tlv { kind: 130, value: b"p" }),
        SubTlv::Other(Tlv { kind: 99, value: &[1] }),
    ];
    vec![
        (
            tunnels(&[
                (TunnelType::VXLAN, &[endpoint, network(Some(100), Some([0, 0, 0x5e, 0, 0x53, 1]))]),
                (TunnelType::GRE, &[endpoint, SubTlv::Encapsulation(Encapsulation::Gre(7))]),
            ]),
            "tunnel vxlan endpoint 192.0.2.1 vn-id 100 mac 00:00:5e:00:53:01 \
             tunnel gre endpoint 192.0.2.1 key 7",
        ),
        (
            tunnels(&[(TunnelType::NVGRE, &[network(None, None)]), (TunnelType::L2TPV3, &[l2tp])]),
            "tunnel nvgre encapsulation tunnel l2tpv3 session 7 cookie 0x01020304",
        ),
        (
            tunnels(&[(TunnelType(99), &every)]),
            "tunnel 99 endpoint next-hop protocol-type 0x0800 color 100 load-balancing-block 4 ds-field 0xb8 \
             udp-port 6635 embedded-label-handling 1 labels 100/3 prefix-sid (label-index 7) preference 200 \
             priority 5 policy-name 0x70 sub-tlv-99 0x01",
        ),
    ]
}

fn paths() -> Vec<(OwnedAttr, &'static str)> {
    let segment = |p_count, flags, asn| SecurePathSegment { p_count, flags, asn: Asn(asn) };
    let signed = OwnedAttr::new(AttrCode::BGPSEC_PATH, |out| {
        let one = SignatureSegment { ski: [7; 20], signature: &[1, 2] };
        BgpsecPath::put(&[segment(2, 0x80, 64500), segment(1, 0, 64501)], &[(1, &[one, one])], out);
    });
    let domain = |local| DPathDomain { global: 64500, local, safi: 70 };
    let domains = OwnedAttr::new(AttrCode::D_PATH, |out| DPath::put(&[domain(1), domain(2)], out));
    let bfd = |mode| {
        OwnedAttr::new(AttrCode::BFD_DISCRIMINATOR, |out| {
            BfdDiscriminator::put(mode, 7, [192, 0, 2, 1].into(), out);
        })
    };
    let community = Ipv6ExtendedCommunity([7; 20]);
    assert_eq!(community.to_string(), "0x0707070707070707070707070707070707070707");
    vec![
        (
            raw(AttrCode::IPV6_EXTENDED_COMMUNITIES, &community.0),
            "ipv6-extended-communities 0x0707070707070707070707070707070707070707",
        ),
        (OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(1000, out)), "aigp 1000"),
        (raw(AttrCode::AIGP, &[9, 0, 4, 0xab, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 7]), "aigp 7 tlv-9 0xab"),
        (signed, "bgpsec-path (64500x2) 64501 suite 1"),
        (raw(AttrCode::ONLY_TO_CUSTOMER, &[0, 0, 0xfb, 0xf4]), "otc 64500"),
        (domains, "d-path 64500:1:70 64500:2:70"),
        (bfd(BfdDiscriminator::P2MP), "bfd p2mp discriminator 7 source 192.0.2.1"),
        (bfd(9), "bfd mode 9 discriminator 7 source 192.0.2.1"),
    ]
}

fn link_state() -> Vec<(OwnedAttr, &'static str)> {
    let tlvs = |all: &[(Type, &[u8])]| {
        OwnedAttr::new(AttrCode::BGP_LS, |out| {
            all.iter().for_each(|(kind, value)| LinkStateValue::Other(value).put(*kind, out));
        })
    };
    let half = 0.5_f32.to_be_bytes();
    vec![
        (
            tlvs(&[
                (Type::NODE_MSD, &[1, 10]),
                (Type::NODE_FLAG_BITS, &[0x82]),
                (Type::NODE_NAME, b"r\"1"),
                (Type::IS_IS_AREA_IDENTIFIER, &[0x49, 0, 1]),
                (Type::IPV4_ROUTER_ID_OF_LOCAL_NODE, &[192, 0, 2, 1]),
            ]),
            "bgp-ls (node-msd 1:10, node-flag-bits overload,bit-6, node-name \"r\\\"1\", \
             is-is-area-identifier 49.0001, ipv4-router-id-of-local-node 192.0.2.1)",
        ),
        (
            tlvs(&[
                (Type::MULTI_TOPOLOGY_ID, &[0, 2]),
                (Type::ADMINISTRATIVE_GROUP, &[0, 0, 0, 3]),
                (Type::MAXIMUM_LINK_BANDWIDTH, &half),
                (Type::UNRESERVED_BANDWIDTH, half.repeat(8).as_slice()),
                (Type::TE_DEFAULT_METRIC, &[0, 0, 0, 5]),
                (Type::LINK_PROTECTION_TYPE, &[2, 0]),
                (Type::IGP_METRIC, &[0, 0, 10]),
                (Type::SHARED_RISK_LINK_GROUP, &[0, 0, 0, 1, 0, 0, 0, 2]),
                (Type::UNIDIRECTIONAL_LINK_DELAY, &[0x80, 0, 0, 9]),
                (Type::MIN_MAX_UNIDIRECTIONAL_LINK_DELAY, &[0, 0, 0, 1, 0, 0, 0, 2]),
                (Type(65000), &[0xab]),
            ]),
            "bgp-ls (multi-topology-id 2, administrative-group 0x00000003, maximum-link-bandwidth 0.5, \
             unreserved-bandwidth 0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5, te-default-metric 5, \
             link-protection-type 0x0200, igp-metric 10, shared-risk-link-group 1,2, \
             unidirectional-link-delay 9!, min-max-unidirectional-link-delay 1-2, tlv-65000 0xab)",
        ),
    ]
}

fn segments() -> Vec<(OwnedAttr, &'static str)> {
    let sid = Srv6Sid { sid: "2001:db8:1::".parse().unwrap(), flags: 0, behavior: 0x13, structure: None };
    let structure = SidStructure {
        block: 40,
        node: 24,
        function: 16,
        argument: 0,
        transposition_length: 16,
        transposition_offset: 64,
    };
    let of = |write: &dyn Fn(&mut Vec<u8>)| OwnedAttr::new(AttrCode::PREFIX_SID, write);
    let index = of(&|out| {
        PrefixSid::put_label_index(7, out);
        PrefixSid::put_originator_srgb(&[SrgbRange { base: 16000, range: 8000 }], out);
        out.extend_from_slice(&[99, 0, 1, 0xab]);
    });
    let service = of(&|out| {
        PrefixSid::put_srv6_l3_service(out, |out| Srv6Service::put_sid(&sid, out));
        PrefixSid::put_srv6_l2_service(out, |out| {
            Srv6Service::put_sid(&Srv6Sid { structure: Some(structure), ..sid }, out);
            out.extend_from_slice(&[99, 0, 1, 0xab]);
        });
    });
    vec![
        (index, "prefix-sid label-index 7 originator-srgb 16000-23999 tlv-99 0xab"),
        (
            service,
            "prefix-sid srv6-l3 2001:db8:1:: behavior 0x0013 \
             srv6-l2 2001:db8:1:: behavior 0x0013 structure 40/24/16/0 transposition 16@64 tlv-99 0xab",
        ),
    ]
}

/// A customer's attributes; such a set within another; and values that are malformed.
fn sets() -> Vec<(OwnedAttr, &'static str)> {
    let mut customer = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    (customer.local_pref, customer.only_to_customer) = (Some(200), Some(Asn(64501)));
    let set = |asn, customer: &AttributeSet| {
        OwnedAttr::new(AttrCode::ATTR_SET, |out| AttrSet::put(Asn(asn), customer, out))
    };
    let inner = set(64500, &customer);
    customer.put_other(inner.clone());
    let outer = set(64502, &customer);
    vec![
        (inner, "attr-set as 64500 (igp local-pref 200 otc 64501)"),
        (outer, "attr-set as 64502 (igp local-pref 200 otc 64501 ATTR_SET (25 octets))"),
        (raw(AttrCode::AIGP, &[1, 0]), "AIGP (2 octets)"),
        (raw(AttrCode::IPV6_EXTENDED_COMMUNITIES, &[]), "IPV6_EXTENDED_COMMUNITIES (0 octets)"),
        (raw(AttrCode(99), &[1]), "attribute 99 (1 octets)"),
    ]
}

#[test]
fn lines() {
    for (attr, line) in samples() {
        assert_eq!(attr.to_string(), line);
    }
}

/// However deep sets nest, what is written of them is one level deep.
#[test]
fn nested_sets() {
    let mut value = Vec::new();
    for _ in 0..2000 {
        let len = u16::try_from(value.len()).unwrap().to_be_bytes();
        let nested = if value.is_empty() { vec![] } else { [&[0xd0, 128], &len[..], &value].concat() };
        value = [&[0, 0, 0xfb, 0xf4], &nested[..]].concat();
    }
    let attr = raw(AttrCode::ATTR_SET, &value);
    let nested = value.len() - 8;
    assert_eq!(attr.to_string(), alloc::format!("attr-set as 64500 (ATTR_SET ({nested} octets))"));
}
