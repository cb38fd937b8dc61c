//! FRR: `show bgp ipv4 unicast neighbors ADDR advertised-routes`, plain and `wide`.
//!
//! What it shows is not quite what leaves: the router's own ASN is not in the path yet, and a next hop of its own
//! is all zeros. Communities are not shown.

use super::text::{Line, OwnAsn, Seen, Unreadable, Why, word};
use bgp_policy::voice::ObservedRoute;
use bgp_wire::Asn;
use ipnet::IpNet;

const NOT_SHOWN: &str =
    "FRR shows communities with `... advertised-routes detail`, from FRR 9 on, and by BMP in every version";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    Columns::find(lines).is_some() && lines.iter().any(|line| line.text.starts_with("Default local pref "))
}

/// Where columns end; those of numbers are flush right.
#[derive(Clone, Copy)]
struct Columns {
    network: usize,
    next_hop: usize,
    metric: usize,
    local_pref: usize,
    weight: usize,
}

impl Columns {
    /// The columns, and the lines below their heads.
    fn find<'a, 'b>(lines: &'b [Line<'a>]) -> Option<(Self, &'b [Line<'a>])> {
        let at = lines.iter().position(|line| line.text.trim_start().starts_with("Network "))?;
        let (head, below) = lines.get(at..)?.split_first()?;
        let begin = |name: &str| head.text.find(name);
        let end = |name: &str| Some(head.text.find(name)? + name.len());
        let columns = Self {
            network: begin("Network")?,
            next_hop: begin("Next Hop")?,
            metric: end(" Metric")?,
            local_pref: end(" LocPrf")?,
            weight: end(" Weight")?,
        };
        Some((columns, below))
    }
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let Some((columns, below)) = Columns::find(lines) else { return Ok(Seen::default()) };
    let mut rows = below.iter().copied();
    let mut routes = Vec::new();
    let mut last = lines.first().map_or(1, |line| line.number);
    while let Some(row) = rows.by_ref().find(|line| !line.is_blank()) {
        last = row.number;
        if let Some(total) = row.text.strip_prefix("Total number of prefixes ") {
            let said = row.number(word(total).0, "number of prefixes")?;
            let read = routes.len();
            let own_asn = OwnAsn::Missing(local_asn(lines));
            let seen = Seen { routes, own_asn, not_shown: Some(NOT_SHOWN), ..Seen::default() };
            return if said == read { Ok(seen) } else { Err(row.bad(Why::Count { said, read })) };
        }
        routes.push(route(row, &mut rows, columns)?);
    }
    Err(Unreadable { line: last, why: Why::Cut("`Total number of prefixes`") })
}

/// One route; what is too long for its column sends the rest to the next line.
fn route<'a>(
    row: Line<'a>,
    more: &mut impl Iterator<Item = Line<'a>>,
    columns: Columns,
) -> Result<ObservedRoute, Unreadable> {
    let mut next = |what| more.next().ok_or_else(|| row.bad(Why::Cut(what)));
    let (net, rest) = word(row.columns(columns.network, usize::MAX));
    let prefix: IpNet = row.prefix(net)?;
    let second = if rest.trim().is_empty() { next("the next hop")? } else { row };
    let from = if second == row { rest } else { second.columns(columns.next_hop, usize::MAX) };
    let (hop, rest) = word(from);
    // Another VRF's next hop has the VRF behind it.
    let hop = second.address(hop.split('@').next().unwrap_or_default())?;
    let third = if rest.trim().is_empty() { next("the weight")? } else { second };
    let metric = third.columns(columns.metric.saturating_sub(11), columns.metric).trim();
    let _: u32 = third.number(third.columns(columns.local_pref, columns.weight).trim(), "weight")?;
    let (path, origin) = third.path_and_origin(third.columns(columns.weight, usize::MAX))?;
    let med = (!metric.is_empty()).then(|| third.number(metric, "metric")).transpose()?;
    Ok(ObservedRoute {
        next_hop: Some(hop),
        as_path: Some(path),
        origin: Some(origin),
        med,
        ..row.route(prefix)
    })
}

/// The router's own ASN, where the head tells it.
pub(super) fn local_asn(lines: &[Line<'_>]) -> Option<Asn> {
    lines.iter().find_map(|line| line.text.rsplit_once(", local AS ")?.1.trim().parse().ok())
}
