//! UPDATE: routes announced and withdrawn (RFC 4271 section 4.3, RFC 4760), judged by RFC 7606.

use crate::attr::{AttrCode, Attrs, walk};
use crate::cursor;
use crate::family::{AfiSafi, Family, FamilySet};
use crate::negotiate::{Negotiated, PeerKind};
use crate::next_hop::NextHop;
use crate::nlri::{Nlri, PathNlri};
use crate::notification::NotificationCode;
use crate::outcome::{Fault, Findings, Reset, ResetData, Severity};

/// NLRI of one message: those of its body, which are IPv4 unicast, and those of its MP attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unfeasible<'a> {
    /// `None` where the field is empty, as for the other.
    pub(crate) body: Option<Nlri<'a>>,
    pub(crate) mp: Option<Nlri<'a>>,
}

impl<'a> Unfeasible<'a> {
    fn new(body: Nlri<'a>, mp: Option<Nlri<'a>>) -> Self {
        let some = |nlri: &Nlri<'a>| !nlri.is_empty();
        Self { body: Some(body).filter(some), mp: mp.filter(some) }
    }

    /// The fields that are not empty.
    pub fn fields(&self) -> impl Iterator<Item = Nlri<'a>> + use<'a> {
        self.body.into_iter().chain(self.mp)
    }

    /// Every plain prefix of them.
    pub fn prefixes(&self) -> impl Iterator<Item = PathNlri> + use<'a> {
        self.fields().flatten()
    }

    const fn is_empty(&self) -> bool {
        self.body.is_none() && self.mp.is_none()
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
    mp_next_hop: Option<NextHop>,
}

