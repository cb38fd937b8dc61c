//! The neutral peer: a BFD peer that knows none of the daemons, and measures the one it speaks with.
//!
//! It runs as a process of its own, in a network namespace of its own and on a CPU of its own. Packets carry the
//! kernel's receive stamps, which on a pair of virtual links are taken as the sender sends: when this process wakes
//! does not matter. How late it was itself is part of what it reports.
mod detection;
mod engine;
mod lateness;
mod packet;
mod session;
mod socket;

use super::measured::Measured;
use crate::diagnostic::BadInput;
use clap::ValueEnum;
use engine::Engine;
use std::io::Write;
use std::net::Ipv4Addr;
use std::time::Duration;

/// Nanoseconds; a point in time counts from 1970, as the kernel's stamps do.
type Nanos = u64;
const SECOND: Nanos = 1_000_000_000;

/// What the peer is started with.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// What to measure.
    #[arg(value_enum)]
    pub(super) what: What,
    /// The daemon's address.
    #[arg(long)]
    pub(super) remote: Ipv4Addr,
    /// The first of as many addresses in a row as there are sessions.
    #[arg(long)]
    pub(super) first: Ipv4Addr,
    #[arg(long)]
    pub(super) sessions: u32,
    /// The interval wanted both ways, in microseconds.
    #[arg(long)]
    pub(super) interval: u32,
    /// How long to measure.
    #[arg(long)]
    pub(super) seconds: f64,
    /// Enough detections.
    #[arg(long, default_value_t = 100)]
    pub(super) samples: usize,
    /// How many seconds the sessions have to come Up.
    #[arg(long, default_value_t = 60.0)]
    pub(super) patience: f64,
    /// The daemon's process, for its CPU time.
    #[arg(long)]
    pub(super) pid: Vec<u32>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    /// How evenly packets come, at what CPU time.
    Lateness,
    /// How soon silence is found.
    Detection,
    /// When all sessions are Up.
    Start,
}

/// Says `ready` once packets can arrive, measures, and prints what it found as JSON.
pub(crate) fn peer(options: &Options) -> Result<(), BadInput> {
    let failed = |error: std::io::Error| BadInput::new(format!("the bench's peer cannot run: {error}"));
    let mut engine = Engine::open(options).map_err(failed)?;
    println!("ready");
    std::io::stdout().flush().map_err(failed)?;
    let all = engine.bring_up(nanos(options.patience));
    let measured = match options.what {
        _ if !all && engine.settled() == 0 => Measured::default(),
        What::Start => Measured::default(),
        What::Lateness => lateness::measure(&mut engine, options),
        What::Detection => detection::measure(&mut engine, options),
    };
    let up = engine.settled();
    let up_at = engine.last_up_at().filter(|_| all).map(|at| Duration::from_nanos(at).as_secs_f64());
    let own_late = engine.own_lateness();
    let measured = Measured { up: measured.up.or(Some(up)), up_at, own_late, ..measured };
    println!("{}", serde_json::to_string(&measured).map_err(|e| failed(e.into()))?);
    Ok(())
}

fn nanos(seconds: f64) -> Nanos {
    socket::nanos(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}
