//! Walks over all nets of a family, in pieces: between two of them KEEPALIVEs leave, and nothing else happens.

use crate::config::AdjRibIn;
use crate::core::{Core, noted};
use bgp_rib::{AttrSet, Interner, PeerId};
use bgp_wire::{AttributeSet, Community, Family, TooLong};
use std::collections::VecDeque;
use std::ops::Range;

/// How many nets are looked at in one piece.
pub(crate) const PIECE: u32 = 4096;

/// Something that is done with every net.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Walk {
    /// All that the peer has is withdrawn.
    Withdraw(PeerId, Family),
    /// And nothing more is to come from it.
    PeerDown(PeerId),
    /// What the peer has is stale.
    MarkStale(PeerId, Family),
    /// What is stale of it is withdrawn.
    Sweep(PeerId, Family),
    /// What is stale of it is the last choice (RFC 9494).
    KeepLong(PeerId, Family),
    /// What the peer has is the last choice, for its session is to be taken down (RFC 8326).
    Lower(PeerId, Family),
    /// What the peer has is judged by import policy again.
    JudgeAgain(PeerId, Family),
    /// What the peer has is judged again where what others say of it has changed.
    Revalidate(PeerId, Family),
    /// What the peer has was accepted by a policy that is no more.
    MarkFormer(PeerId, Family),
    /// The peer is to be told what its group is.
    Regroup(PeerId),
    /// Nets without paths that every peer has been told to forget are let go of.
    Reap,
}

/// Walks that are not done, in their order.
#[derive(Default, Debug)]
pub(crate) struct Walks {
    /// Whether [`Core::work`] is called for each piece of them.
    pub(crate) in_pieces: bool,
    waiting: VecDeque<Walk>,
    /// Where the first of them goes on, and where it ends.
    next: u32,
    end: u32,
}

impl Walks {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The next piece; a walk that begins goes up to the place that `end` says.
    fn piece(&mut self, end: impl FnOnce(Walk) -> u32) -> Option<(Walk, Range<u32>)> {
        let walk = *self.waiting.front()?;
        if self.next == 0 {
            self.end = end(walk);
        }
        let piece = self.next..self.next.saturating_add(PIECE);
        self.next = piece.end;
        if self.next >= self.end {
            self.next = 0;
            self.waiting.pop_front();
        }
        Some((walk, piece))
    }
}

impl Core {
    /// Begins a walk behind those that are under way; without pieces it is done on return.
    pub(crate) fn walk(&mut self, walk: Walk) {
        self.walks.waiting.push_back(walk);
        if !self.walks.in_pieces {
            self.finish();
        }
    }

    /// A peer's session is gone, and nothing is kept of it.
    pub(crate) fn walk_peer_down(&mut self, id: PeerId) {
        Family::UNICAST.into_iter().for_each(|family| self.walk(Walk::Withdraw(id, family)));
        self.walk(Walk::PeerDown(id));
    }

    /// Does all that is left of the walks.
    pub(crate) fn finish(&mut self) {
        while self.work() {}
    }

    /// Does one piece of them; `false` where there was none.
    pub(crate) fn work(&mut self) -> bool {
        let rib = &self.rib;
        let end = |walk| match walk {
            Walk::Withdraw(_, family)
            | Walk::MarkStale(_, family)
            | Walk::Sweep(_, family)
            | Walk::KeepLong(_, family)
            | Walk::Lower(_, family)
            | Walk::JudgeAgain(_, family)
            | Walk::Revalidate(_, family)
            | Walk::MarkFormer(_, family) => rib.places_end(family),
            Walk::Reap => u32::try_from(rib.vacated_len()).unwrap_or(u32::MAX),
            Walk::PeerDown(_) | Walk::Regroup(_) => 0,
        };
        let Some((walk, places)) = self.walks.piece(end) else { return false };
        match walk {
            Walk::Regroup(id) => _ = self.regroup(id),
            Walk::Reap => self.reap(places.len()),
            Walk::JudgeAgain(id, family) => self.judge_again(id, family, places),
            Walk::Revalidate(id, family) => self.revalidate(id, family, places),
            Walk::MarkFormer(id, family) => self.mark_former(id, family, places),
            walk => self.revise(walk, places),
        }
        true
    }

