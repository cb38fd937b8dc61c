//! Numbers, addresses and texts in a record: numbers big-endian, texts and octets behind their length.

use bgp_rib::PeerId;
use bgp_session::Conn;
use ipnet::IpNet;
use std::net::IpAddr;

/// Appends fields to a record.
pub(crate) struct Fields<'a>(pub(crate) &'a mut Vec<u8>);

impl Fields<'_> {
    pub(crate) fn octet(&mut self, n: u8) -> &mut Self {
        self.0.push(n);
        self
    }

    pub(crate) fn number(&mut self, n: u64) -> &mut Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }

    pub(crate) fn short(&mut self, n: u32) -> &mut Self {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }

    pub(crate) fn peer(&mut self, peer: PeerId) -> &mut Self {
        self.short(peer.0)
    }

    pub(crate) fn conn(&mut self, conn: Conn) -> &mut Self {
        self.octet(u8::from(conn == Conn::Accepted))
    }

    pub(crate) fn address(&mut self, address: IpAddr) -> &mut Self {
        match address {
            IpAddr::V4(v4) => self.octet(4).0.extend_from_slice(&v4.octets()),
            IpAddr::V6(v6) => self.octet(6).0.extend_from_slice(&v6.octets()),
        }
        self
    }

    pub(crate) fn prefix(&mut self, prefix: IpNet) -> &mut Self {
        self.address(prefix.addr()).octet(prefix.prefix_len())
    }

    /// The last field of a record, which needs no length.
    pub(crate) fn rest(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }
}

/// Takes fields off a record; `None` where it is too short or says what no field of this kind can.
pub(crate) struct Octets<'a>(pub(crate) &'a [u8]);

impl<'a> Octets<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn octet(&mut self) -> Option<u8> {
        self.array::<1>().map(|[n]| n)
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.octet()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn short(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn peer(&mut self) -> Option<PeerId> {
        self.short().map(PeerId)
    }

    pub(crate) fn conn(&mut self) -> Option<Conn> {
        self.flag().map(|accepted| if accepted { Conn::Accepted } else { Conn::Dialed })
    }

    pub(crate) fn address(&mut self) -> Option<IpAddr> {
        match self.octet()? {
            4 => self.array::<4>().map(IpAddr::from),
            6 => self.array::<16>().map(IpAddr::from),
            _ => None,
        }
    }

    pub(crate) fn prefix(&mut self) -> Option<IpNet> {
        let address = self.address()?;
        IpNet::new(address, self.octet()?).ok()
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.rest()).ok()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
