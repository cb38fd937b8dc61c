//! EOS: `show ip bgp neighbors ADDR advertised-routes`. It shows routes as they leave, without communities.

use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;

const NOT_SHOWN: &str = "EOS shows communities with `... advertised-routes detail`";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| line.text.starts_with("BGP routing table information for VRF "))
        && head(lines).is_some()
}

/// The line of column heads, and how many columns stand between the next hop and the path.
fn head(lines: &[Line<'_>]) -> Option<(usize, usize)> {
    let is_head = |line: &Line<'_>| line.text.trim_start().starts_with("Network ");
    let at = lines.iter().position(is_head)?;
    let words: Vec<_> = lines.get(at)?.text.split_whitespace().collect();
    match words.as_slice() {
        ["Network", "Next", "Hop", between @ .., "Path"] => Some((at, between.len())),
        _ => None,
    }
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let (at, between) = head(lines).unwrap_or_default();
    let rows = lines.get(at + 1..).unwrap_or_default().iter().filter(|line| !line.is_blank());
    let routes = rows.map(|line| route(*line, between)).collect::<Result<_, _>>()?;
    Ok(Seen { routes, not_shown: Some(NOT_SHOWN), ..Seen::default() })
}

/// ` * >      203.0.113.0/24         192.0.2.10            -       -          -       -       64500 64501 i`
fn route(line: Line<'_>, between: usize) -> Result<ObservedRoute, Unreadable> {
    // Status codes stand before the prefix, with blanks between.
    let slash = line.text.find('/').ok_or_else(|| line.bad(Why::Prefix))?;
    let before = line.text.get(..slash).unwrap_or_default();
    let start = before.rfind(' ').map_or(0, |blank| blank + 1);
    let (net, rest) = word(line.text.get(start..).unwrap_or_default());
    let (hop, mut rest) = word(rest);
    let mut metric = "-";
    for column in 0..between {
        let (value, after) = word(rest);
        if column == 0 {
            metric = value;
        }
        rest = after;
    }
    // What a reflector adds stands behind the path.
    let path = rest.split(" Or-ID:").next().and_then(|path| path.split(" C-LST:").next()).unwrap_or_default();
    let (path, origin) = line.path_and_origin(path)?;
    Ok(ObservedRoute {
        next_hop: if hop == "-" { None } else { Some(line.address(hop)?) },
        as_path: Some(path),
        origin: Some(origin),
        med: if metric == "-" { None } else { Some(line.number(metric, "metric")?) },
        ..line.route(line.prefix(net)?)
    })
}
