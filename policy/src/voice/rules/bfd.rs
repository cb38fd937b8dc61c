//! VP-BFD and VP-BFD-STRICT.

use super::Sink;
use crate::voice::case::{Case, Session};
use crate::voice::configured::{BfdTimers, ConfiguredBfd};
use crate::voice::far_end::{BFD_DETECT_MULT, BFD_INTERVAL_MS};
use crate::voice::rule::RuleId;
use crate::voice::states::{BfdState, SessionState, State};
use crate::voice::verdict::Verdict;

/// The detection time must be below this, in microseconds.
const BOUND_US: u64 = 1_000_000;

pub(super) fn detection(case: &Case<'_>, out: Sink<'_>) {
    case.sessions.iter().for_each(|session| out(of_session(session)));
}

fn of_session(session: &Session<'_>) -> Verdict {
    let verdict = |state| Verdict::new(RuleId::Bfd, session.subject(), state);
    let Some(plan) = &session.connection.session.bfd else {
        return verdict(State::Failed).evidence("BFD is not configured", session.planned("session.bfd"));
    };
    let planned = planned_times(plan.timers(), plan.far_end_interval_ms);
    let seen = session.observed.and_then(|seen| seen.bfd);
    let measured = seen.and_then(|bfd| bfd.detection_time_us);
    let at_limit = session.held_by() == Some(RuleId::MaxPrefix);
    let configured = configured(session, plan.far_end_interval_ms);
    let slow =
        planned.into_iter().chain(measured).chain(configured.iter().flat_map(|(times, _)| times).copied());
    let is_slow = slow.into_iter().any(|us| us == 0 || us >= BOUND_US);
    let state = match seen.map(|bfd| bfd.state) {
        _ if is_slow => State::Failed,
        None if session.is_without_bfd() => State::Failed,
        Some(BfdState::Up) if measured.is_some() => State::Verified,
        None | Some(BfdState::Up) => State::Unknown,
        Some(_) if at_limit => State::Pending,
        Some(_) => State::Failed,
    };
    let [ours, theirs] = planned.map(|us| us / 1000);
    let what = format!("by the plan the carrier detects a failure in {ours} ms, the far end in {theirs} ms");
    let facts = match seen {
        None => vec!["BFD was not observed: a live session shows it".to_owned()],
        Some(bfd) => {
            let time = bfd.detection_time_us.map_or_else(
                || "the detection time negotiated was not observed".to_owned(),
                |us| format!("the detection time negotiated is {us} us"),
            );
            let why =
                "its session ended at the router's limit of prefixes, and routers take BFD down with it";
            let why = (state == State::Pending).then(|| why.to_owned());
            [format!("BFD is {}", bfd.state), time].into_iter().chain(why).collect()
        }
    };
    let facts = facts.into_iter().map(|fact| (fact, session.source()));
    let by_configuration = configured.into_iter().map(|(_, fact)| fact);
    verdict(state).evidence(what, session.planned("session.bfd")).facts(facts).facts(by_configuration)
}

/// Detection times that follow from the router's configuration, and what it says of BFD. What was measured counts, but for
/// the far end's: a router's multiplier may not be shown, and is the configured one times the interval that was seen.
fn configured(session: &Session<'_>, far: Option<u32>) -> Option<(Vec<u64>, (String, String))> {
    let setting = session.configured()?.bfd.as_ref()?;
    let seen = session.observed.and_then(|seen| seen.bfd);
    let (times, what) = match setting.value {
        ConfiguredBfd::Absent => (vec![], "the session has no BFD".to_owned()),
        ConfiguredBfd::Present(None) => (vec![], "the session has BFD".to_owned()),
        ConfiguredBfd::Present(Some(timers)) => {
            let [ours, theirs] = planned_times(timers, far);
            let tx = seen.filter(|bfd| bfd.detection_time_us.is_some()).map(|bfd| bfd.tx_interval_us);
            let times = match tx {
                None => vec![ours, theirs],
                Some(None) => vec![],
                Some(Some(tx)) => vec![tx.saturating_mul(timers.detect_mult.into())],
            };
            let [ours, theirs] = [ours, theirs].map(|us| us / 1000);
            let what = format!("the carrier is to detect a failure in {ours} ms, the far end in {theirs} ms");
            (times, what)
        }
    };
    Some((times, (what, setting.source())))
}

/// The detection times of the carrier and of the far end in microseconds: the sender's detect mult times
/// the slower of its transmit interval and the other's receive interval (RFC 5880 section 6.8.4).
fn planned_times(plan: BfdTimers, far: Option<u32>) -> [u64; 2] {
    let far = far.unwrap_or(BFD_INTERVAL_MS);
    let time = |mult: u8, tx: u32, rx: u32| {
        u64::from(mult).saturating_mul(u64::from(tx.max(rx))).saturating_mul(1000)
    };
    [time(BFD_DETECT_MULT, far, plan.required_min_rx_ms), time(plan.detect_mult, plan.desired_min_tx_ms, far)]
}

