//! EVPN: what a PE says of MAC addresses, segments and prefixes (RFC 7432 section 7, RFC 9136, RFC 9251).

mod fields;
mod segment;
#[cfg(test)]
mod tests;

pub use fields::MulticastGroup;
pub use segment::{Esi, EsiKind, EsiParseError, EvpnLabel, MacAddr, MacAddrParseError};

use super::TypedNlri;
use crate::cursor;
use crate::outcome::Fault;
use crate::route_distinguisher::RouteDistinguisher;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use fields::{Fields, put_addr, put_optional_addr};
use ipnet::IpNet;

/// An EVPN route.
///
/// ```
/// use bgp_wire::{EvpnRoute, Family, Nlri, TypedNlri};
///
/// let octets = [3, 17, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 0, 0, 0, 0, 32, 192, 0, 2, 1];
/// let field = Nlri::new(Family::Evpn, false, &octets)?;
/// let (_, TypedNlri::Evpn(route)) = field.typed().next().unwrap() else { panic!() };
/// assert_eq!(route.to_string(), "inclusive-multicast rd 64500:1 tag 0 originator 192.0.2.1");
/// # Ok::<(), bgp_wire::Fault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum EvpnRoute<'a> {
    /// Type 1: how a segment is reached (RFC 7432 section 7.1).
    EthernetAutoDiscovery {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// The segment.
        esi: Esi,
        /// Ethernet tag; [`EvpnRoute::MAX_TAG`] is the segment as a whole.
        tag: u32,
        /// To be used for unicast.
        label: EvpnLabel,
    },
    /// Type 2: a MAC address, and what IP address has it (RFC 7432 section 7.2).
    MacIp {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// The segment the address is on.
        esi: Esi,
        /// Ethernet tag.
        tag: u32,
        /// The MAC address.
        mac: MacAddr,
        /// The IP address.
        ip: Option<IpAddr>,
        /// Label to bridge by.
        label: EvpnLabel,
        /// Label to route by.
        label2: Option<EvpnLabel>,
    },
    /// Type 3: a PE that is to have what is flooded (RFC 7432 section 7.3).
    InclusiveMulticast {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// Ethernet tag.
        tag: u32,
        /// Address of the PE.
        originator: IpAddr,
    },
    /// Type 4: a PE of a segment (RFC 7432 section 7.4).
    EthernetSegment {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// The segment.
        esi: Esi,
        /// Address of the PE.
        originator: IpAddr,
    },
    /// Type 5: an IP prefix (RFC 9136 section 3).
    IpPrefix {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// The segment to resolve the route by, if any.
        esi: Esi,
        /// Ethernet tag.
        tag: u32,
        /// The prefix, host bits zero whatever the wire had there.
        prefix: IpNet,
        /// The gateway to resolve the route by, of the prefix's version; zero is none. One of the other version
        /// cannot be written, and is written as none.
        gateway: IpAddr,
        /// Label to route by.
        label: EvpnLabel,
    },
    /// Type 6: a PE that has receivers of a group (RFC 9251 section 9.1).
    SelectiveMulticast {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// Ethernet tag.
        tag: u32,
        /// What they receive.
        group: MulticastGroup,
        /// Versions of IGMP or MLD, and whether the source is excluded. No part of the key of the route.
        flags: u8,
    },
    /// Type 7: a receiver of a group on a segment (RFC 9251 section 9.2).
    MulticastJoinSync {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// The segment.
        esi: Esi,
        /// Ethernet tag.
        tag: u32,
        /// What it receives.
        group: MulticastGroup,
        /// As of [`EvpnRoute::SelectiveMulticast`].
        flags: u8,
    },
    /// Type 8: a receiver of a group on a segment that leaves it (RFC 9251 section 9.3).
    MulticastLeaveSync {
        /// Route distinguisher.
        rd: RouteDistinguisher,
        /// The segment.
        esi: Esi,
        /// Ethernet tag.
        tag: u32,
        /// What it received.
        group: MulticastGroup,
        /// Four octets without a meaning.
        reserved: u32,
        /// How long others have to answer; no part of the key of the route.
        max_response_time: u8,
        /// As of [`EvpnRoute::SelectiveMulticast`].
        flags: u8,
    },
    /// A type that is not known. Whoever would use the route ignores it (RFC 7606 section 5.4).
    Other {
        /// The type.
        kind: u8,
        /// The octets, of which 255 can be written.
        value: &'a [u8],
    },
}

impl<'a> EvpnRoute<'a> {
    /// MAX-ET, the Ethernet tag of all (RFC 7432 section 8.2.1).
    pub const MAX_TAG: u32 = u32::MAX;

