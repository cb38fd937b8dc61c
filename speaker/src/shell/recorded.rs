//! The engine, and the recorder that sees all it is told and does.

use super::recorder::Recorder;
use crate::engine::{Action, Engine};
use crate::trace::{Step, heard, kept};
use bgp_rib::PeerId;
use bgp_session::Conn;
use bgp_wire::TooLong;
use std::ops::Deref;
use std::time::Instant;

/// An engine that can be asked as one, and is told by these ways alone.
pub(super) struct Recorded {
    engine: Engine,
    recorder: Option<Recorder>,
}

impl Deref for Recorded {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl Recorded {
    pub(super) const fn new(engine: Engine, recorder: Option<Recorder>) -> Self {
        Self { engine, recorder }
    }

    /// Tells the engine an input; returns the peer that was added.
    pub(super) fn tell(
        &mut self,
        step: &Step<'_>,
        now: Instant,
        mut out: impl FnMut(Action<'_>),
    ) -> Result<Option<PeerId>, TooLong> {
        let Some(recorder) = &mut self.recorder else { return step.tell(&mut self.engine, now, &mut out) };
        recorder.input(step, now);
        step.tell(&mut self.engine, now, &mut |action| {
            recorder.action(&action);
            out(action);
        })
    }

    /// Tells the message that octets begin with; returns how many octets that took, `None` where more have to come.
    pub(super) fn hear(
        &mut self,
        peer: PeerId,
        conn: Conn,
        octets: &[u8],
        now: Instant,
        mut out: impl FnMut(Action<'_>),
    ) -> Option<usize> {
        let (input, len) = heard(&self.engine, peer, conn, octets)?;
        let Some(recorder) = &mut self.recorder else {
            self.engine.handle(peer, input, now, &mut out);
            return Some(len);
        };
        recorder.input(&Step::Octets(peer, conn, kept(&input, octets, len)), now);
        self.engine.handle(peer, input, now, &mut |action| {
            recorder.action(&action);
            out(action);
        });
        Some(len)
    }

    /// [`Engine::handle_keepalives`]; where none was due nothing happened, and nothing is recorded.
    pub(super) fn keep_alive(&mut self, now: Instant, mut out: impl FnMut(Action<'_>)) {
        let (mut told, recorder) = (false, &mut self.recorder);
        self.engine.handle_keepalives(now, &mut |action| {
            if let Some(recorder) = recorder {
                if !std::mem::replace(&mut told, true) {
                    recorder.input(&Step::Keepalives, now);
                }
                recorder.action(&action);
            }
            out(action);
        });
    }

    /// A peer's configuration has another password. The engine does nothing with it, and nothing is recorded.
    pub(super) fn note_password(&mut self, peer: PeerId, password: Option<String>) {
        if let Some(peer) = self.engine.core_mut().peer_mut(peer) {
            peer.config.tcp.password = password;
        }
    }

    /// [`Engine::poll_transmit`]
    pub(super) fn poll_transmit(&mut self, peer: PeerId, buf: &mut Vec<u8>) -> Option<u64> {
        let had = buf.len();
        let messages = self.engine.poll_transmit(peer, buf);
        if let Some(recorder) = &mut self.recorder {
            recorder.pulled(peer, messages.unwrap_or_default(), buf.get(had..).unwrap_or_default());
        }
        messages
    }

    /// The configuration reads so from now on.
    pub(super) fn configuration(&mut self, text: &[u8]) {
        self.recorder.iter_mut().for_each(|recorder| recorder.configuration(text));
    }

    /// Hands what was recorded to the writer.
    pub(super) fn flush(&mut self) {
        self.recorder.iter_mut().for_each(Recorder::flush);
    }
}
