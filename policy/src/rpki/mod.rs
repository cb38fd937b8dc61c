//! What the RPKI says of a route: origin validation (RFC 6811) and, as an option, the verification of its AS path by ASPA.
//!
//! [`VrpSet`] holds validated ROA payloads and says the [`OriginState`] of a prefix and its origin, with every VRP that covers the
//! prefix as evidence. Sets do not change: an update makes another one, and [`VrpSet::changes`] names the prefixes that have to be
//! looked at again. [`AspaSet`] is the same for the providers that customers attest.

mod aspa;
mod aspa_set;
mod changes;
#[cfg(feature = "serde")]
mod document;
mod origin;
mod validation;
mod vrp;
mod vrp_set;

pub use aspa::{AspaReason, AspaState, AspaVerdict, Direction, PathHop};
pub use aspa_set::{Aspa, AspaSet, Hop};
pub use changes::VrpChanges;
#[cfg(feature = "serde")]
pub use document::RpkiDocument;
pub use origin::route_origin;
pub use validation::{OriginState, OriginStateError, Validation, VrpFit};
pub use vrp::{Vrp, VrpError};
pub use vrp_set::{Covering, VrpSet, VrpUpdateError};
