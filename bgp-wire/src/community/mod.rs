//! Communities of every kind: standard, large, extended, and extended that carry an IPv6 address.
//!
//! Each is its octets with names on top, and each text form parses back to the same octets.

mod administered;
mod evpn;
mod extended;
mod extended_kind;
mod extended_text;
mod extended_values;
mod fields;
mod flowspec;
mod ipv6;
mod large;
mod ospf;
mod standard;

#[cfg(test)]
mod tests;

pub use administered::{Administered, AsSpecific};
pub use evpn::EvpnCommunity;
pub use extended::ExtendedCommunity;
pub use extended_kind::ExtendedKind;
pub use extended_values::{Color, Cost, Layer2Info, LinkBandwidth, OriginValidation, TunnelType};
pub use flowspec::FlowSpecAction;
pub use ipv6::{Ipv6ExtendedCommunity, Ipv6Kind, Ipv6Specific};
pub use large::LargeCommunity;
pub use ospf::OspfCommunity;
pub use standard::Community;

pub(crate) use fields::octets_of;

use core::fmt;

/// Text that is not a community: what was expected, and what that looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommunityParseError {
    what: &'static str,
    form: &'static str,
}

impl fmt::Display for CommunityParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.what, self.form)
    }
}
impl core::error::Error for CommunityParseError {}
