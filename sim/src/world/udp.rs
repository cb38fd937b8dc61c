//! BFD: its timers, and its packets over links that lose, delay, double and reorder them.

use super::{Happening, World};
use crate::arena::Side;
use crate::leg::LegId;
use bfd::{Control, Input, Output, Packet};

impl World {
    pub(super) fn packet(&mut self, leg: LegId, side: Side, octets: &[u8]) {
        let input = match Packet::parse(octets) {
            Ok(packet) => Input::Packet(packet),
            Err(discard) => Input::Discarded(discard),
        };
        self.bfd_input(leg, side, input);
    }

    pub(super) fn bfd_input(&mut self, leg: LegId, side: Side, input: Input<'_>) {
        let mut outputs = Vec::new();
        if let Some(session) = &mut self.legs[leg].ends[side].bfd {
            session.handle(input, self.now, &mut |output| outputs.push(output));
        }
        for output in outputs {
            match output {
                Output::Transmit(packet) => self.transmit(leg, side, &packet.control),
                // None is configured.
                Output::TransmitEcho(_) => {}
                Output::Changed(change) => {
                    let (speaker, peer) = self.who(leg, side);
                    self.tell(speaker, |engine, now, mut out| {
                        engine.bfd_changed(peer, change, now, now, &mut out);
                    });
                }
            }
        }
    }

    fn transmit(&mut self, leg: LegId, from: Side, control: &Control) {
        let to = from.other();
        let udp = self.legs[leg].udp[to];
        let copies = 1 + u8::from(self.random.chance(udp.twice));
        for _ in 0..copies {
            let there = self.now + udp.latency + self.random.up_to(udp.jitter);
            if !self.random.chance(udp.lost) && !self.legs[leg].silent {
                self.schedule.add(there, Happening::Packet(leg, to, control.encode()));
            }
        }
    }
}
