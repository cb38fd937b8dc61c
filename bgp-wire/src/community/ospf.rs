//! Extended communities that carry OSPF through a VPN.

use super::CommunityParseError;
use super::administered::Administered;
use super::extended::ExtendedCommunity;
use super::fields::{Octets, Value, four_two, hex, of_four_two, parts, value};
use crate::asn::decimal;
use core::fmt;
use core::net::Ipv4Addr;

/// What OSPF said of a route (RFC 4577 section 4.2.6), with its text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OspfCommunity {
    /// `ospf-domain-id:64500:1`: the OSPF domain the route came from.
    DomainId(Administered),
    /// `ospf-route-type:0.0.0.1:5:0x01`.
    RouteType {
        /// The area, 0.0.0.0 for an external route.
        area: Ipv4Addr,
        /// The type of the LSA: 1 or 2 intra-area, 3 inter-area, 5 external, 7 NSSA.
        route_type: u8,
        /// The bit 0x01 says that an external route has a metric of type 2.
        options: u8,
    },
    /// `ospf-router-id:192.0.2.1`: the router that brought the route in.
    RouterId(Ipv4Addr),
}

/// The value of a route type as text.
struct RouteType(Ipv4Addr, u8, u8);

impl Value for RouteType {
    const FORM: &'static str =
        "area, route type to 255 and options in hexadecimal, with colons between: 0.0.0.1:5:0x01";

    fn parse(text: &str) -> Option<Self> {
        let [area, route_type, options] = parts(text)?;
        Some(Self(area.parse().ok()?, decimal(route_type)?, hex(options)?))
    }
}

impl Value for Ipv4Addr {
    const FORM: &'static str = "an IPv4 address";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl OspfCommunity {
    /// `None`: another kind.
    pub(super) fn read(type_high: u8, sub_type: u8, value: Octets) -> Option<Self> {
        let (first, last) = four_two(value);
        let address = Ipv4Addr::from_bits(first);
        match (type_high, sub_type) {
            (_, 0x05) => Administered::read(type_high, value).map(Self::DomainId),
            (0x03, 0x06) => {
                let [route_type, options] = last.to_be_bytes();
                Some(Self::RouteType { area: address, route_type, options })
            }
            (0x01, 0x07) => Some(Self::RouterId(address)),
            _ => None,
        }
    }

    pub(super) fn community(self) -> ExtendedCommunity {
        match self {
            Self::DomainId(of) => ExtendedCommunity::administered(0x00, 0x05, of),
            Self::RouteType { area, route_type, options } => {
                let last = u16::from_be_bytes([route_type, options]);
                ExtendedCommunity::new(0x03, 0x06, of_four_two(area.to_bits(), last))
            }
            Self::RouterId(id) => ExtendedCommunity::new(0x01, 0x07, of_four_two(id.to_bits(), 0)),
        }
    }

    pub(super) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DomainId(of) => write!(f, "ospf-domain-id:{of}"),
            Self::RouteType { area, route_type, options } => {
                write!(f, "ospf-route-type:{area}:{route_type}:{options:#04x}")
            }
            Self::RouterId(id) => write!(f, "ospf-router-id:{id}"),
        }
    }

    /// `None`: the name is another's.
    pub(super) fn parse(name: &str, text: &str) -> Option<Result<Self, CommunityParseError>> {
        Some(match name {
            "ospf-domain-id" => value("an OSPF domain (ospf-domain-id:)", text).map(Self::DomainId),
            "ospf-route-type" => value("an OSPF route type (ospf-route-type:)", text)
                .map(|RouteType(area, route_type, options)| Self::RouteType { area, route_type, options }),
            "ospf-router-id" => value("an OSPF router (ospf-router-id:)", text).map(Self::RouterId),
            _ => return None,
        })
    }
}
