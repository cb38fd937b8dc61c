//! How many prefixes a peer may have here: the warning, the limit, and what happens beyond it (RFC 4486).

use crate::core::Core;
use crate::event::What;
use bgp_rib::PeerId;
use bgp_session::Input;
use bgp_wire::{Family, FamilySet};
use std::num::NonZeroU32;
use std::time::Duration;

/// The limits of one peer, by what it announced: refused paths count, for they take memory too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrefixLimits {
    /// Of IPv4 unicast; `None` is no limit.
    pub ipv4: Option<NonZeroU32>,
    /// Of IPv6 unicast.
    pub ipv6: Option<NonZeroU32>,
    /// How many routes of IPv4 unicast may be announced to it: more of them, and policy has leaked.
    pub out_ipv4: Option<NonZeroU32>,
    /// The same of IPv6 unicast.
    pub out_ipv6: Option<NonZeroU32>,
    /// The percentage of a limit at which to warn.
    pub warn_percent: u8,
    /// What happens beyond it.
    pub beyond: BeyondLimit,
    /// What happens where there is more to announce to it: but for [`BeyondLimit::Warn`] no route beyond the limit
    /// leaves. A session that ends does with Cease 6/2.
    pub beyond_announced: BeyondLimit,
}

/// What happens beyond a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BeyondLimit {
    /// It is told of, and nothing else: memory is not bounded.
    Warn,
    /// The prefixes beyond it are passed over. They are asked for again when the limit is raised. Those to be
    /// announced are held back until there is room.
    Block,
    /// The session ends with Cease 6/1 and comes back after this time, or when the limit is raised.
    Restart(Duration),
    /// The session ends with Cease 6/1 until the limit is raised or the session is started.
    Shutdown,
}

impl BeyondLimit {
    /// What ends the session where a count stands like this, if it ends; `end` is told after what time it comes back.
    fn ends(
        self,
        stands: LimitReached,
        end: impl FnOnce(Option<Duration>) -> Input<'static>,
    ) -> Option<Input<'static>> {
        match (stands, self) {
            (LimitReached::Beyond, Self::Restart(time)) => Some(end(Some(time))),
            (LimitReached::Beyond, Self::Shutdown) => Some(end(None)),
            _ => None,
        }
    }
}

impl Default for PrefixLimits {
    /// No limits; a warning at 75 per cent, the session's end for five minutes, or for good where it is about what is
    /// announced.
    fn default() -> Self {
        let beyond = BeyondLimit::Restart(Duration::from_mins(5));
        Self {
            ipv4: None,
            ipv6: None,
            out_ipv4: None,
            out_ipv6: None,
            warn_percent: 75,
            beyond,
            beyond_announced: BeyondLimit::Shutdown,
        }
    }
}

impl PrefixLimits {
    /// The limit of a family.
    pub fn of(&self, family: Family) -> Option<NonZeroU32> {
        match family {
            Family::Ipv4Unicast => self.ipv4,
            Family::Ipv6Unicast => self.ipv6,
            _ => None,
        }
    }

    /// How many routes of a family may be announced.
    pub fn of_announced(&self, family: Family) -> Option<NonZeroU32> {
        match family {
            Family::Ipv4Unicast => self.out_ipv4,
            Family::Ipv6Unicast => self.out_ipv6,
            _ => None,
        }
    }

    /// How many routes of a family leave at most.
    pub(crate) fn most_announced(&self, family: Family) -> Option<usize> {
        let limit = self.of_announced(family).filter(|_| self.beyond_announced != BeyondLimit::Warn)?;
        usize::try_from(limit.get()).ok()
    }

    /// The most paths of a family that are taken into the RIB.
    pub(crate) fn most(&self, family: Family) -> Option<usize> {
        let limit = self.of(family).filter(|_| self.beyond == BeyondLimit::Block)?;
        usize::try_from(limit.get()).ok()
    }

    /// How many paths are worth a warning.
    fn warn_at(&self, limit: NonZeroU32) -> usize {
        let at = u64::from(limit.get()).saturating_mul(self.warn_percent.into()) / 100;
        usize::try_from(at).unwrap_or(usize::MAX).max(1)
    }
}

