//! What is wrong with a message, and the NOTIFICATION for it.

use super::{Hex, object};
use crate::notification::{Notification, NotificationCode};
use crate::outcome::{Fault, Finding, Findings, Reset, ResetData, Severity};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 4)?;
        object.serialize_field("attribute", &self.attr)?;
        object.serialize_field("fault", &self.fault)?;
        object.serialize_field("section", self.cite())?;
        object.serialize_field("outcome", &self.severity)?;
        object.end()
    }
}

impl Serialize for Findings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for NotificationCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| code(map, *self))
    }
}

fn code<M: SerializeMap>(map: &mut M, code: NotificationCode) -> Result<(), M::Error> {
    map.serialize_entry("code", &code.code)?;
    map.serialize_entry("subcode", &code.subcode)?;
    code.name().map_or(Ok(()), |name| map.serialize_entry("error", name))
}

impl Serialize for ResetData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Hex(self.as_slice()))
    }
}

impl Serialize for Reset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        code(&mut map, self.code)?;
        map.serialize_entry("fault", &self.fault)?;
        map.serialize_entry("section", self.fault.cite())?;
        map.serialize_entry("data", &self.data)?;
        map.end()
    }
}

impl Serialize for Notification<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "notification")?;
        body(&mut map, self)?;
        if let Some(inner) = self.inner() {
            map.serialize_entry("encapsulated", &Encapsulated(inner))?;
        }
        map.end()
    }
}

fn body<M: SerializeMap>(map: &mut M, notification: &Notification<'_>) -> Result<(), M::Error> {
    code(map, notification.code)?;
    if let Some(text) = notification.communication() {
        map.serialize_entry("communication", text)?;
    }
    map.serialize_entry("data", &Hex(notification.data))
}

/// What a Hard Reset holds. What that holds in turn is not looked at: a peer could nest them without end.
struct Encapsulated<'a>(Notification<'a>);

impl Serialize for Encapsulated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| body(map, &self.0))
    }
}
