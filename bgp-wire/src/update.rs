//! UPDATE: routes announced and withdrawn (RFC 4271 section 4.3, RFC 4760), judged by RFC 7606.

use crate::attr::{AttrCode, Attrs, bit, walk};
use crate::cursor;
use crate::family::Family;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use crate::next_hop::NextHop;
use crate::nlri::{Nlri, PathNlri};
use crate::notification::NotificationCode;
use crate::outcome::{Fault, Findings, Reset, Severity};
use core::net::Ipv4Addr;

/// NLRI of one message: those of its body, which are IPv4 unicast, and those of its MP attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unfeasible<'a> {
    /// Those of the body.
    pub body: Nlri<'a>,
    /// Those of the MP attribute. `None` where the message has no such attribute of a family of the session.
    pub mp: Option<Nlri<'a>>,
}

impl<'a> Unfeasible<'a> {
    const fn body(body: Nlri<'a>) -> Self {
        Self { body, mp: None }
    }

    const fn without_mp(self) -> Self {
        Self { mp: None, ..self }
    }

    /// The fields that are not empty.
    pub fn fields(&self) -> impl Iterator<Item = Nlri<'a>> + use<'a> {
        core::iter::once(self.body).chain(self.mp).filter(|nlri| !nlri.is_empty())
    }

    /// Every plain prefix of them.
    pub fn prefixes(&self) -> impl Iterator<Item = PathNlri> + use<'a> {
        self.fields().flatten()
    }

    /// Whether there is a prefix in the MP attribute.
    fn has_mp(&self) -> bool {
        self.mp.is_some_and(|nlri| !nlri.is_empty())
    }
}

/// An UPDATE whose attributes can be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Routes<'a> {
    /// Prefixes no longer reachable. They are to be applied before what is announced.
    pub withdrawn: Unfeasible<'a>,
    /// The attributes of every prefix announced.
    pub attrs: Attrs<'a>,
    pub(crate) announced: Unfeasible<'a>,
    /// The next hop of `announced.mp` as it stands in the message.
    pub(crate) mp_next_hop: &'a [u8],
}

impl<'a> Routes<'a> {
    #[inline]
    const fn none() -> Self {
        let none = Unfeasible::body(Nlri::empty(Family::Ipv4Unicast));
        Self { withdrawn: none, attrs: Attrs::none(&[], AsnWidth::Four), announced: none, mp_next_hop: &[] }
    }

    /// The prefixes announced, each field with its own next hop.
    pub fn announced(&self) -> impl Iterator<Item = (NextHop, Nlri<'a>)> + use<'a> {
        let body = self.body().map(|(hop, nlri)| (NextHop::V4(hop), nlri));
        body.into_iter().chain(self.mp_reach())
    }

    /// Of those the prefixes of the body, if there are any, with NEXT_HOP.
    #[inline]
    pub fn body(&self) -> Option<(Ipv4Addr, Nlri<'a>)> {
        let nlri = self.announced.body;
        if nlri.is_empty() { None } else { Some((self.attrs.next_hop()?, nlri)) }
    }

    /// Of those the NLRI of MP_REACH_NLRI, if there are any, with its next hop.
    #[inline]
    pub fn mp_reach(&self) -> Option<(NextHop, Nlri<'a>)> {
        let nlri = self.announced.mp?;
        if nlri.is_empty() { None } else { Some((NextHop::checked(nlri.family(), self.mp_next_hop)?, nlri)) }
    }
}

/// One UPDATE as the receiver must treat it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Received<'a> {
    /// Withdraw, then announce.
    Routes(Routes<'a>),
    /// Withdraw all of these; there are no attributes to misuse.
    TreatAsWithdraw {
        /// What the message withdraws.
        withdrawn: Unfeasible<'a>,
        /// What it announces and must not.
        announced: Unfeasible<'a>,
    },
    /// An MP attribute from which this family cannot be read on, while the others can (RFC 7606 section 2): what the
    /// peer announced of it is to be withdrawn, and what it sends of it from now on to be ignored. What the body has
    /// of IPv4 unicast is to be withdrawn too.
    AfiSafiDisable {
        /// The family.
        family: Family,
        /// What the body withdraws.
        withdrawn: Unfeasible<'a>,
        /// What the body announces and must not.
        announced: Unfeasible<'a>,
    },
    /// The peer has sent all it had of this family (RFC 4724 section 2).
    EndOfRib(Family),
}

/// An UPDATE and what was found wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parsed<'a> {
    /// What to do.
    pub update: Received<'a>,
    /// What was wrong; the worst of it has shaped `update` already.
    pub findings: Findings,
}

