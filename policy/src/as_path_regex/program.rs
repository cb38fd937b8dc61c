//! What an expression is compiled to: sets of positions, one step a symbol; and where those sets are few, a table of them.

use super::bits::{Bits, WORDS, ones};
use super::build::{Part, Position};
use super::symbols::{self, END, START, SYMBOLS, Symbol};
use bgp_wire::AsPath;
use std::collections::BTreeMap;

/// Where more sets than these are possible, they are made as a path is read.
const STATES: usize = 2048;
/// How many words may be looked at to find out.
const WORK: usize = 1 << 24;

/// A compiled expression.
pub(super) struct Program {
    automaton: Automaton,
    table: Option<Table>,
}

/// Positions of an expression, and how sets of them follow each other.
struct Automaton {
    /// Words a set.
    words: usize,
    nullable: bool,
    first: Box<[u64]>,
    last: Box<[u64]>,
    /// A set for each position: what may come next.
    follow: Box<[u64]>,
    /// A set for each symbol: the positions that read it.
    readers: Box<[u64]>,
}

impl Automaton {
    fn new(positions: &[Position], whole: &Part) -> Self {
        let words = positions.len().div_ceil(64).max(1);
        let cut = |bits: &Bits| bits.0.into_iter().take(words).collect::<Vec<_>>();
        let readers = (0..SYMBOLS).flat_map(|symbol| {
            let mut of = Bits::EMPTY;
            let symbol = Symbol::try_from(symbol).unwrap_or(Symbol::MAX);
            let reads = positions.iter().enumerate().filter(|(_, p)| p.class.contains(symbol));
            reads.for_each(|(i, _)| of.insert(i));
            cut(&of)
        });
        Self {
            words,
            nullable: whole.nullable,
            first: cut(&whole.first).into(),
            last: cut(&whole.last).into(),
            follow: positions.iter().flat_map(|p| cut(&p.follow)).collect(),
            readers: readers.collect(),
        }
    }

    /// The set behind `set` when `symbol` is read; a match may begin at any symbol.
    fn step(&self, set: &Bits, symbol: Symbol) -> Bits {
        let mut next = Bits::EMPTY;
        next.0.iter_mut().zip(&self.first).for_each(|(word, first)| *word = *first);
        for position in ones(set.0.into_iter().take(self.words)) {
            if let Some(row) = self.follow.chunks_exact(self.words).nth(position) {
                next.0.iter_mut().zip(row).for_each(|(word, follow)| *word |= follow);
            }
        }
        let readers = self.readers.chunks_exact(self.words).nth(symbol.into()).unwrap_or_default();
        next.0.iter_mut().zip(readers).for_each(|(word, readers)| *word &= readers);
        next
    }

    /// The set where `symbols` are read between two others, any number of times: anchors take no room.
    fn between(&self, set: &Bits, symbols: &[Symbol]) -> Bits {
        let mut grown = *set;
        loop {
            let before = grown;
            for symbol in symbols {
                grown.add(&self.step(&grown, *symbol));
            }
            if grown == before {
                return grown;
            }
        }
    }

    fn matches(&self, set: &Bits) -> bool {
        self.nullable || set.0.iter().zip(&self.last).any(|(word, last)| word & last != 0)
    }

    fn run(&self, path: AsPath<'_>) -> bool {
        if path.is_empty() {
            return self.matches(&self.between(&Bits::EMPTY, &[START, END]));
        }
        let mut set = self.between(&Bits::EMPTY, &[START]);
        let mut matched = self.matches(&set);
        symbols::each(path, |symbol| {
            set = self.step(&set, symbol);
            matched |= self.matches(&set);
            !matched
        });
        matched || self.matches(&self.between(&set, &[END]))
    }
}

/// All sets that can come about, by number.
pub(crate) struct Table {
    /// Whether an empty path matches.
    empty: bool,
    /// The set that any other path begins with.
    begin: u16,
    /// The next set, for each set and symbol of a text.
    next: Box<[u16]>,
    /// Whether the path matches if it ends here.
    at_end: Box<[bool]>,
}

