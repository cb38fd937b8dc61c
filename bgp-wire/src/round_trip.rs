//! What is written reads back; what is read can be written again; no bytes whatever bring the decoder down.

use crate::*;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn session(peer: PeerKind, asn_width: AsnWidth) -> Negotiated {
    let families = FamilySet::EVERY;
    Negotiated { asn_width, families, ..Negotiated::new(peer) }
}

pub(crate) fn any_session() -> impl Strategy<Value = Negotiated> {
    (any::<bool>(), any::<bool>()).prop_map(|(external, two)| {
        let peer = if external { PeerKind::External } else { PeerKind::Internal };
        session(peer, if two { AsnWidth::Two } else { AsnWidth::Four })
    })
}

fn asn() -> impl Strategy<Value = Asn> {
    prop_oneof![1..=65535u32, 1..=u32::MAX].prop_map(Asn)
}

/// Segments as a path holds them outside a confederation, short and of the full length.
pub(crate) fn as_path() -> impl Strategy<Value = AsPathBuf> {
    let asns = prop_oneof![9 => vec(asn(), 1..6), 1 => vec(asn(), 250..256)];
    let kind = prop_oneof![4 => Just(SegmentKind::Sequence), 1 => Just(SegmentKind::Set)];
    vec((kind, asns), 0..4).prop_map(|segments| {
        let mut path = AsPathBuf::default();
        segments.into_iter().for_each(|(kind, asns)| path.push(kind, asns));
        path
    })
}

fn next_hop(family: Family) -> BoxedStrategy<NextHop> {
    let v6 = any::<u64>().prop_map(|n| Ipv6Addr::from(0x2001_0db8_u128 << 96 | u128::from(n)));
    let local = any::<u64>().prop_map(|n| Ipv6Addr::from(0xfe80_u128 << 112 | u128::from(n)));
    match family {
        Family::Ipv4Unicast => {
            (0x0100_0000..0xe000_0000u32).prop_map(|a| NextHop::V4(Ipv4Addr::from(a))).boxed()
        }
        _ => (v6, of(local))
            .prop_map(|(global, local)| match local {
                Some(local) => NextHop::V6LinkLocal(global, local),
                None => NextHop::V6(global),
            })
            .boxed(),
    }
}

fn prefix(family: Family) -> BoxedStrategy<IpNet> {
    match family {
        Family::Ipv4Unicast => (any::<u32>(), 0..=32u8)
            .prop_map(|(a, bits)| IpNet::V4(Ipv4Net::new_assert(a.into(), bits)).trunc())
            .boxed(),
        _ => (any::<u128>(), 0..=128u8)
            .prop_map(|(a, bits)| IpNet::V6(Ipv6Net::new_assert(a.into(), bits)).trunc())
            .boxed(),
    }
}

/// A well-formed value of each known attribute that has no field of its own.
fn known(n: u32, addr: [u8; 4], octets: &[u8]) -> Vec<OwnedAttr> {
    let endpoint = Ipv4Addr::new(192, 0, 2, addr[3] | 1).into();
    let domain = DPathDomain { global: n, local: 1, safi: 70 };
    let sid = Srv6Sid { sid: u128::from(n).into(), flags: 0, behavior: 19, structure: None };
    let mut customer = AttributeSet::new(Origin::Egp, NextHop::V4(addr.into()));
    customer.local_pref = Some(n);
    [
        OwnedAttr::new(AttrCode::PMSI_TUNNEL, |out| {
            PmsiTunnel::put(0, 16, &TunnelIdentifier::IngressReplication(endpoint), out);
        }),
        OwnedAttr::new(AttrCode::TUNNEL_ENCAPSULATION, |out| {
            TunnelEncapsulation::put(TunnelType::GRE, out, |out| {
                SubTlv::EgressEndpoint(EgressEndpoint::Addr(endpoint)).put(out);
                SubTlv::Encapsulation(Encapsulation::Gre(n)).put(out);
                SubTlv::Other(Tlv { kind: 200, value: octets }).put(out);
            });
        }),
        OwnedAttr::new(AttrCode::IPV6_EXTENDED_COMMUNITIES, |out| out.extend_from_slice(&[addr[0]; 40])),
        OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(n.into(), out)),
        OwnedAttr::new(AttrCode::BGP_LS, |out| {
            LinkStateValue::Name(octets).put(LinkStateTlvType::NODE_NAME, out);
        }),
        OwnedAttr::new(AttrCode::D_PATH, |out| DPath::put(&[domain, domain], out)),
        OwnedAttr::new(AttrCode::BFD_DISCRIMINATOR, |out| {
            BfdDiscriminator::put(BfdDiscriminator::P2MP, n, endpoint, out);
        }),
        OwnedAttr::new(AttrCode::PREFIX_SID, |out| {
            PrefixSid::put_label_index(n, out);
            PrefixSid::put_srv6_l3_service(out, |out| Srv6Service::put_sid(&sid, out));
        }),
        OwnedAttr::new(AttrCode::ATTR_SET, |out| AttrSet::put(Asn(n), &customer, out)),
    ]
    .into()
}

