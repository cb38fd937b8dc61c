//! Two BFD sessions joined by a line that loses packets, on a clock that only this program moves.
//!
//! The same seed gives the same trace, to the nanosecond:
//!
//! ```text
//! cargo run -p examples --example bfd_in_memory
//! cargo run -p examples --example bfd_in_memory -- 7
//! ```
use bfd::{Config, Control, Input, Output, Packet, Session, State, Timing};
use std::collections::VecDeque;
use std::error::Error;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

const NAMES: [&str; 2] = ["A", "B"];
/// How long a packet travels.
const LATENCY: Duration = Duration::from_millis(1);

/// A packet on its way: when it arrives, at which side, and its octets.
type Flight = (Instant, usize, [u8; Control::LEN]);

struct World {
    began: Instant,
    now: Instant,
    sessions: [Session; 2],
    line: VecDeque<Flight>,
    fault: Fault,
}

/// The fault injector: it loses so many packets of a hundred.
struct Fault {
    dice: u64,
    percent: u64,
    lost: u32,
}

impl Fault {
    fn loses(&mut self) -> bool {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let lost = (self.dice >> 33) % 100 < self.percent;
        self.lost += u32::from(lost);
        lost
    }
}

impl World {
    /// Both sessions wish for a packet every 50 ms and give up after three: a detection time of 150 ms.
    fn new(seed: u64) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
        let now = Instant::now();
        let timing = Timing::new(Duration::from_millis(50), NonZeroU8::new(3)?);
        let a = Session::new(Config::new(NonZeroU32::new(1)?, timing), seed, now);
        let b = Session::new(Config::new(NonZeroU32::new(2)?, timing), !seed, now);
        let fault = Fault { dice: seed, percent: 0, lost: 0 };
        Some(Self { began: now, now, sessions: [a, b], line: VecDeque::new(), fault })
    }

    /// One input to one side. What a session wants comes out through the closure, in order.
    fn handle(&mut self, side: usize, input: Input<'_>) {
        let (now, began) = (self.now, self.began);
        let (Some(session), Some(name)) = (self.sessions.get_mut(side), NAMES.get(side)) else { return };
        session.handle(input, now, &mut |output| match output {
            Output::Transmit(_) if self.fault.loses() => {}
            Output::Transmit(packet) => {
                self.line.push_back((now + LATENCY, 1 - side, packet.control.encode()));
            }
            // No echo packets are configured.
            Output::TransmitEcho(_) => {}
            Output::Changed(change) => {
                let at = now.duration_since(began);
                println!("{at:>12.3?}  {name}: {} to {}, {}", change.from, change.to, change.diag);
            }
        });
    }

    /// Jumps from one thing to happen to the next, until `time` has passed. A packet that arrives at the
    /// instant of a timeout is in time.
    fn run(&mut self, time: Duration) -> Result<(), Box<dyn Error>> {
        let end = self.now + time;
        loop {
            let arrival = self.line.front().map(|(at, ..)| *at);
            let sides = self.sessions.iter().enumerate();
            let timer = sides.filter_map(|(side, s)| Some((s.poll_timeout()?, side))).min();
            match (arrival, timer) {
                (Some(at), t) if at <= end && t.is_none_or(|(timeout, _)| at <= timeout) => self.arrive()?,
                (_, Some((at, side))) if at <= end => {
                    self.now = at;
                    self.handle(side, Input::Timeout);
                }
                _ => break self.now = end,
            }
        }
        Ok(())
    }

    fn arrive(&mut self) -> Result<(), Box<dyn Error>> {
        let Some((at, side, octets)) = self.line.pop_front() else { return Ok(()) };
        self.now = at;
        self.handle(side, Input::Packet(Packet::parse(&octets)?));
        Ok(())
    }

    /// Says what follows, lets it happen, and tells where both sides stand then.
    fn act(&mut self, title: &str, percent: u64, secs: u64) -> Result<[State; 2], Box<dyn Error>> {
        println!("{title}");
        self.fault.percent = percent;
        self.run(Duration::from_secs(secs))?;
        Ok(self.sessions.each_ref().map(Session::state))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let seed = std::env::args().nth(1).map_or(Ok(42), |seed| seed.parse())?;
    let mut world = World::new(seed).ok_or("a discriminator or a multiplier is zero")?;
    expect(world.act("a sound line: Up within one exchange of packets", 0, 2)?, State::Up)?;
    world.act("one packet of five is lost: Down where three in a row are", 20, 10)?;
    expect(world.act("a sound line again: Up, whatever was lost", 0, 4)?, State::Up)?;
    expect(world.act("every packet is lost: Down after the detection time", 100, 2)?, State::Down)?;
    println!("{} packets lost", world.fault.lost);
    Ok(())
}

fn expect(states: [State; 2], expected: State) -> Result<(), Box<dyn Error>> {
    if states == [expected; 2] { Ok(()) } else { Err(format!("{states:?}, not {expected}").into()) }
}
