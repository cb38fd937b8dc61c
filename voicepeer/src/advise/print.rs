//! The grid and the advice, for people and for programs.

use super::Observed;
use super::grid::{Advice, Cell, Grid, Timers};
use crate::table::{Tone, line, micros, seconds, table, toned};
use comfy_table::Cell as Place;
use serde_json::{Value, json};
use std::time::Duration;

/// How it is done and what it cannot tell.
const METHOD: [&str; 4] = [
    "a packet's delay is what it came after the end of its interval; at another interval it would come as late",
    "0: no stall that was observed is long enough, however it had fallen. 2-5: two by the same delays, five if all had fallen \
     at the worst moment. 2+: stalls that matter here are shorter than the interval observed and may pass between two packets: \
     record at a shorter interval to know",
    "a stall is taken as a time in which nothing passes. Where single packets are lost by chance instead, the same \
     number in a row is lost at any interval",
    "rarer stalls than the time observed has shown are not in it, nor is what a shorter interval adds to the load",
];

pub(super) fn text(out: &mut String, timers: &Timers, observed: &[Observed], notes: &[String]) {
    for direction in observed {
        line(out, format_args!("{}", head(direction)));
        grid(out, timers, &direction.grid);
        line(out, format_args!("  {}", advice(direction.grid.advice().as_ref())));
        direction.notes.iter().for_each(|note| line(out, format_args!("  note: {note}")));
        out.push('\n');
    }
    line(out, format_args!("false Downs of each interval (rows) and detect mult (columns):"));
    METHOD
        .iter()
        .map(|note| (*note).to_owned())
        .chain(notes.iter().cloned())
        .for_each(|n| line(out, format_args!("- {n}")));
}

fn head(direction: &Observed) -> String {
    let Observed { from, to, discriminator, detect_mult, grid, time, .. } = direction;
    let name = discriminator.map(|my| format!(" (discriminator {my})")).unwrap_or_default();
    let mult = detect_mult.map(|mult| format!(" x {mult}")).unwrap_or_default();
    let interval = match grid.observed() {
        Some((shortest, longest)) if shortest == longest => us(longest),
        Some((shortest, longest)) => format!("{} to {}", us(shortest), us(longest)),
        None => "no interval".to_owned(),
    };
    let time = time.map(|time| format!(" in {}", seconds(time.as_secs_f64()))).unwrap_or_default();
    let late = us(grid.longest_delay());
    format!(
        "{from} to {to}{name}: {} packets{time} at {interval}{mult}, the latest by {late}",
        grid.packets()
    )
}

fn grid(out: &mut String, timers: &Timers, grid: &Grid) {
    let columns = timers.multipliers.iter().map(|multiplier| format!("x {multiplier}"));
    let columns: Vec<String> = std::iter::once(String::new()).chain(columns).collect();
    let mut table = table(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for row in grid.cells().chunks(timers.multipliers.len().max(1)) {
        let interval = row.first().map_or_else(String::new, |cell| us(cell.interval));
        table.add_row(std::iter::once(Place::new(interval)).chain(row.iter().map(|cell| place(grid, cell))));
    }
    line(out, format_args!("{table}"));
}

fn place(grid: &Grid, cell: &Cell) -> Place {
    let Cell { rescaled, at_most, .. } = *cell;
    match (grid.tells(cell), rescaled) {
        (true, _) if at_most == rescaled => {
            toned(rescaled, if rescaled == 0 { Tone::Good } else { Tone::Bad })
        }
        (true, 0) => toned(format!("0-{at_most}"), Tone::Warning),
        (true, _) => toned(format!("{rescaled}-{at_most}"), Tone::Bad),
        (false, 0) => toned("0+", Tone::Quiet),
        (false, _) => toned(format!("{rescaled}+"), Tone::Bad),
    }
}

fn advice(advice: Option<&Advice>) -> String {
    match advice {
        Some(Advice { cell, margin }) => format!(
            "fastest without a false Down: {} x {}, which detects after {}; the longest stall that was observed could have been \
             {} longer",
            us(cell.interval),
            cell.multiplier,
            us(cell.detection_time()),
            us(*margin)
        ),
        None => "none of these timers is free of false Downs".to_owned(),
    }
}

pub(super) fn json(timers: &Timers, observed: &[Observed], notes: &[String]) -> Value {
    json!({
        "intervals_us": timers.intervals.iter().map(|interval| whole(*interval)).collect::<Vec<_>>(),
        "multipliers": timers.multipliers,
        "sessions": observed.iter().map(direction).collect::<Vec<_>>(),
        "method": METHOD,
        "notes": notes,
    })
}

fn direction(direction: &Observed) -> Value {
    let Observed { from, to, discriminator, detect_mult, grid, time, downs, notes } = direction;
    let cell = |cell: &Cell| {
        json!({
            "interval_us": whole(cell.interval),
            "detect_mult": cell.multiplier,
            "detection_time_us": whole(cell.detection_time()),
            "false_downs": cell.rescaled,
            "at_least": cell.at_least,
            "at_most": if grid.tells(cell) { Some(cell.at_most) } else { None },
        })
    };
    let advice = grid.advice().map(|advice| {
        json!({
            "interval_us": whole(advice.cell.interval),
            "detect_mult": advice.cell.multiplier,
            "detection_time_us": whole(advice.cell.detection_time()),
            "margin_us": whole(advice.margin),
        })
    });
    json!({
        "from": from,
        "to": to,
        "discriminator": discriminator,
        "interval_us": grid.observed().map(|(_, longest)| whole(longest)),
        "detect_mult": detect_mult,
        "packets": grid.packets(),
        "seconds": time.map(|time| time.as_secs_f64()),
        "latest_us": whole(grid.longest_delay()),
        "downs": downs,
        "grid": grid.cells().iter().map(cell).collect::<Vec<_>>(),
        "advice": advice,
        "notes": notes,
    })
}

fn whole(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn us(duration: Duration) -> String {
    micros(whole(duration))
}
