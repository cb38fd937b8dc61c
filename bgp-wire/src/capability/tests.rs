//! Which octets are which capability, which are refused, and how each is written and shown.

use super::*;
use crate::family::Family;
use alloc::string::{String, ToString};
use alloc::vec;
use proptest::collection::vec as many;
use proptest::prelude::*;

/// How the octets of one capability are read, and whether an OPEN with it is refused.
fn read(raw: &[u8]) -> (String, bool) {
    let all = Capabilities::from_checked(raw.into());
    let [capability] = all.iter().collect::<Vec<_>>()[..] else { panic!("one capability: {raw:?}") };
    assert_eq!(capability.code(), raw[0]);
    (capability.to_string(), all.wrong_length().is_some())
}

/// (octets, as it is shown): each is accepted, and is written as it came.
#[test]
fn every_code() {
    let cases: &[(&[u8], &str)] = &[
        (&[1, 4, 0, 2, 0, 1], "multiprotocol ipv6-unicast"),
        (&[1, 4, 0, 25, 0, 70], "multiprotocol evpn"),
        (&[2, 0], "route-refresh"),
        (
            &[3, 9, 0, 1, 0, 1, 2, 64, 3, 65, 1],
            "outbound-route-filter ipv4-unicast [prefix (receive, send), type 65 (receive)]",
        ),
        (&[5, 6, 0, 1, 0, 1, 0, 2], "extended-next-hop ipv4-unicast over ipv6"),
        (&[5, 0], "extended-next-hop "),
        (&[6, 0], "extended-message"),
        (&[7, 3, 0x08, 0, 1], "bgpsec version 0 send AFI 1"),
        (&[7, 3, 0x10, 0, 2], "bgpsec version 1 receive AFI 2"),
        (&[8, 4, 0, 1, 1, 3], "multiple-labels ipv4-unicast 3"),
        (&[9, 1, 0], "role provider"),
        (&[9, 1, 1], "role rs-server"),
        (&[9, 1, 2], "role rs-client"),
        (&[9, 1, 3], "role customer"),
        (&[9, 1, 4], "role peer"),
        (&[9, 1, 5], "role role 5"),
        (&[64, 2, 0, 120], "graceful-restart 120 s: "),
        (
            &[64, 10, 0xc0, 120, 0, 1, 1, 0x80, 0, 2, 1, 0],
            "graceful-restart 120 s, restarting, after a notification too: \
             ipv4-unicast (forwarding preserved), ipv6-unicast",
        ),
        (&[65, 4, 0, 1, 0, 0], "four-octet-as AS65536"),
        (&[67, 1, 1], "dynamic (1 octets)"),
        (&[68, 1, 0], "multisession (1 octets)"),
        (&[69, 8, 0, 1, 1, 1, 0, 2, 1, 3], "add-path ipv4-unicast (receive), ipv6-unicast (receive, send)"),
        (&[70, 0], "enhanced-route-refresh"),
        (
            &[71, 7, 0, 1, 1, 0x80, 1, 0, 0],
            "long-lived-graceful-restart ipv4-unicast 65536 s (forwarding preserved)",
        ),
        (&[73, 7, 2, b'r', b'1', 3, b'n', b'e', b't'], "fqdn r1.net"),
        (&[73, 4, 2, b'r', b'1', 0], "fqdn r1"),
        (&[74, 0], "bfd-strict-mode"),
        (&[75, 4, 3, b'v', b'\n', b'1'], "software-version \"v\\n1\""),
        (&[76, 5, 0, 1, 1, 0, 8], "paths-limit ipv4-unicast 8"),
        (&[130, 1, 0], "prestandard-outbound-route-filter (1 octets)"),
        (&[200, 0], "capability 200 (0 octets)"),
    ];
    for (raw, shown) in cases {
        let shown = shown.replace("AS65536", &Asn(65536).to_string());
        assert_eq!(read(raw), (shown, false), "{raw:?}");
        let again: Capabilities<'_> = Capabilities::from_checked((*raw).into()).iter().collect();
        assert_eq!(again.as_bytes(), *raw);
    }
}

