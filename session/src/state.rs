//! The six states of RFC 4271 section 8.2.2.

use std::fmt;

/// Where the session stands: the state of its furthest connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Not started, held after a failure, or waiting for BFD; connections are refused.
    Idle,
    /// A dial is in the air; incoming connections are taken.
    Connect,
    /// Listening; the next dial waits for the ConnectRetryTimer.
    Active,
    /// Our OPEN is sent.
    OpenSent,
    /// Both OPENs are exchanged; the peer's KEEPALIVE is awaited.
    OpenConfirm,
    /// Routes are exchanged.
    Established,
}

impl State {
    /// The RFC's own term.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Connect => "Connect",
            Self::Active => "Active",
            Self::OpenSent => "OpenSent",
            Self::OpenConfirm => "OpenConfirm",
            Self::Established => "Established",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
