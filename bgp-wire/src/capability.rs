//! Capabilities of an OPEN (RFC 5492).

use crate::asn::Asn;
use crate::family::AfiSafi;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use nom::bytes::complete::take;
use nom::number::complete::u8 as octet;
use nom::{IResult, Parser};

/// One capability. An OPEN in which one of the first three has a length it cannot have is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Capability<'a> {
    /// Code 1: routes of one family can be exchanged (RFC 4760).
    Multiprotocol(AfiSafi),
    /// Code 2: ROUTE-REFRESH is understood (RFC 2918).
    RouteRefresh,
    /// Code 65: ASNs have four octets; this is the sender's (RFC 6793).
    FourOctetAsn(Asn),
    /// Any other, as it came.
    Other {
        /// Its registered code.
        code: u8,
        /// Its value.
        value: &'a [u8],
    },
}

impl<'a> Capability<'a> {
    fn decode(code: u8, value: &'a [u8]) -> Self {
        match (code, value) {
            (1, &[high, low, _, safi]) => {
                Self::Multiprotocol(AfiSafi { afi: u16::from_be_bytes([high, low]), safi })
            }
            (2, []) => Self::RouteRefresh,
            (65, &[a, b, c, d]) => Self::FourOctetAsn(Asn(u32::from_be_bytes([a, b, c, d]))),
            _ => Self::Other { code, value },
        }
    }

    /// The registered code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Multiprotocol(_) => 1,
            Self::RouteRefresh => 2,
            Self::FourOctetAsn(_) => 65,
            Self::Other { code, .. } => *code,
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let mut put = |value: &[u8]| {
            let len = u8::try_from(value.len()).unwrap_or(u8::MAX);
            out.extend_from_slice(&[self.code(), len]);
            out.extend_from_slice(value.get(..usize::from(len)).unwrap_or(value));
        };
        match self {
            Self::Multiprotocol(AfiSafi { afi, safi }) => {
                let [high, low] = afi.to_be_bytes();
                put(&[high, low, 0, *safi]);
            }
            Self::RouteRefresh => put(&[]),
            Self::FourOctetAsn(asn) => put(&asn.0.to_be_bytes()),
            Self::Other { value, .. } => put(value),
        }
    }
}

impl fmt::Display for Capability<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Multiprotocol(family) => write!(f, "multiprotocol {family}"),
            Self::RouteRefresh => f.write_str("route-refresh"),
            Self::FourOctetAsn(asn) => write!(f, "four-octet-as {asn}"),
            Self::Other { code, value } => write!(f, "capability {code} ({} octets)", value.len()),
        }
    }
}

/// All capabilities of one OPEN, in the order they came, as their bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Capabilities<'a>(Cow<'a, [u8]>);

impl<'a> Capabilities<'a> {
    /// Takes over bytes that hold whole capabilities and nothing else.
    pub(crate) fn from_checked(raw: Cow<'a, [u8]>) -> Self {
        Self(raw)
    }

    /// The capabilities in order; one that is there twice comes twice (RFC 5492 section 4).
    pub fn iter(&self) -> impl Iterator<Item = Capability<'_>> {
        let mut rest: &[u8] = &self.0;
        core::iter::from_fn(move || {
            let (after, capability) = one(rest).ok()?;
            rest = after;
            Some(capability)
        })
    }

    /// The code of one that is understood and has a length it cannot have.
    pub(crate) fn wrong_length(&self) -> Option<u8> {
        self.iter().find(|c| matches!(c, Capability::Other { code: 1 | 2 | 65, .. })).map(|c| c.code())
    }

    /// Their octets, as an OPEN carries them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same, free of the buffer they were read from.
    pub fn into_owned(self) -> Capabilities<'static> {
        Capabilities(Cow::Owned(self.0.into_owned()))
    }
}

impl<'a> FromIterator<Capability<'a>> for Capabilities<'static> {
    fn from_iter<I: IntoIterator<Item = Capability<'a>>>(all: I) -> Self {
        let mut raw = Vec::new();
        all.into_iter().for_each(|capability| capability.encode(&mut raw));
        Self(Cow::Owned(raw))
    }
}

/// One capability off `v`: code, length, value.
pub(crate) fn one(v: &[u8]) -> IResult<&[u8], Capability<'_>, ()> {
    let (v, (code, len)) = (octet, octet).parse(v)?;
    let (v, value) = take(len)(v)?;
    Ok((v, Capability::decode(code, value)))
}
