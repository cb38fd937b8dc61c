//! Pipes: TCP connections, ordered and reliable until somebody cuts them.

use crate::arena::{Pair, Side, id};
use crate::leg::LegId;
use crate::random::Random;
use crate::speech::Speech;
use bgp_session::Conn;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

id! { /// One pipe; never used twice.
pub(crate) PipeId }

/// What one end has of a pipe.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum EndState {
    /// The dialer waits for an answer; the other end does not know yet.
    #[default]
    Waiting,
    Open,
    Closed,
}

#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) leg: LegId,
    pub(crate) dialer: Side,
    pub(crate) ends: Pair<EndState>,
    /// What each end has said.
    pub(crate) speech: Pair<Speech>,
    /// What is on its way to each side.
    pub(crate) towards: Pair<Stream>,
    /// Half-open: whatever is written is never heard of again, and nobody is told.
    pub(crate) dead: bool,
}

impl Pipe {
    pub(crate) fn new(leg: LegId, dialer: Side) -> Self {
        Self {
            leg,
            dialer,
            ends: Pair::default(),
            speech: Pair::default(),
            towards: Pair::default(),
            dead: false,
        }
    }

    /// The name that the session at `side` has for it.
    pub(crate) fn conn(&self, side: Side) -> Conn {
        if side == self.dialer { Conn::Dialed } else { Conn::Accepted }
    }

    pub(crate) fn kill(&mut self) {
        self.dead = true;
        self.towards = Pair::default();
    }
}

/// One direction: octets on their way, cut where chance wants it.
#[derive(Default, Debug)]
pub(crate) struct Stream {
    /// Octets, and when they get there.
    lots: VecDeque<(Instant, Vec<u8>)>,
    queued: usize,
    /// When the end of the stream gets there, after all octets.
    end: Option<Instant>,
    /// Octets that arrived and do not make a whole message yet.
    pub(crate) partial: Vec<u8>,
    /// Whether a delivery is scheduled.
    pub(crate) awaited: bool,
}

/// What a delivery brings.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Delivery {
    Octets(Vec<u8>),
    End,
    Nothing,
}

impl Stream {
    pub(crate) fn write(&mut self, octets: &[u8], there: Instant) {
        if self.end.is_none() && !octets.is_empty() {
            self.queued += octets.len();
            self.lots.push_back((there, octets.to_vec()));
        }
    }

    /// The writer closes; what it wrote still arrives.
    pub(crate) fn finish(&mut self, there: Instant) {
        self.end.get_or_insert(there);
    }

    /// The connection is cut: only some of the octets on their way arrive.
    pub(crate) fn cut(&mut self, there: Instant, random: &mut Random) {
        let mut left = random.length(self.queued + 1) - 1;
        self.queued = left;
        for (_, lot) in &mut self.lots {
            lot.truncate(left);
            left -= lot.len();
        }
        self.lots.retain(|(_, lot)| !lot.is_empty());
        self.end = Some(there);
    }

    /// Octets on their way.
    pub(crate) const fn queued(&self) -> usize {
        self.queued
    }

    /// When there is something to deliver.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.lots.front().map(|(there, _)| *there).or(self.end)
    }

    /// Takes what the reader gets now: everything there, or as often only the beginning of it.
    pub(crate) fn deliver(&mut self, now: Instant, most: usize, random: &mut Random) -> Delivery {
        let ready: usize = self.lots.iter().take_while(|(at, _)| *at <= now).map(|(_, lot)| lot.len()).sum();
        if ready == 0 {
            let ended = self.lots.is_empty() && self.end.is_some_and(|at| at <= now);
            return if ended { Delivery::End } else { Delivery::Nothing };
        }
        let ready = ready.min(most);
        let len = if random.chance(500) { ready } else { random.length(ready) };
        Delivery::Octets(self.take(len))
    }

    fn take(&mut self, len: usize) -> Vec<u8> {
        let mut taken = Vec::with_capacity(len);
        while let Some((_, lot)) = self.lots.front_mut() {
            let part = lot.len().min(len - taken.len());
            taken.extend(lot.drain(..part));
            if !lot.is_empty() {
                break;
            }
            self.lots.pop_front();
        }
        self.queued -= taken.len();
        taken
    }
}

/// How a pipe treats what is written to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tcp {
    /// The time of an octet from one end to the other.
    pub latency: Duration,
    /// The most octets that a reader gets at a time.
    pub read: usize,
    /// The time between two reads: a slow reader takes its time.
    pub pause: Duration,
    /// Octets on their way at which no more UPDATEs are pulled.
    pub window: usize,
    /// Of a thousand dials, so many are refused.
    pub refused: u16,
}

impl Tcp {
    /// Octets on their way at which the writer's socket takes no more.
    pub(crate) const fn buffered(&self) -> usize {
        self.window.saturating_add(8192)
    }
}

impl Default for Tcp {
    /// 1 ms of latency, a reader that keeps up, no dial refused.
    fn default() -> Self {
        let (latency, pause) = (Duration::from_millis(1), Duration::ZERO);
        Self { latency, read: 65536, pause, window: 65536, refused: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "some instant to begin with")]
    fn written() -> (Stream, Instant) {
        let (mut stream, now) = (Stream::default(), Instant::now());
        stream.write(b"one", now);
        stream.write(b"two", now);
        stream.write(b"late", now + Duration::from_secs(1));
        (stream, now)
    }

    #[test]
    fn octets_arrive_in_order_and_then_the_end() {
        for seed in 0..100 {
            let (mut stream, now) = written();
            stream.finish(now + Duration::from_secs(2));
            let (mut random, mut got) = (Random::new(seed), Vec::new());
            while let Delivery::Octets(octets) = stream.deliver(now, 4, &mut random) {
                assert!((1..=4).contains(&octets.len()));
                got.extend(octets);
            }
            assert_eq!((got.as_slice(), stream.queued()), (b"onetwo".as_slice(), 4));
            let later = now + Duration::from_secs(2);
            while let Delivery::Octets(octets) = stream.deliver(later, 9, &mut random) {
                got.extend(octets);
            }
            assert_eq!((got.as_slice(), stream.queued()), (b"onetwolate".as_slice(), 0));
            assert_eq!(stream.deliver(later, 9, &mut random), Delivery::End);
        }
    }

    #[test]
    fn a_cut_keeps_a_beginning() {
        let mut lengths = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let (mut stream, now) = written();
            let mut random = Random::new(seed);
            stream.cut(now, &mut random);
            let (left, mut got) = (stream.queued(), Vec::new());
            while let Delivery::Octets(octets) = stream.deliver(now + Duration::from_secs(1), 99, &mut random)
            {
                got.extend(octets);
            }
            assert_eq!(got.len(), left);
            assert!(b"onetwolate".starts_with(&got));
            lengths.insert(left);
        }
        assert_eq!(lengths, (0..=10).collect());
    }
}
