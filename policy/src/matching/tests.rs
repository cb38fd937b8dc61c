use super::*;
use bgp_wire::{AsPathBuf, Asn, AttributeSet, NextHop};

fn attrs() -> AttributeSet {
    let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    attrs.as_path = [64500, 64501, 64501].into_iter().map(Asn).collect();
    attrs.communities = vec!["8075:8007".parse().unwrap()];
    attrs.large_communities = vec!["64500:1:2".parse().unwrap()];
    attrs.extended_communities = vec!["rt:64500:1".parse().unwrap()];
    attrs.med = Some(7);
    attrs
}

fn asns(range: &str) -> Named<AsnSet> {
    [range.parse::<crate::AsnRange>().unwrap()].into_iter().collect()
}

fn path_length(range: &str) -> Match {
    Match::PathLength(range.parse().unwrap())
}

/// (condition, whether it holds for the route above to 203.0.113.0/24).
#[test]
fn conditions() {
    let prefix: crate::PrefixRange = "203.0.113.0/24".parse().unwrap();
    let community = |p: &str| Match::Community([p.parse().unwrap()].into());
    let large = |p: &str| Match::LargeCommunity([p.parse().unwrap()].into());
    let extended = |p: &str| Match::ExtendedCommunity([p.parse().unwrap()].into());
    let next_hop = |net: &str| Match::NextHop([net.parse().unwrap()].into());
    let attrs = attrs();
    let route = RouteView::new("203.0.113.0/24".parse().unwrap(), &attrs, Asn(64500));
    let route = RouteView {
        peer: Some("edge"),
        peer_group: Some("carriers"),
        peer_role: Some(Role::Customer),
        rpki: ValidationState::Valid,
        aspa: PathValidationState::Unknown,
        ..route
    };
    for (condition, want) in [
        (Match::Prefix([prefix].into_iter().collect()), true),
        (Match::Prefix(PrefixSet::default().into()), false),
        (Match::Family(Family::Ipv4Unicast), true),
        (Match::Family(Family::Ipv6Unicast), false),
        (Match::NeighborAsn(asns("64500")), true),
        (Match::NeighborAsn(asns("64501")), false),
        (Match::OriginAsn(asns("64501")), true),
        (Match::OriginAsn(asns("64500")), false),
        (Match::AsnInPath(asns("64500-64500")), true),
        (Match::AsnInPath(asns("1-64499")), false),
        (Match::AsPath("_64501$".parse().unwrap()), true),
        (Match::AsPath("[= 64501 * =]".parse().unwrap()), false),
        (path_length("at most 3"), true),
        (path_length("at most 2"), false),
        (path_length("at least 3"), true),
        (path_length("at least 4"), false),
        (Match::PrivateAsn, false),
        (Match::Prepended, true),
        (Match::AsSet, false),
        (community("8075:*"), true),
        (community("8075:8006"), false),
        (large("64500:1:*"), true),
        (large("64501:1:*"), false),
        (extended("rt:64500:*"), true),
        (extended("ro:64500:*"), false),
        (next_hop("192.0.2.0/30"), true),
        (next_hop("2001:db8::/32"), false),
        (Match::Med(7.into()), true),
        (Match::Med(0.into()), false),
        (Match::LocalPref(100.into()), false),
        (Match::Origin(Origin::Igp), true),
        (Match::Origin(Origin::Incomplete), false),
        (Match::Med("5-10".parse().unwrap()), true),
        (Match::Med("at least 8".parse().unwrap()), false),
        (Match::Med(NumberRange::ANY), true),
        (Match::LocalPref(NumberRange::ANY), false),
        (Match::Peer("edge".into()), true),
        (Match::Peer("other".into()), false),
        (Match::PeerGroup("carriers".into()), true),
        (Match::PeerGroup("edge".into()), false),
        (Match::PeerRole(Role::Customer), true),
        (Match::PeerRole(Role::Provider), false),
        (Match::Rpki(ValidationState::Valid), true),
        (Match::Rpki(ValidationState::NotChecked), false),
        (Match::Irr(ValidationState::NotChecked), true),
        (Match::Irr(ValidationState::Invalid), false),
        (Match::Aspa(PathValidationState::Unknown), true),
        (Match::Aspa(PathValidationState::Invalid), false),
        (Match::All([].into()), true),
        (Match::Any([].into()), false),
        (Match::All([Match::Med(7.into()), Match::AsSet].into()), false),
        (Match::All([Match::Med(7.into()), Match::Prepended].into()), true),
        (Match::Any([Match::Med(7.into()), Match::AsSet].into()), true),
        (Match::Any([Match::Med(8.into()), Match::AsSet].into()), false),
        (Match::Not(Box::new(Match::Med(7.into()))), false),
        (Match::Not(Box::new(Match::Not(Box::new(Match::Med(7.into()))))), true),
    ] {
        assert_eq!(condition.holds(&route), want, "{condition}");
    }
}

