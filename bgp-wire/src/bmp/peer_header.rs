//! The header of whatever concerns one peer (RFC 7854 section 4.2, RFC 8671 section 4, RFC 9069 section 4).

use super::fault::BmpFault;
use super::fields::Fields;
use crate::asn::Asn;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the peer is a peer of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PeerType {
    /// 0: of the global instance.
    Global,
    /// 1: of the instance that the distinguisher names as a route distinguisher.
    Rd,
    /// 2: of an instance that the distinguisher names locally.
    Local,
    /// 3: none; the Loc-RIB of an instance (RFC 9069).
    LocRib,
    /// Any other.
    Other(u8),
}

impl PeerType {
    const fn from_octet(n: u8) -> Self {
        match n {
            0 => Self::Global,
            1 => Self::Rd,
            2 => Self::Local,
            3 => Self::LocRib,
            other => Self::Other(other),
        }
    }

    /// The registered number.
    pub const fn octet(self) -> u8 {
        match self {
            Self::Global => 0,
            Self::Rd => 1,
            Self::Local => 2,
            Self::LocRib => 3,
            Self::Other(n) => n,
        }
    }
}

impl fmt::Display for PeerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.pad("Global Instance Peer"),
            Self::Rd => f.pad("RD Instance Peer"),
            Self::Local => f.pad("Local Instance Peer"),
            Self::LocRib => f.pad("Loc-RIB Instance Peer"),
            Self::Other(n) => write!(f, "peer type {n}"),
        }
    }
}

/// The flags of the header; which of them there are depends on the [`PeerType`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct PeerFlags(pub u8);

impl PeerFlags {
    /// V: the peer's address is IPv6.
    pub const V: Self = Self(0x80);
    /// L: the routes have passed policy.
    pub const L: Self = Self(0x40);
    /// A: AS_PATH has ASNs of two octets.
    pub const A: Self = Self(0x20);
    /// O: the routes are of the Adj-RIB-Out (RFC 8671).
    pub const O: Self = Self(0x10);
    /// F: not all of the Loc-RIB is monitored. Of [`PeerType::LocRib`] alone, which has no other (RFC 9069).
    pub const F: Self = Self(0x80);

    /// These flags and those.
    #[must_use]
    pub const fn with(self, flags: Self) -> Self {
        Self(self.0 | flags.0)
    }

    const fn contains(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }
}

/// An address as BMP writes it: sixteen octets, of which IPv4 has the last four, the others being zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Address(pub [u8; 16]);

impl Address {
    /// The address, which the octets alone do not tell: the V flag does.
    pub fn ip(self, is_ipv6: bool) -> IpAddr {
        let [.., a, b, c, d] = self.0;
        if is_ipv6 { Ipv6Addr::from(self.0).into() } else { Ipv4Addr::new(a, b, c, d).into() }
    }
}

impl From<IpAddr> for Address {
    fn from(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(addr) => {
                let [a, b, c, d] = addr.octets();
                Self([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d])
            }
            IpAddr::V6(addr) => Self(addr.octets()),
        }
    }
}

/// Which peer, which of its tables, and when.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PeerHeader {
    /// What the peer is a peer of.
    pub kind: PeerType,
    /// The flags as they stand.
    pub flags: PeerFlags,
    /// Tells apart peers of the same address in different instances; zero for the global one.
    pub distinguisher: [u8; 8],
    /// The peer's address; zero for a Loc-RIB.
    pub address: Address,
    /// The peer's autonomous system; the router's own for a Loc-RIB.
    pub asn: Asn,
    /// The peer's BGP Identifier; the router's own for a Loc-RIB.
    pub bgp_id: Ipv4Addr,
    /// When the routes were received or the event came to be, in seconds since 1970-01-01 00:00 UTC; 0 where
    /// nobody knows.
    pub seconds: u32,
    /// Microseconds of that second.
    pub microseconds: u32,
}

