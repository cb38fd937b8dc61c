//! Flow specifications: which packets a rule is for (RFC 8955, RFC 8956).
//!
//! [`FlowSpec`] borrows a rule from its message, [`FlowSpecBuf`] builds one. Both are shown, and a rule is read from
//! text, in one notation, of which this is an example with everything in it:
//!
//! ```text
//! destination 198.51.100.0/24 & protocol =6,=17 & port >=137&<=139,=8080 & tcp-flags =syn+ack,!rst
//! ```
//!
//! Components are joined by ` & `: all of them must match. Behind the name of each comes a prefix, or tests; of
//! these `,` is OR and `&` is AND, which binds closer. Numbers are tested by `=`, `<`, `<=`, `>`, `>=` and `!=`; `true`
//! and `false` are tests that ask for no number. Bits are tested by their names, joined by `+`, or as one number: any
//! of them is set, with `=` all of them are set, and a leading `!` negates the test. An IPv6 prefix that leaves out
//! leading bits is `::1234:5678:9a00:0/64-104`: of its 104 bits the first 64 do not count.

mod buf;
mod component;
mod operator;
mod precedence;
mod prefix;
#[cfg(test)]
mod tests;
mod text;

pub use buf::{FlowSpecBuf, FlowSpecError};
pub use component::{FlowComponent, FlowComponents, FlowMatch, FlowType};
pub use operator::{BitmaskOp, BitmaskOps, NumericOp, NumericOps};
pub use prefix::FlowPrefix;
pub use text::FlowSpecParseError;

use super::TypedNlri;
use crate::cursor;
use crate::family::Family;
use crate::outcome::Fault;
use crate::route_distinguisher::RouteDistinguisher;
use alloc::vec::Vec;
use component::read_component;

/// A valid flow specification, borrowed from its message: at least one component, each type at most once, in order.
///
/// Two are equal when their octets are: a rule is an opaque key to BGP (RFC 8955 section 4).
///
/// ```
/// use bgp_wire::{Family, FlowMatch, FlowType, Nlri, TypedNlri};
///
/// // All packets to 192.0.2.0/24 and TCP port 25 (RFC 8955 section 4.3).
/// let octets = [11, 1, 24, 192, 0, 2, 3, 0x81, 6, 4, 0x81, 25];
/// let field = Nlri::new(Family::Ipv4FlowSpec, false, &octets)?;
/// let (_, TypedNlri::FlowSpec(rule)) = field.typed().next().unwrap() else { panic!() };
/// assert_eq!(rule.to_string(), "destination 192.0.2.0/24 & protocol =6 & port =25");
/// let port = rule.components().find(|component| component.kind == FlowType::Port).unwrap();
/// let FlowMatch::Numeric(mut tests) = port.matches else { panic!() };
/// assert_eq!(tests.next().unwrap().value, 25);
/// # Ok::<(), bgp_wire::Fault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlowSpec<'a> {
    ipv6: bool,
    raw: &'a [u8],
}

impl<'a> FlowSpec<'a> {
    /// Checks a rule, which `raw` is without its length (RFC 8955 section 4.2, RFC 8956 section 3).
    pub fn new(ipv6: bool, raw: &'a [u8]) -> Result<Self, Fault> {
        if raw.is_empty() {
            return Err(Fault::FlowSpecEmpty);
        }
        if raw.len() > MAX {
            return Err(Fault::NlriTruncated);
        }
        let (mut rest, mut last) = (raw, 0);
        while let Some(kind) = rest.first().copied() {
            if kind <= last && kind != 0 {
                return Err(Fault::FlowSpecOrder(kind));
            }
            rest = read_component(ipv6, rest)?.1;
            last = kind;
        }
        Ok(Self { ipv6, raw })
    }

    /// Whether it is for packets of IPv6.
    pub const fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    /// Its octets, without their length.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether an NLRI can hold it and a route distinguisher.
    pub(super) const fn has_room_for_rd(&self) -> bool {
        self.raw.len() <= MAX_OF_VPN
    }

    /// What a packet must match, all of it, in the order of types.
    pub const fn components(&self) -> FlowComponents<'a> {
        FlowComponents { ipv6: self.ipv6, rest: self.raw }
    }
}

/// The longest length that has one octet (RFC 8955 section 4.1).
const ONE_OCTET: u8 = 0xef;

/// The longest length there is.
const MAX: usize = 0xfff;

/// The longest rule that leaves room for a route distinguisher.
const MAX_OF_VPN: usize = MAX - 8;

/// Cuts one rule off `v`: its length of one octet or two, and as many octets (RFC 8955 sections 4.1 and 8). Some rules
/// are of a VPN.
///
/// A rule that is malformed ends where its length says, so that those behind it can be read (RFC 7606 section 3.j).
pub(super) fn take(family: Family, v: &[u8]) -> Result<(TypedNlri<'_>, &[u8]), Fault> {
    let (first, after) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
    let (len, after) = if first <= ONE_OCTET {
        (usize::from(first), after)
    } else {
        let (len, after) = cursor::u16(v).ok_or(Fault::NlriTruncated)?;
        (usize::from(len & 0xfff), after)
    };
    let (value, rest) = after.split_at_checked(len).ok_or(Fault::NlriTruncated)?;
    let octets = v.get(..v.len().saturating_sub(rest.len())).unwrap_or(v);
    let nlri = read(family, value).unwrap_or_else(|fault| TypedNlri::Malformed { octets, fault });
    Ok((nlri, rest))
}

fn read(family: Family, value: &[u8]) -> Result<TypedNlri<'_>, Fault> {
    let ipv6 = matches!(family, Family::Ipv6FlowSpec | Family::Ipv6VpnFlowSpec);
    if matches!(family, Family::Ipv4FlowSpec | Family::Ipv6FlowSpec) {
        return FlowSpec::new(ipv6, value).map(TypedNlri::FlowSpec);
    }
    let (rd, raw) = RouteDistinguisher::take(value).ok_or(Fault::FlowSpecEmpty)?;
    FlowSpec::new(ipv6, raw).map(|rule| TypedNlri::VpnFlowSpec(rd, rule))
}

/// Appends a rule behind its length and, if it is of a VPN, its route distinguisher; nothing where both together are
/// longer than a length can say.
pub(super) fn put(rd: Option<RouteDistinguisher>, rule: &FlowSpec<'_>, out: &mut Vec<u8>) {
    let rd = rd.map(RouteDistinguisher::octets);
    let rd: &[u8] = rd.as_ref().map_or(&[], |rd| rd);
    let octets = rule.raw.len().saturating_add(rd.len());
    match (u8::try_from(octets), u16::try_from(octets)) {
        (Ok(len @ 0..=ONE_OCTET), _) => out.push(len),
        (_, Ok(len)) if octets <= MAX => out.extend_from_slice(&(len | 0xf000).to_be_bytes()),
        _ => return,
    }
    out.extend_from_slice(rd);
    out.extend_from_slice(rule.raw);
}
