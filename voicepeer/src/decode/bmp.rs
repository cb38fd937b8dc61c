//! A BMP message as decode shows it (RFC 7854).

use super::message::{Hex, Message};
use bgp_wire::Negotiated;
use bgp_wire::bmp::{
    BmpFault, Body, MirroringTlv, PeerHeader, PeerUp, RouteMirroring, RouteMonitoring, message,
};
use serde::Serialize;

/// A BMP message.
#[derive(Serialize)]
pub(super) struct Bmp<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    holds: Holds<'a>,
    pub(super) outcome: &'static str,
    pub(super) findings: Vec<Finding>,
}

/// Why nothing of the message can be used: the connection to the monitor ends (RFC 7854 section 4.1).
#[derive(Serialize)]
pub(super) struct Finding {
    attribute: Option<()>,
    pub(super) fault: String,
    pub(super) section: &'static str,
}

/// What the message holds; the BGP messages in it are judged.
#[derive(Serialize)]
#[serde(untagged)]
enum Holds<'a> {
    Monitoring {
        bmp: &'static str,
        peer: Box<PeerHeader>,
        message: Box<Message<'a>>,
        /// What routers that speak drafts put behind the UPDATE.
        #[serde(skip_serializing_if = "String::is_empty")]
        rest: String,
    },
    Mirroring {
        bmp: &'static str,
        peer: Box<PeerHeader>,
        messages: Vec<Message<'a>>,
        tlvs: Vec<MirroringTlv<'a>>,
    },
    Body(Box<Body<'a>>),
    Octets {
        bmp: &'static str,
        octets: String,
    },
}

impl<'a> Bmp<'a> {
    /// Judges `octets`, which are one message; `session` is what a Peer Up told of its peer.
    pub(super) fn of(octets: &'a [u8], session: Option<&Negotiated>) -> Self {
        let body = match message(octets) {
            Ok(Some(message)) => message.decode(),
            Ok(None) => Ok(Body::Unknown),
            Err(fault) => Err(fault),
        };
        let raw = || Holds::Octets { bmp: "unknown", octets: Hex(octets).to_string() };
        let (holds, outcome) = match &body {
            Ok(Body::RouteMonitoring(monitoring)) => monitored(monitoring, session),
            Ok(Body::RouteMirroring(mirroring)) => (mirrored(mirroring, session), "ok"),
            Ok(Body::Unknown) => (raw(), "ok"),
            Ok(body) => (Holds::Body(Box::new(*body)), "ok"),
            Err(_) => (raw(), "session-reset"),
        };
        Self { kind: "bmp", holds, outcome, findings: body.err().iter().map(Finding::from).collect() }
    }

    /// The UPDATE in it.
    pub(super) const fn message(&self) -> Option<&Message<'a>> {
        match &self.holds {
            Holds::Monitoring { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The peer that it is about.
    pub(super) fn peer(&self) -> Option<&PeerHeader> {
        Some(match &self.holds {
            Holds::Monitoring { peer, .. } | Holds::Mirroring { peer, .. } => peer,
            Holds::Body(body) => match &**body {
                Body::StatisticsReport(report) => &report.peer,
                Body::PeerDown(down) => &down.peer,
                Body::PeerUp(up) => &up.peer,
                _ => return None,
            },
            Holds::Octets { .. } => return None,
        })
    }

    /// The Peer Up that it is.
    pub(super) fn peer_up(&self) -> Option<&PeerUp<'a>> {
        match &self.holds {
            Holds::Body(body) => match &**body {
                Body::PeerUp(up) => Some(up),
                _ => None,
            },
            _ => None,
        }
    }

    /// What people call it.
    pub(super) const fn title(&self) -> &'static str {
        match &self.holds {
            Holds::Monitoring { .. } => "BMP Route Monitoring",
            Holds::Mirroring { .. } => "BMP Route Mirroring",
            Holds::Octets { .. } => "BMP",
            Holds::Body(body) => match **body {
                Body::StatisticsReport(_) => "BMP Statistics Report",
                Body::PeerDown(_) => "BMP Peer Down",
                Body::PeerUp(_) => "BMP Peer Up",
                Body::Initiation(_) => "BMP Initiation",
                Body::Termination(_) => "BMP Termination",
                _ => "BMP",
            },
        }
    }
}

impl From<&BmpFault> for Finding {
    fn from(fault: &BmpFault) -> Self {
        Self { attribute: None, fault: fault.to_string(), section: fault.kind.cite() }
    }
}

fn monitored<'a>(
    monitoring: &RouteMonitoring<'a>,
    session: Option<&Negotiated>,
) -> (Holds<'a>, &'static str) {
    let message = Message::of_update(monitoring.update(session));
    let (peer, outcome) = (Box::new(monitoring.peer), message.outcome());
    let rest = Hex(monitoring.rest).to_string();
    (Holds::Monitoring { bmp: "route-monitoring", peer, message: Box::new(message), rest }, outcome)
}

/// Mirrored messages may be broken, which can be why they are shown; that is no fault of the mirror.
fn mirrored<'a>(mirroring: &RouteMirroring<'a>, session: Option<&Negotiated>) -> Holds<'a> {
    let session = mirroring.peer.negotiated(session);
    let (mut messages, mut tlvs) = (Vec::new(), Vec::new());
    for tlv in mirroring.tlvs.iter() {
        match tlv {
            MirroringTlv::BgpMessage(octets) => messages.push(Message::of(octets, &session)),
            other => tlvs.push(other),
        }
    }
    Holds::Mirroring { bmp: "route-mirroring", peer: Box::new(mirroring.peer), messages, tlvs }
}
