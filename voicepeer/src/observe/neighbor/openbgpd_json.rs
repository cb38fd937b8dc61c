//! OpenBGPD: `bgpctl -j show neighbor`, of one or of all. It tells nothing of BFD and, on Linux, of passwords.

use super::super::json::BadField;
use super::json::all;
use super::openbgpd::{received, sent};
use super::{Neighbor, Told};
use bgp_policy::voice::SessionState;
use serde::Deserialize;
use serde_json::Value;
use std::net::IpAddr;

/// What it has of a neighbour. What is not so is left out.
#[derive(Deserialize)]
struct Document {
    remote_addr: IpAddr,
    state: String,
    #[serde(default)]
    config: Config,
    #[serde(default)]
    stats: Stats,
    #[serde(default)]
    session: Session,
    last_error_sent: Option<String>,
    last_error_received: Option<String>,
}

#[derive(Deserialize, Default)]
struct Config {
    max_prefix: Option<u32>,
}

#[derive(Deserialize, Default)]
struct Stats {
    #[serde(default)]
    prefixes: Prefixes,
}

#[derive(Deserialize, Default)]
struct Prefixes {
    received: Option<u32>,
}

#[derive(Deserialize, Default)]
struct Session {
    holdtime: Option<u16>,
    keepalive: Option<u16>,
}

fn neighbors(value: &Value) -> &[Value] {
    value.get("neighbors").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn knows(value: &Value) -> bool {
    neighbors(value).first().is_some_and(|one| one.get("remote_addr").is_some())
}

pub(super) fn read(value: &Value) -> Result<Told, BadField> {
    let numbered = neighbors(value).iter().enumerate();
    let documents = all::<Document>(numbered.map(|(number, one)| (format!("neighbors.{number}"), one)))?;
    let bgp = documents.into_iter().map(|(place, document)| neighbor(place, &document));
    Ok(Told { bgp: bgp.collect::<Result<_, _>>()?, ..Told::default() })
}

fn neighbor(place: String, document: &Document) -> Result<Neighbor, BadField> {
    let found = SessionState::ALL.iter().find(|state| state.name() == document.state);
    let why = || format!("state: `{}` is no state of a session", document.state);
    let state = *found.ok_or_else(|| BadField { place, why: why() })?;
    let mut neighbor = Neighbor::new(document.remote_addr);
    let seen = &mut neighbor.seen;
    // It says the limit's number where there is none, too.
    seen.max_prefix = document.config.max_prefix.filter(|limit| *limit > 0);
    seen.prefixes_received = document.stats.prefixes.received;
    (seen.hold_time, seen.keepalive) = (document.session.holdtime, document.session.keepalive);
    if let Some(error) = &document.last_error_sent {
        sent(error, seen);
    }
    if let Some(error) = &document.last_error_received {
        received(error, seen);
    }
    Ok(neighbor.in_state(state))
}
