//! A speaker's process: it crashes, boots again, and stands still for a while.

use super::{Happening, World};
use crate::arena::Side;
use crate::ledger::Ledger;
use crate::leg::LegId;
use crate::pipe::EndState;
use crate::record::Seen;
use crate::speaker::SpeakerId;
use bgp_session::{Conn, Input, State};
use bgp_speaker::{Engine, LocalRoute};
use bgp_wire::AttributeSet;
use std::time::{Duration, Instant};

/// How a process ends without a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crash {
    /// The machine goes on, and closes its connections.
    Process,
    /// The machine goes with it: the peers learn nothing.
    Machine,
}

impl World {
    /// A speaker's process ends without a word and is started again after `pause`; it says that it has restarted
    /// where it waits for its peers then, at most for `deferral` (RFC 4724 section 4.1).
    pub fn crash(&mut self, speaker: SpeakerId, how: Crash, pause: Duration, deferral: Option<Duration>) {
        self.record(Some(speaker), None, Seen::Crashes);
        for (leg, side) in self.speakers[speaker].sessions.clone() {
            for conn in Conn::ALL {
                self.vanish(leg, side, conn, how);
            }
            self.adopt_awaited(leg, side);
            let bfd = self.guard(leg, &self.legs[leg].ends[side].config.clone());
            let end = &mut self.legs[leg].ends[side];
            (end.bfd, end.started, end.state) = (bfd, false, State::Idle);
            (end.ledger, end.clock, end.ghosts_until) = (Ledger::default(), None, None);
            end.draining = false;
        }
        let at = &mut self.speakers[speaker];
        at.config.restarted = deferral;
        at.config.seed = self.random.draw();
        at.config.next_hops = at.reach.iter().map(|(hop, reach)| (*hop, *reach)).collect();
        at.engine = Engine::new(at.config.clone());
        (at.due, at.paused) = (None, None);
        for (leg, side) in at.sessions.clone() {
            let config = self.legs[leg].ends[side].config.clone();
            self.speakers[speaker].engine.add_peer(config, self.now);
        }
        let routes: Vec<_> = self.speakers[speaker].local.clone().into_iter().collect();
        for (net, attrs) in routes {
            // It was taken once.
            _ = self.speakers[speaker].engine.originate(&route(net, attrs), self.now, &mut |_| {});
        }
        self.schedule.add(self.now + pause, Happening::Boot(speaker));
    }

    /// One end of a connection is no more.
    fn vanish(&mut self, leg: LegId, side: Side, conn: Conn, how: Crash) {
        let Some(id) = self.legs[leg].ends[side].slot(conn).take() else { return };
        let was = std::mem::replace(&mut self.pipes[id].ends[side], EndState::Closed);
        match how {
            Crash::Machine => self.pipes[id].kill(),
            Crash::Process if was == EndState::Open => {
                let there = self.now + self.legs[leg].tcp.latency;
                self.pipes[id].towards[side.other()].cut(there, &mut self.random);
                self.await_delivery(id, side.other());
            }
            Crash::Process => {}
        }
    }

    /// The process is there.
    pub(super) fn boot(&mut self, speaker: SpeakerId) {
        self.record(Some(speaker), None, Seen::Boots);
        self.start(speaker);
    }

    /// A speaker's process stands still: nothing is read, no timer is taken, and the clock jumps when it goes on.
    pub fn pause(&mut self, speaker: SpeakerId, time: Duration) {
        self.record(Some(speaker), None, Seen::Pauses(time));
        let until = self.now + time;
        let paused = &mut self.speakers[speaker].paused;
        *paused = Some(paused.map_or(until, |at| at.max(until)));
    }

    /// When a process that stands still goes on.
    pub(super) fn resumes(&self, speaker: SpeakerId) -> Option<Instant> {
        self.speakers[speaker].paused.filter(|at| *at > self.now)
    }

    /// Starts the session at one side, unless an operator keeps it down.
    pub(super) fn start_peer(&mut self, leg: LegId, side: Side) {
        let (speaker, peer) = self.who(leg, side);
        if self.speakers[speaker].engine.is_shut_down(peer) {
            return;
        }
        self.legs[leg].ends[side].started = true;
        self.input(leg, side, Input::Start);
    }
}

fn route(net: bgp_rib::Net, attrs: AttributeSet) -> LocalRoute {
    LocalRoute { prefix: net.prefix(), attrs }
}
