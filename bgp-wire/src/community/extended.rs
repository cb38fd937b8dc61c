//! Extended communities as they stand on the wire.

use super::administered::{Administered, AsSpecific};
use super::evpn::EvpnCommunity;
use super::extended_kind::ExtendedKind;
use super::extended_values::{Color, Cost, Layer2Info, LinkBandwidth, OriginValidation, TunnelType};
use super::fields::{Octets, four_two, joined, of_four_two};
use super::flowspec::FlowSpecAction;
use super::ospf::OspfCommunity;
use core::net::Ipv4Addr;

/// An extended community (RFC 4360), its eight octets as they came.
///
/// [`kind`](Self::kind) says what they mean; [`ExtendedKind`] lists the kinds and their text, and what
/// is built from a kind has the octets that the RFCs give it. The text of a kind is used only where it
/// says every octet, reserved ones included; otherwise, and for an unknown kind, the text is `0x` and
/// 16 hexadecimal digits. So each text parses back to the very octets.
///
/// ```
/// use bgp_wire::{ExtendedCommunity, ExtendedKind, TunnelType};
/// let vxlan: ExtendedCommunity = "encap:vxlan".parse().unwrap();
/// assert_eq!(vxlan, ExtendedCommunity([0x03, 0x0c, 0, 0, 0, 0, 0, 8]));
/// assert_eq!(vxlan.kind(), ExtendedKind::Encapsulation(TunnelType::VXLAN));
///
/// assert_eq!(ExtendedCommunity([0, 2, 0xfb, 0xf4, 0, 0, 0, 100]).to_string(), "rt:64500:100");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExtendedCommunity(pub [u8; 8]);

impl ExtendedCommunity {
    /// Puts one together.
    pub(super) fn new(type_high: u8, sub_type: u8, value: Octets) -> Self {
        Self(joined([type_high, sub_type], value))
    }

    /// The first octet, which the registries call the type.
    pub const fn type_high(self) -> u8 {
        let [high, ..] = self.0;
        high
    }

    /// The second octet, which the registries of most types call the sub-type.
    pub const fn sub_type(self) -> u8 {
        let [_, sub_type, ..] = self.0;
        sub_type
    }

    /// Whether it passes from one AS to the next: the bit 0x40 of the type is clear.
    pub const fn is_transitive(self) -> bool {
        self.type_high() & 0x40 == 0
    }

    /// The IANA authority bit, 0x80 of the type: set where types need a standard or are experimental,
    /// clear where they are assigned to whoever comes first.
    pub const fn iana_authority(self) -> bool {
        self.type_high() & 0x80 != 0
    }

    /// What the octets mean. Reserved octets are ignored, as the RFCs ask.
    pub fn kind(self) -> ExtendedKind {
        let [type_high, sub_type, value @ ..] = self.0;
        self.known().unwrap_or(ExtendedKind::Unknown { type_high, sub_type, value })
    }

    fn known(self) -> Option<ExtendedKind> {
        use ExtendedKind as Kind;
        let [high, sub_type, value @ ..] = self.0;
        Some(match (high, sub_type) {
            (0x00..=0x02, 0x02) => Kind::RouteTarget(Administered::read(high, value)?),
            (0x00..=0x02, 0x03) => Kind::RouteOrigin(Administered::read(high, value)?),
            (0x00 | 0x40, 0x04) => Kind::LinkBandwidth(LinkBandwidth::read(self.is_transitive(), value)?),
            (0x00 | 0x02, 0x08) => Kind::DataCollection(AsSpecific::read(high, value)?),
            (0x00 | 0x02, 0x09) => Kind::SourceAs(AsSpecific::read(high, value)?),
            (0x01, 0x0b) => vrf_route_import(value),
            (0x03 | 0x43, 0x01) => Kind::Cost(Cost::read(self.is_transitive(), value)),
            (0x03, 0x0b) => Kind::Color(Color::read(value)),
            (0x03, 0x0c) => Kind::Encapsulation(TunnelType(four_two(value).1)),
            (0x03, 0x0d) => Kind::DefaultGateway,
            (0x43, 0x00) => Kind::OriginValidation(OriginValidation::read(value)),
            (0x80, 0x0a) => Kind::Layer2Info(Layer2Info::read(value)),
            (0x00..=0x03, 0x05..=0x07) => Kind::Ospf(OspfCommunity::read(high, sub_type, value)?),
            (0x06, _) => Kind::Evpn(EvpnCommunity::read(sub_type, value)?),
            _ => Kind::FlowSpec(FlowSpecAction::read(high, sub_type, value)?),
        })
    }
}

fn vrf_route_import(value: Octets) -> ExtendedKind {
    let (address, local) = four_two(value);
    ExtendedKind::VrfRouteImport { address: Ipv4Addr::from_bits(address), local }
}

/// The octets of a kind; reserved ones are zero.
impl From<ExtendedKind> for ExtendedCommunity {
    fn from(kind: ExtendedKind) -> Self {
        use ExtendedKind as Kind;
        match kind {
            Kind::RouteTarget(of) => Self::administered(0x00, 0x02, of),
            Kind::RouteOrigin(of) => Self::administered(0x00, 0x03, of),
            Kind::LinkBandwidth(of) => Self::new(type_of(0x00, of.transitive), 0x04, of.value()),
            Kind::DataCollection(of) => Self::administered(0x00, 0x08, of.into()),
            Kind::SourceAs(of) => Self::administered(0x00, 0x09, of.into()),
            Kind::VrfRouteImport { address, local } => {
                Self::new(0x01, 0x0b, of_four_two(address.to_bits(), local))
            }
            Kind::Cost(of) => Self::new(type_of(0x03, of.transitive), 0x01, of.value()),
            Kind::Color(of) => Self::new(0x03, 0x0b, of.value()),
            Kind::Encapsulation(of) => Self::new(0x03, 0x0c, of_four_two(0, of.0)),
            Kind::DefaultGateway => Self::new(0x03, 0x0d, [0; 6]),
            Kind::OriginValidation(of) => Self::new(0x43, 0x00, [0, 0, 0, 0, 0, of.0]),
            Kind::Layer2Info(of) => Self::new(0x80, 0x0a, of.value()),
            Kind::Ospf(of) => of.community(),
            Kind::Evpn(of) => of.community(),
            Kind::FlowSpec(of) => of.community(),
            Kind::Unknown { type_high, sub_type, value } => Self::new(type_high, sub_type, value),
        }
    }
}

impl ExtendedCommunity {
    /// A community of the type that is `type_high` with the form of the value in its lowest bits.
    pub(super) fn administered(type_high: u8, sub_type: u8, of: Administered) -> Self {
        let (form, value) = of.write();
        Self::new(type_high | form, sub_type, value)
    }
}

/// The type with the bit that says whether it is transitive.
const fn type_of(type_high: u8, transitive: bool) -> u8 {
    if transitive { type_high } else { type_high | 0x40 }
}
