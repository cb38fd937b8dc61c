//! NOTIFICATION: why a session ends (RFC 4271 section 4.5 and the IANA registries of its codes).

use crate::cursor;
use crate::frame::{MessageType, begin, end};
use alloc::vec::Vec;
use core::fmt;

/// An error code and its subcode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct NotificationCode {
    /// The error code.
    pub code: u8,
    /// The subcode within it; 0 is "unspecific".
    pub subcode: u8,
}

/// One row a code and subcode: its constant, its numbers, its registered name.
macro_rules! registry {
    ($($(#[$doc:meta])* $name:ident = $code:literal / $subcode:literal, $text:literal;)*) => {
        impl NotificationCode {
            $($(#[$doc])* pub const $name: Self = Self { code: $code, subcode: $subcode };)*

            /// The registered name of the pair, where it has one.
            pub const fn name(self) -> Option<&'static str> {
                match (self.code, self.subcode) {
                    $(($code, $subcode) => Some($text),)*
                    _ => None,
                }
            }
        }
        #[cfg(test)]
        const ROWS: &[(u8, u8, &str)] = &[$(($code, $subcode, $text)),*];
    };
}

registry! {
    /// RFC 4271: message header error.
    HEADER = 1 / 0, "Message Header Error";
    /// RFC 4271.
    NOT_SYNCHRONIZED = 1 / 1, "Connection Not Synchronized";
    /// RFC 4271.
    BAD_LENGTH = 1 / 2, "Bad Message Length";
    /// RFC 4271.
    BAD_TYPE = 1 / 3, "Bad Message Type";
    /// RFC 4271: OPEN message error.
    OPEN = 2 / 0, "OPEN Message Error";
    /// RFC 4271.
    UNSUPPORTED_VERSION = 2 / 1, "Unsupported Version Number";
    /// RFC 4271.
    BAD_PEER_AS = 2 / 2, "Bad Peer AS";
    /// RFC 4271.
    BAD_BGP_IDENTIFIER = 2 / 3, "Bad BGP Identifier";
    /// RFC 4271.
    UNSUPPORTED_OPTIONAL_PARAMETER = 2 / 4, "Unsupported Optional Parameter";
    /// RFC 4271, deprecated.
    AUTHENTICATION_FAILURE = 2 / 5, "Authentication Failure";
    /// RFC 4271.
    UNACCEPTABLE_HOLD_TIME = 2 / 6, "Unacceptable Hold Time";
    /// RFC 5492.
    UNSUPPORTED_CAPABILITY = 2 / 7, "Unsupported Capability";
    /// Deprecated by RFC 9234: was used before it was assigned.
    DEPRECATED_OPEN_8 = 2 / 8, "Deprecated";
    /// Deprecated by RFC 9234: was used before it was assigned.
    DEPRECATED_OPEN_9 = 2 / 9, "Deprecated";
    /// Deprecated by RFC 9234: was used before it was assigned.
    DEPRECATED_OPEN_10 = 2 / 10, "Deprecated";
    /// RFC 9234.
    ROLE_MISMATCH = 2 / 11, "Role Mismatch";
    /// RFC 4271: UPDATE message error.
    UPDATE = 3 / 0, "UPDATE Message Error";
    /// RFC 4271.
    MALFORMED_ATTRIBUTE_LIST = 3 / 1, "Malformed Attribute List";
    /// RFC 4271.
    UNRECOGNIZED_WELL_KNOWN = 3 / 2, "Unrecognized Well-known Attribute";
    /// RFC 4271.
    MISSING_WELL_KNOWN = 3 / 3, "Missing Well-known Attribute";
    /// RFC 4271.
    ATTRIBUTE_FLAGS = 3 / 4, "Attribute Flags Error";
    /// RFC 4271.
    ATTRIBUTE_LENGTH = 3 / 5, "Attribute Length Error";
    /// RFC 4271.
    INVALID_ORIGIN = 3 / 6, "Invalid ORIGIN Attribute";
    /// RFC 1771, deprecated.
    AS_ROUTING_LOOP = 3 / 7, "AS Routing Loop";
    /// RFC 4271.
    INVALID_NEXT_HOP = 3 / 8, "Invalid NEXT_HOP Attribute";
    /// RFC 4271.
    OPTIONAL_ATTRIBUTE = 3 / 9, "Optional Attribute Error";
    /// RFC 4271.
    INVALID_NETWORK_FIELD = 3 / 10, "Invalid Network Field";
    /// RFC 4271.
    MALFORMED_AS_PATH = 3 / 11, "Malformed AS_PATH";
    /// RFC 4271.
    HOLD_TIMER_EXPIRED = 4 / 0, "Hold Timer Expired";
    /// RFC 6608: finite state machine error.
    FSM = 5 / 0, "Finite State Machine Error";
    /// RFC 6608.
    UNEXPECTED_IN_OPEN_SENT = 5 / 1, "Receive Unexpected Message in OpenSent State";
    /// RFC 6608.
    UNEXPECTED_IN_OPEN_CONFIRM = 5 / 2, "Receive Unexpected Message in OpenConfirm State";
    /// RFC 6608.
    UNEXPECTED_IN_ESTABLISHED = 5 / 3, "Receive Unexpected Message in Established State";
    /// RFC 4271: the session ends on purpose.
    CEASE = 6 / 0, "Cease";
    /// RFC 4486.
    MAX_PREFIXES = 6 / 1, "Maximum Number of Prefixes Reached";
    /// RFC 4486.
    ADMINISTRATIVE_SHUTDOWN = 6 / 2, "Administrative Shutdown";
    /// RFC 4486.
    PEER_DECONFIGURED = 6 / 3, "Peer De-configured";
    /// RFC 4486.
    ADMINISTRATIVE_RESET = 6 / 4, "Administrative Reset";
    /// RFC 4486.
    CONNECTION_REJECTED = 6 / 5, "Connection Rejected";
    /// RFC 4486.
    OTHER_CONFIGURATION_CHANGE = 6 / 6, "Other Configuration Change";
    /// RFC 4486.
    COLLISION = 6 / 7, "Connection Collision Resolution";
    /// RFC 4486.
    OUT_OF_RESOURCES = 6 / 8, "Out of Resources";
    /// RFC 8538.
    HARD_RESET = 6 / 9, "Hard Reset";
    /// RFC 9384.
    BFD_DOWN = 6 / 10, "BFD Down";
    /// RFC 7313: ROUTE-REFRESH message error.
    ROUTE_REFRESH = 7 / 0, "ROUTE-REFRESH Message Error";
    /// RFC 7313.
    REFRESH_LENGTH = 7 / 1, "Invalid Message Length";
    /// RFC 9687.
    SEND_HOLD_TIMER_EXPIRED = 8 / 0, "Send Hold Timer Expired";
}

impl NotificationCode {
    /// Whether the data begin with a text of the operator (RFC 9003 section 2).
    pub fn carries_communication(self) -> bool {
        self == Self::ADMINISTRATIVE_SHUTDOWN || self == Self::ADMINISTRATIVE_RESET
    }
}

impl fmt::Display for NotificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, subcode } = *self;
        let family = Self { code, subcode: 0 }.name().unwrap_or("Unknown Error");
        match self.name() {
            Some(name) if subcode != 0 => write!(f, "{code}/{subcode} {family}, {name}"),
            _ => write!(f, "{code}/{subcode} {family}"),
        }
    }
}

