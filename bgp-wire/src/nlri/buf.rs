//! NLRI of their own: what one field of a message to come holds.

use super::label_stack::LabelRoom;
use super::{Nlri, PathNlri, TypedNlri};
use crate::family::Family;
use crate::negotiate::Negotiated;
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
    labels: LabelRoom,
    count: u16,
    raw: Vec<u8>,
}

/// An NLRI that a field cannot take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NlriUnfit {
    /// It is of another family than the field, or malformed.
    Family,
    /// Its labels are more than the field can have, or are those of what is withdrawn.
    Labels,
    /// With it the field would be longer than any message.
    Length,
}

impl fmt::Display for NlriUnfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Family => "the NLRI is of another family than the field",
            Self::Labels => "the NLRI has more labels than the peer takes, or none to announce",
            Self::Length => "the field would be longer than any message",
        })
    }
}
impl core::error::Error for NlriUnfit {}

impl NlriBuf {
    /// None of `family` yet; `add_path` says whether each is to have a path identifier (RFC 7911).
    ///
    /// Where the family has labels, it takes whatever [`Nlri::new`] reads; [`NlriBuf::announcing`] and
    /// [`NlriBuf::withdrawing`] take what a peer does.
    pub const fn new(family: Family, add_path: bool) -> Self {
        Self::with_room(family, add_path, LabelRoom::ANY)
    }

    /// None of `family` yet, for MP_REACH_NLRI to a peer of `n`: with path identifiers and as many labels as it takes.
    ///
    /// ```
    /// use bgp_wire::{Family, LabelledPrefix, Labels, Negotiated, NlriBuf, NlriUnfit, PeerKind, TypedNlri};
    ///
    /// let n = Negotiated::new(PeerKind::External);
    /// let two = LabelledPrefix::new(Labels::new(&[100, 200]).unwrap(), "198.51.100.0/24".parse()?).unwrap();
    /// let mut field = NlriBuf::announcing(Family::Ipv4Labelled, &n);
    /// assert_eq!(field.push(0, &TypedNlri::Labelled(two)), Err(NlriUnfit::Labels));
    /// let mut field = NlriBuf::withdrawing(Family::Ipv4Labelled, &n);
    /// field.push(0, &TypedNlri::Labelled(two))?;
    /// assert_eq!(field.view().as_bytes(), [48, 0x80, 0, 0, 198, 51, 100]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn announcing(family: Family, n: &Negotiated) -> Self {
        let room = LabelRoom::announced(n.labels_tx, family);
        Self::with_room(family, n.add_path_tx.contains(family), room)
    }

    /// None of `family` yet, for MP_UNREACH_NLRI to a peer of `n`: whatever labels an NLRI has, 0x800000 stands in their
    /// place (RFC 8277 section 2.4).
    pub const fn withdrawing(family: Family, n: &Negotiated) -> Self {
        Self::with_room(family, n.add_path_tx.contains(family), LabelRoom::withdrawn(family))
    }

    const fn with_room(family: Family, add_path: bool, labels: LabelRoom) -> Self {
        Self { family, add_path, labels, count: 0, raw: Vec::new() }
    }

    /// Borrows it.
    pub fn view(&self) -> Nlri<'_> {
        let Self { family, add_path, labels, count, ref raw } = *self;
        Nlri { family, add_path, labels: labels.form, count, raw }
    }

    /// Adds an NLRI; its path identifier stands only where the field has them.
    pub fn push(&mut self, path_id: u32, nlri: &TypedNlri<'_>) -> Result<(), NlriUnfit> {
        let nlri = nlri.written(self.family, self.labels)?;
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
            let mut kept = Self::with_room(nlri.family, nlri.add_path, LabelRoom::of(nlri.labels));
            let malformed = |one: &TypedNlri<'_>| matches!(one, TypedNlri::Malformed { .. });
            for (path_id, one) in nlri.typed().filter(|(_, one)| !malformed(one)) {
                one.encode(nlri.add_path.then_some(path_id), &mut kept.raw);
                kept.count = kept.count.saturating_add(1);
            }
            return kept;
        }
        let Nlri { family, add_path, labels, count, raw } = nlri;
        Self { family, add_path, labels: LabelRoom::of(labels), count, raw: raw.to_vec() }
    }
}

impl fmt::Debug for NlriBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
