//! A BMP message as decode shows it (RFC 7854).

use super::input::Time;
use super::message::{Hex, Message};
use bgp_wire::bmp::{Body, PeerHeader, PeerUp, message};
use bgp_wire::{Asn, MessageType, Negotiated};
use serde::{Serialize, Serializer};
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};

/// A BMP message.
#[derive(Serialize)]
pub(super) struct Bmp<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Which of the messages of BMP.
    pub(super) bmp: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) peer: Option<Peer>,
    #[serde(flatten)]
    pub(super) holds: Holds<'a>,
    pub(super) outcome: &'static str,
    pub(super) findings: Vec<Finding>,
}

/// Why nothing of the message can be used.
#[derive(Serialize)]
pub(super) struct Finding {
    attribute: Option<()>,
    pub(super) fault: String,
    pub(super) section: &'static str,
}

/// The per-peer header (RFC 7854 section 4.2).
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Peer {
    #[serde(rename = "type", serialize_with = "text")]
    kind: bgp_wire::bmp::PeerType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<IpAddr>,
    pub(super) asn: Asn,
    bgp_id: Ipv4Addr,
    #[serde(skip_serializing_if = "Option::is_none")]
    distinguisher: Option<String>,
    /// Which of the peer's tables.
    table: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Time>,
}

impl From<&PeerHeader> for Peer {
    fn from(peer: &PeerHeader) -> Self {
        let table = match (peer.addr(), peer.is_adj_rib_out(), peer.is_post_policy()) {
            (None, ..) => "loc-rib",
            (_, false, false) => "adj-rib-in",
            (_, false, true) => "adj-rib-in-post-policy",
            (_, true, false) => "adj-rib-out",
            (_, true, true) => "adj-rib-out-post-policy",
        };
        let global = peer.distinguisher == [0; 8];
        Self {
            kind: peer.kind,
            address: peer.addr(),
            asn: peer.asn,
            bgp_id: peer.bgp_id,
            distinguisher: (!global).then(|| Hex(&peer.distinguisher).to_string()),
            table,
            time: (peer.seconds > 0).then(|| Time::micros(peer.seconds.into(), peer.microseconds)),
        }
    }
}

/// What the message holds.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Holds<'a> {
    /// An UPDATE.
    Message(Message<'a>),
    Reason(String),
    /// Statistics, or what a router says of itself.
    Tlvs(Vec<String>),
    #[serde(untagged)]
    Opens {
        #[serde(rename = "local-port")]
        local_port: u16,
        #[serde(rename = "remote-port")]
        remote_port: u16,
        #[serde(rename = "local-address")]
        local_address: Option<IpAddr>,
        sent: Message<'a>,
        received: Message<'a>,
        tlvs: Vec<String>,
    },
    #[serde(untagged)]
    Octets {
        version: u8,
        #[serde(rename = "message-type")]
        kind: u8,
        #[serde(serialize_with = "hex")]
        octets: &'a [u8],
    },
}

fn text<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

fn hex<S: Serializer>(octets: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&Hex(octets))
}

fn strings<T: Display>(values: impl Iterator<Item = T>) -> Vec<String> {
    values.map(|value| value.to_string()).collect()
}

impl<'a> Bmp<'a> {
    /// Judges `octets`, which are one message; `session` is what a Peer Up told of its peer.
    pub(super) fn of(octets: &'a [u8], session: Option<&Negotiated>) -> Self {
        let whole = message(octets);
        let (version, kind) = match octets {
            [version, _, _, _, _, kind, ..] => (*version, *kind),
            _ => (0, 0),
        };
        let raw = Holds::Octets { version, kind, octets };
        let body = match whole {
            Ok(Some(message)) => message.decode(),
            Ok(None) => Ok(Body::Unknown),
            Err(fault) => Err(fault),
        };
        let (peer, holds, fault) = match body {
            Ok(body) => {
                let (peer, holds) = holds(body, session).unwrap_or((None, raw));
                (peer, holds, None)
            }
            Err(fault) => (None, raw, Some(fault)),
        };
        let outcome = match (&holds, fault) {
            (_, Some(_)) => "session-reset",
            (Holds::Message(message), None) => message.outcome(),
            _ => "ok",
        };
        let findings = fault.into_iter().map(|fault| Finding {
            attribute: None,
            fault: fault.to_string(),
            section: fault.kind.cite(),
        });
        Self { kind: "bmp", bmp: name(version, kind), peer, holds, outcome, findings: findings.collect() }
    }
}

/// The name of a type (RFC 7854 section 4.1).
const fn name(version: u8, kind: u8) -> &'static str {
    match (version, kind) {
        (3, 0) => "route-monitoring",
        (3, 1) => "statistics-report",
        (3, 2) => "peer-down",
        (3, 3) => "peer-up",
        (3, 4) => "initiation",
        (3, 5) => "termination",
        (3, 6) => "route-mirroring",
        _ => "unknown",
    }
}

/// The peer and what is said of it; `None` where nothing is known of the message.
fn holds<'a>(body: Body<'a>, session: Option<&Negotiated>) -> Option<(Option<Peer>, Holds<'a>)> {
    let (peer, holds) = match body {
        Body::RouteMonitoring(monitoring) => {
            (Some(monitoring.peer), Holds::Message(Message::of_update(monitoring.update(session))))
        }
        Body::StatisticsReport(report) => (Some(report.peer), Holds::Tlvs(strings(report.stats.iter()))),
        Body::PeerDown(down) => (Some(down.peer), Holds::Reason(down.reason.to_string())),
        Body::PeerUp(up) => (Some(up.peer), opens(&up)),
        Body::Initiation(tlvs) => (None, Holds::Tlvs(strings(tlvs.iter()))),
        Body::Termination(tlvs) => (None, Holds::Tlvs(strings(tlvs.iter()))),
        Body::RouteMirroring(mirroring) => {
            (Some(mirroring.peer), Holds::Tlvs(strings(mirroring.tlvs.iter())))
        }
        _ => return None,
    };
    Some((peer.as_ref().map(Peer::from), holds))
}

fn opens<'a>(up: &PeerUp<'a>) -> Holds<'a> {
    Holds::Opens {
        local_address: up.local_addr(),
        local_port: up.local_port,
        remote_port: up.remote_port,
        sent: Message::of_body(MessageType::Open, up.sent),
        received: Message::of_body(MessageType::Open, up.received),
        tlvs: strings(up.tlvs.iter()),
    }
}
