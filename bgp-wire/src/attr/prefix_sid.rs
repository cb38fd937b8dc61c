//! PREFIX_SID: segment identifiers of a prefix (RFC 8669), and of the service behind it (RFC 9252).

use super::srv6_service::Srv6Service;
use super::tlv::{Form, Tlv, Tlvs};
use super::{AttrCode, Attrs};
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;

/// A range of labels of the SRGB (RFC 8669 section 3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct SrgbRange {
    /// The first label, 24 bits.
    pub base: u32,
    /// How many labels, 24 bits.
    pub range: u32,
}

/// The value of PREFIX_SID.
///
/// ```
/// use bgp_wire::PrefixSid;
/// let mut value = Vec::new();
/// PrefixSid::put_label_index(100, &mut value);
/// assert_eq!(PrefixSid::new(&value).unwrap().label_index(), Some(100));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PrefixSid<'a>(&'a [u8]);

impl<'a> PrefixSid<'a> {
    const LABEL_INDEX: u16 = 1;
    const ORIGINATOR_SRGB: u16 = 3;
    const SRV6_L3_SERVICE: u16 = 5;
    const SRV6_L2_SERVICE: u16 = 6;

    /// Checks a value (RFC 8669 section 6, RFC 9252 section 7). TLVs of other types are not looked into.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let mut rest = v;
        while let Some((first, _)) = cursor::u8(rest) {
            let kind = u16::from(first);
            let (tlv, after) = Form::Medium.take(rest).ok_or(Self::fault(kind))?;
            Self::check_tlv(kind, tlv.value)?;
            rest = after;
        }
        if v.is_empty() { Err(Fault::AttrLength(0)) } else { Ok(Self(v)) }
    }

    fn check_tlv(kind: u16, value: &[u8]) -> Result<(), Fault> {
        let sound = match kind {
            Self::LABEL_INDEX => value.len() == 7,
            Self::ORIGINATOR_SRGB => srgb(value).is_some_and(|ranges| !ranges.is_empty()),
            Self::SRV6_L3_SERVICE | Self::SRV6_L2_SERVICE => Srv6Service::new(value).is_some(),
            _ => true,
        };
        if sound { Ok(()) } else { Err(Self::fault(kind)) }
    }

    /// What a malformed TLV of a type is: those of a service have an outcome of their own.
    const fn fault(kind: u16) -> Fault {
        match kind {
            Self::SRV6_L3_SERVICE | Self::SRV6_L2_SERVICE => Fault::Srv6Service,
            _ => Fault::AttrValue,
        }
    }

    /// The index into the SRGB; of several the first counts.
    pub fn label_index(&self) -> Option<u32> {
        let (_reserved_and_flags, index) = self.find(Self::LABEL_INDEX)?.split_first_chunk::<3>()?;
        cursor::whole_u32(index)
    }

    /// The SRGB of the speaker that originated the prefix.
    pub fn originator_srgb(&self) -> impl Iterator<Item = SrgbRange> + use<'a> {
        let ranges = self.find(Self::ORIGINATOR_SRGB).and_then(srgb).unwrap_or_default();
        ranges.iter().map(|[a, b, c, d, e, f]| SrgbRange {
            base: u32::from_be_bytes([0, *a, *b, *c]),
            range: u32::from_be_bytes([0, *d, *e, *f]),
        })
    }

    /// The SRv6 service of layer 3: L3VPN, EVPN route type 5 and the like.
    pub fn srv6_l3_service(&self) -> Option<Srv6Service<'a>> {
        self.find(Self::SRV6_L3_SERVICE).and_then(Srv6Service::new)
    }

    /// The SRv6 service of layer 2: EVPN.
    pub fn srv6_l2_service(&self) -> Option<Srv6Service<'a>> {
        self.find(Self::SRV6_L2_SERVICE).and_then(Srv6Service::new)
    }

    /// Every TLV.
    pub const fn tlvs(&self) -> Tlvs<'a> {
        Form::Medium.iter(self.0)
    }

    /// The TLVs of unknown types.
    pub(crate) fn others(&self) -> impl Iterator<Item = Tlv<'a>> + Clone + use<'a> {
        let known = [Self::LABEL_INDEX, Self::ORIGINATOR_SRGB, Self::SRV6_L3_SERVICE, Self::SRV6_L2_SERVICE];
        self.tlvs().filter(move |tlv| !known.contains(&tlv.kind))
    }

    pub(super) const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    fn find(&self, kind: u16) -> Option<&'a [u8]> {
        Form::Medium.find(self.0, kind)
    }

    /// Appends a Label-Index TLV.
    pub fn put_label_index(index: u32, out: &mut Vec<u8>) {
        Form::Medium.put(Self::LABEL_INDEX, out, |out| {
            out.extend_from_slice(&[0; 3]);
            out.extend_from_slice(&index.to_be_bytes());
        });
    }

    /// Appends an Originator SRGB TLV; of each number the lower 24 bits.
    pub fn put_originator_srgb(ranges: &[SrgbRange], out: &mut Vec<u8>) {
        Form::Medium.put(Self::ORIGINATOR_SRGB, out, |out| {
            out.extend_from_slice(&[0; 2]);
            for [_, a, b, c] in ranges.iter().flat_map(|r| [r.base, r.range]).map(u32::to_be_bytes) {
                out.extend_from_slice(&[a, b, c]);
            }
        });
    }

    /// Appends an SRv6 L3 Service TLV; `write` appends what it holds, with [`Srv6Service::put_sid`].
    pub fn put_srv6_l3_service(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        Self::put_service(Self::SRV6_L3_SERVICE, out, write);
    }

    /// Appends an SRv6 L2 Service TLV; `write` appends what it holds, with [`Srv6Service::put_sid`].
    pub fn put_srv6_l2_service(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        Self::put_service(Self::SRV6_L2_SERVICE, out, write);
    }

    fn put_service(kind: u16, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        Form::Medium.put(kind, out, |out| {
            out.push(0);
            write(out);
        });
    }
}

