//! The TLVs of BGP-LS, which its NLRI and its attribute share (RFC 9552 section 5.1): their names, and what those of
//! the attribute say.

mod name;
mod numbers;
mod text;
mod tlv;
mod value;

pub use name::LinkStateTlvType;
pub use numbers::{Bandwidths, IgpMetric, LinkDelay, Msds, Numbers, TopologyIds};
pub use tlv::LinkStateTlv;
pub use value::LinkStateValue;

pub(crate) use text::hex;
pub(crate) use tlv::{LinkStateTlvs, check_order, put};
