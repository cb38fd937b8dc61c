//! Both ends of seamless BFD told anything at any time.

use crate::bfd_control::packet;
use bfd::{
    Control, Discard, Input, Output, Packet, Reflected, SBFD_PORT, SbfdConfig, SbfdInitiator, SbfdReflector,
    State,
};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

/// The initiator's discriminator and the reflector's, so small that packets of few bits name them.
const OURS: NonZeroU32 = NonZeroU32::MIN;
const THEIRS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

/// An answer, an answer out of service, silence, an operator.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let up = [&[3, 1][..], &packet(0xc0, 24)].concat();
    let out = [&up[..], &[3, 1], &packet(0x00, 24)].concat();
    let silent = [&up[..], &[2, 255]].concat();
    let stopped = [&up[..], &[0, 1], &[4, 1]].concat();
    vec![up, out, silent, stopped]
}

/// Reads `data` as steps of an octet for what happens, an octet for the time until then, and for some a packet.
///
/// Whatever comes, the initiator's changes of state follow on each other and it never is in Init; what it
/// sends is reflected, and what a reflector sends is not.
pub fn bfd_sbfd(data: &[u8]) {
    run(data);
}

/// The state after the last step.
#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn run(mut data: &[u8]) -> State {
    let mut now = Instant::now();
    let mut ends = Ends::new(now);
    while let Some((&[what, wait], rest)) = data.split_first_chunk() {
        now += Duration::from_millis(u64::from(wait));
        ends.pass_time(now);
        data = ends.step(what, rest, now);
    }
    ends.state
}

struct Ends {
    initiator: SbfdInitiator,
    reflector: SbfdReflector,
    state: State,
}

impl Ends {
    fn new(now: Instant) -> Self {
        let (interval, detect_mult) = (Duration::from_millis(50), NonZeroU8::MIN);
        let config =
            SbfdConfig { discriminator: OURS, reflector: THEIRS, desired_min_tx: interval, detect_mult };
        let mut reflector = SbfdReflector::new(u32::MAX);
        for name in [OURS, THEIRS] {
            reflector.insert(name, Reflected { in_service: true, required_min_rx: interval });
        }
        Self { initiator: SbfdInitiator::new(config, 1, now), reflector, state: State::Down }
    }

    fn step<'a>(&mut self, what: u8, data: &'a [u8], now: Instant) -> &'a [u8] {
        match what & 7 {
            0 => self.handle(Input::AdminDown(true), now),
            1 => self.handle(Input::Early, now),
            2 => self.handle(Input::Timeout, now),
            4 => self.handle(Input::AdminDown(false), now),
            _ => {
                let (payload, rest) = data.split_at(data.len().min(Control::LEN));
                if let Ok(packet) = Packet::parse(payload) {
                    self.reflect(&packet, now);
                    self.handle(Input::Packet(packet), now);
                }
                return rest;
            }
        }
        data
    }

    /// Whatever was answered, the answer is not.
    fn reflect(&mut self, packet: &Packet<'_>, now: Instant) {
        if let Ok(answer) = self.reflector.reflect(packet, 50_000, now) {
            assert_eq!(Packet::parse(&answer.encode()), Ok(Packet::from(answer)));
            for port in [SBFD_PORT, 50_000] {
                assert_eq!(self.reflector.reflect(&Packet::from(answer), port, now), Err(Discard::Sbfd));
            }
        }
    }

    fn pass_time(&mut self, now: Instant) {
        for _ in 0..64 {
            let Some(at) = self.initiator.poll_timeout().filter(|at| *at <= now) else { break };
            self.handle(Input::Timeout, at);
            assert!(self.initiator.poll_timeout().is_none_or(|next| next > at), "a timeout comes back");
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        let Self { initiator, reflector, state } = self;
        initiator.handle(input, now, &mut |output| match output {
            Output::Transmit(outgoing) => {
                assert!(reflector.reflect(&Packet::from(outgoing.control), 50_000, now).is_ok());
            }
            Output::TransmitEcho(packet) => panic!("{packet:?}"),
            Output::Changed(change) => {
                assert_eq!(change.from, *state);
                assert!(change.from != change.to && change.to != State::Init);
                *state = change.to;
            }
        });
        assert_eq!(initiator.state(), *state);
    }
}

#[cfg(test)]
mod tests {
    use super::{State, packet, run, seeds};

    #[test]
    fn seeds_reach_every_state() {
        let reached: Vec<_> = seeds().iter().map(|steps| run(steps)).collect();
        assert_eq!(reached, [State::Up, State::Down, State::Down, State::Down]);
    }

    #[test]
    fn the_target_takes_anything() {
        for flags in 0..=255 {
            for what in 0..=255 {
                let steps: [&[u8]; 5] =
                    [&[3, 1], &packet(flags, 24), &[what, 20], &packet(flags, 24), &[what, 255]];
                run(&steps.concat());
            }
        }
    }
}
