//! OPEN and its capabilities, and what two of them come to.

use super::{Hex, Shown, Utf8, object};
use crate::capability::{
    Bgpsec, Capabilities, Capability, Fqdn, GracefulRestart, OrfSupport, Role, Tuple, Tuples,
};
use crate::negotiate::AsnWidth;
use crate::open::Open;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

impl Serialize for Open<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Open", 5)?;
        object.serialize_field("type", "open")?;
        object.serialize_field("asn", &self.asn)?;
        object.serialize_field("hold-time", &self.hold_time)?;
        object.serialize_field("router-id", &self.router_id)?;
        object.serialize_field("capabilities", &self.capabilities)?;
        object.end()
    }
}

impl Serialize for Capabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'a, T: Tuple<'a> + Serialize> Serialize for Tuples<'a, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for Capability<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", &self.code())?;
        if let Some(name) = self.name() {
            map.serialize_entry("name", name)?;
        }
        value(&mut map, self)?;
        map.end()
    }
}

/// What a capability says besides its code.
fn value<M: SerializeMap>(map: &mut M, capability: &Capability<'_>) -> Result<(), M::Error> {
    match capability {
        Capability::Multiprotocol(family) => map.serialize_entry("family", family),
        Capability::RouteRefresh
        | Capability::ExtendedMessage
        | Capability::EnhancedRouteRefresh
        | Capability::BfdStrictMode => Ok(()),
        Capability::OutboundRouteFilter(families) => map.serialize_entry("families", families),
        Capability::ExtendedNextHop(families) => map.serialize_entry("families", families),
        Capability::Bgpsec(one_way) => bgpsec(map, *one_way),
        Capability::MultipleLabels(families) => map.serialize_entry("families", families),
        Capability::Role(role) => map.serialize_entry("role", role),
        Capability::GracefulRestart(restart) => graceful_restart(map, restart),
        Capability::FourOctetAsn(asn) => map.serialize_entry("asn", asn),
        Capability::AddPath(families) => map.serialize_entry("families", families),
        Capability::LongLivedGracefulRestart(families) => map.serialize_entry("families", families),
        Capability::Fqdn(name) => fqdn(map, name),
        Capability::SoftwareVersion(version) => map.serialize_entry("version", &Utf8(version)),
        Capability::PathsLimit(families) => map.serialize_entry("families", families),
        Capability::Dynamic(value) | Capability::Multisession(value) | Capability::Other { value, .. } => {
            map.serialize_entry("value", &Hex(value))
        }
    }
}

impl Serialize for Bgpsec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| bgpsec(map, *self))
    }
}

fn bgpsec<M: SerializeMap>(map: &mut M, Bgpsec { version, send, afi }: Bgpsec) -> Result<(), M::Error> {
    map.serialize_entry("version", &version)?;
    map.serialize_entry("direction", if send { "send" } else { "receive" })?;
    map.serialize_entry("afi", &afi)
}

impl Serialize for GracefulRestart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| graceful_restart(map, self))
    }
}

fn graceful_restart<M: SerializeMap>(map: &mut M, restart: &GracefulRestart<'_>) -> Result<(), M::Error> {
    map.serialize_entry("restarting", &restart.restarting)?;
    map.serialize_entry("notification", &restart.notification)?;
    map.serialize_entry("restart-time", &restart.restart_time)?;
    map.serialize_entry("families", &restart.families)
}

impl Serialize for Fqdn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| fqdn(map, self))
    }
}

fn fqdn<M: SerializeMap>(map: &mut M, Fqdn { host, domain }: &Fqdn<'_>) -> Result<(), M::Error> {
    map.serialize_entry("host", &Utf8(host))?;
    map.serialize_entry("domain", &Utf8(domain))
}

/// A name, or the number that has none.
impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Other(n) => serializer.serialize_u8(*n),
            named => Shown(named).serialize(serializer),
        }
    }
}

impl Serialize for OrfSupport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("OrfSupport", 3)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("receive", &(self.mode & 1 != 0))?;
        object.serialize_field("send", &(self.mode & 2 != 0))?;
        object.end()
    }
}

/// The number of octets.
impl Serialize for AsnWidth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(if *self == Self::Two { 2 } else { 4 })
    }
}

impl<'de> Deserialize<'de> for AsnWidth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            _ => Err(D::Error::custom("an ASN has 2 octets or 4")),
        }
    }
}