impl<'a> Routes<'a> {
    /// The prefixes announced, each field with its own next hop.
    pub fn announced(&self) -> impl Iterator<Item = (NextHop, Nlri<'a>)> + use<'a> {
        let body = self.announced.body.and_then(|nlri| Some((NextHop::V4(self.attrs.next_hop()?), nlri)));
        body.into_iter().chain(self.mp_next_hop.zip(self.announced.mp))
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
    let mut findings = Findings::default();
    let withdrawn = body_nlri(withdrawn_field, n, &mut findings)?;
    let announced = body_nlri(announced_field, n, &mut findings)?;

    let mut attrs = Attrs::new(attributes, n.asn_width);
    walk(&mut attrs, n, &mut findings)?;
    let reach = mp(&attrs, AttrCode::MP_REACH_NLRI, n, &mut findings, |value, findings| {
        mp_reach(value, n, findings)
    })?;
    let unreach = mp(&attrs, AttrCode::MP_UNREACH_NLRI, n, &mut findings, |value, findings| {
        mp_unreach(value, n, findings)
    })?;
    let (reach, unreach) = match (reach, unreach) {
        (Mp::Disabled(family), _) | (_, Mp::Disabled(family)) => {
            let (withdrawn, announced) = (Unfeasible::new(withdrawn, None), Unfeasible::new(announced, None));
            return Ok(Parsed {
                update: Received::AfiSafiDisable { family, withdrawn, announced },
                findings,
            });
        }
        (Mp::Read(reach), Mp::Read(unreach)) => (reach, unreach),
    };
    if let Some(family) = end_of_rib(body, &attrs, unreach.as_ref(), n) {
        return Ok(Parsed { update: Received::EndOfRib(family), findings });
    }
    let withdrawn = Unfeasible::new(withdrawn, unreach);
    let announced = Unfeasible::new(announced, reach.map(|(_, nlri)| nlri));
    let mp_next_hop = reach.map(|(hop, _)| hop);
    missing(&attrs, &announced, FROM_PEER && n.peer == PeerKind::Internal, &mut findings);
    if FROM_PEER {
        unusable_next_hops(&attrs, &announced, mp_next_hop, &mut findings);
    }
    if findings.worst() < Some(Severity::TreatAsWithdraw) {
        let routes = Routes { withdrawn, attrs, announced, mp_next_hop };
        return Ok(Parsed { update: Received::Routes(routes), findings });
    }
    // Prefixes of a family that was not negotiated are prefixes all the same.
    let mp_announces = reach.map_or(attrs.is_there(AttrCode::MP_REACH_NLRI), |(_, nlri)| !nlri.is_empty());
    let announces = mp_announces || !announced_field.is_empty();
    if !announces && !attrs.is_only(AttrCode::MP_UNREACH_NLRI) {
        return Err(nothing_to_withdraw());
    }
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

/// AFI, SAFI and the rest of an MP attribute's value.
#[inline]
fn afi_safi(v: &[u8]) -> Option<(AfiSafi, &[u8])> {
    let (afi, rest) = cursor::u16(v)?;
    let (safi, rest) = cursor::u8(rest)?;
    Some((AfiSafi { afi, safi }, rest))
}

/// The family, where the session has it; else a finding, and the attribute is passed over.
#[inline]
fn negotiated(code: AttrCode, pair: AfiSafi, n: &Negotiated, findings: &mut Findings) -> Option<Family> {
    let family = Some(Family::from(pair)).filter(|family| n.families.contains(*family));
    if family.is_none() {
        findings.push(Some(code), Fault::FamilyNotNegotiated, Severity::AttributeDiscard);
    }
    family
}

/// What comes of an MP attribute.
enum Mp<T> {
    /// What it says; `None` where there is none, or none of a family of the session.
    Read(Option<T>),
    /// It is incorrect, and its family allows to go on without it.
    Disabled(Family),
}

/// Reads the value of an MP attribute, where there is one, with `read`. An incorrect one ends the session, or its
/// family's part in it (RFC 4760 section 7).
#[inline]
fn mp<'a, T>(
    attrs: &Attrs<'a>,
    code: AttrCode,
    n: &Negotiated,
    findings: &mut Findings,
    read: impl FnOnce(&'a [u8], &mut Findings) -> Result<Option<T>, Fault>,
) -> Result<Mp<T>, Reset> {
    let Some(value) = attrs.value_as_received(code) else { return Ok(Mp::Read(None)) };
    match read(value, findings) {
        Ok(read) => Ok(Mp::Read(read)),
        Err(fault) => incorrect(attrs, code, fault, n, findings).map(Mp::Disabled),
    }
}

/// The family to disable for an incorrect MP attribute. Where its family's standard does not offer that, or the session
/// has no other family (RFC 9552 section 8.2.2, RFC 9830 section 5), the data of the NOTIFICATION are as much of the
/// attribute as is kept.
#[cold]
fn incorrect(
    attrs: &Attrs<'_>,
    code: AttrCode,
    fault: Fault,
    n: &Negotiated,
    findings: &mut Findings,
) -> Result<Family, Reset> {
    let octets = attrs.octets(code);
    let family = attrs.value_as_received(code).and_then(afi_safi).map(|(pair, _)| Family::from(pair));
    match family {
        Some(family) if family.can_be_disabled() && n.families != FamilySet::EMPTY.with(family) => {
            findings.push(Some(code), fault, Severity::AfiSafiDisable);
            Ok(family)
        }
        _ => Err(Reset::new(NotificationCode::OPTIONAL_ATTRIBUTE, fault).with(ResetData::leading(octets))),
    }
}

/// A value that ends too soon.
fn short(value: &[u8]) -> Fault {
    Fault::AttrLength(u16::try_from(value.len()).unwrap_or(u16::MAX))
}

/// MP_REACH_NLRI (RFC 4760 section 3, RFC 7606 section 7.11).
///
/// One without NLRI announces nothing and is no error of its own: no clause forbids it, and RFC 7606 section 5.2 asks
/// for the reset of the session only where another attribute is wrong and nothing is announced that could be withdrawn.
#[inline]
fn mp_reach<'a>(
    value: &'a [u8],
    n: &Negotiated,
    findings: &mut Findings,
) -> Result<Option<(NextHop, Nlri<'a>)>, Fault> {
    let short = || short(value);
    let (pair, rest) = afi_safi(value).ok_or_else(short)?;
    let Some(family) = negotiated(AttrCode::MP_REACH_NLRI, pair, n, findings) else { return Ok(None) };
    let (len, rest) = cursor::u8(rest).ok_or_else(short)?;
    let (hop, rest) = rest.split_at_checked(usize::from(len)).ok_or_else(short)?;
    let (_reserved, rest) = cursor::u8(rest).ok_or_else(short)?;
    let hop = NextHop::decode(family, n, hop).ok_or(Fault::NextHopLength(len))?;
    let nlri = Nlri::announced(family, n, rest)?;
    if let Some(fault) = nlri.fault_announced(n) {
        findings.push(Some(AttrCode::MP_REACH_NLRI), fault, malformed(family));
    }
    Ok(Some((hop, nlri)))
}

/// MP_UNREACH_NLRI (RFC 4760 section 4, RFC 7606 section 7.12).
#[inline]
fn mp_unreach<'a>(
    value: &'a [u8],
    n: &Negotiated,
    findings: &mut Findings,
) -> Result<Option<Nlri<'a>>, Fault> {
    let (pair, rest) = afi_safi(value).ok_or_else(|| short(value))?;
    let Some(family) = negotiated(AttrCode::MP_UNREACH_NLRI, pair, n, findings) else { return Ok(None) };
    let nlri = Nlri::withdrawn(family, n, rest)?;
    if let Some(fault) = nlri.fault() {
        findings.push(Some(AttrCode::MP_UNREACH_NLRI), fault, malformed(family));
    }
    Ok(Some(nlri))
}

