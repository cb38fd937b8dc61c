//! The header that every message has (RFC 4271 section 4.1).

use crate::notification::NotificationCode;
use crate::outcome::{Fault, Reset, ResetData};
use alloc::vec::Vec;
use core::fmt;

/// Octets of the header: marker, length, type.
pub const HEADER_LEN: usize = 19;
/// The longest message, in octets, unless extended messages are negotiated (RFC 4271 section 4.1).
pub const MAX_MESSAGE: u16 = 4096;
/// The longest message, in octets, where both sides offer extended messages (RFC 8654 section 3).
pub const MAX_EXTENDED_MESSAGE: u16 = 65535;

/// The type of a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum MessageType {
    /// RFC 4271 section 4.2.
    Open = 1,
    /// RFC 4271 section 4.3.
    Update = 2,
    /// RFC 4271 section 4.5.
    Notification = 3,
    /// RFC 4271 section 4.4.
    Keepalive = 4,
    /// RFC 2918.
    RouteRefresh = 5,
}

impl MessageType {
    const fn from_octet(n: u8) -> Option<Self> {
        Some(match n {
            1 => Self::Open,
            2 => Self::Update,
            3 => Self::Notification,
            4 => Self::Keepalive,
            5 => Self::RouteRefresh,
            _ => return None,
        })
    }

    /// The standards' name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Update => "UPDATE",
            Self::Notification => "NOTIFICATION",
            Self::Keepalive => "KEEPALIVE",
            Self::RouteRefresh => "ROUTE-REFRESH",
        }
    }

    /// Whether a whole message of this type can be `len` octets long (RFC 4271 section 6.1).
    const fn fits(self, len: u16) -> bool {
        match self {
            Self::Open => len >= 29,
            Self::Update => len >= 23,
            Self::Notification => len >= 21,
            Self::Keepalive => len == 19,
            // Shorter than its own fields is RFC 7313's error, not the header's.
            Self::RouteRefresh => len >= 19,
        }
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One whole message: its header checked, `body` what follows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    /// The type of the message.
    pub kind: MessageType,
    /// The octets behind the header.
    pub body: &'a [u8],
    /// Octets of the whole message: what to take off the buffer.
    pub len: usize,
}

/// Cuts the next message off `buf`; `None` asks for more bytes (RFC 4271 sections 4.1 and 6.1).
///
/// `max` is the longest message the session allows, in octets: [`MAX_MESSAGE`], or [`MAX_EXTENDED_MESSAGE`].
/// A header that lies is told as soon as it is there, without waiting for the octets it promises.
#[inline]
pub fn frame(buf: &[u8], max: u16) -> Result<Option<Frame<'_>>, Reset> {
    let Some((head, rest)) = buf.split_first_chunk::<HEADER_LEN>() else { return Ok(None) };
    let [marker @ .., high, low, kind] = *head;
    let len = u16::from_be_bytes([high, low]);
    // What nearly every message is takes few questions.
    let update = MessageType::Update;
    if kind == update as u8 && marker == [0xff; 16] && update.fits(len) && len <= max {
        let len = usize::from(len);
        let body = rest.get(..len.saturating_sub(HEADER_LEN));
        return Ok(body.map(|body| Frame { kind: update, body, len }));
    }
    frame_any(*head, rest, max)
}

/// The rules for a message of any type.
fn frame_any(head: [u8; HEADER_LEN], rest: &[u8], max: u16) -> Result<Option<Frame<'_>>, Reset> {
    let [marker @ .., high, low, kind] = head;
    if marker != [0xff; 16] {
        return Err(Reset::new(NotificationCode::NOT_SYNCHRONIZED, Fault::Marker));
    }
    let len = u16::from_be_bytes([high, low]);
    let bad_length =
        || Reset::new(NotificationCode::BAD_LENGTH, Fault::MessageLength(len)).with(ResetData::u16(len));
    let Some(body) = usize::from(len).checked_sub(HEADER_LEN).filter(|_| len <= max) else {
        return Err(bad_length());
    };
    let Some(kind) = MessageType::from_octet(kind) else {
        let reset = Reset::new(NotificationCode::BAD_TYPE, Fault::MessageType(kind));
        return Err(reset.with(ResetData::u8(kind)));
    };
    // RFC 8654 section 4: an OPEN and a KEEPALIVE never grow.
    let never_grows = matches!(kind, MessageType::Open | MessageType::Keepalive);
    if (never_grows && len > MAX_MESSAGE) || !kind.fits(len) {
        return Err(bad_length());
    }
    Ok(rest.get(..body).map(|body| Frame { kind, body, len: usize::from(len) }))
}

