//! One speaker of a world.

use crate::arena::{Side, id};
use crate::leg::LegId;
use bgp_speaker::{Engine, Net, PeerId, Reach, SpeakerConfig};
use bgp_wire::AttributeSet;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

id! { /// One speaker.
pub SpeakerId }

#[derive(Debug)]
pub(crate) struct Speaker {
    pub(crate) name: String,
    /// What it was made from, and is again after a restart.
    pub(crate) config: SpeakerConfig,
    pub(crate) engine: Engine,
    /// When the engine's next timer is due, as it said when it was told something last.
    pub(crate) due: Option<Instant>,
    /// The end of a leg that each of its peers is at, in the order of their numbers.
    pub(crate) sessions: Vec<(LegId, Side)>,
    /// What it originates.
    pub(crate) local: BTreeMap<Net, AttributeSet>,
    /// What it knows of the way to next hops.
    pub(crate) reach: BTreeMap<IpAddr, Reach>,
    /// Until when its process stands still, or stood still last.
    pub(crate) paused: Option<Instant>,
}

impl Speaker {
    /// Where a peer's session runs.
    pub(crate) fn session(&self, peer: PeerId) -> Option<(LegId, Side)> {
        self.sessions.get(usize::try_from(peer.0).ok()?).copied()
    }
}
