//! What befalls legs.

use super::World;
use crate::arena::Side;
use crate::leg::{LegId, Udp};
use crate::pipe::{EndState, PipeId};
use crate::record::{Fault, Seen};
use bgp_session::Conn;

impl World {
    /// Nothing passes the leg. Packets are lost; octets wait, for TCP sends them again.
    pub fn silence(&mut self, leg: LegId) {
        self.legs[leg].silent = true;
        self.fault(leg, Fault::Silent);
    }

    /// At one side nobody reads any more. Who writes there is not taken from for long.
    pub fn stall(&mut self, leg: LegId, side: Side) {
        self.legs[leg].stalled[side] = true;
        self.fault(leg, Fault::Stalled(side));
    }

    /// The leg works again: what waited arrives, in the order in which it would have.
    pub fn heal(&mut self, leg: LegId) {
        self.legs[leg].silent = false;
        Side::ALL.into_iter().for_each(|side| self.legs[leg].stalled[side] = false);
        self.fault(leg, Fault::Healed);
        let there = self.now + self.legs[leg].tcp.latency;
        for happening in std::mem::take(&mut self.legs[leg].waiting) {
            self.schedule.add(there, happening);
        }
    }

    /// Resets the leg's connections. At each end only some of the octets on their way still arrive.
    pub fn reset(&mut self, leg: LegId) {
        self.fault(leg, Fault::Reset);
        let there = self.now + self.legs[leg].tcp.latency;
        for (id, side) in self.open_ends(leg) {
            self.pipes[id].towards[side].cut(there, &mut self.random);
            self.await_delivery(id, side);
        }
    }

    /// Makes the leg's connections half-open: both ends believe in them, and nothing arrives.
    pub fn half_open(&mut self, leg: LegId) {
        self.fault(leg, Fault::HalfOpen);
        for (id, _) in self.open_ends(leg) {
            self.pipes[id].kill();
        }
    }

    /// Treats packets towards `side` like this from now on.
    pub fn set_udp(&mut self, leg: LegId, side: Side, udp: Udp) {
        self.legs[leg].udp[side] = udp;
        self.fault(leg, Fault::Udp(udp.lost));
    }

    pub(super) fn open_ends(&self, leg: LegId) -> Vec<(PipeId, Side)> {
        let ends = Side::ALL.into_iter().flat_map(|side| Conn::ALL.map(|conn| (side, conn)));
        ends.filter_map(|(side, conn)| Some((self.legs[leg].ends[side].pipe(conn)?, side)))
            .filter(|(id, side)| self.pipes[*id].ends[*side] == EndState::Open)
            .collect()
    }

    fn fault(&mut self, leg: LegId, fault: Fault) {
        self.record(None, Some(leg), Seen::Fault(fault));
    }
}