/// A NOTIFICATION, received or to be sent. Decoding never fails: it must not be answered (RFC 4271
/// section 6.4).
///
/// ```
/// use bgp_wire::{Notification, NotificationCode, frame};
///
/// let code = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
/// let text = code.communication("maintenance until 06:00 UTC");
/// let shutdown = Notification::new(code).data(&text);
/// assert_eq!(shutdown.to_string(), "6/2 Cease, Administrative Shutdown \"maintenance until 06:00 UTC\"");
///
/// // The same, and the peer shall not wait for a graceful restart (RFC 8538).
/// let encapsulated = shutdown.encapsulated();
/// let hard = Notification::new(NotificationCode::HARD_RESET).data(&encapsulated);
/// let mut bytes = Vec::new();
/// hard.encode(&mut bytes);
/// let message = frame(&bytes, 4096).unwrap().unwrap();
/// assert_eq!(Notification::decode(message.body).inner(), Some(shutdown));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Notification<'a> {
    /// Code and subcode.
    pub code: NotificationCode,
    /// What came with them.
    pub data: &'a [u8],
}

impl<'a> Notification<'a> {
    /// A NOTIFICATION without data.
    pub const fn new(code: NotificationCode) -> Self {
        Self { code, data: &[] }
    }

    /// The same with other data: those that its code asks for, an operator's text
    /// ([`NotificationCode::communication`]), or another NOTIFICATION ([`Notification::encapsulated`]).
    #[must_use]
    pub const fn data(self, data: &'a [u8]) -> Self {
        Self { data, ..self }
    }

    /// The data of a Hard Reset that encapsulates this one (RFC 8538 section 3.1).
    pub fn encapsulated(&self) -> Vec<u8> {
        [&[self.code.code, self.code.subcode], self.data].concat()
    }

    /// What a Hard Reset encapsulates, where this is one and holds something.
    pub fn inner(&self) -> Option<Self> {
        let (&[code, subcode], data) = self.data.split_first_chunk()?;
        let inner = Self { code: NotificationCode { code, subcode }, data };
        (self.code == NotificationCode::HARD_RESET).then_some(inner)
    }

