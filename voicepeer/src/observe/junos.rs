//! Junos: `show route advertising-protocol bgp ADDR`, without communities.
//!
//! The router's own ASN stands in brackets, or not at all; its own next hop is `Self`.

use super::text::{Line, OwnAsn, SELF, Seen, Unreadable, Why};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::{AsPathBuf, Asn, Origin};

const NOT_SHOWN: &str = "Junos shows communities with `show route advertising-protocol bgp ADDR extensive`";

/// Columns begin here; tabs in the heads are blanks by now.
struct Columns {
    prefix: usize,
    next_hop: usize,
    med: usize,
    local_pref: usize,
    path: usize,
}

impl Columns {
    fn of(head: &str) -> Option<Self> {
        Some(Self {
            prefix: head.find("Prefix")?,
            next_hop: head.find("Nexthop")?,
            med: head.find("MED")?,
            local_pref: head.find("Lclpref")?,
            path: head.find("AS path")?,
        })
    }
}

/// A text with blanks for its tabs.
fn untabbed(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive('\t') {
        out.push_str(part.trim_end_matches('\t'));
        if part.ends_with('\t') {
            out.push_str(&" ".repeat(8 - out.len() % 8));
        }
    }
    out
}

fn is_head(line: &Line<'_>) -> bool {
    Columns::of(line.text).is_some()
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(is_head)
}

/// A heading such as `inet.0: 12 destinations, 14 routes (12 active, 0 holddown, 0 hidden)`.
pub(super) fn is_table(line: Line<'_>) -> bool {
    line.text.contains(" destinations, ")
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut routes = Vec::new();
    let mut columns = None;
    for line in lines.iter().filter(|line| !line.is_blank() && !is_table(**line)) {
        let text = untabbed(line.text);
        if let Some(found) = Columns::of(&text) {
            columns = Some(found);
        } else if let Some(columns) = &columns {
            routes.push(route(*line, &text, columns)?);
        }
    }
    Ok(finished(routes, Some(NOT_SHOWN)))
}

/// `* 203.0.113.0/24          Self                 50                 64501 I`
fn route(line: Line<'_>, text: &str, columns: &Columns) -> Result<Announced, Unreadable> {
    let shown = Line { number: line.number, text };
    let column = |from, to| shown.columns(from, to).trim();
    let med = column(columns.med, columns.local_pref);
    let (path, has_own_asn, origin) = path(line, column(columns.path, usize::MAX))?;
    let route = ObservedRoute {
        next_hop: Some(next_hop(line, column(columns.next_hop, columns.med))?),
        as_path: Some(path),
        origin: Some(origin),
        med: if med.is_empty() { None } else { Some(line.number(med, "MED")?) },
        ..line.route(line.prefix(column(columns.prefix, columns.next_hop))?)
    };
    Ok(Announced { route, has_own_asn })
}

/// A route, and the router's own ASN where its path shows it.
pub(super) struct Announced {
    pub(super) route: ObservedRoute,
    pub(super) has_own_asn: Option<Asn>,
}

/// A path up to the letter of its origin: `[64500] 64501 I`. Brackets hold the router's own ASN.
pub(super) fn path(line: Line<'_>, text: &str) -> Result<(AsPathBuf, Option<Asn>, Origin), Unreadable> {
    let (mut asns, mut origin) = (Vec::new(), None);
    for word in text.split_whitespace() {
        origin = match word {
            "I" => Some(Origin::Igp),
            "E" => Some(Origin::Egp),
            "?" => Some(Origin::Incomplete),
            _ => None,
        };
        if origin.is_some() {
            break;
        }
        asns.push(word);
    }
    let text = asns.join(" ");
    let own = text.split_once('[').and_then(|(_, rest)| rest.split([' ', ']']).next()?.parse().ok());
    let path = line.as_path(&text.replace(['[', ']'], ""))?;
    Ok((path, own, origin.ok_or_else(|| line.bad(Why::Origin))?))
}

pub(super) fn next_hop(line: Line<'_>, text: &str) -> Result<std::net::IpAddr, Unreadable> {
    if text == "Self" { Ok(SELF) } else { line.address(text) }
}

/// The routes with the router's own ASN in front, where any of them shows it.
pub(super) fn finished(announced: Vec<Announced>, not_shown: Option<&'static str>) -> Seen {
    let own = announced.iter().find_map(|one| one.has_own_asn);
    let finish = |Announced { mut route, has_own_asn }: Announced| {
        if let (Some(own), None, Some(path)) = (own, has_own_asn, route.as_path.as_mut()) {
            path.prepend(own, 1);
        }
        route
    };
    let own_asn = if own.is_some() { OwnAsn::Shown } else { OwnAsn::Missing(None) };
    Seen { routes: announced.into_iter().map(finish).collect(), own_asn, not_shown, ..Seen::default() }
}
