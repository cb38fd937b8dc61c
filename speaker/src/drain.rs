//! Taking a session down without loss: first its routes are the last choice, on both sides (RFC 8326).

use crate::config::AdjRibIn;
use crate::core::Core;
use crate::egress::Marks;
use crate::engine::{Action, Engine};
use crate::export::Towards;
use crate::groups::Joining;
use crate::peer::Up;
use crate::walk::Walk;
use bgp_rib::PeerId;
use bgp_wire::Family;
use std::time::Instant;

impl Engine {
    /// Begins or ends the drain of a peer's session (RFC 8326): its routes are the last choice here, and ours at the
    /// peer, so that it can be taken down without loss. Where it ends, the peer is asked for its routes again if they
    /// were not kept as they came.
    pub fn drain(&mut self, peer: PeerId, draining: bool, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.finish(now, out);
        let kept = self.core().peer(peer).is_some_and(|p| p.config.adj_rib_in == AdjRibIn::Kept);
        if self.core_mut().set_draining(peer, draining) && !draining && !kept {
            self.refresh(peer, now, out);
        }
        self.core_mut().tell_changes(now, out);
    }
}

impl Core {
    /// Begins or ends the drain of a peer; whether that is a change. Its routes here become the last choice; what they
    /// were before is for the peer to say again, where they are not kept as they came.
    pub(crate) fn set_draining(&mut self, id: PeerId, draining: bool) -> bool {
        let Some(peer) = self.peer_mut(id).filter(|peer| peer.draining != draining) else { return false };
        peer.draining = draining;
        if let Some(up) = &mut peer.up {
            up.regroups = true;
        }
        let again = peer.config.adj_rib_in == AdjRibIn::Kept;
        for family in Family::UNICAST {
            if again {
                self.walk(Walk::JudgeAgain(id, family));
            } else if draining {
                self.walk(Walk::Lower(id, family));
            }
        }
        true
    }