/// The ranges behind the flags of an Originator SRGB TLV; `None` where the length is not theirs.
fn srgb(v: &[u8]) -> Option<&[[u8; 6]]> {
    let (_flags, ranges) = cursor::u16(v)?;
    let (ranges, rest) = ranges.as_chunks();
    rest.is_empty().then_some(ranges)
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    PrefixSid::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// PREFIX_SID. Whether a peer beyond the SR domain may send it is for policy (RFC 8669 section 4).
    pub fn prefix_sid(&self) -> Option<PrefixSid<'a>> {
        self.value(AttrCode::PREFIX_SID).map(PrefixSid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BAD: Option<Fault> = Some(Fault::AttrValue);
    const BAD_SERVICE: Option<Fault> = Some(Fault::Srv6Service);

    /// (octets, fault)
    #[test]
    fn values() {
        let cases: &[(&[u8], Option<Fault>)] = &[
            (&[1, 0, 7, 0, 0, 0, 0, 0, 0, 1], None),
            (&[1, 0, 6, 0, 0, 0, 0, 0, 0], BAD),
            (&[1, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0], BAD),
            (&[1, 0, 255, 0, 0, 0], BAD),
            (&[1, 0], BAD),
            (&[], Some(Fault::AttrLength(0))),
            (&[3, 0, 8, 0, 0, 0, 62, 128, 0, 31, 64], None),
            (&[3, 0, 7, 0, 0, 0, 62, 128, 0, 31], BAD),
            (&[3, 0, 2, 0, 0], BAD),
            (&[3, 0, 1, 0], BAD),
            (&[99, 0, 1, 7], None),
            (&[0; 27], None),
            (&[0; 28], BAD),
            (&[5, 0, 25, 0], BAD_SERVICE),
            (&[6, 0, 0], BAD_SERVICE),
            (&[5, 0], BAD_SERVICE),
            (&[5], BAD_SERVICE),
            (&[5, 0, 4, 0, 99, 0, 0], None),
            (&[5, 0, 4, 0, 99, 0, 0, 5, 0, 0], BAD_SERVICE),
        ];
        for (octets, want) in cases {
            assert_eq!(PrefixSid::new(octets).err(), *want, "{octets:?}");
        }
    }

    #[test]
    fn of_several_the_first_counts() {
        let mut out = Vec::new();
        [1, 2].iter().for_each(|index| PrefixSid::put_label_index(*index, &mut out));
        assert_eq!(PrefixSid::new(&out).unwrap().label_index(), Some(1));
        assert_eq!(PrefixSid::new(&out).unwrap().tlvs().count(), 2);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            index: u32, ranges in prop::collection::vec((0..1u32 << 24, 0..1u32 << 24), 1..9),
        ) {
            let ranges: Vec<_> = ranges.into_iter().map(|(base, range)| SrgbRange { base, range }).collect();
            let mut out = Vec::new();
            PrefixSid::put_originator_srgb(&ranges, &mut out);
            PrefixSid::put_label_index(index, &mut out);
            let back = PrefixSid::new(&out).unwrap();
            prop_assert_eq!(back.label_index(), Some(index));
            prop_assert!(back.originator_srgb().eq(ranges));
        }
    }
}
