//! One speaker of a world.

use crate::arena::{Side, id};
use crate::leg::LegId;
use bgp_speaker::{Engine, Net, PeerId};
use bgp_wire::{Asn, AttributeSet};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Instant;

id! { /// One speaker.
pub SpeakerId }

#[derive(Debug)]
pub(crate) struct Speaker {
    pub(crate) name: String,
    pub(crate) asn: Asn,
    pub(crate) router_id: Ipv4Addr,
    pub(crate) engine: Engine,
    /// When the engine's next timer is due, as it said when it was told something last.
    pub(crate) due: Option<Instant>,
    /// The end of a leg that each of its peers is at, in the order of their numbers.
    pub(crate) sessions: Vec<(LegId, Side)>,
    /// What it originates.
    pub(crate) local: BTreeMap<Net, AttributeSet>,
}

impl Speaker {
    /// Where a peer's session runs.
    pub(crate) fn session(&self, peer: PeerId) -> Option<(LegId, Side)> {
        self.sessions.get(usize::try_from(peer.0).ok()?).copied()
    }
}