    /// The route type.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::EthernetAutoDiscovery { .. } => 1,
            Self::MacIp { .. } => 2,
            Self::InclusiveMulticast { .. } => 3,
            Self::EthernetSegment { .. } => 4,
            Self::IpPrefix { .. } => 5,
            Self::SelectiveMulticast { .. } => 6,
            Self::MulticastJoinSync { .. } => 7,
            Self::MulticastLeaveSync { .. } => 8,
            Self::Other { kind, .. } => *kind,
        }
    }

    /// The name of its type; `None` for a type that is not known.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::EthernetAutoDiscovery { .. } => "ethernet-ad",
            Self::MacIp { .. } => "mac-ip",
            Self::InclusiveMulticast { .. } => "inclusive-multicast",
            Self::EthernetSegment { .. } => "ethernet-segment",
            Self::IpPrefix { .. } => "ip-prefix",
            Self::SelectiveMulticast { .. } => "selective-multicast",
            Self::MulticastJoinSync { .. } => "multicast-join-sync",
            Self::MulticastLeaveSync { .. } => "multicast-leave-sync",
            Self::Other { .. } => return None,
        })
    }

    /// The whole of `v` as a route of type `kind`; `None` where a length or an octet is not as the type asks.
    fn read(kind: u8, v: &'a [u8]) -> Option<Self> {
        let mut v = Fields(v);
        let route = match kind {
            1 => Self::EthernetAutoDiscovery { rd: v.rd()?, esi: v.esi()?, tag: v.u32()?, label: v.label()? },
            2 => Self::MacIp {
                rd: v.rd()?,
                esi: v.esi()?,
                tag: v.u32()?,
                mac: v.mac()?,
                ip: v.optional_addr()?,
                label: v.label()?,
                label2: if v.0.is_empty() { None } else { Some(v.label()?) },
            },
            3 => Self::InclusiveMulticast { rd: v.rd()?, tag: v.u32()?, originator: v.addr()? },
            4 => Self::EthernetSegment { rd: v.rd()?, esi: v.esi()?, originator: v.addr()? },
            5 => Self::ip_prefix(&mut v)?,
            6 => Self::SelectiveMulticast { rd: v.rd()?, tag: v.u32()?, group: v.group()?, flags: v.u8()? },
            7 => Self::MulticastJoinSync {
                rd: v.rd()?,
                esi: v.esi()?,
                tag: v.u32()?,
                group: v.group()?,
                flags: v.u8()?,
            },
            8 => Self::MulticastLeaveSync {
                rd: v.rd()?,
                esi: v.esi()?,
                tag: v.u32()?,
                group: v.group()?,
                reserved: v.u32()?,
                max_response_time: v.u8()?,
                flags: v.u8()?,
            },
            _ => return Some(Self::Other { kind, value: v.0 }),
        };
        v.0.is_empty().then_some(route)
    }

    /// The length says which version of IP it is of (RFC 9136 section 3.1).
    fn ip_prefix(v: &mut Fields<'a>) -> Option<Self> {
        let octets = match v.0.len() {
            34 => 4,
            58 => 16,
            _ => return None,
        };
        let (rd, esi, tag, bits) = (v.rd()?, v.esi()?, v.u32()?, v.u8()?);
        let prefix = IpNet::new(v.addr_of(octets)?, bits).ok()?.trunc();
        Some(Self::IpPrefix { rd, esi, tag, prefix, gateway: v.addr_of(octets)?, label: v.label()? })
    }

    /// What makes the route, announced, one to treat as withdrawn (RFC 9136 section 3.2).
    pub(super) fn fault_announced(&self) -> Option<Fault> {
        match self {
            Self::IpPrefix { esi, gateway, .. } if *esi != Esi::ZERO && !gateway.is_unspecified() => {
                Some(Fault::EvpnOverlayIndexes)
            }
            _ => None,
        }
    }

    /// Whether what is written of it is read as it.
    pub(super) const fn is_writable(&self) -> bool {
        match self {
            Self::Other { kind, value } => !matches!(kind, 1..=8) && value.len() <= 255,
            _ => true,
        }
    }

    /// Appends its octets, type and length included.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.kind());
        let at = out.len();
        out.push(0);
        self.put(out);
        let octets = out.len().saturating_sub(at).saturating_sub(1);
        if let Some(len) = out.get_mut(at) {
            *len = u8::try_from(octets).unwrap_or(u8::MAX);
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        if let Self::Other { value, .. } = self {
            return out.extend_from_slice(value.get(..255).unwrap_or(value));
        }
        let (rd, esi, tag) = self.place();
        out.extend_from_slice(&rd.octets());
        out.extend(esi.iter().flat_map(|esi| esi.0));
        out.extend(tag.iter().flat_map(|tag| tag.to_be_bytes()));
        match self {
            Self::EthernetAutoDiscovery { label, .. } => out.extend_from_slice(&label.0),
            Self::MacIp { mac, ip, label, label2, .. } => {
                out.push(48);
                out.extend_from_slice(&mac.0);
                put_optional_addr(*ip, out);
                out.extend_from_slice(&label.0);
                out.extend(label2.iter().flat_map(|label| label.0));
            }
            Self::InclusiveMulticast { originator, .. } | Self::EthernetSegment { originator, .. } => {
                put_optional_addr(Some(*originator), out);
            }
            Self::IpPrefix { prefix, gateway, label, .. } => {
                let none = if prefix.addr().is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) };
                let same = gateway.is_ipv4() == none.is_ipv4();
                out.push(prefix.prefix_len());
                put_addr(prefix.network(), out);
                put_addr(if same { *gateway } else { none }, out);
                out.extend_from_slice(&label.0);
            }
            Self::SelectiveMulticast { group, flags, .. } | Self::MulticastJoinSync { group, flags, .. } => {
                group.put(out);
                out.push(*flags);
            }
            Self::MulticastLeaveSync { group, reserved, max_response_time, flags, .. } => {
                group.put(out);
                out.extend_from_slice(&reserved.to_be_bytes());
                out.extend_from_slice(&[*max_response_time, *flags]);
            }
            Self::Other { .. } => {}
        }
    }

    /// What every type begins with, as far as it has it: whose route it is, of which segment, of which tag.
    pub(crate) fn place(&self) -> (RouteDistinguisher, Option<Esi>, Option<u32>) {
        match *self {
            Self::EthernetAutoDiscovery { rd, esi, tag, .. }
            | Self::MacIp { rd, esi, tag, .. }
            | Self::IpPrefix { rd, esi, tag, .. }
            | Self::MulticastJoinSync { rd, esi, tag, .. }
            | Self::MulticastLeaveSync { rd, esi, tag, .. } => (rd, Some(esi), Some(tag)),
            Self::InclusiveMulticast { rd, tag, .. } | Self::SelectiveMulticast { rd, tag, .. } => {
                (rd, None, Some(tag))
            }
            Self::EthernetSegment { rd, esi, .. } => (rd, Some(esi), None),
            Self::Other { .. } => (RouteDistinguisher::Other([0; 8]), None, None),
        }
    }
}

