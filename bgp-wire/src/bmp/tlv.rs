//! Types, lengths and values. Each kind of message has numbers of its own (RFC 7854, RFC 9736).

use crate::capability::Tuple;
use crate::cursor;
use alloc::vec::Vec;
use core::fmt;

/// A TLV whose type says nothing to this version, or whose value does not fit its type: kept as it came.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tlv<'a> {
    /// The type.
    pub kind: u16,
    /// The value, of at most 65535 octets.
    pub value: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// Cuts type, length and value off `v`.
    pub(super) fn cut(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (kind, rest) = cursor::u16(v)?;
        let (value, rest) = cursor::field16(rest)?;
        Some((Self { kind, value }, rest))
    }

    /// Appends type, length and value. A value too long for its length is the caller's to refuse.
    pub(super) fn put(kind: u16, value: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(value);
    }

    /// The value as a number of two octets.
    fn number(&self) -> Option<u16> {
        self.value.try_into().ok().map(u16::from_be_bytes)
    }
}

impl fmt::Display for Tlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type {} ({} octets)", self.kind, self.value.len())
    }
}

/// What the router says of itself when it begins (RFC 7854 section 4.4). Texts are UTF-8 as they should be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum InitiationTlv<'a> {
    /// Type 0: any text.
    String(&'a [u8]),
    /// Type 1: its sysDescr.
    SysDescr(&'a [u8]),
    /// Type 2: its sysName.
    SysName(&'a [u8]),
    /// Any other.
    Other(Tlv<'a>),
}

impl<'a> Tuple<'a> for InitiationTlv<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tlv, rest) = Tlv::cut(v)?;
        let read = match tlv.kind {
            0 => Self::String(tlv.value),
            1 => Self::SysDescr(tlv.value),
            2 => Self::SysName(tlv.value),
            _ => Self::Other(tlv),
        };
        Some((read, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::String(text) => Tlv::put(0, text, out),
            Self::SysDescr(text) => Tlv::put(1, text, out),
            Self::SysName(text) => Tlv::put(2, text, out),
            Self::Other(tlv) => Tlv::put(tlv.kind, tlv.value, out),
        }
    }
}

impl fmt::Display for InitiationTlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(f, "\"{}\"", text.escape_ascii()),
            Self::SysDescr(text) => write!(f, "sysDescr \"{}\"", text.escape_ascii()),
            Self::SysName(text) => write!(f, "sysName \"{}\"", text.escape_ascii()),
            Self::Other(tlv) => tlv.fmt(f),
        }
    }
}

/// What the router says of a peer that is up. RFC 9736 gave these numbers a registry of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PeerUpTlv<'a> {
    /// Type 0: any text.
    String(&'a [u8]),
    /// Type 3: the name of the VRF or table (RFC 9069 section 5.2).
    VrfTableName(&'a [u8]),
    /// Type 4: what the administrator calls the peer or its group (RFC 8671 section 6.3).
    AdminLabel(&'a [u8]),
    /// Any other.
    Other(Tlv<'a>),
}

impl<'a> Tuple<'a> for PeerUpTlv<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tlv, rest) = Tlv::cut(v)?;
        let read = match tlv.kind {
            0 => Self::String(tlv.value),
            3 => Self::VrfTableName(tlv.value),
            4 => Self::AdminLabel(tlv.value),
            _ => Self::Other(tlv),
        };
        Some((read, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::String(text) => Tlv::put(0, text, out),
            Self::VrfTableName(name) => Tlv::put(3, name, out),
            Self::AdminLabel(label) => Tlv::put(4, label, out),
            Self::Other(tlv) => Tlv::put(tlv.kind, tlv.value, out),
        }
    }
}

impl fmt::Display for PeerUpTlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(f, "\"{}\"", text.escape_ascii()),
            Self::VrfTableName(name) => write!(f, "VRF/Table Name \"{}\"", name.escape_ascii()),
            Self::AdminLabel(label) => write!(f, "Admin Label \"{}\"", label.escape_ascii()),
            Self::Other(tlv) => tlv.fmt(f),
        }
    }
}

