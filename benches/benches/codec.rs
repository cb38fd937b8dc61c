//! The codec beside a named peer on the same bytes in one run: ratios count, not nanoseconds.
//!
//! `memcpy` and `walk` (length fields only) are what no decoder can be faster than. Every other row reads
//! every attribute and every prefix into a sum, and the sums must be equal before anything is measured.
#![expect(clippy::unwrap_used, reason = "the bytes are the bench's own")]

use bgp_wire::{
    AsnWidth, AttributeSet, Attrs, Community, Family, Fit, LargeCommunity, Negotiated, NextHop, Origin,
    PathNlri, PeerKind, Received, UpdateWriter, frame, update,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use netgauze_bgp_pkt::BgpMessage;
use netgauze_bgp_pkt::path_attribute::{As4PathSegment, AsPath, MpReach, PathAttributeValue};
use netgauze_bgp_pkt::wire::deserializer::BgpParsingContext;
use netgauze_parse_utils::WritablePdu;
use netgauze_parse_utils::reader::SliceReader;
use netgauze_parse_utils::traits::ParseFromWithOneInput;
use std::collections::HashMap;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const MESSAGES: u32 = 1000;

fn session() -> Negotiated {
    let families = Family::UNICAST.into_iter().collect();
    Negotiated { asn_width: AsnWidth::Four, families, ..Negotiated::new(PeerKind::External) }
}

/// The shape of a full table: paths of 2 to 8 hops, up to 11 communities, some large ones.
fn route(i: u32, family: Family) -> (AttributeSet, Vec<PathNlri>) {
    let next_hop = match family {
        Family::Ipv4Unicast => NextHop::V4(Ipv4Addr::new(192, 0, 2, 1)),
        _ => NextHop::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | 1)),
    };
    let mut set = AttributeSet::new(Origin::Igp, next_hop);
    set.as_path = (0..2 + i % 7).map(|hop| bgp_wire::Asn(64496 + (i + hop) % 16)).collect();
    set.med = i.is_multiple_of(3).then_some(i);
    set.communities = (0..i % 12).map(|c| Community(64496 << 16 | c)).collect();
    let large = |local2| LargeCommunity { global: 64496, local1: i, local2 };
    set.large_communities = (0..u32::from(i.is_multiple_of(7)) * 2).map(large).collect();
    let prefix = |n: u32| {
        if family == Family::Ipv4Unicast {
            IpNet::V4(Ipv4Net::new_assert((0xc612_0000 | (i * 7 + n) << 4 & 0x1_ffff).into(), 28))
        } else {
            let addr = 0x2001_0db8_u128 << 96 | u128::from(i * 4 + n) << 80;
            IpNet::V6(Ipv6Net::new_assert(addr.into(), 48))
        }
    };
    let count = if family == Family::Ipv4Unicast { 7 } else { 4 };
    (set, (0..count).map(|n| PathNlri { path_id: 0, prefix: prefix(n) }).collect())
}

fn encode(routes: &[(AttributeSet, Vec<PathNlri>)], family: Family, n: &Negotiated, out: &mut Vec<u8>) {
    for (set, prefixes) in routes {
        let mut writer = UpdateWriter::announce(out, n, family, set).unwrap();
        prefixes.iter().for_each(|nlri| assert_eq!(writer.push(nlri), Fit::Added));
        writer.finish();
    }
}

/// Calls `each` with every message of `bytes`, header included.
fn messages<'a>(mut bytes: &'a [u8], mut each: impl FnMut(&'a [u8])) {
    while let Some([high, low]) = bytes.get(16..18).and_then(|v| v.first_chunk::<2>()) {
        let (message, rest) = bytes.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        each(message);
        bytes = rest;
    }
}

/// Reads the whole address, and leaves room for millions of them in the sum.
fn address(addr: IpAddr) -> u64 {
    match addr {
        IpAddr::V4(a) => u64::from(a.to_bits()),
        IpAddr::V6(a) => a.segments().iter().map(|s| u64::from(*s)).sum(),
    }
}

fn attributes(attrs: &Attrs<'_>) -> u64 {
    let path: u64 = attrs.as_path().map_or(0, |path| path.asns().map(|asn| u64::from(asn.0)).sum());
    let communities: u64 = attrs.communities().map(|c| u64::from(c.0)).sum();
    let large =
        attrs.large_communities().map(|c| u64::from(c.global) + u64::from(c.local1) + u64::from(c.local2));
    let origin = attrs.origin().map_or(0, |origin| origin as u64);
    path + communities + large.sum::<u64>() + origin + attrs.med().map_or(0, u64::from)
}

fn ours(bytes: &[u8], n: &Negotiated) -> u64 {
    let mut sum = 0;
    messages(bytes, |message| {
        let body = frame(message, n.max_message).unwrap().unwrap().body;
        let Received::Routes(routes) = update(body, n).unwrap().update else { return };
        sum += attributes(&routes.attrs);
        for (hop, nlri) in routes.announced() {
            sum += address(hop.addr());
            sum +=
                nlri.iter().map(|n| address(n.prefix.addr()) + u64::from(n.prefix.prefix_len())).sum::<u64>();
        }
    });
    sum
}

