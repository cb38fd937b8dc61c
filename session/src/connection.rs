//! The two TCP connections a session can have at a time.

use crate::exchange::Exchange;
use crate::state::State;
use std::ops::{Index, IndexMut};
use std::time::Instant;

/// One TCP connection, by who opened it. A session has both only while they collide.
///
/// # Collision (RFC 4271 section 6.8)
///
/// The connection of the speaker with the higher BGP Identifier stays, with equal ones that of the higher
/// ASN (RFC 6286 section 2.3), and the other ends with Cease 6/7. An Established connection always stays.
///
/// The speaker whose dial would win decides: when the peer's OPEN comes on the accepted connection while its
/// own OPEN is out on the dialed one, the accepted one is dropped at once; when its dial succeeds only after
/// that OPEN, the dial is dropped unused. So it never confirms one connection and opens the other, and two
/// speakers that both do this cannot close a connection each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Conn {
    /// Opened by us.
    Dialed,
    /// Opened by the peer.
    Accepted,
}

impl Conn {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Dialed, Self::Accepted];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Dialed => Self::Accepted,
            Self::Accepted => Self::Dialed,
        }
    }
}

/// One of a kind for each connection.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct PerConn<T> {
    dialed: T,
    accepted: T,
}

impl<T> Index<Conn> for PerConn<T> {
    type Output = T;

    fn index(&self, conn: Conn) -> &T {
        match conn {
            Conn::Dialed => &self.dialed,
            Conn::Accepted => &self.accepted,
        }
    }
}

impl<T> IndexMut<Conn> for PerConn<T> {
    fn index_mut(&mut self, conn: Conn) -> &mut T {
        match conn {
            Conn::Dialed => &mut self.dialed,
            Conn::Accepted => &mut self.accepted,
        }
    }
}

/// How far a connection has come; each state with what is known in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Connection {
    OpenSent,
    OpenConfirm(Exchange),
    Established { exchange: Exchange, since: Instant },
}

impl Connection {
    pub(crate) const fn state(&self) -> State {
        match self {
            Self::OpenSent => State::OpenSent,
            Self::OpenConfirm(_) => State::OpenConfirm,
            Self::Established { .. } => State::Established,
        }
    }

    pub(crate) const fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::OpenSent => None,
            Self::OpenConfirm(exchange) | Self::Established { exchange, .. } => Some(exchange),
        }
    }
}