impl PeerHeader {
    /// The header of a peer of the global instance, its routes those of the Adj-RIB-In before policy.
    pub fn new(addr: IpAddr, asn: Asn, bgp_id: Ipv4Addr) -> Self {
        Self {
            kind: PeerType::Global,
            flags: if addr.is_ipv6() { PeerFlags::V } else { PeerFlags::default() },
            distinguisher: [0; 8],
            address: addr.into(),
            asn,
            bgp_id,
            seconds: 0,
            microseconds: 0,
        }
    }

    pub(super) fn decode(fields: &mut Fields<'_>) -> Result<Self, BmpFault> {
        Ok(Self {
            kind: PeerType::from_octet(fields.u8()?),
            flags: PeerFlags(fields.u8()?),
            distinguisher: fields.octets()?,
            address: Address(fields.octets()?),
            asn: Asn(fields.u32()?),
            bgp_id: Ipv4Addr::from_bits(fields.u32()?),
            seconds: fields.u32()?,
            microseconds: fields.u32()?,
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.kind.octet(), self.flags.0]);
        out.extend_from_slice(&self.distinguisher);
        out.extend_from_slice(&self.address.0);
        out.extend_from_slice(&self.asn.0.to_be_bytes());
        out.extend_from_slice(&self.bgp_id.octets());
        out.extend_from_slice(&self.seconds.to_be_bytes());
        out.extend_from_slice(&self.microseconds.to_be_bytes());
    }

    /// Whether the flag is set; a Loc-RIB has none of those that peers have.
    fn has(&self, flag: PeerFlags) -> bool {
        self.kind != PeerType::LocRib && self.flags.contains(flag)
    }

    /// Whether addresses of the peer's session are IPv6: the V flag.
    pub fn is_ipv6(&self) -> bool {
        self.has(PeerFlags::V)
    }

    /// Whether the routes have passed policy: the L flag.
    pub fn is_post_policy(&self) -> bool {
        self.has(PeerFlags::L)
    }

    /// Whether the routes are those of the Adj-RIB-Out: the O flag (RFC 8671 section 4).
    pub fn is_adj_rib_out(&self) -> bool {
        self.has(PeerFlags::O)
    }

    /// Whether a Loc-RIB is monitored in part alone: the F flag (RFC 9069 section 4.2).
    pub fn is_filtered(&self) -> bool {
        self.kind == PeerType::LocRib && self.flags.contains(PeerFlags::F)
    }

    /// Whether the routes are as the peer sent them: of its Adj-RIB-In, before policy.
    pub fn is_as_received(&self) -> bool {
        self.kind != PeerType::LocRib && !self.is_adj_rib_out() && !self.is_post_policy()
    }

    /// Octets of an ASN in AS_PATH: the A flag, whatever the session has (RFC 7854 section 4.2).
    pub fn asn_width(&self) -> AsnWidth {
        if self.has(PeerFlags::A) { AsnWidth::Two } else { AsnWidth::Four }
    }

    /// The peer's address; `None` for a Loc-RIB, which has no peer.
    pub fn addr(&self) -> Option<IpAddr> {
        (self.kind != PeerType::LocRib).then(|| self.address.ip(self.is_ipv6()))
    }

    /// What the UPDATEs under this header depend on. `session` is what [`PeerUp::negotiated`] told of this
    /// peer; without it there are no path identifiers.
    ///
    /// The A flag says how wide ASNs are, and an Adj-RIB-Out has path identifiers where the router sends them.
    /// Which families there are is the router's business: it may monitor any. Only what is as received is held
    /// to the rules of the session; any other table may have what the router made of it, LOCAL_PREF and next
    /// hops among that.
    ///
    /// [`PeerUp::negotiated`]: super::PeerUp::negotiated
    pub fn negotiated(&self, session: Option<&Negotiated>) -> Negotiated {
        let table = Negotiated::unseen(PeerKind::Internal);
        let n = session.copied().unwrap_or(table);
        let rules = if self.is_as_received() { n } else { table };
        Negotiated {
            peer: rules.peer,
            asn_width: self.asn_width(),
            families: table.families,
            add_path_rx: if self.is_adj_rib_out() { n.add_path_tx } else { n.add_path_rx },
            labels_rx: rules.labels_rx,
            max_message: table.max_message,
            extended_next_hop: rules.extended_next_hop,
            ..n
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::{Family, FamilySet};
    use alloc::string::ToString;

    fn header(kind: PeerType, flags: u8) -> PeerHeader {
        let new = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), Ipv4Addr::LOCALHOST);
        PeerHeader { kind, flags: PeerFlags(flags), ..new }
    }

