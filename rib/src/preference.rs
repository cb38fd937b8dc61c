//! What else the decision process reads of an attribute set.

use crate::attrs::AttrSet;
use core::net::Ipv4Addr;

impl AttrSet {
    /// MULTI_EXIT_DISC, or what a missing one counts as.
    pub fn med_or(&self, missing: u32) -> u32 {
        self.med.unwrap_or(missing)
    }

    /// The router that brought the route into the AS, as a route reflector tells it (RFC 4456 section 8).
    pub fn originator_id(&self) -> Option<Ipv4Addr> {
        self.originator_id
    }

    /// How many reflectors it came through.
    pub fn cluster_len(&self) -> usize {
        self.cluster_list.len()
    }

    /// Whether both came through the same ASes.
    pub fn has_path_of(&self, other: &Self) -> bool {
        self == other || self.as_path == other.as_path
    }
}
