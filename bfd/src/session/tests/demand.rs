//! Demand mode of our own, and what is told outside the state machine.
use super::{Bench, MULT, OURS, THEIRS, ms, peer};
use crate::{Config, Control, Diag, Input, State, Timing};
use std::num::NonZeroU32;

fn answer() -> Control {
    Control { final_: true, ..peer(State::Up) }
}

/// Up, in demand mode, with nothing left to confirm.
fn demanding() -> Bench {
    let mut bench = Bench::with(Config { demand: true, ..Config::new(OURS, Timing::new(ms(50), MULT)) });
    bench.hear(State::Init);
    bench.receive(answer());
    assert!(!bench.session.demanding(), "the poll of Up was answered, the next waits for another packet");
    bench.hear(State::Up);
    assert!(bench.session.demanding() && bench.session.polling());
    bench.wait();
    bench.receive(answer());
    bench.hear(State::Up);
    assert!(!bench.session.polling());
    bench.sent.clear();
    bench.changes.clear();
    bench
}

#[test]
fn the_demand_bit_is_set_only_while_both_are_up() {
    let mut bench = Bench::with(Config { demand: true, ..Config::new(OURS, Timing::new(ms(50), MULT)) });
    bench.hear(State::Down);
    bench.hear(State::Init);
    assert_eq!(bench.session.state(), State::Up);
    bench.receive(Control { final_: true, ..peer(State::Init) });
    bench.wait();
    assert!(bench.sent.iter().all(|c| !c.demand), "the peer is not Up yet");
    bench.hear(State::Up);
    bench.wait();
    assert_eq!(bench.sent.last().map(|c| (c.demand, c.poll)), Some((true, true)));
    bench.hear(State::Init);
    bench.wait();
    assert_eq!(bench.sent.last().map(|c| c.demand), Some(false));
    bench.hear(State::Down);
    assert_eq!(bench.sent.last().map(|c| (c.state, c.demand)), Some((State::Down, false)));
}

#[test]
fn silence_says_nothing_in_demand_mode() {
    let mut bench = demanding();
    assert_eq!(bench.session.detection_deadline(), None);
    bench.run(ms(60_000));
    assert_eq!(bench.session.state(), State::Up);
    assert!(bench.sent.len() > 1000 && bench.sent.iter().all(|c| c.demand && !c.poll), "we send on");
}

/// RFC 5880 section 6.8.4: our multiplier, our interval, from the first packet with the Poll bit.
#[test]
fn a_poll_without_answer_brings_demand_mode_down() {
    let mut bench = demanding();
    let slow = Control { required_min_rx: ms(70), desired_min_tx: ms(1000), ..peer(State::Up) };
    bench.receive(slow);
    bench.run(ms(5000));
    assert_eq!(bench.session.detection_time(), Some(ms(210)));
    bench.handle(Input::Poll);
    assert_eq!(bench.session.detection_deadline(), None, "no Poll was sent yet");
    bench.wait();
    let begun = bench.now;
    assert!(bench.sent.last().unwrap().poll);
    bench.run(ms(100));
    bench.receive(slow);
    assert_eq!(bench.session.detection_deadline(), Some(begun + ms(210)), "only the Final answers");
    bench.run(ms(200));
    let change = bench.changes[0];
    assert_eq!((change.to, change.diag), (State::Down, Diag::DETECTION_TIME_EXPIRED));
}

#[test]
fn a_poll_with_an_answer_verifies_the_path() {
    let mut bench = demanding();
    bench.run(ms(5000));
    bench.handle(Input::Poll);
    bench.wait();
    bench.receive(answer());
    assert!(!bench.session.polling());
    bench.run(ms(5000));
    assert!(bench.changes.is_empty());
}

#[test]
fn asynchronous_mode_comes_back_with_the_final_and_counts_from_there() {
    let mut bench = demanding();
    bench.run(ms(5000));
    bench.handle(Input::Demand(false));
    assert!(bench.session.demanding(), "the peer does not know yet");
    bench.wait();
    assert_eq!(bench.sent.last().map(|c| (c.demand, c.poll)), Some((false, true)));
    bench.receive(answer());
    assert!(!bench.session.demanding());
    assert_eq!(bench.session.detection_deadline(), Some(bench.now + ms(150)));
}

#[test]
fn a_second_change_in_demand_mode_waits_until_no_answer_is_under_way() {
    let mut bench = demanding();
    bench.handle(Input::Reconfigure(Timing::new(ms(60), MULT)));
    bench.handle(Input::Reconfigure(Timing::new(ms(40), MULT)));
    bench.wait();
    let polled = bench.now;
    bench.receive(answer());
    assert_eq!(bench.session.timing(), Timing::new(ms(60), MULT));
    while bench.session.timing() != Timing::new(ms(40), MULT) {
        assert!(bench.now < polled + ms(180));
        bench.wait();
    }
    assert_eq!(bench.now, polled + ms(180));
    assert!(bench.session.polling());
}

/// (what happens, with demand mode here or at the peer, the diagnostic and the peer's name after it)
#[test]
fn what_changes_is_polled_where_periodic_packets_do_not_tell_it() {
    let other = NonZeroU32::new(99).unwrap();
    for demand in [false, true] {
        let mut bench = Bench::up();
        bench.receive(Control { demand, ..peer(State::Up) });
        bench.handle(Input::Diagnose(Diag::CONCATENATED_PATH_DOWN));
        assert_eq!(bench.session.polling(), demand);
        bench.wait();
        let told = bench.sent.last().unwrap();
        assert_eq!((told.state, told.diag), (State::Up, Diag::CONCATENATED_PATH_DOWN));
        assert_eq!(told.your_discriminator, Some(THEIRS));

        let mut bench = Bench::up();
        bench.receive(Control { demand, ..peer(State::Up) });
        bench.receive(Control { demand, my_discriminator: other, ..peer(State::Up) });
        assert_eq!(bench.session.polling(), demand);
    }
    let mut bench = Bench::in_state(State::Init);
    bench.handle(Input::Diagnose(Diag::CONCATENATED_PATH_DOWN));
    assert_eq!(bench.session.diag(), Diag::NONE, "only a session that is Up has a path to speak of");
}

#[test]
fn a_reset_and_a_path_known_to_be_down_are_told_at_once() {
    for (input, state, diag) in [
        (Input::ForwardingPlaneReset, State::Down, Diag::FORWARDING_PLANE_RESET),
        (Input::PathDown, State::AdminDown, Diag::PATH_DOWN),
    ] {
        let mut bench = Bench::up();
        bench.handle(input);
        let [told] = bench.sent[..] else { panic!("{:?}", bench.sent) };
        assert_eq!((told.state, told.diag), (state, diag));
    }
}

#[test]
fn the_c_bit_is_what_was_configured() {
    for control_plane_independent in [false, true] {
        let config = Config::new(OURS, Timing::default());
        let mut bench = Bench::with(Config { control_plane_independent, ..config });
        bench.wait();
        assert_eq!(bench.sent[0].control_plane_independent, control_plane_independent);
    }
}

/// Echo failed, an operator: whatever ends demand mode, the peer gets a whole detection time to be heard.
#[test]
fn leaving_up_gives_the_peer_a_detection_time() {
    let mut bench = demanding();
    bench.run(ms(5000));
    bench.handle(Input::ForwardingPlaneReset);
    assert_eq!(bench.session.detection_deadline(), Some(bench.now + ms(150)));
    assert_eq!(bench.sent.last().unwrap().your_discriminator, Some(THEIRS));
}
