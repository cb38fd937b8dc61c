//! BGPSEC_PATH: the path of a route with a signature for each AS (RFC 8205).

use super::{AttrCode, Attrs};
use crate::as_path::{AsPathBuf, SegmentKind};
use crate::asn::Asn;
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;

/// The value of BGPSEC_PATH (RFC 8205 section 3), which stands where AS_PATH otherwise stands.
///
/// ```
/// use bgp_wire::{Asn, BgpsecPath, SecurePathSegment, SignatureSegment};
/// let segment = SecurePathSegment { p_count: 1, flags: 0, asn: Asn(64500) };
/// let signature = SignatureSegment { ski: [7; 20], signature: &[1, 2, 3] };
/// let mut value = Vec::new();
/// BgpsecPath::put(&[segment], &[(1, &[signature])], &mut value);
/// let path = BgpsecPath::new(&value).unwrap();
/// assert_eq!(path.to_as_path().to_string(), "64500");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BgpsecPath<'a> {
    secure_path: &'a [[u8; 6]],
    blocks: &'a [u8],
}

/// One AS of the path (RFC 8205 section 3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct SecurePathSegment {
    /// How often the AS stands in the path; 0 is a route server.
    pub p_count: u8,
    /// Flags; [`SecurePathSegment::CONFED`] among them.
    pub flags: u8,
    /// The AS.
    pub asn: Asn,
}

impl SecurePathSegment {
    /// The flag of an AS within a confederation.
    pub const CONFED: u8 = 0x80;
}

/// The signatures by one algorithm suite (RFC 8205 section 3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SignatureBlock<'a> {
    /// The algorithm suite.
    pub suite: u8,
    segments: &'a [u8],
}

/// One signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SignatureSegment<'a> {
    /// The Subject Key Identifier of the key it can be verified with.
    pub ski: [u8; 20],
    /// The signature.
    pub signature: &'a [u8],
}

