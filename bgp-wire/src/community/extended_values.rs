//! The values of single kinds of extended communities: their octets and their text.

use super::fields::{
    Octets, Value, four_two, hex, named, of_four_two, of_two_four, parts, rate, two_four, write_named,
};
use crate::asn::decimal;
use core::fmt;

/// The speed of the link that a route goes out by (RFC 10005), written `64500:125000000`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LinkBandwidth {
    /// Whether the type is the transitive one.
    pub transitive: bool,
    /// The AS that says so, or AS_TRANS.
    pub asn: u16,
    /// Bytes, not bits.
    pub bytes_per_second: f32,
}

impl LinkBandwidth {
    pub(super) fn read(transitive: bool, value: Octets) -> Option<Self> {
        let (asn, bits) = two_four(value);
        let bytes_per_second = f32::from_bits(bits);
        (!bytes_per_second.is_nan()).then_some(Self { transitive, asn, bytes_per_second })
    }

    pub(super) fn value(self) -> Octets {
        of_two_four(self.asn, self.bytes_per_second.to_bits())
    }
}

impl fmt::Display for LinkBandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.asn, self.bytes_per_second)
    }
}

impl Value for LinkBandwidth {
    const FORM: &'static str = "an ASN to 65535 and a number of bytes per second with a colon between";

    fn parse(text: &str) -> Option<Self> {
        let (asn, bytes) = text.split_once(':')?;
        Some(Self { transitive: false, asn: decimal(asn)?, bytes_per_second: rate(bytes)? })
    }
}

/// A step of the operator's in the decision process, written `129:1:100`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cost {
    /// Whether the type is the transitive one.
    pub transitive: bool,
    /// The step of the decision process it comes before, or 128: in place of all of them.
    pub point_of_insertion: u8,
    /// Tells costs of one point apart; the lower goes first.
    pub id: u8,
    /// The lower is preferred.
    pub cost: u32,
}

impl Cost {
    pub(super) fn read(transitive: bool, [point_of_insertion, id, a, b, c, d]: Octets) -> Self {
        Self { transitive, point_of_insertion, id, cost: u32::from_be_bytes([a, b, c, d]) }
    }

    pub(super) fn value(self) -> Octets {
        of_two_four(u16::from_be_bytes([self.point_of_insertion, self.id]), self.cost)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.point_of_insertion, self.id, self.cost)
    }
}

impl Value for Cost {
    const FORM: &'static str =
        "point of insertion and identifier to 255 and a cost to 4294967295, with colons between";

    fn parse(text: &str) -> Option<Self> {
        let [point, id, cost] = parts(text)?;
        let (point_of_insertion, id) = (decimal(point)?, decimal(id)?);
        Some(Self { transitive: false, point_of_insertion, id, cost: decimal(cost)? })
    }
}

/// A color (RFC 9012 section 4.3), written `00:100`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Color {
    /// The bits C and O (RFC 9830 section 3), 0 to 3; higher bits are not written.
    pub co: u8,
    /// The color itself.
    pub color: u32,
}

impl Color {
    pub(super) fn read(value: Octets) -> Self {
        let [flags, ..] = value;
        Self { co: flags >> 6, color: two_four(value).1 }
    }

    pub(super) fn value(self) -> Octets {
        of_two_four(u16::from_be_bytes([self.co << 6, 0]), self.color)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02b}:{}", self.co & 3, self.color)
    }
}

impl Value for Color {
    const FORM: &'static str = "a number to 4294967295, before it the bits C and O and a colon: 00:100";

    fn parse(text: &str) -> Option<Self> {
        let (bits, color) = text.split_once(':').unwrap_or(("00", text));
        let co = ["00", "01", "10", "11"].into_iter().zip(0..).find(|(name, _)| *name == bits)?.1;
        Some(Self { co, color: decimal(color)? })
    }
}

/// A tunnel type of the BGP Tunnel Encapsulation registry (RFC 9012), written as its name or number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TunnelType(pub u16);

impl TunnelType {
    /// L2TPv3 over IP.
    pub const L2TPV3: Self = Self(1);
    /// GRE.
    pub const GRE: Self = Self(2);
    /// IP in IP.
    pub const IP_IN_IP: Self = Self(7);
    /// VXLAN.
    pub const VXLAN: Self = Self(8);
    /// NVGRE.
    pub const NVGRE: Self = Self(9);
    /// MPLS.
    pub const MPLS: Self = Self(10);
    /// MPLS in GRE.
    pub const MPLS_IN_GRE: Self = Self(11);
    /// VXLAN GPE.
    pub const VXLAN_GPE: Self = Self(12);
    /// MPLS in UDP.
    pub const MPLS_IN_UDP: Self = Self(13);
    /// IPv6 tunnel.
    pub const IPV6_TUNNEL: Self = Self(14);
    /// SR policy (RFC 9830).
    pub const SR_POLICY: Self = Self(15);
    /// Bare.
    pub const BARE: Self = Self(16);
    /// Geneve.
    pub const GENEVE: Self = Self(19);
    /// Any encapsulation.
    pub const ANY: Self = Self(20);