/// Decodes the body of an UPDATE under `n`. Total: no panic, no allocation.
///
/// [`Parsed::read`] is the same for who reads many.
pub fn update<'a>(body: &'a [u8], n: &Negotiated) -> Result<Parsed<'a>, Reset> {
    let mut parsed = Parsed::default();
    parsed.fill(body, n, Source::Peer).map(|()| parsed)
}

/// Decodes the body of an UPDATE that was made of routes in a table.
pub(crate) fn table_update<'a>(body: &'a [u8], n: &Negotiated) -> Result<Parsed<'a>, Reset> {
    let mut parsed = Parsed::default();
    parsed.fill(body, n, Source::Table).map(|()| parsed)
}

impl Default for Parsed<'_> {
    /// Routes without a prefix or an attribute.
    #[inline]
    fn default() -> Self {
        Self { update: Received::Routes(Routes::none()), findings: Findings::default() }
    }
}

impl<'a> Parsed<'a> {
    /// Decodes as [`update`] does, into a place that the caller keeps: what is decoded has some 250 octets, and to hand
    /// them over takes a tenth of the time of a message. After an error nothing of it is to be used.
    ///
    /// ```
    /// use bgp_wire::{Negotiated, Parsed, PeerKind, Received};
    ///
    /// let n = Negotiated::new(PeerKind::External);
    /// let mut parsed = Parsed::default();
    /// for body in [&[0, 2, 8, 10, 0, 0][..], &[0, 0, 0, 0]] {
    ///     parsed.read(body, &n)?;
    ///     match &parsed.update {
    ///         Received::Routes(routes) => assert_eq!(routes.withdrawn.prefixes().count(), 1),
    ///         other => assert!(matches!(other, Received::EndOfRib(_))),
    ///     }
    /// }
    /// # Ok::<(), bgp_wire::Reset>(())
    /// ```
    ///
    /// # Errors
    /// The NOTIFICATION to send, as [`update`] has it.
    #[inline]
    pub fn read(&mut self, body: &'a [u8], n: &Negotiated) -> Result<(), Reset> {
        match &mut self.update {
            // Of the attributes nothing is left once they are noted anew.
            Received::Routes(routes) => *routes = Routes { attrs: routes.attrs, ..Routes::none() },
            other => *other = Received::Routes(Routes::none()),
        }
        self.findings = Findings::default();
        self.fill(body, n, Source::Peer)
    }

    /// Fills in what the message says.
    #[inline(never)]
    fn fill(&mut self, body: &'a [u8], n: &Negotiated, source: Source) -> Result<(), Reset> {
        let framing = || Reset::new(NotificationCode::MALFORMED_ATTRIBUTE_LIST, Fault::UpdateFraming);
        let (withdrawn_field, rest) = cursor::field16(body).ok_or_else(framing)?;
        let (attributes, announced_field) = cursor::field16(rest).ok_or_else(framing)?;
        let Self { update: Received::Routes(routes), findings } = self else { return Ok(()) };
        if !withdrawn_field.is_empty() {
            routes.withdrawn.body = body_nlri(withdrawn_field, n, findings)?;
        }
        if !announced_field.is_empty() {
            routes.announced.body = body_nlri(announced_field, n, findings)?;
        }
        walk(&mut routes.attrs, attributes, n, findings)?;
        if let Some(family) = routes.read_mp(n, source, findings)? {
            let (withdrawn, announced) = (routes.withdrawn.without_mp(), routes.announced.without_mp());
            self.update = Received::AfiSafiDisable { family, withdrawn, announced };
            return Ok(());
        }
        let Routes { attrs, withdrawn, announced, .. } = routes;
        let unreach = withdrawn.mp.as_ref();
        if (body.len() == 4 || unreach.is_some_and(Nlri::is_empty))
            && let Some(family) = end_of_rib(body, attrs, unreach, n)
        {
            self.update = Received::EndOfRib(family);
            return Ok(());
        }
        let in_body = !announced.body.is_empty();
        let local_pref = source == Source::Peer && n.peer == PeerKind::Internal;
        let needed = needed(in_body, local_pref);
        if !attrs.are_there(needed) || attrs.is_usable(AttrCode::BGPSEC_PATH) {
            missing(attrs, needed, in_body || announced.has_mp(), findings);
        }
        if source == Source::Peer && in_body {
            unusable_next_hop(attrs, findings);
        }
        if findings.worst() < Some(Severity::TreatAsWithdraw) {
            return Ok(());
        }
        if !announces(attrs, announced, announced_field) && !attrs.is_only(AttrCode::MP_UNREACH_NLRI) {
            return Err(nothing_to_withdraw());
        }
        let (withdrawn, announced) = (*withdrawn, *announced);
        self.update = Received::TreatAsWithdraw { withdrawn, announced };
        Ok(())
    }
}

