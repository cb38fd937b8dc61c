//! What others say of prefixes and their origins, the RPKI and the IRR, and the routes that are judged again where that changes.

use crate::config::{AdjRibIn, PeerConfig};
use crate::core::Core;
use crate::peer::Peer;
use crate::walk::Walk;
use bgp_policy::irr::Registrations;
use bgp_policy::rpki::{AspaSet, Direction, VrpChanges, VrpSet, route_origin};
use bgp_policy::{Asked, PathValidationState, ValidationState};
use bgp_rib::{Net, PeerId, Relation};
use bgp_wire::{AsPath, Asn, Family};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The data that routes are judged by; nothing where nobody has given any.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RouteSources {
    /// The origin of routes that began here: our ASN, as external peers know it.
    pub(crate) local: Asn,
    pub(crate) vrps: Option<VrpSet>,
    pub(crate) aspas: Option<Arc<AspaSet>>,
    pub(crate) registrations: Option<Registrations>,
}

impl RouteSources {
    /// Without any data.
    pub(crate) const fn new(local: Asn) -> Self {
        Self { local, vrps: None, aspas: None, registrations: None }
    }

    /// The AS that a route with this path began in; `None` where nobody can say (RFC 6811 section 2).
    pub(crate) fn origin(&self, path: AsPath<'_>) -> Option<Asn> {
        route_origin(path, self.local)
    }

    /// What the RPKI says of a route.
    pub(crate) fn rpki(&self, prefix: &IpNet, origin: Option<Asn>) -> ValidationState {
        self.vrps.as_ref().map(|vrps| vrps.state(prefix, origin).into()).unwrap_or_default()
    }

    /// What ASPA says of the path of a route from a peer. Which hops may have gone up hangs on the peer's role, and is asked where a
    /// route comes in from another AS.
    pub(crate) fn aspa(
        &self,
        path: AsPath<'_>,
        peer: &PeerConfig,
        relation: Relation,
    ) -> PathValidationState {
        let role = peer.role_of_peer().filter(|_| relation == Relation::External);
        match (&self.aspas, role.and_then(Direction::from)) {
            (Some(aspas), Some(direction)) => aspas.verify(path, peer.asn, direction).state.into(),
            _ => PathValidationState::NotChecked,
        }
    }

    /// What the IRR says of a route.
    pub(crate) fn irr(&self, prefix: &IpNet, origin: Option<Asn>) -> ValidationState {
        self.registrations.as_ref().map(|all| all.state(prefix, origin).into()).unwrap_or_default()
    }
}

/// What of a route besides its prefix makes a difference to what others say of it.
pub(crate) struct Seen<'a> {
    /// AS_PATH, as it came.
    pub(crate) path: AsPath<'a>,
    pub(crate) peer: &'a PeerConfig,
    pub(crate) relation: Relation,
}

/// What is judged again because others say something else.
#[derive(Debug)]
pub(crate) struct Revalidation {
    before: RouteSources,
    /// The VRPs that came and went; without them, every prefix is concerned.
    changes: Option<VrpChanges>,
    /// How many paths of which peer are others than before.
    changed: BTreeMap<PeerId, usize>,
}

impl Revalidation {
    fn differs(&self, now: &RouteSources, prefix: &IpNet, seen: &Seen<'_>) -> bool {
        let (before, affects) = (&self.before, || self.changes.as_ref().is_none_or(|c| c.affects(prefix)));
        let origin = now.origin(seen.path);
        let states = |sources: &RouteSources| {
            let aspa = sources.aspa(seen.path, seen.peer, seen.relation);
            (sources.rpki(prefix, origin), sources.irr(prefix, origin), aspa)
        };
        affects() && states(before) != states(now)
    }
}

impl Core {
    /// The VRPs change; nothing is known any more where there is no change. Whom to ask for routes that were not kept.
    pub(crate) fn change_vrps(&mut self, changes: Option<&VrpChanges>) -> Vec<PeerId> {
        let before = self.sources.clone();
        let none = VrpSet::default();
        self.sources.vrps = changes.map(|changes| before.vrps.as_ref().unwrap_or(&none).changed_by(changes));
        let all = before.vrps.is_some() != self.sources.vrps.is_some();
        if !all && changes.is_none_or(VrpChanges::is_empty) {
            return Vec::new();
        }
        self.begin_revalidation(before, changes.filter(|_| !all).cloned(), |asked| asked.rpki)
    }