/// What a malformed NLRI comes to where the others of its field can be read.
const fn malformed(family: Family) -> Severity {
    match family {
        Family::LinkState | Family::LinkStateVpn => Severity::NlriDiscard,
        _ => Severity::TreatAsWithdraw,
    }
}

/// RFC 4724 section 2: an UPDATE with nothing in it, or with an empty MP_UNREACH_NLRI alone.
#[inline]
fn end_of_rib(body: &[u8], attrs: &Attrs<'_>, unreach: Option<&Nlri<'_>>, n: &Negotiated) -> Option<Family> {
    if body == [0; 4] {
        return Some(Family::Ipv4Unicast).filter(|family| n.families.contains(*family));
    }
    let unreach = unreach.filter(|nlri| nlri.is_empty())?;
    let attributes = attrs.octets(AttrCode::MP_UNREACH_NLRI);
    let alone = attrs.is_only(AttrCode::MP_UNREACH_NLRI) && body.len() == attributes.len().saturating_add(4);
    alone.then(|| unreach.family())
}

/// RFC 7606 section 3.d: whatever announces a prefix must say how to reach it.
#[inline]
fn missing(
    attrs: &Attrs<'_>,
    announced: &Unfeasible<'_>,
    local_pref_is_needed: bool,
    findings: &mut Findings,
) {
    // A signed path takes the place of the other, and is malformed beside it (RFC 8205 section 5.2).
    let signed = attrs.value(AttrCode::BGPSEC_PATH).is_some();
    if signed && attrs.is_there(AttrCode::AS_PATH) {
        findings.push(Some(AttrCode::BGPSEC_PATH), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
    let needed = [
        (AttrCode::ORIGIN, true),
        (AttrCode::AS_PATH, !signed),
        (AttrCode::NEXT_HOP, announced.body.is_some()),
        (AttrCode::LOCAL_PREF, local_pref_is_needed),
    ];
    if announced.is_empty() || needed.iter().all(|(code, needed)| !needed || attrs.is_there(*code)) {
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
fn unusable_next_hops(
    attrs: &Attrs<'_>,
    announced: &Unfeasible<'_>,
    mp_next_hop: Option<NextHop>,
    findings: &mut Findings,
) {
    if announced.body.is_some() && attrs.next_hop().is_some_and(|hop| !NextHop::V4(hop).is_host()) {
        findings.push(Some(AttrCode::NEXT_HOP), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
    if announced.mp.is_some() && mp_next_hop.is_some_and(|hop| !hop.is_host()) {
        findings.push(Some(AttrCode::MP_REACH_NLRI), Fault::AttrValue, Severity::TreatAsWithdraw);
    }
}
