//! UPDATEs that fill an extended message (RFC 8654), each with another part that is long.

use super::{V4, everything, prefix, written};
use crate::session::session;
use bgp_wire::{
    Asn, AttributeSet, Community, ExtendedCommunity, Family, Fit, HEADER_LEN, LargeCommunity, NextHop,
    Origin, PathNlri, SegmentKind, UpdateWriter,
};

/// External, ASNs of four octets, messages of up to 65,535 octets.
const EXTENDED: u8 = 1 << 3;

/// Bodies behind the octet of their session.
pub(crate) fn large_updates() -> Vec<Vec<u8>> {
    let plain = || AttributeSet::new(Origin::Igp, NextHop::V4(V4));
    let numbers = |count: u32| (0..count).map(|n| n.wrapping_mul(2_654_435_761));
    let mut path = plain();
    for first in 0..60 {
        let kind = if first % 7 == 3 { SegmentKind::Set } else { SegmentKind::Sequence };
        path.as_path.push(kind, (0..250).map(|n| Asn(64_000 + first * 20 + n)));
    }
    let communities = AttributeSet { communities: numbers(15_000).map(Community).collect(), ..plain() };
    let extended = |n: u32| ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, (n >> 8) as u8, n as u8]);
    let extended = AttributeSet { extended_communities: numbers(7_500).map(extended).collect(), ..plain() };
    let large = |n| LargeCommunity { global: 64_500, local1: n, local2: n % 7 };
    let large = AttributeSet { large_communities: numbers(5_000).map(large).collect(), ..plain() };
    [path, communities, extended, large, everything(NextHop::V4(V4))].iter().map(full).collect()
}

/// A set with as many prefixes as there is room for.
fn full(set: &AttributeSet) -> Vec<u8> {
    let message = written(|out| {
        let n = session(EXTENDED);
        let mut writer = UpdateWriter::announce(out, &n, Family::Ipv4Unicast, set).expect("room");
        let some = ["198.51.100.0/24", "10.0.0.0/7", "203.0.113.9/32"].map(prefix);
        let more = (0..).map(|n: u32| ipnet::Ipv4Net::new_assert((0x0a00_0000 | n << 3).into(), 29).into());
        for prefix in some.into_iter().chain(more) {
            if writer.push(&PathNlri { path_id: 0, prefix }) != Fit::Added {
                break;
            }
        }
        writer.finish();
    });
    [&[EXTENDED], &message[HEADER_LEN..]].concat()
}
