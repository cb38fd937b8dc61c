//! Type, length, value: the form that many attributes are built of.

use crate::cursor;
use alloc::vec::Vec;
use core::net::IpAddr;

/// A TLV, a sub-TLV or one below that, its value unread.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tlv<'a> {
    /// Its type.
    pub kind: u16,
    /// Its value.
    pub value: &'a [u8],
}

/// How many octets type and length have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// One each (RFC 9026 section 3.1.6).
    Short,
    /// A type of one, a length of two (RFC 8669 section 3, RFC 9252 section 2).
    Medium,
    /// Two each (RFC 9012 section 2, RFC 9552 section 5.1).
    Long,
    /// A type of one; a length of one below type 128, of two from there on (RFC 9012 section 2).
    ByType,
    /// As `Medium`, but the length counts type and length too (RFC 7311 section 3).
    Whole,
}

impl Form {
    /// Cuts the first TLV off `v`; `None` where it overruns.
    pub(super) fn take(self, v: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
        let short = |v| cursor::u8(v).map(|(n, rest)| (u16::from(n), rest));
        let (kind, rest) = if self == Self::Long { cursor::u16(v) } else { short(v) }?;
        let (len, rest) = if self.has_short_length(kind) { short(rest) } else { cursor::u16(rest) }?;
        let len = if self == Self::Whole { len.checked_sub(3)? } else { len };
        let (value, rest) = rest.split_at_checked(usize::from(len))?;
        Some((Tlv { kind, value }, rest))
    }

    const fn has_short_length(self, kind: u16) -> bool {
        matches!(self, Self::Short) || (matches!(self, Self::ByType) && kind < 128)
    }

    /// The TLVs of `v`, up to one that overruns.
    pub(super) const fn iter(self, v: &[u8]) -> Tlvs<'_> {
        Tlvs { form: self, rest: v }
    }

    /// The first TLV of a type.
    pub(super) fn find(self, v: &[u8], kind: u16) -> Option<&[u8]> {
        self.iter(v).find(|tlv| tlv.kind == kind).map(|tlv| tlv.value)
    }

    /// Whether `v` is TLVs to its last octet.
    pub(super) fn is_whole(self, v: &[u8]) -> bool {
        let mut tlvs = self.iter(v);
        tlvs.by_ref().for_each(drop);
        tlvs.rest.is_empty()
    }

    /// Appends a TLV whose value `write` appends. What of it the length cannot count is not kept.
    pub(super) fn put(self, kind: u16, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        let [high, low] = kind.to_be_bytes();
        let octets: &[u8] = if self == Self::Long { &[high, low] } else { &[low] };
        out.extend_from_slice(octets);
        let (at, short) = (out.len(), self.has_short_length(kind));
        out.extend_from_slice(if short { &[0] } else { &[0, 0] });
        let value = out.len();
        write(out);
        let header = if self == Self::Whole { 3 } else { 0_u16 };
        let most = if short { u16::from(u8::MAX) } else { u16::MAX.saturating_sub(header) };
        out.truncate(value.saturating_add(usize::from(most)));
        let len = u16::try_from(out.len().saturating_sub(value)).unwrap_or(most).saturating_add(header);
        let [high, low] = len.to_be_bytes();
        let field = if short { &[low][..] } else { &[high, low] };
        out.iter_mut().skip(at).zip(field).for_each(|(to, from)| *to = *from);
    }
}

/// TLVs one after the other; made by the attribute that holds them.
#[derive(Clone, Debug)]
pub struct Tlvs<'a> {
    form: Form,
    rest: &'a [u8],
}

impl<'a> Iterator for Tlvs<'a> {
    type Item = Tlv<'a>;

    fn next(&mut self) -> Option<Tlv<'a>> {
        let (tlv, rest) = self.form.take(self.rest)?;
        self.rest = rest;
        Some(tlv)
    }
}

/// An address of four or sixteen octets.
pub(super) fn ip(v: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(v).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(v).map(IpAddr::from)).ok()
}

/// Appends the octets of an address.
pub(super) fn put_ip(addr: IpAddr, out: &mut Vec<u8>) {
    match addr {
        IpAddr::V4(addr) => out.extend_from_slice(&addr.octets()),
        IpAddr::V6(addr) => out.extend_from_slice(&addr.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (form, octets, type and value of the first, what is left)
    #[test]
    fn forms() {
        let cases: &[(Form, &[u8], Option<(u16, &[u8])>, usize)] = &[
            (Form::Short, &[1, 2, 7, 8, 9], Some((1, &[7, 8])), 1),
            (Form::Short, &[1, 2, 7], None, 0),
            (Form::Medium, &[1, 0, 1, 7], Some((1, &[7])), 0),
            (Form::Medium, &[1, 0], None, 0),
            (Form::Long, &[1, 2, 0, 1, 7], Some((0x102, &[7])), 0),
            (Form::Long, &[1, 2, 0, 2, 7], None, 0),
            (Form::ByType, &[127, 1, 7], Some((127, &[7])), 0),
            (Form::ByType, &[128, 0, 1, 7], Some((128, &[7])), 0),
            (Form::ByType, &[128, 1, 7], None, 0),
            (Form::Whole, &[1, 0, 4, 7], Some((1, &[7])), 0),
            (Form::Whole, &[1, 0, 2, 7], None, 0),
            (Form::Whole, &[], None, 0),
        ];
        for (form, octets, want, left) in cases {
            let got = form.take(octets);
            assert_eq!(got.map(|(tlv, _)| (tlv.kind, tlv.value)), *want, "{form:?} {octets:?}");
            assert_eq!(got.map_or(0, |(_, rest)| rest.len()), *left, "{form:?} {octets:?}");
        }
    }

    #[test]
    fn a_value_that_no_length_can_count_is_cut() {
        let mut out = Vec::new();
        Form::Short.put(1, &mut out, |out| out.resize(out.len() + 300, 7));
        assert_eq!((out.len(), &out[..2]), (257, &[1, 255][..]));
        assert!(Form::Short.is_whole(&out));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(kind in 0..=255u16, value in prop::collection::vec(any::<u8>(), 0..200)) {
            for form in [Form::Short, Form::Medium, Form::Long, Form::ByType, Form::Whole] {
                let mut out = Vec::new();
                form.put(kind, &mut out, |out| out.extend_from_slice(&value));
                prop_assert_eq!(form.take(&out), Some((Tlv { kind, value: &value }, &[][..])));
            }
        }
    }
}
