//! Paragraphs in which a route is told line by line, deeper and deeper: FRR's and EOS's.
//!
//! ```text
//! BGP routing table entry for 203.0.113.0/24
//!  Paths: 1 available
//!   64500 64501
//!     192.0.2.10 from - (192.0.2.10)
//!       Origin IGP, metric -, localpref -, valid, external, best
//!       Community: 8075:8007
//! ```

use super::text::{Line, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;

/// What every paragraph begins with.
pub(super) const ENTRY: &str = "BGP routing table entry for ";

/// The paragraphs of an output: the line that each begins with, and the others.
pub(super) fn paragraphs<'a>(lines: &[Line<'a>]) -> Vec<(Line<'a>, Vec<Line<'a>>)> {
    let mut paragraphs: Vec<(Line<'a>, Vec<Line<'a>>)> = Vec::new();
    for line in lines {
        if line.text.starts_with(ENTRY) {
            paragraphs.push((*line, Vec::new()));
        } else if let Some((_, below)) = paragraphs.last_mut() {
            below.push(*line);
        }
    }
    paragraphs
}

/// The best route of a paragraph: paths that are not announced may stand beside it.
pub(super) fn best(head: Line<'_>, below: &[Line<'_>]) -> Result<ObservedRoute, Unreadable> {
    let net = head.text.trim_start_matches(ENTRY).split([',', ' ']).next().unwrap_or_default();
    let prefix = head.prefix(net)?;
    let mut paths: Vec<(ObservedRoute, bool)> = Vec::new();
    let mut above = head;
    for line in below {
        // The path stands above the line that says where the route is from.
        if depth(*line) == 4 && line.text.contains(" from ") {
            // EOS has no next hop for what it has itself, in a VRF.
            let hop = Some(word(line.text).0).filter(|hop| *hop != "-");
            let route = ObservedRoute {
                as_path: Some(path(above)?),
                next_hop: hop.map(|hop| line.address(hop)).transpose()?,
                communities: Some(Vec::new()),
                large_communities: Some(Vec::new()),
                ..head.route(prefix)
            };
            paths.push((route, false));
        } else if let Some((route, is_best)) = paths.last_mut().filter(|_| depth(*line) == 6) {
            *is_best |= attribute(*line, route)?;
        }
        above = *line;
    }
    let is_alone = paths.len() == 1;
    let found = paths.into_iter().find(|(route, is_best)| (is_alone || *is_best) && route.origin.is_some());
    found.map(|(route, _)| route).ok_or_else(|| head.bad(Why::Cut("the best path and its origin")))
}

fn depth(line: Line<'_>) -> usize {
    line.text.len() - line.text.trim_start().len()
}

/// `64501 64502, (aggregated by 64501 192.0.2.1)`, or `Local`.
fn path(line: Line<'_>) -> Result<bgp_wire::AsPathBuf, Unreadable> {
    let text = line.text.split_once(", (").map_or(line.text, |(path, _)| path).trim();
    line.as_path(if text == "Local" { "" } else { text })
}

/// Whether it says that the route is the best.
fn attribute(line: Line<'_>, route: &mut ObservedRoute) -> Result<bool, Unreadable> {
    let text = line.text.trim();
    if let Some(origin) = text.strip_prefix("Origin ") {
        route.origin = Some(line.origin(origin.split(',').next().unwrap_or_default().trim())?);
        let metric = text.split(", ").find_map(|part| part.strip_prefix("metric ")).filter(|n| *n != "-");
        route.med = metric.map(|n| line.number(n.trim(), "metric")).transpose()?;
    } else if let Some(list) = text.strip_prefix("Community: ") {
        route.communities = Some(line.communities(list)?);
    } else if let Some(list) = text.strip_prefix("Large Community: ") {
        route.large_communities = Some(line.large_communities(list)?);
    }
    let is_best = |part: &str| part == "best" || part.starts_with("best (");
    Ok(text.split(", ").any(is_best))
}
