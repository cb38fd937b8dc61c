//! What a policy looks at.

use crate::irr::IrrState;
use crate::rpki::{AspaState, OriginState};
use bgp_wire::{Asn, AttributeSet, Family, Role};
use ipnet::IpNet;
use std::fmt;
use std::str::FromStr;

/// What somebody else's data says of a prefix and the AS that it comes from: the RPKI (RFC 6811), or the IRR.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ValidationState {
    /// They have it so: a ROA, or a route object with this origin.
    Valid,
    /// They have it otherwise: ROAs or route objects cover it, and none agrees.
    Invalid,
    /// They do not have it.
    NotFound,
    /// Nobody has asked.
    #[default]
    NotChecked,
}

impl ValidationState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Invalid, Self::NotFound, Self::NotChecked];

    /// Its text: `valid`, `invalid`, `not-found`, `not-checked`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::NotFound => "not-found",
            Self::NotChecked => "not-checked",
        }
    }
}

impl From<OriginState> for ValidationState {
    fn from(state: OriginState) -> Self {
        match state {
            OriginState::Valid => Self::Valid,
            OriginState::Invalid => Self::Invalid,
            OriginState::NotFound => Self::NotFound,
        }
    }
}

impl From<IrrState> for ValidationState {
    fn from(state: IrrState) -> Self {
        match state {
            IrrState::Registered => Self::Valid,
            IrrState::OtherOrigin => Self::Invalid,
            IrrState::NotRegistered => Self::NotFound,
        }
    }
}

impl fmt::Display for ValidationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that is not a state of validation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ValidationStateError;

impl fmt::Display for ValidationStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state of validation is valid, invalid, not-found or not-checked")
    }
}
impl std::error::Error for ValidationStateError {}

impl FromStr for ValidationState {
    type Err = ValidationStateError;

    fn from_str(s: &str) -> Result<Self, ValidationStateError> {
        Self::ALL.into_iter().find(|state| state.name() == s).ok_or(ValidationStateError)
    }
}

/// What the providers that ASes attest say of a path (draft-ietf-sidrops-aspa-verification).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum PathValidationState {
    /// Every hop that has to be is attested.
    Valid,
    /// It cannot have come this way: a leak, or a path that was made up.
    Invalid,
    /// Attestations are missing.
    Unknown,
    /// Nobody has asked.
    #[default]
    NotChecked,
}

impl PathValidationState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Invalid, Self::Unknown, Self::NotChecked];

    /// Its text: `valid`, `invalid`, `unknown`, `not-checked`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
            Self::NotChecked => "not-checked",
        }
    }
}

impl From<AspaState> for PathValidationState {
    fn from(state: AspaState) -> Self {
        match state {
            AspaState::Valid => Self::Valid,
            AspaState::Invalid => Self::Invalid,
            AspaState::Unknown => Self::Unknown,
        }
    }
}

impl fmt::Display for PathValidationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that is not a state of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PathValidationStateError;

impl fmt::Display for PathValidationStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state of a path is valid, invalid, unknown or not-checked")
    }
}
impl std::error::Error for PathValidationStateError {}

impl FromStr for PathValidationState {
    type Err = PathValidationStateError;

    fn from_str(s: &str) -> Result<Self, PathValidationStateError> {
        Self::ALL.into_iter().find(|state| state.name() == s).ok_or(PathValidationStateError)
    }
}

/// One route as a policy sees it: the prefix, its attributes, whose session it is, and what others' data says of it.
///
/// Building one costs nothing, so the attributes of an UPDATE are read once and viewed with each prefix. What is not
/// known stays as [`RouteView::new`] has it.
///
/// ```
/// use bgp_policy::{RouteView, ValidationState};
/// use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
/// let prefix = "203.0.113.0/24".parse().unwrap();
/// let route = RouteView { rpki: ValidationState::Valid, ..RouteView::new(prefix, &attrs, Asn(64500)) };
/// assert_eq!(route.peer, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RouteView<'a> {
    /// The prefix; bits beyond its length are ignored.
    pub prefix: IpNet,
    /// The attributes, as they came (import) or as they would go out unedited (export).
    pub attrs: &'a AttributeSet,
    /// The ASN of the peer that the route came from (import) or would go to (export).
    pub neighbor: Asn,
    /// That peer's name.
    pub peer: Option<&'a str>,
    /// The group that the peer has its configuration from.
    pub peer_group: Option<&'a str>,
    /// What the peer is to us (RFC 9234).
    pub peer_role: Option<Role>,
    /// What the RPKI says of prefix and origin.
    pub rpki: ValidationState,
    /// What the IRR says of them.
    pub irr: ValidationState,
    /// What ASPA says of the path.
    pub aspa: PathValidationState,
}

impl<'a> RouteView<'a> {
    /// A route of which no more is known.
    pub const fn new(prefix: IpNet, attrs: &'a AttributeSet, neighbor: Asn) -> Self {
        let (rpki, irr) = (ValidationState::NotChecked, ValidationState::NotChecked);
        let aspa = PathValidationState::NotChecked;
        Self { prefix, attrs, neighbor, peer: None, peer_group: None, peer_role: None, rpki, irr, aspa }
    }

    /// The family that the prefix belongs to.
    pub const fn family(&self) -> Family {
        Family::of(&self.prefix)
    }
}
