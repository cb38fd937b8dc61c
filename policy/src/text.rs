//! Values that stand in documents as their text.

use bgp_wire::Asn;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;

/// A value read by its `FromStr` and written by its `Display`. A bare number is read as its digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err: Display>> Visitor<'_> for TextVisitor<T> {
    type Value = Text<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<T>, E> {
        text.parse().map(Text).map_err(|e| E::custom(format_args!("`{text}`: {e}")))
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Text<T>, E> {
        self.visit_str(&n.to_string())
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Text<T>, E> {
        self.visit_str(&n.to_string())
    }
}

/// For `#[serde(with = ...)]` on an ASN: a number, read also from text.
pub(crate) mod asn {
    use super::{Asn, Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn serialize<S: Serializer>(asn: &Asn, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u32(asn.0)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Asn, D::Error> {
        super::Text::deserialize(d).map(|text| text.0)
    }
}

/// For `#[serde(with = ...)]` on a list of ASNs.
pub(crate) mod asns {
    use super::{Asn, Deserialize, Deserializer, Serializer, Text};

    pub(crate) fn serialize<S: Serializer>(asns: &[Asn], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(asns.iter().map(|asn| asn.0))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Asn>, D::Error> {
        Ok(Vec::<Text<Asn>>::deserialize(d)?.into_iter().map(|text| text.0).collect())
    }
}

/// Gives types of ours the text form.
macro_rules! as_text {
    ($($type:ty),+) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::text::Text::deserialize(deserializer).map(|text| text.0)
            }
        }
    )+};
}

as_text!(
    crate::AsPathRegex,
    crate::AsnRange,
    crate::CommunityPattern,
    crate::ExtendedCommunityPattern,
    crate::LargeCommunityPattern,
    crate::PrefixRange,
    crate::voice::PrefixText,
    crate::voice::RuleId
);
