//! FRR: `show bfd peers json`, and `show bfd peer ADDR json`, which shows one of them.

use super::super::json::BadField;
use super::Told;
use super::frr_bfd::{Timers, agreed, state};
use super::json::all;
use serde::Deserialize;
use serde_json::Value;
use std::net::IpAddr;

/// What it has of one peer. Intervals are in milliseconds.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    peer: IpAddr,
    status: String,
    detect_multiplier: Option<u8>,
    receive_interval: Option<u64>,
    transmit_interval: Option<u64>,
    remote_detect_multiplier: Option<u8>,
    remote_receive_interval: Option<u64>,
    remote_transmit_interval: Option<u64>,
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        value => std::slice::from_ref(value),
    }
}

pub(super) fn knows(value: &Value) -> bool {
    list(value)
        .first()
        .is_some_and(|peer| peer.get("peer").is_some() && peer.get("remote-diagnostic").is_some())
}

pub(super) fn read(value: &Value) -> Result<Told, BadField> {
    let numbered = list(value).iter().enumerate().map(|(number, peer)| (format!("peer {number}"), peer));
    let mut bfd = Vec::new();
    for (place, document) in all::<Document>(numbered)? {
        let why = || format!("status: `{}` is no state of a BFD session", document.status);
        let state = state(&document.status).ok_or_else(|| BadField { place, why: why() })?;
        let local = Timers {
            detect_mult: document.detect_multiplier,
            receive: document.receive_interval,
            transmit: document.transmit_interval,
        };
        let remote = Timers {
            detect_mult: document.remote_detect_multiplier,
            receive: document.remote_receive_interval,
            transmit: document.remote_transmit_interval,
        };
        bfd.push(agreed(document.peer, state, &local, &remote));
    }
    Ok(Told { bfd, is_all_bfd: value.is_array(), ..Told::default() })
}
