//! The registry of BGP-LS NLRI and attribute TLVs.

use core::fmt;

/// The type of a TLV of BGP-LS (RFC 9552 section 7.1.2 and the IANA registry).
///
/// ```
/// use bgp_wire::LinkStateTlvType;
/// assert_eq!(LinkStateTlvType::NODE_NAME.name(), Some("node-name"));
/// assert_eq!(LinkStateTlvType(65000).to_string(), "tlv-65000");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkStateTlvType(pub u16);

impl LinkStateTlvType {
    /// Local Node Descriptors (RFC 9552 section 5.2.1.2).
    pub const LOCAL_NODE_DESCRIPTORS: Self = Self(256);
    /// Remote Node Descriptors (RFC 9552 section 5.2.1.3).
    pub const REMOTE_NODE_DESCRIPTORS: Self = Self(257);
    /// Link Local/Remote Identifiers (RFC 9552 section 5.2.2).
    pub const LINK_LOCAL_REMOTE_IDENTIFIERS: Self = Self(258);
    /// IPv4 Interface Address (RFC 9552 section 5.2.2).
    pub const IPV4_INTERFACE_ADDRESS: Self = Self(259);
    /// IPv4 Neighbor Address (RFC 9552 section 5.2.2).
    pub const IPV4_NEIGHBOR_ADDRESS: Self = Self(260);
    /// IPv6 Interface Address (RFC 9552 section 5.2.2).
    pub const IPV6_INTERFACE_ADDRESS: Self = Self(261);
    /// IPv6 Neighbor Address (RFC 9552 section 5.2.2).
    pub const IPV6_NEIGHBOR_ADDRESS: Self = Self(262);
    /// Multi-Topology ID (RFC 9552 section 5.2.2.1).
    pub const MULTI_TOPOLOGY_ID: Self = Self(263);
    /// OSPF Route Type (RFC 9552 section 5.2.3.1).
    pub const OSPF_ROUTE_TYPE: Self = Self(264);
    /// IP Reachability Information (RFC 9552 section 5.2.3.2).
    pub const IP_REACHABILITY_INFORMATION: Self = Self(265);
    /// Node MSD (RFC 8814).
    pub const NODE_MSD: Self = Self(266);
    /// Link MSD (RFC 8814).
    pub const LINK_MSD: Self = Self(267);
    /// Autonomous System (RFC 9552 section 5.2.1.4).
    pub const AUTONOMOUS_SYSTEM: Self = Self(512);
    /// BGP-LS Identifier (RFC 9552 section 5.2.1.4).
    pub const BGP_LS_IDENTIFIER: Self = Self(513);
    /// OSPF Area-ID (RFC 9552 section 5.2.1.4).
    pub const OSPF_AREA_ID: Self = Self(514);
    /// IGP Router-ID (RFC 9552 section 5.2.1.4).
    pub const IGP_ROUTER_ID: Self = Self(515);
    /// BGP Router-ID (RFC 9086).
    pub const BGP_ROUTER_ID: Self = Self(516);
    /// BGP Confederation Member (RFC 9086).
    pub const BGP_CONFEDERATION_MEMBER: Self = Self(517);
    /// SRv6 SID Information (RFC 9514).
    pub const SRV6_SID_INFORMATION: Self = Self(518);
    /// Node Flag Bits (RFC 9552 section 5.3.1.1).
    pub const NODE_FLAG_BITS: Self = Self(1024);
    /// Opaque Node Attribute (RFC 9552 section 5.3.1.5).
    pub const OPAQUE_NODE_ATTRIBUTE: Self = Self(1025);
    /// Node Name (RFC 9552 section 5.3.1.3).
    pub const NODE_NAME: Self = Self(1026);
    /// IS-IS Area Identifier (RFC 9552 section 5.3.1.2).
    pub const IS_IS_AREA_IDENTIFIER: Self = Self(1027);
    /// IPv4 Router-ID of Local Node (RFC 9552 section 5.3.1.4).
    pub const IPV4_ROUTER_ID_OF_LOCAL_NODE: Self = Self(1028);
    /// IPv6 Router-ID of Local Node (RFC 9552 section 5.3.1.4).
    pub const IPV6_ROUTER_ID_OF_LOCAL_NODE: Self = Self(1029);
    /// IPv4 Router-ID of Remote Node (RFC 9552 section 5.3.1.4).
    pub const IPV4_ROUTER_ID_OF_REMOTE_NODE: Self = Self(1030);
    /// IPv6 Router-ID of Remote Node (RFC 9552 section 5.3.1.4).
    pub const IPV6_ROUTER_ID_OF_REMOTE_NODE: Self = Self(1031);
    /// S-BFD Discriminators (RFC 9247).
    pub const S_BFD_DISCRIMINATORS: Self = Self(1032);
    /// SR Capabilities (RFC 9085).
    pub const SR_CAPABILITIES: Self = Self(1034);
    /// SR Algorithm (RFC 9085).
    pub const SR_ALGORITHM: Self = Self(1035);
    /// SR Local Block (RFC 9085).
    pub const SR_LOCAL_BLOCK: Self = Self(1036);
    /// SRMS Preference (RFC 9085).
    pub const SRMS_PREFERENCE: Self = Self(1037);
    /// SRv6 Capabilities (RFC 9514).
    pub const SRV6_CAPABILITIES: Self = Self(1038);
    /// Flexible Algorithm Definition (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_DEFINITION: Self = Self(1039);
    /// Flexible Algorithm Exclude Any Affinity (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_EXCLUDE_ANY_AFFINITY: Self = Self(1040);
    /// Flexible Algorithm Include Any Affinity (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_INCLUDE_ANY_AFFINITY: Self = Self(1041);
    /// Flexible Algorithm Include All Affinity (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_INCLUDE_ALL_AFFINITY: Self = Self(1042);
    /// Flexible Algorithm Definition Flags (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_DEFINITION_FLAGS: Self = Self(1043);
    /// Flexible Algorithm Prefix Metric (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_PREFIX_METRIC: Self = Self(1044);
    /// Flexible Algorithm Exclude SRLG (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_EXCLUDE_SRLG: Self = Self(1045);
    /// Flexible Algorithm Unsupported (RFC 9351).
    pub const FLEXIBLE_ALGORITHM_UNSUPPORTED: Self = Self(1046);
    /// Administrative Group (RFC 9552 section 5.3.2).
    pub const ADMINISTRATIVE_GROUP: Self = Self(1088);
    /// Maximum Link Bandwidth (RFC 9552 section 5.3.2).
    pub const MAXIMUM_LINK_BANDWIDTH: Self = Self(1089);
    /// Maximum Reservable Link Bandwidth (RFC 9552 section 5.3.2).
    pub const MAXIMUM_RESERVABLE_LINK_BANDWIDTH: Self = Self(1090);
    /// Unreserved Bandwidth (RFC 9552 section 5.3.2).
    pub const UNRESERVED_BANDWIDTH: Self = Self(1091);
    /// TE Default Metric (RFC 9552 section 5.3.2.3).
    pub const TE_DEFAULT_METRIC: Self = Self(1092);
    /// Link Protection Type (RFC 9552 section 5.3.2).
    pub const LINK_PROTECTION_TYPE: Self = Self(1093);
    /// MPLS Protocol Mask (RFC 9552 section 5.3.2.2).
    pub const MPLS_PROTOCOL_MASK: Self = Self(1094);
    /// IGP Metric (RFC 9552 section 5.3.2.4).
    pub const IGP_METRIC: Self = Self(1095);
    /// Shared Risk Link Group (RFC 9552 section 5.3.2.5).
    pub const SHARED_RISK_LINK_GROUP: Self = Self(1096);
    /// Opaque Link Attribute (RFC 9552 section 5.3.2.6).
    pub const OPAQUE_LINK_ATTRIBUTE: Self = Self(1097);
    /// Link Name (RFC 9552 section 5.3.2.7).
    pub const LINK_NAME: Self = Self(1098);
    /// Adjacency SID (RFC 9085).
    pub const ADJACENCY_SID: Self = Self(1099);
    /// LAN Adjacency SID (RFC 9085).
    pub const LAN_ADJACENCY_SID: Self = Self(1100);
    /// PeerNode SID (RFC 9086).
    pub const PEERNODE_SID: Self = Self(1101);
    /// PeerAdj SID (RFC 9086).
    pub const PEERADJ_SID: Self = Self(1102);
    /// PeerSet SID (RFC 9086).
    pub const PEERSET_SID: Self = Self(1103);
    /// RTM Capability (RFC 8169).
    pub const RTM_CAPABILITY: Self = Self(1105);
    /// SRv6 End.X SID (RFC 9514).
    pub const SRV6_END_X_SID: Self = Self(1106);
    /// IS-IS SRv6 LAN End.X SID (RFC 9514).
    pub const IS_IS_SRV6_LAN_END_X_SID: Self = Self(1107);
    /// OSPFv3 SRv6 LAN End.X SID (RFC 9514).
    pub const OSPFV3_SRV6_LAN_END_X_SID: Self = Self(1108);
    /// Unidirectional Link Delay (RFC 8571).
    pub const UNIDIRECTIONAL_LINK_DELAY: Self = Self(1114);
    /// Min/Max Unidirectional Link Delay (RFC 8571).
    pub const MIN_MAX_UNIDIRECTIONAL_LINK_DELAY: Self = Self(1115);
    /// Unidirectional Delay Variation (RFC 8571).
    pub const UNIDIRECTIONAL_DELAY_VARIATION: Self = Self(1116);
    /// Unidirectional Link Loss (RFC 8571).
    pub const UNIDIRECTIONAL_LINK_LOSS: Self = Self(1117);
    /// Unidirectional Residual Bandwidth (RFC 8571).
    pub const UNIDIRECTIONAL_RESIDUAL_BANDWIDTH: Self = Self(1118);
    /// Unidirectional Available Bandwidth (RFC 8571).
    pub const UNIDIRECTIONAL_AVAILABLE_BANDWIDTH: Self = Self(1119);
    /// Unidirectional Utilized Bandwidth (RFC 8571).
    pub const UNIDIRECTIONAL_UTILIZED_BANDWIDTH: Self = Self(1120);
    /// Graceful Link Shutdown (RFC 8379).
    pub const GRACEFUL_LINK_SHUTDOWN: Self = Self(1121);
    /// Application-Specific Link Attributes (RFC 9294).
    pub const APPLICATION_SPECIFIC_LINK_ATTRIBUTES: Self = Self(1122);
    /// IGP Flags (RFC 9552 section 5.3.3.1).
    pub const IGP_FLAGS: Self = Self(1152);
    /// IGP Route Tag (RFC 9552 section 5.3.3.2).
    pub const IGP_ROUTE_TAG: Self = Self(1153);
    /// IGP Extended Route Tag (RFC 9552 section 5.3.3.3).
    pub const IGP_EXTENDED_ROUTE_TAG: Self = Self(1154);
    /// Prefix Metric (RFC 9552 section 5.3.3.4).
    pub const PREFIX_METRIC: Self = Self(1155);
    /// OSPF Forwarding Address (RFC 9552 section 5.3.3.5).
    pub const OSPF_FORWARDING_ADDRESS: Self = Self(1156);
    /// Opaque Prefix Attribute (RFC 9552 section 5.3.3.6).
    pub const OPAQUE_PREFIX_ATTRIBUTE: Self = Self(1157);
    /// Prefix-SID (RFC 9085).
    pub const PREFIX_SID: Self = Self(1158);
    /// SID/Label Range (RFC 9085).
    pub const SID_LABEL_RANGE: Self = Self(1159);
    /// SID/Label (RFC 9085).
    pub const SID_LABEL: Self = Self(1161);
    /// SRv6 Locator (RFC 9514).
    pub const SRV6_LOCATOR: Self = Self(1162);
    /// Prefix Attributes Flags (RFC 9085).
    pub const PREFIX_ATTRIBUTES_FLAGS: Self = Self(1170);
    /// Source Router Identifier (RFC 9085).
    pub const SOURCE_ROUTER_IDENTIFIER: Self = Self(1171);
    /// L2 Bundle Member Attributes (RFC 9085).
    pub const L2_BUNDLE_MEMBER_ATTRIBUTES: Self = Self(1172);
    /// Extended Administrative Group (RFC 9104).
    pub const EXTENDED_ADMINISTRATIVE_GROUP: Self = Self(1173);
    /// Source OSPF Router-ID (RFC 9085).
    pub const SOURCE_OSPF_ROUTER_ID: Self = Self(1174);
    /// SRv6 Endpoint Behavior (RFC 9514).
    pub const SRV6_ENDPOINT_BEHAVIOR: Self = Self(1250);
    /// SRv6 BGP PeerNode SID (RFC 9514).
    pub const SRV6_BGP_PEERNODE_SID: Self = Self(1251);
    /// SRv6 SID Structure (RFC 9514).
    pub const SRV6_SID_STRUCTURE: Self = Self(1252);
}

