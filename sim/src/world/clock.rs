//! The clock: it jumps to whatever is due next.

use super::{Happening, World};
use crate::arena::Side;
use crate::leg::LegId;
use crate::speaker::SpeakerId;
use crate::violation::{Invariant, Violation};
use bgp_session::{Conn, State};
use std::time::{Duration, Instant};

/// More than this at one instant is a world that stands still.
const AT_ONCE: u32 = 100_000;
/// How long nothing may move in a world at rest.
const REST: Duration = Duration::from_secs(1);

/// What keeps a world from being at rest.
#[derive(Clone, Copy, Debug)]
#[expect(dead_code, reason = "read by whoever reads the violation")]
enum Unrest {
    Moving,
    HalfOpen(LegId, Side),
    Octets(LegId, Side),
    Session(LegId, Side, State),
    Bfd(LegId, Side),
    /// What changed waits for the advertisement interval.
    Paced(LegId, Side),
    /// A route that flapped is not used yet.
    Damped(LegId, Side),
}

impl World {
    /// Lets time pass.
    pub fn run_for(&mut self, time: Duration) -> Result<(), Violation> {
        let until = self.now + time;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.step(at)?;
        }
        self.now = until;
        Ok(())
    }

    /// Lets time pass until `done`, for `limit` at most.
    pub fn run_until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) -> Result<(), Violation> {
        let until = self.now + limit;
        while !done(self) {
            let Some(at) = self.next().filter(|at| *at <= until) else {
                return Err(self.violation(Invariant::Settles, format!("not done after {limit:?}")));
            };
            self.step(at)?;
        }
        Ok(())
    }

    /// Lets time pass until nothing moves any more and every session is Established that can be, then
    /// checks every invariant. Where that does not come, all of `limit` has passed.
    pub fn settle(&mut self, limit: Duration) -> Result<(), Violation> {
        let until = self.now + limit;
        while let Some(why) = self.unrest() {
            match self.next().filter(|at| *at <= until) {
                Some(at) => self.step(at)?,
                None if matches!(why, Unrest::Moving) && self.moved + REST <= until => {
                    self.now = self.moved + REST;
                }
                None => {
                    self.now = until;
                    return Err(self.violation(Invariant::Settles, format!("after {limit:?}: {why:?}")));
                }
            }
        }
        self.check()
    }

    /// What keeps the world from being at rest.
    fn unrest(&self) -> Option<Unrest> {
        if self.now.saturating_duration_since(self.moved) < REST {
            return Some(Unrest::Moving);
        }
        let ends = self.legs.ids().flat_map(|leg| Side::ALL.map(|side| (leg, side)));
        ends.into_iter().find_map(|(leg, side)| self.unrest_at(leg, side))
    }

    fn unrest_at(&self, id: LegId, side: Side) -> Option<Unrest> {
        let leg = &self.legs[id];
        let mut pipes =
            Conn::ALL.into_iter().filter_map(|conn| Some(&self.pipes[leg.ends[side].pipe(conn)?]));
        if pipes.clone().any(|pipe| pipe.dead) {
            return Some(Unrest::HalfOpen(id, side));
        }
        if !leg.silent && !leg.stalled[side] && pipes.any(|pipe| pipe.towards[side].queued() > 0) {
            return Some(Unrest::Octets(id, side));
        }
        let state = self.state(id, side);
        if state != State::Established && self.can_establish(id) {
            return Some(Unrest::Session(id, side, state));
        }
        let (speaker, peer) = self.who(id, side);
        let paced = || self.engine(speaker).peer_status(peer).is_some_and(|status| status.paced);
        if !leg.ends[side].config.advertisement_interval.is_zero() && paced() {
            return Some(Unrest::Paced(id, side));
        }
        let damped = || self.engine(speaker).peer_status(peer).is_some_and(|status| status.counts.damped > 0);
        if leg.ends[side].config.damping.is_some() && damped() {
            return Some(Unrest::Damped(id, side));
        }
        let bfd = leg.ends[side].bfd.as_ref().map(bfd::Session::state);
        bfd.filter(|state| *state != bfd::State::Up && self.can_hear(id)).map(|_| Unrest::Bfd(id, side))
    }

    /// Whether packets pass in both directions.
    fn can_hear(&self, leg: LegId) -> bool {
        let leg = &self.legs[leg];
        !leg.silent && Side::ALL.into_iter().all(|side| leg.udp[side].lost < 1000)
    }

    /// Whether nothing keeps the session of a leg from Established.
    fn can_establish(&self, id: LegId) -> bool {
        let leg = &self.legs[id];
        let waits = |side| leg.ends[side].config.bfd.as_ref().is_some_and(|bfd| bfd.strict);
        let strict = Side::ALL.into_iter().any(waits);
        let started = Side::ALL.into_iter().all(|side| leg.ends[side].started);
        let read = !Side::ALL.into_iter().any(|side| leg.stalled[side]);
        started && read && !leg.silent && (!strict || self.can_hear(id))
    }

    /// When something is due.
    fn next(&self) -> Option<Instant> {
        let late = |speaker: SpeakerId, due: Instant| self.resumes(speaker).map_or(due, |at| at.max(due));
        let engines = self.speakers.iter().filter_map(|(id, speaker)| Some(late(id, speaker.due?)));
        let ends = self.legs.iter().flat_map(|(_, leg)| Side::ALL.map(|side| &leg.ends[side]));
        let bfd = ends.filter_map(|end| Some(late(end.speaker, end.bfd.as_ref()?.poll_timeout()?)));
        engines.chain(bfd).chain(self.schedule.next()).min()
    }

    /// Lets the next thing happen: what arrives goes before the timers of the same instant.
    fn step(&mut self, at: Instant) -> Result<(), Violation> {
        let at = at.max(self.now);
        self.at_once = if at == self.now { self.at_once + 1 } else { 0 };
        self.now = at;
        match self.schedule.pop(at) {
            Some(happening) => self.happen(happening),
            None => self.timers(),
        }
        self.check_times();
        if self.at_once > AT_ONCE {
            self.broke(Invariant::Progress, "time stands still".to_owned());
        }
        self.broken()
    }

    fn happen(&mut self, happening: Happening) {
        let (leg, side) = match &happening {
            Happening::Answer(id) | Happening::Refusal(id) => (self.pipes[*id].leg, self.pipes[*id].dialer),
            Happening::Arrival(id) => (self.pipes[*id].leg, self.pipes[*id].dialer.other()),
            Happening::Delivery(id, side) | Happening::Taken(id, side) => (self.pipes[*id].leg, *side),
            Happening::Packet(leg, side, _) | Happening::Start(leg, side) => (*leg, *side),
            Happening::Boot(speaker) => return self.boot(*speaker),
        };
        if let Some(at) = self.resumes(self.legs[leg].ends[side].speaker) {
            return self.schedule.add(at, happening);
        }
        match happening {
            Happening::Packet(leg, side, octets) => self.packet(leg, side, &octets),
            Happening::Start(leg, side) => self.start_peer(leg, side),
            Happening::Taken(id, side) => self.taken(id, side),
            Happening::Delivery(..) if self.legs[leg].stalled[side] => {
                self.legs[leg].waiting.push(happening);
            }
            _ if self.legs[leg].silent => self.legs[leg].waiting.push(happening),
            Happening::Answer(id) => self.answer(id),
            Happening::Refusal(id) => self.refusal(id),
            Happening::Arrival(id) => self.arrival(id),
            Happening::Delivery(id, side) => self.deliver(id, side),
            Happening::Boot(_) => {}
        }
    }

    /// Takes every timer that is due; none may be due again at once.
    fn timers(&mut self) {
        for (leg, side) in self.legs.ids().flat_map(|leg| Side::ALL.map(|side| (leg, side))) {
            let due = |world: &Self| {
                let end = &world.legs[leg].ends[side];
                let bfd = end.bfd.as_ref().filter(|_| world.resumes(end.speaker).is_none());
                bfd.and_then(bfd::Session::poll_timeout).is_some_and(|at| at <= world.now)
            };
            if due(self) {
                self.bfd_input(leg, side, bfd::Input::Timeout);
                if due(self) {
                    self.broke(Invariant::Progress, format!("a BFD timer of {leg:?} is still due"));
                }
            }
        }
        for speaker in self.speakers.ids() {
            let due = |world: &Self| {
                let awake = world.resumes(speaker).is_none();
                awake && world.speakers[speaker].due.is_some_and(|at| at <= world.now)
            };
            if due(self) {
                let mut taken = true;
                self.tell(speaker, |engine, now, mut out| {
                    engine.handle_timeouts(now, &mut out);
                    taken = engine.poll_timeout().is_none_or(|at| at > now);
                });
                // What was sent after that may have come to a limit, of which nobody has heard.
                if taken && due(self) {
                    self.tell(speaker, |engine, now, mut out| engine.handle_timeouts(now, &mut out));
                }
                if due(self) {
                    let evidence = format!("a timer of {} is still due", self.speakers[speaker].name);
                    self.broke(Invariant::Progress, evidence);
                }
            }
        }
    }
}
