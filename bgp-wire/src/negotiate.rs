//! What two OPENs come to: all that the bytes of later messages depend on.

use crate::capability::{Capabilities, Capability};
use crate::family::{Family, FamilySet};
use crate::frame::MAX_MESSAGE;
use crate::notification::NotificationCode;
use crate::open::Open;
use crate::outcome::{Fault, Reset, ResetData};

/// Octets of an ASN in AS_PATH and AGGREGATOR (RFC 6793).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AsnWidth {
    /// Towards a speaker without the four-octet capability.
    Two,
    /// The usual.
    Four,
}

impl AsnWidth {
    /// The number of octets.
    pub const fn octets(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }
}

/// Which rules hold on a session: some attributes are for one kind of peer only (RFC 7606 section 7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PeerKind {
    /// Of another autonomous system (eBGP).
    External,
    /// Of the same autonomous system (iBGP).
    Internal,
}

/// All that the bytes of a message depend on, fixed when both OPENs are known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Negotiated {
    /// External or internal.
    pub peer: PeerKind,
    /// Octets of an ASN.
    pub asn_width: AsnWidth,
    /// Families whose routes are exchanged.
    pub families: FamilySet,
    /// Families whose NLRI arrive with a path identifier (RFC 7911).
    pub add_path_rx: FamilySet,
    /// Families whose NLRI leave with a path identifier.
    pub add_path_tx: FamilySet,
    /// The longest message, in octets.
    pub max_message: u16,
    /// Whether ROUTE-REFRESH may be sent (RFC 2918).
    pub route_refresh: bool,
}

impl Negotiated {
    /// What two speakers of today agree on without further ado: IPv4 unicast, ASNs of four octets.
    pub const fn new(peer: PeerKind) -> Self {
        Self {
            peer,
            asn_width: AsnWidth::Four,
            families: FamilySet::EMPTY.with(Family::Ipv4Unicast),
            add_path_rx: FamilySet::EMPTY,
            add_path_tx: FamilySet::EMPTY,
            max_message: MAX_MESSAGE,
            route_refresh: true,
        }
    }
}

/// What both OPENs allow. Having no family in common ends the session (RFC 4760 section 8, RFC 5492).
pub fn negotiate(ours: &Open<'_>, theirs: &Open<'_>) -> Result<Negotiated, Reset> {
    let families: FamilySet = Family::ALL
        .into_iter()
        .filter(|f| ours.offers(f.afi_safi()) && theirs.offers(f.afi_safi()))
        .collect();
    if families.is_empty() {
        // RFC 5492 section 5: the data list the capabilities that the peer should have had.
        let wanted = ours.capabilities.iter().filter(|c| matches!(c, Capability::Multiprotocol(_)));
        let wanted = wanted.collect::<Capabilities<'_>>();
        let reset = Reset::new(NotificationCode::UNSUPPORTED_CAPABILITY, Fault::NoCommonFamily);
        return Err(reset.with(ResetData::leading(wanted.as_bytes())));
    }
    let both = |want: fn(&Capability<'_>) -> bool| {
        ours.capabilities.iter().any(|c| want(&c)) && theirs.capabilities.iter().any(|c| want(&c))
    };
    let four = both(|c| matches!(c, Capability::FourOctetAsn(_)));
    Ok(Negotiated {
        peer: if ours.asn == theirs.asn { PeerKind::Internal } else { PeerKind::External },
        asn_width: if four { AsnWidth::Four } else { AsnWidth::Two },
        families,
        add_path_rx: FamilySet::EMPTY,
        add_path_tx: FamilySet::EMPTY,
        max_message: MAX_MESSAGE,
        route_refresh: both(|c| matches!(c, Capability::RouteRefresh)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn::Asn;
    use crate::family::AfiSafi;
    use core::net::Ipv4Addr;

    const V4: Capability<'static> = Capability::Multiprotocol(AfiSafi { afi: 1, safi: 1 });
    const V6: Capability<'static> = Capability::Multiprotocol(AfiSafi { afi: 2, safi: 1 });
    const EVPN: Capability<'static> = Capability::Multiprotocol(AfiSafi { afi: 25, safi: 70 });

    fn open(asn: u32, capabilities: &[Capability<'static>]) -> Open<'static> {
        Open {
            asn: Asn(asn),
            hold_time: 90,
            router_id: Ipv4Addr::new(192, 0, 2, 1),
            capabilities: capabilities.iter().copied().collect(),
        }
    }

    /// (ours, theirs, families in common)
    #[test]
    fn families_in_common() {
        let v4 = FamilySet::EMPTY.with(Family::Ipv4Unicast);
        let v6 = FamilySet::EMPTY.with(Family::Ipv6Unicast);
        let cases: &[(&[Capability<'_>], &[Capability<'_>], Option<FamilySet>)] = &[
            (&[], &[], Some(v4)),
            (&[V4], &[], Some(v4)),
            (&[V4, V6], &[V6, V4], Some(v4.with(Family::Ipv6Unicast))),
            (&[V4, V6], &[V6, EVPN], Some(v6)),
            (&[V6], &[], None),
            (&[V4], &[V6], None),
            (&[EVPN], &[EVPN], None),
        ];
        for (ours, theirs, want) in cases {
            let got = negotiate(&open(64500, ours), &open(64501, theirs));
            assert_eq!(got.ok().map(|n| n.families), *want, "{ours:?} {theirs:?}");
        }
        let none = negotiate(&open(64500, &[V6]), &open(64501, &[])).unwrap_err();
        assert_eq!(none.code, NotificationCode::UNSUPPORTED_CAPABILITY);
        assert_eq!(none.data.as_slice(), [1, 4, 0, 2, 0, 1]);
    }

    #[test]
    fn width_kind_and_refresh_need_both_sides() {
        let full = [Capability::FourOctetAsn(Asn(64500)), Capability::RouteRefresh];
        let n = negotiate(&open(64500, &full), &open(64500, &full)).unwrap();
        assert_eq!((n.peer, n.asn_width, n.route_refresh), (PeerKind::Internal, AsnWidth::Four, true));
        let n = negotiate(&open(64500, &full), &open(64501, &[])).unwrap();
        assert_eq!((n.peer, n.asn_width, n.route_refresh), (PeerKind::External, AsnWidth::Two, false));
    }
}
