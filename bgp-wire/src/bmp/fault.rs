//! What can be wrong with a message, and where; and what cannot be written into one.

use crate::frame::MessageType;
use crate::outcome::Fault;
use core::fmt;

/// What is wrong with a message, and where.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BmpFault {
    /// Octets before the field at fault: from the message's first octet, or from the first octet that
    /// [`messages`](super::messages()) was given.
    pub offset: usize,
    /// What is wrong there.
    pub kind: BmpFaultKind,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum BmpFaultKind {
    /// A version that is neither 3 nor 4.
    Version(u8),
    /// The message is shorter than its own header, or longer than [`MAX_MESSAGE`](super::MAX_MESSAGE).
    MessageLength(u32),
    /// The octets end inside a message.
    Cut,
    /// A field overruns its message.
    Truncated,
    /// Octets follow the last field of the message.
    Trailing,
    /// The BGP message that should stand here has a header that lies.
    Bgp(Fault),
    /// A BGP message stands here, of a type that has no business here.
    MessageType(MessageType),
}

impl BmpFaultKind {
    /// The clause that this breaks.
    pub const fn cite(self) -> &'static str {
        match self {
            Self::Version(_) | Self::MessageLength(_) | Self::Cut => "RFC 7854 §4.1",
            Self::Truncated | Self::Trailing | Self::MessageType(_) => "RFC 7854 §4",
            Self::Bgp(fault) => fault.cite(),
        }
    }
}

impl fmt::Display for BmpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "octet {}: ", self.offset)?;
        match self.kind {
            BmpFaultKind::Version(n) => write!(f, "version {n} of BMP is not known"),
            BmpFaultKind::MessageLength(n) => write!(f, "a message cannot be {n} octets long"),
            BmpFaultKind::Cut => f.write_str("the input ends inside this message"),
            BmpFaultKind::Truncated => f.write_str("the field overruns its message"),
            BmpFaultKind::Trailing => f.write_str("the message goes on after its last field"),
            BmpFaultKind::Bgp(fault) => write!(f, "the BGP message: {fault}"),
            BmpFaultKind::MessageType(kind) => write!(f, "{kind} is not the BGP message for this place"),
        }
    }
}
impl core::error::Error for BmpFault {}

/// More octets than a length field of the message can say; nothing was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Oversize;

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more than a length field of a BMP message can say")
    }
}
impl core::error::Error for Oversize {}
