//! FRR: `show bgp neighbors`, of one or of all; the paragraph of one neighbour.

use super::super::text::{Line, Unreadable, Why};
use super::{Neighbor, Told, address, behind, cut, head, state, timers_or_limit};

/// What a paragraph ends with.
const LAST: &str = "Read thread: ";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    let first = head(lines).text;
    first.starts_with("BGP neighbor ")
        && first.contains(", local AS ")
        && lines.iter().any(|line| line.text.contains(", local router ID "))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let (_, peer) = first.text.split_once(" is ").or(first.text.split_once(": ")).unwrap_or_default();
    let mut neighbor = Neighbor::new(address(first, peer)?);
    // Each of these is told where it is so.
    neighbor.is_without_bfd = true;
    neighbor.seen.md5 = Some(false);
    let (mut found, mut family, mut is_whole) = (None, "", false);
    for line in lines {
        if let Some(word) = behind(*line, "BGP state = ") {
            found = Some(state(*line, word)?);
        }
        family = behind(*line, "For address family: ").unwrap_or(family);
        is_whole |= behind(*line, LAST).is_some();
        field(*line, family, &mut neighbor)?;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`BGP state`")))?;
    if !is_whole {
        return Err(cut(lines, "`Read thread`"));
    }
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

fn field(line: Line<'_>, family: &str, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if timers_or_limit(line, family, seen)? {
        return Ok(());
    }
    if line.text.trim_start().starts_with("Peer had exceeded the max. no. of prefixes configured") {
        seen.limit_reached = Some(true);
    } else if let Some(reset) = behind(line, "Last reset ") {
        seen.last_down =
            reset.split_once(',').map(|(_, why)| why.trim().trim_start_matches("due to ").to_owned());
    } else if line.text.trim() == "Peer Authentication Enabled" {
        seen.md5 = Some(true);
    } else if behind(line, "BFD: ").is_some() {
        neighbor.is_without_bfd = false;
    }
    Ok(())
}
