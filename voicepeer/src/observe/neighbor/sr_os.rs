//! SR OS: `show router bgp neighbor`, of one or of all; the paragraph of one neighbour. It shows neither its password nor its
//! limit of prefixes.

use super::super::text::{Line, Unreadable, Why, word};
use super::{Neighbor, Told, head, number, state};

/// `Peer                 : 192.0.2.1`
pub(super) fn is_head(text: &str) -> bool {
    text.starts_with("Peer ") && text.split_once(':').is_some_and(|(name, _)| name.trim_end() == "Peer")
}

pub(super) fn is_lead_in(text: &str) -> bool {
    text.trim_end() == "BGP Neighbor"
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    is_head(head(lines).text)
}

/// What stands behind a name on a line of two columns: `State                : Established      Last State           : Active`.
fn value<'a>(line: Line<'a>, name: &str) -> Option<&'a str> {
    let begins = |at: usize| at == 0 || line.text.get(..at).is_some_and(|before| before.ends_with("  "));
    let (at, _) = line.text.match_indices(name).find(|(at, _)| begins(*at))?;
    let rest = line.text.get(at..)?.strip_prefix(name)?.trim_start().strip_prefix(": ")?;
    rest.trim_start().split("  ").next().map(str::trim_end)
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let mut neighbor = Neighbor::new(first.address(word(value(first, "Peer").unwrap_or_default()).0)?);
    let mut found = None;
    for line in lines {
        if let Some(word) = value(*line, "State") {
            found = Some(state(*line, word)?);
        }
        field(*line, &mut neighbor)?;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`State`")))?;
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

fn field(line: Line<'_>, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if let Some(error) = value(line, "Last Error").filter(|error| !matches!(*error, "None" | "n/a")) {
        seen.last_down = Some(error.to_owned());
    }
    if let Some(hold) = value(line, "Active Hold Time") {
        seen.hold_time = Some(number(line, hold, "hold time")?);
    }
    if let Some(keepalive) = value(line, "Active Keep Alive") {
        seen.keepalive = Some(number(line, keepalive, "keepalive interval")?);
    }
    if let Some(count) = value(line, "IPv4 received") {
        seen.prefixes_received = Some(number(line, count, "number of prefixes received")?);
    }
    if let Some(bfd) = value(line, "Bfd Enabled") {
        neighbor.is_without_bfd = bfd == "Disabled";
    }
    Ok(())
}
