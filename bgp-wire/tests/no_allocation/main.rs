//! Decoding allocates nothing, whatever the bytes are.

#![cfg(test)]

mod attributes;
mod of_bmp;
mod of_mrt;

use attributes::{others, read_seldom, read_tunnels, signed};
use bgp_wire::*;
#[cfg(feature = "serde")]
use of_bmp::bmp_messages;
#[cfg(feature = "serde")]
use of_mrt::mrt_records;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::{Display, Write};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|n| n.set(n.get() + 1));
}

// SAFETY: every call goes to the system's allocator unchanged; the counter is a constant-initialised cell of
// the thread, which allocates nothing itself.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from `alloc` above, which took it from `System` with this layout.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as for `dealloc`; the caller keeps the contract of `GlobalAlloc::realloc`.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

/// Reads every field of `bytes`; returns a number that depends on them all, so that none is left unread.
fn read(bytes: &[u8], n: &Negotiated) -> usize {
    let Ok(Some(message)) = frame(bytes, n.max_message) else { return 0 };
    match message.kind {
        MessageType::Open => Open::decode(message.body).map_or(1, |open| read_open(&open)),
        MessageType::Update => match update(message.body, n) {
            Ok(parsed) => read_update(&parsed),
            Err(reset) => reset.data.as_slice().len(),
        },
        MessageType::Notification => Notification::decode(message.body).communication().map_or(0, str::len),
        MessageType::Keepalive => message.len,
        MessageType::RouteRefresh => match FilteredRefresh::decode(message.body) {
            Ok(Some(refresh)) => {
                1 + refresh.groups.iter().map(|group| read_filter(&refresh, group)).sum::<usize>()
            }
            Ok(None) => 1,
            Err(_) => 0,
        },
    }
}

/// The octets of a text that nobody keeps.
fn shown(text: impl Display) -> usize {
    struct Length(usize);
    impl Write for Length {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }
    let mut length = Length(0);
    write!(length, "{text}").unwrap();
    length.0
}

/// Every field of every capability is shown, and the OPEN agreed upon with itself.
fn read_open(open: &Open<'_>) -> usize {
    let families = family_outcomes(open, open).count();
    families
        + usize::from(negotiate(open, open).is_ok_and(|n| n.route_refresh))
        + open.capabilities.iter().map(shown).sum::<usize>()
}

fn read_filter(refresh: &FilteredRefresh<'_>, group: OrfGroup<'_>) -> usize {
    group.prefixes(refresh.family.afi).map(|entry| entry.map_or_else(shown, shown)).sum()
}

fn read_update(parsed: &Parsed<'_>) -> usize {
    let findings = parsed.findings.iter().map(|f| f.cite().len()).sum::<usize>();
    let octets = |u: Unfeasible<'_>| {
        let prefixes = u.prefixes().map(|n| usize::from(n.prefix.prefix_len())).sum::<usize>();
        prefixes + u.fields().map(read_nlri).sum::<usize>()
    };
    findings
        + match parsed.update {
            Received::EndOfRib(family) => usize::from(family.afi_safi().afi),
            Received::TreatAsWithdraw { withdrawn, announced }
            | Received::AfiSafiDisable { withdrawn, announced, .. } => octets(withdrawn) + octets(announced),
            Received::Routes(routes) => {
                let announced = routes.announced().map(|(hop, nlri)| {
                    usize::from(hop.addr().is_ipv4())
                        + nlri.iter().map(|n| n.path_id as usize + 1).sum::<usize>()
                        + read_nlri(nlri)
                });
                octets(routes.withdrawn) + announced.sum::<usize>() + read_attributes(&routes.attrs)
            }
        }
}

/// Every NLRI is shown, and with it every field that it has.
fn read_nlri(field: Nlri<'_>) -> usize {
    field.typed().map(|(_, nlri)| shown(nlri)).sum()
}

