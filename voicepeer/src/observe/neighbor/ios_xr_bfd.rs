//! IOS-XR: `show bfd session` and the same with `detail`. The former shows the time in which the router itself detects alone.
//!
//! Of the times with Echo and without the latter counts: the far end detects by it.

use super::super::text::{Line, Unreadable, Why, word};
use super::{Bfd, Told, behind, bfd_state, head, number};
use bgp_policy::voice::BfdState;
use std::net::IpAddr;

/// `I/f: TenGigE0/0/0/1, Location: 0/0/CPU0`
pub(super) fn is_paragraph(text: &str) -> bool {
    text.starts_with("I/f: ") && text.contains(", Location: ")
}

/// The heads of the columns; those of IPv6 break the line behind the address.
pub(super) fn is_list(text: &str) -> bool {
    text.starts_with("Interface ") && text.contains("Dest Addr")
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    is_paragraph(head(lines).text) || is_list(head(lines).text)
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let bfd = if is_list(first.text) { list(lines)? } else { vec![paragraph(first, lines)?] };
    Ok(Told { bfd, ..Told::default() })
}

/// Rows below the line of dashes: the interface and the address; the times and the state, behind them or on the next line.
fn list(lines: &[Line<'_>]) -> Result<Vec<Bfd>, Unreadable> {
    let mut bfd = Vec::new();
    let mut above: Option<IpAddr> = None;
    for line in lines.iter().skip_while(|line| !line.text.starts_with("---")).skip(1) {
        let address = line.text.split_whitespace().nth(1).and_then(|word| word.parse().ok());
        above = address.or(above);
        let mut times = line.text.split_whitespace().skip_while(|word| !is_time(word));
        let (Some(_echo), Some(time)) = (times.next(), times.next()) else { continue };
        let peer = above.take().ok_or_else(|| line.bad(Why::Address))?;
        let detection_us = Some(micros(*line, time)?);
        let state = state(*line, times.next().unwrap_or_default())?;
        bfd.push(Bfd { peer, state, detection_us, transmit_us: None, detect_mult: None });
    }
    Ok(bfd)
}

/// `900ms(300ms*3)`
fn is_time(word: &str) -> bool {
    word.ends_with(')') && word.contains("s(") && word.contains('*')
}

fn paragraph(first: Line<'_>, lines: &[Line<'_>]) -> Result<Bfd, Unreadable> {
    let (mut peer, mut found, mut is_own) = (None, None, false);
    let (mut detection_us, mut transmit_us, mut detect_mult) = (None, None, None);
    for line in lines {
        is_own |= line.text.trim() == "Transmitted parameters:";
        if let Some(address) = behind(*line, "Dest: ") {
            peer = Some(line.address(address)?);
        } else if let Some(text) = behind(*line, "State: ") {
            found = Some(state(*line, text)?);
        } else if let Some(interval) = behind(*line, "Local negotiated async tx interval: ") {
            transmit_us = Some(micros(*line, interval)?);
        } else if let Some((_, time)) = line.text.split_once("async detection time: ") {
            detection_us = Some(micros(*line, time)?);
        } else if let Some((_, mult)) = line.text.split_once(", multiplier: ").filter(|_| is_own) {
            detect_mult.get_or_insert(number(*line, mult, "multiplier")?);
        }
    }
    let peer = peer.ok_or_else(|| first.bad(Why::Cut("`Dest` of this session")))?;
    let state = found.ok_or_else(|| first.bad(Why::Cut("`State` of this session")))?;
    Ok(Bfd { peer, state, detection_us, transmit_us, detect_mult })
}

/// `UP`, `DOWN`, `ADMIN DOWN`; more may stand behind it.
fn state(line: Line<'_>, text: &str) -> Result<BfdState, Unreadable> {
    let name = word(text).0;
    if name.starts_with("ADMIN") { Ok(BfdState::AdminDown) } else { bfd_state(line, name) }
}

/// A time that begins a text: `900ms`, `3 s`, `1500 us`.
fn micros(line: Line<'_>, text: &str) -> Result<u64, Unreadable> {
    let bad = || line.bad(Why::Number("time"));
    let text = text.trim_start();
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit = rest.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let each = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return Err(bad()),
    };
    line.number::<u64>(digits, "time")?.checked_mul(each).ok_or_else(bad)
}
