//! Extended communities that say what to do with packets that a flow specification matches.

use super::CommunityParseError;
use super::administered::Administered;
use super::extended::ExtendedCommunity;
use super::fields::{Octets, Value, four_two, of_four_two, of_two_four, rate, two_four, value};
use crate::asn::decimal;
use core::fmt;
use core::net::Ipv4Addr;

/// An action of a flow specification (RFC 8955 section 7), with its text.
///
/// ```
/// use bgp_wire::{ExtendedCommunity, ExtendedKind, FlowSpecAction};
/// let drop: ExtendedCommunity = "rate-bytes:64500:0".parse().unwrap();
/// let action = FlowSpecAction::TrafficRateBytes { id: 64500, rate: 0.0 };
/// assert_eq!(drop.kind(), ExtendedKind::FlowSpec(action));
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum FlowSpecAction {
    /// Section 7.1, `rate-bytes:64500:125000`: bytes per second that may pass; none or less drops all.
    TrafficRateBytes {
        /// For people only: an ASN, or its lower two octets.
        id: u16,
        /// Bytes per second.
        rate: f32,
    },
    /// Section 7.2, `rate-packets:64500:1000`: the same in packets per second.
    TrafficRatePackets {
        /// For people only: an ASN, or its lower two octets.
        id: u16,
        /// Packets per second.
        rate: f32,
    },
    /// Section 7.3, `traffic-action:none`, `:sample`, `:terminal` or `:sample+terminal`.
    TrafficAction {
        /// Sample and log the packets.
        sample: bool,
        /// The bit T: if set, specifications after this one are tried too.
        terminal: bool,
    },
    /// Section 7.4, `redirect:64500:1`: the VRF that imports this route target.
    Redirect(Administered),
    /// Section 7.5, `traffic-marking:46`: the DSCP to write, 0 to 63; higher bits are not written.
    TrafficMarking(u8),
    /// draft-ietf-idr-flowspec-redirect-ip, `redirect-ip:192.0.2.1` or `redirect-ip:copy:192.0.2.1`.
    RedirectToIp {
        /// Where to.
        address: Ipv4Addr,
        /// Send a copy, and the packet on its way.
        copy: bool,
    },
    /// draft-simpson-idr-flowspec-redirect, `redirect-to-next-hop` or `redirect-to-next-hop:copy`:
    /// to the next hop of the route.
    RedirectToNextHop {
        /// Send a copy, and the packet on its way.
        copy: bool,
    },
}

impl FlowSpecAction {
    /// `None`: no action, or a rate that is not a number.
    pub(super) fn read(type_high: u8, sub_type: u8, value: Octets) -> Option<Self> {
        let ((id, bits), (four, two)) = (two_four(value), four_two(value));
        let rate = || Some(f32::from_bits(bits)).filter(|rate| !rate.is_nan());
        Some(match (type_high, sub_type) {
            (0x80, 0x06) => Self::TrafficRateBytes { id, rate: rate()? },
            (0x80, 0x0c) => Self::TrafficRatePackets { id, rate: rate()? },
            (0x80, 0x07) => Self::TrafficAction { sample: two & 2 != 0, terminal: two & 1 != 0 },
            (0x80..=0x82, 0x08) => Self::Redirect(Administered::read(type_high & 0x3f, value)?),
            (0x80, 0x09) => Self::TrafficMarking(two.to_be_bytes()[1] & 0x3f),
            (0x01, 0x0c) => Self::RedirectToIp { address: Ipv4Addr::from_bits(four), copy: two & 1 != 0 },
            (0x08, 0x00) => Self::RedirectToNextHop { copy: two & 1 != 0 },
            _ => return None,
        })
    }

    pub(super) fn community(self) -> ExtendedCommunity {
        let ending = |n: u8| of_four_two(0, u16::from(n));
        match self {
            Self::TrafficRateBytes { id, rate } => {
                ExtendedCommunity::new(0x80, 0x06, of_two_four(id, rate.to_bits()))
            }
            Self::TrafficRatePackets { id, rate } => {
                ExtendedCommunity::new(0x80, 0x0c, of_two_four(id, rate.to_bits()))
            }
            Self::TrafficAction { sample, terminal } => {
                ExtendedCommunity::new(0x80, 0x07, ending(u8::from(sample) << 1 | u8::from(terminal)))
            }
            Self::Redirect(of) => ExtendedCommunity::administered(0x80, 0x08, of),
            Self::TrafficMarking(dscp) => ExtendedCommunity::new(0x80, 0x09, ending(dscp & 0x3f)),
            Self::RedirectToIp { address, copy } => {
                ExtendedCommunity::new(0x01, 0x0c, of_four_two(address.to_bits(), u16::from(copy)))
            }
            Self::RedirectToNextHop { copy } => ExtendedCommunity::new(0x08, 0x00, ending(u8::from(copy))),
        }
    }