fn read_attributes(attrs: &Attrs<'_>) -> usize {
    let path = attrs.as_path().map_or(0, |path| {
        path.hops()
            + path.segments().count()
            + path.asns().map(|asn| asn.0 as usize).fold(0, usize::wrapping_add)
            + usize::from(path.neighbor() == path.origin())
    });
    let numbers = [attrs.med(), attrs.local_pref(), attrs.originator_id().map(u32::from)];
    let raw = REGISTRY.iter().filter_map(|row| attrs.value(row.code)).map(<[u8]>::len).sum::<usize>();
    numbers.into_iter().flatten().map(|n| n as usize).sum::<usize>()
        + path.wrapping_add(raw)
        + attrs.origin().map_or(0, |origin| origin as usize)
        + attrs.next_hop().map_or(0, |hop| u32::from(hop) as usize)
        + usize::from(attrs.atomic_aggregate())
        + attrs.aggregator().map_or(0, |a| a.asn.0 as usize)
        + attrs.communities().map(shown).sum::<usize>()
        + attrs.extended_communities().map(shown).sum::<usize>()
        + attrs.large_communities().map(shown).sum::<usize>()
        + attrs.cluster_list().map(|id| u32::from(id) as usize).sum::<usize>()
        + attrs.ipv6_extended_communities().map(|c| usize::from(c.0[19])).sum::<usize>()
        + attrs.only_to_customer().map_or(0, |asn| asn.0 as usize)
        + attrs.unknown().map(|a| a.value.len()).sum::<usize>()
        + read_tunnels(attrs)
        + read_seldom(attrs)
}

fn sessions() -> Vec<Negotiated> {
    let mut all = Vec::new();
    for peer in [PeerKind::External, PeerKind::Internal] {
        for asn_width in [AsnWidth::Two, AsnWidth::Four] {
            let families = FamilySet::EVERY;
            all.push(Negotiated { asn_width, families, bgpsec: true, ..Negotiated::new(peer) });
        }
    }
    all
}

/// A message of each type, and UPDATEs with every attribute, for a session of `n`.
fn messages(n: &Negotiated) -> Vec<Vec<u8>> {
    let mut set = AttributeSet::new(Origin::Egp, NextHop::V4([192, 0, 2, 1].into()));
    set.as_path = [Asn(64500), Asn(70000), Asn(64501)].into_iter().collect();
    set.as_path.push(SegmentKind::Set, [Asn(64502), Asn(70001)]);
    (set.med, set.local_pref, set.atomic_aggregate) = (Some(1), Some(100), true);
    set.aggregator = Some(Aggregator { asn: Asn(70000), router_id: [192, 0, 2, 9].into() });
    set.communities = vec![Community::new(8075, 8007), Community::NO_EXPORT];
    let extended =
        ["rt:64500:1", "ro:192.0.2.1:7", "lb:64500:0.1", "encap:vxlan", "router-mac:00:00:5e:00:53:01"];
    set.extended_communities = extended.map(|text| text.parse().unwrap()).into();
    set.large_communities = vec![LargeCommunity { global: 64500, local1: 1, local2: 2 }];
    (set.originator_id, set.cluster_list) = (Some([192, 0, 2, 2].into()), vec![[192, 0, 2, 3].into()]);
    (set.only_to_customer, set.others) = (Some(Asn(64500)), others());
    let six = AttributeSet { next_hop: NextHop::V6("2001:db8::1".parse().unwrap()), ..set.clone() };

    let mut all = vec![signed()];
    for (family, set, prefix) in
        [(Family::Ipv4Unicast, &set, "198.51.100.0/24"), (Family::Ipv6Unicast, &six, "2001:db8:1::/48")]
    {
        let nlri = PathNlri { path_id: 0, prefix: prefix.parse().unwrap() };
        for announce in [true, false] {
            let mut bytes = Vec::new();
            let mut writer = if announce {
                UpdateWriter::announce(&mut bytes, n, family, set).unwrap()
            } else {
                UpdateWriter::withdraw(&mut bytes, n, family)
            };
            assert_eq!((writer.push(&nlri), writer.push(&nlri)), (Fit::Added, Fit::Added));
            writer.finish();
            all.push(bytes);
        }
    }
    for (family, next_hop, raw) in typed_fields() {
        let set = AttributeSet { next_hop, ..set.clone() };
        let field = Nlri::new(family, false, &raw).unwrap();
        assert_eq!(field.fault(), None);
        let mut bytes = Vec::new();
        let mut writer = UpdateWriter::announce(&mut bytes, n, family, &set).unwrap();
        field.typed().for_each(|(id, nlri)| assert_eq!(writer.push_typed(id, &nlri), Ok(Fit::Added)));
        writer.finish();
        all.push(bytes);
    }
    all.extend(topology(n, &set));
    let mut write = |encode: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        encode(&mut bytes);
        all.push(bytes);
    };
    write(&|out| {
        let capabilities = every_capability();
        Open { asn: Asn(70000), hold_time: 90, router_id: [192, 0, 2, 1].into(), capabilities }.encode(out);
    });
    write(&|out| {
        let code = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
        Notification { code, data: &code.communication("maintenance") }.encode(out);
    });
    write(&|out| {
        let (family, kind) = (Family::Ipv4Unicast.afi_safi(), RouteRefreshKind::Request);
        RouteRefresh { family, kind }.encode(out);
    });
    write(&|out| {
        let prefix = "198.51.100.0/24".parse().unwrap();
        let rule = PrefixRule { permit: false, sequence: 5, min_len: 25, max_len: 32, prefix };
        let mut entries = Vec::new();
        [PrefixOrf::RemoveAll, PrefixOrf::Add(rule)].iter().for_each(|entry| entry.encode(&mut entries));
        let groups = [OrfGroup { kind: OrfGroup::PREFIX, entries: &entries }];
        let (family, when) = (Family::Ipv4Unicast.afi_safi(), WhenToRefresh::Immediate);
        FilteredRefresh { family, when, groups: groups.as_slice().into() }.encode(out);
    });
    write(&write_keepalive);
    all
}

