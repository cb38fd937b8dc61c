//! The conditions of a rule.

use crate::asn_set::AsnSet;
use crate::custom::Custom;
use crate::pattern::{CommunityPattern, LargeCommunityPattern};
use crate::prefix_set::PrefixSet;
use crate::route::RouteView;
use crate::special_asn;
use bgp_wire::{AsPath, Family, Origin, SegmentKind};
use ipnet::IpNet;
use std::fmt;

/// One condition on a route. A list in it holds where any of its members does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Match {
    /// The prefix is in the set.
    Prefix(PrefixSet),
    /// The route is of this family.
    Family(Family),
    /// The ASN of the peer it came from or would go to.
    NeighborAsn(AsnSet),
    /// The last ASN of AS_PATH; a path that is empty or ends in a set has none.
    OriginAsn(AsnSet),
    /// An ASN anywhere in AS_PATH.
    AsnInPath(AsnSet),
    /// The length of AS_PATH, as the decision process counts it (RFC 4271 section 9.1.2.2, RFC 5065).
    PathLength {
        /// The least.
        at_least: u32,
        /// The most.
        at_most: u32,
    },
    /// AS_PATH has an ASN for private use (RFC 6996).
    PrivateAsn,
    /// AS_PATH has an ASN twice in a row.
    Prepended,
    /// AS_PATH has an AS_SET or an AS_CONFED_SET (RFC 9774).
    AsSet,
    /// A standard community.
    Community(Box<[CommunityPattern]>),
    /// A large community.
    LargeCommunity(Box<[LargeCommunityPattern]>),
    /// The next hop lies in a network.
    NextHop(Box<[IpNet]>),
    /// MULTI_EXIT_DISC is present and has this value.
    Med(u32),
    /// LOCAL_PREF is present and has this value.
    LocalPref(u32),
    /// The value of ORIGIN.
    Origin(Origin),
    /// What a program asks by code of its own.
    Custom(Custom),
    /// The condition in it does not hold.
    Not(Box<Match>),
}

impl Match {
    /// Whether the condition holds for `route`.
    pub fn holds(&self, route: &RouteView<'_>) -> bool {
        let attrs = route.attrs;
        let path = attrs.as_path.view();
        match self {
            Self::Prefix(set) => set.contains(&route.prefix),
            Self::Family(family) => route.family() == *family,
            Self::NeighborAsn(set) => set.contains(route.neighbor),
            Self::OriginAsn(set) => path.origin().is_some_and(|asn| set.contains(asn)),
            Self::AsnInPath(set) => path.asns().any(|asn| set.contains(asn)),
            Self::PathLength { at_least, at_most } => {
                (*at_least..=*at_most).contains(&u32::try_from(path.hops()).unwrap_or(u32::MAX))
            }
            Self::PrivateAsn => path.asns().any(special_asn::is_private),
            Self::Prepended => prepended(path),
            Self::AsSet => has_set(path),
            Self::Community(patterns) => any(&attrs.communities, |c| patterns.iter().any(|p| p.matches(*c))),
            Self::LargeCommunity(patterns) => {
                any(&attrs.large_communities, |c| patterns.iter().any(|p| p.matches(*c)))
            }
            Self::NextHop(networks) => any(networks, |net| net.contains(&attrs.next_hop.addr())),
            Self::Med(med) => attrs.med == Some(*med),
            Self::LocalPref(preference) => attrs.local_pref == Some(*preference),
            Self::Origin(origin) => attrs.origin == *origin,
            Self::Custom(custom) => custom.holds(route),
            Self::Not(inner) => !inner.holds(route),
        }
    }
}

impl Match {
    /// Whether the ASN of the peer may make a difference.
    pub(crate) fn asks_for_neighbor(&self) -> bool {
        matches!(self.without_not(), Self::NeighborAsn(_) | Self::Custom(_))
    }

    /// Whether the prefix may make a difference, and not its family alone.
    pub(crate) fn asks_for_prefix(&self) -> bool {
        matches!(self.without_not(), Self::Prefix(_) | Self::Custom(_))
    }

    /// What is asked, whatever the answer has to be.
    fn without_not(&self) -> &Self {
        match self {
            Self::Not(inner) => inner.without_not(),
            asked => asked,
        }
    }
}

fn any<T>(list: &[T], holds: impl FnMut(&T) -> bool) -> bool {
    list.iter().any(holds)
}

/// Whether an ASN stands twice in a row.
pub(crate) fn prepended(path: AsPath<'_>) -> bool {
    path.asns().zip(path.asns().skip(1)).any(|(a, b)| a == b)
}

