//! Junos: `show bgp neighbor`, of one or of all; the paragraph of one neighbour. It does not show its limit of prefixes.

use super::super::text::{Line, Unreadable, Why, word};
use super::{Neighbor, Told, behind, cut, head, number, seen_bfd, state};

/// It stands below all that is told of a session that is not up.
const LAST: &str = "Number of flaps: ";

/// `Peer: 192.0.2.1+179 AS 8075   Local: 192.0.2.2+53626 AS 64500`
pub(super) fn is_head(text: &str) -> bool {
    text.starts_with("Peer: ") && text.contains(" AS ") && text.contains("Local: ")
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    is_head(head(lines).text)
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let peer = word(behind(first, "Peer: ").unwrap_or_default()).0;
    // Its port stands behind it, and the interface of one that is link-local.
    let mut neighbor = Neighbor::new(first.address(peer.split(['+', '%']).next().unwrap_or_default())?);
    // It is told where there is one.
    neighbor.seen.md5 = Some(false);
    let (mut found, mut is_whole, mut table) = (None, false, "");
    for line in lines {
        if let Some((_, word)) = behind(*line, "Type: ").and_then(|text| text.split_once("State: ")) {
            found = Some(state(*line, word)?);
        }
        is_whole |= behind(*line, LAST).is_some();
        table = behind(*line, "Table ").map_or(table, |text| word(text).0);
        field(*line, table, &mut neighbor)?;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`State`")))?;
    if !is_whole {
        return Err(cut(lines, "`Number of flaps`"));
    }
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

fn field(line: Line<'_>, table: &str, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if let Some(error) = behind(line, "Last Error: ").filter(|error| *error != "None") {
        seen.last_down = Some(error.to_owned());
    } else if let Some(event) = behind(line, "Last flap event: ") {
        let error = seen.last_down.take().map(|error| format!("{error}, ")).unwrap_or_default();
        seen.last_down = Some(format!("{error}last flap event {event}"));
    } else if line.text.trim() == "Authentication key is configured" {
        seen.md5 = Some(true);
    } else if line.text.trim_start().starts_with("Authentication ") {
        // A chain of keys may be of another algorithm.
        seen.md5 = None;
    } else if let Some((_, hold)) = line.text.split_once("Active Holdtime: ") {
        seen.hold_time = Some(number(line, hold, "hold time")?);
    } else if let Some(keepalive) = behind(line, "Keepalive Interval: ") {
        seen.keepalive = Some(number(line, keepalive, "keepalive interval")?);
    } else if let Some(bfd) = behind(line, "BFD: ") {
        match bfd.split_once(", ") {
            Some(("enabled", word)) => seen.bfd = Some(seen_bfd(line, word)?),
            _ => neighbor.is_without_bfd = bfd.starts_with("disabled"),
        }
    } else if let Some(count) = behind(line, "Received prefixes: ").filter(|_| is_unicast(table)) {
        seen.prefixes_received = Some(number(line, count, "number of prefixes received")?);
    }
    Ok(())
}

/// `inet.0`, or `voice.inet.0` of a routing instance.
fn is_unicast(table: &str) -> bool {
    table == "inet.0" || table.ends_with(".inet.0")
}