/// NLRI of the families that have more than prefixes.
fn typed_fields() -> [(Family, NextHop, Vec<u8>); 3] {
    let rd = [0, 0, 0xfb, 0xf4, 0, 0, 0, 1];
    let esi = [3, 2, 0, 0, 0, 0, 1, 0, 0, 7];
    let mac_ip: &[&[u8]] =
        &[&[2, 40], &rd, &esi, &[0, 0, 0, 0, 48, 2, 0, 0, 0, 0, 1, 32, 192, 0, 2, 9, 0, 1, 1, 0, 2, 1]];
    let prefix: &[&[u8]] = &[&[5, 34], &rd, &[0; 14], &[24, 198, 51, 100, 0, 192, 0, 2, 1, 0, 1, 1]];
    let group: &[&[u8]] =
        &[&[7, 38], &rd, &esi, &[0, 0, 0, 0, 32, 192, 0, 2, 9, 32, 239, 1, 1, 1, 32, 192, 0, 2, 1, 4]];
    let rule = |rule: &str| FlowSpecBuf::parse(rule.contains("::"), rule).unwrap();
    let four =
        rule("destination 198.51.100.0/24 & protocol =6,=17 & port >=137&<=139 & tcp-flags =syn+ack,!rst");
    let six = rule("source ::1234:5678:9a00:0/64-104 & fragment !is-fragment & flow-label =7");
    let octets = |rd: &[u8], rule: &FlowSpecBuf| {
        let raw = rule.as_flow_spec().unwrap().as_bytes();
        [&[u8::try_from(rd.len() + raw.len()).unwrap()], rd, raw].concat()
    };
    let hop = NextHop::V4([192, 0, 2, 1].into());
    [
        (Family::Evpn, hop, [mac_ip, prefix, group, &[&[99, 2, 1, 2]]].concat().concat()),
        (Family::Ipv4FlowSpec, NextHop::Absent, octets(&[], &four)),
        (Family::Ipv6VpnFlowSpec, NextHop::Absent, octets(&rd, &six)),
    ]
}

