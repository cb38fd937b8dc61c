//! What an extended community means.

use super::administered::{Administered, AsSpecific};
use super::evpn::EvpnCommunity;
use super::extended_values::{Color, Cost, Layer2Info, LinkBandwidth, OriginValidation, TunnelType};
use super::flowspec::FlowSpecAction;
use super::ospf::OspfCommunity;
use core::net::Ipv4Addr;

/// What an extended community means, with its text beside it.
///
/// ```
/// use bgp_wire::{Color, ExtendedCommunity, ExtendedKind};
/// let color = ExtendedKind::Color(Color { co: 0, color: 100 });
/// assert_eq!(ExtendedCommunity::from(color).to_string(), "color:00:100");
/// assert_eq!("color:00:100".parse::<ExtendedCommunity>().unwrap().kind(), color);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ExtendedKind {
    /// RFC 4360 section 4, `rt:64500:100`: routers that may want the route.
    RouteTarget(Administered),
    /// RFC 4360 section 5, `ro:192.0.2.1:7`: the site the route came from.
    RouteOrigin(Administered),
    /// RFC 10005, `lb:64500:125000000` and `lb-transitive:64500:125000000`: the speed of the link behind
    /// the route, in bytes per second.
    LinkBandwidth(LinkBandwidth),
    /// RFC 4384, `bgp-data-collection:64500:1`: where and how a peer was met.
    DataCollection(AsSpecific),
    /// RFC 6514 section 6, `source-as:64500:0`: the AS of a multicast source.
    SourceAs(AsSpecific),
    /// RFC 6514 section 7, `vrf-route-import:192.0.2.1:7`: the VRF on the upstream PE.
    VrfRouteImport {
        /// The PE.
        address: Ipv4Addr,
        /// The PE's number for the VRF.
        local: u16,
    },
    /// draft-ietf-idr-custom-decision, `cost:129:1:100` and, of the transitive type,
    /// `cost-transitive:129:1:100`: a step of the operator's in the decision process.
    Cost(Cost),
    /// RFC 9012 section 4.3 and RFC 9830 section 3, `color:00:100`: the bits C and O, and the color.
    Color(Color),
    /// RFC 9012 section 4.1, `encap:vxlan`: a tunnel type that the next hop takes.
    Encapsulation(TunnelType),
    /// RFC 7432 section 7.8, `default-gateway`: the MAC address is the default gateway's.
    DefaultGateway,
    /// RFC 8097, `origin-validation:valid`: what the sender's origin validation found.
    OriginValidation(OriginValidation),
    /// RFC 4761 section 3.2.4, `layer2-info:19:0x02:1500:0`: encapsulation, control flags, MTU, reserved.
    Layer2Info(Layer2Info),
    /// RFC 4577: what OSPF said of the route.
    Ospf(OspfCommunity),
    /// The EVPN sub-types.
    Evpn(EvpnCommunity),
    /// What to do with the packets that a flow specification matches.
    FlowSpec(FlowSpecAction),
    /// None of the above, `0x` and 16 digits; also a rate that is not a number.
    Unknown {
        /// The first octet.
        type_high: u8,
        /// The second octet.
        sub_type: u8,
        /// The rest.
        value: [u8; 6],
    },
}
