//! The few ways a value of six octets is cut into fields, and how fields are written as text.

use super::CommunityParseError;
use crate::asn::decimal;
use core::fmt;
use core::str::FromStr;

/// The value of an extended community: what follows type and sub-type.
pub(super) type Octets = [u8; 6];

/// What stands as text behind the name of an extended community.
pub(super) trait Value: Sized {
    /// What it looks like, for an error.
    const FORM: &'static str;

    /// The value that `text` says.
    fn parse(text: &str) -> Option<Self>;
}

/// The value `text` of `what`, or an error that says how one looks.
pub(super) fn value<V: Value>(what: &'static str, text: &str) -> Result<V, CommunityParseError> {
    V::parse(text).ok_or(CommunityParseError { what, form: V::FORM })
}

/// Two octets and four.
pub(super) fn two_four(value: Octets) -> (u16, u32) {
    let (first, last) = (value.first_chunk(), value.last_chunk());
    (first.map_or(0, |v| u16::from_be_bytes(*v)), last.map_or(0, |v| u32::from_be_bytes(*v)))
}

/// Four octets and two.
pub(super) fn four_two(value: Octets) -> (u32, u16) {
    let (first, last) = (value.first_chunk(), value.last_chunk());
    (first.map_or(0, |v| u32::from_be_bytes(*v)), last.map_or(0, |v| u16::from_be_bytes(*v)))
}

/// The octets of [`two_four`].
pub(super) fn of_two_four(two: u16, four: u32) -> Octets {
    joined(two.to_be_bytes(), four.to_be_bytes())
}

/// The octets of [`four_two`].
pub(super) fn of_four_two(four: u32, two: u16) -> Octets {
    joined(four.to_be_bytes(), two.to_be_bytes())
}

/// The octets of one field and of the next.
pub(super) fn joined<const A: usize, const B: usize, const N: usize>(one: [u8; A], next: [u8; B]) -> [u8; N] {
    const { assert!(A + B == N) };
    let mut octets = [0; N];
    octets.iter_mut().zip(one.into_iter().chain(next)).for_each(|(to, octet)| *to = octet);
    octets
}

/// Exactly `N` parts with colons between.
pub(super) fn parts<const N: usize>(text: &str) -> Option<[&str; N]> {
    let (mut all, mut parts) = ([""; N], text.split(':'));
    for part in &mut all {
        *part = parts.next()?;
    }
    parts.next().is_none().then_some(all)
}

/// Flags: `0x` and hexadecimal digits.
pub(super) fn hex<T: TryFrom<u64>>(text: &str) -> Option<T> {
    let digits = text.strip_prefix("0x")?;
    let number = digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u64::from_str_radix(digits, 16));
    number?.ok().and_then(|n| T::try_from(n).ok())
}

/// `N` octets written as exactly two hexadecimal digits each, nothing between them.
pub(super) fn hex_octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut octets = [0; N];
    if pairs.len() != N {
        return None;
    }
    for (octet, [high, low]) in octets.iter_mut().zip(pairs) {
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|n| u8::try_from(n).ok());
        *octet = digit(*high)? << 4 | digit(*low)?;
    }
    Some(octets)
}

/// Writes octets as [`hex_octets`] reads them, `0x` before them.
pub(super) fn write_hex(f: &mut fmt::Formatter<'_>, octets: &[u8]) -> fmt::Result {
    f.write_str("0x")?;
    octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
}

/// Writes the name of a number if it has one, else the number.
pub(super) fn write_named<T>(f: &mut fmt::Formatter<'_>, names: &[(T, &'static str)], n: T) -> fmt::Result
where
    T: Copy + PartialEq + fmt::Display,
{
    match names.iter().find(|(of, _)| *of == n) {
        Some((_, name)) => f.write_str(name),
        None => n.fmt(f),
    }
}

/// The number that a name or digits say.
pub(super) fn named<T: Copy + FromStr>(names: &[(T, &'static str)], text: &str) -> Option<T> {
    names.iter().find(|(_, name)| *name == text).map(|(n, _)| *n).or_else(|| decimal(text))
}

/// A rate in IEEE 754 single precision; what is not a number is no rate.
pub(super) fn rate(text: &str) -> Option<f32> {
    text.parse().ok().filter(|rate: &f32| !rate.is_nan())
}

/// A MAC address: six octets of two hexadecimal digits.
pub(super) struct Mac(pub [u8; 6]);

impl Value for Mac {
    const FORM: &'static str = "six octets in hexadecimal with colons between: 00:00:5e:00:53:01";

    fn parse(text: &str) -> Option<Self> {
        octets_of(text).map(Self)
    }
}

/// `N` octets of two hexadecimal digits each, colons between them.
pub(crate) fn octets_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut octets = [0; N];
    for (octet, digits) in octets.iter_mut().zip(parts::<N>(text)?) {
        [*octet] = hex_octets(digits)?;
    }
    Some(octets)
}
