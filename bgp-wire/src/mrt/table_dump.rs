//! TABLE_DUMP: one route of one peer, as tables were recorded before TABLE_DUMP_V2 (RFC 6396 section 4.2).

use super::fault::{MrtFault, MrtFaultKind, Unwritable};
use super::fields::{Afi, Fields, put_addr};
use super::record::{Timestamp, put_field16, write};
use super::{TABLE_DUMP, TableAttributes};
use crate::cursor;
use crate::negotiate::AsnWidth;
use crate::outcome::Reset;
use alloc::vec::Vec;
use core::net::IpAddr;
use ipnet::IpNet;

/// One route of one peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableDump<'a> {
    /// The number of the view; mostly 0.
    pub view: u16,
    /// The number of the record within the table; it wraps.
    pub sequence: u16,
    /// The prefix, host bits zero whatever the record had there.
    pub prefix: IpNet,
    /// Says nothing; should be 1.
    pub status: u8,
    /// When the route was learned, in seconds since 1970-01-01 00:00 UTC.
    pub originated: u32,
    /// The peer's address, of the same family as the prefix.
    pub peer: IpAddr,
    /// The peer's autonomous system, for which the record has two octets.
    pub peer_asn: u16,
    /// The octets of the path attributes.
    pub attributes: &'a [u8],
}

impl<'a> TableDump<'a> {
    pub(super) fn decode(afi: Afi, fields: &mut Fields<'a>) -> Result<Self, MrtFault> {
        let (view, sequence) = (fields.u16()?, fields.u16()?);
        let addr = fields.addr(afi)?;
        let too_long = fields.fault(MrtFaultKind::PrefixLength(fields.peek()));
        let prefix = IpNet::new(addr, fields.u8()?).map_err(|_| too_long)?.trunc();
        let (status, originated) = (fields.u8()?, fields.u32()?);
        let (peer, peer_asn) = (fields.addr(afi)?, fields.u16()?);
        let attributes = fields.take(cursor::field16)?;
        Ok(Self { view, sequence, prefix, status, originated, peer, peer_asn, attributes })
    }

    /// The path attributes; ASNs have two octets.
    pub fn attributes(&self) -> Result<TableAttributes<'a>, Reset> {
        TableAttributes::decode(self.attributes, AsnWidth::Two)
    }

    /// Appends the record.
    pub fn encode(&self, seconds: u32, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let subtype = match (self.prefix, self.peer) {
            (IpNet::V4(_), IpAddr::V4(_)) => 1,
            (IpNet::V6(_), IpAddr::V6(_)) => 2,
            _ => return Err(Unwritable::MixedFamilies),
        };
        write(out, Timestamp::seconds(seconds), TABLE_DUMP, subtype, |out| {
            out.extend_from_slice(&self.view.to_be_bytes());
            out.extend_from_slice(&self.sequence.to_be_bytes());
            put_addr(out, self.prefix.network());
            out.extend_from_slice(&[self.prefix.prefix_len(), self.status]);
            out.extend_from_slice(&self.originated.to_be_bytes());
            put_addr(out, self.peer);
            out.extend_from_slice(&self.peer_asn.to_be_bytes());
            put_field16(out, self.attributes)
        })
    }
}
