//! BMP: what each message holds, and the peer it is about.

use super::{Hex, Shown, Utf8, object};
use crate::bmp::{
    BmpFault, Body, InitiationTlv, Message, MirroringTlv, PeerDown, PeerDownReason, PeerDownTlv, PeerHeader,
    PeerType, PeerUp, PeerUpTlv, RouteMirroring, RouteMonitoring, Stat, StatValue, StatisticsReport,
    TerminationTlv, Tlv,
};
use crate::open::Open;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Types that are an object whose keys the function beside them writes.
macro_rules! objects {
    ($($type:ty: $fill:ident),*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                object(serializer, |map| $fill(map, self))
            }
        })*
    };
}

objects!(
    Message<'_>: message, BmpFault: fault, Body<'_>: body, PeerHeader: peer, RouteMonitoring<'_>: monitoring,
    StatisticsReport<'_>: report, Stat<'_>: stat, PeerDown<'_>: down, PeerDownReason<'_>: reason, PeerUp<'_>: up,
    RouteMirroring<'_>: mirroring, InitiationTlv<'_>: initiation, PeerUpTlv<'_>: up_tlv,
    PeerDownTlv<'_>: down_tlv, TerminationTlv<'_>: termination, MirroringTlv<'_>: mirrored, Tlv<'_>: other
);

fn message<M: SerializeMap>(map: &mut M, message: &Message<'_>) -> Result<(), M::Error> {
    map.serialize_entry("version", &message.version)?;
    map.serialize_entry("type", &message.kind)?;
    map.serialize_entry("body", &Hex(message.body))
}

fn fault<M: SerializeMap>(map: &mut M, fault: &BmpFault) -> Result<(), M::Error> {
    map.serialize_entry("offset", &fault.offset)?;
    map.serialize_entry("fault", &Shown(fault))
}

fn body<M: SerializeMap>(map: &mut M, body: &Body<'_>) -> Result<(), M::Error> {
    let name = match body {
        Body::RouteMonitoring(_) => "route-monitoring",
        Body::StatisticsReport(_) => "statistics-report",
        Body::PeerDown(_) => "peer-down",
        Body::PeerUp(_) => "peer-up",
        Body::Initiation(_) => "initiation",
        Body::Termination(_) => "termination",
        Body::RouteMirroring(_) => "route-mirroring",
        Body::Unknown => "unknown",
    };
    map.serialize_entry("bmp", name)?;
    match body {
        Body::RouteMonitoring(message) => monitoring(map, message),
        Body::StatisticsReport(message) => report(map, message),
        Body::PeerDown(message) => down(map, message),
        Body::PeerUp(message) => up(map, message),
        Body::Initiation(tlvs) => map.serialize_entry("tlvs", tlvs),
        Body::Termination(tlvs) => map.serialize_entry("tlvs", tlvs),
        Body::RouteMirroring(message) => mirroring(map, message),
        Body::Unknown => Ok(()),
    }
}

fn peer<M: SerializeMap>(map: &mut M, peer: &PeerHeader) -> Result<(), M::Error> {
    let loc_rib = peer.kind == PeerType::LocRib;
    match peer.kind {
        PeerType::Global => map.serialize_entry("type", "global"),
        PeerType::Rd => map.serialize_entry("type", "rd"),
        PeerType::Local => map.serialize_entry("type", "local"),
        PeerType::LocRib => map.serialize_entry("type", "loc-rib"),
        PeerType::Other(n) => map.serialize_entry("type", &n),
    }?;
    map.serialize_entry("flags", &peer.flags.0)?;
    if peer.distinguisher != [0; 8] {
        map.serialize_entry("distinguisher", &Hex(&peer.distinguisher))?;
    }
    if !loc_rib {
        map.serialize_entry("address", &peer.address.ip(peer.is_ipv6()))?;
        map.serialize_entry("table", if peer.is_adj_rib_out() { "adj-rib-out" } else { "adj-rib-in" })?;
        map.serialize_entry("post-policy", &peer.is_post_policy())?;
    }
    map.serialize_entry("asn", &peer.asn)?;
    map.serialize_entry("bgp-id", &peer.bgp_id)?;
    map.serialize_entry("timestamp", &(f64::from(peer.seconds) + f64::from(peer.microseconds) / 1e6))
}

fn monitoring<M: SerializeMap>(map: &mut M, message: &RouteMonitoring<'_>) -> Result<(), M::Error> {
    map.serialize_entry("peer", &message.peer)?;
    map.serialize_entry("update", &Hex(message.update))?;
    rest(map, message.rest)
}

/// What follows what a message says, where anything does.
fn rest<M: SerializeMap>(map: &mut M, rest: &[u8]) -> Result<(), M::Error> {
    if rest.is_empty() { Ok(()) } else { map.serialize_entry("rest", &Hex(rest)) }
}

fn report<M: SerializeMap>(map: &mut M, report: &StatisticsReport<'_>) -> Result<(), M::Error> {
    map.serialize_entry("peer", &report.peer)?;
    map.serialize_entry("stats", &report.stats)
}