    const NAMES: [(u16, &'static str); 14] = [
        (Self::L2TPV3.0, "l2tpv3"),
        (Self::GRE.0, "gre"),
        (Self::IP_IN_IP.0, "ip-in-ip"),
        (Self::VXLAN.0, "vxlan"),
        (Self::NVGRE.0, "nvgre"),
        (Self::MPLS.0, "mpls"),
        (Self::MPLS_IN_GRE.0, "mpls-in-gre"),
        (Self::VXLAN_GPE.0, "vxlan-gpe"),
        (Self::MPLS_IN_UDP.0, "mpls-in-udp"),
        (Self::IPV6_TUNNEL.0, "ipv6-tunnel"),
        (Self::SR_POLICY.0, "sr-policy"),
        (Self::BARE.0, "bare"),
        (Self::GENEVE.0, "geneve"),
        (Self::ANY.0, "any"),
    ];

    /// Its name; `None` where this library knows none.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMES.iter().find(|(n, _)| *n == self.0).map(|(_, name)| *name)
    }
}

impl fmt::Display for TunnelType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_named(f, &Self::NAMES, self.0)
    }
}

impl Value for TunnelType {
    const FORM: &'static str = "the name of a tunnel type (vxlan, mpls, gre, ...) or its number to 65535";

    fn parse(text: &str) -> Option<Self> {
        named(&Self::NAMES, text).map(Self)
    }
}

/// A state of origin validation (RFC 8097), written as its name or number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OriginValidation(pub u8);

impl OriginValidation {
    /// A ROA covers the route and agrees with it.
    pub const VALID: Self = Self(0);
    /// No ROA covers the route.
    pub const NOT_FOUND: Self = Self(1);
    /// A ROA covers the route and none agrees with it.
    pub const INVALID: Self = Self(2);

    const NAMES: [(u8, &'static str); 3] =
        [(Self::VALID.0, "valid"), (Self::NOT_FOUND.0, "not-found"), (Self::INVALID.0, "invalid")];

    pub(super) fn read([.., state]: Octets) -> Self {
        Self(state)
    }
}

impl fmt::Display for OriginValidation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_named(f, &Self::NAMES, self.0)
    }
}

impl Value for OriginValidation {
    const FORM: &'static str = "valid, not-found, invalid or a number to 255";

    fn parse(text: &str) -> Option<Self> {
        named(&Self::NAMES, text).map(Self)
    }
}

/// What a pseudowire of VPLS is like (RFC 4761 section 3.2.4), written `19:0x02:1500:0`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Layer2Info {
    /// Encapsulation type; 19 is VPLS.
    pub encapsulation: u8,
    /// Control flags; 0x02 asks for a control word, 0x01 for delivery in sequence.
    pub flags: u8,
    /// Layer 2 MTU in octets.
    pub mtu: u16,
    /// Reserved by the RFC; where VPLS is multihomed, the preference.
    pub preference: u16,
}

impl Layer2Info {
    pub(super) fn read(value: Octets) -> Self {
        let ([encapsulation, flags, a, b, ..], (_, preference)) = (value, four_two(value));
        Self { encapsulation, flags, mtu: u16::from_be_bytes([a, b]), preference }
    }

    pub(super) fn value(self) -> Octets {
        let [a, b] = self.mtu.to_be_bytes();
        of_four_two(u32::from_be_bytes([self.encapsulation, self.flags, a, b]), self.preference)
    }
}

impl fmt::Display for Layer2Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:#04x}:{}:{}", self.encapsulation, self.flags, self.mtu, self.preference)
    }
}

impl Value for Layer2Info {
    const FORM: &'static str = "encapsulation to 255, control flags in hexadecimal, MTU and preference to 65535, \
        with colons between: 19:0x02:1500:0";

    fn parse(text: &str) -> Option<Self> {
        let [encapsulation, flags, mtu, preference] = parts(text)?;
        let (encapsulation, flags) = (decimal(encapsulation)?, hex(flags)?);
        Some(Self { encapsulation, flags, mtu: decimal(mtu)?, preference: decimal(preference)? })
    }
}
