//! What a session asks for and tells.

use crate::connection::Conn;
use crate::down::Down;
use crate::exchange::Exchange;
use crate::state::State;
use bgp_wire::{Family, FilteredRefresh, Parsed};

/// One output. They come in the order in which they are to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output<'a> {
    /// Open a connection to the peer; answer with `Connected(Conn::Dialed)` or `ConnectFailed`.
    Dial,
    /// Write what was sent before, then close the connection; or give up the dial. Nothing more of this
    /// connection or dial may come as an input.
    Close(Conn),
    /// Write this message.
    Send(Conn, &'a [u8]),
    /// The session's state is another one.
    Changed {
        /// The state left.
        from: State,
        /// The state entered.
        to: State,
    },
    /// Established on this connection: routes may flow. One [`Output::Down`] follows before the next.
    Up(Conn, &'a Exchange),
    /// The last connection has ended, Established or not, and no dial is in the air.
    Down(&'a Down),
    /// A connection has ended that was never Established, and the session goes on with the other or with
    /// its dial.
    Dropped(Conn, &'a Down),
    /// An UPDATE of the peer's, with what RFC 7606 makes of it.
    Update(&'a Parsed<'a>),
    /// The peer asks for all routes of this negotiated family again (RFC 2918).
    Refresh(Family),
    /// The peer asks to be sent only what passes a filter (RFC 5291), and where it says so all of that now.
    Filter(Family, &'a FilteredRefresh<'a>),
    /// The peer begins to send all routes of this family again: what it does not say by the end is gone
    /// (RFC 7313 section 4).
    RefreshBegins(Family),
    /// The peer has sent all routes of this family again.
    RefreshEnds(Family),
}
