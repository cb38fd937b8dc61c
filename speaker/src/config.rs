//! What a speaker and its peers are configured with.

use crate::aggregate::Aggregate;
use crate::prefix_limit::PrefixLimits;
use crate::restart::KeptAtMost;
use crate::routing::{Confederation, PeerRouting};
use crate::shell::TcpOptions;
use bfd::{DriverConfig, Event, SessionParams};
use bgp_policy::Policy;
use bgp_rib::{DampingRules, DecisionOptions, Reach};
use bgp_session::{HoldTime, Offers};
use bgp_wire::{Asn, AttributeSet, Family, FamilySet, Role};
use ipnet::IpNet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

/// The port BGP listens on (RFC 4271 section 4).
pub const BGP_PORT: u16 = 179;

/// The speaker itself.
#[derive(Clone, Debug)]
pub struct SpeakerConfig {
    /// Its autonomous system.
    pub asn: Asn,
    /// Its BGP Identifier.
    pub router_id: Ipv4Addr,
    /// Where it accepts connections; with port 0 the kernel chooses the port.
    pub listen: Vec<SocketAddr>,
    /// Where it accepts connections of one interface alone: of a link, of a VRF's device.
    pub listen_on: Vec<ListenOn>,
    /// Whether the speaker has restarted, and how long its routes wait at most for what its peers have
    /// (Selection_Deferral_Timer, RFC 4724 section 4.1). It waits for the peers that it has: those that are added one by one may
    /// come up one by one, [`Speaker::add_peers`](crate::Speaker::add_peers) adds them together.
    pub restarted: Option<Duration>,
    /// Seeds every jitter and every hash table, so that peers cannot choose what collides.
    pub seed: u64,
    /// Whether to tell of every change of a best path. A full table has a million of them.
    pub tell_best: bool,
    /// Whether to tell of every net that a peer announces, refused ones too. A full table has a million of them.
    pub tell_announced: bool,
    /// How the decision process runs.
    pub decision: DecisionOptions,
    /// The way to next hops, as far as it is known beforehand; [`Engine::set_next_hop`](crate::Engine::set_next_hop)
    /// tells of it later. Any other is reachable at no cost.
    pub next_hops: Vec<(IpAddr, Reach)>,
    /// Aggregates of what peers tell and of what begins here.
    pub aggregates: Vec<Aggregate>,
    /// The confederation that our AS is a member of.
    pub confederation: Option<Confederation>,
    /// Whether what one client of ours says is told to the others. Clients that all know each other tell each other
    /// themselves (RFC 4456 section 10).
    pub client_to_client: bool,
    /// The number of our cluster where we are a route reflector; our BGP Identifier where there is none.
    pub cluster_id: Option<Ipv4Addr>,
    /// The thread of all BFD sessions.
    pub bfd: BfdThread,
}

impl SpeakerConfig {
    /// A speaker that listens nowhere and has a random seed.
    pub fn new(asn: Asn, router_id: Ipv4Addr) -> Self {
        let seed = RandomState::new().build_hasher().finish();
        Self {
            asn,
            router_id,
            listen: Vec::new(),
            listen_on: Vec::new(),
            restarted: None,
            seed,
            tell_best: false,
            tell_announced: false,
            decision: DecisionOptions::default(),
            next_hops: Vec::new(),
            aggregates: Vec::new(),
            confederation: None,
            client_to_client: true,
            cluster_id: None,
            bfd: BfdThread::default(),
        }
    }
}

/// A listener of one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenOn {
    /// The address and port.
    pub address: SocketAddr,
    /// The interface's name.
    pub interface: String,
}

/// One peer.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// What people call it.
    pub name: String,
    /// The group that it has its configuration from; policies may ask for it.
    pub group: Option<String>,
    /// Its address: connections from elsewhere are not its.
    pub address: IpAddr,
    /// Where it accepts connections.
    pub port: u16,
    /// Its autonomous system.
    pub asn: Asn,
    /// Whether to wait for it to connect.
    pub passive: bool,
    /// The least time between two advertisements to it, withdrawals too (RFC 4271 section 9.2.1.1); zero is none.
    pub advertisement_interval: Duration,
    /// Families offered to it; of those that the RIB does not hold, which are all but unicast, none is.
    pub families: FamilySet,
    /// The hold time proposed.
    pub hold_time: HoldTime,
    /// Seconds between KEEPALIVEs, where less than a third of the hold time.
    pub keepalive_time: Option<NonZeroU16>,
    /// The longest time between two attempts to connect, and what one may take.
    pub connect_retry: Duration,
    /// The pause after a session has failed; it doubles with each further failure.
    pub idle_hold: Duration,
    /// The longest such pause. A session that lasted for so long starts over with the first.
    pub idle_hold_max: Duration,
    /// Capabilities offered besides the families, and our role (RFC 9234).
    pub offers: Offers,
    /// How long the peer may read nothing (RFC 9687); no shorter than twice the hold time counts.
    pub send_hold_time: Duration,
    /// The longest that its routes are kept while it restarts.
    pub kept_at_most: KeptAtMost,
    /// How many prefixes it may announce.
    pub max_prefixes: PrefixLimits,
    /// Password, TTL security, source address.
    pub tcp: TcpOptions,
    /// The BFD session that guards this one.
    pub bfd: Option<BfdConfig>,
    /// How its routes are taken and told, besides policy.
    pub routing: PeerRouting,
    /// What is kept of what it tells.
    pub adj_rib_in: AdjRibIn,
    /// Damps routes of an external peer that come and go too often (RFC 2439); those of others never are.
    pub damping: Option<DampingRules>,
    /// What is accepted. `None`: nothing, as RFC 8212 has it of external peers.
    pub import: Option<Arc<Policy>>,
    /// What is announced. `None`: nothing, as RFC 8212 has it of external peers.
    pub export: Option<Arc<Policy>>,
}

