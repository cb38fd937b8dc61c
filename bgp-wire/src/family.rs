//! Address families: what the wire names, and what this library reads.

use crate::asn::decimal;
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

/// An address family. Those with a name of their own are read to the last field of their NLRI.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// AFI 1, SAFI 1 (RFC 4760).
    Ipv4Unicast,
    /// AFI 2, SAFI 1 (RFC 4760).
    Ipv6Unicast,
    /// AFI 1, SAFI 2 (RFC 4760).
    Ipv4Multicast,
    /// AFI 2, SAFI 2 (RFC 4760).
    Ipv6Multicast,
    /// AFI 1, SAFI 4 (RFC 8277).
    Ipv4Labelled,
    /// AFI 2, SAFI 4 (RFC 8277).
    Ipv6Labelled,
    /// AFI 1, SAFI 128 (RFC 4364).
    Ipv4Vpn,
    /// AFI 2, SAFI 128 (RFC 4659).
    Ipv6Vpn,
    /// AFI 25, SAFI 65 (RFC 4761).
    Vpls,
    /// AFI 25, SAFI 70 (RFC 7432).
    Evpn,
    /// AFI 1, SAFI 132 (RFC 4684).
    RouteTarget,
    /// AFI 1, SAFI 133 (RFC 8955).
    Ipv4FlowSpec,
    /// AFI 2, SAFI 133 (RFC 8956).
    Ipv6FlowSpec,
    /// AFI 1, SAFI 134 (RFC 8955).
    Ipv4VpnFlowSpec,
    /// AFI 2, SAFI 134 (RFC 8956).
    Ipv6VpnFlowSpec,
    /// AFI 16388, SAFI 71 (RFC 9552).
    LinkState,
    /// AFI 16388, SAFI 72 (RFC 9552).
    LinkStateVpn,
    /// AFI 1, SAFI 73 (RFC 9830).
    Ipv4SrPolicy,
    /// AFI 2, SAFI 73 (RFC 9830).
    Ipv6SrPolicy,
    /// Any other, whose NLRI are octets.
    ///
    /// It is made of a pair by `Family::from`, which never gives this for one of the others.
    Other {
        /// Address family identifier.
        afi: u16,
        /// Subsequent address family identifier.
        safi: u8,
    },
}

/// What there is to know of each family that has a name: the name, AFI and SAFI.
const NAMED: [(Family, &str, u16, u8); 19] = [
    (Family::Ipv4Unicast, "ipv4-unicast", 1, 1),
    (Family::Ipv6Unicast, "ipv6-unicast", 2, 1),
    (Family::Ipv4Multicast, "ipv4-multicast", 1, 2),
    (Family::Ipv6Multicast, "ipv6-multicast", 2, 2),
    (Family::Ipv4Labelled, "ipv4-labelled", 1, 4),
    (Family::Ipv6Labelled, "ipv6-labelled", 2, 4),
    (Family::Ipv4Vpn, "ipv4-vpn", 1, 128),
    (Family::Ipv6Vpn, "ipv6-vpn", 2, 128),
    (Family::Vpls, "vpls", 25, 65),
    (Family::Evpn, "evpn", 25, 70),
    (Family::RouteTarget, "route-target", 1, 132),
    (Family::Ipv4FlowSpec, "ipv4-flowspec", 1, 133),
    (Family::Ipv6FlowSpec, "ipv6-flowspec", 2, 133),
    (Family::Ipv4VpnFlowSpec, "ipv4-vpn-flowspec", 1, 134),
    (Family::Ipv6VpnFlowSpec, "ipv6-vpn-flowspec", 2, 134),
    (Family::LinkState, "link-state", 16388, 71),
    (Family::LinkStateVpn, "link-state-vpn", 16388, 72),
    (Family::Ipv4SrPolicy, "ipv4-sr-policy", 1, 73),
    (Family::Ipv6SrPolicy, "ipv6-sr-policy", 2, 73),
];

impl Family {
    /// The families of plain IP routes, which a RIB of prefixes holds.
    pub const UNICAST: [Self; 2] = [Self::Ipv4Unicast, Self::Ipv6Unicast];

    /// Every family that has a name.
    pub fn named() -> impl ExactSizeIterator<Item = Self> + Clone {
        NAMED.iter().map(|(family, ..)| *family)
    }

