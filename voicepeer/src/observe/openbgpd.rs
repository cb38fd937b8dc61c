//! OpenBGPD: `bgpctl show rib out neighbor ADDR`. It shows routes as they leave, without communities.

use super::text::{Line, Seen, Unreadable, Why};
use bgp_policy::voice::ObservedRoute;

const NOT_SHOWN: &str = "OpenBGPD shows communities with `bgpctl show rib detail out neighbor ADDR`";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    head(lines).is_some()
}

/// The line of column heads.
fn head(lines: &[Line<'_>]) -> Option<usize> {
    lines.iter().position(|line| {
        let words: Vec<_> = line.text.split_whitespace().collect();
        words.first() == Some(&"flags")
            && words.ends_with(&["destination", "gateway", "lpref", "med", "aspath", "origin"])
    })
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let below = head(lines).and_then(|at| lines.get(at + 1..)).unwrap_or_default();
    let rows = below.iter().filter(|line| !line.is_blank());
    let routes = rows.map(|line| route(*line)).collect::<Result<_, _>>()?;
    Ok(Seen { routes, not_shown: Some(NOT_SHOWN), ..Seen::default() })
}

/// `A*      N 198.51.100.0/24      192.0.2.10        100    50 64500 64501 i`
fn route(line: Line<'_>) -> Result<ObservedRoute, Unreadable> {
    let mut words = line.text.split_whitespace();
    // Flags and validation states stand first, as many as there are.
    let prefix = words.by_ref().find(|word| word.contains('/')).ok_or_else(|| line.bad(Why::Prefix))?;
    let hop = words.next().unwrap_or_default();
    let _: u32 = line.number(words.next().unwrap_or_default(), "local preference")?;
    let med = line.number(words.next().unwrap_or_default(), "MED")?;
    let (path, origin) = line.path_and_origin(&words.collect::<Vec<_>>().join(" "))?;
    Ok(ObservedRoute {
        next_hop: Some(line.address(hop)?),
        as_path: Some(path),
        origin: Some(origin),
        med: Some(med),
        ..line.route(line.prefix(prefix)?)
    })
}
