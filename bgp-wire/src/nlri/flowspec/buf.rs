//! Building flow specifications.

use super::component::{FlowComponents, FlowType, Form};
use super::operator::{BitmaskOp, NumericOp};
use super::{FlowPrefix, FlowSpec, MAX_OF_VPN};
use alloc::vec::Vec;
use core::fmt;
use ipnet::IpNet;

/// A flow specification that is being built. Its components are kept in order, in whichever they are added.
///
/// ```
/// use bgp_wire::{FlowPrefix, FlowSpecBuf, FlowType, NumericOp};
///
/// let to: FlowPrefix = "192.0.2.0/24".parse::<ipnet::IpNet>().unwrap().into();
/// let rule = FlowSpecBuf::new(false)
///     .numeric(FlowType::Protocol, &[NumericOp::equal(6)])?
///     .prefix(FlowType::Destination, to)?;
/// assert_eq!(rule.to_string(), "destination 192.0.2.0/24 & protocol =6");
/// assert_eq!(FlowSpecBuf::parse(false, "protocol =6 & destination 192.0.2.0/24"), Ok(rule));
/// # Ok::<(), bgp_wire::FlowSpecError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FlowSpecBuf {
    pub(super) ipv6: bool,
    raw: Vec<u8>,
}

/// Why a component cannot be added.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FlowSpecError {
    /// The component does not test in this way, or not packets of this version of IP.
    Form(FlowType),
    /// The rule has one of this type already.
    Duplicate(FlowType),
    /// The component has no test, or a value that it cannot have.
    Value(FlowType),
    /// The rule would have more octets than an NLRI.
    TooLong,
}

impl fmt::Display for FlowSpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(kind) => write!(f, "a rule of this kind cannot test {} so", kind.name()),
            Self::Duplicate(kind) => write!(f, "{} is there twice", kind.name()),
            Self::Value(kind) => write!(f, "{} cannot have this value", kind.name()),
            Self::TooLong => f.write_str("the rule is longer than an NLRI can be"),
        }
    }
}
impl core::error::Error for FlowSpecError {}

impl FlowSpecBuf {
    /// A rule without components, which is not yet one.
    pub const fn new(ipv6: bool) -> Self {
        Self { ipv6, raw: Vec::new() }
    }

    /// Adds that the address is within `prefix`.
    pub fn prefix(self, kind: FlowType, prefix: FlowPrefix) -> Result<Self, FlowSpecError> {
        let ipv6 = matches!(prefix.prefix(), IpNet::V6(_));
        if kind.form(self.ipv6) != Form::Prefix || ipv6 != self.ipv6 {
            return Err(FlowSpecError::Form(kind));
        }
        let mut component = alloc::vec![kind as u8];
        prefix.put(&mut component);
        self.insert(kind, &component)
    }

    /// Adds that the number passes `ops`.
    pub fn numeric(self, kind: FlowType, ops: &[NumericOp]) -> Result<Self, FlowSpecError> {
        let Form::Numeric(bits) = kind.form(self.ipv6) else { return Err(FlowSpecError::Form(kind)) };
        if FlowType::of(self.ipv6, kind as u8).is_none() {
            return Err(FlowSpecError::Form(kind));
        }
        // RFC 8956 section 3.7.
        let least = if kind == FlowType::FlowLabel { 4 } else { 1 };
        let mut component = alloc::vec![kind as u8];
        if !bits.put(ops.iter().map(|op| (op.octet(), op.value)), least, &mut component) {
            return Err(FlowSpecError::Value(kind));
        }
        self.insert(kind, &component)
    }

    /// Adds that the bits pass `ops`.
    pub fn bitmask(self, kind: FlowType, ops: &[BitmaskOp]) -> Result<Self, FlowSpecError> {
        let Form::Bitmask(bits) = kind.form(self.ipv6) else { return Err(FlowSpecError::Form(kind)) };
        let mut component = alloc::vec![kind as u8];
        if !bits.put(ops.iter().map(|op| (op.octet(), u64::from(op.value))), 1, &mut component) {
            return Err(FlowSpecError::Value(kind));
        }
        self.insert(kind, &component)
    }

    /// The rule; `None` while it has no component.
    pub fn as_flow_spec(&self) -> Option<FlowSpec<'_>> {
        (!self.raw.is_empty()).then_some(FlowSpec { ipv6: self.ipv6, raw: &self.raw })
    }

    fn components(&self) -> FlowComponents<'_> {
        FlowComponents { ipv6: self.ipv6, rest: &self.raw }
    }

    /// Puts a component before the first of a higher type.
    fn insert(mut self, kind: FlowType, component: &[u8]) -> Result<Self, FlowSpecError> {
        // A route distinguisher may come before it.
        if self.raw.len().saturating_add(component.len()) > MAX_OF_VPN {
            return Err(FlowSpecError::TooLong);
        }
        if self.components().any(|there| there.kind == kind) {
            return Err(FlowSpecError::Duplicate(kind));
        }
        let mut after = self.components();
        while after.clone().next().is_some_and(|there| there.kind < kind) {
            after.next();
        }
        let at = self.raw.len().saturating_sub(after.rest.len());
        self.raw.splice(at..at, component.iter().copied());
        Ok(self)
    }
}

impl From<FlowSpec<'_>> for FlowSpecBuf {
    fn from(rule: FlowSpec<'_>) -> Self {
        Self { ipv6: rule.ipv6, raw: rule.raw.to_vec() }
    }
}