    /// The attestations are others; nothing is known any more where there are none. Whom to ask for routes that were not kept.
    pub(crate) fn set_aspas(&mut self, aspas: Option<Arc<AspaSet>>) -> Vec<PeerId> {
        if self.sources.aspas == aspas {
            return Vec::new();
        }
        let before = self.sources.clone();
        self.sources.aspas = aspas;
        self.begin_revalidation(before, None, |asked| asked.aspa)
    }

    /// The registrations are others; nothing is known any more where there are none. Whom to ask for routes that were not kept.
    pub(crate) fn set_registrations(&mut self, registrations: Option<Registrations>) -> Vec<PeerId> {
        if self.sources.registrations == registrations {
            return Vec::new();
        }
        let before = self.sources.clone();
        self.sources.registrations = registrations;
        self.begin_revalidation(before, None, |asked| asked.irr)
    }

    /// Judges routes again whose state is another, of peers whose import policy asks for it.
    fn begin_revalidation(
        &mut self,
        before: RouteSources,
        changes: Option<VrpChanges>,
        asks: fn(Asked) -> bool,
    ) -> Vec<PeerId> {
        self.revalidation = Some(Revalidation { before, changes, changed: BTreeMap::new() });
        let concerned =
            |peer: &Peer| peer.config.import.as_ref().is_some_and(|policy| asks(policy.asks_for()));
        let peers = (0..).map(PeerId).zip(&self.peers).filter(|(_, peer)| concerned(peer));
        let peers: Vec<_> = peers.map(|(id, peer)| (id, peer.config.adj_rib_in)).collect();
        let kept = peers.iter().filter(|(_, adj_rib_in)| *adj_rib_in == AdjRibIn::Kept);
        for (id, family) in kept.flat_map(|(id, _)| Family::UNICAST.map(|family| (*id, family))) {
            self.walk(Walk::Revalidate(id, family));
        }
        let not_kept = peers.into_iter().filter(|(_, adj_rib_in)| *adj_rib_in == AdjRibIn::NotKept);
        not_kept.map(|(id, _)| id).collect()
    }

    /// One piece of that.
    pub(crate) fn revalidate(&mut self, id: PeerId, family: Family, places: Range<u32>) {
        let Some(mut revalidation) = self.revalidation.take() else { return };
        let differs = |now: &_, net: Net, seen: &Seen<'_>| revalidation.differs(now, &net.prefix(), seen);
        let others = self.judge_again_where(id, family, places, differs);
        let count = revalidation.changed.entry(id).or_default();
        *count = count.saturating_add(others);
        self.revalidation = Some(revalidation);
    }

