//! Policies that change while sessions run, and what becomes of the routes that are here.

use crate::config::{AdjRibIn, PeerPolicies};
use crate::core::{Core, noted};
use crate::damping::Damping;
use crate::judge::Judge;
use crate::reason::Reason;
use crate::sources::{RouteSources, Seen};
use crate::walk::{Walk, long_lived};
use bgp_policy::Policy;
use bgp_rib::{AttrSet, Import, Interner, Judged, Net, Path, PeerId, Stale};
use bgp_wire::{AttributeSet, Family, FamilySet};
use std::ops::Range;
use std::sync::Arc;

/// What becomes of a peer's routes when its import policy is another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportChange {
    /// They are judged again here, and the peer is not asked for anything.
    JudgedAgain,
    /// The peer was asked to send them again. Each stands as it did until then.
    AskedAgain,
    /// The peer cannot be asked, and its routes were not kept: the policy before stays in force until the session is
    /// reset.
    NeedsReset,
}

impl Core {
    /// Gives a peer other policies; what becomes of its routes, where import policy is another.
    pub(crate) fn set_policies(&mut self, id: PeerId, policies: PeerPolicies) -> Option<ImportChange> {
        let peer = self.peer_mut(id)?;
        if peer.config.export != policies.export {
            peer.config.export.clone_from(&policies.export);
            if let Some(up) = &mut peer.up {
                up.regroups = true;
            }
        }
        peer.awaited = None;
        if peer.config.import == policies.import {
            return None;
        }
        let kept = peer.config.adj_rib_in == AdjRibIn::Kept;
        match &peer.up {
            Some(up) if !kept && !up.exchange.negotiated.route_refresh => {
                peer.awaited = Some(policies);
                return Some(ImportChange::NeedsReset);
            }
            Some(up) if !up.exchange.orf_tx.is_empty() => self.filters_due.push(id),
            _ => {}
        }
        Some(self.adopt_import(id, policies.import))
    }

    /// Families whose routes a peer is to be asked for again, as far as it is not by the filter that it is sent.
    pub(crate) fn to_ask_again(&self, id: PeerId) -> Vec<Family> {
        let Some(up) = self.peer(id).and_then(|peer| peer.up.as_ref()) else { return Vec::new() };
        let by_filter: FamilySet = up.exchange.orf_tx;
        up.exchange.negotiated.families.iter().filter(|family| !by_filter.contains(*family)).collect()
    }

    /// The policy that waited for the session to end is in force.
    pub(crate) fn adopt_awaited(&mut self, id: PeerId) {
        if let Some(policies) = self.peer_mut(id).and_then(|peer| peer.awaited.take()) {
            self.adopt_import(id, policies.import);
        }
    }

    fn adopt_import(&mut self, id: PeerId, import: Option<Arc<Policy>>) -> ImportChange {
        let Some(peer) = self.peer_mut(id) else { return ImportChange::JudgedAgain };
        peer.config.import = import;
        let kept = peer.config.adj_rib_in == AdjRibIn::Kept;
        for family in Family::UNICAST {
            self.walk(if kept { Walk::JudgeAgain(id, family) } else { Walk::MarkFormer(id, family) });
        }
        if kept { ImportChange::JudgedAgain } else { ImportChange::AskedAgain }
    }

    /// Judges what a peer has at some places as it came.
    pub(crate) fn judge_again(&mut self, id: PeerId, family: Family, places: Range<u32>) {
        self.judge_again_where(id, family, places, |_, _, _| true);
    }

