//! IOS-XR: `show bgp ipv4 unicast neighbors ADDR advertised-routes`. It shows routes as they leave, without communities.

use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;

const NOT_SHOWN: &str = "IOS-XR shows communities with `show bgp ipv4 unicast advertised neighbor ADDR`";
const LAST: &str = "Processed ";
const ONE_VRF: &str = "the end of what one VRF announces, as a command that names the VRF prints it,";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(is_head)
}

/// The line of column heads.
fn is_head(line: &Line<'_>) -> bool {
    const HEADS: [&str; 6] = ["Network", "Next", "Hop", "From", "AS", "Path"];
    line.text.split_whitespace().eq(HEADS)
}

/// A table or several: `show bgp instance all all all ...` has one of each address family, `show bgp vrf all ...` one of each
/// VRF that has the neighbour.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut routes = Vec::new();
    let (mut counts, mut vrf, mut of) = (true, None, None);
    let mut rest = lines.iter().copied();
    while let Some(line) = rest.next() {
        if let Some(family) = behind(line, "Address Family: ") {
            counts = matches!(family, "IPv4 Unicast" | "IPv6 Unicast");
        } else if let Some(name) = behind(line, "VRF: ") {
            vrf = Some(name);
        } else if is_head(&line) && !counts {
            rest.by_ref().find(|line| behind(*line, LAST).is_some());
        } else if is_head(&line) {
            if *of.get_or_insert(vrf) != vrf {
                return Err(line.bad(Why::Expected(ONE_VRF)));
            }
            routes.extend(table(line, &mut rest)?);
        }
    }
    Ok(Seen { routes, not_shown: Some(NOT_SHOWN), ..Seen::default() })
}

fn behind<'a>(line: Line<'a>, label: &str) -> Option<&'a str> {
    line.text.trim().strip_prefix(label).map(str::trim)
}

/// The rows up to the line that counts them: `Processed 4 prefixes, 4 paths`.
fn table<'a>(
    head: Line<'a>,
    rows: &mut impl Iterator<Item = Line<'a>>,
) -> Result<Vec<ObservedRoute>, Unreadable> {
    let (mut routes, mut last) = (Vec::new(), head.number);
    while let Some(row) = rows.next() {
        last = row.number;
        if let Some(counts) = behind(row, LAST) {
            let (said, read) = (row.number(word(counts).0, "number of prefixes")?, routes.len());
            return if said == read { Ok(routes) } else { Err(row.bad(Why::Count { said, read })) };
        }
        if !row.is_blank() && behind(row, "Route Distinguisher").is_none() {
            routes.push(route(row, rows)?);
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
