//! AS_PATH: the autonomous systems a route came through (RFC 4271 section 5.1.2, RFC 5065, RFC 6793).

use crate::asn::Asn;
use crate::cursor;
use crate::negotiate::AsnWidth;
use crate::octets::Octets;
use crate::outcome::Fault;
use core::fmt;

/// The type of a path segment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum SegmentKind {
    /// Unordered: the route is an aggregate.
    Set = 1,
    /// Ordered, the nearest ASN first.
    Sequence = 2,
    /// Ordered, within a confederation.
    ConfedSequence = 3,
    /// Unordered, within a confederation.
    ConfedSet = 4,
}

impl SegmentKind {
    const fn from_octet(n: u8) -> Option<Self> {
        Some(match n {
            1 => Self::Set,
            2 => Self::Sequence,
            3 => Self::ConfedSequence,
            4 => Self::ConfedSet,
            _ => return None,
        })
    }

    /// Whether it is of a confederation (RFC 5065).
    pub const fn is_confed(self) -> bool {
        matches!(self, Self::ConfedSequence | Self::ConfedSet)
    }
}

/// One segment of a path, borrowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segment<'a> {
    /// Its type.
    pub kind: SegmentKind,
    width: AsnWidth,
    raw: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Its ASNs in the order of the wire.
    pub fn asns(&self) -> impl Iterator<Item = Asn> + Clone + use<'a> {
        let (two, four) = self.chunks();
        let two = two.iter().map(|v| Asn(u32::from(u16::from_be_bytes(*v))));
        two.chain(four.iter().map(|v| Asn(u32::from_be_bytes(*v))))
    }

    /// The ASNs as they stand there; one of the two is empty.
    const fn chunks(&self) -> (&'a [[u8; 2]], &'a [[u8; 4]]) {
        match self.width {
            AsnWidth::Two => (self.raw.as_chunks().0, &[]),
            AsnWidth::Four => (&[], self.raw.as_chunks().0),
        }
    }

    fn has_as_zero(&self) -> bool {
        let (two, four) = self.chunks();
        two.contains(&[0; 2]) || four.contains(&[0; 4])
    }

    /// How many ASNs it has.
    pub const fn count(&self) -> usize {
        match self.width {
            AsnWidth::Two => self.raw.len() >> 1,
            AsnWidth::Four => self.raw.len() >> 2,
        }
    }

    /// What it adds to the length of a path: a set counts 1, a confederation's nothing (RFC 5065 section 5.3).
    const fn hops(&self) -> usize {
        match self.kind {
            SegmentKind::Sequence => self.count(),
            SegmentKind::Set => 1,
            SegmentKind::ConfedSequence | SegmentKind::ConfedSet => 0,
        }
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)?;
        f.debug_list().entries(self.asns()).finish()
    }
}

/// A path that was checked, borrowed from its message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AsPath<'a> {
    raw: &'a [u8],
    width: AsnWidth,
}

impl<'a> AsPath<'a> {
    /// Checks the value of an AS_PATH or AS4_PATH (RFC 7606 section 7.2, RFC 7607).
    pub fn new(raw: &'a [u8], width: AsnWidth) -> Result<Self, Fault> {
        Self::check(raw, width, true).map(|()| Self { raw, width })
    }

    /// The check itself; `confed` says whether a confederation's segments may be there (RFC 5065 section 5).
    pub(crate) fn check(raw: &[u8], width: AsnWidth, confed: bool) -> Result<(), Fault> {
        let mut rest = raw;
        while !rest.is_empty() {
            let (segment, after) = segment(rest, width).ok_or(Fault::AttrValue)?;
            if segment.raw.is_empty() {
                return Err(Fault::AttrValue);
            }
            if segment.kind.is_confed() && !confed {
                return Err(Fault::ConfedSegment);
            }
            if segment.has_as_zero() {
                return Err(Fault::AsZero);
            }
            rest = after;
        }
        Ok(())
    }

