//! The fields that records are made of, taken off and put down one by one.

use super::fault::{MrtFault, MrtFaultKind};
use super::record::Record;
use crate::asn::Asn;
use crate::cursor;
use crate::family::Family;
use crate::negotiate::AsnWidth;
use crate::nlri::Nlri;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ipnet::IpNet;

/// Which addresses a record has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Afi {
    Ipv4,
    Ipv6,
}

/// The fields of a record's body that are still to be read. It knows where it stands, for the fault.
pub(super) struct Fields<'a> {
    end: usize,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn of(record: &Record<'a>) -> Self {
        Self { end: record.len, rest: record.body }
    }

    /// A fault of the field that begins here.
    pub(super) fn fault(&self, kind: MrtFaultKind) -> MrtFault {
        MrtFault { offset: self.end.saturating_sub(self.rest.len()), kind }
    }

    /// Takes off what `cut` cuts off.
    pub(super) fn take<T>(
        &mut self,
        cut: impl FnOnce(&'a [u8]) -> Option<(T, &'a [u8])>,
    ) -> Result<T, MrtFault> {
        let (field, rest) = cut(self.rest).ok_or_else(|| self.fault(MrtFaultKind::Truncated))?;
        self.rest = rest;
        Ok(field)
    }

    pub(super) fn u8(&mut self) -> Result<u8, MrtFault> {
        self.take(cursor::u8)
    }

    pub(super) fn u16(&mut self) -> Result<u16, MrtFault> {
        self.take(cursor::u16)
    }

    pub(super) fn u32(&mut self) -> Result<u32, MrtFault> {
        self.take(cursor::u32)
    }

    pub(super) fn v4(&mut self) -> Result<Ipv4Addr, MrtFault> {
        self.take(v4)
    }

    /// An AFI that addresses of peers can have.
    pub(super) fn afi(&mut self) -> Result<Afi, MrtFault> {
        let here = self.fault(MrtFaultKind::Truncated);
        match self.u16()? {
            1 => Ok(Afi::Ipv4),
            2 => Ok(Afi::Ipv6),
            other => Err(MrtFault { kind: MrtFaultKind::AddressFamily(other), ..here }),
        }
    }

    /// An address of the family.
    pub(super) fn addr(&mut self, afi: Afi) -> Result<IpAddr, MrtFault> {
        match afi {
            Afi::Ipv4 => self.v4().map(IpAddr::V4),
            Afi::Ipv6 => self.take(v6).map(IpAddr::V6),
        }
    }

    /// The next octet, which stays; 0 where there is none.
    pub(super) fn peek(&self) -> u8 {
        self.rest.first().copied().unwrap_or_default()
    }

    /// What is still to be read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// A prefix as an UPDATE has it: its length in bits, and as many octets as they take.
    pub(super) fn prefix(&mut self, family: Family) -> Result<IpNet, MrtFault> {
        let bits = self.peek();
        let octets = usize::from(bits.div_ceil(8)).saturating_add(1);
        let (field, rest) =
            self.rest.split_at_checked(octets).ok_or_else(|| self.fault(MrtFaultKind::Truncated))?;
        let nlri = Nlri::new(family, false, field).ok().and_then(|nlri| nlri.iter().next());
        let nlri = nlri.ok_or_else(|| self.fault(MrtFaultKind::PrefixLength(bits)))?;
        self.rest = rest;
        Ok(nlri.prefix)
    }

    /// All that is left, which becomes the caller's to read.
    pub(super) fn remainder(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), MrtFault> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(MrtFaultKind::Trailing)) }
    }
}

/// An IPv4 address, and what follows it.
pub(super) fn v4(v: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    v.split_first_chunk::<4>().map(|(addr, rest)| (Ipv4Addr::from(*addr), rest))
}

/// An IPv6 address, and what follows it.
pub(super) fn v6(v: &[u8]) -> Option<(Ipv6Addr, &[u8])> {
    v.split_first_chunk::<16>().map(|(addr, rest)| (Ipv6Addr::from(*addr), rest))
}

/// Appends the octets of an address.
pub(super) fn put_addr(out: &mut Vec<u8>, addr: IpAddr) {
    match addr {
        IpAddr::V4(addr) => out.extend_from_slice(&addr.octets()),
        IpAddr::V6(addr) => out.extend_from_slice(&addr.octets()),
    }
}

/// Appends an ASN; two octets have AS_TRANS for what does not fit them.
pub(super) fn put_asn(out: &mut Vec<u8>, width: AsnWidth, asn: Asn) {
    match width {
        AsnWidth::Two => out.extend_from_slice(&asn.two_octets().to_be_bytes()),
        AsnWidth::Four => out.extend_from_slice(&asn.0.to_be_bytes()),
    }
}
