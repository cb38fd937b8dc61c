//! The fields that EVPN routes are made of.

use super::{Esi, EvpnLabel, MacAddr, RouteDistinguisher};
use crate::cursor;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// What is left of a route; each call takes the next field, and gives `None` when it is not all there.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    fn octets<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (octets, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*octets)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let (n, rest) = cursor::u8(self.0)?;
        self.0 = rest;
        Some(n)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.octets().map(u32::from_be_bytes)
    }

    pub(super) fn rd(&mut self) -> Option<RouteDistinguisher> {
        self.octets::<8>().map(RouteDistinguisher::from)
    }

    pub(super) fn esi(&mut self) -> Option<Esi> {
        self.octets().map(Esi)
    }

    pub(super) fn label(&mut self) -> Option<EvpnLabel> {
        self.octets().map(EvpnLabel)
    }

    /// A MAC address behind its length in bits, which is 48 (RFC 7432 section 7.2).
    pub(super) fn mac(&mut self) -> Option<MacAddr> {
        self.u8().filter(|bits| *bits == 48)?;
        self.octets().map(MacAddr)
    }

    /// An address of `octets` octets.
    pub(super) fn addr_of(&mut self, octets: u8) -> Option<IpAddr> {
        match octets {
            4 => self.octets::<4>().map(IpAddr::from),
            16 => self.octets::<16>().map(IpAddr::from),
            _ => None,
        }
    }

    /// An address behind its length in bits, or a length of 0.
    #[expect(clippy::option_option, reason = "a field that is not whole, and one that is and has no address")]
    pub(super) fn optional_addr(&mut self) -> Option<Option<IpAddr>> {
        match self.u8()? {
            0 => Some(None),
            32 => self.addr_of(4).map(Some),
            128 => self.addr_of(16).map(Some),
            _ => None,
        }
    }

    /// An address behind its length in bits.
    pub(super) fn addr(&mut self) -> Option<IpAddr> {
        self.optional_addr().flatten()
    }

    pub(super) fn group(&mut self) -> Option<MulticastGroup> {
        let (source, group) = (self.optional_addr()?, self.optional_addr()?);
        Some(MulticastGroup { source, group, originator: self.addr()? })
    }
}

/// Appends an address behind its length in bits.
pub(super) fn put_optional_addr(addr: Option<IpAddr>, out: &mut Vec<u8>) {
    out.push(match addr {
        None => 0,
        Some(IpAddr::V4(_)) => 32,
        Some(IpAddr::V6(_)) => 128,
    });
    if let Some(addr) = addr {
        put_addr(addr, out);
    }
}

pub(super) fn put_addr(addr: IpAddr, out: &mut Vec<u8>) {
    match addr {
        IpAddr::V4(addr) => out.extend_from_slice(&addr.octets()),
        IpAddr::V6(addr) => out.extend_from_slice(&addr.octets()),
    }
}

/// What a PE has receivers of (RFC 9251 section 9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MulticastGroup {
    /// The source; `None` is any.
    pub source: Option<IpAddr>,
    /// The group; `None` is every one.
    pub group: Option<IpAddr>,
    /// Address of the PE.
    pub originator: IpAddr,
}

impl MulticastGroup {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_optional_addr(self.source, out);
        put_optional_addr(self.group, out);
        put_optional_addr(Some(self.originator), out);
    }
}

impl fmt::Display for MulticastGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, addr) in [("source", self.source), ("group", self.group)] {
            match addr {
                Some(addr) => write!(f, "{name} {addr} ")?,
                None => write!(f, "{name} * ")?,
            }
        }
        write!(f, "originator {}", self.originator)
    }
}
