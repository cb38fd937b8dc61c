//! A session allocates nothing once it is configured: not for packets in and out, not for changes of state,
//! with authentication, demand mode and echo packets or without.
#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]

mod counting;

use bfd::{
    AuthType, Authentication, Config, EchoConfig, Input, Outgoing, Output, Packet, Recorder, Session, State,
    Timing, Witness,
};
use counting::allocations;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// A session and its recorder.
struct Recorded {
    session: Session,
    recorder: Recorder,
}

impl Recorded {
    fn handle(&mut self, input: Input<'_>, now: Instant, out: &mut impl FnMut(Output)) {
        let Self { session, recorder } = self;
        recorder.handle(session, input, now, Witness::good(now), &mut |output, _| out(output));
    }
}

/// Twenty seconds of two sessions in step; whatever echo packet is sent comes back at once. In the middle, an
/// operator takes one down for a moment.
fn exchange(session: &mut Recorded, peer: &mut Recorded, start: Instant) -> u64 {
    let mut packets = 0;
    for step in 0..2000 {
        let now = start + Duration::from_millis(step * 10);
        for turn in 0..4 {
            let (from, to) =
                if turn % 2 == 0 { (&mut *session, &mut *peer) } else { (&mut *peer, &mut *session) };
            if matches!(step, 1000 | 1001) {
                from.handle(Input::AdminDown(step == 1000), now, &mut |_| {});
            }
            let (mut sent, mut echo) = (None, None);
            from.handle(Input::Timeout, now, &mut |output| match output {
                Output::Transmit(packet) => sent = Some(packet),
                Output::TransmitEcho(packet) => echo = Some(packet),
                Output::Changed(_) => {}
            });
            if let Some(packet) = echo {
                from.handle(Input::Echo(packet), now, &mut |_| {});
            }
            while let Some(packet) = sent.take() {
                packets += 1;
                let mut room = [0; Outgoing::LONGEST];
                let packet = Packet::parse(packet.encode(&mut room)).unwrap();
                let mut answer = None;
                to.handle(Input::Packet(packet), now, &mut |output| {
                    if let Output::Transmit(packet) = output {
                        answer = Some(packet);
                    }
                });
                if let Some(answer) = answer {
                    let mut room = [0; Outgoing::LONGEST];
                    let packet = Packet::parse(answer.encode(&mut room)).unwrap();
                    from.handle(Input::Packet(packet), now, &mut |output| {
                        if let Output::Transmit(packet) = output {
                            sent = Some(packet);
                        }
                    });
                }
            }
        }
    }
    packets
}

#[test]
#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn nothing_is_allocated_once_a_session_is_made() {
    let everything = Authentication::new(AuthType::MeticulousKeyedSha1, 1, b"key").unwrap();
    for (auth, echo, demand) in [
        (None, EchoConfig::default(), false),
        (None, EchoConfig::default(), true),
        (
            Some(everything),
            EchoConfig {
                interval: Some(Duration::from_millis(20)),
                required_min_rx: Duration::from_millis(20),
            },
            false,
        ),
    ] {
        let start = Instant::now();
        let [mut a, mut b] = [1, 2].map(|name| {
            let config = Config::new(NonZeroU32::new(name).unwrap(), Timing::default());
            let mut session = Session::new(Config { echo, demand, ..config }, u64::from(name), start);
            session.set_authentication(auth.clone());
            Recorded { session, recorder: Recorder::new(16, start) }
        });
        let before = allocations();
        let packets = exchange(&mut a, &mut b, start);
        let allocated = allocations() - before;
        assert_eq!((a.session.state(), b.session.state(), allocated), (State::Up, State::Up, 0));
        assert!(packets >= 5);
        let recording = a.recorder.recording();
        assert_eq!((recording.packets.len(), recording.down_count), (16, 1));
    }
}
