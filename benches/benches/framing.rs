//! The framing of an UPDATE, written twice: with nom's combinators and with the few functions that `bgp-wire` uses.
//!
//! Both follow the same length fields of the same messages and add up the same sum. What the combinators cost is the
//! reason why `bgp_wire::update` reads through a cursor of its own.
#![expect(clippy::unwrap_used, reason = "the bytes are the bench's own")]

use bgp_wire::{
    Asn, AttributeSet, Community, Family, Fit, HEADER_LEN, Negotiated, NextHop, Origin, PathNlri, PeerKind,
    UpdateWriter, frame,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ipnet::{IpNet, Ipv4Net};
use std::hint::black_box;

const MESSAGES: u32 = 1000;

/// Messages of a full table's shape.
fn messages() -> Vec<Vec<u8>> {
    let n = Negotiated::new(PeerKind::External);
    let message = |i: u32| {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        set.as_path = (0..2 + i % 7).map(|hop| Asn(64496 + (i + hop) % 16)).collect();
        set.med = i.is_multiple_of(3).then_some(i);
        set.communities = (0..i % 12).map(|c| Community(64496 << 16 | c)).collect();
        let mut out = Vec::new();
        let mut writer = UpdateWriter::announce(&mut out, &n, Family::Ipv4Unicast, &set).unwrap();
        for k in 0..7 {
            let prefix = IpNet::V4(Ipv4Net::new_assert((0xc612_0000 | (i * 7 + k) << 4).into(), 28));
            assert_eq!(writer.push(&PathNlri { path_id: 0, prefix }), Fit::Added);
        }
        writer.finish();
        out
    };
    (0..MESSAGES).map(message).collect()
}

mod combinators {
    use nom::bytes::complete::take;
    use nom::multi::length_data;
    use nom::number::complete::{be_u8, be_u16};
    use nom::{IResult, Parser};

    fn attribute(v: &[u8]) -> IResult<&[u8], (u8, &[u8])> {
        let (v, (flags, code)) = (be_u8, be_u8).parse(v)?;
        let extended = flags & 0x10 != 0;
        let (v, value) = if extended { length_data(be_u16).parse(v) } else { length_data(be_u8).parse(v) }?;
        Ok((v, (code, value)))
    }

    fn prefix(v: &[u8]) -> IResult<&[u8], &[u8]> {
        let (v, bits) = be_u8(v)?;
        take(usize::from(bits.div_ceil(8)))(v)
    }

    /// The sum over one body.
    pub(super) fn sum(body: &[u8]) -> Option<usize> {
        let both: IResult<&[u8], (&[u8], &[u8])> = (length_data(be_u16), length_data(be_u16)).parse(body);
        let (mut prefixes, (_withdrawn, mut attributes)) = both.ok()?;
        let mut sum = 0;
        while !attributes.is_empty() {
            let (rest, (code, value)) = attribute(attributes).ok()?;
            (sum, attributes) = (sum + usize::from(code) + value.len(), rest);
        }
        while !prefixes.is_empty() {
            let (rest, octets) = prefix(prefixes).ok()?;
            (sum, prefixes) = (sum + octets.len(), rest);
        }
        Some(sum)
    }
}

mod cursor {
    fn field16(v: &[u8]) -> Option<(&[u8], &[u8])> {
        let (len, rest) = v.split_first_chunk()?;
        rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
    }

    fn attribute(v: &[u8]) -> Option<(u8, &[u8], &[u8])> {
        let (&[flags, code], rest) = v.split_first_chunk()?;
        let (value, rest) = if flags & 0x10 != 0 {
            field16(rest)?
        } else {
            let (len, rest) = rest.split_first()?;
            rest.split_at_checked(usize::from(*len))?
        };
        Some((code, value, rest))
    }

    /// The sum over one body.
    pub(super) fn sum(body: &[u8]) -> Option<usize> {
        let (_withdrawn, rest) = field16(body)?;
        let (mut attributes, mut prefixes) = field16(rest)?;
        let mut sum = 0;
        while !attributes.is_empty() {
            let (code, value, rest) = attribute(attributes)?;
            (sum, attributes) = (sum + usize::from(code) + value.len(), rest);
        }
        while let Some((bits, rest)) = prefixes.split_first() {
            let (octets, rest) = rest.split_at_checked(usize::from(bits.div_ceil(8)))?;
            (sum, prefixes) = (sum + octets.len(), rest);
        }
        Some(sum)
    }
}

fn framing(c: &mut Criterion) {
    let messages = messages();
    let bodies: Vec<&[u8]> = messages.iter().map(|m| frame(m, 4096).unwrap().unwrap().body).collect();
    assert!(bodies.iter().all(|body| body.len() + HEADER_LEN <= 4096));
    let all = |sum: fn(&[u8]) -> Option<usize>| -> usize {
        black_box(&bodies).iter().map(|body| sum(body).unwrap()).sum()
    };
    assert_eq!(all(combinators::sum), all(cursor::sum), "both read the same");
    let mut group = c.benchmark_group("framing");
    group.throughput(Throughput::Elements(u64::from(MESSAGES)));
    group.bench_function("cursor", |b| b.iter(|| all(cursor::sum)));
    group.bench_function("nom", |b| b.iter(|| all(combinators::sum)));
    group.finish();
}

criterion_group!(benches, framing);
criterion_main!(benches);
