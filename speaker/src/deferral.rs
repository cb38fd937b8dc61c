//! After a restart of ours no route leaves before the peers have said all they have (RFC 4724 section 4.1).

use crate::core::Core;
use crate::peer::Up;
use std::time::Instant;

/// The Selection_Deferral_Timer, from the first peer on.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) enum Deferral {
    /// Routes leave as they are chosen.
    #[default]
    Over,
    /// We have restarted, and wait until then at most.
    Until(Option<Instant>),
}

impl Deferral {
    /// Whether routes wait.
    pub(crate) fn is_on(self) -> bool {
        self != Self::Over
    }

    /// When they leave at the latest.
    pub(crate) const fn deadline(self) -> Option<Instant> {
        match self {
            Self::Over => None,
            Self::Until(at) => at,
        }
    }
}

impl Core {
    /// The first peer starts the timer.
    pub(crate) fn begin_deferral(&mut self, now: Instant) {
        if let (Deferral::Until(at), Some(time)) = (&mut self.deferral, self.config.restarted) {
            *at = at.or_else(|| now.checked_add(time));
        }
    }

    /// Ends the deferral when it is time, or when every peer has said what it has; whether it ended now.
    pub(crate) fn end_deferral(&mut self, now: Instant) -> bool {
        let late = self.deferral.deadline().is_some_and(|at| at <= now);
        let said = |up: &Up| {
            // A peer that has restarted too waits for us, and one that does not know restarts says no end.
            up.exchange.restart.as_ref().is_none_or(|restart| {
                let mut families = up.exchange.negotiated.families.iter();
                restart.restarting || families.all(|family| up.ended.contains(family))
            })
        };
        let all_said = || self.peers.iter().all(|peer| peer.up.as_ref().is_some_and(said));
        if !self.deferral.is_on() || !(late || all_said()) {
            return false;
        }
        self.deferral = Deferral::Over;
        self.peers.iter_mut().filter_map(|peer| peer.up.as_mut()).for_each(|up| up.regroups = true);
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{LOCAL, Rig, peer};
    use crate::{PeerConfig, PeerId, SpeakerConfig};
    use bgp_session::Restart;
    use bgp_wire::{Capability, GracefulRestart, RestartFamily};
    use std::time::Duration;

    const NET: &str = "198.51.100.0/24";
    const V4: bgp_wire::AfiSafi = bgp_wire::AfiSafi { afi: 1, safi: 1 };
    const KEPT: &[RestartFamily] = &[RestartFamily { family: V4, forwarding_preserved: true }];

    fn restarts(restarting: bool) -> Capability<'static> {
        Capability::GracefulRestart(GracefulRestart {
            restarting,
            notification: true,
            restart_time: 60,
            families: KEPT.into(),
        })
    }

    fn config(n: u8) -> PeerConfig {
        let mut config = peer(n);
        config.offers.graceful_restart = Some(Restart::default());
        config
    }

    /// A speaker that has restarted, and two peers of which the first has announced a net.
    fn rig(theirs: [&[Capability<'_>]; 2]) -> (Rig, [PeerId; 2]) {
        let restarted = Some(Duration::from_mins(2));
        let mut rig = Rig::with(SpeakerConfig {
            seed: 1,
            restarted,
            ..SpeakerConfig::new(LOCAL, [192, 0, 2, 250].into())
        });
        let peers = [rig.engine.add_peer(config(1), rig.now), rig.engine.add_peer(config(2), rig.now)];
        rig.connect(peers[0], theirs[0]);
        rig.announce(peers[0], &[NET]);
        rig.connect(peers[1], theirs[1]);
        (rig, peers)
    }

    fn waits(rig: &mut Rig, to: PeerId) -> bool {
        let sent = rig.sent(to);
        assert!(sent.is_empty() || sent == [NET, "end of ipv4-unicast"], "{sent:?}");
        sent.is_empty()
    }

    #[test]
    fn routes_leave_when_every_peer_has_said_what_it_has() {
        let (mut rig, [first, second]) = rig([&[restarts(false)], &[restarts(false)]]);
        rig.end_of_rib(second);
        assert!(waits(&mut rig, second));
        rig.end_of_rib(first);
        assert!(!waits(&mut rig, second));
        assert!(!rig.engine.is_restarting());
    }

    #[test]
    fn who_has_restarted_or_knows_no_restart_is_not_waited_for() {
        for theirs in [&[restarts(true)][..], &[]] {
            let (mut rig, [first, second]) = rig([&[restarts(false)], theirs]);
            assert!(waits(&mut rig, second));
            rig.end_of_rib(first);
            assert!(!waits(&mut rig, second));
        }
    }

    #[test]
    fn after_the_time_routes_leave_whatever_is_missing() {
        let (mut rig, [_, second]) = rig([&[restarts(false)], &[restarts(false)]]);
        rig.pass(Duration::from_secs(89));
        assert!(waits(&mut rig, second));
        for peer in rig.engine.peers() {
            rig.message(peer, bgp_wire::write_keepalive);
        }
        rig.pass(Duration::from_secs(40));
        assert!(!waits(&mut rig, second));
    }

    #[test]
    fn one_that_has_not_restarted_waits_for_nobody() {
        let mut rig = Rig::new();
        let (from, to) = (rig.establish(config(1), &[restarts(false)]), rig.establish(config(2), &[]));
        rig.announce(from, &[NET]);
        assert_eq!(rig.sent(to), ["end of ipv4-unicast", NET]);
        assert!(!rig.engine.is_restarting());
    }
}