/// A link and a prefix of a topology, announced and withdrawn.
fn topology(n: &Negotiated, set: &AttributeSet) -> Vec<Vec<u8>> {
    let node =
        [NodeDescriptor::Asn(Asn(64500)), NodeDescriptor::IgpRouterId(IgpRouterId::Isis([0, 0, 0, 0, 0, 1]))];
    let objects = [ObjectKind::Link, ObjectKind::Ipv4Prefix].map(|kind| {
        let mut object = LinkStateBuf::new(kind, ProtocolId::ISIS_LEVEL_2, 0);
        object.local_node(&node).unwrap();
        object.remote_node(&node).unwrap();
        object.push(&Descriptor::LinkIds { local: 1, remote: 2 }).unwrap();
        object.push(&Descriptor::OspfRouteType(OspfRouteType(1))).unwrap();
        if let ObjectKind::Ipv4Prefix = kind {
            object.push(&Descriptor::Reachability("198.51.100.0/24".parse().unwrap())).unwrap();
        }
        object
    });
    [true, false]
        .map(|announce| {
            let mut bytes = Vec::new();
            let mut writer = if announce {
                UpdateWriter::announce(&mut bytes, n, Family::LinkState, set).unwrap()
            } else {
                UpdateWriter::withdraw(&mut bytes, n, Family::LinkState)
            };
            for object in &objects {
                assert_eq!(writer.push_typed(0, &TypedNlri::LinkState(object.view())), Ok(Fit::Added));
            }
            writer.finish();
            bytes
        })
        .into()
}

fn every_capability() -> Capabilities<'static> {
    let family = Family::Ipv4Unicast.afi_safi();
    let restart = RestartFamily { family, forwarding_preserved: true };
    let filters = [OrfSupport { kind: OrfGroup::PREFIX, mode: 3 }];
    [
        Capability::Multiprotocol(family),
        Capability::RouteRefresh,
        Capability::OutboundRouteFilter(
            [OrfFamily { family, types: filters.as_slice().into() }].as_slice().into(),
        ),
        Capability::ExtendedNextHop([NextHopEncoding { afi: 1, safi: 1, next_hop_afi: 2 }].as_slice().into()),
        Capability::ExtendedMessage,
        Capability::Role(Role::Peer),
        Capability::GracefulRestart(GracefulRestart {
            restarting: true,
            notification: true,
            restart_time: 120,
            families: [restart].as_slice().into(),
        }),
        Capability::FourOctetAsn(Asn(70000)),
        Capability::AddPath([AddPath { family, receive: true, send: true }].as_slice().into()),
        Capability::Fqdn(Fqdn { host: b"r1", domain: b"example.net" }),
        Capability::SoftwareVersion(b"voicepeer"),
    ]
    .into_iter()
    .collect()
}

#[test]
fn well_formed_messages() {
    for n in sessions() {
        for bytes in messages(&n) {
            let mut sum = 0;
            assert_eq!(allocations(|| sum = read(&bytes, &n)), 0);
            assert_ne!(sum, 0, "nothing was read of {bytes:?}");
        }
    }
}

/// Every octet of every message replaced by values that lengths, flags and codes are made of.
#[test]
fn hostile_messages() {
    let mut judged = 0;
    for n in sessions() {
        for mut bytes in messages(&n) {
            for at in 16..bytes.len() {
                let kept = bytes[at];
                for octet in [0, 1, 2, 14, 15, 0x40, 0x7f, 0x80, 0xff, kept ^ 1, kept ^ 0x10, kept ^ 0x80] {
                    bytes[at] = octet;
                    // Parameters of an OPEN that were several are copied into one list, as documented.
                    let open = bytes[18] == 1;
                    let allocated = allocations(|| judged += usize::from(read(&bytes, &n) > 0));
                    assert!(allocated == 0 || open, "{allocated} allocations for {bytes:?}");
                }
                bytes[at] = kept;
            }
        }
    }
    assert!(judged > 1000);
}

#[test]
fn what_is_said_of_a_topology() {
    let octets: Vec<u8> = (0..40).collect();
    let mut read = 0;
    for (kind, len) in (250..1260).flat_map(|kind| (0..octets.len()).map(move |len| (kind, len))) {
        let tlv = LinkStateTlv { kind: LinkStateTlvType(kind), value: &octets[..len] };
        assert_eq!(allocations(|| read += shown(tlv)), 0, "{tlv}");
    }
    assert!(read > 0);
}

