//! SR OS: `show router bgp neighbor "ADDR" advertised-routes`. It shows routes as they leave, without communities.

use super::text::{Line, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::AsPathBuf;
use std::iter::Peekable;

const NOT_SHOWN: &str = "SR OS shows communities with `show router bgp routes PREFIX hunt`, one for each prefix beside this in one file";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| line.text.starts_with("Flag  Network "))
}

/// `No Matching Entries Found.`
pub(super) fn is_nothing(line: Line<'_>) -> bool {
    line.text.trim_start().starts_with("No Matching Entries Found")
}

/// `BGP LABEL-IPV4 Routes`: these routes have a label, and are not those of IPv4 unicast.
pub(super) fn is_of_another_family(text: &str) -> bool {
    let family = text.strip_prefix("BGP ").and_then(|rest| rest.trim_end().strip_suffix(" Routes"));
    family.is_some_and(|family| !matches!(family, "IPv4" | "IPv6"))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let path_head = lines.iter().find(|line| line.text.trim_start().starts_with("As-Path"));
    let label = path_head.and_then(|line| line.text.find("Label")).unwrap_or(usize::MAX);
    let mut rows = lines.iter().copied().skip_while(|line| !line.text.starts_with("Flag  Network "));
    let mut rows = rows.by_ref().skip_while(|line| !line.text.starts_with("---")).skip(1).peekable();
    if let Some(line) = lines.iter().find(|line| is_of_another_family(line.text)) {
        return Err(line.bad(Why::Expected("`BGP IPv4 Routes` or `BGP IPv6 Routes`")));
    }
    let mut routes = Vec::new();
    let mut last = lines.first().map_or(1, |line| line.number);
    while let Some(row) = rows.next() {
        last = row.number;
        if let Some(said) = row.text.strip_prefix("Routes : ") {
            let (said, read) = (row.number(said.trim(), "number of routes")?, routes.len());
            let seen = Seen { routes, not_shown: Some(NOT_SHOWN), ..Seen::default() };
            return if said == read { Ok(seen) } else { Err(row.bad(Why::Count { said, read })) };
        }
        if is_nothing(row) {
            return Ok(Seen { not_shown: Some(NOT_SHOWN), ..Seen::default() });
        }
        if !row.is_blank() && !row.text.starts_with("---") {
            routes.push(route(row, &mut rows, label)?);
        }
    }
    Err(Unreadable { line: last, why: Why::Cut("`Routes : ...`") })
}

/// Three lines: flags, prefix, local preference and MED; the next hop; the path, which goes on below where it is long.
fn route<'a>(
    first: Line<'a>,
    more: &mut Peekable<impl Iterator<Item = Line<'a>>>,
    label: usize,
) -> Result<ObservedRoute, Unreadable> {
    let (flags, rest) = word(first.text);
    let (net, rest) = word(rest);
    let prefix = first.prefix(net)?;
    let med = word(word(rest).1).0;
    let mut next = |what| more.next().ok_or_else(|| first.bad(Why::Cut(what)));
    let (second, third) = (next("the next hop")?, next("the AS path")?);
    let mut asns = third.columns(0, label).to_owned();
    while let Some(line) = more.next_if(|line| line.text.starts_with("      ") && !line.is_blank()) {
        asns.push_str(line.columns(0, label));
    }
    Ok(ObservedRoute {
        next_hop: Some(second.address(word(second.text).0)?),
        as_path: Some(path(third, &asns)?),
        origin: Some(
            first.path_and_origin(flags.get(flags.len().saturating_sub(1)..).unwrap_or_default())?.1,
        ),
        med: number(first, med)?,
        ..first.route(prefix)
    })
}

pub(super) fn path(line: Line<'_>, text: &str) -> Result<AsPathBuf, Unreadable> {
    if text.trim() == "No As-Path" { Ok(AsPathBuf::default()) } else { line.as_path(text) }
}

/// A MED, where there is one.
pub(super) fn number(line: Line<'_>, word: &str) -> Result<Option<u32>, Unreadable> {
    if matches!(word, "None" | "n/a" | "") { Ok(None) } else { line.number(word, "MED").map(Some) }
}
