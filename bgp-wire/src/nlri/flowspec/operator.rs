//! Operators: the tests of a component, each an octet and a value (RFC 8955 section 4.2.1).

use crate::cursor;
use alloc::vec::Vec;

/// Bits of an operator's octet.
const END: u8 = 0x80;
const AND: u8 = 0x40;
const LESS: u8 = 0x04;
const GREATER: u8 = 0x02;
const EQUAL: u8 = 0x01;
const NOT: u8 = 0x02;
const MATCH: u8 = 0x01;

/// The values a component has: how many octets at most, and which bits of them count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Bits {
    pub(super) octets: usize,
    pub(super) mask: u64,
}

impl Bits {
    /// Cuts one operator and its value off `v`.
    fn take(self, v: &[u8]) -> Option<(u8, u64, &[u8])> {
        let (op, rest) = cursor::u8(v)?;
        let octets = 1_usize.unbounded_shl(u32::from(op >> 4 & 3));
        let (value, rest) = rest.split_at_checked(octets)?;
        let value = value.iter().fold(0, |n, octet| n << 8 | u64::from(*octet));
        (octets <= self.octets).then_some((op, value & self.mask, rest))
    }

    /// Cuts a list of operators off `v`, up to the one that ends it; `None` where none does, or a value is longer
    /// than its component allows.
    pub(super) fn list(self, v: &[u8]) -> Option<(&[u8], &[u8])> {
        let mut rest = v;
        loop {
            let (op, _, after) = self.take(rest)?;
            rest = after;
            if op & END != 0 {
                return v.split_at_checked(v.len().saturating_sub(rest.len()));
            }
        }
    }

    /// Appends the operators, each with the fewest octets but not fewer than `least`, the last of them marked; `false`
    /// where there is none, or one whose value cannot be written.
    pub(super) fn put(self, ops: impl Iterator<Item = (u8, u64)>, least: usize, out: &mut Vec<u8>) -> bool {
        let mut last = None;
        for (op, value) in ops {
            let needed =
                usize::try_from(u64::BITS.saturating_sub(value.leading_zeros()).div_ceil(8)).unwrap_or(8);
            let octets = needed.max(least).next_power_of_two();
            if octets > self.octets || value & !self.mask != 0 {
                return false;
            }
            // In the first operator the AND bit is not set (RFC 8955 section 4.2.1.1).
            let op = if last.is_none() { op & !AND } else { op };
            last = Some(out.len());
            let code = u8::try_from(octets.trailing_zeros()).unwrap_or(0);
            out.push(op | code << 4);
            out.extend_from_slice(
                value.to_be_bytes().get(8_usize.saturating_sub(octets)..).unwrap_or_default(),
            );
        }
        match last.and_then(|at| out.get_mut(at)) {
            Some(op) => *op |= END,
            None => return false,
        }
        true
    }
}

/// A test of a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NumericOp {
    /// Whether the test before must pass too; otherwise one of both is enough. It says nothing in the first.
    pub and: bool,
    /// A lesser number passes.
    pub less: bool,
    /// A greater number passes.
    pub greater: bool,
    /// The number itself passes.
    pub equal: bool,
    /// The number.
    pub value: u64,
}

impl NumericOp {
    /// The test that `value` alone passes.
    pub const fn equal(value: u64) -> Self {
        Self { and: false, less: false, greater: false, equal: true, value }
    }

    fn read(op: u8, value: u64) -> Self {
        let is = |bit| op & bit != 0;
        Self { and: is(AND), less: is(LESS), greater: is(GREATER), equal: is(EQUAL), value }
    }

    pub(super) fn octet(self) -> u8 {
        [(self.and, AND), (self.less, LESS), (self.greater, GREATER), (self.equal, EQUAL)]
            .iter()
            .fold(0, |op, (is, bit)| if *is { op | bit } else { op })
    }
}

/// A test of bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BitmaskOp {
    /// Whether the test before must pass too; otherwise one of both is enough. It says nothing in the first.
    pub and: bool,
    /// Whether what would pass does not, and what would not does.
    pub not: bool,
    /// Whether all of the bits must be set; otherwise one is enough.
    pub all: bool,
    /// The bits.
    pub value: u16,
}

impl BitmaskOp {
    /// The test that passes when all of `value` are set.
    pub const fn all(value: u16) -> Self {
        Self { and: false, not: false, all: true, value }
    }

    fn read(op: u8, value: u64) -> Self {
        let is = |bit| op & bit != 0;
        let value = u16::try_from(value).unwrap_or(u16::MAX);
        Self { and: is(AND), not: is(NOT), all: is(MATCH), value }
    }

    pub(super) fn octet(self) -> u8 {
        [(self.and, AND), (self.not, NOT), (self.all, MATCH)]
            .iter()
            .fold(0, |op, (is, bit)| if *is { op | bit } else { op })
    }
}

/// The tests of a number. One that is joined to the test before by AND binds closer than one joined by OR.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NumericOps<'a> {
    rest: &'a [u8],
    first: bool,
    bits: Bits,
}

impl<'a> NumericOps<'a> {
    pub(super) const fn new(rest: &'a [u8], bits: Bits) -> Self {
        Self { rest, first: true, bits }
    }
}

impl Iterator for NumericOps<'_> {
    type Item = NumericOp;

    fn next(&mut self) -> Option<NumericOp> {
        let (op, value, rest) = self.bits.take(self.rest)?;
        let op = if self.first { op & !AND } else { op };
        (self.rest, self.first) = (rest, false);
        Some(NumericOp::read(op, value))
    }
}

/// The tests of bits, joined as [`NumericOps`] are.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BitmaskOps<'a> {
    rest: &'a [u8],
    first: bool,
    bits: Bits,
}

impl<'a> BitmaskOps<'a> {
    pub(super) const fn new(rest: &'a [u8], bits: Bits) -> Self {
        Self { rest, first: true, bits }
    }
}

impl Iterator for BitmaskOps<'_> {
    type Item = BitmaskOp;

    fn next(&mut self) -> Option<BitmaskOp> {
        let (op, value, rest) = self.bits.take(self.rest)?;
        let op = if self.first { op & !AND } else { op };
        (self.rest, self.first) = (rest, false);
        Some(BitmaskOp::read(op, value))
    }
}
