//! What a tunnel of TUNNEL_ENCAPSULATION is made of (RFC 9012 section 3, RFC 9830 section 2.4).

use super::prefix_sid::PrefixSid;
use super::tlv::{Form, Tlv, ip, put_ip};
use crate::community::TunnelType;
use crate::cursor;
use crate::next_hop::NextHop;
use alloc::vec::Vec;
use core::net::IpAddr;

/// The type of a sub-TLV.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SubTlvType(pub u8);

impl SubTlvType {
    /// What the header of the encapsulation holds.
    pub const ENCAPSULATION: Self = Self(1);
    /// Which payload the tunnel takes.
    pub const PROTOCOL_TYPE: Self = Self(2);
    /// A color.
    pub const COLOR: Self = Self(4);
    /// How many octets tell flows apart (RFC 5640).
    pub const LOAD_BALANCING_BLOCK: Self = Self(5);
    /// Where the tunnel ends.
    pub const EGRESS_ENDPOINT: Self = Self(6);
    /// The DS field of the outer header.
    pub const DS_FIELD: Self = Self(7);
    /// The UDP destination port of the outer header.
    pub const UDP_PORT: Self = Self(8);
    /// What becomes of a label in the NLRI.
    pub const EMBEDDED_LABEL_HANDLING: Self = Self(9);
    /// Labels to push.
    pub const LABEL_STACK: Self = Self(10);
    /// A Prefix-SID.
    pub const PREFIX_SID: Self = Self(11);
    /// The preference of a candidate path.
    pub const PREFERENCE: Self = Self(12);
    /// The binding SID of an SR policy.
    pub const BINDING_SID: Self = Self(13);
    /// The explicit null label policy.
    pub const ENLP: Self = Self(14);
    /// The order in which policies are computed again.
    pub const PRIORITY: Self = Self(15);
    /// The SRv6 binding SID of an SR policy.
    pub const SRV6_BINDING_SID: Self = Self(20);
    /// A segment list.
    pub const SEGMENT_LIST: Self = Self(128);
    /// The name of a candidate path.
    pub const CANDIDATE_PATH_NAME: Self = Self(129);
    /// The name of an SR policy.
    pub const POLICY_NAME: Self = Self(130);

    pub(super) fn code(self) -> u16 {
        u16::from(self.0)
    }
}

