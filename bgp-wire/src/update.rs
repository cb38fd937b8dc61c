//! UPDATE: routes announced and withdrawn (RFC 4271 section 4.3, RFC 4760), judged by RFC 7606.

use crate::attr::{AttrCode, Attrs, walk};
use crate::cursor;
use crate::family::Family;
use crate::negotiate::{Negotiated, PeerKind};
use crate::next_hop::NextHop;
use crate::nlri::{Nlri, PathNlri};
use crate::notification::NotificationCode;
use crate::outcome::{Fault, Findings, Reset, Severity};

/// NLRI of one message: those of its body, which are IPv4 unicast, and those of its MP attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unfeasible<'a> {
    pub(crate) body: Nlri<'a>,
    /// `None` where the message has no such attribute of a family of the session.
    pub(crate) mp: Option<Nlri<'a>>,
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
    pub(crate) mp_next_hop: Option<NextHop>,
}

impl<'a> Routes<'a> {
    /// The prefixes announced, each field with its own next hop.
    pub fn announced(&self) -> impl Iterator<Item = (NextHop, Nlri<'a>)> + use<'a> {
        let body = self.attrs.next_hop().map(|hop| (NextHop::V4(hop), self.announced.body));
        let all = body.into_iter().chain(self.mp_next_hop.zip(self.announced.mp));
        all.filter(|(_, nlri)| !nlri.is_empty())
    }

    /// Whether an MP attribute is to be read.
    fn has_mp(&self) -> bool {
        self.attrs.is_there(AttrCode::MP_REACH_NLRI) || self.attrs.is_there(AttrCode::MP_UNREACH_NLRI)
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
pub fn update<'a>(body: &'a [u8], n: &Negotiated) -> Result<Parsed<'a>, Reset> {
    read::<true>(body, n)
}

/// Decodes the body of an UPDATE that was made of routes in a table. Some of them may be of the speaker's own, with
/// a next hop of zeros, and some of external peers, without LOCAL_PREF.
pub(crate) fn table_update<'a>(body: &'a [u8], n: &Negotiated) -> Result<Parsed<'a>, Reset> {
    read::<false>(body, n)
}

fn read<'a, const FROM_PEER: bool>(body: &'a [u8], n: &Negotiated) -> Result<Parsed<'a>, Reset> {
    let framing = || Reset::new(NotificationCode::MALFORMED_ATTRIBUTE_LIST, Fault::UpdateFraming);
    let (withdrawn_field, rest) = cursor::field16(body).ok_or_else(framing)?;
    let (attributes, announced_field) = cursor::field16(rest).ok_or_else(framing)?;
    // Filled where it stays: nothing of it is copied but once, to the caller.
    let mut findings = Findings::default();
    let mut routes = Routes {
        withdrawn: Unfeasible::body(body_nlri(withdrawn_field, n, &mut findings)?),
        attrs: Attrs::new(attributes, n.asn_width),
        announced: Unfeasible::body(body_nlri(announced_field, n, &mut findings)?),
        mp_next_hop: None,
    };
    walk(&mut routes.attrs, n, &mut findings)?;
    if routes.has_mp()
        && let Some(family) = routes.read_mp(n, &mut findings)?
    {
        let (withdrawn, announced) = (routes.withdrawn.without_mp(), routes.announced.without_mp());
        return Ok(Parsed { update: Received::AfiSafiDisable { family, withdrawn, announced }, findings });
    }
    if let Some(family) = end_of_rib(body, &routes, n) {
        return Ok(Parsed { update: Received::EndOfRib(family), findings });
    }
    missing(&routes, FROM_PEER && n.peer == PeerKind::Internal, &mut findings);
    if FROM_PEER {
        unusable_next_hops(&routes, &mut findings);
    }
    if findings.worst() < Some(Severity::TreatAsWithdraw) {
        return Ok(Parsed { update: Received::Routes(routes), findings });
    }
    let Routes { withdrawn, announced, attrs, .. } = &routes;
    // Prefixes of a family that was not negotiated are prefixes all the same.
    let mp_announces = match announced.mp {
        Some(nlri) => !nlri.is_empty(),
        None => attrs.is_there(AttrCode::MP_REACH_NLRI),
    };
    let announces = mp_announces || !announced_field.is_empty();
    if !announces && !attrs.is_only(AttrCode::MP_UNREACH_NLRI) {
        return Err(nothing_to_withdraw());
    }
    let (withdrawn, announced) = (*withdrawn, *announced);
    Ok(Parsed { update: Received::TreatAsWithdraw { withdrawn, announced }, findings })
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
        if !raw.is_empty() {
            findings.push(None, Fault::FamilyNotNegotiated, Severity::AttributeDiscard);
        }
        return Ok(Nlri::empty(family));
    }
    Nlri::new(family, n.add_path_rx.contains(family), raw)
        .map_err(|fault| Reset::new(NotificationCode::INVALID_NETWORK_FIELD, fault))
}

/// RFC 4724 section 2: an UPDATE with nothing in it, or with an empty MP_UNREACH_NLRI alone.
#[inline]
fn end_of_rib(body: &[u8], routes: &Routes<'_>, n: &Negotiated) -> Option<Family> {
    if body == [0; 4] {
        return Some(Family::Ipv4Unicast).filter(|family| n.families.contains(*family));
    }
    let unreach = routes.withdrawn.mp.filter(Nlri::is_empty)?;
    let (attrs, code) = (&routes.attrs, AttrCode::MP_UNREACH_NLRI);
    let alone = attrs.is_only(code) && body.len() == attrs.octets(code).len().saturating_add(4);
    alone.then(|| unreach.family())
}

/// RFC 7606 section 3.d: whatever announces a prefix must say how to reach it.
#[inline]
fn missing(routes: &Routes<'_>, local_pref_is_needed: bool, findings: &mut Findings) {
    let Routes { attrs, announced, .. } = routes;
    // A signed path takes the place of the other, and is malformed beside it (RFC 8205 section 5.2).
    let signed = attrs.is_usable(AttrCode::BGPSEC_PATH);
    if signed && attrs.is_there(AttrCode::AS_PATH) {
        findings.push(Some(AttrCode::BGPSEC_PATH), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
    let in_body = !announced.body.is_empty();
    let needed = [
        (AttrCode::ORIGIN, true),
        (AttrCode::AS_PATH, !signed),
        (AttrCode::NEXT_HOP, in_body),
        (AttrCode::LOCAL_PREF, local_pref_is_needed),
    ];
    let all = needed.iter().all(|(code, needed)| !needed || attrs.is_there(*code));
    if all || !(in_body || announced.has_mp()) {
        return;
    }
    for (code, needed) in needed {
        if needed && !attrs.is_there(code) {
            findings.push(Some(code), Fault::AttrMissing, Severity::TreatAsWithdraw);
        }
    }
}

/// RFC 4271 section 6.3: a next hop is the address of a host. One that no prefix needs is not looked at
/// (RFC 4760 section 3).
#[inline]
fn unusable_next_hops(routes: &Routes<'_>, findings: &mut Findings) {
    let Routes { attrs, announced, mp_next_hop, .. } = routes;
    if !announced.body.is_empty() && attrs.next_hop().is_some_and(|hop| !NextHop::V4(hop).is_host()) {
        findings.push(Some(AttrCode::NEXT_HOP), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
    if mp_next_hop.is_some_and(|hop| !hop.is_host()) && announced.has_mp() {
        findings.push(Some(AttrCode::MP_REACH_NLRI), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
}
