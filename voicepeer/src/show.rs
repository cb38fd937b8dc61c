//! `voicepeer show`: what a running daemon knows, as tables or as JSON.

use crate::cli::Topic;
use crate::control::agreed::{Agreed, Graceful};
use crate::control::client::ask;
use crate::control::document::{
    BfdSession, BfdSessions, NOT_KEPT, Neighbor, Neighbors, Received, Request, Route, Routes,
};
use crate::diagnostic::BadInput;
use crate::table::{Tone, micros, or_dash, seconds, table, toned};
use comfy_table::{Cell, Table};
use std::path::Path;

/// Asks the daemon at `control` and prints the answer.
pub(crate) fn show(what: Topic, json: bool, control: &Path) -> Result<(), BadInput> {
    let request = match what {
        Topic::Neighbors | Topic::Capabilities => Request::Neighbors,
        Topic::Bfd => Request::Bfd,
        Topic::Routes => Request::Routes,
        Topic::Received => Request::Received,
        Topic::Rpki => Request::Rpki,
        Topic::Verdicts => Request::Verdicts,
        Topic::Portal => Request::Portal,
    };
    if json {
        let document: serde_json::Value = ask(control, &request)?;
        println!("{document:#}");
        return Ok(());
    }
    match what {
        Topic::Neighbors => neighbors(&ask(control, &request)?),
        Topic::Capabilities => capabilities(&ask(control, &request)?),
        Topic::Bfd => bfd(&ask(control, &request)?),
        Topic::Routes => routes(&ask(control, &request)?),
        Topic::Received => received(&ask(control, &request)?),
        Topic::Rpki => crate::rpki::show(&ask(control, &request)?),
        Topic::Verdicts => crate::verdicts::print(&ask(control, &request)?),
        Topic::Portal => crate::far_end::print(&ask(control, &request)?),
    }
    Ok(())
}

fn neighbors(document: &Neighbors) {
    println!("AS {}, BGP Identifier {}, listening on {}", document.asn, document.router_id, {
        if document.listening.is_empty() { "nothing".to_owned() } else { document.listening.join(", ") }
    });
    if document.restarting {
        println!("restarted: nothing is announced before the peers have said what they have");
    }
    if document.refused_connections > 0 {
        println!("{} connections refused: no peer has their address", document.refused_connections);
    }
    let mut table = table(&[
        "peer",
        "address",
        "AS",
        "state",
        "for",
        "BFD",
        "accepted",
        "rejected",
        "announced",
        "malformed",
        "last down",
    ]);
    for n in &document.neighbors {
        let tone = if n.state == "Established" { Tone::Good } else { Tone::Warning };
        table.add_row([
            Cell::new(&n.name),
            Cell::new(&n.address),
            Cell::new(n.asn),
            toned(state(n), tone),
            Cell::new(or_dash(n.established_s.map(seconds))),
            bfd_state(n.bfd.as_deref()),
            Cell::new(n.accepted),
            Cell::new(if n.adj_rib_in == NOT_KEPT { "not kept".to_owned() } else { n.rejected.to_string() }),
            Cell::new(n.announced),
            if n.malformed == 0 { Cell::new(0) } else { toned(n.malformed, Tone::Bad) },
            Cell::new(or_dash(n.last_down.as_deref())),
        ]);
    }
    println!("{table}");
}

/// `Established, draining`
fn state(neighbor: &Neighbor) -> String {
    let draining = if neighbor.draining { ", draining" } else { "" };
    let shut_down = if neighbor.shut_down { ", shut down" } else { "" };
    let reset = if neighbor.needs_reset { ", needs a reset for its import policy" } else { "" };
    format!("{}{shut_down}{draining}{reset}", neighbor.state)
}

fn capabilities(document: &Neighbors) {
    let mut table = table(&[
        "peer",
        "families",
        "refresh",
        "messages",
        "IPv6 next hops",
        "several paths",
        "prefix filters",
        "roles",
        "kept at a restart",
    ]);
    for n in &document.neighbors {
        let Some(agreed) = &n.agreed else {
            table.add_row([Cell::new(&n.name), toned(&n.state, Tone::Warning)]);
            continue;
        };
        table.add_row([
            Cell::new(&n.name),
            Cell::new(n.families.join(" ")),
            Cell::new(match (agreed.route_refresh, agreed.enhanced_route_refresh) {
                (false, _) => "no",
                (true, false) => "yes",
                (true, true) => "with markers",
            }),
            Cell::new(format!("{} octets", agreed.max_message)),
            Cell::new(list(&agreed.extended_next_hop)),
            Cell::new(several_paths(agreed)),
            Cell::new(filters(agreed)),
            Cell::new(roles(agreed.role.as_deref(), agreed.peer_role.as_deref())),
            Cell::new(or_dash(agreed.graceful_restart.as_ref().map(restart))),
        ]);
    }
    println!("{table}");
}

/// `receive ipv4-unicast; send ipv4-unicast (4)`
fn several_paths(agreed: &Agreed) -> String {
    let send = agreed.add_path_send.iter().map(|(family, most)| format!("{family} ({most})"));
    both_ways(agreed.add_path_receive.clone(), send.collect())
}

/// `receive ipv4-unicast (12 entries); send ipv4-unicast`
fn filters(agreed: &Agreed) -> String {
    let entries = |family: &String| match agreed.filter_entries.get(family) {
        _ if agreed.awaits_filter.contains(family) => format!("{family} (awaited)"),
        Some(entries) => format!("{family} ({entries} entries)"),
        None => family.clone(),
    };
    both_ways(agreed.prefix_orf_receive.iter().map(entries).collect(), agreed.prefix_orf_send.clone())
}

