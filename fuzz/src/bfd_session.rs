//! A BFD session told anything at any time.

use crate::bfd_control::packet;
use bfd::{
    AuthType, Authentication, Config, Control, Diag, Discard, EchoConfig, EchoPacket, Input, Outgoing,
    Output, Packet, Role, SLOW_INTERVAL, Session, State, Timing,
};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

/// The session's own discriminator, so small that packets of few bits name it.
const OURS: NonZeroU32 = NonZeroU32::MIN;

/// The step that hears a packet; less are the other inputs.
const HEAR: u8 = 12;

/// Steps that take a session through every state, and one of each input.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let init = [&[0, HEAR, 1][..], &packet(0x40, 24)].concat();
    let up = [&init[..], &[HEAR, 1], &packet(0x80, 24)].concat();
    let down = [&up[..], &[2, 200]].concat();
    let admin_down = [&up[..], &[0x10, 1]].concat();
    let every = (0..HEAR).flat_map(|what| [what | 0x10, 5]).collect::<Vec<_>>();
    let demanding = [&[2][..], &up[1..], &[HEAR, 1], &packet(0xd0, 24), &every].concat();
    vec![init, up, down, admin_down, demanding]
}

/// A session and the state it has told.
struct Told {
    session: Session,
    state: State,
}

/// Reads the first octet as what the session is made from, the rest as steps of an octet for what happens, an
/// octet for the time until then, and for some a packet.
///
/// Whatever comes, changes of state follow on each other, every packet sent is one that a peer takes, and
/// a timeout that was obeyed is not asked for again.
pub fn bfd_session(data: &[u8]) {
    run(data);
}

/// The state after the last step.
fn run(data: &[u8]) -> State {
    let mut now = base();
    let Some((&made, mut data)) = data.split_first() else { return State::Down };
    let mut told = Told { session: session(made, now), state: State::Down };
    while let Some((&[what, wait], rest)) = data.split_first_chunk() {
        now += Duration::from_millis(u64::from(wait));
        told.pass_time(now);
        data = told.step(what, rest, now);
    }
    told.state
}

fn session(made: u8, now: Instant) -> Session {
    let bit = |n: u8| made & 1 << n != 0;
    let timing = Timing::new(Duration::from_millis(50), NonZeroU8::MIN);
    let config = Config {
        role: if bit(0) { Role::Passive } else { Role::Active },
        demand: bit(1),
        echo: echo(bit(2)),
        control_plane_independent: bit(3),
        ..Config::new(OURS, timing)
    };
    let mut session = Session::new(config, 1, now);
    let auth_type = usize::from(made >> 4).checked_sub(1).and_then(|number| AuthType::ALL.get(number));
    session
        .set_authentication(auth_type.and_then(|auth_type| Authentication::new(*auth_type, 1, b"key").ok()));
    session
}

fn echo(both: bool) -> EchoConfig {
    let interval = Duration::from_millis(20);
    if both {
        EchoConfig { required_min_rx: interval, interval: Some(interval) }
    } else {
        EchoConfig::default()
    }
}

impl Told {
    /// One input, and the steps that follow it.
    fn step<'a>(&mut self, what: u8, data: &'a [u8], now: Instant) -> &'a [u8] {
        let (argument, flag) = (what >> 4, what & 0x10 != 0);
        let input = match what & 15 {
            0 => Input::AdminDown(flag),
            1 => Input::Reconfigure(Timing::new(Duration::from_micros(100 << argument), NonZeroU8::MIN)),
            2 => Input::Timeout,
            3 => Input::Early,
            4 => Input::Demand(flag),
            5 => Input::Poll,
            6 => Input::ForwardingPlaneReset,
            7 => Input::PathDown,
            8 => Input::ReconfigureEcho(echo(flag)),
            9 => Input::Diagnose(Diag::from_code(argument)),
            10 => Input::Discarded(Discard::ALL[usize::from(argument)]),
            11 => return self.hear_echo(data, now),
            _ => return self.hear(data, now),
        };
        self.handle(input, now);
        data
    }

    /// A packet is as long as its Length field says, or as there is.
    fn hear<'a>(&mut self, data: &'a [u8], now: Instant) -> &'a [u8] {
        let length = data.get(3).map_or(0, |length| usize::from(*length).max(Control::LEN));
        let (payload, rest) = data.split_at(data.len().min(length));
        if let Ok(packet) = Packet::parse(payload) {
            self.handle(Input::Packet(packet), now);
        }
        rest
    }

    fn hear_echo<'a>(&mut self, data: &'a [u8], now: Instant) -> &'a [u8] {
        let (payload, rest) = data.split_at(data.len().min(EchoPacket::LEN));
        if let Some(packet) = EchoPacket::parse(payload) {
            assert_eq!(packet.encode(), payload);
            self.handle(Input::Echo(packet), now);
        }
        rest
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
            Output::Transmit(outgoing) => sent(&outgoing),
            Output::TransmitEcho(_) => assert_eq!(*state, State::Up),
            Output::Changed(change) => {
                assert_eq!(change.from, *state);
                assert_ne!(change.from, change.to);
                *state = change.to;
            }
        });
        assert_eq!(session.state(), *state);
    }
}

fn sent(outgoing: &Outgoing) {
    let control = outgoing.control;
    assert!(!(control.poll && control.final_));
    assert!(control.state == State::Up || control.desired_min_tx >= SLOW_INTERVAL);
    assert!(control.state == State::Up || !control.demand);
    let mut room = [0; Outgoing::LONGEST];
    assert_eq!(Packet::parse(outgoing.encode(&mut room)).map(|packet| packet.control), Ok(control));
}

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn base() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::{HEAR, State, bfd_session, packet, run, seeds};

    #[test]
    fn seeds_reach_every_state() {
        let reached: Vec<_> = seeds().iter().take(4).map(|steps| run(steps)).collect();
        assert_eq!(reached, [State::Init, State::Up, State::Down, State::AdminDown]);
    }

    /// Every flag and state of a packet, and every kind of step after it, for every kind of session.
    #[test]
    fn the_target_takes_anything() {
        for flags in 0..=255 {
            for what in 0..=255 {
                let made = flags ^ what;
                let heard = packet(flags, 24);
                let steps: [&[u8]; 7] =
                    [&[made, HEAR, 1], &heard, &[what, 20], &heard, &[what, 255], &heard, &[3]];
                bfd_session(&steps.concat());
            }
        }
    }
}
