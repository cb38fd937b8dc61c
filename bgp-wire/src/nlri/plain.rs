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
    family: Family,
    add_path: bool,
    left: u16,
    /// The whole field, and where in it the next one begins.
    raw: &'a [u8],
    at: usize,
}

impl<'a> NlriIter<'a> {
    /// Of a field that was checked.
    pub(super) const fn new(family: Family, add_path: bool, left: u16, raw: &'a [u8]) -> Self {
        Self { family, add_path, left, raw, at: 0 }
    }

    /// The next prefix, which `prefix` makes of its length in bits and of where in the field its octets stand.
    ///
    /// It is their number that ends them: unlike the end of the field it is known before all lengths are.
    #[inline]
    fn take_one(&mut self, prefix: impl Fn(u8, &[u8], usize) -> IpNet) -> Option<PathNlri> {
        self.left = self.left.checked_sub(1)?;
        let mut path_id = 0;
        if self.add_path {
            path_id = cursor::u32(self.raw.get(self.at..)?)?.0;
            self.at = self.at.wrapping_add(4);
        }
        let bits = *self.raw.get(self.at)?;
        let at = self.at;
        self.at = at.wrapping_add(whole(bits));
        Some(PathNlri { path_id, prefix: prefix(bits, self.raw, at.wrapping_add(1)) })
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

/// The prefix of `bits` bits that stands in `v` at `at`; what `v` has beyond them does not matter.
#[inline]
fn ipv4(bits: u8, v: &[u8], at: usize) -> IpNet {
    let octets = chunk(v, at).map(|(octets, down)| u32::from_be_bytes(*octets).wrapping_shl(down));
    let addr = octets.unwrap_or_else(|| upper(few(v, at))) & upper(leading(bits));
    // What was checked is not longer; said again, it needs no check.
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from_bits(addr), bits.min(32)))
}

/// As [`ipv4`]. Most prefixes have 64 bits or fewer, and their other half need not be read.
#[inline]
fn ipv6(bits: u8, v: &[u8], at: usize) -> IpNet {
    let half = |at, bits| {
        let octets = chunk(v, at).map(|(octets, down)| u64::from_be_bytes(*octets).wrapping_shl(down));
        octets.unwrap_or_else(|| few(v, at)) & leading(bits)
    };
    let low = match bits {
        65.. => half(at.wrapping_add(8), bits.wrapping_sub(64)),
        _ => 0,
    };
    let addr = u128::from(half(at, bits)) << 64 | u128::from(low);
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from_bits(addr), bits.min(128)))
}

/// The upper half of a number.
const fn upper(n: u64) -> u32 {
    (n >> 32) as u32
}

/// So many leading ones, or 64.
#[inline]
fn leading(bits: u8) -> u64 {
    #[expect(
        clippy::indexing_slicing,
        reason = "runs at compile time only, where going wrong is a compile error"
    )]
    /// Looked up, for to shift them in takes as long as all the rest.
    static LEADING: [u64; 256] = {
        let (mut table, mut bits) = ([u64::MAX; 256], 0);
        while bits < 64 {
            table[bits] = !(u64::MAX >> bits);
            bits += 1;
        }
        table
    };
    LEADING.get(usize::from(bits)).copied().unwrap_or(u64::MAX)
}

/// Cuts the first prefix of `family` off `v`.
pub(super) fn take(family: Family, v: &[u8]) -> Result<(IpNet, &[u8]), Fault> {
    let (bits, rest) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
    let prefix = prefix(family, bits, rest)?;
    Ok((prefix, rest.get(octets_of(bits)..).ok_or(Fault::NlriTruncated)?))
}

/// The prefix of `bits` bits that `v` begins with, of the addresses that `family` has.
pub(super) fn prefix(family: Family, bits: u8, v: &[u8]) -> Result<IpNet, Fault> {
    match max_bits(family) {
        longest if bits > longest => Err(Fault::NlriPrefixLength(bits)),
        32 => Ok(ipv4(bits, v, 0)),
        _ => Ok(ipv6(bits, v, 0)),
    }
}

/// Octets that a prefix of `bits` bits takes.
pub(super) const fn octets_of(bits: u8) -> usize {
    (bits as usize).wrapping_add(7) >> 3
}

/// The same with the octet that says how many bits there are; one sum, for each prefix waits for that of the last.
const fn whole(bits: u8) -> usize {
    (bits as usize).wrapping_add(15) >> 3
}

/// The octets of `v` at `at`, and by how many bits what is loaded is to be shifted up for it to begin with them.
///
/// Where too few follow, octets from before are loaded with them: so one load serves the last prefix of a field, too.
/// `None` where there are not so many at all.
#[expect(clippy::cast_possible_truncation, reason = "no field is longer than 65,535 octets")]
#[inline]
fn chunk<const N: usize>(v: &[u8], at: usize) -> Option<(&[u8; N], u32)> {
    let from = at.min(v.len().checked_sub(N)?);
    Some((v.get(from..)?.first_chunk()?, (at.wrapping_sub(from) as u32).wrapping_mul(8)))
}

/// The octets of `v` from `at` on, fewer than eight, from the top of a number down, zeros for those it has not.
///
/// They are read by loads that overlap: which octet is read twice does not matter, and no loop has to guess their
/// number.
#[inline]
fn few(v: &[u8], at: usize) -> u64 {
    let octets = v.get(at..).unwrap_or_default();
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

/// How many prefixes `v` has, each of which may have `longest` bits; `None` where one is longer, or `v` ends within
/// one.
#[inline]
pub(super) fn count(longest: u8, add_path: bool, v: &[u8]) -> Option<u16> {
    let (mut at, mut count) = (0_usize, 0_u16);
    let identifier = if add_path { 4 } else { 0 };
    while at < v.len() {
        let bits = *v.get(at.wrapping_add(identifier))?;
        if bits > longest {
            return None;
        }
        at = at.wrapping_add(identifier).wrapping_add(whole(bits));
        count = count.wrapping_add(1);
    }
    (at == v.len()).then_some(count)
}

/// Why [`count`] gives no number.
#[cold]
pub(super) fn fault(longest: u8, add_path: bool, v: &[u8]) -> Fault {
    let mut rest = v;
    loop {
        let prefix = if add_path { rest.get(4..) } else { Some(rest) };
        let Some((bits, octets)) = prefix.and_then(cursor::u8) else { return Fault::NlriTruncated };
        if bits > longest {
            return Fault::NlriPrefixLength(bits);
        }
        let Some(after) = octets.get(octets_of(bits)..) else { return Fault::NlriTruncated };
        rest = after;
    }
}

/// Octets that [`put`] will write.
pub(crate) fn octets(add_path: bool, prefix: &IpNet) -> usize {
    let identifier = if add_path { 4 } else { 0 };
    octets_of(prefix.prefix_len()).saturating_add(1).saturating_add(identifier)
}

/// Bits of the longest prefix of a family of prefixes.
#[inline]
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
        for len in 0..8 {
            let mut want = [0; 8];
            want[..len].copy_from_slice(&octets[1..=len]);
            assert_eq!(few(&octets[..=len], 1), u64::from_be_bytes(want), "{len}");
        }
        for (at, want, down) in
            [(0, &octets[..8], 0), (1, &octets[1..], 0), (2, &octets[1..], 8), (9, &octets[1..], 64)]
        {
            assert_eq!(chunk::<8>(&octets, at), want.first_chunk().map(|want| (want, down)), "{at}");
        }
        assert_eq!(chunk::<8>(&octets[..7], 0), None);
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
