//! What is kept of a peer that restarts, and for how long (RFC 4724 section 4.2, RFC 9494 section 4).

use crate::core::{Core, noted};
use crate::kept::Until;
use crate::walk::Walk;
use bgp_rib::{PeerId, PeerInfo};
use bgp_session::{Down, Exchange, PeerRestart};
use bgp_wire::Family;
use std::time::{Duration, Instant};

/// The longest that anything is kept of a peer, whatever it asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeptAtMost {
    /// Until its session is up again.
    pub restart: Duration,
    /// From then on until its End-of-RIB marker.
    pub stale: Duration,
    /// As the last choice (RFC 9494).
    pub long_lived: Duration,
    /// Whether anything is kept after a failure of BFD that may be that of the peer's control plane alone: one of both
    /// ends does not set the C bit. BGP does not say beforehand that it restarts, so that such a failure is one like any
    /// other (RFC 5882 section 4.3.2.2); some speakers keep routes nevertheless.
    pub after_bfd_failure: bool,
}

impl Default for KeptAtMost {
    /// Five minutes, six minutes, a day; nothing after a failure of BFD.
    fn default() -> Self {
        Self {
            restart: Duration::from_mins(5),
            stale: Duration::from_mins(6),
            long_lived: Duration::from_hours(24),
            after_bfd_failure: false,
        }
    }
}

impl Core {
    /// Keeps what the peer has asked to be kept when its session ended; `false` where that is nothing.
    pub(crate) fn keep_for_restart(
        &mut self,
        id: PeerId,
        exchange: &Exchange,
        why: &Down,
        now: Instant,
    ) -> bool {
        let Some(restart) = exchange.restart.as_ref().filter(|r| why.is_graceful(r.notification)) else {
            return false;
        };
        for family in exchange.negotiated.families.iter() {
            // What is stale from before is not kept through a second restart.
            let until = self.peer_mut(id).and_then(|peer| peer.kept.end(family));
            if until.is_some_and(|until| until != Until::RefreshEnds) {
                self.walk(Walk::Sweep(id, family));
            }
            let at = self.restart_ends(id, restart, now).filter(|_| restart.families.contains(family));
            match (at, self.peer_mut(id)) {
                (Some(at), Some(peer)) => {
                    peer.kept.keep(family, Until::SessionIsBack { then: restart.long_lived(family) }, at);
                    self.walk(Walk::MarkStale(id, family));
                }
                _ => self.walk(Walk::Withdraw(id, family)),
            }
        }
        self.peer(id).is_some_and(|peer| peer.kept.next().is_some())
    }

    fn restart_ends(&self, id: PeerId, restart: &PeerRestart, now: Instant) -> Option<Instant> {
        now.checked_add(restart.time.min(self.peer(id)?.config.kept_at_most.restart))
    }

    /// The peer's session is up: tells the RIB, and keeps what is stale only as far as its OPEN allows.
    pub(crate) fn back_from_restart(
        &mut self,
        id: PeerId,
        info: PeerInfo,
        exchange: &Exchange,
        now: Instant,
    ) {
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
        if peer.kept.next().is_none() {
            self.rib.peer_up(id, info, &mut noted(&mut self.changes));
            return;
        }
        self.rib.peer_back(id, info);
        for family in Family::UNICAST {
            let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
            let Some(until) = peer.kept.end(family) else { continue };
            let goes_on = exchange.restart.as_ref().is_some_and(|restart| match until {
                Until::LongLived => restart.long_forwarding.contains(family),
                _ => restart.forwarding.contains(family),
            });
            match now.checked_add(peer.config.kept_at_most.stale).filter(|_| goes_on) {
                Some(at) => peer.kept.keep(family, Until::EndOfRib, at),
                None => self.walk(Walk::Sweep(id, family)),
            }
        }
    }

    /// The restart time is over and the session is not back: what may be kept for long is from now on.
    pub(crate) fn keep_long(&mut self, id: PeerId, family: Family, time: Duration, now: Instant) {
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
        let Some(at) = now.checked_add(time.min(peer.config.kept_at_most.long_lived)) else { return };
        peer.kept.keep(family, Until::LongLived, at);
        self.walk(Walk::KeepLong(id, family));
    }

    /// Nothing of a peer without a session is kept any longer: it is gone.
    pub(crate) fn forget_if_gone(&mut self, id: PeerId) {
        if self.peer(id).is_some_and(|peer| peer.up.is_none() && peer.kept.next().is_none()) {
            self.walk_peer_down(id);
        }
    }

