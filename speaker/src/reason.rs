//! Why a path was taken or refused, in the four octets that the RIB keeps with it.

use bgp_policy::{Because, Policy};
use std::fmt;

/// What import made of a path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// It begins here.
    Originated,
    /// It is an aggregate of more specific routes.
    Aggregated,
    /// Policy decided.
    Policy(Because),
    /// Our own ASN is in its path (RFC 4271 section 9.1.2).
    AsLoop,
    /// An external peer's ASN is not the first of its path (RFC 4271 section 6.3).
    FirstAs,
    /// Its next hop is our own address (RFC 4271 section 6.3).
    OwnNextHop,
    /// It came from where it must not: its OTC attribute and our role say so (RFC 9234 section 5).
    RouteLeak,
    /// Our own BGP Identifier is its ORIGINATOR_ID (RFC 4456 section 8).
    OriginatorLoop,
    /// Our own cluster is in its CLUSTER_LIST (RFC 4456 section 8).
    ClusterLoop,
    /// Policy asks for a next hop of another family than the route's.
    NoNextHop,
    /// An attribute is longer than any message allows, with ASNs of four octets: nothing else of it is kept.
    TooLong,
    /// As policy edits it, an attribute is longer than any message allows.
    EditedTooLong,
    /// The import policy accepted it that has been changed since; its peer has been asked for it again.
    FormerPolicy,
}

/// Numbers from here on are a policy's rules; those below are in [`PLAIN`].
const RULES: u32 = 1 << 16;
/// The reasons that have nothing to add.
const PLAIN: [Reason; 14] = [
    Reason::Originated,
    Reason::Policy(Because::Default),
    Reason::Policy(Because::NoPolicy),
    Reason::AsLoop,
    Reason::FirstAs,
    Reason::OwnNextHop,
    Reason::NoNextHop,
    Reason::RouteLeak,
    Reason::OriginatorLoop,
    Reason::ClusterLoop,
    Reason::Aggregated,
    Reason::TooLong,
    Reason::EditedTooLong,
    Reason::FormerPolicy,
];

impl From<Reason> for bgp_rib::Because {
    fn from(reason: Reason) -> Self {
        Self(match reason {
            Reason::Policy(Because::Rule(n)) => RULES | u32::from(n),
            plain => (0..).zip(PLAIN).find(|(_, r)| *r == plain).map_or(0, |(n, _)| n),
        })
    }
}

impl From<bgp_rib::Because> for Reason {
    fn from(bgp_rib::Because(number): bgp_rib::Because) -> Self {
        let rule = number.checked_sub(RULES).and_then(|n| u16::try_from(n).ok());
        match rule {
            Some(n) => Self::Policy(Because::Rule(n)),
            None => (0..).zip(PLAIN).find(|(n, _)| *n == number).map_or(Self::Originated, |(_, r)| r),
        }
    }
}

impl Reason {
    /// The reason in words; `policy` is the one that decided.
    pub fn explain(self, policy: Option<&Policy>) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| match (self, policy) {
            (Self::Policy(because), Some(policy)) => write!(f, "{}", policy.explain(because)),
            (Self::Policy(_), None) => f.write_str("no import policy for this external peer (RFC 8212)"),
            (Self::Aggregated, _) => f.write_str("an aggregate of more specific routes (RFC 4271 §9.2.2.2)"),
            (Self::Originated, _) => f.write_str("originated here"),
            (Self::AsLoop, _) => f.write_str("our own ASN is in the AS path (RFC 4271 §9.1.2)"),
            (Self::FirstAs, _) => {
                f.write_str("the AS path does not begin with the peer's ASN (RFC 4271 §6.3)")
            }
            (Self::OwnNextHop, _) => f.write_str("the next hop is our own address (RFC 4271 §6.3)"),
            (Self::RouteLeak, _) => {
                f.write_str("a route leak: its OTC attribute does not go with our role (RFC 9234 §5)")
            }
            (Self::OriginatorLoop, _) => {
                f.write_str("our own BGP Identifier is its ORIGINATOR_ID (RFC 4456 §8)")
            }
            (Self::ClusterLoop, _) => f.write_str("our own cluster is in its CLUSTER_LIST (RFC 4456 §8)"),
            (Self::NoNextHop, _) => f.write_str("import policy sets a next hop of another address family"),
            (Self::TooLong, _) => f.write_str("an attribute is longer than any message allows"),
            (Self::EditedTooLong, _) => {
                f.write_str("as import policy edits it, an attribute is longer than any message allows")
            }
            (Self::FormerPolicy, _) => {
                f.write_str("the import policy before the last change; the peer is to send it again")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_octets_give_every_reason_back() {
        let rules = [0, 1, u16::MAX].map(|n| Reason::Policy(Because::Rule(n)));
        for reason in PLAIN.into_iter().chain(rules) {
            assert_eq!(Reason::from(bgp_rib::Because::from(reason)), reason);
        }
    }
}
