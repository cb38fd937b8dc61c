//! The sessions that messages are decoded on.

use bgp_wire::{
    AsSets, AsnWidth, Family, FamilySet, MAX_EXTENDED_MESSAGE, MAX_MESSAGE, Negotiated, PeerKind,
};

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
        max_message: if bit(3) { MAX_EXTENDED_MESSAGE } else { MAX_MESSAGE },
        extended_next_hop: if bit(6) { families } else { FamilySet::EMPTY },
        as_sets: if bit(7) { AsSets::Refused } else { AsSets::Accepted },
        ..Negotiated::new(if bit(0) { PeerKind::Internal } else { PeerKind::External })
    }
}

/// The octets of the eight contexts, with all families and messages of the usual length.
pub(crate) const CONTEXTS: std::ops::Range<u8> = 0..8;

/// Every family, or the unicast ones alone; without IPv4 unicast or with it.
fn families(no_ipv4: bool, unicast: bool) -> FamilySet {
    match (no_ipv4, unicast) {
        (false, false) => FamilySet::EVERY,
        (true, false) => Family::named().filter(|family| *family != Family::Ipv4Unicast).collect(),
        (false, true) => Family::UNICAST.into_iter().collect(),
        (true, true) => FamilySet::EMPTY.with(Family::Ipv6Unicast),
    }
}