/// How one peer stands to its limit of one family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LimitReached {
    /// It has reached the percentage at which to warn.
    Warning,
    /// It has gone beyond, or wanted to.
    Beyond,
}

/// How a family of one peer stands, so that each change is told once.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Reached {
    told: Option<LimitReached>,
    /// Prefixes passed over since the session came up or all were asked for again; or held back now.
    pub(crate) blocked: u64,
}

impl Reached {
    /// What is to be told now that the peer has `count` paths.
    fn now(&mut self, limits: &PrefixLimits, limit: NonZeroU32, count: usize) -> Option<LimitReached> {
        let most = usize::try_from(limit.get()).unwrap_or(usize::MAX);
        let stands = if count > most || self.blocked > 0 {
            Some(LimitReached::Beyond)
        } else {
            (count >= limits.warn_at(limit)).then_some(LimitReached::Warning)
        };
        let before = std::mem::replace(&mut self.told, stands);
        stands.filter(|stands| before != Some(*stands) && before != Some(LimitReached::Beyond))
    }
}

impl Core {
    /// Looks at the limits after an UPDATE: what is to be told, and whether the session is to end.
    pub(crate) fn look_at_limits(&mut self, id: PeerId, mut tell: impl FnMut(What)) {
        let rib = &self.rib;
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
        for (family, reached) in Family::UNICAST.into_iter().zip(&mut peer.reached) {
            let limits = &peer.config.max_prefixes;
            let Some(limit) = limits.of(family) else { continue };
            let count = rib.counts(id, family).paths();
            let Some(stands) = reached.now(limits, limit, count) else { continue };
            tell(What::PrefixLimit { family, limit: limit.get(), count, reached: stands });
            let end = |restart| Input::TooManyPrefixes { family, limit: limit.get(), restart };
            if let Some(end) = limits.beyond.ends(stands, end) {
                self.too_many.push((id, end));
                return;
            }
        }
    }

    /// Looks at how much was announced to a peer and how much was held back: what is to be told, and whether the
    /// session is to end.
    pub(crate) fn look_at_announced(&mut self, id: PeerId, mut tell: impl FnMut(What)) {
        let groups = &self.changes.groups;
        let Some(peer) = self.peers.get_mut(id.0 as usize) else { return };
        let Some(up) = &peer.up else { return };
        for (family, reached) in Family::UNICAST.into_iter().zip(&mut peer.reached_announced) {
            let limits = &peer.config.max_prefixes;
            let Some(limit) = limits.of_announced(family) else { continue };
            let count = groups.told_len(up.group, id, FamilySet::EMPTY.with(family));
            reached.blocked = groups.held_len(up.group, family) as u64;
            let Some(stands) = reached.now(limits, limit, count) else { continue };
            tell(What::AnnouncedLimit { family, limit: limit.get(), count, reached: stands });
            let end = |restart| Input::TooManyAnnounced { family, limit: limit.get(), restart };
            if let Some(end) = limits.beyond_announced.ends(stands, end) {
                self.too_many.push((id, end));
                return;
            }
        }
    }

    /// Whether routes are held back from a peer, and nobody has been told.
    pub(crate) fn holds_back(&self, id: PeerId) -> bool {
        let Some(peer) = self.peer(id) else { return false };
        let held = |family| peer.up.as_ref().map_or(0, |up| self.changes.groups.held_len(up.group, family));
        let mut families = Family::UNICAST.into_iter().zip(&peer.reached_announced);
        families.any(|(family, reached)| reached.told != Some(LimitReached::Beyond) && held(family) > 0)
    }

    /// The peer has other limits. Returns the families whose routes are to be asked for again, because some were
    /// passed over.
    pub(crate) fn set_limits(&mut self, id: PeerId, limits: PrefixLimits) -> Vec<Family> {
        let Some(peer) = self.peer_mut(id) else { return Vec::new() };
        let before = std::mem::replace(&mut peer.config.max_prefixes, limits);
        let limits = &peer.config.max_prefixes;
        let mut again = Vec::new();
        for (family, reached) in Family::UNICAST.into_iter().zip(&mut peer.reached) {
            if reached.blocked > 0 && is_raised(before.most(family), limits.most(family)) {
                again.push(family);
            }
            *reached = Reached::default();
        }
        peer.reached_announced = Default::default();
        let [old, new] = [&before, limits].map(|limits| Family::UNICAST.map(|f| limits.most_announced(f)));
        if old != new {
            self.limit_announced(id, new);
        }
        again
    }
}

