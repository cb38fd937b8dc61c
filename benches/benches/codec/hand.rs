//! What no decoder can be faster than: a copy, a walk over the lengths, and a reader written for these bytes alone,
//! which checks nothing but lengths and allocates nothing.

use crate::corpus::Corpus;
use crate::rows::{Proof, Row};
use crate::sum::Sum;
use bgp_wire::mrt;
use std::hint::black_box;

/// A two-octet length and what it counts, and what follows.
fn field16(v: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = v.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}

/// The withdrawn routes, the attributes, the NLRI.
fn sections(message: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (withdrawn, rest) = field16(message.get(19..)?)?;
    let (attributes, nlri) = field16(rest)?;
    Some((withdrawn, attributes, nlri))
}

/// Type code, value, what follows.
#[inline]
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

/// Follows every length field and reads nothing else; the number of attributes and prefixes.
fn walk(message: &[u8]) -> Option<usize> {
    let (withdrawn, mut attributes, nlri) = sections(message)?;
    let mut count = lengths(withdrawn)? + lengths(nlri)?;
    while !attributes.is_empty() {
        let (code, value, rest) = attribute(attributes)?;
        count += 1 + match code {
            14 => lengths(value.get(5 + usize::from(*value.get(3)?)..)?)?,
            15 => lengths(value.get(3..)?)?,
            _ => 0,
        };
        attributes = rest;
    }
    Some(count)
}

/// The number of prefixes.
fn lengths(mut nlri: &[u8]) -> Option<usize> {
    let mut count = 0;
    while let Some((bits, rest)) = nlri.split_first() {
        nlri = rest.get(usize::from(bits.div_ceil(8))..)?;
        count += 1;
    }
    Some(count)
}

fn u32s(v: &[u8]) -> impl Iterator<Item = u32> {
    v.as_chunks().0.iter().map(|v| u32::from_be_bytes(*v))
}

/// Reads everything in an UPDATE with ASNs of four octets and without path identifiers.
pub(crate) fn read(message: &[u8], sum: &mut Sum) -> Option<()> {
    let (withdrawn, mut attributes, nlri) = sections(message)?;
    sum.withdrawn += prefixes4(withdrawn, sum)?;
    while !attributes.is_empty() {
        let (code, value, rest) = attribute(attributes)?;
        read_value(code, value, sum)?;
        attributes = rest;
    }
    sum.announced += prefixes4(nlri, sum)?;
    Some(())
}

#[inline]
fn read_value(code: u8, value: &[u8], sum: &mut Sum) -> Option<()> {
    match code {
        1 => sum.number(u32::from(*value.first()?)),
        2 => read_path(value, sum)?,
        3 => sum.next_hop((*value.first_chunk::<4>()?).into()),
        4 | 5 | 7 | 9 | 10 => u32s(value).for_each(|number| sum.number(number)),
        8 => u32s(value).for_each(|community| sum.community(community)),
        14 => {
            let (hop, rest) = value.get(4..)?.split_at_checked(usize::from(*value.get(3)?))?;
            match hop {
                [_, _, _, _] => sum.next_hop((*hop.first_chunk::<4>()?).into()),
                _ => sum.next_hop((*hop.first_chunk::<16>()?).into()),
            }
            sum.announced += read_mp(value, rest.get(1..)?, sum)?;
        }
        15 => sum.withdrawn += read_mp(value, value.get(3..)?, sum)?,
        16 => sum.extended_communities(value.len() / 8),
        32 => value.as_chunks::<12>().0.iter().for_each(|v| {
            u32s(v).for_each(|part| sum.community(part));
        }),
        _ => {}
    }
    Some(())
}

#[inline]
fn read_path(mut segments: &[u8], sum: &mut Sum) -> Option<()> {
    while let Some((&[_kind, count], rest)) = segments.split_first_chunk() {
        let (asns, rest) = rest.split_at_checked(4 * usize::from(count))?;
        u32s(asns).for_each(|asn| sum.asn(asn));
        segments = rest;
    }
    Some(())
}

/// The prefixes of an MP attribute of unicast; how many there are.
#[inline]
fn read_mp(value: &[u8], nlri: &[u8], sum: &mut Sum) -> Option<u64> {
    match value.first_chunk()? {
        [0, 1, 1] => prefixes4(nlri, sum),
        [0, 2, 1] => prefixes6(nlri, sum),
        _ => None,
    }
}

#[inline]
fn prefixes4(mut nlri: &[u8], sum: &mut Sum) -> Option<u64> {
    let mut count = 0;
    while let Some((bits, rest)) = nlri.split_first() {
        let (octets, rest) = rest.split_at_checked(usize::from(bits.div_ceil(8)))?;
        let mut addr = [0; 4];
        addr.get_mut(..octets.len())?.copy_from_slice(octets);
        sum.prefix4(u32::from_be_bytes(addr), *bits);
        (nlri, count) = (rest, count + 1);
    }
    Some(count)
}

#[inline]
fn prefixes6(mut nlri: &[u8], sum: &mut Sum) -> Option<u64> {
    let mut count = 0;
    while let Some((bits, rest)) = nlri.split_first() {
        let (octets, rest) = rest.split_at_checked(usize::from(bits.div_ceil(8)))?;
        let mut addr = [0; 16];
        addr.get_mut(..octets.len())?.copy_from_slice(octets);
        sum.prefix6(u128::from_be_bytes(addr), *bits);
        (nlri, count) = (rest, count + 1);
    }
    Some(count)
}

/// Reads everything in message after message of `bytes`.
pub(crate) fn read_all(mut bytes: &[u8]) -> Sum {
    let mut sum = Sum::default();
    while let Some([high, low]) = bytes.get(16..18).and_then(|v| v.first_chunk::<2>()) {
        let (message, rest) = bytes.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        read(message, &mut sum).unwrap();
        bytes = rest;
    }
    sum
}

pub(crate) fn rows(corpus: &Corpus) -> Vec<Row<'_>> {
    let mut copy = Vec::with_capacity(1 << 16);
    let memcpy = move || {
        for message in corpus.messages() {
            copy.clear();
            copy.extend_from_slice(message.octets);
            black_box(&copy);
        }
        Sum::default()
    };
    let walk = || {
        corpus.messages().for_each(|message| {
            black_box(walk(message.octets));
        });
        Sum::default()
    };
    let read = || {
        let mut sum = Sum::default();
        corpus.messages().for_each(|message| {
            black_box(read(message.octets, &mut sum));
        });
        sum
    };
    vec![
        Row::reads("floor", "memcpy", Proof::Nothing, memcpy),
        Row::reads("floor", "walk over lengths", Proof::Nothing, walk),
        Row::reads("floor", "hand reader", Proof::Everything, read),
    ]
}

/// A walk over the headers of MRT records.
pub(crate) fn record_walk(mut bytes: &[u8]) -> Sum {
    while let Some(header) = bytes.first_chunk::<12>() {
        let [.., a, b, c, d] = *header;
        black_box(header);
        let len = u32::from_be_bytes([a, b, c, d]);
        bytes = bytes.get(12 + usize::try_from(len).unwrap()..).unwrap_or_default();
    }
    debug_assert!(mrt::record(bytes).is_ok());
    Sum::default()
}
