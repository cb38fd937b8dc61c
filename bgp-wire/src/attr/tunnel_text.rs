//! Text of tunnels: `vxlan endpoint 192.0.2.1 vn-id 100`.

use super::{EgressEndpoint, Encapsulation, SubTlv, SubTlvType, Tunnel, TunnelEncapsulation};
use crate::display::{Line, join};
use crate::link_state::hex;
use crate::nlri::MacAddr;
use core::fmt::{self, Display, Formatter};

impl SubTlvType {
    const NAMES: [(Self, &'static str); 18] = [
        (Self::ENCAPSULATION, "encapsulation"),
        (Self::PROTOCOL_TYPE, "protocol-type"),
        (Self::COLOR, "color"),
        (Self::LOAD_BALANCING_BLOCK, "load-balancing-block"),
        (Self::EGRESS_ENDPOINT, "egress-endpoint"),
        (Self::DS_FIELD, "ds-field"),
        (Self::UDP_PORT, "udp-port"),
        (Self::EMBEDDED_LABEL_HANDLING, "embedded-label-handling"),
        (Self::LABEL_STACK, "label-stack"),
        (Self::PREFIX_SID, "prefix-sid"),
        (Self::PREFERENCE, "preference"),
        (Self::BINDING_SID, "binding-sid"),
        (Self::ENLP, "enlp"),
        (Self::PRIORITY, "priority"),
        (Self::SRV6_BINDING_SID, "srv6-binding-sid"),
        (Self::SEGMENT_LIST, "segment-list"),
        (Self::CANDIDATE_PATH_NAME, "candidate-path-name"),
        (Self::POLICY_NAME, "policy-name"),
    ];

    /// Its name; `None` where this library knows none.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map(|(_, name)| *name)
    }
}

impl Display for SubTlvType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "sub-tlv-{}", self.0),
        }
    }
}

impl Display for TunnelEncapsulation<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, " tunnel ", self.tunnels())
    }
}

impl Display for Tunnel<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        self.sub_tlvs().try_for_each(|sub| write!(f, " {sub}"))
    }
}

impl Display for SubTlv<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encapsulation(encapsulation) => encapsulation.fmt(f),
            Self::EgressEndpoint(endpoint) => write!(f, "endpoint {endpoint}"),
            Self::LabelStack(labels) => {
                f.write_str("labels ")?;
                join(f, "/", labels.iter().map(|entry| label(*entry)))
            }
            Self::PrefixSid(sid) => write!(f, "prefix-sid ({sid})"),
            Self::ProtocolType(n) => write!(f, "{} 0x{n:04x}", self.kind()),
            Self::DsField(n) => write!(f, "{} 0x{n:02x}", self.kind()),
            Self::Color { color: n, .. } | Self::Preference(n) => write!(f, "{} {n}", self.kind()),
            Self::LoadBalancingBlock(n) | Self::UdpPort(n) => write!(f, "{} {n}", self.kind()),
            Self::EmbeddedLabelHandling(n) | Self::Priority(n) => write!(f, "{} {n}", self.kind()),
            Self::Other(tlv) => {
                write!(f, "{} ", self.kind())?;
                hex(tlv.value, f)
            }
        }
    }
}

impl SubTlv<'_> {
    /// Its type.
    pub fn kind(&self) -> SubTlvType {
        match self {
            Self::Encapsulation(_) => SubTlvType::ENCAPSULATION,
            Self::ProtocolType(_) => SubTlvType::PROTOCOL_TYPE,
            Self::Color { .. } => SubTlvType::COLOR,
            Self::LoadBalancingBlock(_) => SubTlvType::LOAD_BALANCING_BLOCK,
            Self::EgressEndpoint(_) => SubTlvType::EGRESS_ENDPOINT,
            Self::DsField(_) => SubTlvType::DS_FIELD,
            Self::UdpPort(_) => SubTlvType::UDP_PORT,
            Self::EmbeddedLabelHandling(_) => SubTlvType::EMBEDDED_LABEL_HANDLING,
            Self::LabelStack(_) => SubTlvType::LABEL_STACK,
            Self::PrefixSid(_) => SubTlvType::PREFIX_SID,
            Self::Preference(_) => SubTlvType::PREFERENCE,
            Self::Priority(_) => SubTlvType::PRIORITY,
            // The types of sub-TLVs have one octet.
            Self::Other(tlv) => SubTlvType(u8::try_from(tlv.kind).unwrap_or(u8::MAX)),
        }
    }
}

/// The label of an entry of a label stack.
pub(crate) const fn label(entry: [u8; 4]) -> u32 {
    u32::from_be_bytes(entry) >> 12
}

impl Display for EgressEndpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NextHop => f.pad("next-hop"),
            Self::Addr(addr) => addr.fmt(f),
        }
    }
}

impl Display for Encapsulation<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::VirtualNetwork { id, mac } => {
                let mut line = Line::new(f, " ");
                line.value("vn-id", *id)?;
                line.value("mac", mac.map(MacAddr))?;
                line.or("encapsulation")
            }
            Self::L2tpv3 { session, cookie } => {
                write!(f, "session {session} cookie ")?;
                hex(cookie, f)
            }
            Self::Gre(key) => write!(f, "key {key}"),
        }
    }
}
