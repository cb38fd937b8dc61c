//! Writing UPDATEs: attributes once, then prefixes until the message is full.

use crate::attr::{AttrCode, AttrFlags};
use crate::attribute_set::{AttributeSet, begin_long, close_long};
use crate::encoded_set::EncodedSet;
use crate::family::Family;
use crate::frame::{MessageType, begin, end, patch_u16};
use crate::negotiate::{AsnWidth, Negotiated};
use crate::next_hop::NextHop;
use crate::nlri::{self, LabelRoom, NlriUnfit, PathNlri, TypedNlri};
use alloc::vec::Vec;
use core::fmt;

/// What became of a prefix; a full message is an answer, not an error.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use = "a prefix that did not fit must go into the next message"]
pub enum Fit {
    /// It is in the message.
    Added,
    /// The message has no room for it.
    Full,
}

/// The route cannot be sent to this peer: its attributes leave no room for a prefix, or its next hop is not
/// of the prefix's family.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no message that this session allows can hold these attributes and a prefix")
    }
}
impl core::error::Error for TooLong {}

/// Where the prefixes go, and which length fields depend on them.
enum Place {
    /// Behind the attributes, which end the message's fixed part.
    Body,
    /// The withdrawn routes' field; its length is at this offset.
    Withdrawn(usize),
    /// The end of an MP attribute, whose value begins at `value`. It grows behind the others and takes its
    /// place before them when it is whole: it is to be the first (RFC 7606 section 5.1).
    Mp { attributes: usize, others: usize, value: usize },
}

/// Writes one UPDATE at the end of a buffer. The message is whole once [`UpdateWriter::finish`] has closed it.
///
/// ```
/// use bgp_wire::*;
/// let n = Negotiated::new(PeerKind::External);
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// let mut bytes = Vec::new();
/// let mut writer = UpdateWriter::announce(&mut bytes, &n, Family::Ipv4Unicast, &attrs).unwrap();
/// let prefix = "198.51.100.0/24".parse().unwrap();
/// assert_eq!(writer.push(&PathNlri { path_id: 0, prefix }), Fit::Added);
/// writer.finish();
/// let message = frame(&bytes, 4096).unwrap().unwrap();
/// let parsed = update(message.body, &n).unwrap();
/// assert_eq!(parsed.findings.worst(), None);
/// ```
#[must_use = "the message is not whole until it is finished"]
pub struct UpdateWriter<'b> {
    out: &'b mut Vec<u8>,
    start: usize,
    max: usize,
    family: Family,
    add_path: bool,
    labels: LabelRoom,
    place: Place,
    count: usize,
}

impl<'b> UpdateWriter<'b> {
    /// Begins a message that announces prefixes of `family` with `attrs`; nothing is written on an error.
    pub fn announce(
        out: &'b mut Vec<u8>,
        n: &Negotiated,
        family: Family,
        attrs: &AttributeSet,
    ) -> Result<Self, TooLong> {
        Self::announce_by(out, n, family, attrs.next_hop, |body, out| attrs.encode(n, body, out))
    }

    /// The same with attributes that are encoded already.
    pub fn announce_encoded(
        out: &'b mut Vec<u8>,
        n: &Negotiated,
        family: Family,
        attrs: EncodedSet<'_>,
    ) -> Result<Self, TooLong> {
        Self::announce_by(out, n, family, attrs.next_hop(), |body, out| attrs.encode(n, body, out))
    }

    /// Whether [`announce_encoded`](Self::announce_encoded) would begin a message.
    pub fn can_announce(n: &Negotiated, family: Family, attrs: EncodedSet<'_>) -> bool {
        /// More than a message has besides attributes, with two next hops and a prefix.
        const REST: usize = 256;
        if n.asn_width == AsnWidth::Four
            && attrs.attributes_len().saturating_add(REST) <= n.max_message.into()
        {
            return attrs.next_hop().serves(family, n);
        }
        let mut message = Vec::new();
        UpdateWriter::announce_encoded(&mut message, n, family, attrs).is_ok()
    }

    /// `encode` appends the attributes, NEXT_HOP among them where it is told so.
    fn announce_by(
        out: &'b mut Vec<u8>,
        n: &Negotiated,
        family: Family,
        next_hop: NextHop,
        encode: impl FnOnce(bool, &mut Vec<u8>),
    ) -> Result<Self, TooLong> {
        if !next_hop.serves(family, n) {
            return Err(TooLong);
        }
        // An IPv6 next hop has its place in MP_REACH_NLRI alone (RFC 8950 section 3).
        let in_body = family == Family::Ipv4Unicast && matches!(next_hop, NextHop::V4(_));
        let start = begin(out, MessageType::Update);
        out.extend_from_slice(&[0, 0, 0, 0]);
        let attributes = out.len();
        encode(in_body, out);
        let others = out.len().saturating_sub(attributes);
        let place = if in_body {
            patch_u16(out, attributes.saturating_sub(2), others);
            Place::Body
        } else {
            let value = begin_long(out, AttrFlags::OPTIONAL, AttrCode::MP_REACH_NLRI);
            put_family(out, family);
            next_hop.encode(family, out);
            out.push(0);
            Place::Mp { attributes, others, value }
        };
        let labels = LabelRoom::announced(n.labels_tx, family);
        let writer = Self::begun(out, start, n, family, labels, place);
        if family.is_plain() && writer.room() < nlri::longest(writer.add_path, family) {
            writer.finish();
            return Err(TooLong);
        }
        Ok(writer)
    }