/// Attributes without a field of their own, by code, some of them known.
fn others() -> impl Strategy<Value = Vec<OwnedAttr>> {
    let code = any::<u8>().prop_filter("known", |code| spec(AttrCode(*code)).is_none());
    let unknown = prop::collection::btree_map(code, vec(any::<u8>(), 0..300), 0..3);
    let known = (any::<u32>(), any::<[u8; 4]>(), vec(any::<u8>(), 0..50))
        .prop_map(|(n, addr, octets)| known(n, addr, &octets))
        .prop_flat_map(|all| prop::sample::subsequence(all, 0..4));
    (unknown, known, any::<bool>()).prop_map(|(unknown, known, partial)| {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::LOCALHOST));
        for (code, value) in unknown {
            let (flags, code) = (AttrFlags(0xe0), AttrCode(code));
            set.put_other(OwnedAttr { flags, code, value: value.into() });
        }
        for mut attr in known {
            if partial && attr.flags == AttrFlags::OPTIONAL_TRANSITIVE {
                attr.flags = AttrFlags(0xe0);
            }
            set.put_other(attr);
        }
        set.others
    })
}

fn large_communities() -> impl Strategy<Value = Vec<LargeCommunity>> {
    let one = any::<(u32, u32, u32)>();
    prop::collection::hash_set(one, 0..30).prop_map(|all| {
        let large = |(global, local1, local2)| LargeCommunity { global, local1, local2 };
        all.into_iter().map(large).collect()
    })
}

/// Every attribute that an internal peer may see.
pub(crate) fn attributes(family: Family) -> impl Strategy<Value = AttributeSet> {
    let origin = prop_oneof![Just(Origin::Igp), Just(Origin::Egp), Just(Origin::Incomplete)];
    let id = || any::<u32>().prop_map(Ipv4Addr::from);
    let aggregator = (asn(), id()).prop_map(|(asn, router_id)| Aggregator { asn, router_id });
    let path = (origin, as_path(), next_hop(family), of(any::<u32>()), any::<u32>());
    let lists = (
        vec(any::<u32>().prop_map(Community), 0..80),
        vec(any::<[u8; 8]>().prop_map(ExtendedCommunity), 0..40),
        large_communities(),
        vec(id(), 0..5),
        (of(asn()), others()),
    );
    (path, any::<bool>(), of(aggregator), of(id()), lists).prop_map(
        |(
            (origin, as_path, next_hop, med, local_pref),
            atomic_aggregate,
            aggregator,
            originator_id,
            lists,
        )| {
            let (communities, extended_communities, large_communities, cluster_list, rest) = lists;
            let (only_to_customer, others) = rest;
            AttributeSet {
                origin,
                as_path,
                next_hop,
                med,
                local_pref: Some(local_pref),
                atomic_aggregate,
                aggregator,
                communities,
                extended_communities,
                large_communities,
                originator_id,
                cluster_list,
                only_to_customer,
                others,
            }
        },
    )
}

