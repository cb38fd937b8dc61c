//! Two sessions and the line between them.
use bfd::{
    Cause, Change, Config, Control, EchoPacket, Input, Outgoing, Output, Packet, PaddedPduSize, Recorder,
    Session, State, Timing, Witness,
};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

pub(crate) const A: usize = 0;
pub(crate) const B: usize = 1;

/// IP and UDP.
const IPV4_HEADERS: usize = 28;

pub(crate) fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub(crate) fn timing(tx_ms: u64, rx_ms: u64, mult: u8) -> Timing {
    let detect_mult = NonZeroU8::new(mult).unwrap();
    Timing { desired_min_tx: ms(tx_ms), required_min_rx: ms(rx_ms), detect_mult }
}

/// What happened, at the time since the beginning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Happened {
    Sent(usize, Control),
    Received(usize),
    Changed(usize, Change),
}

/// Octets on their way.
pub(crate) struct Flight {
    pub(crate) at: Instant,
    pub(crate) to: usize,
    pub(crate) octets: Vec<u8>,
    /// An echo packet, on its way back to its sender.
    pub(crate) echo: bool,
}

pub(crate) struct Pair {
    pub(crate) epoch: Instant,
    pub(crate) now: Instant,
    pub(crate) sessions: [Session; 2],
    pub(crate) recorders: [Recorder; 2],
    /// From when to when a side does not run. What arrives meanwhile waits for it.
    pub(crate) asleep: [Option<(Instant, Instant)>; 2],
    /// Packets that each side's socket dropped.
    pub(crate) dropped: [u64; 2],
    /// Why which side went Down.
    pub(crate) causes: Vec<(usize, Cause)>,
    pub(crate) line: Vec<Flight>,
    /// Whether echo packets get lost.
    pub(crate) echo_cut: bool,
    pub(crate) latency: Duration,
    /// Up to so much more, drawn for each packet: packets overtake each other.
    pub(crate) spread: Duration,
    /// The largest packet the line carries, headers of IPv4 included.
    pub(crate) mtu: usize,
    pub(crate) padding: [Option<PaddedPduSize>; 2],
    /// Packets lost in a thousand.
    pub(crate) loss: u64,
    pub(crate) cut: [bool; 2],
    dice: u64,
    pub(crate) recording: bool,
    /// Who sent which octets, while recording.
    pub(crate) recorded: Vec<(usize, Vec<u8>)>,
    pub(crate) trace: Vec<(Duration, Happened)>,
}

impl Pair {
    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    pub(crate) fn new(a: Timing, b: Timing, seed: u64) -> Self {
        let now = Instant::now();
        let session = |n: u32, t| {
            Session::new(Config::new(NonZeroU32::new(n).unwrap(), t), seed.wrapping_add(u64::from(n)), now)
        };
        Self {
            epoch: now,
            now,
            sessions: [session(11, a), session(22, b)],
            recorders: [Recorder::new(64, now), Recorder::new(64, now)],
            asleep: [None; 2],
            dropped: [0; 2],
            causes: Vec::new(),
            line: Vec::new(),
            echo_cut: false,
            latency: Duration::from_micros(300),
            spread: Duration::ZERO,
            mtu: 1500,
            padding: [None; 2],
            loss: 0,
            cut: [false; 2],
            dice: seed | 1,
            recording: false,
            recorded: Vec::new(),
            trace: Vec::new(),
        }
    }

    /// A session that knows nothing takes the place of one.
    pub(crate) fn restart(&mut self, side: usize, seed: u64) {
        let old = &self.sessions[side];
        let config = Config::new(old.discriminator(), timing(50, 50, 3));
        let auth = old.authentication().cloned();
        self.sessions[side] = Session::new(config, seed, self.now);
        self.sessions[side].set_authentication(auth);
    }

    pub(crate) fn same(timing: Timing) -> Self {
        Self::new(timing, timing, 1)
    }

    pub(crate) fn handle(&mut self, side: usize, input: Input<'_>) {
        self.handle_at(side, input, self.now);
    }