impl PeerConfig {
    /// A peer with the usual values: IPv4 unicast, hold time 90 s, a connection tried every 5 s, no BFD, no
    /// policy.
    pub fn new(name: impl Into<String>, address: IpAddr, asn: Asn) -> Self {
        Self {
            name: name.into(),
            group: None,
            address,
            port: BGP_PORT,
            asn,
            passive: false,
            advertisement_interval: Duration::ZERO,
            families: FamilySet::EMPTY.with(Family::Ipv4Unicast),
            hold_time: HoldTime::default(),
            keepalive_time: None,
            connect_retry: Duration::from_secs(5),
            idle_hold: Duration::from_secs(1),
            idle_hold_max: Duration::from_secs(64),
            offers: Offers::default(),
            send_hold_time: Duration::from_mins(8),
            kept_at_most: KeptAtMost::default(),
            max_prefixes: PrefixLimits::default(),
            tcp: TcpOptions::default(),
            bfd: None,
            routing: PeerRouting::default(),
            adj_rib_in: AdjRibIn::Kept,
            damping: None,
            import: None,
            export: None,
        }
    }

    /// What the peer is to us, where our role is configured (RFC 9234 section 4.1).
    pub(crate) const fn role_of_peer(&self) -> Option<Role> {
        match self.offers.role {
            Some(Role::Provider) => Some(Role::Customer),
            Some(Role::Customer) => Some(Role::Provider),
            Some(Role::RouteServer) => Some(Role::RouteServerClient),
            Some(Role::RouteServerClient) => Some(Role::RouteServer),
            Some(Role::Peer) => Some(Role::Peer),
            Some(Role::Other(_)) | None => None,
        }
    }
}

/// What is kept of what a peer tells, besides the paths that import accepts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum AdjRibIn {
    /// All of it as it came, refused routes included: with another import policy it is judged again here.
    #[default]
    Kept,
    /// Nothing: with another import policy the peer is asked to send it again (RFC 2918).
    NotKept,
}

/// What is accepted from a peer and what is announced to it; `None` as in [`PeerConfig`].
#[derive(Clone, PartialEq, Default, Debug)]
pub struct PeerPolicies {
    /// What is accepted.
    pub import: Option<Arc<Policy>>,
    /// What is announced.
    pub export: Option<Arc<Policy>>,
}

impl PeerConfig {
    /// Its policies.
    pub fn policies(&self) -> PeerPolicies {
        PeerPolicies { import: self.import.clone(), export: self.export.clone() }
    }
}

/// The BFD session of one peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BfdConfig {
    /// The session. With an unspecified local address it has the one that packets to the peer leave from.
    pub session: SessionParams,
    /// Whether no route is exchanged before BFD is Up.
    pub strict: bool,
    /// Where not, whether that is so if the peer offers strict mode too (capability 74), and how long BFD may take
    /// then.
    pub negotiated: Option<Duration>,
}

/// How the thread of all BFD sessions runs; [`DriverConfig`] says what each of them means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BfdThread {
    /// How long before its instant a packet may leave with others.
    pub early: Duration,
    /// How long before a deadline the thread spins.
    pub spin: Duration,
    /// Its real-time priority.
    pub realtime: Option<u8>,
    /// The only CPU it runs on.
    pub cpu: Option<usize>,
    /// How many threads there are.
    pub threads: u16,
}

impl BfdThread {
    /// A driver that runs so.
    pub(crate) fn driver(&self, on_event: impl Fn(Event) + Send + Sync + 'static) -> DriverConfig {
        let Self { early, spin, realtime, cpu, threads } = *self;
        DriverConfig { early, spin, realtime, cpu, threads, ..DriverConfig::new(on_event) }
    }
}

impl Default for BfdThread {
    /// As a driver has it by itself.
    fn default() -> Self {
        let DriverConfig { early, spin, realtime, cpu, threads, .. } = DriverConfig::new(|_| {});
        Self { early, spin, realtime, cpu, threads }
    }
}

/// A route that begins here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalRoute {
    /// Where it leads.
    pub prefix: IpNet,
    /// What it carries. An unspecified next hop stands for the session's own address.
    pub attrs: AttributeSet,
}

impl LocalRoute {
    /// The weight of every route that begins here: it is preferred to what peers tell, unless their weight is
    /// higher.
    pub const WEIGHT: u16 = 32768;
}