/// What the router says of a Loc-RIB that is monitored no more (RFC 9069 section 5.3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PeerDownTlv<'a> {
    /// Type 3: the name of the VRF or table.
    VrfTableName(&'a [u8]),
    /// Any other.
    Other(Tlv<'a>),
}

impl<'a> Tuple<'a> for PeerDownTlv<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tlv, rest) = Tlv::cut(v)?;
        Some((if tlv.kind == 3 { Self::VrfTableName(tlv.value) } else { Self::Other(tlv) }, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::VrfTableName(name) => Tlv::put(3, name, out),
            Self::Other(tlv) => Tlv::put(tlv.kind, tlv.value, out),
        }
    }
}

impl fmt::Display for PeerDownTlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VrfTableName(name) => write!(f, "VRF/Table Name \"{}\"", name.escape_ascii()),
            Self::Other(tlv) => tlv.fmt(f),
        }
    }
}

/// Why the router ends the connection (RFC 7854 section 4.5 and its registry).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TerminationReason(pub u16);

impl TerminationReason {
    /// The registered name, where it has one.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "Session administratively closed",
            1 => "Unspecified reason",
            2 => "Out of resources",
            3 => "Redundant connection",
            4 => "Session permanently administratively closed",
            _ => return None,
        })
    }
}

impl fmt::Display for TerminationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "reason {}", self.0),
        }
    }
}

/// What the router says when it ends (RFC 7854 section 4.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum TerminationTlv<'a> {
    /// Type 0: any text, UTF-8 as it should be.
    String(&'a [u8]),
    /// Type 1: why.
    Reason(TerminationReason),
    /// Any other, and a reason that has not two octets.
    Other(Tlv<'a>),
}

impl<'a> Tuple<'a> for TerminationTlv<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tlv, rest) = Tlv::cut(v)?;
        let read = match (tlv.kind, tlv.number()) {
            (0, _) => Self::String(tlv.value),
            (1, Some(reason)) => Self::Reason(TerminationReason(reason)),
            _ => Self::Other(tlv),
        };
        Some((read, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::String(text) => Tlv::put(0, text, out),
            Self::Reason(reason) => Tlv::put(1, &reason.0.to_be_bytes(), out),
            Self::Other(tlv) => Tlv::put(tlv.kind, tlv.value, out),
        }
    }
}

impl fmt::Display for TerminationTlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(f, "\"{}\"", text.escape_ascii()),
            Self::Reason(reason) => reason.fmt(f),
            Self::Other(tlv) => tlv.fmt(f),
        }
    }
}

/// What a mirror has to say besides the messages (RFC 7854 section 4.7 and its registry).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MirroringInformation(pub u16);

impl MirroringInformation {
    /// The registered name, where it has one.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "Errored PDU",
            1 => "Messages Lost",
            _ => return None,
        })
    }
}

impl fmt::Display for MirroringInformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "information {}", self.0),
        }
    }
}

/// What a mirror shows (RFC 7854 section 4.7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum MirroringTlv<'a> {
    /// Type 0: a BGP message as it came, header and all, for [`frame`](crate::frame()). It may be broken, which
    /// can be why it is shown.
    BgpMessage(&'a [u8]),
    /// Type 1: that the message behind it was in error, or that some are not shown.
    Information(MirroringInformation),
    /// Any other, and an information that has not two octets.
    Other(Tlv<'a>),
}

impl<'a> Tuple<'a> for MirroringTlv<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tlv, rest) = Tlv::cut(v)?;
        let read = match (tlv.kind, tlv.number()) {
            (0, _) => Self::BgpMessage(tlv.value),
            (1, Some(code)) => Self::Information(MirroringInformation(code)),
            _ => Self::Other(tlv),
        };
        Some((read, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::BgpMessage(message) => Tlv::put(0, message, out),
            Self::Information(code) => Tlv::put(1, &code.0.to_be_bytes(), out),
            Self::Other(tlv) => Tlv::put(tlv.kind, tlv.value, out),
        }
    }
}

impl fmt::Display for MirroringTlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BgpMessage(message) => write!(f, "BGP message ({} octets)", message.len()),
            Self::Information(code) => code.fmt(f),
            Self::Other(tlv) => tlv.fmt(f),
        }
    }
}
