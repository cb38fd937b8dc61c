//! What registries say of a route.

use bgp_wire::Asn;
use std::fmt;
use std::str::FromStr;

/// The state of a route in the registries. Its text is `registered`, `other-origin` or `not-registered`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IrrState {
    /// Its prefix is registered with its origin.
    Registered,
    /// Its prefix is registered, with other origins alone.
    OtherOrigin,
    /// Its prefix is not registered.
    NotRegistered,
}

impl IrrState {
    /// Of a prefix that is registered with these origins.
    pub(super) fn of(registered: impl Iterator<Item = Asn>, origin: Option<Asn>) -> Self {
        let mut state = Self::NotRegistered;
        for asn in registered {
            if Some(asn) == origin {
                return Self::Registered;
            }
            state = Self::OtherOrigin;
        }
        state
    }
}

impl fmt::Display for IrrState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registered => "registered",
            Self::OtherOrigin => "other-origin",
            Self::NotRegistered => "not-registered",
        })
    }
}

/// Text that is not a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IrrStateError;

impl fmt::Display for IrrStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an IRR state is registered, other-origin or not-registered")
    }
}
impl std::error::Error for IrrStateError {}

impl FromStr for IrrState {
    type Err = IrrStateError;

    fn from_str(s: &str) -> Result<Self, IrrStateError> {
        let all = [Self::Registered, Self::OtherOrigin, Self::NotRegistered];
        all.into_iter().find(|state| state.to_string() == s).ok_or(IrrStateError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        for state in [IrrState::Registered, IrrState::OtherOrigin, IrrState::NotRegistered] {
            assert_eq!(state.to_string().parse(), Ok(state));
        }
        assert_eq!("Registered".parse::<IrrState>(), Err(IrrStateError));
    }
}