    /// (type, flags; IPv6, post-policy, Adj-RIB-Out, filtered, as received, two octets)
    #[test]
    fn flags_mean_what_the_type_says() {
        use PeerType::{Global, LocRib, Local, Other, Rd};
        for (kind, flags, want) in [
            (Global, 0, [false, false, false, false, true, false]),
            (Global, 0x80, [true, false, false, false, true, false]),
            (Rd, 0x40, [false, true, false, false, false, false]),
            (Local, 0x20, [false, false, false, false, true, true]),
            (Global, 0x10, [false, false, true, false, false, false]),
            (Rd, 0xff, [true, true, true, false, false, true]),
            (LocRib, 0, [false; 6]),
            (LocRib, 0xff, [false, false, false, true, false, false]),
            (Other(251), 0x0f, [false, false, false, false, true, false]),
        ] {
            let h = header(kind, flags);
            let two = h.asn_width() == AsnWidth::Two;
            let got =
                [h.is_ipv6(), h.is_post_policy(), h.is_adj_rib_out(), h.is_filtered(), h.is_as_received()];
            assert_eq!([&got[..], &[two]].concat(), want, "{kind} {flags:02x}");
            assert_eq!(h.addr().is_none(), kind == LocRib);
        }
    }

    #[test]
    fn addresses() {
        let v4 = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(Address::from(v4).0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1]);
        assert_eq!(Address::from(v4).ip(false), v4);
        let v6: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(Address::from(v6).ip(true), v6);
        assert_eq!(PeerHeader::new(v6, Asn(1), Ipv4Addr::LOCALHOST).addr(), Some(v6));
        assert_eq!(header(PeerType::Rd, 0).addr().map(|a| a.to_string()), Some("192.0.2.1".into()));
    }

    #[test]
    fn what_updates_depend_on() {
        let v4 = FamilySet::EMPTY.with(Family::Ipv4Unicast);
        let v6 = FamilySet::EMPTY.with(Family::Ipv6Unicast);
        let external = Negotiated {
            asn_width: AsnWidth::Two,
            add_path_rx: v4,
            add_path_tx: v6,
            ..Negotiated::new(PeerKind::External)
        };
        for (flags, peer, asn_width, add_path) in [
            (0, PeerKind::External, AsnWidth::Four, v4),
            (0x20, PeerKind::External, AsnWidth::Two, v4),
            (0x40, PeerKind::Internal, AsnWidth::Four, v4),
            (0x10, PeerKind::Internal, AsnWidth::Four, v6),
        ] {
            let n = header(PeerType::Global, flags).negotiated(Some(&external));
            assert_eq!((n.peer, n.asn_width, n.add_path_rx), (peer, asn_width, add_path), "{flags:02x}");
            let as_received = flags & 0x50 == 0;
            let next_hops = if as_received { external.extended_next_hop } else { FamilySet::EVERY };
            assert_eq!((n.families, n.extended_next_hop), (FamilySet::EVERY, next_hops), "{flags:02x}");
            assert_eq!(n.max_message, u16::MAX);
        }
        let n = header(PeerType::Global, 0).negotiated(None);
        assert_eq!(n, Negotiated::unseen(PeerKind::Internal));
    }
}
