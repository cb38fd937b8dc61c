//! Origin validation by tables, and against a scan over all VRPs.

use super::*;
use proptest::prelude::*;

/// VRPs of texts such as `198.51.100.0/24 25 64500`: prefix, longest length, AS.
pub(in crate::rpki) fn set(vrps: &[&str]) -> VrpSet {
    vrps.iter().map(|text| vrp(text)).collect()
}

fn vrp(text: &str) -> Vrp {
    let mut words = text.split(' ');
    let [prefix, length, asn] = std::array::from_fn(|_| words.next().unwrap());
    Vrp::new(prefix.parse().unwrap(), length.parse().unwrap(), asn.parse().unwrap()).unwrap()
}

/// (VRPs, prefix, origin, state, how each VRP that covers it goes with it).
#[test]
fn rfc_6811() {
    use OriginState::{Invalid, NotFound, Valid};
    use VrpFit::{Matches, OtherOrigin, TooLong};
    let one = &["198.51.100.0/24 24 64500"][..];
    let long = &["198.51.100.0/24 26 64500"][..];
    let several = &["198.51.0.0/16 24 64500", "198.51.100.0/24 24 64501", "198.51.100.0/24 28 64502"][..];
    let nobody = &["198.51.100.0/24 32 0"][..];
    let someone = &["198.51.100.0/24 24 0", "198.51.100.0/24 24 64500"][..];
    for (vrps, prefix, origin, state, fits) in [
        (&[][..], "198.51.100.0/24", Some(64500), NotFound, &[][..]),
        (one, "198.51.100.0/24", Some(64500), Valid, &[Matches]),
        (one, "198.51.100.0/24", Some(64501), Invalid, &[OtherOrigin]),
        (one, "198.51.100.0/24", None, Invalid, &[OtherOrigin]),
        (one, "198.51.100.0/25", Some(64500), Invalid, &[TooLong]),
        (one, "198.51.100.0/25", Some(64501), Invalid, &[OtherOrigin]),
        (one, "198.51.100.0/23", Some(64500), NotFound, &[]),
        (one, "198.51.101.0/24", Some(64500), NotFound, &[]),
        (one, "203.0.113.0/24", None, NotFound, &[]),
        (one, "2001:db8::/32", Some(64500), NotFound, &[]),
        (long, "198.51.100.64/26", Some(64500), Valid, &[Matches]),
        (long, "198.51.100.64/27", Some(64500), Invalid, &[TooLong]),
        (several, "198.51.100.0/24", Some(64500), Valid, &[OtherOrigin, OtherOrigin, Matches]),
        (several, "198.51.100.0/24", Some(64501), Valid, &[Matches, OtherOrigin, OtherOrigin]),
        (several, "198.51.100.0/28", Some(64501), Invalid, &[TooLong, OtherOrigin, OtherOrigin]),
        (several, "198.51.100.0/28", Some(64502), Valid, &[OtherOrigin, Matches, OtherOrigin]),
        (several, "198.51.7.0/24", Some(64500), Valid, &[Matches]),
        (several, "198.51.7.0/24", Some(64502), Invalid, &[OtherOrigin]),
        (nobody, "198.51.100.0/24", Some(64500), Invalid, &[OtherOrigin]),
        (nobody, "198.51.100.0/24", Some(0), Invalid, &[OtherOrigin]),
        (someone, "198.51.100.0/24", Some(64500), Valid, &[OtherOrigin, Matches]),
        (&["0.0.0.0/0 32 64500"], "198.51.100.1/32", Some(64500), Valid, &[Matches]),
        (&["0.0.0.0/0 32 64500"], "::/0", Some(64500), NotFound, &[]),
        (&["2001:db8::/32 48 64500"], "2001:db8:1::/48", Some(64500), Valid, &[Matches]),
        (&["2001:db8::/32 48 64500"], "2001:db8:1::/49", Some(64500), Invalid, &[TooLong]),
    ] {
        let (set, prefix) = (set(vrps), prefix.parse().unwrap());
        let validation = set.validate(&prefix, origin.map(Asn));
        let found: Vec<_> = validation.evidence().map(|(_, fit)| fit).collect();
        assert_eq!((validation.state(), &found[..]), (state, fits), "{prefix} {origin:?} with {vrps:?}");
    }
}

