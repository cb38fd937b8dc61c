//! What an EVPN route is about: a MAC address, an Ethernet segment (RFC 7432 section 5), a label.

use crate::asn::Asn;
use crate::community::octets_of;
use core::fmt;
use core::net::Ipv4Addr;
use core::str::FromStr;

/// A MAC address of 48 bits.
///
/// ```
/// use bgp_wire::MacAddr;
/// assert_eq!("00:00:5e:00:53:01".parse(), Ok(MacAddr([0, 0, 0x5e, 0, 0x53, 1])));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct MacAddr(pub [u8; 6]);

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        colons(f, &self.0)
    }
}

/// Text that is not a MAC address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MacAddrParseError;

impl fmt::Display for MacAddrParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a MAC address is six octets in hexadecimal with colons between: 00:00:5e:00:53:01")
    }
}
impl core::error::Error for MacAddrParseError {}

impl FromStr for MacAddr {
    type Err = MacAddrParseError;

    fn from_str(s: &str) -> Result<Self, MacAddrParseError> {
        octets_of(s).map(Self).ok_or(MacAddrParseError)
    }
}

/// An Ethernet segment identifier (RFC 7432 section 5).
///
/// ```
/// use bgp_wire::{Esi, EsiKind, MacAddr};
///
/// let esi = Esi([3, 2, 0, 0, 0, 0, 1, 0, 0, 7]);
/// assert_eq!(esi.kind(), EsiKind::Mac { system: MacAddr([2, 0, 0, 0, 0, 1]), discriminator: 7 });
/// assert_eq!(esi.to_string(), "03:02:00:00:00:00:01:00:00:07");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Esi(pub [u8; 10]);

impl Esi {
    /// Of a site with one link: no segment.
    pub const ZERO: Self = Self([0; 10]);
    /// MAX-ESI, which is reserved.
    pub const MAX: Self = Self([0xff; 10]);

    /// What it was made of, by its type, which is its first octet.
    pub const fn kind(&self) -> EsiKind {
        let [kind, value @ ..] = self.0;
        let [m0, m1, m2, m3, m4, m5, n0, n1, last] = value;
        let mac = MacAddr([m0, m1, m2, m3, m4, m5]);
        let (first, middle) = (u32::from_be_bytes([m0, m1, m2, m3]), u32::from_be_bytes([m4, m5, n0, n1]));
        let behind_mac = u16::from_be_bytes([n0, n1]);
        match kind {
            0 => EsiKind::Arbitrary(value),
            1 => EsiKind::Lacp { system: mac, port_key: behind_mac },
            2 => EsiKind::Bridge { root: mac, priority: behind_mac },
            3 => EsiKind::Mac { system: mac, discriminator: u32::from_be_bytes([0, n0, n1, last]) },
            4 => EsiKind::RouterId { router_id: Ipv4Addr::from_bits(first), discriminator: middle },
            5 => EsiKind::Asn { asn: Asn(first), discriminator: middle },
            other => EsiKind::Other(other),
        }
    }
}

impl fmt::Display for Esi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        colons(f, &self.0)
    }
}

/// Text that is not an Ethernet segment identifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct EsiParseError;

impl fmt::Display for EsiParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an Ethernet segment identifier is ten octets in hexadecimal with colons between")
    }
}
impl core::error::Error for EsiParseError {}

impl FromStr for Esi {
    type Err = EsiParseError;

    fn from_str(s: &str) -> Result<Self, EsiParseError> {
        octets_of(s).map(Self).ok_or(EsiParseError)
    }
}

/// What an [`Esi`] was made of (RFC 7432 section 5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum EsiKind {
    /// Type 0: whatever the operator configured.
    Arbitrary([u8; 9]),
    /// Type 1: LACP between the PEs and the CE.
    Lacp {
        /// The CE's system MAC address.
        system: MacAddr,
        /// The CE's port key.
        port_key: u16,
    },
    /// Type 2: a bridged LAN that runs a spanning tree.
    Bridge {
        /// MAC address of the root bridge.
        root: MacAddr,
        /// Priority of the root bridge.
        priority: u16,
    },
    /// Type 3: a MAC address of the PE or its operator.
    Mac {
        /// That address.
        system: MacAddr,
        /// 24 bits that tell its segments apart.
        discriminator: u32,
    },
    /// Type 4: a router ID.
    RouterId {
        /// That ID.
        router_id: Ipv4Addr,
        /// Tells its segments apart.
        discriminator: u32,
    },
    /// Type 5: an AS number.
    Asn {
        /// That number.
        asn: Asn,
        /// Tells its segments apart.
        discriminator: u32,
    },
    /// A type that is not registered.
    Other(u8),
}

