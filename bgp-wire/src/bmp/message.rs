//! The header that every message has (RFC 7854 section 4.1).

use super::fault::{BmpFault, BmpFaultKind, Oversize};
use crate::capability::{Tuple, Tuples};
use crate::cursor;
use crate::frame::{self, HEADER_LEN as BGP_HEADER_LEN, MessageType};
use crate::stream::Stream;
use alloc::vec::Vec;

/// The version of RFC 7854, which every writer here writes.
pub const VERSION: u8 = 3;
/// The version of draft-ietf-grow-bmp-tlv. It shares the header; what follows is kept raw.
pub const DRAFT_VERSION: u8 = 4;

/// The longest message that is taken for one, in octets. RFC 7854 sets no limit; what mirrors sixteen of the
/// longest BGP messages has about as many.
pub const MAX_MESSAGE: u32 = 1 << 20;

/// Octets of the header: version, length, type.
const HEADER_LEN: usize = 6;
/// Where in the header the length stands.
const LENGTH_AT: usize = 1;

/// One whole message, its body unread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message<'a> {
    /// The version: [`VERSION`] or [`DRAFT_VERSION`].
    pub version: u8,
    /// The type.
    pub kind: u8,
    /// The octets behind the header, those of the per-peer header included.
    pub body: &'a [u8],
    /// Octets of the whole message: what to take off the buffer.
    pub len: usize,
}

impl Message<'_> {
    /// Appends the message as it was read; `len` is not looked at.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        write_version(out, self.version, self.kind, |out| {
            out.extend_from_slice(self.body);
            Ok(())
        })
    }
}

/// Cuts the next message off `buf`; `None` asks for more bytes (RFC 7854 section 4.1).
///
/// A header that lies is told as soon as it is there, without waiting for the octets it promises. After that
/// nothing of the stream can be trusted, and RFC 7854 has no way to say so to the sender: the connection ends.
pub fn message(buf: &[u8]) -> Result<Option<Message<'_>>, BmpFault> {
    let Some((version, rest)) = cursor::u8(buf) else { return Ok(None) };
    if !matches!(version, VERSION | DRAFT_VERSION) {
        return Err(BmpFault { offset: 0, kind: BmpFaultKind::Version(version) });
    }
    let Some((len, rest)) = cursor::u32(rest) else { return Ok(None) };
    let bad_length = || BmpFault { offset: LENGTH_AT, kind: BmpFaultKind::MessageLength(len) };
    let octets = usize::try_from(len).ok().filter(|_| len <= MAX_MESSAGE).ok_or_else(bad_length)?;
    let behind = octets.checked_sub(HEADER_LEN).ok_or_else(bad_length)?;
    let Some((kind, rest)) = cursor::u8(rest) else { return Ok(None) };
    Ok(rest.get(..behind).map(|body| Message { version, kind, body, len: octets }))
}

/// The messages of `bytes`, which are all there are: a last one that is not whole is a fault, and the end.
pub const fn messages(bytes: &[u8]) -> Messages<'_> {
    Messages(Stream::new(bytes))
}

/// The messages of a buffer, in order; after a fault there is nothing more.
#[derive(Clone, Debug)]
pub struct Messages<'a>(Stream<'a>);

impl Messages<'_> {
    /// Octets of the messages given so far: where the next one, or the fault, begins.
    pub const fn offset(&self) -> usize {
        self.0.offset()
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, BmpFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let cut = |v| message(v).map(|found| found.map(|found| (found, found.len)));
        self.0.next(cut, |offset, fault| match fault {
            Some(fault) => BmpFault { offset: offset.saturating_add(fault.offset), ..fault },
            None => BmpFault { offset, kind: BmpFaultKind::Cut },
        })
    }
}

impl core::iter::FusedIterator for Messages<'_> {}

/// Appends a message whose body `body` writes; nothing is left of it where that fails.
pub(super) fn write(
    out: &mut Vec<u8>,
    kind: u8,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), Oversize>,
) -> Result<(), Oversize> {
    write_version(out, VERSION, kind, body)
}