#[test]
fn updates_that_go_with_their_set_and_some_that_do_not() {
    let [a, b, c] = ["198.51.100.0/24 24 1", "198.51.100.0/24 24 2", "203.0.113.0/24 24 1"].map(vrp);
    let before: VrpSet = [a, b].into_iter().collect();
    let after = before.updated([c], [a]).unwrap();
    assert_eq!(after, [b, c].into_iter().collect());
    assert_eq!((before.changes(&after).added(), before.changes(&after).removed()), (&[c][..], &[a][..]));
    assert_eq!(before.updated([a], [a]), Ok(before.clone()));
    assert_eq!(before.updated([], [c]), Err(VrpUpdateError::UnknownWithdrawal(c)));
    assert_eq!(before.updated([a], []), Err(VrpUpdateError::DuplicateAnnouncement(a)));
}

/// Prefixes close to each other, so that they nest and meet.
fn net() -> impl Strategy<Value = IpNet> {
    let v4 = (0u32..16, 0u8..=32)
        .prop_map(|(n, len)| ipnet::Ipv4Net::new_assert((n << 28 | n).into(), len).trunc().into());
    let v6 = (0u128..16, 0u8..=128)
        .prop_map(|(n, len)| ipnet::Ipv6Net::new_assert((n << 124 | n).into(), len).trunc().into());
    prop_oneof![v4, v6]
}

fn vrps() -> impl Strategy<Value = Vec<Vrp>> {
    let vrp = (net(), 0u8..40, 0u32..4).prop_map(|(net, more, asn)| {
        let longest = net.prefix_len().saturating_add(more).min(net.max_prefix_len());
        Vrp::new(net, longest, Asn(asn)).unwrap()
    });
    prop::collection::vec(vrp, 0..40)
}

/// RFC 6811 section 2 as it reads, over all VRPs.
fn scanned(vrps: &[Vrp], prefix: &IpNet, origin: Option<Asn>) -> OriginState {
    let mut covering = vrps.iter().filter(|vrp| vrp.covers(prefix)).peekable();
    if covering.peek().is_none() {
        return OriginState::NotFound;
    }
    let matches = |vrp: &Vrp| {
        prefix.prefix_len() <= vrp.max_length() && origin == Some(vrp.asn()) && vrp.asn() != Asn(0)
    };
    if covering.any(matches) { OriginState::Valid } else { OriginState::Invalid }
}

proptest! {
    #[test]
    fn a_set_says_what_a_scan_finds(
        vrps in vrps(), nets in prop::collection::vec(net(), 1..40), origin in prop::option::of(0u32..4),
    ) {
        let set: VrpSet = vrps.iter().copied().collect();
        let origin = origin.map(Asn);
        let of_vrps: Vec<_> = vrps.iter().map(Vrp::prefix).collect();
        for prefix in nets.iter().chain(&of_vrps) {
            prop_assert_eq!(set.state(prefix, origin), scanned(&vrps, prefix, origin), "{}", prefix);
            let mut covering: Vec<_> = set.covering(prefix).copied().collect();
            covering.sort_unstable();
            prop_assert_eq!(covering, sorted(vrps.iter().filter(|vrp| vrp.covers(prefix)).copied()));
        }
    }

    #[test]
    fn a_state_changes_only_where_the_changes_say(
        before in vrps(), after in vrps(), nets in prop::collection::vec(net(), 1..40), origin in 0u32..4,
    ) {
        let (before, after): (VrpSet, VrpSet) = (before.into_iter().collect(), after.into_iter().collect());
        let changes = before.changes(&after);
        for prefix in &nets {
            let states = [&before, &after].map(|set| set.state(prefix, Some(Asn(origin))));
            prop_assert!(states[0] == states[1] || changes.affects(prefix), "{}", prefix);
            let within = changes.prefixes().iter().any(|changed| changed.contains(prefix));
            prop_assert_eq!(changes.affects(prefix), within, "{}", prefix);
        }
        let updated = before.updated(changes.added().iter().copied(), changes.removed().iter().copied());
        prop_assert_eq!(&updated, &Ok(after));
        prop_assert_eq!(updated, Ok(before.changed_by(&changes)));
    }
}
