//! What a session alone makes of routes that leave by it: roles, long-lived stale routes, a drain.

use crate::export::NotExported;
use crate::otc;
use crate::peer::Peer;
use crate::routing::PeerRouting;
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
    /// How many paths of a net of IPv4 and of IPv6 are told (RFC 7911); 0 where they have no identifiers.
    pub(crate) several: [u8; 2],
}

impl Marks {
    pub(crate) fn new(peer: &Peer, exchange: &Exchange) -> Self {
        let external = exchange.negotiated.peer == PeerKind::External;
        Self {
            role: peer.config.offers.role.filter(|_| external),
            knows_long_lived: exchange.knows_long_lived(),
            draining: peer.draining,
            ipv6_next_hop: exchange.negotiated.extended_next_hop.contains(Family::Ipv4Unicast),
            several: Family::UNICAST.map(|family| paths_told(peer, exchange, family)),
        }
    }

    /// How many paths of a net are told, if they have identifiers.
    pub(crate) fn several(self, family: Family) -> Option<u8> {
        let [v4, v6] = self.several;
        Some(if family == Family::Ipv4Unicast { v4 } else { v6 }).filter(|paths| *paths > 0)
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

    /// After policy: a route of a session that is to be taken down soon is the last choice (RFC 8326 section 4.2). LOCAL_PREF goes
    /// to no external peer, whatever policy made of it (RFC 4271 section 5.1.5): that two routes differ in it alone is nothing to tell.
    pub(crate) fn after_policy(self, relation: Relation, attrs: &AttributeSet) -> Option<AttributeSet> {
        let external = relation == Relation::External;
        if !self.draining && (!external || attrs.local_pref.is_none()) {
            return None;
        }
        let mut set = attrs.clone();
        if self.draining && !set.communities.contains(&Community::GRACEFUL_SHUTDOWN) {
            set.communities.push(Community::GRACEFUL_SHUTDOWN);
        }
        set.local_pref = (!external).then_some(0);
        Some(set)
    }
}

/// As many as we are to tell, unless the peer asks for less; 0 where it takes one alone.
fn paths_told(peer: &Peer, exchange: &Exchange, family: Family) -> u8 {
    if !exchange.negotiated.add_path_tx.contains(family) {
        return 0;
    }
    let asked =
        exchange.paths_limit(family).map_or(u8::MAX, |limit| u8::try_from(limit.get()).unwrap_or(u8::MAX));
    peer.config.routing.paths_told.clamp(1, PeerRouting::MOST_PATHS).min(asked)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Rig, peer};
    use crate::{PeerConfig, PeerId};
    use bgp_wire::{AddPath, Capability, FamilySet, PathsLimit};

    const NET: &str = "198.51.100.0/24";
    const V4: bgp_wire::AfiSafi = bgp_wire::AfiSafi { afi: 1, safi: 1 };

    fn tells(n: u8, paths_told: u8) -> PeerConfig {
        let mut config = peer(n);
        config.offers.add_path_tx = FamilySet::EVERY;
        config.routing.paths_told = paths_told;
        config
    }

    /// The path identifiers and MEDs of what a peer was told.
    fn told(rig: &mut Rig, to: PeerId) -> Vec<(u32, u32)> {
        rig.pump();
        let told = rig.engine.told_of(NET.parse().unwrap(), to);
        told.iter().map(|path| (path.path_id, path.attrs.med.unwrap())).collect()
    }

    /// MEDs are told as the route has them.
    fn keeps_med(config: PeerConfig) -> PeerConfig {
        PeerConfig { asn: bgp_wire::Asn(64500), ..config }
    }

    /// (how many we tell, whether the peer takes several, how many it asks for, what it is told)
    #[test]
    fn as_many_as_both_want() {
        let takes = [AddPath { family: V4, receive: true, send: false }];
        for (ours, takes_several, asked, want) in [
            (1, true, None, &[(1, 1)][..]),
            (2, true, None, &[(1, 1), (2, 2)]),
            (4, true, None, &[(1, 1), (2, 2), (3, 3)]),
            (4, true, Some(2), &[(1, 1), (2, 2)]),
            (4, true, Some(0), &[(1, 1), (2, 2), (3, 3)]),
            (200, true, Some(9), &[(1, 1), (2, 2), (3, 3)]),
            (0, true, None, &[(1, 1)]),
            (4, false, None, &[(0, 1)]),
        ] {
            let mut rig = Rig::new();
            let limits = asked.map(|limit| [PathsLimit { family: V4, limit }]);
            let mut theirs = Vec::new();
            theirs.extend(takes_several.then(|| Capability::AddPath(takes.as_slice().into())));
            theirs.extend(limits.as_ref().map(|limits| Capability::PathsLimit(limits.as_slice().into())));
            let to = rig.establish(keeps_med(tells(9, ours)), &theirs);
            for n in 1..4u8 {
                let from = rig.establish(peer(n), &[]);
                rig.announce_with(from, &[NET], |set| set.med = Some(n.into()));
            }
            assert_eq!(told(&mut rig, to), want, "{ours} {takes_several} {asked:?}");
            assert_eq!(rig.engine.peer_status(to).unwrap().announced, want.len());
        }
    }

    /// What changes of a path that is not the best is told, and a path that goes is taken back by its identifier.
    #[test]
    fn every_path_has_a_life_of_its_own() {
        let takes = [AddPath { family: V4, receive: true, send: false }];
        let mut rig = Rig::new();
        let to = rig.establish(keeps_med(tells(9, 2)), &[Capability::AddPath(takes.as_slice().into())]);
        let [a, b, c] = [1, 2, 3].map(|n| rig.establish(peer(n), &[]));
        for (from, med) in [(a, 1), (b, 2), (c, 3)] {
            rig.announce_with(from, &[NET], |set| set.med = Some(med));
        }
        assert_eq!(told(&mut rig, to), [(1, 1), (2, 2)]);
        rig.announce_with(b, &[NET], |set| set.med = Some(8));
        assert_eq!(told(&mut rig, to), [(1, 1), (2, 8)]);
        rig.sent(to);
        rig.withdraw(a, &[NET]);
        assert_eq!(told(&mut rig, to), [(1, 3), (2, 8)]);
        assert_eq!(rig.sent(to), [format!("1 {NET}")]);
        rig.input(b, crate::Input::Closed(crate::Conn::Dialed));
        assert_eq!(told(&mut rig, to), [(1, 3)]);
        assert_eq!(rig.sent(to), [format!("-2 {NET}")]);
        let own = rig.establish(keeps_med(tells(8, 2)), &[Capability::AddPath(takes.as_slice().into())]);
        assert_eq!(told(&mut rig, own), [(1, 3)]);
    }

    /// A route server's client is not told its own, however good, and has as many of the others.
    #[test]
    fn a_client_of_a_route_server_has_all_that_it_may() {
        let takes = [AddPath { family: V4, receive: true, send: false }];
        let mut config = tells(1, 2);
        config.routing.route_server_client = true;
        let mut rig = Rig::new();
        let client = rig.establish(config, &[Capability::AddPath(takes.as_slice().into())]);
        let [b, c] = [2, 3].map(|n| {
            let mut config = peer(n);
            config.routing.route_server_client = true;
            rig.establish(config, &[])
        });
        for (from, med) in [(client, 1), (b, 2), (c, 3)] {
            rig.announce_with(from, &[NET], |set| set.med = Some(med));
        }
        assert_eq!(told(&mut rig, client), [(1, 2), (2, 3)]);
    }
}
