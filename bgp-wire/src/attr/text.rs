//! Text of what the attributes of later standards hold: what stands behind their names on a line.

use super::{
    Aigp, BfdDiscriminator, BgpsecPath, DPath, LinkStateAttribute, MldpFec, PmsiTunnel, PrefixSid,
    SecurePathSegment, SidStructure, SrgbRange, Srv6Service, Srv6Sid, Tlv, TunnelIdentifier,
};
use crate::display::{Line, join};
use crate::link_state::hex;
use core::fmt::{self, Display, Formatter};

/// A TLV that is not read.
impl Display for Tlv<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "tlv-{} ", self.kind)?;
        hex(self.value, f)
    }
}

impl TunnelIdentifier<'_> {
    /// The name of its type; `None` where this library knows none.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self.kind() {
            0 => "no-tunnel",
            1 => "rsvp-te-p2mp",
            2 => "mldp-p2mp",
            3 => "pim-ssm",
            4 => "pim-sm",
            5 => "bidir-pim",
            6 => "ingress-replication",
            7 => "mldp-mp2mp",
            8 => "transport-tunnel",
            10 => "assisted-replication",
            11 => "bier",
            _ => return None,
        })
    }
}

impl Display for PmsiTunnel<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.identifier.fmt(f)?;
        if self.label != 0 {
            write!(f, " {}", self.both_labels())?;
        }
        f.write_str(if self.is_leaf_information_required() { " leaf-information-required" } else { "" })
    }
}

impl Display for TunnelIdentifier<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "type-{}", self.kind()),
        }?;
        match self {
            Self::None => Ok(()),
            Self::RsvpTe { extended, tunnel, p2mp } => {
                write!(f, " extended-tunnel-id {extended} tunnel-id {tunnel} p2mp-id {p2mp}")
            }
            Self::MldpP2mp(fec) | Self::MldpMp2mp(fec) => write!(f, " {fec}"),
            Self::Pim { source, group, .. } => write!(f, " source {source} group {group}"),
            Self::IngressReplication(endpoint) => write!(f, " {endpoint}"),
            Self::Bier { subdomain, bfr, prefix } => {
                write!(f, " sub-domain {subdomain} bfr-id {bfr} bfr-prefix {prefix}")
            }
            Self::Other { octets, .. } => {
                f.write_str(" ")?;
                hex(octets, f)
            }
        }
    }
}

impl Display for MldpFec<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "root {} opaque ", self.root)?;
        hex(self.opaque, f)
    }
}

/// The metric, then what else there is.
impl Display for Aigp<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f, " ");
        if let Some(metric) = self.metric() {
            metric.fmt(line.part()?)?;
        }
        self.others().try_for_each(|tlv| tlv.fmt(line.part()?))
    }
}

impl Display for LinkStateAttribute<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, ", ", self.tlvs())
    }
}

/// The ASes, each with its pCount where that is not 1, then the algorithm suites. Those of a confederation are in
/// parentheses.
impl Display for BgpsecPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, " ", self.secure_path())?;
        self.blocks().try_for_each(|block| write!(f, " suite {}", block.suite))
    }
}

impl Display for SecurePathSegment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.flags & Self::CONFED == 0 { ("", "") } else { ("(", ")") };
        write!(f, "{open}{}", self.asn)?;
        if self.p_count != 1 {
            write!(f, "x{}", self.p_count)?;
        }
        f.write_str(close)
    }
}

impl Display for DPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        join(f, " ", self.domains())
    }
}

impl Display for BfdDiscriminator<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.mode {
            Self::P2MP => f.write_str("p2mp"),
            mode => write!(f, "mode {mode}"),
        }?;
        write!(f, " discriminator {}", self.discriminator)?;
        self.source().map_or(Ok(()), |source| write!(f, " source {source}"))?;
        self.others().try_for_each(|tlv| write!(f, " {tlv}"))
    }
}

/// Of each TLV that counts once, the first; then those that are not known.
impl Display for PrefixSid<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f, " ");
        line.value("label-index", self.label_index())?;
        line.list("originator-srgb", self.originator_srgb())?;
        line.value("srv6-l3", self.srv6_l3_service())?;
        line.value("srv6-l2", self.srv6_l2_service())?;
        self.others().try_for_each(|tlv| tlv.fmt(line.part()?))
    }
}

/// The first label and the last.
impl Display for SrgbRange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.base, self.base.saturating_add(self.range.saturating_sub(1)))
    }
}

impl Display for Srv6Service<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line::new(f, " ");
        self.sids().try_for_each(|sid| sid.fmt(line.part()?))?;
        self.others().try_for_each(|tlv| tlv.fmt(line.part()?))
    }
}

impl Display for Srv6Sid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} behavior 0x{:04x}", self.sid, self.behavior)?;
        self.structure.map_or(Ok(()), |structure| write!(f, " structure {structure}"))
    }
}

/// Block, node, function and argument; then length and offset of what is transposed.
impl Display for SidStructure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.block, self.node, self.function, self.argument)?;
        match self.transposition_length {
            0 => Ok(()),
            length => write!(f, " transposition {length}@{}", self.transposition_offset),
        }
    }
}
