//! The rules on one route against a second, naive reading of them that shares no code with the first.

use bgp_policy::voice::{
    AddressProvider, Connection, Observed, ObservedRoute, ObservedSession, Peering, Plan, PrefixText, Role,
    RuleId, SessionPlan, State, judge,
};
use bgp_wire::{AsPathBuf, Asn, Community, SegmentKind};
use ipnet::Ipv4Net;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};

const CARRIER: u32 = 3_500;
const ASSOCIATED: u32 = 3_501;

fn plan() -> Plan {
    let connection = Connection {
        name: "c".into(),
        location: "fra".into(),
        role: Role::Primary,
        router: None,
        remote_router: None,
        bandwidth_gbps: 10,
        utilisation_percent: None,
        state: None,
        session: SessionPlan {
            local: Ipv4Net::new_assert(Ipv4Addr::new(192, 0, 2, 1), 30).into(),
            peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
            provider: AddressProvider::Microsoft,
            bfd: None,
            hold_time: None,
            keepalive: None,
            md5: false,
            max_prefix: None,
        },
    };
    let peering = Peering { name: "p".into(), connections: vec![connection], registered_prefixes: vec![] };
    Plan { associated_asns: vec![Asn(ASSOCIATED)], peerings: vec![peering], ..Plan::new(Asn(CARRIER)) }
}

#[derive(Clone, Debug)]
struct World {
    address: u32,
    bits: u8,
    path: Vec<(SegmentKind, Vec<u32>)>,
    communities: Vec<u32>,
    next_hop: u32,
}

fn asn() -> impl Strategy<Value = u32> {
    let edges = vec![
        0,
        1,
        12_076,
        23_455,
        23_456,
        23_457,
        64_495,
        64_496,
        64_511,
        64_512,
        65_534,
        65_535,
        65_536,
        65_551,
        65_552,
        131_071,
        131_072,
        4_199_999_999,
        4_200_000_000,
        4_294_967_294,
        4_294_967_295,
    ];
    prop_oneof![4 => Just(CARRIER), 2 => Just(ASSOCIATED), 2 => prop::sample::select(edges), 1 => any::<u32>()]
}

fn segment() -> impl Strategy<Value = (SegmentKind, Vec<u32>)> {
    use SegmentKind::{ConfedSequence, ConfedSet, Sequence, Set};
    let kind =
        prop_oneof![6 => Just(Sequence), 1 => Just(Set), 1 => Just(ConfedSequence), 1 => Just(ConfedSet)];
    (kind, prop::collection::vec(asn(), 1..4))
}

fn address() -> impl Strategy<Value = u32> {
    let starts = vec![0u32, 0x0a00_0000, 0x6440_0000, 0xac10_0000, 0xc000_0000, 0xc000_0200, 0xc0a8_0000];
    let more =
        vec![0xc612_0000, 0xc633_6400, 0xcb00_7100, 0xe000_0000, 0xf000_0000, 0xffff_ffff, 0x0808_0800];
    let near = (prop::sample::select([starts, more].concat()), -2i32..600);
    prop_oneof![near.prop_map(|(at, by)| at.wrapping_add_signed(by)), any::<u32>()]
}

prop_compose! {
    fn world()(
        address in address(), bits in 0u8..=32, clean in any::<bool>(),
        path in prop::collection::vec(segment(), 0..3),
        communities in prop::collection::vec(prop::sample::select(vec![0x1f8b_1f47u32, 0x1f8b_1f48, 0xfc00_0001]), 0..3),
        next_hop in 0xc000_0200u32..0xc000_0206,
    ) -> World {
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        World { address: if clean { address & mask } else { address }, bits, path, communities, next_hop }
    }
}

/// First and last address of what is not globally reachable, read from the registry by hand.
const SET_APART: &[(u32, u32)] = &[
    (0x0000_0000, 0x00ff_ffff),
    (0x0a00_0000, 0x0aff_ffff),
    (0x6440_0000, 0x647f_ffff),
    (0x7f00_0000, 0x7fff_ffff),
    (0xa9fe_0000, 0xa9fe_ffff),
    (0xac10_0000, 0xac1f_ffff),
    (0xc000_0000, 0xc000_0008),
    (0xc000_000b, 0xc000_00ff),
    (0xc000_0200, 0xc000_02ff),
    (0xc058_6300, 0xc058_63ff),
    (0xc0a8_0000, 0xc0a8_ffff),
    (0xc612_0000, 0xc613_ffff),
    (0xc633_6400, 0xc633_64ff),
    (0xcb00_7100, 0xcb00_71ff),
    (0xe000_0000, 0xffff_ffff),
];

