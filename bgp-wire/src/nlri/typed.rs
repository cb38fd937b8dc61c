//! One NLRI of whatever family: the table from a family to the file that reads its NLRI.

use super::PathNlri;
use super::plain::{self, NlriIter};
use crate::cursor;
use crate::family::Family;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::fmt;
use ipnet::IpNet;

/// One NLRI, by the form that its family gives it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum TypedNlri<'a> {
    /// A prefix of unicast or multicast (RFC 4760 section 5).
    Prefix(IpNet),
    /// What a family without a name has: the whole field, unread, path identifiers included.
    Other(&'a [u8]),
}

/// Cuts one NLRI of `family` off `v`, behind its path identifier.
///
/// This one function checks and reads, so that what passed the check is what is read.
fn take(family: Family, v: &[u8]) -> Result<(TypedNlri<'_>, &[u8]), Fault> {
    match family {
        Family::Ipv4Unicast | Family::Ipv6Unicast | Family::Ipv4Multicast | Family::Ipv6Multicast => {
            let after = plain::skip(plain::max_bits(family), false, v)?;
            let mut one = NlriIter { family, add_path: false, left: 1, rest: v };
            let prefix = one.next().ok_or(Fault::NlriTruncated)?.prefix;
            Ok((TypedNlri::Prefix(prefix), after))
        }
        _ => Ok((TypedNlri::Other(v), &[])),
    }
}

/// Whether the NLRI of a family come one by one, so that a path identifier can stand before each.
const fn is_read(family: Family) -> bool {
    family.is_plain()
}

/// Checks every NLRI of `raw` and counts them.
pub(super) fn check(family: Family, add_path: bool, raw: &[u8]) -> Result<u16, Fault> {
    let (mut rest, mut count) = (raw, 0_u16);
    while !rest.is_empty() {
        let v = path_id(family, add_path, rest)?.1;
        rest = take(family, v)?.1;
        count = count.wrapping_add(1);
    }
    Ok(count)
}

fn path_id(family: Family, add_path: bool, v: &[u8]) -> Result<(u32, &[u8]), Fault> {
    if add_path && is_read(family) { cursor::u32(v).ok_or(Fault::NlriTruncated) } else { Ok((0, v)) }
}

/// The NLRI of an [`Nlri`](super::Nlri), typed.
#[derive(Clone, Debug)]
pub struct TypedIter<'a> {
    family: Family,
    add_path: bool,
    left: u16,
    rest: &'a [u8],
}

impl<'a> TypedIter<'a> {
    pub(super) const fn new(family: Family, add_path: bool, left: u16, rest: &'a [u8]) -> Self {
        Self { family, add_path, left, rest }
    }
}

impl<'a> Iterator for TypedIter<'a> {
    type Item = (u32, TypedNlri<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (path_id, v) = path_id(self.family, self.add_path, self.rest).ok()?;
        let (nlri, rest) = take(self.family, v).ok()?;
        self.rest = rest;
        self.left = self.left.wrapping_sub(1);
        Some((path_id, nlri))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.left), Some(usize::from(self.left)))
    }
}

impl ExactSizeIterator for TypedIter<'_> {}

impl TypedNlri<'_> {
    /// Whether it is an NLRI of `family`.
    pub(super) const fn is_of(&self, family: Family) -> bool {
        match self {
            Self::Prefix(IpNet::V4(_)) => matches!(family, Family::Ipv4Unicast | Family::Ipv4Multicast),
            Self::Prefix(IpNet::V6(_)) => matches!(family, Family::Ipv6Unicast | Family::Ipv6Multicast),
            Self::Other(_) => !is_read(family),
        }
    }

    /// Appends its octets, behind `path_id` where the session has path identifiers.
    pub(crate) fn encode(&self, path_id: Option<u32>, out: &mut Vec<u8>) {
        if let (Some(path_id), false) = (path_id, matches!(self, Self::Other(_))) {
            out.extend_from_slice(&path_id.to_be_bytes());
        }
        match self {
            Self::Prefix(prefix) => plain::put(out, false, &PathNlri { path_id: 0, prefix: *prefix }),
            Self::Other(raw) => out.extend_from_slice(raw),
        }
    }
}

impl fmt::Display for TypedNlri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => prefix.fmt(f),
            Self::Other(raw) => {
                f.write_str("0x")?;
                raw.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlri::Nlri;
    use proptest::prelude::*;

    fn any_family() -> impl Strategy<Value = Family> {
        let named: Vec<Family> = Family::named().collect();
        prop_oneof![prop::sample::select(named), Just(Family::Other { afi: 25, safi: 134 })]
    }

    proptest! {
        /// Whatever passes the check is read to its end, and comes out again as it went in or as it canonically is.
        #[test]
        fn what_was_read_and_written_reads_the_same(family in any_family(), add_path: bool, raw: Vec<u8>) {
            let Ok(nlri) = Nlri::new(family, add_path, &raw) else { return Ok(()) };
            prop_assert_eq!(nlri.typed().count(), nlri.count());
            let mut written = Vec::new();
            for (path_id, one) in nlri.typed() {
                one.encode(add_path.then_some(path_id), &mut written);
            }
            let again = Nlri::new(family, add_path, &written).unwrap();
            prop_assert!(again.typed().eq(nlri.typed()));
        }
    }
}
