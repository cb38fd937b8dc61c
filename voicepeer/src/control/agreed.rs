//! What both OPENs of a session came to, as `show` tells it.

use bgp_session::{Exchange, PeerRestart};
use bgp_speaker::PeerStatus;
use bgp_wire::FamilySet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a session may do, because both sides offered it.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Agreed {
    /// ROUTE-REFRESH (RFC 2918), and with a beginning and an end (RFC 7313).
    pub(crate) route_refresh: bool,
    pub(crate) enhanced_route_refresh: bool,
    /// The longest message, in octets (RFC 8654).
    pub(crate) max_message: u16,
    /// Families of IPv4 whose routes may have IPv6 next hops (RFC 8950).
    pub(crate) extended_next_hop: Vec<String>,
    /// Families of which several paths a prefix come, and those of which they are told (RFC 7911), with how many at
    /// most.
    pub(crate) add_path_receive: Vec<String>,
    pub(crate) add_path_send: BTreeMap<String, u8>,
    /// Families of which the peer may say which prefixes it wants, and of which we do (RFC 5292).
    pub(crate) prefix_orf_receive: Vec<String>,
    pub(crate) prefix_orf_send: Vec<String>,
    /// How many entries the peer's filters have; families of which it is told nothing before it has said what it
    /// wants.
    pub(crate) filter_entries: BTreeMap<String, usize>,
    pub(crate) awaits_filter: Vec<String>,
    /// Whether both wait for BFD (capability 74).
    pub(crate) bfd_strict: bool,
    /// What we are to the peer, and what the peer says it is to us (RFC 9234).
    pub(crate) role: Option<String>,
    pub(crate) peer_role: Option<String>,
    /// Seconds without reading after which the peer is let go (RFC 9687).
    pub(crate) send_hold_time: Option<u64>,
    /// What is kept of the peer while it restarts (RFC 4724).
    pub(crate) graceful_restart: Option<Graceful>,
    /// Every capability that the peer offers, as text.
    pub(crate) peer_offers: Vec<String>,
}

/// What the peer asks to be kept while it restarts.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(crate) struct Graceful {
    /// Seconds until its session has to be up again.
    pub(crate) restart_time: u64,
    /// Whether a NOTIFICATION is followed by a restart too (RFC 8538).
    pub(crate) notification: bool,
    /// The families that are kept, and those whose forwarding went on when it restarted last.
    pub(crate) families: Vec<String>,
    pub(crate) forwarding_preserved: Vec<String>,
    /// Seconds for which families are kept as the last choice after that (RFC 9494).
    pub(crate) long_lived: BTreeMap<String, u64>,
}

impl Graceful {
    fn of(restart: &PeerRestart) -> Self {
        let long = restart.long_lived.iter().map(|(family, time)| (family.to_string(), time.as_secs()));
        Self {
            restart_time: restart.time.as_secs(),
            notification: restart.notification,
            families: names(restart.families),
            forwarding_preserved: names(restart.forwarding),
            long_lived: long.collect(),
        }
    }
}

impl Agreed {
    /// That of a session with `peer`.
    pub(crate) fn of(exchange: &Exchange, peer: &PeerStatus) -> Self {
        let role = peer.config.offers.role;
        let negotiated = &exchange.negotiated;
        Self {
            route_refresh: negotiated.route_refresh,
            enhanced_route_refresh: exchange.enhanced_refresh,
            max_message: negotiated.max_message,
            extended_next_hop: names(negotiated.extended_next_hop),
            add_path_receive: names(negotiated.add_path_rx),
            add_path_send: peer
                .several_told
                .iter()
                .map(|(family, paths)| (family.to_string(), *paths))
                .collect(),
            prefix_orf_receive: names(exchange.orf_rx),
            prefix_orf_send: names(exchange.orf_tx),
            filter_entries: peer.filters.iter().map(|(family, n)| (family.to_string(), *n)).collect(),
            awaits_filter: names(peer.awaits_filters),
            bfd_strict: exchange.bfd_strict,
            role: role.map(|role| role.to_string()),
            peer_role: exchange.peer_role().map(|role| role.to_string()),
            send_hold_time: exchange.send_hold_time.map(|time| time.as_secs()),
            graceful_restart: exchange.restart.as_ref().map(Graceful::of),
            peer_offers: exchange.open.capabilities.iter().map(|c| c.to_string()).collect(),
        }
    }
}

fn names(families: FamilySet) -> Vec<String> {
    families.iter().map(|family| family.to_string()).collect()
}
