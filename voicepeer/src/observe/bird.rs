//! BIRD: `show route export PROTOCOL all`, and without `all`.
//!
//! What it shows has passed the export filter, and not yet the session: the session's own ASN is not in the path, and
//! the next hop is the one before the session's.

use super::text::{Line, OwnAsn, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::Origin;

const SHORT: &str = "BIRD shows attributes with `show route export PROTOCOL all`";
const NOT_SHOWN: &str = "BIRD shows routes before the session sets the next hop and what the filter leaves open; \
                         the daemon's peer or BMP shows them";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_route(line.text)) && lines.iter().all(|line| is_known(line.text))
}

fn is_known(text: &str) -> bool {
    let text = text.trim_end();
    is_route(text)
        || is_other_path(text)
        || text.is_empty()
        || text.starts_with('\t')
        || (text.starts_with("Table ") && text.ends_with(':'))
        || (text.starts_with("BIRD ") && text.ends_with(" ready."))
        || text == "Access restricted"
}

/// `198.51.100.0/24      unicast [edge 10:00:00.000] * (100) [AS64501i]`
fn is_route(text: &str) -> bool {
    let (first, rest) = word(text);
    text.starts_with(first) && first.parse::<ipnet::IpNet>().is_ok() && is_path(rest)
}

/// Another path to the prefix above.
fn is_other_path(text: &str) -> bool {
    text.starts_with(' ') && is_path(text)
}

fn is_path(text: &str) -> bool {
    const KINDS: [&str; 5] = ["unicast", "blackhole", "unreachable", "prohibit", "via"];
    let (kind, rest) = word(text);
    KINDS.contains(&kind) && rest.contains('[')
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let has_attributes = lines.iter().any(|line| line.text.starts_with('\t'));
    let mut routes: Vec<ObservedRoute> = Vec::new();
    let mut rest = lines.iter().copied().peekable();
    while let Some(line) = rest.next() {
        if is_other_path(line.text) {
            return Err(line.bad(Why::Table));
        }
        if !is_route(line.text) {
            continue;
        }
        let mut route = line.route(line.prefix(word(line.text).0)?);
        if has_attributes {
            let mut attributes = Vec::new();
            while let Some(line) = rest.next_if(|line| line.text.starts_with('\t')) {
                attributes.push(line);
            }
            attach(&mut route, &attributes)?;
        }
        routes.push(route);
    }
    let not_shown = Some(if has_attributes { NOT_SHOWN } else { SHORT });
    Ok(Seen { routes, own_asn: OwnAsn::Missing(None), not_shown, ..Seen::default() })
}

/// What a route does not have is not printed.
fn attach(route: &mut ObservedRoute, attributes: &[Line<'_>]) -> Result<(), Unreadable> {
    route.as_path = Some(bgp_wire::AsPathBuf::default());
    let (mut communities, mut large) = (Vec::new(), Vec::new());
    let mut name = "";
    for line in attributes {
        // A long list goes on below, deeper.
        let goes_on = line.text.starts_with("\t\t");
        let (label, value) = line.text.split_once(':').filter(|_| !goes_on).unwrap_or(("", line.text));
        if !goes_on {
            let label = label.trim();
            name = label.strip_prefix("BGP.").or_else(|| label.strip_prefix("bgp_")).unwrap_or_default();
        }
        match name {
            "origin" => route.origin = Some(origin(*line, value.trim())?),
            "as_path" | "path" => route.as_path = Some(line.as_path(value.trim())?),
            "med" => route.med = Some(line.number(value.trim(), "MED")?),
            "community" => communities.extend(line.communities(&colons(value))?),
            "large_community" => large.extend(line.large_communities(&colons(value))?),
            _ => {}
        }
    }
    (route.communities, route.large_communities) = (Some(communities), Some(large));
    Ok(())
}

fn origin(line: Line<'_>, value: &str) -> Result<Origin, Unreadable> {
    line.origin(value)
}

/// `(64500,1) (64500, 1, 2)` as `64500:1 64500:1:2`.
fn colons(list: &str) -> String {
    let mut out = String::new();
    for part in list.split(')').map(|part| part.trim().trim_start_matches('(')) {
        let numbers: Vec<&str> = part.split(',').map(str::trim).collect();
        out.push_str(&numbers.join(":"));
        out.push(' ');
    }
    out
}