    /// The same for what happened earlier, while the side was asleep.
    fn handle_at(&mut self, side: usize, input: Input<'_>, happened: Instant) {
        let (at, mut sent, mut echoes) = (self.elapsed(), Vec::new(), Vec::new());
        let payload = self.padding[side].map_or(0, |size| size.payload(true));
        let witness = self.witness(side);
        let (trace, causes) = (&mut self.trace, &mut self.causes);
        let mut take = |output, cause: Option<Cause>| {
            causes.extend(cause.map(|cause| (side, cause)));
            match output {
                Output::Transmit(packet) => {
                    trace.push((at, Happened::Sent(side, packet.control)));
                    let mut room = vec![0; payload.max(Outgoing::LONGEST)];
                    sent.push(packet.encode_padded(payload, &mut room).to_vec());
                }
                Output::TransmitEcho(packet) => echoes.push(packet.encode()),
                Output::Changed(change) => trace.push((at, Happened::Changed(side, change))),
            }
        };
        self.recorders[side].handle(&mut self.sessions[side], input, happened, witness, &mut take);
        for octets in sent {
            if self.recording {
                self.recorded.push((side, octets.clone()));
            }
            let carried = octets.len() + IPV4_HEADERS <= self.mtu;
            if carried && !self.cut[side] && !self.lost() {
                let at = self.now + self.latency + self.detour();
                self.line.push(Flight { at, to: 1 - side, octets, echo: false });
            }
        }
        for octets in echoes {
            let cut = self.echo_cut || self.cut.contains(&true);
            if !cut && !self.lost() && !self.lost() {
                let octets = octets.to_vec();
                self.line.push(Flight { at: self.now + 2 * self.latency, to: side, octets, echo: true });
            }
        }
    }

    fn witness(&self, side: usize) -> Witness {
        let since = self.recorders[side].last_received().unwrap_or(self.epoch);
        let stall = self.asleep[side].map(|(from, until)| until.saturating_duration_since(from.max(since)));
        Witness {
            stall: stall.unwrap_or_default(),
            dropped: Some(self.dropped[side]),
            ..Witness::good(self.now)
        }
    }

    /// The side does nothing from now on for so long.
    pub(crate) fn sleep(&mut self, side: usize, time: Duration) {
        self.asleep[side] = Some((self.now, self.now + time));
    }

    /// When the side can do what is due at `at`.
    fn awake(&self, side: usize, at: Instant) -> Instant {
        self.asleep[side].map_or(at, |(_, until)| at.max(until))
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.now.duration_since(self.epoch)
    }

    fn lost(&mut self) -> bool {
        self.roll() % 1000 < self.loss
    }

    fn detour(&mut self) -> Duration {
        let spread = u64::try_from(self.spread.as_nanos()).unwrap();
        if spread == 0 { Duration::ZERO } else { Duration::from_nanos(self.roll() % spread) }
    }

    fn roll(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }

    /// The next thing to happen: packets before timers of the same instant.
    fn step(&mut self, end: Instant) -> bool {
        let arrivals = self.line.iter().enumerate().map(|(i, p)| (self.awake(p.to, p.at), p.at, i));
        let arrival = arrivals.min().map(|(at, _, i)| (at, i));
        let due = |side: usize| Some((self.awake(side, self.sessions[side].poll_timeout()?), side));
        let timer = [A, B].into_iter().filter_map(due).min();
        match (arrival, timer) {
            (Some((at, i)), timer) if at <= end && timer.is_none_or(|(t, _)| at <= t) => {
                let Flight { at: arrived, to, octets, echo } = self.line.remove(i);
                self.now = self.now.max(at);
                if !echo {
                    self.trace.push((self.elapsed(), Happened::Received(to)));
                }
                let input = if echo {
                    Input::Echo(EchoPacket::parse(&octets).unwrap())
                } else {
                    Input::Packet(Packet::parse(&octets).unwrap())
                };
                self.handle_at(to, input, arrived);
            }
            (_, Some((at, side))) if at <= end => {
                self.now = self.now.max(at);
                self.handle(side, Input::Timeout);
            }
            _ => return false,
        }
        true
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.step(end) {}
        self.now = end;
    }

    pub(crate) fn up(timing: Timing) -> Self {
        let mut pair = Self::same(timing);
        pair.run(ms(500));
        assert_eq!(pair.states(), [State::Up; 2]);
        pair.trace.clear();
        pair
    }

    pub(crate) fn states(&self) -> [State; 2] {
        [self.sessions[A].state(), self.sessions[B].state()]
    }

    pub(crate) fn changes(&self, side: usize) -> Vec<(Duration, Change)> {
        let change = |(at, h): &(Duration, Happened)| match h {
            Happened::Changed(s, c) if *s == side => Some((*at, *c)),
            _ => None,
        };
        self.trace.iter().filter_map(change).collect()
    }

    pub(crate) fn sent(&self, side: usize) -> Vec<(Duration, Control)> {
        let sent = |(at, h): &(Duration, Happened)| match h {
            Happened::Sent(s, c) if *s == side => Some((*at, *c)),
            _ => None,
        };
        self.trace.iter().filter_map(sent).collect()
    }
}
