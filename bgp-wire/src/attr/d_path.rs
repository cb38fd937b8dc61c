//! D-PATH: the domains of EVPN and IP VPN that a route went through (draft-ietf-bess-evpn-ipvpn-interworking).

use super::{AttrCode, Attrs};
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::fmt;

/// One domain of the path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct DPathDomain {
    /// Who gives the rest of the identifier its meaning: an ASN or an address, by agreement.
    pub global: u32,
    /// The domain within that.
    pub local: u16,
    /// The SAFI of the routes there (ISF_SAFI_TYPE): 70 EVPN, 128 IP VPN, 1 without either, 0 made by the gateway.
    pub safi: u8,
}

impl DPathDomain {
    /// Octets of a domain.
    const OCTETS: usize = 7;

    fn from_octets(octets: [u8; Self::OCTETS]) -> Self {
        let [global @ .., high, low, safi] = octets;
        Self { global: u32::from_be_bytes(global), local: u16::from_be_bytes([high, low]), safi }
    }
}

impl fmt::Display for DPathDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.global, self.local, self.safi)
    }
}

/// The value of D-PATH.
///
/// ```
/// use bgp_wire::{DPath, DPathDomain};
/// let mut value = Vec::new();
/// DPath::put(&[DPathDomain { global: 65000, local: 1, safi: 70 }], &mut value);
/// assert_eq!(DPath::new(&value).unwrap().domains().next().unwrap().to_string(), "65000:1:70");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DPath<'a>(&'a [u8]);

impl<'a> DPath<'a> {
    /// Checks that there is a segment, that each has a domain, and that they fill the value.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let mut rest = v;
        while !rest.is_empty() {
            let (domains, after) = segment(rest).ok_or(Fault::AttrValue)?;
            if domains.is_empty() {
                return Err(Fault::AttrValue);
            }
            rest = after;
        }
        if v.is_empty() { Err(Fault::AttrLength(0)) } else { Ok(Self(v)) }
    }

    /// The domains, the last that the route went through first.
    pub fn domains(&self) -> impl Iterator<Item = DPathDomain> + Clone + use<'a> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (domains, after) = segment(rest)?;
            rest = after;
            Some(domains)
        })
        .flat_map(|domains| domains.iter().map(|octets| DPathDomain::from_octets(*octets)))
    }

    /// Appends segments with `domains`; more than 255 need more than one.
    pub fn put(domains: &[DPathDomain], out: &mut Vec<u8>) {
        for segment in domains.chunks(255) {
            out.push(u8::try_from(segment.len()).unwrap_or(u8::MAX));
            for domain in segment {
                out.extend_from_slice(&domain.global.to_be_bytes());
                out.extend_from_slice(&domain.local.to_be_bytes());
                out.push(domain.safi);
            }
        }
    }
}

/// The first segment of `v`, and what follows: a count of domains, and these.
fn segment(v: &[u8]) -> Option<(&[[u8; DPathDomain::OCTETS]], &[u8])> {
    let (count, rest) = cursor::u8(v)?;
    let (domains, rest) = rest.split_at_checked(usize::from(count).checked_mul(DPathDomain::OCTETS)?)?;
    Some((domains.as_chunks().0, rest))
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    DPath::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// D-PATH.
    pub fn d_path(&self) -> Option<DPath<'a>> {
        self.value(AttrCode::D_PATH).map(DPath)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (octets, how many domains there are, or `None` where they are malformed)
    #[test]
    fn values() {
        let cases: &[(&[u8], Option<usize>)] = &[
            (&[1, 0, 0, 0xfd, 0xe8, 0, 1, 70], Some(1)),
            (&[1, 0, 0, 0xfd, 0xe8, 0, 1, 70, 1, 0, 0, 0xfd, 0xe8, 0, 2, 128], Some(2)),
            (&[2, 0, 0, 0xfd, 0xe8, 0, 1, 70, 0, 0, 0xfd, 0xe8, 0, 2, 99], Some(2)),
            (&[2, 0, 0, 0xfd, 0xe8, 0, 1, 70], None),
            (&[1, 0, 0, 0xfd, 0xe8, 0, 1, 70, 1], None),
            (&[1, 0, 0, 0xfd, 0xe8, 0, 1, 70, 0], None),
            (&[0], None),
            (&[], None),
        ];
        for (octets, want) in cases {
            assert_eq!(DPath::new(octets).ok().map(|path| path.domains().count()), *want, "{octets:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(domains in prop::collection::vec(any::<(u32, u16, u8)>(), 1..600)) {
            let domains: Vec<_> =
                domains.into_iter().map(|(global, local, safi)| DPathDomain { global, local, safi }).collect();
            let mut out = Vec::new();
            DPath::put(&domains, &mut out);
            prop_assert!(DPath::new(&out).unwrap().domains().eq(domains));
        }
    }
}
