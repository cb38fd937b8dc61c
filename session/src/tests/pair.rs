//! Two speakers find each other: whatever the network did, one connection is left once it behaves.

use super::network::{Faults, Network};
use super::{Asn, Duration, Ipv4Addr, NotificationCode};
use crate::{Bfd, BfdMode, Config, HoldTime, Input};
use proptest::prelude::*;

/// The two ends; `ids` are the last octets of their identifiers.
fn configs(ids: [u8; 2], bfd: BfdMode) -> [Config; 2] {
    let end = |asn, peer, id| Config {
        hold_time: HoldTime::new(30).unwrap(),
        bfd,
        ..Config::new(Asn(asn), Asn(peer), Ipv4Addr::new(192, 0, 2, id))
    };
    [end(64500, 64501, ids[0]), end(64501, 64500, ids[1])]
}

/// What an operator or BFD does to one end meanwhile.
#[derive(Clone, Copy, Debug)]
enum Disturbance {
    Stop,
    Start,
    Restart,
    BfdFlap,
}

fn disturb(network: &mut Network, end: usize, what: Disturbance) {
    let code = NotificationCode::ADMINISTRATIVE_RESET;
    match what {
        Disturbance::Stop => network.input(end, Input::Stop(code, "")),
        Disturbance::Start => network.input(end, Input::Start),
        Disturbance::Restart => network.input(end, Input::Restart(code, "")),
        Disturbance::BfdFlap => {
            network.input(end, Input::Bfd(Bfd::Down));
            network.input(end, Input::Bfd(Bfd::Up));
        }
    }
}

fn disturbances() -> impl Strategy<Value = Vec<(u64, usize, Disturbance)>> {
    use Disturbance::{BfdFlap, Restart, Start, Stop};
    let what = prop_oneof![Just(Stop), Just(Start), Just(Restart), Just(BfdFlap)];
    proptest::collection::vec((0u64..40_000, 0usize..2, what), 0..12)
}

fn begin(network: &mut Network) {
    for end in 0..2 {
        network.input(end, Input::Bfd(Bfd::Up));
        network.input(end, Input::Start);
    }
}

/// A bad network with disturbances, then a good one: the trace of it all.
fn story(
    configs: [Config; 2],
    seed: u64,
    latency: u64,
    faults: Faults,
    disturbances: &[(u64, usize, Disturbance)],
) -> Network {
    let mut network = Network::new(configs, seed, latency);
    network.faults = faults;
    begin(&mut network);
    for (wait, end, what) in disturbances {
        network.run(Duration::from_millis(*wait));
        disturb(&mut network, *end, *what);
    }
    network.run(Duration::from_mins(1));
    network.faults = Faults::default();
    // Only what an operator took down needs an operator: failures are to be got over alone.
    for end in 0..2 {
        if !network.ends[end].started {
            network.input(end, Input::Start);
        }
    }
    network.run(Duration::from_mins(20));
    network
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn one_connection_is_left_once_faults_stop(
        seed in any::<u64>(),
        ids in prop_oneof![Just([1, 2]), Just([2, 1]), Just([1, 1])],
        passive in 0usize..4,
        strict in any::<bool>(),
        latency in prop_oneof![Just(1u64), 2..50u64, 50..3000u64],
        faults in (0u8..128, 0u8..64, 0u8..32),
        disturbances in disturbances(),
    ) {
        let mode = if strict { BfdMode::Strict } else { BfdMode::On };
        let mut configs = configs(ids, mode);
        if let Some(end) = configs.get_mut(passive) {
            end.passive = true;
        }
        let (refused, broken, silent) = faults;
        let faults = Faults { refused, broken, silent };
        let mut network = story(configs, seed, latency, faults, &disturbances);
        let agreed = network.agreed();
        prop_assert!(agreed.is_some(), "{:#?}", network.trace);
        let ups = network.ends[0].counters().established;
        network.run(Duration::from_mins(10));
        prop_assert_eq!(network.agreed(), agreed);
        prop_assert_eq!(network.ends[0].counters().established, ups);
    }

    /// On a network without faults no collision costs a session: both ends come up once and stay.
    #[test]
    fn collisions_end_no_session(
        seed in any::<u64>(),
        ids in prop_oneof![Just([1, 2]), Just([2, 1]), Just([1, 1])],
        latency in 1..500u64,
        apart in 0..2000u64,
    ) {
        let mut network = Network::new(configs(ids, BfdMode::Off), seed, latency);
        network.input(0, Input::Start);
        network.input(1, Input::Start);
        network.run(Duration::from_millis(apart));
        network.run(Duration::from_mins(2));
        prop_assert!(network.agreed().is_some(), "{:#?}", network.trace);
        for end in &network.ends {
            prop_assert_eq!(end.counters().established, 1);
            prop_assert_eq!(end.last_down().filter(|why| why.sent().is_some()), None, "{:#?}", network.trace);
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_trace() {
    let run = |seed| {
        let faults = Faults { refused: 60, broken: 30, silent: 10 };
        story(configs([1, 2], BfdMode::On), seed, 300, faults, &[(5_000, 1, Disturbance::BfdFlap)]).trace
    };
    for seed in 0..5 {
        assert_eq!(run(seed), run(seed));
        assert_ne!(run(seed), run(seed + 1));
    }
}

/// Each finds the other holding in Idle when it dials; neither may be thrown back to Idle by that.
#[test]
fn two_that_hold_in_turn_still_meet() {
    let slow = |config| Config { idle_hold: Duration::from_mins(1), ..config };
    let mut network = Network::new(configs([1, 2], BfdMode::Off).map(slow), 1, 5);
    begin(&mut network);
    network.run(Duration::from_secs(1));
    assert!(network.agreed().is_some());
    disturb(&mut network, 0, Disturbance::Restart);
    network.run(Duration::from_mins(2));
    assert!(network.agreed().is_some(), "{:#?}", network.trace);
}
