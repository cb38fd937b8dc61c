//! SR OS: `show router bgp neighbor "ADDR" advertised-routes detail`, a paragraph a route, as it leaves.

use super::sr_os::{is_of_another_family, number, path};
use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::{Community, LargeCommunity};
use std::str::FromStr;

const ANNOUNCED: &str = "`To` of a route that is announced, and no `From` of one that came,";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    let has = |name: &str| lines.iter().any(|line| field(line.text).is_some_and(|(found, _)| found == name));
    has("Network") && has("AS-Path")
}

/// `Community      : 8075:8007 64500:1`
pub(super) fn field(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(" : ")?;
    Some((name.trim_end(), value.trim())).filter(|_| !text.starts_with(' '))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    if let Some(line) = lines.iter().find(|line| is_of_another_family(line.text)) {
        return Err(line.bad(Why::Expected("`BGP IPv4 Routes` or `BGP IPv6 Routes`")));
    }
    let mut seen = Seen::default();
    let mut heads = Vec::new();
    let mut name = "";
    for line in lines {
        let value = match field(line.text) {
            Some((found, value)) => {
                name = found;
                value
            }
            // A long list goes on below.
            None if line.text.starts_with("        ") => line.text.trim(),
            None => {
                name = "";
                continue;
            }
        };
        if name == "Network" {
            heads.push(*line);
            seen.routes.push(ObservedRoute {
                communities: Some(Vec::new()),
                large_communities: Some(Vec::new()),
                ..line.route(line.prefix(value)?)
            });
        } else if name == "From" {
            return Err(line.bad(Why::Expected(ANNOUNCED)));
        } else if name == "To" {
            let peer = value.parse().ok();
            if seen.peer.is_some() && peer != seen.peer {
                return Err(line.bad(Why::Expected("the neighbour of the routes above")));
            }
            seen.peer = peer;
        } else if let Some(route) = seen.routes.last_mut() {
            attribute(*line, name, value, route)?;
        }
    }
    let is_cut = |route: &ObservedRoute| route.origin.is_none() || route.as_path.is_none();
    match heads.iter().zip(&seen.routes).find(|(_, route)| is_cut(route)) {
        Some((head, _)) => Err(head.bad(Why::Cut("the origin and the AS path"))),
        None => Ok(seen),
    }
}

fn attribute(line: Line<'_>, name: &str, value: &str, route: &mut ObservedRoute) -> Result<(), Unreadable> {
    match name {
        "Nexthop" => route.next_hop = Some(line.address(word(value).0)?),
        "Origin" => route.origin = Some(line.origin(word(value).0)?),
        "AS-Path" => {
            let above = route.as_path.take().map_or_else(String::new, |path| path.to_string());
            route.as_path = Some(path(line, &format!("{above} {value}"))?);
        }
        "Community" => communities(line, value, route)?,
        // The MED stands in the second column.
        _ => {
            let med =
                line.text.split_once(" MED ").and_then(|(_, rest)| rest.trim_start().strip_prefix(": "));
            if let Some(med) = med {
                route.med = number(line, med.trim())?;
            }
        }
    }
    Ok(())
}

/// Standard and large communities in one list, and extended ones with their name in front.
fn communities(line: Line<'_>, list: &str, route: &mut ObservedRoute) -> Result<(), Unreadable> {
    if list == "No Community Members" {
        return Ok(());
    }
    for word in list.split_whitespace() {
        if let Ok(community) = Community::from_str(word) {
            route.communities.get_or_insert_default().push(community);
        } else if let Ok(large) = LargeCommunity::from_str(word) {
            route.large_communities.get_or_insert_default().push(large);
        } else if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(line.bad(Why::Community));
        }
    }
    Ok(())
}
