//! TCP: dials, octets and ends of connections.

use super::{Happening, World};
use crate::arena::Side;
use crate::leg::LegId;
use crate::pipe::{Delivery, EndState, Pipe, PipeId};
use crate::record::Seen;
use bgp_session::{Conn, Input};
use bgp_wire::frame;

impl World {
    pub(super) fn dial(&mut self, leg: LegId, side: Side) {
        let id = self.pipes.push(Pipe::new(leg, side));
        self.legs[leg].ends[side].dialed = Some(id);
        self.seen(leg, side, Seen::Dials);
        let tcp = self.legs[leg].tcp;
        let refused = self.random.chance(tcp.refused);
        let answer = if refused { Happening::Refusal(id) } else { Happening::Answer(id) };
        self.schedule.add(self.now + tcp.latency * 2, answer);
    }

    /// The dialer's handshake is done. Its last part is still on the way to the other end.
    pub(super) fn answer(&mut self, id: PipeId) {
        let Pipe { leg, dialer, .. } = self.pipes[id];
        if self.pipes[id].ends[dialer] == EndState::Waiting {
            self.schedule.add(self.now + self.legs[leg].tcp.latency, Happening::Arrival(id));
            self.open(id, dialer);
        }
    }

    pub(super) fn refusal(&mut self, id: PipeId) {
        let Pipe { leg, dialer, .. } = self.pipes[id];
        if self.pipes[id].ends[dialer] == EndState::Waiting {
            self.pipes[id].ends[dialer] = EndState::Closed;
            self.legs[leg].ends[dialer].dialed = None;
            self.seen(leg, dialer, Seen::Refused);
            self.input(leg, dialer, Input::ConnectFailed);
        }
    }

    /// The listener has the connection, and refuses it where the session has one like it.
    pub(super) fn arrival(&mut self, id: PipeId) {
        let Pipe { leg, dialer, .. } = self.pipes[id];
        let side = dialer.other();
        let (speaker, peer) = self.who(leg, side);
        if self.engine(speaker).has_connection(peer, Conn::Accepted) {
            self.pipes[id].ends[side] = EndState::Closed;
            self.finish(id, side);
        } else {
            self.legs[leg].ends[side].accepted = Some(id);
            self.open(id, side);
            // On a leg that was healed just now, octets can have come before.
            self.await_delivery(id, side);
        }
    }

    fn open(&mut self, id: PipeId, side: Side) {
        let leg = self.pipes[id].leg;
        let conn = self.pipes[id].conn(side);
        self.pipes[id].ends[side] = EndState::Open;
        self.seen(leg, side, Seen::Connected(conn));
        let (speaker, peer) = self.who(leg, side);
        let local = self.legs[leg].ends[side].address;
        self.tell(speaker, |engine, now, mut out| engine.connected(peer, conn, local, now, &mut out));
    }

    /// The engine closes a connection, or gives up its dial.
    pub(super) fn close(&mut self, leg: LegId, side: Side, conn: Conn) {
        self.seen(leg, side, Seen::Closes(conn));
        if let Some(id) = self.legs[leg].ends[side].slot(conn).take() {
            let was = std::mem::replace(&mut self.pipes[id].ends[side], EndState::Closed);
            if was == EndState::Open {
                self.finish(id, side);
            }
        }
    }

    /// One end is closed: the other learns it after all octets.
    fn finish(&mut self, id: PipeId, closed: Side) {
        let there = self.now + self.legs[self.pipes[id].leg].tcp.latency;
        self.pipes[id].towards[closed.other()].finish(there);
        self.await_delivery(id, closed.other());
    }

    pub(super) fn write(&mut self, leg: LegId, side: Side, conn: Conn, octets: &[u8]) {
        let Some(id) = self.legs[leg].ends[side].pipe(conn) else { return };
        if !self.pipes[id].dead {
            let there = self.now + self.legs[leg].tcp.latency;
            if self.pipes[id].towards[side.other()].queued() < self.legs[leg].tcp.buffered() {
                self.schedule.add(self.now, Happening::Taken(id, side));
            }
            self.pipes[id].towards[side.other()].write(octets, there);
            self.await_delivery(id, side.other());
        }
    }

