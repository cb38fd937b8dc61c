//! What a session is told about its peer.

use crate::bfd::BfdMode;
use crate::offers::Offers;
use bgp_wire::{Asn, Family, FamilySet};
use std::net::Ipv4Addr;
use std::num::NonZeroU16;
use std::time::Duration;

/// A hold time a speaker may propose: none, or at least 3 seconds (RFC 4271 section 4.2).
///
/// ```
/// use bgp_session::HoldTime;
/// assert_eq!(HoldTime::new(180).map(HoldTime::seconds), Some(180));
/// assert_eq!(HoldTime::new(2), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HoldTime(u16);

impl HoldTime {
    /// No hold timer and no KEEPALIVEs.
    pub const DISABLED: Self = Self(0);

    /// `None` for 1 and 2 seconds, which no peer may accept.
    pub const fn new(seconds: u16) -> Option<Self> {
        if matches!(seconds, 1 | 2) { None } else { Some(Self(seconds)) }
    }

    /// In seconds, as an OPEN carries it.
    pub const fn seconds(self) -> u16 {
        self.0
    }
}

impl Default for HoldTime {
    /// 90 seconds (RFC 4271 section 10).
    fn default() -> Self {
        Self(90)
    }
}

/// One configured peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Our ASN.
    pub local_asn: Asn,
    /// The ASN the peer's OPEN must name.
    pub peer_asn: Asn,
    /// Our BGP Identifier.
    pub router_id: Ipv4Addr,
    /// The hold time we propose; the smaller of both OPENs' holds.
    pub hold_time: HoldTime,
    /// The longest time between two KEEPALIVEs, in seconds, where a third of the hold time is too long.
    pub keepalive_time: Option<NonZeroU16>,
    /// How long a dial may take, and the longest time between two of them (ConnectRetryTime).
    pub connect_retry: Duration,
    /// The idle hold after a first failure (IdleHoldTime); it doubles with each further one.
    pub idle_hold: Duration,
    /// The longest idle hold. A session that stayed Established for this long starts over with the first.
    pub idle_hold_max: Duration,
    /// Families to offer; with none named, IPv4 unicast is implied (RFC 4760 section 8).
    pub families: FamilySet,
    /// What is offered besides the families.
    pub offers: Offers,
    /// Whether we have restarted, and ask the peer not to wait for us: the R bit (RFC 4724 section 3).
    pub restarting: bool,
    /// How long a connection may take none of our octets (SendHoldTime of RFC 9687); no shorter than twice the
    /// hold time counts. It begins where the shell says [`Input::Written`](crate::Input::Written).
    pub send_hold_time: Duration,
    /// Whether the peer is of another member of our confederation (RFC 5065): what an UPDATE may carry is as among
    /// internal peers.
    pub confederation: bool,
    /// Never dial, only accept.
    pub passive: bool,
    /// What BFD means to the session.
    pub bfd: BfdMode,
}

impl Config {
    /// IPv4 unicast, hold time 90 s, dialing for up to 30 s at a time, idle hold from 1 s to 64 s, no BFD.
    pub fn new(local_asn: Asn, peer_asn: Asn, router_id: Ipv4Addr) -> Self {
        Self {
            local_asn,
            peer_asn,
            router_id,
            hold_time: HoldTime::default(),
            keepalive_time: None,
            connect_retry: Duration::from_secs(30),
            idle_hold: Duration::from_secs(1),
            idle_hold_max: Duration::from_secs(64),
            families: FamilySet::EMPTY.with(Family::Ipv4Unicast),
            offers: Offers::default(),
            restarting: false,
            send_hold_time: Duration::from_mins(8),
            confederation: false,
            passive: false,
            bfd: BfdMode::Off,
        }
    }
}
