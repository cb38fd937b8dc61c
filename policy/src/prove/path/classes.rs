//! ASNs that no set and no expression tells apart.

use crate::as_path_regex::{CLOSE, COMMA, MATCHED, OPEN, SPACE, Symbol, Table};
use crate::asn_set::AsnSet;
use crate::prove::mask::Mask;
use crate::prove::path::Class;
use bgp_wire::Asn;
use std::collections::BTreeMap;

/// More classes, or more to do to find them, is too much.
const CLASSES: usize = 4096;
const WORK: usize = 1 << 26;

/// Every ASN from 1, in classes: those of one are in the same sets, and have the same effect on every expression.
pub(crate) struct Classes<'a> {
    sets: Vec<AsnSet>,
    readers: Vec<Reader<'a>>,
    members: Vec<Members>,
}

struct Members {
    sets: Mask,
    /// For each expression, the state behind the ASN, for each state that one may begin in.
    effect: Vec<u16>,
    first: u32,
    second: Option<u32>,
}

/// An expression's table, with the states that an ASN may begin in.
struct Reader<'a> {
    table: &'a Table,
    /// Where the state stands among all that effects tell of.
    ready: BTreeMap<u16, usize>,
    /// States behind an ASN that nothing tells apart, by the first of them.
    same: Vec<u16>,
}

impl<'a> Reader<'a> {
    fn new(table: &'a Table, from: usize) -> Self {
        let states = || (0..u16::try_from(table.len()).unwrap_or(u16::MAX)).chain([MATCHED]);
        let before = [SPACE, COMMA].into_iter().chain(OPEN);
        let behind = before.flat_map(|symbol| states().map(move |state| table.step(state, symbol)));
        let mut ready: BTreeMap<u16, usize> = std::iter::once(table.begin())
            .chain(behind)
            .filter(|state| *state != MATCHED)
            .map(|state| (state, 0))
            .collect();
        ready.values_mut().zip(from..).for_each(|(place, at)| *place = at);
        let mut seen: BTreeMap<Vec<u16>, u16> = BTreeMap::new();
        let same = states().map(|state| {
            let after = [SPACE, COMMA].into_iter().chain(CLOSE);
            let mut fate: Vec<u16> = after.map(|symbol| table.step(state, symbol)).collect();
            fate.push(u16::from(table.ends(state)));
            fate.push(u16::from(state == MATCHED));
            *seen.entry(fate).or_insert(state)
        });
        Self { table, ready, same: same.collect() }
    }

    fn settled(&self, state: u16) -> u16 {
        if state == MATCHED { MATCHED } else { self.same.get(usize::from(state)).copied().unwrap_or(state) }
    }
}

impl<'a> Classes<'a> {
    /// The classes that these sets and expressions make; `None` where that is too much to find out.
    pub(crate) fn new(sets: Vec<AsnSet>, tables: &[&'a Table]) -> Option<Self> {
        let mut readers: Vec<Reader<'a>> = Vec::new();
        let mut from = 0;
        for table in tables {
            let reader = Reader::new(table, from);
            from = from.saturating_add(reader.ready.len());
            readers.push(reader);
        }
        let mut classes = Self { sets, readers, members: Vec::new() };
        classes.members = Finder::new(&classes).all(&classes)?;
        for liked in 64_496..=64_511 {
            classes.prefer(liked);
        }
        Some(classes)
    }

    pub(crate) const fn len(&self) -> usize {
        self.members.len()
    }

    /// One ASN of a class.
    pub(crate) fn one(&self, class: Class) -> Option<Asn> {
        self.members(class).map(|of| Asn(of.first))
    }

    /// One of a class that is not `other`, if there is one.
    pub(crate) fn another(&self, class: Class, other: Option<Asn>) -> Option<Asn> {
        let of = self.members(class)?;
        [Some(of.first), of.second].into_iter().flatten().map(Asn).find(|asn| Some(*asn) != other)
    }

    /// Whether a class has one ASN alone.
    pub(crate) fn is_single(&self, class: Class) -> bool {
        self.members(class).is_some_and(|of| of.second.is_none())
    }

    /// Whether a set has the ASNs of a class.
    pub(crate) fn is_in(&self, class: Class, set: usize) -> bool {
        self.members(class).is_some_and(|of| of.sets.contains(set))
    }

    /// The class of an ASN.
    pub(crate) fn of(&self, asn: Asn) -> Option<Class> {
        let (sets, effect) = self.described(asn.0);
        let at = self.members.iter().position(|of| of.effect == effect && of.sets.iter().eq(sets.iter()))?;
        Class::try_from(at).ok()
    }

    /// The state of an expression behind an ASN of a class, from a state that one may begin in.
    pub(crate) fn step(&self, expression: usize, state: u16, class: Class) -> u16 {
        let place = || self.readers.get(expression)?.ready.get(&state);
        let behind = || self.members(class)?.effect.get(*place()?);
        if state == MATCHED { MATCHED } else { behind().copied().unwrap_or(MATCHED) }
    }

    /// The table of an expression.
    pub(crate) fn table(&self, expression: usize) -> Option<&'a Table> {
        self.readers.get(expression).map(|reader| reader.table)
    }

