//! UPDATE: routes, prefixes, next hops.

use super::{Seq, Shown};
use crate::next_hop::NextHop;
use crate::nlri::{Nlri, PathNlri};
use crate::outcome::{Findings, Severity};
use crate::update::{Parsed, Received, Routes, Unfeasible};
use core::net::{IpAddr, Ipv6Addr};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

impl Serialize for Parsed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "update")?;
        received(&mut map, &self.update)?;
        outcome(&mut map, &self.findings)?;
        map.end()
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
        let mut map = serializer.serialize_map(None)?;
        received(&mut map, self)?;
        map.end()
    }
}

fn received<M: SerializeMap>(map: &mut M, update: &Received<'_>) -> Result<(), M::Error> {
    match update {
        Received::Routes(all) => routes(map, all),
        Received::TreatAsWithdraw { withdrawn, announced } => {
            map.serialize_entry("withdrawn", withdrawn)?;
            map.serialize_entry("treated-as-withdrawn", announced)
        }
        Received::EndOfRib(family) => map.serialize_entry("end-of-rib", family),
    }
}

impl Serialize for Routes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        routes(&mut map, self)?;
        map.end()
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

/// The prefixes of one family in a message.
struct Field<'a> {
    nlri: Nlri<'a>,
    next_hop: Option<NextHop>,
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("family", &self.nlri.family())?;
        if let Some(next_hop) = &self.next_hop {
            map.serialize_entry("next-hop", next_hop)?;
        }
        map.serialize_entry("nlri", &self.nlri)?;
        map.end()
    }
}

impl Serialize for Nlri<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.has_path_ids() {
            serializer.collect_seq(self.iter())
        } else {
            serializer.collect_seq(self.iter().map(|nlri| Shown(nlri.prefix)))
        }
    }
}

impl Serialize for PathNlri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("PathNlri", 2)?;
        object.serialize_field("path-id", &self.path_id)?;
        object.serialize_field("prefix", &Shown(self.prefix))?;
        object.end()
    }
}

/// A next hop is one address; the link-local one beside a global one takes an object.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum OneOrTwo {
    One(IpAddr),
    Two {
        global: Ipv6Addr,
        #[serde(rename = "link-local")]
        link_local: Ipv6Addr,
    },
}

impl Serialize for NextHop {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::V6LinkLocal(global, link_local) => OneOrTwo::Two { global, link_local },
            Self::V4(_) | Self::V6(_) => OneOrTwo::One(self.addr()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for NextHop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOrTwo::deserialize(deserializer).map(|hop| match hop {
            OneOrTwo::One(addr) => addr.into(),
            OneOrTwo::Two { global, link_local } => Self::V6LinkLocal(global, link_local),
        })
    }
}
