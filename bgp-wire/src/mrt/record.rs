//! The header that every record has (RFC 6396 sections 2 and 3).

use super::fault::{MrtFault, MrtFaultKind, Unwritable};
use super::{BGP4MP, BGP4MP_ET};
use crate::cursor;
use crate::stream::Stream;
use alloc::vec::Vec;
use core::fmt;

/// The longest record that is taken for one, in octets behind its header. A prefix with a route from each of
/// a thousand peers takes some hundred thousand; what claims more than this is not MRT.
pub const MAX_RECORD: u32 = 1 << 24;

/// Octets of the header without microseconds.
const HEADER_LEN: usize = 12;
/// Where in the header the length stands.
const LENGTH_AT: usize = 8;

/// When a record was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub seconds: u32,
    /// Microseconds of the second, in the types that end in _ET alone.
    pub microseconds: Option<u32>,
}

impl Timestamp {
    /// A time in whole seconds.
    pub const fn seconds(seconds: u32) -> Self {
        Self { seconds, microseconds: None }
    }

    /// A time with microseconds.
    pub const fn micros(seconds: u32, microseconds: u32) -> Self {
        Self { seconds, microseconds: Some(microseconds) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.microseconds {
            Some(micros) => write!(f, "{}.{micros:06}", self.seconds),
            None => self.seconds.fmt(f),
        }
    }
}

/// One whole record, its body unread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    /// When it was made.
    pub timestamp: Timestamp,
    /// The type.
    pub kind: u16,
    /// The subtype; what it means depends on the type.
    pub subtype: u16,
    /// The octets behind the header, and behind the microseconds where the type has them.
    pub body: &'a [u8],
    /// Octets of the whole record: what to take off the buffer.
    pub len: usize,
}

impl Record<'_> {
    /// Appends the record as it was read; `len` is not looked at.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        write(out, self.timestamp, self.kind, self.subtype, |out| {
            out.extend_from_slice(self.body);
            Ok(())
        })
    }
}

/// Whether the type's records have microseconds: BGP4MP_ET, ISIS_ET and OSPFv3_ET.
const fn is_extended(kind: u16) -> bool {
    matches!(kind, BGP4MP_ET | 33 | 49)
}

/// Cuts the next record off `buf`; `None` asks for more bytes (RFC 6396 section 2).
///
/// A length that no record has is told as soon as it is there, without waiting for the octets it promises.
pub fn record(buf: &[u8]) -> Result<Option<Record<'_>>, MrtFault> {
    let Some((seconds, kind, subtype, len, rest)) = header(buf) else { return Ok(None) };
    let bad_length = || MrtFault { offset: LENGTH_AT, kind: MrtFaultKind::RecordLength(len) };
    if len > MAX_RECORD || (is_extended(kind) && len < 4) {
        return Err(bad_length());
    }
    let octets = usize::try_from(len).map_err(|_| bad_length())?;
    let Some(body) = rest.get(..octets) else { return Ok(None) };
    let (microseconds, body) = match cursor::u32(body) {
        Some((microseconds, body)) if is_extended(kind) => (Some(microseconds), body),
        _ => (None, body),
    };
    let timestamp = Timestamp { seconds, microseconds };
    Ok(Some(Record { timestamp, kind, subtype, body, len: octets.saturating_add(HEADER_LEN) }))
}

/// Seconds, type, subtype, length, and what follows.
fn header(v: &[u8]) -> Option<(u32, u16, u16, u32, &[u8])> {
    let (seconds, rest) = cursor::u32(v)?;
    let (kind, rest) = cursor::u16(rest)?;
    let (subtype, rest) = cursor::u16(rest)?;
    let (len, rest) = cursor::u32(rest)?;
    Some((seconds, kind, subtype, len, rest))
}

/// The records of `bytes`, which are all there are: a last one that is not whole is a fault, and the end.
pub const fn records(bytes: &[u8]) -> Records<'_> {
    Records(Stream::new(bytes))
}

/// The records of a buffer, in order; after a fault there is nothing more.
#[derive(Clone, Debug)]
pub struct Records<'a>(Stream<'a>);

impl Records<'_> {
    /// Octets of the records given so far: where the next one, or the fault, begins.
    pub const fn offset(&self) -> usize {
        self.0.offset()
    }
}

impl<'a> Records<'a> {
    /// The records in the next `octets` octets.
    pub(super) fn first(self, octets: usize) -> Records<'a> {
        Records(self.0.first(octets))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, MrtFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let cut = |v| record(v).map(|found| found.map(|found| (found, found.len)));
        self.0.next(cut, |offset, fault| match fault {
            Some(fault) => MrtFault { offset: offset.saturating_add(fault.offset), ..fault },
            None => MrtFault { offset, kind: MrtFaultKind::Cut },
        })
    }
}

impl core::iter::FusedIterator for Records<'_> {}

