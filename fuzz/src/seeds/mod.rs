//! What the targets begin with: messages and records that this library writes.

mod large;
mod recorded;

pub(crate) use large::large_updates;
pub(crate) use recorded::{bmp, mrt};

use crate::session::{CONTEXTS, session};
use bgp_wire::{
    AddPath, AfiSafi, Aggregator, Asn, AttrCode, AttrFlags, AttributeSet, Bgpsec, Capabilities, Capability,
    Community, ExtendedCommunity, Family, FilteredRefresh, Fit, Fqdn, GracefulRestart, HEADER_LEN,
    LabelCount, LargeCommunity, Negotiated, NextHop, NextHopEncoding, Notification, NotificationCode, Open,
    OrfFamily, OrfGroup, OrfSupport, Origin, OwnedAttr, PathNlri, PathsLimit, PrefixOrf, PrefixRule,
    RestartFamily, Role, RouteRefresh, RouteRefreshKind, SegmentKind, StaleFamily, Tuples, UpdateWriter,
    WhenToRefresh, write_keepalive,
};
use ipnet::IpNet;
use std::net::{Ipv4Addr, Ipv6Addr};

const V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

/// Bodies of UPDATEs behind the octet of their session: every context, family and kind.
pub(crate) fn updates() -> Vec<Vec<u8>> {
    CONTEXTS
        .flat_map(|octet| {
            let bodies = messages(&session(octet));
            bodies.into_iter().map(move |message| [&[octet], &message[HEADER_LEN..]].concat())
        })
        .collect()
}

/// Whole UPDATEs of a session.
fn messages(n: &Negotiated) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (family, next_hop) in routes() {
        for set in [AttributeSet::new(Origin::Igp, next_hop), everything(next_hop)] {
            all.push(written(|out| {
                push(UpdateWriter::announce(out, n, family, &set).expect("room"), family)
            }));
        }
        all.push(written(|out| push(UpdateWriter::withdraw(out, n, family), family)));
        all.push(written(|out| UpdateWriter::end_of_rib(out, n, family)));
    }
    all
}

/// What `write` appends.
fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out);
    out
}

/// Every form of a next hop, with a family that can have it.
fn routes() -> [(Family, NextHop); 3] {
    [
        (Family::Ipv4Unicast, NextHop::V4(V4)),
        (Family::Ipv6Unicast, NextHop::V6(V6)),
        (Family::Ipv6Unicast, NextHop::V6LinkLocal(V6, LINK_LOCAL)),
    ]
}

fn push(mut writer: UpdateWriter<'_>, family: Family) {
    let texts = match family {
        Family::Ipv4Unicast => ["198.51.100.0/24", "10.0.0.0/7", "203.0.113.9/32"],
        _ => ["2001:db8::/32", "2001:db8:1:2::/63", "2001:db8::1/128"],
    };
    for (path_id, text) in (1..).zip(texts) {
        assert_eq!(writer.push(&PathNlri { path_id, prefix: prefix(text) }), Fit::Added);
    }
    writer.finish();
}

fn prefix(text: &str) -> IpNet {
    text.parse::<IpNet>().expect("a prefix").trunc()
}

/// Every attribute that a set can hold.
fn everything(next_hop: NextHop) -> AttributeSet {
    let mut set = AttributeSet::new(Origin::Incomplete, next_hop);
    set.as_path.push(SegmentKind::Sequence, [Asn(64500), Asn(70000)]);
    set.as_path.push(SegmentKind::Set, [Asn(64501), Asn(64502)]);
    set.med = Some(5);
    set.local_pref = Some(200);
    set.atomic_aggregate = true;
    set.aggregator = Some(Aggregator { asn: Asn(70000), router_id: V4 });
    set.communities = vec![Community::new(64500, 1), Community::NO_EXPORT];
    set.extended_communities = vec![ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, 0, 1])];
    set.large_communities = vec![LargeCommunity { global: 64500, local1: 1, local2: 2 }];
    set.originator_id = Some(V4);
    set.cluster_list = vec![V4];
    set.put_other(OwnedAttr { flags: AttrFlags(0xe0), code: AttrCode(99), value: [1, 2, 3].into() });
    set
}

/// The NLRI of those UPDATEs, behind the octet of the families that have such.
pub(crate) fn nlri() -> Vec<Vec<u8>> {
    let plain: &[u8] = &[24, 198, 51, 100, 9, 10, 128, 0];
    let numbered: &[u8] = &[0, 0, 0, 1, 24, 198, 51, 100, 0, 0, 0, 2, 9, 10, 128];
    let families = u8::try_from(Family::named().count()).expect("few");
    let each = (0..=families).flat_map(|n| [[&[n], plain].concat(), [&[n | 0x80], numbered].concat()]);
    each.collect()
}

/// Octets of communities, and texts.
pub(crate) fn communities() -> Vec<Vec<u8>> {
    let kinds = [0, 1, 2, 3, 4, 6, 8, 0x40, 0x43, 0x80];
    let octets = kinds.map(|kind| vec![kind, 2, 0xfb, 0xf4, 0, 0, 0, 1, 0, 2, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4]);
    let texts = octets.clone().map(|octets| {
        let octets = octets.first_chunk().expect("octets");
        ExtendedCommunity(*octets).to_string().into_bytes()
    });
    let more = ["64500:1", "no-export", "64500:1:2"].map(Vec::from);
    octets.into_iter().chain(texts).chain(more).collect()
}