    /// Moves a peer that has been sent all that waited to the group of those that are told the same as it is from now
    /// on; whether it has moved.
    pub(crate) fn regroup(&mut self, id: PeerId) -> bool {
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return false };
        let may = |up: &&mut Up| up.regroups && up.awaits_filters.is_empty() && !self.deferral.is_on();
        let Some(up) = peer.up.as_mut().filter(may) else { return false };
        up.regroups = false;
        let (group, session, exchange) = (up.group, up.session, up.exchange.clone());
        let towards = Towards::new(&session, peer, Marks::new(peer, &exchange));
        let (groups, n) = (&mut self.changes.groups, &exchange.negotiated);
        let joining = Joining { peer: id, asn: peer.config.asn, had: groups.take_out(group, id) };
        let group = groups.join(joining, n, towards, &self.rib, self.config.seed);
        if let Some(up) = &mut peer.up {
            up.group = group;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{LOCAL, Rig, peer};
    use crate::{Net, PeerConfig, PeerId};
    use bgp_session::Restart;
    use bgp_wire::{Asn, AttributeSet, Capability, Community, Role, StaleFamily};

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";

    fn told(rig: &mut Rig, to: PeerId, net: &str) -> Option<AttributeSet> {
        rig.pump();
        let net: Net = net.parse().unwrap();
        let told = rig.engine.routes_to(to).into_iter().find(|(n, _)| *n == net);
        told.map(|(_, attrs)| attrs)
    }

    fn drain(rig: &mut Rig, id: PeerId, draining: bool) {
        let now = rig.now;
        rig.engine.drain(id, draining, now, &mut |_| {});
        rig.pump();
    }

    #[test]
    fn a_drained_session_is_the_last_choice_on_both_sides_until_it_is_no_more() {
        let mut rig = Rig::new();
        let (first, second) = (rig.establish(peer(1), &[]), rig.establish(peer(2), &[]));
        rig.announce(first, &[A]);
        rig.announce_with(second, &[A, B], |set| set.as_path.prepend(Asn(64502), 3));
        assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, first);
        assert!(told(&mut rig, first, B).unwrap().communities.is_empty());
        rig.sent(first);
        drain(&mut rig, first, true);
        assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, second);
        assert_eq!(told(&mut rig, first, B).unwrap().communities, [Community::GRACEFUL_SHUTDOWN]);
        assert!(told(&mut rig, second, B).is_none());
        rig.announce(first, &[A]);
        assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, second, "what it says anew likewise");
        assert!(rig.engine.peer_status(first).unwrap().draining);

        drain(&mut rig, first, false);
        assert!(told(&mut rig, first, B).unwrap().communities.is_empty());
        rig.announce(first, &[A]);
        assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, first);
    }

    #[test]
    fn what_waits_for_a_peer_is_sent_before_its_drain_begins() {
        let mut rig = Rig::new();
        let (to, from) = (rig.establish(peer(1), &[]), rig.establish(peer(2), &[]));
        rig.announce(from, &[A, B]);
        rig.sent(to);
        rig.withdraw(from, &[A]);
        drain(&mut rig, to, true);
        assert_eq!(rig.sent(to), [format!("-{A}"), B.to_owned()]);
        assert!(told(&mut rig, to, A).is_none());
    }

    #[test]
    fn a_route_of_a_session_that_its_peer_drains_is_the_last_choice() {
        let mut rig = Rig::new();
        let (first, second) = (rig.establish(peer(1), &[]), rig.establish(peer(2), &[]));
        rig.announce_with(first, &[A], |set| set.communities.push(Community::GRACEFUL_SHUTDOWN));
        rig.announce_with(second, &[A], |set| set.as_path.prepend(Asn(64502), 3));
        assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, second);
        assert_eq!(rig.paths(A)[0].attrs.local_pref(), 0);
    }

    fn with_role(n: u8, role: Role) -> PeerConfig {
        let mut config = peer(n);
        config.offers.role = Some(role);
        config
    }

    /// RFC 9234 section 5: (what we are to who announces, what we are to who is told, OTC as it is told; none is
    /// not told)
    #[test]
    fn roles_decide_what_leaves_and_how_it_is_marked() {
        use Role::{Customer, Peer, Provider};
        for (from_role, to_role, want) in [
            (Provider, Provider, Some(Some(LOCAL))),
            (Provider, Customer, Some(None)),
            (Provider, Peer, Some(Some(LOCAL))),
            (Customer, Provider, Some(Some(Asn(64501)))),
            (Customer, Customer, None),
            (Customer, Peer, None),
            (Peer, Provider, Some(Some(Asn(64501)))),
            (Peer, Peer, None),
        ] {
            let mut rig = Rig::new();
            let from = rig.establish(with_role(1, from_role), &[]);
            let to = rig.establish(with_role(2, to_role), &[]);
            rig.announce(from, &[A]);
            let got = told(&mut rig, to, A).map(|set| set.only_to_customer);
            assert_eq!(got, want, "{from_role} to {to_role}");
            let why = rig.engine.export_of(A.parse().unwrap(), to).unwrap();
            assert_eq!(why.is_err_and(|why| why.contains("RFC 9234")), want.is_none());
        }
    }

    #[test]
    fn only_who_knows_long_lived_stale_routes_is_told_of_them() {
        let v4 = bgp_wire::AfiSafi { afi: 1, safi: 1 };
        let stale = [StaleFamily { family: v4, forwarding_preserved: false, stale_time: 60 }];
        let knows = Capability::LongLivedGracefulRestart(stale.as_slice().into());
        let mut rig = Rig::new();
        let from = rig.establish(peer(1), &[]);
        let mut config = peer(2);
        config.offers.graceful_restart = Some(Restart { long_lived: Some(60), ..Restart::default() });
        let (to, other) = (rig.establish(config, &[knows]), rig.establish(peer(3), &[]));
        rig.announce_with(from, &[A], |set| set.communities.push(Community::LLGR_STALE));
        assert_eq!(told(&mut rig, to, A).unwrap().communities, [Community::LLGR_STALE]);
        assert!(told(&mut rig, other, A).is_none());
        let why = rig.engine.export_of(A.parse().unwrap(), other).unwrap().unwrap_err();
        assert!(why.contains("RFC 9494"), "{why}");
    }
}
