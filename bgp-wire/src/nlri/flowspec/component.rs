//! Components: what a rule tests of a packet (RFC 8955 section 4.2.2, RFC 8956 section 3).

use super::operator::{BitmaskOps, Bits, NumericOps};
use super::prefix::FlowPrefix;
use crate::cursor;
use crate::outcome::Fault;

/// What a component tests. A rule has each at most once, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum FlowType {
    /// 1: the destination address.
    Destination = 1,
    /// 2: the source address.
    Source = 2,
    /// 3: the protocol; of IPv6 the upper-layer protocol.
    Protocol = 3,
    /// 4: the source port or the destination port.
    Port = 4,
    /// 5: the destination port.
    DestinationPort = 5,
    /// 6: the source port.
    SourcePort = 6,
    /// 7: the type of an ICMP message; of IPv6 of ICMPv6.
    IcmpType = 7,
    /// 8: the code of an ICMP message; of IPv6 of ICMPv6.
    IcmpCode = 8,
    /// 9: the flags of TCP.
    TcpFlags = 9,
    /// 10: the length of the packet in octets, without what the link adds.
    PacketLength = 10,
    /// 11: the DSCP.
    Dscp = 11,
    /// 12: which fragment it is.
    Fragment = 12,
    /// 13: the flow label, of IPv6 alone.
    FlowLabel = 13,
}

impl FlowType {
    /// All of them, in order.
    pub const ALL: [Self; 13] = [
        Self::Destination,
        Self::Source,
        Self::Protocol,
        Self::Port,
        Self::DestinationPort,
        Self::SourcePort,
        Self::IcmpType,
        Self::IcmpCode,
        Self::TcpFlags,
        Self::PacketLength,
        Self::Dscp,
        Self::Fragment,
        Self::FlowLabel,
    ];

    /// The name in text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Destination => "destination",
            Self::Source => "source",
            Self::Protocol => "protocol",
            Self::Port => "port",
            Self::DestinationPort => "destination-port",
            Self::SourcePort => "source-port",
            Self::IcmpType => "icmp-type",
            Self::IcmpCode => "icmp-code",
            Self::TcpFlags => "tcp-flags",
            Self::PacketLength => "packet-length",
            Self::Dscp => "dscp",
            Self::Fragment => "fragment",
            Self::FlowLabel => "flow-label",
        }
    }

    /// The type of number `n`; 13 is one of IPv6 alone.
    pub(super) fn of(ipv6: bool, n: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == n && (ipv6 || *kind != Self::FlowLabel))
    }

    /// How the component tests.
    pub(super) const fn form(self, ipv6: bool) -> Form {
        match self {
            Self::Destination | Self::Source => Form::Prefix,
            Self::TcpFlags => Form::Bitmask(Bits { octets: 2, mask: 0x0fff }),
            // Of IPv6 there is no bit for "don't fragment" (RFC 8956 section 3.6).
            Self::Fragment => Form::Bitmask(Bits { octets: 1, mask: if ipv6 { 0x0e } else { 0x0f } }),
            Self::Dscp => Form::Numeric(Bits { octets: 1, mask: 0x3f }),
            _ => Form::Numeric(Bits { octets: 8, mask: u64::MAX }),
        }
    }
}

/// How a component tests, and with which values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Prefix,
    Numeric(Bits),
    Bitmask(Bits),
}

/// A component of a rule.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FlowComponent<'a> {
    /// What it tests.
    pub kind: FlowType,
    /// What it wants of that.
    pub matches: FlowMatch<'a>,
}

/// What a component wants.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FlowMatch<'a> {
    /// An address within a prefix.
    Prefix(FlowPrefix),
    /// A number that passes these tests.
    Numeric(NumericOps<'a>),
    /// Bits that pass these tests.
    Bitmask(BitmaskOps<'a>),
}

/// Cuts one component off `v`, which is not empty.
pub(super) fn read_component(ipv6: bool, v: &[u8]) -> Result<(FlowComponent<'_>, &[u8]), Fault> {
    let (n, rest) = cursor::u8(v).ok_or(Fault::FlowSpecEmpty)?;
    let kind = FlowType::of(ipv6, n).ok_or(Fault::FlowSpecUnknown(n))?;
    let malformed = Fault::FlowSpecComponent(n);
    let (matches, rest) = match kind.form(ipv6) {
        Form::Prefix => {
            let (prefix, rest) = FlowPrefix::read(ipv6, rest).ok_or(malformed)?;
            (FlowMatch::Prefix(prefix), rest)
        }
        Form::Numeric(bits) => {
            let (raw, rest) = bits.list(rest).ok_or(malformed)?;
            (FlowMatch::Numeric(NumericOps::new(raw, bits)), rest)
        }
        Form::Bitmask(bits) => {
            let (raw, rest) = bits.list(rest).ok_or(malformed)?;
            (FlowMatch::Bitmask(BitmaskOps::new(raw, bits)), rest)
        }
    };
    Ok((FlowComponent { kind, matches }, rest))
}

/// The components of a [`FlowSpec`](super::FlowSpec).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FlowComponents<'a> {
    pub(super) ipv6: bool,
    pub(super) rest: &'a [u8],
}

impl<'a> Iterator for FlowComponents<'a> {
    type Item = FlowComponent<'a>;

    fn next(&mut self) -> Option<FlowComponent<'a>> {
        let (component, rest) = read_component(self.ipv6, self.rest).ok()?;
        self.rest = rest;
        Some(component)
    }
}
