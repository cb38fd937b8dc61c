//! PEER_INDEX_TABLE: whose routes a table holds (RFC 6396 section 4.3.1).

use super::TABLE_DUMP_V2;
use super::fault::{MrtFault, Unwritable};
use super::fields::{Fields, put_addr, put_asn, v4, v6};
use super::record::{Timestamp, put_counted, put_field16, write};
use crate::asn::Asn;
use crate::cursor;
use crate::negotiate::AsnWidth;
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr};

pub(super) const SUBTYPE: u16 = 1;

/// Bit of the peer type: the address is of IPv6.
const V6: u8 = 1;
/// Bit of the peer type: the ASN has four octets.
const AS4: u8 = 2;

/// One peer of the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct Peer {
    /// Its BGP Identifier.
    pub bgp_id: Ipv4Addr,
    /// Its address.
    pub addr: IpAddr,
    /// Its autonomous system.
    pub asn: Asn,
    /// Octets that the ASN takes in the record; AS_PATH has four whatever is said here.
    pub asn_width: AsnWidth,
}

impl Peer {
    /// Cuts one peer off `v`.
    fn cut(v: &[u8]) -> Option<(Self, &[u8])> {
        let (kind, rest) = cursor::u8(v)?;
        let (bgp_id, rest) = v4(rest)?;
        let (addr, rest) = if kind & V6 == 0 {
            v4(rest).map(|(addr, rest)| (addr.into(), rest))?
        } else {
            v6(rest).map(|(addr, rest)| (addr.into(), rest))?
        };
        let (asn, asn_width, rest) = if kind & AS4 == 0 {
            cursor::u16(rest).map(|(asn, rest)| (u32::from(asn), AsnWidth::Two, rest))?
        } else {
            cursor::u32(rest).map(|(asn, rest)| (asn, AsnWidth::Four, rest))?
        };
        Some((Self { bgp_id, addr, asn: Asn(asn), asn_width }, rest))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let v6 = if self.addr.is_ipv6() { V6 } else { 0 };
        let as4 = if self.asn_width == AsnWidth::Four { AS4 } else { 0 };
        out.push(v6 | as4);
        out.extend_from_slice(&self.bgp_id.octets());
        put_addr(out, self.addr);
        put_asn(out, self.asn_width, self.asn);
    }
}

/// The peers that the entries after it point at, borrowed and checked to the last.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PeerIndexTable<'a> {
    /// The BGP Identifier of the collector.
    pub collector: Ipv4Addr,
    /// The name of the view, which should be UTF-8; often empty.
    pub view_name: &'a [u8],
    count: u16,
    raw: &'a [u8],
}

impl<'a> PeerIndexTable<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, MrtFault> {
        let collector = fields.v4()?;
        let view_name = fields.take(cursor::field16)?;
        let count = fields.u16()?;
        let raw = fields.rest();
        for _ in 0..count {
            fields.take(Peer::cut)?;
        }
        Ok(Self { collector, view_name, count, raw })
    }

    /// The peers in the order of their index, which counts from 0.
    pub const fn peers(&self) -> Peers<'a> {
        Peers { left: self.count, rest: self.raw }
    }
}

impl fmt::Debug for PeerIndexTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerIndexTable")
            .field("collector", &self.collector)
            .field("view_name", &self.view_name.escape_ascii())
            .field("peers", &self.peers())
            .finish()
    }
}

/// The peers of a [`PeerIndexTable`].
#[derive(Clone)]
pub struct Peers<'a> {
    left: u16,
    rest: &'a [u8],
}

impl Iterator for Peers<'_> {
    type Item = Peer;

    fn next(&mut self) -> Option<Peer> {
        self.left = self.left.checked_sub(1)?;
        let (peer, rest) = Peer::cut(self.rest)?;
        self.rest = rest;
        Some(peer)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.left), Some(usize::from(self.left)))
    }
}

impl ExactSizeIterator for Peers<'_> {}

impl fmt::Debug for Peers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// Appends a PEER_INDEX_TABLE; the first peer has index 0.
pub fn write_peer_index_table(
    out: &mut Vec<u8>,
    seconds: u32,
    collector: Ipv4Addr,
    view_name: &[u8],
    peers: impl IntoIterator<Item = Peer>,
) -> Result<(), Unwritable> {
    write(out, Timestamp::seconds(seconds), TABLE_DUMP_V2, SUBTYPE, |out| {
        out.extend_from_slice(&collector.octets());
        put_field16(out, view_name)?;
        put_counted(out, peers, |out, peer| {
            peer.encode(out);
            Ok(())
        })
    })
}
