//! What is told when, and the penalty against a naive sum.
use super::{Damping, DampingConfig, DampingError, PENALTY};
use crate::{Change, Diag, Remote, State};
use proptest::prelude::*;
use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
fn epoch() -> Instant {
    Instant::now()
}

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn change(from: State, to: State) -> Change {
    Change { from, to, diag: Diag::NONE, remote: Remote { state: State::Up, ..Remote::default() } }
}

/// A session that is Up and was told to be.
fn up() -> (Damping, Instant) {
    let (mut damping, now) = (Damping::new(DampingConfig::default()).unwrap(), epoch());
    assert_eq!(told(damping.change(change(State::Down, State::Up), now)), Some((State::Down, State::Up)));
    (damping, now)
}

fn told(change: Option<Change>) -> Option<(State, State)> {
    change.map(|change| (change.from, change.to))
}

/// Up to Down and back; what was told of either.
fn flap(damping: &mut Damping, now: Instant) -> [bool; 2] {
    [(State::Up, State::Down), (State::Down, State::Up)]
        .map(|(from, to)| damping.change(change(from, to), now).is_some())
}

#[test]
fn values_that_cannot_work() {
    let good = DampingConfig::default();
    for (config, error) in [
        (DampingConfig { half_life: Duration::ZERO, ..good }, DampingError::HalfLife),
        (DampingConfig { reuse: 0, ..good }, DampingError::Reuse),
        (DampingConfig { reuse: 2000, ..good }, DampingError::Reuse),
        (DampingConfig { max_suppress: Duration::from_millis(4_999), ..good }, DampingError::MaxSuppress),
    ] {
        assert_eq!(Damping::new(config).err(), Some(error), "{config:?}");
    }
    assert!(Damping::new(DampingConfig { max_suppress: secs(5), ..good }).is_ok());
    assert!(Damping::new(DampingConfig { max_suppress: Duration::MAX, ..good }).is_ok());
}

/// (milliseconds between the failures, for which of them Up is told at once)
#[test]
fn the_third_failure_in_a_row_is_the_first_that_matters() {
    for (gap, told) in [(100, [true, true, false]), (1000, [true, true, false]), (30_000, [true, true, true])]
    {
        let (mut damping, mut now) = up();
        for (number, up) in told.into_iter().enumerate() {
            now += Duration::from_millis(gap);
            assert_eq!(flap(&mut damping, now), [true, up], "failure {number}, one each {gap} ms");
        }
    }
}

#[test]
fn down_is_told_at_once_and_up_once_the_penalty_has_decayed() {
    let (mut damping, now) = up();
    for _ in 0..3 {
        flap(&mut damping, now);
    }
    // 3000 decay to 1000 in log2(3) half-lives.
    let until = damping.poll_timeout().unwrap();
    let wait = until - now;
    assert!(wait > Duration::from_millis(7_924) && wait < Duration::from_millis(7_925), "{wait:?}");
    assert!(damping.status(now).withheld);
    assert_eq!((damping.status(now).penalty, damping.status(until).penalty), (3000, 1000));
    assert_eq!(damping.status(now).suppressed_until, Some(until));
    assert_eq!(damping.timeout(now + secs(7)), None);
    assert_eq!(told(damping.timeout(until)), Some((State::Down, State::Up)));
    assert_eq!((damping.poll_timeout(), damping.status(until).suppressed_until), (None, None));
    assert_eq!(told(damping.change(change(State::Up, State::Down), until)), Some((State::Up, State::Down)));
}

#[test]
fn who_was_not_told_of_up_is_not_told_of_its_end() {
    let (mut damping, now) = up();
    flap(&mut damping, now);
    flap(&mut damping, now);
    for (from, to, expected) in [
        (State::Up, State::Down, None),
        (State::Down, State::Init, Some((State::Down, State::Init))),
        (State::Init, State::Up, None),
        (State::Up, State::Down, Some((State::Init, State::Down))),
    ] {
        let change = damping.change(change(from, to), now);
        assert_eq!(told(change), expected, "{from} to {to}");
        assert!(change.is_none_or(|change| !change.is_failure()));
    }
    assert_eq!(damping.timeout(now + secs(60)), None, "nothing waits");
}

/// RFC 5882 section 3.2: neither end's operator makes a failure.
#[test]
fn an_operator_is_no_failure() {
    let (mut damping, now) = up();
    let remote = Remote { state: State::AdminDown, ..Remote::default() };
    for _ in 0..10 {
        let down = Change { remote, ..change(State::Up, State::Down) };
        assert!(damping.change(down, now).is_some());
        assert!(damping.change(change(State::Down, State::Up), now).is_some());
        assert!(damping.change(change(State::Up, State::AdminDown), now).is_some());
        assert!(damping.change(change(State::AdminDown, State::Down), now).is_some());
        assert!(damping.change(change(State::Down, State::Up), now).is_some());
    }
    assert_eq!(damping.status(now).penalty, 0);
}

proptest! {
    /// However often it fails: the penalty is the decayed sum up to its ceiling, what is told alternates,
    /// nothing is withheld longer than the longest suppression, and what is told last is the truth.
    #[test]
    fn failures_at_any_time(gaps in prop::collection::vec(0..10_000_u64, 1..60)) {
        let config = DampingConfig::default();
        let (mut damping, mut now) = up();
        let (mut naive, mut told) = (0.0_f64, State::Up);
        let mut hear = |change: Option<Change>| if let Some(change) = change {
            assert_eq!(change.from, told);
            told = change.to;
        };
        for gap in gaps {
            let gap = Duration::from_millis(gap);
            if let Some(at) = damping.poll_timeout().filter(|at| *at <= now + gap) {
                hear(damping.timeout(at));
            }
            now += gap;
            naive = naive * 0.5_f64.powf(gap.as_secs_f64() / 5.0) + f64::from(PENALTY);
            naive = naive.min(16_000.0);
            hear(damping.change(change(State::Up, State::Down), now));
            let penalty = f64::from(damping.status(now).penalty);
            prop_assert!((penalty - naive).abs() < 1.0, "{penalty} {naive}");
            hear(damping.change(change(State::Down, State::Up), now));
            let wait = damping.poll_timeout().map_or(Duration::ZERO, |at| at - now);
            prop_assert!(wait <= config.max_suppress);
        }
        if let Some(at) = damping.poll_timeout() {
            hear(damping.timeout(at));
        }
        prop_assert_eq!(told, State::Up);
    }
}
