//! Junos: `show route advertising-protocol bgp ADDR detail`, or `extensive`, a paragraph a route.

use super::junos::{Announced, finished, next_hop, path, unicast};
use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(is_head) && lines.iter().any(|line| line.text.trim_start().starts_with("BGP group "))
}

/// `* 203.0.113.0/24 (1 entry, 1 announced)`
fn is_head(line: &Line<'_>) -> bool {
    line.text.contains(" entry, ") || line.text.contains(" entries, ")
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut announced: Vec<(Line<'_>, Announced)> = Vec::new();
    for line in unicast(lines) {
        if is_head(&line) {
            let net = word(line.text.trim_start().trim_start_matches(['*', '+', '-'])).0;
            let route = ObservedRoute {
                communities: Some(Vec::new()),
                large_communities: Some(Vec::new()),
                ..line.route(line.prefix(net)?)
            };
            announced.push((line, Announced { route, has_own_asn: None }));
        } else if let Some(another) = another_path(line, &announced) {
            announced.push(another);
        } else if let Some((_, one)) = announced.last_mut() {
            attribute(line, one)?;
        }
    }
    match announced.iter().find(|(_, one)| one.route.origin.is_none()) {
        Some((head, _)) => Err(head.bad(Why::Cut("the AS path"))),
        None => Ok(finished(announced.into_iter().map(|(_, one)| one).collect(), None)),
    }
}

/// With ADD-PATH several paths to a prefix are announced; only the first has a head.
fn another_path<'a>(line: Line<'a>, announced: &[(Line<'a>, Announced)]) -> Option<(Line<'a>, Announced)> {
    let (_, before) = announced.last().filter(|_| line.text.trim_start().starts_with("BGP group "))?;
    before.route.origin?;
    let route = ObservedRoute {
        communities: Some(Vec::new()),
        large_communities: Some(Vec::new()),
        ..line.route(before.route.prefix.net().ok()?)
    };
    Some((line, Announced { route, has_own_asn: None }))
}

fn attribute(line: Line<'_>, one: &mut Announced) -> Result<(), Unreadable> {
    let Some((name, value)) = line.text.trim().split_once(": ") else { return Ok(()) };
    let value = value.trim();
    let route = &mut one.route;
    match name {
        "Nexthop" => route.next_hop = Some(next_hop(line, value)?),
        "MED" => route.med = Some(line.number(value, "MED")?),
        // A second such line tells of attributes that the router does not know.
        "AS path" if route.origin.is_none() => {
            let (path, own, origin) = path(line, value)?;
            (route.as_path, one.has_own_asn, route.origin) = (Some(path), own, Some(origin));
        }
        "Communities" => communities(line, value, route)?,
        _ => {}
    }
    Ok(())
}

/// Communities of every kind in one list; those that are neither standard nor large have a name in front.
fn communities(line: Line<'_>, list: &str, route: &mut ObservedRoute) -> Result<(), Unreadable> {
    let (mut standard, mut large) = (Vec::new(), Vec::new());
    for word in list.split_whitespace() {
        if let Some(community) = word.strip_prefix("large:") {
            large.extend(line.large_communities(community)?);
        } else if let Ok(community) = word.parse() {
            standard.push(community);
        } else if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(line.bad(Why::Community));
        }
    }
    (route.communities, route.large_communities) = (Some(standard), Some(large));
    Ok(())
}
