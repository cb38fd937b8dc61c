//! What the TLVs of a BGP-LS attribute say (RFC 9552 section 5.3).

use super::{Bandwidths, IgpMetric, LinkDelay, LinkStateTlvType as Type, Msds, Numbers, TopologyIds, tlv};
use crate::cursor;
use alloc::vec::Vec;
use core::net::IpAddr;

/// The value of a TLV of a BGP-LS attribute. Several types share a form; which one it is, its type tells.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum LinkStateValue<'a> {
    /// Multi-Topology ID (RFC 9552 section 5.2.2.1).
    Topologies(TopologyIds<'a>),
    /// Node MSD, Link MSD (RFC 8814).
    Msds(Msds<'a>),
    /// Node Flag Bits: overload, attached, external, ABR, router, V6, from the highest bit on (RFC 9552 section
    /// 5.3.1.1).
    NodeFlags(u8),
    /// Node Name, Link Name: ASCII.
    Name(&'a [u8]),
    /// IS-IS Area Identifier: one area address.
    IsisArea(&'a [u8]),
    /// A router's identifier as an address, or an OSPF forwarding address.
    Address(IpAddr),
    /// Administrative Group: 32 colours, one a bit (RFC 5305 section 3.1).
    AdministrativeGroup(u32),
    /// A bandwidth in octets a second (RFC 5305 section 3.4).
    Bandwidth(f32),
    /// Unreserved Bandwidth.
    Bandwidths(Bandwidths<'a>),
    /// TE Default Metric, Prefix Metric.
    Metric(u32),
    /// Link Protection Type: bits of RFC 5307 section 1.2, and a reserved octet.
    LinkProtection(u16),
    /// MPLS Protocol Mask: LDP and RSVP-TE, from the highest bit on (RFC 9552 section 5.3.2.2).
    MplsProtocols(u8),
    /// IGP Metric.
    IgpMetric(IgpMetric),
    /// Shared Risk Link Group, Extended Administrative Group, IGP Route Tag, IGP Extended Route Tag.
    Numbers(Numbers<'a>),
    /// Unidirectional Link Delay, Delay Variation or Link Loss.
    Delay(LinkDelay),
    /// Min/Max Unidirectional Link Delay.
    MinMaxDelay {
        /// The least, with the mark.
        min: LinkDelay,
        /// The most.
        max: LinkDelay,
    },
    /// IGP Flags: down, no unicast, local address, propagate NSSA, from the highest bit on (RFC 9552 section 5.3.3.1).
    IgpFlags(u8),
    /// Whatever else: of a type that is not read further, or of a length that its type does not have.
    Other(&'a [u8]),
}

impl<'a> LinkStateValue<'a> {
    /// What the octets of a TLV of the type `kind` say.
    pub fn read(kind: Type, v: &'a [u8]) -> Self {
        Self::typed(kind, v).unwrap_or(Self::Other(v))
    }

    fn typed(kind: Type, v: &'a [u8]) -> Option<Self> {
        Some(match kind {
            Type::MULTI_TOPOLOGY_ID => Self::Topologies(TopologyIds::read(v)?),
            Type::NODE_MSD | Type::LINK_MSD => Self::Msds(Msds::read(v)?),
            Type::NODE_FLAG_BITS => Self::NodeFlags(octet(v)?),
            Type::NODE_NAME | Type::LINK_NAME => Self::Name(v),
            Type::IS_IS_AREA_IDENTIFIER => Self::IsisArea(v),
            Type::IPV4_ROUTER_ID_OF_LOCAL_NODE | Type::IPV4_ROUTER_ID_OF_REMOTE_NODE => Self::Address(v4(v)?),
            Type::IPV6_ROUTER_ID_OF_LOCAL_NODE | Type::IPV6_ROUTER_ID_OF_REMOTE_NODE => Self::Address(v6(v)?),
            Type::ADMINISTRATIVE_GROUP => Self::AdministrativeGroup(cursor::whole_u32(v)?),
            Type::MAXIMUM_LINK_BANDWIDTH
            | Type::MAXIMUM_RESERVABLE_LINK_BANDWIDTH
            | Type::UNIDIRECTIONAL_RESIDUAL_BANDWIDTH
            | Type::UNIDIRECTIONAL_AVAILABLE_BANDWIDTH
            | Type::UNIDIRECTIONAL_UTILIZED_BANDWIDTH => {
                Self::Bandwidth(f32::from_bits(cursor::whole_u32(v)?))
            }
            Type::UNRESERVED_BANDWIDTH => Self::Bandwidths(Bandwidths::read(v)?),
            Type::TE_DEFAULT_METRIC | Type::PREFIX_METRIC => Self::Metric(cursor::whole_u32(v)?),
            Type::LINK_PROTECTION_TYPE => Self::LinkProtection(v.try_into().ok().map(u16::from_be_bytes)?),
            Type::MPLS_PROTOCOL_MASK => Self::MplsProtocols(octet(v)?),
            Type::IGP_METRIC => Self::IgpMetric(IgpMetric::read(v)?),
            Type::SHARED_RISK_LINK_GROUP | Type::EXTENDED_ADMINISTRATIVE_GROUP | Type::IGP_ROUTE_TAG => {
                Self::Numbers(Numbers::four(v)?)
            }
            Type::IGP_EXTENDED_ROUTE_TAG => Self::Numbers(Numbers::eight(v)?),
            Type::UNIDIRECTIONAL_LINK_DELAY
            | Type::UNIDIRECTIONAL_DELAY_VARIATION
            | Type::UNIDIRECTIONAL_LINK_LOSS => Self::Delay(LinkDelay(cursor::whole_u32(v)?)),
            Type::MIN_MAX_UNIDIRECTIONAL_LINK_DELAY => {
                let (min, max) = cursor::u32(v)?;
                Self::MinMaxDelay { min: LinkDelay(min), max: LinkDelay(cursor::whole_u32(max)?) }
            }
            Type::IGP_FLAGS => Self::IgpFlags(octet(v)?),
            Type::OSPF_FORWARDING_ADDRESS => Self::Address(v4(v).or_else(|| v6(v))?),
            _ => return None,
        })
    }

    /// Appends a TLV of the type `kind` that says this; nothing where it is longer than a TLV can be.
    pub fn put(&self, kind: Type, out: &mut Vec<u8>) {
        tlv::put(kind, out, |out| self.put_value(out));
    }

    fn put_value(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Topologies(ids) => out.extend_from_slice(ids.octets()),
            Self::Msds(msds) => out.extend_from_slice(msds.octets()),
            Self::NodeFlags(n) | Self::MplsProtocols(n) | Self::IgpFlags(n) => out.push(n),
            Self::Name(v) | Self::IsisArea(v) | Self::Other(v) => out.extend_from_slice(v),
            Self::Address(IpAddr::V4(addr)) => out.extend_from_slice(&addr.octets()),
            Self::Address(IpAddr::V6(addr)) => out.extend_from_slice(&addr.octets()),
            Self::Bandwidth(n) => out.extend_from_slice(&n.to_be_bytes()),
            Self::Bandwidths(all) => out.extend_from_slice(all.octets()),
            Self::AdministrativeGroup(n) | Self::Metric(n) | Self::Delay(LinkDelay(n)) => {
                out.extend_from_slice(&n.to_be_bytes());
            }
            Self::LinkProtection(n) => out.extend_from_slice(&n.to_be_bytes()),
            Self::IgpMetric(metric) => metric.put(out),
            Self::Numbers(all) => out.extend_from_slice(all.octets()),
            Self::MinMaxDelay { min: LinkDelay(min), max: LinkDelay(max) } => {
                out.extend_from_slice(&min.to_be_bytes());
                out.extend_from_slice(&max.to_be_bytes());
            }
        }
    }
}

const fn octet(v: &[u8]) -> Option<u8> {
    match v {
        [n] => Some(*n),
        _ => None,
    }
}

fn v4(v: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(v).ok().map(IpAddr::from)
}

fn v6(v: &[u8]) -> Option<IpAddr> {
    <[u8; 16]>::try_from(v).ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests {
    use crate::link_state::{LinkStateTlv, LinkStateTlvType, LinkStateTlvs, LinkStateValue};
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// (type, value, text), by RFC 9552 section 5.3 and the RFCs beside it.
    #[test]
    fn values() {
        let cases: &[(u16, &[u8], &str)] = &[
            (263, &[0, 0, 0xf0, 2], "multi-topology-id 0,2"),
            (263, &[0], "multi-topology-id 0x00"),
            (263, &[], "multi-topology-id 0x"),
            (266, &[1, 10, 41, 4], "node-msd 1:10,41:4"),
            (1024, &[0xb0], "node-flag-bits overload,external,abr"),
            (1024, &[1], "node-flag-bits bit-7"),
            (1024, &[0], "node-flag-bits -"),
            (1026, b"r1\n", "node-name \"r1\\n\""),
            (1027, &[0x49, 0, 1], "is-is-area-identifier 49.0001"),
            (1028, &[192, 0, 2, 1], "ipv4-router-id-of-local-node 192.0.2.1"),
            (1029, &[192, 0, 2, 1], "ipv6-router-id-of-local-node 0xc0000201"),
            (1088, &[0, 0, 0, 5], "administrative-group 0x00000005"),
            (1089, &[0x4c, 0xee, 0x6b, 0x28], "maximum-link-bandwidth 125000000"),
            (1092, &[0, 0, 10], "te-default-metric 0x00000a"),
            (1092, &[0, 0, 0, 10], "te-default-metric 10"),
            (1093, &[4, 0], "link-protection-type 0x0400"),
            (1094, &[0x40], "mpls-protocol-mask rsvp-te"),
            (1095, &[0xff], "igp-metric 63"),
            (1095, &[1, 0], "igp-metric 256"),
            (1095, &[1, 0, 0], "igp-metric 65536"),
            (1095, &[0, 0, 0, 1], "igp-metric 0x00000001"),
            (1096, &[0, 0, 0, 1, 0, 0, 0, 2], "shared-risk-link-group 1,2"),
            (1114, &[0x80, 0, 1, 0], "unidirectional-link-delay 256!"),
            (1115, &[0, 0, 0, 1, 0, 0, 0, 2], "min-max-unidirectional-link-delay 1-2"),
            (1152, &[0x90], "igp-flags down,propagate-nssa"),
            (1154, &[0, 0, 0, 0, 0, 0, 0, 9], "igp-extended-route-tag 9"),
            (1155, &[0, 0, 0, 10], "prefix-metric 10"),
            (1156, &[10, 0, 0, 1], "ospf-forwarding-address 10.0.0.1"),
            (1158, &[0, 0, 0, 0, 0, 0, 0, 1], "prefix-sid 0x0000000000000001"),
            (1173, &[0, 0, 0, 1], "extended-administrative-group 1"),
            (65000, &[1, 2], "tlv-65000 0x0102"),
        ];
        for (kind, value, text) in cases {
            let tlv = LinkStateTlv { kind: LinkStateTlvType(*kind), value };
            assert_eq!(tlv.to_string(), *text);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(
            kind in prop_oneof![256..270u16, 1024..1200u16, any::<u16>()],
            value in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let kind = LinkStateTlvType(kind);
            let mut out = Vec::new();
            LinkStateValue::read(kind, &value).put(kind, &mut out);
            let mut tlvs = LinkStateTlvs(&out);
            prop_assert_eq!(tlvs.next(), Some(LinkStateTlv { kind, value: &value }));
            prop_assert_eq!(tlvs.next(), None);
        }
    }

    #[test]
    fn a_value_beyond_any_length_is_not_written() {
        let mut out = Vec::new();
        LinkStateValue::Name(&alloc::vec![b'a'; 65_536]).put(LinkStateTlvType::NODE_NAME, &mut out);
        assert!(out.is_empty());
    }
}
