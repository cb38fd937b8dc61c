//! The documents that `show` prints with `--json`. Their field names are an interface.

use super::agreed::Agreed;
use crate::drill::document::Step;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a client may ask, one JSON value a line.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Every peer.
    Neighbors,
    /// Every BFD session.
    Bfd,
    /// Every path.
    Routes,
    /// Every path as it came.
    Received,
    /// Caches and files of RPKI data.
    Rpki,
    /// Verdicts on the daemon's own plan.
    Verdicts,
    /// What the portal would show, where the daemon stands in for the far end.
    Portal,
    /// The sessions and routes observed, for `check --live` to judge against a plan of its own.
    Observed,
    /// What the flight recorder of a peer's BFD session has, by name or address.
    Recording(String),
    /// What became of the paths of a net, and what each peer is told.
    Explain(IpNet),
    /// ROUTE-REFRESH to a peer, by name or address.
    Refresh(String),
    /// Begins a peer's session anew, by name or address.
    Reset {
        /// Whose.
        peer: String,
        /// What the peer's operator shall read.
        text: String,
    },
    /// Ends a peer's session and keeps it down, by name or address.
    ShutDown {
        /// Whose.
        peer: String,
        /// What the peer's operator shall read.
        text: String,
    },
    /// Ends the same.
    BringBack(String),
    /// A step of a drill.
    Drill(Step),
    /// Begins or ends the drain of a peer, by name or address.
    Drain {
        /// Whose.
        peer: String,
        /// Whether it begins.
        draining: bool,
    },
}

/// What the daemon answers.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The document asked for.
    Ok(serde_json::Value),
    /// Why there is none.
    Error(String),
}

/// `show neighbors`
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[expect(clippy::struct_field_names, reason = "the documents' names are an interface")]
pub(crate) struct Neighbors {
    /// This speaker's ASN.
    pub(crate) asn: u32,
    /// This speaker's BGP Identifier, or those of all edge routers with commas between.
    pub(crate) router_id: String,
    /// Where it listens.
    pub(crate) listening: Vec<String>,
    /// Whether routes wait because the daemon has restarted (RFC 4724 section 4.1).
    pub(crate) restarting: bool,
    /// Connections refused because no peer has their address.
    pub(crate) refused_connections: u64,
    /// One a peer, in the order of the configuration.
    pub(crate) neighbors: Vec<Neighbor>,
}

/// One peer and its session.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Neighbor {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) asn: u32,
    /// Idle, Connect, Active, OpenSent, OpenConfirm or Established.
    pub(crate) state: String,
    /// Seconds in Established.
    pub(crate) established_s: Option<f64>,
    /// The peer's BGP Identifier, while known.
    pub(crate) router_id: Option<String>,
    /// Negotiated, in seconds.
    pub(crate) hold_time: Option<u16>,
    pub(crate) keepalive_time: Option<u16>,
    /// Families exchanged.
    pub(crate) families: Vec<String>,
    /// What else both sides offered, while Established.
    pub(crate) agreed: Option<Agreed>,
    /// Paths taken from it; paths refused; routes announced to it.
    pub(crate) accepted: usize,
    pub(crate) rejected: usize,
    pub(crate) announced: usize,
    /// Paths taken from it that flap too often to be used (RFC 2439).
    pub(crate) damped: usize,
    /// Whether it is sent nothing for now, because it was a short while ago (`advertisement_interval`).
    pub(crate) paced: bool,
    /// Routes that are not announced to it because there are as many as may be.
    pub(crate) held_back: usize,
    /// Prefixes passed over because the peer has as many here as it may.
    pub(crate) blocked: u64,
    /// How many prefixes it may announce of each family that has a limit.
    pub(crate) max_prefixes: BTreeMap<String, u32>,
    pub(crate) messages_in: u64,
    pub(crate) messages_out: u64,
    /// UPDATEs that RFC 7606 had something to say about.
    pub(crate) malformed: u64,
    /// Whether its session is to be taken down soon (RFC 8326).
    pub(crate) draining: bool,
    /// Whether an operator keeps its session down.
    pub(crate) shut_down: bool,
    /// Whether what it sends is kept as it came: `kept` or `not-kept`, where refused routes are not counted.
    pub(crate) adj_rib_in: String,
    /// Whether a new import policy waits for the session to begin anew.
    pub(crate) needs_reset: bool,
    /// The BFD session's state, where there is one.
    pub(crate) bfd: Option<String>,
    /// Why the session ended last.
    pub(crate) last_down: Option<String>,
}

