//! ATTR_SET: the attributes that a VPN's customer gave a route, carried through the provider (RFC 6368).

use super::walk::{RawAttr, Verdict, admit, walk_by};
use super::{AttrCode, AttrSpec, Attrs};
use crate::asn::Asn;
use crate::attribute_set::AttributeSet;
use crate::cursor;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use crate::outcome::{Fault, Findings, Severity};
use alloc::vec::Vec;

/// The value of ATTR_SET (RFC 6368 section 5).
///
/// ```
/// use bgp_wire::{Asn, AttrSet, AttributeSet, NextHop, Origin};
/// let mut customer = AttributeSet::new(Origin::Egp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// customer.local_pref = Some(200);
/// let mut value = Vec::new();
/// AttrSet::put(Asn(64500), &customer, &mut value);
/// let set = AttrSet::new(&value).unwrap();
/// assert_eq!((set.origin_as, set.attrs().local_pref()), (Asn(64500), Some(200)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AttrSet<'a> {
    /// The AS of the customer who gave the attributes.
    pub origin_as: Asn,
    raw: &'a [u8],
}

impl<'a> AttrSet<'a> {
    /// Checks a value: it is malformed where one of its attributes asks for more than to be discarded.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let short = || Fault::AttrLength(u16::try_from(v.len()).unwrap_or(u16::MAX));
        let set = Self::read(v).ok_or_else(short)?;
        match set.walk().1 {
            Some(worst) if worst > Severity::AttributeDiscard => Err(Fault::AttrNested),
            _ => Ok(set),
        }
    }

    fn read(v: &'a [u8]) -> Option<Self> {
        cursor::u32(v).map(|(asn, raw)| Self { origin_as: Asn(asn), raw })
    }

    /// The customer's attributes, as an internal peer sends them with ASNs of four octets. They are read anew with
    /// each call. A NEXT_HOP among them is ignored.
    pub fn attrs(&self) -> Attrs<'a> {
        self.walk().0
    }

    /// The attributes, and the worst that was found wrong with them.
    fn walk(&self) -> (Attrs<'a>, Option<Severity>) {
        let customer = Negotiated::new(PeerKind::Internal);
        let (mut attrs, mut findings) = (Attrs::none(&[], AsnWidth::Four), Findings::default());
        let walked = walk_by(&mut attrs, self.raw, &customer, &mut findings, |_, _| false, admit_nested);
        let worst = if walked.is_err() { Some(Severity::SessionReset) } else { findings.worst() };
        (attrs, worst)
    }

    /// Appends a value with all of `set` but its next hop.
    pub fn put(origin_as: Asn, set: &AttributeSet, out: &mut Vec<u8>) {
        out.extend_from_slice(&origin_as.0.to_be_bytes());
        set.encode(&Negotiated::new(PeerKind::Internal), false, out);
    }
}

/// The checks of an attribute within an ATTR_SET. One ATTR_SET within another is not read further: however deep
/// they nest, the octets are read a fixed number of times.
fn admit_nested(row: &AttrSpec, attr: &RawAttr<'_>, n: &Negotiated) -> Verdict {
    match attr.code {
        AttrCode::NEXT_HOP => Err((Fault::AttrValue, Severity::AttributeDiscard)),
        AttrCode::MP_REACH_NLRI | AttrCode::MP_UNREACH_NLRI => {
            Err((Fault::AttrValue, Severity::TreatAsWithdraw))
        }
        AttrCode::ATTR_SET if AttrSet::read(attr.value).is_some() => Ok(()),
        _ => admit(row, attr, n),
    }
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    AttrSet::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// ATTR_SET.
    pub fn attr_set(&self) -> Option<AttrSet<'a>> {
        AttrSet::read(self.value(AttrCode::ATTR_SET)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attr::Origin;
    use crate::next_hop::NextHop;

    /// (attributes behind the AS, fault)
    #[test]
    fn values() {
        let cases: &[(&[u8], Option<Fault>)] = &[
            (&[], None),
            (&[0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4], None),
            (&[0x40, 5, 4, 0, 0, 0, 1, 0x80, 9, 4, 192, 0, 2, 1], None),
            (&[0xc0, 99, 1, 7, 0x80, 99, 1, 7], None),
            // Each is discarded on its own: a NEXT_HOP, a malformed ATOMIC_AGGREGATE, an AS4_PATH.
            (&[0x40, 3, 4, 192, 0, 2, 1, 0x40, 6, 1, 0, 0xc0, 17, 6, 2, 1, 0, 0, 0, 1], None),
            (&[0xc0, 128, 4, 0, 0, 0, 1], None),
            (&[0xc0, 128, 3, 0, 0, 0], Some(Fault::AttrNested)),
            (&[0x40, 1, 1, 3], Some(Fault::AttrNested)),
            (&[0x40, 2, 4, 2, 1, 0xfb, 0xf4], Some(Fault::AttrNested)),
            (&[0x80, 14, 5, 0, 1, 1, 0, 0], Some(Fault::AttrNested)),
            (&[0x80, 15, 3, 0, 1, 1], Some(Fault::AttrNested)),
            (&[0x40, 99, 0], Some(Fault::AttrNested)),
            (&[0x40, 1, 1], Some(Fault::AttrNested)),
            (&[0x40], Some(Fault::AttrNested)),
        ];
        for (attributes, want) in cases {
            let value = [&[0, 0, 0xfb, 0xf4], *attributes].concat();
            assert_eq!(AttrSet::new(&value).err(), *want, "{attributes:?}");
        }
        assert_eq!(AttrSet::new(&[0, 0, 0xfb]).err(), Some(Fault::AttrLength(3)));
    }

    #[test]
    fn sets_within_sets_are_read_one_at_a_time() {
        let mut value = Vec::from([0, 0, 0, 1]);
        for depth in 2..8000_u32 {
            let len = u16::try_from(value.len()).unwrap().to_be_bytes();
            value.splice(..0, [&depth.to_be_bytes()[..], &[0xd0, 128], &len].concat());
        }
        let outermost = AttrSet::new(&value).unwrap();
        let within = core::iter::successors(Some(outermost), |set| set.attrs().attr_set());
        assert!(within.map(|set| set.origin_as.0).eq((1..8000).rev()));
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut set = AttributeSet::new(Origin::Egp, NextHop::V4([192, 0, 2, 1].into()));
        set.as_path = [Asn(70000), Asn(64501)].into_iter().collect();
        (set.med, set.local_pref) = (Some(1), Some(200));
        let mut value = Vec::new();
        AttrSet::put(Asn(70001), &set, &mut value);
        let back = AttrSet::new(&value).unwrap();
        assert_eq!(back.origin_as, Asn(70001));
        assert_eq!(AttributeSet::from_attrs(&back.attrs(), set.next_hop), set);
    }
}
