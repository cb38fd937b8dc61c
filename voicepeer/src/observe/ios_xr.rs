//! IOS-XR: `show bgp ipv4 unicast neighbors ADDR advertised-routes`. It shows routes as they leave, without communities.

use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;

const NOT_SHOWN: &str = "IOS-XR shows communities with `show bgp ipv4 unicast advertised neighbor ADDR`";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    head(lines).is_some()
}

/// The line of column heads.
fn head(lines: &[Line<'_>]) -> Option<usize> {
    const HEADS: [&str; 6] = ["Network", "Next", "Hop", "From", "AS", "Path"];
    lines.iter().position(|line| line.text.split_whitespace().eq(HEADS))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut routes = Vec::new();
    let mut rows = lines.iter().copied().skip(head(lines).unwrap_or_default() + 1);
    let mut last = lines.first().map_or(1, |line| line.number);
    while let Some(row) = rows.next() {
        last = row.number;
        if let Some(counts) = row.text.strip_prefix("Processed ") {
            let (said, read) = (row.number(word(counts).0, "number of prefixes")?, routes.len());
            let seen = Seen { routes, not_shown: Some(NOT_SHOWN), ..Seen::default() };
            return if said == read { Ok(seen) } else { Err(row.bad(Why::Count { said, read })) };
        }
        if !row.is_blank() && !row.text.starts_with("Route Distinguisher") {
            routes.push(route(row, &mut rows)?);
        }
    }
    Err(Unreadable { line: last, why: Why::Cut("`Processed ... prefixes`") })
}

/// `203.0.113.0/24     192.0.2.10      198.51.100.9    64500 64501i`; what is too long goes on in the next line.
fn route<'a>(row: Line<'a>, more: &mut impl Iterator<Item = Line<'a>>) -> Result<ObservedRoute, Unreadable> {
    let (net, rest) = word(row.text);
    let prefix = row.prefix(net)?;
    let second = if rest.trim().is_empty() { more.next() } else { None };
    let (line, rest) = second.map_or((row, rest), |line| (line, line.text));
    let (hop, rest) = word(rest);
    // A next hop of IPv6 may fill its line.
    let third = if rest.trim().is_empty() { more.next() } else { None };
    let (last, rest) = third.map_or((line, rest), |line| (line, line.text));
    let (_from, path) = word(rest);
    // `Local Aggregate` has two words.
    let path = path.trim_start().strip_prefix("Aggregate").unwrap_or(path);
    let fourth = if path.trim().is_empty() { more.next() } else { None };
    let (last, path) = fourth.map_or((last, path), |line| (line, line.text));
    let (path, origin) = last.path_and_origin(path)?;
    Ok(ObservedRoute {
        next_hop: Some(line.address(hop)?),
        as_path: Some(path),
        origin: Some(origin),
        ..row.route(prefix)
    })
}
