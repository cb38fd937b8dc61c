//! What can happen to a session: the events of RFC 4271 section 8.1.

use crate::bfd::Bfd;
use crate::connection::Conn;
use bgp_wire::{Family, Frame, NotificationCode, PrefixRule, Reset};
use std::time::Duration;

/// An event. In brackets: the event's number in RFC 4271 section 8.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input<'a> {
    /// Begin, or cut an idle hold short (1).
    Start,
    /// End the session with this code and, where the code carries one, the operator's text (RFC 9003); it
    /// stays down until [`Input::Start`] (2).
    Stop(NotificationCode, &'a str),
    /// The same, but the session comes back after an idle hold (8): a limit of prefixes reached, a
    /// configuration changed, a peer that does not read.
    Restart(NotificationCode, &'a str),
    /// The peer announced more prefixes than it may: Cease 6/1 (RFC 4486). The session comes back after `restart`,
    /// or stays down until [`Input::Start`].
    TooManyPrefixes {
        /// The family of which there are too many.
        family: Family,
        /// How many there may be.
        limit: u32,
        /// The idle hold.
        restart: Option<Duration>,
    },
    /// There is more to announce to the peer than may be: Cease 6/2 with a text that says so. Otherwise likewise.
    TooManyAnnounced {
        /// The family of which there is too much.
        family: Family,
        /// How many routes there may be.
        limit: u32,
        /// The idle hold.
        restart: Option<Duration>,
    },
    /// [`Session::poll_timeout`](crate::Session::poll_timeout) is reached (9 to 13). Too early is harmless; messages that
    /// have arrived by then go first, or [`Input::Unread`] says that there are some, lest a late shell take its own delay
    /// for the peer's silence.
    Timeout,
    /// Octets of the peer's have arrived on the connection that nobody has looked at yet: it is not silent. A hold timer
    /// that is due waits for them; without any, and where no timer is due, nothing happens.
    Unread(Conn),
    /// What BFD has come to; told on each change, and once where BFD was there before the session.
    Bfd(Bfd),
    /// A dial has succeeded (16), or the peer's connection is accepted (17). A second accepted connection
    /// has no name here: as long as [`Session::connection`](crate::Session::connection) shows one, the shell
    /// refuses it or first gives up the old one by [`Input::Closed`].
    Connected(Conn),
    /// The dial has failed (18).
    ConnectFailed,
    /// The connection is gone (18).
    Closed(Conn),
    /// One whole message off [`bgp_wire::frame`] (19 to 28).
    Message(Conn, Frame<'a>),
    /// What came is no message, says [`bgp_wire::frame`] (21).
    Malformed(Conn, Reset),
    /// Ask the peer for its routes of this family again (RFC 2918); nothing happens unless both may.
    SendRefresh(Family),
    /// Ask the peer to send only what these rules permit (RFC 5292), and all of that; nothing happens unless both may.
    SendFilter(Family, &'a [PrefixRule]),
    /// So many UPDATEs were written on the Established connection; the KeepaliveTimer starts over.
    UpdatesSent(u64),
    /// The connection took octets of ours; the SendHoldTimer starts over. A shell that never says so has no
    /// such timer (RFC 9687).
    Written(Conn),
}
