//! What goes into a session and what comes out of it.
use crate::{Control, Diag, Discard, EchoConfig, EchoPacket, Outgoing, Packet, State, Timing};

/// What a session is told.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A packet that was selected for this session; `now` is when it arrived.
    Packet(Packet<'a>),
    /// The payload of an echo packet that came back, and that names this session
    /// ([`EchoPacket::discriminator`]); `now` is when it arrived.
    Echo(EchoPacket),
    /// A packet of this session's peer failed a check before it got here. It is only counted.
    Discarded(Discard),
    /// The instant of [`Session::poll_timeout`](crate::Session::poll_timeout) has come. Before saying so, hand over the packets that
    /// arrived until then.
    Timeout,
    /// The caller is awake before the instant of [`poll_timeout`](crate::Session::poll_timeout) and would send the next periodic
    /// packet already. It leaves if as much of the interval has passed as the jitter may leave of it.
    Early,
    /// An operator takes the session down, or lets it run again (RFC 5880 section 6.8.16).
    AdminDown(bool),
    /// New timers. A session that is Up stays Up: the peer confirms them by a poll sequence.
    Reconfigure(Timing),
    /// Demand mode of our own is wished for, or no more (section 6.6). It begins once both sides are Up.
    Demand(bool),
    /// A poll sequence verifies the path: in demand mode, [`Session::polling`](crate::Session::polling) ends, or the session goes
    /// Down after the detection time.
    Poll,
    /// The forwarding plane here was reset (section 6.8.15). The session goes Down and comes Up anew.
    ForwardingPlaneReset,
    /// The path is known to be down by other means: like an operator, with a diagnostic that says why
    /// (section 6.8.16). `AdminDown(false)` ends it.
    PathDown,
    /// Echo packets are returned or sent otherwise than before.
    ReconfigureEcho(EchoConfig),
    /// Tells the peer of a path beyond this one (section 6.8.17), without a change of state; for a session
    /// that is Up. The next failure overwrites it.
    Diagnose(Diag),
}

/// What a session asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    /// Send this packet now.
    Transmit(Outgoing),
    /// Send this echo packet now, from and to an address of ours by way of the peer, so that its
    /// forwarding plane returns it (RFC 5881 section 4).
    TransmitEcho(EchoPacket),
    /// The state changed.
    Changed(Change),
}

/// A change of state and what both sides say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// Our diagnostic after the change: the reason of the last failure, also when `to` is Up.
    pub diag: Diag,
    /// What the peer last said of itself.
    pub remote: Remote,
}

impl Change {
    /// Whether this is a failure of the path: from Up to Down, and not because an operator at either end
    /// took the session down. RFC 5882 section 3.2 asks clients not to react to the latter.
    pub fn is_failure(&self) -> bool {
        self.from == State::Up && self.to == State::Down && self.remote.state != State::AdminDown
    }
}

/// What the peer last said of itself; Down without a diagnostic while it is not heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Remote {
    /// Its state.
    pub state: State,
    /// Its diagnostic.
    pub diag: Diag,
    /// Its C bit: its BFD goes on while its control plane is restarted.
    pub control_plane_independent: bool,
}

impl Remote {
    /// What the peer's last packet says of it.
    pub(crate) fn of(packet: Option<&Control>) -> Self {
        packet.map_or_else(Self::default, |control| Self {
            state: control.state,
            diag: control.diag,
            control_plane_independent: control.control_plane_independent,
        })
    }
}
