//! The routes that policies are compared on.

use super::bad;
use crate::decode::input::{Input, Item, Payload};
use crate::diagnostic::{BadInput, json, read};
use crate::observe::is_text_file;
use bgp_policy::Route;
use bgp_policy::voice::{Observed, ObservedRoute};
use bgp_wire::mrt::{Body, Peer, TableAttributes};
use bgp_wire::{Asn, AttributeSet, Reset};
use ipnet::IpNet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// The routes of a file: those of tests, what sessions were observed to carry, or a table in MRT.
pub(super) fn read_routes(path: &Path) -> Result<Vec<Route>, BadInput> {
    if !is_text_file(path)? {
        return table(path);
    }
    let text = read(path)?;
    if !text.trim_start().starts_with('{') {
        return Route::parse_all(&text).map_err(|error| bad(error, path, &text));
    }
    let observed: Observed = json(path, &text)?;
    let sessions = observed.sessions.into_iter();
    let routes = sessions.flat_map(|session| session.routes.into_iter().chain(session.accepted).flatten());
    Ok(routes.filter_map(|route| of_observed(&route)).collect())
}

/// A route that was seen; one whose prefix is wrong is no route.
fn of_observed(seen: &ObservedRoute) -> Option<Route> {
    let prefix: IpNet = seen.prefix.to_string().parse().ok()?;
    let mut route = Route::new(prefix.trunc());
    let attrs = &mut route.attrs;
    attrs.as_path = seen.as_path.clone().unwrap_or_default();
    attrs.communities = seen.communities.clone().unwrap_or_default();
    attrs.large_communities = seen.large_communities.clone().unwrap_or_default();
    (attrs.med, attrs.origin) = (seen.med, seen.origin.unwrap_or(attrs.origin));
    if let Some(next_hop) = seen.next_hop {
        attrs.next_hop = next_hop.into();
    }
    route.neighbor = attrs.as_path.view().neighbor().unwrap_or_default();
    Some(route)
}

/// The routes of a table, each with the ASN of the peer that told it.
fn table(path: &Path) -> Result<Vec<Route>, BadInput> {
    let mut table = Table::default();
    _ = Input::open(path, Arc::default())?.read(&mut |batch| {
        batch.for_each(&mut |item| table.item(item));
        if table.broken.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    match table.broken {
        Some(why) => Err(BadInput::new(format!("{} {why}", path.display()))
            .help("what is missing in a file that is cut would seem not to change")),
        None if table.routes.is_empty() => Err(BadInput::new(format!("{} has no table", path.display()))
            .help("give a table in MRT (TABLE_DUMP or TABLE_DUMP_V2), routes as tests have them, or observations as JSON")),
        None => Ok(table.routes),
    }
}

#[derive(Default)]
struct Table {
    /// The ASNs of the peers, by their index.
    peers: Vec<Asn>,
    routes: Vec<Route>,
    broken: Option<String>,
}

impl Table {
    fn item(&mut self, item: &Item<'_>) {
        let place = item.place.offset;
        match &item.payload {
            Payload::Mrt { body: Ok(body), .. } => self.body(body, place),
            Payload::Mrt { body: Err(fault), .. } => {
                self.breaks(format!("cannot be read at octet {place}: {fault}"));
            }
            Payload::Note(note) if note.is_broken() => {
                self.breaks(format!("is broken at octet {place}: {note}"));
            }
            _ => {}
        }
    }

    fn breaks(&mut self, why: String) {
        self.broken.get_or_insert(why);
    }

    fn body(&mut self, body: &Body<'_>, place: u64) {
        match body {
            Body::PeerIndexTable(table) => self.peers = table.peers().map(|peer: Peer| peer.asn).collect(),
            Body::Rib(rib) if !rib.header.multicast => {
                for entry in rib.entries() {
                    let peer = self.peers.get(usize::from(entry.peer)).copied().unwrap_or_default();
                    self.route(rib.header.prefix, peer, entry.attributes(), place);
                }
            }
            Body::TableDump(dump) => {
                self.route(dump.prefix, Asn(dump.peer_asn.into()), dump.attributes(), place);
            }
            _ => {}
        }
    }

    fn route(
        &mut self,
        prefix: IpNet,
        peer: Asn,
        attributes: Result<TableAttributes<'_>, Reset>,
        place: u64,
    ) {
        match attributes {
            Ok(attributes) => {
                let mut route = Route::new(prefix);
                let next_hop = attributes.next_hop.unwrap_or(route.attrs.next_hop);
                route.attrs = AttributeSet::from_attrs(&attributes.attrs, next_hop);
                route.neighbor = peer;
                self.routes.push(route);
            }
            Err(reset) => self.breaks(format!(
                "has {prefix} with attributes that cannot be read at octet {place}: {reset}"
            )),
        }
    }
}