    /// Bytes that the registry's check has already passed.
    pub(crate) const fn from_checked(raw: &'a [u8], width: AsnWidth) -> Self {
        Self { raw, width }
    }

    /// The segments in order.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'a>> + Clone + use<'a> {
        let (mut rest, width) = (self.raw, self.width);
        core::iter::from_fn(move || {
            let (segment, after) = segment(rest, width)?;
            rest = after;
            Some(segment)
        })
    }

    /// All ASNs in the order of the wire, sets and confederation segments included.
    #[inline]
    pub fn asns(&self) -> impl Iterator<Item = Asn> + Clone + use<'a> {
        let (segment, rest) =
            segment(self.raw, self.width).map_or((&[][..], &[][..]), |(first, rest)| (first.raw, rest));
        Asns { segment, rest, width: self.width }
    }

    /// The length that the decision process compares: a set counts 1, a confederation's segments nothing.
    pub fn hops(&self) -> usize {
        self.segments().fold(0, |sum, segment| sum.saturating_add(segment.hops()))
    }

    /// The AS that sent the route on last: the first of a leading sequence (RFC 4271 section 6.3).
    pub fn neighbor(&self) -> Option<Asn> {
        let first = self.segments().find(|s| !s.kind.is_confed())?;
        (first.kind == SegmentKind::Sequence).then(|| first.asns().next()).flatten()
    }

    /// The AS that the route began in: the last of the path, unless that is one of a set.
    pub fn origin(&self) -> Option<Asn> {
        let last = self.segments().filter(|s| !s.kind.is_confed()).last()?;
        (last.kind == SegmentKind::Sequence).then(|| last.asns().last()).flatten()
    }

    /// Whether `asn` is anywhere in it.
    pub fn contains(&self, asn: Asn) -> bool {
        self.asns().any(|a| a == asn)
    }

    /// Whether there is a set in it, of a confederation or not (RFC 9774).
    pub fn has_set(&self) -> bool {
        self.segments().any(|s| matches!(s.kind, SegmentKind::Set | SegmentKind::ConfedSet))
    }

    /// Whether there is no segment.
    pub const fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The same path, owned and with ASNs of four octets.
    pub fn to_buf(&self) -> AsPathBuf {
        let mut path = AsPathBuf::default();
        path.extend(*self);
        path
    }
}

/// The ASNs of a path, segment after segment.
#[derive(Clone)]
struct Asns<'a> {
    /// Those left of a segment.
    segment: &'a [u8],
    /// The segments behind it.
    rest: &'a [u8],
    width: AsnWidth,
}

impl Iterator for Asns<'_> {
    type Item = Asn;

    fn next(&mut self) -> Option<Asn> {
        loop {
            let asn = match self.width {
                AsnWidth::Two => cursor::u16(self.segment).map(|(asn, left)| (u32::from(asn), left)),
                AsnWidth::Four => cursor::u32(self.segment),
            };
            if let Some((asn, left)) = asn {
                self.segment = left;
                return Some(Asn(asn));
            }
            let (segment, rest) = segment(self.rest, self.width)?;
            (self.segment, self.rest) = (segment.raw, rest);
        }
    }

    /// Asks for the width and the end of a segment once, not for each ASN.
    #[inline]
    fn fold<B, F: FnMut(B, Asn) -> B>(self, init: B, mut f: F) -> B {
        let Self { segment: mut asns, mut rest, width } = self;
        let mut folded = init;
        loop {
            folded = match width {
                AsnWidth::Two => {
                    let all = asns.as_chunks().0.iter().map(|v| u32::from(u16::from_be_bytes(*v)));
                    all.map(Asn).fold(folded, &mut f)
                }
                AsnWidth::Four => {
                    asns.as_chunks().0.iter().map(|v| Asn(u32::from_be_bytes(*v))).fold(folded, &mut f)
                }
            };
            let Some((segment, after)) = segment(rest, width) else { return folded };
            (asns, rest) = (segment.raw, after);
        }
    }
}

