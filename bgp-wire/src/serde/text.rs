//! What is one string: text that parses back, octets in hexadecimal, octets that should be UTF-8.

use crate::community::{Community, ExtendedCommunity, LargeCommunity};
use crate::family::{AfiSafi, Family, FamilySet};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// Types that are the text their `Display` writes.
macro_rules! written {
    ($($type:ty),*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        })*
    };
}

/// Types whose text their `FromStr` reads back, and what such text is.
macro_rules! read {
    ($($type:ty: $what:literal),*) => {
        $(impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text { what: $what, parse: Self::from_str })
            }
        })*
    };
}

written!(AfiSafi, Family, Community, LargeCommunity, ExtendedCommunity);
read!(Family: "an address family", Community: "a community", LargeCommunity: "a large community");

impl<'de> Deserialize<'de> for AfiSafi {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text { what: "an address family", parse: afi_safi })
    }
}

/// The name of a family, or `AFI 25 SAFI 70`.
fn afi_safi(text: &str) -> Result<AfiSafi, &'static str> {
    if let Ok(family) = Family::from_str(text) {
        return Ok(family.afi_safi());
    }
    let mut words = text.split(' ');
    match [words.next(), words.next(), words.next(), words.next(), words.next()] {
        [Some("AFI"), Some(afi), Some("SAFI"), Some(safi), None] => {
            afi.parse().ok().zip(safi.parse().ok()).map(|(afi, safi)| AfiSafi { afi, safi })
        }
        _ => None,
    }
    .ok_or("a family is a name such as ipv4-unicast, or AFI and SAFI with a number each")
}

impl<'de> Deserialize<'de> for ExtendedCommunity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text { what: "an extended community", parse: extended_community })
    }
}

/// Eight octets in hexadecimal behind `0x`.
fn extended_community(text: &str) -> Result<ExtendedCommunity, &'static str> {
    text.strip_prefix("0x")
        .and_then(octets)
        .and_then(|octets| octets.try_into().ok())
        .map(ExtendedCommunity)
        .ok_or("an extended community is 0x and 16 hexadecimal digits")
}

impl Serialize for FamilySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for FamilySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Family>::deserialize(deserializer).map(|families| families.into_iter().collect())
    }
}

/// Reads a string with `parse`; `what` says what is expected.
pub(super) struct Text<P> {
    pub(super) what: &'static str,
    pub(super) parse: P,
}

impl<T, E: fmt::Display, P: Fn(&str) -> Result<T, E>> Visitor<'_> for Text<P> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<F: Error>(self, text: &str) -> Result<T, F> {
        (self.parse)(text).map_err(F::custom)
    }
}

/// Octets as hexadecimal digits without a prefix.
#[derive(Clone, Copy)]
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// Octets that should be UTF-8; what is not is replaced by U+FFFD.
#[derive(Clone, Copy)]
pub(super) struct Utf8<'a>(pub(super) &'a [u8]);

impl fmt::Display for Utf8<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.utf8_chunks().try_for_each(|chunk| {
            f.write_str(chunk.valid())?;
            f.write_str(if chunk.invalid().is_empty() { "" } else { "\u{fffd}" })
        })
    }
}

/// What `Display` writes, as one string.
#[derive(Clone, Copy)]
pub(super) struct Shown<T>(pub(super) T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

written!(Hex<'_>, Utf8<'_>);

/// The octets that hexadecimal digits say; `None` where they are not that.
pub(super) fn octets(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let octet = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    rest.is_empty().then(|| pairs.iter().map(octet).collect()).flatten()
}
