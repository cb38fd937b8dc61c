//! OpenBGPD: `bgpctl show rib detail out neighbor ADDR`, a paragraph a route, as it leaves.

use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;
use std::net::IpAddr;

const ENTRY: &str = "BGP routing table entry for ";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| line.text.starts_with(ENTRY))
        && lines.iter().any(|line| line.text.trim_start().starts_with("Nexthop "))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut seen = Seen::default();
    let mut rest = lines.iter().copied().peekable();
    while let Some(head) = rest.find(|line| line.text.starts_with(ENTRY)) {
        let mut paragraph = Vec::new();
        while let Some(line) = rest.next_if(|line| !line.text.starts_with(ENTRY)) {
            paragraph.push(line);
        }
        let (route, peer) = route(head, &paragraph)?;
        seen.peer = seen.peer.or(peer);
        seen.routes.push(route);
    }
    Ok(seen)
}

fn route(head: Line<'_>, paragraph: &[Line<'_>]) -> Result<(ObservedRoute, Option<IpAddr>), Unreadable> {
    let mut route = ObservedRoute {
        communities: Some(Vec::new()),
        large_communities: Some(Vec::new()),
        ..head.route(head.prefix(word(head.text.trim_start_matches(ENTRY)).0)?)
    };
    let (path, rest) = paragraph.split_first().ok_or_else(|| head.bad(Why::Cut("the AS path")))?;
    route.as_path = Some(path.as_path(path.text.trim())?);
    let mut peer = None;
    for line in rest {
        attribute(*line, &mut route, &mut peer)?;
    }
    if route.origin.is_none() { Err(path.bad(Why::Cut("the origin"))) } else { Ok((route, peer)) }
}

fn attribute(line: Line<'_>, route: &mut ObservedRoute, peer: &mut Option<IpAddr>) -> Result<(), Unreadable> {
    let text = line.text.trim_start();
    if let Some(hop) = text.strip_prefix("Nexthop ") {
        route.next_hop = Some(line.address(word(hop).0)?);
        let neighbor = text.rsplit_once('(').and_then(|(_, address)| address.strip_suffix(')'));
        *peer = neighbor.and_then(|address| address.parse().ok());
    } else if let Some(origin) = text.strip_prefix("Origin ") {
        route.origin = Some(line.origin(origin.split(',').next().unwrap_or_default().trim())?);
        let metric = text.split(", ").find_map(|part| part.strip_prefix("metric "));
        route.med = metric.map(|n| line.number(n.trim(), "metric")).transpose()?;
    } else if let Some(list) = text.strip_prefix("Communities: ") {
        route.communities = Some(line.communities(list)?);
    } else if let Some(list) = text.strip_prefix("Large Communities: ") {
        route.large_communities = Some(line.large_communities(list)?);
    }
    Ok(())
}
