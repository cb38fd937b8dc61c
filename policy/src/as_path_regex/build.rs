//! Expressions put together position by position (Glushkov's construction), by a stack and not by recursion.

use super::AsPathRegexFault;
use super::bits::{Bits, POSITIONS};
use super::symbols::Class;

/// A place in an expression where a symbol is read, and the places that may come next.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) class: Class,
    pub(super) follow: Bits,
}

/// A part of an expression: the positions from `from` to those added last.
#[derive(Clone, Copy)]
pub(super) struct Part {
    from: usize,
    pub(super) nullable: bool,
    pub(super) first: Bits,
    pub(super) last: Bits,
}

/// How often a part may stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Times {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
}

impl Times {
    pub(super) const OPTIONAL: Self = Self { least: 0, most: Some(1) };
    pub(super) const ANY: Self = Self { least: 0, most: None };
    pub(super) const SOME: Self = Self { least: 1, most: None };

    /// That of a sign behind a part.
    pub(super) const fn of(sign: char) -> Option<Self> {
        match sign {
            '?' => Some(Self::OPTIONAL),
            '*' => Some(Self::ANY),
            '+' => Some(Self::SOME),
            _ => None,
        }
    }
}

/// Parts in the making: one for each parenthesis that is open, and one around them.
pub(super) struct Builder {
    pub(super) positions: Vec<Position>,
    open: Vec<Open>,
    current: Open,
}

/// What is read of one level.
#[derive(Clone, Copy, Default)]
struct Open {
    /// What stands before the last `|`.
    before: Option<Part>,
    /// What stands behind it, but for `atom`.
    sequence: Option<Part>,
    /// What a sign of repetition would be about.
    atom: Option<Part>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self { positions: Vec::new(), open: Vec::new(), current: Open::default() }
    }

    /// One symbol of a class.
    pub(super) fn symbol(&mut self, class: Class) -> Result<(), AsPathRegexFault> {
        let part = self.part(class)?;
        self.push(&part);
        Ok(())
    }

    /// What follows belongs together.
    pub(super) fn open(&mut self) {
        self.settle();
        self.open.push(std::mem::take(&mut self.current));
    }

    /// The end of what belongs together.
    pub(super) fn close(&mut self) -> Result<(), AsPathRegexFault> {
        let outer = self.open.pop().ok_or(AsPathRegexFault::Unopened)?;
        let part = self.level();
        self.current = outer;
        self.push(&part);
        Ok(())
    }

    /// An alternative begins.
    pub(super) fn or(&mut self) {
        let before = self.level();
        self.current = Open { before: Some(before), ..Open::default() };
    }

    /// What was read last stands so often.
    pub(super) fn repeat(&mut self, times: Times) -> Result<(), AsPathRegexFault> {
        let atom = self.current.atom.take().ok_or(AsPathRegexFault::NothingToRepeat)?;
        self.current.atom = Some(self.repeated(&atom, times)?);
        Ok(())
    }

    /// Whether no parenthesis is open.
    pub(super) fn is_whole(&self) -> bool {
        self.open.is_empty()
    }

    /// The whole expression.
    pub(super) fn finish(mut self) -> Result<(Vec<Position>, Part), AsPathRegexFault> {
        if !self.is_whole() {
            return Err(AsPathRegexFault::Unclosed);
        }
        let whole = self.level();
        Ok((self.positions, whole))
    }

    fn part(&mut self, class: Class) -> Result<Part, AsPathRegexFault> {
        let from = self.positions.len();
        if from >= POSITIONS {
            return Err(AsPathRegexFault::TooLarge);
        }
        self.positions.push(Position { class, follow: Bits::EMPTY });
        let mut alone = Bits::EMPTY;
        alone.insert(from);
        Ok(Part { from, nullable: false, first: alone, last: alone })
    }

    fn nothing(&self) -> Part {
        Part { from: self.positions.len(), nullable: true, first: Bits::EMPTY, last: Bits::EMPTY }
    }

    fn push(&mut self, atom: &Part) {
        self.settle();
        self.current.atom = Some(*atom);
    }

    /// The atom cannot be repeated any more.
    fn settle(&mut self) {
        if let Some(atom) = self.current.atom.take() {
            self.current.sequence = Some(match self.current.sequence.take() {
                Some(before) => self.joined(&before, &atom),
                None => atom,
            });
        }
    }

    /// All that was read of this level.
    fn level(&mut self) -> Part {
        self.settle();
        let Open { before, sequence, .. } = std::mem::take(&mut self.current);
        let sequence = sequence.unwrap_or_else(|| self.nothing());
        match before {
            Some(mut either) => {
                either.nullable |= sequence.nullable;
                either.first.add(&sequence.first);
                either.last.add(&sequence.last);
                either
            }
            None => sequence,
        }
    }

    /// `then` may come behind each of `last`.
    fn link(&mut self, last: &Bits, then: &Bits) {
        for position in last.iter() {
            if let Some(position) = self.positions.get_mut(position) {
                position.follow.add(then);
            }
        }
    }

    fn joined(&mut self, a: &Part, b: &Part) -> Part {
        self.link(&a.last, &b.first);
        let mut joined =
            Part { from: a.from, nullable: a.nullable && b.nullable, first: a.first, last: b.last };
        if a.nullable {
            joined.first.add(&b.first);
        }
        if b.nullable {
            joined.last.add(&a.last);
        }
        joined
    }

    /// A part that ends where the positions end, so many times.
    fn repeated(&mut self, template: &Part, Times { least, most }: Times) -> Result<Part, AsPathRegexFault> {
        if most.is_some_and(|most| most < least) {
            return Err(AsPathRegexFault::Times);
        }
        let size = self.positions.len().saturating_sub(template.from);
        let copies = most.unwrap_or(least.max(1));
        if size.saturating_mul(copies) > POSITIONS {
            return Err(AsPathRegexFault::TooLarge);
        }
        let inner: Vec<Position> = self.positions.get(template.from..).unwrap_or_default().to_vec();
        self.positions.truncate(template.from);
        let mut whole = self.nothing();
        for copy in 1..=copies {
            let mut part = self.copied(&inner, template)?;
            if most.is_none() && copy == copies {
                self.link(&part.last, &part.first);
            }
            part.nullable |= copy > least;
            whole = self.joined(&whole, &part);
        }
        Ok(whole)
    }

    /// `inner`, which `template` is about, once more at the end of the positions.
    fn copied(&mut self, inner: &[Position], template: &Part) -> Result<Part, AsPathRegexFault> {
        let from = self.positions.len();
        if from.saturating_add(inner.len()) > POSITIONS {
            return Err(AsPathRegexFault::TooLarge);
        }
        let by = from.saturating_sub(template.from);
        self.positions.extend(inner.iter().map(|p| Position { follow: p.follow.shifted(by), ..*p }));
        let (first, last) = (template.first.shifted(by), template.last.shifted(by));
        Ok(Part { from, nullable: template.nullable, first, last })
    }
}
