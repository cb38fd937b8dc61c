//! Telling an engine what happens, and doing what it asks.

use super::World;
use crate::arena::Side;
use crate::ledger::{Ledger, Wrong};
use crate::leg::LegId;
use crate::record::{Message, Seen};
use crate::speaker::SpeakerId;
use crate::violation::Invariant;
use bgp_rib::PeerId;
use bgp_session::{Conn, Input};
use bgp_speaker::{Action, Engine, What};
use bgp_wire::{FamilySet, MAX_EXTENDED_MESSAGE, frame};
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
                self.at(speaker, peer, |world, leg, side| {
                    world.send(leg, side, conn, &octets);
                });
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
                What::Session { from, to } => {
                    let was = std::mem::replace(&mut end.state, *to);
                    self.check_legal(leg, side, was, *from, *to);
                }
                What::Up(negotiated) => {
                    end.ledger = Ledger::new(*negotiated);
                    self.begin_clock(leg, side);
                }
                What::RefreshAsked(family) => end.ledger.refresh(*family),
                What::Down(down) => {
                    end.ledger = Ledger::default();
                    self.ended_by(leg, side, down);
                    self.adopt_awaited(leg, side);
                }
                _ => {}
            }
        }
        if let What::Best { net, .. } = what {
            self.has_changed(speaker, net);
            self.check_best(speaker, net);
        }
        self.record(Some(speaker), session.map(|(leg, _)| leg), Seen::Told(what));
    }

    /// Pulls UPDATEs while pipes have room, and asks for the next timer.
    pub(super) fn pump(&mut self, speaker: SpeakerId) {
        for (leg, side) in self.speakers[speaker].sessions.clone() {
            let peer = self.legs[leg].ends[side].peer;
            let mut sent = 0;
            let mut updates = Vec::new();
            let mut all = false;
            while let Some(conn) = self.speakers[speaker].engine.connection(peer)
                && self.has_room(leg, side, conn)
            {
                match self.speakers[speaker].engine.poll_transmit(peer, &mut updates) {
                    None => {
                        all = true;
                        break;
                    }
                    Some(more) => sent += more,
                }
                let mut rest = updates.as_slice();
                let mut announced = FamilySet::EMPTY;
                while let Ok(Some(message)) = frame(rest, MAX_EXTENDED_MESSAGE) {
                    let (update, after) = rest.split_at(message.len);
                    let sent = self.send(leg, side, conn, update);
                    self.check_order(leg, sent.as_ref(), &mut announced);
                    rest = after;
                }
                updates.clear();
            }
            if sent > 0 {
                if all {
                    self.check_account(leg, side);
                }
                let (engine, now) = (&mut self.speakers[speaker].engine, self.now);
                let mut asked = Vec::new();
                engine.updates_sent(peer, sent, now, &mut |action| asked.push(action.into()));
                asked.into_iter().for_each(|asked| self.act(speaker, asked));
            }
        }
        let speaker = &mut self.speakers[speaker];
        speaker.due = speaker.engine.poll_timeout();
    }

    fn send(&mut self, leg: LegId, side: Side, conn: Conn, octets: &[u8]) -> Option<Message> {
        let (speaker, _) = self.who(leg, side);
        let end = &mut self.legs[leg].ends[side];
        if let Some(clock) = &mut end.clock {
            clock.spoke = self.now;
        }
        let sent = end.ledger.sent(octets);
        let message = sent.as_ref().ok().cloned();
        match sent {
            Ok(message) => {
                self.check_turn(leg, side, conn, &message);
                if let Message::EndOfRib(family) = message {
                    self.check_end_of_rib(leg, side, family);
                }
                self.record(Some(speaker), Some(leg), Seen::Sends(conn, message));
            }
            Err(Wrong::Missing(evidence)) => self.broke(Invariant::NothingMissing, evidence),
            Err(Wrong::Malformed(evidence)) => self.broke(Invariant::WellFormed, evidence),
            Err(Wrong::Twice(evidence)) => self.broke(Invariant::NothingTwice, evidence),
        }
        self.write(leg, side, conn, octets);
        message
    }
}
