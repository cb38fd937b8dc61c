//! The documents of a flight recorder for people.

use super::document::{Direction, Down, Margin, Margins, RecordedPacket, Recording, Summary};
use crate::table::{Tone, line, micros, or_dash, seconds, table, toned};
use comfy_table::Cell;
use std::collections::BTreeMap;

pub(super) fn show(out: &mut String, summary: &Summary) {
    let s = &summary.session;
    let says = s.remote_state.as_ref().map_or("is not heard".to_owned(), |state| format!("says {state}"));
    line(
        out,
        format_args!("{} at {}: {} for {}; the peer {says}", s.peer, s.address, s.state, seconds(s.since_s)),
    );
    line(out, format_args!("diagnostic: {}", s.diagnostic));
    line(
        out,
        format_args!(
            "packets: {} received, {} sent, {} discarded; recorded since {}",
            s.packets_in, s.packets_out, s.packets_discarded, summary.began
        ),
    );
    directions(out, &summary.received, &summary.sent);
    match &summary.last_down {
        None => line(out, format_args!("never Down")),
        Some(down) => {
            line(out, format_args!("{} times Down, the last time: {}", summary.down_count, in_words(down)));
        }
    }
}

pub(super) fn history(out: &mut String, recording: &Recording) {
    let s = &recording.session;
    line(out, format_args!("{} at {}: {} for {}", s.peer, s.address, s.state, seconds(s.since_s)));
    line(out, format_args!("{} times Down since {}", recording.down_count, recording.began));
    for down in &recording.downs {
        line(out, format_args!("  {}", in_words(down)));
    }
    if !recording.packets_before_down.is_empty() {
        line(out, format_args!("the last packets before the last Down:"));
        packets(out, &recording.packets_before_down);
    }
    line(out, format_args!("the last packets:"));
    packets(out, &recording.packets);
}

pub(super) fn margin(out: &mut String, margins: &Margins) {
    line(out, format_args!("{} at {}", margins.peer, margins.address));
    directions(out, &margins.received, &margins.sent);
    line(out, format_args!("late by:"));
    histogram(out, &margins.received, &margins.sent);
}

fn directions(out: &mut String, received: &Direction, sent: &Direction) {
    let mut table = table(&[
        "packets",
        "interval",
        "mult",
        "counted",
        "late p50",
        "p99",
        "p99.9",
        "max",
        "least margin",
        "least ever",
    ]);
    for (name, d) in [("received", received), ("sent", sent)] {
        let late = |us: f64| Cell::new(fine(us));
        table.add_row([
            Cell::new(name),
            Cell::new(or_dash(d.interval_us.map(micros))),
            Cell::new(or_dash(d.detect_mult)),
            Cell::new(d.packets),
            late(d.lateness.p50_us),
            late(d.lateness.p99_us),
            late(d.lateness.p999_us),
            late(d.lateness.max_us),
            closeness(d.margin.as_ref()),
            closeness(d.least_margin.as_ref()),
        ]);
    }
    line(out, format_args!("{table}"));
}

/// Whole microseconds.
fn fine(us: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a lateness is not negative")]
    let whole = us.round() as u64;
    micros(whole)
}

fn closeness(margin: Option<&Margin>) -> Cell {
    let Some(m) = margin else { return toned("-", Tone::Quiet) };
    let text = format!("{} of {}", micros(m.left_us), micros(m.detection_time_us));
    let tone = match m.left_us.saturating_mul(10) / m.detection_time_us.max(1) {
        0 => Tone::Bad,
        1 | 2 => Tone::Warning,
        _ => Tone::Good,
    };
    toned(text, tone)
}

/// One row for each duration that occurred in either direction.
fn histogram(out: &mut String, received: &Direction, sent: &Direction) {
    let mut rows: BTreeMap<u64, (u64, [u64; 2])> = BTreeMap::new();
    for (column, direction) in [received, sent].into_iter().enumerate() {
        for bucket in &direction.lateness.histogram {
            let (to, counts) = rows.entry(bucket.from_us).or_default();
            *to = bucket.to_us.max(*to);
            if let Some(count) = counts.get_mut(column) {
                *count += bucket.count;
            }
        }
    }
    let mut table = table(&["from", "to", "received", "sent"]);
    for (from, (to, [received, sent])) in rows {
        table.add_row([micros(from), micros(to), received.to_string(), sent.to_string()]);
    }
    line(out, format_args!("{table}"));
}

fn packets(out: &mut String, packets: &[RecordedPacket]) {
    let mut table = table(&["time", "packet", "state", "diagnostic", "flags"]);
    for p in packets {
        table.add_row([&p.time, &p.way, &p.state, &p.diagnostic, &p.flags.join(" ")]);
    }
    line(out, format_args!("{table}"));
}

/// When, the verdict, and what it comes from.
fn in_words(down: &Down) -> String {
    let heard = match down.silence_us {
        Some(us) => format!("{} since its last packet", micros(us)),
        None => "never heard".to_owned(),
    };
    let mut words = vec![
        format!("{} from {}: {}", down.time, down.from, down.says),
        format!("{heard}, detection time {}", micros(down.detection_time_us)),
    ];
    if down.cause == "peer said so" {
        words.push(format!("the peer is {}, {}", down.remote_state, down.remote_diagnostic));
    }
    if down.stall_us > 0 {
        words.push(format!("our thread stood still for {}", micros(down.stall_us)));
    }
    if down.unsent_us >= down.remote_detection_time_us && down.unsent_us > 0 {
        let time = micros(down.remote_detection_time_us);
        words.push(format!("we had sent nothing for {} of the peer's {time}", micros(down.unsent_us)));
    }
    for (count, what) in [
        (down.dropped, "dropped by the socket"),
        (down.discarded, "discarded"),
        (down.refused, "refused by the system"),
    ] {
        if count > 0 {
            words.push(format!("{count} packets {what}"));
        }
    }
    words.join("; ")
}
