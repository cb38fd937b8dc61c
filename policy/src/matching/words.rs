//! Conditions in words, and what of a route they are judged by.

use super::Match;
use crate::route::RouteView;
use std::fmt::{self, Display};

impl Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(set) => write!(f, "prefix {set}"),
            Self::Family(family) => write!(f, "family {family}"),
            Self::NeighborAsn(set) => write!(f, "neighbor-asn {set}"),
            Self::Peer(name) => write!(f, "peer \"{name}\""),
            Self::PeerGroup(name) => write!(f, "peer-group \"{name}\""),
            Self::PeerRole(role) => write!(f, "peer-role {role}"),
            Self::OriginAsn(set) => write!(f, "origin-asn {set}"),
            Self::AsnInPath(set) => write!(f, "path-asn {set}"),
            Self::AsPath(regex) => write!(f, "as-path matches \"{regex}\""),
            Self::PathLength(range) => write!(f, "as-path length {range}"),
            Self::PrivateAsn => f.write_str("as-path has private-asn"),
            Self::Prepended => f.write_str("as-path has prepending"),
            Self::AsSet => f.write_str("as-path has as-set"),
            Self::Community(patterns) => write!(f, "community {patterns}"),
            Self::ExtendedCommunity(patterns) => write!(f, "extended-community {patterns}"),
            Self::LargeCommunity(patterns) => write!(f, "large-community {patterns}"),
            Self::NextHop(networks) => write!(f, "next-hop {networks}"),
            Self::Med(range) => write!(f, "med {range}"),
            Self::LocalPref(range) => write!(f, "local-pref {range}"),
            Self::Origin(origin) => write!(f, "origin {origin}"),
            Self::Rpki(state) => write!(f, "rpki {state}"),
            Self::Irr(state) => write!(f, "irr {state}"),
            Self::Aspa(state) => write!(f, "aspa {state}"),
            Self::Custom(custom) => custom.fmt(f),
            Self::Not(inner) => write!(f, "not {}", Inner(inner)),
            Self::All(inner) => joined(f, inner, "and"),
            Self::Any(inner) => joined(f, inner, "or"),
        }
    }
}

/// A condition within another: in parentheses where it would be read otherwise without.
struct Inner<'a>(&'a Match);

impl Display for Inner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Match::All(_) | Match::Any(_) => write!(f, "({})", self.0),
            plain => plain.fmt(f),
        }
    }
}

/// `all()` and `any()` are the conditions that always and never hold.
fn joined(f: &mut fmt::Formatter<'_>, conditions: &[Match], word: &str) -> fmt::Result {
    match conditions {
        [] => f.write_str(if word == "and" { "always" } else { "never" }),
        [first, rest @ ..] => {
            Inner(first).fmt(f)?;
            rest.iter().try_for_each(|condition| write!(f, " {word} {}", Inner(condition)))
        }
    }
}

impl Match {
    /// What of `route` the condition is judged by, in words: `origin-asn is 64501`.
    pub fn evidence<'a>(&'a self, route: &'a RouteView<'a>) -> impl Display + 'a {
        fmt::from_fn(move |f| self.write_evidence(route, f))
    }

    fn write_evidence(&self, route: &RouteView<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attrs = route.attrs;
        match self {
            Self::Prefix(_) => write!(f, "prefix is {}", route.prefix),
            Self::Family(_) => write!(f, "family is {}", route.family()),
            Self::NeighborAsn(_) => write!(f, "neighbor-asn is {}", route.neighbor),
            Self::Peer(_) => write!(f, "peer is {}", or(route.peer, "unknown")),
            Self::PeerGroup(_) => write!(f, "peer-group is {}", or(route.peer_group, "unknown")),
            Self::PeerRole(_) => write!(f, "peer-role is {}", or(route.peer_role, "unknown")),
            Self::OriginAsn(_)
            | Self::AsnInPath(_)
            | Self::AsPath(_)
            | Self::PrivateAsn
            | Self::Prepended
            | Self::AsSet => write_path(attrs, f),
            Self::PathLength(_) => write!(f, "as-path length is {}", attrs.as_path.view().hops()),
            Self::Community(_) => write_all(f, "community", &attrs.communities),
            Self::ExtendedCommunity(_) => write_all(f, "extended-community", &attrs.extended_communities),
            Self::LargeCommunity(_) => write_all(f, "large-community", &attrs.large_communities),
            Self::NextHop(_) => write!(f, "next-hop is {}", attrs.next_hop),
            Self::Med(_) => write!(f, "med is {}", or(attrs.med, "absent")),
            Self::LocalPref(_) => write!(f, "local-pref is {}", or(attrs.local_pref, "absent")),
            Self::Origin(_) => write!(f, "origin is {}", attrs.origin),
            Self::Rpki(_) => write!(f, "rpki is {}", route.rpki),
            Self::Irr(_) => write!(f, "irr is {}", route.irr),
            Self::Aspa(_) => write!(f, "aspa is {}", route.aspa),
            Self::Custom(_) => f.write_str("code has looked at the route"),
            Self::Not(inner) => inner.write_evidence(route, f),
            Self::All(inner) | Self::Any(inner) => {
                for (i, condition) in inner.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    condition.write_evidence(route, f)?;
                }
                Ok(())
            }
        }
    }
}

fn or<T: Display>(value: Option<T>, absent: &str) -> impl Display {
    fmt::from_fn(move |f| match &value {
        Some(value) => value.fmt(f),
        None => f.write_str(absent),
    })
}

fn write_path(attrs: &bgp_wire::AttributeSet, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if attrs.as_path.view().is_empty() {
        return f.write_str("as-path is empty");
    }
    write!(f, "as-path is {}", attrs.as_path)
}

fn write_all<T: Display>(f: &mut fmt::Formatter<'_>, what: &str, list: &[T]) -> fmt::Result {
    if list.is_empty() {
        return write!(f, "there is no {what}");
    }
    write!(f, "{what} is ")?;
    crate::listed(f, list)
}
