//! UPDATE: routes and next hops.

use super::{Seq, object};
use crate::next_hop::NextHop;
use crate::nlri::Nlri;
use crate::outcome::{Findings, Severity};
use crate::update::{Parsed, Received, Routes, Unfeasible};
use core::net::{IpAddr, Ipv6Addr};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for Parsed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("type", "update")?;
            received(map, &self.update)?;
            outcome(map, &self.findings)
        })
    }
}

/// What the findings come to, and the findings.
pub(super) fn outcome<M: SerializeMap>(map: &mut M, findings: &Findings) -> Result<(), M::Error> {
    map.serialize_entry("outcome", findings.worst().map_or("ok", Severity::name))?;
    map.serialize_entry("findings", findings)?;
    match findings.more() {
        0 => Ok(()),
        more => map.serialize_entry("more-findings", &more),
    }
}

impl Serialize for Received<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| received(map, self))
    }
}

fn received<M: SerializeMap>(map: &mut M, update: &Received<'_>) -> Result<(), M::Error> {
    match update {
        Received::Routes(all) => routes(map, all),
        Received::TreatAsWithdraw { withdrawn, announced } => {
            map.serialize_entry("withdrawn", withdrawn)?;
            map.serialize_entry("treated-as-withdrawn", announced)
        }
        Received::AfiSafiDisable { family, withdrawn, announced } => {
            map.serialize_entry("disabled", family)?;
            map.serialize_entry("withdrawn", withdrawn)?;
            map.serialize_entry("treated-as-withdrawn", announced)
        }
        Received::EndOfRib(family) => map.serialize_entry("end-of-rib", family),
    }
}

impl Serialize for Routes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| routes(map, self))
    }
}

fn routes<M: SerializeMap>(map: &mut M, routes: &Routes<'_>) -> Result<(), M::Error> {
    map.serialize_entry("withdrawn", &routes.withdrawn)?;
    map.serialize_entry("attributes", &routes.attrs)?;
    let announced = || routes.announced().map(|(next_hop, nlri)| Field { nlri, next_hop: Some(next_hop) });
    map.serialize_entry("announced", &Seq(announced))
}

impl Serialize for Unfeasible<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.fields().map(|nlri| Field { nlri, next_hop: None }))
    }
}

/// What one field of a message has, all of one family.
pub(super) struct Field<'a> {
    pub(super) nlri: Nlri<'a>,
    pub(super) next_hop: Option<NextHop>,
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("family", &self.nlri.family())?;
        if let Some(next_hop) = self.next_hop.filter(|hop| *hop != NextHop::Absent) {
            map.serialize_entry("next-hop", &next_hop)?;
        }
        map.serialize_entry("nlri", &self.nlri)?;
        map.end()
    }
}

/// A next hop is one address; the link-local one beside a global one takes an object, none is null.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum OneOrTwo {
    One(IpAddr),
    Two {
        global: Ipv6Addr,
        #[serde(rename = "link-local")]
        link_local: Ipv6Addr,
    },
    Absent,
}

impl Serialize for NextHop {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::V6LinkLocal(global, link_local) => OneOrTwo::Two { global, link_local },
            Self::Absent => OneOrTwo::Absent,
            Self::V4(_) | Self::V6(_) => OneOrTwo::One(self.addr()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for NextHop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOrTwo::deserialize(deserializer).map(|hop| match hop {
            OneOrTwo::One(addr) => addr.into(),
            OneOrTwo::Absent => Self::Absent,
            OneOrTwo::Two { global, link_local } => Self::V6LinkLocal(global, link_local),
        })
    }
}
