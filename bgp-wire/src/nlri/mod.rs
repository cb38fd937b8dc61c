//! NLRI: what one field of an UPDATE announces or withdraws, with its path identifiers (RFC 4271 section 4.3,
//! RFC 4760 section 5, RFC 7911).
//!
//! A field is checked once, when it becomes an [`Nlri`]. Plain prefixes are read by [`Nlri::iter`]; the NLRI of
//! every family, those included, by [`Nlri::typed`]. Each family that is more than prefixes has a file here.

mod buf;
mod evpn;
mod flowspec;
mod label_stack;
mod labelled;
mod labels;
#[cfg(test)]
mod labels_updates;
mod link_state;
mod plain;
mod route_target;
mod sr_policy;
#[cfg(test)]
mod tests;
mod typed;
#[cfg(test)]
mod updates;
mod vpls;

pub use buf::{NlriBuf, NlriUnfit};
pub use evpn::{
    Esi, EsiKind, EsiParseError, EvpnLabel, EvpnRoute, MacAddr, MacAddrParseError, MulticastGroup,
};
pub use flowspec::{
    BitmaskOp, BitmaskOps, FlowComponent, FlowComponents, FlowMatch, FlowPrefix, FlowSpec, FlowSpecBuf,
    FlowSpecError, FlowSpecParseError, FlowType, NumericOp, NumericOps,
};
pub use label_stack::{LabelStack, LabelStacks};
pub use labelled::{LabelledPrefix, VpnPrefix};
pub use labels::{Label, Labels};
pub use link_state::{
    Descriptor, Descriptors, IgpRouterId, LinkStateBuf, LinkStateNlri, LinkStateObject, NodeDescriptor,
    NodeDescriptors, ObjectKind, OspfRouteType, ProtocolId,
};
pub use plain::{NlriIter, PathNlri};
pub use route_target::RouteTargetMembership;
pub use sr_policy::SrPolicy;
pub use typed::{TypedIter, TypedNlri};
pub use vpls::Vpls;

pub(crate) use label_stack::{LabelForm, LabelRoom};
pub(crate) use plain::{longest, octets, put};

use crate::family::Family;
use crate::negotiate::Negotiated;
use crate::outcome::Fault;
use core::fmt;

/// A field of checked NLRI, borrowed from its message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nlri<'a> {
    family: Family,
    add_path: bool,
    /// What stands before its prefixes; in a family without labels always the same.
    labels: LabelForm,
    /// How many there are; no field of a message holds more than 65,535.
    count: u16,
    raw: &'a [u8],
}

impl<'a> Nlri<'a> {
    /// None of `family`.
    pub const fn empty(family: Family) -> Self {
        Self { family, add_path: false, labels: LabelForm::AsTheyCome, count: 0, raw: &[] }
    }

    /// Checks every one of `raw` (RFC 7606 section 5.3). An error is one behind which no NLRI can be found; where only
    /// what an NLRI says is wrong, it is [`TypedNlri::Malformed`], and [`Nlri::fault`] tells of the first of them.
    ///
    /// Where the family has labels, their end depends on the session and on whether `raw` is announced, which
    /// [`Nlri::announced`] and [`Nlri::withdrawn`] know. This one takes the labels of either as they come
    /// ([`LabelStack::AsTheyCome`]).
    #[inline]
    pub fn new(family: Family, add_path: bool, raw: &'a [u8]) -> Result<Self, Fault> {
        Self::read(family, add_path, raw, || LabelForm::AsTheyCome)
    }

    /// The NLRI of MP_REACH_NLRI of a session of `n`, checked as by [`Nlri::new`]. How many labels the session allows is
    /// not asked: more of them are read, and are the receiver's to refuse (RFC 8277 section 2.1).
    #[expect(clippy::inline_always, reason = "what it returns is put together where it stays")]
    #[inline(always)]
    pub fn announced(family: Family, n: &Negotiated, raw: &'a [u8]) -> Result<Self, Fault> {
        let labels = || LabelForm::announced(n.labels_rx, family);
        Self::read(family, n.add_path_rx.contains(family), raw, labels)
    }

    /// The NLRI of MP_UNREACH_NLRI of a session of `n`, checked as by [`Nlri::new`].
    #[inline]
    pub fn withdrawn(family: Family, n: &Negotiated, raw: &'a [u8]) -> Result<Self, Fault> {
        let labels = || LabelForm::withdrawn(n.labels_rx, family);
        Self::read(family, n.add_path_rx.contains(family), raw, labels)
    }

