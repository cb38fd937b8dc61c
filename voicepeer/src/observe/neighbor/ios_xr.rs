//! IOS-XR: `show bgp neighbors`, of one or of all, also of a VRF; the paragraph of one neighbour. It does not show whether it
//! has a password.

use super::super::text::{Line, Unreadable, Why};
use super::{Neighbor, Told, address, behind, cut, head, seen_bfd, state, timers_or_limit};

/// How it begins to say that the session ended at its limit.
const AT_LIMIT: &str = "Peer exceeding maximum prefix limit";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    behind(head(lines), "BGP neighbor is ").is_some()
        && lines
            .iter()
            .any(|line| behind(*line, "Remote AS ").is_some_and(|rest| rest.contains(", local AS ")))
}

/// What stands above the first paragraph: `BGP instance 0: 'default'`, `VRF: voice`.
pub(super) fn is_lead_in(text: &str) -> bool {
    text.starts_with("BGP instance ") || text.starts_with("VRF: ")
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let peer = behind(first, "BGP neighbor is ").unwrap_or_default();
    let mut neighbor = Neighbor::new(address(first, peer)?);
    // It is told where there is one, above the hold time.
    neighbor.is_without_bfd = true;
    let (mut found, mut family) = (None, "");
    for line in lines {
        if let Some(word) = behind(*line, "BGP state = ") {
            found = Some(state(*line, word)?);
        }
        family = behind(*line, "For Address Family: ").unwrap_or(family);
        field(*line, family, &mut neighbor)?;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`BGP state`")))?;
    if neighbor.seen.hold_time.is_none() {
        return Err(cut(lines, "`Hold time`"));
    }
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

fn field(line: Line<'_>, family: &str, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if timers_or_limit(line, family, seen)? {
        return Ok(());
    }
    if let Some(bfd) = behind(line, "BFD enabled") {
        neighbor.is_without_bfd = false;
        // `(session up): mininterval: 300 multiplier: 3`, `(session down, BFD not configured on remote neighbor)`.
        let word = bfd.strip_prefix("(session ").and_then(|rest| rest.split(')').next());
        seen.bfd = word.map(|word| seen_bfd(line, word)).transpose()?;
    } else if let Some((_, why)) = behind(line, "Last reset ").and_then(|reset| reset.split_once(", due to "))
        && why != "None"
    {
        seen.limit_reached = why.starts_with(AT_LIMIT).then_some(true);
        seen.last_down = Some(why.to_owned());
    }
    Ok(())
}
