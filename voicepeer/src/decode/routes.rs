//! Routes as text: what an UPDATE announces and withdraws, and the routes of a table.

use super::plain;
use super::text::{Styles, finding};
use bgp_wire::mrt::TableAttributes;
use bgp_wire::{Attrs, NextHop, Nlri, Received, Reset, Unfeasible};
use std::fmt::{self, Display, Write};

/// Octets of a line of prefixes, about.
const WIDTH: usize = 100;

/// Appends what comes of an UPDATE, a line for each part of it.
pub(super) fn update(out: &mut String, received: &Received<'_>) -> fmt::Result {
    match received {
        Received::Routes(routes) => {
            withdrawn(out, "withdrawn", &routes.withdrawn)?;
            if routes.attrs.iter().next().is_some() {
                out.push_str("\n    ");
                plain::inline(out, &routes.attrs)?;
            }
            routes
                .announced()
                .try_for_each(|(hop, nlri)| field(out, "announced", told(hop, &routes.attrs), nlri))
        }
        Received::TreatAsWithdraw { withdrawn: field, announced } => {
            withdrawn(out, "withdrawn", field)?;
            withdrawn(out, "treated as withdrawn", announced)
        }
        Received::AfiSafiDisable { family, withdrawn: field, announced } => {
            write!(out, "\n    disabled {family}")?;
            withdrawn(out, "withdrawn", field)?;
            withdrawn(out, "treated as withdrawn", announced)
        }
        Received::EndOfRib(family) => write!(out, "\n    End-of-RIB {family}"),
    }
}

fn withdrawn(out: &mut String, what: &str, routes: &Unfeasible<'_>) -> fmt::Result {
    routes.fields().try_for_each(|nlri| field(out, what, None, nlri))
}

/// The next hop, unless it is told among the attributes.
fn told(hop: NextHop, attrs: &Attrs<'_>) -> Option<NextHop> {
    let also = attrs.next_hop().map(NextHop::V4);
    Some(hop).filter(|hop| *hop != NextHop::Absent && Some(*hop) != also)
}

fn next_hop(out: &mut String, hop: Option<NextHop>) -> fmt::Result {
    match hop {
        Some(NextHop::V6LinkLocal(global, link_local)) => {
            write!(out, ", next-hop {global} link-local {link_local}")
        }
        Some(hop) => write!(out, ", next-hop {hop}"),
        None => Ok(()),
    }
}

/// `announced ipv6-unicast, next-hop 2001:db8::1: 2001:db8:1::/48`; prefixes share lines, NLRI of more words
/// have a line each.
fn field(out: &mut String, what: &str, hop: Option<NextHop>, nlri: Nlri<'_>) -> fmt::Result {
    out.push_str("\n    ");
    let mut begins = out.len();
    write!(out, "{what} {}", nlri.family())?;
    next_hop(out, hop)?;
    out.push(':');
    let share = (nlri.family().is_plain() && !nlri.add_path()) || nlri.count() < 2;
    for (path_id, one) in nlri.typed() {
        let at = out.len();
        out.push(' ');
        write!(out, "{one}")?;
        if nlri.add_path() {
            write!(out, " path-id {path_id}")?;
        }
        if !share || (out.len() - begins > WIDTH && nlri.count() > 1) {
            out.replace_range(at..=at, "\n        ");
            begins = at;
        }
    }
    Ok(())
}

/// Appends a route of a table on a line: from whom, and its attributes; then what was found in these.
pub(super) fn of_table(
    out: &mut String,
    from: &impl Display,
    attributes: &Result<TableAttributes<'_>, Reset>,
    styles: &Styles,
) -> fmt::Result {
    write!(out, "\n    {from}: ")?;
    match attributes {
        Ok(TableAttributes { attrs, next_hop, findings }) => {
            plain::inline(out, attrs)?;
            self::next_hop(out, next_hop.and_then(|hop| told(hop, attrs)))?;
            findings.iter().try_for_each(|one| finding(out, *one, 1, styles))
        }
        Err(reset) => write!(out, "{} ({})", reset.fault, reset.fault.cite()),
    }
}