    /// The socket of a side has taken octets.
    pub(super) fn taken(&mut self, id: PipeId, side: Side) {
        let (leg, conn) = (self.pipes[id].leg, self.pipes[id].conn(side));
        if self.pipes[id].ends[side] == EndState::Open {
            self.input(leg, side, Input::Written(conn));
        }
    }

    pub(super) fn has_room(&self, leg: LegId, side: Side, conn: Conn) -> bool {
        let pipe = self.legs[leg].ends[side].pipe(conn).map(|id| &self.pipes[id]);
        pipe.is_some_and(|pipe| pipe.towards[side.other()].queued() < self.legs[leg].tcp.window)
    }

    /// Schedules the next read at `side`, unless one is.
    pub(super) fn await_delivery(&mut self, id: PipeId, side: Side) {
        let stream = &mut self.pipes[id].towards[side];
        if let Some(at) = stream.next()
            && !std::mem::replace(&mut stream.awaited, true)
        {
            self.schedule.add(at.max(self.now), Happening::Delivery(id, side));
        }
    }

    pub(super) fn deliver(&mut self, id: PipeId, side: Side) {
        let leg = self.pipes[id].leg;
        let tcp = self.legs[leg].tcp;
        let pipe = &mut self.pipes[id];
        let stream = &mut pipe.towards[side];
        stream.awaited = false;
        if pipe.dead || pipe.ends[side] == EndState::Waiting {
            return;
        }
        match stream.deliver(self.now, tcp.read, &mut self.random) {
            Delivery::Octets(octets) => {
                let (left, room) = (stream.queued(), tcp.buffered());
                if left < room && left + octets.len() >= room {
                    self.schedule.add(self.now + tcp.latency, Happening::Taken(id, side.other()));
                }
                self.received(id, side, &octets);
                self.next_read(id, side);
                // There is room again for who writes.
                self.pump(self.legs[leg].ends[side.other()].speaker);
            }
            Delivery::End => self.ended(id, side),
            Delivery::Nothing => self.await_delivery(id, side),
        }
    }

    fn next_read(&mut self, id: PipeId, side: Side) {
        let again = self.now + self.legs[self.pipes[id].leg].tcp.pause;
        let stream = &mut self.pipes[id].towards[side];
        if let Some(at) = stream.next() {
            stream.awaited = true;
            self.schedule.add(at.max(again), Happening::Delivery(id, side));
        }
    }

    /// Gives every whole message to the session, and keeps the rest. A closed end reads nothing.
    fn received(&mut self, id: PipeId, side: Side, octets: &[u8]) {
        let (leg, conn) = (self.pipes[id].leg, self.pipes[id].conn(side));
        let mut buffer = std::mem::take(&mut self.pipes[id].towards[side].partial);
        buffer.extend_from_slice(octets);
        let mut rest = buffer.as_slice();
        while self.pipes[id].ends[side] == EndState::Open {
            let (input, len) = match frame(rest, self.max_message(leg, side, conn)) {
                Ok(None) => break,
                Ok(Some(message)) => (Input::Message(conn, message), message.len),
                Err(reset) => (Input::Malformed(conn, reset), rest.len()),
            };
            if let Some(clock) = &mut self.legs[leg].ends[side].clock {
                clock.heard = self.now;
            }
            self.input(leg, side, input);
            rest = rest.get(len..).unwrap_or_default();
        }
        self.pipes[id].towards[side].partial = rest.to_vec();
    }

    fn max_message(&self, leg: LegId, side: Side, conn: Conn) -> u16 {
        let (speaker, peer) = self.who(leg, side);
        self.speakers[speaker].engine.max_message(peer, conn)
    }

    /// The other end is closed, or the connection was cut.
    fn ended(&mut self, id: PipeId, side: Side) {
        if self.pipes[id].ends[side] != EndState::Open {
            return;
        }
        let (leg, conn) = (self.pipes[id].leg, self.pipes[id].conn(side));
        self.pipes[id].ends[side] = EndState::Closed;
        *self.legs[leg].ends[side].slot(conn) = None;
        self.finish(id, side);
        self.seen(leg, side, Seen::Loses(conn));
        self.input(leg, side, Input::Closed(conn));
    }

    fn seen(&mut self, leg: LegId, side: Side, what: Seen) {
        let speaker = self.legs[leg].ends[side].speaker;
        self.record(Some(speaker), Some(leg), what);
    }
}
