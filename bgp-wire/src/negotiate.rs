//! What two OPENs come to: all that the bytes of later messages depend on.

use crate::capability::{AddPath, Bgpsec, Capabilities, Capability};
use crate::family::{AfiSafi, Family, FamilySet};
use crate::frame::{MAX_EXTENDED_MESSAGE, MAX_MESSAGE};
use crate::nlri::LabelStacks;
use crate::notification::NotificationCode;
use crate::open::Open;
use crate::outcome::{Fault, Reset, ResetData};
use core::fmt;

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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum PeerKind {
    /// Of another autonomous system (eBGP).
    External,
    /// Of the same autonomous system (iBGP).
    Internal,
}

/// All that the bytes of a message depend on, fixed when both OPENs are known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
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
    /// The label stacks that arrive (RFC 8277 section 2.1).
    pub labels_rx: LabelStacks,
    /// The label stacks that leave.
    pub labels_tx: LabelStacks,
    /// The longest message, in octets.
    pub max_message: u16,
    /// Whether ROUTE-REFRESH may be sent (RFC 2918).
    pub route_refresh: bool,
    /// IPv4 families whose routes may have an IPv6 next hop (RFC 8950).
    pub extended_next_hop: FamilySet,
    /// What becomes of a path with an AS_SET. No OPEN tells it; it is the receiver's own choice.
    pub as_sets: AsSets,
    /// Whether AIGP is sent and received (RFC 7311 section 3.3): a matter of configuration, by default on an
    /// internal session alone.
    pub aigp: bool,
    /// Whether the peer may send BGPSEC_PATH instead of AS_PATH (RFC 8205 section 2.2).
    pub bgpsec: bool,
}

/// What becomes of a path that holds an AS_SET or an AS_CONFED_SET.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum AsSets {
    /// It is a path like others (RFC 4271).
    #[default]
    Accepted,
    /// It is malformed (RFC 9774): treat-as-withdraw.
    Refused,
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
            labels_rx: LabelStacks::ONE,
            labels_tx: LabelStacks::ONE,
            max_message: MAX_MESSAGE,
            route_refresh: true,
            extended_next_hop: FamilySet::EMPTY,
            as_sets: AsSets::Accepted,
            aigp: matches!(peer, PeerKind::Internal),
            bgpsec: false,
        }
    }

    /// For messages of a session whose OPENs were not seen: every family, any next hop, labels as they come, the longest
    /// messages.
    pub const fn unseen(peer: PeerKind) -> Self {
        Self {
            families: FamilySet::EVERY,
            labels_rx: LabelStacks::AS_THEY_COME,
            labels_tx: LabelStacks::AS_THEY_COME,
            max_message: MAX_EXTENDED_MESSAGE,
            extended_next_hop: FamilySet::EVERY,
            aigp: true,
            bgpsec: true,
            ..Self::new(peer)
        }
    }
}

/// What both OPENs allow. Having no family in common ends the session (RFC 4760 section 8, RFC 5492).
pub fn negotiate(ours: &Open<'_>, theirs: &Open<'_>) -> Result<Negotiated, Reset> {
    let families: FamilySet =
        Family::named().filter(|f| ours.offers(f.afi_safi()) && theirs.offers(f.afi_safi())).collect();
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
    let extended = both(|c| matches!(c, Capability::ExtendedMessage));
    let peer = if ours.asn == theirs.asn { PeerKind::Internal } else { PeerKind::External };
    Ok(Negotiated {
        peer,
        asn_width: if four { AsnWidth::Four } else { AsnWidth::Two },
        families,
        add_path_rx: several_paths(families, theirs, ours),
        add_path_tx: several_paths(families, ours, theirs),
        labels_rx: LabelStacks::agreed(families, theirs, ours),
        labels_tx: LabelStacks::agreed(families, ours, theirs),
        max_message: if extended { MAX_EXTENDED_MESSAGE } else { MAX_MESSAGE },
        route_refresh: both(|c| matches!(c, Capability::RouteRefresh)),
        extended_next_hop: families
            .iter()
            .filter(|f| ipv6_next_hop(ours, f.afi_safi()) && ipv6_next_hop(theirs, f.afi_safi()))
            .collect(),
        as_sets: AsSets::default(),
        aigp: peer == PeerKind::Internal,
        bgpsec: families.iter().any(|f| signed_paths(theirs, ours, f.afi_safi().afi)),
    })
}

