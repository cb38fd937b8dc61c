//! NLRI that are plain prefixes: those of unicast and multicast (RFC 4271 section 4.3, RFC 4760 section 5).

use crate::cursor;
use crate::family::Family;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// One prefix of an UPDATE.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PathNlri {
    /// The path identifier of RFC 7911; 0 where the session has none.
    pub path_id: u32,
    /// The prefix, host bits zero whatever the wire had there.
    pub prefix: IpNet,
}

/// The prefixes of an [`Nlri`](super::Nlri).
#[derive(Clone, Debug)]
pub struct NlriIter<'a> {
    pub(super) family: Family,
    pub(super) add_path: bool,
    pub(super) left: u16,
    pub(super) rest: &'a [u8],
}

impl NlriIter<'_> {
    /// The next prefix, which `prefix` makes of its length in bits and the octets from there on.
    #[inline]
    fn take_one(&mut self, prefix: impl Fn(u8, &[u8]) -> IpNet) -> Option<PathNlri> {
        let (path_id, rest) = if self.add_path { cursor::u32(self.rest)? } else { (0, self.rest) };
        let (bits, rest) = cursor::u8(rest)?;
        self.rest = rest.get(octets_of(bits)..)?;
        self.left = self.left.wrapping_sub(1);
        Some(PathNlri { path_id, prefix: prefix(bits, rest) })
    }
}

impl Iterator for NlriIter<'_> {
    type Item = PathNlri;

    #[inline]
    fn next(&mut self) -> Option<PathNlri> {
        match self.family {
            Family::Ipv4Unicast | Family::Ipv4Multicast => self.take_one(ipv4),
            _ => self.take_one(ipv6),
        }
    }

    /// Asks for the family once, not for each prefix.
    #[inline]
    fn fold<B, F: FnMut(B, PathNlri) -> B>(mut self, init: B, f: F) -> B {
        match self.family {
            Family::Ipv4Unicast | Family::Ipv4Multicast => {
                core::iter::from_fn(|| self.take_one(ipv4)).fold(init, f)
            }
            _ => core::iter::from_fn(|| self.take_one(ipv6)).fold(init, f),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.left);
        (left, Some(left))
    }
}

impl ExactSizeIterator for NlriIter<'_> {}

/// The prefix of `bits` bits that `v` begins with; what `v` has beyond them does not matter.
#[inline]
fn ipv4(bits: u8, v: &[u8]) -> IpNet {
    // What was checked is not longer; said again, it needs no check.
    let bits = bits.min(32);
    let host = u32::MAX.unbounded_shr(u32::from(bits));
    let addr = match v.first_chunk() {
        Some(octets) => u32::from_be_bytes(*octets),
        None => u32::try_from(from_top(v) >> 32).unwrap_or(0),
    };
    let addr = addr & !host;
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from_bits(addr), bits))
}

/// As [`ipv4`]. Most prefixes have 64 bits or fewer, and their other half need not be read.
#[inline]
fn ipv6(bits: u8, v: &[u8]) -> IpNet {
    let bits = bits.min(128);
    let half = |v: &[u8], bits| {
        let octets = v.first_chunk().map_or_else(|| from_top(v), |octets| u64::from_be_bytes(*octets));
        octets & !u64::MAX.unbounded_shr(bits)
    };
    let low = match (bits, v.get(8..)) {
        (65.., Some(v)) => half(v, u32::from(bits.saturating_sub(64))),
        _ => 0,
    };
    let addr = u128::from(half(v, u32::from(bits))) << 64 | u128::from(low);
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from_bits(addr), bits))
}

/// The prefix of `bits` bits that `v` begins with, of the addresses that `family` has.
pub(super) fn prefix(family: Family, bits: u8, v: &[u8]) -> Result<IpNet, Fault> {
    match max_bits(family) {
        longest if bits > longest => Err(Fault::NlriPrefixLength(bits)),
        32 => Ok(ipv4(bits, v)),
        _ => Ok(ipv6(bits, v)),
    }
}

/// Octets that a prefix of `bits` bits takes.
pub(super) const fn octets_of(bits: u8) -> usize {
    (bits as usize).wrapping_add(7) >> 3
}

/// The octets of `v` from the top of a number down, zeros for those it has not.
///
/// Only the last prefixes of a message are so short of octets that the others' one load cannot serve them. They are
/// read by loads that overlap: which octet is read twice does not matter, and no loop has to guess their number.
#[inline]
fn from_top(v: &[u8]) -> u64 {
    let octets = v.get(..8).unwrap_or(v);
    let at = |index: usize, octets: u64, width: u32| {
        let down = u32::try_from(index).unwrap_or(8).wrapping_mul(8).wrapping_add(width);
        octets.unbounded_shl(u64::BITS.wrapping_sub(down))
    };
    let from_end = |width| octets.len().saturating_sub(width);
    if let (Some(first), Some(last)) = (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        let (first, last) = (u32::from_be_bytes(*first), u32::from_be_bytes(*last));
        return at(0, first.into(), 32) | at(from_end(4), last.into(), 32);
    }
    let middle = octets.len() >> 1;
    match (octets.first(), octets.get(middle), octets.last()) {
        (Some(first), Some(other), Some(last)) => {
            at(0, (*first).into(), 8) | at(middle, (*other).into(), 8) | at(from_end(1), (*last).into(), 8)
        }
        _ => 0,
    }
}

/// How many prefixes `v` has, each of which may have `longest` bits.
pub(super) fn count(longest: u8, add_path: bool, v: &[u8]) -> Result<u16, Fault> {
    let (mut rest, mut count) = (v, 0_u16);
    if add_path {
        while !rest.is_empty() {
            rest = skip(longest, true, rest)?;
            count = count.wrapping_add(1);
        }
    } else {
        while !rest.is_empty() {
            rest = skip(longest, false, rest)?;
            count = count.wrapping_add(1);
        }
    }
    Ok(count)
}

