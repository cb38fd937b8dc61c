//! Text, octets and meaning of every kind of extended community.

use super::*;
use crate::asn::Asn;
use alloc::string::{String, ToString};
use core::net::Ipv4Addr;
use proptest::prelude::*;

fn of(octets: u64) -> ExtendedCommunity {
    ExtendedCommunity(octets.to_be_bytes())
}

/// Both ways between text and octets, and from the kind to the octets.
fn check(text: &str, octets: u64, kind: ExtendedKind) {
    assert_eq!(of(octets).to_string(), text);
    assert_eq!(text.parse(), Ok(of(octets)), "{text}");
    assert_eq!(of(octets).kind(), kind, "{text}");
    assert_eq!(ExtendedCommunity::from(kind), of(octets), "{text}");
}

/// (text, octets): the three forms under every type that has them (RFC 4360, 5668, 4577, 6514, 8955).
#[test]
fn an_administrator_and_its_number() {
    let two = |asn, local| Administered::TwoOctetAs { asn, local };
    let four = |asn, local| Administered::FourOctetAs { asn: Asn(asn), local };
    let address = Administered::Ipv4 { address: Ipv4Addr::new(192, 0, 2, 1), local: 7 };
    for (value, form, octets, of) in [
        ("64500:100", 0, 0xfbf4_0000_0064, two(64500, 100)),
        ("0:4294967295", 0, 0xffff_ffff, two(0, u32::MAX)),
        ("192.0.2.1:7", 1, 0xc000_0201_0007, address),
        ("4200000000:7", 2, 0xfa56_ea00_0007, four(4_200_000_000, 7)),
        ("64500L:100", 2, 0x0000_fbf4_0064, four(64500, 100)),
        ("65535L:0", 2, 0x0000_ffff_0000, four(65535, 0)),
        ("65536:0", 2, 0x0001_0000_0000, four(65536, 0)),
    ] {
        for (name, head, kind) in [
            ("rt", 0x0002, ExtendedKind::RouteTarget(of)),
            ("ro", 0x0003, ExtendedKind::RouteOrigin(of)),
            ("ospf-domain-id", 0x0005, ExtendedKind::Ospf(OspfCommunity::DomainId(of))),
            ("redirect", 0x8008, ExtendedKind::FlowSpec(FlowSpecAction::Redirect(of))),
        ] {
            check(&[name, ":", value].concat(), (head | form << 8) << 48 | octets, kind);
        }
    }
    let two = AsSpecific::TwoOctet { asn: 64500, local: 0 };
    let four = AsSpecific::FourOctet { asn: Asn(64500), local: 1 };
    check("source-as:64500:0", 0x0009_fbf4_0000_0000, ExtendedKind::SourceAs(two));
    check("source-as:64500L:1", 0x0209_0000_fbf4_0001, ExtendedKind::SourceAs(four));
    check("bgp-data-collection:64500:0", 0x0008_fbf4_0000_0000, ExtendedKind::DataCollection(two));
    check("bgp-data-collection:64500L:1", 0x0208_0000_fbf4_0001, ExtendedKind::DataCollection(four));
    let import = ExtendedKind::VrfRouteImport { address: Ipv4Addr::new(192, 0, 2, 1), local: 7 };
    check("vrf-route-import:192.0.2.1:7", 0x010b_c000_0201_0007, import);
}

