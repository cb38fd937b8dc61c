//! The far end's stand-in: AS8075's edge routers as a carrier's plan describes them.

mod admission;
pub(crate) mod document;
pub(crate) mod edge;
mod limits;
mod places;
mod played;
mod portal;
mod prefixes;
mod print;
mod received;
mod reload;
mod run;
mod signed;
pub(crate) mod synthetic;
#[cfg(test)]
mod testing;

pub(crate) use admission::Admission;
pub(crate) use limits::Limits;
pub(crate) use places::{Mapping, SessionPlace};
pub(crate) use portal::portal;
pub(crate) use print::print;
pub(crate) use received::Received;
pub(crate) use run::{Source, check, run};
pub(crate) use signed::Signed;

use bgp_policy::voice::{Observed, SessionState};
use bgp_speaker::PeerId;
use places::EdgePlace;
use std::collections::BTreeMap;

/// What is known of the sessions of a running far end besides what its speakers know.
#[derive(Debug, Default)]
pub(crate) struct FarEnd {
    /// The edge routers, by the numbers of their speakers in the daemon.
    edges: BTreeMap<usize, EdgePlace>,
    /// The number of the next one: none is used twice.
    next: usize,
    /// In the plan's order.
    pub(crate) sessions: Vec<FarSession>,
}

/// One session.
#[derive(Debug)]
pub(crate) struct FarSession {
    /// The edge router, by its name and by the number of its speaker in the daemon.
    pub(crate) edge: String,
    pub(crate) speaker: usize,
    pub(crate) peer: PeerId,
    pub(crate) place: SessionPlace,
    pub(crate) received: Received,
    pub(crate) limits: Limits,
    /// Whether the carrier signs its segments, where this may be looked at.
    pub(crate) signed: Option<Signed>,
}

impl FarEnd {
    /// Gives what was observed the plan's addresses, and what only the far end sees.
    pub(crate) fn complete(&self, observed: &mut Observed) {
        for seen in &mut observed.sessions {
            let of = |s: &&FarSession| seen.connection.as_ref() == Some(&s.place.connection);
            let Some(session) = self.sessions.iter().find(of) else { continue };
            let place = &session.place;
            seen.md5 = session.signed.as_ref().and_then(Signed::get);
            let down = seen.state.is_some_and(|state| state != SessionState::Established);
            seen.limit_reached = down.then(|| session.limits.reached(session.peer));
            seen.peer = seen.peer.map(|peer| place.as_planned(peer));
            for route in seen.routes.iter_mut().flatten() {
                route.next_hop = route.next_hop.map(|hop| place.as_planned(hop));
            }
        }
    }
}
