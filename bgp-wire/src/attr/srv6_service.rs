//! The SRv6 service TLVs of PREFIX_SID: how a service's packets reach the egress (RFC 9252).

use super::tlv::{Form, Tlv, Tlvs};
use crate::cursor;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

/// The type of the SRv6 SID Information Sub-TLV.
const SID_INFORMATION: u16 = 1;
/// The type of the SRv6 SID Structure Sub-Sub-TLV.
const SID_STRUCTURE: u16 = 1;

/// An SRv6 L3 or L2 Service TLV (RFC 9252 section 2): its sub-TLVs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Srv6Service<'a>(&'a [u8]);

/// An SRv6 SID and what it does (RFC 9252 section 3.1).
///
/// ```
/// use bgp_wire::{PrefixSid, Srv6Service, Srv6Sid};
/// let sid = Srv6Sid { sid: "2001:db8::".parse().unwrap(), flags: 0, behavior: 19, structure: None };
/// let mut value = Vec::new();
/// PrefixSid::put_srv6_l3_service(&mut value, |out| Srv6Service::put_sid(&sid, out));
/// let service = PrefixSid::new(&value).unwrap().srv6_l3_service().unwrap();
/// assert_eq!(service.sids().next(), Some(sid));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct Srv6Sid {
    /// The SID; bits that were transposed into the label of the NLRI are zero.
    pub sid: Ipv6Addr,
    /// Flags.
    pub flags: u8,
    /// The endpoint behavior (RFC 8986).
    pub behavior: u16,
    /// How its bits are used.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub structure: Option<SidStructure>,
}

/// The parts of an SRv6 SID, in bits (RFC 9252 section 3.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct SidStructure {
    /// Locator block.
    pub block: u8,
    /// Locator node.
    pub node: u8,
    /// Function.
    pub function: u8,
    /// Argument.
    pub argument: u8,
    /// How many bits are in the label of the NLRI.
    pub transposition_length: u8,
    /// From which bit on they belong into the SID.
    pub transposition_offset: u8,
}

impl<'a> Srv6Service<'a> {
    /// The value of the TLV; `None` where it is malformed (RFC 9252 section 7). One without a sub-TLV says nothing
    /// of a service, so it is malformed too.
    pub(super) fn new(v: &'a [u8]) -> Option<Self> {
        let (_reserved, subs) = cursor::u8(v)?;
        let sound = |kind, value: &[u8]| kind != SID_INFORMATION || Srv6Sid::is_sound(value);
        let whole = !subs.is_empty() && Form::Medium.is_whole(subs);
        (whole && Form::Medium.iter(subs).all(|sub| sound(sub.kind, sub.value))).then_some(Self(subs))
    }

    /// The SIDs, in the order of the wire.
    pub fn sids(&self) -> impl Iterator<Item = Srv6Sid> + use<'a> {
        let sids = self.sub_tlvs().filter(|sub| sub.kind == SID_INFORMATION);
        sids.filter_map(|sub| Srv6Sid::read(sub.value).map(|(sid, _)| sid))
    }

    /// Every sub-TLV.
    pub const fn sub_tlvs(&self) -> Tlvs<'a> {
        Form::Medium.iter(self.0)
    }

    /// The sub-TLVs of unknown types.
    pub(crate) fn others(&self) -> impl Iterator<Item = Tlv<'a>> + Clone + use<'a> {
        self.sub_tlvs().filter(|tlv| tlv.kind != SID_INFORMATION)
    }

    /// Appends an SRv6 SID Information Sub-TLV.
    pub fn put_sid(sid: &Srv6Sid, out: &mut Vec<u8>) {
        Form::Medium.put(SID_INFORMATION, out, |out| sid.put(out));
    }
}

impl Srv6Sid {
    /// The SID, and the sub-sub-TLVs behind it.
    fn read(v: &[u8]) -> Option<(Self, &[u8])> {
        let (_reserved, rest) = cursor::u8(v)?;
        let (sid, rest) = rest.split_first_chunk::<16>()?;
        let (flags, rest) = cursor::u8(rest)?;
        let (behavior, rest) = cursor::u16(rest)?;
        let (_reserved, rest) = cursor::u8(rest)?;
        let structure = Form::Medium.find(rest, SID_STRUCTURE).and_then(SidStructure::read);
        Some((Self { sid: Ipv6Addr::from(*sid), flags, behavior, structure }, rest))
    }

