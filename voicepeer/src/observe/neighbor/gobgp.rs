//! GoBGP: `gobgp neighbor ADDR` as text. It shows neither a password nor why a session ended, and has no BFD.

use super::super::text::{Line, Unreadable, Why};
use super::{Neighbor, Told, address, behind, cut, head, number, state};

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    behind(head(lines), "BGP neighbor is ").is_some()
        && lines.iter().any(|line| line.text.starts_with("  BGP OutQ = "))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let mut neighbor = Neighbor::new(address(first, behind(first, "BGP neighbor is ").unwrap_or_default())?);
    let (mut found, mut is_of_routes) = (None, false);
    for line in lines {
        if let Some(word) = behind(*line, "BGP state = ") {
            found = Some(state(*line, word)?);
        }
        is_of_routes |= line.text.trim() == "Route statistics:";
        field(*line, is_of_routes, &mut neighbor)?;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`BGP state`")))?;
    if !is_of_routes {
        return Err(cut(lines, "`Route statistics`"));
    }
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

fn field(line: Line<'_>, is_of_routes: bool, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if let Some(timers) = behind(line, "Hold time is ") {
        seen.hold_time = Some(number(line, timers, "hold time")?);
        let keepalive = timers.split_once("keepalive interval is ").map(|(_, rest)| rest);
        seen.keepalive = keepalive.map(|text| number(line, text, "keepalive interval")).transpose()?;
    } else if let Some(received) = behind(line, "Received:").filter(|_| is_of_routes) {
        seen.prefixes_received = Some(number(line, received, "number of routes received")?);
    } else if let Some((_, limit)) = line.text.split_once("Maximum prefixes allowed ")
        && line.text.trim_start().starts_with("ipv4-unicast:")
    {
        seen.max_prefix = Some(number(line, limit, "limit of prefixes")?);
    }
    Ok(())
}
