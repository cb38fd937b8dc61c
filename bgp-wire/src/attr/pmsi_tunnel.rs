//! PMSI_TUNNEL: the tunnel that carries the multicast traffic of a VPN (RFC 6514 section 5).

use super::tlv::{ip, put_ip};
use super::{AttrCode, Attrs};
use crate::cursor;
use crate::negotiate::Negotiated;
use crate::nlri::EvpnLabel;
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::net::IpAddr;

/// The value of PMSI_TUNNEL.
///
/// ```
/// use bgp_wire::{PmsiTunnel, TunnelIdentifier};
/// let identifier = TunnelIdentifier::IngressReplication("192.0.2.1".parse().unwrap());
/// let mut value = Vec::new();
/// PmsiTunnel::put(0, 1000 << 4, &identifier, &mut value);
/// let tunnel = PmsiTunnel::new(&value).unwrap();
/// assert_eq!((tunnel.mpls_label(), tunnel.identifier), (1000, identifier));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PmsiTunnel<'a> {
    /// Flags; [`PmsiTunnel::LEAF_INFORMATION_REQUIRED`] among them.
    pub flags: u8,
    /// The tunnel type.
    pub kind: u8,
    /// The label field, 24 bits: a label in the upper 20, or a VNI (RFC 8365 section 5.1.3).
    pub label: u32,
    /// Which tunnel it is.
    pub identifier: TunnelIdentifier<'a>,
}

/// What tells one tunnel from another, by its type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum TunnelIdentifier<'a> {
    /// 0: no tunnel.
    None,
    /// 1: an RSVP-TE point-to-multipoint LSP.
    RsvpTe {
        /// Extended tunnel ID, an address.
        extended: IpAddr,
        /// Tunnel ID.
        tunnel: u16,
        /// P2MP ID.
        p2mp: u32,
    },
    /// 2: an mLDP point-to-multipoint LSP.
    MldpP2mp(MldpFec<'a>),
    /// 7: an mLDP multipoint-to-multipoint LSP.
    MldpMp2mp(MldpFec<'a>),
    /// 3, 4, 5: a tree of PIM-SSM, PIM-SM or BIDIR-PIM.
    Pim {
        /// The tunnel type.
        kind: u8,
        /// The root, or the sender.
        source: IpAddr,
        /// The group.
        group: IpAddr,
    },
    /// 6: ingress replication, to this endpoint.
    IngressReplication(IpAddr),
    /// 11: BIER (RFC 8556).
    Bier {
        /// Sub-domain.
        subdomain: u8,
        /// BFR-id.
        bfr: u16,
        /// BFR-prefix.
        prefix: IpAddr,
    },
    /// A tunnel type that is defined, and whose identifier is not read.
    Other {
        /// The tunnel type.
        kind: u8,
        /// The identifier.
        octets: &'a [u8],
    },
}

/// An mLDP FEC element (RFC 6388 section 2.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MldpFec<'a> {
    /// The type of the element.
    pub kind: u8,
    /// The root.
    pub root: IpAddr,
    /// The opaque value.
    pub opaque: &'a [u8],
}

impl<'a> PmsiTunnel<'a> {
    /// The flag that asks each leaf to make itself known.
    pub const LEAF_INFORMATION_REQUIRED: u8 = 0x01;

    /// Reads a value; it is malformed where the tunnel type is not defined, or the identifier is not of that type.
    pub fn new(v: &'a [u8]) -> Result<Self, Fault> {
        let short = || Fault::AttrLength(u16::try_from(v.len()).unwrap_or(u16::MAX));
        let (&[flags, kind, a, b, c], rest) = v.split_first_chunk().ok_or_else(short)?;
        let identifier = TunnelIdentifier::read(kind, rest).ok_or(Fault::AttrValue)?;
        Ok(Self { flags, kind, label: u32::from_be_bytes([0, a, b, c]), identifier })
    }

    /// The label, where the field holds one.
    pub const fn mpls_label(&self) -> u32 {
        self.label >> 4
    }

    /// The label field in both its readings.
    pub(crate) const fn both_labels(&self) -> EvpnLabel {
        EvpnLabel::from_vni(self.label)
    }

    /// Whether each leaf is asked to make itself known.
    pub const fn is_leaf_information_required(&self) -> bool {
        self.flags & Self::LEAF_INFORMATION_REQUIRED != 0
    }

    /// Appends a value; of `label` the lower 24 bits.
    pub fn put(flags: u8, label: u32, identifier: &TunnelIdentifier<'_>, out: &mut Vec<u8>) {
        let [_, a, b, c] = label.to_be_bytes();
        out.extend_from_slice(&[flags, identifier.kind(), a, b, c]);
        identifier.put(out);
    }
}

