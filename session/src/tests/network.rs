//! Two sessions, the network between them and the shells that own the sockets, on a virtual clock.

use super::{Duration, Instant, epoch, framed, word};
use crate::jitter::Jitter;
use crate::{Config, Conn, Input, Output, Session, State};
use std::collections::BTreeMap;

/// What arrives at one end of a connection.
#[derive(Clone, Debug)]
enum Arrival {
    Connected,
    Refused,
    Message(Vec<u8>),
    Closed,
}

/// One TCP connection, by its index in the order of dials.
#[derive(Clone, Copy, Debug)]
struct Tcp {
    dialer: usize,
    /// What is on its way arrives no earlier, at each end: octets keep their order.
    not_before: [Instant; 2],
    /// Nothing passes any more, and nobody is told.
    silent: bool,
}

/// What the network may do wrong, in parts of 256.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Faults {
    /// A dial is refused.
    pub(super) refused: u8,
    /// A connection breaks on a message, and both ends are told.
    pub(super) broken: u8,
    /// A connection goes silent on a message.
    pub(super) silent: u8,
}

pub(super) struct Network {
    pub(super) now: Instant,
    start: Instant,
    pub(super) ends: [Session; 2],
    /// Which connection each end's shell has open, by its name there.
    open: [BTreeMap<Conn, usize>; 2],
    tcps: Vec<Tcp>,
    /// By time, then by the order of sending: the end, the connection and what arrives.
    in_flight: BTreeMap<(Instant, usize), (usize, usize, Arrival)>,
    events: usize,
    chance: Jitter,
    /// The longest way, in milliseconds.
    latency: u64,
    pub(super) faults: Faults,
    /// Everything both sessions have put out.
    pub(super) trace: Vec<String>,
}

impl Network {
    pub(super) fn new(configs: [Config; 2], seed: u64, latency: u64) -> Self {
        let now = epoch();
        let [a, b] = configs;
        Self {
            now,
            start: now,
            ends: [Session::new(a, seed, now), Session::new(b, seed ^ 1, now)],
            open: Default::default(),
            tcps: Vec::new(),
            in_flight: BTreeMap::new(),
            events: 0,
            chance: Jitter::new(seed ^ 0xfeed),
            latency,
            faults: Faults::default(),
            trace: Vec::new(),
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.chance.next() % below.max(1)
    }

    fn strikes(&mut self, parts: u8) -> bool {
        self.draw(256) < u64::from(parts)
    }

    /// Hands `input` to a session and carries out what it asks for.
    pub(super) fn input(&mut self, end: usize, input: Input<'_>) {
        let mut asked = Vec::new();
        let at = self.now - self.start;
        let trace = &mut self.trace;
        self.ends[end].handle(input, self.now, &mut |output| {
            trace.push(format!("{at:?} {end} {}", word(&output)));
            match output {
                Output::Dial => asked.push((Conn::Dialed, None)),
                Output::Send(conn, bytes) => asked.push((conn, Some(Arrival::Message(bytes.to_vec())))),
                Output::Close(conn) => asked.push((conn, Some(Arrival::Closed))),
                _ => {}
            }
        });
        for (conn, arrival) in asked {
            match arrival {
                None => self.dial(end),
                Some(arrival) => self.write(end, conn, arrival),
            }
        }
    }

    fn dial(&mut self, end: usize) {
        let tcp = self.tcps.len();
        let here = self.now + Duration::from_millis(1 + self.draw(self.latency));
        let there = self.now + Duration::from_millis(1 + self.draw(self.latency));
        let mut not_before = [here; 2];
        not_before[1 - end] = there;
        self.tcps.push(Tcp { dialer: end, not_before, silent: false });
        self.open[end].insert(Conn::Dialed, tcp);
        if self.strikes(self.faults.refused) {
            self.fly(here, end, tcp, Arrival::Refused);
        } else {
            self.fly(there, 1 - end, tcp, Arrival::Connected);
            self.fly(here, end, tcp, Arrival::Connected);
        }
    }

    fn write(&mut self, end: usize, conn: Conn, arrival: Arrival) {
        let Some(&tcp) = self.open[end].get(&conn) else { return };
        let closed = matches!(arrival, Arrival::Closed);
        if closed {
            self.open[end].remove(&conn);
        }
        if !closed && self.strikes(self.faults.silent) {
            self.tcps[tcp].silent = true;
        }
        if !closed && self.strikes(self.faults.broken) {
            self.post(tcp, end, Arrival::Closed);
            self.post(tcp, 1 - end, Arrival::Closed);
        } else {
            self.post(tcp, 1 - end, arrival);
        }
    }

    /// Sends to `end`, behind all that is on its way there.
    fn post(&mut self, tcp: usize, end: usize, arrival: Arrival) {
        let at = self.now + Duration::from_millis(1 + self.draw(self.latency));
        let at = at.max(self.tcps[tcp].not_before[end]);
        self.tcps[tcp].not_before[end] = at;
        if !self.tcps[tcp].silent {
            self.fly(at, end, tcp, arrival);
        }
    }

    fn fly(&mut self, at: Instant, end: usize, tcp: usize, arrival: Arrival) {
        self.events += 1;
        self.in_flight.insert((at, self.events), (end, tcp, arrival));
    }

    fn arrive(&mut self, end: usize, tcp: usize, arrival: Arrival) {
        let conn = if self.tcps[tcp].dialer == end { Conn::Dialed } else { Conn::Accepted };
        if conn == Conn::Accepted && matches!(arrival, Arrival::Connected) {
            // The shell takes one accepted connection at a time.
            if self.open[end].contains_key(&conn) {
                self.post(tcp, 1 - end, Arrival::Closed);
                return;
            }
            self.open[end].insert(conn, tcp);
        }
        if self.open[end].get(&conn) != Some(&tcp) {
            return;
        }
        match arrival {
            Arrival::Connected => self.input(end, Input::Connected(conn)),
            Arrival::Message(bytes) => self.input(end, Input::Message(conn, framed(&bytes))),
            Arrival::Refused => {
                self.open[end].remove(&conn);
                self.input(end, Input::ConnectFailed);
            }
            Arrival::Closed => {
                self.open[end].remove(&conn);
                self.input(end, Input::Closed(conn));
            }
        }
    }

    /// Lets `time` pass.
    pub(super) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let timeouts = self.ends.iter().filter_map(Session::poll_timeout);
            let next = timeouts.chain(self.in_flight.keys().map(|key| key.0).take(1)).min();
            let Some(at) = next.filter(|at| *at <= until) else { break };
            self.now = self.now.max(at);
            match self.in_flight.first_entry().filter(|entry| entry.key().0 <= at) {
                Some(entry) => {
                    let (end, tcp, arrival) = entry.remove();
                    self.arrive(end, tcp, arrival);
                }
                None => (0..2).for_each(|end| self.input(end, Input::Timeout)),
            }
        }
        self.now = until;
    }

    /// The one connection on which both ends are Established, if that is all there is.
    pub(super) fn agreed(&self) -> Option<usize> {
        let [a, b] = [0, 1].map(|end| {
            let conn = self.ends[end].established()?;
            let only = self.ends[end].connection(conn.other()).is_none() && self.open[end].len() == 1;
            self.open[end].get(&conn).copied().filter(|_| only)
        });
        a.filter(|_| a == b && self.ends.iter().all(|end| end.state() == State::Established))
    }
}