#[test]
fn single_kinds() {
    let speed = |transitive, bytes_per_second| {
        ExtendedKind::LinkBandwidth(LinkBandwidth { transitive, asn: 64500, bytes_per_second })
    };
    check("lb:64500:125000000", 0x4004_fbf4_4cee_6b28, speed(false, 125e6));
    check("lb-transitive:64500:125000000", 0x0004_fbf4_4cee_6b28, speed(true, 125e6));
    check("lb:64500:0.5", 0x4004_fbf4_3f00_0000, speed(false, 0.5));
    check("lb:64500:-0", 0x4004_fbf4_8000_0000, speed(false, -0.0));
    check("lb:64500:inf", 0x4004_fbf4_7f80_0000, speed(false, f32::INFINITY));

    let cost =
        |transitive| ExtendedKind::Cost(Cost { transitive, point_of_insertion: 129, id: 1, cost: 100 });
    check("cost:129:1:100", 0x4301_8101_0000_0064, cost(false));
    check("cost-transitive:129:1:100", 0x0301_8101_0000_0064, cost(true));

    for (text, octets, co) in [
        ("color:00:100", 0x030b_0000_0000_0064, 0),
        ("color:01:100", 0x030b_4000_0000_0064, 1),
        ("color:10:100", 0x030b_8000_0000_0064, 2),
        ("color:11:100", 0x030b_c000_0000_0064, 3),
    ] {
        check(text, octets, ExtendedKind::Color(Color { co, color: 100 }));
    }
    check("default-gateway", 0x030d_0000_0000_0000, ExtendedKind::DefaultGateway);

    for (state, name) in [(0, "valid"), (1, "not-found"), (2, "invalid"), (3, "3"), (255, "255")] {
        let kind = ExtendedKind::OriginValidation(OriginValidation(state));
        check(&["origin-validation:", name].concat(), 0x4300_0000_0000_0000 | u64::from(state), kind);
    }
    let info = Layer2Info { encapsulation: 19, flags: 2, mtu: 1500, preference: 100 };
    check("layer2-info:19:0x02:1500:100", 0x800a_1302_05dc_0064, ExtendedKind::Layer2Info(info));

    let area = Ipv4Addr::new(0, 0, 0, 1);
    let route = OspfCommunity::RouteType { area, route_type: 5, options: 1 };
    check("ospf-route-type:0.0.0.1:5:0x01", 0x0306_0000_0001_0501, ExtendedKind::Ospf(route));
    let router = OspfCommunity::RouterId(Ipv4Addr::new(192, 0, 2, 1));
    check("ospf-router-id:192.0.2.1", 0x0107_c000_0201_0000, ExtendedKind::Ospf(router));
}

/// (name, number): the registry of tunnel types.
#[test]
fn tunnel_types() {
    for (name, number) in [
        ("l2tpv3", 1),
        ("gre", 2),
        ("ip-in-ip", 7),
        ("vxlan", 8),
        ("nvgre", 9),
        ("mpls", 10),
        ("mpls-in-gre", 11),
        ("vxlan-gpe", 12),
        ("mpls-in-udp", 13),
        ("ipv6-tunnel", 14),
        ("sr-policy", 15),
        ("bare", 16),
        ("geneve", 19),
        ("any", 20),
        ("0", 0),
        ("65535", 65535),
    ] {
        let kind = ExtendedKind::Encapsulation(TunnelType(number));
        check(&["encap:", name].concat(), 0x030c_0000_0000_0000 | u64::from(number), kind);
        let by_number = ["encap:", &number.to_string()].concat();
        assert_eq!(by_number.parse(), Ok(ExtendedCommunity::from(kind)));
    }
}