impl<'a> TunnelIdentifier<'a> {
    /// The identifier of a tunnel of type `kind`; `None` where there is no such type, or it has no such identifier.
    fn read(kind: u8, v: &'a [u8]) -> Option<Self> {
        match kind {
            0 => v.is_empty().then_some(Self::None),
            1 => Self::rsvp_te(v),
            2 => MldpFec::read(v).map(Self::MldpP2mp),
            3..=5 => {
                let (source, group) = v.split_at_checked(v.len() >> 1)?;
                Some(Self::Pim { kind, source: ip(source)?, group: ip(group)? })
            }
            6 => ip(v).map(Self::IngressReplication),
            7 => MldpFec::read(v).map(Self::MldpMp2mp),
            11 => {
                let (subdomain, rest) = cursor::u8(v)?;
                let (bfr, prefix) = cursor::u16(rest)?;
                Some(Self::Bier { subdomain, bfr, prefix: ip(prefix)? })
            }
            // Transport tunnels (RFC 7524), assisted replication (RFC 9574), trees of SR, composite tunnels
            // (RFC 8317) and what is for experiments (RFC 7385).
            8 | 10 | 12 | 13 | 0x7b..=0x7e | 0x80..=0xfe => Some(Self::Other { kind, octets: v }),
            _ => None,
        }
    }

    fn rsvp_te(v: &'a [u8]) -> Option<Self> {
        let (extended, rest) = v.split_at_checked(v.len().checked_sub(8)?)?;
        let (_reserved, rest) = cursor::u16(rest)?;
        let (tunnel, rest) = cursor::u16(rest)?;
        Some(Self::RsvpTe { extended: ip(extended)?, tunnel, p2mp: cursor::whole_u32(rest)? })
    }

    /// The tunnel type.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::RsvpTe { .. } => 1,
            Self::MldpP2mp(_) => 2,
            Self::Pim { kind, .. } | Self::Other { kind, .. } => *kind,
            Self::IngressReplication(_) => 6,
            Self::MldpMp2mp(_) => 7,
            Self::Bier { .. } => 11,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::None => {}
            Self::RsvpTe { extended, tunnel, p2mp } => {
                put_ip(*extended, out);
                out.extend_from_slice(&[0, 0]);
                out.extend_from_slice(&tunnel.to_be_bytes());
                out.extend_from_slice(&p2mp.to_be_bytes());
            }
            Self::MldpP2mp(fec) | Self::MldpMp2mp(fec) => fec.put(out),
            Self::Pim { source, group, .. } => [source, group].iter().for_each(|addr| put_ip(**addr, out)),
            Self::IngressReplication(endpoint) => put_ip(*endpoint, out),
            Self::Bier { subdomain, bfr, prefix } => {
                out.push(*subdomain);
                out.extend_from_slice(&bfr.to_be_bytes());
                put_ip(*prefix, out);
            }
            Self::Other { octets, .. } => out.extend_from_slice(octets),
        }
    }
}

impl<'a> MldpFec<'a> {
    fn read(v: &'a [u8]) -> Option<Self> {
        let (&[kind, _, _, len], rest) = v.split_first_chunk()?;
        let (root, rest) = rest.split_at_checked(usize::from(len))?;
        let (opaque, rest) = cursor::field16(rest)?;
        if !rest.is_empty() {
            return None;
        }
        Some(Self { kind, root: ip(root)?, opaque })
    }

