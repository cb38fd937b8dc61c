//! IOS-XR: `show bgp ipv4 unicast advertised neighbor ADDR`, a paragraph a route.
//!
//! The attributes before the outbound policy stand beside those after it, which are the ones that leave.

use super::text::{Line, Seen, Unreadable, Why};
use bgp_policy::voice::ObservedRoute;
use std::net::IpAddr;

const ENTRY: &str = " is advertised to ";
const OUTBOUND: &str = "Attributes after outbound policy was applied:";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| line.text.contains(ENTRY))
        && lines.iter().any(|line| line.text.trim() == OUTBOUND)
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut seen = Seen::default();
    let mut rest = lines.iter().copied().peekable();
    while let Some(head) = rest.find(|line| line.text.contains(ENTRY)) {
        let (net, to) = head.text.split_once(ENTRY).unwrap_or_default();
        let peer: IpAddr = head.address(to.trim())?;
        if *seen.peer.get_or_insert(peer) != peer {
            return Err(head.bad(Why::Expected("the neighbour of the routes above")));
        }
        let mut attributes = Vec::new();
        while let Some(line) = rest.next_if(|line| !line.text.contains(ENTRY)) {
            attributes.push(line);
        }
        seen.routes.push(route(head, net.trim(), &attributes)?);
    }
    Ok(seen)
}

fn route(head: Line<'_>, net: &str, below: &[Line<'_>]) -> Result<ObservedRoute, Unreadable> {
    let mut route = ObservedRoute {
        communities: Some(Vec::new()),
        large_communities: Some(Vec::new()),
        ..head.route(head.prefix(net)?)
    };
    let mut outbound = below.iter().skip_while(|line| line.text.trim() != OUTBOUND).skip(1);
    outbound.try_for_each(|line| attribute(*line, &mut route))?;
    if route.origin.is_none() || route.as_path.is_none() {
        return Err(head.bad(Why::Cut("the attributes after the outbound policy")));
    }
    Ok(route)
}

fn attribute(line: Line<'_>, route: &mut ObservedRoute) -> Result<(), Unreadable> {
    let Some((name, value)) = line.text.trim().split_once(':') else { return Ok(()) };
    let value = value.trim();
    match name {
        "next hop" => route.next_hop = Some(line.address(value)?),
        // Others stand behind it, two blanks away: `origin: IGP  neighbor as: 64501  metric: 50`.
        "origin" => {
            let mut parts = value.split("  ").map(str::trim);
            route.origin = Some(line.origin(parts.next().unwrap_or_default())?);
            let metric = parts.find_map(|part| part.strip_prefix("metric: "));
            route.med = metric.map(|metric| line.number(metric, "metric")).transpose()?;
        }
        "aspath" => route.as_path = Some(line.as_path(value)?),
        "community" => route.communities = Some(line.communities(value)?),
        "large community" | "large-community" => {
            route.large_communities = Some(line.large_communities(value)?);
        }
        _ => {}
    }
    Ok(())
}
