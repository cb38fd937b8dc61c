//! Address families: what the wire names, and what this library carries.

use core::fmt;
use core::str::FromStr;
use ipnet::IpNet;

/// An AFI and a SAFI as they stand on the wire, known or not (RFC 4760).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct AfiSafi {
    /// Address family identifier.
    pub afi: u16,
    /// Subsequent address family identifier.
    pub safi: u8,
}

/// An address family this library carries; other AFI/SAFI pairs never reach this type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Family {
    /// AFI 1, SAFI 1.
    Ipv4Unicast = 0,
    /// AFI 2, SAFI 1.
    Ipv6Unicast = 1,
}

impl Family {
    /// Every family, in the order of its AFI and SAFI.
    pub const ALL: [Self; 2] = [Self::Ipv4Unicast, Self::Ipv6Unicast];

    /// The name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ipv4Unicast => "ipv4-unicast",
            Self::Ipv6Unicast => "ipv6-unicast",
        }
    }

    /// The pair on the wire.
    pub const fn afi_safi(self) -> AfiSafi {
        match self {
            Self::Ipv4Unicast => AfiSafi { afi: 1, safi: 1 },
            Self::Ipv6Unicast => AfiSafi { afi: 2, safi: 1 },
        }
    }

    /// The family that unicast routes to `prefix` belong to.
    pub const fn of(prefix: &IpNet) -> Self {
        match prefix {
            IpNet::V4(_) => Self::Ipv4Unicast,
            IpNet::V6(_) => Self::Ipv6Unicast,
        }
    }

    /// The longest prefix of the family, in bits.
    pub(crate) const fn max_bits(self) -> u8 {
        match self {
            Self::Ipv4Unicast => 32,
            Self::Ipv6Unicast => 128,
        }
    }
}

impl TryFrom<AfiSafi> for Family {
    type Error = AfiSafi;

    fn try_from(pair: AfiSafi) -> Result<Self, AfiSafi> {
        Self::ALL.into_iter().find(|f| f.afi_safi() == pair).ok_or(pair)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Family {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, &'static str> {
        Self::ALL.into_iter().find(|f| f.name() == s).ok_or("a family is ipv4-unicast or ipv6-unicast")
    }
}

impl fmt::Display for AfiSafi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Family::try_from(*self) {
            Ok(family) => family.fmt(f),
            Err(Self { afi, safi }) => write!(f, "AFI {afi} SAFI {safi}"),
        }
    }
}

/// A set of families: one word, `Copy`, no hashing on the decode path.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct FamilySet(u32);

impl FamilySet {
    /// No family.
    pub const EMPTY: Self = Self(0);

    /// This set and `family`.
    #[must_use]
    pub const fn with(self, family: Family) -> Self {
        Self(self.0 | Self::bit(family))
    }

    /// Whether `family` is one of the set.
    pub const fn contains(self, family: Family) -> bool {
        self.0 & Self::bit(family) != 0
    }

    /// The families in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The families in order.
    pub fn iter(self) -> impl Iterator<Item = Family> {
        Family::ALL.into_iter().filter(move |f| self.contains(*f))
    }

    const fn bit(family: Family) -> u32 {
        1 << family as u8
    }
}

impl FromIterator<Family> for FamilySet {
    fn from_iter<I: IntoIterator<Item = Family>>(families: I) -> Self {
        families.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for FamilySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
