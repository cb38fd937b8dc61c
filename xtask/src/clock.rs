//! The one place where chores read the clock and wait.

use crate::failure::Failure;
use std::time::{Duration, Instant};

/// How often a condition is looked at while it is awaited.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The time now.
#[expect(clippy::disallowed_methods, reason = "a chore is a shell: it measures programs from outside")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Rests until the next look.
#[expect(clippy::disallowed_methods, reason = "other programs are observed by looking again")]
fn rest() {
    std::thread::sleep(LOOK_AGAIN);
}

/// Looks again and again until `look` succeeds, and gives what it saw and how long that took.
///
/// # Errors
/// [`Failure::Deadline`] with the last look's reason once `within` has passed.
pub(crate) fn wait_for<T>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> Result<T, Failure>,
) -> Result<(T, Duration), Failure> {
    let start = now();
    loop {
        match look() {
            Ok(seen) => return Ok((seen, start.elapsed())),
            Err(last) if start.elapsed() >= within => {
                return Err(Failure::Deadline { what: what.to_owned(), within, last: Box::new(last) });
            }
            Err(_) => rest(),
        }
    }
}

/// How long it takes until `look` succeeds.
///
/// # Errors
/// As [`wait_for`].
pub(crate) fn time_until(
    what: &str,
    within: Duration,
    look: impl FnMut() -> Result<(), Failure>,
) -> Result<Duration, Failure> {
    wait_for(what, within, look).map(|((), took)| took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_was_seen_and_not_before() {
        let mut looks = 0;
        let seen = wait_for("three looks", Duration::from_secs(10), || {
            looks += 1;
            if looks == 3 { Ok(looks) } else { Err(Failure::Objection(format!("look {looks}"))) }
        });
        assert_eq!(seen.unwrap().0, 3);
    }

    #[test]
    fn a_deadline_tells_the_last_reason() {
        let never = wait_for("never", Duration::ZERO, || Err::<(), _>(Failure::Objection("no".into())));
        assert_eq!(never.unwrap_err().to_string(), "not within 0ns: never; last seen: no");
    }
}
