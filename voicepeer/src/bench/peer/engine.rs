//! All sessions of the peer on one thread: what is due is sent, what came is read, and told to who measures.
use super::packet::{Packet, State};
use super::session::{Answer, Session};
use super::socket::{Arrival, Sockets, nanos};
use super::{Nanos, Options, SECOND};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

/// A packet of the daemon's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) session: usize,
    pub(super) at: Nanos,
    /// What the daemon said before.
    pub(super) before: Option<State>,
    pub(super) packet: Packet,
    /// Since the packet before.
    pub(super) gap: Option<Nanos>,
    /// Both were periodic packets, so the gap is an interval.
    pub(super) periodic: bool,
    /// The interval negotiated when the gap began.
    pub(super) interval: Nanos,
}

impl Heard {
    /// Whether the daemon left Up.
    pub(super) fn fell(&self) -> bool {
        self.before == Some(State::Up) && self.packet.state != State::Up
    }
}

pub(super) struct Engine {
    pub(super) sessions: Vec<Session>,
    pub(super) dice: Dice,
    remote: Ipv4Addr,
    by_address: HashMap<Ipv4Addr, usize>,
    /// Entries that are not the session's `due` are left over.
    due: BinaryHeap<Reverse<(Nanos, usize)>>,
    sockets: Sockets,
    heard: Vec<Heard>,
}

/// A small generator of numbers good enough for jitter.
pub(super) struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }

    /// From zero up to `end`, without it.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the peer is a shell of its own; kernel stamps are of this clock"
)]
pub(super) fn now() -> Nanos {
    nanos(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

impl Engine {
    pub(super) fn open(options: &Options) -> io::Result<Self> {
        let sockets = Sockets::open()?;
        let start = now();
        let mut engine = Self {
            sessions: Vec::new(),
            dice: Dice(start),
            remote: options.remote,
            by_address: HashMap::new(),
            due: BinaryHeap::new(),
            sockets,
            heard: Vec::new(),
        };
        for (index, number) in (0..options.sessions).enumerate() {
            let address = Ipv4Addr::from(u32::from(options.first).saturating_add(number));
            engine.by_address.insert(address, index);
            engine.sessions.push(Session::new(address, number + 1, options.interval, 3));
            // The first packets are spread over the second that they have.
            engine.schedule(index, start + u64::from(number) * SECOND / u64::from(options.sessions));
        }
        Ok(engine)
    }

    fn schedule(&mut self, index: usize, at: Nanos) {
        if let Some(session) = self.sessions.get_mut(index) {
            session.due = at;
            self.due.push(Reverse((at, index)));
        }
    }

    /// Sends what is due and reads what came, but sleeps no longer than until `end`. What came is in the order of
    /// each session.
    pub(super) fn turn(&mut self, end: Nanos) -> std::vec::Drain<'_, Heard> {
        let next = self.send_due().min(end);
        if !self.receive() {
            let left = next.saturating_sub(now());
            if left > 0 {
                self.sockets.wait(Duration::from_nanos(left));
                self.receive();
            }
        }
        self.heard.drain(..)
    }

    /// When the next is due.
    fn send_due(&mut self) -> Nanos {
        while let Some(&Reverse((at, index))) = self.due.peek() {
            let now = now();
            if at > now {
                return at;
            }
            self.due.pop();
            let Some(session) = self.sessions.get_mut(index).filter(|s| s.speaking && s.due == at) else {
                continue;
            };
            session.late = session.late.max(now - at);
            // 75 to 100 % of the interval (RFC 5880 section 6.8.7).
            let interval = session.own_interval();
            self.emit(index, false);
            let jitter = self.dice.below(interval / 4);
            self.schedule(index, now + interval - jitter);
        }
        Nanos::MAX
    }

    fn emit(&mut self, index: usize, is_final: bool) {
        let Some(session) = self.sessions.get_mut(index) else { return };
        let octets = session.packet(is_final).encode();
        let at = now();
        if self.sockets.send(session.address, self.remote, &octets) {
            session.sent_at = at;
        }
    }

    /// Whether anything came.
    fn receive(&mut self) -> bool {
        let mut any = false;
        while let Some(arrival) = self.sockets.receive() {
            any = true;
            self.take(&arrival);
        }
        any
    }

    fn take(&mut self, arrival: &Arrival) {
        let Some(packet) = arrival.octets.get(..arrival.length).and_then(Packet::decode) else { return };
        let Some(&index) = self.by_address.get(&arrival.to) else { return };
        let Some(session) = self.sessions.get_mut(index) else { return };
        let before = session.remote.map(|remote| remote.state);
        let irregular = packet.is_final || before != Some(packet.state);
        let periodic = !irregular && !session.irregular;
        session.irregular = irregular;
        let gap = session.heard_at.map(|earlier| arrival.at.saturating_sub(earlier));
        let interval = session.their_interval();
        self.heard.push(Heard { session: index, at: arrival.at, before, packet, gap, periodic, interval });
        let Answer { is_final, at_once } = session.hear(packet, arrival.at);
        if is_final {
            self.emit(index, true);
        }
        if at_once {
            self.schedule(index, now());
        }
    }

    /// Lets a silent session speak again.
    pub(super) fn restart(&mut self, index: usize) {
        if let Some(session) = self.sessions.get_mut(index) {
            session.restart();
        }
        self.schedule(index, now());
    }

    /// Whether all sessions come Up in this time.
    pub(super) fn bring_up(&mut self, patience: Nanos) -> bool {
        let end = now() + patience;
        while now() < end {
            self.run(10_000_000);
            if self.settled() == self.sessions.len() {
                return true;
            }
        }
        false
    }

    /// Goes on for this time without telling anybody.
    pub(super) fn run(&mut self, time: Nanos) {
        let end = now() + time;
        while now() < end {
            self.turn(end);
        }
    }

    pub(super) fn settled(&self) -> usize {
        self.sessions.iter().filter(|session| session.settled()).count()
    }

    /// When the last of the sessions came Up.
    pub(super) fn last_up_at(&self) -> Option<Nanos> {
        self.sessions.iter().filter_map(|session| session.up_at).max()
    }

    /// Goes on for a moment, so that what it took to come here is in no figure.
    pub(super) fn settle(&mut self) {
        self.run(SECOND / 2);
        self.sessions.iter_mut().for_each(|session| session.late = 0);
    }

    /// The most that a packet of our own was late, in microseconds.
    pub(super) fn own_lateness(&self) -> f64 {
        let late = self.sessions.iter().map(|session| session.late).max().unwrap_or(0);
        Duration::from_nanos(late).as_secs_f64() * 1e6
    }
}
