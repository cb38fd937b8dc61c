//! What a speaker knows of one peer besides its session's state.

use crate::config::{BfdConfig, PeerConfig, PeerPolicies, SpeakerConfig};
use crate::damping::Damping;
use crate::export;
use crate::groups::GroupId;
use crate::kept::Kept;
use crate::orf::Received;
use crate::pace::Pace;
use crate::prefix_limit::Reached;
use crate::refresh::Refreshes;
use bgp_rib::Relation;
use bgp_session::{BfdMode, Conn, Down, Exchange};
use bgp_wire::{Family, FamilySet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) config: PeerConfig,
    pub(crate) up: Option<Up>,
    pub(crate) kept: Kept,
    /// The filters that it has sent, of IPv4 and of IPv6.
    pub(crate) asked: [Received; 2],
    /// Whether its session is to be taken down soon (RFC 8326).
    pub(crate) draining: bool,
    /// Whether an operator keeps its session down.
    pub(crate) shut_down: bool,
    /// How it stands to its limits of IPv4 and IPv6 unicast.
    pub(crate) reached: [Reached; 2],
    /// How what is announced to it stands to its limits, likewise.
    pub(crate) reached_announced: [Reached; 2],
    pub(crate) bfd: Option<bfd::State>,
    pub(crate) malformed: u64,
    pub(crate) last_down: Option<(Instant, Down)>,
    /// The policies once its session has ended, where its routes cannot be judged by them before.
    pub(crate) awaited: Option<PeerPolicies>,
    /// What its routes have been up to, where they are damped.
    pub(crate) damping: Option<Damping>,
    /// The session that routes came over which are kept while there is none.
    pub(crate) last_session: Option<export::Session>,
    /// Our address on the connection we dialed, and on the one we accepted.
    local: [Option<IpAddr>; 2],
}

/// What is there only while the session is Established.
#[derive(Debug)]
pub(crate) struct Up {
    pub(crate) conn: Conn,
    pub(crate) exchange: Exchange,
    pub(crate) session: export::Session,
    pub(crate) group: GroupId,
    /// Whether it is told something else from now on, once all that waits has been sent.
    pub(crate) regroups: bool,
    /// Families of which the peer is told nothing before it has said what it wants.
    pub(crate) awaits_filters: FamilySet,
    /// When it may be sent UPDATEs.
    pub(crate) pace: Pace,
    /// Refreshes that the peer asked for.
    pub(crate) refreshes: Refreshes,
    /// Families of which the peer has sent all it had at first.
    pub(crate) ended: FamilySet,
}

impl Peer {
    pub(crate) fn new(config: PeerConfig) -> Self {
        let bfd = config.bfd.as_ref().map(|_| bfd::State::Down);
        Self {
            config,
            up: None,
            kept: Kept::default(),
            asked: Default::default(),
            draining: false,
            shut_down: false,
            reached: [Reached::default(); 2],
            reached_announced: [Reached::default(); 2],
            bfd,
            malformed: 0,
            last_down: None,
            awaited: None,
            damping: None,
            last_session: None,
            local: [None; 2],
        }
    }

    /// The session that its routes came over.
    pub(crate) fn session(&self) -> Option<&export::Session> {
        self.up.as_ref().map(|up| &up.session).or(self.last_session.as_ref())
    }

    pub(crate) fn set_local_address(&mut self, conn: Conn, local: IpAddr) {
        let [dialed, accepted] = &mut self.local;
        match conn {
            Conn::Dialed => *dialed = Some(local),
            Conn::Accepted => *accepted = Some(local),
        }
    }

    /// Our address on a connection; unspecified where nobody said.
    pub(crate) fn local_address(&self, conn: Conn) -> IpAddr {
        let [dialed, accepted] = self.local;
        match conn {
            Conn::Dialed => dialed,
            Conn::Accepted => accepted,
        }
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

impl PeerConfig {
    /// What the peer's session is made from.
    pub(crate) fn session(&self, speaker: &SpeakerConfig) -> bgp_session::Config {
        let relation = speaker.relation(self);
        let asn = speaker.asn_towards(relation);
        let mut session = bgp_session::Config::new(asn, self.asn, speaker.router_id);
        session.confederation = relation == Relation::Confederation;
        session.hold_time = self.hold_time;
        session.keepalive_time = self.keepalive_time;
        session.connect_retry = self.connect_retry;
        session.idle_hold = self.idle_hold;
        session.idle_hold_max = self.idle_hold_max;
        session.families = self.families.intersection(Family::UNICAST.into_iter().collect());
        session.offers = self.offers.clone();
        session.send_hold_time = self.send_hold_time;
        session.passive = self.passive;
        session.bfd = match &self.bfd {
            None => BfdMode::Off,
            Some(BfdConfig { strict: true, .. }) => BfdMode::Strict,
            Some(BfdConfig { negotiated: Some(time), .. }) => BfdMode::Negotiated(*time),
            Some(_) => BfdMode::On,
        };
        session
    }
}
