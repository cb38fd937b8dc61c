//! Path attributes: their registry, the checks it points at, and the one loop that carries RFC 7606.

mod aigp;
mod attr_set;
mod bfd_discriminator;
mod bgpsec_path;
mod check;
mod d_path;
mod link_state;
mod only_to_customer;
mod pmsi_tunnel;
mod prefix_sid;
mod registry;
#[cfg(test)]
mod samples;
mod srv6_service;
mod text;
mod tlv;
mod tunnel_encapsulation;
mod tunnel_sub_tlv;
mod tunnel_text;
mod typed_value;
mod view;
mod walk;

pub use aigp::Aigp;
pub use attr_set::AttrSet;
pub use bfd_discriminator::BfdDiscriminator;
pub use bgpsec_path::{BgpsecPath, SecurePathSegment, SignatureBlock, SignatureSegment};
pub use d_path::{DPath, DPathDomain};
pub use link_state::LinkStateAttribute;
pub use pmsi_tunnel::{MldpFec, PmsiTunnel, TunnelIdentifier};
pub use prefix_sid::{PrefixSid, SrgbRange};
pub use registry::{AttrSpec, REGISTRY, spec};
pub use srv6_service::{SidStructure, Srv6Service, Srv6Sid};
pub use tlv::{Tlv, Tlvs};
pub use tunnel_encapsulation::{Tunnel, TunnelEncapsulation};
pub use tunnel_sub_tlv::{EgressEndpoint, Encapsulation, SubTlv, SubTlvType};
pub use view::{Attrs, Origin};
pub use walk::RawAttr;

#[cfg(all(test, feature = "serde"))]
pub(crate) use samples::samples;
#[cfg(feature = "serde")]
pub(crate) use tunnel_text::label;
pub(crate) use typed_value::TypedValue;
pub(crate) use view::bit;
pub(crate) use walk::{attributes, first, one, walk};

use core::fmt;

/// The type code of a path attribute (RFC 4271 section 4.3 and the IANA registry).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AttrCode(pub u8);

impl AttrCode {
    /// RFC 4271 section 5.1.1.
    pub const ORIGIN: Self = Self(1);
    /// RFC 4271 section 5.1.2.
    pub const AS_PATH: Self = Self(2);
    /// RFC 4271 section 5.1.3.
    pub const NEXT_HOP: Self = Self(3);
    /// RFC 4271 section 5.1.4.
    pub const MULTI_EXIT_DISC: Self = Self(4);
    /// RFC 4271 section 5.1.5.
    pub const LOCAL_PREF: Self = Self(5);
    /// RFC 4271 section 5.1.6.
    pub const ATOMIC_AGGREGATE: Self = Self(6);
    /// RFC 4271 section 5.1.7.
    pub const AGGREGATOR: Self = Self(7);
    /// RFC 1997.
    pub const COMMUNITIES: Self = Self(8);
    /// RFC 4456.
    pub const ORIGINATOR_ID: Self = Self(9);
    /// RFC 4456.
    pub const CLUSTER_LIST: Self = Self(10);
    /// RFC 4760 section 3.
    pub const MP_REACH_NLRI: Self = Self(14);
    /// RFC 4760 section 4.
    pub const MP_UNREACH_NLRI: Self = Self(15);
    /// RFC 4360.
    pub const EXTENDED_COMMUNITIES: Self = Self(16);
    /// RFC 6793.
    pub const AS4_PATH: Self = Self(17);
    /// RFC 6793.
    pub const AS4_AGGREGATOR: Self = Self(18);
    /// RFC 6514.
    pub const PMSI_TUNNEL: Self = Self(22);
    /// RFC 9012.
    pub const TUNNEL_ENCAPSULATION: Self = Self(23);
    /// RFC 5701.
    pub const IPV6_EXTENDED_COMMUNITIES: Self = Self(25);
    /// RFC 7311.
    pub const AIGP: Self = Self(26);
    /// RFC 9552.
    pub const BGP_LS: Self = Self(29);
    /// RFC 8092.
    pub const LARGE_COMMUNITY: Self = Self(32);
    /// RFC 8205.
    pub const BGPSEC_PATH: Self = Self(33);
    /// RFC 9234.
    pub const ONLY_TO_CUSTOMER: Self = Self(35);
    /// draft-ietf-bess-evpn-ipvpn-interworking.
    pub const D_PATH: Self = Self(36);
    /// RFC 9026.
    pub const BFD_DISCRIMINATOR: Self = Self(38);
    /// RFC 8669.
    pub const PREFIX_SID: Self = Self(40);
    /// RFC 6368.
    pub const ATTR_SET: Self = Self(128);
}

impl fmt::Display for AttrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match spec(*self) {
            Some(row) => f.pad(row.name),
            None => write!(f, "attribute {}", self.0),
        }
    }
}

/// The flags octet of a path attribute (RFC 4271 section 4.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AttrFlags(pub u8);

impl AttrFlags {
    /// Well-known; these are always transitive.
    pub const WELL_KNOWN: Self = Self(0x40);
    /// Optional and non-transitive.
    pub const OPTIONAL: Self = Self(0x80);
    /// Optional and transitive.
    pub const OPTIONAL_TRANSITIVE: Self = Self(0xc0);
    /// Somebody on the way did not know the attribute.
    pub const PARTIAL: Self = Self(0x20);
    /// The length has two octets.
    pub const EXTENDED_LENGTH: Self = Self(0x10);

    /// The optional and transitive bits alone.
    #[must_use]
    pub const fn class(self) -> Self {
        Self(self.0 & 0xc0)
    }

    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