/// Every message and record as JSON, into a buffer that is there already.
#[cfg(feature = "serde")]
#[test]
fn json() {
    fn write(value: &impl serde::Serialize) {
        let mut buffer = vec![0_u8; 1 << 16];
        let mut rest = buffer.as_mut_slice();
        assert_eq!(allocations(|| serde_json::to_writer(&mut rest, value).unwrap()), 0);
        assert!(rest.len() < (1 << 16) - 2);
    }
    for n in sessions() {
        for bytes in messages(&n) {
            let message = frame(&bytes, n.max_message).unwrap().unwrap();
            match message.kind {
                MessageType::Open => write(&Open::decode(message.body).unwrap()),
                MessageType::Update => match update(message.body, &n) {
                    Ok(parsed) => write(&parsed),
                    Err(reset) => write(&reset),
                },
                MessageType::Notification => write(&Notification::decode(message.body)),
                MessageType::Keepalive => write(&message),
                MessageType::RouteRefresh => match FilteredRefresh::decode(message.body).unwrap() {
                    Some(filtered) => write(&filtered),
                    None => write(&RouteRefresh::decode(message.body).unwrap()),
                },
            }
        }
        for bytes in mrt_records(&n) {
            write(&mrt::record(&bytes).unwrap().unwrap().decode().unwrap());
        }
        for bytes in bmp_messages(&n) {
            write(&bmp::message(&bytes).unwrap().unwrap().decode().unwrap());
        }
    }
}

/// Of each family a field with an NLRI.
const FIELDS: &[(Family, &[u8])] = &[
    (Family::Ipv4Labelled, &[72, 0, 6, 0x40, 0, 12, 0x81, 198, 51, 100]),
    (Family::Ipv6Labelled, &[56, 0x80, 0, 0, 0x20, 1, 0x0d, 0xb8]),
    (Family::Ipv4Vpn, &[112, 0, 6, 0x41, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 198, 51, 100]),
    (Family::Ipv6Vpn, &[120, 0, 6, 0x41, 0, 1, 192, 0, 2, 1, 0, 7, 0x20, 1, 0x0d, 0xb8]),
    (Family::Vpls, &[0, 17, 0, 2, 0, 1, 0, 0, 0, 7, 0, 5, 0, 1, 0, 8, 2, 0x9c, 0xe1]),
    (Family::Vpls, &[0, 12, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 192, 0, 2, 1]),
    (Family::Vpls, &[0, 18, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 5, 0, 1, 2, 0x9c, 0xe1, 1, 0, 0]),
    (Family::RouteTarget, &[96, 0, 0, 0xfb, 0xff, 0, 2, 0xfb, 0xf4, 0, 0, 0, 101]),
    (Family::Ipv4SrPolicy, &[96, 0, 0, 0, 1, 0, 0, 0, 200, 192, 0, 2, 1]),
    (Family::Ipv6SrPolicy, &[192, 0, 0, 0, 1, 0, 0, 0, 200, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
];

/// Shows every NLRI of a field; 0 where it is malformed.
fn read_field(family: Family, add_path: bool, raw: &[u8]) -> usize {
    let Ok(field) = Nlri::new(family, add_path, raw) else { return 0 };
    field.typed().map(|(path_id, nlri)| shown(path_id) + shown(nlri)).sum()
}

#[test]
fn typed_nlri_well_formed_and_hostile() {
    for (family, raw) in FIELDS {
        for add_path in [false, true] {
            let mut raw = if add_path { [&[0, 0, 0, 7], *raw].concat() } else { raw.to_vec() };
            let mut sum = 0;
            assert_eq!(allocations(|| sum = read_field(*family, add_path, &raw)), 0);
            assert_ne!(sum, 0, "{family} {raw:?}");
            for at in 0..raw.len() {
                let kept = raw[at];
                for octet in 0..=u8::MAX {
                    raw[at] = octet;
                    let allocated =
                        allocations(|| assert_ne!(read_field(*family, add_path, &raw), usize::MAX));
                    assert_eq!(allocated, 0, "{family} {raw:?}");
                }
                raw[at] = kept;
            }
        }
    }
}