/// The 24 bits of an EVPN route's label: of MPLS or, on a network of VXLAN, a VNI (RFC 7432 section 7, RFC 8365
/// section 5.1.3). Which, the tunnel says that the route asks for; both readings are here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct EvpnLabel(pub [u8; 3]);

impl EvpnLabel {
    /// The MPLS label `label`, of which the low 20 bits count.
    pub const fn from_mpls(label: u32) -> Self {
        Self::from_vni(label << 4)
    }

    /// The VNI `vni`, of which the low 24 bits count.
    pub const fn from_vni(vni: u32) -> Self {
        let [_, a, b, c] = vni.to_be_bytes();
        Self([a, b, c])
    }

    /// Read as an MPLS label: the high 20 bits.
    pub const fn mpls(self) -> u32 {
        self.vni() >> 4
    }

    /// Read as a VNI: all 24 bits.
    pub const fn vni(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_be_bytes([0, a, b, c])
    }
}

impl fmt::Display for EvpnLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "label {} (vni {})", self.mpls(), self.vni())
    }
}

fn colons(f: &mut fmt::Formatter<'_>, octets: &[u8]) -> fmt::Result {
    octets.iter().enumerate().try_for_each(|(i, octet)| {
        f.write_str(if i == 0 { "" } else { ":" })?;
        write!(f, "{octet:02x}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// (octets, what they are by the list of RFC 7432 section 5)
    #[test]
    fn segments_by_type() {
        let mac = MacAddr([2, 0, 0, 0, 0, 1]);
        for (octets, kind) in [
            ([0; 10], EsiKind::Arbitrary([0; 9])),
            ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], EsiKind::Arbitrary([1, 2, 3, 4, 5, 6, 7, 8, 9])),
            ([1, 2, 0, 0, 0, 0, 1, 1, 2, 0], EsiKind::Lacp { system: mac, port_key: 0x102 }),
            ([2, 2, 0, 0, 0, 0, 1, 0x80, 0, 0], EsiKind::Bridge { root: mac, priority: 0x8000 }),
            ([3, 2, 0, 0, 0, 0, 1, 1, 2, 3], EsiKind::Mac { system: mac, discriminator: 0x10203 }),
            (
                [4, 192, 0, 2, 1, 0, 0, 1, 2, 0],
                EsiKind::RouterId { router_id: Ipv4Addr::new(192, 0, 2, 1), discriminator: 0x102 },
            ),
            ([5, 0, 0, 0xfb, 0xf4, 0, 0, 0, 9, 0], EsiKind::Asn { asn: Asn(64500), discriminator: 9 }),
            ([0xff; 10], EsiKind::Other(0xff)),
        ] {
            assert_eq!(Esi(octets).kind(), kind);
        }
    }

    #[test]
    fn a_label_has_two_readings() {
        assert_eq!((EvpnLabel([0, 2, 0x71]).mpls(), EvpnLabel([0, 2, 0x71]).vni()), (39, 625));
        assert_eq!(EvpnLabel::from_mpls(39), EvpnLabel([0, 2, 0x70]));
        assert_eq!(EvpnLabel::from_vni(0xff01_0203), EvpnLabel([1, 2, 3]));
        assert_eq!(EvpnLabel::from_vni(625).to_string(), "label 39 (vni 625)");
    }

    #[test]
    fn text() {
        let (mac, esi) = ("00:00:5e:00:53:0a", "03:02:00:00:00:00:01:00:00:07");
        assert_eq!(mac.parse::<MacAddr>().unwrap().to_string(), mac);
        assert_eq!("00:00:5E:00:53:0A".parse::<MacAddr>().unwrap().to_string(), mac);
        assert_eq!(esi.parse::<Esi>().unwrap().to_string(), esi);
        for wrong in [
            "",
            "00:00:5e:00:53",
            "00:00:5e:00:53:01:02",
            "0:0:5e:0:53:1",
            "00-00-5e-00-53-01",
            "+0:00:5e:00:53:01",
        ] {
            assert_eq!(wrong.parse::<MacAddr>(), Err(MacAddrParseError), "{wrong}");
            assert_eq!(wrong.parse::<Esi>(), Err(EsiParseError), "{wrong}");
        }
    }
}