/// (octets of one that cannot be read as its code says, whether that refuses the OPEN)
#[test]
fn what_cannot_be_read() {
    let cases: &[(&[u8], bool)] = &[
        (&[1, 3, 0, 1, 0], true),
        (&[2, 1, 0], true),
        (&[3, 0], true),
        (&[3, 4, 0, 1, 0, 1], true),
        (&[3, 6, 0, 1, 0, 1, 1, 64], true),
        (&[5, 5, 0, 1, 0, 1, 0], true),
        (&[6, 1, 0], true),
        (&[7, 2, 0, 0], true),
        (&[8, 3, 0, 1, 1], true),
        (&[9, 0], true),
        (&[9, 2, 0, 0], true),
        (&[64, 0], true),
        (&[64, 1, 0], true),
        (&[64, 5, 0, 0, 0, 1, 1], true),
        (&[65, 2, 0, 1], true),
        (&[69, 3, 0, 1, 1], true),
        (&[70, 1, 0], true),
        (&[71, 6, 0, 1, 1, 0, 0, 0], true),
        // A value of RFC 7911 that is to be passed over.
        (&[69, 4, 0, 1, 1, 0], false),
        (&[69, 8, 0, 1, 1, 3, 0, 2, 1, 4], false),
        // Of drafts, and for people to read.
        (&[73, 1, 9], false),
        (&[74, 1, 0], false),
        (&[75, 0], false),
        (&[75, 1, 0], false),
        (&[75, 2, 5, b'v'], false),
        (&[76, 4, 0, 1, 1, 0], false),
    ];
    for (raw, refused) in cases {
        assert_eq!(read(raw).1, *refused, "{raw:?}");
        let all = Capabilities::from_checked((*raw).into());
        let kept = Capability::Other { code: raw[0], value: &raw[2..] };
        assert_eq!(all.iter().next(), Some(kept));
    }
}

#[test]
fn filters_behind_the_first_are_read_as_far_as_they_are_whole() {
    let raw = [3, 9, 0, 1, 0, 1, 1, 64, 3, 0, 2];
    assert_eq!(read(&raw), ("outbound-route-filter ipv4-unicast [prefix (receive, send)]".into(), false));
}

#[test]
fn what_one_octet_cannot_count_is_left_out_whole() {
    let family = Family::Ipv4Unicast.afi_safi();
    let paths = [AddPath { family, receive: true, send: false }; 70];
    let types = [OrfSupport { kind: 64, mode: 1 }; 200];
    let filters = [OrfFamily { family, types: types.as_slice().into() }; 2];
    let kept = [RestartFamily { family, forwarding_preserved: true }; 70];
    let restart = GracefulRestart {
        restarting: false,
        notification: false,
        restart_time: 9000,
        families: kept.as_slice().into(),
    };
    let restart = Capability::GracefulRestart(restart);
    let name = Fqdn { host: &[b'h'; 200], domain: &[b'd'; 200] };
    let all: Capabilities<'_> = [
        Capability::AddPath(paths.as_slice().into()),
        Capability::OutboundRouteFilter(filters.as_slice().into()),
        restart,
        Capability::Fqdn(name),
        Capability::SoftwareVersion(&[b'v'; 300]),
        Capability::Other { code: 200, value: &[0; 300] },
        Capability::RouteRefresh,
    ]
    .into_iter()
    .collect();
    let lens: Vec<(u8, usize)> = all
        .iter()
        .map(|c| match c {
            Capability::AddPath(list) => (69, list.iter().count()),
            Capability::OutboundRouteFilter(list) => (3, list.iter().next().unwrap().types.iter().count()),
            Capability::GracefulRestart(restart) => (64, restart.families.iter().count()),
            Capability::Fqdn(name) => (73, name.host.len() + name.domain.len()),
            Capability::SoftwareVersion(version) => (75, version.len()),
            Capability::Other { code, value } => (code, value.len()),
            other => (other.code(), 0),
        })
        .collect();
    assert_eq!(lens, [(69, 63), (3, 125), (64, 63), (73, 253), (75, 254), (200, 255), (2, 0)]);
    assert_eq!(all.wrong_length(), None);
}

prop_compose! {
    fn family()(afi in any::<u16>(), safi in any::<u8>()) -> AfiSafi { AfiSafi { afi, safi } }
}

