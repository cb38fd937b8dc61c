//! A BFD control packet as decode shows it (RFC 5880 section 4.1).

use super::message::Hex;
use bfd::{Control, Discard, Packet};
use serde::Serialize;
use std::num::NonZeroU32;
use std::time::Duration;

/// A packet.
#[derive(Serialize)]
pub(super) struct Bfd {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    holds: Holds,
    pub(super) outcome: &'static str,
    pub(super) findings: Vec<Finding>,
}

/// The check that the packet fails.
#[derive(Serialize)]
pub(super) struct Finding {
    attribute: Option<()>,
    pub(super) fault: &'static str,
    pub(super) section: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Holds {
    Control(Fields),
    Octets { octets: String },
}

/// The fields of a packet that passes; intervals in microseconds.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Fields {
    state: String,
    diagnostic: String,
    flags: Vec<&'static str>,
    detect_mult: u8,
    my_discriminator: u32,
    your_discriminator: u32,
    desired_min_tx_us: u64,
    required_min_rx_us: u64,
    required_min_echo_rx_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<String>,
}

impl Bfd {
    pub(super) fn of(octets: &[u8]) -> Self {
        let (holds, refused) = match Packet::parse(octets) {
            Ok(packet) => (Holds::Control(fields(&packet)), None),
            Err(discard) => (Holds::Octets { octets: Hex(octets).to_string() }, Some(discard)),
        };
        Self {
            kind: "bfd",
            holds,
            outcome: if refused.is_some() { "discard" } else { "ok" },
            findings: refused.into_iter().map(finding).collect(),
        }
    }
}

const fn finding(discard: Discard) -> Finding {
    Finding { attribute: None, fault: discard.name(), section: discard.cite() }
}

fn fields(Packet { control, authentication }: &Packet<'_>) -> Fields {
    let us = |interval: Duration| u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
    Fields {
        state: control.state.to_string(),
        diagnostic: control.diag.to_string(),
        flags: flags(control, authentication.is_some()),
        detect_mult: control.detect_mult.get(),
        my_discriminator: control.my_discriminator.get(),
        your_discriminator: control.your_discriminator.map_or(0, NonZeroU32::get),
        desired_min_tx_us: us(control.desired_min_tx),
        required_min_rx_us: us(control.required_min_rx),
        required_min_echo_rx_us: us(control.required_min_echo_rx),
        authentication: authentication.map(|octets| Hex(octets).to_string()),
    }
}

/// The flags that are set, in the order of the packet.
fn flags(control: &Control, authenticated: bool) -> Vec<&'static str> {
    let all = [
        (control.poll, "poll"),
        (control.final_, "final"),
        (control.control_plane_independent, "control-plane-independent"),
        (authenticated, "authentication"),
        (control.demand, "demand"),
    ];
    all.into_iter().filter_map(|(set, name)| set.then_some(name)).collect()
}
