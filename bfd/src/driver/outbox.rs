//! What leaves: packets, many by one call, and behind them what the caller is told.
use super::link::Link;
use super::links::{Links, Slot};
use super::params::Event;
use super::socket::Volley;
use crate::Outgoing;

/// Packets that wait for others, and then leave together.
const ROOMS: usize = Volley::MOST;

/// A session may change its state and end its suppression by one input.
const EVENTS: usize = 4;

/// A packet that waits, ready to be sent.
#[derive(Debug)]
struct Departure {
    slot: Slot,
    octets: [u8; Outgoing::LONGEST],
    length: usize,
}

/// The packets of many sessions in their order, and the changes that their peers hear of by them.
#[derive(Debug)]
pub(super) struct Outbox {
    packets: Vec<Departure>,
    events: Vec<Event>,
    /// Without it each packet takes a call of its own.
    volley: Option<Volley>,
}

impl Outbox {
    /// The only allocation.
    pub(super) fn new(volley: Option<Volley>) -> Self {
        Self { packets: Vec::with_capacity(ROOMS), events: Vec::with_capacity(EVENTS), volley }
    }

    pub(super) fn push(&mut self, slot: Slot, packet: &Outgoing) {
        let mut octets = [0; Outgoing::LONGEST];
        let length = packet.encode(&mut octets).len();
        self.packets.push(Departure { slot, octets, length });
    }

    /// Tells the caller once the packets before it have left.
    pub(super) fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Whether it must be emptied before another session does something.
    pub(super) fn presses(&self) -> bool {
        self.packets.len() >= ROOMS || !self.events.is_empty()
    }

    /// Lets all of it go.
    pub(super) fn empty(&mut self, links: &mut Links<Link>, on_event: &dyn Fn(Event)) {
        if let Some(volley) = self.volley.as_mut().filter(|_| self.packets.len() > 1) {
            volley.send(self.packets.iter().enumerate().filter_map(|(number, packet)| {
                Some((number, links.at(packet.slot)?.line.sender(), packet.octets()))
            }));
        }
        let volley = self.volley.as_ref().filter(|_| self.packets.len() > 1);
        for (number, packet) in self.packets.iter().enumerate() {
            let Some(link) = links.at_mut(packet.slot) else { continue };
            let sent = volley.is_some_and(|volley| volley.sent(number));
            link.line.depart(link.id, packet.octets(), sent);
        }
        self.packets.clear();
        self.events.drain(..).for_each(on_event);
    }
}

impl Departure {
    fn octets(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or(&self.octets)
    }
}

#[cfg(test)]
mod tests {
    use super::{Outbox, Volley};
    use crate::driver::thread::Worker;
    use crate::{Driver, DriverConfig, SessionParams, State, Timing};
    use std::num::NonZeroU8;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    /// Where the system has no such call, and where one has failed as a whole.
    #[test]
    fn without_one_call_for_many_packets_each_takes_its_own() {
        let lose: [fn(&mut Outbox); 2] =
            [|outbox| outbox.volley = None, |outbox| outbox.volley = Some(Volley::broken())];
        for (net, lose) in (60_u8..).zip(lose) {
            let (sender, events) = channel();
            let config = DriverConfig::new(move |event| _ = sender.send(event));
            let driver = Driver::start(config).unwrap();
            driver.threads.ask_all(move |worker: &mut Worker| lose(&mut worker.outbox)).for_each(drop);
            let bind = |last: u8| driver.bind(([127, 0, net, last], 0).into()).unwrap();
            let hub = bind(1);
            let timing = Timing::new(Duration::from_millis(20), NonZeroU8::new(50).unwrap());
            let mut sessions = Vec::new();
            for last in 2..=30 {
                let spoke = bind(last);
                for (local, peer) in [(hub, spoke), (spoke, hub)] {
                    let params = SessionParams::new(local.ip(), peer.ip());
                    sessions.push(driver.add(SessionParams { local, peer, timing, ..params }).unwrap());
                }
            }
            let mut up = 0;
            while up < sessions.len() {
                let event = events.recv_timeout(Duration::from_mins(1)).expect("all come Up");
                up += usize::from(event.to == State::Up);
            }
            for session in sessions {
                while driver.snapshot(session).unwrap().counters.sent < 10 {}
                assert_eq!(driver.snapshot(session).unwrap().send_failures, 0);
            }
        }
    }
}
