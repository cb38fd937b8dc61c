//! `show portal` for people.

use super::document::{Connection, Portal, Prefix, ReceivedRoute};
use crate::table::{Tone, or_dash, table, toned};
use bgp_policy::voice::{ConnectionState, RuleId, SessionState, State};
use comfy_table::{Cell, Table};

/// Prints connections, prefixes, then every route received.
pub(crate) fn print(portal: &Portal) {
    println!("AS{} as the carrier AS{} would see it", portal.asn, portal.peer_asn);
    portal.notes.iter().for_each(|note| println!("note: {note}"));
    println!("{}", connections(&portal.connections));
    println!("Registered prefixes:\n{}", prefixes(&portal.registered_prefixes));
    if !portal.activated_prefixes.is_empty() {
        println!("Activated prefixes:\n{}", prefixes(&portal.activated_prefixes));
    }
    println!("Received routes:\n{}", routes(&portal.connections));
}

fn connections(all: &[Connection]) -> Table {
    let mut table = table(&[
        "connection",
        "location",
        "edge",
        "state",
        "session",
        "BFD",
        "far end",
        "carrier",
        "announced",
        "received",
        "accepted",
        "last down",
    ]);
    for c in all {
        let good = |good| if good { Tone::Good } else { Tone::Warning };
        let session = &c.bgp_session;
        table.add_row([
            Cell::new(&c.name),
            Cell::new(&c.location),
            Cell::new(&c.edge),
            toned(c.connection_state, good(c.connection_state == ConnectionState::Active)),
            toned(session.state, good(session.state == SessionState::Established)),
            toned(&session.bfd_state, good(session.bfd_state == "Up")),
            Cell::new(&session.microsoft_address),
            Cell::new(&session.peer_address),
            Cell::new(session.prefixes_advertised),
            Cell::new(c.received_routes.len()),
            Cell::new(c.received_routes.iter().filter(|route| route.accepted).count()),
            Cell::new(or_dash(session.last_down.as_deref())),
        ]);
    }
    table
}

fn prefixes(all: &[Prefix]) -> Table {
    let mut table =
        table(&["prefix", "name", "of", "state", "failed", "warns", "undecided", "the portal says"]);
    for p in all {
        table.add_row([
            Cell::new(&p.prefix),
            Cell::new(&p.name),
            Cell::new(&p.of),
            toned(p.prefix_validation_state, tone(p.prefix_validation_state)),
            Cell::new(listed(&p.failed)),
            Cell::new(listed(&p.warnings)),
            Cell::new(listed(&p.undecided)),
            Cell::new(or_dash(p.error_message.as_deref())),
        ]);
    }
    table
}

fn routes(all: &[Connection]) -> Table {
    let mut table = table(&["prefix", "connection", "next hop", "AS path", "received", "", "why"]);
    for connection in all {
        for route in &connection.received_routes {
            table.add_row(row(&connection.name, route));
        }
    }
    table
}

fn row(connection: &str, route: &ReceivedRoute) -> [Cell; 7] {
    let fate = if route.accepted { toned("accepted", Tone::Good) } else { toned("refused", Tone::Bad) };
    [
        Cell::new(&route.prefix),
        Cell::new(connection),
        Cell::new(&route.next_hop),
        Cell::new(&route.as_path),
        Cell::new(or_dash(route.received_timestamp.as_deref())),
        fate,
        Cell::new(route.reason.as_deref().unwrap_or_default()),
    ]
}

fn listed(rules: &[RuleId]) -> String {
    rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn tone(state: State) -> Tone {
    match state {
        State::Verified => Tone::Good,
        State::Failed | State::Invalid => Tone::Bad,
        State::Warning | State::Pending | State::Unknown => Tone::Warning,
        State::None => Tone::Quiet,
    }
}
