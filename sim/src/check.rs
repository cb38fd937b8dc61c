//! The invariants of a world at rest.

use crate::arena::Side;
use crate::leg::LegId;
use crate::model::{self, AdjIn, Told};
use crate::pipe::EndState;
use crate::speaker::SpeakerId;
use crate::violation::{Invariant, Violation};
use crate::world::World;
use bgp_rib::{Net, Standing};
use bgp_session::{Conn, State};
use bgp_wire::AttributeSet;
use std::collections::BTreeMap;
use std::fmt::Debug;

impl World {
    /// Checks every invariant; the world must be at rest.
    pub fn check(&self) -> Result<(), Violation> {
        for leg in self.legs.ids() {
            self.check_states(leg)?;
            self.check_connections(leg)?;
        }
        let ends = || self.legs.ids().flat_map(|leg| Side::ALL.map(|side| (leg, side)));
        let mut adj_ins = BTreeMap::new();
        for (leg, side) in ends() {
            self.check_adj_out(leg, side)?;
            adj_ins.insert((leg, side), model::adj_in(self, leg, side));
        }
        for (leg, side) in ends() {
            self.check_adj_in(leg, side, adj_ins.get(&(leg, side)))?;
        }
        self.speakers.ids().try_for_each(|speaker| self.check_loc_rib(speaker, &adj_ins))
    }

    /// A session's state is the one it told last.
    fn check_states(&self, leg: LegId) -> Result<(), Violation> {
        for side in Side::ALL {
            let (speaker, peer) = self.who(leg, side);
            let status = self.engine(speaker).peer_status(peer);
            let (is, told) = (status.map(|status| status.state), self.state(leg, side));
            if is != Some(told) {
                return Err(
                    self.violation(Invariant::Told, format!("{leg:?} is {is:?} at {side:?}, not {told}"))
                );
            }
        }
        Ok(())
    }

    /// An Established session has one connection, and both ends mean the same one.
    fn check_connections(&self, leg: LegId) -> Result<(), Violation> {
        let established = |side| {
            let (speaker, peer) = self.who(leg, side);
            let conn = self.engine(speaker).connection(peer)?;
            self.legs[leg].ends[side].pipe(conn)
        };
        if Side::ALL.into_iter().any(|side| self.state(leg, side) != State::Established) {
            return Ok(());
        }
        let [a, b] = Side::ALL.map(established);
        let open = |side| Conn::ALL.into_iter().filter_map(move |c| self.legs[leg].ends[side].pipe(c));
        let single = Side::ALL.into_iter().all(|side| open(side).count() == 1);
        let in_use = |side| open(side).all(|id| self.pipes[id].ends[side] == EndState::Open);
        if a.is_some() && a == b && single && Side::ALL.into_iter().all(in_use) {
            return Ok(());
        }
        let ends =
            format!("{:?} and {:?}", open(Side::A).collect::<Vec<_>>(), open(Side::B).collect::<Vec<_>>());
        Err(self.violation(Invariant::OneConnection, format!("{leg:?} has {ends}")))
    }

    /// What one end announced, by its octets and by its own account, is what its paths come to.
    fn check_adj_out(&self, leg: LegId, side: Side) -> Result<(), Violation> {
        let mut should = model::told(self, leg, side);
        should.values_mut().for_each(|paths| in_any_order(paths));
        let (speaker, peer) = self.who(leg, side);
        let ledger = &self.legs[leg].ends[side].ledger;
        let engine = self.engine(speaker);
        let account = engine.paths_to(peer).into_iter().map(|path| (path.net, path.attrs));
        let octets = ledger.told().iter().map(|((net, _), attrs)| (*net, attrs.clone()));
        let name = &self.speakers[speaker].name;
        self.same(Invariant::AdjRib, &format!("{name}'s octets on {leg:?}"), &told(octets), &should)?;
        self.same(Invariant::AdjRib, &format!("{name}'s Adj-RIB-Out on {leg:?}"), &told(account), &should)?;
        if let Some((net, _)) = ledger.owed().first() {
            let evidence = format!("{name} was asked for {net} again, in vain");
            return Err(self.violation(Invariant::NothingMissing, evidence));
        }
        let mut families = ledger.negotiated().into_iter().flat_map(|n| n.families.iter());
        match families.find(|family| !ledger.has_ended(*family)) {
            None => Ok(()),
            Some(family) => {
                let evidence = format!("{name} sent no End-of-RIB {family} on {leg:?}");
                Err(self.violation(Invariant::NothingMissing, evidence))
            }
        }
    }

