//! Patterns of extended communities.

use super::{Part, PatternError};
use bgp_wire::{Administered, Asn, ExtendedCommunity, ExtendedKind};
use std::fmt::{self, Display};
use std::net::Ipv4Addr;
use std::str::FromStr;

/// Extended communities that match: one as it is written, such as `color:100`; route targets and route origins whose
/// numbers match, `rt:64500:*`, `rt:*:100-199`, `ro:192.0.2.1:*`; or all of a kind, `rt:*`, `encap:*`.
///
/// ```
/// use bgp_policy::ExtendedCommunityPattern;
/// let pattern: ExtendedCommunityPattern = "rt:64500:100-199".parse().unwrap();
/// assert!(pattern.matches("rt:64500:150".parse().unwrap()));
/// assert!(!pattern.matches("ro:64500:150".parse().unwrap()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExtendedCommunityPattern(Form);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Form {
    One(ExtendedCommunity),
    Kind(Kind),
    Numbers { kind: Kind, administrator: Administrator, local: Part },
}

/// Who gave the number out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Administrator {
    Any,
    Asn(Part),
    Address(Ipv4Addr),
}

/// A kind that a pattern may ask for as a whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Kind {
    RouteTarget,
    RouteOrigin,
    LinkBandwidth,
    Color,
    Encapsulation,
    Cost,
    OriginValidation,
}

impl Kind {
    const ALL: [(Self, &'static str); 7] = [
        (Self::RouteTarget, "rt"),
        (Self::RouteOrigin, "ro"),
        (Self::LinkBandwidth, "lb"),
        (Self::Color, "color"),
        (Self::Encapsulation, "encap"),
        (Self::Cost, "cost"),
        (Self::OriginValidation, "origin-validation"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, n)| *n == name).map(|(kind, _)| kind)
    }

    fn of(kind: ExtendedKind) -> Option<Self> {
        Some(match kind {
            ExtendedKind::RouteTarget(_) => Self::RouteTarget,
            ExtendedKind::RouteOrigin(_) => Self::RouteOrigin,
            ExtendedKind::LinkBandwidth(_) => Self::LinkBandwidth,
            ExtendedKind::Color(_) => Self::Color,
            ExtendedKind::Encapsulation(_) => Self::Encapsulation,
            ExtendedKind::Cost(_) => Self::Cost,
            ExtendedKind::OriginValidation(_) => Self::OriginValidation,
            _ => return None,
        })
    }
}

impl Administrator {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let address = || text.parse().ok().map(Self::Address);
        Part::parse(text, u32::MAX).map(Self::Asn).or_else(address)
    }

    /// Whether `of` is one of its, and the number that it gave out.
    fn number(self, of: Administered) -> Option<u32> {
        match (self, of) {
            (Self::Any, Administered::TwoOctetAs { local, .. }) => Some(local),
            (Self::Any, Administered::Ipv4 { local, .. } | Administered::FourOctetAs { local, .. }) => {
                Some(local.into())
            }
            (Self::Asn(part), Administered::TwoOctetAs { asn, local }) => {
                part.contains(asn.into()).then_some(local)
            }
            (Self::Asn(part), Administered::FourOctetAs { asn: Asn(asn), local }) => {
                part.contains(asn).then_some(local.into())
            }
            (Self::Address(a), Administered::Ipv4 { address, local }) => {
                (a == address).then_some(local.into())
            }
            _ => None,
        }
    }
}

impl ExtendedCommunityPattern {
    /// Whether `community` is one of them.
    pub fn matches(&self, community: ExtendedCommunity) -> bool {
        match self.0 {
            Form::One(one) => one == community,
            Form::Kind(kind) => Kind::of(community.kind()) == Some(kind),
            Form::Numbers { kind, administrator, local } => {
                let of = match (kind, community.kind()) {
                    (Kind::RouteTarget, ExtendedKind::RouteTarget(of)) => of,
                    (Kind::RouteOrigin, ExtendedKind::RouteOrigin(of)) => of,
                    _ => return false,
                };
                administrator.number(of).is_some_and(|n| local.contains(n))
            }
        }
    }

