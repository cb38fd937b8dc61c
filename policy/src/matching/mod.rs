//! The conditions of a rule.

mod words;

use crate::as_path_regex::AsPathRegex;
use crate::asn_set::AsnSet;
use crate::custom::Custom;
use crate::named::Named;
use crate::number_range::NumberRange;
use crate::pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern};
use crate::prefix_set::PrefixSet;
use crate::route::{PathValidationState, RouteView, ValidationState};
use crate::special_asn;
use bgp_wire::{AsPath, Family, Origin, Role, SegmentKind};
use ipnet::IpNet;

/// One condition on a route. A set in it holds where any of its members does. `Display` writes it as a policy's text has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Match {
    /// The prefix is in the set.
    Prefix(Named<PrefixSet>),
    /// The route is of this family.
    Family(Family),
    /// The ASN of the peer it came from or would go to.
    NeighborAsn(Named<AsnSet>),
    /// The name of that peer.
    Peer(Box<str>),
    /// The group that the peer has its configuration from.
    PeerGroup(Box<str>),
    /// What the peer is to us (RFC 9234).
    PeerRole(Role),
    /// The last ASN of AS_PATH; a path that is empty or ends in a set has none.
    OriginAsn(Named<AsnSet>),
    /// An ASN anywhere in AS_PATH.
    AsnInPath(Named<AsnSet>),
    /// AS_PATH matches a regular expression.
    AsPath(AsPathRegex),
    /// The length of AS_PATH, as the decision process counts it (RFC 4271 section 9.1.2.2, RFC 5065).
    PathLength(NumberRange),
    /// AS_PATH has an ASN for private use (RFC 6996).
    PrivateAsn,
    /// AS_PATH has an ASN twice in a row.
    Prepended,
    /// AS_PATH has an AS_SET or an AS_CONFED_SET (RFC 9774).
    AsSet,
    /// A standard community.
    Community(Named<Box<[CommunityPattern]>>),
    /// An extended community.
    ExtendedCommunity(Named<Box<[ExtendedCommunityPattern]>>),
    /// A large community.
    LargeCommunity(Named<Box<[LargeCommunityPattern]>>),
    /// The next hop lies in a network.
    NextHop(Named<Box<[IpNet]>>),
    /// MULTI_EXIT_DISC is present and in this range.
    Med(NumberRange),
    /// LOCAL_PREF is present and in this range.
    LocalPref(NumberRange),
    /// The value of ORIGIN.
    Origin(Origin),
    /// What the RPKI says of the prefix and its origin.
    Rpki(ValidationState),
    /// What the IRR says of them.
    Irr(ValidationState),
    /// What the providers that ASes attest say of AS_PATH (ASPA).
    Aspa(PathValidationState),
    /// What a program asks by code of its own.
    Custom(Custom),
    /// The condition in it does not hold.
    Not(Box<Match>),
    /// All of these hold; without one it holds.
    All(Box<[Match]>),
    /// One of these holds at least; without one it does not hold.
    Any(Box<[Match]>),
}

impl Match {
    /// Whether the condition holds for `route`.
    pub fn holds(&self, route: &RouteView<'_>) -> bool {
        let attrs = route.attrs;
        let path = || attrs.as_path.view();
        match self {
            Self::Prefix(set) => set.contains(&route.prefix),
            Self::Family(family) => route.family() == *family,
            Self::NeighborAsn(set) => set.contains(route.neighbor),
            Self::Peer(name) => route.peer == Some(name),
            Self::PeerGroup(name) => route.peer_group == Some(name),
            Self::PeerRole(role) => route.peer_role == Some(*role),
            Self::OriginAsn(set) => path().origin().is_some_and(|asn| set.contains(asn)),
            Self::AsnInPath(set) => path().asns().any(|asn| set.contains(asn)),
            Self::AsPath(regex) => regex.matches(path()),
            Self::PathLength(range) => range.contains(u32::try_from(path().hops()).unwrap_or(u32::MAX)),
            Self::PrivateAsn => path().asns().any(special_asn::is_private),
            Self::Prepended => prepended(path()),
            Self::AsSet => has_set(path()),
            Self::Community(patterns) => any(&attrs.communities, |c| patterns.iter().any(|p| p.matches(*c))),
            Self::ExtendedCommunity(patterns) => {
                any(&attrs.extended_communities, |c| patterns.iter().any(|p| p.matches(*c)))
            }
            Self::LargeCommunity(patterns) => {
                any(&attrs.large_communities, |c| patterns.iter().any(|p| p.matches(*c)))
            }
            Self::NextHop(networks) => any(networks, |net| net.contains(&attrs.next_hop.addr())),
            Self::Med(range) => attrs.med.is_some_and(|med| range.contains(med)),
            Self::LocalPref(range) => attrs.local_pref.is_some_and(|preference| range.contains(preference)),
            Self::Origin(origin) => attrs.origin == *origin,
            Self::Rpki(state) => route.rpki == *state,
            Self::Irr(state) => route.irr == *state,
            Self::Aspa(state) => route.aspa == *state,
            Self::Custom(custom) => custom.holds(route),
            Self::Not(inner) => !inner.holds(route),
            Self::All(inner) => inner.iter().all(|condition| condition.holds(route)),
            Self::Any(inner) => inner.iter().any(|condition| condition.holds(route)),
        }
    }

    /// Whether `what` is true of a condition in it, whatever the answer to that has to be.
    pub(crate) fn mentions(&self, what: &impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::Not(inner) => inner.mentions(what),
            Self::All(inner) | Self::Any(inner) => inner.iter().any(|condition| condition.mentions(what)),
            plain => what(plain),
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

#[cfg(test)]
mod tests;
