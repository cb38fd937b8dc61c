//! GoBGP: `gobgp neighbor ADDR -j`, and `gobgp neighbor -j`, a list of them. It shows the password, and that a limit was reached.

use super::super::json::BadField;
use super::{Neighbor, Told};
use bgp_policy::voice::SessionState;
use serde::Deserialize;
use serde_json::Value;

/// What the programming interface has of a neighbour. What is nothing is left out.
#[derive(Deserialize)]
struct Document {
    conf: Conf,
    state: State,
    #[serde(default)]
    timers: Timers,
    #[serde(default)]
    afi_safis: Vec<AfiSafi>,
}

#[derive(Deserialize)]
struct Conf {
    #[serde(default)]
    auth_password: String,
}

#[derive(Deserialize)]
struct State {
    neighbor_address: std::net::IpAddr,
    #[serde(default, rename = "session_state")]
    session: usize,
    #[serde(default, rename = "admin_state")]
    admin: u8,
}

#[derive(Deserialize, Default)]
struct Timers {
    #[serde(default)]
    state: TimersState,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TimersState {
    negotiated_hold_time: Option<u16>,
    keepalive_interval: Option<u16>,
}

#[derive(Deserialize)]
struct AfiSafi {
    #[serde(default)]
    state: Counts,
    #[serde(default)]
    prefix_limits: Limit,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Counts {
    family: Family,
    received: u32,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Limit {
    family: Family,
    max_prefixes: u32,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(default)]
struct Family {
    afi: u16,
    safi: u8,
}

const IPV4_UNICAST: Family = Family { afi: 1, safi: 1 };
/// The administrative state of a session that ended at its limit.
const AT_LIMIT: u8 = 2;
/// The states of a session by their numbers.
const STATES: [SessionState; 7] = [
    SessionState::None,
    SessionState::Idle,
    SessionState::Connect,
    SessionState::Active,
    SessionState::OpenSent,
    SessionState::OpenConfirm,
    SessionState::Established,
];

/// Whether this is a neighbour, or a list of some.
pub(super) fn knows(value: &Value) -> bool {
    let is_neighbor =
        |value: &Value| value.pointer("/state/neighbor_address").is_some() && value.get("conf").is_some();
    match value {
        Value::Array(list) => list.first().is_some_and(is_neighbor),
        value => is_neighbor(value),
    }
}

pub(super) fn read(value: &Value) -> Result<Told, BadField> {
    let all = match value {
        Value::Array(list) => list.as_slice(),
        value => std::slice::from_ref(value),
    };
    let read = |(number, value): (usize, &Value)| {
        let bad = |why: String| BadField { place: format!("neighbour {number}"), why };
        let document = Document::deserialize(value).map_err(|error| bad(error.to_string()))?;
        neighbor(&document).ok_or_else(|| bad("state.session_state: it is no state of a session".into()))
    };
    let bgp = all.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(Told { bgp, ..Told::default() })
}

fn neighbor(document: &Document) -> Option<Neighbor> {
    let Document { conf, state, timers, afi_safis } = document;
    let mut neighbor = Neighbor::new(state.neighbor_address);
    let seen = &mut neighbor.seen;
    seen.md5 = (!conf.auth_password.is_empty()).then_some(true);
    seen.limit_reached = (state.admin == AT_LIMIT).then_some(true);
    seen.hold_time = timers.state.negotiated_hold_time;
    seen.keepalive = timers.state.keepalive_interval;
    for AfiSafi { state, prefix_limits } in afi_safis {
        if state.family == IPV4_UNICAST {
            seen.prefixes_received = Some(state.received);
        }
        if prefix_limits.family == IPV4_UNICAST && prefix_limits.max_prefixes > 0 {
            seen.max_prefix = Some(prefix_limits.max_prefixes);
        }
    }
    Some(neighbor.in_state(*STATES.get(state.session)?))
}