    /// One piece of a walk over the paths of a peer.
    fn revise(&mut self, walk: Walk, places: Range<u32>) {
        let (rib, interner, out) = (&mut self.rib, &mut self.interner, &mut noted(&mut self.changes));
        match walk {
            Walk::Withdraw(id, family) => rib.withdraw_all(id, family, places, out),
            Walk::PeerDown(id) => rib.peer_down(id, out),
            Walk::MarkStale(id, family) => rib.mark_stale(id, family, places),
            Walk::Sweep(id, family) => rib.sweep_stale(id, family, places, out),
            Walk::KeepLong(id, family) => {
                let adj_rib_in = self.peers.get(id.0 as usize).map(|peer| peer.config.adj_rib_in);
                let relabel = |attrs: &AttrSet| long_lived(attrs, adj_rib_in.unwrap_or_default(), interner);
                rib.keep_stale_long(id, family, places, relabel, out);
            }
            Walk::Lower(id, family) => {
                let mut lowered = |attrs: &AttrSet| {
                    let lowered = AttributeSet { local_pref: Some(0), ..attrs.to_set() };
                    // It is no longer than what it comes from.
                    interner.intern(&lowered).unwrap_or_else(|TooLong| attrs.clone())
                };
                rib.relabel(id, family, places, &mut lowered, out);
            }
            Walk::JudgeAgain(..)
            | Walk::Revalidate(..)
            | Walk::MarkFormer(..)
            | Walk::Regroup(_)
            | Walk::Reap => {}
        }
    }
}

