//! What can be wrong with a record, and where; and what cannot be written into one.

use core::fmt;

/// What is wrong with a record, and where.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MrtFault {
    /// Octets before the field at fault: from the record's first octet, or from the first octet that
    /// [`records`](super::records()) was given.
    pub offset: usize,
    /// What is wrong there.
    pub kind: MrtFaultKind,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum MrtFaultKind {
    /// The record's length is beyond [`MAX_RECORD`](super::MAX_RECORD), or has no room for microseconds.
    RecordLength(u32),
    /// The octets end inside a record.
    Cut,
    /// A field overruns its record.
    Truncated,
    /// Octets follow the last field of the record.
    Trailing,
    /// An AFI that is neither IPv4's nor IPv6's.
    AddressFamily(u16),
    /// A prefix of more bits than its addresses have.
    PrefixLength(u8),
}

impl fmt::Display for MrtFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "octet {}: ", self.offset)?;
        match self.kind {
            MrtFaultKind::RecordLength(n) => write!(f, "a record cannot be {n} octets long"),
            MrtFaultKind::Cut => f.write_str("the input ends inside this record"),
            MrtFaultKind::Truncated => f.write_str("the field overruns its record"),
            MrtFaultKind::Trailing => f.write_str("the record goes on after its last field"),
            MrtFaultKind::AddressFamily(n) => write!(f, "AFI {n} is neither IPv4 nor IPv6"),
            MrtFaultKind::PrefixLength(n) => write!(f, "a prefix of {n} bits is longer than an address"),
        }
    }
}
impl core::error::Error for MrtFault {}

/// Why a record cannot be written; nothing of it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Unwritable {
    /// More octets, peers or routes than a length field can say.
    Oversize,
    /// An IPv4 address and an IPv6 one where the record has one family for both.
    MixedFamilies,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Oversize => "more than a length field of an MRT record can say",
            Self::MixedFamilies => "an MRT record has one address family for both addresses",
        })
    }
}
impl core::error::Error for Unwritable {}
