//! What the thread asks of the system for itself.
use super::params::Denied;
use super::socket::{set_fifo, set_slice};
use rustix::thread::{CpuSet, sched_setaffinity, set_current_timer_slack};
use std::io;
use std::num::NonZeroU64;
use std::time::Duration;

/// The shortest that Linux gives: this thread never needs the CPU for long, but at once.
const SLICE: Duration = Duration::from_micros(100);

/// What to ask for; see [`DriverConfig`](super::DriverConfig).
#[derive(Clone, Copy, Debug)]
pub(super) struct Privileges {
    pub(super) realtime: Option<u8>,
    pub(super) cpu: Option<usize>,
}

impl Privileges {
    /// Asks for the calling thread, and tells, also the log, what was denied.
    pub(super) fn take(self) -> Vec<Denied> {
        let slack = set_current_timer_slack(NonZeroU64::new(1)).map_err(io::Error::from);
        let mut denied = Vec::new();
        for (what, asked) in [
            ("fine timers", slack),
            ("short time slices", set_slice(SLICE)),
            ("real-time priority", self.realtime.map_or(Ok(()), set_fifo)),
            ("a CPU of its own", self.cpu.map_or(Ok(()), pin)),
        ] {
            granted(what, asked, &mut denied);
        }
        denied
    }
}

/// What was asked for, or a line on it in `denied` and in the log.
pub(super) fn granted<T>(what: &'static str, asked: io::Result<T>, denied: &mut Vec<Denied>) -> Option<T> {
    let refused = |error: io::Error| {
        let without = Denied { what, error: error.kind() };
        tracing::warn!("{without}");
        denied.push(without);
    };
    asked.map_err(refused).ok()
}

fn pin(cpu: usize) -> io::Result<()> {
    if cpu >= CpuSet::MAX_CPU {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut set = CpuSet::new();
    set.set(cpu);
    Ok(sched_setaffinity(None, &set)?)
}

#[cfg(test)]
mod tests {
    use super::{CpuSet, Privileges};
    use std::io::ErrorKind;

    #[test]
    fn what_cannot_be_had_is_told_in_one_line() {
        for (realtime, cpu, expected) in [
            (None, None, None),
            (Some(200), None, Some(("real-time priority", ErrorKind::InvalidInput))),
            (None, Some(CpuSet::MAX_CPU), Some(("a CPU of its own", ErrorKind::InvalidInput))),
        ] {
            let denied = Privileges { realtime, cpu }.take();
            assert_eq!(denied.first().map(|d| (d.what, d.error)), expected);
            assert!(denied.iter().all(|d| d.to_string().lines().count() == 1));
        }
    }
}