fn routes() -> impl Strategy<Value = (Family, AttributeSet, Vec<IpNet>)> {
    prop_oneof![Just(Family::Ipv4Unicast), Just(Family::Ipv6Unicast)]
        .prop_flat_map(|family| (Just(family), attributes(family), vec(prefix(family), 1..1500)))
}

/// What of `set` a peer of `n` gets to see.
fn visible(set: &AttributeSet, n: &Negotiated) -> AttributeSet {
    let mut set = set.clone();
    if n.peer == PeerKind::External {
        set.local_pref = None;
        set.originator_id = None;
        set.cluster_list = Vec::new();
        set.others.retain(|attr| attr.code != AttrCode::AIGP);
    }
    set
}

/// Packs prefixes into as many messages as it takes; `begin` opens each.
fn pack(
    prefixes: &[IpNet],
    out: &mut Vec<u8>,
    mut begin: impl FnMut(&mut Vec<u8>) -> Result<UpdateWriter<'_>, TooLong>,
) -> Result<(), TooLong> {
    let mut rest = prefixes;
    while !rest.is_empty() {
        let mut writer = begin(out)?;
        while let Some((first, after)) = rest.split_first() {
            if writer.push(&PathNlri { path_id: 0, prefix: *first }) == Fit::Full {
                break;
            }
            rest = after;
        }
        assert_ne!(writer.finish(), 0, "a writer that opens has room for a prefix");
    }
    Ok(())
}

/// Cuts `bytes` into messages, none longer than the session allows.
fn messages<'a>(mut bytes: &'a [u8], n: &Negotiated) -> Vec<&'a [u8]> {
    let mut all = Vec::new();
    while let Some(message) = frame(bytes, n.max_message).unwrap() {
        assert_eq!(message.kind, MessageType::Update);
        all.push(message.body);
        bytes = &bytes[message.len..];
    }
    assert!(bytes.is_empty(), "a message that is not whole");
    all
}

/// Reads every field; what is announced is written again and must be accepted as the same.
fn read_and_write_again(body: &[u8], n: &Negotiated) {
    let Ok(Parsed { update: Received::Routes(routes), .. }) = update(body, n) else { return };
    for (next_hop, nlri) in routes.announced() {
        let set = AttributeSet::from_attrs(&routes.attrs, next_hop);
        let prefixes: Vec<_> = nlri.iter().map(|n| n.prefix).collect();
        let mut out = Vec::new();
        if pack(&prefixes, &mut out, |out| UpdateWriter::announce(out, n, nlri.family(), &set)).is_err() {
            // An MP_REACH_NLRI and a partial bit more than it had can be too long; no room is no fault.
            continue;
        }
        for again in messages(&out, n) {
            let parsed = update(again, n).unwrap();
            assert_eq!(parsed.findings.worst(), None, "{set:?}");
            let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
            let (next_hop, _) = routes.announced().next().unwrap();
            assert_eq!(AttributeSet::from_attrs(&routes.attrs, next_hop), set);
        }
    }
}

