//! What follows from a condition, as far as can be told without a route.

use crate::asn_set::AsnSet;
use crate::matching::Match;
use crate::number_range::NumberRange;
use crate::prefix_range::PrefixRange;
use crate::prefix_set::PrefixSet;

/// Whether `b` holds wherever `a` does. No may mean that it could not be told.
pub(crate) fn implies(a: &Match, b: &Match) -> bool {
    if a == b {
        return true;
    }
    match (a, b) {
        (_, Match::All(all)) => all.iter().all(|b| implies(a, b)),
        (Match::Any(any), _) => any.iter().all(|a| implies(a, b)),
        (Match::Not(a), Match::Not(b)) => implies(b, a),
        (_, Match::Any(any)) if any.iter().any(|b| implies(a, b)) => true,
        (Match::All(all), _) if all.iter().any(|a| implies(a, b)) => true,
        (_, Match::Not(b)) => disjoint(a, b),
        (Match::Prefix(a), Match::Prefix(b)) => a.ranges().iter().all(|range| b.covers(range)),
        (Match::NeighborAsn(a), Match::NeighborAsn(b))
        | (Match::OriginAsn(a), Match::OriginAsn(b))
        | (Match::AsnInPath(a), Match::AsnInPath(b)) => within(a, b),
        (Match::PathLength(a), Match::PathLength(b))
        | (Match::Med(a), Match::Med(b))
        | (Match::LocalPref(a), Match::LocalPref(b)) => numbers_within(*a, *b),
        (Match::Community(a), Match::Community(b)) => a.iter().all(|a| b.contains(a)),
        (Match::ExtendedCommunity(a), Match::ExtendedCommunity(b)) => a.iter().all(|a| b.contains(a)),
        (Match::LargeCommunity(a), Match::LargeCommunity(b)) => a.iter().all(|a| b.contains(a)),
        (Match::NextHop(a), Match::NextHop(b)) => a.iter().all(|a| b.iter().any(|b| b.contains(a))),
        _ => false,
    }
}

/// Whether no route can have both. No may mean that it could not be told.
pub(crate) fn disjoint(a: &Match, b: &Match) -> bool {
    match (a, b) {
        (a, Match::Not(b)) if implies(a, b) => true,
        (Match::Not(a), b) if implies(b, a) => true,
        (Match::All(all), other) | (other, Match::All(all)) => all.iter().any(|one| disjoint(one, other)),
        (Match::Any(any), other) | (other, Match::Any(any)) => any.iter().all(|one| disjoint(one, other)),
        (Match::Prefix(a), Match::Prefix(b)) => prefixes_apart(a, b),
        (Match::NeighborAsn(a), Match::NeighborAsn(b)) | (Match::OriginAsn(a), Match::OriginAsn(b)) => {
            a.ranges().iter().all(|a| b.ranges().iter().all(|b| a.last < b.first || b.last < a.first))
        }
        (Match::PathLength(a), Match::PathLength(b))
        | (Match::Med(a), Match::Med(b))
        | (Match::LocalPref(a), Match::LocalPref(b)) => {
            let ((a, a_end), (b, b_end)) = (a.bounds(), b.bounds());
            a_end < b || b_end < a
        }
        (Match::Family(a), Match::Family(b)) => a != b,
        (Match::Origin(a), Match::Origin(b)) => a != b,
        (Match::Peer(a), Match::Peer(b)) | (Match::PeerGroup(a), Match::PeerGroup(b)) => a != b,
        (Match::PeerRole(a), Match::PeerRole(b)) => a != b,
        (Match::Rpki(a), Match::Rpki(b)) | (Match::Irr(a), Match::Irr(b)) => a != b,
        (Match::Aspa(a), Match::Aspa(b)) => a != b,
        _ => false,
    }
}

/// Whether a condition never holds.
pub(crate) fn never(condition: &Match) -> bool {
    match condition {
        Match::Prefix(set) => set.ranges().is_empty(),
        Match::NeighborAsn(set) | Match::OriginAsn(set) | Match::AsnInPath(set) => set.ranges().is_empty(),
        Match::Community(set) => set.is_empty(),
        Match::ExtendedCommunity(set) => set.is_empty(),
        Match::LargeCommunity(set) => set.is_empty(),
        Match::NextHop(set) => set.is_empty(),
        Match::Any(any) => any.iter().all(never),
        Match::All(all) => all.iter().any(never) || contradiction(&all.iter().collect::<Vec<_>>()).is_some(),
        Match::Not(inner) => matches!(&**inner, Match::All(all) if all.is_empty()),
        _ => false,
    }
}

/// Two of the conditions that cannot both hold.
pub(crate) fn contradiction<'a>(conditions: &[&'a Match]) -> Option<(&'a Match, &'a Match)> {
    conditions.iter().enumerate().find_map(|(i, a)| {
        let mut behind = conditions.iter().skip(i.saturating_add(1));
        behind.find(|b| disjoint(a, b)).map(|b| (*a, *b))
    })
}

fn within(a: &AsnSet, b: &AsnSet) -> bool {
    // The ranges of a set do not touch, so one of them has all of a range or none has.
    a.ranges().iter().all(|a| b.ranges().iter().any(|b| b.first <= a.first && a.last <= b.last))
}

const fn numbers_within(a: NumberRange, b: NumberRange) -> bool {
    let ((a, a_end), (b, b_end)) = (a.bounds(), b.bounds());
    b <= a && a_end <= b_end
}

/// Large sets are not compared member by member.
fn prefixes_apart(a: &PrefixSet, b: &PrefixSet) -> bool {
    const MOST: usize = 1 << 16;
    let apart = |a: &PrefixRange, b: &PrefixRange| {
        let ((a_min, a_max), (b_min, b_max)) = (a.lengths(), b.lengths());
        let nested = a.net().contains(&b.net()) || b.net().contains(&a.net());
        !nested || a_max < b_min || b_max < a_min
    };
    let (a, b) = (a.ranges(), b.ranges());
    a.len().saturating_mul(b.len()) <= MOST && a.iter().all(|a| b.iter().all(|b| apart(a, b)))
}
