//! The TLV itself: type and length of two octets each, and the order they stand in.

use super::{LinkStateTlvType, LinkStateValue};
use crate::cursor;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A TLV of BGP-LS, its value unread (RFC 9552 section 5.1).
///
/// ```
/// use bgp_wire::{LinkStateTlv, LinkStateTlvType, LinkStateValue};
/// let tlv = LinkStateTlv { kind: LinkStateTlvType::IGP_METRIC, value: &[0, 0, 10] };
/// assert_eq!(tlv.to_string(), "igp-metric 10");
/// let LinkStateValue::IgpMetric(metric) = tlv.read() else { panic!() };
/// assert_eq!(metric.value(), 10);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinkStateTlv<'a> {
    /// Its type.
    pub kind: LinkStateTlvType,
    /// Its value.
    pub value: &'a [u8],
}

impl<'a> LinkStateTlv<'a> {
    /// What it says in a BGP-LS attribute.
    pub fn read(&self) -> LinkStateValue<'a> {
        LinkStateValue::read(self.kind, self.value)
    }

    /// The order of the TLVs of an NLRI: by type, then length, then value (RFC 9552 section 5.1).
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let key = |tlv: &Self| (tlv.kind, tlv.value.len());
        key(self).cmp(&key(other)).then_with(|| self.value.cmp(other.value))
    }
}

/// TLVs one after the other; the last is followed by whatever is no whole one.
#[derive(Clone, Debug)]
pub(crate) struct LinkStateTlvs<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for LinkStateTlvs<'a> {
    type Item = LinkStateTlv<'a>;

    fn next(&mut self) -> Option<LinkStateTlv<'a>> {
        let (kind, rest) = cursor::u16(self.0)?;
        let (value, rest) = cursor::field16(rest)?;
        self.0 = rest;
        Some(LinkStateTlv { kind: LinkStateTlvType(kind), value })
    }
}

/// Checks that the TLVs fill `raw`, that they stand in their order, and with `once` that none has the type of another.
pub(crate) fn check_order(raw: &[u8], once: bool) -> Result<(), Fault> {
    let mut tlvs = LinkStateTlvs(raw);
    let mut before: Option<LinkStateTlv<'_>> = None;
    for tlv in tlvs.by_ref() {
        match before.map(|before| (before.kind == tlv.kind, before.order(&tlv))) {
            Some((true, _)) if once => return Err(Fault::LinkStateTwice(tlv.kind.0)),
            Some((_, Ordering::Greater)) => return Err(Fault::LinkStateOrder(tlv.kind.0)),
            _ => before = Some(tlv),
        }
    }
    match tlvs.0 {
        [] => Ok(()),
        left => Err(Fault::LinkStateTlv(cursor::u16(left).map_or(0, |(kind, _)| kind))),
    }
}

/// Appends a TLV whose value `write` appends; nothing where the value is longer than a length can say.
pub(crate) fn put(kind: LinkStateTlvType, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&kind.0.to_be_bytes());
    out.extend_from_slice(&[0, 0]);
    let value = out.len();
    write(out);
    match u16::try_from(out.len().saturating_sub(value)) {
        Ok(len) => out
            .iter_mut()
            .take(value)
            .skip(value.saturating_sub(2))
            .zip(len.to_be_bytes())
            .for_each(|(to, from)| *to = from),
        Err(_) => out.truncate(start),
    }
}