    pub(super) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrafficRateBytes { id, rate } => write!(f, "rate-bytes:{id}:{rate}"),
            Self::TrafficRatePackets { id, rate } => write!(f, "rate-packets:{id}:{rate}"),
            Self::TrafficAction { sample, terminal } => {
                write!(f, "traffic-action:{}", action_name(sample, terminal))
            }
            Self::Redirect(of) => write!(f, "redirect:{of}"),
            Self::TrafficMarking(dscp) => write!(f, "traffic-marking:{dscp}"),
            Self::RedirectToIp { address, copy: false } => write!(f, "redirect-ip:{address}"),
            Self::RedirectToIp { address, copy: true } => write!(f, "redirect-ip:copy:{address}"),
            Self::RedirectToNextHop { copy: false } => f.write_str("redirect-to-next-hop"),
            Self::RedirectToNextHop { copy: true } => f.write_str("redirect-to-next-hop:copy"),
        }
    }

    /// `None`: the name is another's.
    pub(super) fn parse(name: &str, text: &str) -> Option<Result<Self, CommunityParseError>> {
        Some(match name {
            "rate-bytes" => value("a traffic rate (rate-bytes:)", text)
                .map(|Rate(id, rate)| Self::TrafficRateBytes { id, rate }),
            "rate-packets" => value("a traffic rate (rate-packets:)", text)
                .map(|Rate(id, rate)| Self::TrafficRatePackets { id, rate }),
            "traffic-action" => value("a traffic action (traffic-action:)", text)
                .map(|Action(sample, terminal)| Self::TrafficAction { sample, terminal }),
            "redirect" => value("a redirect to a VRF (redirect:)", text).map(Self::Redirect),
            "traffic-marking" => value("a traffic marking (traffic-marking:)", text)
                .map(|Dscp(dscp)| Self::TrafficMarking(dscp)),
            "redirect-ip" => value("a redirect to an address (redirect-ip:)", text)
                .map(|Copied(copy, address)| Self::RedirectToIp { address, copy }),
            "redirect-to-next-hop" => value("a redirect to the next hop (redirect-to-next-hop:)", text)
                .map(|OnlyCopy| Self::RedirectToNextHop { copy: true }),
            _ => return None,
        })
    }
}

const fn action_name(sample: bool, terminal: bool) -> &'static str {
    match (sample, terminal) {
        (false, false) => "none",
        (true, false) => "sample",
        (false, true) => "terminal",
        (true, true) => "sample+terminal",
    }
}

struct Rate(u16, f32);

impl Value for Rate {
    const FORM: &'static str = "a number to 65535 for people, a colon and a rate per second: 64500:125000";

    fn parse(text: &str) -> Option<Self> {
        let (id, per_second) = text.split_once(':')?;
        Some(Self(decimal(id)?, rate(per_second)?))
    }
}

struct Action(bool, bool);

impl Value for Action {
    const FORM: &'static str = "none, sample, terminal or sample+terminal";

    fn parse(text: &str) -> Option<Self> {
        let all = [(false, false), (true, false), (false, true), (true, true)];
        let (sample, terminal) = all.into_iter().find(|(s, t)| action_name(*s, *t) == text)?;
        Some(Self(sample, terminal))
    }
}

struct Dscp(u8);

impl Value for Dscp {
    const FORM: &'static str = "a DSCP from 0 to 63";

    fn parse(text: &str) -> Option<Self> {
        decimal(text).filter(|dscp| *dscp < 64).map(Self)
    }
}

struct Copied(bool, Ipv4Addr);

impl Value for Copied {
    const FORM: &'static str = "an IPv4 address, with copy: before it or not";

    fn parse(text: &str) -> Option<Self> {
        let copy = text.strip_prefix("copy:");
        Some(Self(copy.is_some(), copy.unwrap_or(text).parse().ok()?))
    }
}

struct OnlyCopy;

impl Value for OnlyCopy {
    const FORM: &'static str = "followed by copy, or by nothing and no colon";

    fn parse(text: &str) -> Option<Self> {
        (text == "copy").then_some(Self)
    }
}