/// Whether one side can send BGPSEC_PATH of an AFI and the other receive it (RFC 8205 section 2.2).
fn signed_paths(from: &Open<'_>, to: &Open<'_>, afi: u16) -> bool {
    let can = |open: &Open<'_>, send| {
        let wanted = Bgpsec { version: 0, send, afi };
        open.capabilities.iter().any(|c| matches!(c, Capability::Bgpsec(b) if b == wanted))
    };
    can(from, true) && can(to, false)
}

/// Those of `families` in which one side can send several paths and the other receive them (RFC 7911).
fn several_paths(families: FamilySet, from: &Open<'_>, to: &Open<'_>) -> FamilySet {
    let can = |open: &Open<'_>, family: AfiSafi, way: fn(&AddPath) -> bool| {
        // Of a family that is there twice the first tuple counts.
        add_path(open, family).is_some_and(|tuple| way(&tuple))
    };
    families
        .iter()
        .filter(|f| can(from, f.afi_safi(), |t| t.send) && can(to, f.afi_safi(), |t| t.receive))
        .collect()
}

/// What an OPEN says of several paths in one family.
fn add_path(open: &Open<'_>, family: AfiSafi) -> Option<AddPath> {
    open.capabilities.iter().find_map(|capability| match capability {
        Capability::AddPath(families) => families.iter().find(|tuple| tuple.family == family),
        _ => None,
    })
}

/// Whether an OPEN allows an IPv6 next hop in a family of IPv4 (RFC 8950 section 4).
fn ipv6_next_hop(open: &Open<'_>, family: AfiSafi) -> bool {
    open.capabilities.iter().any(|capability| match capability {
        Capability::ExtendedNextHop(encodings) => encodings
            .iter()
            .any(|e| e.afi == family.afi && e.safi == u16::from(family.safi) && e.next_hop_afi == 2),
        _ => false,
    })
}

/// Why the routes of a family are exchanged on a session, or are not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum FamilyOutcome {
    /// Both sides offered it.
    Negotiated,
    /// The peer offered it; we did not.
    NotOfferedByUs,
    /// We offered it; the peer did not.
    NotOfferedByPeer,
    /// Both sides offered it, and it is none of the families this library carries.
    NotCarried,
}

impl fmt::Display for FamilyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Negotiated => "negotiated",
            Self::NotOfferedByUs => "not offered by us",
            Self::NotOfferedByPeer => "not offered by the peer",
            Self::NotCarried => "not carried",
        })
    }
}

/// What came of each family that either OPEN names, ours first, each once; [`negotiate`] agrees with it.
///
/// An OPEN that names no family offers IPv4 unicast (RFC 4760 section 8).
///
/// ```
/// use bgp_wire::{Asn, Capabilities, Capability, Family, FamilyOutcome, Open, family_outcomes};
///
/// let open = |capabilities: Capabilities<'static>| Open {
///     asn: Asn(64500),
///     hold_time: 90,
///     router_id: [192, 0, 2, 1].into(),
///     capabilities,
/// };
/// let v6 = Family::Ipv6Unicast.afi_safi();
/// let ours = open([Capability::Multiprotocol(v6)].into_iter().collect());
/// let theirs = open(Capabilities::default());
/// let outcomes: Vec<_> = family_outcomes(&ours, &theirs).collect();
/// assert_eq!(outcomes[0], (v6, FamilyOutcome::NotOfferedByPeer));
/// assert_eq!(outcomes[1], (Family::Ipv4Unicast.afi_safi(), FamilyOutcome::NotOfferedByUs));
/// ```
pub fn family_outcomes(ours: &Open<'_>, theirs: &Open<'_>) -> impl Iterator<Item = (AfiSafi, FamilyOutcome)> {
    let theirs_alone = once_each(theirs).filter(move |family| !ours.offers(*family));
    let theirs_alone = theirs_alone.map(|family| (family, FamilyOutcome::NotOfferedByUs));
    let ours = once_each(ours).map(move |family| match (theirs.offers(family), Family::from(family)) {
        (false, _) => (family, FamilyOutcome::NotOfferedByPeer),
        (true, Family::Other { .. }) => (family, FamilyOutcome::NotCarried),
        (true, _) => (family, FamilyOutcome::Negotiated),
    });
    ours.chain(theirs_alone)
}

