//! All capabilities of one OPEN.

use super::Capability;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use nom::bytes::complete::take;
use nom::number::complete::u8 as octet;
use nom::{IResult, Parser};

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

    /// Appends a capability.
    pub fn push(&mut self, capability: Capability<'_>) {
        capability.encode(self.0.to_mut());
    }

    /// The code of one that is understood and has a length it cannot have.
    pub(crate) fn wrong_length(&self) -> Option<u8> {
        self.iter().find(Capability::has_wrong_length).map(|c| c.code())
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
fn one(v: &[u8]) -> IResult<&[u8], Capability<'_>, ()> {
    let (v, (code, len)) = (octet, octet).parse(v)?;
    let (v, value) = take(len)(v)?;
    Ok((v, Capability::decode(code, value)))
}

/// The leading capabilities of `v` that are whole and end within `max` octets.
pub(crate) fn whole_within(v: &[u8], max: usize) -> &[u8] {
    let mut rest = v;
    let mut len = 0;
    while let Ok((after, _)) = one(rest) {
        let end = v.len().saturating_sub(after.len());
        if end > max {
            break;
        }
        (rest, len) = (after, end);
    }
    v.get(..len).unwrap_or_default()
}
