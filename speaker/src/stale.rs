//! Stale paths: what begins to be stale, and what ends it.

use crate::core::Core;
use crate::kept::{REFRESH_TIME, Until};
use crate::walk::Walk;
use bgp_rib::PeerId;
use bgp_wire::{Capability, Family};
use std::time::Instant;

impl Core {
    /// The peer begins to send `family` again: what it has said of it is stale until it is said again.
    ///
    /// A peer with a graceful restart does so only after its End-of-RIB marker (RFC 7313 section 4).
    pub(crate) fn refresh_begins(&mut self, id: PeerId, family: Family, now: Instant) {
        let Some(peer) = self.peer_mut(id) else { return };
        let Some(up) = &peer.up else { return };
        let restarts = |c: Capability<'_>| matches!(c, Capability::GracefulRestart(_));
        if up.exchange.open.capabilities.iter().any(restarts) && !up.ended.contains(family) {
            return;
        }
        if let Some(at) = now.checked_add(REFRESH_TIME) {
            peer.kept.keep(family, Until::RefreshEnds, at);
            self.walk(Walk::MarkStale(id, family));
        }
    }

    /// The peer has sent `family` again. An end without a beginning says nothing.
    pub(crate) fn refresh_ends(&mut self, id: PeerId, family: Family) {
        let Some(peer) = self.peer_mut(id) else { return };
        if peer.kept.until(family) == Some(Until::RefreshEnds) {
            peer.kept.end(family);
            self.walk(Walk::Sweep(id, family));
        }
    }

    /// The peer has sent all it had of `family` at first.
    pub(crate) fn end_of_rib(&mut self, id: PeerId, family: Family) {
        let Some(peer) = self.peer_mut(id) else { return };
        if let Some(up) = &mut peer.up {
            up.ended = up.ended.with(family);
        }
        if peer.kept.until(family) == Some(Until::EndOfRib) {
            peer.kept.end(family);
            self.walk(Walk::Sweep(id, family));
        }
    }

    /// When the next stale paths are kept no longer.
    pub(crate) fn stale_timeout(&self) -> Option<Instant> {
        self.peers.iter().filter_map(|peer| peer.kept.next()).min()
    }

    /// Takes every stale path that is kept no longer by `now`.
    pub(crate) fn expire_stale(&mut self, now: Instant) {
        for number in 0..self.peers.len() {
            let id = PeerId(u32::try_from(number).unwrap_or(u32::MAX));
            while let Some((family, until)) = self.peer_mut(id).and_then(|peer| peer.kept.expire(now)) {
                match until {
                    Until::SessionIsBack { then: Some(time) } => self.keep_long(id, family, time, now),
                    _ => self.walk(Walk::Sweep(id, family)),
                }
                self.forget_if_gone(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use bgp_wire::RouteRefresh;

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";
    const V4: bgp_wire::AfiSafi = bgp_wire::AfiSafi { afi: 1, safi: 1 };
    const ENHANCED: &[Capability<'_>] = &[Capability::EnhancedRouteRefresh];

    /// A peer that has announced both nets.
    fn rig(theirs: &[Capability<'_>]) -> (Rig, PeerId) {
        let mut rig = Rig::new();
        let id = rig.establish(peer(1), theirs);
        rig.announce(id, &[A, B]);
        (rig, id)
    }

    #[test]
    fn what_a_refresh_does_not_say_again_is_gone_at_its_end() {
        let (mut rig, id) = rig(ENHANCED);
        rig.refresh(id, RouteRefresh::begin(V4));
        assert_eq!(rig.nets(), [A, B]);
        rig.announce(id, &[A]);
        assert_eq!(rig.nets(), [A, B], "stale, and in use");
        rig.refresh(id, RouteRefresh::end(V4));
        assert_eq!(rig.nets(), [A]);
        rig.withdraw(id, &[A]);
        assert!(rig.nets().is_empty());
    }

    #[test]
    fn a_refresh_that_never_ends_is_over_in_time() {
        let (mut rig, id) = rig(ENHANCED);
        rig.refresh(id, RouteRefresh::begin(V4));
        for _ in 0..60 {
            rig.pass(std::time::Duration::from_secs(10));
            rig.message(id, bgp_wire::write_keepalive);
        }
        assert!(rig.nets().is_empty());
        assert_eq!(rig.engine.core().stale_timeout(), None);
    }

    /// (what the peer offers, what it says, whether nets are left)
    #[test]
    fn markers_that_say_nothing() {
        let restart = Capability::GracefulRestart(bgp_wire::GracefulRestart {
            restarting: false,
            notification: false,
            restart_time: 0,
            families: [].as_slice().into(),
        });
        let both = [Capability::EnhancedRouteRefresh, restart];
        let (begin, end) = (RouteRefresh::begin(V4), RouteRefresh::end(V4));
        let cases: [(&[Capability<'_>], &[RouteRefresh], bool, bool); 5] = [
            (ENHANCED, &[end], false, true),
            (ENHANCED, &[begin, end], false, false),
            (&[], &[begin, end], false, true),
            // RFC 7313 section 4: before its End-of-RIB marker nothing begins.
            (&both, &[begin, end], false, true),
            (&both, &[begin, end], true, false),
        ];
        for (theirs, said, ended, left) in cases {
            let (mut rig, id) = rig(theirs);
            if ended {
                rig.end_of_rib(id);
            }
            said.iter().for_each(|marker| rig.refresh(id, *marker));
            assert_eq!(!rig.nets().is_empty(), left, "{theirs:?} {said:?}");
        }
    }

    #[test]
    fn our_own_refresh_has_a_beginning_and_an_end() {
        let (mut rig, _) = rig(ENHANCED);
        let (to, plain) = (rig.establish(peer(2), ENHANCED), rig.establish(peer(3), &[]));
        let both = format!("{A} {B}");
        for id in [to, plain] {
            assert_eq!(rig.sent(id), [both.as_str(), "end of ipv4-unicast"]);
            rig.refresh(id, RouteRefresh::request(V4));
        }
        assert_eq!(rig.sent(to), ["begin ipv4-unicast", &both, "end ipv4-unicast"]);
        assert_eq!(rig.sent(plain), [both]);
        let sent = rig.engine.peer_status(to).unwrap().counters.sent;
        assert_eq!((sent.update, sent.route_refresh), (3, 2));
    }

    #[test]
    fn a_leak_is_refused_and_a_mark_is_set() {
        use bgp_wire::{Asn, Role};
        let mut rig = Rig::new();
        let mut config = peer(1);
        config.offers.role = Some(Role::Peer);
        let id = rig.establish(config, &[Capability::Role(Role::Peer)]);
        rig.announce(id, &[A]);
        rig.announce_with(id, &[B], |set| set.only_to_customer = Some(Asn(64999)));
        assert_eq!(rig.nets(), [A]);
        assert_eq!(rig.paths(A)[0].attrs.to_set().only_to_customer, Some(Asn(64501)));
        let why = rig.engine.routes_from(id).into_iter().find(|r| r.net.to_string() == B).unwrap().reason;
        assert!(why.contains("RFC 9234"), "{why}");
    }

    #[test]
    fn a_route_told_as_stale_is_the_last_choice() {
        let mut rig = Rig::new();
        let (first, second) = (rig.establish(peer(1), &[]), rig.establish(peer(2), &[]));
        rig.announce_with(first, &[A], |set| set.communities.push(bgp_wire::Community::LLGR_STALE));
        rig.announce_with(second, &[A], |set| set.as_path.prepend(bgp_wire::Asn(64502), 3));
        assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, second);
    }
}
