//! OpenBGPD: `bgpctl show neighbor ADDR`, or without an address; the paragraph of one neighbour. It has no BFD. On Linux it
//! does not say that it has a password, so that nothing follows where it says nothing.

use super::super::text::{Line, Unreadable, Why};
use super::{Neighbor, Told, address, behind, cut, head, number, state};
use bgp_policy::voice::ObservedSession;

/// What it says where its limit was reached.
const AT_LIMIT: &str = "Cease, received max-prefix exceeded";
/// Its words for a Cease of subcode 10, which is another's since.
const SUBCODE_10: &str = "Cease, sent max-prefix exceeded";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    behind(head(lines), "BGP neighbor is ").is_some()
        && lines.iter().any(|line| line.text.contains(", holdtime "))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let mut neighbor = Neighbor::new(address(first, behind(first, "BGP neighbor is ").unwrap_or_default())?);
    let (mut found, mut is_of_prefixes) = (None, false);
    for line in lines {
        if let Some(word) = behind(*line, "BGP state = ") {
            found = Some(state(*line, word)?);
        }
        is_of_prefixes |= line.text.trim() == "Update statistics:";
        field(*line, is_of_prefixes, &mut neighbor)?;
    }
    let found = found.ok_or_else(|| first.bad(Why::Cut("`BGP state`")))?;
    if !is_of_prefixes {
        return Err(cut(lines, "`Update statistics`"));
    }
    Ok(Told { bgp: vec![neighbor.in_state(found)], ..Told::default() })
}

fn field(line: Line<'_>, is_of_prefixes: bool, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    if let Some(limit) = behind(line, "Max-prefix: ") {
        seen.max_prefix = Some(number(line, limit, "limit of prefixes")?);
    } else if line.text.contains(", remote router-id ") {
        seen.md5 = line.text.ends_with(", using md5sig").then_some(true);
    } else if let Some((_, hold)) = line.text.split_once(", holdtime ") {
        seen.hold_time = Some(number(line, hold, "hold time")?);
        let keepalive = hold.split_once("keepalive interval ").map(|(_, rest)| rest);
        seen.keepalive = keepalive.map(|text| number(line, text, "keepalive interval")).transpose()?;
    } else if let Some(error) = behind(line, "Last error sent: ") {
        sent(error, seen);
    } else if let Some(error) = behind(line, "Last error received: ") {
        received(error, seen);
    } else if let Some(counts) = behind(line, "Prefixes ").filter(|_| is_of_prefixes) {
        let received = counts.split_whitespace().nth(1).unwrap_or_default();
        seen.prefixes_received = Some(line.number(received, "number of prefixes received")?);
    }
    Ok(())
}

/// The error that it sent last.
pub(super) fn sent(error: &str, seen: &mut ObservedSession) {
    seen.limit_reached = (error == AT_LIMIT).then_some(true);
    seen.last_down = Some(format!("the carrier sent {}", words(error)));
}

/// The error that it received last.
pub(super) fn received(error: &str, seen: &mut ObservedSession) {
    seen.last_down.get_or_insert_with(|| format!("the far end sent {}", words(error)));
}

/// RFC 9384 gave the subcode to BFD.
fn words(error: &str) -> String {
    if error == SUBCODE_10 { format!("{error} (6/10, BFD Down)") } else { error.to_owned() }
}
