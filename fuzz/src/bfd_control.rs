//! A BFD session against any packets at any time.

use bfd::{Config, Control, Input, Outgoing, Output, Packet, SLOW_INTERVAL, Session, State, Timing};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

/// The session's own discriminator, so small that packets of few bits name it.
const OURS: NonZeroU32 = NonZeroU32::MIN;

/// Steps that take a session through every state.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let init = [&[3, 1][..], &packet(0x40)].concat();
    let up = [&init[..], &[3, 1], &packet(0x80)].concat();
    let down = [&up[..], &[2, 200]].concat();
    let admin_down = [&up[..], &[8, 1]].concat();
    vec![init, up, down, admin_down]
}

/// A packet for the session, its state and flags in the second octet.
fn packet(flags: u8) -> [u8; 24] {
    [0x20, flags, 3, 24, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 0]
}

/// A session and the state it has told.
struct Told {
    session: Session,
    state: State,
}

/// Reads `data` as steps of an octet for what happens, an octet for the time until then, and a packet.
///
/// Whatever comes, changes of state follow on each other, every packet sent is one that a peer takes, and
/// a timeout that was obeyed is not asked for again.
pub fn bfd_control(data: &[u8]) {
    parse_again(data);
    run(data);
}

/// The state after the last step.
fn run(mut data: &[u8]) -> State {
    let mut now = base();
    let timing = Timing::new(Duration::from_millis(50), NonZeroU8::MIN);
    let mut told = Told { session: Session::new(Config::new(OURS, timing), 1, now), state: State::Down };
    while let Some((&[what, wait], rest)) = data.split_first_chunk() {
        now += Duration::from_millis(u64::from(wait));
        told.pass_time(now);
        data = told.step(what, rest, now);
    }
    told.state
}

/// What was accepted is written and accepted as the same.
fn parse_again(payload: &[u8]) {
    if let Ok(Packet { control, .. }) = Packet::parse(payload) {
        assert_eq!(Packet::parse(&control.encode()), Ok(Packet::from(control)));
    }
}

impl Told {
    /// One input, and the steps that follow it.
    fn step<'a>(&mut self, what: u8, data: &'a [u8], now: Instant) -> &'a [u8] {
        let micros = |n: u8| Duration::from_micros(100 << (n & 15));
        match what & 7 {
            0 => self.handle(Input::AdminDown(what & 8 != 0), now),
            1 => self.handle(Input::Reconfigure(Timing::new(micros(what >> 4), NonZeroU8::MIN)), now),
            2 => self.handle(Input::Timeout, now),
            _ => {
                let (payload, rest) = data.split_at(data.len().min(Control::LEN));
                if let Ok(packet) = Packet::parse(payload) {
                    self.handle(Input::Packet(packet), now);
                }
                return rest;
            }
        }
        data
    }

    /// Obeys the timeouts until `now`, at most so many that a session of a few microseconds ends too.
    fn pass_time(&mut self, now: Instant) {
        for _ in 0..64 {
            let Some(at) = self.session.poll_timeout().filter(|at| *at <= now) else { break };
            self.handle(Input::Timeout, at);
            assert!(self.session.poll_timeout().is_none_or(|next| next > at), "a timeout comes back");
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        let Self { session, state } = self;
        session.handle(input, now, &mut |output| match output {
            Output::Transmit(Outgoing { control, .. }) => {
                assert!(!(control.poll && control.final_));
                assert!(control.state == State::Up || control.desired_min_tx >= SLOW_INTERVAL);
                assert_eq!(Packet::parse(&control.encode()), Ok(Packet::from(control)));
            }
            Output::TransmitEcho(_) => assert_eq!(*state, State::Up),
            Output::Changed(change) => {
                assert_eq!(change.from, *state);
                *state = change.to;
            }
        });
        assert_eq!(session.state(), *state);
    }
}

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn base() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{State, bfd_control, packet, run, seeds};

    #[test]
    fn seeds_reach_every_state() {
        let reached: Vec<_> = seeds().iter().map(|steps| run(steps)).collect();
        assert_eq!(reached, [State::Init, State::Up, State::Down, State::AdminDown]);
    }

    /// Every flag and state of a packet, and every kind of step after it.
    #[test]
    fn the_target_takes_anything() {
        for flags in 0..=255 {
            for what in 0..=255 {
                let steps: [&[u8]; 6] =
                    [&[3, 1], &packet(flags), &[what, 20], &packet(flags), &[what, 255], &[3]];
                bfd_control(&steps.concat());
                bfd_control(&packet(flags)[..usize::from(what) % 25]);
            }
        }
    }
}
