//! Junos: `show bfd session`, also with `detail` or `extensive`, of one or of all.

use super::super::text::{Line, Unreadable};
use super::bird_bfd::micros;
use super::{Bfd, Told, bfd_state};

/// The heads of the columns, above which stand those of two of them.
pub(super) fn is_head(text: &str) -> bool {
    text.split_whitespace().eq(["Address", "State", "Interface", "Time", "Interval", "Multiplier"])
}

pub(super) fn is_lead_in(text: &str) -> bool {
    text.split_whitespace().eq(["Detect", "Transmit"])
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_head(line.text) || is_count(line.text))
}

/// `2 sessions, 3 clients`
fn is_count(text: &str) -> bool {
    let mut words = text.split_whitespace().skip(1);
    words.next() == Some("sessions,") && words.nth(1) == Some("clients")
}

/// With `extensive` each session has heads of its own, and is a part of its own.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let rows = lines.iter().filter(|line| is_row(line.text));
    let bfd = rows.map(|line| row(*line)).collect::<Result<_, _>>()?;
    Ok(Told { bfd, ..Told::default() })
}

/// Whether a line ends as a row does, in seconds, seconds and a number; what is told of a session below it does not.
fn is_row(text: &str) -> bool {
    let mut last = text.split_whitespace().rev();
    let mult = last.next().is_some_and(|word| word.parse::<u8>().is_ok());
    mult && last.take(2).filter(|word| word.parse::<f64>().is_ok()).count() == 2
}

/// `192.0.2.1   Up   ge-0/0/0.0   0.900   0.300   3`; a session over several hops has no interface. The multiplier is the
/// router's own, and the time that in which it detects.
fn row(line: Line<'_>) -> Result<Bfd, Unreadable> {
    let mut words = line.text.split_whitespace();
    let peer = line.address(words.next().unwrap_or_default())?;
    let state = bfd_state(line, words.next().unwrap_or_default())?;
    let mut last = words.rev();
    let mult = line.number(last.next().unwrap_or_default(), "multiplier")?;
    let mut seconds = |what| micros(line, last.next().unwrap_or_default(), what);
    let (interval, time) = (seconds("interval")?, seconds("detection time")?);
    Ok(Bfd { peer, state, detection_us: Some(time), transmit_us: Some(interval), detect_mult: Some(mult) })
}
