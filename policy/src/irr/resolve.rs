//! Sets, their members, and theirs.

use super::builder::Set;
use super::index::{Claim, IrrIndex};
use super::member::Member;
use super::range_operator::RangeOperator;
use super::report::{Cycle, Missing, NoSuchSet, SetReport};
use super::set_name::SetName;
use crate::prefix_range::PrefixRange;
use bgp_wire::Asn;
use ipnet::IpNet;
use std::collections::{BTreeSet, HashSet};

/// How many members are looked at for one set that is resolved. The largest sets have some hundred thousand.
const MOST_MEMBERS: usize = 20_000_000;

/// The AS numbers of an `as-set`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolvedAsSet {
    /// Its members, and theirs.
    pub asns: BTreeSet<Asn>,
    /// What stood in the way.
    pub report: SetReport,
}

/// The prefixes of a `route-set`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolvedRouteSet {
    /// Its members, and theirs. A [`PrefixSet`](crate::PrefixSet) can be made of them.
    pub prefixes: BTreeSet<PrefixRange>,
    /// What stood in the way.
    pub report: SetReport,
}

impl IrrIndex {
    /// The AS numbers that are members of a set, directly or through other sets.
    pub fn as_set(&self, name: &SetName) -> Result<ResolvedAsSet, NoSuchSet> {
        let mut asns = BTreeSet::new();
        let report = Walk::new(self).of(name, &mut |leaf| {
            if let Leaf::Asn(asn, _) = leaf {
                asns.insert(asn);
            }
        })?;
        Ok(ResolvedAsSet { asns, report })
    }

    /// The prefixes that are members of a `route-set`, directly or through other sets; of AS numbers and an `as-set`, the prefixes
    /// that are registered with them as the origin.
    pub fn route_set(&self, name: &SetName) -> Result<ResolvedRouteSet, NoSuchSet> {
        let (mut prefixes, mut asns) = (BTreeSet::new(), HashSet::new());
        let report = Walk::new(self).of(name, &mut |leaf| match leaf {
            Leaf::Prefixes(range, operator) => prefixes.extend(operator.of(&range)),
            Leaf::Asn(asn, operator) => {
                asns.insert((asn, operator));
            }
        })?;
        for (asn, operator) in asns {
            let registered = self.prefixes_of(asn).map(PrefixRange::exact);
            prefixes.extend(registered.filter_map(|prefix| operator.of(&prefix)));
        }
        Ok(ResolvedRouteSet { prefixes, report })
    }

    /// The prefixes that are registered with one of these as the origin.
    pub fn prefixes_of_all<'a>(&self, asns: impl IntoIterator<Item = &'a Asn>) -> BTreeSet<IpNet> {
        asns.into_iter().flat_map(|asn| self.prefixes_of(*asn)).collect()
    }
}

/// A member that is no set.
enum Leaf {
    Asn(Asn, RangeOperator),
    Prefixes(PrefixRange, RangeOperator),
}

/// A set that is being resolved, and what is left of it.
struct Open<'a> {
    name: SetName,
    operator: RangeOperator,
    members: &'a [Member],
    claimed: Vec<Claim>,
}

/// A walk over sets, deepest first. It keeps its own stack: sets may be as deep as they like.
struct Walk<'a> {
    index: &'a IrrIndex,
    open: Vec<Open<'a>>,
    /// The names in `open`.
    on_the_way: HashSet<SetName>,
    /// What was resolved or is being.
    seen: HashSet<(SetName, RangeOperator)>,
    report: SetReport,
    left: usize,
}

impl<'a> Walk<'a> {
    fn new(index: &'a IrrIndex) -> Self {
        let (on_the_way, seen) = (HashSet::new(), HashSet::new());
        Self { index, open: Vec::new(), on_the_way, seen, report: SetReport::default(), left: MOST_MEMBERS }
    }

    fn of(mut self, name: &SetName, out: &mut impl FnMut(Leaf)) -> Result<SetReport, NoSuchSet> {
        let set = self.index.set(name).ok_or_else(|| NoSuchSet(name.clone()))?;
        self.begin(name, RangeOperator::NONE, set);
        while let Some(open) = self.open.last_mut() {
            let operator = open.operator;
            if let Some((member, rest)) = open.members.split_first() {
                open.members = rest;
                match member {
                    Member::Asn(asn, own) => out(Leaf::Asn(*asn, operator.after(*own))),
                    Member::Prefix(range) => out(Leaf::Prefixes(*range, operator)),
                    Member::Set(name, own) => self.meet(name, operator.after(*own)),
                }
            } else if let Some(claim) = open.claimed.pop() {
                out(match claim {
                    Claim::Asn(asn, _) => Leaf::Asn(asn, operator),
                    Claim::Prefix(prefix, _) => Leaf::Prefixes(PrefixRange::exact(prefix), operator),
                });
            } else {
                self.open.pop().into_iter().for_each(|open| {
                    self.on_the_way.remove(&open.name);
                });
                continue;
            }
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                self.report.cut = true;
                break;
            }
        }
        self.report.missing.sort_unstable();
        self.report.missing.dedup();
        self.report.cycles.sort_unstable();
        self.report.cycles.dedup();
        Ok(self.report)
    }

    fn begin(&mut self, name: &SetName, operator: RangeOperator, set: &'a Set) {
        self.report.sets = self.report.sets.saturating_add(1);
        self.seen.insert((name.clone(), operator));
        self.on_the_way.insert(name.clone());
        let claimed = self.index.claimed(name, set).collect();
        self.open.push(Open { name: name.clone(), operator, members: &set.members, claimed });
    }

    /// A set is a member of the one that is being resolved.
    fn meet(&mut self, name: &SetName, operator: RangeOperator) {
        let member_of = || self.open.last().map_or_else(|| name.clone(), |open| open.name.clone());
        if self.on_the_way.contains(name) {
            self.report.cycles.push(Cycle { set: name.clone(), member_of: member_of() });
        } else if let Some(set) = self.index.set(name) {
            if !self.seen.contains(&(name.clone(), operator)) {
                self.begin(name, operator, set);
            }
        } else {
            self.report.missing.push(Missing { set: name.clone(), member_of: member_of() });
        }
    }
}

#[cfg(test)]
mod tests;
