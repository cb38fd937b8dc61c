//! Paths, up and down, by a table, and against the ramps of the draft counted as it writes them.

use super::super::aspa_set::Aspa;
use super::*;
use bgp_wire::{AsPathBuf, SegmentKind};
use proptest::prelude::*;

fn set(all: &[(u32, &[u32])]) -> AspaSet {
    let aspa = |(customer, providers): &(u32, &[u32])| Aspa {
        customer: Asn(*customer),
        providers: providers.iter().copied().map(Asn).collect(),
    };
    all.iter().map(aspa).collect()
}

fn path(asns: &[u32]) -> AsPathBuf {
    asns.iter().copied().map(Asn).collect()
}

/// The origin 1 has the provider 2, which has 3, which is of the first tier; so are 7 and, below it, 6 and 5.
const TREE: &[(u32, &[u32])] = &[(1, &[2]), (2, &[3]), (3, &[0]), (7, &[0]), (6, &[7]), (5, &[6])];

/// (attestations, path from the neighbour on, direction, outcome).
#[test]
fn paths_up_and_down() {
    use Direction::{Downstream, Upstream, UpstreamFromRouteServer};
    const NONE: &[(u32, &[u32])] = &[];
    for (attested, asns, direction, want) in [
        (TREE, &[2, 1][..], Upstream, "valid: attested"),
        (TREE, &[3, 2, 1], Upstream, "valid: attested"),
        (TREE, &[3, 3, 2, 1, 1, 1], Upstream, "valid: attested"),
        (TREE, &[1], Upstream, "valid: attested"),
        (NONE, &[1], Upstream, "valid: attested"),
        (NONE, &[2, 1], Upstream, "unknown: AS1 to AS2: no attestation"),
        (TREE, &[7, 3, 2, 1], Upstream, "invalid: AS3 to AS7: not provider+"),
        // A customer that leaks what it has from one provider to another.
        (TREE, &[4, 3, 2, 1], Upstream, "invalid: AS3 to AS4: not provider+"),
        (&[(1, &[2])], &[4, 3, 2, 1], Upstream, "unknown: AS2 to AS3: no attestation"),
        // One hop that cannot be is worse than one that nobody knows.
        (&[(2, &[9])], &[3, 2, 1], Upstream, "invalid: AS2 to AS3: not provider+"),
        (TREE, &[], Upstream, "invalid: the path is empty"),
        (TREE, &[3, 2, 1], UpstreamFromRouteServer, "valid: attested"),
        (TREE, &[], UpstreamFromRouteServer, "invalid: the path is empty"),
        (TREE, &[5, 6, 7, 3, 2, 1], Downstream, "valid: attested"),
        (TREE, &[6, 7, 3, 2, 1], Downstream, "valid: attested"),
        (TREE, &[2, 1], Downstream, "valid: attested"),
        (TREE, &[1], Downstream, "valid: attested"),
        // Two ASes may be peers at the top, whatever is attested.
        (NONE, &[2, 1], Downstream, "valid: attested"),
        (&[(1, &[0]), (2, &[0])], &[2, 1], Downstream, "valid: attested"),
        (
            NONE,
            &[3, 2, 1],
            Downstream,
            "unknown: up, AS1 to AS2: no attestation; down, AS3 to AS2: no attestation",
        ),
        // Three at the top, one of which must have leaked.
        (
            TREE,
            &[7, 8, 3, 2, 1],
            Downstream,
            "invalid: up, AS3 to AS8: not provider+; down, AS7 to AS8: not provider+",
        ),
        // 4 is said to have no provider, and passes routes from 3 on to 7.
        (
            &[(1, &[3]), (3, &[0]), (4, &[3, 7]), (7, &[0])],
            &[7, 4, 3, 1],
            Downstream,
            "invalid: up, AS3 to AS4: not provider+; down, AS7 to AS4: not provider+",
        ),
    ] {
        let neighbor = asns.first().copied().unwrap_or(64500);
        let got = set(attested).verify(path(asns).view(), Asn(neighbor), direction);
        assert_eq!(got.to_string(), want, "{asns:?} {direction:?}");
    }
}

#[test]
fn what_is_looked_at_before_any_hop() {
    let verify = |path: &AsPathBuf, direction| set(TREE).verify(path.view(), Asn(2), direction).reason;
    for direction in [Direction::Upstream, Direction::Downstream] {
        assert_eq!(verify(&path(&[3, 2, 1]), direction), AspaReason::OtherNeighbor);
    }
    assert_eq!(verify(&path(&[3, 2, 1]), Direction::UpstreamFromRouteServer), AspaReason::Attested);
    let mut with_set = path(&[2]);
    with_set.push(SegmentKind::Set, [Asn(1)]);
    assert_eq!(verify(&with_set, Direction::Upstream), AspaReason::Set);
    let mut confederation = AsPathBuf::default();
    confederation.push(SegmentKind::ConfedSequence, [Asn(65001)]);
    confederation.push(SegmentKind::Sequence, [Asn(2), Asn(1)]);
    assert_eq!(verify(&confederation, Direction::Upstream), AspaReason::Attested);
}

/// Section 6.2 of the draft, with its own indices: AS(1) is the origin.
fn by_the_draft(set: &AspaSet, path: &[Asn]) -> AspaState {
    let n = path.len();
    let hop = |i: usize, j: usize| set.hop(path[i - 1], path[j - 1]);
    let not = |hop: Hop| hop == Hop::NotProviderPlus;
    let lacks = |hop: Hop| hop != Hop::ProviderPlus;
    let up = |stops: fn(Hop) -> bool| (1..n).find(|&i| stops(hop(i, i + 1))).unwrap_or(n);
    let down =
        |stops: fn(Hop) -> bool| (2..=n).rev().find(|&j| stops(hop(j, j - 1))).map_or(n, |j| n - j + 1);
    if up(not) + down(not) < n {
        AspaState::Invalid
    } else if up(lacks) + down(lacks) < n {
        AspaState::Unknown
    } else {
        AspaState::Valid
    }
}

proptest! {
    #[test]
    fn ramps_are_counted_as_the_draft_counts_them(
        attested in prop::collection::vec((1u32..7, prop::collection::vec(0u32..7, 1..3)), 0..7),
        asns in prop::collection::vec(1u32..7, 1..7),
    ) {
        let set: AspaSet = attested
            .into_iter()
            .map(|(customer, providers)| Aspa {
                customer: Asn(customer),
                providers: providers.into_iter().map(Asn).collect(),
            })
            .collect();
        let verdict = set.verify(path(&asns).view(), Asn(asns[0]), Direction::Downstream);
        let mut from_origin: Vec<_> = asns.iter().rev().copied().map(Asn).collect();
        from_origin.dedup();
        prop_assert_eq!(verdict.state, by_the_draft(&set, &from_origin));
    }
}
