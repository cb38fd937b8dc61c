//! What is observed of each direction of each session of a file.

use super::Observed;
use super::grid::{Delay, Grid, Timers};
use super::series::{AllSeries, Series};
use crate::decode::input::{Input, Payload, Time};
use crate::diagnostic::{self, BadInput};
use crate::recorder::document::{Direction, Recording};
use bfd::{LAG_MEMBER_PORT, MULTIHOP_PORT, Packet, SINGLE_HOP_PORT};
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Where control packets are sent to; echo packets and seamless BFD keep no interval agreed.
const PORTS: [u16; 3] = [SINGLE_HOP_PORT, MULTIHOP_PORT, LAG_MEMBER_PORT];

/// What is observed, and notes on the file as a whole.
type Found = (Vec<Observed>, Vec<String>);

/// Reads a file; `-` is a capture on standard input.
pub(super) fn read(path: &Path, timers: &Timers) -> Result<Found, BadInput> {
    let found = if path != Path::new("-") && is_document(&head(path)?) {
        recording(path, diagnostic::read(path), timers)
    } else {
        capture(Input::open(path, Arc::default())?, timers)
    };
    that_says_something(path, found?)
}

/// Reads what a file called `name` would hold.
pub(super) fn read_octets(name: &str, octets: &[u8], timers: &Timers) -> Result<Found, BadInput> {
    let found = if is_document(octets) {
        let text = String::from_utf8(octets.to_vec());
        let text = text.map_err(|error| BadInput::new(format!("cannot read {name}: {error}")));
        recording(Path::new(name), text, timers)
    } else {
        capture(Input::of(name, octets), timers)
    };
    that_says_something(Path::new(name), found?)
}

fn that_says_something(path: &Path, (observed, notes): Found) -> Result<Found, BadInput> {
    if observed.iter().all(|direction| direction.grid.packets() == 0) {
        let what = "no two packets in a row of a BFD session that is Up";
        let bad = BadInput::new(format!("{} holds {what}", path.display())).help(
            "a pcap or pcapng with a session's control packets, or what `voicepeer bfd history ADDR --json` prints, \
             of a session that is Up",
        );
        return Err(if notes.is_empty() { bad } else { bad.help(notes.join("; ")) });
    }
    Ok((observed.into_iter().filter(|direction| direction.grid.packets() > 0).collect(), notes))
}

/// Whether this begins a JSON document, which no capture begins like.
fn is_document(octets: &[u8]) -> bool {
    octets.iter().find(|octet| !octet.is_ascii_whitespace()) == Some(&b'{')
}

fn head(path: &Path) -> Result<Vec<u8>, BadInput> {
    let cannot = |error: std::io::Error| BadInput::new(format!("cannot read {}: {error}", path.display()));
    let mut head = Vec::new();
    File::open(path).map_err(cannot)?.take(64).read_to_end(&mut head).map_err(cannot)?;
    Ok(head)
}

fn capture(input: Input, timers: &Timers) -> Result<Found, BadInput> {
    let mut all = AllSeries::new(timers.clone());
    let (mut malformed, mut untimed, mut broken) = (0_u64, 0_u64, Vec::new());
    let _all = input.read(&mut |batch| {
        batch.for_each(&mut |item| match (&item.payload, item.ends, item.time) {
            (Payload::Note(note), ..) if note.is_broken() => broken.push(note.to_string()),
            (Payload::Bfd { octets }, Some(ends), time)
                if ends.to.port.is_some_and(|p| PORTS.contains(&p)) =>
            {
                match (Packet::parse(octets), time) {
                    (Err(_), _) => malformed += 1,
                    (_, None) => untimed += 1,
                    (Ok(packet), Some(time)) => {
                        all.packet(ends.from.address, ends.to.address, since_epoch(time), &packet.control);
                    }
                }
            }
            _ => {}
        });
        ControlFlow::Continue(())
    })?;
    let beyond = all.beyond;
    let mut notes: Vec<String> =
        broken.into_iter().map(|why| format!("the file breaks off: {why}")).collect();
    for (count, what) in [
        (malformed, "packets were malformed"),
        (untimed, "packets had no time"),
        (beyond, "packets were of sessions beyond the first 4096"),
    ] {
        if count > 0 {
            notes.push(format!("left out: {count} {what}"));
        }
    }
    Ok((all.all.into_iter().map(of_series).collect(), notes))
}

fn since_epoch(time: Time) -> Duration {
    Duration::new(time.seconds, time.nanos)
}

fn of_series(series: Series) -> Observed {
    let mut notes = Vec::new();
    if !series.heard {
        notes.push(
            "the receiver's own packets were not seen: the interval is what the sender wishes".to_owned(),
        );
    }
    if series.downs > 0 {
        notes.push(format!("the sender left Up {} times; what led to that is not counted", series.downs));
    }
    Observed {
        from: series.key.from.to_string(),
        to: series.key.to.to_string(),
        discriminator: Some(series.key.discriminator.get()),
        detect_mult: Some(series.detect_mult),
        grid: series.grid,
        time: Some(series.last.saturating_sub(series.first)),
        downs: Some(series.downs),
        notes,
    }
}

fn recording(path: &Path, text: Result<String, BadInput>, timers: &Timers) -> Result<Found, BadInput> {
    let recording: Recording = text.and_then(|text| diagnostic::json(path, &text)).map_err(|bad| {
        bad.help("a document that is read here is what `voicepeer bfd history ADDR --json` prints")
    })?;
    let peer = &recording.session.address;
    let mut directions = Vec::new();
    for (direction, ours) in [(&recording.received, false), (&recording.sent, true)] {
        let Some(grid) = of_histogram(direction, ours, timers) else { continue };
        let (from, to) = if ours { ("here", peer.as_str()) } else { (peer.as_str(), "here") };
        let what = if ours {
            "counted from when each packet was due here: the line and the peer's lateness are not in it"
        } else {
            "counted in buckets over the whole recording, with the interval agreed at its end"
        };
        directions.push(Observed {
            from: from.to_owned(),
            to: to.to_owned(),
            discriminator: None,
            detect_mult: direction.detect_mult,
            grid,
            time: None,
            downs: Some(recording.down_count),
            notes: vec![what.to_owned()],
        });
    }
    let notes = if directions.len() < 2 {
        vec!["a direction without an interval agreed is left out".to_owned()]
    } else {
        Vec::new()
    };
    Ok((directions, notes))
}

/// Our own packets count from the instant that was due, up to a quarter before the end of the interval.
fn of_histogram(direction: &Direction, ours: bool, timers: &Timers) -> Option<Grid> {
    let interval = Duration::from_micros(direction.interval_us.filter(|us| *us > 0)?);
    let early = if ours { interval / 4 } else { Duration::ZERO };
    let mut grid = Grid::new(timers);
    for bucket in &direction.lateness.histogram {
        let most = Duration::from_micros(bucket.to_us.min(u32::MAX.into()));
        let least = Duration::from_micros(bucket.from_us).min(most).saturating_sub(early);
        grid.add(&Delay { least, most, interval, count: bucket.count });
    }
    Some(grid)
}
