//! An MRT record that holds no message, as decode shows it (RFC 6396).

use super::input::{End, Time};
use super::message::Hex;
use bgp_wire::mrt::{
    Body, MrtFault, Peer, PeerIndexTable, Record, Rib, RibEntry, RibHeader, StateChange, TableDump,
};
use serde::ser::{Serialize, Serializer};

/// A record.
#[derive(serde::Serialize)]
#[serde(tag = "type")]
pub(super) enum Mrt<'a> {
    #[serde(rename = "mrt-table-dump")]
    TableDump(&'a TableDump<'a>),
    #[serde(rename = "mrt-peer-index-table")]
    PeerIndexTable(&'a PeerIndexTable<'a>),
    #[serde(rename = "mrt-rib")]
    Rib {
        #[serde(flatten)]
        header: RibHeader,
        routes: Routes<'a>,
    },
    #[serde(rename = "mrt-state-change")]
    StateChange(&'a StateChange),
    #[serde(rename = "mrt-record")]
    Other {
        #[serde(rename = "mrt-type")]
        kind: u16,
        subtype: u16,
        /// Why its fields cannot be read; none where nothing is known of its type.
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
        octets: String,
    },
}

impl<'a> Mrt<'a> {
    pub(super) fn of(record: &Record<'a>, body: &'a Result<Body<'a>, MrtFault>, peers: &'a [Peer]) -> Self {
        match body {
            Ok(Body::TableDump(route)) => Self::TableDump(route),
            Ok(Body::PeerIndexTable(table)) => Self::PeerIndexTable(table),
            Ok(Body::Rib(rib)) => Self::Rib { header: rib.header, routes: Routes { rib, peers } },
            Ok(Body::StateChange(change)) => Self::StateChange(change),
            _ => Self::Other {
                kind: record.kind,
                subtype: record.subtype,
                fault: body.as_ref().err().map(ToString::to_string),
                octets: Hex(record.body).to_string(),
            },
        }
    }

    /// What people call it.
    pub(super) const fn title(&self) -> &'static str {
        match self {
            Self::TableDump(_) => "TABLE_DUMP",
            Self::PeerIndexTable(_) => "PEER_INDEX_TABLE",
            Self::Rib { .. } => "RIB",
            Self::StateChange(_) => "STATE_CHANGE",
            Self::Other { .. } => "MRT record",
        }
    }
}

/// The routes of a RIB record, each with its peer by name.
pub(super) struct Routes<'a> {
    rib: &'a Rib<'a>,
    peers: &'a [Peer],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "kebab-case")]
struct Route<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<End>,
    learned: Time,
    #[serde(flatten)]
    entry: RibEntry<'a>,
}

impl<'a> Routes<'a> {
    /// Each of them, and whom it is from where the table tells.
    pub(super) fn each(&self) -> impl Iterator<Item = (Option<End>, RibEntry<'a>)> {
        self.rib.entries().map(|entry| {
            let peer = self.peers.get(usize::from(entry.peer));
            (peer.map(|peer| End { address: peer.addr, port: None, asn: Some(peer.asn) }), entry)
        })
    }
}

impl Serialize for Routes<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.each().map(|(from, entry)| {
            let learned = Time::whole(entry.originated);
            Route { from, learned, entry }
        }))
    }
}
