//! Autonomous system numbers.

use core::fmt;
use core::str::FromStr;

/// An autonomous system number of four octets (RFC 6793).
///
/// ```
/// use bgp_wire::Asn;
/// assert_eq!("AS64500".parse(), Ok(Asn(64500)));
/// assert_eq!("1.10".parse(), Ok(Asn(65546))); // asdot, RFC 5396
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Asn(pub u32);

impl Asn {
    /// Stands for an ASN that does not fit two octets, towards a speaker that knows no more (RFC 6793).
    pub const TRANS: Self = Self(23456);

    /// The number as a speaker of two octets would write it: itself, or [`Asn::TRANS`].
    pub fn two_octets(self) -> u16 {
        u16::try_from(self.0).unwrap_or(23456)
    }
}

impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Text that is not an ASN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsnParseError;

impl fmt::Display for AsnParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ASN is a number from 0 to 4294967295, or two from 0 to 65535 with a dot between")
    }
}
impl core::error::Error for AsnParseError {}

impl FromStr for Asn {
    type Err = AsnParseError;

    fn from_str(s: &str) -> Result<Self, AsnParseError> {
        let s = s.strip_prefix("AS").or_else(|| s.strip_prefix("as")).unwrap_or(s);
        let asn = match s.split_once('.') {
            Some((high, low)) => decimal::<u16>(high)
                .zip(decimal::<u16>(low))
                .map(|(high, low)| u32::from(high) << 16 | u32::from(low)),
            None => decimal(s),
        };
        asn.map(Self).ok_or(AsnParseError)
    }
}

/// A number of digits only: Rust's own parser also takes a plus sign.
pub(crate) fn decimal<T: FromStr>(s: &str) -> Option<T> {
    s.bytes().all(|b| b.is_ascii_digit()).then(|| s.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        for (text, want) in [
            ("0", Some(0)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("AS8075", Some(8075)),
            ("as8075", Some(8075)),
            ("0.65535", Some(65535)),
            ("65535.65535", Some(u32::MAX)),
            ("65536.0", None),
            ("", None),
            ("+1", None),
            ("1.2.3", None),
        ] {
            assert_eq!(text.parse::<Asn>().ok(), want.map(Asn), "{text:?}");
        }
    }
}