/// The values that lists of capabilities borrow from.
#[derive(Clone, Debug)]
struct Lists {
    paths: Vec<AddPath>,
    restart: Vec<RestartFamily>,
    stale: Vec<StaleFamily>,
    next_hops: Vec<NextHopEncoding>,
    labels: Vec<LabelCount>,
    limits: Vec<PathsLimit>,
    filters: Vec<(AfiSafi, Vec<OrfSupport>)>,
    text: Vec<u8>,
}

fn lists() -> impl Strategy<Value = Lists> {
    let paths = (family(), 1..=3u8).prop_map(|(family, way)| AddPath {
        family,
        receive: way & 1 != 0,
        send: way & 2 != 0,
    });
    let restart = (family(), any::<bool>())
        .prop_map(|(family, forwarding_preserved)| RestartFamily { family, forwarding_preserved });
    let stale =
        (family(), any::<bool>(), 0..1u32 << 24).prop_map(|(family, forwarding_preserved, stale_time)| {
            StaleFamily { family, forwarding_preserved, stale_time }
        });
    let next_hops = any::<(u16, u16, u16)>().prop_map(|(afi, safi, next_hop_afi)| NextHopEncoding {
        afi,
        safi,
        next_hop_afi,
    });
    let labels = (family(), any::<u8>()).prop_map(|(family, count)| LabelCount { family, count });
    let limits = (family(), any::<u16>()).prop_map(|(family, limit)| PathsLimit { family, limit });
    let support = any::<(u8, u8)>().prop_map(|(kind, mode)| OrfSupport { kind, mode });
    (
        many(paths, 0..9),
        many(restart, 0..9),
        many(stale, 0..9),
        many(next_hops, 0..9),
        many(labels, 0..9),
        many(limits, 0..9),
        many((family(), many(support, 0..9)), 1..9),
        many(any::<u8>(), 1..100),
    )
        .prop_map(|(paths, restart, stale, next_hops, labels, limits, filters, text)| Lists {
            paths,
            restart,
            stale,
            next_hops,
            labels,
            limits,
            filters,
            text,
        })
}

proptest! {
    #[test]
    fn lists_read_back(lists in lists(), bits in any::<u8>(), time in 0..4096u16, afi in any::<u16>()) {
        let filters: Vec<OrfFamily<'_>> = lists
            .filters
            .iter()
            .map(|(family, types)| OrfFamily { family: *family, types: types.as_slice().into() })
            .collect();
        let restart = GracefulRestart {
            restarting: bits & 1 != 0,
            notification: bits & 2 != 0,
            restart_time: time,
            families: lists.restart.as_slice().into(),
        };
        let all = vec![
            Capability::OutboundRouteFilter(filters.as_slice().into()),
            Capability::ExtendedNextHop(lists.next_hops.as_slice().into()),
            Capability::ExtendedMessage,
            Capability::Bgpsec(Bgpsec { version: bits >> 4, send: bits & 4 != 0, afi }),
            Capability::MultipleLabels(lists.labels.as_slice().into()),
            Capability::Role(Role::from_octet(bits)),
            Capability::GracefulRestart(restart),
            Capability::Dynamic(&lists.text),
            Capability::Multisession(&lists.text),
            Capability::AddPath(lists.paths.as_slice().into()),
            Capability::EnhancedRouteRefresh,
            Capability::LongLivedGracefulRestart(lists.stale.as_slice().into()),
            Capability::Fqdn(Fqdn { host: &lists.text, domain: &lists.text }),
            Capability::BfdStrictMode,
            Capability::SoftwareVersion(&lists.text),
            Capability::PathsLimit(lists.limits.as_slice().into()),
        ];
        let written: Capabilities<'_> = all.iter().copied().collect();
        prop_assert_eq!(written.wrong_length(), None);
        prop_assert_eq!(written.iter().collect::<Vec<_>>(), all);
    }

    #[test]
    fn any_value_of_any_code_is_read_and_shown(code in any::<u8>(), value in many(any::<u8>(), 0..40)) {
        let capability = Capability::decode(code, &value);
        prop_assert_eq!(capability.code(), code);
        let written: Capabilities<'_> = core::iter::once(capability).collect();
        prop_assert_eq!(written.iter().next(), Some(capability));
        prop_assert!(!capability.to_string().is_empty());
    }
}
