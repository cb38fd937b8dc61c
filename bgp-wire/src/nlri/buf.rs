//! NLRI of their own: what one field of a message to come holds.

use super::{Nlri, PathNlri, TypedNlri};
use crate::family::Family;
use alloc::vec::Vec;
use core::fmt;

/// The NLRI of one field, owned: the octets as they stand in a message, every one of them checked.
///
/// ```
/// use bgp_wire::{Family, NlriBuf, TypedNlri};
///
/// let mut field = NlriBuf::new(Family::Ipv4Unicast, false);
/// field.push(0, &TypedNlri::Prefix("198.51.100.0/24".parse()?))?;
/// assert_eq!(field.view().as_bytes(), [24, 198, 51, 100]);
/// assert!(field.push(0, &TypedNlri::Prefix("2001:db8::/32".parse()?)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NlriBuf {
    family: Family,
    add_path: bool,
    count: u16,
    raw: Vec<u8>,
}

/// An NLRI that a field cannot take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NlriUnfit {
    /// It is of another family than the field, or malformed.
    Family,
    /// With it the field would be longer than any message.
    Length,
}

impl fmt::Display for NlriUnfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Family => "the NLRI is of another family than the field",
            Self::Length => "the field would be longer than any message",
        })
    }
}
impl core::error::Error for NlriUnfit {}

impl NlriBuf {
    /// None of `family` yet; `add_path` says whether each is to have a path identifier (RFC 7911).
    pub const fn new(family: Family, add_path: bool) -> Self {
        Self { family, add_path, count: 0, raw: Vec::new() }
    }

    /// Borrows it.
    pub fn view(&self) -> Nlri<'_> {
        Nlri { family: self.family, add_path: self.add_path, count: self.count, raw: &self.raw }
    }

    /// Adds an NLRI; its path identifier stands only where the field has them.
    pub fn push(&mut self, path_id: u32, nlri: &TypedNlri<'_>) -> Result<(), NlriUnfit> {
        if !nlri.is_of(self.family) {
            return Err(NlriUnfit::Family);
        }
        let before = self.raw.len();
        nlri.encode(self.add_path.then_some(path_id), &mut self.raw);
        if u16::try_from(self.raw.len()).is_err() {
            self.raw.truncate(before);
            return Err(NlriUnfit::Length);
        }
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    /// Adds a plain prefix.
    pub fn push_prefix(&mut self, nlri: &PathNlri) -> Result<(), NlriUnfit> {
        self.push(nlri.path_id, &TypedNlri::Prefix(nlri.prefix))
    }
}

impl From<Nlri<'_>> for NlriBuf {
    /// Those that are malformed are left out.
    fn from(nlri: Nlri<'_>) -> Self {
        if nlri.fault().is_some() {
            let mut kept = Self::new(nlri.family, nlri.add_path);
            let malformed = |one: &TypedNlri<'_>| matches!(one, TypedNlri::Malformed { .. });
            for (path_id, one) in nlri.typed().filter(|(_, one)| !malformed(one)) {
                one.encode(nlri.add_path.then_some(path_id), &mut kept.raw);
                kept.count = kept.count.saturating_add(1);
            }
            return kept;
        }
        Self { family: nlri.family, add_path: nlri.add_path, count: nlri.count, raw: nlri.raw.to_vec() }
    }
}

impl fmt::Debug for NlriBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