/// Cuts one route off `v`: its type, its length, and as many octets (RFC 7432 section 7).
///
/// A route that is not as its type asks ends where its length says, so that those behind it can be read
/// (RFC 7606 section 3.j).
pub(super) fn take(v: &[u8]) -> Result<(TypedNlri<'_>, &[u8]), Fault> {
    let (kind, after) = cursor::u8(v).ok_or(Fault::NlriTruncated)?;
    let (len, after) = cursor::u8(after).ok_or(Fault::NlriTruncated)?;
    let (value, rest) = after.split_at_checked(usize::from(len)).ok_or(Fault::NlriTruncated)?;
    let octets = v.get(..value.len().saturating_add(2)).unwrap_or(v);
    let malformed = TypedNlri::Malformed { octets, fault: Fault::EvpnRoute(kind) };
    Ok((EvpnRoute::read(kind, value).map_or(malformed, TypedNlri::Evpn), rest))
}

impl fmt::Display for EvpnRoute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Other { kind, value } = self {
            write!(f, "evpn-type-{kind} 0x")?;
            return value.iter().try_for_each(|octet| write!(f, "{octet:02x}"));
        }
        let (rd, esi, tag) = self.place();
        write!(f, "{} rd {rd}", self.name().unwrap_or_default())?;
        esi.map_or(Ok(()), |esi| write!(f, " esi {esi}"))?;
        tag.map_or(Ok(()), |tag| write!(f, " tag {tag}"))?;
        self.fmt_rest(f)
    }
}

impl EvpnRoute<'_> {
    /// What a type has of its own.
    fn fmt_rest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EthernetAutoDiscovery { label, .. } => write!(f, " {label}"),
            Self::MacIp { mac, ip, label, label2, .. } => {
                write!(f, " mac {mac}")?;
                ip.map_or(Ok(()), |ip| write!(f, " ip {ip}"))?;
                write!(f, " {label}")?;
                label2.map_or(Ok(()), |label| write!(f, " {label}"))
            }
            Self::InclusiveMulticast { originator, .. } | Self::EthernetSegment { originator, .. } => {
                write!(f, " originator {originator}")
            }
            Self::IpPrefix { prefix, gateway, label, .. } => {
                write!(f, " prefix {prefix}")?;
                if !gateway.is_unspecified() {
                    write!(f, " gateway {gateway}")?;
                }
                write!(f, " {label}")
            }
            Self::SelectiveMulticast { group, flags, .. } | Self::MulticastJoinSync { group, flags, .. } => {
                write!(f, " {group} flags 0x{flags:02x}")
            }
            Self::MulticastLeaveSync { group, max_response_time, flags, .. } => {
                write!(f, " {group} max-response-time {max_response_time} flags 0x{flags:02x}")
            }
            Self::Other { .. } => Ok(()),
        }
    }
}