#[test]
fn evpn() {
    use EvpnCommunity as Evpn;
    let mac = [0, 0, 0x5e, 0, 0x53, 1];
    for (text, octets, kind) in [
        ("mac-mobility:3", 0x0600_0000_0000_0003, Evpn::MacMobility { sticky: false, sequence: 3 }),
        ("mac-mobility:sticky:0", 0x0600_0100_0000_0000, Evpn::MacMobility { sticky: true, sequence: 0 }),
        ("esi-label:all-active:16001", 0x0601_0000_0003_e810, Evpn::EsiLabel { flags: 0, label: 16001 }),
        (
            "esi-label:single-active:1048575",
            0x0601_0100_00ff_fff0,
            Evpn::EsiLabel { flags: 1, label: 0xf_ffff },
        ),
        ("esi-label:0x41:0", 0x0601_4100_0000_0000, Evpn::EsiLabel { flags: 0x41, label: 0 }),
        ("es-import:00:00:5e:00:53:01", 0x0602_0000_5e00_5301, Evpn::EsImport(mac)),
        ("router-mac:00:00:5e:00:53:01", 0x0603_0000_5e00_5301, Evpn::RouterMac(mac)),
        (
            "layer2-attributes:0x0002:1500",
            0x0604_0002_05dc_0000,
            Evpn::Layer2Attributes { flags: 2, mtu: 1500 },
        ),
        ("e-tree:leaf:16001", 0x0605_0100_0003_e810, Evpn::ETree { flags: 1, label: 16001 }),
        ("e-tree:root:0", 0x0605_0000_0000_0000, Evpn::ETree { flags: 0, label: 0 }),
        ("e-tree:0x80:0", 0x0605_8000_0000_0000, Evpn::ETree { flags: 0x80, label: 0 }),
        (
            "df-election:2:0x4000:32767",
            0x0606_0240_0000_7fff,
            Evpn::DfElection { algorithm: 2, capabilities: 0x4000, preference: 32767 },
        ),
        ("arp-nd:0x01", 0x0608_0100_0000_0000, Evpn::ArpNd(1)),
        ("multicast-flags:0x0003", 0x0609_0003_0000_0000, Evpn::MulticastFlags(3)),
    ] {
        check(text, octets, ExtendedKind::Evpn(kind));
    }
}

#[test]
fn flow_spec_actions() {
    use FlowSpecAction as Action;
    let action = |sample, terminal| Action::TrafficAction { sample, terminal };
    let address = Ipv4Addr::new(192, 0, 2, 1);
    for (text, octets, kind) in [
        ("rate-bytes:64500:0", 0x8006_fbf4_0000_0000, Action::TrafficRateBytes { id: 64500, rate: 0.0 }),
        ("rate-bytes:0:125000", 0x8006_0000_47f4_2400, Action::TrafficRateBytes { id: 0, rate: 125e3 }),
        ("rate-packets:1:1000", 0x800c_0001_447a_0000, Action::TrafficRatePackets { id: 1, rate: 1e3 }),
        ("traffic-action:none", 0x8007_0000_0000_0000, action(false, false)),
        ("traffic-action:terminal", 0x8007_0000_0000_0001, action(false, true)),
        ("traffic-action:sample", 0x8007_0000_0000_0002, action(true, false)),
        ("traffic-action:sample+terminal", 0x8007_0000_0000_0003, action(true, true)),
        ("traffic-marking:46", 0x8009_0000_0000_002e, Action::TrafficMarking(46)),
        ("redirect-ip:192.0.2.1", 0x010c_c000_0201_0000, Action::RedirectToIp { address, copy: false }),
        ("redirect-ip:copy:192.0.2.1", 0x010c_c000_0201_0001, Action::RedirectToIp { address, copy: true }),
        ("redirect-to-next-hop", 0x0800_0000_0000_0000, Action::RedirectToNextHop { copy: false }),
        ("redirect-to-next-hop:copy", 0x0800_0000_0000_0001, Action::RedirectToNextHop { copy: true }),
    ] {
        check(text, octets, ExtendedKind::FlowSpec(kind));
    }
}