/// Appends a record whose body `body` writes; nothing is left of it where that fails.
///
/// Microseconds make BGP4MP its _ET form, and are left out of a type that has none.
pub(super) fn write(
    out: &mut Vec<u8>,
    timestamp: Timestamp,
    kind: u16,
    subtype: u16,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), Unwritable>,
) -> Result<(), Unwritable> {
    let start = out.len();
    let written = write_open(out, timestamp, kind, subtype, body).and_then(|()| close(out, start));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// Header and body, the length still 0.
fn write_open(
    out: &mut Vec<u8>,
    timestamp: Timestamp,
    kind: u16,
    subtype: u16,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), Unwritable>,
) -> Result<(), Unwritable> {
    let kind = if kind == BGP4MP && timestamp.microseconds.is_some() { BGP4MP_ET } else { kind };
    out.extend_from_slice(&timestamp.seconds.to_be_bytes());
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&subtype.to_be_bytes());
    out.extend_from_slice(&[0; 4]);
    if is_extended(kind) {
        out.extend_from_slice(&timestamp.microseconds.unwrap_or_default().to_be_bytes());
    }
    body(out)
}

/// Writes the length of the record that begins at `start`.
fn close(out: &mut [u8], start: usize) -> Result<(), Unwritable> {
    let len = out.len().saturating_sub(start).saturating_sub(HEADER_LEN);
    let len = u32::try_from(len).ok().filter(|len| *len <= MAX_RECORD).ok_or(Unwritable::Oversize)?;
    let field = out.get_mut(start.saturating_add(LENGTH_AT)..).and_then(<[u8]>::first_chunk_mut);
    field.map(|field| *field = len.to_be_bytes()).ok_or(Unwritable::Oversize)
}

/// Appends a field and, before it, its length in two octets.
pub(super) fn put_field16(out: &mut Vec<u8>, field: &[u8]) -> Result<(), Unwritable> {
    let len = u16::try_from(field.len()).map_err(|_| Unwritable::Oversize)?;
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(field);
    Ok(())
}

/// Appends a count of two octets and then every item.
pub(super) fn put_counted<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    put: impl Fn(&mut Vec<u8>, T) -> Result<(), Unwritable>,
) -> Result<(), Unwritable> {
    let at = out.len();
    out.extend_from_slice(&[0; 2]);
    let mut count = 0_u16;
    for item in items {
        count = count.checked_add(1).ok_or(Unwritable::Oversize)?;
        put(out, item)?;
    }
    let field = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
    field.map(|field| *field = count.to_be_bytes()).ok_or(Unwritable::Oversize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    /// Seconds 1, then type, subtype, length and as many octets as `body` has.
    fn bytes(kind: u16, len: u32, body: &[u8]) -> Vec<u8> {
        let mut v = vec![0, 0, 0, 1];
        v.extend_from_slice(&kind.to_be_bytes());
        v.extend_from_slice(&[0, 9]);
        v.extend_from_slice(&len.to_be_bytes());
        v.extend_from_slice(body);
        v
    }

    /// (bytes, timestamp and body, or more bytes, or the length that no record has)
    #[test]
    fn header_outcomes() {
        for (bytes, want) in [
            (vec![], Ok(None)),
            (bytes(16, 0, &[])[..11].to_vec(), Ok(None)),
            (bytes(16, 0, &[]), Ok(Some(("1", vec![])))),
            (bytes(16, 2, &[7, 8, 9]), Ok(Some(("1", vec![7, 8])))),
            (bytes(16, 2, &[7]), Ok(None)),
            (bytes(17, 5, &[0, 0, 0, 3, 8]), Ok(Some(("1.000003", vec![8])))),
            (bytes(33, 4, &[0, 1, 0, 0]), Ok(Some(("1.065536", vec![])))),
            (bytes(17, 3, &[]), Err(3)),
            (bytes(16, MAX_RECORD, &[]), Ok(None)),
            (bytes(16, MAX_RECORD + 1, &[]), Err(MAX_RECORD + 1)),
            (bytes(16, u32::MAX, &[]), Err(u32::MAX)),
        ] {
            let got = record(&bytes).map(|r| r.map(|r| (r.timestamp.to_string(), r.body.to_vec())));
            let want = want.map(|r| r.map(|(at, body)| (at.to_string(), body)));
            let want = want.map_err(|n| MrtFault { offset: 8, kind: MrtFaultKind::RecordLength(n) });
            assert_eq!(got, want, "{bytes:?}");
        }
    }

    #[test]
    fn records_end_once_and_say_where() {
        let two = [bytes(16, 1, &[7]), bytes(99, 2, &[8, 9])].concat();
        let whole: Vec<_> = records(&two).map(|r| r.map(|r| (r.kind, r.len))).collect();
        assert_eq!(whole, [Ok((16, 13)), Ok((99, 14))]);
        for (tail, offset, kind) in [
            (bytes(16, 4, &[1]), 27, MrtFaultKind::Cut),
            (vec![0], 27, MrtFaultKind::Cut),
            (bytes(16, u32::MAX, &[]), 35, MrtFaultKind::RecordLength(u32::MAX)),
        ] {
            let all = [two.clone(), tail].concat();
            let mut read = records(&all);
            assert_eq!(read.by_ref().take(2).flatten().count(), 2);
            assert_eq!(read.next(), Some(Err(MrtFault { offset, kind })));
            assert_eq!((read.next(), read.offset()), (None, 27));
        }
    }

    #[test]
    fn what_is_too_long_leaves_nothing_behind() {
        let body = vec![0; MAX_RECORD as usize + 1];
        let record = Record { timestamp: Timestamp::seconds(1), kind: 99, subtype: 0, body: &body, len: 0 };
        let mut out = vec![1, 2];
        assert_eq!(record.encode(&mut out), Err(Unwritable::Oversize));
        assert_eq!(out, [1, 2]);
    }
}