    /// Judges what a peer has at some places as it came, where `concerned` says so of a net and the path; how many paths are others than before.
    pub(crate) fn judge_again_where(
        &mut self,
        id: PeerId,
        family: Family,
        places: Range<u32>,
        concerned: impl Fn(&RouteSources, Net, &Seen<'_>) -> bool,
    ) -> usize {
        let Self { peers, rib, interner, changes, sources, .. } = self;
        let sources = &*sources;
        let Some(peer) = peers.get(id.0 as usize) else { return 0 };
        let Some(session) = peer.session() else { return 0 };
        let none = Policy::reject_all();
        let begin = |set: &mut _, came| {
            Judge::begin((&peer.config, session, peer.draining, sources), &none, set, Some(came))
        };
        let (config, relation) = (&peer.config, session.rewriting.relation);
        let concerned = |net, path: &Path| {
            let path = path.attrs.as_it_came().as_path();
            concerned(sources, net, &Seen { path, peer: config, relation })
        };
        let mut again = Again { begin, last: None, damping: peer.damping.as_ref() };
        let judge = |net, path: &Path| {
            if concerned(net, path) { again.judge(net, path, interner) } else { Judged::from(path) }
        };
        rib.judge_again(id, family, places, judge, &mut noted(changes))
    }

    /// What a peer has at some places was accepted by a policy that is no more.
    pub(crate) fn mark_former(&mut self, id: PeerId, family: Family, places: Range<u32>) {
        let former = Reason::FormerPolicy.into();
        let mark = |_, path: &Path| {
            let import = if path.is_damped() { Import::Damped(former) } else { Import::Accepted(former) };
            Judged { import, ..Judged::from(path) }
        };
        self.rib.judge_again(id, family, places, mark, &mut noted(&mut self.changes));
    }
}

/// Judges one path after the other; most of those that follow each other came with the same attributes.
struct Again<'a, B> {
    begin: B,
    /// What came, decoded and marked, and the verdicts on it.
    last: Option<(AttrSet, AttributeSet, Judge<'a>)>,
    /// What the peer's routes have been up to.
    damping: Option<&'a Damping>,
}

impl<'a, B: Fn(&mut AttributeSet, AttrSet) -> Judge<'a>> Again<'a, B> {
    fn judge(&mut self, net: Net, path: &Path, interner: &mut Interner) -> Judged {
        // Too long to be kept, it is refused by any policy.
        if Reason::from(path.because) == Reason::TooLong {
            return Judged::from(path);
        }
        let came = path.attrs.as_it_came();
        let last = self.last.take().filter(|(last, ..)| last == came);
        let (_, set, judge) = self.last.insert(last.unwrap_or_else(|| {
            let mut set = came.to_set();
            let judge = (self.begin)(&mut set, came.clone());
            (came.clone(), set, judge)
        }));
        let (attrs, import, weight) = judge.judge(net.prefix(), set, interner);
        let attrs = attrs.unwrap_or_else(|| came.clone());
        let import = self.damping.map_or(import, |damping| damping.judged_again(net, path.path_id, import));
        let judged = Judged { attrs, import, weight, stale: Stale::No };
        as_stale_as(path, judged, interner)
    }
}