/// Stands for all sets that match: whatever comes, the path does.
pub(crate) const MATCHED: u16 = u16::MAX;
/// The symbols that a text has.
const OF_TEXT: usize = 18;

impl Table {
    /// `None` where there are too many sets.
    fn new(automaton: &Automaton) -> Option<Self> {
        let mut numbers: BTreeMap<[u64; WORDS], u16> = BTreeMap::new();
        let mut sets: Vec<Bits> = Vec::new();
        let mut number = |set: Bits, sets: &mut Vec<Bits>| {
            if automaton.matches(&set) {
                return Some(MATCHED);
            }
            if let Some(known) = numbers.get(&set.0) {
                return Some(*known);
            }
            let new = u16::try_from(sets.len()).ok().filter(|_| sets.len() < STATES)?;
            numbers.insert(set.0, new);
            sets.push(set);
            Some(new)
        };
        let begin = number(automaton.between(&Bits::EMPTY, &[START]), &mut sets)?;
        let (mut next, mut at_end, mut work) = (Vec::new(), Vec::new(), 0usize);
        while let Some(set) = sets.get(at_end.len()).copied() {
            let rows = set.iter().count().saturating_add(2);
            work = work.saturating_add(rows.saturating_mul(automaton.words).saturating_mul(OF_TEXT));
            if work > WORK {
                return None;
            }
            for symbol in (0u8..).take(OF_TEXT) {
                next.push(number(automaton.step(&set, symbol), &mut sets)?);
            }
            at_end.push(automaton.matches(&automaton.between(&set, &[END])));
        }
        let empty = automaton.matches(&automaton.between(&Bits::EMPTY, &[START, END]));
        Some(Self { empty, begin, next: next.into(), at_end: at_end.into() })
    }

    fn run(&self, path: AsPath<'_>) -> bool {
        if path.is_empty() {
            return self.empty;
        }
        let mut set = self.begin;
        if set != MATCHED {
            symbols::each(path, |symbol| {
                set = self.step(set, symbol);
                set != MATCHED
            });
        }
        self.ends(set)
    }

    /// Whether an empty path matches.
    pub(crate) const fn matches_empty(&self) -> bool {
        self.empty
    }

    /// The set that any other path begins with.
    pub(crate) const fn begin(&self) -> u16 {
        self.begin
    }

    /// How many sets there are besides the one that stands for a match.
    pub(crate) const fn len(&self) -> usize {
        self.at_end.len()
    }

    /// The set behind one where a symbol is read.
    pub(crate) fn step(&self, set: u16, symbol: Symbol) -> u16 {
        let place = usize::from(set).wrapping_mul(OF_TEXT).wrapping_add(symbol.into());
        if set == MATCHED { MATCHED } else { self.next.get(place).copied().unwrap_or(MATCHED) }
    }

    /// Whether the path matches if it ends here.
    pub(crate) fn ends(&self, set: u16) -> bool {
        set == MATCHED || self.at_end.get(usize::from(set)).copied().unwrap_or(false)
    }
}

impl Program {
    pub(super) fn new(positions: &[Position], whole: &Part) -> Self {
        let automaton = Automaton::new(positions, whole);
        let table = Table::new(&automaton);
        Self { automaton, table }
    }

    /// The table, where the sets are few enough for one.
    pub(super) const fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }

    /// Whether a path matches: a step a symbol, and nothing allocated.
    pub(super) fn matches(&self, path: AsPath<'_>) -> bool {
        match &self.table {
            Some(table) => table.run(path),
            None => self.automaton.run(path),
        }
    }

    /// The same without the table.
    #[cfg(test)]
    pub(super) fn matches_by_sets(&self, path: AsPath<'_>) -> bool {
        self.automaton.run(path)
    }

    #[cfg(test)]
    pub(super) fn has_table(&self) -> bool {
        self.table.is_some()
    }
}