    /// The peer's forwarding has failed: nothing of it is worth keeping (RFC 5882 section 4.3.1).
    pub(crate) fn abort_restart(&mut self, id: PeerId) {
        let Some(peer) = self.peer_mut(id).filter(|peer| peer.up.is_none()) else { return };
        peer.kept = crate::kept::Kept::default();
        self.forget_if_gone(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{Conn, Input, PeerConfig};
    use bgp_session::Restart;
    use bgp_wire::{Capability, Community, GracefulRestart, RestartFamily, StaleFamily};

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";
    const V4: bgp_wire::AfiSafi = bgp_wire::AfiSafi { afi: 1, safi: 1 };
    const KEPT: &[RestartFamily] = &[RestartFamily { family: V4, forwarding_preserved: true }];
    const NOT_PRESERVED: &[RestartFamily] = &[RestartFamily { family: V4, forwarding_preserved: false }];
    const LONG: &[StaleFamily] = &[StaleFamily { family: V4, forwarding_preserved: true, stale_time: 3600 }];

    fn restarts(families: &'static [RestartFamily], time: u16) -> Capability<'static> {
        Capability::GracefulRestart(GracefulRestart {
            restarting: false,
            notification: true,
            restart_time: time,
            families: families.into(),
        })
    }

    fn helper() -> PeerConfig {
        let mut config = peer(1);
        config.offers.graceful_restart = Some(Restart { long_lived: Some(7200), ..Restart::default() });
        config
    }

    /// A peer that has announced both nets, and another that knows one of them, with a longer path.
    fn rig(theirs: &[Capability<'_>]) -> (Rig, PeerId) {
        let mut rig = Rig::new();
        let id = rig.establish(helper(), theirs);
        let other = rig.establish(peer(2), &[]);
        rig.announce(id, &[A, B]);
        rig.announce_with(other, &[B], |set| set.as_path.prepend(bgp_wire::Asn(64502), 4));
        (rig, id)
    }

    fn lost(rig: &mut Rig, id: PeerId) {
        rig.input(id, Input::Closed(Conn::Dialed));
    }

    #[test]
    fn paths_outlast_the_session_until_the_restart_time_is_over() {
        let (mut rig, id) = rig(&[restarts(KEPT, 60)]);
        lost(&mut rig, id);
        assert_eq!(rig.nets(), [A, B]);
        assert_eq!(rig.engine.best(B.parse().unwrap()).unwrap().peer, id, "it competes as it did");
        rig.pass_alive(50);
        assert_eq!(rig.nets(), [A, B]);
        rig.pass_alive(20);
        assert_eq!(rig.nets(), [B]);
        assert!(rig.engine.routes_from(id).is_empty());
    }

    #[test]
    fn what_is_not_said_again_is_swept_at_end_of_rib_or_in_time() {
        for ends in [true, false] {
            let theirs = [restarts(KEPT, 60)];
            let (mut rig, id) = rig(&theirs);
            lost(&mut rig, id);
            rig.connect(id, &theirs);
            assert_eq!(rig.nets(), [A, B]);
            rig.announce(id, &[B]);
            if ends {
                rig.end_of_rib(id);
            } else {
                rig.pass_alive(350);
                assert_eq!(rig.nets(), [A, B]);
                rig.pass_alive(20);
            }
            assert_eq!(rig.nets(), [B]);
            assert_eq!(rig.engine.best(B.parse().unwrap()).unwrap().peer, id);
        }
    }

    /// (the peer's OPEN before, its OPEN after, whether its paths are there before End-of-RIB)
    #[test]
    fn its_new_open_says_what_may_stay() {
        let cases: &[(&[Capability<'_>], &[Capability<'_>], bool)] = &[
            (&[restarts(KEPT, 60)], &[restarts(KEPT, 60)], true),
            (&[restarts(KEPT, 60)], &[restarts(NOT_PRESERVED, 60)], false),
            (&[restarts(KEPT, 60)], &[restarts(&[], 60)], false),
            (&[restarts(KEPT, 60)], &[], false),
            (&[restarts(NOT_PRESERVED, 60)], &[restarts(KEPT, 60)], true),
            (&[restarts(&[], 60)], &[restarts(KEPT, 60)], false),
            (&[], &[restarts(KEPT, 60)], false),
        ];
        for (before, after, there) in cases {
            let (mut rig, id) = rig(before);
            lost(&mut rig, id);
            rig.connect(id, after);
            assert_eq!(!rig.engine.routes_from(id).is_empty(), *there, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_second_restart_ends_what_is_left_of_the_first() {
        let theirs = [restarts(KEPT, 60)];
        let (mut rig, id) = rig(&theirs);
        lost(&mut rig, id);
        rig.connect(id, &theirs);
        rig.announce(id, &[B]);
        lost(&mut rig, id);
        assert_eq!(rig.nets(), [B]);
        assert_eq!(rig.engine.routes_from(id).len(), 1);
    }

    #[test]
    fn for_long_it_is_the_last_choice_and_no_llgr_goes() {
        let theirs = [restarts(KEPT, 60), Capability::LongLivedGracefulRestart(LONG.into())];
        let (mut rig, id) = rig(&theirs);
        rig.announce_with(id, &["192.0.2.0/24"], |set| set.communities.push(Community::NO_LLGR));
        lost(&mut rig, id);
        assert_eq!(rig.nets().len(), 3);
        rig.pass_alive(70);
        assert_eq!(rig.nets(), [A, B]);
        assert_ne!(rig.engine.best(B.parse().unwrap()).unwrap().peer, id);
        assert_eq!(rig.paths(A)[0].attrs.to_set().communities, [Community::LLGR_STALE]);
        rig.pass_alive(3500);
        assert_eq!(rig.nets(), [A, B]);
        rig.pass_alive(110);
        assert_eq!(rig.nets(), [B]);
    }

    #[test]
    fn a_restart_time_of_0_goes_to_the_long_one_at_once() {
        let theirs = [restarts(KEPT, 0), Capability::LongLivedGracefulRestart(LONG.into())];
        let (mut rig, id) = rig(&theirs);
        lost(&mut rig, id);
        rig.pass_alive(10);
        assert_eq!(rig.paths(A)[0].attrs.to_set().communities, [Community::LLGR_STALE]);
        rig.connect(id, &theirs);
        rig.announce(id, &[A]);
        assert!(rig.paths(A)[0].attrs.to_set().communities.is_empty());
        rig.end_of_rib(id);
        assert_eq!(rig.engine.routes_from(id).len(), 1);
    }

    #[test]
    fn a_hard_end_and_a_failed_path_keep_nothing() {
        let change = |independent| bfd::Change {
            from: bfd::State::Up,
            to: bfd::State::Down,
            diag: bfd::Diag::DETECTION_TIME_EXPIRED,
            remote: bfd::Remote {
                state: bfd::State::Up,
                diag: bfd::Diag::NONE,
                control_plane_independent: independent,
            },
        };
        let (mut rig, id) = rig(&[restarts(KEPT, 60)]);
        rig.input(id, Input::Stop(bgp_wire::NotificationCode::ADMINISTRATIVE_SHUTDOWN, ""));
        assert_eq!(rig.nets(), [B]);
        for (independent, left) in [(false, true), (true, false)] {
            let (mut rig, id) = self::rig(&[restarts(KEPT, 60)]);
            lost(&mut rig, id);
            let (now, change) = (rig.now, change(independent));
            let mut config = crate::BfdConfig {
                session: bfd::SessionParams::new([192, 0, 2, 250].into(), [192, 0, 2, 1].into()),
                strict: false,
                negotiated: None,
            };
            config.session.control_plane_independent = true;
            rig.engine.core_mut().peer_mut(id).unwrap().config.bfd = Some(config);
            rig.engine.bfd_changed(id, change, now, now, &mut |_| {});
            assert_eq!(!rig.engine.routes_from(id).is_empty(), left, "{independent}");
        }
    }

    /// RFC 5882 section 4.3.2.2: (whether both set the C bit, whether routes are kept nevertheless, whether any are left)
    #[test]
    fn a_failure_of_bfd_ends_an_established_session_for_good() {
        for (independent, kept, left) in
            [(false, false, false), (true, false, false), (false, true, true), (true, true, false)]
        {
            let session = bfd::SessionParams::new([192, 0, 2, 250].into(), [192, 0, 2, 1].into());
            let mut config = crate::BfdConfig { session, strict: false, negotiated: None };
            config.session.control_plane_independent = true;
            let kept_at_most = KeptAtMost { after_bfd_failure: kept, ..KeptAtMost::default() };
            let mut rig = Rig::new();
            let peer = PeerConfig { bfd: Some(config), kept_at_most, ..helper() };
            let id = rig.establish(peer, &[restarts(KEPT, 60)]);
            rig.announce(id, &[A]);
            let state =
                |state| bfd::Remote { state, diag: bfd::Diag::NONE, control_plane_independent: independent };
            let up = bfd::Change {
                from: bfd::State::Init,
                to: bfd::State::Up,
                diag: bfd::Diag::NONE,
                remote: state(bfd::State::Up),
            };
            let diag = bfd::Diag::DETECTION_TIME_EXPIRED;
            let down = bfd::Change { from: bfd::State::Up, to: bfd::State::Down, diag, ..up };
            let now = rig.now;
            rig.engine.bfd_changed(id, up, now, now, &mut |_| {});
            rig.engine.bfd_changed(id, down, now, now, &mut |_| {});
            assert_ne!(rig.engine.peer_status(id).unwrap().state, crate::State::Established);
            assert_eq!(!rig.engine.routes_from(id).is_empty(), left, "{independent} {kept}");
        }
    }
}