    fn members(&self, class: Class) -> Option<&Members> {
        self.members.get(usize::from(class))
    }

    /// Has an ASN stand for its class.
    fn prefer(&mut self, asn: u32) {
        let Some(class) = self.of(Asn(asn)) else { return };
        if let Some(of) = self.members.get_mut(usize::from(class))
            && !(64_496..=64_511).contains(&of.first)
        {
            of.second = Some(of.first);
            of.first = asn;
        }
    }

    fn described(&self, asn: u32) -> (Mask, Vec<u16>) {
        let holding = self.sets.iter().enumerate().filter(|(_, set)| set.contains(Asn(asn)));
        let sets = holding.map(|(at, _)| at).collect();
        let digits = asn.to_string();
        let read =
            digits.bytes().fold(self.unread(), |states, digit| self.read(&states, digit.wrapping_sub(b'0')));
        (sets, self.settled(&read))
    }

    /// The states that an ASN may begin in, of all expressions.
    fn unread(&self) -> Vec<u16> {
        self.readers.iter().flat_map(|reader| reader.ready.keys().copied()).collect()
    }

    /// Those behind a digit.
    fn read(&self, states: &[u16], digit: Symbol) -> Vec<u16> {
        let tables =
            self.readers.iter().flat_map(|reader| std::iter::repeat_n(reader.table, reader.ready.len()));
        states.iter().zip(tables).map(|(state, table)| table.step(*state, digit)).collect()
    }

    fn settled(&self, states: &[u16]) -> Vec<u16> {
        let readers = self.readers.iter().flat_map(|reader| std::iter::repeat_n(reader, reader.ready.len()));
        states.iter().zip(readers).map(|(state, reader)| reader.settled(*state)).collect()
    }
}

/// The least and the next of some numbers.
type Two = (u32, Option<u32>);

fn with(numbers: Option<Two>, n: u32) -> Two {
    match numbers {
        None => (n, None),
        Some((first, _)) if n < first => (n, Some(first)),
        Some((first, second)) if n > first => (first, Some(second.map_or(n, |second| second.min(n)))),
        Some(two) => two,
    }
}

/// What behind a number of digits has an effect: by the effect, two of the numbers that they may be.
type Reach = BTreeMap<usize, Two>;

struct Finder {
    /// The states behind digits, by number.
    states: Vec<Vec<u16>>,
    numbers: BTreeMap<Vec<u16>, usize>,
    /// For states and a count of digits, what may come.
    known: BTreeMap<(usize, u32), Reach>,
    work: usize,
}

impl Finder {
    fn new(classes: &Classes<'_>) -> Self {
        let mut finder =
            Self { states: Vec::new(), numbers: BTreeMap::new(), known: BTreeMap::new(), work: 0 };
        finder.number(classes.unread());
        finder
    }

    fn number(&mut self, states: Vec<u16>) -> usize {
        if let Some(known) = self.numbers.get(&states) {
            return *known;
        }
        let new = self.states.len();
        self.numbers.insert(states.clone(), new);
        self.states.push(states);
        new
    }