/// Appends a KEEPALIVE to `out` (RFC 4271 section 4.4).
///
/// ```
/// let mut bytes = Vec::new();
/// bgp_wire::write_keepalive(&mut bytes);
/// assert_eq!((bytes.len(), bytes[18]), (19, 4));
/// ```
pub fn write_keepalive(out: &mut Vec<u8>) {
    let at = begin(out, MessageType::Keepalive);
    end(out, at);
}

/// Writes a header whose length is still open; returns where the message begins.
pub(crate) fn begin(out: &mut Vec<u8>, kind: MessageType) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0xff; 16]);
    out.extend_from_slice(&[0, 0, kind as u8]);
    at
}

/// Writes the length of the message that begins at `at`.
pub(crate) fn end(out: &mut [u8], at: usize) {
    let len = out.len().saturating_sub(at);
    patch_u16(out, at.saturating_add(16), len);
}

/// Writes `n` into the two octets at `at`; whoever calls has kept it below 65536.
pub(crate) fn patch_u16(out: &mut [u8], at: usize, n: usize) {
    let n = u16::try_from(n).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(field) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *field = n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn header(len: u16, kind: u8, body: usize) -> Vec<u8> {
        let mut v = vec![0xff; 16];
        v.extend_from_slice(&len.to_be_bytes());
        v.push(kind);
        v.resize(v.len() + body, 0);
        v
    }

    /// (bytes, limit, what comes of them)
    #[test]
    fn header_outcomes() {
        fn code(bytes: &[u8], max: u16) -> Result<Option<Frame<'_>>, (u8, u8, ResetData)> {
            frame(bytes, max).map_err(|r| (r.code.code, r.code.subcode, r.data))
        }
        let bad_len = |n| Err((1, 2, ResetData::u16(n)));
        assert_eq!(code(&[], 4096), Ok(None));
        assert_eq!(code(&header(19, 4, 0)[..18], 4096), Ok(None));
        assert_eq!(code(&header(23, 2, 3), 4096), Ok(None));
        assert!(matches!(code(&header(19, 4, 0), 4096), Ok(Some(Frame { len: 19, body: [], .. }))));
        assert_eq!(code(&header(18, 4, 0), 4096), bad_len(18));
        assert_eq!(code(&header(20, 4, 1), 4096), bad_len(20));
        assert_eq!(code(&header(28, 1, 9), 4096), bad_len(28));
        assert_eq!(code(&header(22, 2, 3), 4096), bad_len(22));
        assert_eq!(code(&header(20, 3, 1), 4096), bad_len(20));
        assert_eq!(code(&header(4097, 2, 0), 4096), bad_len(4097));
        assert_eq!(code(&header(4097, 2, 0), 65535), Ok(None));
        assert_eq!(code(&header(4097, 1, 0), 65535), bad_len(4097));
        assert_eq!(code(&header(19, 6, 0), 4096), Err((1, 3, ResetData::u8(6))));
        assert_eq!(code(&header(4097, 6, 0), 4096), bad_len(4097));
        assert_eq!(code(&header(19, 0, 0), 4096), Err((1, 3, ResetData::u8(0))));
        let mut spoiled = header(19, 4, 0);
        spoiled[3] = 0xfe;
        assert_eq!(code(&spoiled, 4096), Err((1, 1, ResetData::NONE)));
    }

    #[test]
    fn keepalive_reads_back() {
        let mut out = vec![1, 2, 3];
        write_keepalive(&mut out);
        let message = frame(&out[3..], MAX_MESSAGE).unwrap().unwrap();
        assert_eq!((message.kind, message.len), (MessageType::Keepalive, 19));
    }
}
