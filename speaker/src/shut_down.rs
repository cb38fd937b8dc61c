//! What an operator says of one session: begin anew, stay down, come back (RFC 4486), and why (RFC 9003).

use crate::core::Core;
use crate::engine::{Action, Engine};
use bgp_rib::PeerId;
use bgp_session::Input;
use bgp_wire::NotificationCode;
use std::time::Instant;

impl Engine {
    /// Ends a peer's session with Cease, Administrative Reset (RFC 4486), and the operator's text (RFC 9003): it begins anew at once. A
    /// session that is down is not made to wait any longer. One that is kept down by [`Engine::shut_down`] stays so.
    pub fn reset(&mut self, peer: PeerId, text: &str, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        if !self.is_shut_down(peer) {
            self.handle(peer, Input::Restart(NotificationCode::ADMINISTRATIVE_RESET, text), now, out);
            self.handle(peer, Input::Start, now, out);
        }
    }

    /// Ends a peer's session with Cease, Administrative Shutdown (RFC 4486), and the operator's text (RFC 9003), and keeps it down
    /// until [`Engine::bring_back`].
    pub fn shut_down(&mut self, peer: PeerId, text: &str, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        if self.core_mut().set_shut_down(peer, true) {
            self.handle(peer, Input::Stop(NotificationCode::ADMINISTRATIVE_SHUTDOWN, text), now, out);
        }
    }

    /// Whether a peer's session is kept down by [`Engine::shut_down`].
    pub fn is_shut_down(&self, peer: PeerId) -> bool {
        self.core().peer(peer).is_some_and(|peer| peer.shut_down)
    }

    /// Lets a session that was shut down begin again.
    pub fn bring_back(&mut self, peer: PeerId, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        if self.core_mut().set_shut_down(peer, false) {
            self.handle(peer, Input::Start, now, out);
        }
    }
}

impl Core {
    /// Notes that an operator keeps a peer's session down, or no longer; whether that is a change.
    pub(crate) fn set_shut_down(&mut self, id: PeerId, shut_down: bool) -> bool {
        let Some(peer) = self.peer_mut(id).filter(|peer| peer.shut_down != shut_down) else { return false };
        peer.shut_down = shut_down;
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Rig, peer};
    use crate::{Action, BeyondLimit, Conn, Engine, PeerConfig, PeerId, PrefixLimits};
    use bgp_session::{Down, State};
    use bgp_wire::{MAX_MESSAGE, Notification, NotificationCode, frame};
    use std::num::NonZeroU32;
    use std::time::{Duration, Instant};

    type Order = fn(&mut Engine, PeerId, Instant, &mut dyn FnMut(Action<'_>));

    /// The Cease that the peer hears of an order, and the operator's text in it.
    fn order(rig: &mut Rig, id: PeerId, order: Order) -> Option<(NotificationCode, Option<String>)> {
        let (mut heard, now) = (None, rig.now);
        order(&mut rig.engine, id, now, &mut |action| {
            let Action::Send(_, _, octets) = action else { return };
            let message = frame(octets, MAX_MESSAGE).unwrap().unwrap();
            let notification = Notification::decode(message.body);
            heard = Some((notification.code, notification.communication().map(str::to_owned)));
        });
        heard
    }

    fn state(rig: &Rig, id: PeerId) -> State {
        rig.engine.peer_status(id).unwrap().state
    }

    const RESET: Order = |engine, id, now, mut out| engine.reset(id, "another policy", now, &mut out);
    const SHUT_DOWN: Order = |engine, id, now, mut out| engine.shut_down(id, "until 06:00", now, &mut out);
    const BRING_BACK: Order = |engine, id, now, mut out| engine.bring_back(id, now, &mut out);

    #[test]
    fn a_session_that_is_reset_begins_anew_at_once() {
        let mut rig = Rig::new();
        let id = rig.establish(peer(1), &[]);
        let told = (NotificationCode::ADMINISTRATIVE_RESET, Some("another policy".to_owned()));
        assert_eq!(order(&mut rig, id, RESET), Some(told));
        assert_eq!(state(&rig, id), State::Connect);
        rig.connect(id, &[]);
    }

    #[test]
    fn an_idle_hold_is_cut_short_by_a_reset() {
        let mut rig = Rig::new();
        let id = rig.establish(peer(1), &[]);
        rig.input(id, crate::Input::Closed(Conn::Dialed));
        assert_eq!(state(&rig, id), State::Idle);
        assert_eq!(order(&mut rig, id, RESET), None);
        assert_eq!(state(&rig, id), State::Connect);
    }

    #[test]
    fn a_session_that_is_shut_down_stays_so_until_it_is_brought_back() {
        let mut rig = Rig::new();
        let id = rig.establish(peer(1), &[]);
        let told = (NotificationCode::ADMINISTRATIVE_SHUTDOWN, Some("until 06:00".to_owned()));
        assert_eq!(order(&mut rig, id, SHUT_DOWN), Some(told));
        let status = rig.engine.peer_status(id).unwrap();
        let why = Down::Stopped(NotificationCode::ADMINISTRATIVE_SHUTDOWN);
        assert!(status.shut_down && status.last_down.unwrap().1 == why);
        for again in [RESET, SHUT_DOWN] {
            assert_eq!(order(&mut rig, id, again), None);
        }
        rig.pass(Duration::from_hours(1));
        assert_eq!(state(&rig, id), State::Idle);
        assert_eq!(order(&mut rig, id, BRING_BACK), None);
        assert!(!rig.engine.peer_status(id).unwrap().shut_down);
        rig.connect(id, &[]);
        assert_eq!(order(&mut rig, id, BRING_BACK), None, "it is there");
        assert_eq!(state(&rig, id), State::Established);
    }

    #[test]
    fn neither_time_nor_a_higher_limit_brings_back_what_is_shut_down() {
        let limits = |n| PrefixLimits {
            ipv4: NonZeroU32::new(n),
            beyond: BeyondLimit::Restart(Duration::from_mins(5)),
            ..PrefixLimits::default()
        };
        let mut rig = Rig::new();
        let id = rig.establish(PeerConfig { max_prefixes: limits(1), ..peer(1) }, &[]);
        rig.announce(id, &["198.51.100.0/24", "203.0.113.0/24"]);
        assert_eq!(state(&rig, id), State::Idle);
        order(&mut rig, id, SHUT_DOWN);
        rig.pass(Duration::from_hours(1));
        let now = rig.now;
        rig.engine.set_prefix_limits(id, limits(9), now, &mut |_| {});
        assert_eq!(state(&rig, id), State::Idle);
        order(&mut rig, id, BRING_BACK);
        assert_eq!(state(&rig, id), State::Connect);
    }
}