    fn all(&mut self, classes: &Classes<'_>) -> Option<Vec<Members>> {
        let mut found: BTreeMap<(Mask, Vec<u16>), Two> = BTreeMap::new();
        for (first, last, sets) in intervals(&classes.sets) {
            for (effect, (one, two)) in self.of_interval(classes, first, last)? {
                let states = self.states.get(effect).cloned().unwrap_or_default();
                let members = found.entry((sets.clone(), classes.settled(&states)));
                let mut old = None;
                members.and_modify(|of| old = Some(*of));
                let sum = two.into_iter().fold(with(old, one), |sum, n| with(Some(sum), n));
                found.insert((sets.clone(), classes.settled(&states)), sum);
            }
            if found.len() > CLASSES {
                return None;
            }
        }
        let members = |((sets, effect), (first, second))| Members { sets, effect, first, second };
        Some(found.into_iter().map(members).collect())
    }

    /// The effects of the numbers from one to another, in blocks that begin with the same digits.
    fn of_interval(&mut self, classes: &Classes<'_>, first: u32, last: u32) -> Option<Reach> {
        let mut sum = Reach::new();
        let (mut from, last) = (u64::from(first), u64::from(last));
        while from <= last {
            let (mut size, mut free) = (1u64, 0u32);
            while from.is_multiple_of(size.saturating_mul(10))
                && from.saturating_add(size.saturating_mul(10)) <= last.saturating_add(1)
            {
                size = size.saturating_mul(10);
                free = free.saturating_add(1);
            }
            let mut states = 0;
            for digit in (from / size).to_string().bytes() {
                states = self.behind(classes, states, digit.wrapping_sub(b'0'))?;
            }
            for (effect, (one, two)) in self.reach(classes, states, free)? {
                for more in std::iter::once(one).chain(two) {
                    let n = u32::try_from(from.saturating_add(more.into())).unwrap_or(u32::MAX);
                    let new = with(sum.get(&effect).copied(), n);
                    sum.insert(effect, new);
                }
            }
            from = from.saturating_add(size);
        }
        Some(sum)
    }

    fn behind(&mut self, classes: &Classes<'_>, states: usize, digit: Symbol) -> Option<usize> {
        let before = self.states.get(states)?;
        self.work = self.work.saturating_add(before.len().saturating_add(1));
        if self.work > WORK {
            return None;
        }
        let behind = classes.read(before, digit);
        Some(self.number(behind))
    }

    fn reach(&mut self, classes: &Classes<'_>, states: usize, digits: u32) -> Option<Reach> {
        if let Some(known) = self.known.get(&(states, digits)) {
            return Some(known.clone());
        }
        let mut sum = Reach::new();
        match digits.checked_sub(1) {
            None => _ = sum.insert(states, (0, None)),
            Some(fewer) => {
                for digit in 0..10u8 {
                    let behind = self.behind(classes, states, digit)?;
                    for (effect, (one, two)) in self.reach(classes, behind, fewer)? {
                        for rest in std::iter::once(one).chain(two) {
                            let n = u32::from(digit)
                                .saturating_mul(10u32.saturating_pow(fewer))
                                .saturating_add(rest);
                            let new = with(sum.get(&effect).copied(), n);
                            sum.insert(effect, new);
                        }
                    }
                }
            }
        }
        self.known.insert((states, digits), sum.clone());
        Some(sum)
    }
}