/// Whether a segment has no order.
pub(crate) fn has_set(path: AsPath<'_>) -> bool {
    path.segments().any(|s| matches!(s.kind, SegmentKind::Set | SegmentKind::ConfedSet))
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(set) => write!(f, "prefix in {set}"),
            Self::Family(family) => write!(f, "family {family}"),
            Self::NeighborAsn(set) => write!(f, "neighbor ASN in {set}"),
            Self::OriginAsn(set) => write!(f, "origin ASN in {set}"),
            Self::AsnInPath(set) => write!(f, "AS_PATH contains an ASN in {set}"),
            Self::PathLength { at_least: 0, at_most } => write!(f, "AS_PATH length at most {at_most}"),
            Self::PathLength { at_least, at_most: u32::MAX } => {
                write!(f, "AS_PATH length at least {at_least}")
            }
            Self::PathLength { at_least, at_most } => {
                write!(f, "AS_PATH length from {at_least} to {at_most}")
            }
            Self::PrivateAsn => f.write_str("AS_PATH has a private ASN"),
            Self::Prepended => f.write_str("AS_PATH has an ASN twice in a row"),
            Self::AsSet => f.write_str("AS_PATH has a set"),
            Self::Community(patterns) => {
                f.write_str("community in ")?;
                crate::listed(f, patterns)
            }
            Self::LargeCommunity(patterns) => {
                f.write_str("large community in ")?;
                crate::listed(f, patterns)
            }
            Self::NextHop(networks) => {
                f.write_str("next hop in ")?;
                crate::listed(f, networks)
            }
            Self::Med(med) => write!(f, "MED {med}"),
            Self::LocalPref(preference) => write!(f, "local preference {preference}"),
            Self::Origin(origin) => write!(f, "origin {origin}"),
            Self::Custom(custom) => write!(f, "{custom}"),
            Self::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::{AsPathBuf, Asn, AttributeSet, NextHop};

    fn attrs() -> AttributeSet {
        let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        attrs.as_path = [64500, 64501, 64501].into_iter().map(Asn).collect();
        attrs.communities = vec!["8075:8007".parse().unwrap()];
        attrs.large_communities = vec!["64500:1:2".parse().unwrap()];
        attrs.med = Some(7);
        attrs
    }

    fn asns(range: &str) -> AsnSet {
        [range.parse::<crate::AsnRange>().unwrap()].into_iter().collect()
    }

    fn path_length(at_least: u32, at_most: u32) -> Match {
        Match::PathLength { at_least, at_most }
    }

    /// (condition, whether it holds for the route above to 203.0.113.0/24).
    #[test]
    fn conditions() {
        let prefix: crate::PrefixRange = "203.0.113.0/24".parse().unwrap();
        let community = |p: &str| Match::Community([p.parse().unwrap()].into());
        let large = |p: &str| Match::LargeCommunity([p.parse().unwrap()].into());
        let next_hop = |net: &str| Match::NextHop([net.parse().unwrap()].into());
        let attrs = attrs();
        let route =
            RouteView { prefix: "203.0.113.0/24".parse().unwrap(), attrs: &attrs, neighbor: Asn(64500) };
        for (condition, want) in [
            (Match::Prefix([prefix].into_iter().collect()), true),
            (Match::Prefix(PrefixSet::default()), false),
            (Match::Family(Family::Ipv4Unicast), true),
            (Match::Family(Family::Ipv6Unicast), false),
            (Match::NeighborAsn(asns("64500")), true),
            (Match::NeighborAsn(asns("64501")), false),
            (Match::OriginAsn(asns("64501")), true),
            (Match::OriginAsn(asns("64500")), false),
            (Match::AsnInPath(asns("64500-64500")), true),
            (Match::AsnInPath(asns("1-64499")), false),
            (path_length(0, 3), true),
            (path_length(0, 2), false),
            (path_length(3, u32::MAX), true),
            (path_length(4, u32::MAX), false),
            (Match::PrivateAsn, false),
            (Match::Prepended, true),
            (Match::AsSet, false),
            (community("8075:*"), true),
            (community("8075:8006"), false),
            (large("64500:1:*"), true),
            (large("64501:1:*"), false),
            (next_hop("192.0.2.0/30"), true),
            (next_hop("2001:db8::/32"), false),
            (Match::Med(7), true),
            (Match::Med(0), false),
            (Match::LocalPref(100), false),
            (Match::Origin(Origin::Igp), true),
            (Match::Origin(Origin::Incomplete), false),
            (Match::Not(Box::new(Match::Med(7))), false),
            (Match::Not(Box::new(Match::Not(Box::new(Match::Med(7))))), true),
        ] {
            assert_eq!(condition.holds(&route), want, "{condition}");
        }
    }

    /// (segments, private ASN, prepended, set, has origin ASN 64501).
    #[test]
    fn paths_of_every_shape() {
        use SegmentKind::{ConfedSequence, ConfedSet, Sequence, Set};
        let cases: &[(&[(SegmentKind, &[u32])], [bool; 4])] = &[
            (&[], [false, false, false, false]),
            (&[(Sequence, &[64500, 64501])], [false, false, false, true]),
            (&[(Sequence, &[64511])], [false, false, false, false]),
            (&[(Sequence, &[64512])], [true, false, false, false]),
            (&[(Sequence, &[65534])], [true, false, false, false]),
            (&[(Sequence, &[65535])], [false, false, false, false]),
            (&[(Sequence, &[4_200_000_000])], [true, false, false, false]),
            (&[(Sequence, &[4_294_967_294])], [true, false, false, false]),
            (&[(Sequence, &[4_294_967_295])], [false, false, false, false]),
            (&[(Sequence, &[64500, 64501, 64500])], [false, false, false, false]),
            (&[(Sequence, &[64500]), (Sequence, &[64500, 64501])], [false, true, false, true]),
            (&[(Sequence, &[64500]), (Set, &[64501])], [false, false, true, false]),
            (&[(ConfedSet, &[64496]), (Sequence, &[64501])], [false, false, true, true]),
            (&[(ConfedSequence, &[64512]), (Sequence, &[64501])], [true, false, false, true]),
        ];
        for (segments, want) in cases {
            let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
            let mut path = AsPathBuf::default();
            segments.iter().for_each(|(kind, asns)| path.push(*kind, asns.iter().copied().map(Asn)));
            attrs.as_path = path;
            let route =
                RouteView { prefix: "203.0.113.0/24".parse().unwrap(), attrs: &attrs, neighbor: Asn(64500) };
            let conditions =
                [Match::PrivateAsn, Match::Prepended, Match::AsSet, Match::OriginAsn(asns("64501"))];
            assert_eq!(conditions.map(|c| c.holds(&route)), *want, "{segments:?}");
        }
    }
}
