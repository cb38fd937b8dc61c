//! MRT: what routing tables and BGP sessions are recorded in (RFC 6396, path identifiers RFC 8050).
//!
//! [`record()`] cuts one record off a buffer, and [`Record::decode`] gives its typed view. What BGP there is
//! inside stays BGP: a [`Bgp4mpMessage`] is for [`frame`](crate::frame()) and [`update`](crate::update()), and
//! the attributes of a table are read by the same walk as an UPDATE's. Reading allocates nothing.
//!
//! ```
//! use bgp_wire::{Asn, AsnWidth, frame, mrt::*, write_keepalive};
//!
//! let mut keepalive = Vec::new();
//! write_keepalive(&mut keepalive);
//! let session = Session {
//!     peer_asn: Asn(64500),
//!     local_asn: Asn(64501),
//!     interface: 0,
//!     peer: "192.0.2.1".parse().unwrap(),
//!     local: "192.0.2.2".parse().unwrap(),
//! };
//! let message =
//!     Bgp4mpMessage { session, asn_width: AsnWidth::Four, local: false, add_path: false, message: &keepalive };
//! let mut bytes = Vec::new();
//! message.encode(Timestamp::micros(1_700_000_000, 250_000), &mut bytes).unwrap();
//!
//! let record = record(&bytes).unwrap().expect("a whole record");
//! assert_eq!(record.timestamp.to_string(), "1700000000.250000");
//! let Body::Message(read) = record.decode().unwrap() else { panic!("a message") };
//! assert_eq!(read, message);
//! assert!(frame(read.message, read.negotiated().max_message).is_ok());
//! ```

mod bgp4mp;
mod fault;
mod fields;
mod parts;
mod peer_index_table;
mod record;
mod rib;
mod table_attributes;
mod table_dump;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod vectors;

pub use bgp4mp::{Bgp4mpMessage, Session, State, StateChange};
pub use fault::{MrtFault, MrtFaultKind, Unwritable};
pub use parts::Parts;
pub use peer_index_table::{Peer, PeerIndexTable, Peers, write_peer_index_table};
pub use record::{MAX_RECORD, Record, Records, Timestamp, record, records};
pub use rib::{Rib, RibEntries, RibEntry, RibHeader, write_rib};
pub use table_attributes::{TableAttributes, write_table_attributes};
pub use table_dump::TableDump;

use fields::{Afi, Fields};

/// TABLE_DUMP (RFC 6396 section 4.2).
const TABLE_DUMP: u16 = 12;
/// TABLE_DUMP_V2 (RFC 6396 section 4.3).
const TABLE_DUMP_V2: u16 = 13;
/// BGP4MP (RFC 6396 section 4.4).
const BGP4MP: u16 = 16;
/// BGP4MP with microseconds (RFC 6396 section 3).
const BGP4MP_ET: u16 = 17;

/// What a record holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "record", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Body<'a> {
    /// TABLE_DUMP: one route of one peer (RFC 6396 section 4.2).
    TableDump(TableDump<'a>),
    /// PEER_INDEX_TABLE: the peers that the entries after it point at (RFC 6396 section 4.3.1).
    PeerIndexTable(PeerIndexTable<'a>),
    /// RIB_IPV4_UNICAST and its kin: one prefix and its routes (RFC 6396 section 4.3.2, RFC 8050 section 4).
    Rib(Rib<'a>),
    /// BGP4MP_MESSAGE and its kin (RFC 6396 section 4.4.2, RFC 8050 section 3).
    Message(Bgp4mpMessage<'a>),
    /// BGP4MP_STATE_CHANGE and BGP4MP_STATE_CHANGE_AS4 (RFC 6396 section 4.4.1).
    StateChange(StateChange),
    /// Any other type or subtype: the record's own fields say all there is. RIB_GENERIC is one of them, on
    /// whose form those who write it do not agree.
    Unknown,
}

impl<'a> Record<'a> {
    /// The typed view of the record; a fault says where in the record it lies.
    pub fn decode(&self) -> Result<Body<'a>, MrtFault> {
        let mut fields = Fields::of(self);
        let body = match (self.kind, self.subtype) {
            (TABLE_DUMP, 1) => TableDump::decode(Afi::Ipv4, &mut fields).map(Body::TableDump),
            (TABLE_DUMP, 2) => TableDump::decode(Afi::Ipv6, &mut fields).map(Body::TableDump),
            (TABLE_DUMP_V2, peer_index_table::SUBTYPE) => {
                PeerIndexTable::decode(&mut fields).map(Body::PeerIndexTable)
            }
            (TABLE_DUMP_V2, 2..=5 | 8..=11) => Rib::decode(self.subtype, &mut fields).map(Body::Rib),
            (BGP4MP | BGP4MP_ET, 0 | 5) => {
                StateChange::decode(self.subtype, &mut fields).map(Body::StateChange)
            }
            (BGP4MP | BGP4MP_ET, 1 | 4 | 6..=11) => {
                Bgp4mpMessage::decode(self.subtype, &mut fields).map(Body::Message)
            }
            _ => return Ok(Body::Unknown),
        }?;
        fields.end()?;
        Ok(body)
    }
}