fn peer_context() -> BgpParsingContext {
    BgpParsingContext::new(true, HashMap::new(), HashMap::new(), true, true, true, true)
}

fn peer_value(value: &PathAttributeValue) -> u64 {
    match value {
        PathAttributeValue::Origin(origin) => *origin as u64,
        PathAttributeValue::AsPath(AsPath::As4PathSegments(segments)) => {
            segments.iter().flat_map(As4PathSegment::as_numbers).map(|asn| u64::from(*asn)).sum()
        }
        PathAttributeValue::NextHop(hop) => address(hop.next_hop().into()),
        PathAttributeValue::MultiExitDiscriminator(med) => u64::from(med.metric()),
        PathAttributeValue::Communities(all) => all.communities().iter().map(|c| u64::from(c.value())).sum(),
        PathAttributeValue::LargeCommunities(all) => {
            let large = all.communities().iter();
            let sum = large.map(|c| [c.global_admin(), c.local_data1(), c.local_data2()].map(u64::from));
            sum.flatten().sum()
        }
        PathAttributeValue::MpReach(MpReach::Ipv6Unicast { next_hop_global, nlri, .. }) => {
            let nets = nlri.iter().map(|n| n.network().address());
            let prefixes: u64 = nets.map(|n| address(n.addr().into()) + u64::from(n.prefix_len())).sum();
            address((*next_hop_global).into()) + prefixes
        }
        _ => 0,
    }
}

fn peer(bytes: &[u8], context: &mut BgpParsingContext) -> u64 {
    let mut sum = 0;
    messages(bytes, |message| {
        let Ok(BgpMessage::Update(update)) = BgpMessage::parse(&mut SliceReader::new(message), context)
        else {
            return;
        };
        sum += update.path_attributes().iter().map(|a| peer_value(a.value())).sum::<u64>();
        let nets = update.nlri().iter().map(|n| n.network().address());
        sum += nets.map(|n| address(n.addr().into()) + u64::from(n.prefix_len())).sum::<u64>();
    });
    sum
}

/// Follows every length field and reads nothing else.
fn walk(bytes: &[u8]) -> usize {
    let mut count = 0;
    messages(bytes, |message| {
        let (attributes, mut nlri) = lengths(message).unwrap();
        let mut rest = attributes;
        while let Some(after) = next_attribute(rest) {
            (rest, count) = (after, count + 1);
        }
        while let Some((bits, after)) = nlri.split_first() {
            nlri = after.get(usize::from(bits.div_ceil(8))..).unwrap_or_default();
            count += 1;
        }
    });
    count
}

fn lengths(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let field = |v: &[u8]| v.first_chunk::<2>().map(|n| usize::from(u16::from_be_bytes(*n)));
    let body = message.get(19..)?;
    let rest = body.get(field(body)? + 2..)?;
    rest.get(2..)?.split_at_checked(field(rest)?)
}

fn next_attribute(v: &[u8]) -> Option<&[u8]> {
    match v {
        [flags, _, high, low, ..] if flags & 0x10 != 0 => {
            v.get(4 + usize::from(u16::from_be_bytes([*high, *low]))..)
        }
        [_, _, len, ..] => v.get(3 + usize::from(*len)..),
        _ => None,
    }
}

fn codec(c: &mut Criterion) {
    let n = session();
    for family in Family::UNICAST {
        let routes: Vec<_> = (0..MESSAGES).map(|i| route(i, family)).collect();
        let mut bytes = Vec::new();
        encode(&routes, family, &n, &mut bytes);
        let mut context = peer_context();
        assert_eq!(ours(&bytes, &n), peer(&bytes, &mut context), "both read the same");
        let mut parsed = Vec::new();
        messages(&bytes, |m| parsed.push(BgpMessage::parse(&mut SliceReader::new(m), &mut context).unwrap()));

        let mut group = c.benchmark_group(family.to_string());
        group.throughput(Throughput::Elements(u64::from(MESSAGES)));
        let mut out = Vec::with_capacity(bytes.len());
        group.bench_function("floor/memcpy", |b| {
            b.iter(|| {
                out.clear();
                out.extend_from_slice(black_box(&bytes));
            });
        });
        group.bench_function("floor/walk", |b| b.iter(|| walk(black_box(&bytes))));
        group.bench_function("decode/bgp-wire", |b| b.iter(|| ours(black_box(&bytes), &n)));
        group.bench_function("decode/netgauze-bgp-pkt", |b| b.iter(|| peer(black_box(&bytes), &mut context)));
        group.bench_function("encode/bgp-wire", |b| {
            b.iter(|| {
                out.clear();
                encode(black_box(&routes), family, &n, &mut out);
            });
        });
        assert_eq!(out, bytes);
        group.bench_function("encode/netgauze-bgp-pkt", |b| {
            b.iter(|| {
                out.clear();
                black_box(&parsed).iter().for_each(|message| message.write(&mut out).unwrap());
            });
        });
        assert_eq!(out, bytes, "both write the same");
        group.finish();
    }
}

criterion_group!(benches, codec);
criterion_main!(benches);