fn both_ways(receive: Vec<String>, send: Vec<String>) -> String {
    let ways = [("receive", receive), ("send", send)].into_iter().filter(|(_, list)| !list.is_empty());
    let ways: Vec<_> = ways.map(|(way, families)| format!("{way} {}", families.join(" "))).collect();
    if ways.is_empty() { or_dash(None::<&str>) } else { ways.join("; ") }
}

/// `customer of a provider`: what we are, and what the peer says it is.
fn roles(ours: Option<&str>, theirs: Option<&str>) -> String {
    match (ours, theirs) {
        (None, None) => or_dash(None::<&str>),
        (ours, theirs) => format!("{}, peer says {}", ours.unwrap_or("none"), theirs.unwrap_or("nothing")),
    }
}

/// `ipv4-unicast for 120 s, then 3600 s as the last choice`
fn restart(restart: &Graceful) -> String {
    if restart.families.is_empty() {
        return "nothing".to_owned();
    }
    let long = restart.long_lived.values().next();
    let long = long.map(|time| format!(", then {time} s as the last choice")).unwrap_or_default();
    format!("{} for {} s{long}", list(&restart.families), restart.restart_time)
}

fn list(names: &[String]) -> String {
    if names.is_empty() { or_dash(None::<&str>) } else { names.join(" ") }
}

fn bfd_state(state: Option<&str>) -> Cell {
    match state {
        Some("Up") => toned("Up", Tone::Good),
        Some(state) => toned(state, Tone::Bad),
        None => toned("-", Tone::Quiet),
    }
}

fn bfd(document: &BfdSessions) {
    let mut table = table(&[
        "peer",
        "address",
        "state",
        "for",
        "peer says",
        "transmit",
        "detection",
        "mult",
        "in",
        "out",
        "discarded",
        "diagnostic",
        "path",
        "authentication",
        "echo",
    ]);
    for s in &document.sessions {
        table.add_row([
            Cell::new(&s.peer),
            Cell::new(&s.address),
            bfd_state(Some(&s.state)),
            Cell::new(seconds(s.since_s)),
            Cell::new(or_dash(s.remote_state.as_deref())),
            Cell::new(or_dash(s.transmit_interval_us.map(micros))),
            Cell::new(or_dash(s.detection_time_us.map(micros))),
            Cell::new(format!("{}/{}", s.detect_mult, or_dash(s.remote_detect_mult))),
            Cell::new(s.packets_in),
            Cell::new(s.packets_out),
            Cell::new(discards(s)),
            Cell::new(&s.diagnostic),
            Cell::new(if s.demand { format!("{}, demand", s.path) } else { s.path.clone() }),
            Cell::new(authentication(s)),
            Cell::new(echo(s)),
        ]);
    }
    println!("{table}");
}

/// `3 authentication digest`, or 0.
fn discards(s: &BfdSession) -> String {
    let each: Vec<String> = s.discards.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    if each.is_empty() { "0".to_owned() } else { each.join(", ") }
}

/// `keyed-md5, key 1`
fn authentication(s: &BfdSession) -> String {
    let key = s.authentication_key.map(|id| format!(", key {id}")).unwrap_or_default();
    or_dash(s.authentication.as_ref().map(|name| format!("{name}{key}")))
}

/// The interval and the round trip of our own echo packets, and how many of the peer's were sent back.
fn echo(s: &BfdSession) -> String {
    let trip = s.echo_round_trip_us.map(|us| format!(", {us:.0} us there and back")).unwrap_or_default();
    let own = s.echo_interval_us.map(|interval| format!("{}{trip}", micros(interval)));
    let own = own.or_else(|| s.echo_denied.clone());
    let returned = (s.echo_sent_back > 0).then(|| format!("{} sent back", s.echo_sent_back));
    let all: Vec<String> = own.into_iter().chain(returned).collect();
    if all.is_empty() { or_dash(None::<String>) } else { all.join("; ") }
}

/// `best`, or `valid, equal`, or `best, stale: kept`.
fn standing(route: &Route) -> String {
    let equal = if route.multipath { ", equal" } else { "" };
    let stale = route.stale.as_ref().map(|stale| format!(", stale: {stale}")).unwrap_or_default();
    format!("{}{equal}{stale}", route.state)
}

fn routes(document: &Routes) {
    println!("{}", paths(&document.routes));
    println!("{} paths", document.routes.len());
}

fn received(document: &Received) {
    println!("{}", paths(&document.routes));
    println!("{} paths, as they came", document.routes.len());
    for peer in &document.not_kept {
        println!("{peer}: what it sends is not kept as it came (adj_rib_in)");
    }
}

/// Paths, one a line.
pub(crate) fn paths(routes: &[Route]) -> Table {
    let mut table = table(&["prefix", "from", "state", "next hop", "AS path", "communities", "why"]);
    for r in routes {
        let tone = match r.state.as_str() {
            "best" => Tone::Good,
            "rejected" => Tone::Bad,
            "damped" => Tone::Warning,
            _ => Tone::Quiet,
        };
        table.add_row([
            Cell::new(&r.prefix),
            Cell::new(&r.peer),
            toned(standing(r), tone),
            Cell::new(&r.next_hop),
            Cell::new(&r.as_path),
            Cell::new(
                r.communities.iter().chain(&r.large_communities).cloned().collect::<Vec<_>>().join(" "),
            ),
            Cell::new(&r.reason),
        ]);
    }
    table
}
