//! CPU time as the kernel counts it.
use std::time::Duration;

/// What all threads of these processes have used.
pub(crate) fn cpu_time(pids: &[u32]) -> Duration {
    pids.iter().map(|pid| of_process(*pid)).sum()
}

fn of_process(pid: u32) -> Duration {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Duration::ZERO };
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).ok();
    threads.flatten().filter_map(|thread| running(&read(thread.path().join("schedstat"))?)).sum()
}

/// The first of the three numbers of `schedstat`: time on a CPU, in nanoseconds.
fn running(schedstat: &str) -> Option<Duration> {
    Some(Duration::from_nanos(schedstat.split_whitespace().next()?.parse().ok()?))
}

/// What the host of a virtual machine took from it so far, of all its CPUs.
pub(crate) fn steal() -> Duration {
    std::fs::read_to_string("/proc/stat").ok().and_then(|stat| stolen(&stat)).unwrap_or_default()
}

/// The eighth number of the first line of `/proc/stat`, in hundredths of a second.
fn stolen(stat: &str) -> Option<Duration> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: u32 = line.split_whitespace().nth(7)?.parse().ok()?;
    Some(Duration::from_millis(10) * ticks)
}

#[cfg(test)]
mod tests {
    use super::{Duration, cpu_time, running, stolen};

    #[test]
    fn reads_what_the_kernel_writes() {
        for (text, expected) in [
            ("123456789 42 7\n", Some(Duration::from_nanos(123_456_789))),
            ("0 0 0\n", Some(Duration::ZERO)),
            ("", None),
            ("x 1 2", None),
        ] {
            assert_eq!(running(text), expected);
        }
        for (text, expected) in [
            (
                "cpu  10 20 30 40 50 60 70 80 90 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n",
                Some(Duration::from_millis(800)),
            ),
            ("cpu  10 20 30\n", None),
            ("intr 1\n", None),
        ] {
            assert_eq!(stolen(text), expected);
        }
    }

    #[test]
    fn counts_what_this_process_used() {
        assert!(cpu_time(&[std::process::id()]) > Duration::ZERO);
        assert_eq!(cpu_time(&[]), Duration::ZERO);
    }
}
