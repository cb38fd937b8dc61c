//! ASNs and paths.

use super::Seq;
use crate::as_path::{AsPath, AsPathBuf, Segment, SegmentKind};
use crate::asn::Asn;
use alloc::vec::Vec;
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

impl Serialize for Asn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl<'de> Deserialize<'de> for Asn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(NumberOrText)
        } else {
            u32::deserialize(deserializer).map(Self)
        }
    }
}

/// `64500`, `"AS64500"` or `"0.64500"`.
struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = Asn;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ASN")
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Asn, E> {
        u32::try_from(n).map(Asn).map_err(|_| E::custom("an ASN is at most 4294967295"))
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Asn, E> {
        u32::try_from(n).map(Asn).map_err(|_| E::custom("an ASN is a number from 0 to 4294967295"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Asn, E> {
        text.parse().map_err(E::custom)
    }
}

/// The key of a segment that stands as an object.
const fn key(kind: SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Set => "set",
        SegmentKind::Sequence => "sequence",
        SegmentKind::ConfedSequence => "confed-sequence",
        SegmentKind::ConfedSet => "confed-set",
    }
}

impl Serialize for SegmentKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(key(*self))
    }
}

impl Serialize for Segment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key(self.kind), &Seq(|| self.asns()))?;
        map.end()
    }
}

impl Serialize for AsPath<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut path = serializer.serialize_seq(None)?;
        let mut before = None;
        for segment in self.segments() {
            // A sequence behind another one would otherwise be read as one with it.
            let plain = segment.kind == SegmentKind::Sequence && before != Some(SegmentKind::Sequence);
            if plain {
                segment.asns().try_for_each(|asn| path.serialize_element(&asn))?;
            } else {
                path.serialize_element(&segment)?;
            }
            before = Some(segment.kind);
        }
        path.end()
    }
}

impl Serialize for AsPathBuf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

/// One element of a path: an ASN of a sequence, or a segment.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Element {
    Asn(Asn),
    Segment(OwnedSegment),
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OwnedSegment {
    Set(Vec<Asn>),
    Sequence(Vec<Asn>),
    ConfedSequence(Vec<Asn>),
    ConfedSet(Vec<Asn>),
}

impl OwnedSegment {
    fn into_parts(self) -> (SegmentKind, Vec<Asn>) {
        match self {
            Self::Set(asns) => (SegmentKind::Set, asns),
            Self::Sequence(asns) => (SegmentKind::Sequence, asns),
            Self::ConfedSequence(asns) => (SegmentKind::ConfedSequence, asns),
            Self::ConfedSet(asns) => (SegmentKind::ConfedSet, asns),
        }
    }
}

impl<'de> Deserialize<'de> for AsPathBuf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Path)
    }
}

/// An array of ASNs and segments, or the text of a path.
struct Path;

impl<'de> Visitor<'de> for Path {
    type Value = AsPathBuf;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an AS path")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<AsPathBuf, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<AsPathBuf, A::Error> {
        let (mut path, mut sequence) = (AsPathBuf::default(), Vec::new());
        while let Some(element) = elements.next_element()? {
            match element {
                Element::Asn(asn) => sequence.push(asn),
                Element::Segment(segment) => {
                    path.push(SegmentKind::Sequence, core::mem::take(&mut sequence));
                    let (kind, asns) = segment.into_parts();
                    path.push(kind, asns);
                }
            }
        }
        path.push(SegmentKind::Sequence, sequence);
        if path.view().contains(Asn(0)) {
            return Err(A::Error::custom("an AS path holds no AS 0"));
        }
        Ok(path)
    }
}
