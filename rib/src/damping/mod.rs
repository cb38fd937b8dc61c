//! Route flap damping (RFC 2439): a route that comes and goes too often is not used until it has been quiet for a while.

mod due;
mod merit;
mod rules;

pub use rules::{DampingRules, RouteDampingConfig, RouteDampingError};

use crate::net::Net;
use core::fmt;
use core::time::Duration;
use due::{Due, second};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use merit::{HalfLives, Merit};
use rules::nanoseconds;

/// A route of one peer: its net, and its path identifier or 0.
type Route = (Net, u32);

/// What one peer's routes have been up to.
///
/// Only routes that have flapped are remembered, until hardly anything is left of it. The caller tells what the peer
/// says, with the time since any instant of its choice; routes that would not be used anyhow are none of its business.
///
/// ```
/// use bgp_rib::{DampingRules, RouteDamping, RouteDampingConfig};
/// use std::time::Duration;
///
/// let rules = DampingRules::new(RouteDampingConfig { suppress: 1500, ..RouteDampingConfig::default() }).unwrap();
/// let mut damping = RouteDamping::new(rules, 1);
/// let (net, second) = ("198.51.100.0/24".parse().unwrap(), Duration::from_secs(1));
/// damping.withdrawn(net, 0, second);
/// assert!(!damping.announced(net, 0, second * 2));
/// damping.withdrawn(net, 0, second * 3);
/// assert!(damping.announced(net, 0, second * 4));
///
/// // 2000 points decay to 750 in 1.415 half-lives of a quarter of an hour.
/// let at = damping.poll_timeout().unwrap();
/// assert_eq!(at.as_secs(), 1277);
/// let mut used = Vec::new();
/// damping.expire(at, &mut |net, _| used.push(net));
/// assert_eq!(used, [net]);
/// ```
#[derive(Clone)]
pub struct RouteDamping {
    rules: DampingRules,
    histories: HashMap<Route, History, FixedState>,
    /// Every history is listed once, under the second in which it says it is.
    due: Due<Route>,
}

/// What is known of a route's flaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DampingStatus {
    /// The figure of merit, as it has decayed until now.
    pub merit: u32,
    /// Until when the route is suppressed, if it is and does not flap again.
    pub suppressed_until: Option<Duration>,
}

/// The flaps of one route. Times are in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct History {
    /// The figure of merit at `at`.
    merit: Merit,
    at: u64,
    /// When it flapped last.
    flapped: u64,
    /// Whether the route was there from `at` on.
    reachable: bool,
    /// While it is suppressed, until when.
    until: Option<u64>,
    /// The second that it is listed under.
    listed: u64,
}

impl History {
    fn merit_at(&self, now: u64, rules: &DampingRules) -> Merit {
        let time = now.saturating_sub(self.at);
        self.merit.decayed(HalfLives::of(time, rules.half_life(self.reachable)))
    }

    /// When no more than `to` is left.
    fn decayed_to(&self, to: Merit, rules: &DampingRules) -> u64 {
        let half_life = rules.half_life(self.reachable);
        self.at.saturating_add(self.merit.time_to(to).nanoseconds(half_life))
    }

    /// When it is to be looked at: to use the route again, or to forget it (RFC 2439 section 4.8.4: once half of what is
    /// left at reuse is left).
    fn due(&self, rules: &DampingRules) -> u64 {
        self.until.unwrap_or_else(|| self.decayed_to(rules.reuse.half(), rules))
    }
}

impl RouteDamping {
    /// The most routes of one peer that are remembered, about 100 octets each. What others do beyond that is not
    /// counted: whoever can announce as much must be limited otherwise.
    pub const MOST: usize = 1 << 20;

    /// That of a peer whose routes have not flapped. `seed` keeps it from choosing nets that collide.
    pub fn new(rules: DampingRules, seed: u64) -> Self {
        let histories = HashMap::with_hasher(FixedState::with_seed(seed));
        Self { rules, histories, due: Due::default() }
    }

    /// What it goes by.
    pub const fn rules(&self) -> &DampingRules {
        &self.rules
    }

    /// How many routes are remembered.
    pub fn len(&self) -> usize {
        self.histories.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.histories.is_empty()
    }