/// What is stale stays so: kept for as long as it is, and marked where it is kept for long.
fn as_stale_as(path: &Path, judged: Judged, interner: &mut Interner) -> Judged {
    let told = judged.attrs.is_stale();
    match path.stale() {
        Stale::No | Stale::Told if told => Judged { stale: Stale::Told, ..judged },
        Stale::No | Stale::Told => judged,
        Stale::Kept if !told => Judged { stale: Stale::Kept, ..judged },
        Stale::Kept | Stale::KeptLong => {
            let attrs = long_lived(&judged.attrs, AdjRibIn::Kept, interner);
            Judged { attrs: attrs.unwrap_or(judged.attrs), stale: Stale::KeptLong, ..judged }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{Action as Asked, Conn, Event, Input, PeerConfig, RouteStatus, Standing, What};
    use bgp_policy::{Action, Decision, Edit, Match, Rule};
    use bgp_session::Restart;
    use bgp_wire::{
        AfiSafi, Asn, Capability, Community, GracefulRestart, OrfFamily, OrfGroup, OrfSupport, RestartFamily,
        Role, RouteRefresh, StaleFamily,
    };

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";
    const V4: AfiSafi = AfiSafi { afi: 1, safi: 1 };
    const ENHANCED: &[Capability<'_>] = &[Capability::EnhancedRouteRefresh];

    /// Refuses a net, and gives all others this local preference.
    fn without(net: &str, pref: u32) -> Arc<Policy> {
        let others = Rule {
            name: "others".into(),
            when: [].into(),
            edits: [Edit::SetLocalPref(pref)].into(),
            then: Action::Accept,
        };
        let rules = vec![on(net, Action::Reject), others];
        Arc::new(Policy::new("without", rules, Decision::Reject).unwrap())
    }

    fn on(net: &str, then: Action) -> Rule {
        let when = [Match::Prefix([net.parse().unwrap()].into_iter().collect())].into();
        Rule { name: "without".into(), when, edits: [].into(), then }
    }

    fn keeping(adj_rib_in: AdjRibIn) -> PeerConfig {
        PeerConfig { adj_rib_in, import: Some(without(B, 150)), ..peer(1) }
    }

    /// Gives the peer another import policy; what was told of it, and what leaves for the peer at once.
    fn change(
        rig: &mut Rig,
        id: PeerId,
        import: impl Into<Option<Arc<Policy>>>,
    ) -> (Vec<ImportChange>, Vec<String>) {
        let import = import.into();
        rig.sent(id);
        let export = rig.engine.peer_status(id).unwrap().config.export;
        let (mut told, mut asked) = (Vec::new(), Vec::new());
        rig.engine.set_policies(id, PeerPolicies { import, export }, rig.now, &mut |action| match action {
            Asked::Event(Event { what: What::ImportPolicy(change), .. }) => told.push(change),
            Asked::Send(_, _, octets) => asked.push(octets[18]),
            _ => {}
        });
        let mut sent: Vec<String> = asked.iter().map(|kind| format!("message {kind}")).collect();
        sent.extend(rig.sent(id));
        (told, sent)
    }

    /// Each path of the peer's: net, local preference, reason.
    fn paths(rig: &Rig, id: PeerId) -> Vec<(String, Option<u32>, String)> {
        rig.engine.routes_from(id).into_iter().map(row).collect()
    }

    fn row(route: RouteStatus) -> (String, Option<u32>, String) {
        (route.net.to_string(), route.attrs.local_pref, route.reason)
    }

    fn accepted(rig: &Rig, id: PeerId) -> Vec<String> {
        let routes = rig.engine.routes_from(id).into_iter();
        let accepted = routes.filter(|route| route.standing != Standing::Rejected);
        accepted.map(|route| format!("{} {}", route.net, route.attrs.local_pref.unwrap_or(0))).collect()
    }

    #[test]
    fn what_is_kept_is_judged_again_without_a_word_to_the_peer() {
        let mut rig = Rig::new();
        let id = rig.establish(keeping(AdjRibIn::Kept), &[]);
        rig.announce(id, &[A, B]);
        assert_eq!(accepted(&rig, id), [format!("{A} 150")]);
        // As they came, the refused one with its reason.
        let received: Vec<_> = rig.engine.received_from(id).unwrap().into_iter().map(row).collect();
        assert_eq!(received[0].1, None);
        assert_eq!((received[1].1, received[1].2.contains("\"without\"")), (None, true), "{received:?}");

        assert_eq!(change(&mut rig, id, without(A, 70)), (vec![ImportChange::JudgedAgain], vec![]));
        assert_eq!(accepted(&rig, id), [format!("{B} 70")]);
        assert_eq!(rig.nets(), [B]);
        let counts = rig.engine.peer_status(id).unwrap().counts;
        assert_eq!((counts.accepted, counts.rejected), (1, 1));
        assert_eq!(change(&mut rig, id, without(A, 70)), (vec![], vec![]), "the same");
        assert_eq!(change(&mut rig, id, without(A, 60)).0, [ImportChange::JudgedAgain]);
        // None at all accepts nothing (RFC 8212); what came is there nevertheless.
        assert_eq!(change(&mut rig, id, None::<Arc<Policy>>).0, [ImportChange::JudgedAgain]);
        assert!(rig.nets().is_empty() && rig.engine.received_from(id).unwrap().len() == 2);
        change(&mut rig, id, Some(Arc::new(Policy::accept_all())));
        assert_eq!(accepted(&rig, id), [format!("{A} 0"), format!("{B} 0")]);
    }

    /// (capabilities of the peer, whether the peer marks its refresh)
    /// (what is kept, whether policy edits, nets of 20 that it refuses; nets, paths and attribute sets that are here):
    /// each net comes with attributes of its own. What docs/performance.md counts.
    #[test]
    fn what_either_way_keeps() {
        use AdjRibIn::{Kept, NotKept};
        for (adj_rib_in, edits, refused, want) in [
            (Kept, false, 0, (20, 20, 20)),
            (NotKept, false, 0, (20, 20, 20)),
            (Kept, true, 0, (20, 20, 40)),
            (NotKept, true, 0, (20, 20, 20)),
            (Kept, true, 5, (20, 20, 35)),
            (NotKept, true, 5, (15, 15, 15)),
            (Kept, false, 20, (20, 20, 20)),
            (NotKept, false, 20, (0, 0, 0)),
        ] {
            let nets: Vec<String> = (0..20).map(|n| format!("198.18.{n}.0/24")).collect();
            let mut rules: Vec<Rule> = nets[..refused].iter().map(|net| on(net, Action::Reject)).collect();
            let then = Action::Accept;
            let set = [Edit::SetLocalPref(150)].into_iter().filter(|_| edits).collect();
            rules.push(Rule { name: "others".into(), when: [].into(), edits: set, then });
            let import = Some(Arc::new(Policy::new("counted", rules, Decision::Reject).unwrap()));
            let mut rig = Rig::new();
            let id = rig.establish(PeerConfig { adj_rib_in, import, ..peer(1) }, &[]);
            for (med, net) in (0..).zip(&nets) {
                rig.announce_with(id, &[net], |set| set.med = Some(med));
            }
            let core = rig.engine.core_mut();
            core.interner.sweep();
            let v4 = Family::Ipv4Unicast;
            let here = (core.rib.nets_len(v4), core.rib.counts(id, v4).paths(), core.interner.len());
            assert_eq!(here, want, "{adj_rib_in:?}, {edits}, {refused} refused");
        }
    }

    #[test]
    fn what_is_not_kept_is_asked_for_again_and_stands_until_it_comes() {
        for (theirs, marked) in [(&[][..], false), (ENHANCED, true)] {
            let mut rig = Rig::new();
            let id = rig.establish(keeping(AdjRibIn::NotKept), theirs);
            rig.announce(id, &[A, B, "192.0.2.0/24"]);
            assert!(rig.engine.received_from(id).is_none());
            let counts = rig.engine.peer_status(id).unwrap().counts;
            assert_eq!((counts.accepted, counts.rejected), (2, 0), "nothing refused is kept");

            let (told, sent) = change(&mut rig, id, without(A, 70));
            assert_eq!((told, sent), (vec![ImportChange::AskedAgain], vec!["message 5".to_owned()]));
            let all = paths(&rig, id);
            assert!(all.iter().all(|(_, pref, why)| *pref == Some(150) && why.contains("before the last")));
            if marked {
                rig.refresh(id, RouteRefresh::begin(V4));
            }
            rig.announce(id, &[A, B]);
            assert_eq!(accepted(&rig, id)[1..], [format!("{B} 70")], "{marked}");
            assert!(!rig.nets().contains(&A.to_owned()), "refused, and what stood there is gone");
            if marked {
                assert_eq!(accepted(&rig, id).len(), 2);
                rig.refresh(id, RouteRefresh::end(V4));
                assert_eq!(accepted(&rig, id), [format!("{B} 70")], "the end takes what did not come");
            }
        }
    }

    #[test]
    fn without_a_refresh_the_policy_before_stays_until_the_session_is_reset() {
        let mut rig = Rig::new();
        let mut config = keeping(AdjRibIn::NotKept);
        config.offers.route_refresh = false;
        let id = rig.establish(config, &[]);
        rig.announce(id, &[A, B]);
        assert_eq!(change(&mut rig, id, without(A, 70)), (vec![ImportChange::NeedsReset], vec![]));
        assert!(rig.engine.peer_status(id).unwrap().needs_reset);
        rig.announce(id, &["192.0.2.0/24"]);
        assert_eq!(accepted(&rig, id), ["192.0.2.0/24 150".to_owned(), format!("{A} 150")]);
        // Taken back, it needs none.
        assert_eq!(change(&mut rig, id, without(B, 150)), (vec![], vec![]));
        assert!(!rig.engine.peer_status(id).unwrap().needs_reset);
        change(&mut rig, id, without(A, 70));
        rig.input(id, Input::Closed(Conn::Dialed));
        assert!(!rig.engine.peer_status(id).unwrap().needs_reset);
        rig.pass(std::time::Duration::from_secs(2));
        rig.connect(id, &[]);
        rig.announce(id, &[A, B]);
        assert_eq!(accepted(&rig, id), [format!("{B} 70")]);
    }

    /// What is kept of a peer that is gone is judged again too, and stays as stale as it was.
    #[test]
    fn what_is_stale_is_judged_again_and_stays_stale() {
        let kept = [RestartFamily { family: V4, forwarding_preserved: true }];
        let long = [StaleFamily { family: V4, forwarding_preserved: true, stale_time: 3600 }];
        let theirs = [
            Capability::GracefulRestart(GracefulRestart {
                restarting: false,
                notification: true,
                restart_time: 60,
                families: kept.as_slice().into(),
            }),
            Capability::LongLivedGracefulRestart(long.as_slice().into()),
        ];
        for adj_rib_in in [AdjRibIn::Kept, AdjRibIn::NotKept] {
            let mut rig = Rig::new();
            let mut config = keeping(adj_rib_in);
            config.offers.graceful_restart = Some(Restart { long_lived: Some(7200), ..Restart::default() });
            let id = rig.establish(config, &theirs);
            rig.announce(id, &[A, B]);
            rig.input(id, Input::Closed(Conn::Dialed));
            let stale = |rig: &Rig| rig.engine.routes_from(id).iter().map(|r| r.stale).collect::<Vec<_>>();
            if adj_rib_in == AdjRibIn::NotKept {
                change(&mut rig, id, without(A, 70));
                assert_eq!((accepted(&rig, id), stale(&rig)), (vec![format!("{A} 150")], vec![Stale::Kept]));
                continue;
            }
            change(&mut rig, id, without(A, 70));
            assert_eq!((accepted(&rig, id), stale(&rig)), (vec![format!("{B} 70")], vec![Stale::Kept; 2]));
            rig.pass(std::time::Duration::from_secs(61));
            change(&mut rig, id, without(B, 90));
            assert_eq!(accepted(&rig, id), [format!("{A} 90")]);
            assert_eq!(stale(&rig), [Stale::KeptLong; 2]);
            let all = rig.engine.routes_from(id);
            assert!(all.iter().all(|route| route.attrs.communities == [Community::LLGR_STALE]));
            let came = rig.engine.received_from(id).unwrap();
            assert!(came.iter().all(|route| route.attrs.communities.is_empty()), "as they came");
        }
    }

    #[test]
    fn a_drain_of_what_is_kept_ends_without_a_refresh() {
        let mut rig = Rig::new();
        let id = rig.establish(keeping(AdjRibIn::Kept), &[]);
        rig.announce(id, &[A]);
        let drain = |rig: &mut Rig, draining| {
            let mut messages = 0;
            rig.engine.drain(id, draining, rig.now, &mut |action| {
                messages += u32::from(matches!(action, Asked::Send(..)));
            });
            (messages, accepted(rig, id))
        };
        assert_eq!(drain(&mut rig, true), (0, vec![format!("{A} 0")]));
        change(&mut rig, id, without(B, 80));
        assert_eq!(accepted(&rig, id), [format!("{A} 0")], "it is still drained");
        assert_eq!(drain(&mut rig, false), (0, vec![format!("{A} 80")]));
    }

    #[test]
    fn marks_of_ours_are_none_of_what_came() {
        let mut rig = Rig::new();
        let mut config = keeping(AdjRibIn::Kept);
        config.offers.role = Some(Role::Peer);
        let id = rig.establish(config, &[Capability::Role(Role::Peer)]);
        rig.announce(id, &[A, B]);
        let marks = |routes: Vec<RouteStatus>| routes.into_iter().map(|r| r.attrs.only_to_customer).collect();
        let (here, came): (Vec<_>, Vec<_>) =
            (marks(rig.engine.routes_from(id)), marks(rig.engine.received_from(id).unwrap()));
        assert_eq!((here, came), (vec![Some(Asn(64501)), None], vec![None, None]));
        change(&mut rig, id, without(A, 70));
        assert_eq!(marks(rig.engine.routes_from(id)), [None, Some(Asn(64501))]);
        rig.announce_with(id, &[B], |set| set.only_to_customer = Some(Asn(64999)));
        change(&mut rig, id, Some(Arc::new(Policy::accept_all())));
        assert_eq!(accepted(&rig, id), [format!("{A} 0")], "a leak is one whatever policy says");
    }

    #[test]
    fn another_export_policy_tells_what_is_new_and_takes_back_what_is_not() {
        let mut rig = Rig::new();
        let (from, to) = (rig.establish(peer(1), &[]), rig.establish(peer(2), &[]));
        let other = rig.establish(peer(3), &[]);
        rig.announce(from, &[A, B]);
        [to, other].into_iter().for_each(|id| _ = rig.sent(id));
        let export = |rig: &mut Rig, export| {
            let import = rig.engine.peer_status(to).unwrap().config.import;
            rig.engine.set_policies(to, PeerPolicies { import, export }, rig.now, &mut |_| {});
        };
        let plain = Policy::new("plain", vec![on(B, Action::Reject)], Decision::Accept).unwrap();
        export(&mut rig, Some(Arc::new(plain)));
        assert_eq!(rig.sent(to), [format!("-{B}")], "what it has already it is not told again");
        export(&mut rig, None);
        assert_eq!(rig.sent(to), [format!("-{A}")], "RFC 8212");
        export(&mut rig, Some(Arc::new(Policy::accept_all())));
        assert_eq!(rig.sent(to), [format!("{A} {B}")]);
        assert_eq!(rig.sent(other), [] as [String; 0]);
    }

    /// Whatever is kept, a peer that has our filter has to have the new one.
    #[test]
    fn a_filter_follows_the_policy() {
        for adj_rib_in in [AdjRibIn::Kept, AdjRibIn::NotKept] {
            let only = |net: &str| {
                let rules = vec![on(net, Action::Accept)];
                Some(Arc::new(Policy::new("only", rules, Decision::Reject).unwrap()))
            };
            let mut rig = Rig::new();
            let mut config = PeerConfig { adj_rib_in, import: only(A), ..peer(1) };
            config.offers.orf_tx = true;
            let types = [OrfSupport { kind: OrfGroup::PREFIX, mode: 3 }];
            let families = [OrfFamily { family: V4, types: types.as_slice().into() }];
            let id = rig.establish(config, &[Capability::OutboundRouteFilter(families.as_slice().into())]);
            let (_, sent) = change(&mut rig, id, only(B));
            assert_eq!(sent, ["message 5"], "the filter, which asks for all that passes it");
        }
    }
}
