//! The sessions that messages are decoded on.

use bgp_wire::{AsnWidth, Family, FamilySet, Negotiated, PeerKind};

/// The session that the bits of `octet` stand for. The lowest three are the eight contexts that a decoder tells
/// apart: external or internal, ASNs of four octets or two, without path identifiers or with them.
pub(crate) fn session(octet: u8) -> Negotiated {
    let bit = |n: u8| octet & 1 << n != 0;
    let families = families(bit(4), bit(5));
    let add_path = if bit(2) { families } else { FamilySet::EMPTY };
    Negotiated {
        asn_width: if bit(1) { AsnWidth::Two } else { AsnWidth::Four },
        families,
        add_path_rx: add_path,
        add_path_tx: add_path,
        max_message: if bit(3) { u16::MAX } else { 4096 },
        ..Negotiated::new(if bit(0) { PeerKind::Internal } else { PeerKind::External })
    }
}

/// The octets of the eight contexts, with all families and messages of the usual length.
pub(crate) const CONTEXTS: std::ops::Range<u8> = 0..8;

/// All families but IPv4 unicast, or but IPv6 unicast.
fn families(no_ipv4: bool, no_ipv6: bool) -> FamilySet {
    let gone = |family: &Family| match family {
        Family::Ipv4Unicast => no_ipv4,
        Family::Ipv6Unicast => no_ipv6,
    };
    Family::ALL.into_iter().filter(|family| !gone(family)).collect()
}
