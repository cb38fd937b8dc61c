//! How evenly the daemon's packets come, what it costs, and whether it ever calls a living peer silent.
use super::engine::{Engine, now};
use super::{Nanos, Options, nanos};
use crate::bench::measured::Measured;
use crate::bench::schedstat::{cpu_time, steal};
use crate::bench::summary::Summary;
use std::time::Duration;

pub(super) fn measure(engine: &mut Engine, options: &Options) -> Measured {
    let (cpu, stolen, start) = (cpu_time(&options.pid), steal(), now());
    engine.settle();
    let up = engine.settled();
    let end = now() + nanos(options.seconds);
    let mut late = Vec::new();
    let (mut packets, mut beyond, mut false_downs, mut starved) = (0_u64, 0_u64, 0_u64, 0_u64);
    while now() < end {
        for heard in engine.turn(end) {
            packets += 1;
            false_downs += u64::from(heard.fell());
            let Some(gap) = heard.gap.filter(|_| heard.periodic) else { continue };
            late.push(gap.saturating_sub(heard.interval));
            beyond += u64::from(gap > heard.interval);
            starved += u64::from(gap > heard.interval * Nanos::from(heard.packet.detect_mult));
        }
    }
    let seconds = Duration::from_nanos(now() - start).as_secs_f64();
    Measured {
        up: Some(up),
        cpu: Some((cpu_time(&options.pid).saturating_sub(cpu)).as_secs_f64() / seconds),
        packets: Some(packets),
        beyond: Some(share(beyond, late.len())),
        late: Some(Summary::of(&mut late)),
        false_downs,
        starved,
        steal: steal().saturating_sub(stolen).as_secs_f64() / seconds,
        ..Measured::default()
    }
}

/// In per cent.
#[expect(clippy::cast_precision_loss, reason = "counts of packets are far below 2^52")]
fn share(part: u64, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