    /// Decodes the body of a NOTIFICATION; one too short for its codes is a plain Cease.
    pub fn decode(body: &'a [u8]) -> Self {
        match *body {
            [code, subcode, ref data @ ..] => Self { code: NotificationCode { code, subcode }, data },
            _ => Self { code: NotificationCode::CEASE, data: &[] },
        }
    }

    /// The operator's words (RFC 9003), control characters and broken UTF-8 left to the reader to escape.
    ///
    /// `None` where the code carries none or the length octet lies.
    pub fn communication(&self) -> Option<&'a str> {
        if !self.code.carries_communication() {
            return None;
        }
        let (len, rest) = cursor::u8(self.data)?;
        core::str::from_utf8(rest.get(..usize::from(len))?).ok().filter(|text| !text.is_empty())
    }

    /// Appends the whole message to `out`; data beyond the message limit are cut.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let at = begin(out, MessageType::Notification);
        out.extend_from_slice(&[self.code.code, self.code.subcode]);
        out.extend_from_slice(self.data.get(..4075).unwrap_or(self.data));
        end(out, at);
    }
}

/// The data field of a Cease that carries `text` (RFC 9003): at most 255 octets, cut at a character.
pub(crate) fn communication(text: &str) -> Vec<u8> {
    let text = text.get(..text.floor_char_boundary(255)).unwrap_or_default();
    let len = u8::try_from(text.len()).unwrap_or(u8::MAX);
    core::iter::once(len).chain(text.bytes()).collect()
}

impl NotificationCode {
    /// The data of this code with the operator's `text`: empty where the code carries none (RFC 9003).
    pub fn communication(self, text: &str) -> Vec<u8> {
        if self.carries_communication() && !text.is_empty() { communication(text) } else { Vec::new() }
    }
}

impl Notification<'_> {
    fn fmt_alone(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        match self.communication() {
            Some(text) => write!(f, " \"{}\"", text.escape_debug()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Notification<'_> {
    /// Code, text, and what a Hard Reset encapsulates; what that encapsulates in turn is not looked at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_alone(f)?;
        let Some(inner) = self.inner() else { return Ok(()) };
        f.write_str(": ")?;
        inner.fmt_alone(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::frame;
    use alloc::string::ToString;

    #[test]
    fn every_row_is_one_code() {
        for (i, (code, subcode, _)) in ROWS.iter().enumerate() {
            assert!(ROWS.iter().skip(i + 1).all(|row| (row.0, row.1) != (*code, *subcode)));
        }
    }

    #[test]
    fn display_names_code_and_subcode() {
        for (code, want) in [
            (NotificationCode::BFD_DOWN, "6/10 Cease, BFD Down"),
            (NotificationCode::HOLD_TIMER_EXPIRED, "4/0 Hold Timer Expired"),
            (NotificationCode { code: 6, subcode: 99 }, "6/99 Cease"),
            (NotificationCode { code: 99, subcode: 1 }, "99/1 Unknown Error"),
        ] {
            assert_eq!(code.to_string(), want);
        }
    }

    #[test]
    fn shutdown_communication() {
        let long = "é".repeat(200);
        for (text, want) in [("maintenance", "maintenance"), (long.as_str(), &long[..254])] {
            let code = NotificationCode::ADMINISTRATIVE_SHUTDOWN;
            let mut bytes = Vec::new();
            Notification { code, data: &code.communication(text) }.encode(&mut bytes);
            let message = frame(&bytes, 4096).unwrap().unwrap();
            let back = Notification::decode(message.body);
            assert_eq!((back.code, back.communication()), (code, Some(want)));
        }
        let lying = Notification { code: NotificationCode::ADMINISTRATIVE_RESET, data: &[9, b'x'] };
        assert_eq!(lying.communication(), None);
        assert!(NotificationCode::BFD_DOWN.communication("not for this code").is_empty());
    }

    /// (data of a Hard Reset, how it is shown)
    #[test]
    fn hard_resets() {
        for (data, want) in [
            (&[][..], "6/9 Cease, Hard Reset"),
            (&[4], "6/9 Cease, Hard Reset"),
            (&[4, 0], "6/9 Cease, Hard Reset: 4/0 Hold Timer Expired"),
            (&[6, 4, 1, b'x'], "6/9 Cease, Hard Reset: 6/4 Cease, Administrative Reset \"x\""),
            (&[6, 9, 6, 9, 6, 9], "6/9 Cease, Hard Reset: 6/9 Cease, Hard Reset"),
        ] {
            let hard = Notification::new(NotificationCode::HARD_RESET).data(data);
            assert_eq!(hard.to_string(), want);
            assert_eq!(hard.inner().map_or(data.to_vec(), |inner| inner.encapsulated()), data);
        }
        assert_eq!(Notification::new(NotificationCode::CEASE).data(&[4, 0]).inner(), None);
    }
}