/// The numbers from 1, cut wherever a set begins or ends, each with the sets that have it.
fn intervals(sets: &[AsnSet]) -> Vec<(u32, u32, Mask)> {
    let edges = |set: &AsnSet| {
        let edges = |range: &crate::asn_set::AsnRange| [Some(range.first.0), range.last.0.checked_add(1)];
        set.ranges().iter().flat_map(edges).flatten().collect::<Vec<_>>()
    };
    let mut starts: Vec<u32> = sets.iter().flat_map(edges).filter(|n| *n > 0).chain([1]).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1)).chain([u32::MAX]);
    let cut = starts.iter().zip(ends).map(|(first, last)| {
        let holding = sets.iter().enumerate().filter(|(_, set)| set.contains(Asn(*first)));
        (*first, last, holding.map(|(at, _)| at).collect())
    });
    cut.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::as_path_regex::AsPathRegex;
    use proptest::prelude::*;

    fn classes(sets: &[&str], expressions: &[AsPathRegex]) -> Vec<(u32, bool)> {
        let sets = sets.iter().map(|set| [set.parse::<crate::AsnRange>().unwrap()].into_iter().collect());
        let tables: Vec<&Table> = expressions.iter().map(|regex| regex.table().unwrap()).collect();
        let classes = Classes::new(sets.collect(), &tables).unwrap();
        classes.members.iter().map(|of| (of.first, of.second.is_none())).collect()
    }

    /// (sets, expressions, one ASN of each class and whether it is the only one)
    #[test]
    fn what_tells_asns_apart() {
        for (sets, expressions, want) in [
            (&[][..], &[][..], &[(64496, false)][..]),
            (&["1-9"], &[], &[(64496, false), (1, false)]),
            (&["0-1"], &[], &[(64496, false), (1, true)]),
            (&["5", "5"], &[], &[(64496, false), (5, true)]),
            (&[], &["^64500_"], &[(64500, true), (64496, false)]),
            (&["64500"], &["_64500_"], &[(64496, false), (64500, true)]),
            (&[], &["^[0-9]+$"], &[(64496, false)]),
            (&[], &["[= 64512-65534 * =]"], &[(64512, false), (64496, false)]),
            (&[], &["^[0-9]{1,2}_"], &[(1, false), (64496, false)]),
            (&["10-19"], &[], &[(64496, false), (10, false)]),
            (&["4294967295"], &[], &[(64496, false), (4_294_967_295, true)]),
            (&[], &["^(20|3)_"], &[(64496, false), (3, false)]),
            (&[], &["1\\}"], &[(64501, false), (64496, false)]),
            (&[], &["\\{1,2\\}"], &[(1, true), (2, true), (64496, false)]),
        ] {
            let expressions: Vec<AsPathRegex> =
                expressions.iter().map(|text| text.parse().unwrap()).collect();
            let mut got = classes(sets, &expressions);
            let mut want = want.to_vec();
            got.sort_unstable();
            want.sort_unstable();
            assert_eq!(got, want, "{sets:?} {expressions:?}");
        }
    }

    proptest! {
        #[test]
        fn every_asn_has_a_class(
            ranges in prop::collection::vec((1u32..70_000, 0u32..3000), 0..4),
            expressions in prop::collection::vec("(\\^|_)?[1-6][0-9]{0,2}(\\[0-4\\]|\\.|_)?[0-9]?(\\+|\\*)?(\\$|_)?", 0..3),
            asns in prop::collection::vec(prop_oneof![1u32..1000, 60_000u32..70_000, any::<u32>().prop_map(|n| n.max(1))], 1..30),
        ) {
            let sets: Vec<AsnSet> = ranges.into_iter().map(|(first, more)| {
                [crate::AsnRange { first: Asn(first), last: Asn(first + more) }].into_iter().collect()
            }).collect();
            let expressions: Vec<AsPathRegex> = expressions.iter().filter_map(|text| text.parse().ok()).collect();
            let tables: Vec<&Table> = expressions.iter().map(|regex| regex.table().unwrap()).collect();
            let classes = Classes::new(sets.clone(), &tables).unwrap();
            for asn in asns {
                let class = classes.of(Asn(asn));
                prop_assert!(class.is_some(), "{}", asn);
                let one = classes.one(class.unwrap()).unwrap();
                prop_assert!(classes.another(class.unwrap(), Some(Asn(asn))).is_some() || one == Asn(asn));
                prop_assert!(sets.iter().all(|set| set.contains(one) == set.contains(Asn(asn))));
                for regex in &expressions {
                    for path in [vec![], vec![64496], vec![7, 1]] {
                        let with = |asn: Asn| {
                            let path: bgp_wire::AsPathBuf = path.iter().map(|n| Asn(*n)).chain([asn]).chain(path.iter().map(|n| Asn(*n))).collect();
                            regex.matches(path.view())
                        };
                        prop_assert_eq!(with(one), with(Asn(asn)), "{} for {} in {}", one, asn, regex);
                    }
                }
            }
        }
    }
}
