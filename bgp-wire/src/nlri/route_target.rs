//! Route target membership: which routes of VPNs a speaker wants (RFC 4684 section 4).

use crate::asn::Asn;
use crate::community::ExtendedCommunity;
use crate::cursor;
use crate::nlri::plain;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::fmt;

/// Bits of the origin AS, which is there whole or, with the rest, not at all.
const ORIGIN_BITS: u8 = 32;

/// Bits of the longest.
const MAX_BITS: u8 = 96;

/// That an autonomous system wants routes with a route target, or with any that begins as it does (RFC 4684 section 4).
///
/// ```
/// use bgp_wire::{Asn, ExtendedCommunity, RouteTargetMembership};
/// let target = ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, 0, 1]);
/// let wanted = RouteTargetMembership::new(Asn(64500), target);
/// assert!(wanted.contains(target) && !wanted.contains(ExtendedCommunity([0; 8])));
/// assert!(RouteTargetMembership::DEFAULT.contains(target));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RouteTargetMembership {
    /// 0, or 32 to 96.
    bits: u8,
    /// Zero beyond those bits.
    origin: Asn,
    target: ExtendedCommunity,
}

impl RouteTargetMembership {
    /// The default route target: every route is wanted, of no matter which autonomous system.
    pub const DEFAULT: Self = Self { bits: 0, origin: Asn(0), target: ExtendedCommunity([0; 8]) };

    /// `origin` wants routes with `target`.
    pub const fn new(origin: Asn, target: ExtendedCommunity) -> Self {
        Self { bits: MAX_BITS, origin, target }
    }

    /// `origin` wants routes with a target that has the first `bits` bits of `target`; `None` where it has not as
    /// many, 64.
    pub fn prefix(origin: Asn, target: ExtendedCommunity, bits: u8) -> Option<Self> {
        let bits = bits.checked_add(ORIGIN_BITS).filter(|bits| *bits <= MAX_BITS)?;
        Some(Self { bits, origin, target: masked(target, bits) })
    }

    /// The autonomous system; `None` for the default.
    pub fn origin(&self) -> Option<Asn> {
        (self.bits >= ORIGIN_BITS).then_some(self.origin)
    }

    /// The leading bits of the route target, and how many they are, 0 to 64; the others are zero.
    pub const fn target(&self) -> (ExtendedCommunity, u8) {
        (self.target, self.bits.saturating_sub(ORIGIN_BITS))
    }

    /// Whether a route with this route target is wanted.
    pub fn contains(&self, target: ExtendedCommunity) -> bool {
        masked(target, self.bits) == self.target
    }

    pub(super) fn take(v: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (bits, rest) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
        if !matches!(bits, 0 | ORIGIN_BITS..=MAX_BITS) {
            return Err(Fault::NlriLength(u16::from(bits)));
        }
        let (octets, after) = rest.split_at_checked(plain::octets_of(bits)).ok_or(Fault::NlriTruncated)?;
        let Some((origin, octets)) = cursor::u32(octets) else { return Ok((Self::DEFAULT, after)) };
        let mut target = [0; 8];
        target.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
        let target = masked(ExtendedCommunity(target), bits);
        Ok((Self { bits, origin: Asn(origin), target }, after))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.bits);
        let octets = self.origin.0.to_be_bytes().into_iter().chain(self.target.0);
        out.extend(octets.take(plain::octets_of(self.bits)));
    }
}

/// `target` as a membership of `bits` bits has it: zero beyond them.
fn masked(target: ExtendedCommunity, bits: u8) -> ExtendedCommunity {
    let beyond = u64::MAX.unbounded_shr(u32::from(bits.saturating_sub(ORIGIN_BITS)));
    ExtendedCommunity((u64::from_be_bytes(target.0) & !beyond).to_be_bytes())
}

impl fmt::Display for RouteTargetMembership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits {
            0 => f.pad("default"),
            ORIGIN_BITS => write!(f, "{}/{}", self.origin, self.bits),
            bits => write!(f, "{}:{}/{bits}", self.origin, self.target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::Family;
    use crate::nlri::tests::{Reads, reads};
    use alloc::format;

    const TARGET: ExtendedCommunity = ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, 0, 101]);

    /// (octets of a field, what comes of them)
    #[test]
    fn memberships() {
        let whole = format!("64511:{TARGET}/96");
        let of_an_as = format!("64511:{}/64", ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, 0, 0]));
        let of_a_bit = format!("64511:{}/33", ExtendedCommunity([0x80, 0, 0, 0, 0, 0, 0, 0]));
        let cases: [(&[u8], Reads<'_>); 10] = [
            (&[0], Ok(&["default"])),
            (&[96, 0, 0, 0xfb, 0xff, 0, 2, 0xfb, 0xf4, 0, 0, 0, 101], Ok(&[&whole])),
            (&[64, 0, 0, 0xfb, 0xff, 0, 2, 0xfb, 0xf4, 0], Ok(&[&of_an_as, "default"])),
            (&[33, 0, 0, 0xfb, 0xff, 0xff], Ok(&[&of_a_bit])),
            (&[32, 0, 0, 0xfb, 0xff], Ok(&["64511/32"])),
            (&[31, 0, 0, 0xfb, 0xff], Err(Fault::NlriLength(31))),
            (&[1, 0], Err(Fault::NlriLength(1))),
            (&[97, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Err(Fault::NlriLength(97))),
            (&[96, 0, 0, 0xfb, 0xff, 0, 2, 0xfb, 0xf4, 0, 0, 0], Err(Fault::NlriTruncated)),
            (&[32, 0, 0], Err(Fault::NlriTruncated)),
        ];
        cases.into_iter().for_each(|(raw, want)| reads(Family::RouteTarget, raw, want));
    }

    #[test]
    fn what_is_wanted() {
        let asn = Asn(64500);
        let other = ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, 0, 102]);
        for (bits, whole, last) in [(Some(64), true, false), (Some(62), true, true), (Some(0), true, true)] {
            let wanted = bits.and_then(|bits| RouteTargetMembership::prefix(asn, TARGET, bits)).unwrap();
            assert_eq!((wanted.contains(TARGET), wanted.contains(other)), (whole, last), "{bits:?}");
            assert_eq!(wanted.origin(), Some(asn));
        }
        assert_eq!(
            RouteTargetMembership::prefix(asn, TARGET, 64),
            Some(RouteTargetMembership::new(asn, TARGET))
        );
        assert_eq!(RouteTargetMembership::prefix(asn, TARGET, 65), None);
        assert_eq!(RouteTargetMembership::prefix(asn, TARGET, 255), None);
        assert!(RouteTargetMembership::DEFAULT.contains(other));
        assert_eq!(RouteTargetMembership::DEFAULT.origin(), None);
    }
}