    /// What the other end has is what this one announced, as its import judges it.
    fn check_adj_in(&self, leg: LegId, side: Side, should: Option<&AdjIn>) -> Result<(), Violation> {
        let (speaker, peer) = self.who(leg, side);
        let routes = self.engine(speaker).routes_from(peer).into_iter();
        let adj_in: AdjIn = routes
            .map(|route| ((route.net, route.path_id), (route.attrs, route.standing != Standing::Rejected)))
            .collect();
        let what = format!("{}'s Adj-RIB-In on {leg:?}", self.speakers[speaker].name);
        self.same(Invariant::AdjRib, &what, &by_net(&adj_in), &should.map(by_net).unwrap_or_default())
    }

    fn check_loc_rib(
        &self,
        speaker: SpeakerId,
        adj_ins: &BTreeMap<(LegId, Side), AdjIn>,
    ) -> Result<(), Violation> {
        let routes = self.engine(speaker).routes().into_iter();
        let best = routes.filter(|route| route.standing == Standing::Best);
        let actual: BTreeMap<Net, _> =
            best.map(|route| (route.net, ((route.peer, route.path_id), route.attrs))).collect();
        let candidates = model::candidates(self, speaker, adj_ins);
        let expected: BTreeMap<Net, _> = candidates
            .iter()
            .filter_map(|(net, of)| Some((*net, model::best(self, speaker, of)?)))
            .map(|(net, best)| (net, (best.key(), best.attrs.clone())))
            .collect();
        let name = &self.speakers[speaker].name;
        self.same(Invariant::LocRib, &format!("{name}'s Loc-RIB"), &actual, &expected)
    }

    /// Names the first net in which two tables differ.
    fn same<T: PartialEq + Debug>(
        &self,
        invariant: Invariant,
        what: &str,
        actual: &BTreeMap<Net, T>,
        expected: &BTreeMap<Net, T>,
    ) -> Result<(), Violation> {
        let mut nets = actual.keys().chain(expected.keys());
        match nets.find(|net| actual.get(*net) != expected.get(*net)) {
            None => Ok(()),
            Some(net) => {
                let (is, should) = (actual.get(net), expected.get(net));
                Err(self.violation(invariant, format!("{what}: {net} is {is:?}, not {should:?}")))
            }
        }
    }
}

/// What was told of each net, whatever the identifiers of its paths.
fn told(paths: impl Iterator<Item = (Net, AttributeSet)>) -> Told {
    let mut told = Told::new();
    paths.for_each(|(net, attrs)| told.entry(net).or_default().push(attrs));
    told.values_mut().for_each(|paths| in_any_order(paths));
    told
}

fn by_net(adj_in: &AdjIn) -> BTreeMap<Net, Vec<(u32, &(AttributeSet, bool))>> {
    let mut all = BTreeMap::<Net, Vec<_>>::new();
    adj_in.iter().for_each(|((net, path_id), path)| all.entry(*net).or_default().push((*path_id, path)));
    all
}

/// Several paths of one net are told in no order.
fn in_any_order(paths: &mut [AttributeSet]) {
    if paths.len() > 1 {
        paths.sort_by_cached_key(|attrs| format!("{attrs:?}"));
    }
}
