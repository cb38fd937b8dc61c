//! Flow specifications: a rule is an array of its components.

use super::{Seq, Shown, object};
use crate::nlri::{BitmaskOp, FlowComponent, FlowMatch, FlowSpec, FlowSpecBuf, NumericOp};
use serde::ser::{Serialize, SerializeMap, Serializer};

impl Serialize for FlowSpec<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.components())
    }
}

impl Serialize for FlowSpecBuf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_flow_spec().iter().flat_map(FlowSpec::components))
    }
}

impl Serialize for FlowComponent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            map.serialize_entry("type", self.kind.name())?;
            match &self.matches {
                FlowMatch::Prefix(prefix) => {
                    map.serialize_entry("prefix", &Shown(prefix.prefix()))?;
                    if prefix.offset() == 0 {
                        Ok(())
                    } else {
                        map.serialize_entry("offset", &prefix.offset())
                    }
                }
                FlowMatch::Numeric(tests) => map.serialize_entry("tests", &Seq(|| tests.clone())),
                FlowMatch::Bitmask(tests) => map.serialize_entry("tests", &Seq(|| tests.clone())),
            }
        })
    }
}

impl Serialize for NumericOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            set(map, "and", self.and)?;
            match self.comparison() {
                Some(comparison) => {
                    map.serialize_entry("op", comparison)?;
                    map.serialize_entry("value", &self.value)
                }
                None => map.serialize_entry("op", if self.equal { "true" } else { "false" }),
            }
        })
    }
}

impl Serialize for BitmaskOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |map| {
            set(map, "and", self.and)?;
            set(map, "not", self.not)?;
            set(map, "all", self.all)?;
            map.serialize_entry("bits", &self.value)
        })
    }
}

/// A key that is there when it is true.
fn set<M: SerializeMap>(map: &mut M, key: &str, is: bool) -> Result<(), M::Error> {
    if is { map.serialize_entry(key, &true) } else { Ok(()) }
}
