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

/// The type, the sub-type, and the two numbers that the value is: two octets and four where the form is that of an AS of
/// two octets, four and two otherwise.
pub(crate) fn numbers(community: ExtendedCommunity) -> [u32; 4] {
    let bits = u64::from_be_bytes(community.0);
    let part = |shift: u32, mask: u64| u32::try_from(bits >> shift & mask).unwrap_or_default();
    let (one, two) = if two_and_four(part(56, 0xff)) {
        (part(32, 0xffff), part(0, 0xffff_ffff))
    } else {
        (part(16, 0xffff_ffff), part(0, 0xffff))
    };
    [part(56, 0xff), part(48, 0xff), one, two]
}

/// The community that has these [`numbers`].
pub(crate) fn of_numbers([high, sub_type, one, two]: [u32; 4]) -> ExtendedCommunity {
    let width = if two_and_four(high) { 32 } else { 16 };
    let bits = u64::from(high) << 56 | u64::from(sub_type) << 48 | u64::from(one) << width | u64::from(two);
    ExtendedCommunity(bits.to_be_bytes())
}

const fn two_and_four(type_high: u32) -> bool {
    matches!(type_high, 0x00 | 0x40)
}

/// The same without numbers that have no room in their octets.
fn within_width([form, sub_type, one, two]: [(u32, u32); 4]) -> Option<[(u32, u32); 4]> {
    let cut = |(first, last): (u32, u32), max: u32| (first <= max).then_some((first, last.min(max)));
    let (max_one, max_two) = if two_and_four(form.0) { (0xffff, u32::MAX) } else { (u32::MAX, 0xffff) };
    Some([form, sub_type, cut(one, max_one)?, cut(two, max_two)?])
}

impl Kind {
    /// The communities of the kind, by their [`numbers`].
    fn bounds(self) -> Vec<[(u32, u32); 4]> {
        const ANY: (u32, u32) = (0, u32::MAX);
        let all = |types: &[u32], sub_type: u32| {
            types.iter().map(|form| [(*form, *form), (sub_type, sub_type), ANY, ANY]).collect::<Vec<_>>()
        };
        match self {
            Self::RouteTarget => all(&[0, 1, 2], 2),
            Self::RouteOrigin => all(&[0, 1, 2], 3),
            Self::Cost => all(&[0x03, 0x43], 1),
            Self::Color => all(&[0x03], 0x0b),
            Self::Encapsulation => all(&[0x03], 0x0c),
            Self::OriginValidation => all(&[0x43], 0),
            // The rate is a number in the form of IEEE 754, and none where these bits say so.
            Self::LinkBandwidth => {
                let numbers = [(0, 0x7f80_0000), (0x8000_0000, 0xff80_0000)];
                let of = |[form, sub_type, asn, _]: [(u32, u32); 4]| {
                    numbers.map(|rate| [form, sub_type, asn, rate])
                };
                all(&[0x00, 0x40], 4).into_iter().flat_map(of).collect()
            }
        }
    }
}

impl Administrator {
    /// The forms of those that it stands for, and their numbers.
    fn bounds(self) -> Vec<(u32, (u32, u32))> {
        const ANY: (u32, u32) = (0, u32::MAX);
        match self {
            Self::Any => vec![(0, ANY), (1, ANY), (2, ANY)],
            Self::Asn(part) => vec![(0, part.bounds()), (2, part.bounds())],
            Self::Address(address) => vec![(1, (address.to_bits(), address.to_bits()))],
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

    /// The communities that match, as the first and the last of each of four numbers: those of [`numbers`].
    pub(crate) fn bounds(&self) -> Vec<[(u32, u32); 4]> {
        let bounds = match self.0 {
            Form::One(community) => vec![numbers(community).map(|n| (n, n))],
            Form::Kind(kind) => kind.bounds(),
            Form::Numbers { kind, administrator, local } => {
                let sub_type = if kind == Kind::RouteTarget { (2, 2) } else { (3, 3) };
                let of = administrator.bounds().into_iter();
                of.map(|(form, of)| [(form, form), sub_type, of, local.bounds()]).collect()
            }
        };
        bounds.into_iter().filter_map(within_width).collect()
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
    use proptest::prelude::*;

    proptest! {
        /// The bounds of a pattern are those of the communities that match it.
        #[test]
        fn bounds_hold_what_matches(
            pattern in prop::sample::select(vec![
                "rt:*", "ro:*", "lb:*", "color:*", "encap:*", "cost:*", "origin-validation:*", "rt:64500:*", "ro:*:100-199",
                "rt:192.0.2.1:*", "rt:1-70000:5", "ro:100000:*", "rt:*:65536-70000", "color:100",
            ]),
            octets in (prop::sample::select(vec![0u8, 1, 2, 3, 0x40, 0x43, 0x80]), 0u8..14, any::<[u8; 6]>(), any::<bool>()),
            local in prop::sample::select(vec![5u32, 150, 65_540]),
        ) {
            let pattern: ExtendedCommunityPattern = pattern.parse().unwrap();
            let (high, sub_type, value, near) = octets;
            let mut community = ExtendedCommunity([high, sub_type, value[0], value[1], value[2], value[3], value[4], value[5]]);
            if near {
                let administrator = [64500, 0xc000_0201, 100_000][local as usize % 3];
                let [high, sub_type, ..] = numbers(community);
                let [_, _, one, two] = numbers(of_numbers([high, sub_type, 0, 0]));
                let cut = if two_and_four(high) { [administrator & 0xffff, local] } else { [administrator, local & 0xffff] };
                prop_assert_eq!([one, two], [0, 0]);
                community = of_numbers([high, sub_type, cut[0], cut[1]]);
            }
            prop_assert_eq!(of_numbers(numbers(community)), community);
            let inside = |of: &[(u32, u32); 4]| of.iter().zip(numbers(community)).all(|((a, b), n)| (*a..=*b).contains(&n));
            prop_assert_eq!(pattern.bounds().iter().any(inside), pattern.matches(community), "{} {}", pattern, community);
        }
    }

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