/// What a text of the kind would leave out: the kind is known, the text is the octets.
#[test]
fn reserved_bits_are_ignored_but_not_lost() {
    for (octets, like) in [
        (0x0107_c000_0201_0001, "ospf-router-id:192.0.2.1"),
        (0x030b_2000_0000_0064, "color:00:100"),
        (0x030b_0001_0000_0064, "color:00:100"),
        (0x030c_0000_0001_0008, "encap:vxlan"),
        (0x030d_0000_0000_0001, "default-gateway"),
        (0x4300_0100_0000_0000, "origin-validation:valid"),
        (0x0600_0200_0000_0003, "mac-mobility:3"),
        (0x0600_0001_0000_0003, "mac-mobility:3"),
        (0x0601_0000_0103_e810, "esi-label:all-active:16001"),
        (0x0601_0000_0003_e811, "esi-label:all-active:16001"),
        (0x0604_0002_05dc_0001, "layer2-attributes:0x0002:1500"),
        (0x0606_2240_0000_7fff, "df-election:2:0x4000:32767"),
        (0x0606_0240_0001_7fff, "df-election:2:0x4000:32767"),
        (0x0608_0100_0000_0001, "arp-nd:0x01"),
        (0x0609_0003_0000_0001, "multicast-flags:0x0003"),
        (0x8007_8000_0000_0001, "traffic-action:terminal"),
        (0x8009_0000_0000_00ee, "traffic-marking:46"),
        (0x010c_c000_0201_0003, "redirect-ip:copy:192.0.2.1"),
        (0x0800_0000_0000_0102, "redirect-to-next-hop"),
    ] {
        let community = of(octets);
        let text: String = community.to_string();
        assert!(text.starts_with("0x"), "{text}");
        assert_eq!(text.parse(), Ok(community));
        assert_eq!(community.kind(), like.parse::<ExtendedCommunity>().unwrap().kind(), "{like}");
    }
}

/// Types without a name here, types that are not transitive, and rates that are not numbers.
#[test]
fn the_rest_is_its_octets() {
    for text in [
        "0x0000000000000000",
        "0x4002fbf400000064", // a route target is transitive
        "0x0109c00002010000", // no source AS has an address
        "0x0108c00002010000",
        "0x000bfbf400000001", // a VRF route import has an address
        "0x0106000000010501",
        "0x8005fbf400000001", // an OSPF domain of old
        "0x0607000000000001",
        "0x46000000000000ff",
        "0x8306fbf400000000",
        "0x4004fbf47fc00000",
        "0x0004fbf4ffc00001",
        "0x8006fbf47f800001",
        "0x800cfbf4ffffffff",
        "0xffffffffffffffff",
    ] {
        let community: ExtendedCommunity = text.parse().unwrap();
        assert_eq!(community.to_string(), text);
        let [type_high, sub_type, value @ ..] = community.0;
        assert_eq!(community.kind(), ExtendedKind::Unknown { type_high, sub_type, value }, "{text}");
    }
}

/// (octets, type, sub-type, transitive, IANA authority bit).
#[test]
fn bits_of_the_type() {
    for (octets, type_high, sub_type, transitive, authority) in [
        (0x0002_0000_0000_0000, 0x00, 0x02, true, false),
        (0x4004_0000_0000_0000, 0x40, 0x04, false, false),
        (0x8006_0000_0000_0000, 0x80, 0x06, true, true),
        (0xc0ff_0000_0000_0000, 0xc0, 0xff, false, true),
    ] {
        let community = of(octets);
        assert_eq!((community.type_high(), community.sub_type()), (type_high, sub_type));
        assert_eq!((community.is_transitive(), community.iana_authority()), (transitive, authority));
    }
}

/// (text, what it is read as): forms that are read and never written.
#[test]
fn other_ways_to_write() {
    for (text, usual) in [
        ("color:100", "color:00:100"),
        ("rt:4200000000L:7", "rt:4200000000:7"),
        ("arp-nd:0x1", "arp-nd:0x01"),
        ("esi-label:0x01:100", "esi-label:single-active:100"),
        ("lb:64500:1.25e8", "lb:64500:125000000"),
        ("router-mac:00:00:5E:00:53:0A", "router-mac:00:00:5e:00:53:0a"),
        ("0x0002FBF400000064", "rt:64500:100"),
    ] {
        assert_eq!(text.parse::<ExtendedCommunity>().unwrap().to_string(), usual);
    }
}