    fn is_sound(v: &[u8]) -> bool {
        let Some((_, rest)) = Self::read(v) else { return false };
        let sound = |kind, value: &[u8]| kind != SID_STRUCTURE || SidStructure::read(value).is_some();
        Form::Medium.is_whole(rest) && Form::Medium.iter(rest).all(|sub| sound(sub.kind, sub.value))
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.push(0);
        out.extend_from_slice(&self.sid.octets());
        out.push(self.flags);
        out.extend_from_slice(&self.behavior.to_be_bytes());
        out.push(0);
        if let Some(structure) = self.structure {
            Form::Medium.put(SID_STRUCTURE, out, |out| out.extend_from_slice(&structure.octets()));
        }
    }
}

impl SidStructure {
    fn read(v: &[u8]) -> Option<Self> {
        let [block, node, function, argument, transposition_length, transposition_offset] =
            v.try_into().ok()?;
        Some(Self { block, node, function, argument, transposition_length, transposition_offset })
    }

    const fn octets(self) -> [u8; 6] {
        let Self { block, node, function, argument, transposition_length, transposition_offset } = self;
        [block, node, function, argument, transposition_length, transposition_offset]
    }

    /// Whether the parts fit a SID and what is transposed fits the label (RFC 9252 section 7): a path with a SID
    /// for which that does not hold is not eligible.
    pub fn is_valid(&self) -> bool {
        let parts = [self.block, self.node, self.function, self.argument];
        let bits = parts.iter().fold(0_u16, |sum, part| sum.saturating_add(u16::from(*part)));
        let transposed = u16::from(self.transposition_length);
        let end = transposed.saturating_add(u16::from(self.transposition_offset));
        bits <= 128 && transposed <= 24 && end <= bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A service with a SID Information Sub-TLV of `len` octets and what follows its fixed part.
    fn service(len: u8, rest: &[u8]) -> Vec<u8> {
        let mut all = [&[0, 1, 0, len][..], &[0; 21], rest].concat();
        all.truncate(4 + usize::from(len));
        all
    }

    /// (octets of the value, whether they are well-formed)
    #[test]
    fn values() {
        let structure = [1, 0, 6, 40, 24, 16, 0, 16, 64];
        for (octets, want) in [
            (service(21, &[]), true),
            (service(20, &[]), false),
            (service(30, &structure), true),
            (service(29, &structure), false),
            (service(29, &[1, 0, 5, 40, 24, 16, 0, 16]), false),
            (service(31, &[1, 0, 7, 40, 24, 16, 0, 16, 64, 0]), false),
            (service(25, &[99, 0, 1, 7]), true),
            (service(23, &[99, 0]), false),
            (Vec::from([0, 99, 0, 1, 7]), true),
            (Vec::from([0, 99, 0, 2, 7]), false),
            (Vec::from([0, 99, 0]), false),
            (Vec::from([0]), false),
            (Vec::new(), false),
        ] {
            assert_eq!(Srv6Service::new(&octets).is_some(), want, "{octets:?}");
        }
    }

    #[test]
    fn structures() {
        let of = |[block, node, function, argument, transposition_length, transposition_offset]: [u8; 6]| {
            SidStructure { block, node, function, argument, transposition_length, transposition_offset }
        };
        for (octets, want) in [
            ([40, 24, 16, 0, 16, 64], true),
            ([40, 24, 16, 0, 0, 0], true),
            ([40, 24, 64, 0, 0, 0], true),
            ([40, 24, 64, 1, 0, 0], false),
            ([40, 24, 16, 0, 16, 65], false),
            ([40, 24, 32, 0, 25, 64], false),
        ] {
            assert_eq!(of(octets).is_valid(), want, "{octets:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            sids in prop::collection::vec((any::<u128>(), any::<u8>(), any::<u16>(), any::<Option<[u8; 6]>>()), 1..5),
        ) {
            let sids: Vec<_> = sids
                .into_iter()
                .map(|(sid, flags, behavior, parts)| {
                    let structure = parts.and_then(|parts| SidStructure::read(&parts));
                    Srv6Sid { sid: sid.into(), flags, behavior, structure }
                })
                .collect();
            let mut out = Vec::from([0]);
            sids.iter().for_each(|sid| Srv6Service::put_sid(sid, &mut out));
            prop_assert!(Srv6Service::new(&out).unwrap().sids().eq(sids));
        }
    }
}
