//! GoBGP: `gobgp neighbor`, a row for each. It shows that a session ended at its limit, which the other form does not.

use super::super::text::{Line, Unreadable, Why};
use super::{Neighbor, Told, number, state};

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_head(line.text))
}

pub(super) fn is_head(text: &str) -> bool {
    text.split_whitespace().eq(["Peer", "AS", "Up/Down", "State", "|#Received", "Accepted"])
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let below = lines.iter().skip_while(|line| !is_head(line.text)).skip(1);
    let rows = below.filter(|line| !line.is_blank());
    let bgp = rows.filter_map(|line| row(*line).transpose()).collect::<Result<_, _>>()?;
    Ok(Told { bgp, ..Told::default() })
}

/// `192.0.2.1 8075 00:00:20 Idle(PfxCt) |        0         0`. A peer without an address has the name of its interface.
fn row(line: Line<'_>) -> Result<Option<Neighbor>, Unreadable> {
    let bad = || line.bad(Why::Expected("a bar, and numbers of routes behind it,"));
    let (session, routes) = line.text.split_once('|').ok_or_else(bad)?;
    let mut words = session.split_whitespace();
    let Some(Ok(peer)) = words.next().map(str::parse) else { return Ok(None) };
    let word = words.next_back().unwrap_or_default();
    let mut neighbor = Neighbor::new(peer);
    neighbor.seen.limit_reached = word.ends_with("(PfxCt)").then_some(true);
    neighbor.seen.prefixes_received = Some(number(line, routes, "number of routes received")?);
    Ok(Some(neighbor.in_state(state(line, word)?)))
}
