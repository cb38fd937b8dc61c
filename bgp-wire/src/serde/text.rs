//! What is one string: text that parses back, octets in hexadecimal, octets that should be UTF-8.

use crate::community::{Community, ExtendedCommunity, Ipv6ExtendedCommunity, LargeCommunity};
use crate::family::{AfiSafi, Family, FamilySet};
use crate::nlri::{Esi, IgpRouterId, LabelStack, LabelStacks, MacAddr};
use crate::route_distinguisher::RouteDistinguisher;
use alloc::collections::BTreeMap;
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

written!(AfiSafi, Family, Community, LargeCommunity, ExtendedCommunity, Ipv6ExtendedCommunity);
written!(RouteDistinguisher, MacAddr, Esi, IgpRouterId);
read!(
    Family: "an address family",
    Community: "a community",
    LargeCommunity: "a large community",
    ExtendedCommunity: "an extended community",
    Ipv6ExtendedCommunity: "an extended community of IPv6",
    RouteDistinguisher: "a route distinguisher",
    MacAddr: "a MAC address",
    Esi: "an Ethernet segment identifier"
);

impl<'de> Deserialize<'de> for AfiSafi {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Family::deserialize(deserializer).map(Family::afi_safi)
    }
}

impl Serialize for LabelStacks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for LabelStacks {
    /// A family that is not there has one label.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stacks = BTreeMap::<Family, LabelStack>::deserialize(deserializer)?;
        stacks.into_iter().try_fold(Self::ONE, |all, (family, stack)| match all.of(family) {
            Some(_) => Ok(all.with(family, stack)),
            None => Err(D::Error::custom(format_args!("{family} has no labels"))),
        })
    }
}

/// What stands in a set for all families without a name.
const OTHERS: Family = Family::Other { afi: 0, safi: 0 };

/// One of a set: a family with a name, or `other` for those without.
struct Member(Family);

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == OTHERS { serializer.serialize_str("other") } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| if text == "other" { Ok(OTHERS) } else { text.parse() };
        deserializer.deserialize_str(Text { what: "an address family", parse }).map(Self)
    }
}

impl Serialize for FamilySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let others = self.contains(OTHERS).then_some(OTHERS);
        serializer.collect_seq(self.iter().chain(others).map(Member))
    }
}

impl<'de> Deserialize<'de> for FamilySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Vec::<Member>::deserialize(deserializer)?;
        Ok(members.into_iter().map(|member| member.0).collect())
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