/// A whole UPDATE with something of everything.
fn message() -> impl Strategy<Value = (Negotiated, Vec<u8>)> {
    (any_session(), routes()).prop_filter_map("too long", |(n, (family, set, prefixes))| {
        let mut out = Vec::new();
        let mut writer = UpdateWriter::announce(&mut out, &n, family, &set).ok()?;
        for prefix in prefixes.into_iter().take(20) {
            let _ = writer.push(&PathNlri { path_id: 0, prefix });
        }
        writer.finish();
        Some((n, out))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_announced_reads_back((family, set, prefixes) in routes(), n in any_session()) {
        let mut out = Vec::new();
        if pack(&prefixes, &mut out, |out| UpdateWriter::announce(out, &n, family, &set)).is_err() {
            prop_assert!(out.is_empty());
            return Ok(());
        }
        let mut back = Vec::new();
        for body in messages(&out, &n) {
            let parsed = update(body, &n).unwrap();
            prop_assert_eq!(parsed.findings.worst(), None);
            let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
            prop_assert_eq!(routes.withdrawn.prefixes().count(), 0);
            for (next_hop, nlri) in routes.announced() {
                prop_assert_eq!(AttributeSet::from_attrs(&routes.attrs, next_hop), visible(&set, &n));
                back.extend(nlri.iter().map(|n| n.prefix));
            }
        }
        prop_assert_eq!(back, prefixes);
    }

    #[test]
    fn what_is_withdrawn_reads_back((family, _, prefixes) in routes(), n in any_session()) {
        let mut out = Vec::new();
        pack(&prefixes, &mut out, |out| Ok(UpdateWriter::withdraw(out, &n, family))).unwrap();
        let mut back = Vec::new();
        for body in messages(&out, &n) {
            let parsed = update(body, &n).unwrap();
            prop_assert_eq!(parsed.findings.worst(), None);
            let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
            back.extend(routes.withdrawn.prefixes().map(|n| n.prefix));
        }
        prop_assert_eq!(back, prefixes);
    }

    #[test]
    fn a_damaged_message_is_judged(
        (n, mut bytes) in message(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let body = &mut bytes[HEADER_LEN..];
        damage.iter().for_each(|(at, octet)| body[at.index(body.len())] = *octet);
        read_and_write_again(body, &n);
    }

    #[test]
    fn a_message_cut_short_is_judged((n, bytes) in message(), cut in any::<prop::sample::Index>()) {
        let cut = &bytes[..cut.index(bytes.len())];
        prop_assert_eq!(frame(cut, n.max_message), Ok(None));
        read_and_write_again(cut.get(HEADER_LEN..).unwrap_or_default(), &n);
    }

    #[test]
    fn any_bytes_are_judged(raw in vec(any::<u8>(), 0..200), n in any_session()) {
        let _ = frame(&raw, n.max_message);
        let _ = Open::decode(&raw).map(|open| negotiate(&open, &open));
        let _ = Notification::decode(&raw).communication();
        let _ = RouteRefresh::decode(&raw);
        read_and_write_again(&raw, &n);
        // The same as attributes in sound framing, where more of it is looked at.
        let len = u16::try_from(raw.len()).unwrap().to_be_bytes();
        read_and_write_again(&[&[0, 0], &len[..], &raw, &[24, 198, 51, 100]].concat(), &n);
    }
}

#[test]
fn end_of_rib_reads_back() {
    let n = session(PeerKind::External, AsnWidth::Four);
    for family in Family::UNICAST {
        let mut out = Vec::new();
        UpdateWriter::end_of_rib(&mut out, &n, family);
        let body = messages(&out, &n)[0];
        assert_eq!(update(body, &n).unwrap().update, Received::EndOfRib(family));
    }
}

/// (AS_PATH of two octets, AS4_PATH, the path meant) by RFC 6793 section 4.2.3.
#[test]
fn two_octets_and_four_are_one_path() {
    type Segments<'a> = &'a [(SegmentKind, &'a [u32])];
    use SegmentKind::{ConfedSequence as Confed, Sequence as Seq, Set};
    let cases: &[(Segments<'_>, Segments<'_>, Segments<'_>)] = &[
        (&[(Seq, &[1, 23456])], &[(Seq, &[1, 70000])], &[(Seq, &[1, 70000])]),
        (&[(Seq, &[9, 1, 23456])], &[(Seq, &[1, 70000])], &[(Seq, &[9, 1, 70000])]),
        (&[(Seq, &[23456])], &[(Seq, &[1, 70000])], &[(Seq, &[23456])]),
        (
            &[(Seq, &[9, 1]), (Set, &[2, 23456])],
            &[(Seq, &[1]), (Set, &[2, 70000])],
            &[(Seq, &[9, 1]), (Set, &[2, 70000])],
        ),
        (&[(Set, &[8, 9]), (Seq, &[23456])], &[(Seq, &[70000])], &[(Set, &[8, 9]), (Seq, &[70000])]),
        (&[(Confed, &[5]), (Seq, &[23456])], &[(Seq, &[70000])], &[(Confed, &[5]), (Seq, &[70000])]),
        (
            &[(Seq, &[1]), (Confed, &[5]), (Seq, &[23456])],
            &[(Seq, &[70000])],
            &[(Seq, &[1]), (Confed, &[5]), (Seq, &[70000])],
        ),
        (&[(Seq, &[1, 23456])], &[(Confed, &[5]), (Seq, &[70000])], &[(Seq, &[1, 70000])]),
        (&[(Seq, &[1, 2])], &[(Confed, &[5])], &[(Seq, &[1, 2])]),
    ];
    let n = session(PeerKind::Internal, AsnWidth::Two);
    let wide = |segments: Segments<'_>| {
        let mut path = AsPathBuf::default();
        segments.iter().for_each(|(kind, asns)| path.push(*kind, asns.iter().copied().map(Asn)));
        path
    };
    let reconciled = |path: Segments<'_>, as4: Segments<'_>, more: &[u8]| {
        let mut value = Vec::new();
        for (kind, asns) in path {
            value.extend_from_slice(&[*kind as u8, u8::try_from(asns.len()).unwrap()]);
            asns.iter().for_each(|asn| value.extend_from_slice(&u16::try_from(*asn).unwrap().to_be_bytes()));
        }
        let attribute =
            |flags, code, value: &[u8]| [&[flags, code, u8::try_from(value.len()).unwrap()], value].concat();
        let hop = [0x40, 1, 1, 0, 0x40, 3, 4, 192, 0, 2, 1, 0x40, 5, 4, 0, 0, 0, 100];
        let as4 = attribute(0xc0, 17, wide(as4).as_bytes());
        let attributes = [&hop, attribute(0x40, 2, &value).as_slice(), &as4, more].concat();
        let len = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        let body = [&[0, 0], &len[..], &attributes, &[8, 10]].concat();
        let parsed = update(&body, &n).unwrap();
        assert_eq!(parsed.findings.worst(), None);
        let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
        let set = AttributeSet::from_attrs(&routes.attrs, routes.announced().next().unwrap().0);
        (set.as_path, set.aggregator)
    };
    for (path, as4, want) in cases {
        assert_eq!(reconciled(path, as4, &[]), (wide(want), None), "{path:?} {as4:?}");
    }
    // An AGGREGATOR that is not AS_TRANS was made by a speaker that knew neither AS4 attribute.
    let as4_aggregator = [0xc0, 18, 8, 0, 1, 0, 0, 192, 0, 2, 1];
    let aggregator = |asn| Some(Aggregator { asn: Asn(asn), router_id: Ipv4Addr::new(192, 0, 2, 1) });
    let (path, as4): (Segments<'_>, Segments<'_>) = (&[(Seq, &[1, 23456])], &[(Seq, &[1, 70000])]);
    let stale = [&[0xc0, 7, 6, 0xfb, 0xf4, 192, 0, 2, 1][..], &as4_aggregator].concat();
    assert_eq!(reconciled(path, as4, &stale), (wide(path), aggregator(64500)));
    let fresh = [&[0xc0, 7, 6, 0x5b, 0xa0, 192, 0, 2, 1][..], &as4_aggregator].concat();
    assert_eq!(reconciled(path, as4, &fresh), (wide(as4), aggregator(65536)));
    assert_eq!(reconciled(path, as4, &as4_aggregator), (wide(as4), None));
}

#[test]
fn every_known_attribute_is_read_by_its_getter() {
    let n = session(PeerKind::Internal, AsnWidth::Four);
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::new(192, 0, 2, 1)));
    (set.local_pref, set.only_to_customer) = (Some(100), Some(Asn(64500)));
    known(7, [192, 0, 2, 9], b"r1").into_iter().for_each(|attr| set.put_other(attr));
    let mut out = Vec::new();
    let prefixes = ["198.51.100.0/24".parse().unwrap()];
    pack(&prefixes, &mut out, |out| UpdateWriter::announce(out, &n, Family::Ipv4Unicast, &set)).unwrap();
    let Received::Routes(routes) = update(messages(&out, &n)[0], &n).unwrap().update else { panic!() };
    let attrs = routes.attrs;
    let endpoint = TunnelIdentifier::IngressReplication(Ipv4Addr::new(192, 0, 2, 9).into());
    assert_eq!(attrs.pmsi_tunnel().map(|t| (t.mpls_label(), t.identifier)), Some((1, endpoint)));
    assert_eq!(attrs.tunnel_encapsulation().map(|t| t.tunnels().count()), Some(1));
    assert_eq!(attrs.ipv6_extended_communities().count(), 2);
    assert_eq!(attrs.aigp().and_then(|aigp| aigp.metric()), Some(7));
    assert_eq!(attrs.link_state().map(|ls| ls.tlvs().count()), Some(1));
    assert_eq!(attrs.only_to_customer(), Some(Asn(64500)));
    assert_eq!(attrs.d_path().map(|path| path.domains().count()), Some(2));
    assert_eq!(attrs.bfd_discriminator().map(|bfd| bfd.discriminator), Some(7));
    assert_eq!(attrs.prefix_sid().and_then(|sid| sid.label_index()), Some(7));
    assert_eq!(attrs.prefix_sid().and_then(|sid| sid.srv6_l3_service()).map(|s| s.sids().count()), Some(1));
    assert_eq!(attrs.attr_set().map(|set| set.attrs().local_pref()), Some(Some(7)));
    // By code, whatever order they were given in, and each once.
    assert!(set.others.is_sorted_by(|a, b| a.code < b.code));
    let before = set.others.len();
    set.put_other(OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(8, out)));
    assert_eq!(set.others.len(), before);
}

#[test]
fn large_communities_are_there_once() {
    let n = session(PeerKind::External, AsnWidth::Four);
    let one = LargeCommunity { global: 64500, local1: 1, local2: 2 };
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::new(192, 0, 2, 1)));
    set.large_communities = alloc::vec![one, one];
    let mut out = Vec::new();
    let prefixes = ["198.51.100.0/24".parse().unwrap()];
    pack(&prefixes, &mut out, |out| UpdateWriter::announce(out, &n, Family::Ipv4Unicast, &set)).unwrap();
    let Received::Routes(routes) = update(messages(&out, &n)[0], &n).unwrap().update else { panic!() };
    assert!(routes.attrs.large_communities().eq([one]));
}