/// What follows the first prefix of `v`, which may have `longest` bits.
#[inline]
pub(super) fn skip(longest: u8, add_path: bool, v: &[u8]) -> Result<&[u8], Fault> {
    let v = if add_path { v.get(4..).ok_or(Fault::NlriTruncated)? } else { v };
    let (bits, rest) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
    if bits > longest {
        return Err(Fault::NlriPrefixLength(bits));
    }
    rest.get(octets_of(bits)..).ok_or(Fault::NlriTruncated)
}

/// Octets that [`put`] will write.
pub(crate) fn octets(add_path: bool, prefix: &IpNet) -> usize {
    let identifier = if add_path { 4 } else { 0 };
    octets_of(prefix.prefix_len()).saturating_add(1).saturating_add(identifier)
}

/// Bits of the longest prefix of a family of prefixes.
pub(super) const fn max_bits(family: Family) -> u8 {
    match family {
        Family::Ipv4Unicast | Family::Ipv4Multicast | Family::Ipv4Labelled | Family::Ipv4Vpn => 32,
        _ => 128,
    }
}

/// Octets of the longest prefix of `family`, where they are plain.
pub(crate) const fn longest(add_path: bool, family: Family) -> usize {
    let prefix = octets_of(max_bits(family)).saturating_add(1);
    if add_path { prefix.saturating_add(4) } else { prefix }
}

/// Appends one prefix.
pub(crate) fn put(out: &mut Vec<u8>, add_path: bool, nlri: &PathNlri) {
    if add_path {
        out.extend_from_slice(&nlri.path_id.to_be_bytes());
    }
    out.push(nlri.prefix.prefix_len());
    put_octets(out, &nlri.prefix);
}

/// Appends the octets of a prefix that hold its bits.
pub(super) fn put_octets(out: &mut Vec<u8>, prefix: &IpNet) {
    let leading = octets_of(prefix.prefix_len());
    match prefix {
        IpNet::V4(net) => out.extend(net.network().octets().iter().take(leading)),
        IpNet::V6(net) => out.extend(net.network().octets().iter().take(leading)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlri::Nlri;
    use alloc::string::ToString;
    use alloc::vec;
    use proptest::prelude::*;

    /// (bytes of an IPv4 field, what comes of them)
    #[test]
    fn nlri_outcomes() {
        for (raw, want) in [
            (&[][..], Ok(vec![])),
            (&[0], Ok(vec!["0.0.0.0/0"])),
            (&[24, 198, 51, 100, 32, 192, 0, 2, 1], Ok(vec!["198.51.100.0/24", "192.0.2.1/32"])),
            (&[9, 198, 255], Ok(vec!["198.128.0.0/9"])),
            (&[33, 1, 2, 3, 4, 5], Err(Fault::NlriPrefixLength(33))),
            (&[24, 198, 51], Err(Fault::NlriTruncated)),
            (&[24, 198, 51, 100, 8], Err(Fault::NlriTruncated)),
        ] {
            let got = Nlri::new(Family::Ipv4Unicast, false, raw)
                .map(|n| n.iter().map(|n| n.prefix.to_string()).collect::<Vec<_>>());
            assert_eq!(got, want.map(|v| v.into_iter().map(ToString::to_string).collect()), "{raw:?}");
        }
        assert_eq!(Nlri::new(Family::Ipv4Unicast, true, &[0, 0, 1]), Err(Fault::NlriTruncated));
    }

    fn any_nlri() -> impl Strategy<Value = PathNlri> {
        let v4 = (any::<u32>(), 0..=32u8).prop_map(|(a, l)| IpNet::V4(Ipv4Net::new_assert(a.into(), l)));
        let v6 = (any::<u128>(), 0..=128u8).prop_map(|(a, l)| IpNet::V6(Ipv6Net::new_assert(a.into(), l)));
        (any::<u32>(), prop_oneof![v4, v6])
            .prop_map(|(path_id, net)| PathNlri { path_id, prefix: net.trunc() })
    }

    #[test]
    fn octets_fill_a_number_from_the_top() {
        let octets = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99];
        for len in 0..=octets.len() {
            let mut want = [0; 8];
            let kept = len.min(8);
            want[..kept].copy_from_slice(&octets[..kept]);
            assert_eq!(from_top(&octets[..len]), u64::from_be_bytes(want), "{len}");
        }
    }

    proptest! {
        #[test]
        fn written_prefixes_read_back(all in prop::collection::vec(any_nlri(), 0..20), add_path: bool) {
            for family in Family::UNICAST {
                let all = all.iter().filter(|n| Family::of(&n.prefix) == family);
                let all: Vec<_> = all.map(|n| PathNlri { path_id: if add_path { n.path_id } else { 0 }, ..*n }).collect();
                let mut raw = Vec::new();
                all.iter().for_each(|n| put(&mut raw, add_path, n));
                prop_assert_eq!(raw.len(), all.iter().map(|n| octets(add_path, &n.prefix)).sum::<usize>());
                let back: Vec<_> = Nlri::new(family, add_path, &raw).unwrap().iter().collect();
                prop_assert_eq!(back, all);
            }
        }

        #[test]
        fn whatever_passes_the_check_is_read_to_its_end(raw: Vec<u8>, add_path: bool) {
            for family in Family::UNICAST {
                if let Ok(nlri) = Nlri::new(family, add_path, &raw) {
                    let octets: usize = nlri.iter().map(|n| octets(add_path, &n.prefix)).sum();
                    prop_assert_eq!(octets, raw.len());
                }
            }
        }
    }
}
