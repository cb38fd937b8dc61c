//! The text of extended communities.

use super::CommunityParseError;
use super::evpn::EvpnCommunity;
use super::extended::ExtendedCommunity;
use super::extended_kind::ExtendedKind;
use super::extended_values::{Cost, LinkBandwidth};
use super::fields::{hex_octets, value, write_hex};
use super::flowspec::FlowSpecAction;
use super::ospf::OspfCommunity;
use core::fmt;
use core::str::FromStr;

impl fmt::Display for ExtendedCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        // A text that leaves something out would not parse back to the same octets.
        if Self::from(kind) == *self { kind.write(f) } else { write_hex(f, &self.0) }
    }
}

impl ExtendedKind {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RouteTarget(of) => write!(f, "rt:{of}"),
            Self::RouteOrigin(of) => write!(f, "ro:{of}"),
            Self::LinkBandwidth(of) => write!(f, "lb{}:{of}", suffix(of.transitive)),
            Self::DataCollection(of) => write!(f, "bgp-data-collection:{of}"),
            Self::SourceAs(of) => write!(f, "source-as:{of}"),
            Self::VrfRouteImport { address, local } => write!(f, "vrf-route-import:{address}:{local}"),
            Self::Cost(of) => write!(f, "cost{}:{of}", suffix(of.transitive)),
            Self::Color(of) => write!(f, "color:{of}"),
            Self::Encapsulation(of) => write!(f, "encap:{of}"),
            Self::DefaultGateway => f.write_str("default-gateway"),
            Self::OriginValidation(of) => write!(f, "origin-validation:{of}"),
            Self::Layer2Info(of) => write!(f, "layer2-info:{of}"),
            Self::Ospf(of) => of.write(f),
            Self::Evpn(of) => of.write(f),
            Self::FlowSpec(of) => of.write(f),
            Self::Unknown { .. } => write_hex(f, &ExtendedCommunity::from(self).0),
        }
    }

    /// The kind called `name`, its value written `text`.
    fn parse(name: &str, text: &str) -> Result<Self, CommunityParseError> {
        match name {
            "rt" => value("a route target (rt:)", text).map(Self::RouteTarget),
            "ro" => value("a route origin (ro:)", text).map(Self::RouteOrigin),
            "lb" => value("a link bandwidth (lb:)", text).map(Self::LinkBandwidth),
            "lb-transitive" => value("a link bandwidth (lb-transitive:)", text)
                .map(|of: LinkBandwidth| Self::LinkBandwidth(LinkBandwidth { transitive: true, ..of })),
            "bgp-data-collection" => {
                value("BGP data collection (bgp-data-collection:)", text).map(Self::DataCollection)
            }
            "source-as" => value("a source AS (source-as:)", text).map(Self::SourceAs),
            "vrf-route-import" => value("a VRF route import (vrf-route-import:)", text)
                .map(|(address, local)| Self::VrfRouteImport { address, local }),
            "cost" => value("a cost (cost:)", text).map(Self::Cost),
            "cost-transitive" => value("a cost (cost-transitive:)", text)
                .map(|of: Cost| Self::Cost(Cost { transitive: true, ..of })),
            "color" => value("a color (color:)", text).map(Self::Color),
            "encap" => value("an encapsulation (encap:)", text).map(Self::Encapsulation),
            "origin-validation" => {
                value("an origin validation state (origin-validation:)", text).map(Self::OriginValidation)
            }
            "layer2-info" => value("layer 2 info (layer2-info:)", text).map(Self::Layer2Info),
            _ => Self::parse_of_service(name, text).unwrap_or(Err(UNKNOWN)),
        }
    }

    /// The kinds that OSPF, EVPN and flow specifications brought.
    fn parse_of_service(name: &str, text: &str) -> Option<Result<Self, CommunityParseError>> {
        let ospf = || OspfCommunity::parse(name, text).map(|of| of.map(Self::Ospf));
        let evpn = || EvpnCommunity::parse(name, text).map(|of| of.map(Self::Evpn));
        let flow_spec = || FlowSpecAction::parse(name, text).map(|of| of.map(Self::FlowSpec));
        ospf().or_else(evpn).or_else(flow_spec)
    }
}

/// What a name ends in when the type has a transitive form besides the usual one.
const fn suffix(transitive: bool) -> &'static str {
    if transitive { "-transitive" } else { "" }
}

const UNKNOWN: CommunityParseError = CommunityParseError {
    what: "an extended community",
    form: "a kind, a colon and its value, as in rt:64500:100, or 0x and 16 hexadecimal digits",
};

impl FromStr for ExtendedCommunity {
    type Err = CommunityParseError;

    fn from_str(s: &str) -> Result<Self, CommunityParseError> {
        if let Some(digits) = s.strip_prefix("0x") {
            return hex_octets(digits).map(Self).ok_or(UNKNOWN);
        }
        match s.split_once(':') {
            Some((name, text)) => ExtendedKind::parse(name, text).map(Self::from),
            None if s == "default-gateway" => Ok(ExtendedKind::DefaultGateway.into()),
            None if s == "redirect-to-next-hop" => {
                Ok(FlowSpecAction::RedirectToNextHop { copy: false }.community())
            }
            None => Err(UNKNOWN),
        }
    }
}
