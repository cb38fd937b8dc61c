//! How late a sleeping thread wakes on this machine: what no daemon can be better than, unless it spins.
use super::measured::Measured;
use super::summary::Summary;
use crate::diagnostic::BadInput;
use nix::sys::prctl::set_timerslack;
use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};
use std::time::Duration;

const PERIOD: Duration = Duration::from_millis(1);

/// Sleeps a millisecond at a time and prints the lateness as JSON.
pub(crate) fn wakeup(seconds: f64) -> Result<(), BadInput> {
    let failed = |error: nix::Error| BadInput::new(format!("the bench cannot sleep: {error}"));
    set_timerslack(1).map_err(failed)?;
    let clock = ClockId::CLOCK_MONOTONIC;
    let now = || clock_gettime(clock).map(Duration::from).map_err(failed);
    let mut at = now()?;
    let end = at + Duration::try_from_secs_f64(seconds).unwrap_or(PERIOD);
    let mut late = Vec::new();
    while at < end {
        at += PERIOD;
        clock_nanosleep(clock, ClockNanosleepFlags::TIMER_ABSTIME, &at.into()).map_err(failed)?;
        let woken = now()?;
        late.push(u64::try_from(woken.saturating_sub(at).as_nanos()).unwrap_or(u64::MAX));
        at = at.max(woken);
    }
    let measured = Measured { late: Some(Summary::of(&mut late)), ..Measured::default() };
    let text = serde_json::to_string(&measured).map_err(|e| BadInput::new(format!("cannot print: {e}")))?;
    println!("{text}");
    Ok(())
}