    /// The community that it stands for, where that is one alone.
    pub const fn single(&self) -> Option<ExtendedCommunity> {
        match self.0 {
            Form::One(one) => Some(one),
            _ => None,
        }
    }
}

impl From<ExtendedCommunity> for ExtendedCommunityPattern {
    fn from(community: ExtendedCommunity) -> Self {
        Self(Form::One(community))
    }
}

const EXPECTED: PatternError = PatternError(
    "an extended community is a kind and a value as in rt:64500:100, of rt and ro each number also a range or `*`, or `rt:*` for all of a kind",
);

impl FromStr for ExtendedCommunityPattern {
    type Err = PatternError;

    fn from_str(s: &str) -> Result<Self, PatternError> {
        if let Ok(one) = s.parse::<ExtendedCommunity>() {
            return Ok(one.into());
        }
        let (kind, value) = s.split_once(':').ok_or(EXPECTED)?;
        let kind = Kind::parse(kind).ok_or(EXPECTED)?;
        if value == "*" {
            return Ok(Self(Form::Kind(kind)));
        }
        let numbers = || {
            let (administrator, local) = value.rsplit_once(':')?;
            let (administrator, local) =
                (Administrator::parse(administrator)?, Part::parse(local, u32::MAX)?);
            matches!(kind, Kind::RouteTarget | Kind::RouteOrigin).then_some(Self(Form::Numbers {
                kind,
                administrator,
                local,
            }))
        };
        numbers().ok_or(EXPECTED)
    }
}

impl Display for ExtendedCommunityPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::One(one) => one.fmt(f),
            Form::Kind(kind) => write!(f, "{}:*", kind.name()),
            Form::Numbers { kind, administrator, local } => {
                write!(f, "{}:", kind.name())?;
                match administrator {
                    Administrator::Any => f.write_str("*")?,
                    Administrator::Asn(part) => part.write(f, u32::MAX)?,
                    Administrator::Address(address) => address.fmt(f)?,
                }
                f.write_str(":")?;
                local.write(f, u32::MAX)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (pattern, community, whether it matches).
    #[test]
    fn extended_communities() {
        for (pattern, community, want) in [
            ("rt:64500:100", "rt:64500:100", true),
            ("rt:64500:100", "ro:64500:100", false),
            ("rt:64500:*", "rt:64500:4294967295", true),
            ("rt:64500:*", "rt:64501:1", false),
            ("rt:64500:100-199", "rt:64500:199", true),
            ("rt:64500:100-199", "rt:64500:200", false),
            ("rt:64500-64510:*", "rt:64505:1", true),
            ("rt:4200000000:*", "rt:4200000000:7", true),
            ("rt:*:7", "rt:192.0.2.1:7", true),
            ("rt:*:7", "rt:64500:7", true),
            ("rt:*:7", "rt:64500:8", false),
            ("ro:192.0.2.1:*", "ro:192.0.2.1:7", true),
            ("ro:192.0.2.1:*", "ro:192.0.2.2:7", false),
            ("ro:64500:*", "ro:192.0.2.2:7", false),
            ("rt:*", "rt:192.0.2.2:7", true),
            ("rt:*", "color:7", false),
            ("color:7", "color:7", true),
            ("color:*", "color:7", true),
            ("encap:*", "encap:vxlan", true),
            ("0x030c000000000009", "0x030c000000000009", true),
        ] {
            let parsed: ExtendedCommunityPattern = pattern.parse().unwrap();
            assert_eq!(parsed.to_string().parse(), Ok(parsed), "{pattern}");
            assert_eq!(parsed.matches(community.parse().unwrap()), want, "{community} by {pattern}");
        }
        for bad in ["", "rt", "rt:", "rt:1", "rt:1:2:3", "color:1-2", "no:1:2", "rt:5-1:*", "color:1:*"] {
            assert!(bad.parse::<ExtendedCommunityPattern>().is_err(), "{bad:?}");
        }
    }
}
