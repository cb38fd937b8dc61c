//! BIRD: `show bfd sessions`, which shows all of them, and not the router's own multiplier.

use super::super::text::{Line, Unreadable, Why};
use super::{Bfd, Told};
use bgp_policy::voice::BfdState;

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_head(line.text))
}

pub(super) fn is_head(text: &str) -> bool {
    text.split_whitespace().eq(["IP", "address", "Interface", "State", "Since", "Interval", "Timeout"])
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let below = lines.iter().skip_while(|line| !is_head(line.text)).skip(1);
    let rows = below.filter(|line| !line.is_blank());
    let bfd = rows.map(|line| row(*line)).collect::<Result<_, _>>()?;
    Ok(Told { bfd, is_all_bfd: true, ..Told::default() })
}

/// `192.0.2.1   eth0   Up   10:00:00.000   0.300   0.900`
fn row(line: Line<'_>) -> Result<Bfd, Unreadable> {
    let mut words = line.text.split_whitespace();
    let peer = line.address(words.next().unwrap_or_default())?;
    let state: BfdState = words
        .by_ref()
        .find_map(|word| word.parse().ok())
        .ok_or_else(|| line.bad(Why::Expected("the state of the BFD session")))?;
    let mut last = words.rev();
    let mut seconds = |what| micros(line, last.next().unwrap_or_default(), what);
    let (timeout, interval) = (seconds("timeout")?, seconds("interval")?);
    Ok(Bfd { peer, state, detection_us: Some(timeout), transmit_us: Some(interval), detect_mult: None })
}

/// Seconds with three decimals.
pub(super) fn micros(line: Line<'_>, text: &str, what: &'static str) -> Result<u64, Unreadable> {
    let bad = || line.bad(Why::Number(what));
    let (seconds, millis) = text.split_once('.').filter(|(_, millis)| millis.len() == 3).ok_or_else(bad)?;
    let seconds: u64 = line.number(seconds, what)?;
    let millis: u64 = line.number(millis, what)?;
    seconds.checked_mul(1000).and_then(|ms| ms.checked_add(millis)?.checked_mul(1000)).ok_or_else(bad)
}