/// `show bfd`
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct BfdSessions {
    pub(crate) sessions: Vec<BfdSession>,
}

/// One BFD session. Times are what is negotiated, in microseconds.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct BfdSession {
    pub(crate) peer: String,
    pub(crate) address: String,
    /// AdminDown, Down, Init or Up.
    pub(crate) state: String,
    /// Seconds in this state.
    pub(crate) since_s: f64,
    pub(crate) diagnostic: String,
    /// The peer's own state, while it is heard.
    pub(crate) remote_state: Option<String>,
    pub(crate) local_discriminator: u32,
    pub(crate) remote_discriminator: Option<u32>,
    pub(crate) transmit_interval_us: Option<u64>,
    pub(crate) receive_interval_us: Option<u64>,
    pub(crate) detection_time_us: Option<u64>,
    pub(crate) detect_mult: u8,
    pub(crate) remote_detect_mult: Option<u8>,
    pub(crate) packets_in: u64,
    pub(crate) packets_out: u64,
    pub(crate) packets_discarded: u64,
    /// Packets discarded by reason, where there are any.
    pub(crate) discards: BTreeMap<String, u64>,
    /// `single hop` or `multihop`, and the TTL with which packets must arrive.
    pub(crate) path: String,
    pub(crate) minimum_ttl: u8,
    /// The type, and the id of the key that signs.
    pub(crate) authentication: Option<String>,
    pub(crate) authentication_key: Option<u8>,
    /// Whether demand mode of ours is active.
    pub(crate) demand: bool,
    /// The peer's C bit: its BFD goes on while its control plane is restarted.
    pub(crate) remote_control_plane_independent: Option<bool>,
    /// Our own echo packets: the interval agreed on while they are sent, and how long the last was under way.
    pub(crate) echo_interval_us: Option<u64>,
    pub(crate) echo_round_trip_us: Option<f64>,
    pub(crate) echo_sent: Option<u64>,
    pub(crate) echo_returned: Option<u64>,
    /// Why none are sent though they were asked for.
    pub(crate) echo_denied: Option<String>,
    /// The peer's echo packets that were sent back.
    pub(crate) echo_sent_back: u64,
    /// The size that packets are padded to, in octets at layer 3.
    pub(crate) padding: Option<u16>,
    /// The penalty of flap damping, where there is any.
    pub(crate) damping_penalty: Option<u32>,
    /// The session is Up, and damping has told nobody yet.
    pub(crate) up_is_withheld: bool,
}

/// `show routes`
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Routes {
    pub(crate) routes: Vec<Route>,
}

/// `adj_rib_in` of a peer of which nothing is kept as it came.
pub(crate) const NOT_KEPT: &str = "not-kept";

/// `show received`
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Received {
    /// Paths with the attributes that they came with; all else is as in `show routes`.
    pub(crate) routes: Vec<Route>,
    /// The names of the peers of which nothing is kept as it came.
    pub(crate) not_kept: Vec<String>,
}

/// One path.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Route {
    pub(crate) prefix: String,
    /// The path identifier, where the peer sends several paths (RFC 7911).
    pub(crate) path_id: Option<u32>,
    /// The peer's name; "local" for a route that begins here.
    pub(crate) peer: String,
    /// best, valid, damped or rejected.
    pub(crate) state: String,
    /// Whether the path is kept from before its peer restarted, kept for long, or told as stale by its peer.
    pub(crate) stale: Option<String>,
    /// Whether it is one of several equal paths that are used together.
    pub(crate) multipath: bool,
    /// What policy, or the peer's own weight, made of it here.
    pub(crate) weight: u16,
    /// What a route reflector said of it.
    pub(crate) originator_id: Option<String>,
    pub(crate) cluster_list: Vec<String>,
    pub(crate) next_hop: String,
    pub(crate) as_path: String,
    pub(crate) origin: String,
    pub(crate) communities: Vec<String>,
    pub(crate) large_communities: Vec<String>,
    pub(crate) med: Option<u32>,
    pub(crate) local_pref: Option<u32>,
    pub(crate) atomic_aggregate: bool,
    pub(crate) aggregator: Option<String>,
    /// What the RPKI and the IRR say of it: valid, invalid, not-found, or not-checked where there are no data.
    pub(crate) rpki: String,
    pub(crate) irr: String,
    /// What ASPA says of its path: valid, invalid, unknown, or not-checked where there are no data, or the peer has no role.
    pub(crate) aspa: String,
    /// Which rule took it or refused it, and which step of the decision process it lost at.
    pub(crate) reason: String,
}