#[test]
fn a_message_is_filled_to_its_last_octet_and_no_further() {
    let n = session(PeerKind::External, AsnWidth::Four);
    let hop = NextHop::V4(Ipv4Addr::new(192, 0, 2, 1));
    let host = PathNlri { path_id: 0, prefix: "192.0.2.1/32".parse().unwrap() };
    // Header, lengths, ORIGIN, AS_PATH, NEXT_HOP: 37 octets; the unknown attribute has 4 of its own.
    for (free, fits) in [(4, false), (5, true), (9, true)] {
        let mut set = AttributeSet::new(Origin::Igp, hop);
        let value = alloc::vec![0; 4096 - 37 - 4 - free].into();
        set.others = alloc::vec![OwnedAttr { flags: AttrFlags(0xe0), code: AttrCode(99), value }];
        let mut out = Vec::new();
        let Ok(mut writer) = UpdateWriter::announce(&mut out, &n, Family::Ipv4Unicast, &set) else {
            assert!(!fits && out.is_empty());
            continue;
        };
        assert!(fits);
        assert_eq!((writer.push(&host), writer.push(&host)), (Fit::Added, Fit::Full));
        assert_eq!((writer.finish(), out.len()), (1, 4096 - free + 5));
    }
    let wrong = UpdateWriter::announce(
        &mut Vec::new(),
        &n,
        Family::Ipv6Unicast,
        &AttributeSet::new(Origin::Igp, hop),
    )
    .is_err();
    assert!(wrong, "an IPv4 next hop for IPv6 prefixes");
}