/// Where an UPDATE comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A peer sent it.
    Peer,
    /// It was made of routes in a table. Some of them may be of the speaker's own, with a next hop of zeros, and some
    /// of external peers, without LOCAL_PREF.
    Table,
}

/// Prefixes of a family that was not negotiated are prefixes all the same.
#[cold]
fn announces(attrs: &Attrs<'_>, announced: &Unfeasible<'_>, field: &[u8]) -> bool {
    let mp = match announced.mp {
        Some(nlri) => !nlri.is_empty(),
        None => attrs.is_there(AttrCode::MP_REACH_NLRI),
    };
    mp || !field.is_empty()
}

/// RFC 7606 section 5.2: bad attributes and no announced prefix mean that nothing can be saved.
fn nothing_to_withdraw() -> Reset {
    Reset::new(NotificationCode::MALFORMED_ATTRIBUTE_LIST, Fault::NothingToWithdraw)
}

/// The NLRI in the body of an UPDATE; an error in it leaves no prefix to trust (RFC 7606 section 5.3).
#[inline]
fn body_nlri<'a>(raw: &'a [u8], n: &Negotiated, findings: &mut Findings) -> Result<Nlri<'a>, Reset> {
    let family = Family::Ipv4Unicast;
    if !n.families.contains(family) {
        findings.push(None, Fault::FamilyNotNegotiated, Severity::AttributeDiscard);
        return Ok(Nlri::empty(family));
    }
    Nlri::new(family, n.add_path_rx.contains(family), raw)
        .map_err(|fault| Reset::new(NotificationCode::INVALID_NETWORK_FIELD, fault))
}

/// RFC 4724 section 2: an UPDATE with nothing in it, or with an empty MP_UNREACH_NLRI alone.
#[cold]
fn end_of_rib(body: &[u8], attrs: &Attrs<'_>, unreach: Option<&Nlri<'_>>, n: &Negotiated) -> Option<Family> {
    let Some(unreach) = unreach else {
        return Some(Family::Ipv4Unicast).filter(|family| body == [0; 4] && n.families.contains(*family));
    };
    let code = AttrCode::MP_UNREACH_NLRI;
    let alone = attrs.is_only(code) && body.len() == attrs.octets(code).len().saturating_add(4);
    alone.then(|| unreach.family())
}

/// What an UPDATE needs that announces anything, in its body or not, on a session that needs LOCAL_PREF or not
/// (RFC 7606 section 3.d), as bits.
#[inline]
fn needed(in_body: bool, local_pref: bool) -> u32 {
    let next_hop = if in_body { bit(AttrCode::NEXT_HOP) } else { 0 };
    let local_pref = if local_pref { bit(AttrCode::LOCAL_PREF) } else { 0 };
    bit(AttrCode::ORIGIN) | bit(AttrCode::AS_PATH) | next_hop | local_pref
}

/// Tells what of `needed` is not there.
#[cold]
fn missing(attrs: &Attrs<'_>, needed: u32, announces: bool, findings: &mut Findings) {
    // A signed path takes the place of the other, and is malformed beside it (RFC 8205 section 5.2).
    let signed = attrs.is_usable(AttrCode::BGPSEC_PATH);
    if signed && attrs.is_there(AttrCode::AS_PATH) {
        findings.push(Some(AttrCode::BGPSEC_PATH), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
    for code in [AttrCode::ORIGIN, AttrCode::AS_PATH, AttrCode::NEXT_HOP, AttrCode::LOCAL_PREF] {
        let replaced = signed && code == AttrCode::AS_PATH;
        if announces && needed & bit(code) != 0 && !replaced && !attrs.is_there(code) {
            findings.push(Some(code), Fault::AttrMissing, Severity::TreatAsWithdraw);
        }
    }
}

/// RFC 4271 section 6.3: a next hop is the address of a host. One that no prefix needs is not looked at
/// (RFC 4760 section 3).
#[inline]
fn unusable_next_hop(attrs: &Attrs<'_>, findings: &mut Findings) {
    if attrs.next_hop().is_some_and(|hop| !NextHop::V4(hop).is_host()) {
        findings.push(Some(AttrCode::NEXT_HOP), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
}