/// (text, how the error begins).
#[test]
fn bad_text_is_told_what_good_text_looks_like() {
    for (bad, want) in [
        ("", "an extended community is a kind, a colon and its value"),
        ("64500:100", "an extended community is a kind"),
        ("RT:64500:100", "an extended community is a kind"),
        ("color", "an extended community is a kind"),
        ("default-gateway:", "an extended community is a kind"),
        ("0x0002", "an extended community is a kind"),
        ("0x0002fbf40000006g", "an extended community is a kind"),
        ("0x0002fbf400000064ff", "an extended community is a kind"),
        ("0x+002fbf400000064", "an extended community is a kind"),
        ("rt:64500", "a route target (rt:) is an ASN to 65535"),
        ("rt:64500:4294967296", "a route target (rt:) is an ASN"),
        ("rt:65536:65536", "a route target (rt:) is an ASN"),
        ("rt:64500L:65536", "a route target (rt:) is an ASN"),
        ("rt:192.0.2.1:65536", "a route target (rt:) is an ASN"),
        ("rt:192.0.2:1", "a route target (rt:) is an ASN"),
        ("rt:+1:1", "a route target (rt:) is an ASN"),
        ("rt:1:1:1", "a route target (rt:) is an ASN"),
        ("ro:", "a route origin (ro:) is an ASN"),
        ("source-as:192.0.2.1:1", "a source AS (source-as:) is an ASN"),
        ("bgp-data-collection:192.0.2.1:1", "BGP data collection (bgp-data-collection:) is an ASN"),
        ("vrf-route-import:64500:1", "a VRF route import (vrf-route-import:) is an IPv4 address"),
        ("lb:64500:fast", "a link bandwidth (lb:) is an ASN to 65535"),
        ("lb:64500:NaN", "a link bandwidth (lb:) is an ASN to 65535"),
        ("lb-transitive:65536:1", "a link bandwidth (lb-transitive:) is an ASN to 65535"),
        ("cost:1:1", "a cost (cost:) is point of insertion"),
        ("cost-transitive:256:1:1", "a cost (cost-transitive:) is point of insertion"),
        ("color:2:1", "a color (color:) is a number"),
        ("color:00:", "a color (color:) is a number"),
        ("encap:vlan", "an encapsulation (encap:) is the name of a tunnel type"),
        ("origin-validation:256", "an origin validation state (origin-validation:) is valid"),
        ("layer2-info:19:2:1500:0", "layer 2 info (layer2-info:) is encapsulation"),
        ("ospf-domain-id:1", "an OSPF domain (ospf-domain-id:) is an ASN"),
        ("ospf-route-type:1:5:0x01", "an OSPF route type (ospf-route-type:) is area"),
        ("ospf-router-id:1", "an OSPF router (ospf-router-id:) is an IPv4 address"),
        ("mac-mobility:static:1", "a MAC mobility (mac-mobility:) is a number"),
        ("esi-label:single-active:1048576", "an ESI label (esi-label:) is all-active"),
        ("es-import:00:00:5e:00:53", "an ES-import (es-import:) is six octets"),
        ("router-mac:0:0:5e:0:53:1", "a router's MAC (router-mac:) is six octets"),
        ("layer2-attributes:2:1500", "layer 2 attributes (layer2-attributes:) is flags"),
        ("e-tree:trunk:1", "an E-Tree (e-tree:) is root"),
        ("df-election:32:0x0000:0", "a DF election (df-election:) is an algorithm"),
        ("arp-nd:0x100", "ARP/ND flags (arp-nd:) is 0x"),
        ("multicast-flags:0x", "multicast flags (multicast-flags:) is 0x"),
        ("rate-bytes:1", "a traffic rate (rate-bytes:) is a number"),
        ("rate-packets:1:nan", "a traffic rate (rate-packets:) is a number"),
        ("traffic-action:drop", "a traffic action (traffic-action:) is none"),
        ("redirect:1", "a redirect to a VRF (redirect:) is an ASN"),
        ("traffic-marking:64", "a traffic marking (traffic-marking:) is a DSCP"),
        ("redirect-ip:::1", "a redirect to an address (redirect-ip:) is an IPv4 address"),
        ("redirect-to-next-hop:", "a redirect to the next hop (redirect-to-next-hop:) is followed"),
    ] {
        let error = bad.parse::<ExtendedCommunity>().unwrap_err().to_string();
        assert!(error.starts_with(want), "{bad:?}: {error}");
    }
}

