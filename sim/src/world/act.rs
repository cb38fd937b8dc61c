//! Telling an engine what happens, and doing what it asks.

use super::World;
use crate::arena::Side;
use crate::ledger::{Ledger, Wrong};
use crate::leg::LegId;
use crate::record::Seen;
use crate::speaker::SpeakerId;
use crate::violation::Invariant;
use bgp_rib::PeerId;
use bgp_session::{Conn, Input, State};
use bgp_speaker::{Action, Engine, What};
use bgp_wire::{MAX_EXTENDED_MESSAGE, frame};
use std::time::Instant;

/// An action that is kept until the engine is done.
enum Asked {
    Dial(PeerId),
    Close(PeerId, Conn),
    Send(PeerId, Conn, Vec<u8>),
    Tell(PeerId, What),
}

impl From<Action<'_>> for Asked {
    fn from(action: Action<'_>) -> Self {
        match action {
            Action::Dial(peer) => Self::Dial(peer),
            Action::Close(peer, conn) => Self::Close(peer, conn),
            Action::Send(peer, conn, message) => Self::Send(peer, conn, message.to_vec()),
            Action::Event(event) => Self::Tell(event.peer, event.what),
        }
    }
}

impl World {
    /// Tells the session at a side what happened.
    pub(super) fn input(&mut self, leg: LegId, side: Side, input: Input<'_>) {
        let (speaker, peer) = self.who(leg, side);
        self.tell(speaker, |engine, now, mut out| engine.handle(peer, input, now, &mut out));
    }

    /// Lets an engine work, does what it asks, and fills its pipes.
    pub(super) fn tell(
        &mut self,
        speaker: SpeakerId,
        input: impl FnOnce(&mut Engine, Instant, &mut dyn FnMut(Action<'_>)),
    ) {
        let mut asked = Vec::new();
        input(&mut self.speakers[speaker].engine, self.now, &mut |action| asked.push(action.into()));
        asked.into_iter().for_each(|asked| self.act(speaker, asked));
        self.pump(speaker);
    }

    fn act(&mut self, speaker: SpeakerId, asked: Asked) {
        match asked {
            Asked::Dial(peer) => self.at(speaker, peer, Self::dial),
            Asked::Close(peer, conn) => {
                self.at(speaker, peer, |world, leg, side| world.close(leg, side, conn));
            }
            Asked::Send(peer, conn, octets) => {
                self.at(speaker, peer, |world, leg, side| world.send(leg, side, conn, &octets));
            }
            Asked::Tell(peer, what) => self.told(speaker, peer, what),
        }
    }

    fn at(&mut self, speaker: SpeakerId, peer: PeerId, act: impl FnOnce(&mut Self, LegId, Side)) {
        if let Some((leg, side)) = self.speakers[speaker].session(peer) {
            act(self, leg, side);
        }
    }

    fn told(&mut self, speaker: SpeakerId, peer: PeerId, what: What) {
        let session = self.speakers[speaker].session(peer);
        if let Some((leg, side)) = session {
            let end = &mut self.legs[leg].ends[side];
            match &what {
                What::Session { to, .. } => end.state = *to,
                What::Up(negotiated) => end.ledger = Ledger::new(*negotiated),
                What::RefreshAsked(family) => end.ledger.refresh(*family),
                What::Down(_) => {
                    end.ledger = Ledger::default();
                    self.check_no_ghosts(leg, side);
                }
                _ => {}
            }
        }
        self.record(Some(speaker), session.map(|(leg, _)| leg), Seen::Told(what));
    }

    /// A session that is not Established has brought nothing and announced nothing.
    pub(crate) fn check_no_ghosts(&mut self, leg: LegId, side: Side) {
        let (speaker, peer) = self.who(leg, side);
        let engine = self.engine(speaker);
        let (from, to) = (engine.routes_from(peer).len(), engine.routes_to(peer).len());
        if self.state(leg, side) != State::Established && from + to > 0 {
            let name = &self.speakers[speaker].name;
            let evidence =
                format!("{name} has {from} routes from and {to} to a peer that is not Established");
            self.broke(Invariant::NoGhosts, evidence);
        }
    }

    /// Pulls UPDATEs while pipes have room, and asks for the next timer.
    pub(super) fn pump(&mut self, speaker: SpeakerId) {
        for (leg, side) in self.speakers[speaker].sessions.clone() {
            let peer = self.legs[leg].ends[side].peer;
            let mut sent = 0;
            let mut updates = Vec::new();
            while let Some(conn) = self.speakers[speaker].engine.connection(peer)
                && self.has_room(leg, side, conn)
            {
                match self.speakers[speaker].engine.poll_transmit(peer, &mut updates) {
                    0 => break,
                    more => sent += more,
                }
                let mut rest = updates.as_slice();
                while let Ok(Some(message)) = frame(rest, MAX_EXTENDED_MESSAGE) {
                    let (update, after) = rest.split_at(message.len);
                    self.send(leg, side, conn, update);
                    rest = after;
                }
                updates.clear();
            }
            if sent > 0 {
                let (engine, now) = (&mut self.speakers[speaker].engine, self.now);
                let mut asked = Vec::new();
                engine.updates_sent(peer, sent, now, &mut |action| asked.push(action.into()));
                asked.into_iter().for_each(|asked| self.act(speaker, asked));
            }
        }
        let speaker = &mut self.speakers[speaker];
        speaker.due = speaker.engine.poll_timeout();
    }

    fn send(&mut self, leg: LegId, side: Side, conn: Conn, octets: &[u8]) {
        let (speaker, _) = self.who(leg, side);
        match self.legs[leg].ends[side].ledger.sent(octets) {
            Ok(message) => self.record(Some(speaker), Some(leg), Seen::Sends(conn, message)),
            Err(Wrong::Malformed(evidence)) => self.broke(Invariant::WellFormed, evidence),
            Err(Wrong::Twice(evidence)) => self.broke(Invariant::NothingTwice, evidence),
        }
        self.write(leg, side, conn, octets);
    }
}
