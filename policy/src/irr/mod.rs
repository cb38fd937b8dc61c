//! What Internet Routing Registries say of a route: RPSL read line by line, an index of it, and sets resolved.
//!
//! [`RpslReader`] takes the lines of a dump or of a server's answer and gives [`IrrObject`]s; [`IrrBuilder`] makes an [`IrrIndex`] of
//! them. That tells the [`IrrState`] of a prefix and its origin, and resolves an `as-set` or a `route-set`; what is missing and what
//! goes round in circles is in the [`SetReport`].

mod bgpq4;
mod builder;
mod fault;
mod index;
mod member;
mod object;
mod prefix;
mod range_operator;
mod registrations;
mod report;
mod resolve;
mod rpsl;
mod set_name;
mod state;
mod whois;

pub(crate) use bgpq4::Entry as Bgpq4Entry;
pub use bgpq4::{Bgpq4Document, Bgpq4Error};
pub use builder::IrrBuilder;
pub use fault::{Fault, RpslFault};
pub use index::{IrrIndex, Registered};
pub use member::Member;
pub use object::{AutNum, ByReference, Claims, IrrObject, RouteObject, SetObject};
pub use range_operator::RangeOperator;
pub use registrations::Registrations;
pub use report::{Cycle, Missing, NoSuchSet, SetReport};
pub use resolve::{ResolvedAsSet, ResolvedRouteSet};
pub use rpsl::{MAX_OBJECT, RpslReader};
pub use set_name::{SetClass, SetName};
pub use state::{IrrState, IrrStateError};
pub use whois::{MAX_REPLY, WhoisFault, WhoisReply};