fn write_version(
    out: &mut Vec<u8>,
    version: u8,
    kind: u8,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), Oversize>,
) -> Result<(), Oversize> {
    let start = out.len();
    out.extend_from_slice(&[version, 0, 0, 0, 0, kind]);
    let written = body(out).and_then(|()| close(out, start));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// Writes the length of the message that begins at `start`.
fn close(out: &mut [u8], start: usize) -> Result<(), Oversize> {
    let len = out.len().saturating_sub(start);
    let len = u32::try_from(len).ok().filter(|len| *len <= MAX_MESSAGE).ok_or(Oversize)?;
    let field = out.get_mut(start.saturating_add(LENGTH_AT)..).and_then(<[u8]>::first_chunk_mut);
    field.map(|field| *field = len.to_be_bytes()).ok_or(Oversize)
}

/// Appends a BGP message of this type, whose body is the parts one after another.
pub(super) fn put_bgp(out: &mut Vec<u8>, kind: MessageType, parts: &[&[u8]]) -> Result<(), Oversize> {
    let octets = parts.iter().fold(BGP_HEADER_LEN, |sum, part| sum.saturating_add(part.len()));
    if octets > usize::from(u16::MAX) {
        return Err(Oversize);
    }
    let at = frame::begin(out, kind);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    frame::end(out, at);
    Ok(())
}

/// Appends every tuple; each has four octets of type and length, and then its value.
pub(super) fn put_tuples<'a, T: Tuple<'a>>(
    out: &mut Vec<u8>,
    tuples: &Tuples<'a, T>,
) -> Result<(), Oversize> {
    tuples.iter().try_for_each(|tuple| {
        let longest = out.len().saturating_add(4).saturating_add(usize::from(u16::MAX));
        tuple.write(out);
        if out.len() <= longest { Ok(()) } else { Err(Oversize) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn bytes(version: u8, len: u32, body: &[u8]) -> Vec<u8> {
        [&[version], &len.to_be_bytes()[..], &[9], body].concat()
    }

    /// (bytes; version and body, or more bytes, or offset and fault)
    #[test]
    fn header_outcomes() {
        let version = |n| Err(BmpFault { offset: 0, kind: BmpFaultKind::Version(n) });
        let length = |n| Err(BmpFault { offset: 1, kind: BmpFaultKind::MessageLength(n) });
        for (bytes, want) in [
            (vec![], Ok(None)),
            (vec![3], Ok(None)),
            (vec![3, 0, 0, 0], Ok(None)),
            (vec![3, 0, 0, 0, 6], Ok(None)),
            (bytes(3, 6, &[]), Ok(Some((3, vec![])))),
            (bytes(4, 8, &[7, 8, 9]), Ok(Some((4, vec![7, 8])))),
            (bytes(3, 8, &[7]), Ok(None)),
            (vec![2], version(2)),
            (vec![0xff], version(0xff)),
            (vec![3, 0, 0, 0, 5], length(5)),
            (vec![3, 0, 0, 0, 0], length(0)),
            (bytes(3, MAX_MESSAGE, &[]), Ok(None)),
            (bytes(3, MAX_MESSAGE + 1, &[]), length(MAX_MESSAGE + 1)),
            (vec![3, 0xff, 0xff, 0xff, 0xff], length(u32::MAX)),
        ] {
            let got = message(&bytes).map(|m| m.map(|m| (m.version, m.body.to_vec())));
            assert_eq!(got, want, "{bytes:?}");
        }
    }

    #[test]
    fn messages_end_once_and_say_where() {
        let two = [bytes(3, 7, &[7]), bytes(4, 8, &[8, 9])].concat();
        let whole: Vec<_> = messages(&two).map(|m| m.map(|m| (m.version, m.len))).collect();
        assert_eq!(whole, [Ok((3, 7)), Ok((4, 8))]);
        for (tail, offset, kind) in [
            (bytes(3, 9, &[1]), 15, BmpFaultKind::Cut),
            (vec![3], 15, BmpFaultKind::Cut),
            (vec![1], 15, BmpFaultKind::Version(1)),
            (bytes(3, u32::MAX, &[]), 16, BmpFaultKind::MessageLength(u32::MAX)),
        ] {
            let all = [two.clone(), tail].concat();
            let mut read = messages(&all);
            assert_eq!(read.by_ref().take(2).flatten().count(), 2);
            assert_eq!(read.next(), Some(Err(BmpFault { offset, kind })));
            assert_eq!((read.next(), read.offset()), (None, 15));
        }
    }

    #[test]
    fn what_is_too_long_leaves_nothing_behind() {
        let body = vec![0; MAX_MESSAGE as usize];
        let message = Message { version: 3, kind: 99, body: &body, len: 0 };
        let mut out = vec![1, 2];
        assert_eq!(message.encode(&mut out), Err(Oversize));
        assert_eq!(out, [1, 2]);
    }
}
