//! Numbers of the attribute's TLVs, and lists of them.

use super::text::list;
use alloc::vec::Vec;
use core::fmt;

/// Multi-topology identifiers (RFC 9552 section 5.2.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TopologyIds<'a>(&'a [[u8; 2]]);

impl<'a> TopologyIds<'a> {
    pub(crate) const fn read(v: &'a [u8]) -> Option<Self> {
        match v.as_chunks() {
            ([], _) | (_, [_, ..]) => None,
            (ids, []) => Some(Self(ids)),
        }
    }

    /// The identifiers, of 12 bits each; the four bits before them are reserved.
    pub fn iter(&self) -> impl Iterator<Item = u16> + Clone + use<'a> {
        self.0.iter().map(|id| u16::from_be_bytes(*id) & 0x0fff)
    }

    pub(crate) const fn octets(&self) -> &'a [u8] {
        self.0.as_flattened()
    }
}

/// Maximum SID depths of a node or a link, each with its type (RFC 8814).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Msds<'a>(&'a [[u8; 2]]);

impl<'a> Msds<'a> {
    pub(super) const fn read(v: &'a [u8]) -> Option<Self> {
        match v.as_chunks() {
            (msds, []) => Some(Self(msds)),
            _ => None,
        }
    }

    /// Type and depth of each.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u8)> + Clone + use<'a> {
        self.0.iter().map(|[kind, depth]| (*kind, *depth))
    }

    pub(super) const fn octets(&self) -> &'a [u8] {
        self.0.as_flattened()
    }
}

impl fmt::Display for Msds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Depth(u8, u8);
        impl fmt::Display for Depth {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{}", self.0, self.1)
            }
        }
        list(self.iter().map(|(kind, depth)| Depth(kind, depth)), ",", f)
    }
}

/// Numbers of four or of eight octets: risk groups, tags, groups of an extended administrative group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Numbers<'a> {
    /// Of four octets.
    Four(&'a [[u8; 4]]),
    /// Of eight octets.
    Eight(&'a [[u8; 8]]),
}

impl<'a> Numbers<'a> {
    pub(super) const fn four(v: &'a [u8]) -> Option<Self> {
        match v.as_chunks() {
            (all, []) => Some(Self::Four(all)),
            _ => None,
        }
    }

    pub(super) const fn eight(v: &'a [u8]) -> Option<Self> {
        match v.as_chunks() {
            (all, []) => Some(Self::Eight(all)),
            _ => None,
        }
    }

    /// The numbers in the order of the wire.
    pub fn iter(&self) -> impl Iterator<Item = u64> + Clone + use<'a> {
        let (four, eight): (&[_], &[_]) = match *self {
            Self::Four(all) => (all, &[]),
            Self::Eight(all) => (&[], all),
        };
        let four = four.iter().map(|n| u64::from(u32::from_be_bytes(*n)));
        four.chain(eight.iter().map(|n| u64::from_be_bytes(*n)))
    }

    pub(super) const fn octets(&self) -> &'a [u8] {
        match self {
            Self::Four(all) => all.as_flattened(),
            Self::Eight(all) => all.as_flattened(),
        }
    }
}

/// A bandwidth for each of the eight priorities, in octets a second (RFC 5305 section 3.6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Bandwidths<'a>(&'a [[u8; 4]; 8]);

impl<'a> Bandwidths<'a> {
    pub(super) fn read(v: &'a [u8]) -> Option<Self> {
        match v.as_chunks() {
            (all, []) => all.try_into().ok().map(Self),
            _ => None,
        }
    }

    /// The bandwidths, that of priority 0 first.
    pub fn iter(&self) -> impl Iterator<Item = f32> + Clone + use<'a> {
        self.0.iter().map(|n| f32::from_be_bytes(*n))
    }

    pub(super) const fn octets(self) -> &'a [u8] {
        self.0.as_flattened()
    }
}

/// An IGP metric, whose width the IGP gives (RFC 9552 section 5.3.2.4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IgpMetric {
    /// A small metric of IS-IS: the lower six bits of this octet.
    IsisNarrow(u8),
    /// A metric of OSPF.
    Ospf(u16),
    /// A wide metric of IS-IS, of 24 bits.
    IsisWide([u8; 3]),
}

impl IgpMetric {
    pub(super) fn read(v: &[u8]) -> Option<Self> {
        match *v {
            [n] => Some(Self::IsisNarrow(n)),
            [a, b] => Some(Self::Ospf(u16::from_be_bytes([a, b]))),
            [a, b, c] => Some(Self::IsisWide([a, b, c])),
            _ => None,
        }
    }

    /// The metric.
    pub const fn value(self) -> u32 {
        match self {
            Self::IsisNarrow(n) => (n & 0x3f) as u32,
            Self::Ospf(n) => n as u32,
            Self::IsisWide([a, b, c]) => u32::from_be_bytes([0, a, b, c]),
        }
    }

    pub(super) fn put(self, out: &mut Vec<u8>) {
        match self {
            Self::IsisNarrow(n) => out.push(n),
            Self::Ospf(n) => out.extend_from_slice(&n.to_be_bytes()),
            Self::IsisWide(octets) => out.extend_from_slice(&octets),
        }
    }
}

/// A delay, a delay variation or a loss: a mark of seven reserved bits and one that says "beyond its bounds", and a
/// number of 24 bits (RFC 8571 section 3). Delays are in microseconds, a loss in units of 0.000003 percent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinkDelay(pub u32);

impl LinkDelay {
    /// Whether it is beyond what its router is configured to expect (the A bit).
    pub const fn is_anomalous(self) -> bool {
        self.0 & 0x8000_0000 != 0
    }

    /// The number.
    pub const fn value(self) -> u32 {
        self.0 & 0x00ff_ffff
    }
}

impl fmt::Display for LinkDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.value(), if self.is_anomalous() { "!" } else { "" })
    }
}
