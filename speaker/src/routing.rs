//! What a speaker is to its peers as a router: reflector (RFC 4456), member of a confederation (RFC 5065), route
//! server (RFC 7947).

use crate::config::{PeerConfig, SpeakerConfig};
use bgp_rib::Relation;
use bgp_wire::Asn;
use std::net::Ipv4Addr;

/// A confederation, of which the speaker's own AS is a member (RFC 5065).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confederation {
    /// The ASN by which all others know it.
    pub id: Asn,
    /// The ASNs of the other members.
    pub members: Vec<Asn>,
}

/// How routes of one peer are taken and told, besides policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PeerRouting {
    /// The weight of its paths where policy gives them none.
    pub weight: u16,
    /// Whether an internal peer is a client of ours: it is told what other internal peers say, and they what it
    /// says (RFC 4456).
    pub reflector_client: bool,
    /// Whether an external peer is told of external routes as they came: without our ASN, with their next hop and
    /// MED (RFC 7947). It has a best path of its own among those that it may be told.
    pub route_server_client: bool,
    /// How often our own ASN may be in the AS path of what it says.
    pub own_asn_allowed: u8,
    /// Whether the AS path of what it says must begin with its ASN. One that is a route server's does not.
    pub enforce_first_as: bool,
    /// Which next hop it is told.
    pub next_hop: ToldNextHop,
    /// How many paths of a net it is told at most where both sides agreed on several (RFC 7911): 1 to
    /// [`PeerRouting::MOST_PATHS`]. It may ask for less.
    pub paths_told: u8,
}

impl PeerRouting {
    /// The most paths of a net that a peer can be told.
    pub const MOST_PATHS: u8 = 32;
}

impl Default for PeerRouting {
    /// As RFC 4271 has it.
    fn default() -> Self {
        Self {
            weight: 0,
            reflector_client: false,
            route_server_client: false,
            own_asn_allowed: 0,
            enforce_first_as: true,
            next_hop: ToldNextHop::Usual,
            paths_told: 4,
        }
    }
}

/// Which next hop a peer is told, before policy edits it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ToldNextHop {
    /// Our own address where the peer is external; where it is not, the one that the route has.
    #[default]
    Usual,
    /// Our own address. Routes that we reflect keep theirs (RFC 4456 section 10).
    Own,
    /// The one that the route has.
    Unchanged,
}

impl SpeakerConfig {
    /// What a peer is to this speaker.
    pub fn relation(&self, peer: &PeerConfig) -> Relation {
        let is_member = |confederation: &Confederation| confederation.members.contains(&peer.asn);
        if peer.asn == self.asn {
            if peer.routing.reflector_client { Relation::Client } else { Relation::Internal }
        } else if self.confederation.as_ref().is_some_and(is_member) {
            Relation::Confederation
        } else {
            Relation::External
        }
    }

    /// The ASN that peers of this relation know us by.
    pub fn asn_towards(&self, relation: Relation) -> Asn {
        match &self.confederation {
            Some(confederation) if relation == Relation::External => confederation.id,
            _ => self.asn,
        }
    }

    /// The number of the cluster that our clients and we are.
    pub fn cluster_id(&self) -> Ipv4Addr {
        self.cluster_id.unwrap_or(self.router_id)
    }
}