    /// Begins a message that withdraws prefixes of `family`.
    pub fn withdraw(out: &'b mut Vec<u8>, n: &Negotiated, family: Family) -> Self {
        let start = begin(out, MessageType::Update);
        out.extend_from_slice(&[0, 0]);
        let place = if family == Family::Ipv4Unicast {
            Place::Withdrawn(out.len().saturating_sub(2))
        } else {
            out.extend_from_slice(&[0, 0]);
            let attributes = out.len();
            let value = begin_long(out, AttrFlags::OPTIONAL, AttrCode::MP_UNREACH_NLRI);
            put_family(out, family);
            Place::Mp { attributes, others: 0, value }
        };
        Self::begun(out, start, n, family, LabelRoom::withdrawn(family), place)
    }

    /// Appends the End-of-RIB marker of `family` (RFC 4724 section 2).
    pub fn end_of_rib(out: &'b mut Vec<u8>, n: &Negotiated, family: Family) {
        let mut writer = Self::withdraw(out, n, family);
        writer.count = 1;
        writer.finish();
    }

    fn begun(
        out: &'b mut Vec<u8>,
        start: usize,
        n: &Negotiated,
        family: Family,
        labels: LabelRoom,
        place: Place,
    ) -> Self {
        let add_path = n.add_path_tx.contains(family);
        let max = usize::from(n.max_message);
        Self { out, start, max, family, add_path, labels, place, count: 0 }
    }

    /// Octets still free, less what is to follow the prefixes.
    fn room(&self) -> usize {
        let reserved = if matches!(self.place, Place::Withdrawn(_)) { 2 } else { 0 };
        let used = self.out.len().saturating_sub(self.start).saturating_add(reserved);
        self.max.saturating_sub(used)
    }

    /// Adds a prefix, which must be of the message's family, and that one of plain prefixes.
    pub fn push(&mut self, nlri: &PathNlri) -> Fit {
        if nlri::octets(self.add_path, &nlri.prefix) > self.room() {
            return Fit::Full;
        }
        nlri::put(self.out, self.add_path, nlri);
        self.count = self.count.saturating_add(1);
        Fit::Added
    }

    /// Adds an NLRI of the message's family, whichever that is. Where it is withdrawn, 0x800000 stands in the place of its
    /// labels (RFC 8277 section 2.4).
    ///
    /// An error is that of an NLRI no message of this kind to this peer can have: of another family, or announced with
    /// more labels than the peer takes. One that is larger than any message finds even an empty one full.
    pub fn push_typed(&mut self, path_id: u32, nlri: &TypedNlri<'_>) -> Result<Fit, NlriUnfit> {
        let nlri = nlri.written(self.family, self.labels)?;
        let (before, room) = (self.out.len(), self.room());
        nlri.encode(self.add_path.then_some(path_id), self.out);
        if self.out.len().saturating_sub(before) > room {
            self.out.truncate(before);
            return Ok(Fit::Full);
        }
        self.count = self.count.saturating_add(1);
        Ok(Fit::Added)
    }

    /// Closes the message and returns how many prefixes it has; one with none is taken back whole.
    pub fn finish(self) -> usize {
        if self.count == 0 {
            self.out.truncate(self.start);
            return 0;
        }
        let end_at = self.out.len();
        match self.place {
            Place::Body => {}
            Place::Withdrawn(len) => {
                patch_u16(self.out, len, end_at.saturating_sub(len.saturating_add(2)));
                self.out.extend_from_slice(&[0, 0]);
            }
            Place::Mp { attributes, others, value } => {
                close_long(self.out, value);
                let len = self.out.len().saturating_sub(attributes);
                patch_u16(self.out, attributes.saturating_sub(2), len);
                if let Some(all) = self.out.get_mut(attributes..) {
                    all.rotate_left(others);
                }
            }
        }
        end(self.out, self.start);
        self.count
    }
}

fn put_family(out: &mut Vec<u8>, family: Family) {
    let pair = family.afi_safi();
    out.extend_from_slice(&pair.afi.to_be_bytes());
    out.push(pair.safi);
}