impl<'a> BgpsecPath<'a> {
    /// Checks that a value is well-formed, and that each block has a signature for each AS (RFC 8205 section 5.2).
    /// Signatures are not verified.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let path = Self::read(v).ok_or(Fault::AttrValue)?;
        let sound = |(block, _): (SignatureBlock<'_>, _)| {
            let (count, rest) = block.count();
            rest.is_empty() && count == path.secure_path.len()
        };
        let (mut blocks, mut rest) = (0_u8, path.blocks);
        while !rest.is_empty() {
            let block = block(rest).ok_or(Fault::AttrValue)?;
            if !sound(block) {
                return Err(Fault::AttrValue);
            }
            (blocks, rest) = (blocks.saturating_add(1), block.1);
        }
        if path.secure_path.is_empty() || !matches!(blocks, 1 | 2) {
            return Err(Fault::AttrValue);
        }
        if path.secure_path().any(|segment| segment.asn == Asn(0)) { Err(Fault::AsZero) } else { Ok(path) }
    }

    fn read(v: &'a [u8]) -> Option<Self> {
        let (secure_path, blocks) = counted(v)?;
        let (secure_path, rest) = secure_path.as_chunks();
        rest.is_empty().then_some(Self { secure_path, blocks })
    }

    /// The path, the nearest AS first.
    pub fn secure_path(&self) -> impl Iterator<Item = SecurePathSegment> + Clone + use<'a> {
        self.secure_path.iter().map(|[p_count, flags, a, b, c, d]| SecurePathSegment {
            p_count: *p_count,
            flags: *flags,
            asn: Asn(u32::from_be_bytes([*a, *b, *c, *d])),
        })
    }

    /// The blocks of signatures, one or two.
    pub fn blocks(&self) -> impl Iterator<Item = SignatureBlock<'a>> + use<'a> {
        let mut rest = self.blocks;
        core::iter::from_fn(move || {
            let (block, after) = block(rest)?;
            rest = after;
            Some(block)
        })
    }

    /// The AS_PATH that says the same (RFC 8205 section 4.4).
    pub fn to_as_path(&self) -> AsPathBuf {
        let (mut path, mut asns, mut confed) = (AsPathBuf::default(), Vec::new(), false);
        let kind = |confed| if confed { SegmentKind::ConfedSequence } else { SegmentKind::Sequence };
        for segment in self.secure_path() {
            let within = segment.flags & SecurePathSegment::CONFED != 0;
            if within != confed {
                path.push(kind(confed), asns.drain(..));
                confed = within;
            }
            asns.extend(core::iter::repeat_n(segment.asn, usize::from(segment.p_count)));
        }
        path.push(kind(confed), asns);
        path
    }

    /// Appends a value: the path, and for each block its algorithm suite and its signatures in the path's order.
    pub fn put(path: &[SecurePathSegment], blocks: &[(u8, &[SignatureSegment<'_>])], out: &mut Vec<u8>) {
        put_counted(out, |out| {
            for SecurePathSegment { p_count, flags, asn } in path {
                out.extend_from_slice(&[*p_count, *flags]);
                out.extend_from_slice(&asn.0.to_be_bytes());
            }
        });
        for (suite, segments) in blocks {
            put_counted(out, |out| {
                out.push(*suite);
                segments.iter().for_each(|segment| segment.put(out));
            });
        }
    }
}

impl<'a> SignatureBlock<'a> {
    /// The signatures, in the order of the path.
    pub fn segments(&self) -> impl Iterator<Item = SignatureSegment<'a>> + use<'a> {
        let mut rest = self.segments;
        core::iter::from_fn(move || {
            let (segment, after) = SignatureSegment::take(rest)?;
            rest = after;
            Some(segment)
        })
    }

    /// How many signatures there are, and what is left behind the last.
    fn count(&self) -> (usize, &'a [u8]) {
        let (mut count, mut rest) = (0_usize, self.segments);
        while let Some((_, after)) = SignatureSegment::take(rest) {
            (count, rest) = (count.saturating_add(1), after);
        }
        (count, rest)
    }
}

impl<'a> SignatureSegment<'a> {
    fn take(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (ski, rest) = v.split_first_chunk()?;
        let (signature, rest) = cursor::field16(rest)?;
        Some((Self { ski: *ski, signature }, rest))
    }

    fn put(&self, out: &mut Vec<u8>) {
        let most = usize::from(u16::MAX);
        let signature = self.signature.get(..most).unwrap_or(self.signature);
        out.extend_from_slice(&self.ski);
        out.extend_from_slice(&u16::try_from(signature.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(signature);
    }
}

/// The first block of `v`, and what follows.
fn block(v: &[u8]) -> Option<(SignatureBlock<'_>, &[u8])> {
    let (block, rest) = counted(v)?;
    let (suite, segments) = cursor::u8(block)?;
    Some((SignatureBlock { suite, segments }, rest))
}

/// A field behind a length of two octets that counts itself too, and what follows.
fn counted(v: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = cursor::u16(v)?;
    rest.split_at_checked(usize::from(len).checked_sub(2)?)
}

/// Appends what `write` appends behind a length that counts itself too.
fn put_counted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0, 0]);
    write(out);
    let len = u16::try_from(out.len().saturating_sub(at)).unwrap_or(u16::MAX);
    out.iter_mut().skip(at).zip(len.to_be_bytes()).for_each(|(to, from)| *to = from);
}

pub(super) fn check(v: &[u8], n: &Negotiated) -> Result<(), Fault> {
    // RFC 8205 section 2.2: without the capability it is as if it were not known.
    if !n.bgpsec {
        return Err(Fault::AttrNotEnabled);
    }
    BgpsecPath::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// BGPSEC_PATH.
    pub fn bgpsec_path(&self) -> Option<BgpsecPath<'a>> {
        BgpsecPath::read(self.value(AttrCode::BGPSEC_PATH)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn segment(p_count: u8, flags: u8, asn: u32) -> SecurePathSegment {
        SecurePathSegment { p_count, flags, asn: Asn(asn) }
    }

    const SIGNATURE: SignatureSegment<'_> = SignatureSegment { ski: [7; 20], signature: &[1, 2, 3] };

    fn value(path: &[SecurePathSegment], blocks: &[(u8, &[SignatureSegment<'_>])]) -> Vec<u8> {
        let mut out = Vec::new();
        BgpsecPath::put(path, blocks, &mut out);
        out
    }

    /// (octets, fault)
    #[test]
    fn values() {
        let (one, two) = (&[segment(1, 0, 1)][..], &[segment(1, 0, 1), segment(1, 0, 2)][..]);
        let block: (u8, &[_]) = (1, &[SIGNATURE]);
        let good = value(one, &[block]);
        let bad = Some(Fault::AttrValue);
        for (octets, want) in [
            (good.clone(), None),
            (value(one, &[block, block]), None),
            (value(two, &[(1, &[SIGNATURE, SIGNATURE])]), None),
            (value(one, &[block, block, block]), bad),
            (value(one, &[]), bad),
            (value(&[], &[(1, &[])]), bad),
            (value(two, &[block]), bad),
            (value(one, &[block, (2, &[])]), bad),
            (value(&[segment(1, 0, 0)], &[block]), Some(Fault::AsZero)),
            ([&good[..], &[0]].concat(), bad),
            (good[..good.len() - 1].to_vec(), bad),
            (Vec::from([0, 1]), bad),
            (Vec::from([0, 7, 1, 0, 0, 0, 1]), bad),
            (Vec::from([0]), bad),
            (Vec::new(), bad),
        ] {
            assert_eq!(BgpsecPath::new(&octets).err(), want, "{octets:?}");
        }
    }

    /// (secure path, the AS_PATH it says)
    #[test]
    fn paths() {
        let confed = SecurePathSegment::CONFED;
        let cases: &[(&[SecurePathSegment], &str)] = &[
            (&[segment(1, 0, 1), segment(3, 0, 2)], "1 2 2 2"),
            (&[segment(0, 0, 1), segment(1, 0, 2)], "2"),
            (&[segment(1, confed, 1), segment(1, confed, 2), segment(1, 0, 3)], "(1 2) 3"),
        ];
        for (path, text) in cases {
            let signatures: Vec<_> = path.iter().map(|_| SIGNATURE).collect();
            let octets = value(path, &[(1, &signatures)]);
            assert_eq!(BgpsecPath::new(&octets).unwrap().to_as_path().to_string(), *text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            path in prop::collection::vec((any::<u8>(), any::<u8>(), 1..=u32::MAX), 1..9),
            suites in prop::collection::vec(any::<u8>(), 1..3), ski: [u8; 20], signature: Vec<u8>,
        ) {
            let path: Vec<_> = path.into_iter().map(|(n, flags, asn)| segment(n, flags, asn)).collect();
            let signatures: Vec<_> =
                path.iter().map(|_| SignatureSegment { ski, signature: &signature }).collect();
            let blocks: Vec<_> = suites.iter().map(|suite| (*suite, &signatures[..])).collect();
            let octets = value(&path, &blocks);
            let back = BgpsecPath::new(&octets).unwrap();
            prop_assert!(back.secure_path().eq(path));
            prop_assert!(back.blocks().map(|block| block.suite).eq(suites));
            prop_assert!(back.blocks().all(|block| block.segments().eq(signatures.iter().copied())));
        }
    }
}
