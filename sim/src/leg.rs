//! A leg: what joins two speakers. One BGP session runs over it, and one BFD session beside it.

use crate::arena::{Pair, Side, id};
use crate::ledger::Ledger;
use crate::pipe::{PipeId, Tcp};
use crate::speaker::SpeakerId;
use crate::world::Happening;
use bfd::Timing;
use bgp_rib::Net;
use bgp_session::{Conn, State};
use bgp_speaker::{PeerConfig, PeerId, PeerPolicies};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

id! { /// One leg.
pub LegId }

/// How a leg treats the packets of BFD, in one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Udp {
    /// Of a thousand packets, so many are lost.
    pub lost: u16,
    /// Of a thousand packets, so many arrive twice.
    pub twice: u16,
    /// The least time from one end to the other.
    pub latency: Duration,
    /// What chance adds to it at most; packets overtake each other within it.
    pub jitter: Duration,
}

impl Udp {
    /// Nothing arrives.
    #[must_use]
    pub const fn cut(self) -> Self {
        Self { lost: 1000, ..self }
    }
}

impl Default for Udp {
    /// 1 ms of latency, nothing lost.
    fn default() -> Self {
        Self { lost: 0, twice: 0, latency: Duration::from_millis(1), jitter: Duration::ZERO }
    }
}

/// The BFD session beside a BGP session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guard {
    /// Intervals and multiplier, at both ends.
    pub timing: Timing,
    /// Whether the BGP session waits for it.
    pub strict: bool,
}

/// What a leg is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LegConfig {
    /// Its TCP connections.
    pub tcp: Tcp,
    /// Its packets.
    pub udp: Udp,
    /// Its BFD session.
    pub guard: Option<Guard>,
    /// Whether its addresses are IPv6.
    pub ipv6: bool,
}

#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) tcp: Tcp,
    /// Packets towards each side.
    pub(crate) udp: Pair<Udp>,
    pub(crate) ends: Pair<End>,
    /// Nothing arrives; what TCP sent waits, for TCP will send it again.
    pub(crate) silent: bool,
    pub(crate) waiting: Vec<Happening>,
    /// At which side nobody reads.
    pub(crate) stalled: Pair<bool>,
}

/// What a leg's end has there.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) speaker: SpeakerId,
    pub(crate) peer: PeerId,
    pub(crate) config: PeerConfig,
    /// The address of this end.
    pub(crate) address: IpAddr,
    pub(crate) dialed: Option<PipeId>,
    pub(crate) accepted: Option<PipeId>,
    pub(crate) bfd: Option<bfd::Session>,
    /// Whether its session was started, and not stopped since.
    pub(crate) started: bool,
    pub(crate) ledger: Ledger,
    /// The state its session told last.
    pub(crate) state: State,
    /// While the session is Established: its times.
    pub(crate) clock: Option<SessionClock>,
    /// Nets whose best path changed since the session came up.
    pub(crate) changed: BTreeSet<Net>,
    /// Whether the session is to be taken down soon.
    pub(crate) draining: bool,
    /// The policies once the session has ended, where its routes cannot be judged by them before.
    pub(crate) awaited: Option<PeerPolicies>,
    /// When the last of what a peer that is gone told must be gone too.
    pub(crate) ghosts_until: Option<Instant>,
}

/// The times of an Established session, as its messages tell them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionClock {
    /// When a message came last.
    pub(crate) heard: Instant,
    /// When one left last.
    pub(crate) spoke: Instant,
    pub(crate) hold: Option<Duration>,
    pub(crate) keepalive: Option<Duration>,
    /// How long the peer's routes may be kept once it ends.
    pub(crate) kept: Option<Duration>,
}

impl End {
    pub(crate) fn slot(&mut self, conn: Conn) -> &mut Option<PipeId> {
        match conn {
            Conn::Dialed => &mut self.dialed,
            Conn::Accepted => &mut self.accepted,
        }
    }

    pub(crate) const fn pipe(&self, conn: Conn) -> Option<PipeId> {
        match conn {
            Conn::Dialed => self.dialed,
            Conn::Accepted => self.accepted,
        }
    }
}

impl LegId {
    /// The address of one end.
    pub(crate) fn address(self, side: Side, ipv6: bool) -> IpAddr {
        let host = u32::try_from(self.0).unwrap_or(0).wrapping_mul(2) + 2 + u32::from(side == Side::B);
        if ipv6 {
            Ipv6Addr::from_bits(0x2001_0db8_0000_0000_0000_0000_0000_0000 | u128::from(host)).into()
        } else {
            Ipv4Addr::from_bits(0xc612_0000 | host).into()
        }
    }
}
