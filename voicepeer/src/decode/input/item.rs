//! What an input is made of: messages, packets and records, each with its place.

use super::time::Time;
use bgp_wire::mrt::{Body, MrtFault, Peer, Record};
use bgp_wire::{Asn, Negotiated};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// Where in its input something stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The number of the record, frame, line or message, from 1.
    pub(crate) number: u64,
    /// Octets of the input before it, of what is inside where the input is compressed.
    pub(crate) offset: u64,
}

/// One end of a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub(crate) struct End {
    pub(crate) address: IpAddr,
    /// The TCP or UDP port, where a capture tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    /// The autonomous system, where a record tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asn: Option<Asn>,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address, self.port) {
            (IpAddr::V6(address), Some(port)) => write!(f, "[{address}]:{port}")?,
            (address, Some(port)) => write!(f, "{address}:{port}")?,
            (address, None) => write!(f, "{address}")?,
        }
        self.asn.map_or(Ok(()), |asn| write!(f, " AS{asn}"))
    }
}

/// Who sent to whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ends {
    pub(crate) from: End,
    pub(crate) to: End,
}

/// One piece of an input.
#[derive(Clone, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) place: Place,
    /// When it was recorded, where the input tells it.
    pub(crate) time: Option<Time>,
    pub(crate) ends: Option<Ends>,
    pub(crate) payload: Payload<'a>,
}

/// A key of an input line that is not decode's, and its value as it was written.
pub(crate) type Other<'a> = (Cow<'a, str>, &'a RawValue);

/// What a piece holds.
#[derive(Clone, Debug)]
pub(crate) enum Payload<'a> {
    /// What should be one whole BGP message, and what its meaning depends on.
    Bgp { octets: &'a [u8], session: Negotiated, others: &'a [Other<'a>] },
    /// A BMP message, and what a Peer Up before it told of its peer.
    Bmp { octets: &'a [u8], session: Option<Negotiated> },
    /// What was sent to or from a port of BFD.
    Bfd { octets: &'a [u8] },
    /// An MRT record that holds no message or is malformed, and the peers that a RIB record points at.
    Mrt { record: Record<'a>, body: Result<Body<'a>, MrtFault>, peers: &'a [Peer] },
    /// There is nothing to decode, and why.
    Note(Cow<'a, Note>),
}

/// What was lost or left out, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Note {
    /// Octets of a TCP stream that the capture does not have. `offset` counts from the first octet of the
    /// stream that was seen; `dropped` octets before the gap begin a message that nobody can finish.
    Gap { offset: u64, missing: u64, dropped: u64 },
    /// Octets at which no message begins, from `offset` of their stream on.
    Skipped { offset: u64, octets: u64 },
    /// The stream ends, after `octets` octets of a message.
    Unfinished { octets: u64 },
    /// Fragments of an IP packet, so many octets of it: the others are not in the capture.
    FragmentsMissing { octets: u64 },
    /// Fragments of an IP packet that overlap or contradict each other: none of them is read.
    FragmentsOverlap,
    /// Frames of a kind that is not read, from this one on.
    LinkType(u32),
    /// A line that is not what an input line is.
    Line(String),
    /// The input cannot be read beyond here.
    End(String),
}

impl Note {
    /// Whether the input itself is broken, not only what the capture saw.
    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self, Self::Line(_) | Self::End(_))
    }

    /// The short name of a note that is not about a broken input.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Gap { .. } => "gap",
            Self::Skipped { .. } => "skipped",
            Self::Unfinished { .. } => "unfinished",
            Self::FragmentsMissing { .. } | Self::FragmentsOverlap => "fragment",
            Self::LinkType(_) => "link-type",
            Self::Line(_) | Self::End(_) => "broken",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { offset, missing, dropped: 0 } => {
                write!(f, "{missing} octets of the stream are missing at its octet {offset}")
            }
            Self::Gap { offset, missing, dropped } => write!(
                f,
                "{missing} octets of the stream are missing at its octet {offset}, \
                 inside a message of which {dropped} octets are there"
            ),
            Self::Skipped { offset, octets } => {
                write!(f, "{octets} octets from octet {offset} of the stream on begin no message")
            }
            Self::Unfinished { octets } => {
                write!(f, "the stream ends {octets} octets into a message")
            }
            Self::FragmentsMissing { octets } => {
                write!(f, "fragments of an IP packet, {octets} octets of it; the others are missing")
            }
            Self::FragmentsOverlap => {
                f.write_str("fragments of an IP packet that overlap or contradict each other; it is not read")
            }
            Self::LinkType(n) => write!(f, "frames of link type {n} are not read"),
            Self::Line(why) | Self::End(why) => f.write_str(why),
        }
    }
}
