//! BMP: what a router tells a monitor of its BGP (RFC 7854, Adj-RIB-Out RFC 8671, Loc-RIB RFC 9069).
//!
//! [`message()`] cuts one message off a buffer, and [`Message::decode`] gives its typed view. What BGP there is
//! inside stays BGP: the UPDATE of a [`RouteMonitoring`] is read by [`update`](crate::update()) under what
//! [`PeerHeader::negotiated`] makes of the header's flags and of the OPENs in the [`PeerUp`]. Reading allocates
//! nothing, but for an OPEN that [`Open::decode`](crate::Open::decode) copies.
//!
//! ```
//! use bgp_wire::{Asn, Received, bmp::*};
//!
//! let peer = PeerHeader::new("192.0.2.1".parse().unwrap(), Asn(64500), [192, 0, 2, 1].into());
//! let end_of_rib = RouteMonitoring { peer, update: &[0; 4], rest: &[] };
//! let mut bytes = Vec::new();
//! write_initiation(&mut bytes, &[InitiationTlv::SysName(b"r1")].as_slice().into()).unwrap();
//! end_of_rib.encode(&mut bytes).unwrap();
//!
//! let mut read = messages(&bytes).map(|message| message.unwrap().decode().unwrap());
//! let Some(Body::Initiation(tlvs)) = read.next() else { panic!("an Initiation") };
//! assert_eq!(tlvs.to_string(), "sysName \"r1\"");
//! let Some(Body::RouteMonitoring(monitoring)) = read.next() else { panic!("a Route Monitoring") };
//! assert_eq!(monitoring, end_of_rib);
//! let parsed = monitoring.update(None).unwrap();
//! assert!(matches!(parsed.update, Received::EndOfRib(_)));
//! ```

mod fault;
mod fields;
mod message;
mod peer_down;
mod peer_header;
mod peer_up;
mod route_mirroring;
mod route_monitoring;
mod statistics;
mod tlv;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod vectors;

pub use fault::{BmpFault, BmpFaultKind, Oversize};
pub use message::{DRAFT_VERSION, MAX_MESSAGE, Message, Messages, VERSION, message, messages};
pub use peer_down::{PeerDown, PeerDownReason};
pub use peer_header::{Address, PeerFlags, PeerHeader, PeerType};
pub use peer_up::PeerUp;
pub use route_mirroring::RouteMirroring;
pub use route_monitoring::RouteMonitoring;
pub use statistics::{Stat, StatType, StatValue, StatisticsReport};
pub use tlv::{
    InitiationTlv, MirroringInformation, MirroringTlv, PeerDownTlv, PeerUpTlv, TerminationReason,
    TerminationTlv, Tlv,
};

use crate::capability::Tuples;
use alloc::vec::Vec;
use fields::Fields;
use message::{put_tuples, write};

/// RFC 7854 section 4.6.
const ROUTE_MONITORING: u8 = 0;
/// RFC 7854 section 4.8.
const STATISTICS_REPORT: u8 = 1;
/// RFC 7854 section 4.9.
const PEER_DOWN: u8 = 2;
/// RFC 7854 section 4.10.
const PEER_UP: u8 = 3;
/// RFC 7854 section 4.3.
const INITIATION: u8 = 4;
/// RFC 7854 section 4.5.
const TERMINATION: u8 = 5;
/// RFC 7854 section 4.7.
const ROUTE_MIRRORING: u8 = 6;

/// What a message holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Body<'a> {
    /// Type 0: an UPDATE of a table.
    RouteMonitoring(RouteMonitoring<'a>),
    /// Type 1: statistics of a peer.
    StatisticsReport(StatisticsReport<'a>),
    /// Type 2: a session has ended.
    PeerDown(PeerDown<'a>),
    /// Type 3: a session is established.
    PeerUp(PeerUp<'a>),
    /// Type 4: who the router is.
    Initiation(Tuples<'a, InitiationTlv<'a>>),
    /// Type 5: why the router ends the connection.
    Termination(Tuples<'a, TerminationTlv<'a>>),
    /// Type 6: messages as they came.
    RouteMirroring(RouteMirroring<'a>),
    /// Any other type, and whatever has [`DRAFT_VERSION`]: the message's own fields say all there is.
    Unknown,
}

impl<'a> Message<'a> {
    /// The typed view of the message; a fault says where in the message it lies.
    pub fn decode(&self) -> Result<Body<'a>, BmpFault> {
        let mut fields = Fields::of(self);
        let body = match (self.version, self.kind) {
            (VERSION, ROUTE_MONITORING) => RouteMonitoring::decode(&mut fields).map(Body::RouteMonitoring),
            (VERSION, STATISTICS_REPORT) => StatisticsReport::decode(&mut fields).map(Body::StatisticsReport),
            (VERSION, PEER_DOWN) => PeerDown::decode(&mut fields).map(Body::PeerDown),
            (VERSION, PEER_UP) => PeerUp::decode(&mut fields).map(Body::PeerUp),
            (VERSION, INITIATION) => fields.tuples().map(Body::Initiation),
            (VERSION, TERMINATION) => fields.tuples().map(Body::Termination),
            (VERSION, ROUTE_MIRRORING) => RouteMirroring::decode(&mut fields).map(Body::RouteMirroring),
            _ => return Ok(Body::Unknown),
        }?;
        fields.end()?;
        Ok(body)
    }
}

/// Appends an Initiation, which is the first message of a connection (RFC 7854 section 4.3).
pub fn write_initiation<'a>(out: &mut Vec<u8>, tlvs: &Tuples<'a, InitiationTlv<'a>>) -> Result<(), Oversize> {
    write(out, INITIATION, |out| put_tuples(out, tlvs))
}

/// Appends a Termination, which is the last message of a connection (RFC 7854 section 4.5).
pub fn write_termination<'a>(
    out: &mut Vec<u8>,
    tlvs: &Tuples<'a, TerminationTlv<'a>>,
) -> Result<(), Oversize> {
    write(out, TERMINATION, |out| put_tuples(out, tlvs))
}