    /// The name in configuration and output; `None` where the family has none.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|(_, name, ..)| *name)
    }

    /// The pair on the wire.
    pub fn afi_safi(self) -> AfiSafi {
        match self {
            Self::Other { afi, safi } => AfiSafi { afi, safi },
            named => named
                .row()
                .map_or(AfiSafi { afi: 0, safi: 0 }, |(_, _, afi, safi)| AfiSafi { afi: *afi, safi: *safi }),
        }
    }

    /// The family that unicast routes to `prefix` belong to.
    pub const fn of(prefix: &IpNet) -> Self {
        match prefix {
            IpNet::V4(_) => Self::Ipv4Unicast,
            IpNet::V6(_) => Self::Ipv6Unicast,
        }
    }

    /// Whether its NLRI are plain prefixes.
    pub const fn is_plain(self) -> bool {
        matches!(self, Self::Ipv4Unicast | Self::Ipv6Unicast | Self::Ipv4Multicast | Self::Ipv6Multicast)
    }

    /// Whether an error in its NLRI costs the session this family alone, and not itself.
    ///
    /// RFC 9552 section 8.2.2 and RFC 9830 section 5 prefer that; elsewhere RFC 7606 section 5.3 leaves the choice, and
    /// a session that lost the family it is there for is better begun again.
    pub(crate) const fn can_be_disabled(self) -> bool {
        matches!(self, Self::LinkState | Self::LinkStateVpn | Self::Ipv4SrPolicy | Self::Ipv6SrPolicy)
    }

    /// The family of a pair, looked for among all that have a name.
    fn find(AfiSafi { afi, safi }: AfiSafi) -> Self {
        let named = NAMED.iter().find(|(_, _, a, s)| (*a, *s) == (afi, safi));
        named.map_or(Self::Other { afi, safi }, |(family, ..)| *family)
    }

    fn row(self) -> Option<&'static (Self, &'static str, u16, u8)> {
        NAMED.get(usize::from(self.index()))
    }

    /// Its place in [`NAMED`] and its bit in a [`FamilySet`]; all others share the last.
    const fn index(self) -> u8 {
        match self {
            Self::Ipv4Unicast => 0,
            Self::Ipv6Unicast => 1,
            Self::Ipv4Multicast => 2,
            Self::Ipv6Multicast => 3,
            Self::Ipv4Labelled => 4,
            Self::Ipv6Labelled => 5,
            Self::Ipv4Vpn => 6,
            Self::Ipv6Vpn => 7,
            Self::Vpls => 8,
            Self::Evpn => 9,
            Self::RouteTarget => 10,
            Self::Ipv4FlowSpec => 11,
            Self::Ipv6FlowSpec => 12,
            Self::Ipv4VpnFlowSpec => 13,
            Self::Ipv6VpnFlowSpec => 14,
            Self::LinkState => 15,
            Self::LinkStateVpn => 16,
            Self::Ipv4SrPolicy => 17,
            Self::Ipv6SrPolicy => 18,
            Self::Other { .. } => 19,
        }
    }
}

impl From<AfiSafi> for Family {
    #[inline]
    fn from(pair: AfiSafi) -> Self {
        match pair {
            AfiSafi { afi: 1, safi: 1 } => Self::Ipv4Unicast,
            AfiSafi { afi: 2, safi: 1 } => Self::Ipv6Unicast,
            other => Self::find(other),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name() {
            return f.pad(name);
        }
        let AfiSafi { afi, safi } = self.afi_safi();
        write!(f, "afi-{afi}-safi-{safi}")
    }
}

/// Text that names no family.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FamilyParseError;

impl fmt::Display for FamilyParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a family is one of")?;
        NAMED.iter().try_for_each(|(_, name, ..)| write!(f, " {name},"))?;
        f.write_str(" or afi-N-safi-N")
    }
}
impl core::error::Error for FamilyParseError {}

impl FromStr for Family {
    type Err = FamilyParseError;

    fn from_str(s: &str) -> Result<Self, FamilyParseError> {
        if let Some((family, ..)) = NAMED.iter().find(|(_, name, ..)| *name == s) {
            return Ok(*family);
        }
        s.strip_prefix("afi-")
            .and_then(|s| s.split_once("-safi-"))
            .and_then(|(afi, safi)| Some(AfiSafi { afi: decimal(afi)?, safi: decimal(safi)? }))
            .map(Self::from)
            .ok_or(FamilyParseError)
    }
}

impl fmt::Display for AfiSafi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Family::from(*self).fmt(f)
    }
}

/// A set of families: one word, `Copy`, no hashing on the decode path.
///
/// The families without a name share one place: it has all of them or none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct FamilySet(u32);

impl FamilySet {
    /// No family.
    pub const EMPTY: Self = Self(0);

    /// Every family, those without a name among them: what a reader of captures wants.
    pub const EVERY: Self = Self((2 << Family::Other { afi: 0, safi: 0 }.index()) - 1);

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

    /// The families that have a name, in order.
    pub fn iter(self) -> impl Iterator<Item = Family> {
        Family::named().filter(move |f| self.contains(*f))
    }

    const fn bit(family: Family) -> u32 {
        1 << family.index()
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_family_is_found_by_its_pair_its_name_and_its_bit() {
        for (i, family) in Family::named().enumerate() {
            assert_eq!(usize::from(family.index()), i);
            assert_eq!(Family::from(family.afi_safi()), family);
            assert_eq!(family.to_string().parse(), Ok(family));
            assert!(FamilySet::EVERY.contains(family) && !FamilySet::EMPTY.contains(family));
            assert_eq!(FamilySet::EMPTY.with(family).iter().collect::<alloc::vec::Vec<_>>(), [family]);
        }
        let other = Family::from(AfiSafi { afi: 25, safi: 134 });
        assert_eq!(other, Family::Other { afi: 25, safi: 134 });
        assert_eq!(other.to_string(), "afi-25-safi-134");
        assert_eq!("afi-25-safi-134".parse(), Ok(other));
        assert_eq!("afi-2-safi-1".parse(), Ok(Family::Ipv6Unicast));
        assert!("ipv5".parse::<Family>().is_err());
        assert!(FamilySet::EVERY.contains(other));
    }
}