/// The first segment of `v`, and what follows.
#[inline]
fn segment(v: &[u8], width: AsnWidth) -> Option<(Segment<'_>, &[u8])> {
    let (&[kind, count], rest) = v.split_first_chunk()?;
    let (raw, rest) = rest.split_at_checked(usize::from(count).saturating_mul(width.octets()))?;
    Some((Segment { kind: SegmentKind::from_octet(kind)?, width, raw }, rest))
}

/// An owned path: the bytes of an AS_PATH with ASNs of four octets.
///
/// ```
/// use bgp_wire::{AsPathBuf, Asn};
/// let mut path: AsPathBuf = [Asn(64501), Asn(64502)].into_iter().collect();
/// path.prepend(Asn(64500), 2);
/// assert_eq!(path.to_string(), "64500 64500 64501 64502");
/// assert_eq!(path.view().hops(), 4);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AsPathBuf(Octets);

impl AsPathBuf {
    /// Borrows it.
    pub fn view(&self) -> AsPath<'_> {
        AsPath::from_checked(self.0.as_slice(), AsnWidth::Four)
    }

    /// Appends segments of `kind`; more than 255 ASNs need more than one.
    pub fn push(&mut self, kind: SegmentKind, asns: impl IntoIterator<Item = Asn>) {
        let mut asns = asns.into_iter().peekable();
        while asns.peek().is_some() {
            let at = self.0.as_slice().len();
            self.0.extend_from_slice(&[kind as u8, 0]);
            let mut count = 0u8;
            for asn in asns.by_ref().take(255) {
                self.0.extend_from_slice(&asn.0.to_be_bytes());
                count = count.saturating_add(1);
            }
            if let Some(field) = self.0.as_mut_slice().get_mut(at.saturating_add(1)) {
                *field = count;
            }
        }
    }

    /// Makes it the path whose octets these are, with ASNs of four octets.
    pub(crate) fn replace(&mut self, octets: &[u8]) {
        self.0.replace(octets);
    }

    /// Appends the segments of a path.
    #[inline]
    pub(crate) fn extend(&mut self, path: AsPath<'_>) {
        match path.width {
            AsnWidth::Four => self.0.extend_from_slice(path.raw),
            AsnWidth::Two => path.segments().for_each(|segment| self.push(segment.kind, segment.asns())),
        }
    }

    /// Puts `asn` in front `times` times (RFC 4271 section 5.1.2), into the first sequence while it has room.
    pub fn prepend(&mut self, asn: Asn, times: usize) {
        let old = core::mem::take(self);
        let mut segments = old.view().segments().peekable();
        let front = core::iter::repeat_n(asn, times);
        match segments.peek().copied() {
            Some(first)
                if first.kind == SegmentKind::Sequence && first.count().saturating_add(times) <= 255 =>
            {
                segments.next();
                self.push(first.kind, front.chain(first.asns()));
            }
            _ => self.push(SegmentKind::Sequence, front),
        }
        segments.for_each(|segment| self.push(segment.kind, segment.asns()));
    }

    /// The bytes, as an AS_PATH with ASNs of four octets carries them.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl FromIterator<Asn> for AsPathBuf {
    fn from_iter<I: IntoIterator<Item = Asn>>(asns: I) -> Self {
        let mut path = Self::default();
        path.push(SegmentKind::Sequence, asns);
        path
    }
}

impl fmt::Display for AsPath<'_> {
    /// Sequences plain, sets in braces, confederation segments in brackets and parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.segments().enumerate() {
            let (open, close) = match segment.kind {
                SegmentKind::Sequence => ("", ""),
                SegmentKind::Set => ("{", "}"),
                SegmentKind::ConfedSequence => ("(", ")"),
                SegmentKind::ConfedSet => ("[", "]"),
            };
            f.write_str(if i > 0 { " " } else { "" })?;
            f.write_str(open)?;
            for (j, asn) in segment.asns().enumerate() {
                write!(f, "{}{asn}", if j > 0 { " " } else { "" })?;
            }
            f.write_str(close)?;
        }
        Ok(())
    }
}

