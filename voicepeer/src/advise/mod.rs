//! `voicepeer bfd advise`: which timers a line would have borne, by a capture or a recording of it.

mod grid;
mod input;
mod print;
mod series;

use crate::cli::AdviseBfd;
use crate::diagnostic::BadInput;
use crate::table::line;
use grid::{Grid, Timers};
use std::time::Duration;

/// The intervals that are tried unless told otherwise, in milliseconds.
const INTERVALS: [u64; 11] = [1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1000];
const MULTIPLIERS: [u8; 5] = [2, 3, 4, 5, 10];

/// One direction of a session and what was observed of it.
struct Observed {
    from: String,
    to: String,
    /// The sender's discriminator.
    discriminator: Option<u32>,
    detect_mult: Option<u8>,
    grid: Grid,
    /// For how long it was observed.
    time: Option<Duration>,
    downs: Option<u64>,
    /// What to bear in mind.
    notes: Vec<String>,
}

/// Reads the file and prints what it says.
pub(crate) fn advise(asked: &AdviseBfd) -> Result<(), BadInput> {
    let timers = timers(&asked.interval, &asked.mult);
    let (observed, notes) = input::read(&asked.file, &timers)?;
    let mut out = String::new();
    if asked.json {
        line(&mut out, format_args!("{:#}", print::json(&timers, &observed, &notes)));
    } else {
        print::text(&mut out, &timers, &observed, &notes);
    }
    crate::table::print(&out)
}

/// What is said of a file that holds these octets, for people and for programs, where no timers were chosen.
pub(crate) fn advice(octets: &[u8]) -> Result<(String, serde_json::Value), BadInput> {
    let timers = timers(&[], &[]);
    let (observed, notes) = input::read_octets("the file", octets, &timers)?;
    let mut text = String::new();
    print::text(&mut text, &timers, &observed, &notes);
    Ok((text, print::json(&timers, &observed, &notes)))
}

fn timers(intervals: &[Duration], multipliers: &[u8]) -> Timers {
    let (mut intervals, mut multipliers) = (intervals.to_vec(), multipliers.to_vec());
    if intervals.is_empty() {
        intervals = INTERVALS.into_iter().map(Duration::from_millis).collect();
    }
    if multipliers.is_empty() {
        multipliers = MULTIPLIERS.to_vec();
    }
    intervals.sort_unstable();
    intervals.dedup();
    multipliers.sort_unstable();
    multipliers.dedup();
    Timers { intervals, multipliers }
}
