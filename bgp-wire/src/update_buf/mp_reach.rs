//! MP_REACH_NLRI of its own.

use crate::family::Family;
use crate::next_hop::NextHop;
use crate::nlri::{LabelForm, Nlri, NlriBuf};
use alloc::vec::Vec;
use core::fmt;

/// The value of MP_REACH_NLRI, owned (RFC 4760 section 3): a family, a next hop, NLRI.
///
/// The octets of the next hop are kept as they came: a second address that is not link-local says nothing and is
/// there all the same.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MpReach {
    family: Family,
    add_path: bool,
    labels: LabelForm,
    count: u16,
    hop: u8,
    /// The next hop, `hop` octets of it, and the NLRI behind it.
    octets: Vec<u8>,
}

impl MpReach {
    /// What `nlri` is reached by.
    pub fn new(next_hop: &NextHop, nlri: &NlriBuf) -> Self {
        let nlri = nlri.view();
        let mut octets = Vec::new();
        next_hop.encode(nlri.family(), &mut octets);
        let hop = if octets.is_empty() { 0 } else { octets.remove(0) };
        octets.extend_from_slice(nlri.as_bytes());
        Self::of(nlri, hop, octets)
    }

    /// That of a message, whose next hop was checked.
    pub(super) fn received(next_hop: &[u8], nlri: Nlri<'_>) -> Self {
        let kept = nlri.fault().map(|_| NlriBuf::from(nlri));
        let nlri = kept.as_ref().map_or(nlri, NlriBuf::view);
        let mut octets = Vec::with_capacity(next_hop.len().saturating_add(nlri.as_bytes().len()));
        octets.extend_from_slice(next_hop);
        octets.extend_from_slice(nlri.as_bytes());
        let hop = u8::try_from(next_hop.len()).unwrap_or(u8::MAX);
        Self::of(nlri, hop, octets)
    }

    fn of(nlri: Nlri<'_>, hop: u8, octets: Vec<u8>) -> Self {
        let (family, add_path, labels) = (nlri.family(), nlri.add_path(), nlri.labels());
        Self { family, add_path, labels, count: nlri.len(), hop, octets }
    }

    /// The family.
    pub const fn family(&self) -> Family {
        self.family
    }

    /// The next hop.
    pub fn next_hop(&self) -> NextHop {
        NextHop::checked(self.family, self.parts().0).unwrap_or(NextHop::Absent)
    }

    /// The NLRI.
    pub fn nlri(&self) -> Nlri<'_> {
        Nlri::checked(self.family, self.add_path, self.labels, self.count, self.parts().1)
    }

    /// The octets of the next hop, and those of the NLRI.
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        self.octets.split_at_checked(usize::from(self.hop)).unwrap_or_default()
    }
}

impl fmt::Debug for MpReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MpReach")
            .field("family", &self.family)
            .field("next_hop", &self.next_hop())
            .field("nlri", &self.nlri())
            .finish_non_exhaustive()
    }
}