    /// How many paths of which peers are others, once all were looked at.
    pub(crate) fn take_revalidated(&mut self) -> impl Iterator<Item = (PeerId, usize)> + use<> {
        let done = if self.walks.is_empty() { self.revalidation.take() } else { None };
        done.into_iter().flat_map(|done| done.changed).filter(|(_, paths)| *paths > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{Action as Asked, Event, PeerConfig, What};
    use bgp_policy::rpki::{self, Vrp};
    use bgp_policy::{Action, Decision, Edit, Match, Policy, Rule};
    use bgp_wire::Role;
    use std::sync::Arc;

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";

    /// Refuses what is invalid, and gives 200 to what is valid.
    #[expect(clippy::unnecessary_wraps, reason = "as a peer's configuration has it")]
    fn by(condition: fn(ValidationState) -> Match) -> Option<Arc<Policy>> {
        let rule = |name: &str, state, edits: &[Edit], then| Rule {
            name: name.into(),
            when: [condition(state)].into(),
            edits: edits.into(),
            then,
        };
        let rules = vec![
            rule("invalid", ValidationState::Invalid, &[], Action::Reject),
            rule("valid", ValidationState::Valid, &[Edit::SetLocalPref(200)], Action::Accept),
        ];
        Some(Arc::new(Policy::new("by state", rules, Decision::Accept).unwrap()))
    }

    fn rig(config: PeerConfig) -> (Rig, PeerId) {
        let mut rig = Rig::new();
        let id = rig.establish(config, &[]);
        rig.announce(id, &[A, B]);
        (rig, id)
    }

    /// Each path of the peer's: net, whether it is refused, local preference, what the RPKI and the IRR say.
    fn paths(rig: &Rig, id: PeerId) -> Vec<String> {
        let routes = rig.engine.routes_from(id).into_iter();
        let text = |r: crate::RouteStatus| {
            let refused = if r.standing == crate::Standing::Rejected { " refused" } else { "" };
            let pref = r.attrs.local_pref.map(|pref| format!(" {pref}")).unwrap_or_default();
            format!("{}{refused}{pref} {} {}", r.net, r.rpki, r.irr)
        };
        routes.map(text).collect()
    }

    fn vrp(prefix: &str, asn: u32) -> Vrp {
        Vrp::new(prefix.parse().unwrap(), 24, Asn(asn)).unwrap()
    }

    /// Changes the VRPs; how many paths are told to be others, and the kinds of messages that leave.
    fn change(rig: &mut Rig, changes: Option<&VrpChanges>) -> (Vec<usize>, Vec<u8>) {
        let (mut told, mut sent) = (Vec::new(), Vec::new());
        rig.engine.change_vrps(changes, rig.now, &mut |action| match action {
            Asked::Event(Event { what: What::Revalidated(paths), .. }) => told.push(paths),
            Asked::Send(_, _, octets) => sent.push(octets[18]),
            _ => {}
        });
        (told, sent)
    }

    /// (what comes and goes, how many paths are others, how they stand then). The peer's ASN is the origin of both.
    #[test]
    fn only_what_changed_is_judged_again() {
        let (mut rig, id) = rig(PeerConfig { import: by(Match::Rpki), ..peer(1) });
        let asn = rig.engine.peer_status(id).unwrap().config.asn.0;
        let other = "192.0.2.0/24";
        let none = ["198.51.100.0/24 not-checked not-checked", "203.0.113.0/24 not-checked not-checked"];
        assert_eq!(paths(&rig, id), none);
        for (added, removed, others, a, b) in [
            // From not checked to not found nothing changes for this policy, but the reason does not either.
            (&[(other, 1)][..], &[][..], &[][..], "not-found", "not-found"),
            (&[(A, asn)], &[], &[1], "200 valid", "not-found"),
            (&[(B, 1)], &[], &[1], "200 valid", "refused invalid"),
            (&[(B, asn)], &[(A, asn)], &[2], "not-found", "200 valid"),
            (&[], &[(B, 1)], &[], "not-found", "200 valid"),
            (&[], &[], &[], "not-found", "200 valid"),
            (&[(A, 1)], &[(other, 1)], &[1], "refused invalid", "200 valid"),
        ] {
            let all =
                |list: &[(&str, u32)]| list.iter().map(|(prefix, asn)| vrp(prefix, *asn)).collect::<Vec<_>>();
            let changes = VrpChanges::new(all(added), all(removed));
            assert_eq!(change(&mut rig, Some(&changes)), (others.to_vec(), vec![]), "{changes:?}");
            let want = [format!("{A} {a} not-checked"), format!("{B} {b} not-checked")];
            assert_eq!(paths(&rig, id), want, "{changes:?}");
        }
        assert_eq!(change(&mut rig, None), (vec![2], vec![]));
        assert_eq!(paths(&rig, id), none);
    }

    #[test]
    fn what_comes_later_is_judged_by_what_is_known() {
        let mut rig = Rig::new();
        let id = rig.establish(PeerConfig { import: by(Match::Rpki), ..peer(1) }, &[]);
        change(&mut rig, Some(&VrpChanges::new([vrp(A, 1)], [])));
        rig.announce(id, &[A, B]);
        assert_eq!(
            paths(&rig, id),
            [format!("{A} refused invalid not-checked"), format!("{B} not-found not-checked")]
        );
    }

    #[test]
    fn a_peer_of_which_nothing_is_kept_is_asked() {
        let config = PeerConfig { import: by(Match::Rpki), adj_rib_in: AdjRibIn::NotKept, ..peer(1) };
        let (mut rig, _) = rig(config);
        let (told, sent) = change(&mut rig, Some(&VrpChanges::new([vrp(A, 1)], [])));
        assert_eq!((told, sent), (vec![], vec![5]), "a ROUTE-REFRESH");
        // A policy that does not ask for it has no reason to.
        let (mut rig, _) = self::rig(PeerConfig { adj_rib_in: AdjRibIn::NotKept, ..peer(1) });
        assert_eq!(change(&mut rig, Some(&VrpChanges::new([vrp(A, 1)], []))), (vec![], vec![]));
    }

    /// (the role we offer, the providers that AS 7 attests, whether the path is others then, what ASPA says of 64501 7).
    #[test]
    fn paths_are_judged_by_attestations() {
        use PathValidationState::{Invalid, NotChecked, Unknown, Valid};
        let rule = Rule::new("leaks").when(Match::Aspa(Invalid)).reject();
        let policy = Policy::new("by path", vec![rule], Decision::Accept).unwrap();
        let rows: &[(Option<Role>, &[(Option<&[u32]>, usize, PathValidationState)])] = &[
            (
                Some(Role::Provider),
                &[
                    (Some(&[]), 0, Unknown),
                    (Some(&[64501]), 0, Valid),
                    (Some(&[9]), 1, Invalid),
                    (None, 1, NotChecked),
                ],
            ),
            (Some(Role::RouteServerClient), &[(Some(&[9]), 1, Invalid), (Some(&[9]), 0, Invalid)]),
            // Of what a provider sends, two ASes are never too far from each other.
            (Some(Role::Customer), &[(Some(&[9]), 0, Valid)]),
            (None, &[(Some(&[9]), 0, NotChecked)]),
        ];
        for (role, steps) in rows {
            let mut config = PeerConfig { import: Some(Arc::new(policy.clone())), ..peer(1) };
            config.offers.role = *role;
            let mut rig = Rig::new();
            let id = rig.establish(config, &[]);
            rig.announce_with(id, &[A], |set| set.as_path = [Asn(64501), Asn(7)].into_iter().collect());
            for (providers, others, state) in *steps {
                let aspa = |providers: &&[u32]| rpki::Aspa {
                    customer: Asn(7),
                    providers: providers.iter().copied().map(Asn).collect(),
                };
                let aspas = providers
                    .as_ref()
                    .map(|p| Arc::new([aspa(p)].into_iter().filter(|a| !a.providers.is_empty()).collect()));
                let mut told = 0;
                rig.engine.set_aspas(aspas, rig.now, &mut |action| {
                    if let Asked::Event(Event { what: What::Revalidated(paths), .. }) = action {
                        told += paths;
                    }
                });
                let [route] = &*rig.engine.routes_from(id) else { panic!("one route") };
                let refused = route.standing == crate::Standing::Rejected;
                assert_eq!((route.aspa, refused), (*state, *state == Invalid), "{role:?} {providers:?}");
                assert_eq!(told, *others, "{role:?} {providers:?}");
            }
        }
    }

    #[test]
    fn registrations_likewise() {
        let (mut rig, id) = rig(PeerConfig { import: by(Match::Irr), ..peer(1) });
        let asn = rig.engine.peer_status(id).unwrap().config.asn;
        let all: Registrations =
            [(A.parse().unwrap(), asn), (B.parse().unwrap(), Asn(1))].into_iter().collect();
        let mut told = Vec::new();
        for registrations in [Some(all.clone()), Some(all), None] {
            rig.engine.set_registrations(registrations, rig.now, &mut |action| {
                if let Asked::Event(Event { what: What::Revalidated(paths), .. }) = action {
                    told.push(paths);
                }
            });
            if rig.engine.registrations().is_some() {
                let want = [format!("{A} 200 not-checked valid"), format!("{B} refused not-checked invalid")];
                assert_eq!(paths(&rig, id), want);
            }
        }
        assert_eq!(told, [2, 2]);
        assert_eq!(
            paths(&rig, id),
            [format!("{A} not-checked not-checked"), format!("{B} not-checked not-checked")]
        );
    }
}
