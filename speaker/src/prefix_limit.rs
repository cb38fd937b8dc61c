//! How many prefixes a peer may have here: the warning, the limit, and what happens beyond it (RFC 4486).

use crate::core::Core;
use crate::event::What;
use bgp_rib::PeerId;
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
    /// How many routes of IPv4 unicast may be announced to it. Beyond, policy has leaked: the session ends with Cease
    /// 6/2 until the limit is raised or the session is started.
    pub out_ipv4: Option<NonZeroU32>,
    /// The same of IPv6 unicast.
    pub out_ipv6: Option<NonZeroU32>,
    /// The percentage of a limit at which to warn.
    pub warn_percent: u8,
    /// What happens beyond it.
    pub beyond: BeyondLimit,
}

/// What happens to a peer that announces more than it may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BeyondLimit {
    /// It is told of, and nothing else: memory is not bounded.
    Warn,
    /// The prefixes beyond it are passed over. They are asked for again when the limit is raised.
    Block,
    /// The session ends with Cease 6/1 and comes back after this time, or when the limit is raised.
    Restart(Duration),
    /// The session ends with Cease 6/1 until the limit is raised or the session is started.
    Shutdown,
}

impl Default for PrefixLimits {
    /// No limits; a warning at 75 per cent, the session's end for five minutes.
    fn default() -> Self {
        let beyond = BeyondLimit::Restart(Duration::from_mins(5));
        Self { ipv4: None, ipv6: None, out_ipv4: None, out_ipv6: None, warn_percent: 75, beyond }
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
    /// Prefixes passed over since the session came up or all were asked for again.
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

/// An end of a session that import asks for; the engine does it when the session is done with its input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooMany {
    pub(crate) family: Family,
    pub(crate) limit: u32,
    pub(crate) restart: Option<Duration>,
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
            let restart = match (stands, limits.beyond) {
                (LimitReached::Beyond, BeyondLimit::Restart(time)) => Some(time),
                (LimitReached::Beyond, BeyondLimit::Shutdown) => None,
                _ => continue,
            };
            self.too_many.push((id, TooMany { family, limit: limit.get(), restart }));
            return;
        }
    }

    /// What of a peer's Adj-RIB-Out is beyond its limit, once.
    pub(crate) fn announced_too_many(&mut self, id: PeerId) -> Option<What> {
        let groups = &self.changes.groups;
        let peer = self.peers.get_mut(id.0 as usize)?;
        let up = peer.up.as_ref().filter(|_| !peer.leaked)?;
        let beyond = |family: Family| {
            let limit = peer.config.max_prefixes.of_announced(family)?.get();
            let count = groups.told_len(up.group, id, FamilySet::EMPTY.with(family));
            let leaks = count > usize::try_from(limit).unwrap_or(usize::MAX);
            leaks.then_some(What::AnnouncedTooMany { family, limit, count })
        };
        let what = Family::UNICAST.into_iter().find_map(beyond)?;
        peer.leaked = true;
        Some(what)
    }

    /// Whether the peer's session has ended because of what was announced to it; it is so no more.
    pub(crate) fn take_leaked(&mut self, id: PeerId) -> bool {
        self.peer_mut(id).is_some_and(|peer| std::mem::take(&mut peer.leaked))
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
        again
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

    #[test]
    fn a_session_to_which_too_much_is_announced_ends_until_the_limit_is_raised() {
        let mut rig = Rig::new();
        let out = |n| PrefixLimits { out_ipv4: NonZeroU32::new(n), ..PrefixLimits::default() };
        let (from, to) =
            (rig.establish(peer(1), &[]), rig.establish(PeerConfig { max_prefixes: out(2), ..peer(2) }, &[]));
        rig.announce(from, &NETS[..2]);
        rig.pump();
        assert_eq!(rig.engine.peer_status(to).unwrap().state, State::Established);
        rig.announce(from, &NETS[2..3]);
        rig.pump();
        let leaked = What::AnnouncedTooMany { family: Family::Ipv4Unicast, limit: 2, count: 3 };
        assert!(rig.events.contains(&leaked));
        assert!(rig.sent(to).last().unwrap().contains("more than 2 routes of ipv4-unicast"));
        set(&mut rig, to, out(2));
        assert_eq!(rig.engine.peer_status(to).unwrap().state, State::Idle);
        set(&mut rig, to, out(3));
        assert_eq!(rig.engine.peer_status(to).unwrap().state, State::Connect);
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
