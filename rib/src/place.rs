//! Where a net stands in the table of its family.

use bgp_wire::Family;

/// The place of a net in a [`Rib`](crate::Rib): a small number, from 0 on without great gaps, that stays the net's
/// until the net is gone.
///
/// An [`UpdateGroup`](crate::UpdateGroup) notes what it sent by place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// In the table of IPv4 unicast.
    V4(u32),
    /// In the table of IPv6 unicast.
    V6(u32),
}

impl Place {
    /// The family of the net.
    pub const fn family(self) -> Family {
        match self {
            Self::V4(_) => Family::Ipv4Unicast,
            Self::V6(_) => Family::Ipv6Unicast,
        }
    }
}
