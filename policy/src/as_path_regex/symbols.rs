//! A path as the symbols of its text, which nobody writes out.

use bgp_wire::{AsPath, SegmentKind};

/// The digits are their own values.
pub(crate) type Symbol = u8;

pub(crate) const SPACE: Symbol = 10;
pub(crate) const COMMA: Symbol = 11;
/// Of a set, of a confederation's sequence and of its set.
pub(crate) const OPEN: [Symbol; 3] = [12, 13, 14];
pub(crate) const CLOSE: [Symbol; 3] = [15, 16, 17];
/// Where the text begins and ends: anchors ask for them.
pub(super) const START: Symbol = 18;
pub(super) const END: Symbol = 19;
/// How many symbols there are.
pub(super) const SYMBOLS: usize = 20;

/// A set of symbols.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Class(u32);

impl Class {
    pub(super) const NONE: Self = Self(0);
    pub(super) const DIGITS: Self = Self((1 << 10) - 1);
    /// Every symbol that stands in a text.
    pub(super) const ANY: Self = Self((1 << 18) - 1);
    pub(super) const START: Self = Self(1 << START);
    pub(super) const END: Self = Self(1 << END);
    /// What `_` stands for: whatever is between two ASNs, or beside the first and the last.
    pub(super) const BETWEEN: Self = Self((Self::ANY.0 & !Self::DIGITS.0) | Self::START.0 | Self::END.0);
    /// What ends an element of a path.
    pub(super) const AFTER: Self = Self(1 << SPACE | Self::END.0);
    pub(super) const COMMA: Self = Self(1 << COMMA);
    pub(super) const OPEN: Self = Self(0b111 << 12);
    pub(super) const CLOSE: Self = Self(0b111 << 15);

    /// The digits from one to another.
    pub(super) fn digits(first: u8, last: u8) -> Self {
        (first..=last).fold(Self::NONE, Self::with)
    }

    /// The class of one symbol, as it is written.
    pub(super) fn of(c: char) -> Option<Self> {
        let symbol = match c {
            '0'..='9' => u8::try_from(c).ok()?.wrapping_sub(b'0'),
            ' ' => SPACE,
            ',' => COMMA,
            '{' => 12,
            '(' => 13,
            '[' => 14,
            '}' => 15,
            ')' => 16,
            ']' => 17,
            _ => return None,
        };
        Some(Self::NONE.with(symbol))
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Every other symbol of a text.
    pub(super) const fn not(self) -> Self {
        Self(Self::ANY.0 & !self.0)
    }

    pub(super) fn contains(self, symbol: Symbol) -> bool {
        self.0.checked_shr(symbol.into()).unwrap_or(0) & 1 == 1
    }

    fn with(self, symbol: Symbol) -> Self {
        Self(self.0 | 1u32.checked_shl(symbol.into()).unwrap_or(0))
    }
}

/// Hands over the symbols of a path's text, such as `64500 {64501,64502}`, until `take` wants no more.
pub(super) fn each(path: AsPath<'_>, mut take: impl FnMut(Symbol) -> bool) {
    let mut first = true;
    for segment in path.segments() {
        let brackets = match segment.kind {
            SegmentKind::Sequence => None,
            SegmentKind::Set => Some(0),
            SegmentKind::ConfedSequence => Some(1),
            SegmentKind::ConfedSet => Some(2),
        };
        let bracket = |of: [Symbol; 3]| brackets.and_then(|n: usize| of.get(n).copied());
        let ordered = matches!(segment.kind, SegmentKind::Sequence | SegmentKind::ConfedSequence);
        if !std::mem::take(&mut first) && !take(SPACE) {
            return;
        }
        if bracket(OPEN).is_some_and(|symbol| !take(symbol)) {
            return;
        }
        for (i, asn) in segment.asns().enumerate() {
            let between = if ordered { SPACE } else { COMMA };
            if (i > 0 && !take(between)) || !digits(asn.0, &mut take) {
                return;
            }
        }
        if bracket(CLOSE).is_some_and(|symbol| !take(symbol)) {
            return;
        }
    }
}

/// The digits of a number, the greatest first; whether more is wanted.
fn digits(n: u32, take: &mut impl FnMut(Symbol) -> bool) -> bool {
    let mut digits = [0; 10];
    let (mut rest, mut used) = (n, 0usize);
    for place in digits.iter_mut().rev() {
        *place = u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        used = used.saturating_add(1);
        if rest == 0 {
            break;
        }
    }
    let unused = digits.len().saturating_sub(used);
    digits.into_iter().skip(unused).all(take)
}
