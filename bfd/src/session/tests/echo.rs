//! The echo function of one session.
use super::{Bench, MULT, OURS, ms, peer};
use crate::{Config, Control, Diag, Discard, EchoConfig, EchoPacket, Input, State, Timing};
use std::time::Duration;

fn returning() -> Control {
    Control { required_min_echo_rx: ms(10), ..peer(State::Up) }
}

/// Up, the poll of Up answered, wishing for an echo packet each 20 ms, at a peer that has not said that it
/// returns any.
fn wishing() -> Bench {
    wishing_at(20)
}

fn wishing_at(interval: u64) -> Bench {
    let echo = EchoConfig { interval: Some(ms(interval)), required_min_rx: ms(30) };
    let mut bench = Bench::with(Config { echo, ..Config::new(OURS, Timing::new(ms(50), MULT)) });
    bench.hear(State::Init);
    bench.receive(Control { final_: true, ..peer(State::Up) });
    bench.hear(State::Up);
    bench
}

#[test]
fn what_we_return_is_told() {
    let mut bench = wishing();
    bench.wait();
    assert!(bench.sent.iter().all(|c| c.required_min_echo_rx == ms(30)));
}

#[test]
fn only_a_peer_that_returns_them_gets_echo_packets_and_only_while_up() {
    let mut bench = wishing();
    bench.run(ms(100));
    assert!(bench.echoes.is_empty());
    bench.receive(returning());
    bench.wait();
    assert_eq!(bench.echoes.len(), 1);
    bench.receive(Control { required_min_echo_rx: Duration::ZERO, ..returning() });
    bench.run(ms(140));
    assert_eq!(bench.echoes.len(), 1);
    bench.receive(Control { state: State::Down, ..returning() });
    bench.run(ms(140));
    assert_eq!(bench.echoes.len(), 1);
}

#[test]
fn the_peer_is_asked_to_slow_down_by_a_poll_sequence() {
    let mut bench = wishing();
    bench.receive(returning());
    assert!(bench.session.polling());
    assert_eq!(bench.session.timing().required_min_rx, ms(1000));
    assert_eq!(bench.session.detection_time(), Some(ms(3000)), "a longer detection time counts at once");
}

#[test]
fn echo_packets_that_do_not_come_back_bring_the_session_down() {
    let mut bench = wishing();
    bench.receive(returning());
    bench.wait();
    let first = bench.now;
    while bench.changes.last().is_none_or(|change| change.to == State::Up) {
        assert!(bench.now < first + ms(60));
        bench.wait();
    }
    assert_eq!(bench.now, first + ms(60));
    assert_eq!((bench.session.state(), bench.session.diag()), (State::Down, Diag::ECHO_FAILED));
    let told = bench.sent.last().unwrap();
    assert_eq!((told.state, told.diag, told.required_min_rx), (State::Down, Diag::ECHO_FAILED, ms(50)));
}

/// It was asked to send control packets slowly: none for longer than the detection time without echo packets
/// is no silence.
#[test]
fn when_the_echo_function_fails_the_peer_is_not_forgotten_at_once() {
    let mut bench = wishing_at(100);
    bench.receive(returning());
    while bench.session.state() == State::Up {
        bench.wait();
    }
    assert_eq!(bench.session.diag(), Diag::ECHO_FAILED);
    assert_eq!(bench.session.detection_deadline(), Some(bench.now + ms(150)));
    assert!(bench.session.remote().is_some());
}

/// Section 6.8.9, where both are due: the end of the detection time, and an echo packet.
#[test]
fn no_echo_packet_leaves_with_the_end_of_the_detection_time() {
    let mut bench = wishing();
    bench.receive(returning());
    bench.now += ms(5000);
    bench.handle(Input::Timeout);
    assert_eq!(bench.session.diag(), Diag::DETECTION_TIME_EXPIRED);
    assert!(bench.echoes.is_empty());
}

#[test]
fn strange_echo_packets_are_counted() {
    let mut bench = wishing();
    bench.receive(returning());
    bench.wait();
    let good = bench.echoes[0];
    let mut octets = good.encode();
    octets[23] ^= 1;
    bench.handle(Input::Echo(EchoPacket::parse(&octets).unwrap()));
    assert_eq!(bench.discarded(Discard::Echo), 1);
    bench.handle(Input::Echo(good));
    bench.handle(Input::Echo(good));
    assert_eq!(bench.discarded(Discard::Echo), 2);
    let mut none = Bench::up();
    none.handle(Input::Echo(good));
    assert_eq!(none.discarded(Discard::Echo), 1);
}
