//! Traces of live speakers, replayed under the invariants that hold of one speaker alone.

use crate::ledger::{Ledger, Wrong};
use crate::legal;
use crate::record::Message;
use crate::speech::Speech;
use crate::violation::{Invariant, Violation};
use bgp_session::{Conn, State};
use bgp_speaker::trace::{Configuration, Ending, Replay, ReplayError, Seen, Step};
use bgp_speaker::{Action, PeerId, What};
use bgp_wire::{FamilySet, MAX_EXTENDED_MESSAGE, frame};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Replays a trace; returns how that ended, and the first invariant that broke: of `Fsm` the order of states and of messages,
/// `WellFormed`, `NothingTwice`, `NothingMissing` of refreshes, and `WithdrawnFirst`.
pub fn replay<E>(
    trace: &[u8],
    began: Instant,
    configure: impl FnMut(&[u8]) -> Result<Configuration, E>,
) -> Result<(Ending, Option<Violation>), ReplayError<E>> {
    let mut replay = Replay::new(trace, began, configure)?;
    let mut watch = Watch::default();
    loop {
        let ending = replay.step(&mut |seen| watch.see(&seen))?;
        let violation = watch.broken.take().map(|broken| broken.at(replay.time()));
        if violation.is_some() || ending.is_some() {
            return Ok((ending.unwrap_or(Ending::Complete), violation));
        }
    }
}

/// What broke, and by what.
struct Broken(Invariant, String);

impl Broken {
    fn at(self, at: Duration) -> Violation {
        Violation { at, invariant: self.0, evidence: self.1 }
    }
}

/// What each session of the speaker has said.
#[derive(Default)]
struct Watch {
    sessions: BTreeMap<PeerId, Session>,
    broken: Option<Broken>,
}

struct Session {
    state: State,
    speech: [Speech; 2],
    ledger: Ledger,
    /// Families announced since UPDATEs last went out.
    announced: FamilySet,
}

impl Default for Session {
    fn default() -> Self {
        let (speech, ledger, announced) = ([Speech::Nothing; 2], Ledger::default(), FamilySet::EMPTY);
        Self { state: State::Idle, speech, ledger, announced }
    }
}

impl Session {
    fn speech(&mut self, conn: Conn) -> &mut Speech {
        let [dialed, accepted] = &mut self.speech;
        if conn == Conn::Dialed { dialed } else { accepted }
    }

    fn told(&mut self, what: &What) -> Result<(), Broken> {
        match what {
            What::Session { from, to } => {
                let was = std::mem::replace(&mut self.state, *to);
                if was != *from || !legal::follows(*from, *to) {
                    return Err(Broken(Invariant::Fsm, format!("from {from} to {to}, where it was {was}")));
                }
            }
            What::Up(negotiated) => self.ledger = Ledger::new(*negotiated),
            What::RefreshAsked(family) => self.ledger.refresh(*family),
            What::Filter { family, .. } => self.ledger.filtered(*family),
            What::Down(_) => self.ledger = Ledger::default(),
            _ => {}
        }
        Ok(())
    }

    fn sent(&mut self, conn: Conn, octets: &[u8]) -> Result<Message, Broken> {
        let message = self.ledger.sent(octets).map_err(|wrong| match wrong {
            Wrong::Malformed(why) => Broken(Invariant::WellFormed, why),
            Wrong::Twice(why) => Broken(Invariant::NothingTwice, why),
            Wrong::Missing(why) => Broken(Invariant::NothingMissing, why),
        })?;
        let speech = self.speech(conn);
        match speech.after(&message) {
            Some(after) => *speech = after,
            None => return Err(Broken(Invariant::Fsm, format!("{message} after {speech:?}"))),
        }
        Ok(message)
    }

    fn updates(&mut self, conn: Conn, octets: &[u8]) -> Result<(), Broken> {
        let mut rest = octets;
        while let Ok(Some(message)) = frame(rest, MAX_EXTENDED_MESSAGE) {
            let (update, after) = rest.split_at(message.len);
            if let Message::Update(gone, new) = self.sent(conn, update)? {
                if let Some(net) = gone.iter().find(|net| self.announced.contains(net.family())) {
                    return Err(Broken(
                        Invariant::WithdrawnFirst,
                        format!("{net} after others were announced"),
                    ));
                }
                new.iter().for_each(|net| self.announced = self.announced.with(net.family()));
            }
            rest = after;
        }
        Ok(())
    }
}

impl Watch {
    fn see(&mut self, seen: &Seen<'_>) {
        let broke = match seen {
            Seen::Input(step) => {
                self.told(step);
                Ok(())
            }
            Seen::Action(Action::Send(peer, conn, octets)) => {
                self.session(*peer).sent(*conn, octets).map(drop)
            }
            Seen::Action(Action::Event(event)) => self.session(event.peer).told(&event.what),
            Seen::Updates(peer, Some(conn), octets) => self.session(*peer).updates(*conn, octets),
            _ => Ok(()),
        };
        self.broken = self.broken.take().or(broke.err());
    }

    /// What an input changes of what may be said.
    fn told(&mut self, step: &Step<'_>) {
        match step {
            Step::ReplacePeer(peer, _) => *self.session(*peer) = Session::default(),
            Step::Connected(peer, conn, _) => *self.session(*peer).speech(*conn) = Speech::default(),
            Step::UpdatesSent(peer, _) => self.session(*peer).announced = FamilySet::EMPTY,
            Step::Drain(peer, _) | Step::Limits(peer, _) => self.session(*peer).ledger.may_repeat(),
            _ => {}
        }
    }

    fn session(&mut self, peer: PeerId) -> &mut Session {
        self.sessions.entry(peer).or_default()
    }
}