/// A plan that says so is no router that does: its session and BFD must have been seen together.
pub(super) fn strict(case: &Case<'_>, out: Sink<'_>) {
    for session in &case.sessions {
        let strict = session.connection.session.bfd.is_some_and(|bfd| bfd.strict);
        let seen = session.observed.and_then(|seen| Some((seen.state?, seen.bfd?.state)));
        let (by_sight, what) = match seen {
            Some((SessionState::Established, BfdState::Up)) => {
                (State::Verified, "Established with BFD Up".to_owned())
            }
            Some((SessionState::Established, _)) => {
                (State::Failed, "Established while BFD is not Up".to_owned())
            }
            Some((other, bfd)) => (State::Verified, format!("the session is {other} while BFD is {bfd}")),
            None => (
                State::Unknown,
                "the session and its BFD were not observed together: a live session shows them".to_owned(),
            ),
        };
        let state = if strict { by_sight } else { State::Failed };
        let is_told = strict || by_sight != State::Unknown;
        out(Verdict::new(RuleId::BfdStrict, session.subject(), state)
            .evidence(format!("strict = {strict}"), session.planned("session.bfd.strict"))
            .facts(is_told.then(|| (what, session.source()))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::worst;
    use super::*;
    use crate::voice::{BfdPlan, ObservedBfd};

    /// (tx, rx, mult, far end's interval; detection times in ms; in time).
    #[test]
    fn times_by_the_plan() {
        for (tx, rx, mult, far, times, in_time) in [
            (300, 300, 3, None, [900, 900], true),
            (50, 50, 3, None, [900, 900], true),
            (300, 333, 3, None, [999, 900], true),
            (300, 334, 3, None, [1002, 900], false),
            (500, 300, 2, None, [900, 1000], false),
            (499, 300, 2, None, [900, 998], true),
            (300, 300, 3, Some(750), [2250, 2250], false),
            (50, 50, 1, Some(750), [2250, 750], false),
            (300, 300, 0, None, [900, 0], false),
            (u32::MAX, u32::MAX, 255, None, [12_884_901_885, 1_095_216_660_225], false),
        ] {
            let plan = BfdPlan {
                desired_min_tx_ms: tx,
                required_min_rx_ms: rx,
                detect_mult: mult,
                strict: true,
                far_end_interval_ms: far,
            };
            assert_eq!(planned_times(plan.timers(), far).map(|us| us / 1000), times, "{plan:?}");
            let state = if in_time { State::Verified } else { State::Failed };
            let got = worst(RuleId::Bfd, |p, _| p.peerings[0].connections[0].session.bfd = Some(plan));
            assert_eq!(got, state, "{plan:?}");
        }
    }

    /// (state observed, detection time observed, state).
    #[test]
    fn as_observed() {
        let bfd = |state, time| Some(ObservedBfd { state, detection_time_us: time, tx_interval_us: None });
        for (seen, state) in [
            (None, State::Unknown),
            (bfd(BfdState::Up, None), State::Unknown),
            (bfd(BfdState::Up, Some(999_999)), State::Verified),
            (bfd(BfdState::Up, Some(1_000_000)), State::Failed),
            (bfd(BfdState::Up, Some(2_250_000)), State::Failed),
            (bfd(BfdState::Init, None), State::Failed),
            (bfd(BfdState::Down, Some(900_000)), State::Failed),
            (bfd(BfdState::AdminDown, None), State::Failed),
        ] {
            assert_eq!(worst(RuleId::Bfd, |_, o| o.sessions[0].bfd = seen), state, "{seen:?}");
        }
        for (session, reached, state) in [
            (SessionState::Idle, Some(true), State::Pending),
            (SessionState::Idle, Some(false), State::Failed),
            (SessionState::Idle, None, State::Failed),
            (SessionState::Established, Some(true), State::Failed),
        ] {
            let got = worst(RuleId::Bfd, |_, o| {
                o.sessions[0].bfd = bfd(BfdState::Down, None);
                (o.sessions[0].state, o.sessions[0].limit_reached) = (Some(session), reached);
            });
            assert_eq!(got, state, "{session} {reached:?}");
        }
        let unconfigured = worst(RuleId::Bfd, |p, _| p.peerings[0].connections[0].session.bfd = None);
        assert_eq!(unconfigured, State::Failed);
    }

    /// (strict in the plan, session's state, BFD's state, state).
    #[test]
    fn routes_wait_for_bfd() {
        use BfdState::{Down, Up};
        use SessionState::{Connect, Established};
        for (planned, session, bfd, state) in [
            (true, Some(Established), Some(Up), State::Verified),
            (true, Some(Connect), Some(Down), State::Verified),
            (true, Some(Connect), Some(Up), State::Verified),
            (true, Some(Established), Some(Down), State::Failed),
            (true, Some(Established), None, State::Unknown),
            (true, None, Some(Up), State::Unknown),
            (true, None, None, State::Unknown),
            (false, Some(Established), Some(Up), State::Failed),
            (false, None, None, State::Failed),
        ] {
            let got = worst(RuleId::BfdStrict, |p, o| {
                p.peerings[0].connections[0].session.bfd.as_mut().unwrap().strict = planned;
                o.sessions[0].state = session;
                o.sessions[0].bfd =
                    bfd.map(|state| ObservedBfd { state, detection_time_us: None, tx_interval_us: None });
            });
            assert_eq!(got, state, "{planned} {session:?} {bfd:?}");
        }
        assert_eq!(worst(RuleId::BfdStrict, |_, o| drop(o.sessions.remove(0))), State::Unknown);
    }
}
