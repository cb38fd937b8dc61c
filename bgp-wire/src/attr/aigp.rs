//! AIGP: what the way so far costs by the IGPs it crossed (RFC 7311).

use super::tlv::{Form, Tlv, Tlvs};
use super::{AttrCode, Attrs};
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;

/// The type of the AIGP TLV.
const METRIC: u16 = 1;

/// The value of AIGP.
///
/// ```
/// use bgp_wire::{Aigp, AttrCode, OwnedAttr};
/// let attr = OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(20, out));
/// assert_eq!(Aigp::new(&attr.value).unwrap().metric(), Some(20));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Aigp<'a>(&'a [u8]);

impl<'a> Aigp<'a> {
    /// Checks a value (RFC 7311 section 3).
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let aigp = Self(v);
        let fits = |value: &[u8]| value.len() == 8;
        let sound = Form::Whole.is_whole(v) && aigp.tlvs().all(|tlv| tlv.kind != METRIC || fits(tlv.value));
        if sound && !v.is_empty() { Ok(aigp) } else { Err(Fault::AttrValue) }
    }

    /// The accumulated metric; of several the first counts, and there may be none.
    pub fn metric(&self) -> Option<u64> {
        cursor::whole_u64(Form::Whole.find(self.0, METRIC)?)
    }

    /// Every TLV, those of unknown types included.
    pub const fn tlvs(&self) -> Tlvs<'a> {
        Form::Whole.iter(self.0)
    }

    /// The TLVs of unknown types.
    pub(crate) fn others(&self) -> impl Iterator<Item = Tlv<'a>> + Clone + use<'a> {
        self.tlvs().filter(|tlv| tlv.kind != METRIC)
    }

    /// Appends a metric: the value of an AIGP that has nothing else.
    pub fn put_metric(metric: u64, out: &mut Vec<u8>) {
        Form::Whole.put(METRIC, out, |out| out.extend_from_slice(&metric.to_be_bytes()));
    }
}

pub(super) fn check(v: &[u8], n: &Negotiated) -> Result<(), Fault> {
    // Section 3.3: where AIGP is not enabled, it is as if it were not known.
    if !n.aigp {
        return Err(Fault::AttrNotEnabled);
    }
    Aigp::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// AIGP.
    pub fn aigp(&self) -> Option<Aigp<'a>> {
        self.value(AttrCode::AIGP).map(Aigp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (octets, the metric, or `None` where they are malformed)
    #[test]
    fn values() {
        let mut twice = Vec::new();
        Aigp::put_metric(5, &mut twice);
        Aigp::put_metric(6, &mut twice);
        let cases: &[(&[u8], Option<Option<u64>>)] = &[
            (&[1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 10], Some(Some(10))),
            (&[2, 0, 4, 9, 1, 0, 11, 0, 0, 0, 1, 0, 0, 0, 0], Some(Some(1 << 32))),
            (&twice, Some(Some(5))),
            (&[2, 0, 3], Some(None)),
            (&[1, 0, 10, 0, 0, 0, 0, 0, 0, 0], None),
            (&[1, 0, 12, 0, 0, 0, 0, 0, 0, 0, 10, 0], None),
            (&[1, 0, 12, 0, 0, 0, 0, 0, 0, 0, 10], None),
            (&[1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 10, 0], None),
            (&[2, 0, 2], None),
            (&[1], None),
            (&[], None),
        ];
        for (octets, want) in cases {
            assert_eq!(Aigp::new(octets).ok().map(|a| a.metric()), *want, "{octets:?}");
        }
    }
}
