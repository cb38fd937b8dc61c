//! Route flap damping of one external peer (RFC 2439), on the engine's clock.

use crate::core::{Core, noted};
use crate::reason::Reason;
use bgp_rib::{AttrSet, DampingRules, Import, Net, Path, PeerId, RouteDamping};
use std::time::{Duration, Instant};

/// That a route flaps too often to be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// The figure of merit after its last flap.
    pub merit: u32,
    /// When it is used again, if it does not flap before.
    pub until: Instant,
}

/// What the routes of one peer have been up to. It outlasts the peer's sessions, whose end is no flap of a route.
#[derive(Debug)]
pub(crate) struct Damping {
    routes: RouteDamping,
    since: Instant,
}

impl Damping {
    pub(crate) fn new(rules: DampingRules, seed: u64, now: Instant) -> Self {
        Self { routes: RouteDamping::new(rules, seed), since: now }
    }

    fn time(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// The peer withdraws a route; `before` is what it had there.
    pub(crate) fn withdrawn(&mut self, before: Option<&Path>, net: Net, path_id: u32, now: Instant) {
        let now = self.time(now);
        if used(before).is_some() {
            self.routes.withdrawn(net, path_id, now);
        }
    }

    /// The peer announces a route, of which import makes this; whether it flaps too often to be used. One that policy
    /// refuses from now on is gone for all that matters here.
    pub(crate) fn announced(
        &mut self,
        before: Option<&Path>,
        (net, path_id): (Net, u32),
        attrs: &AttrSet,
        import: Import,
        now: Instant,
    ) -> Import {
        let Import::Accepted(because) = import else {
            self.withdrawn(before, net, path_id, now);
            return import;
        };
        let now = self.time(now);
        let suppressed = match used(before) {
            None => self.routes.announced(net, path_id, now),
            Some(before) if differs(before, attrs) => self.routes.changed(net, path_id, now),
            Some(_) => self.routes.is_suppressed(net, path_id),
        };
        if suppressed { Import::Damped(because) } else { import }
    }

    /// What import makes of a route that is here and is judged again.
    pub(crate) fn judged_again(&self, net: Net, path_id: u32, import: Import) -> Import {
        match import {
            Import::Accepted(because) if self.routes.is_suppressed(net, path_id) => Import::Damped(because),
            import => import,
        }
    }

    /// Why a route is not used, where it flaps.
    pub(crate) fn suppressed(&self, net: Net, path_id: u32) -> Option<Suppressed> {
        // At an instant before its last flap nothing has decayed since.
        let status = self.routes.status(net, path_id, Duration::ZERO)?;
        let until = self.since.checked_add(status.suppressed_until?)?;
        Some(Suppressed { merit: status.merit, until })
    }

    /// When routes may be used again, or are forgotten.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.since.checked_add(self.routes.poll_timeout()?)
    }
}

/// A path that is used, or would be if it did not flap.
fn used(before: Option<&Path>) -> Option<&Path> {
    before.filter(|path| !path.is_rejected())
}

/// Whether the peer says something else of a route than it said. What is there from before it began anew, or as a policy
/// left it that is no more, is no measure of that.
fn differs(before: &Path, attrs: &AttrSet) -> bool {
    let measure = !before.stale().is_kept() && Reason::from(before.because) != Reason::FormerPolicy;
    measure && !before.attrs.as_it_came().says_the_same_as(attrs.as_it_came())
}

impl Core {
    /// When routes of some peer may be used again.
    pub(crate) fn damping_timeout(&self) -> Option<Instant> {
        self.peers.iter().filter_map(|peer| peer.damping.as_ref()?.deadline()).min()
    }