/// (segments, private ASN, prepended, set, has origin ASN 64501).
#[test]
fn paths_of_every_shape() {
    use SegmentKind::{ConfedSequence, ConfedSet, Sequence, Set};
    let cases: &[(&[(SegmentKind, &[u32])], [bool; 4])] = &[
        (&[], [false, false, false, false]),
        (&[(Sequence, &[64500, 64501])], [false, false, false, true]),
        (&[(Sequence, &[64511])], [false, false, false, false]),
        (&[(Sequence, &[64512])], [true, false, false, false]),
        (&[(Sequence, &[65534])], [true, false, false, false]),
        (&[(Sequence, &[65535])], [false, false, false, false]),
        (&[(Sequence, &[4_200_000_000])], [true, false, false, false]),
        (&[(Sequence, &[4_294_967_294])], [true, false, false, false]),
        (&[(Sequence, &[4_294_967_295])], [false, false, false, false]),
        (&[(Sequence, &[64500, 64501, 64500])], [false, false, false, false]),
        (&[(Sequence, &[64500]), (Sequence, &[64500, 64501])], [false, true, false, true]),
        (&[(Sequence, &[64500]), (Set, &[64501])], [false, false, true, false]),
        (&[(ConfedSet, &[64496]), (Sequence, &[64501])], [false, false, true, true]),
        (&[(ConfedSequence, &[64512]), (Sequence, &[64501])], [true, false, false, true]),
    ];
    for (segments, want) in cases {
        let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        let mut path = AsPathBuf::default();
        segments.iter().for_each(|(kind, asns)| path.push(*kind, asns.iter().copied().map(Asn)));
        attrs.as_path = path;
        let route = RouteView::new("203.0.113.0/24".parse().unwrap(), &attrs, Asn(64500));
        let conditions = [Match::PrivateAsn, Match::Prepended, Match::AsSet, Match::OriginAsn(asns("64501"))];
        assert_eq!(conditions.map(|c| c.holds(&route)), *want, "{segments:?}");
    }
}

/// (condition, its text, what of the route above it is judged by).
#[test]
fn conditions_and_their_evidence_in_words() {
    let attrs = attrs();
    let route = RouteView::new("203.0.113.0/24".parse().unwrap(), &attrs, Asn(64500));
    let med = |range: &str| Match::Med(range.parse().unwrap());
    let not = |condition| Match::Not(Box::new(condition));
    for (condition, text, evidence) in [
        (
            Match::Prefix(Named::new("ours", PrefixSet::default())),
            "prefix in ours",
            "prefix is 203.0.113.0/24",
        ),
        (Match::NeighborAsn(asns("1-2")), "neighbor-asn 1-2", "neighbor-asn is 64500"),
        (Match::AsPath("^1_".parse().unwrap()), "as-path matches \"^1_\"", "as-path is 64500 64501 64501"),
        (Match::OriginAsn(asns("7")), "origin-asn 7", "as-path is 64500 64501 64501"),
        (path_length("at most 2"), "as-path length at most 2", "as-path length is 3"),
        (Match::Peer("edge".into()), "peer \"edge\"", "peer is unknown"),
        (Match::Aspa(PathValidationState::Invalid), "aspa invalid", "aspa is not-checked"),
        (Match::Community([].into()), "community in {}", "community is 8075:8007"),
        (med("1-5"), "med 1-5", "med is 7"),
        (Match::LocalPref(1.into()), "local-pref 1", "local-pref is absent"),
        (not(Match::AsSet), "not as-path has as-set", "as-path is 64500 64501 64501"),
        (not(Match::Any([Match::AsSet].into())), "not (as-path has as-set)", "as-path is 64500 64501 64501"),
        (Match::Any([].into()), "never", ""),
        (Match::All([].into()), "always", ""),
        (
            Match::Any([Match::All([med("1"), Match::Prepended].into()), med("2")].into()),
            "(med 1 and as-path has prepending) or med 2",
            "med is 7, as-path is 64500 64501 64501, med is 7",
        ),
    ] {
        assert_eq!(condition.to_string(), text);
        assert_eq!(condition.evidence(&route).to_string(), evidence, "{text}");
    }
}