impl Core {
    /// Tells a peer more or less from now on: one with a group of its own stays in it, unless something is to be taken
    /// back.
    fn limit_announced(&mut self, id: PeerId, limits: [Option<usize>; 2]) {
        let Some(up) = self.peers.get_mut(id.0 as usize).and_then(|peer| peer.up.as_mut()) else { return };
        if !self.changes.groups.raise_limits(up.group, limits) {
            up.regroups = true;
            self.regroup(id);
        }
    }
}

fn is_raised(before: Option<usize>, now: Option<usize>) -> bool {
    now.is_none_or(|now| before.is_some_and(|before| now > before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{Down, PeerConfig, State};

    const NETS: [&str; 5] =
        ["198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24", "198.18.0.0/24", "198.18.1.0/24"];

    fn limits(n: u32, beyond: BeyondLimit) -> PrefixLimits {
        PrefixLimits { ipv4: NonZeroU32::new(n), warn_percent: 50, beyond, ..PrefixLimits::default() }
    }

    fn limited(n: u32, beyond: BeyondLimit) -> PeerConfig {
        PeerConfig { max_prefixes: limits(n, beyond), ..peer(1) }
    }

    /// What was told of limits.
    fn told(rig: &mut Rig) -> Vec<(LimitReached, usize)> {
        let of_limits = |what| match what {
            What::PrefixLimit { reached, count, .. } => Some((reached, count)),
            _ => None,
        };
        std::mem::take(&mut rig.events).into_iter().filter_map(of_limits).collect()
    }

    fn set(rig: &mut Rig, id: PeerId, limits: PrefixLimits) -> Vec<String> {
        let mut sent = Vec::new();
        rig.engine.set_prefix_limits(id, limits, rig.now, &mut |action| {
            if let crate::Action::Send(.., bytes) = action {
                sent.push(bgp_wire::frame(bytes, u16::MAX).unwrap().unwrap().kind.to_string());
            }
        });
        sent
    }

    /// (prefixes announced one by one, what is told, nets that are left, the last NOTIFICATION)
    #[test]
    fn each_way_beyond() {
        use BeyondLimit::{Block, Restart, Shutdown, Warn};
        use LimitReached::{Beyond, Warning};
        let ceased = "6/1 Cease, Maximum Number of Prefixes Reached";
        let cases: &[(BeyondLimit, usize, &[(LimitReached, usize)], usize, Option<&str>)] = &[
            (Warn, 1, &[], 1, None),
            (Warn, 3, &[(Warning, 2)], 3, None),
            (Warn, 4, &[(Warning, 2)], 4, None),
            (Warn, 5, &[(Warning, 2), (Beyond, 5)], 5, None),
            (Block, 4, &[(Warning, 2)], 4, None),
            (Block, 5, &[(Warning, 2), (Beyond, 4)], 4, None),
            (Restart(Duration::from_mins(1)), 4, &[(Warning, 2)], 4, None),
            (Restart(Duration::from_mins(1)), 5, &[(Warning, 2), (Beyond, 5)], 0, Some(ceased)),
            (Shutdown, 5, &[(Warning, 2), (Beyond, 5)], 0, Some(ceased)),
        ];
        for (beyond, announced, want, left, notified) in cases {
            let mut rig = Rig::new();
            let id = rig.establish(limited(4, *beyond), &[]);
            NETS.iter().take(*announced).for_each(|net| rig.announce(id, &[net]));
            assert_eq!(told(&mut rig), *want, "{beyond:?} {announced}");
            assert_eq!(rig.nets().len(), *left, "{beyond:?} {announced}");
            assert_eq!(rig.sent(id).last().filter(|w| w.contains("Cease")).map(String::as_str), *notified);
        }
    }

    #[test]
    fn a_session_comes_back_after_its_time_or_when_the_limit_is_raised() {
        let mut rig = Rig::new();
        let id = rig.establish(limited(1, BeyondLimit::Restart(Duration::from_mins(5))), &[]);
        rig.announce(id, &NETS);
        let down = Down::MaxPrefixes { family: Family::Ipv4Unicast, limit: 1 };
        assert_eq!(rig.engine.peer_status(id).unwrap().last_down.unwrap().1, down);
        rig.pass(Duration::from_secs(299));
        assert_eq!(rig.engine.peer_status(id).unwrap().state, State::Idle);
        rig.pass(Duration::from_secs(1));
        assert_eq!(rig.engine.peer_status(id).unwrap().state, State::Connect);

        for beyond in [BeyondLimit::Restart(Duration::from_mins(5)), BeyondLimit::Shutdown] {
            let mut rig = Rig::new();
            let id = rig.establish(limited(2, beyond), &[]);
            rig.announce(id, &NETS);
            set(&mut rig, id, limits(1, beyond));
            rig.pass(Duration::from_mins(4));
            assert_eq!(rig.engine.peer_status(id).unwrap().state, State::Idle, "lower is no recovery");
            set(&mut rig, id, limits(9, beyond));
            assert_eq!(rig.engine.peer_status(id).unwrap().state, State::Connect);
            rig.connect(id, &[]);
            rig.announce(id, &NETS);
            assert_eq!(rig.nets().len(), 5);
        }
    }

    fn announced(n: u32, beyond_announced: BeyondLimit) -> PrefixLimits {
        let limit = NonZeroU32::new(n);
        PrefixLimits { out_ipv4: limit, warn_percent: 50, beyond_announced, ..PrefixLimits::default() }
    }

    /// What was told of what is announced.
    fn told_of_announced(rig: &mut Rig) -> Vec<(LimitReached, usize)> {
        let of_limits = |what| match what {
            What::AnnouncedLimit { reached, count, .. } => Some((reached, count)),
            _ => None,
        };
        std::mem::take(&mut rig.events).into_iter().filter_map(of_limits).collect()
    }

    /// The nets that a peer has been told of, by what left.
    fn has(rig: &mut Rig, to: PeerId) -> Vec<String> {
        rig.pump();
        rig.pass(Duration::ZERO);
        rig.engine.routes_to(to).iter().map(|(net, _)| net.to_string()).collect()
    }

    /// (nets announced one by one, what is told, how many have left, the last NOTIFICATION): nothing beyond the limit ever
    /// leaves
    #[test]
    fn each_way_beyond_what_may_be_announced() {
        use BeyondLimit::{Block, Restart, Shutdown, Warn};
        use LimitReached::{Beyond, Warning};
        let ceased = "more than 4 routes of ipv4-unicast to announce";
        let minute = Restart(Duration::from_mins(1));
        let cases: &[(BeyondLimit, usize, &[(LimitReached, usize)], usize, Option<&str>)] = &[
            (Warn, 1, &[], 1, None),
            (Warn, 4, &[(Warning, 2)], 4, None),
            (Warn, 5, &[(Warning, 2), (Beyond, 5)], 5, None),
            (Block, 4, &[(Warning, 2)], 4, None),
            (Block, 5, &[(Warning, 2), (Beyond, 4)], 4, None),
            (minute, 5, &[(Warning, 2), (Beyond, 4)], 4, Some(ceased)),
            (Shutdown, 4, &[(Warning, 2)], 4, None),
            (Shutdown, 5, &[(Warning, 2), (Beyond, 4)], 4, Some(ceased)),
        ];
        for (beyond, announcing, want, left, notified) in cases {
            let mut rig = Rig::new();
            let from = rig.establish(peer(1), &[]);
            let config = PeerConfig { max_prefixes: announced(4, *beyond), ..peer(2) };
            let to = rig.establish(config, &[]);
            rig.sent(to);
            let mut sent = Vec::new();
            for net in NETS.iter().take(*announcing) {
                rig.announce(from, &[net]);
                rig.pump();
                rig.pass(Duration::ZERO);
                sent.append(&mut rig.sent(to));
            }
            assert_eq!(told_of_announced(&mut rig), *want, "{beyond:?} {announcing}");
            let cease = sent.pop_if(|word| word.contains("Cease"));
            assert_eq!(sent, NETS.iter().take(*left).map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(cease.is_some(), notified.is_some(), "{beyond:?} {announcing}");
            assert!(cease.is_none_or(|cease| cease.contains(notified.unwrap())));
        }
    }

    #[test]
    fn a_session_to_which_too_much_was_to_be_announced_comes_back() {
        use BeyondLimit::{Restart, Shutdown};
        for (beyond, after) in [(Restart(Duration::from_mins(5)), State::Connect), (Shutdown, State::Idle)] {
            let mut rig = Rig::new();
            let from = rig.establish(peer(1), &[]);
            let to = rig.establish(PeerConfig { max_prefixes: announced(2, beyond), ..peer(2) }, &[]);
            rig.announce(from, &NETS[..3]);
            has(&mut rig, to);
            let state = |rig: &Rig| rig.engine.peer_status(to).unwrap().state;
            assert_eq!(state(&rig), State::Idle);
            rig.pass(Duration::from_secs(299));
            assert_eq!(state(&rig), State::Idle);
            rig.pass(Duration::from_secs(1));
            assert_eq!(state(&rig), after);
            if state(&rig) == State::Idle {
                set(&mut rig, to, announced(2, beyond));
                assert_eq!(state(&rig), State::Idle, "no higher");
                set(&mut rig, to, announced(3, beyond));
                assert_eq!(state(&rig), State::Connect);
            }
        }
    }

    /// What is held back goes when there is room, and only that is sent.
    #[test]
    fn what_is_held_back_goes_when_there_is_room() {
        let mut rig = Rig::new();
        let from = rig.establish(peer(1), &[]);
        let block = |n| announced(n, BeyondLimit::Block);
        let to = rig.establish(PeerConfig { max_prefixes: block(2), ..peer(2) }, &[]);
        rig.announce(from, &NETS[..4]);
        let sorted = |nets: &[usize]| {
            let mut nets: Vec<_> = nets.iter().map(|n| NETS[*n].to_owned()).collect();
            nets.sort();
            nets
        };
        assert_eq!(has(&mut rig, to).len(), 2);
        assert_eq!(rig.engine.peer_status(to).unwrap().held_back, 2);
        rig.sent(to);
        rig.announce_with(from, &NETS[..4], |set| set.med = Some(5));
        assert_eq!(has(&mut rig, to).len(), 2);
        let first = has(&mut rig, to);
        rig.withdraw(from, &[&first[0]]);
        let now = has(&mut rig, to);
        assert_eq!((now.len(), now.contains(&first[0]), now.contains(&first[1])), (2, false, true));
        rig.sent(to);
        set(&mut rig, to, block(3));
        assert_eq!(has(&mut rig, to).len(), 3);
        assert_eq!(rig.sent(to).len(), 1, "nothing is sent again");
        set(&mut rig, to, block(1));
        assert_eq!(has(&mut rig, to).len(), 1, "a lower limit takes back");
        set(&mut rig, to, PrefixLimits::default());
        rig.withdraw(from, &NETS);
        rig.announce(from, &NETS);
        assert_eq!(has(&mut rig, to), sorted(&[0, 1, 2, 3, 4]));
    }

    #[test]
    fn what_was_blocked_is_asked_for_when_the_limit_is_raised() {
        let mut rig = Rig::new();
        let id = rig.establish(limited(2, BeyondLimit::Block), &[]);
        rig.announce(id, &NETS);
        rig.announce_with(id, &NETS[..2], |set| set.med = Some(5));
        assert_eq!(rig.paths(NETS[0])[0].attrs.med(), 5, "what is there may change");
        assert_eq!(rig.engine.peer_status(id).unwrap().blocked, 3);
        assert!(set(&mut rig, id, limits(2, BeyondLimit::Block)).is_empty());
        rig.announce(id, &NETS);
        assert_eq!(set(&mut rig, id, limits(4, BeyondLimit::Block)), ["ROUTE-REFRESH"]);
        rig.announce(id, &NETS);
        assert_eq!(rig.nets().len(), 4);
        rig.withdraw(id, &NETS);
        assert!(rig.nets().is_empty());
    }
}