fn set_apart(asn: u32) -> bool {
    asn == 0 || asn == 23_456 || (64_496..=131_071).contains(&asn) || asn >= 4_200_000_000
}

/// What each rule must say of `w`, or `None` where there is no valid prefix to ask about.
fn naive(w: &World) -> Vec<(RuleId, Option<bool>)> {
    let size = 1u64 << (32 - u32::from(w.bits));
    let valid = u64::from(w.address) % size == 0;
    let last = u64::from(w.address) + size - 1;
    let public = !SET_APART.iter().any(|&(from, to)| w.address <= to && last >= u64::from(from));
    let flat: Vec<u32> = w.path.iter().flat_map(|(_, asns)| asns.clone()).collect();
    let mut length = 0;
    for (kind, asns) in &w.path {
        length += match kind {
            SegmentKind::Sequence => asns.len(),
            SegmentKind::Set => 1,
            _ => 0,
        };
    }
    let mut distinct = flat.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let sets = w.path.iter().any(|(kind, _)| matches!(kind, SegmentKind::Set | SegmentKind::ConfedSet));
    let outside: Vec<_> =
        w.path.iter().filter(|(kind, _)| matches!(kind, SegmentKind::Set | SegmentKind::Sequence)).collect();
    let first =
        outside.first().filter(|(kind, _)| *kind == SegmentKind::Sequence).and_then(|(_, asns)| asns.first());
    let origin =
        outside.last().filter(|(kind, _)| *kind == SegmentKind::Sequence).and_then(|(_, asns)| asns.last());
    vec![
        (RuleId::PrefixValid, Some(valid)),
        (RuleId::PrefixPublic, valid.then_some(public)),
        (RuleId::PrefixLength, valid.then_some((8..=24).contains(&w.bits))),
        (RuleId::Community, Some(w.communities.contains(&((8075 << 16) + 8007)))),
        (RuleId::AsPathLength, Some(length < 4)),
        (RuleId::AsPathPrivate, Some(!flat.iter().any(|asn| set_apart(*asn)))),
        (RuleId::AsPathPrepend, Some(distinct.len() == flat.len())),
        (RuleId::AsPathSet, Some(!sets && first == Some(&CARRIER))),
        (RuleId::OriginAsn, Some(origin == Some(&CARRIER) || origin == Some(&ASSOCIATED))),
        (RuleId::NextHop, Some(w.next_hop != 0xc000_0202 && w.next_hop & !3 == 0xc000_0200)),
    ]
}

fn observed(w: &World) -> Observed {
    let mut path = AsPathBuf::default();
    w.path.iter().for_each(|(kind, asns)| path.push(*kind, asns.iter().copied().map(Asn)));
    let route = ObservedRoute {
        as_path: Some(path),
        communities: Some(w.communities.iter().copied().map(Community).collect()),
        next_hop: Some(IpAddr::V4(Ipv4Addr::from(w.next_hop))),
        ..ObservedRoute::new(PrefixText::new(&format!("{}/{}", Ipv4Addr::from(w.address), w.bits)))
    };
    let session = ObservedSession {
        connection: Some("c".into()),
        routes: Some(vec![route]),
        ..ObservedSession::default()
    };
    Observed { sessions: vec![session], ..Observed::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn judge_agrees_with_a_naive_reading(w in world()) {
        let report = judge(&plan(), &observed(&w));
        for (rule, want) in naive(&w) {
            let found: Vec<_> = report.of(rule).filter(|v| v.subject.prefix.is_some()).collect();
            prop_assert_eq!(found.len(), 1, "{}", rule);
            let got = match found[0].state {
                State::Verified => Some(true),
                State::Unknown => None,
                _ => Some(false),
            };
            prop_assert_eq!(got, want, "{}", rule);
        }
    }
}
