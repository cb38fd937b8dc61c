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
            let told = model::told(self, leg, side);
            self.check_adj_out(leg, side, &told)?;
            self.check_received(leg, side.other(), &told)?;
            adj_ins.insert((leg, side.other()), model::adj_in(self, leg, side.other(), &told));
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
    fn check_adj_out(&self, leg: LegId, side: Side, should: &Told) -> Result<(), Violation> {
        let (speaker, peer) = self.who(leg, side);
        let ledger = &self.legs[leg].ends[side].ledger;
        let engine = self.engine(speaker);
        let account: Told = engine.routes_to(peer).into_iter().collect();
        let name = &self.speakers[speaker].name;
        self.same(Invariant::AdjRib, &format!("{name}'s octets on {leg:?}"), ledger.told(), should)?;
        self.same(Invariant::AdjRib, &format!("{name}'s Adj-RIB-Out on {leg:?}"), &account, should)?;
        if let Some(net) = ledger.owed().first() {
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
        let adj_in: AdjIn =
            routes.map(|route| (route.net, (route.attrs, route.standing != Standing::Rejected))).collect();
        let mut should = should.cloned().unwrap_or_default();
        // Where nothing is kept but what is accepted, nothing else is there.
        should.retain(|_, (_, accepted)| *accepted || self.keeps(leg, side));
        let what = format!("{}'s Adj-RIB-In on {leg:?}", self.speakers[speaker].name);
        self.same(Invariant::AdjRib, &what, &adj_in, &should)
    }

    /// What is kept as it came is what the other end announced.
    fn check_received(&self, leg: LegId, side: Side, told: &Told) -> Result<(), Violation> {
        let (speaker, peer) = self.who(leg, side);
        let received = self.engine(speaker).received_from(peer);
        let what = format!("what {} keeps as it came on {leg:?}", self.speakers[speaker].name);
        match received {
            None if !self.keeps(leg, side) => Ok(()),
            received => {
                let received = received.into_iter().flatten();
                let received: Told = received.map(|route| (route.net, route.attrs)).collect();
                self.same(Invariant::AdjRib, &what, &received, told)
            }
        }
    }

    fn check_loc_rib(
        &self,
        speaker: SpeakerId,
        adj_ins: &BTreeMap<(LegId, Side), AdjIn>,
    ) -> Result<(), Violation> {
        let routes = self.engine(speaker).routes().into_iter();
        let best = routes.filter(|route| route.standing == Standing::Best);
        let actual: BTreeMap<Net, _> = best.map(|route| (route.net, (route.peer, route.attrs))).collect();
        let candidates = model::candidates(self, speaker, adj_ins);
        let expected: BTreeMap<Net, _> = candidates
            .iter()
            .filter_map(|(net, of)| Some((*net, model::best(self, speaker, of)?)))
            .map(|(net, best)| (net, (best.peer_id(), best.attrs.clone())))
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