/// What a route becomes that is kept for long; `None` where it is not to be kept (RFC 9494 section 4.2).
pub(crate) fn long_lived(attrs: &AttrSet, adj_rib_in: AdjRibIn, interner: &mut Interner) -> Option<AttrSet> {
    let mut set = attrs.to_set();
    if set.communities.contains(&Community::NO_LLGR) {
        return None;
    }
    if !set.communities.contains(&Community::LLGR_STALE) {
        set.communities.push(Community::LLGR_STALE);
    }
    match adj_rib_in {
        AdjRibIn::Kept => interner.intern_made_of(&set, attrs).ok(),
        AdjRibIn::NotKept => interner.intern(&set).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{Action, Conn, Engine, Input, PeerPolicies, SpeakerConfig};
    use bgp_session::Restart;
    use bgp_wire::{Capability, GracefulRestart, RestartFamily, RouteRefresh};
    use std::time::{Duration, Instant};

    const V4: bgp_wire::AfiSafi = bgp_wire::AfiSafi { afi: 1, safi: 1 };
    const KEPT: &[RestartFamily] = &[RestartFamily { family: V4, forwarding_preserved: true }];
    const NETS: usize = 3 * PIECE as usize + 100;
    /// How many peers there are besides the one that has the nets.
    const OTHERS: usize = 3;

    /// A peer that has announced all nets, and others that know a hundred of them.
    fn rig(in_pieces: bool) -> (Rig, PeerId, Vec<PeerId>) {
        let config = SpeakerConfig {
            tell_best: true,
            ..SpeakerConfig::new(crate::testing::LOCAL, [192, 0, 2, 250].into())
        };
        let mut rig = Rig::with(config.clone());
        if in_pieces {
            rig.engine = Engine::new(config).in_pieces();
        }
        let restarts = Capability::GracefulRestart(GracefulRestart {
            restarting: false,
            notification: true,
            restart_time: 60,
            families: KEPT.into(),
        });
        let mut config = peer(1);
        config.offers.graceful_restart = Some(Restart::default());
        let first = rig.establish(config, &[restarts, Capability::EnhancedRouteRefresh]);
        rig.end_of_rib(first);
        let others: Vec<_> = (2..).take(OTHERS).map(|n| rig.establish(peer(n), &[])).collect();
        let nets: Vec<_> = (0..NETS).map(|n| format!("10.{}.{}.0/24", n / 256, n % 256)).collect();
        let nets: Vec<_> = nets.iter().map(String::as_str).collect();
        nets.chunks(500).for_each(|nets| rig.announce(first, nets));
        rig.announce_with(others[0], &nets[..100], |set| set.as_path.prepend(bgp_wire::Asn(64502), 3));
        others.iter().for_each(|to| _ = rig.sent(*to));
        rig.events.clear();
        (rig, first, others)
    }

    /// Tells the engine something, and notes the events that come of it.
    fn tell(rig: &mut Rig, what: impl FnOnce(&mut Engine, Instant, &mut dyn FnMut(Action<'_>))) {
        let Rig { engine, now, events, .. } = rig;
        what(engine, *now, &mut |action| {
            if let Action::Event(event) = action {
                events.push(event.what);
            }
        });
    }

    /// What leads to a walk.
    type Cause = fn(&mut Rig, PeerId);

    const CAUSES: [Cause; 5] = [
        |rig, first| rig.input(first, Input::Stop(bgp_wire::NotificationCode::ADMINISTRATIVE_SHUTDOWN, "")),
        // Stale, then no longer.
        |rig, first| {
            rig.input(first, Input::Closed(Conn::Dialed));
            rig.now += Duration::from_secs(61);
            tell(rig, |engine, now, mut out| engine.handle_timeouts(now, &mut out));
        },
        // All that is not said again goes.
        |rig, first| {
            rig.refresh(first, RouteRefresh::begin(V4));
            rig.announce(first, &["10.0.0.0/24"]);
            rig.refresh(first, RouteRefresh::end(V4));
        },
        |rig, first| tell(rig, |engine, now, mut out| engine.drain(first, true, now, &mut out)),
        |rig, first| {
            let policies = PeerPolicies::default();
            tell(rig, |engine, now, mut out| engine.set_policies(first, policies, now, &mut out));
        },
    ];

    /// All that can be seen of an engine in the end.
    fn seen(rig: &mut Rig, others: &[PeerId]) -> impl PartialEq + std::fmt::Debug + use<> {
        let told: Vec<_> = others.iter().map(|to| rig.sent(*to)).collect();
        let routes: Vec<_> = others.iter().map(|to| rig.engine.routes_to(*to)).collect();
        let places = rig.engine.core().rib.places_end(Family::Ipv4Unicast);
        (told, routes, rig.nets(), std::mem::take(&mut rig.events), places)
    }

    #[test]
    fn in_pieces_or_at_once_it_comes_to_the_same() {
        for (number, cause) in CAUSES.iter().enumerate() {
            let (mut at_once, first, others) = rig(false);
            cause(&mut at_once, first);
            assert!(!at_once.engine.has_work());
            let want = seen(&mut at_once, &others);
            // Either all pieces are asked for, or whatever comes next has the rest done.
            for asked in [usize::MAX, 2, 0] {
                let (mut rig, first, others) = rig(true);
                cause(&mut rig, first);
                assert!(rig.engine.has_work(), "{number}");
                for _ in 0..asked {
                    let mut more = false;
                    tell(&mut rig, |engine, now, mut out| more = engine.work(now, &mut out));
                    if !more {
                        break;
                    }
                }
                rig.input(others[1], Input::Written(Conn::Dialed));
                assert!(!rig.engine.has_work());
                assert!(seen(&mut rig, &others) == want, "{number} {asked}");
            }
        }
    }

    /// One step of a shell that has much to do: a look at the timers, then one piece of work.
    fn step(engine: &mut Engine, now: Instant, sent: &mut Vec<(PeerId, Instant)>) -> bool {
        engine.handle_keepalives(now, &mut |action| match action {
            Action::Send(to, ..) => sent.push((to, now)),
            other => panic!("{other:?}"),
        });
        engine.work(now, &mut |_| {})
    }

    /// Each piece looks at so many nets at most; and however slow they are, KEEPALIVEs leave between them and at no other
    /// time than they are due, which is a third of the hold time.
    #[test]
    fn keepalives_leave_between_pieces() {
        let (mut rig, first, others) = rig(true);
        let due = Duration::from_secs(30);
        let a_piece_takes = Duration::from_secs(10);
        let start = rig.now;
        (CAUSES[0])(&mut rig, first);
        let (mut sent, mut pieces) = (Vec::new(), 0);
        loop {
            let before = rig.engine.core().rib.nets_len(Family::Ipv4Unicast);
            let more = step(&mut rig.engine, rig.now, &mut sent);
            let gone = before - rig.engine.core().rib.nets_len(Family::Ipv4Unicast);
            assert!(gone <= PIECE as usize, "{gone} nets in one piece");
            pieces += 1;
            rig.now += a_piece_takes;
            if !more {
                break;
            }
        }
        assert!(pieces >= NETS / PIECE as usize, "{pieces}");
        for peer in others {
            let mut before = start;
            for (_, at) in sent.iter().filter(|(to, _)| *to == peer) {
                assert!(*at - before <= due + a_piece_takes, "{:?}", *at - before);
                before = *at;
            }
            assert!(before > start, "none was due");
        }
    }
}
