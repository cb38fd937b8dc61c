//! FRR: `show bgp neighbors json`, of one or of all.

use super::super::json::BadField;
use super::json::all;
use super::{Neighbor, Told};
use bgp_policy::voice::SessionState;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What it has of a neighbour. What is not so is left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    bgp_state: String,
    #[serde(default)]
    bgp_timer_hold_time_msecs: Option<u32>,
    #[serde(default)]
    bgp_timer_keep_alive_interval_msecs: Option<u32>,
    #[serde(default)]
    address_family_info: BTreeMap<String, Family>,
    #[serde(default)]
    prefixes_config_exceed_max: bool,
    #[serde(default)]
    last_reset_due_to: Option<String>,
    #[serde(default)]
    last_notification_reason: Option<String>,
    #[serde(default)]
    authentication_enabled: u8,
    #[serde(default)]
    peer_bfd_info: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Family {
    #[serde(default)]
    prefix_allowed_max: Option<u32>,
    /// One that only warns ends nothing.
    #[serde(default)]
    prefix_allowed_max_warning: bool,
}

/// The neighbours by their addresses; others, which it finds on links, have names.
fn neighbors(value: &Value) -> impl Iterator<Item = (IpAddr, &Value)> {
    let all = value.as_object().into_iter().flatten();
    all.filter_map(|(peer, one)| Some((peer.parse().ok()?, one)))
        .filter(|(_, one)| one.get("bgpState").is_some())
}

pub(super) fn knows(value: &Value) -> bool {
    neighbors(value).next().is_some()
}

pub(super) fn read(value: &Value) -> Result<Told, BadField> {
    let documents = all::<Document>(neighbors(value).map(|(peer, one)| (peer.to_string(), one)))?;
    let peers = neighbors(value).map(|(peer, _)| peer);
    let bgp = peers.zip(documents).map(|(peer, (place, document))| neighbor(peer, place, &document));
    Ok(Told { bgp: bgp.collect::<Result<_, _>>()?, ..Told::default() })
}

fn neighbor(peer: IpAddr, place: String, document: &Document) -> Result<Neighbor, BadField> {
    let is_named = |state: &&SessionState| state.name() == document.bgp_state;
    let found = SessionState::ALL.iter().find(is_named).copied();
    let other =
        (document.bgp_state == "Clearing" || document.bgp_state == "Deleted").then_some(SessionState::Idle);
    let why = || format!("bgpState: `{}` is no state of a session", document.bgp_state);
    let state = found.or(other).ok_or_else(|| BadField { place, why: why() })?;
    let mut neighbor = Neighbor::new(peer);
    neighbor.is_without_bfd = document.peer_bfd_info.is_none();
    let seen = &mut neighbor.seen;
    let seconds = |msecs: Option<u32>| msecs.and_then(|msecs| u16::try_from(msecs / 1000).ok());
    seen.hold_time = seconds(document.bgp_timer_hold_time_msecs);
    seen.keepalive = seconds(document.bgp_timer_keep_alive_interval_msecs);
    seen.md5 = Some(document.authentication_enabled != 0);
    seen.limit_reached = document.prefixes_config_exceed_max.then_some(true);
    let ipv4 =
        document.address_family_info.get("ipv4Unicast").filter(|family| !family.prefix_allowed_max_warning);
    seen.max_prefix = ipv4.and_then(|family| family.prefix_allowed_max);
    seen.last_down =
        document.last_reset_due_to.as_ref().map(|why| match &document.last_notification_reason {
            Some(reason) => format!("{why} ({reason})"),
            None => why.clone(),
        });
    Ok(neighbor.in_state(state))
}