/// A sub-TLV.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SubTlv<'a> {
    /// The encapsulation's own parameters.
    Encapsulation(Encapsulation<'a>),
    /// An ethertype: the tunnel takes no other payload.
    ProtocolType(u16),
    /// A color, as a Color Extended Community has it.
    Color {
        /// Its flags.
        flags: u16,
        /// The color.
        color: u32,
    },
    /// The length of the load-balancing block.
    LoadBalancingBlock(u16),
    /// Where the tunnel ends.
    EgressEndpoint(EgressEndpoint),
    /// The DS field of the outer header.
    DsField(u8),
    /// The UDP destination port of the outer header, not 0.
    UdpPort(u16),
    /// 1: the payload is an MPLS packet with the label; 2: the label is of use for the encapsulation only.
    EmbeddedLabelHandling(u8),
    /// Label stack entries, the outermost first.
    LabelStack(&'a [[u8; 4]]),
    /// A Prefix-SID.
    PrefixSid(PrefixSid<'a>),
    /// The preference of a candidate path (RFC 9830); its flags are not used.
    Preference(u32),
    /// The priority of an SR policy (RFC 9830).
    Priority(u8),
    /// Of another type, or malformed: as it came.
    Other(Tlv<'a>),
}

/// Where a tunnel ends (RFC 9012 section 3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EgressEndpoint {
    /// At the next hop of the route.
    NextHop,
    /// At this address.
    Addr(IpAddr),
}

/// What the header of the encapsulation holds (RFC 9012 section 3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Encapsulation<'a> {
    /// VXLAN and NVGRE.
    VirtualNetwork {
        /// The identifier of the network, 24 bits, where one is given.
        id: Option<u32>,
        /// The inner destination address, where one is given.
        mac: Option<[u8; 6]>,
    },
    /// L2TPv3.
    L2tpv3 {
        /// Session ID.
        session: u32,
        /// Cookie, of 0, 4 or 8 octets.
        cookie: &'a [u8],
    },
    /// GRE and MPLS in GRE: the key.
    Gre(u32),
}

impl<'a> SubTlv<'a> {
    /// The sub-TLV of a tunnel of type `tunnel`.
    pub(super) fn read(tunnel: TunnelType, tlv: Tlv<'a>) -> Self {
        Self::typed(tunnel, tlv).unwrap_or(Self::Other(tlv))
    }

    fn typed(tunnel: TunnelType, Tlv { kind, value: v }: Tlv<'a>) -> Option<Self> {
        Some(match SubTlvType(u8::try_from(kind).ok()?) {
            SubTlvType::ENCAPSULATION => Self::Encapsulation(Encapsulation::read(tunnel, v)?),
            SubTlvType::PROTOCOL_TYPE => Self::ProtocolType(cursor::whole_u16(v)?),
            SubTlvType::COLOR => color(v)?,
            SubTlvType::LOAD_BALANCING_BLOCK => Self::LoadBalancingBlock(cursor::whole_u16(v)?),
            SubTlvType::EGRESS_ENDPOINT => Self::EgressEndpoint(EgressEndpoint::read(v)?),
            SubTlvType::DS_FIELD => Self::DsField(octet(v)?),
            SubTlvType::UDP_PORT => Self::UdpPort(cursor::whole_u16(v).filter(|port| *port != 0)?),
            SubTlvType::EMBEDDED_LABEL_HANDLING => {
                Self::EmbeddedLabelHandling(octet(v).filter(|n| matches!(n, 1 | 2))?)
            }
            SubTlvType::LABEL_STACK => Self::LabelStack(whole_chunks(v)?),
            SubTlvType::PREFIX_SID => Self::PrefixSid(PrefixSid::new(v).ok()?),
            SubTlvType::PREFERENCE => {
                let (_flags_and_reserved, preference) = cursor::u16(v)?;
                Self::Preference(cursor::whole_u32(preference)?)
            }
            SubTlvType::PRIORITY => {
                let [priority, _reserved] = v.try_into().ok()?;
                Self::Priority(priority)
            }
            _ => return None,
        })
    }

    /// Appends it to the sub-TLVs of a tunnel.
    pub fn put(&self, out: &mut Vec<u8>) {
        let put = |out: &mut Vec<u8>, kind: SubTlvType, value: &[u8]| {
            Form::ByType.put(kind.code(), out, |out| out.extend_from_slice(value));
        };
        match self {
            Self::Encapsulation(e) => {
                Form::ByType.put(SubTlvType::ENCAPSULATION.code(), out, |out| e.put(out));
            }
            Self::ProtocolType(n) => put(out, SubTlvType::PROTOCOL_TYPE, &n.to_be_bytes()),
            Self::Color { flags, color } => {
                let value = [&[3, 0x0b][..], &flags.to_be_bytes(), &color.to_be_bytes()].concat();
                put(out, SubTlvType::COLOR, &value);
            }
            Self::LoadBalancingBlock(n) => put(out, SubTlvType::LOAD_BALANCING_BLOCK, &n.to_be_bytes()),
            Self::EgressEndpoint(endpoint) => {
                Form::ByType.put(SubTlvType::EGRESS_ENDPOINT.code(), out, |out| endpoint.put(out));
            }
            Self::DsField(n) => put(out, SubTlvType::DS_FIELD, &[*n]),
            Self::UdpPort(n) => put(out, SubTlvType::UDP_PORT, &n.to_be_bytes()),
            Self::EmbeddedLabelHandling(n) => put(out, SubTlvType::EMBEDDED_LABEL_HANDLING, &[*n]),
            Self::LabelStack(labels) => put(out, SubTlvType::LABEL_STACK, labels.as_flattened()),
            Self::PrefixSid(sid) => put(out, SubTlvType::PREFIX_SID, sid.as_bytes()),
            Self::Preference(n) => {
                put(out, SubTlvType::PREFERENCE, &[[0; 2].as_slice(), &n.to_be_bytes()].concat());
            }
            Self::Priority(n) => put(out, SubTlvType::PRIORITY, &[*n, 0]),
            Self::Other(tlv) => Form::ByType.put(tlv.kind, out, |out| out.extend_from_slice(tlv.value)),
        }
    }
}

impl<'a> Encapsulation<'a> {
    /// The identifier of the network is valid.
    const HAS_ID: u8 = 0x80;
    /// The inner address is valid.
    const HAS_MAC: u8 = 0x40;

    fn read(tunnel: TunnelType, v: &'a [u8]) -> Option<Self> {
        match tunnel {
            TunnelType::VXLAN | TunnelType::NVGRE => {
                let [flags, a, b, c, mac @ .., _, _] = <&[u8; 12]>::try_from(v).ok()?;
                let id = u32::from_be_bytes([0, *a, *b, *c]);
                let (has_id, has_mac) = (flags & Self::HAS_ID != 0, flags & Self::HAS_MAC != 0);
                Some(Self::VirtualNetwork { id: has_id.then_some(id), mac: has_mac.then_some(*mac) })
            }
            TunnelType::L2TPV3 => {
                let (session, cookie) = cursor::u32(v)?;
                matches!(cookie.len(), 0 | 4 | 8).then_some(Self::L2tpv3 { session, cookie })
            }
            TunnelType::GRE | TunnelType::MPLS_IN_GRE => cursor::whole_u32(v).map(Self::Gre),
            _ => None,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::VirtualNetwork { id, mac } => {
                let flag = |there, flag| if there { flag } else { 0 };
                out.push(flag(id.is_some(), Self::HAS_ID) | flag(mac.is_some(), Self::HAS_MAC));
                let [_, id @ ..] = id.unwrap_or_default().to_be_bytes();
                out.extend_from_slice(&id);
                out.extend_from_slice(&mac.unwrap_or_default());
                out.extend_from_slice(&[0, 0]);
            }
            Self::L2tpv3 { session, cookie } => {
                out.extend_from_slice(&session.to_be_bytes());
                out.extend_from_slice(cookie);
            }
            Self::Gre(key) => out.extend_from_slice(&key.to_be_bytes()),
        }
    }
}

impl EgressEndpoint {
    /// A value whose address, where it has one, is that of a host.
    fn read(v: &[u8]) -> Option<Self> {
        let (_reserved, rest) = cursor::u32(v)?;
        let (family, addr) = cursor::u16(rest)?;
        match (family, ip(addr)) {
            (0, _) if addr.is_empty() => Some(Self::NextHop),
            (1, Some(IpAddr::V4(addr))) if NextHop::V4(addr).is_host() => Some(Self::Addr(addr.into())),
            (2, Some(IpAddr::V6(addr))) if NextHop::V6(addr).is_host() => Some(Self::Addr(addr.into())),
            _ => None,
        }
    }

    fn put(self, out: &mut Vec<u8>) {
        let (family, addr) = match self {
            Self::NextHop => (0, None),
            Self::Addr(addr @ IpAddr::V4(_)) => (1, Some(addr)),
            Self::Addr(addr @ IpAddr::V6(_)) => (2, Some(addr)),
        };
        out.extend_from_slice(&[0, 0, 0, 0, 0, family]);
        addr.into_iter().for_each(|addr| put_ip(addr, out));
    }
}

/// A Color Extended Community (RFC 9012 section 4.3).
fn color<'a>(v: &[u8]) -> Option<SubTlv<'a>> {
    let (flags, color) = cursor::u16(v.strip_prefix(&[3, 0x0b])?)?;
    Some(SubTlv::Color { flags, color: cursor::whole_u32(color)? })
}

fn octet(v: &[u8]) -> Option<u8> {
    if let &[n] = v { Some(n) } else { None }
}

fn whole_chunks(v: &[u8]) -> Option<&[[u8; 4]]> {
    let (chunks, rest) = v.as_chunks();
    (rest.is_empty() && !chunks.is_empty()).then_some(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (tunnel, type, value): malformed, or not of that tunnel, so it is as one of an unknown type.
    #[test]
    fn what_is_malformed_is_unknown() {
        let cases: &[(TunnelType, u16, &[u8])] = &[
            (TunnelType::VXLAN, 1, &[0; 11]),
            (TunnelType::VXLAN, 1, &[0; 13]),
            (TunnelType::GRE, 1, &[0; 3]),
            (TunnelType::L2TPV3, 1, &[0; 9]),
            (TunnelType::IP_IN_IP, 1, &[0; 4]),
            (TunnelType::GRE, 2, &[8]),
            (TunnelType::GRE, 4, &[3, 0x0c, 0, 0, 0, 0, 0, 1]),
            (TunnelType::GRE, 4, &[3, 0x0b, 0, 0, 0, 0, 0]),
            (TunnelType::GRE, 6, &[0; 5]),
            (TunnelType::GRE, 6, &[0, 0, 0, 0, 0, 0, 1]),
            (TunnelType::GRE, 6, &[0, 0, 0, 0, 0, 1, 224, 0, 0, 1]),
            (TunnelType::GRE, 7, &[]),
            (TunnelType::GRE, 8, &[0, 0]),
            (TunnelType::GRE, 9, &[3]),
            (TunnelType::GRE, 10, &[0; 5]),
            (TunnelType::GRE, 11, &[1]),
            (TunnelType::SR_POLICY, 12, &[0; 5]),
            (TunnelType::SR_POLICY, 15, &[0; 3]),
            (TunnelType::SR_POLICY, 128, &[0; 3]),
            (TunnelType::GRE, 0, &[]),
        ];
        for (tunnel, kind, value) in cases {
            let tlv = Tlv { kind: *kind, value };
            assert_eq!(SubTlv::read(*tunnel, tlv), SubTlv::Other(tlv));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            a: u8, (b, port) in (any::<u16>(), 1..=u16::MAX), c: u32, id in prop::option::of(0..1u32 << 24),
            mac: Option<[u8; 6]>, last in 1..=254u8, raw: Vec<u8>, labels in prop::collection::vec(any::<[u8; 4]>(), 1..9),
        ) {
            let mut sid = Vec::new();
            PrefixSid::put_label_index(c, &mut sid);
            let gre = TunnelType::GRE;
            for (tunnel, sub) in [
                (TunnelType::VXLAN, SubTlv::Encapsulation(Encapsulation::VirtualNetwork { id, mac })),
                (TunnelType::NVGRE, SubTlv::Encapsulation(Encapsulation::VirtualNetwork { id, mac })),
                (TunnelType::L2TPV3, SubTlv::Encapsulation(Encapsulation::L2tpv3 { session: c, cookie: &[a; 8] })),
                (gre, SubTlv::Encapsulation(Encapsulation::Gre(c))),
                (gre, SubTlv::ProtocolType(b)),
                (gre, SubTlv::Color { flags: b, color: c }),
                (gre, SubTlv::LoadBalancingBlock(b)),
                (gre, SubTlv::EgressEndpoint(EgressEndpoint::NextHop)),
                (gre, SubTlv::EgressEndpoint(EgressEndpoint::Addr([192, 0, 2, last].into()))),
                (gre, SubTlv::EgressEndpoint(EgressEndpoint::Addr(IpAddr::from([0x20 | (a & 1); 16])))),
                (gre, SubTlv::DsField(a)),
                (gre, SubTlv::UdpPort(port)),
                (gre, SubTlv::EmbeddedLabelHandling(1)),
                (gre, SubTlv::LabelStack(&labels)),
                (gre, SubTlv::PrefixSid(PrefixSid::new(&sid).unwrap())),
                (TunnelType::SR_POLICY, SubTlv::Preference(c)),
                (TunnelType::SR_POLICY, SubTlv::Priority(a)),
                (TunnelType::SR_POLICY, SubTlv::Other(Tlv { kind: 128, value: &raw })),
            ] {
                let mut out = Vec::new();
                sub.put(&mut out);
                let (tlv, rest) = Form::ByType.take(&out).unwrap();
                prop_assert_eq!((SubTlv::read(tunnel, tlv), rest.len()), (sub, 0));
            }
        }
    }
}