/// Any ASN and any number: the form is the first that has room.
#[test]
fn the_form_that_has_room() {
    for (asn, local, want) in [
        (64500, u32::MAX, Some("64500:4294967295")),
        (65535, 0, Some("65535:0")),
        (65536, 65535, Some("65536:65535")),
        (65536, 65536, None),
    ] {
        let text = Administered::by_as(Asn(asn), local).map(|of| of.to_string());
        assert_eq!(text.as_deref(), want);
    }
}

/// Bits that have no room are left out rather than spoiling what stands beside them.
#[test]
fn what_is_too_wide_stays_in_its_field() {
    for (kind, octets) in [
        (ExtendedKind::Color(Color { co: 0xff, color: 1 }), 0x030b_c000_0000_0001),
        (ExtendedKind::Evpn(EvpnCommunity::EsiLabel { flags: 0, label: u32::MAX }), 0x0601_0000_00ff_fff0),
        (
            ExtendedKind::Evpn(EvpnCommunity::DfElection { algorithm: 0xff, capabilities: 0, preference: 0 }),
            0x0606_1f00_0000_0000,
        ),
        (ExtendedKind::FlowSpec(FlowSpecAction::TrafficMarking(0xff)), 0x8009_0000_0000_003f),
    ] {
        assert_eq!(ExtendedCommunity::from(kind), of(octets));
    }
}

/// Every type and sub-type, with values that have few bits and many.
#[test]
fn every_type_parses_back() {
    for head in 0..=0xffff_u64 {
        for value in [0, 1, 0x0100_0000_0010, 0xfbf4_0000_0064, 0xfbf4_7fc0_0001, 0xffff_ffff_ffff] {
            let community = of(head << 48 | value);
            let text = community.to_string();
            assert_eq!(text.parse(), Ok(community), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Types with a name more often than the others, and octets of zero more often than chance has them.
    #[test]
    fn every_community_parses_back(
        high in prop_oneof![0_u8..9, 0x40_u8..0x44, 0x80_u8..0x83, any::<u8>()],
        sub_type in prop_oneof![0_u8..16, any::<u8>()],
        value: u64,
        keep: [bool; 6],
    ) {
        let mut octets = value.to_be_bytes();
        octets.iter_mut().skip(2).zip(keep).for_each(|(octet, keep)| *octet *= u8::from(keep));
        octets[..2].copy_from_slice(&[high, sub_type]);
        let community = ExtendedCommunity(octets);
        let text = community.to_string();
        prop_assert_eq!(text.parse(), Ok(community), "{}", text);
        if !text.starts_with("0x") {
            prop_assert_eq!(ExtendedCommunity::from(community.kind()), community);
        }
    }

    #[test]
    fn any_octets_parse_back(octets: [u8; 8]) {
        let community = ExtendedCommunity(octets);
        prop_assert_eq!(community.to_string().parse(), Ok(community));
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "(rt|lb|cost|color|encap|esi-label|router-mac|df-election|rate-bytes|redirect-ip)(:[0-9]{1,4}){1,3}",
    ) {
        if let Ok(community) = text.parse::<ExtendedCommunity>() {
            prop_assert_eq!(community.to_string().parse(), Ok(community));
        }
    }
}