    fn put(&self, out: &mut Vec<u8>) {
        let (family, len) = if self.root.is_ipv4() { (1, 4) } else { (2, 16) };
        out.extend_from_slice(&[self.kind, 0, family, len]);
        put_ip(self.root, out);
        let opaque = self.opaque.get(..usize::from(u16::MAX)).unwrap_or(self.opaque);
        out.extend_from_slice(&u16::try_from(opaque.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(opaque);
    }
}

pub(super) fn check(v: &[u8], _: &Negotiated) -> Result<(), Fault> {
    PmsiTunnel::new(v).map(drop)
}

impl<'a> Attrs<'a> {
    /// PMSI_TUNNEL.
    pub fn pmsi_tunnel(&self) -> Option<PmsiTunnel<'a>> {
        PmsiTunnel::new(self.value(AttrCode::PMSI_TUNNEL)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (octets, identifier, or `None` where they are malformed)
    #[test]
    fn values() {
        let v4 = |last| IpAddr::from([192, 0, 2, last]);
        let fec = MldpFec { kind: 6, root: v4(1), opaque: &[1, 0, 1, 7] };
        let pim = TunnelIdentifier::Pim { kind: 3, source: v4(1), group: IpAddr::from([232, 0, 0, 1]) };
        let rsvp = TunnelIdentifier::RsvpTe { extended: v4(1), tunnel: 2, p2mp: 3 };
        let bier = TunnelIdentifier::Bier { subdomain: 1, bfr: 2, prefix: v4(1) };
        let other = |kind, octets| TunnelIdentifier::Other { kind, octets };
        let cases: &[(&[u8], Option<TunnelIdentifier<'_>>)] = &[
            (&[0, 0, 0, 0, 0], Some(TunnelIdentifier::None)),
            (&[0, 0, 0, 0, 0, 1], None),
            (&[0, 1, 0, 0, 0, 192, 0, 2, 1, 0, 0, 0, 2, 0, 0, 0, 3], Some(rsvp)),
            (&[0, 1, 0, 0, 0, 192, 0, 2, 1, 0, 0, 0, 2, 0, 0, 3], None),
            (
                &[0, 2, 0, 0, 0, 6, 0, 1, 4, 192, 0, 2, 1, 0, 4, 1, 0, 1, 7],
                Some(TunnelIdentifier::MldpP2mp(fec)),
            ),
            (&[0, 2, 0, 0, 0, 6, 0, 1, 4, 192, 0, 2, 1, 0, 5, 1, 0, 1, 7], None),
            (&[0, 7, 0, 0, 0, 6, 0, 1, 4, 192, 0, 2, 1, 0, 3, 1, 0, 1, 7], None),
            (&[0, 3, 0, 0, 0, 192, 0, 2, 1, 232, 0, 0, 1], Some(pim)),
            (&[0, 4, 0, 0, 0, 192, 0, 2, 1, 232, 0, 0], None),
            (&[0, 5, 0, 0, 0, 192, 0, 2, 1], None),
            (&[0, 6, 0, 0, 0, 192, 0, 2, 1], Some(TunnelIdentifier::IngressReplication(v4(1)))),
            (&[0, 6, 0, 0, 0, 192, 0, 2, 1, 0], None),
            (&[0, 6, 0, 0, 0], None),
            (&[0, 8, 0, 0, 0, 7], Some(other(8, &[7]))),
            (&[0, 9, 0, 0, 0], None),
            (&[0, 11, 0, 0, 0, 1, 0, 2, 192, 0, 2, 1], Some(bier)),
            (&[0, 0x86, 0, 0, 0, 0, 0, 16, 192, 0, 2, 1], Some(other(0x86, &[0, 0, 16, 192, 0, 2, 1]))),
            (&[0, 0x7f, 0, 0, 0], None),
            (&[0, 0xff, 0, 0, 0, 192, 0, 2, 1], None),
            (&[0, 6, 0, 0], None),
            (&[], None),
        ];
        for (octets, want) in cases {
            let got = PmsiTunnel::new(octets).ok();
            assert_eq!(got.map(|tunnel| tunnel.identifier), *want, "{octets:?}");
        }
    }

    fn any_ip() -> impl Strategy<Value = IpAddr> {
        prop_oneof![any::<[u8; 4]>().prop_map(IpAddr::from), any::<[u8; 16]>().prop_map(IpAddr::from)]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            flags: u8, label in 0..1u32 << 24, root in any_ip(), (tunnel, p2mp) in any::<(u16, u32)>(), opaque: Vec<u8>,
            (kind, pim) in (any::<u8>(), 3..=5u8),
        ) {
            let fec = MldpFec { kind, root, opaque: &opaque };
            for identifier in [
                TunnelIdentifier::None,
                TunnelIdentifier::RsvpTe { extended: root, tunnel, p2mp },
                TunnelIdentifier::MldpP2mp(fec),
                TunnelIdentifier::MldpMp2mp(fec),
                TunnelIdentifier::Pim { kind: pim, source: root, group: root },
                TunnelIdentifier::IngressReplication(root),
                TunnelIdentifier::Bier { subdomain: kind, bfr: tunnel, prefix: root },
                TunnelIdentifier::Other { kind: 8, octets: &opaque },
            ] {
                let mut out = Vec::new();
                PmsiTunnel::put(flags, label, &identifier, &mut out);
                let back = PmsiTunnel::new(&out).unwrap();
                prop_assert_eq!((back.flags, back.label, back.identifier), (flags, label, identifier));
                prop_assert_eq!(back.kind, identifier.kind());
            }
        }
    }
}
