//! Flow specifications in text.

use super::buf::{FlowSpecBuf, FlowSpecError};
use super::component::{FlowComponent, FlowMatch, FlowType, Form};
use super::operator::{BitmaskOp, NumericOp};
use super::{FlowPrefix, FlowSpec};
use crate::asn::decimal;
use alloc::vec::Vec;
use core::fmt;

/// The tests of a number, longest first, so that none is taken for another: lesser, greater and equal pass.
const COMPARISONS: [(&str, bool, bool, bool); 6] = [
    ("<=", true, false, true),
    (">=", false, true, true),
    ("!=", true, true, false),
    ("<", true, false, false),
    (">", false, true, false),
    ("=", false, false, true),
];

/// The bits of TCP (RFC 9293 section 3.1, RFC 9768).
const TCP_FLAGS: [(&str, u16); 9] = [
    ("fin", 0x01),
    ("syn", 0x02),
    ("rst", 0x04),
    ("psh", 0x08),
    ("ack", 0x10),
    ("urg", 0x20),
    ("ece", 0x40),
    ("cwr", 0x80),
    ("ae", 0x100),
];

/// The bits of RFC 8955 section 4.2.2.12.
const FRAGMENTS: [(&str, u16); 4] =
    [("dont-fragment", 1), ("is-fragment", 2), ("first-fragment", 4), ("last-fragment", 8)];

/// The names of a component's bits.
fn names(kind: FlowType) -> &'static [(&'static str, u16)] {
    if kind == FlowType::TcpFlags { &TCP_FLAGS } else { &FRAGMENTS }
}

impl fmt::Display for FlowSpec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.components().enumerate().try_for_each(|(i, component)| {
            f.write_str(if i == 0 { "" } else { " & " })?;
            component.fmt(f)
        })
    }
}

impl fmt::Debug for FlowSpec<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlowSpec({self})")
    }
}

/// A rule without components is shown as nothing.
impl fmt::Display for FlowSpecBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_flow_spec().map_or(Ok(()), |rule| rule.fmt(f))
    }
}

impl fmt::Debug for FlowSpecBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlowSpecBuf({self})")
    }
}

impl fmt::Display for FlowComponent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind.name())?;
        match &self.matches {
            FlowMatch::Prefix(prefix) => prefix.fmt(f),
            FlowMatch::Numeric(ops) => ops.clone().enumerate().try_for_each(|(i, op)| {
                f.write_str(joint(i, op.and))?;
                op.fmt(f)
            }),
            FlowMatch::Bitmask(ops) => ops.clone().enumerate().try_for_each(|(i, op)| {
                f.write_str(joint(i, op.and))?;
                fmt_bits(f, op, names(self.kind))
            }),
        }
    }
}

/// What stands before the test at place `i`.
const fn joint(i: usize, and: bool) -> &'static str {
    match (i, and) {
        (0, _) => "",
        (_, true) => "&",
        (_, false) => ",",
    }
}

/// The test without what joins it to the one before.
impl fmt::Display for NumericOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.comparison() {
            Some(text) => write!(f, "{text}{}", self.value),
            None => f.write_str(if self.equal { "true" } else { "false" }),
        }
    }
}

impl NumericOp {
    /// How it compares; `None` where every number passes, or none does.
    pub(crate) fn comparison(&self) -> Option<&'static str> {
        let is = |(_, less, greater, equal): &&(&str, bool, bool, bool)| {
            (self.less, self.greater, self.equal) == (*less, *greater, *equal)
        };
        COMPARISONS.iter().find(is).map(|(text, ..)| *text)
    }
}

fn fmt_bits(f: &mut fmt::Formatter<'_>, op: BitmaskOp, names: &[(&str, u16)]) -> fmt::Result {
    f.write_str(if op.not { "!" } else { "" })?;
    f.write_str(if op.all { "=" } else { "" })?;
    let named = names.iter().fold(0, |bits, (_, bit)| bits | bit);
    if op.value == 0 || op.value & !named != 0 {
        return write!(f, "0x{:x}", op.value);
    }
    let mut set = names.iter().filter(|(_, bit)| op.value & bit != 0);
    set.next().map_or(Ok(()), |(name, _)| f.write_str(name))?;
    set.try_for_each(|(name, _)| write!(f, "+{name}"))
}

/// Why text is not a flow specification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FlowSpecParseError {
    /// The component of this number, counted from 1, cannot be read.
    Syntax(usize),
    /// A component can be read, and cannot be in the rule.
    Rule(FlowSpecError),
}

impl fmt::Display for FlowSpecParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(n) => write!(f, "component {n} of the rule cannot be read"),
            Self::Rule(error) => error.fmt(f),
        }
    }
}
impl core::error::Error for FlowSpecParseError {}

impl FlowSpecBuf {
    /// Reads a rule for packets of IPv4 or IPv6 in the notation in which it is shown.
    pub fn parse(ipv6: bool, s: &str) -> Result<Self, FlowSpecParseError> {
        s.split(" & ").enumerate().try_fold(Self::new(ipv6), |rule, (i, component)| {
            rule.add(component)
                .ok_or(FlowSpecParseError::Syntax(i.saturating_add(1)))?
                .map_err(FlowSpecParseError::Rule)
        })
    }

    /// Adds a component in text; `None` where it cannot be read.
    fn add(self, s: &str) -> Option<Result<Self, FlowSpecError>> {
        let (name, tests) = s.split_once(' ')?;
        let kind = FlowType::ALL.into_iter().find(|kind| kind.name() == name)?;
        Some(match kind.form(self.ipv6) {
            Form::Prefix => self.prefix(kind, FlowPrefix::parse(tests)?),
            Form::Numeric(_) => self.numeric(kind, &list(tests, numeric)?),
            Form::Bitmask(_) => self.bitmask(kind, &list(tests, |s, and| bits(s, and, names(kind)))?),
        })
    }
}

/// Tests joined by `,` and `&`, of which `test` reads one.
fn list<T>(s: &str, test: impl Fn(&str, bool) -> Option<T>) -> Option<Vec<T>> {
    s.split(',').flat_map(|s| s.split('&').enumerate()).map(|(i, s)| test(s, i > 0)).collect()
}

fn numeric(s: &str, and: bool) -> Option<NumericOp> {
    if let "true" | "false" = s {
        let all = s == "true";
        return Some(NumericOp { and, less: all, greater: all, equal: all, value: 0 });
    }
    COMPARISONS.iter().find_map(|(text, less, greater, equal)| {
        let value = decimal(s.strip_prefix(text)?)?;
        Some(NumericOp { and, less: *less, greater: *greater, equal: *equal, value })
    })
}

fn bits(s: &str, and: bool, names: &[(&str, u16)]) -> Option<BitmaskOp> {
    let (not, s) = s.strip_prefix('!').map_or((false, s), |s| (true, s));
    let (all, s) = s.strip_prefix('=').map_or((false, s), |s| (true, s));
    let bit = |name| names.iter().find(|(of, _)| *of == name).map(|(_, bit)| *bit);
    let value = match s.strip_prefix("0x") {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            u16::from_str_radix(digits, 16).ok()?
        }
        _ => s.split('+').try_fold(0, |value, name| Some(value | bit(name)?))?,
    };
    Some(BitmaskOp { and, not, all, value })
}