/// Every type with a name, in order.
const NAMED: &[(LinkStateTlvType, &str)] = &[
    (LinkStateTlvType::LOCAL_NODE_DESCRIPTORS, "local-node-descriptors"),
    (LinkStateTlvType::REMOTE_NODE_DESCRIPTORS, "remote-node-descriptors"),
    (LinkStateTlvType::LINK_LOCAL_REMOTE_IDENTIFIERS, "link-local-remote-identifiers"),
    (LinkStateTlvType::IPV4_INTERFACE_ADDRESS, "ipv4-interface-address"),
    (LinkStateTlvType::IPV4_NEIGHBOR_ADDRESS, "ipv4-neighbor-address"),
    (LinkStateTlvType::IPV6_INTERFACE_ADDRESS, "ipv6-interface-address"),
    (LinkStateTlvType::IPV6_NEIGHBOR_ADDRESS, "ipv6-neighbor-address"),
    (LinkStateTlvType::MULTI_TOPOLOGY_ID, "multi-topology-id"),
    (LinkStateTlvType::OSPF_ROUTE_TYPE, "ospf-route-type"),
    (LinkStateTlvType::IP_REACHABILITY_INFORMATION, "ip-reachability-information"),
    (LinkStateTlvType::NODE_MSD, "node-msd"),
    (LinkStateTlvType::LINK_MSD, "link-msd"),
    (LinkStateTlvType::AUTONOMOUS_SYSTEM, "autonomous-system"),
    (LinkStateTlvType::BGP_LS_IDENTIFIER, "bgp-ls-identifier"),
    (LinkStateTlvType::OSPF_AREA_ID, "ospf-area-id"),
    (LinkStateTlvType::IGP_ROUTER_ID, "igp-router-id"),
    (LinkStateTlvType::BGP_ROUTER_ID, "bgp-router-id"),
    (LinkStateTlvType::BGP_CONFEDERATION_MEMBER, "bgp-confederation-member"),
    (LinkStateTlvType::SRV6_SID_INFORMATION, "srv6-sid-information"),
    (LinkStateTlvType::NODE_FLAG_BITS, "node-flag-bits"),
    (LinkStateTlvType::OPAQUE_NODE_ATTRIBUTE, "opaque-node-attribute"),
    (LinkStateTlvType::NODE_NAME, "node-name"),
    (LinkStateTlvType::IS_IS_AREA_IDENTIFIER, "is-is-area-identifier"),
    (LinkStateTlvType::IPV4_ROUTER_ID_OF_LOCAL_NODE, "ipv4-router-id-of-local-node"),
    (LinkStateTlvType::IPV6_ROUTER_ID_OF_LOCAL_NODE, "ipv6-router-id-of-local-node"),
    (LinkStateTlvType::IPV4_ROUTER_ID_OF_REMOTE_NODE, "ipv4-router-id-of-remote-node"),
    (LinkStateTlvType::IPV6_ROUTER_ID_OF_REMOTE_NODE, "ipv6-router-id-of-remote-node"),
    (LinkStateTlvType::S_BFD_DISCRIMINATORS, "s-bfd-discriminators"),
    (LinkStateTlvType::SR_CAPABILITIES, "sr-capabilities"),
    (LinkStateTlvType::SR_ALGORITHM, "sr-algorithm"),
    (LinkStateTlvType::SR_LOCAL_BLOCK, "sr-local-block"),
    (LinkStateTlvType::SRMS_PREFERENCE, "srms-preference"),
    (LinkStateTlvType::SRV6_CAPABILITIES, "srv6-capabilities"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_DEFINITION, "flexible-algorithm-definition"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_EXCLUDE_ANY_AFFINITY, "flexible-algorithm-exclude-any-affinity"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_INCLUDE_ANY_AFFINITY, "flexible-algorithm-include-any-affinity"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_INCLUDE_ALL_AFFINITY, "flexible-algorithm-include-all-affinity"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_DEFINITION_FLAGS, "flexible-algorithm-definition-flags"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_PREFIX_METRIC, "flexible-algorithm-prefix-metric"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_EXCLUDE_SRLG, "flexible-algorithm-exclude-srlg"),
    (LinkStateTlvType::FLEXIBLE_ALGORITHM_UNSUPPORTED, "flexible-algorithm-unsupported"),
    (LinkStateTlvType::ADMINISTRATIVE_GROUP, "administrative-group"),
    (LinkStateTlvType::MAXIMUM_LINK_BANDWIDTH, "maximum-link-bandwidth"),
    (LinkStateTlvType::MAXIMUM_RESERVABLE_LINK_BANDWIDTH, "maximum-reservable-link-bandwidth"),
    (LinkStateTlvType::UNRESERVED_BANDWIDTH, "unreserved-bandwidth"),
    (LinkStateTlvType::TE_DEFAULT_METRIC, "te-default-metric"),
    (LinkStateTlvType::LINK_PROTECTION_TYPE, "link-protection-type"),
    (LinkStateTlvType::MPLS_PROTOCOL_MASK, "mpls-protocol-mask"),
    (LinkStateTlvType::IGP_METRIC, "igp-metric"),
    (LinkStateTlvType::SHARED_RISK_LINK_GROUP, "shared-risk-link-group"),
    (LinkStateTlvType::OPAQUE_LINK_ATTRIBUTE, "opaque-link-attribute"),
    (LinkStateTlvType::LINK_NAME, "link-name"),
    (LinkStateTlvType::ADJACENCY_SID, "adjacency-sid"),
    (LinkStateTlvType::LAN_ADJACENCY_SID, "lan-adjacency-sid"),
    (LinkStateTlvType::PEERNODE_SID, "peernode-sid"),
    (LinkStateTlvType::PEERADJ_SID, "peeradj-sid"),
    (LinkStateTlvType::PEERSET_SID, "peerset-sid"),
    (LinkStateTlvType::RTM_CAPABILITY, "rtm-capability"),
    (LinkStateTlvType::SRV6_END_X_SID, "srv6-end-x-sid"),
    (LinkStateTlvType::IS_IS_SRV6_LAN_END_X_SID, "is-is-srv6-lan-end-x-sid"),
    (LinkStateTlvType::OSPFV3_SRV6_LAN_END_X_SID, "ospfv3-srv6-lan-end-x-sid"),
    (LinkStateTlvType::UNIDIRECTIONAL_LINK_DELAY, "unidirectional-link-delay"),
    (LinkStateTlvType::MIN_MAX_UNIDIRECTIONAL_LINK_DELAY, "min-max-unidirectional-link-delay"),
    (LinkStateTlvType::UNIDIRECTIONAL_DELAY_VARIATION, "unidirectional-delay-variation"),
    (LinkStateTlvType::UNIDIRECTIONAL_LINK_LOSS, "unidirectional-link-loss"),
    (LinkStateTlvType::UNIDIRECTIONAL_RESIDUAL_BANDWIDTH, "unidirectional-residual-bandwidth"),
    (LinkStateTlvType::UNIDIRECTIONAL_AVAILABLE_BANDWIDTH, "unidirectional-available-bandwidth"),
    (LinkStateTlvType::UNIDIRECTIONAL_UTILIZED_BANDWIDTH, "unidirectional-utilized-bandwidth"),
    (LinkStateTlvType::GRACEFUL_LINK_SHUTDOWN, "graceful-link-shutdown"),
    (LinkStateTlvType::APPLICATION_SPECIFIC_LINK_ATTRIBUTES, "application-specific-link-attributes"),
    (LinkStateTlvType::IGP_FLAGS, "igp-flags"),
    (LinkStateTlvType::IGP_ROUTE_TAG, "igp-route-tag"),
    (LinkStateTlvType::IGP_EXTENDED_ROUTE_TAG, "igp-extended-route-tag"),
    (LinkStateTlvType::PREFIX_METRIC, "prefix-metric"),
    (LinkStateTlvType::OSPF_FORWARDING_ADDRESS, "ospf-forwarding-address"),
    (LinkStateTlvType::OPAQUE_PREFIX_ATTRIBUTE, "opaque-prefix-attribute"),
    (LinkStateTlvType::PREFIX_SID, "prefix-sid"),
    (LinkStateTlvType::SID_LABEL_RANGE, "sid-label-range"),
    (LinkStateTlvType::SID_LABEL, "sid-label"),
    (LinkStateTlvType::SRV6_LOCATOR, "srv6-locator"),
    (LinkStateTlvType::PREFIX_ATTRIBUTES_FLAGS, "prefix-attributes-flags"),
    (LinkStateTlvType::SOURCE_ROUTER_IDENTIFIER, "source-router-identifier"),
    (LinkStateTlvType::L2_BUNDLE_MEMBER_ATTRIBUTES, "l2-bundle-member-attributes"),
    (LinkStateTlvType::EXTENDED_ADMINISTRATIVE_GROUP, "extended-administrative-group"),
    (LinkStateTlvType::SOURCE_OSPF_ROUTER_ID, "source-ospf-router-id"),
    (LinkStateTlvType::SRV6_ENDPOINT_BEHAVIOR, "srv6-endpoint-behavior"),
    (LinkStateTlvType::SRV6_BGP_PEERNODE_SID, "srv6-bgp-peernode-sid"),
    (LinkStateTlvType::SRV6_SID_STRUCTURE, "srv6-sid-structure"),
];

impl LinkStateTlvType {
    /// Its name in the registry, in lower case; `None` where this library knows none.
    pub fn name(self) -> Option<&'static str> {
        let at = NAMED.binary_search_by_key(&self, |(kind, _)| *kind).ok()?;
        NAMED.get(at).map(|(_, name)| *name)
    }
}

impl fmt::Display for LinkStateTlvType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "tlv-{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_name_is_found_and_is_of_one_type() {
        assert!(NAMED.is_sorted_by(|(a, _), (b, _)| a < b));
        for (kind, name) in NAMED {
            assert_eq!(kind.to_string(), *name);
            assert_eq!(NAMED.iter().filter(|(_, other)| other == name).count(), 1, "{name}");
        }
        assert_eq!(LinkStateTlvType(1033).to_string(), "tlv-1033");
    }
}