fn stat<M: SerializeMap>(map: &mut M, stat: &Stat<'_>) -> Result<(), M::Error> {
    map.serialize_entry("type", &stat.kind.0)?;
    if let Some(name) = stat.kind.name() {
        map.serialize_entry("name", name)?;
    }
    match stat.value {
        StatValue::Counter(n) => map.serialize_entry("value", &n),
        StatValue::Gauge(n) => map.serialize_entry("value", &n),
        StatValue::FamilyGauge { family, gauge } => {
            map.serialize_entry("family", &family)?;
            map.serialize_entry("value", &gauge)
        }
        StatValue::Other(octets) => map.serialize_entry("value", &Hex(octets)),
    }
}

fn down<M: SerializeMap>(map: &mut M, message: &PeerDown<'_>) -> Result<(), M::Error> {
    map.serialize_entry("peer", &message.peer)?;
    map.serialize_entry("reason", &message.reason)?;
    rest(map, message.rest)
}

fn reason<M: SerializeMap>(map: &mut M, reason: &PeerDownReason<'_>) -> Result<(), M::Error> {
    map.serialize_entry("code", &reason.code())?;
    match reason {
        PeerDownReason::LocalNotification(sent) => map.serialize_entry("sent", sent),
        PeerDownReason::LocalFsmEvent(event) => map.serialize_entry("fsm-event", event),
        PeerDownReason::RemoteNotification(received) => map.serialize_entry("received", received),
        PeerDownReason::RemoteNoData | PeerDownReason::NotMonitored => Ok(()),
        PeerDownReason::LocalTlvs(tlvs) => map.serialize_entry("tlvs", tlvs),
        PeerDownReason::Other { data, .. } => map.serialize_entry("data", &Hex(data)),
    }
}

fn up<M: SerializeMap>(map: &mut M, up: &PeerUp<'_>) -> Result<(), M::Error> {
    map.serialize_entry("peer", &up.peer)?;
    if let Some(address) = up.local_addr() {
        map.serialize_entry("local-address", &address)?;
    }
    map.serialize_entry("local-port", &up.local_port)?;
    map.serialize_entry("remote-port", &up.remote_port)?;
    for (key, body) in [("sent", up.sent), ("received", up.received)] {
        match Open::decode(body) {
            Ok(open) => map.serialize_entry(key, &open),
            Err(reset) => map.serialize_entry(key, &reset),
        }?;
    }
    map.serialize_entry("tlvs", &up.tlvs)
}

fn mirroring<M: SerializeMap>(map: &mut M, message: &RouteMirroring<'_>) -> Result<(), M::Error> {
    map.serialize_entry("peer", &message.peer)?;
    map.serialize_entry("tlvs", &message.tlvs)
}

/// A TLV with a name.
fn named<M: SerializeMap>(
    map: &mut M,
    kind: u16,
    name: &str,
    value: &impl Serialize,
) -> Result<(), M::Error> {
    map.serialize_entry("type", &kind)?;
    map.serialize_entry("name", name)?;
    map.serialize_entry("value", value)
}

fn other<M: SerializeMap>(map: &mut M, tlv: &Tlv<'_>) -> Result<(), M::Error> {
    map.serialize_entry("type", &tlv.kind)?;
    map.serialize_entry("value", &Hex(tlv.value))
}

fn initiation<M: SerializeMap>(map: &mut M, tlv: &InitiationTlv<'_>) -> Result<(), M::Error> {
    match tlv {
        InitiationTlv::String(text) => named(map, 0, "string", &Utf8(text)),
        InitiationTlv::SysDescr(text) => named(map, 1, "sys-descr", &Utf8(text)),
        InitiationTlv::SysName(text) => named(map, 2, "sys-name", &Utf8(text)),
        InitiationTlv::Other(tlv) => other(map, tlv),
    }
}

fn up_tlv<M: SerializeMap>(map: &mut M, tlv: &PeerUpTlv<'_>) -> Result<(), M::Error> {
    match tlv {
        PeerUpTlv::String(text) => named(map, 0, "string", &Utf8(text)),
        PeerUpTlv::VrfTableName(name) => named(map, 3, "vrf-table-name", &Utf8(name)),
        PeerUpTlv::AdminLabel(label) => named(map, 4, "admin-label", &Utf8(label)),
        PeerUpTlv::Other(tlv) => other(map, tlv),
    }
}

fn down_tlv<M: SerializeMap>(map: &mut M, tlv: &PeerDownTlv<'_>) -> Result<(), M::Error> {
    match tlv {
        PeerDownTlv::VrfTableName(name) => named(map, 3, "vrf-table-name", &Utf8(name)),
        PeerDownTlv::Other(tlv) => other(map, tlv),
    }
}

fn termination<M: SerializeMap>(map: &mut M, tlv: &TerminationTlv<'_>) -> Result<(), M::Error> {
    match tlv {
        TerminationTlv::String(text) => named(map, 0, "string", &Utf8(text)),
        TerminationTlv::Reason(reason) => named(map, 1, "reason", &Shown(reason)),
        TerminationTlv::Other(tlv) => other(map, tlv),
    }
}

fn mirrored<M: SerializeMap>(map: &mut M, tlv: &MirroringTlv<'_>) -> Result<(), M::Error> {
    match tlv {
        MirroringTlv::BgpMessage(octets) => named(map, 0, "bgp-message", &Hex(octets)),
        MirroringTlv::Information(code) => named(map, 1, "information", &Shown(code)),
        MirroringTlv::Other(tlv) => other(map, tlv),
    }
}
