//! The outcome of origin validation, with its evidence (RFC 6811 section 2).

use super::vrp::Vrp;
use super::vrp_set::Covering;
use bgp_wire::Asn;
use ipnet::IpNet;
use std::fmt;
use std::str::FromStr;

/// The validation state of a route. Its text is `valid`, `invalid` or `not-found`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OriginState {
    /// A VRP covers the prefix, allows its length and names its origin.
    Valid,
    /// VRPs cover the prefix, and none of them matches.
    Invalid,
    /// No VRP covers the prefix.
    NotFound,
}

impl fmt::Display for OriginState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::NotFound => "not-found",
        })
    }
}

/// Text that is not a validation state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OriginStateError;

impl fmt::Display for OriginStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RPKI state is valid, invalid or not-found")
    }
}
impl std::error::Error for OriginStateError {}

impl FromStr for OriginState {
    type Err = OriginStateError;

    fn from_str(s: &str) -> Result<Self, OriginStateError> {
        let all = [Self::Valid, Self::Invalid, Self::NotFound];
        all.into_iter().find(|state| state.to_string() == s).ok_or(OriginStateError)
    }
}

/// How a VRP that covers a route goes with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VrpFit {
    /// It makes the route valid.
    Matches,
    /// It names another AS.
    OtherOrigin,
    /// It names this AS, and the prefix is longer than it allows.
    TooLong,
}

impl VrpFit {
    /// Of one that covers `prefix`. AS 0 matches nothing, nor does a path that ends in an AS_SET.
    pub(super) fn of(vrp: &Vrp, prefix: &IpNet, origin: Option<Asn>) -> Self {
        if origin.is_none_or(|asn| asn != vrp.asn() || asn == Asn(0)) {
            Self::OtherOrigin
        } else if prefix.prefix_len() > vrp.max_length() {
            Self::TooLong
        } else {
            Self::Matches
        }
    }
}

impl fmt::Display for VrpFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Matches => "matches",
            Self::OtherOrigin => "another origin",
            Self::TooLong => "the prefix is longer than it allows",
        })
    }
}

/// The state of a route, and why.
///
/// ```
/// use bgp_policy::rpki::{OriginState, Vrp, VrpSet};
/// use bgp_wire::Asn;
/// let vrp = Vrp::new("198.51.100.0/24".parse().unwrap(), 24, Asn(64500)).unwrap();
/// let set: VrpSet = [vrp].into_iter().collect();
/// let validation = set.validate(&"198.51.100.0/24".parse().unwrap(), Some(Asn(64501)));
/// assert_eq!(validation.state(), OriginState::Invalid);
/// assert_eq!(validation.to_string(), "invalid: 198.51.100.0/24 by AS64500: another origin");
/// ```
#[derive(Clone, Debug)]
pub struct Validation<'a> {
    state: OriginState,
    prefix: IpNet,
    origin: Option<Asn>,
    covering: Covering<'a>,
}

impl<'a> Validation<'a> {
    pub(super) const fn new(
        state: OriginState,
        prefix: IpNet,
        origin: Option<Asn>,
        covering: Covering<'a>,
    ) -> Self {
        Self { state, prefix, origin, covering }
    }

    /// The state.
    pub const fn state(&self) -> OriginState {
        self.state
    }

    /// Every VRP that covers the route, the most specific first, and how it goes with the route.
    pub fn evidence(&self) -> impl Iterator<Item = (&'a Vrp, VrpFit)> + use<'a> {
        let (prefix, origin) = (self.prefix, self.origin);
        self.covering.clone().map(move |vrp| (vrp, VrpFit::of(vrp, &prefix, origin)))
    }
}

impl fmt::Display for Validation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)?;
        if self.state == OriginState::NotFound {
            return f.write_str(": no VRP covers it");
        }
        for (i, (vrp, fit)) in self.evidence().enumerate() {
            write!(f, "{} {vrp}: {fit}", if i == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        for state in [OriginState::Valid, OriginState::Invalid, OriginState::NotFound] {
            assert_eq!(state.to_string().parse(), Ok(state));
        }
        for text in ["", "Valid", "notfound", "unknown"] {
            assert_eq!(text.parse::<OriginState>(), Err(OriginStateError), "{text}");
        }
    }
}
