//! GoBGP: `gobgp neighbor ADDR adj-out`. It shows routes as they leave, with every attribute.

use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_head(line.text) || is_nothing(line.text))
}

fn is_head(text: &str) -> bool {
    text.split_whitespace().eq(["ID", "Network", "Next", "Hop", "AS_PATH", "Attrs"])
}

fn is_nothing(text: &str) -> bool {
    text.trim() == "Network not in table"
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let rows = lines.iter().filter(|line| !line.is_blank() && !is_head(line.text) && !is_nothing(line.text));
    let routes = rows.map(|line| route(*line)).collect::<Result<_, _>>()?;
    Ok(Seen { routes, ..Seen::default() })
}

/// `   1   198.51.100.0/24   192.0.2.10   64500   [{Origin: i} {Communities: 8075:8007}]`
fn route(line: Line<'_>) -> Result<ObservedRoute, Unreadable> {
    let (id, rest) = word(line.text);
    let _: u32 = line.number(id, "path identifier")?;
    let (net, rest) = word(rest);
    let (hop, rest) = word(rest);
    let cut = || line.bad(Why::Cut("the attributes in brackets"));
    let (path, attributes) = rest.split_once(" [").ok_or_else(cut)?;
    let attributes = attributes.trim_end().strip_suffix(']').ok_or_else(cut)?;
    let mut route = ObservedRoute {
        next_hop: Some(line.address(hop)?),
        as_path: Some(line.as_path(path)?),
        communities: Some(Vec::new()),
        large_communities: Some(Vec::new()),
        ..line.route(line.prefix(net)?)
    };
    for one in attributes.split("} {") {
        let one = one.trim().trim_start_matches('{').trim_end_matches('}');
        attach(line, one, &mut route)?;
    }
    if route.origin.is_none() { Err(line.bad(Why::Origin)) } else { Ok(route) }
}

fn attach(line: Line<'_>, attribute: &str, route: &mut ObservedRoute) -> Result<(), Unreadable> {
    let Some((name, value)) = attribute.split_once(": ") else { return Ok(()) };
    match name {
        "Origin" => route.origin = Some(line.path_and_origin(value)?.1),
        "Med" => route.med = Some(line.number(value.trim(), "MED")?),
        "Communities" => route.communities = Some(line.communities(value)?),
        "LargeCommunity" => {
            let list = value.trim().trim_start_matches('[').trim_end_matches(']');
            route.large_communities = Some(line.large_communities(list)?);
        }
        _ => {}
    }
    Ok(())
}
