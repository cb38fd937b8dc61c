//! BIRD: `show protocols all`, of one or of all. It shows neither passwords nor BFD.

use super::super::text::{Line, Unreadable, Why, word};
use super::{Neighbor, Told, address, behind, head, number, state};

/// What it says of a session that it ended at a limit.
const AT_LIMIT: &str = "Automatic shutdown: Route limit exceeded";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_head(line.text))
}

pub(super) fn is_head(text: &str) -> bool {
    text.split_whitespace().eq(["Name", "Proto", "Table", "State", "Since", "Info"])
}

/// A protocol begins at the margin; what is told of it stands further in.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let mut bgp = Vec::new();
    let mut rest = lines.iter().copied().skip_while(|line| !is_head(line.text)).skip(1).peekable();
    while let Some(first) = rest.next() {
        let mut below = Vec::new();
        while let Some(line) = rest.next_if(|line| line.is_blank() || line.text.starts_with([' ', '\t'])) {
            below.push(line);
        }
        if word(word(first.text).1).0 == "BGP" {
            bgp.extend(protocol(first, &below)?);
        }
    }
    Ok(Told { bgp, ..Told::default() })
}

/// A dynamic one that waits for its peers has no address.
fn protocol(first: Line<'_>, below: &[Line<'_>]) -> Result<Option<Neighbor>, Unreadable> {
    let cut = || head(below).bad(Why::Cut("`BGP state`, which `show protocols all` shows"));
    let mut found = None;
    let mut neighbor = None;
    let mut channel = "";
    for line in below {
        if let Some(word) = behind(*line, "BGP state:") {
            found = Some(state(*line, word)?);
        } else if let Some(peer) = behind(*line, "Neighbor address:") {
            let peer = peer.split('%').next().unwrap_or_default();
            neighbor = Some(Neighbor::new(address(*line, peer)?));
        } else if let Some(name) = behind(*line, "Channel ") {
            channel = name;
        } else if let Some(neighbor) = &mut neighbor {
            field(*line, channel, neighbor)?;
        }
    }
    let found =
        found.ok_or_else(|| if below.is_empty() { first.bad(Why::Cut("`BGP state`")) } else { cut() })?;
    Ok(neighbor.map(|neighbor| neighbor.in_state(found)))
}

fn field(line: Line<'_>, channel: &str, neighbor: &mut Neighbor) -> Result<(), Unreadable> {
    let seen = &mut neighbor.seen;
    // What is left, and of how much.
    let whole = |text: &str, what| {
        let (_, whole) = text.split_once('/').ok_or_else(|| line.bad(Why::Number(what)))?;
        number(line, whole, what)
    };
    if let Some(timer) = behind(line, "Hold timer:") {
        seen.hold_time = Some(whole(timer, "hold time")?);
    } else if let Some(timer) = behind(line, "Keepalive timer:") {
        seen.keepalive = Some(whole(timer, "keepalive time")?);
    } else if let Some(error) = behind(line, "Last error:") {
        seen.limit_reached = (error == AT_LIMIT).then_some(true);
        seen.last_down = Some(error.to_owned());
    } else if behind(line, "Export limit:").is_some() {
        // It may have been this one, which is of what the router announces.
        seen.limit_reached = None;
    } else if let Some(limit) = behind(line, "Receive limit:").filter(|_| channel == "ipv4") {
        seen.max_prefix = Some(number(line, limit, "limit of prefixes")?);
    }
    Ok(())
}