impl fmt::Debug for AsPathBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.view().segments()).finish()
    }
}

impl fmt::Display for AsPathBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::SegmentKind::{ConfedSequence, Sequence, Set};
    use super::*;
    use alloc::string::ToString;

    /// (value with ASNs of four octets, what comes of it) by RFC 7606 section 7.2.
    #[test]
    fn as_path_outcomes() {
        let cases: &[(&[u8], Result<&str, Fault>)] = &[
            (&[], Ok("")),
            (&[2, 1, 0, 0, 0xfb, 0xf4], Ok("64500")),
            (&[2, 1, 0, 0, 0, 1, 1, 2, 0, 0, 0, 2, 0, 0, 0, 3], Ok("1 {2 3}")),
            (&[3, 1, 0, 0, 0, 1, 4, 1, 0, 0, 0, 2], Ok("(1) [2]")),
            (&[5, 1, 0, 0, 0, 1], Err(Fault::AttrValue)),
            (&[0, 1, 0, 0, 0, 1], Err(Fault::AttrValue)),
            (&[2, 0], Err(Fault::AttrValue)),
            (&[2], Err(Fault::AttrValue)),
            (&[2, 2, 0, 0, 0, 1], Err(Fault::AttrValue)),
            (&[2, 1, 0, 0, 0, 1, 2], Err(Fault::AttrValue)),
            (&[2, 2, 0, 0, 0, 1, 0, 0, 0, 0], Err(Fault::AsZero)),
        ];
        for (raw, want) in cases {
            let got = AsPath::new(raw, AsnWidth::Four).map(|p| p.to_string());
            assert_eq!(got, want.map(ToString::to_string), "{raw:?}");
        }
    }

    #[test]
    fn length_neighbor_and_origin() {
        let path = |segments: &[(SegmentKind, &[u32])]| {
            let mut p = AsPathBuf::default();
            segments.iter().for_each(|(kind, asns)| p.push(*kind, asns.iter().copied().map(Asn)));
            p
        };
        for (p, hops, neighbor, origin) in [
            (path(&[]), 0, None, None),
            (path(&[(Sequence, &[1, 2, 3])]), 3, Some(1), Some(3)),
            (path(&[(Sequence, &[1, 1, 2]), (Set, &[7, 8, 9])]), 4, Some(1), None),
            (path(&[(ConfedSequence, &[5, 6]), (Sequence, &[1, 2])]), 2, Some(1), Some(2)),
            (path(&[(Set, &[1, 2])]), 1, None, None),
        ] {
            let v = p.view();
            assert_eq!(
                (v.hops(), v.neighbor(), v.origin()),
                (hops, neighbor.map(Asn), origin.map(Asn)),
                "{p}"
            );
        }
    }

    #[test]
    fn prepending_fills_a_segment_and_then_opens_another() {
        let mut path: AsPathBuf = core::iter::repeat_n(Asn(1), 254).collect();
        path.prepend(Asn(2), 1);
        assert_eq!(path.view().segments().count(), 1);
        path.prepend(Asn(3), 1);
        assert_eq!(path.view().segments().count(), 2);
        assert_eq!((path.view().hops(), path.view().neighbor()), (256, Some(Asn(3))));
        let mut empty = AsPathBuf::default();
        empty.prepend(Asn(9), 300);
        assert_eq!((empty.view().segments().count(), empty.view().hops()), (2, 300));
    }

    #[test]
    fn two_octets_widen() {
        let narrow = AsPath::new(&[2, 2, 0xfb, 0xf4, 0x5b, 0xa0], AsnWidth::Two).unwrap();
        assert_eq!(narrow.to_buf().to_string(), "64500 23456");
        assert_eq!(narrow.to_buf().view().hops(), narrow.hops());
    }
}
