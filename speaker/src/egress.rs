//! What a session alone makes of routes that leave by it: roles, long-lived stale routes, a drain.

use crate::export::NotExported;
use crate::otc;
use crate::peer::Peer;
use bgp_rib::Relation;
use bgp_session::Exchange;
use bgp_wire::{Asn, AttributeSet, Community, Family, PeerKind, Role};

/// What of it the sessions of one update group have in common.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Marks {
    /// What we are to the peers (RFC 9234).
    pub(crate) role: Option<Role>,
    /// Whether they may be told of routes that are stale for long (RFC 9494).
    pub(crate) knows_long_lived: bool,
    /// Whether the session is to be taken down soon (RFC 8326).
    pub(crate) draining: bool,
    /// Whether IPv4 routes may have IPv6 next hops (RFC 8950).
    pub(crate) ipv6_next_hop: bool,
}

impl Marks {
    pub(crate) fn new(peer: &Peer, exchange: &Exchange) -> Self {
        let external = exchange.negotiated.peer == PeerKind::External;
        Self {
            role: peer.config.offers.role.filter(|_| external),
            knows_long_lived: exchange.knows_long_lived(),
            draining: peer.draining,
            ipv6_next_hop: exchange.negotiated.extended_next_hop.contains(Family::Ipv4Unicast),
        }
    }

    /// Before policy: what must not leave, and the mark of RFC 9234 section 5.
    pub(crate) fn before_policy(self, local: Asn, set: &mut AttributeSet) -> Result<(), NotExported> {
        if !self.knows_long_lived && set.communities.contains(&Community::LLGR_STALE) {
            return Err(NotExported::StaleForLong);
        }
        match self.role {
            Some(role) if !otc::sent(role, local, set) => Err(NotExported::OnlyToCustomer),
            _ => Ok(()),
        }
    }

    /// After policy: a route of a session that is to be taken down soon is the last choice (RFC 8326 section 4.2).
    pub(crate) fn after_policy(self, relation: Relation, attrs: &AttributeSet) -> Option<AttributeSet> {
        if !self.draining {
            return None;
        }
        let mut set = attrs.clone();
        if !set.communities.contains(&Community::GRACEFUL_SHUTDOWN) {
            set.communities.push(Community::GRACEFUL_SHUTDOWN);
        }
        set.local_pref = (relation != Relation::External).then_some(0);
        Some(set)
    }
}
