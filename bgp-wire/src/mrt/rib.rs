//! RIB records: one prefix and the routes to it (RFC 6396 sections 4.3.2 and 4.3.4, RFC 8050 section 4).

use super::fault::{MrtFault, Unwritable};
use super::fields::Fields;
use super::record::{Timestamp, put_counted, put_field16, write};
use super::{TABLE_DUMP_V2, TableAttributes};
use crate::cursor;
use crate::family::{AfiSafi, Family};
use crate::negotiate::AsnWidth;
use crate::nlri::{self, PathNlri};
use crate::outcome::Reset;
use alloc::vec::Vec;
use core::fmt;
use ipnet::IpNet;

/// What precedes the routes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RibHeader {
    /// The number of the record within the table.
    pub sequence: u32,
    /// The prefix, host bits zero whatever the record had there.
    pub prefix: IpNet,
    /// Whether the table is the multicast one (SAFI 2), not the unicast one (SAFI 1).
    pub multicast: bool,
    /// Whether every route has a path identifier (RFC 8050).
    pub add_path: bool,
}

impl RibHeader {
    /// The AFI and SAFI of the table.
    pub fn afi_safi(&self) -> AfiSafi {
        let AfiSafi { afi, safi } = Family::of(&self.prefix).afi_safi();
        AfiSafi { afi, safi: if self.multicast { 2 } else { safi } }
    }

    /// RIB_IPV4_UNICAST is 2, RIB_IPV4_MULTICAST 3, RIB_IPV6_UNICAST 4, RIB_IPV6_MULTICAST 5; six more with
    /// path identifiers.
    const fn subtype(&self) -> u16 {
        match (self.prefix, self.multicast, self.add_path) {
            (IpNet::V4(_), false, false) => 2,
            (IpNet::V4(_), true, false) => 3,
            (IpNet::V6(_), false, false) => 4,
            (IpNet::V6(_), true, false) => 5,
            (IpNet::V4(_), false, true) => 8,
            (IpNet::V4(_), true, true) => 9,
            (IpNet::V6(_), false, true) => 10,
            (IpNet::V6(_), true, true) => 11,
        }
    }
}

/// One route of a RIB record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RibEntry<'a> {
    /// The index of the peer in the PEER_INDEX_TABLE.
    pub peer: u16,
    /// When the route was learned, in seconds since 1970-01-01 00:00 UTC.
    pub originated: u32,
    /// The path identifier of RFC 7911; 0 where the record has none.
    pub path_id: u32,
    /// The octets of the path attributes.
    pub attributes: &'a [u8],
}

impl<'a> RibEntry<'a> {
    /// The path attributes; ASNs have four octets whatever the peer's session had.
    pub fn attributes(&self) -> Result<TableAttributes<'a>, Reset> {
        TableAttributes::decode(self.attributes, AsnWidth::Four)
    }

    /// Cuts one entry off `v`.
    fn cut(add_path: bool, v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (peer, rest) = cursor::u16(v)?;
        let (originated, rest) = cursor::u32(rest)?;
        let (path_id, rest) = if add_path { cursor::u32(rest)? } else { (0, rest) };
        let (attributes, rest) = cursor::field16(rest)?;
        Some((Self { peer, originated, path_id, attributes }, rest))
    }

    fn encode(&self, add_path: bool, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        out.extend_from_slice(&self.peer.to_be_bytes());
        out.extend_from_slice(&self.originated.to_be_bytes());
        if add_path {
            out.extend_from_slice(&self.path_id.to_be_bytes());
        }
        put_field16(out, self.attributes)
    }
}

/// One prefix and its routes, borrowed and checked to the last.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rib<'a> {
    /// What precedes the routes.
    pub header: RibHeader,
    count: u16,
    raw: &'a [u8],
}

impl<'a> Rib<'a> {
    pub(super) fn decode(subtype: u16, fields: &mut Fields<'a>) -> Result<Self, MrtFault> {
        let family = if matches!(subtype, 2 | 3 | 8 | 9) { Family::Ipv4Unicast } else { Family::Ipv6Unicast };
        let (multicast, add_path) = (subtype & 1 == 1, subtype >= 8);
        let (sequence, prefix, count) = (fields.u32()?, fields.prefix(family)?, fields.u16()?);
        let raw = fields.rest();
        for _ in 0..count {
            fields.take(|v| RibEntry::cut(add_path, v))?;
        }
        Ok(Self { header: RibHeader { sequence, prefix, multicast, add_path }, count, raw })
    }

    /// The routes in the order of the record.
    pub const fn entries(&self) -> RibEntries<'a> {
        RibEntries { add_path: self.header.add_path, left: self.count, rest: self.raw }
    }
}

impl fmt::Debug for Rib<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rib").field("header", &self.header).field("entries", &self.entries()).finish()
    }
}

/// The routes of a [`Rib`].
#[derive(Clone)]
pub struct RibEntries<'a> {
    add_path: bool,
    left: u16,
    rest: &'a [u8],
}

impl<'a> Iterator for RibEntries<'a> {
    type Item = RibEntry<'a>;

    #[inline]
    fn next(&mut self) -> Option<RibEntry<'a>> {
        self.left = self.left.checked_sub(1)?;
        let (entry, rest) = RibEntry::cut(self.add_path, self.rest)?;
        self.rest = rest;
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.left), Some(usize::from(self.left)))
    }
}

impl ExactSizeIterator for RibEntries<'_> {}

impl fmt::Debug for RibEntries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// Appends a RIB record of `entries`, each pointing into the PEER_INDEX_TABLE written before.
pub fn write_rib<'a>(
    out: &mut Vec<u8>,
    seconds: u32,
    header: &RibHeader,
    entries: impl IntoIterator<Item = RibEntry<'a>>,
) -> Result<(), Unwritable> {
    write(out, Timestamp::seconds(seconds), TABLE_DUMP_V2, header.subtype(), |out| {
        out.extend_from_slice(&header.sequence.to_be_bytes());
        nlri::put(out, false, &PathNlri { path_id: 0, prefix: header.prefix });
        put_counted(out, entries, |out, entry| entry.encode(header.add_path, out))
    })
}
