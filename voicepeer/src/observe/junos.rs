//! Junos: `show route advertising-protocol bgp ADDR`, without communities.
//!
//! The router's own ASN stands in brackets, or not at all; its own next hop is `Self`.

use super::text::{Line, OwnAsn, SELF, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::{AsPathBuf, Asn, Origin};
use ipnet::IpNet;

const NOT_SHOWN: &str = "Junos shows communities with `show route advertising-protocol bgp ADDR extensive`";

/// Columns begin here; tabs in the heads are blanks by now.
struct Columns {
    next_hop: usize,
    local_pref: usize,
}

impl Columns {
    fn of(head: &str) -> Option<Self> {
        head.find("Prefix").filter(|_| head.contains("MED") && head.contains("AS path"))?;
        Some(Self { next_hop: head.find("Nexthop")?, local_pref: head.find("Lclpref")? })
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

/// The name in a heading such as `inet.0: 12 destinations, 14 routes (12 active, 0 holddown, 0 hidden)`.
fn table(text: &str) -> Option<&str> {
    text.split_once(" destinations, ")?.0.split(':').next().map(str::trim)
}

/// The lines of the tables of unicast routes, `inet.0` or a routing instance's: the same prefix may stand in `inet.3` with a
/// label, which is another route.
pub(super) fn unicast<'a>(lines: &[Line<'a>]) -> impl Iterator<Item = Line<'a>> {
    let mut counts = true;
    lines.iter().copied().filter(move |line| {
        let found = table(line.text);
        if let Some(name) = found {
            counts = name.ends_with("inet.0") || name.ends_with("inet6.0");
        }
        counts && found.is_none() && !line.is_blank()
    })
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let mut routes = Vec::new();
    let (mut columns, mut above) = (None, None);
    for line in unicast(lines) {
        let text = untabbed(line.text);
        if let Some(found) = Columns::of(&text) {
            columns = Some(found);
        } else if let Some(columns) = &columns {
            let (prefix, rest) = match above.take() {
                Some(prefix) => (prefix, unmarked(&text)),
                None => begun(line, &text)?,
            };
            if rest.trim().is_empty() {
                // A long one has a line of its own.
                above = Some(prefix);
            } else {
                routes.push(route(line, prefix, &text, rest, columns)?);
            }
        }
    }
    match above {
        Some((line, _)) => Err(line.bad(Why::Cut("the next hop"))),
        None => Ok(finished(routes, Some(NOT_SHOWN))),
    }
}

/// What is behind the mark of an active route.
fn unmarked(text: &str) -> &str {
    text.trim_start().trim_start_matches(['*', '+', '-'])
}

/// The prefix that a row begins with, and what is behind it.
fn begun<'a, 'b>(line: Line<'a>, text: &'b str) -> Result<((Line<'a>, IpNet), &'b str), Unreadable> {
    let (net, rest) = word(unmarked(text));
    Ok(((line, line.prefix(net)?), rest))
}

/// `Self                 50                 64501 I`, a next hop and what is behind it.
///
/// MED and local preference may be missing. Behind each stand several blanks, and one between the ASNs of a path; which of
/// the two it is tells its column, as far from the next hop as in the heads.
fn route(
    line: Line<'_>,
    (head, prefix): (Line<'_>, IpNet),
    text: &str,
    rest: &str,
    columns: &Columns,
) -> Result<Announced, Unreadable> {
    let start = |word: &str, behind: &str| text.len() - behind.len() - word.len();
    let (hop, mut rest) = word(rest);
    let local_pref = (start(hop, rest) + columns.local_pref).saturating_sub(columns.next_hop);
    let mut med = None;
    loop {
        let (number, behind) = word(rest);
        let at = start(number, behind);
        let is_far = behind.starts_with("  ") && !behind.trim().is_empty();
        if number.is_empty() || (!is_far && at != local_pref) {
            break;
        }
        if at < local_pref {
            med = Some(line.number(number, "MED")?);
        }
        rest = behind;
    }
    if rest.trim().contains("  ") {
        return Err(line.bad(Why::Expected("the AS path in its column")));
    }
    let (path, has_own_asn, origin) = path(line, rest)?;
    let route = ObservedRoute {
        next_hop: Some(next_hop(line, hop)?),
        as_path: Some(path),
        origin: Some(origin),
        med,
        ..head.route(prefix)
    };
    Ok(Announced { route, has_own_asn })
}

/// A route, and the router's own ASN where its path shows it.
pub(super) struct Announced {
    pub(super) route: ObservedRoute,
    pub(super) has_own_asn: Option<Asn>,
}

/// A path up to the letter of its origin: `[64500] 64501 I`. Brackets hold the router's own ASN, and what its policy puts in front
/// of the path stands before them: `64500 64500 [64500] 64501 I`.
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
    // `([64502 64503])` is a set of a confederation.
    let brackets =
        text.match_indices('[').find(|(at, _)| !text.get(..*at).is_some_and(|before| before.ends_with('(')));
    let own = brackets.and_then(|(at, _)| text.get(at + 1..)?.split([' ', ']']).next()?.parse().ok());
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