    /// A route that was there is withdrawn.
    pub fn withdrawn(&mut self, net: Net, path_id: u32, now: Duration) {
        self.flaps((net, path_id), self.rules.config.withdrawal, false, now);
    }

    /// A route comes that was not there; whether it is suppressed. It flaps where it was withdrawn before.
    pub fn announced(&mut self, net: Net, path_id: u32, now: Duration) -> bool {
        let route = (net, path_id);
        let again = self.histories.get(&route).is_some_and(|history| !history.reachable);
        let points = if again { self.rules.config.re_announcement } else { 0 };
        self.flaps(route, points, true, now)
    }

    /// A route that was there has other attributes; whether it is suppressed.
    pub fn changed(&mut self, net: Net, path_id: u32, now: Duration) -> bool {
        self.flaps((net, path_id), self.rules.config.attribute_change, true, now)
    }

    /// Whether a route is suppressed, until [`expire`](Self::expire) says that it is not.
    pub fn is_suppressed(&self, net: Net, path_id: u32) -> bool {
        self.histories.get(&(net, path_id)).is_some_and(|history| history.until.is_some())
    }

    /// What is known of a route that has flapped.
    pub fn status(&self, net: Net, path_id: u32, now: Duration) -> Option<DampingStatus> {
        let history = self.histories.get(&(net, path_id))?;
        let merit = history.merit_at(nanoseconds(now), &self.rules).points();
        Some(DampingStatus { merit, suppressed_until: history.until.map(Duration::from_nanos) })
    }

    /// When something is to be looked at.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.due.next().map(Duration::from_nanos)
    }

    /// The instant of [`poll_timeout`](Self::poll_timeout) has come: tells `reused` of each route that may be used again.
    /// Some thousands are looked at in one go; the others wait for a second.
    pub fn expire(&mut self, now: Duration, reused: &mut impl FnMut(Net, u32)) {
        let now = nanoseconds(now);
        for (listed, route) in self.due.take(now) {
            // One that was listed anew for an earlier second has been looked at then.
            let Some(history) = self.histories.get_mut(&route).filter(|h| h.listed == listed) else {
                continue;
            };
            if history.until.take_if(|until| *until <= now).is_some() {
                reused(route.0, route.1);
            }
            let due = history.due(&self.rules);
            if due <= now {
                self.histories.remove(&route);
            } else {
                history.listed = second(due);
                self.due.add(history.listed, route);
            }
        }
    }

    /// A route flaps by so many points, and is there from now on or is not; whether it is suppressed.
    fn flaps(&mut self, route: Route, points: u32, reachable: bool, now: Duration) -> bool {
        let now = nanoseconds(now);
        let known = self.histories.get(&route).copied();
        if known.is_none() && (points == 0 || self.histories.len() >= Self::MOST) {
            return false;
        }
        let history = self.flapped(known, points, reachable, now);
        let due = second(history.due(&self.rules));
        // Listed for earlier, it is looked at then and listed anew.
        let listed = known.map(|history| history.listed).filter(|listed| *listed <= due);
        if listed.is_none() {
            self.due.add(due, route);
        }
        let listed = listed.unwrap_or(due);
        self.histories.insert(route, History { listed, ..history });
        history.until.is_some()
    }

    /// A history after one flap more.
    fn flapped(&self, known: Option<History>, points: u32, reachable: bool, now: u64) -> History {
        let rules = &self.rules;
        let before = known.map_or(Merit::default(), |history| history.merit_at(now, rules));
        let merit = before.plus(points).min(rules.ceiling);
        let suppressed = known.and_then(|history| history.until).is_some_and(|until| until > now);
        let flapped = known.map(|history| history.flapped).filter(|_| points == 0).unwrap_or(now);
        let mut history = History { merit, at: now, flapped, reachable, until: None, listed: 0 };
        if suppressed || merit > rules.suppress {
            let longest = flapped.saturating_add(rules.max_suppress);
            history.until = Some(history.decayed_to(rules.reuse, rules).min(longest));
        }
        history
    }
}

impl fmt::Debug for RouteDamping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rules, histories) = (&self.rules, self.histories.len());
        f.debug_struct("RouteDamping")
            .field("rules", rules)
            .field("histories", &histories)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
