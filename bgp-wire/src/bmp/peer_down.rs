//! Peer Down: the session has ended, and why (RFC 7854 section 4.9, RFC 9069 section 5.3).

use super::PEER_DOWN;
use super::fault::{BmpFault, Oversize};
use super::fields::Fields;
use super::message::{put_bgp, put_tuples, write};
use super::peer_header::PeerHeader;
use super::tlv::PeerDownTlv;
use crate::capability::Tuples;
use crate::frame::MessageType;
use crate::notification::Notification;
use alloc::vec::Vec;
use core::fmt;

/// Why a session has ended, or is monitored no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PeerDownReason<'a> {
    /// 1: the router ended it, with this NOTIFICATION.
    LocalNotification(Notification<'a>),
    /// 2: the router ended it without one, for this event of RFC 4271 section 8.1; 0 where it is none of those.
    LocalFsmEvent(u16),
    /// 3: the peer ended it, with this NOTIFICATION.
    RemoteNotification(Notification<'a>),
    /// 4: the peer ended it without one.
    RemoteNoData,
    /// 5: it has not ended; it is monitored no more, by configuration.
    NotMonitored,
    /// 6: the router ended the monitoring of a Loc-RIB (RFC 9069).
    LocalTlvs(Tuples<'a, PeerDownTlv<'a>>),
    /// Any other.
    Other {
        /// Its number.
        reason: u8,
        /// What follows it.
        data: &'a [u8],
    },
}

impl<'a> PeerDownReason<'a> {
    fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        Ok(match fields.u8()? {
            1 => Self::LocalNotification(Notification::decode(fields.bgp(MessageType::Notification)?)),
            2 => Self::LocalFsmEvent(fields.u16()?),
            3 => Self::RemoteNotification(Notification::decode(fields.bgp(MessageType::Notification)?)),
            4 => Self::RemoteNoData,
            5 => Self::NotMonitored,
            6 => Self::LocalTlvs(fields.tuples()?),
            reason => Self::Other { reason, data: fields.remainder() },
        })
    }

    /// The registered number.
    pub const fn code(&self) -> u8 {
        match self {
            Self::LocalNotification(_) => 1,
            Self::LocalFsmEvent(_) => 2,
            Self::RemoteNotification(_) => 3,
            Self::RemoteNoData => 4,
            Self::NotMonitored => 5,
            Self::LocalTlvs(_) => 6,
            Self::Other { reason, .. } => *reason,
        }
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        out.push(self.code());
        match self {
            Self::LocalNotification(Notification { code, data })
            | Self::RemoteNotification(Notification { code, data }) => {
                return put_bgp(out, MessageType::Notification, &[&[code.code, code.subcode], data]);
            }
            Self::LocalFsmEvent(event) => out.extend_from_slice(&event.to_be_bytes()),
            Self::RemoteNoData | Self::NotMonitored => {}
            Self::LocalTlvs(tlvs) => return put_tuples(out, tlvs),
            Self::Other { data, .. } => out.extend_from_slice(data),
        }
        Ok(())
    }
}

impl fmt::Display for PeerDownReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LocalNotification(sent) => write!(f, "NOTIFICATION sent: {sent}"),
            Self::LocalFsmEvent(event) => write!(f, "FSM event {event}"),
            Self::RemoteNotification(received) => write!(f, "NOTIFICATION received: {received}"),
            Self::RemoteNoData => f.write_str("ended by the peer without NOTIFICATION"),
            Self::NotMonitored => f.write_str("not monitored any more"),
            Self::LocalTlvs(tlvs) => write!(f, "Loc-RIB not monitored any more {tlvs}"),
            Self::Other { reason, data } => write!(f, "reason {reason} ({} octets)", data.len()),
        }
    }
}

/// A session that has ended, or is monitored no more. All its routes are gone with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeerDown<'a> {
    /// The peer.
    pub peer: PeerHeader,
    /// Why.
    pub reason: PeerDownReason<'a>,
    /// What follows the reason's own data: nothing by RFC 7854, TLVs from routers that speak drafts.
    pub rest: &'a [u8],
}

impl<'a> PeerDown<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        let (peer, reason) = (PeerHeader::decode(fields)?, PeerDownReason::decode(fields)?);
        Ok(Self { peer, reason, rest: fields.remainder() })
    }

    /// Appends the message.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        write(out, PEER_DOWN, |out| {
            self.peer.encode(out);
            self.reason.encode(out)?;
            out.extend_from_slice(self.rest);
            Ok(())
        })
    }
}
