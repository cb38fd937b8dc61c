//! A session allocates nothing once it is configured: not for packets in and out, not for changes of state,
//! with authentication, demand mode and echo packets or without.
#![expect(clippy::unwrap_used, reason = "a test stops where it is wrong")]

mod counting;

use bfd::{
    AuthType, Authentication, Config, EchoConfig, Input, Outgoing, Output, Packet, Session, State, Timing,
};
use counting::allocations;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// Twenty seconds of two sessions in step; whatever echo packet is sent comes back at once.
fn exchange(session: &mut Session, peer: &mut Session, start: Instant) -> u64 {
    let mut packets = 0;
    for step in 0..2000 {
        let now = start + Duration::from_millis(step * 10);
        for turn in 0..4 {
            let (from, to): (&mut Session, &mut Session) =
                if turn % 2 == 0 { (session, peer) } else { (peer, session) };
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
            session
        });
        let before = allocations();
        let packets = exchange(&mut a, &mut b, start);
        let allocated = allocations() - before;
        assert_eq!((a.state(), b.state(), allocated), (State::Up, State::Up, 0));
        assert!(packets >= 5);
    }
}
