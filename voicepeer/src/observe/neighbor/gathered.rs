//! All that a file tells of the sessions of a plan, of one router or several.

use super::super::session::{End, Sessions};
use super::super::together::joined;
use super::{Bfd, Told};
use bgp_policy::voice::{BfdState, Connection, Observed, ObservedBfd, ObservedSession};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What the outputs of a file tell, each with the prompt that its command stood behind.
pub(in super::super) struct Gathered<'a> {
    sessions: Sessions<'a>,
    told: Vec<(&'a str, Told)>,
}

impl<'a> Gathered<'a> {
    pub(in super::super) const fn of(sessions: Sessions<'a>) -> Self {
        Self { sessions, told: Vec::new() }
    }

    /// An output tells this, behind this prompt where there was one.
    pub(in super::super) fn add(&mut self, prompt: &'a str, told: Told) {
        self.told.push((prompt, told));
    }

    /// Whether it tells of no session, of the plan or not.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.told.iter().all(|(_, told)| told.len() == 0)
    }

    /// The session of the plan whose far end this is.
    fn number(&self, peer: IpAddr) -> Option<usize> {
        let seat = self.sessions.seat(peer).filter(|seat| seat.is_itself && seat.end == End::Far)?;
        Some(seat.number)
    }

    /// Peers that are the far end of no session of the plan.
    pub(in super::super) fn strangers(&self) -> BTreeSet<IpAddr> {
        let bgp = self.told.iter().flat_map(|(_, told)| &told.bgp).map(|neighbor| neighbor.peer);
        let bfd = self.told.iter().flat_map(|(_, told)| &told.bfd).map(|bfd| bfd.peer);
        let configured =
            self.told.iter().flat_map(|(_, told)| &told.configured).map(|settings| settings.peer);
        bgp.chain(bfd).chain(configured).filter(|peer| self.number(*peer).is_none()).collect()
    }

    /// The sessions of the plan as `source` tells of them. Of what is told twice the last counts.
    pub(in super::super) fn observed(&self, source: &str) -> Observed {
        let mut observed = Observed::default();
        let bfd = self.bfd();
        let mut seen: BTreeMap<usize, ObservedSession> = BTreeMap::new();
        for (prompt, neighbor) in
            self.told.iter().flat_map(|(prompt, told)| told.bgp.iter().map(move |n| (prompt, n)))
        {
            let Some(number) = self.number(neighbor.peer) else { continue };
            let mut session = neighbor.seen.clone();
            if !bfd.contains_key(&number) && (neighbor.is_without_bfd || self.has_all_bfd(prompt)) {
                session.bfd = Some(NONE);
                observed.notes.push(format!("{source}: the router has no BFD with {}", neighbor.peer));
            }
            // The same twice may tell of different things, and so is more; of two states the last counts.
            let before = seen.remove(&number).filter(|before| before.state == session.state);
            let session = match before {
                Some(before) => joined(session, before),
                None => session,
            };
            seen.insert(number, session);
        }
        for (number, one) in bfd {
            let Some(connection) = self.sessions.number(number) else { continue };
            let planned = connection.session.bfd.map(|bfd| bfd.detect_mult);
            let session = seen.entry(number).or_default();
            session.bfd = Some(one.observed(planned));
            observed.notes.extend(by_plan(one, planned).map(|note| format!("{source}: {note}")));
        }
        for settings in self.told.iter().flat_map(|(_, told)| &told.configured) {
            let Some(number) = self.number(settings.peer) else { continue };
            seen.entry(number).or_default().configured = Some(settings.configured(source));
            let notes = settings.notes(source).filter(|note| !observed.notes.contains(note));
            observed.notes.extend(notes.collect::<Vec<_>>());
        }
        for (number, session) in seen {
            let Some(connection) = self.sessions.number(number) else { continue };
            observed.sessions.push(of(connection, source, session));
        }
        observed
    }

    /// The sessions of BFD. Of what is told twice the last counts, but a list of states takes no times away.
    fn bfd(&self) -> BTreeMap<usize, &Bfd> {
        let mut found: BTreeMap<usize, &Bfd> = BTreeMap::new();
        for one in self.told.iter().flat_map(|(_, told)| &told.bfd) {
            let Some(number) = self.number(one.peer) else { continue };
            let tells_less = |before: &&Bfd| {
                before.state == one.state && before.detect_mult.is_some() && one.detect_mult.is_none()
            };
            if !found.get(&number).is_some_and(tells_less) {
                found.insert(number, one);
            }
        }
        found
    }

    /// Whether all BFD sessions are told of the router that has this prompt.
    fn has_all_bfd(&self, prompt: &str) -> bool {
        self.told.iter().any(|(other, told)| *other == prompt && told.is_all_bfd)
    }
}

/// BFD that a router does not have.
const NONE: ObservedBfd =
    ObservedBfd { state: BfdState::Down, detection_time_us: None, tx_interval_us: None };

fn of(connection: &Connection, source: &str, session: ObservedSession) -> ObservedSession {
    ObservedSession {
        connection: Some(connection.name.clone()),
        peer: Some(connection.session.peer),
        source: Some(source.to_owned()),
        ..session
    }
}

/// The detection time is the far end's, and rests on the plan where the router does not show its multiplier.
fn by_plan(bfd: &Bfd, planned: Option<u8>) -> Option<String> {
    let (None, Some(mult)) = (bfd.detect_mult, planned) else { return None };
    let (own, far) = (bfd.detection_us?, bfd.far_detection_us(planned)?);
    let decides = bfd.state == BfdState::Up && far > own;
    decides.then(|| {
        format!(
            "the router sends BFD to {} every {} us and does not show its multiplier: with the plan's {mult} the far end \
             detects in {far} us",
            bfd.peer,
            bfd.transmit_us.unwrap_or(0),
        )
    })
}