/// The families an OPEN offers; one that is named twice comes where it stands first.
fn once_each(open: &Open<'_>) -> impl Iterator<Item = AfiSafi> {
    open.families()
        .enumerate()
        .filter(move |(i, f)| !open.families().take(*i).any(|g| g == *f))
        .map(|(_, f)| f)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn::Asn;
    use alloc::vec::Vec;
    use core::net::Ipv4Addr;

    const V4: Capability<'static> = Capability::Multiprotocol(AfiSafi { afi: 1, safi: 1 });
    const V6: Capability<'static> = Capability::Multiprotocol(AfiSafi { afi: 2, safi: 1 });
    const OTHER: Capability<'static> = Capability::Multiprotocol(AfiSafi { afi: 25, safi: 134 });

    fn open(asn: u32, capabilities: &[Capability<'static>]) -> Open<'static> {
        Open {
            asn: Asn(asn),
            hold_time: 90,
            router_id: Ipv4Addr::new(192, 0, 2, 1),
            capabilities: capabilities.iter().copied().collect(),
        }
    }

    /// (ours, theirs, whether they may sign paths to us)
    #[test]
    fn signed_paths_take_a_sender_and_a_receiver_of_one_version() {
        let of = |version, send, afi| Capability::Bgpsec(Bgpsec { version, send, afi });
        for (ours, theirs, want) in [
            (of(0, false, 1), of(0, true, 1), true),
            (of(0, true, 1), of(0, false, 1), false),
            (of(0, false, 1), of(0, true, 2), false),
            (of(1, false, 1), of(1, true, 1), false),
            (of(0, false, 2), of(0, true, 2), false),
            (V4, of(0, true, 1), false),
        ] {
            let got = negotiate(&open(64500, &[V4, ours]), &open(64501, &[V4, theirs])).unwrap();
            assert_eq!((got.bgpsec, got.aigp), (want, false), "{ours:?} {theirs:?}");
        }
        assert!(negotiate(&open(64500, &[]), &open(64500, &[])).unwrap().aigp);
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
            (&[V4, V6], &[V6, OTHER], Some(v6)),
            (&[V6], &[], None),
            (&[V4], &[V6], None),
            (&[OTHER], &[OTHER], None),
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

    /// Neither ROUTE-REFRESH nor four octets, but several paths of these families.
    fn several(tuples: &[(Family, bool, bool)]) -> Open<'static> {
        let tuples: Vec<AddPath> = tuples
            .iter()
            .map(|(family, receive, send)| AddPath {
                family: family.afi_safi(),
                receive: *receive,
                send: *send,
            })
            .collect();
        let capabilities = [V4, V6, Capability::AddPath(tuples.as_slice().into())];
        Open { capabilities: capabilities.into_iter().collect(), ..open(64500, &[]) }
    }

    /// (ours, theirs, families received with path identifiers, families sent with them)
    #[test]
    fn several_paths_need_one_to_send_and_one_to_receive() {
        use Family::{Ipv4Unicast as V4, Ipv6Unicast as V6};
        let cases: &[(&[(Family, bool, bool)], &[(Family, bool, bool)], &[Family], &[Family])] = &[
            (&[], &[], &[], &[]),
            (&[(V4, true, true)], &[], &[], &[]),
            (&[(V4, true, true)], &[(V4, true, true)], &[V4], &[V4]),
            (&[(V4, true, false)], &[(V4, true, true)], &[V4], &[]),
            (&[(V4, false, true)], &[(V4, true, true)], &[], &[V4]),
            (&[(V4, true, false)], &[(V4, true, false)], &[], &[]),
            (&[(V4, true, false)], &[(V6, false, true)], &[], &[]),
            (&[(V4, true, false), (V6, false, true)], &[(V6, true, true), (V4, true, true)], &[V4], &[V6]),
            (&[(V4, true, false), (V4, false, true)], &[(V4, true, true)], &[V4], &[]),
        ];
        for (ours, theirs, rx, tx) in cases {
            let n = negotiate(&several(ours), &several(theirs)).unwrap();
            let want: (FamilySet, FamilySet) = (rx.iter().copied().collect(), tx.iter().copied().collect());
            assert_eq!((n.add_path_rx, n.add_path_tx), want, "{ours:?} {theirs:?}");
        }
        // A family that is not exchanged has no paths to tell apart.
        let v4_only = open(64500, &[Capability::Multiprotocol(AfiSafi { afi: 1, safi: 1 })]);
        let both = several(&[(V6, true, true)]);
        let theirs = Open {
            capabilities: v4_only.capabilities.iter().chain(both.capabilities.iter().skip(2)).collect(),
            ..both.clone()
        };
        let n = negotiate(&both, &theirs).unwrap();
        assert_eq!((n.add_path_rx, n.add_path_tx), (FamilySet::EMPTY, FamilySet::EMPTY));
    }

    #[test]
    fn longer_messages_need_both_sides() {
        let long = open(64500, &[Capability::ExtendedMessage]);
        let short = open(64501, &[]);
        for (ours, theirs, want) in
            [(&long, &long, 65535), (&long, &short, 4096), (&short, &long, 4096), (&short, &short, 4096)]
        {
            assert_eq!(negotiate(ours, theirs).unwrap().max_message, want);
        }
    }

    /// A speaker that offers only what it must gets the same session whatever its peer offers besides.
    #[test]
    fn what_we_do_not_offer_changes_nothing() {
        let plain = [V4, V6, Capability::RouteRefresh, Capability::FourOctetAsn(Asn(64500))];
        let ours = open(64500, &plain);
        let all = [(Family::Ipv4Unicast, true, true), (Family::Ipv6Unicast, true, true)];
        let more = several(&all);
        let more = plain.iter().copied().chain(more.capabilities.iter()).chain([
            Capability::ExtendedMessage,
            Capability::EnhancedRouteRefresh,
            Capability::Role(crate::Role::Peer),
        ]);
        let theirs = Open { capabilities: more.collect(), ..ours.clone() };
        assert_eq!(negotiate(&ours, &theirs), negotiate(&ours, &ours));
        assert_eq!(negotiate(&ours, &theirs).unwrap().max_message, MAX_MESSAGE);
    }

    /// (ours, theirs, every family with its outcome)
    #[test]
    fn every_family_has_an_outcome() {
        use FamilyOutcome::{Negotiated, NotCarried, NotOfferedByPeer, NotOfferedByUs};
        let of = |c: &Capability<'static>| match c {
            Capability::Multiprotocol(family) => *family,
            other => panic!("{other}"),
        };
        let cases: &[(
            &[Capability<'static>],
            &[Capability<'static>],
            &[(Capability<'static>, FamilyOutcome)],
        )] = &[
            (&[], &[], &[(V4, Negotiated)]),
            (&[V4, V4], &[V4, V4], &[(V4, Negotiated)]),
            (&[V4, V6], &[], &[(V4, Negotiated), (V6, NotOfferedByPeer)]),
            (&[V6], &[], &[(V6, NotOfferedByPeer), (V4, NotOfferedByUs)]),
            (&[V4], &[OTHER, V4, OTHER], &[(V4, Negotiated), (OTHER, NotOfferedByUs)]),
            (&[OTHER], &[OTHER], &[(OTHER, NotCarried)]),
        ];
        for (ours, theirs, want) in cases {
            let (ours, theirs) = (open(64500, ours), open(64501, theirs));
            let got: Vec<_> = family_outcomes(&ours, &theirs).collect();
            let want: Vec<_> = want.iter().map(|(family, outcome)| (of(family), *outcome)).collect();
            assert_eq!(got, want);
            let agreed = got.iter().filter(|(_, outcome)| *outcome == Negotiated);
            let agreed: FamilySet = agreed.map(|(family, _)| Family::from(*family)).collect();
            assert_eq!(negotiate(&ours, &theirs).map_or(FamilySet::EMPTY, |n| n.families), agreed);
        }
    }
}