    /// Only a family that is more than plain prefixes is asked for its labels.
    #[expect(clippy::inline_always, reason = "see `announced`")]
    #[inline(always)]
    fn read(
        family: Family,
        add_path: bool,
        raw: &'a [u8],
        labels: impl FnOnce() -> LabelForm,
    ) -> Result<Self, Fault> {
        if u16::try_from(raw.len()).is_err() {
            return Err(Fault::NlriTruncated);
        }
        let (labels, count) = if family.is_plain() {
            let longest = plain::max_bits(family);
            let count = plain::count(longest, add_path, raw);
            (LabelForm::AsTheyCome, count.ok_or_else(|| plain::fault(longest, add_path, raw))?)
        } else {
            let labels = labels();
            (labels, typed::check(family, add_path, labels, raw)?)
        };
        Ok(Self { family, add_path, labels, count, raw })
    }

    /// A field that was checked before.
    pub(crate) const fn checked(
        family: Family,
        add_path: bool,
        labels: LabelForm,
        count: u16,
        raw: &'a [u8],
    ) -> Self {
        Self { family, add_path, labels, count, raw }
    }

    /// What stands before its prefixes.
    pub(crate) const fn labels(&self) -> LabelForm {
        self.labels
    }

    /// How many there are, in the width they are kept in.
    pub(crate) const fn len(&self) -> u16 {
        self.count
    }

    /// The family of every one of them.
    pub const fn family(&self) -> Family {
        self.family
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.count as usize
    }

    /// What is wrong with the first that is [`TypedNlri::Malformed`].
    ///
    /// Where the others of its field can be read, an UPDATE with such a one is treated as one that withdraws
    /// (RFC 7606 section 3.j), and need not end the session; of link-state, that one alone is passed over (RFC 9552
    /// section 8.2.2).
    pub fn fault(&self) -> Option<Fault> {
        if self.family.is_plain() {
            return None;
        }
        self.typed().find_map(|(_, nlri)| nlri.fault())
    }

    /// [`Nlri::fault`], or what else forbids to announce one of them; to withdraw it is allowed.
    pub(crate) fn fault_announced(self, n: &Negotiated) -> Option<Fault> {
        let evpn = || self.typed().find_map(|(_, nlri)| nlri.fault_announced());
        self.fault().or_else(|| match self.family {
            Family::Evpn => evpn(),
            family => self.too_many_labels(n.labels_rx.of(family)?),
        })
    }

    /// RFC 8277 section 2.1: no NLRI binds more labels than the receiver announced.
    fn too_many_labels(&self, stack: LabelStack) -> Option<Fault> {
        let LabelStack::Several(most) = stack else { return None };
        self.typed().map(|(_, nlri)| nlri.labels()).find(|labels| *labels > most).map(Fault::LabelCount)
    }

    /// Whether each has a path identifier.
    pub const fn add_path(&self) -> bool {
        self.add_path
    }

    /// The octets of the field.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// The prefixes in order; none where the family's NLRI are more than plain prefixes.
    #[inline]
    pub const fn iter(&self) -> NlriIter<'a> {
        let (left, raw): (_, &[u8]) = if self.family.is_plain() { (self.count, self.raw) } else { (0, &[]) };
        NlriIter::new(self.family, self.add_path, left, raw)
    }

    /// The NLRI in order, of whatever family, each behind its path identifier (0 where the session has none).
    ///
    /// ```
    /// use bgp_wire::{Family, Nlri, TypedNlri};
    ///
    /// let field = Nlri::new(Family::Ipv4Unicast, true, &[0, 0, 0, 7, 24, 198, 51, 100])?;
    /// let all: Vec<(u32, TypedNlri<'_>)> = field.typed().collect();
    /// assert_eq!(all, [(7, TypedNlri::Prefix("198.51.100.0/24".parse().unwrap()))]);
    /// # Ok::<(), bgp_wire::Fault>(())
    /// ```
    pub const fn typed(&self) -> TypedIter<'a> {
        TypedIter::new(self)
    }
}

impl<'a> IntoIterator for Nlri<'a> {
    type Item = PathNlri;
    type IntoIter = NlriIter<'a>;
    fn into_iter(self) -> NlriIter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Nlri<'a> {
    type Item = PathNlri;
    type IntoIter = NlriIter<'a>;
    fn into_iter(self) -> NlriIter<'a> {
        self.iter()
    }
}

impl fmt::Debug for Nlri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.typed().map(|(_, nlri)| nlri)).finish()
    }
}