    /// Uses routes again that have been quiet for long enough by `now`.
    pub(crate) fn expire_damping(&mut self, now: Instant) {
        let Self { peers, rib, changes, .. } = self;
        for (number, peer) in (0..).zip(peers) {
            let due = |damping: &&mut Damping| damping.deadline().is_some_and(|at| at <= now);
            let Some(damping) = peer.damping.as_mut().filter(due) else { continue };
            let time = damping.time(now);
            damping.routes.expire(time, &mut |net, path_id| {
                rib.reuse(PeerId(number), net, path_id, &mut noted(changes));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{AdjRibIn, Conn, Input, PeerConfig, PeerPolicies, Standing};
    use bgp_policy::{Action, Decision, Edit, Match, Policy, Rule};
    use bgp_rib::RouteDampingConfig;
    use bgp_wire::{AsPathBuf, Asn};
    use std::sync::Arc;

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";
    const BOTH: [AdjRibIn; 2] = [AdjRibIn::Kept, AdjRibIn::NotKept];

    fn rules() -> Option<DampingRules> {
        DampingRules::new(RouteDampingConfig { suppress: 2500, ..RouteDampingConfig::default() }).ok()
    }

    fn damped(adj_rib_in: AdjRibIn) -> PeerConfig {
        PeerConfig { damping: rules(), adj_rib_in, ..peer(1) }
    }

    fn flap(rig: &mut Rig, id: PeerId, times: usize) {
        for _ in 0..times {
            rig.withdraw(id, &[A]);
            rig.announce(id, &[A]);
        }
    }

    fn standing(rig: &Rig, id: PeerId) -> Vec<(String, Standing)> {
        rig.engine.routes_from(id).into_iter().map(|route| (route.net.to_string(), route.standing)).collect()
    }

    #[test]
    fn a_route_that_flaps_is_not_used_until_it_has_been_quiet() {
        for adj_rib_in in BOTH {
            let mut rig = Rig::new();
            let (id, other) = (rig.establish(damped(adj_rib_in), &[]), rig.establish(peer(2), &[]));
            let to = rig.establish(peer(3), &[]);
            rig.announce(id, &[A, B]);
            rig.announce_with(other, &[A], |set| set.as_path.prepend(Asn(64502), 3));
            flap(&mut rig, id, 2);
            assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, id);
            flap(&mut rig, id, 1);
            assert_eq!(
                rig.engine.best(A.parse().unwrap()).unwrap().peer,
                other,
                "three of 1000 are too many"
            );
            assert_eq!(
                standing(&rig, id),
                [(A.to_owned(), Standing::Damped), (B.to_owned(), Standing::Best)]
            );
            let counts = rig.engine.peer_status(id).unwrap().counts;
            assert_eq!((counts.accepted, counts.damped), (1, 1));
            let route = rig.engine.explain(A.parse().unwrap()).pop().unwrap();
            let suppressed = route.suppressed.unwrap();
            assert_eq!((suppressed.merit, route.standing), (3000, Standing::Damped));
            assert!(route.reason.contains("accept-all"), "import accepts it: {}", route.reason);
            assert!(rig.engine.routes_from(other)[0].suppressed.is_none());
            // Said again unchanged, it stays so; refused or withdrawn it is not there.
            rig.announce(id, &[A]);
            assert_eq!(standing(&rig, id)[0].1, Standing::Damped);
            rig.sent(to);
            // 3000 decay to 750 in two half-lives.
            rig.pass_alive(1790);
            assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, other);
            rig.pass_alive(20);
            assert_eq!(rig.engine.best(A.parse().unwrap()).unwrap().peer, id);
            assert_eq!(rig.sent(to), [A], "and told at once");
            assert_eq!(rig.engine.peer_status(id).unwrap().counts.damped, 0);
            rig.pass_alive(1800);
            assert_eq!(rig.engine.core().damping_timeout(), None, "it is forgotten");
        }
    }

    /// (what is kept, what flaps, whether it is damped)
    #[test]
    fn what_is_a_flap_and_what_is_none() {
        type Flap = fn(&mut Rig, PeerId, u32);
        let changes: Flap = |rig, id, n| rig.announce_with(id, &[A], |set| set.med = Some(n));
        let repeats: Flap = |rig, id, _| rig.announce(id, &[A]);
        let refused: Flap = |rig, id, n| rig.announce_with(id, &[A], |set| set.med = Some(666 * (n % 2)));
        let resets: Flap = |rig, id, _| {
            rig.input(id, Input::Closed(Conn::Dialed));
            rig.pass(Duration::from_secs(70));
            rig.connect(id, &[]);
            rig.announce(id, &[A]);
        };
        let drains: Flap = |rig, id, n| rig.engine.drain(id, n.is_multiple_of(2), rig.now, &mut |_| {});
        let withdrawn_of_old: Flap = |rig, id, _| rig.withdraw(id, &[B]);
        let policies: Flap = |rig, id, n| {
            let set = [Edit::SetLocalPref(n)].into();
            let rule = Rule { name: "all".into(), when: [].into(), edits: set, then: Action::Accept };
            let import = Some(Arc::new(Policy::new("other", vec![rule], Decision::Reject).unwrap()));
            rig.engine.set_policies(id, PeerPolicies { import, export: None }, rig.now, &mut |_| {});
            rig.announce(id, &[A]);
        };
        let six_six_six = Rule {
            name: "no".into(),
            when: [Match::Med(666.into())].into(),
            edits: [].into(),
            then: Action::Reject,
        };
        for adj_rib_in in BOTH {
            for (name, flap, want) in [
                ("another attribute", changes, true),
                ("the same again", repeats, false),
                ("refused and not", refused, true),
                ("a session that ends", resets, false),
                ("a drain", drains, false),
                ("a withdrawal of what is not there", withdrawn_of_old, false),
                ("another policy", policies, false),
            ] {
                let mut rig = Rig::new();
                let import = Policy::new("med", vec![six_six_six.clone()], Decision::Accept).unwrap();
                let config = PeerConfig { import: Some(Arc::new(import)), ..damped(adj_rib_in) };
                let id = rig.establish(config, &[]);
                rig.announce(id, &[A]);
                (1..=8).for_each(|n| flap(&mut rig, id, n));
                let damped = rig.engine.peer_status(id).unwrap().counts.damped > 0;
                assert_eq!(damped, want, "{name}, {adj_rib_in:?}");
            }
        }
    }

    #[test]
    fn a_suppressed_route_stays_so_whatever_becomes_of_session_and_policy() {
        for adj_rib_in in BOTH {
            let mut rig = Rig::new();
            let id = rig.establish(damped(adj_rib_in), &[]);
            rig.announce(id, &[A, B]);
            flap(&mut rig, id, 3);
            let change = |rig: &mut Rig, import| {
                let policies = PeerPolicies { import: Some(Arc::new(import)), export: None };
                rig.engine.set_policies(id, policies, rig.now, &mut |_| {});
            };
            change(&mut rig, Policy::reject_all());
            change(&mut rig, Policy::accept_all());
            assert_eq!(standing(&rig, id)[0], (A.to_owned(), Standing::Damped), "{adj_rib_in:?}");
            rig.input(id, Input::Closed(Conn::Dialed));
            rig.pass_alive(60);
            rig.connect(id, &[]);
            rig.announce(id, &[A, B]);
            assert_eq!(standing(&rig, id)[0], (A.to_owned(), Standing::Damped));
            assert_eq!(rig.nets(), [B]);
            rig.pass_alive(1800);
            assert_eq!(rig.nets(), [A, B]);
        }
    }

    #[test]
    fn internal_peers_are_never_damped() {
        let mut rig = Rig::new();
        let config = PeerConfig { asn: crate::testing::LOCAL, ..damped(AdjRibIn::Kept) };
        let id = rig.establish(config, &[]);
        for n in 0..20 {
            rig.announce_with(id, &[A], |set| {
                (set.as_path, set.local_pref, set.med) = (AsPathBuf::default(), Some(100), Some(n));
            });
            assert_eq!(rig.nets(), [A]);
            rig.withdraw(id, &[A]);
        }
        assert!(rig.engine.core().peer(id).unwrap().damping.is_none());
    }
}
