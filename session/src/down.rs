//! Why a connection ended.

use crate::state::State;
use bgp_wire::{Asn, Family, MessageType, NotificationCode, Reset, Role};
use std::fmt;
use std::net::Ipv4Addr;

/// Why a connection, and with the last one the session, ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Down {
    /// [`Input::Stop`](crate::Input::Stop) or [`Input::Restart`](crate::Input::Restart) said so.
    Stopped(NotificationCode),
    /// Nothing came for the hold time (RFC 4271 section 6.5).
    HoldExpired,
    /// The connection took none of our octets for the send hold time (RFC 9687).
    SendHoldExpired,
    /// BFD was Up and went Down (RFC 9384).
    BfdDown,
    /// The same, and the peer's BFD shares the fate of its control plane, which may be restarting (RFC 5882
    /// section 3.3).
    BfdDownWithPeer,
    /// The TCP connection failed or the peer closed it.
    ConnectionLost,
    /// The other connection was kept (RFC 4271 section 6.8).
    Collision,
    /// A message broke a rule of the wire.
    Fault(Reset),
    /// The peer's OPEN names another ASN than the configured one (RFC 4271 section 6.2).
    PeerAsn(Asn),
    /// The peer is internal and its BGP Identifier is ours (RFC 6286 section 2.2).
    SameIdentifier(Ipv4Addr),
    /// The peer's role does not go with ours, or it does not say one (RFC 9234 section 4.2).
    RoleMismatch {
        /// Our role.
        ours: Role,
        /// What the peer says.
        theirs: Option<Role>,
    },
    /// The peer announced more prefixes than it may (RFC 4486).
    MaxPrefixes {
        /// The family of which there are too many.
        family: Family,
        /// How many there may be.
        limit: u32,
    },
    /// There was more to announce to the peer than may be.
    TooManyAnnounced {
        /// The family.
        family: Family,
        /// How many routes may be announced.
        limit: u32,
    },
    /// A message that has no place in this state (RFC 6608).
    Unexpected(MessageType, State),
    /// The peer sent a Hard Reset: its routes are not to be kept (RFC 8538).
    HardReset {
        /// The code within it.
        code: NotificationCode,
        /// The operator's words, as in [`Down::Received`].
        text: Option<Box<str>>,
    },
    /// The peer sent a NOTIFICATION.
    Received {
        /// Its code.
        code: NotificationCode,
        /// The operator's words (RFC 9003), at most 255 octets and as they came: escape them to print them.
        text: Option<Box<str>>,
    },
}

impl Down {
    /// The NOTIFICATION that tells the peer, where there is a connection to send it on.
    pub const fn sent(&self) -> Option<NotificationCode> {
        Some(match self {
            Self::Stopped(code) => *code,
            Self::HoldExpired => NotificationCode::HOLD_TIMER_EXPIRED,
            Self::SendHoldExpired => NotificationCode::SEND_HOLD_TIMER_EXPIRED,
            Self::BfdDown | Self::BfdDownWithPeer => NotificationCode::BFD_DOWN,
            Self::Collision => NotificationCode::COLLISION,
            Self::Fault(reset) => reset.code,
            Self::PeerAsn(_) => NotificationCode::BAD_PEER_AS,
            Self::SameIdentifier(_) => NotificationCode::BAD_BGP_IDENTIFIER,
            Self::MaxPrefixes { .. } => NotificationCode::MAX_PREFIXES,
            Self::TooManyAnnounced { .. } => NotificationCode::ADMINISTRATIVE_SHUTDOWN,
            Self::RoleMismatch { .. } => NotificationCode::ROLE_MISMATCH,
            Self::Unexpected(_, State::OpenSent) => NotificationCode::UNEXPECTED_IN_OPEN_SENT,
            Self::Unexpected(_, State::OpenConfirm) => NotificationCode::UNEXPECTED_IN_OPEN_CONFIRM,
            Self::Unexpected(_, State::Established) => NotificationCode::UNEXPECTED_IN_ESTABLISHED,
            Self::Unexpected(..) => NotificationCode::FSM,
            Self::ConnectionLost | Self::Received { .. } | Self::HardReset { .. } => return None,
        })
    }

    /// Whether the peer's routes are kept for its restart (RFC 4724 section 4.2, RFC 8538 section 4); `notification`
    /// says whether that is so after a NOTIFICATION, too.
    pub fn is_graceful(&self, notification: bool) -> bool {
        match self {
            Self::ConnectionLost | Self::BfdDownWithPeer => true,
            Self::HardReset { .. } => false,
            why => notification && !why.is_hard(),
        }
    }

    /// Whether the peer is not to keep our routes: what is sent is a Hard Reset (RFC 8538 section 3).
    pub(crate) fn is_hard(&self) -> bool {
        match self {
            Self::BfdDown | Self::MaxPrefixes { .. } | Self::TooManyAnnounced { .. } => true,
            Self::Stopped(code) => matches!(
                *code,
                NotificationCode::ADMINISTRATIVE_SHUTDOWN
                    | NotificationCode::ADMINISTRATIVE_RESET
                    | NotificationCode::PEER_DECONFIGURED
            ),
            _ => false,
        }
    }

    /// Whether the session listens on in Active instead of holding in Idle.
    ///
    /// RFC 4271 section 8.2.2 says so of a connection that is lost in OpenSent. A peer that resolved a
    /// collision is keeping the other connection, which may not have been accepted here yet; one that rejects
    /// connections now may well open its own before our idle hold is over.
    pub(crate) fn keeps_listening(&self, state: State) -> bool {
        match self {
            Self::ConnectionLost => state == State::OpenSent,
            Self::Received {
                code: NotificationCode::COLLISION | NotificationCode::CONNECTION_REJECTED,
                ..
            } => state != State::Established,
            _ => false,
        }
    }
}

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(code) => write!(f, "stopped: {code}"),
            Self::HoldExpired => f.write_str("the hold time passed without a message"),
            Self::SendHoldExpired => f.write_str("the send hold time passed and the peer read nothing"),
            Self::BfdDown => f.write_str("BFD went down"),
            Self::BfdDownWithPeer => f.write_str("BFD went down, and the peer may be restarting"),
            Self::ConnectionLost => f.write_str("the connection was lost"),
            Self::Collision => f.write_str("the other of two connections was kept"),
            Self::Fault(reset) => reset.fmt(f),
            Self::PeerAsn(asn) => write!(f, "the peer says it is AS {asn}"),
            Self::SameIdentifier(id) => write!(f, "the internal peer has our BGP Identifier {id}"),
            Self::MaxPrefixes { family, limit } => {
                write!(f, "the peer announced more than {limit} prefixes of {family}")
            }
            Self::TooManyAnnounced { family, limit } => {
                write!(f, "more than {limit} routes of {family} to announce")
            }
            Self::RoleMismatch { ours, theirs: Some(theirs) } => {
                write!(f, "our role is {ours} and the peer says it is {theirs}")
            }
            Self::RoleMismatch { ours, theirs: None } => {
                write!(f, "our role is {ours} and the peer says none")
            }
            Self::Unexpected(kind, state) => write!(f, "{kind} in {state}"),
            Self::HardReset { code, text: None } => write!(f, "the peer sent a hard reset: {code}"),
            Self::HardReset { code, text: Some(text) } => {
                write!(f, "the peer sent a hard reset: {code} \"{}\"", text.escape_debug())
            }
            Self::Received { code, text: None } => write!(f, "the peer sent {code}"),
            Self::Received { code, text: Some(text) } => {
                write!(f, "the peer sent {code} \"{}\"", text.escape_debug())
            }
        }
    }
}