/// One of each capability.
fn every_capability() -> Capabilities<'static> {
    const FAMILY: AfiSafi = AfiSafi { afi: 1, safi: 1 };
    let filters = [OrfFamily { family: FAMILY, types: tuples(&[OrfSupport { kind: 64, mode: 3 }]) }];
    let all = [
        Capability::Multiprotocol(FAMILY),
        Capability::Multiprotocol(Family::Ipv6Unicast.afi_safi()),
        Capability::RouteRefresh,
        Capability::OutboundRouteFilter(tuples(&filters)),
        Capability::ExtendedNextHop(tuples(&[NextHopEncoding { afi: 1, safi: 1, next_hop_afi: 2 }])),
        Capability::ExtendedMessage,
        Capability::Bgpsec(Bgpsec { version: 0, send: true, afi: 1 }),
        Capability::MultipleLabels(tuples(&[LabelCount { family: FAMILY, count: 3 }])),
        Capability::Role(Role::Customer),
        Capability::GracefulRestart(GracefulRestart {
            restarting: true,
            notification: true,
            restart_time: 120,
            families: tuples(&[RestartFamily { family: FAMILY, forwarding_preserved: true }]),
        }),
        Capability::FourOctetAsn(Asn(70000)),
        Capability::Dynamic(&[1, 2]),
        Capability::Multisession(&[0, 1]),
        Capability::AddPath(tuples(&[AddPath { family: FAMILY, receive: true, send: true }])),
        Capability::EnhancedRouteRefresh,
        Capability::LongLivedGracefulRestart(tuples(&[StaleFamily {
            family: FAMILY,
            forwarding_preserved: true,
            stale_time: 3600,
        }])),
        Capability::Fqdn(Fqdn { host: b"edge", domain: b"example.net" }),
        Capability::BfdStrictMode,
        Capability::SoftwareVersion(b"voicepeer"),
        Capability::PathsLimit(tuples(&[PathsLimit { family: FAMILY, limit: 4 }])),
        Capability::Other { code: 200, value: &[7; 20] },
    ];
    all.into_iter().collect()
}

fn tuples<T>(all: &[T]) -> Tuples<'_, T> {
    all.into()
}

/// The octets of capabilities: each alone, and all together.
pub(crate) fn capabilities() -> Vec<Vec<u8>> {
    let all = every_capability();
    let each = all.iter().map(|one| std::iter::once(one).collect::<Capabilities<'_>>().as_bytes().to_vec());
    each.chain([all.as_bytes().to_vec()]).collect()
}

/// Whole OPENs: with no capability, with all, and with so many that the parameters are extended.
fn open_messages() -> Vec<Vec<u8>> {
    let all = every_capability();
    let more = all.iter().chain(all.iter()).collect();
    [Capabilities::default(), all, more]
        .map(|capabilities| Open { asn: Asn(70000), hold_time: 90, router_id: V4, capabilities })
        .map(|open| written(|out| open.encode(out)))
        .into()
}

pub(crate) fn opens() -> Vec<Vec<u8>> {
    bodies(open_messages())
}

fn notification_messages() -> Vec<Vec<u8>> {
    let shutdown = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
    let words = shutdown.communication("back at noon");
    let nested = [&[shutdown.code, shutdown.subcode], &words[..]].concat();
    [
        (NotificationCode::CEASE, &[][..]),
        (shutdown, &words),
        (NotificationCode::HARD_RESET, &nested),
        (NotificationCode::BAD_LENGTH, &[0, 18]),
        (NotificationCode { code: 77, subcode: 7 }, &[1, 2, 3]),
    ]
    .map(|(code, data)| written(|out| Notification { code, data }.encode(out)))
    .into()
}

pub(crate) fn notifications() -> Vec<Vec<u8>> {
    bodies(notification_messages())
}

fn route_refresh_messages() -> Vec<Vec<u8>> {
    let family = Family::Ipv4Unicast.afi_safi();
    let kinds = [RouteRefreshKind::Request, RouteRefreshKind::Begin, RouteRefreshKind::End];
    let plain = kinds.map(|kind| written(|out| RouteRefresh { family, kind }.encode(out)));
    let filtered = [("198.51.100.0/24", 32), ("2001:db8::/32", 48)].map(|(text, max_len)| {
        let prefix = prefix(text);
        let rule = PrefixRule { permit: true, sequence: 5, min_len: 0, max_len, prefix };
        let deny = PrefixRule { permit: false, ..rule };
        let mut entries = Vec::new();
        let all = [PrefixOrf::RemoveAll, PrefixOrf::Add(rule), PrefixOrf::Remove(deny)];
        all.iter().for_each(|entry| entry.encode(&mut entries));
        let groups = [64, 128].map(|kind| OrfGroup { kind, entries: &entries });
        let family = Family::of(&prefix).afi_safi();
        let groups = groups.as_slice().into();
        written(|out| FilteredRefresh { family, when: WhenToRefresh::Immediate, groups }.encode(out))
    });
    plain.into_iter().chain(filtered).collect()
}

pub(crate) fn route_refreshes() -> Vec<Vec<u8>> {
    bodies(route_refresh_messages())
}

fn bodies(messages: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    messages.into_iter().map(|message| message[HEADER_LEN..].to_vec()).collect()
}

/// Streams behind the octet of their session: an OPEN, a KEEPALIVE, and one message of the others.
pub(crate) fn streams() -> Vec<Vec<u8>> {
    let open = open_messages().swap_remove(1);
    let keepalive = written(write_keepalive);
    let n = session(0);
    let all = [messages(&n), notification_messages(), route_refresh_messages()].concat();
    all.iter().map(|message| [&[0], &open[..], &keepalive, message].concat()).collect()
}
