//! One session of the peer: RFC 5880's asynchronous mode and no more.
use super::packet::{Packet, State};
use super::{Nanos, SECOND};
use std::net::Ipv4Addr;

/// The rate of a session that is not Up (RFC 5880 section 6.8.3), in microseconds.
const SLOW: u32 = 1_000_000;
/// Neighbor Signaled Session Down.
const NEIGHBOR_DOWN: u8 = 3;

#[derive(Debug)]
pub(super) struct Session {
    pub(super) address: Ipv4Addr,
    discriminator: u32,
    state: State,
    diag: u8,
    /// Wanted once Up, both ways, in microseconds.
    interval: u32,
    detect_mult: u8,
    poll: bool,
    /// What the daemon said last.
    pub(super) remote: Option<Packet>,
    /// The daemon's discriminator.
    yours: u32,
    pub(super) heard_at: Option<Nanos>,
    /// The daemon's last packet was a Final, or changed its state: the gap after it is no interval.
    pub(super) irregular: bool,
    pub(super) sent_at: Nanos,
    pub(super) due: Nanos,
    /// Silent otherwise, and deaf.
    pub(super) speaking: bool,
    pub(super) up_at: Option<Nanos>,
    /// The most that a periodic packet left after its time.
    pub(super) late: Nanos,
}

/// What has to be sent at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Answer {
    pub(super) is_final: bool,
    /// Our state changed, or the daemon takes packets faster than before (section 6.8.3).
    pub(super) at_once: bool,
}

impl Session {
    pub(super) fn new(address: Ipv4Addr, discriminator: u32, interval: u32, detect_mult: u8) -> Self {
        Self {
            address,
            discriminator,
            state: State::Down,
            diag: 0,
            interval,
            detect_mult,
            poll: false,
            remote: None,
            yours: 0,
            heard_at: None,
            irregular: true,
            sent_at: 0,
            due: 0,
            speaking: true,
            up_at: None,
            late: 0,
        }
    }

    fn desired_min_tx(&self) -> u32 {
        if self.state == State::Up { self.interval } else { self.interval.max(SLOW) }
    }

    pub(super) fn packet(&self, is_final: bool) -> Packet {
        Packet {
            state: self.state,
            diag: self.diag,
            poll: self.poll && !is_final,
            is_final,
            detect_mult: self.detect_mult,
            my_discriminator: self.discriminator,
            your_discriminator: self.yours,
            desired_min_tx: self.desired_min_tx(),
            required_min_rx: self.interval,
        }
    }

    /// What may lie between two packets of ours.
    pub(super) fn own_interval(&self) -> Nanos {
        let theirs = self.remote.map_or(0, |remote| remote.required_min_rx);
        micros(theirs.max(self.desired_min_tx()))
    }

    /// What may lie between two packets of the daemon's (section 6.8.7).
    pub(super) fn their_interval(&self) -> Nanos {
        micros(self.remote.map_or(SLOW, |remote| remote.desired_min_tx).max(self.interval))
    }

    /// After so much silence of ours the daemon must say Down (section 6.8.4).
    pub(super) fn their_detection_time(&self) -> Nanos {
        self.own_interval() * Nanos::from(self.detect_mult)
    }

    /// Up both ways, at the interval wanted.
    pub(super) fn settled(&self) -> bool {
        let there = |remote: Packet| {
            remote.state == State::Up
                && !remote.poll
                && (remote.desired_min_tx < SLOW || self.interval >= SLOW)
        };
        self.state == State::Up && !self.poll && self.remote.is_some_and(there)
    }

    /// From silence to Down, as a router that was restarted.
    pub(super) fn restart(&mut self) {
        (self.state, self.diag, self.poll, self.speaking) = (State::Down, 0, false, true);
        self.yours = self.remote.map_or(0, |remote| remote.my_discriminator);
    }

    /// Takes a packet (section 6.8.6).
    pub(super) fn hear(&mut self, packet: Packet, at: Nanos) -> Answer {
        let before = self.remote.map(|remote| remote.required_min_rx);
        let faster = before.is_some_and(|before| packet.required_min_rx < before);
        (self.remote, self.heard_at) = (Some(packet), Some(at));
        if !self.speaking {
            return Answer::default();
        }
        self.yours = packet.my_discriminator;
        self.poll &= !packet.is_final;
        let before = self.state;
        self.state = match (before, packet.state) {
            (_, State::AdminDown) | (State::Up, State::Down) => State::Down,
            (State::Down, State::Down) => State::Init,
            (State::Down, State::Init) | (State::Init, State::Init | State::Up) => State::Up,
            (state, _) => state,
        };
        let changed = self.state != before;
        if changed {
            self.poll = self.state == State::Up;
            self.diag = if self.state == State::Down { NEIGHBOR_DOWN } else { 0 };
            self.up_at = self.poll.then_some(at);
        }
        Answer { is_final: packet.poll, at_once: changed || faster }
    }
}

fn micros(micros: u32) -> Nanos {
    Nanos::from(micros) * (SECOND / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{Packet, Session, State};

    fn session() -> Session {
        Session::new([192, 0, 2, 1].into(), 7, 50_000, 3)
    }

    fn of(state: State) -> Packet {
        Packet { my_discriminator: 9, ..Session { state, ..session() }.packet(false) }
    }

    /// RFC 5880 section 6.2, one row a state and what is received in it.
    #[test]
    fn every_state_and_received_state() {
        use State::{AdminDown, Down, Init, Up};
        for (state, [admin_down, down, init, up]) in
            [(Down, [Down, Init, Up, Down]), (Init, [Down, Init, Up, Up]), (Up, [Down, Down, Up, Up])]
        {
            for (received, expected) in [(AdminDown, admin_down), (Down, down), (Init, init), (Up, up)] {
                let mut session = Session { state, ..session() };
                let answer = session.hear(of(received), 1);
                assert_eq!(session.state, expected, "{state:?} and {received:?}");
                assert_eq!(answer.at_once, state != expected);
            }
        }
    }

    #[test]
    fn up_is_settled_with_the_final_and_the_intervals_are_the_slower_wish() {
        let mut session = session();
        session.hear(of(State::Init), 1);
        assert!(session.packet(false).poll && !session.settled());
        let slow =
            Packet { is_final: true, desired_min_tx: 200_000, required_min_rx: 100_000, ..of(State::Up) };
        session.hear(slow, 2);
        assert!(session.settled());
        assert_eq!((session.own_interval(), session.their_interval()), (100_000_000, 200_000_000));
        assert_eq!(session.their_detection_time(), 300_000_000);
        assert_eq!(session.packet(false).your_discriminator, 9);
    }

    #[test]
    fn a_poll_asks_for_a_final_and_silence_is_deaf() {
        let mut session = session();
        assert!(session.hear(Packet { poll: true, ..of(State::Down) }, 1).is_final);
        session.speaking = false;
        assert_eq!(session.hear(Packet { poll: true, ..of(State::Down) }, 2), super::Answer::default());
        session.restart();
        assert_eq!((session.state, session.speaking), (State::Down, true));
    }
}
